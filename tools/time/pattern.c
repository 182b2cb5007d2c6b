#include "tools/time/pattern.h"

#include "base/civil.h"
#include "base/count.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define TEXT_BYTES_MAX 64

/* What a conversion gives. */
#define YEAR     1u
#define MONTH    2u
#define DAY      4u
#define HOUR     8u
#define HOUR12   16u
#define HALF     32u
#define MINUTE   64u
#define SECOND   128u
#define FRACTION 256u
#define OFFSET   512u
#define EPOCH    1024u
#define WEEKDAY  2048u
#define SERIAL   4096u

struct reading {
	struct when *w;
	const struct pattern_words *words;
	const char *why;
	int weekday; /* Monday is 0 */
	bool is_pm;
	int64_t epoch_s;
};

struct conversion {
	char letter;
	unsigned gives;
	bool (*read)(const char **p, struct reading *r);
};

/* --- what they read --------------------------------------------------------------------------- */

static bool
take_number(const char **p, int least, int most, int lo, int hi, int *out)
{
	int v = 0;
	int n = 0;

	while (n < most && isdigit((unsigned char)**p)) {
		v = 10 * v + (*(*p)++ - '0');
		n++;
	}
	*out = v;
	return n >= least && v >= lo && v <= hi;
}

/* One of the names, whole or its first three letters, in any case; its place. */
static bool
take_name(const char **p, const char *const *names, int n, int *out)
{
	for (int i = 0; i < n; i++) {
		size_t whole = strlen(names[i]);
		size_t length = strncasecmp(*p, names[i], whole) == 0 ? whole : 3;

		if (strncasecmp(*p, names[i], length) != 0 || isalpha((unsigned char)(*p)[length]))
			continue;
		*p += length;
		*out = i;
		return true;
	}
	return false;
}

static void
skip_blanks(const char **p)
{
	while (**p == ' ' || **p == '\t')
		(*p)++;
}

static bool
read_year(const char **p, struct reading *r)
{
	return take_number(p, 4, 4, 1000, 9999, &r->w->local.date.year);
}

static bool
read_short_year(const char **p, struct reading *r)
{
	int first = r->words->first_year;
	int two;

	if (!take_number(p, 2, 2, 0, 99, &two))
		return false;
	r->w->local.date.year = first + (two - first % 100 + 100) % 100;
	return true;
}

static bool
read_month(const char **p, struct reading *r)
{
	return take_number(p, 1, 2, 1, 12, &r->w->local.date.month);
}

static bool
read_month_name(const char **p, struct reading *r)
{
	static const char *const names[] = {"January",   "February", "March",    "April",
					    "May",       "June",     "July",     "August",
					    "September", "October",  "November", "December"};

	if (!take_name(p, names, 12, &r->w->local.date.month))
		return false;
	r->w->local.date.month++;
	return true;
}

static bool
read_day(const char **p, struct reading *r)
{
	skip_blanks(p);
	return take_number(p, 1, 2, 1, 31, &r->w->local.date.day);
}

static bool
read_weekday(const char **p, struct reading *r)
{
	static const char *const names[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
					    "Friday", "Saturday", "Sunday"};

	return take_name(p, names, 7, &r->weekday);
}

static bool
read_hour(const char **p, struct reading *r)
{
	skip_blanks(p);
	return take_number(p, 1, 2, 0, 24, &r->w->local.hour);
}

static bool
read_hour12(const char **p, struct reading *r)
{
	skip_blanks(p);
	return take_number(p, 1, 2, 1, 12, &r->w->local.hour);
}

static bool
read_half(const char **p, struct reading *r)
{
	static const struct {
		const char *text;
		bool is_pm;
	} halves[] = {{"a.m.", false}, {"p.m.", true}, {"am", false}, {"pm", true}};

	for (size_t i = 0; i < COUNT(halves); i++) {
		size_t n = strlen(halves[i].text);

		if (strncasecmp(*p, halves[i].text, n) != 0)
			continue;
		*p += n;
		r->is_pm = halves[i].is_pm;
		return true;
	}
	return false;
}

