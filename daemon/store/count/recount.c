#include "store/count/recount.h"

#include "base/count.h"
#include "base/file/embed.h"

#include <string.h>

#define ARENA_MAX     ((size_t)256 * 1024 * 1024)
#define STATEMENT_MAX (1 << 20)

static const char *
keep(struct recount_run *r, const char *s)
{
	return s == NULL ? NULL : arena_dup(r->arena, s, strlen(s));
}

/* A plan counts in the period it is for, and is logged when it was made: always from records. */
static bool
is_kept(const struct cube *c)
{
	return strcmp(c->kind, "plan") != 0;
}

/* --- what each statement answers -------------------------------------------------------------- */

static void
take_quarters(struct recount_run *r, const struct rows *rows)
{
	int n = rows_count(rows);

	r->quarters = arena_zalloc(r->arena, (size_t)n + 1, sizeof(*r->quarters));
	for (int i = 0; r->quarters != NULL && i < n; i++) {
		r->quarters[r->n_quarters++] = (struct recount_day){
		    keep(r, rows_text(rows, i, 0)),
		    keep(r, rows_text(rows, i, 1)),
		    keep(r, rows_text(rows, i, 2)),
		};
	}
}

static void
take_day(struct recount_run *r, unsigned i, const struct rows *rows, int row)
{
	if (rows_int(rows, row, 6) != 0 && !r->at_once)
		return;
	if (r->n_days[i] == RECOUNT_DAYS || r->bytes > RECOUNT_BYTES) {
		r->more = true;
		return;
	}
	r->bytes += rows_int(rows, row, 7);
	r->days[i][r->n_days[i]++] = (struct cube_day){
	    keep(r, rows_text(rows, row, 2)),
	    keep(r, rows_text(rows, row, 3)),
	    keep(r, rows_text(rows, row, 4)),
	};
}

static void
take_state(struct recount_run *r, const struct rows *rows)
{
	for (int row = 0; row < rows_count(rows); row++) {
		unsigned i = 0;

		while (i < r->plan.cubes.n &&
		       strcmp(r->plan.cubes.cubes[i]->digest, rows_text(rows, row, 0)) != 0)
			i++;
		if (i == r->plan.cubes.n)
			continue;
		r->ids[i] = rows_int(rows, row, 1);
		if (rows_text(rows, row, 2) != NULL)
			take_day(r, i, rows, row);
	}
}

/* --- the sequence of statements --------------------------------------------------------------- */

static void
add_item(struct buf *b, const char *text)
{
	buf_addf(b, "%s\"%s\"", b->n == 0 ? "{" : ",", text);
}

static const char *
end_list(struct buf *b)
{
	buf_add(b, b->n == 0 ? "{}" : "}", b->n == 0 ? sizeof("{}") : sizeof("}"));
	return (const char *)b->p;
}

/* The quarter's cubes, by the definitions in force on its first day. */
static enum code
next_cubes(struct recount_run *r, struct statement *st, struct err *e)
{
	const struct recount_day *q = &r->quarters[r->at];
	const struct catalogue *c = catalogue_at(r->arena, r->catalogue, q->first_day);
	enum code code;

	if (c == NULL)
		return err_set(e, TRY_LIMIT, "recount", "out of memory; try again");
	code = metric_sql_plan(c, r->arena, &r->plan, e);
	for (size_t i = 0; i < 4; i++)
		buf_clear(&r->lists[i]);
	for (unsigned i = 0; code == OK && i < r->plan.cubes.n; i++) {
		const struct cube *cube = r->plan.cubes.cubes[i];

		r->n_days[i] = 0;
		if (is_kept(cube)) {
			add_item(&r->digests, cube->digest);
			add_item(&r->lists[0], cube->digest);
			add_item(&r->lists[1], cube->name);
			add_item(&r->lists[2], cube->kind);
			add_item(&r->lists[3], cube->is_personal ? "t" : "f");
		}
	}
	*st = (struct statement){embed_text("sql/queries/count/recount_cubes.sql"), 4, {NULL}};
	for (size_t i = 0; i < 4; i++)
		st->params[i] = end_list(&r->lists[i]);
	return code;
}

static bool
next_count(struct recount_run *r, struct statement *st)
{
	const struct recount_day *q = &r->quarters[r->at];
	struct cube_period period = {
	    .quarter = q->quarter, .first_day = q->first_day, .end = q->end};

	while (r->cube < r->plan.cubes.n && r->n_days[r->cube] == 0)
		r->cube++;
	if (r->cube == r->plan.cubes.n)
		return false;
	buf_clear(&r->sql);
	cube_write_recount(&r->sql, r->plan.cubes.cubes[r->cube], r->ids[r->cube], &period,
			   r->days[r->cube], r->n_days[r->cube]);
	*st = (struct statement){(const char *)r->sql.p, 0, {NULL}};
	r->n_counted += r->n_days[r->cube];
	r->cube++;
	return true;
}

