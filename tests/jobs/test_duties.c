/* The duties on a database of the test's own, with the test's clock. */
#include "base/count.h"
#include "base/log.h"
#include "jobs/duties.h"
#include "store/schema/schema.h"
#include "tests/jobs/scene.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct scene s;
static struct duties *duties;
static int64_t set_by_ms; /* of the clock, what did not pass */
static int n_purged;

static struct mono_ms
mono(void *ctx)
{
	(void)ctx;
	return (struct mono_ms){s.now.v - set_by_ms};
}

static void
on_purged(void *ctx)
{
	(void)ctx;
	n_purged++;
}

/* As scene_set_clock(), but that time does not pass. */
static void
jump_clock(const char *rfc3339)
{
	int64_t before = s.now.v;

	scene_set_clock(&s, rfc3339);
	set_by_ms += s.now.v - before;
}

static bool
idle(void)
{
	return duties_is_idle(duties);
}

/* One look to its end. */
static void
look(void)
{
	duties_look(duties);
	cr_assert(scene_turn_until(&s, idle), "the duties never ended");
}

static struct duties *
make_duties(void)
{
	struct duties_config config = duties_defaults();

	/* Only the test looks. */
	config.first_look_ms = config.look_ms = 3600 * 1000;
	config.now = scene_now;
	config.mono = mono;
	config.keys = s.keys;
	config.on_purged = on_purged;
	config.ctx = &s;
	return duties_new(s.base, s.store, &config);
}

static void
open_duties(void)
{
	struct err e;

	scene_open(&s);
	cr_assert_eq(schema_check_keys(s.conninfo, s.keys, &e), OK, "%s", e.text);
	duties = make_duties();
	cr_assert_not_null(duties);
}

static void
open_entity(void)
{
	open_duties();
	cluster_do(s.pg, "SELECT sems.setup_entity('Harbour View Airport', 'Europe/London')");
}

static void
close_duties(void)
{
	duties_free(duties);
	scene_close(&s);
}

TestSuite(duties, .init = open_entity, .fini = close_duties);
TestSuite(duties_alone, .init = open_duties, .fini = close_duties);

static int64_t
partitions(void)
{
	return cluster_int(s.pg, "SELECT count(*) FROM sems.evidence_month");
}

Test(duties_alone, wait_for_the_entity)
{
	look();
	cr_expect_eq(cluster_int(s.pg, "SELECT count(*) FROM sems.duty"), 0);
}

Test(duties, make_partitions_for_this_month_and_three_to_come)
{
	look();
	cr_expect_eq(partitions(), 4 * cluster_int(s.pg, "SELECT count(*) FROM sems.kind"));
}

Test(duties, count_the_days_that_were_touched)
{
	look();
	cluster_do(s.pg, "SELECT sems.make_partition('activity', '2026-05-12Z')");
	cluster_do(s.pg, "INSERT INTO sems.activity (record_id, source, site_id, occurred_at, "
			 "activity, count, received_at, received_from) VALUES (gen_random_uuid(), "
			 "'s', 'N1', '2026-05-12T09:00:00Z', 'FLIGHTS', 4, now(), 'test')");
	cr_expect_gt(cluster_int(s.pg, "SELECT count(*) FROM sems.touched_day"), 0);
	scene_set_clock(&s, "2026-05-15T11:00:00Z");
	look();
	cr_expect_eq(cluster_int(s.pg, "SELECT count(*) FROM sems.touched_day"), 0);
	cr_expect_eq(cluster_int(s.pg, "SELECT sum(n) FROM sems.day_count JOIN sems.cube USING "
				       "(cube_id) WHERE name = 'activity'"),
		     1);
}

Test(duties, leave_what_another_claims_and_say_who_that_is)
{
	PGconn *other = cluster_connect(PQdb(s.pg));
	char said[8192];
	char who[64];
	int out[2];
	ssize_t n;

	cr_assert_eq(pipe(out), 0);
	cluster_do(other,
		   "SET application_name = 'semsd 7 on elsewhere'; BEGIN; "
		   "SELECT pg_advisory_xact_lock(hashtextextended('sems.duty.partitions', 0))");
	log_setup(out[1], LOG_LEVEL_INFO);
	look();
	log_setup(STDERR_FILENO, LOG_LEVEL_INFO);
	n = read(out[0], said, sizeof said - 1);
	said[n < 0 ? 0 : n] = '\0';
	snprintf(who, sizeof who, "holder=\"semsd 7 on elsewhere (backend %d)\"",
		 PQbackendPID(other));
	cr_expect_not_null(strstr(said, "event=duty.held duty=partitions"), "%s", said);
	cr_expect_not_null(strstr(said, who), "%s", said);
	cr_expect_eq(partitions(), 0);
	cr_expect_null(strstr(said, "duty=counts"), "%s", said);
	PQfinish(other);
	close(out[0]);
	close(out[1]);
}