static bool
read_minute(const char **p, struct reading *r)
{
	return take_number(p, 2, 2, 0, 59, &r->w->local.minute);
}

static bool
read_second(const char **p, struct reading *r)
{
	return take_number(p, 2, 2, 0, 60, &r->w->local.second);
}

static bool
read_fraction(const char **p, struct reading *r)
{
	return when_take_fraction(p, &r->w->local.ms);
}

static bool
read_offset(const char **p, struct reading *r)
{
	return when_take_offset(p, r->w);
}

static bool
read_zone(const char **p, struct reading *r)
{
	char name[sizeof((struct zone *)NULL)->name];
	struct zone_word word;
	size_t n = strcspn(*p, " \t,;()");

	if (n == 0 || n >= sizeof name)
		return false;
	memcpy(name, *p, n);
	name[n] = '\0';
	*p += n;
	for (size_t i = 0; i < r->words->n_zones; i++) {
		if (strcmp(r->words->zones[i].from, name) == 0)
			return when_take_zone(r->w, r->words->zones[i].has_offset,
					      r->words->zones[i].offset_s,
					      &r->words->zones[i].zone);
	}
	/* What else stands for a zone somewhere stands for others elsewhere. */
	if (strcmp(name, "UTC") == 0 || strcmp(name, "GMT") == 0)
		return when_take_zone(r->w, true, 0, NULL);
	if (strchr(name, '/') != NULL && pattern_zone(name, &word))
		return when_take_zone(r->w, false, 0, &word.zone);
	r->why = "names a zone that is no IANA name: say in the map's zones what it means";
	return false;
}

static bool
read_epoch(const char **p, struct reading *r)
{
	bool is_negative = **p == '-';
	int n = 0;

	*p += is_negative;
	for (; n < 12 && isdigit((unsigned char)**p); n++)
		r->epoch_s = 10 * r->epoch_s + (*(*p)++ - '0');
	if (is_negative)
		r->epoch_s = -r->epoch_s;
	return n > 0;
}

#define EXCEL_LAST 2958465 /* 9999-12-31 */

/* Days, and the part of one; where a spreadsheet counts from. */
static bool
read_serial_from(const char **p, struct reading *r, struct civil_date first)
{
	int days;
	double part = 0;
	double unit = 0.1;
	int64_t ms;

	if (!take_number(p, 1, 7, 0, EXCEL_LAST, &days))
		return false;
	r->w->precision = PRECISION_DAY;
	if (**p == '.' && isdigit((unsigned char)(*p)[1])) {
		for ((*p)++; isdigit((unsigned char)**p); (*p)++) {
			part += (**p - '0') * unit;
			unit /= 10;
		}
		r->w->precision = PRECISION_MS;
	}
	ms = (int64_t)(part * 86400000.0 + 0.5);
	r->w->local.date = civil_from_days(civil_to_days(first) + days);
	when_add(r->w, ms);
	return true;
}

static bool
read_serial(const char **p, struct reading *r)
{
	const char *s = *p;

	if (!read_serial_from(p, r, (struct civil_date){1899, 12, 30}))
		return false;
	if (strtol(s, NULL, 10) >= 61)
		return true;
	r->why = "is before 1 March 1900, where Excel counts a day that there was not";
	return false;
}

static bool
read_serial_1904(const char **p, struct reading *r)
{
	return read_serial_from(p, r, (struct civil_date){1904, 1, 1});
}