enum { RECOUNT_BUSY = STAGE_OWN, RECOUNT_EMPTY, RECOUNT_FULL, RECOUNT_FURTHER, N_HAPPENINGS };

static unsigned
ask_lock(void *ctx, struct statement *st, struct err *e)
{
	struct recount_run *r = ctx;

	(void)e;
	*st = (struct statement){embed_text("sql/queries/count/recount_lock.sql"), 0, {NULL}};
	if (r->stages.asked == 0)
		return STAGE_ASKS;
	return r->is_mine ? STAGE_OVER : RECOUNT_BUSY;
}

static void
on_lock(void *ctx, const struct rows *rows, struct err *e)
{
	struct recount_run *r = ctx;

	(void)e;
	r->is_mine = rows_int(rows, 0, 0) != 0;
}

static unsigned
ask_touched(void *ctx, struct statement *st, struct err *e)
{
	const struct recount_run *r = ctx;

	(void)e;
	*st = (struct statement){embed_text("sql/queries/count/recount_touched.sql"), 0, {NULL}};
	return stages_once(&r->stages);
}

static unsigned
ask_plans(void *ctx, struct statement *st, struct err *e)
{
	const struct recount_run *r = ctx;

	(void)e;
	*st = (struct statement){embed_text("sql/queries/count/count_plans.sql"), 1, {"on"}};
	return stages_once(&r->stages);
}

static unsigned
ask_quarters(void *ctx, struct statement *st, struct err *e)
{
	const struct recount_run *r = ctx;

	(void)e;
	*st = (struct statement){embed_text("sql/queries/count/recount_quarters.sql"), 0, {NULL}};
	if (r->stages.asked == 0)
		return STAGE_ASKS;
	return r->n_quarters > 0 ? STAGE_OVER : RECOUNT_EMPTY;
}

static void
on_quarters(void *ctx, const struct rows *rows, struct err *e)
{
	(void)e;
	take_quarters(ctx, rows);
}

static unsigned
ask_cubes(void *ctx, struct statement *st, struct err *e)
{
	struct recount_run *r = ctx;

	if (r->stages.asked > 0 || next_cubes(r, st, e) != OK)
		return STAGE_OVER;
	return STAGE_ASKS;
}

static unsigned
ask_state(void *ctx, struct statement *st, struct err *e)
{
	const struct recount_run *r = ctx;

	(void)e;
	*st = (struct statement){embed_text("sql/queries/count/count_state.sql"),
				 2,
				 {r->quarters[r->at].quarter, (const char *)r->lists[0].p}};
	return stages_once(&r->stages);
}

static void
on_state(void *ctx, const struct rows *rows, struct err *e)
{
	(void)e;
	take_state(ctx, rows);
}

static unsigned
ask_count(void *ctx, struct statement *st, struct err *e)
{
	struct recount_run *r = ctx;

	(void)e;
	if (next_count(r, st))
		return STAGE_ASKS;
	if (r->more)
		return RECOUNT_FULL;
	r->at++;
	r->cube = 0;
	return r->at < r->n_quarters ? RECOUNT_FURTHER : STAGE_OVER;
}

static unsigned
ask_forget(void *ctx, struct statement *st, struct err *e)
{
	struct recount_run *r = ctx;

	(void)e;
	if (r->stages.asked > 0)
		return STAGE_OVER;
	*st = (struct statement){
	    embed_text("sql/queries/count/recount_forget.sql"), 1, {end_list(&r->digests)}};
	return STAGE_ASKS;
}

/* --- the stages ------------------------------------------------------------------------------- */

enum stage_id {
	RECOUNT_LOCK,
	RECOUNT_TOUCHED,
	RECOUNT_PLANS,
	RECOUNT_QUARTERS,
	RECOUNT_CUBES, /* from here on for each quarter, until one has something to count */
	RECOUNT_STATE,
	RECOUNT_COUNT,
	RECOUNT_FORGET,
	RECOUNT_ENDED,
	N_RECOUNT
};

static const char *const stage_names[] = {
    [RECOUNT_LOCK] = "lock",      [RECOUNT_TOUCHED] = "touched days",
    [RECOUNT_PLANS] = "plans on", [RECOUNT_QUARTERS] = "quarters",
    [RECOUNT_CUBES] = "cubes",    [RECOUNT_STATE] = "what is counted",
    [RECOUNT_COUNT] = "counting", [RECOUNT_FORGET] = "forgetting",
    [RECOUNT_ENDED] = "ended",
};
COVERS(stage_names, N_RECOUNT);

static const char *const happening_names[] = {
    [STAGE_OVER] = STAGE_OVER_NAME,        [STAGE_FAILED] = STAGE_FAILED_NAME,
    [RECOUNT_BUSY] = "another one counts", [RECOUNT_EMPTY] = "no quarter has records",
    [RECOUNT_FULL] = "others wait",        [RECOUNT_FURTHER] = "a further quarter",
};
COVERS(happening_names, N_HAPPENINGS);

