#include "store/count/recount.h"

#include "base/file/embed.h"

#include <string.h>

#define ARENA_MAX     ((size_t)256 * 1024 * 1024)
#define STATEMENT_MAX (1 << 20)

enum phase {
	PHASE_LOCK,
	PHASE_TOUCHED,
	PHASE_PLANS,
	PHASE_QUARTERS,
	PHASE_CUBES, /* from here on for each quarter, until one has something to count */
	PHASE_STATE,
	PHASE_COUNT,
	PHASE_FORGET,
	PHASE_DONE,
};

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

static void
on_rows(struct job *j, const struct rows *rows)
{
	struct recount_run *r = j->ctx;

	if (r->phase == PHASE_LOCK)
		r->is_mine = rows_int(rows, 0, 0) != 0;
	else if (r->phase == PHASE_QUARTERS)
		take_quarters(r, rows);
	else if (r->phase == PHASE_STATE)
		take_state(r, rows);
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

/* Nothing to be done any more, or for now: others wait. */
static bool
is_over(const struct recount_run *r)
{
	return (r->phase == PHASE_LOCK && !r->is_mine) ||
	       (r->phase == PHASE_QUARTERS && r->n_quarters == 0) ||
	       (r->phase == PHASE_COUNT && r->more) || r->phase == PHASE_FORGET;
}

static void
next_phase(struct recount_run *r)
{
	r->asked = false;
	if (is_over(r)) {
		r->phase = PHASE_DONE;
	} else if (r->phase != PHASE_COUNT) {
		r->phase++;
	} else {
		r->at++;
		r->cube = 0;
		r->phase = r->at < r->n_quarters ? PHASE_CUBES : PHASE_FORGET;
	}
}

/* The statement of the phase; false: there is none, or none any more. */
static bool
ask(struct recount_run *r, struct statement *st, struct err *e)
{
	static const char *const plain[] = {
	    [PHASE_LOCK] = "sql/queries/count/recount_lock.sql",
	    [PHASE_TOUCHED] = "sql/queries/count/recount_touched.sql",
	    [PHASE_PLANS] = "sql/queries/count/count_plans.sql",
	    [PHASE_QUARTERS] = "sql/queries/count/recount_quarters.sql",
	};

	if (r->phase == PHASE_COUNT)
		return next_count(r, st);
	if (r->asked)
		return false;
	r->asked = true;
	if (r->phase == PHASE_CUBES)
		return next_cubes(r, st, e) == OK;
	if (r->phase == PHASE_STATE) {
		*st = (struct statement){embed_text("sql/queries/count/count_state.sql"),
					 2,
					 {r->quarters[r->at].quarter, (const char *)r->lists[0].p}};
	} else if (r->phase == PHASE_FORGET) {
		*st = (struct statement){
		    embed_text("sql/queries/count/recount_forget.sql"), 1, {end_list(&r->digests)}};
	} else {
		bool plans = r->phase == PHASE_PLANS;

		*st = (struct statement){embed_text(plain[r->phase]), plans ? 1 : 0, {"on"}};
	}
	return true;
}

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

	while (r->phase != PHASE_DONE) {
		bool asks = ask(r, st, e);

		if (e->code == OK && is_full(r))
			err_set(e, TRY_LIMIT, "recount", "out of memory; try again");
		if (asks || e->code != OK)
			return asks && e->code == OK;
		next_phase(r);
	}
	return false;
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
	r->phase = PHASE_LOCK;
	r->asked = false;
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
