/*
 * A lane: jobs, one transaction each, one after the other. While the database is away a job fails
 * rather than waits: somebody asked and waits for an answer. A job whose COMMIT was sent and not
 * answered may have happened; its error says so, and its statements are made to be repeated.
 *
 * Whoever waited may be gone: that is looked for from time to time, and before each statement. A
 * statement that runs is cancelled through another lane, because libpq's own way blocks; until that
 * lane has answered nothing further is sent here, so that the signal meets no other statement.
 */
#include "store/pg/asker.h"

#include "base/count.h"
#include "base/log.h"
#include "base/machine.h"
#include "base/text.h"
#include "store/pg/conn.h"
#include "store/pg/pg.h"
#include "store/pg/plans.h"
#include "store/pg/rows.h"

#include <event2/event.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOOK_MS 500 /* whether those who wait are still there */

enum phase {
	PHASE_IDLE,
	PHASE_BEGIN,
	PHASE_FORGET,
	PHASE_PREPARE,
	PHASE_STATEMENT,
	PHASE_COMMIT,
	PHASE_ROLLBACK,
	N_PHASES
};

TAILQ_HEAD(job_list, job);

/* Of all that have a waiter, and of those of one name. */
static const struct lane_rule {
	const char *name;
	int time_ms; /* of a statement; 0: as long as it takes */
	size_t queue_max;
	size_t name_max;
	bool ends_all; /* when semsd stops, also what nobody asked for */
} rules[] = {
    [LANE_SHORT] = {"short", LANE_SHORT_MS, 512, 128, false},
    [LANE_LONG] = {"long", 0, 64, 16, true},
    [LANE_DUTY] = {"duty", 0, 16, 16, true},
};
COVERS(rules, LANE_COUNT);

struct asker {
	struct conn *conn;
	const struct lane_rule *rule;
	struct asker *canceller;
	struct job_list urgent; /* other lanes' cancellations */
	struct job_list queue;
	struct job_list refused; /* to be told so from the loop */
	struct event *look;
	struct job *job;    /* the one that runs */
	char last_name[64]; /* whose turn it was */
	bool is_draining;
	bool is_cancelling; /* the statement that runs; nothing is sent meanwhile */
	bool is_held;       /* it has ended meanwhile */
	struct job cancel;  /* in the canceller's lane */
	bool is_cancel_asked;
	char cancel_pid[16];
	enum phase phase;
	struct statement statement; /* that runs, or is prepared */
	PGresult *answer;           /* of the one before, while that runs */
	char plan[PLAN_NAME_SIZE];
	struct plans plans;
	bool committed;
	struct err err;
};

static const char *const phase_names[] = {
    [PHASE_IDLE] = "idle",         [PHASE_BEGIN] = "begin",         [PHASE_FORGET] = "forget",
    [PHASE_PREPARE] = "prepare",   [PHASE_STATEMENT] = "statement", [PHASE_COMMIT] = "commit",
    [PHASE_ROLLBACK] = "rollback",
};
COVERS(phase_names, N_PHASES);

enum happening {
	ON_TURN,
	ON_TAKEN,
	ON_AGAIN,
	ON_PLAN,
	ON_ALONE,
	ON_LAST,
	ON_UNDO,
	ON_DONE,
	ON_LOST,
	N_HAPPENINGS
};

static const char *const happening_names[] = {
    [ON_TURN] = "its turn",
    [ON_TAKEN] = "the place of its plan is taken",
    [ON_AGAIN] = "a statement that comes again",
    [ON_PLAN] = "its plan is there",
    [ON_ALONE] = "a statement alone",
    [ON_LAST] = "no more statements",
    [ON_UNDO] = "failed, or for itself",
    [ON_DONE] = "done",
    [ON_LOST] = "the connection is lost",
};
COVERS(happening_names, N_HAPPENINGS);

#define AT MACHINE_AT
/* The next statement may be asked for. */
#define FREE (AT(PHASE_BEGIN) | AT(PHASE_STATEMENT))
/* The transaction is open. */
#define INSIDE (FREE | AT(PHASE_FORGET) | AT(PHASE_PREPARE))
#define ENDING (AT(PHASE_COMMIT) | AT(PHASE_ROLLBACK))

