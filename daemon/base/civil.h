/*
 * Instants and civil dates. An instant is UTC and knows no zone; a civil date is a day of the
 * (proleptic) Gregorian calendar and knows no instant. Only struct calendar (core/time/calendar.h),
 * whose rows PostgreSQL makes, joins the two: nothing here does zone arithmetic.
 */
#ifndef SEMS_BASE_CIVIL_H
#define SEMS_BASE_CIVIL_H

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MS_PER_SECOND INT64_C(1000)
#define MS_PER_MINUTE (60 * MS_PER_SECOND)
#define MS_PER_HOUR   (60 * MS_PER_MINUTE)
#define MS_PER_DAY    (24 * MS_PER_HOUR) /* a UTC day; civil days have 23 to 25 hours */

/* Milliseconds since 1970-01-01T00:00:00Z. */
struct utc_ms {
	int64_t v;
};

/* Milliseconds of a clock that nobody sets and that only goes on: for deadlines, never for records.
 */
struct mono_ms {
	int64_t v;
};

/* One moment by both clocks. */
struct moment {
	struct utc_ms utc;
	struct mono_ms mono;
};

struct civil_date {
	int year;
	int month; /* 1 to 12 */
	int day;   /* 1 to 31 */
};

/* Days since 1970-01-01 of a date, and back; exact for years 1 to 9999. */
int64_t civil_to_days(struct civil_date d);
struct civil_date civil_from_days(int64_t days);
bool civil_is_valid(struct civil_date d);
/* Whether it is a day such as "2026-01-15"; NULL is none. */
bool civil_is_day(const char *s);

/* "2026-04-01T09:00:00.000Z"; out has room for UTC_TEXT_SIZE. */
#define UTC_TEXT_SIZE 32
void utc_format(struct utc_ms t, char out[UTC_TEXT_SIZE]);
/* Reads RFC 3339 with Z or a numeric offset, fraction of up to 9 digits (cut to ms). */
bool utc_parse(struct text s, struct utc_ms *t);

#endif
