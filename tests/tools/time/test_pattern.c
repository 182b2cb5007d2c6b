#include "base/count.h"
#include "tools/time/pattern.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

static struct zone london;

/* The instant as text; "" and why when it is refused. */
static const char *
read_by(const char *pattern, const char *text, const char **why)
{
	static char out[UTC_TEXT_SIZE];
	static struct zone_word words[2] = {{.from = "BST", .has_offset = true, .offset_s = 3600},
					    {.from = "MSK"}};
	struct pattern_words w = {1970, words, 2};
	struct when_zones zones = {&london, &london};
	static struct err e;
	struct pattern p;
	struct utc_ms t;
	struct when when;

	cr_assert(zone_open("Europe/London", &london));
	cr_assert(zone_open("Europe/Moscow", &words[1].zone));
	cr_assert_eq(pattern_compile(pattern, &p, &e), OK, "%s: %s", pattern, e.text);
	if (!pattern_read(&p, text_of(text), &w, &when, why))
		return "";
	if (when_resolve(&when, &zones, when.precision, &t, &e) != OK) {
		*why = e.text;
		return "";
	}
	utc_format(t, out);
	return out;
}

struct row {
	const char *pattern;
	const char *text;
	const char *utc; /* "": it is refused */
};

static void
check(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *why;
		const char *got = read_by(rows[i].pattern, rows[i].text, &why);

		cr_expect_str_eq(got, rows[i].utc, "%s by %s is %s, not %s", rows[i].text,
				 rows[i].pattern, got, rows[i].utc);
	}
}

#define CHECK(rows) check(rows, COUNT(rows))

Test(pattern, reads_dates_and_times)
{
	static const struct row rows[] = {
	    {"%d-%b-%y", "21-May-15", "2015-05-20T23:00:00.000Z"},
	    {"%d-%b-%y", "1-aug-15", "2015-07-31T23:00:00.000Z"},
	    {"%d %B %Y", "4 September 2026", "2026-09-03T23:00:00.000Z"},
	    {"%m/%d/%Y %H:%M", "1/2/2016 16:00", "2016-01-02T16:00:00.000Z"},
	    {"%m/%d/%Y%H:%M", "1/2/201616:00", "2016-01-02T16:00:00.000Z"},
	    {"%Y%m%d", "20260102", "2026-01-02T00:00:00.000Z"},
	    {"%F %T.%f", "2026-04-01 09:00:00.25", "2026-04-01T08:00:00.250Z"},
	    {"%d.%m.%Y %H:%M %z", "01.04.2026 09:00 +0300", "2026-04-01T06:00:00.000Z"},
	    {"%d.%m.%Y %R", "04.05.2026 24:00", "2026-05-04T23:00:00.000Z"},
	    {"%e/%m/%Y", " 4/05/2026", "2026-05-03T23:00:00.000Z"},
	    {"%a %d %b %Y", "Mon 4 May 2026", "2026-05-03T23:00:00.000Z"},
	    {"%a %d %b %Y", "Tue 4 May 2026", ""},
	    {"%d-%b-%y", "31-Feb-15", ""},
	    {"%m/%d/%Y %H:%M", "1/2/16 16:00", ""},
	    {"%d/%m/%Y", "04/05/026", ""},
	    {"%m/%d/%Y", "13/2/2016", ""},
	    {"%m/%d/%Y", "1/2/2016 later", ""},
	    {"%m/%d/%Y", "1/2/201", ""},
	    {"%d.%m.%Y %H:%M", "25.10.2026 01:30", ""},
	    {"%d.%m.%Y %H:%M", "25.10.2026 01:60", ""},
	    {"%d.%m.%Y", "", ""},
	};

	CHECK(rows);
}

Test(pattern, reads_halves_of_the_day)
{
	static const struct row rows[] = {
	    {"%F %I:%M %p", "2026-01-04 12:30 AM", "2026-01-04T00:30:00.000Z"},
	    {"%F %I:%M %p", "2026-01-04 12:30 pm", "2026-01-04T12:30:00.000Z"},
	    {"%F %I:%M%p", "2026-01-04 4:30p.m.", "2026-01-04T16:30:00.000Z"},
	    {"%F %I:%M %p", "2026-01-04 13:30 PM", ""},
	    {"%F %I:%M %p", "2026-01-04 04:30", ""},
	    /* Beside 24 hours it says what they say. */
	    {"%F %H:%M %p", "2026-01-04 12:30 PM", "2026-01-04T12:30:00.000Z"},
	    {"%F %H:%M %p", "2026-01-04 16:30 PM", "2026-01-04T16:30:00.000Z"},
	    {"%F %H:%M %p", "2026-01-04 04:30 PM", ""},
	};

	CHECK(rows);
}

