/*
 * Times as files write them, and what instant they are. Here RFC 3339 and ISO without an offset are
 * read; patterns in tools/time/pattern.h. 24:00 is the next day's 0:00. A second 60 is one where
 * there was a leap second, and then the last millisecond of its day.
 */
#ifndef SEMS_TOOLS_TIME_WHEN_H
#define SEMS_TOOLS_TIME_WHEN_H

#include "base/err.h"
#include "base/text.h"
#include "core/kind/kind.h"
#include "tools/time/zone.h"

/* What a text said, not yet an instant. */
struct when {
	struct local_time local;
	int64_t offset_s; /* east of UTC; with has_offset */
	bool has_offset;
	bool has_zone; /* it names its zone itself */
	struct zone zone;
	enum precision precision; /* as far as the text went */
};

/* The zones a local time may need: the file's, and the entity's, in which civil days begin. */
struct when_zones {
	const struct zone *file;   /* NULL: a local time is an error */
	const struct zone *entity; /* NULL: as file */
};

/*
 * "2026-04-01T09:00:00.000Z", with an offset or without, seconds and time of day optional, 'T' or a
 * blank between.
 */
bool when_parse(struct text s, struct when *w);
/* Parts of times, from *p on, which goes behind them; false: there is none. A fraction is cut to
 * milliseconds; an offset is Z, +01, +0100 or +01:00. */
bool when_take_fraction(const char **p, int *ms);
bool when_take_offset(const char **p, struct when *w);
/* An offset, or a zone that was named; true. */
bool when_take_zone(struct when *w, bool has_offset, int64_t offset_s, const struct zone *zone);
/* The local time so much later, by the clock on the wall. */
void when_add(struct when *w, int64_t ms);
/* Seconds since 1970-01-01T00:00:00Z, and the milliseconds that are there. */
void when_set_epoch(struct when *w, int64_t s);
/* False: there is no such local time. */
bool when_settle(struct when *w);
/*
 * The instant. PRECISION_DAY is the first instant of the entity's civil day that it is in. A local
 * time that a change of the clocks repeats or leaves out is a REJ_FIELD: which one was meant cannot
 * be known.
 */
enum code when_resolve(const struct when *w, const struct when_zones *zones, enum precision p,
		       struct utc_ms *t, struct err *e) MUST_CHECK;

#endif
