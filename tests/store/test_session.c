#include "store/session.h"
#include "tests/lib/cluster.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

static enum code
open_and_close(const char *conninfo, const char *role, struct err *e)
{
	PGconn *pg = NULL;
	enum code code = session_open(conninfo, role, &pg, e);

	cr_expect_eq(pg == NULL, code != OK);
	PQfinish(pg);
	return code;
}

Test(session, tells_by_the_code_who_has_not_run_the_roles)
{
	const char *database = cluster_database();
	struct err e;

	cr_expect_eq(
	    open_and_close(cluster_conninfo(cluster_shared(), database, "nobody_here"), NULL, &e),
	    FATAL_CONFIG);
	cr_expect_not_null(strstr(e.text, "sql/roles.sql"), "%s", e.text);
	cr_expect_eq(open_and_close(cluster_conninfo(cluster_shared(), database, "semsd"),
				    "sems_nothing", &e),
		     FATAL_CONFIG);
	cr_expect_not_null(strstr(e.text, "sql/roles.sql"), "%s", e.text);
	cr_expect_eq(
	    open_and_close(cluster_conninfo(cluster_shared(), "no_such", "semsd"), NULL, &e),
	    FATAL_CONFIG);
	cr_expect_null(strstr(e.text, "sql/roles.sql"), "%s", e.text);
	cr_expect_eq(
	    open_and_close(cluster_conninfo(cluster_shared(), database, "semsd"), "sems_owner", &e),
	    OK, "%s", e.text);
}

Test(session, takes_a_server_that_is_away_for_away_whatever_its_name_is)
{
	struct err e;

	cr_expect_eq(open_and_close("host=/tmp/role-of-nobody user=role dbname=role", NULL, &e),
		     TRY_STORE);
	cr_expect_null(strstr(e.text, "sql/roles.sql"), "%s", e.text);
	cr_expect_eq(open_and_close("host=/tmp/x:  42501 dbname=role", NULL, &e), FATAL_CONFIG,
		     "no conninfo");
	cr_expect_eq(open_and_close("host='/tmp/x:  42501'", NULL, &e), TRY_STORE, "%s", e.text);
}

/* Too many connections pass. */
Test(session, takes_a_server_that_is_full_for_away)
{
	const char *database = cluster_database();
	PGconn *super = cluster_connect(database);
	char sql[128];
	struct err e;

	snprintf(sql, sizeof sql, "ALTER DATABASE \"%s\" CONNECTION LIMIT 0", database);
	cluster_do(super, sql);
	cr_expect_eq(
	    open_and_close(cluster_conninfo(cluster_shared(), database, "semsd"), NULL, &e),
	    TRY_STORE, "%s", e.text);
	PQfinish(super);
}
