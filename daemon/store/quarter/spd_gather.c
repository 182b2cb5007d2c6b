#include "store/quarter/spd_gather.h"

#include "base/count.h"
#include "base/file/embed.h"
#include "store/quarter/spd_job.h"

static void
on_feeds(struct spd_run *r, const struct rows *rows)
{
	size_t n = (size_t)rows_count(rows);
	struct spd_feed *list = arena_zalloc(r->arena, n, sizeof *list);

	for (size_t i = 0; list != NULL && i < n; i++) {
		int row = (int)i;

		list[i] = (struct spd_feed){
		    .source = rows_keep(rows, row, 0, r->arena),
		    .kind = rows_keep(rows, row, 1, r->arena),
		    .site = rows_keep(rows, row, 2, r->arena),
		    .has_expected = rows_text(rows, row, 3) != NULL,
		    .received = rows_int(rows, row, 4),
		    .basis = rows_keep(rows, row, 5, r->arena),
		    .last_at = rows_keep(rows, row, 6, r->arena),
		    .gaps = rows_keep(rows, row, 7, r->arena),
		};
		if (list[i].has_expected)
			list[i].expected = rows_int(rows, row, 3);
	}
	r->spd.feeds = list;
	r->spd.n_feeds = list == NULL ? 0 : n;
}

static void
on_completeness(struct spd_run *r, const struct rows *rows)
{
	if (rows_count(rows) == 1)
		r->spd.completeness = rows_keep(rows, 0, 0, r->arena);
}

static void
on_balances(struct spd_run *r, const struct rows *rows)
{
	size_t n = (size_t)rows_count(rows);
	struct spd_balance *list = arena_zalloc(r->arena, n, sizeof *list);

	for (size_t i = 0; list != NULL && i < n; i++) {
		int row = (int)i;

		list[i] = (struct spd_balance){
		    .what = rows_keep(rows, row, 0, r->arena),
		    .opening = rows_int(rows, row, 1),
		    .raised = rows_int(rows, row, 2),
		    .closed = rows_int(rows, row, 3),
		    .closing = rows_int(rows, row, 4),
		};
	}
	r->spd.balances = list;
	r->spd.n_balances = list == NULL ? 0 : n;
}

static void
on_corrections(struct spd_run *r, const struct rows *rows)
{
	if (rows_count(rows) == 1)
		r->spd.corrected = rows_keep(rows, 0, 0, r->arena);
}

static void
on_clock(struct spd_run *r, const struct rows *rows)
{
	if (rows_count(rows) == 1)
		r->spd.clocks = rows_keep(rows, 0, 0, r->arena);
}

static const struct {
	const char *path;
	void (*rows)(struct spd_run *r, const struct rows *rows);
} gatherings[] = {
    {"sql/queries/quarter/spd_feeds.sql", on_feeds},
    {"sql/queries/quarter/spd_completeness.sql", on_completeness},
    {"sql/queries/quarter/spd_balance.sql", on_balances},
    {"sql/queries/quarter/spd_corrections.sql", on_corrections},
    {"sql/queries/quarter/spd_clock.sql", on_clock},
};

bool
spd_gather_next(const struct spd_run *r, size_t step, struct statement *st)
{
	/* Of a quarter that is only compared with, nobody asks. */
	if (r->is_past || step >= COUNT(gatherings))
		return false;
	*st = (struct statement){embed_text(gatherings[step].path), 2, {r->spd.start, r->spd.end}};
	return true;
}

void
spd_gather_rows(struct spd_run *r, size_t step, const struct rows *rows)
{
	gatherings[step].rows(r, rows);
}
