#include "tools/lib/when.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define WHEN_BYTES_MAX 64

/* Exactly n digits. */
static bool
take_digits(const char **p, int n, int *out)
{
	int v = 0;

	for (int i = 0; i < n; i++) {
		if (!isdigit((unsigned char)**p))
			return false;
		v = v * 10 + (**p - '0');
		(*p)++;
	}
	*out = v;
	return true;
}

static bool
take_char(const char **p, const char *any)
{
	if (**p == '\0' || strchr(any, **p) == NULL)
		return false;
	(*p)++;
	return true;
}

/* Digits of a fraction, cut to milliseconds. */
static bool
take_fraction(const char **p, int *ms)
{
	int unit = 100;

	*ms = 0;
	if (!isdigit((unsigned char)**p))
		return false;
	for (; isdigit((unsigned char)**p); (*p)++) {
		*ms += (**p - '0') * unit;
		unit /= 10;
	}
	return true;
}

static bool
take_offset(const char **p, struct when *w)
{
	int hours = 0;
	int minutes = 0;
	bool west = **p == '-';

	if (take_char(p, "Zz")) {
		w->has_offset = true;
		return true;
	}
	if (!take_char(p, "+-") || !take_digits(p, 2, &hours))
		return false;
	take_char(p, ":");
	if (!take_digits(p, 2, &minutes) || hours > 14 || minutes > 59)
		return false;
	w->has_offset = true;
	w->offset_s = (hours * INT64_C(3600) + minutes * INT64_C(60)) * (west ? -1 : 1);
	return true;
}

static bool
is_possible(const struct local_time *l)
{
	return civil_is_valid(l->date) && l->date.year >= 1000 && l->hour >= 0 && l->hour <= 23 &&
	       l->minute >= 0 && l->minute <= 59 && l->second >= 0 && l->second <= 60;
}

static bool
as_string(struct text s, char out[WHEN_BYTES_MAX])
{
	if (s.n == 0 || s.n >= WHEN_BYTES_MAX || memchr(s.s, '\0', s.n) != NULL)
		return false;
	memcpy(out, s.s, s.n);
	out[s.n] = '\0';
	return true;
}

static bool
take_time(const char **p, struct when *w)
{
	struct local_time *l = &w->local;

	if (!take_digits(p, 2, &l->hour) || !take_char(p, ":") || !take_digits(p, 2, &l->minute))
		return false;
	w->precision = PRECISION_MINUTE;
	if (!take_char(p, ":"))
		return true;
	w->precision = PRECISION_MS;
	return take_digits(p, 2, &l->second) && (!take_char(p, ".,") || take_fraction(p, &l->ms));
}

bool
when_parse(struct text s, struct when *w)
{
	char text[WHEN_BYTES_MAX];
	const char *p = text;
	struct local_time *l = &w->local;

	*w = (struct when){.precision = PRECISION_DAY};
	if (!as_string(s, text))
		return false;
	if (!take_digits(&p, 4, &l->date.year) || !take_char(&p, "-") ||
	    !take_digits(&p, 2, &l->date.month) || !take_char(&p, "-") ||
	    !take_digits(&p, 2, &l->date.day))
		return false;
	if (take_char(&p, "Tt ")) {
		if (!take_time(&p, w))
			return false;
		if (*p != '\0' && !take_offset(&p, w))
			return false;
	}
	return *p == '\0' && is_possible(l);
}

/* strptime() takes any number of digits for %Y; "15" would be the year 15. */
static bool
has_long_year(const char *pattern)
{
	return strstr(pattern, "%Y") != NULL;
}

