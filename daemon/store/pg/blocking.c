#include "store/pg/blocking.h"

#include "base/count.h"
#include "base/log.h"
#include "store/pg/pg.h"

#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define STEP_MS 5000 /* for one step of asking why we were refused */
#define LATE_MS 2000 /* an answer that takes longer is asked after, then at doubled intervals */

/*
 * For a lock nobody waits for ever, and who stands still while he holds one, stopped or swapped
 * out, does not keep it: the server ends him sooner than whoever waits gives up. Conninfo's own
 * options go before.
 */
static const char limits_sql[] =
    "SELECT set_config(name, value, false) FROM (VALUES ('lock_timeout', '90s'), "
    "('idle_session_timeout', '60s')) AS s (name, value) WHERE current_setting(name) = '0'";
#define NOT_GRANTED "55P03"

/* What a statement is asked after for. */
struct wait {
	int ms;           /* since it was sent */
	char holder[160]; /* who has the lock that it waits for; "": nobody that is known */
};

static enum code
fail(PGconn *pg, const PGresult *res, const struct wait *w, struct err *e)
{
	struct sql_failure f;

	pg_failure(res, &f);
	if (f.state[0] == '\0')
		return err_set(e, TRY_STORE, "database", "%s", PQerrorMessage(pg));
	if (strcmp(f.state, NOT_GRANTED) == 0)
		return err_set(e, TRY_STORE, "database",
			       "%s has a lock that is needed to start, and did not give it back: "
			       "let it go on, or end it, then start again",
			       w->holder[0] == '\0' ? "another session" : w->holder);
	return err_set(e,
		       f.class == SQL_AGAIN || f.class == SQL_CONFLICT ? TRY_STORE : FATAL_CONFIG,
		       "database", "%s (SQLSTATE %s)", f.message, f.state);
}

/* --- waiting ---------------------------------------------------------------------------------- */

/* Over a connection of its own: this one waits. */
static PGconn *
open_beside(PGconn *pg)
{
	PQconninfoOption *all = PQconninfo(pg);
	const char *keys[64] = {NULL};
	const char *values[64] = {NULL};
	size_t n = 0;
	PGconn *other;

	for (const PQconninfoOption *o = all; o != NULL && o->keyword != NULL && n < 63; o++) {
		if (o->val == NULL)
			continue;
		keys[n] = o->keyword;
		values[n++] = o->val;
	}
	other = PQconnectdbParams(keys, values, 0);
	PQconninfoFree(all);
	return other;
}

static void
ask_holder(PGconn *pg, struct wait *w)
{
	char sql[320];
	PGconn *other = open_beside(pg);
	bool silent = PQstatus(other) != CONNECTION_OK;
	PGresult *res;

	snprintf(sql, sizeof sql,
		 "SELECT coalesce(nullif(a.application_name, ''), a.usename, 'a session') || "
		 "' (backend ' || b || ')' FROM unnest(pg_blocking_pids(%d)) AS b "
		 "LEFT JOIN pg_stat_activity a ON a.pid = b LIMIT 1",
		 PQbackendPID(pg));
	res = PQexec(other, sql);
	w->holder[0] = '\0';
	if (PQresultStatus(res) == PGRES_TUPLES_OK && PQntuples(res) == 1)
		snprintf(w->holder, sizeof w->holder, "%s", PQgetvalue(res, 0, 0));
	PQclear(res);
	PQfinish(other);
	if (silent || w->holder[0] != '\0')
		log_warn("start.waits", KVI("seconds", w->ms / 1000), KV("holder", w->holder),
			 KV("text", silent ? "the database does not answer"
					   : "it has a lock that is needed to start"));
}

static bool
wait_for_answer(PGconn *pg, int *next_ms, struct wait *w)
{
	struct pollfd fd = {.fd = PQsocket(pg), .events = POLLIN};

	if (poll(&fd, 1, *next_ms) != 0)
		return PQconsumeInput(pg) == 1;
	w->ms += *next_ms;
	*next_ms = w->ms;
	ask_holder(pg, w);
	return true;
}

/* As PQexec(), and says whom it waits for. */
static PGresult *
run(PGconn *pg, const char *sql, struct wait *w)
{
	PGresult *last = NULL;
	PGresult *res;
	int next_ms = LATE_MS;
	bool good = PQsendQuery(pg, sql) == 1;

	*w = (struct wait){0, ""};
	do {
		while (good && PQisBusy(pg))
			good = wait_for_answer(pg, &next_ms, w);
		res = PQgetResult(pg);
		if (res != NULL) {
			PQclear(last);
			last = res;
		}
	} while (res != NULL);
	return last;
}