static const struct move moves[] = {
    {ON_TURN, AT(PHASE_IDLE), PHASE_BEGIN, 0, NULL},
    {ON_TAKEN, FREE, PHASE_FORGET, 0, NULL},
    {ON_AGAIN, FREE | AT(PHASE_FORGET), PHASE_PREPARE, 0, NULL},
    {ON_PLAN, FREE | AT(PHASE_PREPARE), PHASE_STATEMENT, 0, NULL},
    {ON_ALONE, FREE, PHASE_STATEMENT, 0, NULL},
    {ON_LAST, FREE, PHASE_COMMIT, 0, NULL},
    {ON_UNDO, INSIDE | AT(PHASE_COMMIT), PHASE_ROLLBACK, 0, NULL},
    {ON_DONE, ENDING, PHASE_IDLE, 0, NULL},
    {ON_LOST, INSIDE | ENDING, PHASE_IDLE, 0, NULL},
};
const struct machine asker_machine =
    MACHINE("job", AT(PHASE_IDLE), phase_names, happening_names, moves);

static void
happens(struct asker *a, enum happening what)
{
	a->phase = (enum phase)machine_step(&asker_machine, a->rule->name, a->phase, what, NULL);
}

static void run_next(struct asker *a);
static void on_finished(void *ctx);

static const char *const role_names[] = {
    [DB_COMPUTE] = "sems_compute",
    [DB_RETENTION] = "sems_retention",
    [DB_ADMIN] = "sems_admin",
    [DB_IDENTITY] = "sems_identity",
    [DB_LOGIN] = NULL,
};
COVERS(role_names, N_DB_ROLES);

/* --- who waits -------------------------------------------------------------------------------- */

static const char *
name_of(const struct job *j)
{
	return j->ticket.waiter == NULL ? "" : j->ticket.waiter->name;
}

static bool
is_unwanted(const struct asker *a, const struct job *j)
{
	const struct waiter *w = j->ticket.waiter;

	if (a->is_draining && (w != NULL || a->rule->ends_all))
		return true;
	return w != NULL && w->is_gone(w);
}

static void
say_unwanted(const struct asker *a, struct err *e)
{
	if (a->is_draining)
		err_set(e, TRY_STORE, "", "semsd is shutting down: try again");
	else
		err_set(e, TRY_STORE, "", "whoever asked is gone");
}

/* In the midst of it, or between two of its statements. */
static void
give_up_running(struct asker *a)
{
	say_unwanted(a, &a->err);
	log_info("lane.cancelled", KV("lane", a->rule->name), KV("by", name_of(a->job)),
		 KV("why", a->err.text));
}

/* Looks again for as long as there is anything. */
static void
arm(struct asker *a, int ms)
{
	struct timeval t = {ms / 1000, (suseconds_t)(ms % 1000) * 1000};

	event_add(a->look, &t);
}

/* Their time comes from the loop: whoever runs a job does not expect its end at once. */
static void
refuse(struct asker *a, struct job *j)
{
	TAILQ_INSERT_TAIL(&a->refused, j, link);
	arm(a, 0);
}

static bool
has_room(const struct asker *a, const struct job *j)
{
	size_t all = 0;
	size_t same = 0;
	const struct job *other;

	if (j->ticket.waiter == NULL)
		return true;
	TAILQ_FOREACH (other, &a->queue, link) {
		all += other->ticket.waiter != NULL;
		same += strcmp(name_of(other), name_of(j)) == 0;
	}
	return all < a->rule->queue_max && same < a->rule->name_max;
}

/* The first of another name than the last one's, so that who asks much waits for who asks little.
 */
static struct job *
next_in_turn(const struct asker *a, const struct job_list *list)
{
	struct job *j;

	TAILQ_FOREACH (j, list, link)
		if (strcmp(name_of(j), a->last_name) != 0)
			return j;
	return TAILQ_FIRST(list);
}

/* --- one job ---------------------------------------------------------------------------------- */

