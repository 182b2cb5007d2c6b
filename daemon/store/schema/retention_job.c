#include "store/schema/retention_job.h"

#include "base/arena.h"
#include "base/count.h"
#include "base/digest.h"
#include "base/file/embed.h"
#include "base/text.h"
#include "store/count/layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Ten kinds over a century of months fit. */
#define PLAN_BYTES ((size_t)8 * 1024 * 1024)

/* The columns of retention_plan.sql. */
enum {
	COL_KIND,
	COL_MONTH,
	COL_QUARTER,
	COL_RECORDS,
	COL_EXACT,
	COL_MIN,
	COL_MAX,
	COL_SUBMITTED_ON,
	COL_OPEN_FINDINGS,
	COL_TODAY,
	COL_WINDOW_DAYS,
	COL_HOLDS, /* in words; NULL: none */
	COL_ALL_HELD,
};

/* One that is in use, or that somebody corrected while it was counted, has so many turns. */
#define ROUNDS_MAX 5
/* While other daemons count. */
#define WAITS_MAX 20

/* --- the machine ------------------------------------------------------------------------------ */

static const char *const state_names[] = {
    [RETENTION_PLANS] = "planning",   [RETENTION_CLOSES] = "closing",
    [RETENTION_COUNTS] = "counting",  [RETENTION_WAITS] = "waiting",
    [RETENTION_REMOVES] = "removing", [RETENTION_REOPENS] = "opening again",
    [RETENTION_ENDED] = "ended",
};
COVERS(state_names, N_RETENTION_STATES);

enum happening {
	ON_PLANNED,
	ON_NOTHING,
	ON_CLOSED,
	ON_BUSY,
	ON_WAITED,
	ON_MORE,
	ON_COUNTED,
	ON_UNCOUNTED,
	ON_IN_USE,
	ON_REMOVED,
	ON_REOPENED,
	N_HAPPENINGS
};

static const char *const happening_names[] = {
    [ON_PLANNED] = "some may go",
    [ON_NOTHING] = "nothing is to go",
    [ON_CLOSED] = "all are closed",
    [ON_BUSY] = "another one counts",
    [ON_WAITED] = "that one had a turn",
    [ON_MORE] = "there are more days",
    [ON_COUNTED] = "all are counted",
    [ON_UNCOUNTED] = "counting failed",
    [ON_IN_USE] = "some were in use",
    [ON_REMOVED] = "all had their turns",
    [ON_REOPENED] = "all that is left is open",
};
COVERS(happening_names, N_HAPPENINGS);

#define AT MACHINE_AT

static const struct move moves[] = {
    {ON_PLANNED, AT(RETENTION_PLANS), RETENTION_CLOSES, 0, NULL},
    {ON_NOTHING, AT(RETENTION_PLANS), RETENTION_ENDED, 0, NULL},
    {ON_CLOSED, AT(RETENTION_CLOSES), RETENTION_COUNTS, 0, NULL},
    {ON_BUSY, AT(RETENTION_COUNTS), RETENTION_WAITS, 0, NULL},
    {ON_WAITED, AT(RETENTION_WAITS), RETENTION_COUNTS, 0, NULL},
    {ON_MORE, AT(RETENTION_COUNTS), RETENTION_COUNTS, 0, NULL},
    {ON_COUNTED, AT(RETENTION_COUNTS), RETENTION_REMOVES, 0, NULL},
    {ON_UNCOUNTED, AT(RETENTION_COUNTS), RETENTION_REOPENS, 0, NULL},
    {ON_IN_USE, AT(RETENTION_REMOVES), RETENTION_CLOSES, 0, NULL},
    {ON_REMOVED, AT(RETENTION_REMOVES), RETENTION_REOPENS, 0, NULL},
    {ON_REOPENED, AT(RETENTION_REOPENS), RETENTION_ENDED, 0, NULL},
};
const struct machine retention_machine =
    MACHINE("retention", AT(RETENTION_PLANS), state_names, happening_names, moves);

/* What each state does: below. */
static void enter(struct retention_run *r);

static void
happens(struct retention_run *r, enum happening what)
{
	r->state =
	    (enum retention_state)machine_step(&retention_machine, "months", r->state, what, NULL);
	enter(r);
}

