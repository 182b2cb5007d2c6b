#include "store/schema/furnish.h"

#include "base/file/embed.h"
#include "store/pg/blocking.h"

#include <libpq-fe.h>

#include <stdio.h>

#define CONNINFO_SIZE 2048

static bool
answers(const char *conninfo)
{
	return PQping(conninfo) == PQPING_OK;
}

static enum code
do_file(PGconn *pg, const char *path, struct err *e)
{
	const char *sql = embed_text(path);

	return sql == NULL ? err_set(e, FATAL_BUG, path, "is not compiled in")
			   : blocking_do(pg, sql, e);
}

static enum code
hide_statistics(const char *admin_conninfo, struct err *e)
{
	char conninfo[CONNINFO_SIZE];
	PGconn *pg = NULL;
	enum code code;

	snprintf(conninfo, sizeof conninfo, "%s dbname=" CLUSTER_DATABASE, admin_conninfo);
	code = blocking_open(conninfo, NULL, &pg, e);
	if (code == OK)
		code = do_file(pg, "sql/statistics.sql", e);
	PQfinish(pg);
	return code;
}

static enum code
furnish(const char *conninfo, struct err *e)
{
	PGconn *pg = NULL;
	PGresult *res = NULL;
	enum code code = blocking_open(conninfo, NULL, &pg, e);

	if (code == OK)
		code = do_file(pg, "sql/roles.sql", e);
	if (code == OK)
		code = blocking_query(
		    pg, "SELECT FROM pg_database WHERE datname = '" CLUSTER_DATABASE "'", &res, e);
	if (code == OK && PQntuples(res) == 0)
		code = blocking_do(pg, "CREATE DATABASE " CLUSTER_DATABASE " OWNER sems_owner", e);
	if (code == OK)
		code = blocking_do(pg,
				   "REVOKE ALL ON DATABASE " CLUSTER_DATABASE " FROM PUBLIC;"
				   "GRANT CONNECT ON DATABASE " CLUSTER_DATABASE " TO semsd",
				   e);
	PQclear(res);
	PQfinish(pg);
	return code == OK ? hide_statistics(conninfo, e) : code;
}

const struct cluster_access furnish_cluster = {.answers = answers, .furnish = furnish};
