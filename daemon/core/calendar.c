#include "core/calendar.h"

#include <stdio.h>

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

bool
quarter_parse(struct text s, struct quarter *q)
{
	size_t hyphen = s.n == 7 ? 1 : 0;
	int year = 0;
	char letter;

	if (s.n != 6 + hyphen || (hyphen == 1 && s.s[4] != '-'))
		return false;
	for (size_t i = 0; i < 4; i++) {
		if (!is_digit(s.s[i]))
			return false;
		year = year * 10 + (s.s[i] - '0');
	}
	letter = s.s[4 + hyphen];
	if ((letter != 'Q' && letter != 'q') || s.s[5 + hyphen] < '1' || s.s[5 + hyphen] > '4')
		return false;
	if (year == 0)
		return false;
	*q = (struct quarter){year, s.s[5 + hyphen] - '0'};
	return true;
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