/* --- planning --------------------------------------------------------------------------------- */

/* "2026-04-01", as PostgreSQL writes it. */
static struct civil_date
date_of(const char *s)
{
	struct civil_date d = {0, 0, 0};
	char *end;

	if (s == NULL)
		return d;
	d.year = (int)strtol(s, &end, 10);
	d.month = (int)strtol(end + (*end == '-'), &end, 10);
	d.day = (int)strtol(end + (*end == '-'), &end, 10);
	return d;
}

static void
decide(struct retention_month *m, const struct rows *rows, int i, int window_days)
{
	struct retention_policy policy = {(int)rows_int(rows, i, COL_MIN),
					  (int)rows_int(rows, i, COL_MAX)};
	struct retention_case facts = {
	    .month = date_of(rows_text(rows, i, COL_MONTH)),
	    .today = date_of(rows_text(rows, i, COL_TODAY)),
	    .submitted = rows_text(rows, i, COL_SUBMITTED_ON) != NULL,
	    .submitted_on = date_of(rows_text(rows, i, COL_SUBMITTED_ON)),
	    .window_days = window_days,
	    .has_open_findings = rows_int(rows, i, COL_OPEN_FINDINGS) > 0,
	    .holds = rows_text(rows, i, COL_HOLDS),
	    .all_held = rows_int(rows, i, COL_ALL_HELD) != 0,
	};
	struct err e;

	/* A policy that cannot be right decides nothing. */
	if (rows_text(rows, i, COL_MAX) == NULL) {
		m->decision = RETENTION_KEEP_YOUNG;
		snprintf(m->why, sizeof m->why, "its policy has no maximum");
	} else if (retention_check_policy(&policy, window_days, &e) != OK) {
		m->decision = RETENTION_KEEP_MIN;
		text_print(m->why, sizeof m->why, "the policy is wrong: %s", e.text);
	} else {
		m->decision = retention_decide(&policy, &facts, m->why);
		/* A plan may be for another quarter than the one it was made in. */
		if (m->decision == RETENTION_KEEP_QUARTER)
			snprintf(m->why, sizeof m->why,
				 "past its maximum, but %s needs it and is not submitted: "
				 "submit its SPD first",
				 m->quarter);
	}
}

static void
plan_rows(struct job *j, const struct rows *rows)
{
	struct retention_run *r = j->ctx;
	size_t n = (size_t)rows_count(rows);

	r->months = arena_zalloc(r->arena, n + 1, sizeof *r->months);
	for (int i = 0; i < (int)n && r->months != NULL; i++) {
		struct retention_month *m = &r->months[i];
		struct text kind = text_of(rows_text(rows, i, COL_KIND));

		m->kind = arena_dup(r->arena, kind.s, kind.n);
		snprintf(m->month, sizeof m->month, "%s", rows_text(rows, i, COL_MONTH));
		snprintf(m->quarter, sizeof m->quarter, "%s", rows_text(rows, i, COL_QUARTER));
		m->records = rows_int(rows, i, COL_RECORDS);
		m->is_exact = rows_int(rows, i, COL_EXACT) != 0;
		r->window_days = (int)rows_int(rows, i, COL_WINDOW_DAYS);
		decide(m, rows, i, r->window_days);
		r->n++;
	}
}

static bool
plan_next(struct job *j, struct statement *st, struct err *e)
{
	struct retention_run *r = j->ctx;

	(void)e;
	if (r->asked)
		return false;
	r->asked = true;
	st->sql = embed_text("sql/queries/upkeep/retention_plan.sql");
	st->n_params = 1;
	st->params[0] = r->now_text;
	return true;
}

/* --- counting --------------------------------------------------------------------------------- */

static bool
wait_next(struct job *j, struct statement *st, struct err *e)
{
	struct retention_run *r = j->ctx;

	(void)e;
	if (r->asked)
		return false;
	r->asked = true;
	st->sql = embed_text("sql/queries/count/recount_wait.sql");
	return true;
}

static void
wait_done(struct job *j, const struct err *e)
{
	(void)e;
	happens(j->ctx, ON_WAITED);
}

