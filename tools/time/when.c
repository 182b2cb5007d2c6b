#include "tools/time/when.h"

#include "base/count.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

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

bool
when_take_fraction(const char **p, int *ms)
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

bool
when_take_offset(const char **p, struct when *w)
{
	int hours = 0;
	int minutes = 0;
	bool west = **p == '-';

	if (take_char(p, "Zz"))
		return when_take_zone(w, true, 0, NULL);
	if (!take_char(p, "+-") || !take_digits(p, 2, &hours))
		return false;
	/* Some write whole hours alone. */
	if (take_char(p, ":") || isdigit((unsigned char)**p)) {
		if (!take_digits(p, 2, &minutes))
			return false;
	}
	return hours <= 14 && minutes <= 59 &&
	       when_take_zone(w, true,
			      (hours * INT64_C(3600) + minutes * INT64_C(60)) * (west ? -1 : 1),
			      NULL);
}

bool
when_take_zone(struct when *w, bool has_offset, int64_t offset_s, const struct zone *zone)
{
	w->has_offset = has_offset;
	w->offset_s = has_offset ? offset_s : 0;
	w->has_zone = !has_offset;
	if (zone != NULL && !has_offset)
		w->zone = *zone;
	return true;
}

bool
when_settle(struct when *w)
{
	struct local_time *l = &w->local;
	bool is_midnight = l->hour == 24 && l->minute == 0 && l->second == 0 && l->ms == 0;

	if (!civil_is_valid(l->date) || l->date.year < 1000 || l->minute > 59 || l->second > 60 ||
	    (l->hour > 23 && !is_midnight))
		return false;
	if (is_midnight) {
		l->hour = 0;
		l->date = civil_from_days(civil_to_days(l->date) + 1);
	}
	return true;
}

static int64_t
local_ms(const struct local_time *l)
{
	return ((civil_to_days(l->date) * 24 + l->hour) * 60 + l->minute) * MS_PER_MINUTE +
	       l->second * MS_PER_SECOND + l->ms;
}

static void
set_local(struct local_time *l, int64_t ms)
{
	int64_t days = ms / MS_PER_DAY - (ms % MS_PER_DAY < 0);
	int64_t rest = ms - days * MS_PER_DAY;

	*l = (struct local_time){.date = civil_from_days(days),
				 .hour = (int)(rest / MS_PER_HOUR),
				 .minute = (int)(rest / MS_PER_MINUTE % 60),
				 .second = (int)(rest / MS_PER_SECOND % 60),
				 .ms = (int)(rest % MS_PER_SECOND)};
}

void
when_add(struct when *w, int64_t ms)
{
	set_local(&w->local, local_ms(&w->local) + ms);
}

void
when_set_epoch(struct when *w, int64_t s)
{
	int ms = w->local.ms;

	set_local(&w->local, s * MS_PER_SECOND + ms);
	when_take_zone(w, true, 0, NULL);
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
	return take_digits(p, 2, &l->second) &&
	       (!take_char(p, ".,") || when_take_fraction(p, &l->ms));
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
		if (*p != '\0' && !when_take_offset(&p, w))
			return false;
	}
	return *p == '\0' && when_settle(w);
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

/* The last days before which a second was put in; there has been none since. */
static bool
had_leap_second(struct utc_ms last_ms)
{
	static const struct civil_date days[] = {
	    {1972, 6, 30},  {1972, 12, 31}, {1973, 12, 31}, {1974, 12, 31}, {1975, 12, 31},
	    {1976, 12, 31}, {1977, 12, 31}, {1978, 12, 31}, {1979, 12, 31}, {1981, 6, 30},
	    {1982, 6, 30},  {1983, 6, 30},  {1985, 6, 30},  {1987, 12, 31}, {1989, 12, 31},
	    {1990, 12, 31}, {1992, 6, 30},  {1993, 6, 30},  {1994, 6, 30},  {1995, 12, 31},
	    {1997, 6, 30},  {1998, 12, 31}, {2005, 12, 31}, {2008, 12, 31}, {2012, 6, 30},
	    {2015, 6, 30},  {2016, 12, 31}};

	for (size_t i = 0; i < COUNT(days); i++)
		if (last_ms.v == (civil_to_days(days[i]) + 1) * MS_PER_DAY - 1)
			return true;
	return false;
}

/* The instant of a time that names none twice; *found tells. */
static struct utc_ms
instant_of(const struct when *w, const struct when_zones *zones, enum zone_result *found)
{
	struct utc_ms t = {local_ms(&w->local) - w->offset_s * MS_PER_SECOND};

	*found = ZONE_ONCE;
	if (!w->has_offset)
		*found = zone_to_utc(w->has_zone ? &w->zone : zones->file, &w->local, &t);
	return t;
}

static enum code
refuse_clock_change(const struct when *w, const struct zone *zone, enum zone_result found,
		    struct err *e)
{
	char text[32];

	local_text(&w->local, text);
	if (found == ZONE_TWICE)
		return err_set(
		    e, REJ_FIELD, "",
		    "%s comes twice in %s on that day, when the clocks go back: give the "
		    "time with its offset",
		    text, zone->name);
	return err_set(
	    e, REJ_FIELD, "",
	    "%s does not exist in %s, where the clocks go forward then: correct the time "
	    "or give it with its offset",
	    text, zone->name);
}

/* The entity's day of the instant; a day alone is the entity's already. */
static struct utc_ms
day_of(const struct when *w, const struct when_zones *zones)
{
	const struct zone *entity = day_zone(zones);
	struct civil_date day = w->local.date;
	enum zone_result found;

	if (w->precision != PRECISION_DAY &&
	    (w->has_offset || w->has_zone || zones->file != NULL)) {
		struct utc_ms t = instant_of(w, zones, &found);

		if (found != ZONE_NEVER)
			day = zone_to_local(entity, t, NULL).date;
	}
	return zone_day_start(entity, day);
}

enum code
when_resolve(const struct when *w, const struct when_zones *zones, enum precision p,
	     struct utc_ms *t, struct err *e)
{
	struct when at = *w;
	bool is_leap = w->local.second == 60;
	enum zone_result found;

	if (p == PRECISION_DAY && day_zone(zones) != NULL) {
		*t = day_of(w, zones);
		return OK;
	}
	if (!w->has_offset && !w->has_zone && zones->file == NULL)
		return err_set(e, REJ_FIELD, "",
			       "has no offset and no zone is known: name one with --zone or in "
			       "the map");
	/* UTC in milliseconds has no place for it: it is the end of its day. */
	if (is_leap) {
		at.local.second = 59;
		at.local.ms = 999;
	}
	*t = instant_of(&at, zones, &found);
	if (found != ZONE_ONCE)
		return refuse_clock_change(w, w->has_zone ? &w->zone : zones->file, found, e);
	if (is_leap && !had_leap_second(*t))
		return err_set(e, REJ_FIELD, "",
			       "has a second 60, and there was no leap second then");
	return OK;
}
