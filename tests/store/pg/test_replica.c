#include "base/count.h"
#include "store/pg/replica.h"
#include "store/store.h"
#include "tests/lib/cluster.h"
#include "tests/store/fixture.h"

#include <criterion/criterion.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>

#define TURNS_MAX 15000

/* A cluster of its own, since settings of a whole server are changed. */
static void
begin(struct cluster *own)
{
	struct err e;

	cluster_start(own);
	cluster_create(own, "sems", "template0");
	cr_assert_eq(schema_prepare(cluster_conninfo(own, "sems", "semsd"), &e), OK, "%s", e.text);
}

static void
wait_for(const char *names, PGconn *pg)
{
	char sql[160];

	snprintf(sql, sizeof sql, "ALTER SYSTEM SET synchronous_standby_names = '%s'", names);
	cluster_do(pg, "SET synchronous_commit = local");
	cluster_do(pg, sql);
	cluster_do(pg, "SELECT pg_reload_conf()");
}

/* Until the session has read what was set. */
static void
wait_read(PGconn *pg, const char *names)
{
	char sql[160];

	snprintf(sql, sizeof sql,
		 "SELECT count(*) WHERE current_setting('synchronous_standby_names') = '%s'",
		 names);
	for (int i = 0; i < TURNS_MAX && cluster_int(pg, sql) == 0; i++)
		cluster_do(pg, "SELECT pg_sleep(0.02)");
	cr_assert_eq(cluster_int(pg, sql), 1, "%s", names);
}

static void
wait_streaming(PGconn *pg)
{
	const char *sql = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'";

	for (int i = 0; i < TURNS_MAX && cluster_int(pg, sql) == 0; i++)
		cluster_do(pg, "SELECT pg_sleep(0.02)");
	cr_assert_eq(cluster_int(pg, sql), 1);
}

/* What standbys are waited for, and whether one named "other" that streams is enough. */
Test(replica, counts_the_standbys_that_a_commit_waits_for)
{
	static const struct {
		const char *names;
		const char *fault; /* a part of it; NULL: none */
	} rows[] = {
	    {"other", NULL},
	    {"*", NULL},
	    {"nosuch, other", NULL},
	    {"ANY 1 (other, nosuch)", NULL},
	    {"any 2 (other, nosuch)", "fewer synchronous standbys"},
	    {"FIRST 2 (other, nosuch)", "fewer synchronous standbys"},
	    {"2 (other, nosuch)", "fewer synchronous standbys"},
	    {"1(other)", NULL},
	    {"nosuch", "fewer synchronous standbys"},
	    {"", "synchronous_standby_names is empty"},
	};
	struct cluster own = {0};
	PGconn *watch;
	PGconn *pg;
	pid_t other;

	begin(&own);
	pg = PQconnectdb(cluster_conninfo(&own, "sems", "postgres"));
	watch = PQconnectdb(cluster_conninfo(&own, "sems", "semsd"));
	cluster_do(watch, "SET ROLE sems_watch");
	other = cluster_receive(&own);
	wait_streaming(pg);
	for (size_t i = 0; i < COUNT(rows); i++) {
		PGresult *res;
		const char *fault;

		wait_for(rows[i].names, pg);
		wait_read(watch, rows[i].names);
		/* The sender of WAL learns of it by itself. */
		for (int k = 0; k < 100; k++) {
			res = PQexec(watch, replica_sql);
			fault = replica_fault_of(res);
			PQclear(res);
			if ((fault == NULL) == (rows[i].fault == NULL))
				break;
			cluster_do(pg, "SELECT pg_sleep(0.05)");
		}
		if (rows[i].fault == NULL)
			cr_expect_null(fault, "%s: %s", rows[i].names, fault);
		else
			cr_expect(fault != NULL && strstr(fault, rows[i].fault) != NULL, "%s: %s",
				  rows[i].names, fault == NULL ? "none" : fault);
	}
	cluster_unreceive(other);
	PQfinish(watch);
	PQfinish(pg);
	cluster_stop(&own);
}

/* Its role sees standbys, and nothing of the evidence. */
Test(replica, asks_as_a_role_that_sees_no_record)
{
	PGconn *pg = cluster_connect(cluster_database());

	cluster_do(pg, "SET ROLE sems_watch");
	cr_expect_str_eq(cluster_state(pg, "SELECT count(*) FROM sems.tip_event"), "42501");
	cr_expect_str_eq(cluster_state(pg, "SELECT count(*) FROM sems.entity"), "42501");
	cr_expect_str_eq(cluster_state(pg, replica_sql), "00000");
	PQfinish(pg);
}

Test(replica, takes_no_commit_for_waiting_that_does_not_wait_for_another_disk)
{
	static const struct {
		const char *level;
		bool waits;
	} rows[] = {{"on", true},
		    {"remote_apply", true},
		    {"remote_write", false},
		    {"local", false},
		    {"off", false}};
	PGconn *pg = cluster_connect("postgres");

	for (size_t i = 0; i < COUNT(rows); i++) {
		char sql[80];
		const char *fault;
		PGresult *res;

		snprintf(sql, sizeof sql, "SET synchronous_commit = %s", rows[i].level);
		cluster_do(pg, sql);
		res = PQexec(pg, replica_sql);
		fault = replica_fault_of(res);
		cr_assert_not_null(fault);
		cr_expect_eq(strstr(fault, "synchronous_commit") == NULL, rows[i].waits, "%s: %s",
			     rows[i].level, fault);
		PQclear(res);
	}
	PQfinish(pg);
}

