#include "base/count.h"
#include "core/time/calendar.h"
#include "tests/core/sample.h"

#include <criterion/criterion.h>

static struct utc_ms
at(const char *s)
{
	struct utc_ms t = {0};

	cr_assert(utc_parse(text_of(s), &t), "%s", s);
	return t;
}

static void
expect_date(const char *instant, int year, int month, int day)
{
	struct civil_date d = {0, 0, 0};

	cr_expect(calendar_date(sample_calendar(), at(instant), &d), "%s", instant);
	cr_expect(d.year == year && d.month == month && d.day == day, "%s is %d-%d-%d", instant,
		  d.year, d.month, d.day);
}

Test(calendar, dates_instants_by_the_civil_day)
{
	expect_date("2026-01-01T00:00:00Z", 2026, 1, 1);
	expect_date("2026-03-31T22:59:59.999Z", 2026, 3, 31);
	expect_date("2026-03-31T23:00:00Z", 2026, 4, 1);
	expect_date("2026-06-30T23:00:00Z", 2026, 7, 1);
	expect_date("2026-09-30T23:00:00Z", 2026, 10, 1);
	expect_date("2026-12-31T23:59:59.999Z", 2026, 12, 31);
}

Test(calendar, knows_days_of_23_and_25_hours)
{
	expect_date("2026-03-29T00:00:00Z", 2026, 3, 29);
	expect_date("2026-03-29T22:59:59Z", 2026, 3, 29);
	expect_date("2026-03-29T23:00:00Z", 2026, 3, 30);
	expect_date("2026-10-24T23:00:00Z", 2026, 10, 25);
	expect_date("2026-10-25T23:59:59Z", 2026, 10, 25);
	expect_date("2026-10-26T00:00:00Z", 2026, 10, 26);
}

Test(calendar, says_when_an_instant_is_outside)
{
	struct civil_date d;
	struct calendar none = {0};

	cr_expect_not(calendar_date(sample_calendar(), at("2025-12-31T23:59:59.999Z"), &d));
	cr_expect_not(calendar_date(sample_calendar(), at("2027-01-01T00:00:00Z"), &d));
	cr_expect_not(calendar_date(&none, at("2026-01-01T00:00:00Z"), &d));
	cr_expect_not(calendar_is_day_start(&none, at("2026-01-01T00:00:00Z")));
	cr_expect_not(calendar_is_day_start(sample_calendar(), at("2027-01-01T00:00:00Z")));
}

Test(calendar, tells_the_first_instant_of_a_day)
{
	cr_expect(calendar_is_day_start(sample_calendar(), at("2026-03-31T23:00:00Z")));
	cr_expect_not(calendar_is_day_start(sample_calendar(), at("2026-04-01T00:00:00Z")));
	cr_expect(calendar_is_day_start(sample_calendar(), at("2026-11-01T00:00:00Z")));
	cr_expect_not(calendar_is_day_start(sample_calendar(), at("2026-11-01T00:00:00.001Z")));
}

Test(calendar, gives_the_instant_a_day_begins)
{
	struct utc_ms t = {0};

	cr_expect(calendar_start(sample_calendar(), (struct civil_date){2026, 4, 1}, &t));
	cr_expect_eq(t.v, at("2026-03-31T23:00:00Z").v);
	cr_expect(calendar_start(sample_calendar(), (struct civil_date){2027, 1, 1}, &t),
		  "the end of the last day");
	cr_expect_eq(t.v, at("2027-01-01T00:00:00Z").v);
	cr_expect_not(calendar_start(sample_calendar(), (struct civil_date){2027, 1, 2}, &t));
	cr_expect_not(calendar_start(sample_calendar(), (struct civil_date){2025, 12, 31}, &t));
	cr_expect_not(calendar_start(sample_calendar(), (struct civil_date){2026, 2, 29}, &t));
}

Test(calendar, reads_and_writes_quarters)
{
	static const char *const good[] = {"2026-Q2", "2026Q2",  "2026q2", "2026-q2", "2026 Q2",
					   "2026-2",  "Q2-2026", "q22026", "Q2 2026"};
	static const char *const bad[] = {"",        "2026",    "2026-Q0", "2026-Q5", "2026-Q22",
					  "26-Q2",   "2026_Q2", "20262",   "2026-02", "0000-Q1",
					  " 2026Q2", "2026Q2 ", "x026-Q1", "Q5-2026", "2026-5",
					  "Q2-202",  "2Q-2026"};
	char out[QUARTER_TEXT_SIZE];
	struct quarter q;

	for (size_t i = 0; i < COUNT(good); i++) {
		q = (struct quarter){0, 0};
		cr_expect(quarter_parse(text_of(good[i]), &q), "%s", good[i]);
		cr_expect(q.year == 2026 && q.q == 2, "%s", good[i]);
	}
	for (size_t i = 0; i < COUNT(bad); i++)
		cr_expect_not(quarter_parse(text_of(bad[i]), &q), "%s", bad[i]);
	quarter_format((struct quarter){2026, 4}, out);
	cr_expect_str_eq(out, "2026-Q4");
}

Test(calendar, walks_quarters_over_the_year)
{
	struct quarter q = {2025, 3};

	for (int month = 1; month <= 12; month++)
		cr_expect_eq(quarter_of((struct civil_date){2026, month, 28}).q, (month + 2) / 3);
	q = quarter_next(quarter_next(q));
	cr_expect(q.year == 2026 && q.q == 1);
	cr_expect_eq(quarter_first(q).month, 1);
	q = quarter_prev(q);
	cr_expect(q.year == 2025 && q.q == 4);
	cr_expect_eq(quarter_first(q).month, 10);
	cr_expect_eq(quarter_first(q).day, 1);
}
