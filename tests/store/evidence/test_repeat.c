#include "store/evidence/repeat.h"

#include <criterion/criterion.h>

#include <stdio.h>

#define A TEXT_LIT("lane-1")
#define B TEXT_LIT("lane-2")

Test(repeat, expects_more_of_a_source_that_repeated_itself)
{
	struct repeat r = {0};

	repeat_note(&r, A, false);
	repeat_group_done(&r);
	cr_expect_not(repeat_expects(&r, A));
	repeat_note(&r, A, true);
	repeat_group_done(&r);
	cr_expect(repeat_expects(&r, A));
	cr_expect_not(repeat_expects(&r, B));
}

Test(repeat, trusts_again_after_clean_groups_of_that_source_only)
{
	struct repeat r = {0};

	repeat_note(&r, A, true);
	repeat_group_done(&r);
	for (int i = 0; i < 3 * REPEAT_CLEAN_GROUPS; i++) {
		repeat_note(&r, B, false);
		repeat_group_done(&r);
	}
	cr_expect(repeat_expects(&r, A));
	for (int i = 0; i < REPEAT_CLEAN_GROUPS; i++) {
		cr_expect(repeat_expects(&r, A));
		repeat_note(&r, A, false);
		repeat_group_done(&r);
	}
	cr_expect_not(repeat_expects(&r, A));
	cr_expect_eq(r.n, 0);
}

Test(repeat, starts_over_when_a_group_mixes_clean_and_repeated)
{
	struct repeat r = {0};

	repeat_note(&r, A, true);
	repeat_group_done(&r);
	for (int i = 0; i < 3 * REPEAT_CLEAN_GROUPS; i++) {
		repeat_note(&r, A, true);
		repeat_note(&r, A, false);
		repeat_group_done(&r);
	}
	cr_expect(repeat_expects(&r, A));
}

Test(repeat, stays_bounded_with_any_number_of_sources)
{
	struct repeat r = {0};
	char name[16];

	for (int i = 0; i < 10 * REPEAT_SOURCES; i++) {
		snprintf(name, sizeof name, "s%d", i);
		repeat_note(&r, text_of(name), true);
		repeat_group_done(&r);
		cr_expect(repeat_expects(&r, text_of(name)));
	}
	cr_expect_eq(r.n, REPEAT_SOURCES);
}
