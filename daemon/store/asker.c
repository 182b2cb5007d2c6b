/*
 * Jobs, one transaction each, one after the other. While the database is away a job fails rather
 * than waits: somebody asked and waits for an answer. A job whose COMMIT was sent and not answered
 * may have happened; its error says so, and its statements are made to be repeated.
 */
#include "store/asker.h"

#include "store/conn.h"
#include "store/pg.h"
#include "store/plans.h"
#include "store/rows.h"

#include <stdio.h>
#include <stdlib.h>

enum phase {
	PHASE_IDLE,
	PHASE_BEGIN,
	PHASE_FORGET,
	PHASE_PREPARE,
	PHASE_STATEMENT,
	PHASE_COMMIT,
	PHASE_ROLLBACK
};

struct asker {
	struct conn *conn;
	struct job *head;
	struct job *tail;
	struct job *job; /* the one that runs */
	enum phase phase;
	struct statement statement; /* that runs, or is prepared */
	PGresult *answer;           /* of the one before, while that runs */
	char plan[PLAN_NAME_SIZE];
	struct plans plans;
	bool committed;
	struct err err;
};

static void run_next(struct asker *a);

static const char *const role_names[] = {
    [DB_COMPUTE] = "sems_compute",
    [DB_RETENTION] = "sems_retention",
    [DB_ADMIN] = "sems_admin",
};

int
rows_count(const struct rows *r)
{
	return PQntuples(r->res);
}

int
rows_columns(const struct rows *r)
{
	return PQnfields(r->res);
}

const char *
rows_text(const struct rows *r, int row, int col)
{
	return PQgetisnull(r->res, row, col) ? NULL : PQgetvalue(r->res, row, col);
}

const char *
rows_keep(const struct rows *r, int row, int col, struct arena *a)
{
	const char *s = rows_text(r, row, col);

	return s == NULL ? NULL : arena_dup(a, s, strlen(s));
}

int64_t
rows_int(const struct rows *r, int row, int col)
{
	const char *s = rows_text(r, row, col);

	return s == NULL ? 0 : strtoll(s, NULL, 10);
}

/* --- one job ---------------------------------------------------------------------------------- */

static void
finish(struct asker *a)
{
	struct job *j = a->job;
	struct err e = a->err;

	PQclear(a->answer);
	a->answer = NULL;
	a->job = NULL;
	a->phase = PHASE_IDLE;
	j->done(j, &e);
	run_next(a);
}

static void
begin(struct asker *a)
{
	char sql[128];

	snprintf(sql, sizeof sql, "BEGIN ISOLATION LEVEL REPEATABLE READ%s; SET LOCAL ROLE %s",
		 a->job->writes ? "" : " READ ONLY", role_names[a->job->role]);
	a->err = (struct err){0};
	a->committed = false;
	a->phase = PHASE_BEGIN;
	conn_send(a->conn, sql);
}

static void
prepare(struct asker *a)
{
	a->phase = PHASE_PREPARE;
	conn_prepare(a->conn, a->plan, a->statement.sql);
}

static void
run_prepared(struct asker *a)
{
	const struct statement *st = &a->statement;

	a->phase = PHASE_STATEMENT;
	conn_send_prepared(a->conn, a->plan, st->n_params, st->params);
}

static void
forget(struct asker *a)
{
	char sql[32];

	(void)snprintf(sql, sizeof sql, "DEALLOCATE %s", a->plan);
	a->phase = PHASE_FORGET;
	conn_send(a->conn, sql);
}

/* A plan may be what failed: none is kept. */
static void
roll_back(struct asker *a)
{
	a->phase = PHASE_ROLLBACK;
	if (a->err.code == OK) {
		conn_send(a->conn, "ROLLBACK");
		return;
	}
	plans_clear(&a->plans);
	conn_send(a->conn, "ROLLBACK; DEALLOCATE ALL");
}

static void
next_statement(struct asker *a)
{
	struct statement *st = &a->statement;
	enum plan_step step;
	bool is_taken;

	*st = (struct statement){0};
	a->job->is_ahead = false;
	if (!a->job->next(a->job, st, &a->err)) {
		if (a->err.code != OK || a->job->discards) {
			roll_back(a);
			return;
		}
		a->phase = PHASE_COMMIT;
		conn_send(a->conn, "COMMIT");
		return;
	}
	step = plans_step(&a->plans, st->sql, a->plan, &is_taken);
	if (step == PLAN_RUN) {
		run_prepared(a);
	} else if (step == PLAN_NONE) {
		a->phase = PHASE_STATEMENT;
		conn_send_params(a->conn, st->sql, st->n_params, st->params);
	} else if (is_taken) {
		forget(a);
	} else {
		prepare(a);
	}
}

