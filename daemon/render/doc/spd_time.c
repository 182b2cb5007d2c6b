#include "render/doc/spd_time.h"

#include "base/text.h"
#include "core/spd/keys.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define TIME_SIZE 40 /* "2026-07-10 10:00:00" */

bool
spd_clock_at(const json_t *doc, struct utc_ms t, int64_t *seconds)
{
	const json_t *run;
	size_t i;

	json_array_foreach(json_object_get(doc, DOC_CLOCKS), i, run)
	{
		struct utc_ms from;
		struct utc_ms until;

		if (utc_parse(text_of(spd_text(run, DOC_FROM)), &from) &&
		    utc_parse(text_of(spd_text(run, DOC_UNTIL)), &until) && t.v >= from.v &&
		    t.v < until.v) {
			*seconds = json_integer_value(json_object_get(run, DOC_SECONDS));
			return true;
		}
	}
	return false;
}

/* The day and the time of day. */
static void
print_time(struct utc_ms t, char out[TIME_SIZE])
{
	int64_t day = t.v / MS_PER_DAY - (t.v % MS_PER_DAY < 0);
	int64_t s = (t.v - day * MS_PER_DAY) / MS_PER_SECOND;
	struct civil_date d = civil_from_days(day);

	snprintf(out, TIME_SIZE, "%04d-%02d-%02d %02d:%02d:%02d", d.year, d.month, d.day,
		 (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
}

/* False: it is UTC's own, or no instant. */
static bool
print_local(const json_t *doc, const char *rfc3339, char out[SPD_CELL], char utc[TIME_SIZE])
{
	char local[TIME_SIZE];
	int64_t seconds = 0;
	int64_t minutes;
	struct utc_ms t;

	if (!utc_parse(text_of(rfc3339), &t)) {
		text_print(out, SPD_CELL, "%s", rfc3339);
		return false;
	}
	print_time(t, utc);
	if (!spd_clock_at(doc, t, &seconds) || seconds == 0) {
		snprintf(out, SPD_CELL, "%s UTC", utc);
		return false;
	}
	print_time((struct utc_ms){t.v + seconds * MS_PER_SECOND}, local);
	minutes = (seconds < 0 ? -seconds : seconds) / 60;
	snprintf(out, SPD_CELL, "%s%c%02" PRId64 ":%02" PRId64, local, seconds < 0 ? '-' : '+',
		 minutes / 60, minutes % 60);
	return true;
}

void
spd_time(const json_t *doc, const char *rfc3339, char out[SPD_CELL])
{
	char utc[TIME_SIZE];

	(void)!print_local(doc, rfc3339, out, utc);
}

void
spd_moment(const json_t *doc, const char *rfc3339, char out[SPD_CELL])
{
	char utc[TIME_SIZE];
	char local[SPD_CELL];

	if (!print_local(doc, rfc3339, local, utc))
		text_print(out, SPD_CELL, "%s", local);
	else
		text_print(out, SPD_CELL, "%s (%s UTC)", local,
			   strncmp(local, utc, 10) == 0 ? utc + 11 : utc);
}
