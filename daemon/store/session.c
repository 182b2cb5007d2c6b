#include "store/session.h"

#include "store/pg.h"

#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define STEP_MS 5000 /* for one step of asking why we were refused */

static enum code
fail(PGconn *pg, const PGresult *res, struct err *e)
{
	struct sql_failure f;

	pg_failure(res, &f);
	if (f.state[0] == '\0')
		return err_set(e, TRY_STORE, "database", "%s", PQerrorMessage(pg));
	return err_set(e, f.class == SQL_AGAIN ? TRY_STORE : FATAL_CONFIG, "database",
		       "%s (SQLSTATE %s)", f.message, f.state);
}

enum code
session_query(PGconn *pg, const char *sql, PGresult **out, struct err *e)
{
	PGresult *res = PQexec(pg, sql);
	enum code code;

	*out = NULL;
	if (PQresultStatus(res) == PGRES_TUPLES_OK) {
		*out = res;
		return OK;
	}
	code = fail(pg, res, e);
	PQclear(res);
	return code;
}

enum code
session_do(PGconn *pg, const char *sql, struct err *e)
{
	PGresult *res = PQexec(pg, sql);
	ExecStatusType status = PQresultStatus(res);
	enum code code = OK;

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		code = fail(pg, res, e);
	PQclear(res);
	return code;
}

enum code
session_commit(PGconn *pg, struct err *e)
{
	PGresult *res = PQexec(pg, "COMMIT");
	enum code code = OK;

	if (PQresultStatus(res) != PGRES_COMMAND_OK)
		code = fail(pg, res, e);
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
	(void)snprintf(state, 6, "%.5s", message + n - 5);
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
	for (size_t i = 0; i < sizeof missing / sizeof missing[0]; i++) {
		if (strcmp(state, missing[i]) == 0)
			advice = "; run sql/roles.sql as a superuser first";
	}
	return err_set(e, pg_classify(state, false) == SQL_AGAIN ? TRY_STORE : FATAL_CONFIG,
		       "database", "%.150s%s", PQerrorMessage(pg), advice);
}

enum code
session_open(const char *conninfo, const char *role, PGconn **out, struct err *e)
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
		return OK;
	}
	code = refused(&p, *out, e);
	PQfinish(*out);
	*out = NULL;
	return code;
}
