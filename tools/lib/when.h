/* Times as files write them: RFC 3339, ISO without an offset, or a pattern of strptime(3). */
#ifndef SEMS_TOOLS_WHEN_H
#define SEMS_TOOLS_WHEN_H

#include "base/err.h"
#include "base/text.h"
#include "core/kind.h"
#include "tools/lib/zone.h"

/* What a text said, not yet an instant. */
struct when {
	struct local_time local;
	int64_t offset_s; /* east of UTC; with has_offset */
	bool has_offset;
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
/*
 * By a pattern of strptime(3), with %f for a fraction of a second. The whole text must match.
 * first_year: of the hundred years that %y may mean. A four-digit %Y is demanded.
 */
bool when_parse_pattern(struct text s, const char *pattern, int first_year, struct when *w);
/*
 * The instant. PRECISION_DAY is the first instant of the civil day. A local time that a change of
 * the clocks repeats or leaves out is a REJ_FIELD: which one was meant cannot be known.
 */
enum code when_resolve(const struct when *w, const struct when_zones *zones, enum precision p,
		       struct utc_ms *t, struct err *e) MUST_CHECK;

#endif
