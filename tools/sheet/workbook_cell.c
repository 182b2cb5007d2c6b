#include "tools/sheet/workbook_cell.h"

#include "base/civil.h"
#include "base/count.h"

#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum cell_format
cell_format_builtin(unsigned id)
{
	static const struct {
		unsigned from;
		unsigned to;
		enum cell_format format;
	} known[] = {
	    {14, 17, CELL_DATE}, {18, 21, CELL_TIME},    {22, 22, CELL_DATE_TIME},
	    {27, 31, CELL_DATE}, {32, 35, CELL_TIME},    {36, 36, CELL_DATE},
	    {45, 45, CELL_TIME}, {46, 46, CELL_ELAPSED}, {47, 47, CELL_TIME},
	    {50, 54, CELL_DATE}, {55, 56, CELL_TIME},    {57, 58, CELL_DATE},
	};

	for (size_t i = 0; i < COUNT(known); i++)
		if (id >= known[i].from && id <= known[i].to)
			return known[i].format;
	return CELL_NUMBER;
}

/* Behind what is shown as it stands: "text", \x, and _x and *x, which are room. */
static const char *
skip_literal(const char *p)
{
	if (*p == '"') {
		const char *end = strchr(p + 1, '"');

		return end == NULL ? p + strlen(p) : end + 1;
	}
	if ((*p == '\\' || *p == '_' || *p == '*') && p[1] != '\0')
		return p + 2;
	return p;
}

/* [h], [mm] and [ss] are elapsed time; [Red], [$-409] and [<1] are not. */
static const char *
skip_bracket(const char *p, bool *elapsed)
{
	const char *end = strchr(p, ']');
	size_t n = strspn(p + 1, "hHmMsS");

	if (end == NULL)
		return p + strlen(p);
	if (n > 0 && p + 1 + n == end)
		*elapsed = true;
	return end + 1;
}

/* What a format's letters show. */
struct shown {
	bool elapsed;
	bool date;
	bool time;
	bool m; /* a month, or minutes beside hours and seconds */
};

static const char *
take_letter(const char *p, struct shown *s)
{
	/* Neither a month nor a day is in "AM/PM". */
	if (strncasecmp(p, "am/pm", 5) == 0)
		return p + 5;
	s->date = s->date || strchr("yYdD", *p) != NULL;
	s->time = s->time || strchr("hHsS", *p) != NULL;
	s->m = s->m || strchr("mM", *p) != NULL;
	return p + 1;
}

enum cell_format
cell_format_of(const char *code)
{
	static const enum cell_format formats[2][2] = {{CELL_NUMBER, CELL_TIME},
						       {CELL_DATE, CELL_DATE_TIME}};
	struct shown s = {0};

	if (strncasecmp(code, "general", 7) == 0)
		return CELL_NUMBER;
	/* What stands behind ';' is for other numbers. */
	for (const char *p = code; *p != '\0' && *p != ';';) {
		const char *behind = *p == '[' ? skip_bracket(p, &s.elapsed) : skip_literal(p);

		p = behind != p ? behind : take_letter(p, &s);
	}
	if (s.elapsed)
		return CELL_ELAPSED;
	return formats[s.date || (s.m && !s.time)][s.time];
}

/* --- times ------------------------------------------------------------------------------------ */

#define DAY_MS     86400000
#define SERIAL_MAX 2958466.0 /* the year 10000 */

struct clock {
	int64_t days; /* of the serial number */
	int hour;
	int minute;
	int second;
	int ms;
};

static struct clock
clock_of(double serial)
{
	int64_t ms = (int64_t)llround(serial * DAY_MS);
	struct clock c = {.days = ms / DAY_MS};
	int64_t rest = ms % DAY_MS;

	c.hour = (int)(rest / 3600000);
	c.minute = (int)(rest / 60000 % 60);
	c.second = (int)(rest / 1000 % 60);
	c.ms = (int)(rest % 1000);
	return c;
}

static int
put_time(char *out, size_t size, int64_t hours, const struct clock *c)
{
	int n = snprintf(out, size, "%02" PRId64 ":%02d:%02d", hours, c->minute, c->second);

	return c->ms == 0 ? n : n + snprintf(out + n, size - (size_t)n, ".%03d", c->ms);
}

/* False: no day of the calendar. Excel's 1900 has a 29 February, which is its day 60. */
static bool
date_of(int64_t days, bool is_1904, struct civil_date *d)
{
	struct civil_date first =
	    is_1904 ? (struct civil_date){1904, 1, 1} : (struct civil_date){1899, 12, 30};

	if (!is_1904 && (days < 1 || days == 60))
		return false;
	if (!is_1904 && days < 60)
		days++;
	*d = civil_from_days(civil_to_days(first) + days);
	return true;
}

static void
put_number(double v, char decimal, char out[CELL_TEXT])
{
	char *point;

	if (v == floor(v) && fabs(v) < 1e15)
		snprintf(out, CELL_TEXT, "%.0f", v == 0 ? 0.0 : v);
	else
		snprintf(out, CELL_TEXT, "%.15g", v);
	point = strchr(out, '.');
	if (point != NULL)
		*point = decimal;
}

/* A time of day is one only below a day, and a date has a time when it is not midnight: what is
 * there is told, whatever the format leaves out. */
static bool
put_date(const struct clock *c, enum cell_format format, bool is_1904, char out[CELL_TEXT])
{
	struct civil_date d;
	bool midnight = c->hour == 0 && c->minute == 0 && c->second == 0 && c->ms == 0;
	int n;

	if (format == CELL_TIME && c->days == 0) {
		put_time(out, CELL_TEXT, c->hour, c);
		return true;
	}
	if (!date_of(c->days, is_1904, &d))
		return false;
	n = snprintf(out, CELL_TEXT, "%04d-%02d-%02d", d.year, d.month, d.day);
	if (format != CELL_DATE || !midnight) {
		out[n++] = 'T';
		put_time(out + n, CELL_TEXT - (size_t)n, c->hour, c);
	}
	return true;
}

void
cell_text(double v, enum cell_format format, bool is_1904, char decimal, char out[CELL_TEXT])
{
	struct clock c;

	if (format == CELL_NUMBER || !(v >= 0) || v >= SERIAL_MAX) {
		put_number(v, decimal, out);
		return;
	}
	c = clock_of(v);
	if (format == CELL_ELAPSED)
		put_time(out, CELL_TEXT, c.days * 24 + c.hour, &c);
	else if (!put_date(&c, format, is_1904, out))
		put_number(v, decimal, out);
}
