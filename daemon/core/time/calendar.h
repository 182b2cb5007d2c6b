/* Room core/time: Quarters of an entity, and how long what is kept. */
/*
 * The entity's civil calendar: the UTC instant at which each civil day begins, made by PostgreSQL
 * for the entity's zone and loaded once. Days, months, quarters and years of an instant are looked
 * up here; the core never computes with zones.
 */
#ifndef SEMS_CORE_TIME_CALENDAR_H
#define SEMS_CORE_TIME_CALENDAR_H

#include "base/civil.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct calendar {
	int64_t first_day;     /* days since 1970-01-01 of row 0 */
	const int64_t *starts; /* Unix ms at which each day begins; n + 1 of them, ascending */
	size_t n;              /* days */
};

/* The civil date of an instant; false outside the calendar. */
bool calendar_date(const struct calendar *c, struct utc_ms t, struct civil_date *d);
/* True when t is exactly the first instant of a civil day. */
bool calendar_is_day_start(const struct calendar *c, struct utc_ms t);
/* The instant at which a civil day begins; false outside the calendar. */
bool calendar_start(const struct calendar *c, struct civil_date d, struct utc_ms *t);

/* A civil quarter: Q1 is January to March of `year`. */
struct quarter {
	int year;
	int q; /* 1 to 4 */
};

#define QUARTER_TEXT_SIZE 16
void quarter_format(struct quarter q, char out[QUARTER_TEXT_SIZE]); /* "2026-Q2" */
/* As people write it: "2026-Q2", "2026q2", "2026 Q2", "2026-2", "Q2-2026", "Q2 2026". */
bool quarter_parse(struct text s, struct quarter *q);
struct quarter quarter_of(struct civil_date d);
struct quarter quarter_next(struct quarter q);
struct quarter quarter_prev(struct quarter q);
struct civil_date quarter_first(struct quarter q); /* its first day */

#endif
