#include "tools/time/moment.h"

#include "base/count.h"
#include "tools/time/zone.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static struct zone zone;
static bool is_known;

void
moment_zone(const char *name)
{
	is_known = name != NULL && name[0] != '\0' && zone_open(name, &zone);
}

/* "2026-07-01T09:00:00.123456+00:00" */
static bool
is_utc_time(const char *s)
{
	static const char pattern[] = "dddd-dd-ddTdd:dd:dd";
	size_t n = strlen(s);

	for (size_t i = 0; pattern[i] != '\0'; i++)
		if (pattern[i] == 'd' ? !isdigit((unsigned char)s[i]) : s[i] != pattern[i])
			return false;
	return s[n - 1] == 'Z' || (n > 6 && strcmp(s + n - 6, "+00:00") == 0);
}

bool
moment_words(const char *text, enum moment_detail detail, char out[MOMENT_TEXT_SIZE])
{
	static const int length[] = {[MOMENT_SECOND] = 19, [MOMENT_MINUTE] = 16, [MOMENT_DAY] = 10};
	COVERS(length, MOMENT_DAY + 1);
	char whole[32];
	char offset[16] = "Z";
	struct utc_ms t;

	if (!is_utc_time(text))
		return false;
	snprintf(whole, sizeof whole, "%.19sZ", text);
	if (!utc_parse(text_of(whole), &t))
		return false;
	snprintf(whole, sizeof whole, "%.10s %.8s", text, text + 11);
	if (is_known) {
		int64_t east;
		struct local_time l = zone_to_local(&zone, t, &east);
		int64_t minutes = (east < 0 ? -east : east) / 60;

		snprintf(whole, sizeof whole, "%04d-%02d-%02d %02d:%02d:%02d", l.date.year % 10000,
			 l.date.month % 100, l.date.day % 100, l.hour % 100, l.minute % 100,
			 l.second % 100);
		snprintf(offset, sizeof offset, "%c%02" PRId64 ":%02" PRId64, east < 0 ? '-' : '+',
			 minutes / 60 % 100, minutes % 60);
	}
	snprintf(out, MOMENT_TEXT_SIZE, "%.*s%s", length[detail], whole,
		 detail == MOMENT_DAY ? "" : offset);
	return true;
}

enum moment_detail
moment_detail_of(const char *precision)
{
	if (precision != NULL && strcmp(precision, "DAY") == 0)
		return MOMENT_DAY;
	return precision != NULL && strcmp(precision, "MINUTE") == 0 ? MOMENT_MINUTE
								     : MOMENT_SECOND;
}