static void
run_next(struct asker *a)
{
	if (a->job != NULL || a->head == NULL || !conn_is_up(a->conn))
		return;
	a->job = a->head;
	a->head = a->job->queue_next;
	if (a->head == NULL)
		a->tail = NULL;
	begin(a);
}

static void
hand_out(struct asker *a, const PGresult *res)
{
	struct rows r = {res};

	if (a->job->rows != NULL)
		a->job->rows(a->job, &r);
}

/* The server works on the next statement while the answer to the last is looked at. */
static void
take_turn(struct asker *a)
{
	PGresult *answer = a->answer;

	a->answer = NULL;
	next_statement(a);
	if (answer != NULL)
		hand_out(a, answer);
	PQclear(answer);
}

static void
on_finished(void *ctx)
{
	struct asker *a = ctx;

	if (a->job == NULL)
		return;
	if (a->phase == PHASE_ROLLBACK) {
		if (a->err.code == OK)
			conn_succeeded(a->conn);
		finish(a);
	} else if (a->err.code != OK) {
		roll_back(a);
	} else if (a->phase == PHASE_FORGET) {
		prepare(a);
	} else if (a->phase == PHASE_PREPARE) {
		plans_prepared(&a->plans, a->plan);
		run_prepared(a);
	} else if (a->phase != PHASE_COMMIT) {
		take_turn(a);
	} else if (!a->committed || conn_warned(a->conn)) {
		err_set(&a->err, TRY_STORE, "",
			"the commit was not confirmed: look before you repeat");
		finish(a);
	} else {
		conn_succeeded(a->conn);
		finish(a);
	}
}

/* What a class of failure means for whoever asked. */
static enum code code_of(enum sql_class class)
{
	static const enum code codes[] = {
	    [SQL_AGAIN] = TRY_STORE, [SQL_DUPLICATE] = REJ_STATE, [SQL_PARTITION] = TRY_STORE,
	    [SQL_DATA] = REJ_FIELD,  [SQL_PURGED] = REJ_STATE,    [SQL_RAISED] = REJ_STATE,
	    [SQL_OURS] = FATAL_BUG,
	};

	return codes[class];
}

static bool
on_result(void *ctx, PGresult *res)
{
	struct asker *a = ctx;
	ExecStatusType status = PQresultStatus(res);
	struct sql_failure f;

	if (status == PGRES_TUPLES_OK) {
		if (a->err.code != OK || a->phase != PHASE_STATEMENT)
			return false;
		if (a->job->is_ahead) {
			a->answer = res;
			return true;
		}
		hand_out(a, res);
	} else if (status == PGRES_COMMAND_OK) {
		a->committed = a->committed || (a->phase == PHASE_COMMIT && pg_is_commit(res));
	} else if (a->err.code == OK) {
		pg_failure(res, &f);
		err_set(&a->err, code_of(f.class), f.state, "%s", f.message);
	}
	return false;
}

static void
on_copy(void *ctx, const unsigned char **bytes, size_t *n)
{
	(void)ctx; /* no statement of ours copies: an empty COPY ends it */
	*bytes = NULL;
	*n = 0;
}

static void
on_up(void *ctx)
{
	run_next(ctx);
}

static void
on_down(void *ctx)
{
	struct asker *a = ctx;
	struct job *j = a->head;
	struct err e;

	plans_clear(&a->plans);
	/* Those that come while we answer these wait for the next attempt. */
	a->head = NULL;
	a->tail = NULL;
	if (a->job != NULL) {
		if (a->err.code == OK)
			err_set(
			    &a->err, TRY_STORE, "",
			    a->phase == PHASE_COMMIT
				? "the database went away during the commit: look before you repeat"
				: "the database went away: try again");
		finish(a);
	}
	while (j != NULL) {
		struct job *next = j->queue_next;

		err_set(&e, TRY_STORE, "", "the database is away: try again");
		j->done(j, &e);
		j = next;
	}
}

/* --- life ------------------------------------------------------------------------------------- */

struct asker *
asker_new(struct event_base *base, const char *conninfo)
{
	static const struct conn_ops ops = {
	    .up = on_up,
	    .result = on_result,
	    .copy = on_copy,
	    .finished = on_finished,
	    .down = on_down,
	};
	struct asker *a = calloc(1, sizeof *a);

	if (a == NULL)
		return NULL;
	a->conn = conn_new(base, "asker", conninfo, NULL, &ops, a);
	if (a->conn == NULL) {
		free(a);
		return NULL;
	}
	return a;
}

void
asker_free(struct asker *a)
{
	if (a == NULL)
		return;
	conn_free(a->conn);
	PQclear(a->answer);
	free(a);
}

void
asker_run(struct asker *a, struct job *j)
{
	j->queue_next = NULL;
	if (a->tail == NULL)
		a->head = j;
	else
		a->tail->queue_next = j;
	a->tail = j;
	run_next(a);
}

bool
asker_idle(const struct asker *a)
{
	return a->job == NULL && a->head == NULL;
}