enum code
blocking_query(PGconn *pg, const char *sql, PGresult **out, struct err *e)
{
	struct wait w;
	PGresult *res = run(pg, sql, &w);
	enum code code;

	*out = NULL;
	if (PQresultStatus(res) == PGRES_TUPLES_OK) {
		*out = res;
		return OK;
	}
	code = fail(pg, res, &w, e);
	PQclear(res);
	return code;
}

enum code
blocking_do(PGconn *pg, const char *sql, struct err *e)
{
	struct wait w;
	PGresult *res = run(pg, sql, &w);
	ExecStatusType status = PQresultStatus(res);
	enum code code = OK;

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		code = fail(pg, res, &w, e);
	PQclear(res);
	return code;
}

enum code
blocking_commit(PGconn *pg, struct err *e)
{
	struct wait w;
	PGresult *res = run(pg, "COMMIT", &w);
	enum code code = OK;

	if (PQresultStatus(res) != PGRES_COMMAND_OK)
		code = fail(pg, res, &w, e);
	else if (!pg_is_commit(res))
		code = err_set(e, FATAL_BUG, "database", "a transaction was rolled back");
	PQclear(res);
	return code;
}

/* What a message ends with that was asked for as severity and SQLSTATE alone; "": none. */
static void
last_state(const char *message, char state[6])
{
	static const char before[] = ":  ";
	const size_t gap = sizeof before - 1;
	size_t n = strlen(message);

	state[0] = '\0';
	while (n > 0 && message[n - 1] == '\n')
		n--;
	if (n < gap + 5 || memcmp(message + n - 5 - gap, before, gap) != 0 ||
	    strspn(message + n - 5, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") < 5)
		return;
	snprintf(state, 6, "%.5s", message + n - 5);
}

/*
 * libpq keeps the code of a refused connection to itself, and a message has names and paths in it:
 * so we connect once more to be told the code. "": no server refused.
 */
static void
ask_state(const struct pg_params *p, char state[6])
{
	PGconn *pg = PQconnectStartParams(p->keys, p->values, 1);
	PostgresPollingStatusType want = pg == NULL ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;

	state[0] = '\0';
	PQsetErrorVerbosity(pg, PQERRORS_SQLSTATE);
	while (want == PGRES_POLLING_READING || want == PGRES_POLLING_WRITING) {
		struct pollfd fd = {.fd = PQsocket(pg),
				    .events = want == PGRES_POLLING_READING ? POLLIN : POLLOUT};

		if (poll(&fd, 1, STEP_MS) <= 0)
			break;
		want = PQconnectPoll(pg);
	}
	if (want == PGRES_POLLING_FAILED)
		last_state(PQerrorMessage(pg), state);
	PQfinish(pg);
}

/* A member of the roles may take one; who may not has not run roles.sql. */
static enum code
refused(const struct pg_params *p, const PGconn *pg, struct err *e)
{
	static const char *const missing[] = {"22023", "28000", "42501"};
	const char *advice = "";
	char state[6];

	ask_state(p, state);
	for (size_t i = 0; i < COUNT(missing); i++)
		if (strcmp(state, missing[i]) == 0)
			advice = "; run sql/roles.sql as a superuser first";
	return err_set(e, pg_classify(state, false) == SQL_AGAIN ? TRY_STORE : FATAL_CONFIG,
		       "database", "%.150s%s", PQerrorMessage(pg), advice);
}

enum code
blocking_open(const char *conninfo, const char *role, PGconn **out, struct err *e)
{
	struct pg_params p;
	enum code code = pg_params_fill(&p, conninfo, role, e);

	*out = NULL;
	if (code != OK)
		return code;
	*out = PQconnectdbParams(p.keys, p.values, 1);
	if (*out != NULL && PQstatus(*out) == CONNECTION_OK) {
		/* When we are gone the server is to notice, also while it waits for a lock. */
		PQclear(PQexec(*out, "SET client_connection_check_interval = 1000"));
		PQclear(PQexec(*out, limits_sql));
		return OK;
	}
	code = refused(&p, *out, e);
	PQfinish(*out);
	*out = NULL;
	return code;
}