Test(replica, believes_a_commit_between_two_equal_marks_alone)
{
	const struct replica_mark good = {"2026-05-12 10:00:00+00", true};
	const struct replica_mark reloaded = {"2026-05-12 10:00:01+00", true};
	const struct replica_mark alone = {"2026-05-12 10:00:00+00", false};
	const struct replica_mark none = {"", true};

	cr_expect(replica_mark_holds(&good, &good));
	cr_expect_not(replica_mark_holds(&good, &reloaded));
	cr_expect_not(replica_mark_holds(&alone, &good));
	cr_expect_not(replica_mark_holds(&good, &alone));
	cr_expect_not(replica_mark_holds(&none, &none));
}

/* What a session sees before and after a reload. */
Test(replica, marks_change_with_the_configuration)
{
	struct replica_mark before = {0};
	struct replica_mark after = {0};
	struct cluster own = {0};
	PGconn *pg;
	PGresult *res;

	cluster_start(&own);
	pg = PQconnectdb(cluster_conninfo(&own, "postgres", "postgres"));
	res = PQexec(pg, replica_begin_sql);
	cr_assert_eq(PQnfields(res), REPLICA_MARK_COLUMNS);
	replica_mark_take(&before, res);
	PQclear(res);
	cr_expect_not(before.waits);
	wait_for("nosuch", pg);
	wait_read(pg, "nosuch");
	cluster_do(pg, "SET synchronous_commit = on");
	res = PQexec(pg, replica_mark_sql);
	cr_assert_eq(PQnfields(res), REPLICA_MARK_COLUMNS);
	replica_mark_take(&after, res);
	PQclear(res);
	cr_expect(after.waits);
	cr_expect_str_neq(before.loaded, after.loaded);
	PQfinish(pg);
	cluster_stop(&own);
}

/* --- groups -------------------------------------------------------------------------------------
 */

static void
open_pair(struct fixture *f, struct cluster *own)
{
	begin(own);
	fixture_open_replicated(f, own, "sems");
	cluster_do(f->pg, "SELECT sems.make_partition('tip_event', '2026-05-12')");
}

static void
wait_fault(struct fixture *f, bool is_none)
{
	for (int i = 0; i < TURNS_MAX && (store_fault(f->store) == NULL) != is_none; i++)
		fixture_turn(f);
	cr_assert_eq(store_fault(f->store) == NULL, is_none, "%s", store_fault(f->store));
}

/* One group of one event, and what it was answered. */
static enum verdict
write_one(struct fixture *f, unsigned n)
{
	struct group *g = fixture_group();
	enum verdict v;

	fixture_event(g, "lane-1", n);
	fixture_write(f, g);
	v = g->items[0].verdict;
	cr_expect_eq(g->items[0].retry_after_ms > 0, v == VERDICT_RETRY);
	fixture_free(g);
	return v;
}

/* P-402, P-406 */
Test(replica, records_are_sent_back_while_no_standby_has_them)
{
	struct cluster own = {0};
	struct fixture f;
	pid_t other;

	open_pair(&f, &own);
	cr_expect_eq(write_one(&f, 1), VERDICT_RETRY, "no standby is named");
	wait_for("other", f.pg);
	fixture_turn(&f);
	cr_expect_eq(write_one(&f, 1), VERDICT_RETRY, "none streams");
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.tip_event"), 0);
	other = cluster_receive(&own);
	wait_fault(&f, true);
	cr_expect_eq(write_one(&f, 1), VERDICT_STORED);
	cr_expect_eq(write_one(&f, 1), VERDICT_DUPLICATE);
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.durability_day "
				       "WHERE level = 'replicated'"),
		     1);
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.durability_day"), 1);
	cluster_unreceive(other);
	wait_fault(&f, false);
	cr_expect_eq(write_one(&f, 2), VERDICT_RETRY, "it streams no longer");
	wait_for("", f.pg);
	cr_expect_eq(write_one(&f, 2), VERDICT_RETRY, "none is named any longer");
	fixture_close(&f);
	cluster_stop(&own);
}

/* The standby goes while a commit waits for it: its outcome is told when one is there again. */
/* P-402 */
Test(replica, a_commit_that_waits_in_vain_is_no_answer)
{
	struct group *g = fixture_group();
	struct fixture f;
	struct cluster own = {0};
	pid_t other;

	open_pair(&f, &own);
	wait_for("other", f.pg);
	other = cluster_receive(&own);
	wait_fault(&f, true);
	cr_expect_eq(write_one(&f, 1), VERDICT_STORED);
	/* It stands still: the server takes it for streaming, and commits wait. */
	kill(other, SIGSTOP);
	fixture_event(g, "lane-1", 2);
	fixture_seal(g);
	store_write(f.store, g);
	for (int i = 0; i < TURNS_MAX && cluster_int(f.pg, "SELECT count(*) FROM pg_stat_activity "
							   "WHERE wait_event = 'SyncRep'") == 0;
	     i++)
		fixture_turn(&f);
	cr_assert_eq(f.n_written, 1, "answered though no standby has it");
	cluster_unreceive(other);
	fixture_wait_written(&f, 2);
	cr_expect_str_eq(fixture_verdicts(g), "RETRY");
	other = cluster_receive(&own);
	wait_fault(&f, true);
	cr_expect_eq(write_one(&f, 2), VERDICT_DUPLICATE);
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.tip_event"), 2);
	fixture_free(g);
	cluster_unreceive(other);
	fixture_close(&f);
	cluster_stop(&own);
}