/* Drops a month ahead, so that whether the duty has run again can be seen. */
static void
drop_newest(void)
{
	cluster_do(s.pg,
		   "DO $$ BEGIN EXECUTE (SELECT format('DROP TABLE %s', partition) "
		   "FROM sems.evidence_month WHERE kind = 'plan' ORDER BY month DESC LIMIT 1); "
		   "END $$");
}

Test(duties, are_done_once_in_their_time)
{
	int64_t all;

	look();
	all = partitions();
	drop_newest();
	scene_set_clock(&s, "2026-05-15T10:59:59Z");
	look();
	cr_expect_eq(partitions(), all - 1);
	scene_set_clock(&s, "2026-05-15T11:00:00Z");
	look();
	cr_expect_eq(partitions(), all);
}

Test(duties, are_left_to_the_daemon_that_is_at_them)
{
	PGconn *other = cluster_connect(PQdb(s.pg));

	cluster_do(other, "BEGIN; SELECT sems.begin_duty('partitions', now(), '1 hour')");
	look();
	cr_expect_eq(partitions(), 0);
	cluster_do(other, "ROLLBACK");
	look();
	cr_expect_gt(partitions(), 0);
	PQfinish(other);
}

Test(duties, run_again_after_a_clock_that_was_ahead)
{
	scene_set_clock(&s, "2036-05-15T10:00:00Z");
	look();
	drop_newest();
	scene_set_clock(&s, "2026-05-15T10:00:00Z");
	look();
	cr_expect_eq(partitions(), 4 * cluster_int(s.pg, "SELECT count(*) FROM sems.kind"));
}

/* One activity record of 2026-02-10. */
static void
store_evidence(void)
{
	cluster_do(s.pg, "SELECT sems.make_partition('activity', '2026-02-10Z'); "
			 "INSERT INTO sems.activity (record_id, source, occurred_at, occurred_end, "
			 "received_at, received_from, site_id, activity, count, method) VALUES "
			 "('019c4500-0000-7000-8000-000000000001', 'lane', '2026-02-10Z', "
			 "'2026-02-10T01:00Z', now(), 'x', 'T1', 'CABIN_BAGS', 7, 'COUNTED')");
}

Test(duties, keep_the_figures_of_a_quarter_that_has_ended)
{
	store_evidence();
	scene_set_clock(&s, "2026-04-03T10:00:00Z");
	look();
	cr_expect_eq(cluster_int(s.pg, "SELECT count(*) FROM sems.spd_live"), 0,
		     "late records had not three days");
	/* 2026-Q1 ended at 23:00Z on 31 March, in London. */
	scene_set_clock(&s, "2026-04-03T23:00:00Z");
	look();
	cr_expect_str_eq(cluster_text(s.pg, "SELECT string_agg(quarter, ' ') FROM sems.spd_live"),
			 "2026-Q1");
}

/* The clock was ahead over the quarter's end, and was set back. */
Test(duties, keep_them_anew_when_they_were_kept_as_of_a_time_to_come)
{
	store_evidence();
	cluster_do(s.pg, "INSERT INTO sems.spd_live (quarter, as_of, document) VALUES ('2026-Q1', "
			 "now() + interval '1 hour', 'too early')");
	scene_set_clock(&s, "2026-04-03T23:00:00Z");
	look();
	cr_expect_eq(cluster_int(s.pg, "SELECT count(*) FROM sems.spd_live WHERE document <> 'too "
				       "early' AND as_of <= now()"),
		     1);
	cluster_do(s.pg, "UPDATE sems.spd_live SET document = 'kept'");
	scene_set_clock(&s, "2026-04-04T01:00:00Z");
	look();
	cr_expect_str_eq(cluster_text(s.pg, "SELECT document FROM sems.spd_live"), "kept");
}

Test(duties, work_out_no_quarter_without_evidence)
{
	scene_set_clock(&s, "2026-04-10T00:00:00Z");
	look();
	cr_expect_eq(cluster_int(s.pg, "SELECT count(*) FROM sems.spd_live"), 0);
}

