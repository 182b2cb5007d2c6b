#include "tools/lib/when.h"

#include <criterion/criterion.h>

static struct zone london;
static struct zone chicago;

static struct when_zones
zones(void)
{
	cr_assert(zone_open("Europe/London", &london) && zone_open("America/Chicago", &chicago));
	return (struct when_zones){&london, &chicago};
}

/* The instant as text, "" when it is refused, NULL when it is no time. */
static const char *
resolved(const char *s, const char *pattern, enum precision p)
{
	static char text[UTC_TEXT_SIZE];
	struct when_zones z = zones();
	struct utc_ms t;
	struct when w;
	struct err e;

	if (!(pattern != NULL ? when_parse_pattern(text_of(s), pattern, 1970, &w)
			      : when_parse(text_of(s), &w)))
		return NULL;
	if (when_resolve(&w, &z, p != 0 ? p : w.precision, &t, &e) != OK)
		return "";
	utc_format(t, text);
	return text;
}

struct row {
	const char *text;
	const char *pattern;
	enum precision precision; /* 0: as far as the text goes */
	const char *utc;
};

static void
check(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *got = resolved(rows[i].text, rows[i].pattern, rows[i].precision);

		if (rows[i].utc == NULL)
			cr_assert_null(got, "'%s' was taken as %s", rows[i].text, got);
		else
			cr_assert(got != NULL && strcmp(got, rows[i].utc) == 0,
				  "'%s' is %s, not %s", rows[i].text, got != NULL ? got : "no time",
				  rows[i].utc);
	}
}

#define CHECK(rows) check(rows, sizeof(rows) / sizeof((rows)[0]))

Test(when, reads_times_with_and_without_an_offset)
{
	static const struct row rows[] = {
	    {"2026-04-01T09:00:00Z", NULL, 0, "2026-04-01T09:00:00.000Z"},
	    {"2026-04-01T09:00:00.1239+02:00", NULL, 0, "2026-04-01T07:00:00.123Z"},
	    {"2026-04-01T09:00-0530", NULL, 0, "2026-04-01T14:30:00.000Z"},
	    {"2026-04-01 09:00:00", NULL, 0, "2026-04-01T08:00:00.000Z"},
	    {"2026-04-01T09:00", NULL, 0, "2026-04-01T08:00:00.000Z"},
	    {"2026-04-01 9:00", NULL, 0, NULL},
	    {"2026-04-31T09:00:00Z", NULL, 0, NULL},
	    {"2026-02-29", NULL, 0, NULL},
	    {"2026-04-01T24:00:00Z", NULL, 0, NULL},
	    {"2026-04-01T09:00:00Zulu", NULL, 0, NULL},
	    {"01/04/2026", NULL, 0, NULL},
	    {"", NULL, 0, NULL},
	};

	CHECK(rows);
}

/* A civil day begins in the entity's zone, not in the file's. */
Test(when, takes_a_date_as_the_entity_s_day)
{
	static const struct row rows[] = {
	    {"2026-04-01", NULL, 0, "2026-04-01T05:00:00.000Z"},
	    {"2026-01-01", NULL, 0, "2026-01-01T06:00:00.000Z"},
	    {"2026-04-01 23:30", NULL, PRECISION_DAY, "2026-04-01T05:00:00.000Z"},
	    {"4/1/2026 23:30", "%m/%d/%Y %H:%M", PRECISION_DAY, "2026-04-01T05:00:00.000Z"},
	    /* Also on the days the clocks change, whatever hour the file has. */
	    {"2026-03-29 01:30", NULL, PRECISION_DAY, "2026-03-29T05:00:00.000Z"},
	};

	CHECK(rows);
}

Test(when, refuses_local_times_that_come_twice_or_never)
{
	static const struct row rows[] = {
	    {"2026-10-25 01:30:00", NULL, 0, ""},
	    {"2026-03-29 01:30:00", NULL, 0, ""},
	    {"2026-10-25T01:30:00+01:00", NULL, 0, "2026-10-25T00:30:00.000Z"},
	    {"2026-10-25T01:30:00+00:00", NULL, 0, "2026-10-25T01:30:00.000Z"},
	    {"25.10.2026 01:30", "%d.%m.%Y %H:%M", 0, ""},
	};

	CHECK(rows);
}

Test(when, reads_by_pattern)
{
	static const struct row rows[] = {
	    {"21-May-15", "%d-%b-%y", PRECISION_DAY, "2015-05-21T05:00:00.000Z"},
	    {"1-Aug-15", "%d-%b-%y", PRECISION_DAY, "2015-08-01T05:00:00.000Z"},
	    {"1/2/2016 16:00", "%m/%d/%Y %H:%M", PRECISION_MINUTE, "2016-01-02T16:00:00.000Z"},
	    {"1/2/201616:00", "%m/%d/%Y%H:%M", PRECISION_MINUTE, "2016-01-02T16:00:00.000Z"},
	    {"2026-04-01 09:00:00.25", "%Y-%m-%d %H:%M:%S.%f", 0, "2026-04-01T08:00:00.250Z"},
	    {"01.04.2026 09:00 +0300", "%d.%m.%Y %H:%M %z", 0, "2026-04-01T06:00:00.000Z"},
	    {"31-Feb-15", "%d-%b-%y", PRECISION_DAY, NULL},
	    {"1/2/16 16:00", "%m/%d/%Y %H:%M", PRECISION_DAY, NULL},
	    {"13/2/2016", "%m/%d/%Y", PRECISION_DAY, NULL},
	    {"1/2/2016 later", "%m/%d/%Y", PRECISION_DAY, NULL},
	    {"16:00", "%H:%M", 0, NULL},
	};

	CHECK(rows);
}

Test(when, places_two_digit_years_in_the_hundred_years_named)
{
	struct when w;

	cr_assert(when_parse_pattern(TEXT_LIT("1-Jan-70"), "%d-%b-%y", 1970, &w));
	cr_assert_eq(w.local.date.year, 1970);
	cr_assert(when_parse_pattern(TEXT_LIT("1-Jan-69"), "%d-%b-%y", 1970, &w));
	cr_assert_eq(w.local.date.year, 2069);
	cr_assert(when_parse_pattern(TEXT_LIT("1-Jan-69"), "%d-%b-%y", 2000, &w));
	cr_assert_eq(w.local.date.year, 2069);
	cr_assert(when_parse_pattern(TEXT_LIT("1-Jan-99"), "%d-%b-%y", 2000, &w));
	cr_assert_eq(w.local.date.year, 2099);
	cr_assert(when_parse_pattern(TEXT_LIT("1-Jan-25"), "%d-%b-%y", 1926, &w));
	cr_assert_eq(w.local.date.year, 2025);
}

Test(when, needs_a_zone_for_a_local_time)
{
	struct when_zones none = {NULL, NULL};
	struct utc_ms t;
	struct when w;
	struct err e;

	cr_assert(when_parse(TEXT_LIT("2026-04-01 09:00"), &w));
	cr_assert_eq(when_resolve(&w, &none, PRECISION_MINUTE, &t, &e), REJ_FIELD);
	cr_assert_not_null(strstr(e.text, "--zone"));
	cr_assert(when_parse(TEXT_LIT("2026-04-01 09:00Z"), &w));
	cr_assert_eq(when_resolve(&w, &none, PRECISION_MINUTE, &t, &e), OK);
}