static const struct conversion conversions[] = {
    {'Y', YEAR, read_year},        {'y', YEAR, read_short_year},   {'m', MONTH, read_month},
    {'b', MONTH, read_month_name}, {'B', MONTH, read_month_name},  {'d', DAY, read_day},
    {'e', DAY, read_day},          {'a', WEEKDAY, read_weekday},   {'A', WEEKDAY, read_weekday},
    {'H', HOUR, read_hour},        {'k', HOUR, read_hour},         {'I', HOUR12, read_hour12},
    {'l', HOUR12, read_hour12},    {'p', HALF, read_half},         {'M', MINUTE, read_minute},
    {'S', SECOND, read_second},    {'f', FRACTION, read_fraction}, {'z', OFFSET, read_offset},
    {'Z', OFFSET, read_zone},      {'s', EPOCH, read_epoch},
};

static const struct {
	char letter;
	const char *text;
} short_forms[] = {{'F', "%Y-%m-%d"}, {'T', "%H:%M:%S"}, {'R', "%H:%M"}, {'D', "%m/%d/%y"}};

static const struct conversion serial = {0, SERIAL, read_serial};
static const struct conversion serial_1904 = {0, SERIAL, read_serial_1904};

/* --- compiling -------------------------------------------------------------------------------- */

static bool
add_part(struct pattern *p, const struct conversion *c, char byte)
{
	if (p->n == PATTERN_PARTS_MAX)
		return false;
	p->byte[p->n] = byte;
	p->part[p->n++] = c;
	return true;
}

static const struct conversion *
conversion_of(char letter)
{
	for (size_t i = 0; i < COUNT(conversions); i++)
		if (conversions[i].letter == letter)
			return &conversions[i];
	return NULL;
}

static const char *
short_form_of(char letter)
{
	for (size_t i = 0; i < COUNT(short_forms); i++)
		if (short_forms[i].letter == letter)
			return short_forms[i].text;
	return NULL;
}

static enum code
compile_text(struct pattern *p, const char *text, struct err *e)
{
	for (const char *s = text; *s != '\0'; s++) {
		const struct conversion *c = NULL;
		bool fits = true;

		if (*s != '%') {
			fits = add_part(p, NULL, *s);
		} else if (*++s == '%') {
			fits = add_part(p, NULL, '%');
		} else if (short_form_of(*s) != NULL) {
			if (compile_text(p, short_form_of(*s), e) != OK)
				return e->code;
		} else if ((c = conversion_of(*s)) == NULL) {
			return err_set(
			    e, REJ_FIELD, "",
			    "has %%%.1s, which maps do not have: they have %%Y %%y %%m %%b "
			    "%%d %%H %%I %%p %%M %%S %%f %%z %%Z %%s %%a, and more in MAPS.md",
			    *s == '\0' ? "" : s);
		} else if ((p->gives & c->gives) != 0) {
			return err_set(e, REJ_FIELD, "", "says the same twice, by %%%c", *s);
		} else {
			p->gives |= c->gives;
			fits = add_part(p, c, 0);
		}
		if (!fits)
			return err_set(e, REJ_FIELD, "", "has more than %d parts",
				       PATTERN_PARTS_MAX);
	}
	return OK;
}