static void
submit(void)
{
	cluster_submit(s.pg, "2026-Q1", "2026-05-01Z");
}

static void
shorten_policy(void)
{
	cluster_do(s.pg, "UPDATE sems.retention_policy SET min_months = 7, max_months = 8 "
			 "WHERE kind = 'activity'");
}

Test(duties, remove_nothing_for_a_day_after_the_clock_was_set)
{
	store_evidence();
	shorten_policy();
	submit();
	look();
	jump_clock("2027-05-16T10:00:00Z");
	look();
	cr_expect_eq(cluster_int(s.pg, "SELECT count(*) FROM sems.activity"), 1);
	scene_set_clock(&s, "2027-05-17T09:59:59Z");
	look();
	cr_expect_eq(cluster_int(s.pg, "SELECT count(*) FROM sems.activity"), 1);
	scene_set_clock(&s, "2027-05-17T10:00:00Z");
	look();
	cr_expect_eq(cluster_int(s.pg, "SELECT count(*) FROM sems.activity"), 0);
}

/* It was off, or its clock is years ahead: nobody can tell at the start. */
Test(duties, remove_nothing_for_a_day_when_none_has_run_for_long)
{
	store_evidence();
	shorten_policy();
	submit();
	cluster_do(
	    s.pg,
	    "INSERT INTO sems.duty (duty, last_run_at) VALUES ('counts', '2027-04-10T10:00:00Z')");
	scene_set_clock(&s, "2027-05-16T10:00:00Z");
	look();
	cr_expect_eq(cluster_int(s.pg, "SELECT count(*) FROM sems.activity"), 1);
	scene_set_clock(&s, "2027-05-17T10:00:00Z");
	look();
	cr_expect_eq(cluster_int(s.pg, "SELECT count(*) FROM sems.activity"), 0);
}

Test(duties, drop_what_may_go_and_say_so)
{
	store_evidence();
	shorten_policy();
	scene_set_clock(&s, "2027-05-15T10:00:00Z");
	look();
	cr_expect_eq(cluster_int(s.pg, "SELECT count(*) FROM sems.activity"), 1,
		     "the quarter is not submitted");
	cr_expect_eq(n_purged, 0);
	submit();
	look();
	cr_expect_eq(cluster_int(s.pg, "SELECT count(*) FROM sems.activity"), 1,
		     "it ran today already");
	scene_set_clock(&s, "2027-05-16T10:00:00Z");
	look();
	cr_expect_eq(cluster_int(s.pg, "SELECT count(*) FROM sems.activity"), 0);
	cr_expect_eq(n_purged, 1);
	cr_expect_str_eq(cluster_text(s.pg, "SELECT dropped_by FROM sems.purge_certificate"),
			 "semsd");
}

Test(duties, end_what_is_quarantined_ninety_days_after_it_came_the_last_time)
{
	cluster_do(s.pg,
		   "INSERT INTO sems.quarantine (source, principal, reason, field, message, "
		   "received_at, last_received_at, raw_sealed, raw_mac) "
		   "SELECT 'lane', 'unix:anna', 'MISSING', 'x', 'y', "
		   "'2026-05-15T10:00Z'::timestamptz - make_interval(days => d), "
		   "'2026-05-15T10:00Z'::timestamptz - make_interval(days => e), "
		   "'', int4send(d) FROM (VALUES (89, NULL), (91, NULL), (99, 89), (199, 91)) AS "
		   "v(d, e)");
	scene_set_clock(&s, "2026-05-15T10:00:00Z");
	look();
	cr_expect_str_eq(cluster_text(s.pg, "SELECT string_agg(get_byte(raw_mac, 3)::text, ' ' "
					    "ORDER BY 1) FROM sems.quarantine"),
			 "89 99", "by the clock that says when they came, not the database's");
}

static const char *
ends_of(const char *duty)
{
	char sql[300];

	snprintf(sql, sizeof sql,
		 "SELECT concat_ws(' ', bad_ends, runs, to_char(aside_until AT TIME ZONE 'UTC', "
		 "'MM-DD HH24:MI')) FROM sems.duty WHERE duty = '%s'",
		 duty);
	return cluster_text(s.pg, sql);
}

/* As if semsd died of it: it was begun, and nobody said how it ended. */
static void
die_of_partitions(void)
{
	cluster_do(s.pg, "UPDATE sems.duty SET runs = true WHERE duty = 'partitions'");
}

