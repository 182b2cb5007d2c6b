#include "base/count.h"
#include "tools/time/when.h"

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
resolved(const char *s, enum precision p)
{
	static char text[UTC_TEXT_SIZE];
	struct when_zones z = zones();
	struct utc_ms t;
	struct when w;
	struct err e;

	if (!when_parse(text_of(s), &w))
		return NULL;
	if (when_resolve(&w, &z, p != 0 ? p : w.precision, &t, &e) != OK)
		return "";
	utc_format(t, text);
	return text;
}

struct row {
	const char *text;
	enum precision precision; /* 0: as far as the text goes */
	const char *utc;
};

static void
check(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *got = resolved(rows[i].text, rows[i].precision);

		if (rows[i].utc == NULL)
			cr_assert_null(got, "'%s' was taken as %s", rows[i].text, got);
		else
			cr_assert(got != NULL && strcmp(got, rows[i].utc) == 0,
				  "'%s' is %s, not %s", rows[i].text, got != NULL ? got : "no time",
				  rows[i].utc);
	}
}

#define CHECK(rows) check(rows, COUNT(rows))

Test(when, reads_times_with_and_without_an_offset)
{
	static const struct row rows[] = {
	    {"2026-04-01T09:00:00Z", 0, "2026-04-01T09:00:00.000Z"},
	    {"2026-04-01T09:00:00.1239+02:00", 0, "2026-04-01T07:00:00.123Z"},
	    {"2026-04-01T09:00-0530", 0, "2026-04-01T14:30:00.000Z"},
	    {"2026-04-01 09:00:00", 0, "2026-04-01T08:00:00.000Z"},
	    {"2026-04-01T09:00", 0, "2026-04-01T08:00:00.000Z"},
	    {"2026-04-01 9:00", 0, NULL},
	    {"2026-04-31T09:00:00Z", 0, NULL},
	    {"2026-02-29", 0, NULL},
	    {"2026-04-01T24:00:00Z", 0, "2026-04-02T00:00:00.000Z"},
	    {"2026-04-01 24:00", 0, "2026-04-01T23:00:00.000Z"},
	    {"2026-04-01T24:00:01Z", 0, NULL},
	    {"2026-04-01 10:15:00+01", 0, "2026-04-01T09:15:00.000Z"},
	    {"2026-04-01T23:59:59.9999+01:00", 0, "2026-04-01T22:59:59.999Z"},
	    {"2026-04-01T10:15:00-00:00", 0, "2026-04-01T10:15:00.000Z"},
	    {"2026-04-01T10:15:00 Europe/London", 0, NULL},
	    {"2026-04-01T09:00:00Zulu", 0, NULL},
	    {"01/04/2026", 0, NULL},
	    {"", 0, NULL},
	};

	CHECK(rows);
}

/* A civil day begins in the entity's zone, not in the file's. */
Test(when, takes_a_date_as_the_entity_s_day)
{
	static const struct row rows[] = {
	    {"2026-04-01", 0, "2026-04-01T05:00:00.000Z"},
	    {"2026-01-01", 0, "2026-01-01T06:00:00.000Z"},
	    {"2026-04-01 23:30", PRECISION_DAY, "2026-04-01T05:00:00.000Z"},
	    /* Also on the days the clocks change, whatever hour the file has. */
	    {"2026-03-29 01:30", PRECISION_DAY, "2026-03-29T05:00:00.000Z"},
	};

	CHECK(rows);
}

Test(when, refuses_local_times_that_come_twice_or_never)
{
	static const struct row rows[] = {
	    {"2026-10-25 01:30:00", 0, ""},
	    {"2026-03-29 01:30:00", 0, ""},
	    {"2026-10-25T01:30:00+01:00", 0, "2026-10-25T00:30:00.000Z"},
	    {"2026-10-25T01:30:00+00:00", 0, "2026-10-25T01:30:00.000Z"},
	};

	CHECK(rows);
}

/* Where there was a leap second, it is the end of its day; elsewhere nobody knows what was meant.
 */
Test(when, takes_a_second_60_where_there_was_one)
{
	static const struct row rows[] = {
	    {"2016-12-31T23:59:60Z", 0, "2016-12-31T23:59:59.999Z"},
	    {"2017-01-01T05:29:60+05:30", 0, "2016-12-31T23:59:59.999Z"},
	    {"2016-12-31 23:59:60", 0, "2016-12-31T23:59:59.999Z"},
	    {"2026-06-30T22:59:60Z", 0, ""},
	    {"2026-06-30T23:59:60+01:00", 0, ""},
	    {"2026-05-04T10:15:60Z", 0, ""},
	    {"2016-12-31T22:59:60Z", 0, ""},
	};

	CHECK(rows);
}

Test(when, takes_the_entity_s_day_of_an_instant)
{
	static const struct row rows[] = {
	    /* Chicago is six hours behind London. */
	    {"2026-07-01T03:30:00Z", PRECISION_DAY, "2026-06-30T05:00:00.000Z"},
	    {"2026-07-01T03:30:00+05:30", PRECISION_DAY, "2026-06-30T05:00:00.000Z"},
	    {"2026-07-01T12:00:00Z", PRECISION_DAY, "2026-07-01T05:00:00.000Z"},
	    {"2026-07-01 03:30", PRECISION_DAY, "2026-06-30T05:00:00.000Z"},
	};

	CHECK(rows);
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