enum code
pattern_compile(const char *text, struct pattern *out, struct err *e)
{
	/* What has (all of) one must have (any of) the other. */
	static const struct {
		unsigned has;
		unsigned needs;
		const char *text;
	} needs[] = {
	    {HOUR12, HALF,
	     "has %I and no %p: whether morning or afternoon was meant is not said; "
	     "hours to 24 are %H"},
	    {HALF, HOUR | HOUR12, "has %p and no hour"},
	    {MINUTE, HOUR | HOUR12, "has %M and no hour"},
	    {SECOND, MINUTE, "has %S and no %M"},
	    {FRACTION, SECOND | EPOCH, "has %f and neither %S nor %s"},
	    {OFFSET, HOUR | HOUR12, "has an offset or a zone and no hour"},
	};
	const unsigned date = YEAR | MONTH | DAY;

	*out = (struct pattern){.text = text};
	if (strcmp(text, "excel_serial") == 0 || strcmp(text, "excel_serial_1904") == 0) {
		add_part(out, text[strlen("excel_serial")] == '\0' ? &serial : &serial_1904, 0);
		out->gives = SERIAL;
		return OK;
	}
	if (compile_text(out, text, e) != OK)
		return e->code;
	for (size_t i = 0; i < COUNT(needs); i++)
		if ((out->gives & needs[i].has) != 0 && (out->gives & needs[i].needs) == 0)
			return err_set(e, REJ_FIELD, "", "%s", needs[i].text);
	if ((out->gives & EPOCH) != 0)
		return (out->gives & ~(EPOCH | FRACTION)) == 0
			   ? OK
			   : err_set(e, REJ_FIELD, "",
				     "has %%s and more: seconds since 1970 say all");
	if ((out->gives & (HOUR | HOUR12)) == (HOUR | HOUR12))
		return err_set(e, REJ_FIELD, "", "says the hour twice, by %%H and by %%I");
	if ((out->gives & date) != date)
		return err_set(e, REJ_FIELD, "",
			       "says no whole date: it takes a year, a month and a day");
	return OK;
}

/* --- reading ---------------------------------------------------------------------------------- */

static enum precision
precision_of(unsigned gives)
{
	if ((gives & (SECOND | EPOCH | FRACTION)) != 0)
		return PRECISION_MS;
	return (gives & (HOUR | HOUR12)) != 0 ? PRECISION_MINUTE : PRECISION_DAY;
}

/* %p beside %H says what the hour says already. */
static bool
settle_half(const struct pattern *p, struct reading *r)
{
	int *hour = &r->w->local.hour;

	if ((p->gives & HALF) == 0)
		return true;
	if ((p->gives & HOUR12) != 0)
		*hour = *hour % 12 + (r->is_pm ? 12 : 0);
	else if ((*hour >= 12) != r->is_pm)
		r->why = "says another half of the day than its hour does";
	return r->why == NULL;
}

static bool
settle_weekday(const struct pattern *p, struct reading *r)
{
	if ((p->gives & WEEKDAY) == 0 || !civil_is_valid(r->w->local.date))
		return true;
	/* 1970-01-01 was a Thursday. */
	if (((civil_to_days(r->w->local.date) + 3) % 7 + 7) % 7 == r->weekday)
		return true;
	r->why = "was another day of the week";
	return false;
}

bool
pattern_read(const struct pattern *p, struct text s, const struct pattern_words *words,
	     struct when *w, const char **why)
{
	char text[TEXT_BYTES_MAX];
	const char *at = text;
	struct reading r = {.w = w, .words = words};
	bool good = s.n > 0 && s.n < sizeof text && memchr(s.s, '\0', s.n) == NULL;

	*w = (struct when){.precision = precision_of(p->gives)};
	*why = NULL;
	if (!good)
		return false;
	memcpy(text, s.s, s.n);
	text[s.n] = '\0';
	for (unsigned i = 0; good && i < p->n; i++)
		if (p->part[i] != NULL)
			good = p->part[i]->read(&at, &r);
		else if (p->byte[i] == ' ' || p->byte[i] == '\t')
			skip_blanks(&at);
		else
			good = *at++ == p->byte[i];
	/* Only of a text that fits otherwise is it worth saying. */
	good = good && *at == '\0' && settle_half(p, &r) && settle_weekday(p, &r);
	if (good && (p->gives & EPOCH) != 0)
		when_set_epoch(w, r.epoch_s);
	*why = r.why;
	return good && when_settle(w);
}

bool
pattern_zone(const char *to, struct zone_word *out)
{
	struct when w = {0};
	const char *p = to;

	*out = (struct zone_word){0};
	if (when_take_offset(&p, &w) && *p == '\0') {
		out->has_offset = true;
		out->offset_s = w.offset_s;
		return true;
	}
	return zone_open(to, &out->zone);
}