static enum precision
pattern_precision(const char *pattern)
{
	static const char *const seconds[] = {"%S", "%T", "%r", "%s", "%c", "%f"};
	static const char *const minutes[] = {"%M", "%R", "%H", "%I", "%k", "%l"};

	for (size_t i = 0; i < sizeof seconds / sizeof seconds[0]; i++) {
		if (strstr(pattern, seconds[i]) != NULL)
			return PRECISION_MS;
	}
	for (size_t i = 0; i < sizeof minutes / sizeof minutes[0]; i++) {
		if (strstr(pattern, minutes[i]) != NULL)
			return PRECISION_MINUTE;
	}
	return PRECISION_DAY;
}

/* strptime() in two parts around %f, which it does not know. */
static const char *
parse_parts(const char *p, const char *pattern, struct tm *tm, int *ms)
{
	const char *fraction = strstr(pattern, "%f");
	char part[128];

	if (strlen(pattern) >= sizeof part)
		return NULL;
	if (fraction == NULL)
		return strptime(p, pattern, tm);
	memcpy(part, pattern, (size_t)(fraction - pattern));
	part[fraction - pattern] = '\0';
	p = strptime(p, part, tm);
	if (p == NULL || !take_fraction(&p, ms))
		return NULL;
	return fraction[2] == '\0' ? p : strptime(p, fraction + 2, tm);
}

bool
when_parse_pattern(struct text s, const char *pattern, int first_year, struct when *w)
{
	char text[WHEN_BYTES_MAX];
	struct tm tm = {.tm_year = -1900, .tm_mon = -1, .tm_mday = 0};
	const char *end;

	*w = (struct when){.precision = pattern_precision(pattern)};
	if (!as_string(s, text))
		return false;
	end = parse_parts(text, pattern, &tm, &w->local.ms);
	if (end == NULL || *end != '\0')
		return false;
	w->local.date = (struct civil_date){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday};
	w->local.hour = tm.tm_hour;
	w->local.minute = tm.tm_min;
	w->local.second = tm.tm_sec;
	if (!has_long_year(pattern) && strstr(pattern, "%y") != NULL) {
		int two = w->local.date.year % 100;

		w->local.date.year = first_year + (two - first_year % 100 + 100) % 100;
	}
	if (strstr(pattern, "%z") != NULL) {
		w->has_offset = true;
		w->offset_s = tm.tm_gmtoff;
	}
	return is_possible(&w->local);
}

static void
local_text(const struct local_time *l, char out[32])
{
	snprintf(out, 32, "%04d-%02d-%02d %02d:%02d", l->date.year, l->date.month, l->date.day,
		 l->hour, l->minute);
}

static const struct zone *
day_zone(const struct when_zones *z)
{
	return z->entity != NULL ? z->entity : z->file;
}

enum code
when_resolve(const struct when *w, const struct when_zones *zones, enum precision p,
	     struct utc_ms *t, struct err *e)
{
	char text[32];
	enum zone_result found;

	if (p == PRECISION_DAY && day_zone(zones) != NULL) {
		*t = zone_day_start(day_zone(zones), w->local.date);
		return OK;
	}
	if (w->has_offset) {
		const struct local_time *l = &w->local;

		t->v = ((civil_to_days(l->date) * 24 + l->hour) * 60 + l->minute) * MS_PER_MINUTE +
		       l->second * MS_PER_SECOND + l->ms - w->offset_s * MS_PER_SECOND;
		return OK;
	}
	if (zones->file == NULL)
		return err_set(e, REJ_FIELD, "",
			       "has no offset and no zone is known: name one with --zone or in "
			       "the map");
	found = zone_to_utc(zones->file, &w->local, t);
	if (found == ZONE_ONCE)
		return OK;
	local_text(&w->local, text);
	if (found == ZONE_TWICE)
		return err_set(
		    e, REJ_FIELD, "",
		    "%s comes twice in %s on that day, when the clocks go back: give the "
		    "time with its offset",
		    text, zones->file->name);
	return err_set(
	    e, REJ_FIELD, "",
	    "%s does not exist in %s, where the clocks go forward then: correct the time "
	    "or give it with its offset",
	    text, zones->file->name);
}
