#include "store/retention_job.h"

#include "base/arena.h"
#include "base/embed.h"
#include "store/layout.h"

#include <stdio.h>
#include <stdlib.h>

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
};

static void drop_next(struct retention_run *r);

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
	};
	struct err e;

	/* A policy that cannot be right decides nothing. */
	if (rows_text(rows, i, COL_MAX) == NULL) {
		m->decision = RETENTION_KEEP_YOUNG;
		(void)snprintf(m->why, sizeof m->why, "its policy has no maximum");
	} else if (retention_check_policy(&policy, window_days, &e) != OK) {
		m->decision = RETENTION_KEEP_MIN;
		(void)snprintf(m->why, sizeof m->why, "the policy is wrong: %.130s", e.text);
	} else {
		m->decision = retention_decide(&policy, &facts, m->why);
		/* A plan may be for another quarter than the one it was made in. */
		if (m->decision == RETENTION_KEEP_QUARTER)
			(void)snprintf(m->why, sizeof m->why,
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
		(void)snprintf(m->month, sizeof m->month, "%s", rows_text(rows, i, COL_MONTH));
		(void)snprintf(m->quarter, sizeof m->quarter, "%s",
			       rows_text(rows, i, COL_QUARTER));
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
	st->sql = embed_text("sql/queries/retention_plan.sql");
	st->n_params = 1;
	st->params[0] = r->now_text;
	return true;
}

static void count_days(struct retention_run *r);

static void
on_counted(struct recount_run *c, const struct err *e)
{
	struct retention_run *r = c->ctx;
	struct err why = *e;
	bool more = c->more && why.code == OK;

	recount_fini(c);
	if (more)
		count_days(r);
	else if (why.code != OK)
		r->done(r, &why);
	else
		drop_next(r);
}

static void
count_days(struct retention_run *r)
{
	struct err e = {OK, "", ""};

	r->recount = (struct recount_run){.store = r->store,
					  .ticket = r->ticket,
					  .catalogue = spd_catalogue(&e),
					  .at_once = true,
					  .done = on_counted,
					  .ctx = r};
	if (r->recount.catalogue == NULL)
		r->done(r, &e);
	else
		recount_start(&r->recount);
}

static bool
has_something_to_drop(const struct retention_run *r)
{
	for (size_t i = 0; i < r->n; i++) {
		if (r->months[i].decision == RETENTION_DROP)
			return true;
	}
	return false;
}

static void
plan_done(struct job *j, const struct err *e)
{
	struct retention_run *r = j->ctx;
	struct err why = *e;

	if (why.code == OK && arena_failed(r->arena))
		(void)err_set(&why, TRY_LIMIT, "retention", "too many months for one plan");
	if (why.code != OK || !r->drop || !has_something_to_drop(r))
		r->done(r, &why);
	else
		count_days(r);
}

static bool
drop_statement(struct job *j, struct statement *st, struct err *e)
{
	struct retention_run *r = j->ctx;
	const struct retention_month *m = &r->months[r->at];

	(void)e;
	if (r->asked)
		return false;
	r->asked = true;
	st->sql = embed_text("sql/queries/retention_drop.sql");
	st->n_params = 4;
	st->params[0] = m->kind;
	st->params[1] = m->month;
	st->params[2] = r->now_text;
	st->params[3] = r->by;
	return true;
}

static void
drop_rows(struct job *j, const struct rows *rows)
{
	struct retention_run *r = j->ctx;

	r->months[r->at].records = rows_int(rows, 0, 0);
	r->months[r->at].is_exact = true;
}

static void
drop_done(struct job *j, const struct err *e)
{
	struct retention_run *r = j->ctx;
	struct retention_month *m = &r->months[r->at];

	if (job_again(j, e)) {
		r->asked = false;
		store_run(r->store, j);
		return;
	}
	if (e->code == OK) {
		m->is_dropped = true;
		r->n_dropped++;
	} else {
		(void)snprintf(m->why, sizeof m->why, "may go, but could not now: %.120s", e->text);
	}
	r->at++;
	drop_next(r);
}

static void
drop_next(struct retention_run *r)
{
	static const struct err fine = {OK, "", ""};

	while (r->at < r->n && r->months[r->at].decision != RETENTION_DROP)
		r->at++;
	if (r->at == r->n) {
		r->done(r, &fine);
		return;
	}
	r->asked = false;
	r->job = (struct job){.ticket = r->ticket,
			      .role = DB_RETENTION,
			      .writes = true,
			      .next = drop_statement,
			      .rows = drop_rows,
			      .done = drop_done,
			      .ctx = r};
	store_run(r->store, &r->job);
}

void
retention_start(struct retention_run *r)
{
	struct err e;

	utc_format(r->now, r->now_text);
	r->arena = arena_new(PLAN_BYTES);
	if (r->arena == NULL) {
		(void)err_set(&e, TRY_LIMIT, "retention", "out of memory; try again");
		r->done(r, &e);
		return;
	}
	r->job = (struct job){.ticket = r->ticket,
			      .role = DB_RETENTION,
			      .next = plan_next,
			      .rows = plan_rows,
			      .done = plan_done,
			      .ctx = r};
	store_run(r->store, &r->job);
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