/* Another daemon counts, perhaps what it read before the months were closed. */
static void
wait_for_other(struct retention_run *r)
{
	r->waits++;
	r->asked = false;
	r->job = (struct job){.ticket = r->ticket,
			      .role = DB_COMPUTE,
			      .next = wait_next,
			      .done = wait_done,
			      .ctx = r};
	lanes_run(r->lanes, &r->job);
}

static void
on_counted(struct recount_run *c, const struct err *e)
{
	struct retention_run *r = c->ctx;
	bool more = c->more;
	bool is_mine = c->is_mine;

	r->err = *e;
	recount_fini(c);
	if (r->err.code != OK)
		happens(r, ON_UNCOUNTED);
	else if (!is_mine && r->waits < WAITS_MAX)
		happens(r, ON_BUSY);
	else
		happens(r, more ? ON_MORE : ON_COUNTED);
}

static void
count_days(struct retention_run *r)
{
	struct err e = {.code = OK};

	r->recount = (struct recount_run){.lanes = r->lanes,
					  .ticket = r->ticket,
					  .catalogue = spd_catalogue(&e),
					  .at_once = true,
					  .done = on_counted,
					  .ctx = r};
	r->err = e;
	if (r->recount.catalogue == NULL)
		happens(r, ON_UNCOUNTED);
	else
		recount_start(&r->recount);
}

static bool
has_something_to_drop(const struct retention_run *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->months[i].decision == RETENTION_DROP)
			return true;
	return false;
}

static void
plan_done(struct job *j, const struct err *e)
{
	struct retention_run *r = j->ctx;
	struct err why = *e;

	if (why.code == OK && arena_failed(r->arena))
		err_set(&why, TRY_LIMIT, "retention", "too many months for one plan");
	r->err = why;
	happens(r, why.code == OK && r->drop && has_something_to_drop(r) ? ON_PLANNED : ON_NOTHING);
}

static void
plan(struct retention_run *r)
{
	r->job = (struct job){.ticket = r->ticket,
			      .role = DB_RETENTION,
			      .next = plan_next,
			      .rows = plan_rows,
			      .done = plan_done,
			      .ctx = r};
	lanes_run(r->lanes, &r->job);
}

/* --- month by month --------------------------------------------------------------------------- */

/* Of those states that have one statement a month: that, and what follows the last month. The
 * parameters are those of the longest, as many as are wanted. */
static const struct {
	const char *sql;
	int n_params;
	enum happening then;
} by_month[] = {
    [RETENTION_PLANS] = {NULL, 0, N_HAPPENINGS},
    [RETENTION_CLOSES] = {"sql/queries/upkeep/retention_close.sql", 3, ON_CLOSED},
    [RETENTION_COUNTS] = {NULL, 0, N_HAPPENINGS},
    [RETENTION_WAITS] = {NULL, 0, N_HAPPENINGS},
    [RETENTION_REMOVES] = {"sql/queries/upkeep/retention_drop.sql", 4, ON_REMOVED},
    [RETENTION_REOPENS] = {"sql/queries/upkeep/retention_reopen.sql", 2, ON_REOPENED},
    [RETENTION_ENDED] = {NULL, 0, N_HAPPENINGS},
};
COVERS(by_month, N_RETENTION_STATES);

static bool
step_statement(struct job *j, struct statement *st, struct err *e)
{
	struct retention_run *r = j->ctx;
	const struct retention_month *m = &r->months[r->at];

	if (!r->asked) {
		r->asked = true;
		r->signature_asked = false;
		r->certificate_no[0] = '\0';
		*st = (struct statement){embed_text(by_month[r->state].sql),
					 by_month[r->state].n_params,
					 {m->kind, m->month, r->now_text, r->by}};
		return true;
	}
	if (r->certificate_no[0] == '\0' || r->signature_asked)
		return false;
	if (r->unsigned_why.code != OK) {
		*e = r->unsigned_why;
		return false;
	}
	*st = (struct statement){embed_text("sql/queries/upkeep/retention_sign.sql"),
				 3,
				 {r->certificate_no, r->key_id, r->signature}};
	r->signature_asked = true;
	return true;
}

