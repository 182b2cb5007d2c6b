#include "store/touched.h"

#include <inttypes.h>
#include <string.h>

void
touched_clear(struct touched *t)
{
	memset(t->n, 0, sizeof t->n);
}

static void
widen(struct touched_day *d, struct utc_ms at)
{
	if (at.v < d->since.v)
		d->since = at;
	if (at.v > d->until.v)
		d->until = at;
}

void
touched_add(struct touched *t, enum kind_id kind, struct utc_ms at)
{
	struct touched_day *days = t->days[kind];
	unsigned n = t->n[kind];
	/* Records come by time, most of them: the newest day first. Nothing is from before 1970,
	 * and if it were, it would share a day with its neighbours. */
	int64_t day = at.v / MS_PER_DAY;

	for (unsigned i = n; i-- > 0;) {
		if (days[i].day == day) {
			widen(&days[i], at);
			return;
		}
	}
	if (n == TOUCHED_MAX) {
		widen(&days[n - 1], at);
		return;
	}
	days[n] = (struct touched_day){day, at, at};
	t->n[kind] = n + 1;
}

void
touched_sql(const struct touched *t, struct buf *sql)
{
	const char *before =
	    "SET LOCAL sems.marked TO on;INSERT INTO sems.touched_day (kind, since, until) VALUES ";

	for (int k = 0; k < KIND_COUNT; k++) {
		for (unsigned i = 0; i < t->n[k]; i++) {
			char since[UTC_TEXT_SIZE];
			char until[UTC_TEXT_SIZE];

			utc_format(t->days[k][i].since, since);
			utc_format(t->days[k][i].until, until);
			buf_addf(sql, "%s('%s','%s','%s')", before, kinds[k]->name, since, until);
			before = ",";
		}
	}
	if (*before == ',')
		buf_addf(sql, ";");
}
