#include "tools/time/zone.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define ZONE_FOLDER    "/usr/share/zoneinfo"
#define SECONDS_OF_DAY INT64_C(86400)

static bool
name_is_safe(const char *name)
{
	if (!isalpha((unsigned char)name[0]) || strstr(name, "..") != NULL)
		return false;
	for (const char *p = name; *p != '\0'; p++)
		if (!isalnum((unsigned char)*p) && strchr("/_+-", *p) == NULL)
			return false;
	return true;
}

bool
zone_open(const char *name, struct zone *z)
{
	char path[sizeof ZONE_FOLDER + sizeof z->name + 1];
	struct stat st;

	/* A zone that does not exist would silently be UTC. */
	if (name == NULL || strlen(name) >= sizeof z->name || !name_is_safe(name))
		return false;
	snprintf(path, sizeof path, ZONE_FOLDER "/%s", name);
	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	snprintf(z->name, sizeof z->name, "%s", name);
	return true;
}

static void
zone_use(const struct zone *z)
{
	static char used[sizeof z->name];

	if (strcmp(used, z->name) == 0)
		return;
	setenv("TZ", z->name, 1);
	tzset();
	snprintf(used, sizeof used, "%s", z->name);
}

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

static int64_t
offset_at(int64_t s)
{
	time_t t = (time_t)s;
	struct tm tm;

	return localtime_r(&t, &tm) != NULL ? tm.tm_gmtoff : 0;
}

static int64_t
as_if_utc(const struct local_time *l)
{
	return civil_to_days(l->date) * SECONDS_OF_DAY + l->hour * INT64_C(3600) +
	       l->minute * INT64_C(60) + l->second;
}

/*
 * The offsets in force a day before and a day after are the only ones the local time can have; each
 * is right when the instant it leads to has it.
 */
enum zone_result
zone_to_utc(const struct zone *z, const struct local_time *l, struct utc_ms *t)
{
	int64_t local = as_if_utc(l);
	int64_t before;
	int64_t after;
	bool first;
	bool second;

	zone_use(z);
	before = offset_at(local - SECONDS_OF_DAY);
	after = offset_at(local + SECONDS_OF_DAY);
	first = offset_at(local - before) == before;
	second = after != before && offset_at(local - after) == after;
	t->v = (local - (first || !second ? before : after)) * MS_PER_SECOND + l->ms;
	if (first && second) {
		int64_t later = (local - after) * MS_PER_SECOND + l->ms;

		t->v = later < t->v ? later : t->v;
		return ZONE_TWICE;
	}
	return first || second ? ZONE_ONCE : ZONE_NEVER;
}

struct utc_ms
zone_day_start(const struct zone *z, struct civil_date d)
{
	struct local_time midnight = {.date = d};
	struct utc_ms t;
	int64_t low;
	int64_t high;

	if (zone_to_utc(z, &midnight, &t) != ZONE_NEVER)
		return t;
	/* Midnight is left out: the day begins with the change. */
	low = as_if_utc(&midnight) - SECONDS_OF_DAY;
	high = as_if_utc(&midnight) + SECONDS_OF_DAY;
	while (high - low > 1) {
		int64_t middle = low + (high - low) / 2;

		if (middle + offset_at(middle) < as_if_utc(&midnight))
			low = middle;
		else
			high = middle;
	}
	return (struct utc_ms){high * MS_PER_SECOND};
}

struct local_time
zone_to_local(const struct zone *z, struct utc_ms t, int64_t *offset_s)
{
	int64_t s = floor_div(t.v, MS_PER_SECOND);
	int64_t offset;
	int64_t local;
	int64_t days;
	int64_t rest;

	zone_use(z);
	offset = offset_at(s);
	local = s + offset;
	days = floor_div(local, SECONDS_OF_DAY);
	rest = local - days * SECONDS_OF_DAY;
	if (offset_s != NULL)
		*offset_s = offset;
	return (struct local_time){
	    .date = civil_from_days(days),
	    .hour = (int)(rest / 3600),
	    .minute = (int)(rest / 60 % 60),
	    .second = (int)(rest % 60),
	    .ms = (int)(t.v - s * MS_PER_SECOND),
	};
}