static void
finish(struct asker *a, enum happening what)
{
	struct job *j = a->job;
	struct err e = a->err;

	PQclear(a->answer);
	a->answer = NULL;
	a->job = NULL;
	a->is_held = false;
	happens(a, what);
	j->done(j, &e);
	run_next(a);
}

#define NAME_MAX_BYTES 200 /* of a principal; what is longer, which none is, is cut */
#define WHO_SIZE       (sizeof "; SET LOCAL sems.gateway = ''" + 2 * NAME_MAX_BYTES)

/* In hexadecimal, so that no name means anything to SQL. */
static void
put_who(char out[WHO_SIZE], const char *setting, const char *name)
{
	char hex[2 * NAME_MAX_BYTES + 1];
	size_t n = name == NULL ? 0 : strlen(name);

	hex_encode((const unsigned char *)name, n > NAME_MAX_BYTES ? NAME_MAX_BYTES : n, hex);
	snprintf(out, WHO_SIZE, "; SET LOCAL %s = '%s'", setting, hex);
}

static void
begin(struct asker *a)
{
	const char *role = role_names[a->job->role];
	const struct waiter *waiter = a->job->ticket.waiter;
	char who[WHO_SIZE];
	char gateway[WHO_SIZE];
	char sql[160 + 2 * WHO_SIZE];

	put_who(who, "sems.who", waiter == NULL ? "semsd" : waiter->name);
	put_who(gateway, "sems.gateway", waiter == NULL ? NULL : waiter->gateway);
	snprintf(
	    sql, sizeof sql,
	    "BEGIN ISOLATION LEVEL REPEATABLE READ%s; SET LOCAL statement_timeout = %d%s%s%s%s",
	    a->job->writes ? "" : " READ ONLY", a->rule->time_ms, a->job->writes ? who : "",
	    a->job->writes && waiter != NULL && waiter->gateway != NULL ? gateway : "",
	    role == NULL ? "" : "; SET LOCAL ROLE ", role == NULL ? "" : role);
	a->err = (struct err){0};
	a->committed = false;
	happens(a, ON_TURN);
	conn_send(a->conn, sql);
}

static void
prepare(struct asker *a)
{
	happens(a, ON_AGAIN);
	conn_prepare(a->conn, a->plan, a->statement.sql);
}

static void
run_prepared(struct asker *a)
{
	const struct statement *st = &a->statement;

	happens(a, ON_PLAN);
	conn_send_prepared(a->conn, a->plan, st->n_params, st->params);
}

static void
forget(struct asker *a)
{
	char sql[32];

	snprintf(sql, sizeof sql, "DEALLOCATE %s", a->plan);
	happens(a, ON_TAKEN);
	conn_send(a->conn, sql);
}