Test(duties, are_set_aside_for_a_day_when_semsd_died_of_them_twice)
{
	look();
	cr_expect_str_eq(ends_of("partitions"), "0 f");
	drop_newest();
	die_of_partitions();
	scene_set_clock(&s, "2026-05-15T11:00:00Z");
	look();
	cr_expect_str_eq(ends_of("partitions"), "0 f", "once is chance: %s", ends_of("partitions"));
	drop_newest();
	cluster_do(s.pg, "UPDATE sems.duty SET bad_ends = 1 WHERE duty = 'partitions'");
	die_of_partitions();
	scene_set_clock(&s, "2026-05-15T12:00:00Z");
	look();
	cr_expect_str_eq(ends_of("partitions"), "2 f 05-16 12:00");
	cr_expect_not_null(strstr(cluster_text(s.pg, "SELECT failure FROM sems.duty WHERE duty = "
						     "'partitions'"),
				  "semsd ended"));
	cr_expect_str_eq(ends_of("retention"), "0 f", "the rest goes on");
	scene_set_clock(&s, "2026-05-16T11:59:59Z");
	look();
	cr_expect_neq(partitions(), 4 * cluster_int(s.pg, "SELECT count(*) FROM sems.kind"));
	scene_set_clock(&s, "2026-05-16T12:00:00Z");
	look();
	cr_expect_eq(partitions(), 4 * cluster_int(s.pg, "SELECT count(*) FROM sems.kind"));
	cr_expect_str_eq(ends_of("partitions"), "0 f");
}

Test(duties, are_done_anew_when_others_changed_the_same)
{
	static const char *const tables[] = {"sems.duty", "sems.touched_day", "sems.quarantine"};

	for (size_t i = 0; i < COUNT(tables); i++) {
		cluster_do(s.pg, "UPDATE sems.duty SET last_run_at = NULL");
		cluster_conflict(s.pg, tables[i], 2, i % 2 == 0);
		look();
		cr_expect_gt(cluster_int(s.pg, "SELECT last_value FROM public.conflict"), 2);
		cr_expect_eq(
		    cluster_int(s.pg, "SELECT count(*) FROM sems.duty WHERE runs OR bad_ends > 0"),
		    0, "%s", tables[i]);
		cluster_do(s.pg, "DROP FUNCTION public.conflict() CASCADE");
	}
}

Test(duties, are_set_aside_when_they_failed_twice)
{
	cluster_do(s.pg, "CREATE FUNCTION public.no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
			 "RAISE 'broken'; END $$; CREATE TRIGGER no BEFORE DELETE OR UPDATE ON "
			 "sems.quarantine EXECUTE FUNCTION public.no()");
	look();
	cr_expect_str_eq(ends_of("quarantine"), "1 f");
	look();
	cr_expect_str_eq(ends_of("quarantine"), "2 f", "its claim was given back");
	look();
	cr_expect_str_eq(ends_of("quarantine"), "2 f 05-16 10:00");
	cluster_do(s.pg, "DROP TRIGGER no ON sems.quarantine");
	look();
	cr_expect_str_eq(ends_of("quarantine"), "2 f 05-16 10:00", "it has its rest");
	scene_set_clock(&s, "2026-05-16T10:00:00Z");
	look();
	cr_expect_str_eq(ends_of("quarantine"), "0 f");
}

/* As in a database that was set up before the zone's government changed its mind. */
Test(duties, say_which_days_of_the_calendar_are_not_todays)
{
	static const char kept[] =
	    "SELECT concat_ws(' ', days, first_day, last_day, runs) FROM sems.calendar_check";

	look();
	cr_expect_str_eq(cluster_text(s.pg, kept), "0 []");
	cluster_do(s.pg, "UPDATE sems.civil_day SET starts_at = starts_at - interval '1 hour' "
			 "WHERE day BETWEEN '2027-04-02' AND '2027-04-04'; "
			 "UPDATE sems.civil_day SET ends_at = ends_at - interval '1 hour' "
			 "WHERE day BETWEEN '2027-04-01' AND '2027-04-03'");
	/* Once a day, and at each start. */
	look();
	cr_expect_str_eq(cluster_text(s.pg, kept), "0 []");
	duties_free(duties);
	duties = make_duties();
	look();
	cr_expect_str_eq(cluster_text(s.pg, kept),
			 "4 2027-04-01 2027-04-04 [{\"days\": 4, \"last_day\": \"2027-04-04\", "
			 "\"first_day\": \"2027-04-01\", \"minutes_later\": 60}]");
}