/* What is dropped without a signature cannot be shown to have been: then it is not dropped. */
static void
sign_certificate(struct retention_run *r, const struct rows *rows)
{
	struct text statement = text_of(rows_text(rows, 0, 2));
	unsigned char signature[SIGN_SIZE];
	const struct signer *by = NULL;

	snprintf(r->certificate_no, sizeof r->certificate_no, "%s", rows_text(rows, 0, 1));
	r->unsigned_why = (struct err){.code = OK};
	if (keyring_sign(r->keys, statement.s, statement.n, signature, &by, &r->unsigned_why) != OK)
		return;
	memcpy(r->key_id, by->id, sizeof r->key_id);
	hex_encode(signature, sizeof signature, r->signature);
}

static void
step_rows(struct job *j, const struct rows *rows)
{
	struct retention_run *r = j->ctx;

	if (r->state != RETENTION_REMOVES || r->certificate_no[0] != '\0')
		return;
	r->months[r->at].records = rows_int(rows, 0, 0);
	r->months[r->at].is_exact = true;
	sign_certificate(r, rows);
}

static void next_month(struct retention_run *r);

static void
step_done(struct job *j, const struct err *e)
{
	struct retention_run *r = j->ctx;
	struct retention_month *m = &r->months[r->at];

	if (job_again(j, e)) {
		r->asked = false;
		lanes_run(r->lanes, j);
		return;
	}
	if (e->code != OK) {
		text_print(m->failure, sizeof m->failure, "%s", e->text);
		r->again = r->again || code_is_retry(e->code);
	} else {
		m->is_closed = r->state == RETENTION_CLOSES;
		m->is_dropped = r->state == RETENTION_REMOVES;
		r->n_dropped += m->is_dropped;
	}
	r->at++;
	next_month(r);
}

static void
finish(struct retention_run *r)
{
	struct err e = r->err;

	for (size_t i = 0; i < r->n; i++) {
		struct retention_month *m = &r->months[i];

		if (m->failure[0] != '\0' && !m->is_dropped)
			text_print(m->why, sizeof m->why, "may go, but could not now: %s",
				   m->failure);
	}
	r->done(r, &e);
}

static bool
is_for_step(const struct retention_run *r, const struct retention_month *m)
{
	return m->decision == RETENTION_DROP && !m->is_dropped &&
	       m->is_closed == (r->state != RETENTION_CLOSES);
}

static void
next_month(struct retention_run *r)
{
	while (r->at < r->n && !is_for_step(r, &r->months[r->at]))
		r->at++;
	if (r->at == r->n) {
		bool is_again = r->state == RETENTION_REMOVES && r->again;

		happens(r,
			is_again && ++r->rounds < ROUNDS_MAX ? ON_IN_USE : by_month[r->state].then);
		return;
	}
	r->asked = false;
	r->job = (struct job){.ticket = r->ticket,
			      .role = DB_RETENTION,
			      .writes = true,
			      .next = step_statement,
			      .rows = step_rows,
			      .done = step_done,
			      .ctx = r};
	lanes_run(r->lanes, &r->job);
}

static void
begin_months(struct retention_run *r)
{
	r->at = 0;
	next_month(r);
}

static void
close_months(struct retention_run *r)
{
	r->again = false;
	begin_months(r);
}

static void
enter(struct retention_run *r)
{
	static void (*const doing[])(struct retention_run *) = {
	    [RETENTION_PLANS] = plan,           [RETENTION_CLOSES] = close_months,
	    [RETENTION_COUNTS] = count_days,    [RETENTION_WAITS] = wait_for_other,
	    [RETENTION_REMOVES] = begin_months, [RETENTION_REOPENS] = begin_months,
	    [RETENTION_ENDED] = finish,
	};
	COVERS(doing, N_RETENTION_STATES);

	doing[r->state](r);
}

void
retention_start(struct retention_run *r)
{
	struct err e;

	utc_format(r->now, r->now_text);
	r->state = RETENTION_PLANS;
	r->arena = arena_new(PLAN_BYTES);
	if (r->arena == NULL) {
		err_set(&e, TRY_LIMIT, "retention", "out of memory; try again");
		r->done(r, &e);
		return;
	}
	enter(r);
}

void
retention_fini(struct retention_run *r)
{
	recount_fini(&r->recount);
	arena_free(r->arena);
	r->arena = NULL;
	r->months = NULL;
	r->n = 0;
}