Test(pattern, reads_zones_that_mean_something)
{
	static const struct row rows[] = {
	    {"%F %T %Z", "2026-06-30 23:30:00 UTC", "2026-06-30T23:30:00.000Z"},
	    {"%F %T %Z", "2026-07-15 09:00:00 GMT", "2026-07-15T09:00:00.000Z"},
	    {"%F %T %Z", "2026-06-30 23:30:00 BST", "2026-06-30T22:30:00.000Z"},
	    {"%F %T %Z", "2026-07-15 09:00:00 MSK", "2026-07-15T06:00:00.000Z"},
	    {"%F %T %Z", "2026-07-15 09:00:00 America/New_York", "2026-07-15T13:00:00.000Z"},
	    /* Which hour it is, is not said by the zone's name. */
	    {"%F %T %Z", "2026-11-01 01:30:00 America/New_York", ""},
	    {"%F %T %Z", "2026-07-15 09:00:00 EST", ""},
	    {"%F %T %Z", "2026-07-15 09:00:00 Mars/Olympus", ""},
	};
	const char *why;

	CHECK(rows);
	read_by("%F %T %Z", "2026-07-15 09:00:00 EST", &why);
	cr_expect_not_null(strstr(why, "zones"), "%s", why);
}

Test(pattern, reads_seconds_since_1970_in_no_zone)
{
	static const struct row rows[] = {
	    {"%s", "1782858600", "2026-06-30T22:30:00.000Z"},
	    {"%s.%f", "1782858600.125", "2026-06-30T22:30:00.125Z"},
	    {"%s", "-1", "1969-12-31T23:59:59.000Z"},
	    {"%s", "1.78E9", ""},
	    {"%s", "", ""},
	};

	setenv("TZ", "Asia/Tokyo", 1);
	CHECK(rows);
}

/* In the file's zone: a spreadsheet has none. */
Test(pattern, reads_a_spreadsheet_s_days)
{
	static const struct row rows[] = {
	    {"excel_serial", "46112.4375", "2026-03-31T09:30:00.000Z"},
	    {"excel_serial", "46203.975", "2026-06-30T22:24:00.000Z"},
	    {"excel_serial", "46203.9999", "2026-06-30T22:59:51.360Z"},
	    {"excel_serial", "46204.0104166667", "2026-06-30T23:15:00.000Z"},
	    {"excel_serial", "46204", "2026-06-30T23:00:00.000Z"},
	    {"excel_serial", "46080", "2026-02-27T00:00:00.000Z"},
	    {"excel_serial", "46079.99999999999", "2026-02-27T00:00:00.000Z"},
	    {"excel_serial_1904", "44618", "2026-02-27T00:00:00.000Z"},
	    {"excel_serial", "60", ""},
	    {"excel_serial", "4.6E4", ""},
	    {"excel_serial", "99999999", ""},
	};

	CHECK(rows);
}

Test(pattern, refuses_by_name_what_it_would_have_to_guess)
{
	static const struct {
		const char *pattern;
		const char *says;
	} rows[] = {
	    {"%F %I:%M", "no %p"},
	    {"%d/%m/%Y %p", "no hour"},
	    {"%c", "%c"},
	    {"%F %Q", "%Q"},
	    {"%H:%M", "date"},
	    {"%d/%m", "date"},
	    {"%F %d", "twice"},
	    {"%s %H", "%s"},
	    {"%F %M", "no hour"},
	    {"%F %H:%S", "no %M"},
	    {"%F %H:%M.%f", "%f"},
	    {"%F %z", "no hour"},
	    {"%F %H %I %p", "hour"},
	    {"%F %T %z %Z", "twice"},
	    {"%Ey-%m-%d", "%E"},
	    {"%F %", "%"},
	    {"", "date"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct err e = {0};
		struct pattern p;

		cr_expect_eq(pattern_compile(rows[i].pattern, &p, &e), REJ_FIELD, "%s",
			     rows[i].pattern);
		cr_expect_not_null(strstr(e.text, rows[i].says), "%s: %s", rows[i].pattern, e.text);
	}
}

Test(pattern, places_two_digit_years_in_the_hundred_years_named)
{
	static const struct {
		int first;
		const char *text;
		int year;
	} rows[] = {{1970, "1-Jan-70", 1970},
		    {1970, "1-Jan-69", 2069},
		    {2000, "1-Jan-69", 2069},
		    {2000, "1-Jan-99", 2099},
		    {1926, "1-Jan-25", 2025}};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pattern_words words = {rows[i].first, NULL, 0};
		struct pattern p;
		struct when w;
		struct err e;
		const char *why;

		cr_assert_eq(pattern_compile("%d-%b-%y", &p, &e), OK);
		cr_assert(pattern_read(&p, text_of(rows[i].text), &words, &w, &why));
		cr_expect_eq(w.local.date.year, rows[i].year);
	}
}
