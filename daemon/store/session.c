#include "store/session.h"

#include "store/pg.h"

#include <stdbool.h>
#include <string.h>

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

/* A member of the roles may take one; who may not has not run roles.sql. */
static enum code
explain_role(PGconn *pg, struct err *e)
{
	if (strstr(PQerrorMessage(pg), "role") == NULL)
		return err_set(e, TRY_STORE, "database", "%s", PQerrorMessage(pg));
	return err_set(e, FATAL_CONFIG, "database",
		       "%.150s; run sql/roles.sql as a superuser first", PQerrorMessage(pg));
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
	if (*out != NULL && PQstatus(*out) == CONNECTION_OK)
		return OK;
	code = explain_role(*out, e);
	PQfinish(*out);
	*out = NULL;
	return code;
}
