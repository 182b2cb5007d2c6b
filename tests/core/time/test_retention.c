#include "base/count.h"
#include "core/time/retention.h"

#include <criterion/criterion.h>

#include <string.h>

static const struct retention_policy policy = {.min_months = 12, .max_months = 15};

/* January 2026 asked about on a day, with its quarter submitted on 2026-04-20. */
static struct retention_case
january_on(int year, int month, int day)
{
	return (struct retention_case){
	    .month = {2026, 1, 1},
	    .today = {year, month, day},
	    .submitted = true,
	    .submitted_on = {2026, 4, 20},
	    .window_days = 92,
	};
}

static void
expect(struct retention_case c, enum retention want, const char *words)
{
	char why[RETENTION_TEXT_SIZE] = "";
	enum retention is = retention_decide(&policy, &c, why);

	cr_expect_eq(is, want, "on %04d-%02d-%02d: %s, not %s", c.today.year, c.today.month,
		     c.today.day, retention_name(is), retention_name(want));
	cr_expect(strstr(why, words) != NULL, "\"%s\" lacks \"%s\"", why, words);
}

Test(retention, keeps_up_to_the_minimum)
{
	expect(january_on(2026, 1, 15), RETENTION_KEEP_MIN, "0 months old");
	expect(january_on(2027, 1, 31), RETENTION_KEEP_MIN, "11 months old, must be kept for 12");
}

Test(retention, may_keep_between_minimum_and_maximum)
{
	expect(january_on(2027, 2, 1), RETENTION_KEEP_YOUNG, "12 months old, may be kept for 15");
	expect(january_on(2027, 4, 30), RETENTION_KEEP_YOUNG, "14 months old");
}

Test(retention, drops_from_the_first_day_past_the_maximum)
{
	expect(january_on(2027, 5, 1), RETENTION_DROP, "2026-Q1 is submitted");
	expect(january_on(2040, 1, 1), RETENTION_DROP, "past its maximum");
}

Test(retention, never_drops_what_an_unsubmitted_quarter_needs)
{
	struct retention_case c = january_on(2040, 1, 1);

	c.submitted = false;
	expect(c, RETENTION_KEEP_QUARTER, "2026-Q1 is not submitted");
}

Test(retention, keeps_until_the_day_the_revision_window_ends)
{
	struct retention_case c = january_on(2027, 8, 31);

	c.submitted_on = (struct civil_date){2027, 6, 1};
	expect(c, RETENTION_KEEP_WINDOW, "until 2027-09-01");
	c.today = (struct civil_date){2027, 9, 1};
	expect(c, RETENTION_DROP, "window over");
}

Test(retention, keeps_open_findings_and_holds)
{
	struct retention_case c = january_on(2027, 5, 1);

	c.has_open_findings = true;
	c.holds = "hold 7";
	c.all_held = true;
	expect(c, RETENTION_KEEP_OPEN_FINDINGS, "not closed");
	c.has_open_findings = false;
	expect(c, RETENTION_KEEP_HOLD, "all of it is under hold 7");
	c.all_held = false;
	expect(c, RETENTION_DROP, "window over; what is under hold 7 stays");
}

Test(retention, counts_a_december_into_the_next_year)
{
	struct retention_case c = january_on(2028, 3, 31);

	c.month = (struct civil_date){2026, 12, 31};
	expect(c, RETENTION_KEEP_YOUNG, "14 months old");
	c.today = (struct civil_date){2028, 4, 1};
	expect(c, RETENTION_DROP, "2026-Q4");
}

Test(retention, refuses_policies_that_cannot_be_kept)
{
	static const struct {
		struct retention_policy policy;
		int window_days;
		const char *where; /* "": accepted */
	} rows[] = {
	    {{12, 15}, 92, ""},
	    {{0, 3}, 0, ""},
	    {{0, 4}, 28, ""},
	    {{0, 4}, 29, "max_months"},
	    {{0, 5}, 59, ""},
	    {{0, 5}, 60, "max_months"},
	    {{0, 15}, 365, ""},
	    {{0, 15}, 366, "max_months"},
	    {{0, 2}, 0, "max_months"},
	    {{0, 0}, 0, "max_months"},
	    {{13, 12}, 30, "min_months"},
	    {{12, 12}, 30, ""},
	    {{-1, 12}, 30, "min_months"},
	    {{0, 1201}, 30, "max_months"},
	    {{0, 12}, -1, "window_days"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct err e = {.code = OK};
		enum code c = retention_check_policy(&rows[i].policy, rows[i].window_days, &e);

		cr_expect_eq(c, rows[i].where[0] == '\0' ? OK : FATAL_CONFIG, "row %zu: %s", i,
			     e.text);
		cr_expect_str_eq(e.where, rows[i].where, "row %zu: %s", i, e.text);
	}
}

Test(retention, names_every_decision)
{
	for (int i = 0; i < RETENTION_COUNT; i++)
		cr_expect_str_neq(retention_name((enum retention)i), "UNKNOWN");
	cr_expect_str_eq(retention_name(RETENTION_COUNT), "UNKNOWN");
}
