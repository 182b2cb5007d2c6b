#include "base/civil.h"

#include <stdio.h>

/*
 * Both ways count in 400-year eras of 146097 days from 0000-03-01, so that the leap day is the last
 * of its year; 719468 days lie between that day and 1970-01-01.
 */
#define DAYS_PER_ERA 146097
#define EPOCH_SHIFT  719468

static int64_t
floor_div(int64_t a, int64_t b)
{
	int64_t q = a / b;

	return a % b != 0 && (a < 0) != (b < 0) ? q - 1 : q;
}

int64_t
civil_to_days(struct civil_date d)
{
	int64_t y = (int64_t)d.year - (d.month <= 2);
	int64_t era = floor_div(y, 400);
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * DAYS_PER_ERA + day_of_era - EPOCH_SHIFT;
}

struct civil_date
civil_from_days(int64_t days)
{
	int64_t z = days + EPOCH_SHIFT;
	int64_t era = floor_div(z, DAYS_PER_ERA);
	int64_t doe = z - era * DAYS_PER_ERA;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	int64_t month = mp < 10 ? mp + 3 : mp - 9;

	return (struct civil_date){
	    .year = (int)(yoe + era * 400 + (month <= 2)),
	    .month = (int)month,
	    .day = (int)(doy - (153 * mp + 2) / 5 + 1),
	};
}

bool
civil_is_valid(struct civil_date d)
{
	static const int lengths[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = d.year % 4 == 0 && (d.year % 100 != 0 || d.year % 400 == 0);

	if (d.year < 1 || d.year > 9999 || d.month < 1 || d.month > 12 || d.day < 1)
		return false;
	return d.day <= lengths[d.month - 1] && (d.month != 2 || d.day != 29 || leap);
}

void
utc_format(struct utc_ms t, char out[UTC_TEXT_SIZE])
{
	int64_t days = floor_div(t.v, MS_PER_DAY);
	int64_t ms = (t.v % MS_PER_DAY + MS_PER_DAY) % MS_PER_DAY;
	struct civil_date d = civil_from_days(days);

	snprintf(out, UTC_TEXT_SIZE, "%04d-%02u-%02uT%02u:%02u:%02u.%03uZ", d.year,
		 (unsigned)d.month % 100, (unsigned)d.day % 100, (unsigned)(ms / MS_PER_HOUR) % 24,
		 (unsigned)(ms / MS_PER_MINUTE % 60), (unsigned)(ms / MS_PER_SECOND % 60),
		 (unsigned)(ms % MS_PER_SECOND));
}

/* The rest of a text being read; a step that fails leaves ok false for good. */
struct reader {
	const char *p;
	const char *end;
	bool ok;
};

static int
take_digits(struct reader *r, int n)
{
	int v = 0;

	for (int i = 0; i < n; i++) {
		if (!r->ok || r->p == r->end || *r->p < '0' || *r->p > '9') {
			r->ok = false;
			return 0;
		}
		v = v * 10 + (*r->p++ - '0');
	}
	return v;
}

/* One character out of `set`; 0 when it is another. */
static char
take_of(struct reader *r, const char *set)
{
	if (!r->ok || r->p == r->end || *r->p == '\0' || strchr(set, *r->p) == NULL) {
		r->ok = false;
		return 0;
	}
	return *r->p++;
}

static int
take_fraction_ms(struct reader *r)
{
	int ms = 0;
	int n = 0;

	if (!r->ok || r->p == r->end || *r->p != '.')
		return 0;
	r->p++;
	for (; r->p != r->end && *r->p >= '0' && *r->p <= '9'; n++, r->p++)
		if (n < 3)
			ms = ms * 10 + (*r->p - '0');
	r->ok = n >= 1 && n <= 9;
	for (; n < 3; n++)
		ms *= 10;
	return ms;
}

static int64_t
take_offset_ms(struct reader *r)
{
	char c = take_of(r, "Zz+-");
	int hours;
	int minutes;
	int64_t ms;

	if (c == 'Z' || c == 'z' || c == 0)
		return 0;
	hours = take_digits(r, 2);
	take_of(r, ":");
	minutes = take_digits(r, 2);
	if (hours > 23 || minutes > 59)
		r->ok = false;
	ms = hours * MS_PER_HOUR + minutes * MS_PER_MINUTE;
	return c == '-' ? -ms : ms;
}

bool
utc_parse(struct text s, struct utc_ms *t)
{
	struct reader r = {s.s, s.s + s.n, s.s != NULL};
	struct civil_date d;
	int hour;
	int minute;
	int second;
	int64_t ms;

	d.year = take_digits(&r, 4);
	take_of(&r, "-");
	d.month = take_digits(&r, 2);
	take_of(&r, "-");
	d.day = take_digits(&r, 2);
	take_of(&r, "Tt ");
	hour = take_digits(&r, 2);
	take_of(&r, ":");
	minute = take_digits(&r, 2);
	take_of(&r, ":");
	second = take_digits(&r, 2);
	ms = take_fraction_ms(&r);
	ms -= take_offset_ms(&r);
	if (!r.ok || r.p != r.end || !civil_is_valid(d))
		return false;
	if (hour > 23 || minute > 59 || second > 59)
		return false;
	t->v = civil_to_days(d) * MS_PER_DAY + hour * MS_PER_HOUR + minute * MS_PER_MINUTE +
	       second * MS_PER_SECOND + ms;
	return true;
}

bool
civil_is_day(const char *s)
{
	char noon[UTC_TEXT_SIZE];
	struct utc_ms t;

	if (s == NULL || strlen(s) != sizeof "2026-01-15" - 1)
		return false;
	snprintf(noon, sizeof noon, "%sT12:00:00Z", s);
	return utc_parse(text_of(noon), &t);
}