/* A plan may be what failed: none is kept. */
static void
roll_back(struct asker *a)
{
	happens(a, ON_UNDO);
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
	if (is_unwanted(a, a->job)) {
		give_up_running(a);
		roll_back(a);
		return;
	}
	if (!a->job->next(a->job, st, &a->err)) {
		if (a->err.code != OK || a->job->discards) {
			roll_back(a);
			return;
		}
		happens(a, ON_LAST);
		conn_send(a->conn, "COMMIT");
		return;
	}
	step = plans_step(&a->plans, st->sql, a->plan, &is_taken);
	if (step == PLAN_RUN) {
		run_prepared(a);
	} else if (step == PLAN_NONE) {
		happens(a, ON_ALONE);
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
	struct job_list *list = TAILQ_EMPTY(&a->urgent) ? &a->queue : &a->urgent;

	if (a->job != NULL || TAILQ_EMPTY(list) || !conn_is_up(a->conn))
		return;
	a->job = next_in_turn(a, list);
	TAILQ_REMOVE(list, a->job, link);
	snprintf(a->last_name, sizeof a->last_name, "%s", name_of(a->job));
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
after_prepare(struct asker *a)
{
	plans_prepared(&a->plans, a->plan);
	run_prepared(a);
}

static void
after_commit(struct asker *a)
{
	if (!a->committed || conn_warned(a->conn))
		err_set(&a->err, TRY_STORE, "",
			"the commit was not confirmed: look before you repeat");
	else
		conn_succeeded(a->conn);
	finish(a, ON_DONE);
}

static void
after_rollback(struct asker *a)
{
	if (a->err.code == OK)
		conn_succeeded(a->conn);
	finish(a, ON_DONE);
}

/* What comes after what was sent in each phase and went well. */
static void (*const after[])(struct asker *a) = {
    [PHASE_IDLE] = NULL,
    [PHASE_BEGIN] = take_turn,
    [PHASE_FORGET] = prepare,
    [PHASE_PREPARE] = after_prepare,
    [PHASE_STATEMENT] = take_turn,
    [PHASE_COMMIT] = after_commit,
    [PHASE_ROLLBACK] = after_rollback,
};
COVERS(after, N_PHASES);

static void
on_finished(void *ctx)
{
	struct asker *a = ctx;

	if (a->job == NULL)
		return;
	if (a->is_cancelling)
		a->is_held = true;
	else if (a->err.code != OK && a->phase != PHASE_ROLLBACK)
		roll_back(a);
	else
		after[a->phase](a);
}

/* What a class of failure means for whoever asked. */
static enum code code_of(enum sql_class class)
{
	static const enum code codes[] = {
	    [SQL_AGAIN] = TRY_STORE,     [SQL_CONFLICT] = TRY_CONFLICT, [SQL_DUPLICATE] = REJ_STATE,
	    [SQL_PARTITION] = TRY_STORE, [SQL_DATA] = REJ_FIELD,        [SQL_PURGED] = REJ_STATE,
	    [SQL_CLOSED] = TRY_STORE,    [SQL_RAISED] = REJ_STATE,      [SQL_OURS] = FATAL_BUG,
	    [SQL_BUSY] = TRY_STORE,
	};
	COVERS(codes, N_SQL_CLASSES);

	return codes[class];
}

/* Our own functions speak to people; what else the database says is for the log. */
static void
fail(struct asker *a, const struct sql_failure *f)
{
	enum code code = code_of(f->class);

	if (f->class == SQL_RAISED || f->class == SQL_BUSY) {
		err_set(&a->err, code, "", "%s", f->message);
		return;
	}
	err_set(&a->err, code, "", "%s%s", pg_words(f->state),
		code_is_retry(code) ? ": try again"
		: code == FATAL_BUG ? "; its log says more"
				    : "");
	log_warn("lane.failed", KV("lane", a->rule->name), KV("by", name_of(a->job)),
		 KV("sqlstate", f->state), KV("message", f->message));
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
		fail(a, &f);
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

/* Ends all that wait, and forgets those that come meanwhile: they wait for the next attempt. */
static void
fail_all(struct job_list *list, const struct err *e)
{
	struct job_list all = TAILQ_HEAD_INITIALIZER(all);
	struct job *j;

	TAILQ_CONCAT(&all, list, link);
	while ((j = TAILQ_FIRST(&all)) != NULL) {
		struct err why = e == NULL ? j->refused : *e;

		TAILQ_REMOVE(&all, j, link);
		j->done(j, &why);
	}
}

static void
on_down(void *ctx)
{
	struct asker *a = ctx;
	struct job_list waiting = TAILQ_HEAD_INITIALIZER(waiting);
	struct err e;

	plans_clear(&a->plans);
	TAILQ_CONCAT(&waiting, &a->urgent, link);
	TAILQ_CONCAT(&waiting, &a->queue, link);
	if (a->job != NULL) {
		if (a->err.code == OK)
			err_set(
			    &a->err, TRY_STORE, "",
			    a->phase == PHASE_COMMIT
				? "the database went away during the commit: look before you repeat"
				: "the database went away: try again");
		finish(a, ON_LOST);
	}
	err_set(&e, TRY_STORE, "", "the database is away: try again");
	fail_all(&waiting, &e);
}

/* --- ending what nobody waits for ------------------------------------------------------------- */

static bool
cancel_next(struct job *j, struct statement *st, struct err *e)
{
	struct asker *a = j->ctx;

	(void)e;
	if (a->is_cancel_asked)
		return false;
	a->is_cancel_asked = true;
	*st = (struct statement){"SELECT pg_cancel_backend($1::int)", 1, {a->cancel_pid}};
	return true;
}

static void
cancel_done(struct job *j, const struct err *e)
{
	struct asker *a = j->ctx;

	if (e->code != OK)
		log_warn("lane.uncancelled", KV("lane", a->rule->name), KV("why", e->text));
	a->is_cancelling = false;
	if (a->is_held) {
		a->is_held = false;
		on_finished(a);
	}
}

/* A commit is let be: it is nearly done. */
static void
cancel_running(struct asker *a)
{
	bool is_asking = a->phase == PHASE_STATEMENT || a->phase == PHASE_PREPARE;

	if (a->job == NULL || a->is_cancelling || a->canceller == NULL || !is_asking ||
	    a->err.code != OK || !conn_is_up(a->conn) || !is_unwanted(a, a->job))
		return;
	give_up_running(a);
	a->is_cancelling = true;
	a->is_cancel_asked = false;
	snprintf(a->cancel_pid, sizeof a->cancel_pid, "%d", conn_backend(a->conn));
	a->cancel =
	    (struct job){.role = DB_LOGIN, .next = cancel_next, .done = cancel_done, .ctx = a};
	asker_run_first(a->canceller, &a->cancel);
}

static void
on_look(evutil_socket_t fd, short what, void *arg)
{
	struct asker *a = arg;
	struct job *j;
	struct job *next;

	(void)fd;
	(void)what;
	for (j = TAILQ_FIRST(&a->queue); j != NULL; j = next) {
		next = TAILQ_NEXT(j, link);
		if (!is_unwanted(a, j))
			continue;
		TAILQ_REMOVE(&a->queue, j, link);
		say_unwanted(a, &j->refused);
		TAILQ_INSERT_TAIL(&a->refused, j, link);
	}
	cancel_running(a);
	fail_all(&a->refused, NULL);
	if (!asker_idle(a))
		arm(a, TAILQ_EMPTY(&a->refused) ? LOOK_MS : 0);
}

/* --- life ------------------------------------------------------------------------------------- */

struct asker *
asker_new(struct event_base *base, struct beside *beside, const char *conninfo, enum lane lane,
	  struct asker *canceller)
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
	a->rule = &rules[lane];
	a->canceller = canceller;
	TAILQ_INIT(&a->urgent);
	TAILQ_INIT(&a->queue);
	TAILQ_INIT(&a->refused);
	a->look = event_new(base, -1, 0, on_look, a);
	a->conn = a->look == NULL ? NULL : conn_new(base, beside, a->rule->name, conninfo, &ops, a);
	if (a->conn == NULL) {
		asker_free(a);
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
	if (a->look != NULL)
		event_free(a->look);
	PQclear(a->answer);
	free(a);
}

void
asker_run(struct asker *a, struct job *j)
{
	if (a->is_draining && is_unwanted(a, j)) {
		say_unwanted(a, &j->refused);
		refuse(a, j);
		return;
	}
	if (!has_room(a, j)) {
		err_set(&j->refused, TRY_LIMIT, "",
			"too many requests wait already: try again in a few seconds");
		refuse(a, j);
		return;
	}
	TAILQ_INSERT_TAIL(&a->queue, j, link);
	if (event_pending(a->look, EV_TIMEOUT, NULL) == 0)
		arm(a, LOOK_MS);
	run_next(a);
}

void
asker_run_first(struct asker *a, struct job *j)
{
	TAILQ_INSERT_TAIL(&a->urgent, j, link);
	run_next(a);
}

void
asker_drain(struct asker *a)
{
	a->is_draining = true;
	arm(a, 0);
}

bool
asker_idle(const struct asker *a)
{
	return a->job == NULL && TAILQ_EMPTY(&a->urgent) && TAILQ_EMPTY(&a->queue) &&
	       TAILQ_EMPTY(&a->refused);
}