#define AT MACHINE_AT

static const struct move moves[] = {
    {STAGE_OVER, AT(RECOUNT_LOCK), RECOUNT_TOUCHED, 0, NULL},
    {RECOUNT_BUSY, AT(RECOUNT_LOCK), RECOUNT_ENDED, 0, NULL},
    {STAGE_OVER, AT(RECOUNT_TOUCHED), RECOUNT_PLANS, 0, NULL},
    {STAGE_OVER, AT(RECOUNT_PLANS), RECOUNT_QUARTERS, 0, NULL},
    {STAGE_OVER, AT(RECOUNT_QUARTERS), RECOUNT_CUBES, 0, NULL},
    {RECOUNT_EMPTY, AT(RECOUNT_QUARTERS), RECOUNT_ENDED, 0, NULL},
    {STAGE_OVER, AT(RECOUNT_CUBES), RECOUNT_STATE, 0, NULL},
    {STAGE_OVER, AT(RECOUNT_STATE), RECOUNT_COUNT, 0, NULL},
    {STAGE_OVER, AT(RECOUNT_COUNT), RECOUNT_FORGET, 0, NULL},
    {RECOUNT_FURTHER, AT(RECOUNT_COUNT), RECOUNT_CUBES, 0, NULL},
    {RECOUNT_FULL, AT(RECOUNT_COUNT), RECOUNT_ENDED, 0, NULL},
    {STAGE_OVER, AT(RECOUNT_FORGET), RECOUNT_ENDED, 0, NULL},
    {STAGE_FAILED, AT(RECOUNT_ENDED) - 1, RECOUNT_ENDED, 0, NULL},
};
const struct machine recount_machine =
    MACHINE("recount", AT(RECOUNT_LOCK), stage_names, happening_names, moves);

static const struct stage stages[] = {
    [RECOUNT_LOCK] = {ask_lock, on_lock}, [RECOUNT_TOUCHED] = {ask_touched, NULL},
    [RECOUNT_PLANS] = {ask_plans, NULL},  [RECOUNT_QUARTERS] = {ask_quarters, on_quarters},
    [RECOUNT_CUBES] = {ask_cubes, NULL},  [RECOUNT_STATE] = {ask_state, on_state},
    [RECOUNT_COUNT] = {ask_count, NULL},  [RECOUNT_FORGET] = {ask_forget, NULL},
    [RECOUNT_ENDED] = {NULL, NULL},
};
COVERS(stages, N_RECOUNT);

/* --- the job ---------------------------------------------------------------------------------- */

static bool
is_full(const struct recount_run *r)
{
	bool full = arena_failed(r->arena) || r->sql.failed || r->digests.failed;

	for (size_t i = 0; i < 4; i++)
		full = full || r->lists[i].failed;
	return full;
}

static bool
on_next(struct job *j, struct statement *st, struct err *e)
{
	struct recount_run *r = j->ctx;
	bool asks = stages_next(&r->stages, r, st, e);

	if (e->code == OK && is_full(r))
		err_set(e, TRY_LIMIT, "recount", "out of memory; try again");
	return asks && e->code == OK;
}

static void
on_rows(struct job *j, const struct rows *rows)
{
	struct recount_run *r = j->ctx;
	struct err e = {0};

	stages_rows(&r->stages, r, rows, &e);
}

static void
on_done(struct job *j, const struct err *e)
{
	struct recount_run *r = j->ctx;

	r->done(r, e);
}

void
recount_start(struct recount_run *r)
{
	struct err e = {0};

	r->n_counted = 0;
	r->more = false;
	r->n_quarters = 0;
	r->at = 0;
	r->stages = (struct stages){&recount_machine, stages, "days", RECOUNT_LOCK, 0};
	r->is_mine = false;
	r->cube = 0;
	r->bytes = 0;
	r->plan = (struct query_plan){0};
	buf_init(&r->sql, STATEMENT_MAX);
	buf_init(&r->digests, STATEMENT_MAX);
	for (size_t i = 0; i < 4; i++)
		buf_init(&r->lists[i], STATEMENT_MAX);
	r->job = (struct job){.ticket = r->ticket,
			      .role = DB_COMPUTE,
			      .writes = true,
			      .next = on_next,
			      .rows = on_rows,
			      .done = on_done,
			      .ctx = r};
	r->arena = arena_new(ARENA_MAX);
	if (r->arena == NULL) {
		err_set(&e, TRY_LIMIT, "recount", "out of memory; try again");
		r->done(r, &e);
		return;
	}
	lanes_run(r->lanes, &r->job);
}

void
recount_fini(struct recount_run *r)
{
	buf_fini(&r->sql);
	buf_fini(&r->digests);
	for (size_t i = 0; i < 4; i++)
		buf_fini(&r->lists[i]);
	arena_free(r->arena);
	r->arena = NULL;
}
