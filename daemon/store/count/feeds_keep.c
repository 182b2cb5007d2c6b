#include "store/count/feeds_keep.h"

#include "base/count.h"
#include "base/file/embed.h"

static void on_done(struct job *j, const struct err *e);

/* What the log names cannot be kept before the log is taken. */
#define WAITS_MAX 20

/* --- the stages ------------------------------------------------------------------------------- */

/* A job either keeps or waits. */
enum stage_id { FEEDS_LOCK, FEEDS_TAKE, FEEDS_KEEP, FEEDS_WAIT, FEEDS_ENDED, N_FEEDS };

enum { FEEDS_BUSY = STAGE_OWN, N_HAPPENINGS };

static unsigned
ask_lock(void *ctx, struct statement *st, struct err *e)
{
	const struct feeds_keep *k = ctx;

	(void)e;
	*st = (struct statement){embed_text("sql/queries/count/recount_lock.sql"), 0, {NULL}};
	if (k->stages.asked == 0)
		return STAGE_ASKS;
	return k->is_mine ? STAGE_OVER : FEEDS_BUSY;
}

static void
on_lock(void *ctx, const struct rows *rows, struct err *e)
{
	struct feeds_keep *k = ctx;

	(void)e;
	k->is_mine = rows_int(rows, 0, 0) != 0;
}

static unsigned
ask_take(void *ctx, struct statement *st, struct err *e)
{
	const struct feeds_keep *k = ctx;

	(void)e;
	*st = (struct statement){embed_text("sql/queries/count/recount_touched.sql"), 0, {NULL}};
	return stages_once(&k->stages);
}

static unsigned
ask_keep(void *ctx, struct statement *st, struct err *e)
{
	const struct feeds_keep *k = ctx;

	(void)e;
	if (k->quarter == NULL)
		*st = (struct statement){
		    embed_text("sql/queries/upkeep/duty_feeds.sql"), 1, {FEEDS_BYTES}};
	else
		*st = (struct statement){embed_text("sql/queries/quarter/spd_keep_feeds.sql"),
					 2,
					 {k->quarter, FEEDS_BYTES}};
	return stages_once(&k->stages);
}

/* Null, where another one has the turn, is the end of a duty: that one does what it would. Who
 * computes a quarter waits for it, since what is stored twice is found by it alone. */
static void
on_keep(void *ctx, const struct rows *rows, struct err *e)
{
	struct feeds_keep *k = ctx;

	(void)e;
	if (rows_count(rows) != 1)
		return;
	k->has_turn = rows_text(rows, 0, 0) != NULL;
	k->left = k->has_turn ? rows_int(rows, 0, 0) : 0;
}

static unsigned
ask_wait(void *ctx, struct statement *st, struct err *e)
{
	const struct feeds_keep *k = ctx;

	(void)e;
	*st = (struct statement){embed_text("sql/queries/count/recount_wait.sql"), 0, {NULL}};
	return stages_once(&k->stages);
}

static const char *const stage_names[] = {
    [FEEDS_LOCK] = "lock",    [FEEDS_TAKE] = "touched days", [FEEDS_KEEP] = "keeping",
    [FEEDS_WAIT] = "waiting", [FEEDS_ENDED] = "ended",
};
COVERS(stage_names, N_FEEDS);

static const char *const happening_names[] = {
    [STAGE_OVER] = STAGE_OVER_NAME,
    [STAGE_FAILED] = STAGE_FAILED_NAME,
    [FEEDS_BUSY] = "another one counts",
};
COVERS(happening_names, N_HAPPENINGS);

#define AT MACHINE_AT

static const struct move moves[] = {
    {STAGE_OVER, AT(FEEDS_LOCK), FEEDS_TAKE, 0, NULL},
    {FEEDS_BUSY, AT(FEEDS_LOCK), FEEDS_ENDED, 0, NULL},
    {STAGE_OVER, AT(FEEDS_TAKE), FEEDS_KEEP, 0, NULL},
    {STAGE_OVER, AT(FEEDS_KEEP) | AT(FEEDS_WAIT), FEEDS_ENDED, 0, NULL},
    {STAGE_FAILED, AT(FEEDS_ENDED) - 1, FEEDS_ENDED, 0, NULL},
};
const struct machine feeds_machine =
    MACHINE("feeds", AT(FEEDS_LOCK) | AT(FEEDS_WAIT), stage_names, happening_names, moves);

static const struct stage stages[] = {
    [FEEDS_LOCK] = {ask_lock, on_lock}, [FEEDS_TAKE] = {ask_take, NULL},
    [FEEDS_KEEP] = {ask_keep, on_keep}, [FEEDS_WAIT] = {ask_wait, NULL},
    [FEEDS_ENDED] = {NULL, NULL},
};
COVERS(stages, N_FEEDS);

/* --- the jobs --------------------------------------------------------------------------------- */

static bool
on_next(struct job *j, struct statement *st, struct err *e)
{
	struct feeds_keep *k = j->ctx;

	return stages_next(&k->stages, k, st, e);
}

static void
on_rows(struct job *j, const struct rows *rows)
{
	struct feeds_keep *k = j->ctx;
	struct err e = {0};

	stages_rows(&k->stages, k, rows, &e);
}

static void
begin(struct feeds_keep *k, enum stage_id first, void (*done)(struct job *, const struct err *))
{
	k->stages = (struct stages){&feeds_machine, stages,
				    k->quarter == NULL ? "newest" : k->quarter, first, 0};
	k->job = (struct job){.ticket = k->ticket,
			      .role = DB_COMPUTE,
			      .writes = true,
			      .next = on_next,
			      .rows = on_rows,
			      .done = done,
			      .ctx = k};
	lanes_run(k->lanes, &k->job);
}

static void
run(struct feeds_keep *k)
{
	k->is_mine = false;
	k->has_turn = false;
	k->before = k->left;
	k->left = 0;
	begin(k, FEEDS_LOCK, on_done);
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

/* Until whoever has the turn has done a piece of it: a transaction of its own, since what that one
 * did is not seen in one that waited for it. */
static void
wait_for_turn(struct feeds_keep *k)
{
	k->waits++;
	k->left = -1;
	begin(k, FEEDS_WAIT, wait_done);
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
