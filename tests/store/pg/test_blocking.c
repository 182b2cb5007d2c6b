#include "store/pg/blocking.h"
#include "tests/lib/cluster.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static enum code
open_and_close(const char *conninfo, const char *role, struct err *e)
{
	PGconn *pg = NULL;
	enum code code = blocking_open(conninfo, role, &pg, e);

	cr_expect_eq(pg == NULL, code != OK);
	PQfinish(pg);
	return code;
}

Test(blocking, tells_by_the_code_who_has_not_run_the_roles)
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

Test(blocking, takes_a_server_that_is_away_for_away_whatever_its_name_is)
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
Test(blocking, takes_a_server_that_is_full_for_away)
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

/* Given as conninfo's own option, so that nobody waits for long here. */
static PGconn *
open_impatient(const char *database, const char *option)
{
	char conninfo[512];
	PGconn *pg = NULL;
	struct err e;

	snprintf(conninfo, sizeof conninfo, "%s options='-c %s'",
		 cluster_conninfo(cluster_shared(), database, "semsd"), option);
	cr_assert_eq(blocking_open(conninfo, "sems_owner", &pg, &e), OK, "%s", e.text);
	return pg;
}

Test(blocking, gives_up_a_lock_that_is_not_given_back_and_says_who_has_it)
{
	const char *database = cluster_database();
	PGconn *holder = open_impatient(database, "lock_timeout=1s");
	PGconn *pg = open_impatient(database, "lock_timeout=5s");
	char who[64];
	struct err e;

	cr_assert_eq(blocking_do(holder, "SELECT pg_advisory_lock(7)", &e), OK);
	cr_expect_eq(blocking_do(pg, "SELECT pg_advisory_lock(7)", &e), TRY_STORE);
	snprintf(who, sizeof who, "semsd %ld on ", (long)getpid());
	cr_expect_not_null(strstr(e.text, who), "%s", e.text);
	snprintf(who, sizeof who, "(backend %d)", PQbackendPID(holder));
	cr_expect_not_null(strstr(e.text, who), "%s", e.text);
	PQfinish(pg);
	PQfinish(holder);
}

Test(blocking, loses_what_it_holds_when_it_stands_still)
{
	const char *database = cluster_database();
	PGconn *holder = open_impatient(database, "idle_session_timeout=1s");
	PGconn *pg = open_impatient(database, "lock_timeout=60s");
	struct err e;

	cr_assert_eq(blocking_do(holder, "SELECT pg_advisory_lock(7)", &e), OK);
	cr_expect_eq(blocking_do(pg, "SELECT pg_advisory_lock(7)", &e), OK, "%s", e.text);
	cr_expect_eq(blocking_do(holder, "SELECT 1", &e), TRY_STORE);
	PQfinish(holder);
	holder = open_impatient(database, "lock_timeout=1s");
	cr_expect_str_eq(cluster_text(holder, "SHOW idle_in_transaction_session_timeout"), "1min");
	cr_expect_str_eq(cluster_text(holder, "SHOW idle_session_timeout"), "1min");
	PQfinish(holder);
	PQfinish(pg);
}

Test(blocking, has_the_last_of_several_results_and_the_error_of_the_one_that_failed)
{
	PGconn *pg = open_impatient(cluster_database(), "lock_timeout=1s");
	PGresult *res = NULL;
	struct err e;

	cr_assert_eq(blocking_query(pg, "SELECT 1; SELECT 2", &res, &e), OK);
	cr_expect_str_eq(PQgetvalue(res, 0, 0), "2");
	PQclear(res);
	cr_expect_eq(blocking_do(pg, "SELECT 1; SELECT 1 / 0; SELECT 2", &e), FATAL_CONFIG);
	cr_expect_not_null(strstr(e.text, "22012"), "%s", e.text);
	PQfinish(pg);
}
