#include "store/evidence/touched.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define CAP_FIRST 16
/* Days that are looked through for a record's: most records are of one of the last few. A day that
 * is not found there is noted once more, and joined when all is known. */
#define LOOK_BACK 8

void
touched_clear(struct touched *t)
{
	for (int k = 0; k < KIND_COUNT; k++)
		t->of[k].n = 0;
}

void
touched_fini(struct touched *t)
{
	for (int k = 0; k < KIND_COUNT; k++)
		free(t->of[k].days);
}

static void
widen(struct touched_day *d, struct utc_ms since, struct utc_ms until)
{
	if (since.v < d->since.v)
		d->since = since;
	if (until.v > d->until.v)
		d->until = until;
}

static bool
make_room(struct touched *t, enum kind_id kind)
{
	size_t cap = t->of[kind].cap == 0 ? CAP_FIRST : t->of[kind].cap * 2;
	struct touched_day *days;

	if (t->of[kind].n < t->of[kind].cap)
		return true;
	days = realloc(t->of[kind].days, cap * sizeof *days);
	if (days == NULL)
		return false;
	t->of[kind].days = days;
	t->of[kind].cap = cap;
	return true;
}

bool
touched_add(struct touched *t, enum kind_id kind, struct utc_ms at)
{
	struct touched_day *days = t->of[kind].days;
	size_t n = t->of[kind].n;
	/* Nothing is from before 1970, and if it were, it would share a day with its neighbours. */
	int64_t day = at.v / MS_PER_DAY;

	for (size_t i = n; i > 0 && i + LOOK_BACK > n; i--) {
		if (days[i - 1].day == day) {
			widen(&days[i - 1], at, at);
			return true;
		}
	}
	if (!make_room(t, kind))
		return false;
	t->of[kind].days[n] = (struct touched_day){day, at, at};
	t->of[kind].n++;
	return true;
}

static int
by_day(const void *a, const void *b)
{
	const struct touched_day *x = a;
	const struct touched_day *y = b;

	return (x->day > y->day) - (x->day < y->day);
}

static void
join(struct touched *t, int kind)
{
	struct touched_day *days = t->of[kind].days;
	size_t n = 0;

	if (t->of[kind].n < 2)
		return;
	qsort(days, t->of[kind].n, sizeof *days, by_day);
	for (size_t i = 1; i < t->of[kind].n; i++)
		if (days[i].day == days[n].day)
			widen(&days[n], days[i].since, days[i].until);
		else
			days[++n] = days[i];
	t->of[kind].n = n + 1;
}

void
touched_sql(struct touched *t, struct buf *sql)
{
	const char *before =
	    "SET LOCAL sems.marked TO on;INSERT INTO sems.touched_day (kind, since, until) VALUES ";

	for (int k = 0; k < KIND_COUNT; k++) {
		join(t, k);
		for (size_t i = 0; i < t->of[k].n; i++) {
			char since[UTC_TEXT_SIZE];
			char until[UTC_TEXT_SIZE];

			utc_format(t->of[k].days[i].since, since);
			utc_format(t->of[k].days[i].until, until);
			buf_addf(sql, "%s('%s','%s','%s')", before, kinds[k]->name, since, until);
			before = ",";
		}
	}
	if (*before == ',')
		buf_addf(sql, ";");
}
