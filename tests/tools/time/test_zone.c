#include "tools/time/zone.h"

#include <criterion/criterion.h>

static struct local_time
at(int year, int month, int day, int hour, int minute)
{
	return (struct local_time){.date = {year, month, day}, .hour = hour, .minute = minute};
}

static struct zone
zone(const char *name)
{
	struct zone z;

	cr_assert(zone_open(name, &z), "%s", name);
	return z;
}

static const char *
utc(struct utc_ms t)
{
	static char text[UTC_TEXT_SIZE];

	utc_format(t, text);
	return text;
}

#define UTC_IS(t, text) cr_assert_str_eq(utc(t), (text))

Test(zone, knows_only_zones_of_the_system)
{
	struct zone z;

	cr_assert(zone_open("Europe/London", &z));
	cr_assert_not(zone_open("Europe/Nowhere", &z));
	cr_assert_not(zone_open("", &z));
	cr_assert_not(zone_open("../../../etc/passwd", &z));
	cr_assert_not(zone_open("/usr/share/zoneinfo/UTC", &z));
	cr_assert_not(zone_open("Europe", &z), "a folder is no zone");
}

Test(zone, converts_summer_and_winter)
{
	struct zone london = zone("Europe/London");
	struct zone chicago = zone("America/Chicago");
	struct local_time l;
	struct utc_ms t;

	l = at(2026, 1, 15, 9, 0);
	cr_assert_eq(zone_to_utc(&london, &l, &t), ZONE_ONCE);
	UTC_IS(t, "2026-01-15T09:00:00.000Z");
	l = at(2026, 4, 1, 9, 0);
	cr_assert_eq(zone_to_utc(&london, &l, &t), ZONE_ONCE);
	UTC_IS(t, "2026-04-01T08:00:00.000Z");
	cr_assert_eq(zone_to_utc(&chicago, &l, &t), ZONE_ONCE);
	UTC_IS(t, "2026-04-01T14:00:00.000Z");
	l = at(2013, 3, 10, 12, 0); /* the day of the change */
	cr_assert_eq(zone_to_utc(&chicago, &l, &t), ZONE_ONCE);
	UTC_IS(t, "2013-03-10T17:00:00.000Z");
}

Test(zone, tells_the_hour_that_autumn_repeats)
{
	struct zone london = zone("Europe/London");
	struct zone chicago = zone("America/Chicago");
	struct local_time l = at(2026, 10, 25, 1, 30);
	struct utc_ms t;

	cr_assert_eq(zone_to_utc(&london, &l, &t), ZONE_TWICE);
	UTC_IS(t, "2026-10-25T00:30:00.000Z");
	l = at(2026, 10, 25, 0, 59);
	cr_assert_eq(zone_to_utc(&london, &l, &t), ZONE_ONCE);
	l = at(2026, 10, 25, 2, 0);
	cr_assert_eq(zone_to_utc(&london, &l, &t), ZONE_ONCE);
	UTC_IS(t, "2026-10-25T02:00:00.000Z");
	l = at(2026, 11, 1, 1, 0);
	cr_assert_eq(zone_to_utc(&chicago, &l, &t), ZONE_TWICE);
	UTC_IS(t, "2026-11-01T06:00:00.000Z");
}

Test(zone, tells_the_hour_that_spring_leaves_out)
{
	struct zone london = zone("Europe/London");
	struct zone chicago = zone("America/Chicago");
	struct local_time l = at(2026, 3, 29, 1, 30);
	struct utc_ms t;

	cr_assert_eq(zone_to_utc(&london, &l, &t), ZONE_NEVER);
	l = at(2026, 3, 29, 1, 0);
	cr_assert_eq(zone_to_utc(&london, &l, &t), ZONE_NEVER);
	l = at(2026, 3, 29, 2, 0);
	cr_assert_eq(zone_to_utc(&london, &l, &t), ZONE_ONCE);
	UTC_IS(t, "2026-03-29T01:00:00.000Z");
	l = at(2026, 3, 8, 2, 59);
	cr_assert_eq(zone_to_utc(&chicago, &l, &t), ZONE_NEVER);
}

Test(zone, begins_days_where_the_zone_does)
{
	struct zone z = zone("Europe/London");

	UTC_IS(zone_day_start(&z, (struct civil_date){2026, 4, 1}), "2026-03-31T23:00:00.000Z");
	UTC_IS(zone_day_start(&z, (struct civil_date){2026, 3, 29}), "2026-03-29T00:00:00.000Z");
	UTC_IS(zone_day_start(&z, (struct civil_date){2026, 10, 26}), "2026-10-26T00:00:00.000Z");
	/* Clocks went from 00:00 to 01:00: the day began at 01:00. */
	z = zone("Asia/Beirut");
	UTC_IS(zone_day_start(&z, (struct civil_date){2022, 3, 27}), "2022-03-26T22:00:00.000Z");
	/* Clocks went from 24:00 back to 23:00: the day before has 25 hours. */
	UTC_IS(zone_day_start(&z, (struct civil_date){2022, 10, 30}), "2022-10-29T22:00:00.000Z");
}

Test(zone, goes_back_to_local_time)
{
	struct zone z = zone("America/Chicago");
	struct local_time l;
	struct utc_ms t;
	int64_t offset;

	cr_assert(utc_parse(TEXT_LIT("2026-04-01T04:30:15.250Z"), &t));
	l = zone_to_local(&z, t, &offset);
	cr_assert_eq(l.date.month, 3);
	cr_assert_eq(l.date.day, 31);
	cr_assert_eq(l.hour, 23);
	cr_assert_eq(l.second, 15);
	cr_assert_eq(l.ms, 250);
	cr_assert_eq(offset, -5 * 3600);
}
