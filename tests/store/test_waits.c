/* Who holds up the writer: told, and ended when it is a semsd that stands still. */
#include "base/log.h"
#include "tests/store/fixture.h"

#include <criterion/criterion.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TURNS_MAX 3000

static struct fixture f;
static struct group *g;
static int log_out[2];
static char logged[65536];
static size_t n_logged;

static void
open_store(void)
{
	fixture_open_waiting(&f, 200);
	cluster_do(f.pg, "SELECT sems.make_partition('tip_event', '2026-05-12')");
	g = fixture_group();
	cr_assert_eq(pipe(log_out), 0);
	cr_assert_eq(fcntl(log_out[0], F_SETFL, O_NONBLOCK), 0);
	log_setup(log_out[1], LOG_LEVEL_INFO);
}

static void
close_store(void)
{
	fixture_free(g);
	fixture_close(&f);
	log_setup(STDERR_FILENO, LOG_LEVEL_INFO);
	close(log_out[0]);
	close(log_out[1]);
}

TestSuite(waits, .init = open_store, .fini = close_store);

static bool
says(const char *what)
{
	ssize_t n = read(log_out[0], logged + n_logged, sizeof logged - 1 - n_logged);

	n_logged += n > 0 ? (size_t)n : 0;
	logged[n_logged] = '\0';
	return strstr(logged, what) != NULL;
}

/* Another session of the same account that stores the same record and is not done with it. */
static PGconn *
hold(const char *name)
{
	PGconn *pg = PQconnectdb(f.conninfo);
	char sql[200];

	snprintf(sql, sizeof sql, "SET application_name = '%s'; SET ROLE sems_ingest; BEGIN", name);
	cluster_do(pg, sql);
	return pg;
}

/* Of an equal record: whoever comes second waits for the first. */
static void
store_first(PGconn *pg)
{
	struct item *it = fixture_event(g, "lane-1", 1);
	char id[UUID_TEXT_SIZE];
	char sql[600];

	uuid_format(&fixture_record(it)->v[ENV_RECORD_ID].uuid, id);
	snprintf(
	    sql, sizeof sql,
	    "INSERT INTO sems.tip_event (record_id, source, site_id, measure_code, occurred_at, "
	    "received_at, received_from) VALUES ('%s', 'lane-1', 'N1', '4.1', to_timestamp(%lld / "
	    "1000.0), now(), 'other')",
	    id, (long long)record_occurred_at(fixture_record(it)).v);
	cluster_do(pg, sql);
	fixture_seal(g);
	store_write(f.store, g);
}

Test(waits, says_who_has_the_lock_and_leaves_him_alone, .timeout = 60)
{
	PGconn *other = hold("somebody else");
	char who[64];

	store_first(other);
	snprintf(who, sizeof who, "holder=\"somebody else (backend %d)\"", PQbackendPID(other));
	for (int i = 0; i < TURNS_MAX && !says(who); i++)
		fixture_turn(&f);
	cr_expect(says("event=store.waits"), "%s", logged);
	cr_expect(says(who), "%s", logged);
	cr_expect_eq(f.n_written, 0);
	cr_expect_not(says("store.ended"));
	cluster_do(other, "ROLLBACK");
	fixture_wait_written(&f, 1);
	cr_expect_str_eq(fixture_verdicts(g), "STORED");
	PQfinish(other);
}

Test(waits, ends_a_semsd_that_stands_still_in_a_copy, .timeout = 60)
{
	PGconn *other = hold("semsd 1 on elsewhere");
	PGresult *res;

	store_first(other);
	res = PQexec(other, "COPY sems.touched_day (kind, since, until) FROM STDIN");
	cr_assert_eq(PQresultStatus(res), PGRES_COPY_IN);
	PQclear(res);
	fixture_wait_written(&f, 1);
	cr_expect_str_eq(fixture_verdicts(g), "STORED");
	cr_expect(says("event=store.ended session=\"semsd 1 on elsewhere"), "%s", logged);
	PQfinish(other);
}
