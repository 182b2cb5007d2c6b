#include "core/time/calendar.h"

#include "base/count.h"

#include <stdio.h>
#include <string.h>

/* The row whose day holds t; c->n when none does. */
static size_t
row_of(const struct calendar *c, struct utc_ms t)
{
	size_t low = 0;
	size_t high = c->n;

	if (c->n == 0 || t.v < c->starts[0] || t.v >= c->starts[c->n])
		return c->n;
	/* starts[low] <= t < starts[high] */
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (c->starts[middle] <= t.v)
			low = middle;
		else
			high = middle;
	}
	return low;
}

bool
calendar_date(const struct calendar *c, struct utc_ms t, struct civil_date *d)
{
	size_t row = row_of(c, t);

	if (row == c->n)
		return false;
	*d = civil_from_days(c->first_day + (int64_t)row);
	return true;
}

bool
calendar_is_day_start(const struct calendar *c, struct utc_ms t)
{
	size_t row = row_of(c, t);

	return row != c->n && c->starts[row] == t.v;
}

bool
calendar_start(const struct calendar *c, struct civil_date d, struct utc_ms *t)
{
	int64_t row;

	if (!civil_is_valid(d))
		return false;
	row = civil_to_days(d) - c->first_day;
	/* The end of the last day is known too: it begins the day after. */
	if (c->n == 0 || row < 0 || (uint64_t)row > c->n)
		return false;
	t->v = c->starts[row];
	return true;
}

void
quarter_format(struct quarter q, char out[QUARTER_TEXT_SIZE])
{
	snprintf(out, QUARTER_TEXT_SIZE, "%04d-Q%d", q.year % 10000, q.q % 10);
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* One way of writing it: y a digit of the year, q the quarter's, Q the letter, - what stands
 * between. */
static bool
is_written_as(const char *form, struct text s, struct quarter *q)
{
	*q = (struct quarter){0, 0};
	if (s.n != strlen(form))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.s[i];

		if (form[i] == 'y' && is_digit(c))
			q->year = q->year * 10 + (c - '0');
		else if (form[i] == 'q' && c >= '1' && c <= '4')
			q->q = c - '0';
		else if (form[i] == 'Q' ? c != 'Q' && c != 'q'
					: form[i] != '-' || (c != '-' && c != ' '))
			return false;
	}
	return q->year > 0;
}

bool
quarter_parse(struct text s, struct quarter *q)
{
	static const char *const forms[] = {"yyyy-Qq", "yyyyQq", "yyyy-q", "Qq-yyyy", "Qqyyyy"};

	for (size_t i = 0; i < COUNT(forms); i++)
		if (is_written_as(forms[i], s, q))
			return true;
	return false;
}

struct quarter
quarter_of(struct civil_date d)
{
	return (struct quarter){d.year, (d.month - 1) / 3 + 1};
}

struct quarter
quarter_next(struct quarter q)
{
	return q.q == 4 ? (struct quarter){q.year + 1, 1} : (struct quarter){q.year, q.q + 1};
}

struct quarter
quarter_prev(struct quarter q)
{
	return q.q == 1 ? (struct quarter){q.year - 1, 4} : (struct quarter){q.year, q.q - 1};
}

struct civil_date
quarter_first(struct quarter q)
{
	return (struct civil_date){q.year, q.q * 3 - 2, 1};
}
