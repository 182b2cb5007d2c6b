#include "base/count.h"
#include "tools/import/identity.h"
#include "tools/import/numbers.h"

#include <criterion/criterion.h>

#include <stdio.h>

static struct value values[128];
static char number[32];

static const struct record *
record(unsigned n, int64_t at, enum kind_id kind)
{
	static struct record r;

	snprintf(number, sizeof number, "%u", n);
	r = (struct record){.kind = kinds[kind], .v = values};
	values[ENV_SOURCE] = (struct value){.set = true, .text = text_of("s")};
	values[ENV_SOURCE_RECORD_ID] = (struct value){.set = true, .text = text_of(number)};
	values[ENV_OCCURRED_AT] = (struct value){.set = true, .i = at};
	cr_assert(identity_set(&r));
	return &r;
}

Test(numbers, finds_the_line_of_an_equal_number_and_prefers_the_same_time)
{
	struct numbers *n = numbers_new();
	struct number_seen seen;

	cr_assert_not_null(n);
	for (unsigned i = 0; i < 5000; i++)
		cr_assert(numbers_add(n, record(i, 1000000 + i, KIND_AUDIT), i + 1, i));
	cr_assert(numbers_add(n, record(7, 55, KIND_AUDIT), 9001, 1));
	cr_assert(numbers_find(n, record(7, 1000007, KIND_AUDIT), &seen));
	cr_expect_eq(seen.line, 8);
	cr_expect(seen.same_time);
	cr_expect_eq(seen.content, 7);
	cr_assert(numbers_find(n, record(7, 55, KIND_AUDIT), &seen));
	cr_expect_eq(seen.line, 9001);
	cr_assert(numbers_find(n, record(8, 56, KIND_AUDIT), &seen));
	cr_expect_eq(seen.line, 9);
	cr_expect_not(seen.same_time);
	cr_expect_not(numbers_find(n, record(8, 1000008, KIND_OBSERVATION), &seen),
		      "another kind's");
	cr_expect_not(numbers_find(n, record(5000, 1, KIND_AUDIT), &seen));
	numbers_free(n);
}

Test(numbers, knows_what_a_spreadsheet_made_of_a_number)
{
	static const char *const shortened[] = {"1.23E+05", "1,23E+05", "1E+12", "9.00000000E+10"};
	static const char *const whole[] = {"123001",   "891e3",     "1.23E-05", "1.23E+", "E+05",
					    "12.3E+05", "1.23E+05a", "",         "A1E+05"};

	for (size_t i = 0; i < COUNT(shortened); i++)
		cr_expect(number_is_shortened(text_of(shortened[i])), "%s", shortened[i]);
	for (size_t i = 0; i < COUNT(whole); i++)
		cr_expect_not(number_is_shortened(text_of(whole[i])), "%s", whole[i]);
}

/* Of another source, with an identity that the file gave it. */
Test(numbers, go_by_source_and_number_whatever_the_identity)
{
	struct numbers *n = numbers_new();
	struct number_seen seen;

	cr_assert_not_null(n);
	cr_assert(numbers_add(n, record(7, 55, KIND_AUDIT), 1, 1));
	values[ENV_SOURCE].text = text_of("other");
	cr_expect_not(numbers_find(n, &(struct record){kinds[KIND_AUDIT], values}, &seen));
	record(7, 55, KIND_AUDIT);
	values[ENV_RECORD_ID].uuid.b[15] ^= 1;
	cr_expect(numbers_find(n, &(struct record){kinds[KIND_AUDIT], values}, &seen));
	numbers_free(n);
}
