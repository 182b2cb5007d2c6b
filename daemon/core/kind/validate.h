/*
 * The rules a record must meet before it is evidence: what each field may hold (the kind's table),
 * identity and clock, and the rules between fields (the kind's check).
 */
#ifndef SEMS_CORE_KIND_VALIDATE_H
#define SEMS_CORE_KIND_VALIDATE_H

#include "core/kind/kind.h"
#include "core/time/calendar.h"

#define CLOCK_AHEAD_MAX_MS MS_PER_DAY            /* further in the future is a bad clock */
#define CLOCK_FLOOR_MS     INT64_C(946684800000) /* 2000-01-01T00:00Z: before is a bad clock */

/*
 * True when r may be stored. Else fills *why with the first fault found, in field order. now: the
 * daemon's clock. cal: the entity's civil calendar, or NULL to leave out the checks that need it.
 */
bool record_validate(const struct record *r, struct utc_ms now, const struct calendar *cal,
		     struct refusal *why);

/* "kind.field", or "field" for the envelope; out has room for 64. */
void field_path(const struct kind *k, size_t index, char out[64]);

#endif
