#include "store/evidence/remaining.h"

#include <criterion/criterion.h>

#include <stdio.h>

/* Ten items, all pending. */
static struct item items[10];
static struct group group = {.items = items, .n = 10};

static void
expect_range(const struct range *r, size_t from, size_t to)
{
	cr_assert_not_null(r);
	cr_expect_eq(r->from, from, "%zu", r->from);
	cr_expect_eq(r->to, to, "%zu", r->to);
}

Test(remaining, has_the_whole_group_first_and_nothing_once_all_have_their_verdicts)
{
	struct remaining r;

	remaining_begin(&r, &group);
	expect_range(remaining_next(&r), 0, 10);
	expect_range(remaining_top(&r), 0, 10);
	for (size_t i = 0; i < group.n; i++)
		items[i].verdict = VERDICT_STORED;
	cr_expect_null(remaining_next(&r));
	remaining_begin(&r, &group);
	remaining_end(&r);
	cr_expect_null(remaining_next(&r));
	group.n = 0;
	remaining_begin(&r, &group);
	cr_expect_null(remaining_next(&r), "an empty group");
}

Test(remaining, halves_what_is_pending_down_to_one)
{
	struct remaining r;

	items[0].verdict = items[1].verdict = items[9].verdict = VERDICT_DUPLICATE;
	remaining_begin(&r, &group);
	cr_assert(remaining_halve(&r));
	expect_range(remaining_top(&r), 2, 5);
	cr_assert(remaining_halve(&r));
	expect_range(remaining_top(&r), 2, 3);
	cr_expect_not(remaining_halve(&r));
	expect_range(remaining_top(&r), 2, 3);
	remaining_pop(&r);
	expect_range(remaining_next(&r), 3, 5);
	items[3].verdict = items[4].verdict = VERDICT_STORED;
	expect_range(remaining_next(&r), 5, 9);
	remaining_pop(&r);
	cr_expect_null(remaining_next(&r));
}

Test(remaining, never_needs_more_ranges_than_it_has_room_for)
{
	static struct item many[GROUP_ITEMS_MAX];
	struct group all = {.items = many, .n = GROUP_ITEMS_MAX};
	struct remaining r;
	unsigned most = 0;

	remaining_begin(&r, &all);
	while (remaining_next(&r) != NULL) {
		while (remaining_halve(&r))
			;
		most = r.n > most ? r.n : most;
		many[remaining_top(&r)->from].verdict = VERDICT_STORED;
	}
	cr_expect_leq(most, RANGES_MAX);
	for (size_t i = 0; i < all.n; i++)
		cr_assert_eq(many[i].verdict, VERDICT_STORED, "%zu was left out", i);
}

Test(remaining, tells_records_from_what_is_refused)
{
	struct refusal why = {.reason = REASON_RANGE};
	struct range part = {2, 4};
	struct remaining r;

	remaining_begin(&r, &group);
	cr_expect(remaining_has_records(&r, &part));
	items[2].why = &why;
	items[3].verdict = VERDICT_STORED;
	cr_expect(item_is_refused(&items[2]));
	cr_expect_not(item_is_pending(&items[3]));
	cr_expect_not(remaining_has_records(&r, &part));
}
