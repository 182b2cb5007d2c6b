#include "base/count.h"
#include "web/page/form.h"

#include <criterion/criterion.h>

#include <stdio.h>

static struct arena *a;

static void
begin(void)
{
	a = arena_new(1024 * 1024);
	cr_assert_not_null(a);
}

static void
end(void)
{
	arena_free(a);
}

TestSuite(form, .init = begin, .fini = end);

Test(form, reads_names_and_values_as_browsers_write_them)
{
	struct form f;

	cr_assert(form_read(&f, TEXT_LIT("site=T1&text=a%0D%0Ab+%26+%3Cc%3E&none=&&flag"), a));
	cr_expect_eq(f.n, 4);
	cr_expect_str_eq(form_value(&f, "site"), "T1");
	cr_expect_str_eq(form_value(&f, "text"), "a\nb & <c>", "a line ends in one LF");
	cr_expect_str_eq(form_value(&f, "none"), "");
	cr_expect_null(form_maybe(&f, "none"));
	cr_expect_null(form_maybe(&f, "other"));
	cr_expect_str_eq(form_value(&f, "flag"), "");
}

Test(form, takes_the_blanks_from_the_ends_of_a_value)
{
	struct form f;

	cr_assert(form_read(&f, TEXT_LIT("a=++x+y%20&b=%C2%A0"), a));
	cr_expect_str_eq(form_value(&f, "a"), "x y");
	cr_expect_str_eq(form_value(&f, "b"), "", "a blank of Unicode is one, too");
}

Test(form, of_one_name_the_first_counts)
{
	struct form f;

	cr_assert(form_read(&f, TEXT_LIT("a=1&a=2"), a));
	cr_expect_str_eq(form_value(&f, "a"), "1");
}

Test(form, refuses_what_is_no_clean_text)
{
	static const char *const bad[] = {"a=%",      "a=%4",     "a=%zz", "a=%00",
					  "a=%ff%fe", "a=%c3%28", "a=%1b", "%07=a"};

	for (size_t i = 0; i < COUNT(bad); i++) {
		struct form f;

		cr_expect_not(form_read(&f, text_of(bad[i]), a), "%s", bad[i]);
		cr_expect_eq(f.n, 0);
		cr_expect_str_eq(form_value(&f, "a"), "");
	}
}

/* The last byte within the bound is taken. */
Test(form, has_bounds)
{
	static char long_one[FORM_BYTES + 2];
	char many[4 * FORM_FIELDS + 4];
	size_t n = 0;
	struct form f;

	memset(long_one, 'x', sizeof long_one);
	long_one[1] = '=';
	cr_expect(form_read(&f, (struct text){long_one, FORM_BYTES}, a));
	cr_expect_not(form_read(&f, (struct text){long_one, FORM_BYTES + 1}, a));
	for (; n < 4 * FORM_FIELDS; n++)
		many[n] = "a=1&"[n % 4];
	cr_expect(form_read(&f, (struct text){many, n}, a));
	cr_expect_eq(f.n, FORM_FIELDS);
	for (size_t i = 0; i < 3; i++)
		many[n + i] = "b=1"[i];
	cr_expect_not(form_read(&f, (struct text){many, n + 3}, a));
}

Test(form, reads_numbers_whole_or_not_at_all)
{
	static const struct {
		const char *given;
		unsigned long long n;
	} rows[] = {{"n=17", 17},  {"n=0", 0},   {"n=-1", 0}, {"n=1x", 0},
		    {"n=%2B1", 0}, {"n=1.5", 0}, {"n=", 0},   {"n=99999999999999999999", 0}};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct form f;

		cr_assert(form_read(&f, text_of(rows[i].given), a));
		cr_expect_eq(form_number(&f, "n"), rows[i].n, "%s", rows[i].given);
	}
}

Test(form, fails_where_memory_is_out)
{
	struct arena *small = arena_new(16);
	struct form f;

	cr_expect_not(form_read(&f, TEXT_LIT("a=0123456789012345678901234567890123456789"), small));
	cr_expect_eq(f.n, 0);
	arena_free(small);
}
