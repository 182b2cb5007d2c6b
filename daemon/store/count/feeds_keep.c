#include "store/count/feeds_keep.h"

#include "base/file/embed.h"

static void on_done(struct job *j, const struct err *e);

/* What the log names cannot be kept before the log is taken. */
#define WAITS_MAX 20

enum { STEP_LOCK, STEP_TAKE, STEP_KEEP, STEP_END };

static bool
on_next(struct job *j, struct statement *st, struct err *e)
{
	struct feeds_keep *k = j->ctx;

	(void)e;
	switch (k->step++) {
	case STEP_LOCK:
		*st =
		    (struct statement){embed_text("sql/queries/count/recount_lock.sql"), 0, {NULL}};
		return true;
	case STEP_TAKE:
		*st = (struct statement){
		    embed_text("sql/queries/count/recount_touched.sql"), 0, {NULL}};
		return k->is_mine;
	case STEP_KEEP:
		if (k->quarter == NULL)
			*st = (struct statement){
			    embed_text("sql/queries/upkeep/duty_feeds.sql"), 1, {FEEDS_BYTES}};
		else
			*st =
			    (struct statement){embed_text("sql/queries/quarter/spd_keep_feeds.sql"),
					       2,
					       {k->quarter, FEEDS_BYTES}};
		return true;
	default:
		return false;
	}
}

/* Null, where another one has the turn, is the end of a duty: that one does what it would. Who
 * computes a quarter waits for it, since what is stored twice is found by it alone. */
static void
on_rows(struct job *j, const struct rows *rows)
{
	struct feeds_keep *k = j->ctx;

	if (k->step - 1 == STEP_LOCK)
		k->is_mine = rows_int(rows, 0, 0) != 0;
	else if (k->step - 1 == STEP_KEEP && rows_count(rows) == 1) {
		k->has_turn = rows_text(rows, 0, 0) != NULL;
		k->left = k->has_turn ? rows_int(rows, 0, 0) : 0;
	}
}

static void
run(struct feeds_keep *k)
{
	k->step = STEP_LOCK;
	k->is_mine = false;
	k->has_turn = false;
	k->before = k->left;
	k->left = 0;
	k->job = (struct job){.ticket = k->ticket,
			      .role = DB_COMPUTE,
			      .writes = true,
			      .next = on_next,
			      .rows = on_rows,
			      .done = on_done,
			      .ctx = k};
	lanes_run(k->lanes, &k->job);
}

/* Until whoever has the turn has done a piece of it: a transaction of its own, since what that one
 * did is not seen in one that waited for it. */
static bool
wait_next(struct job *j, struct statement *st, struct err *e)
{
	struct feeds_keep *k = j->ctx;

	(void)e;
	*st = (struct statement){embed_text("sql/queries/count/recount_wait.sql"), 0, {NULL}};
	return k->step++ == STEP_LOCK;
}

static void
wait_rows(struct job *j, const struct rows *rows)
{
	(void)j;
	(void)rows;
}

static void
wait_done(struct job *j, const struct err *e)
{
	struct feeds_keep *k = j->ctx;

	if (e->code == OK)
		run(k);
	else
		k->done(k, e);
}

static void
wait_for_turn(struct feeds_keep *k)
{
	k->waits++;
	k->left = -1;
	k->step = STEP_LOCK;
	k->job = (struct job){.ticket = k->ticket,
			      .role = DB_COMPUTE,
			      .writes = true,
			      .next = wait_next,
			      .rows = wait_rows,
			      .done = wait_done,
			      .ctx = k};
	lanes_run(k->lanes, &k->job);
}

static void
on_done(struct job *j, const struct err *e)
{
	struct feeds_keep *k = j->ctx;
	bool had_turn = k->is_mine && k->has_turn;
	/* Records may come for these days faster than they are counted. */
	bool nears = k->before < 0 || k->left < k->before;

	if (e->code == OK && k->quarter != NULL && !had_turn && k->waits < WAITS_MAX && !k->stop)
		wait_for_turn(k);
	else if (e->code == OK && k->left > 0 && nears && !k->stop)
		run(k);
	else
		k->done(k, e);
}

void
feeds_keep_start(struct feeds_keep *k)
{
	k->left = -1;
	k->waits = 0;
	run(k);
}
