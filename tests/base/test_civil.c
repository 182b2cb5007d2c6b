#include "base/civil.h"
#include "base/count.h"

#include <criterion/criterion.h>

#include <limits.h>

Test(civil, counts_every_day_of_400_years_there_and_back)
{
	int64_t first = civil_to_days((struct civil_date){1900, 1, 1});
	struct civil_date before = civil_from_days(first - 1);

	for (int64_t day = first; day < first + 146097; day++) {
		struct civil_date d = civil_from_days(day);

		cr_assert(civil_is_valid(d), "%lld", (long long)day);
		cr_assert_eq(civil_to_days(d), day);
		cr_assert(d.day == before.day + 1 || d.day == 1);
		before = d;
	}
}

Test(civil, knows_days_of_the_calendar)
{
	static const struct {
		struct civil_date d;
		int64_t days;
	} rows[] = {
	    {{1970, 1, 1}, 0},     {{1969, 12, 31}, -1}, {{2000, 2, 29}, 11016},
	    {{2026, 4, 1}, 20544}, {{1, 1, 1}, -719162}, {{9999, 12, 31}, 2932896},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct civil_date d = civil_from_days(rows[i].days);

		cr_expect_eq(civil_to_days(rows[i].d), rows[i].days, "row %zu", i);
		cr_expect(d.year == rows[i].d.year && d.month == rows[i].d.month &&
			      d.day == rows[i].d.day,
			  "row %zu", i);
	}
}

Test(civil, refuses_dates_that_are_none)
{
	static const struct civil_date bad[] = {
	    {0, 1, 1},     {10000, 1, 1}, {2026, 0, 1},  {2026, 13, 1}, {2026, 1, 0},
	    {2026, 1, 32}, {2026, 4, 31}, {2026, 2, 29}, {1900, 2, 29}, {2026, -1, 1}};

	for (size_t i = 0; i < COUNT(bad); i++)
		cr_expect_not(civil_is_valid(bad[i]), "row %zu", i);
	cr_expect(civil_is_valid((struct civil_date){2000, 2, 29}));
	cr_expect(civil_is_valid((struct civil_date){2028, 2, 29}));
}

Test(civil, writes_instants)
{
	static const struct {
		int64_t ms;
		const char *text;
	} rows[] = {
	    {0, "1970-01-01T00:00:00.000Z"},
	    {-1, "1969-12-31T23:59:59.999Z"},
	    {INT64_C(1775034000007), "2026-04-01T09:00:00.007Z"},
	    {INT64_C(253402300799999), "9999-12-31T23:59:59.999Z"},
	};
	char out[UTC_TEXT_SIZE];

	for (size_t i = 0; i < COUNT(rows); i++) {
		utc_format((struct utc_ms){rows[i].ms}, out);
		cr_expect_str_eq(out, rows[i].text);
	}
	utc_format((struct utc_ms){INT64_MAX}, out);
	utc_format((struct utc_ms){INT64_MIN}, out);
	cr_expect_lt(strlen(out), UTC_TEXT_SIZE);
}

Test(civil, reads_instants)
{
	static const struct {
		const char *text;
		int64_t ms;
	} rows[] = {
	    {"1970-01-01T00:00:00Z", 0},
	    {"2026-04-01T09:00:00.007Z", INT64_C(1775034000007)},
	    {"2026-04-01t10:00:00.007+01:00", INT64_C(1775034000007)},
	    {"2026-04-01T03:30:00.007-05:30", INT64_C(1775034000007)},
	    {"2026-04-01 09:00:00.0079999z", INT64_C(1775034000007)},
	    {"2026-04-01T09:00:00.5Z", INT64_C(1775034000500)},
	    {"2026-04-01T09:00:00.123456789Z", INT64_C(1775034000123)},
	    {"1969-12-31T23:59:59.999Z", -1},
	    {"1970-01-01T00:00:00-00:00", 0},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct utc_ms t = {-7};

		cr_expect(utc_parse(text_of(rows[i].text), &t), "%s", rows[i].text);
		cr_expect_eq(t.v, rows[i].ms, "%s is %lld", rows[i].text, (long long)t.v);
	}
}

Test(civil, refuses_what_is_no_instant)
{
	static const char *const bad[] = {"",
					  "2026-04-01",
					  "2026-04-01T09:00:00",
					  "2026-04-01T09:00Z",
					  "2026-04-31T09:00:00Z",
					  "2026-04-01T24:00:00Z",
					  "2026-04-01T09:60:00Z",
					  "2026-04-01T09:00:60Z",
					  "2026-04-01T09:00:00.Z",
					  "2026-04-01T09:00:00.1234567890Z",
					  "2026-04-01T09:00:00+0100",
					  "2026-04-01T09:00:00+24:00",
					  "2026-04-01T09:00:00+01:60",
					  "2026-04-01T09:00:00ZZ",
					  "2026-04-01T09:00:00 Z",
					  "26-04-01T09:00:00Z",
					  "2026-4-1T09:00:00Z",
					  "x026-04-01T09:00:00Z",
					  "0000-04-01T09:00:00Z"};
	struct utc_ms t;

	for (size_t i = 0; i < COUNT(bad); i++)
		cr_expect_not(utc_parse(text_of(bad[i]), &t), "%s", bad[i]);
	cr_expect_not(utc_parse((struct text){"2026-04-01T09:00:00\0Z", 21}, &t));
	cr_expect_not(utc_parse((struct text){NULL, 0}, &t));
}
