#include "store/feeds_keep.h"

#include "base/embed.h"

static void on_done(struct job *j, const struct err *e);

/* What the log names cannot be kept before the log is taken. */
enum { STEP_LOCK, STEP_TAKE, STEP_KEEP, STEP_END };

static bool
on_next(struct job *j, struct statement *st, struct err *e)
{
	struct feeds_keep *k = j->ctx;

	(void)e;
	switch (k->step++) {
	case STEP_LOCK:
		*st = (struct statement){embed_text("sql/queries/recount_lock.sql"), 0, {NULL}};
		return true;
	case STEP_TAKE:
		*st = (struct statement){embed_text("sql/queries/recount_touched.sql"), 0, {NULL}};
		return k->is_mine;
	case STEP_KEEP:
		if (k->quarter == NULL)
			*st = (struct statement){
			    embed_text("sql/queries/duty_feeds.sql"), 1, {FEEDS_BYTES}};
		else
			*st = (struct statement){embed_text("sql/queries/spd_keep_feeds.sql"),
						 2,
						 {k->quarter, FEEDS_BYTES}};
		return true;
	default:
		return false;
	}
}

/* Null, where another semsd has the turn, is the end as well: it does what we would. */
static void
on_rows(struct job *j, const struct rows *rows)
{
	struct feeds_keep *k = j->ctx;

	if (k->step - 1 == STEP_LOCK)
		k->is_mine = rows_int(rows, 0, 0) != 0;
	else if (k->step - 1 == STEP_KEEP)
		k->left = rows_count(rows) == 1 ? rows_int(rows, 0, 0) : 0;
}

static void
run(struct feeds_keep *k)
{
	k->step = STEP_LOCK;
	k->is_mine = false;
	k->before = k->left;
	k->left = 0;
	k->job = (struct job){.ticket = k->ticket,
			      .role = DB_COMPUTE,
			      .writes = true,
			      .next = on_next,
			      .rows = on_rows,
			      .done = on_done,
			      .ctx = k};
	store_run(k->store, &k->job);
}

static void
on_done(struct job *j, const struct err *e)
{
	struct feeds_keep *k = j->ctx;
	/* Records may come for these days faster than they are counted. */
	bool nears = k->before < 0 || k->left < k->before;

	if (e->code == OK && k->left > 0 && nears && !k->stop)
		run(k);
	else
		k->done(k, e);
}

void
feeds_keep_start(struct feeds_keep *k)
{
	k->left = -1;
	run(k);
}
