#include "base/count.h"
#include "store/pg/pg.h"
#include "tests/lib/cluster.h"

#include <criterion/criterion.h>

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

Test(pg, classifies_failures_by_sqlstate)
{
	static const struct {
		const char *state;
		bool constraint;
		enum sql_class class;
	} rows[] = {
	    {"23505", true, SQL_DUPLICATE}, {"23514", false, SQL_PARTITION},
	    {"23514", true, SQL_DATA},      {"23502", true, SQL_DATA},
	    {"22021", false, SQL_DATA},     {"22P02", false, SQL_DATA},
	    {"54000", false, SQL_DATA},     {"42P01", false, SQL_PARTITION},
	    {"SM001", false, SQL_PURGED},   {"SM002", false, SQL_DATA},
	    {"SM004", false, SQL_CLOSED},   {"SM005", false, SQL_BUSY},
	    {"P0001", false, SQL_RAISED},   {"08006", false, SQL_AGAIN},
	    {"25006", false, SQL_AGAIN},    {"40001", false, SQL_CONFLICT},
	    {"25P03", false, SQL_AGAIN},    {"25P02", false, SQL_OURS},
	    {"40P01", false, SQL_CONFLICT}, {"53100", false, SQL_AGAIN},
	    {"55P03", false, SQL_AGAIN},    {"57P01", false, SQL_AGAIN},
	    {"57014", false, SQL_AGAIN},    {"58030", false, SQL_AGAIN},
	    {"", false, SQL_AGAIN},         {NULL, false, SQL_AGAIN},
	    {"42501", false, SQL_OURS},     {"42601", false, SQL_OURS},
	    {"XX001", false, SQL_OURS},     {"99999", false, SQL_OURS},
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		cr_expect_eq(pg_classify(rows[i].state, rows[i].constraint), rows[i].class, "%s",
			     rows[i].state);
}

/* libpq calls the COMMIT of an aborted transaction a success. */
Test(pg, tells_a_commit_from_the_commit_of_an_aborted_transaction)
{
	PGconn *pg = cluster_connect("postgres");
	PGresult *res;

	cluster_do(pg, "BEGIN");
	res = PQexec(pg, "COMMIT");
	cr_expect(pg_is_commit(res));
	PQclear(res);
	cluster_do(pg, "BEGIN");
	PQclear(PQexec(pg, "SELECT 1 / 0"));
	res = PQexec(pg, "COMMIT");
	cr_expect_eq(PQresultStatus(res), PGRES_COMMAND_OK);
	cr_expect_not(pg_is_commit(res));
	PQclear(res);
	res = PQexec(pg, "SELECT 'COMMIT'");
	cr_expect_not(pg_is_commit(res));
	PQclear(res);
	PQfinish(pg);
}

Test(pg, tells_a_missing_partition_from_a_broken_check)
{
	PGconn *pg = cluster_connect(cluster_database());
	struct sql_failure f;
	PGresult *res;

	res = PQexec(
	    pg,
	    "INSERT INTO sems.test (record_id, source, occurred_at, received_at, received_from) "
	    "VALUES (gen_random_uuid(), 'a', now(), now(), 'x')");
	pg_failure(res, &f);
	cr_expect_eq(f.class, SQL_PARTITION);
	cr_expect_str_eq(f.state, "23514");
	PQclear(res);
	res =
	    PQexec(pg, "CREATE TEMPORARY TABLE t (n int CHECK (n > 0)); INSERT INTO t VALUES (0)");
	pg_failure(res, &f);
	cr_expect_eq(f.class, SQL_DATA);
	cr_expect_null(strstr(f.message, "(0)"), "%s", f.message);
	PQclear(res);
	PQfinish(pg);
}

Test(pg, pins_its_settings_behind_the_users_own_options)
{
	char conninfo[256];
	struct pg_params p;
	struct err e;
	PGconn *pg;

	snprintf(conninfo, sizeof conninfo,
		 "%s options='-c timezone=Asia/Tokyo -c lock_timeout=1234 -c role=none'",
		 cluster_conninfo(cluster_shared(), cluster_database(), "semsd"));
	cr_assert_eq(pg_params_fill(&p, conninfo, "sems_ingest", &e), OK, "%s", e.text);
	pg = PQconnectdbParams(p.keys, p.values, 1);
	cr_assert_eq(PQstatus(pg), CONNECTION_OK, "%s", PQerrorMessage(pg));
	cr_expect_str_eq(
	    cluster_text(pg, "SELECT current_user || ' ' || current_setting('timezone') || ' ' "
			     "|| current_setting('lock_timeout') || ' ' || "
			     "current_setting('search_path') || ' ' || "
			     "current_setting('default_transaction_isolation')"),
	    "sems_ingest UTC 1234ms sems,pg_temp read committed");
	PQfinish(pg);
}

Test(pg, notices_a_vanished_server_unless_told_otherwise)
{
	struct pg_params p;
	struct err e;
	PGconn *pg;
	PQconninfoOption *all;

	cr_assert_eq(pg_params_fill(&p, "host=/nowhere tcp_user_timeout=5", NULL, &e), OK);
	pg = PQconnectStartParams(p.keys, p.values, 1);
	all = PQconninfo(pg);
	for (const PQconninfoOption *o = all; o->keyword != NULL; o++) {
		if (strcmp(o->keyword, "tcp_user_timeout") == 0)
			cr_expect_str_eq(o->val, "5");
		if (strcmp(o->keyword, "keepalives_idle") == 0)
			cr_expect_str_eq(o->val, "60");
		if (strcmp(o->keyword, "connect_timeout") == 0)
			cr_expect_str_eq(o->val, "10");
	}
	PQconninfoFree(all);
	PQfinish(pg);
}

Test(pg, rejects_a_conninfo_that_is_none)
{
	struct pg_params p;
	struct err e;

	cr_expect_eq(pg_params_fill(&p, "nonsense", NULL, &e), FATAL_CONFIG);
	cr_expect_eq(pg_params_fill(&p, "colour=blue", NULL, &e), FATAL_CONFIG);
}

/* As what a service manager starts without either: later connections look up nobody. */
Test(pg, tells_libpq_who_we_are_unless_somebody_said_so)
{
	const struct passwd *pw = getpwuid(geteuid());

	cr_assert_not_null(pw);
	unsetenv("PGUSER");
	setenv("HOME", "", 1);
	pg_own_user();
	cr_expect_str_eq(getenv("PGUSER"), pw->pw_name);
	cr_expect_str_eq(getenv("HOME"), pw->pw_dir);
	setenv("PGUSER", "somebody", 1);
	pg_own_user();
	cr_expect_str_eq(getenv("PGUSER"), "somebody");
}
