/* Room tools/time: Times as files and people write them, zones, and their calendars. */
/*
 * Zone arithmetic for tools: the system's zone files through TZ, so for single-threaded programs.
 * The daemon does none of this; its civil calendar is data. Records carry UTC, and here is where
 * the local times of files become it.
 */
#ifndef SEMS_TOOLS_TIME_ZONE_H
#define SEMS_TOOLS_TIME_ZONE_H

#include "base/civil.h"

#include <stdbool.h>

struct zone {
	char name[64];
};

struct local_time {
	struct civil_date date;
	int hour;
	int minute;
	int second;
	int ms;
};

enum zone_result {
	ZONE_ONCE,  /* the usual case */
	ZONE_TWICE, /* in the hour that autumn repeats: *t is the earlier */
	ZONE_NEVER, /* in the hour that spring leaves out */
};

/* False: the system has no such zone. */
bool zone_open(const char *name, struct zone *z);
/* The instant of a local time. */
enum zone_result zone_to_utc(const struct zone *z, const struct local_time *l, struct utc_ms *t);
/* The first instant of a civil day, also where the day does not begin at 00:00. */
struct utc_ms zone_day_start(const struct zone *z, struct civil_date d);
/* The local time of an instant; offset_s: east of UTC, may be NULL. */
struct local_time zone_to_local(const struct zone *z, struct utc_ms t, int64_t *offset_s);

#endif
