#include "store/count/recount.h"
#include "tests/lib/machine_walk.h"
#include "tests/store/spd_fixture.h"

#include <criterion/criterion.h>

#include <string.h>

STORE_SUITE(recount, fixture_open, 120);

#define ADD(n) spd_add(&f, "observation", n, "", "")

static void
counts_say(const char *metric, const char *expected)
{
	json_t *doc = spd_compute_from(&f, SPD_FROM_COUNTS);

	FIGURE_SAYS(doc, metric, "", expected);
	json_decref(doc);
}

static void
records_say(const char *metric, const char *expected)
{
	json_t *doc = spd_compute_from(&f, SPD_FROM_RAW);

	FIGURE_SAYS(doc, metric, "", expected);
	json_decref(doc);
}

static int64_t
in_log(void)
{
	return cluster_int(f.pg, "SELECT count(*) FROM sems.touched_day");
}

Test(recount, goes_where_its_table_says)
{
	static const char *const edges[] = {
	    "lock: nothing more to ask > touched days, it failed > ended, another one counts > "
	    "ended",
	    "touched days: nothing more to ask > plans on, it failed > ended",
	    "plans on: nothing more to ask > quarters, it failed > ended",
	    "quarters: nothing more to ask > cubes, it failed > ended, no quarter has records > "
	    "ended",
	    "cubes: nothing more to ask > what is counted, it failed > ended",
	    "what is counted: nothing more to ask > counting, it failed > ended",
	    "counting: nothing more to ask > forgetting, it failed > ended, others wait > ended, a "
	    "further quarter > cubes",
	    "forgetting: nothing more to ask > ended, it failed > ended",
	    "ended: ",
	};

	MACHINE_WALK(&recount_machine, edges);
}

Test(recount, counts_each_day_of_each_cube_once)
{
	ADD(3);
	cr_expect_gt(spd_recount(&f), 0);
	cr_expect_eq(in_log(), 0);
	cr_expect_eq(spd_recount(&f), 0);
	counts_say("OB01", "3/- 3 NONE");
}

/* Files reach back many years. */
Test(recount, counts_every_quarter_that_has_records)
{
	cluster_do(f.pg, "SELECT sems.make_partition('tip_event', (date '2005-02-01' + "
			 "make_interval(months => 3 * n))::date) FROM generate_series(0, 69) AS n");
	cluster_do(f.pg,
		   "INSERT INTO sems.tip_event (record_id, source, site_id, occurred_at, "
		   "received_at, received_from, device_id, outcome) SELECT gen_random_uuid(), "
		   "'lane', 'T1', timestamptz '2005-02-01 12:00Z' + make_interval(months => "
		   "3 * n), now(), 'x', 'X1', 'HIT' FROM generate_series(0, 69) AS n");
	while (spd_recount(&f) > 0)
		;
	cr_expect_eq(cluster_int(f.pg, "SELECT count(DISTINCT quarter) FROM sems.quarter_count"),
		     70);
}

/* Else this test program would prove nothing about counts. */
Test(recount, makes_counts_that_are_used)
{
	ADD(3);
	spd_recount(&f);
	cluster_do(f.pg, "UPDATE sems.quarter_count SET n = n + 1 WHERE week IS NULL");
	counts_say("OB01", "4/- 4 NONE");
	records_say("OB01", "3/- 3 NONE");
}

Test(recount, leaves_in_the_log_what_was_not_committed_when_it_looked)
{
	PGconn *other = cluster_connect(f.database);

	ADD(2);
	spd_recount(&f);
	cluster_do(other, "BEGIN; INSERT INTO sems.observation (record_id, source, occurred_at, "
			  "received_at, received_from) VALUES (gen_random_uuid(), 'src', '" IN_Q2
			  "', now(), 'test')");
	spd_recount(&f);
	counts_say("OB01", "2/- 2 NONE");
	cluster_do(other, "COMMIT");
	cr_expect_gt(in_log(), 0);
	counts_say("OB01", "3/- 3 NONE");
	spd_recount(&f);
	counts_say("OB01", "3/- 3 NONE");
	cr_expect_eq(in_log(), 0);
	PQfinish(other);
}

Test(recount, notices_evidence_that_was_changed_behind_semsds_back)
{
	ADD(4);
	spd_recount(&f);
	cluster_do(f.pg, "DELETE FROM sems.observation WHERE ctid IN "
			 "(SELECT ctid FROM sems.observation LIMIT 1)");
	counts_say("OB01", "3/- 3 NONE");
	spd_recount(&f);
	counts_say("OB01", "3/- 3 NONE");
	cluster_do(f.pg, "TRUNCATE sems.observation");
	counts_say("OB01", "-/- - NO_DATA");
	spd_recount(&f);
	counts_say("OB01", "-/- - NO_DATA");
}

Test(recount, counts_anew_what_another_catalogue_asks_for)
{
	ADD(5);
	spd_recount(&f);
	/* As if the definitions were others. */
	cluster_do(f.pg, "UPDATE sems.cube SET digest = 'old ' || digest");
	counts_say("OB01", "5/- 5 NONE");
	cr_expect_gt(spd_recount(&f), 0);
	counts_say("OB01", "5/- 5 NONE");
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.cube WHERE digest ~ '^old'"), 0);
}

static void
on_done(struct recount_run *r, const struct err *e)
{
	int *n = r->ctx;

	cr_expect(e->code == OK || code_is_retry(e->code), "%s: %s", e->where, e->text);
	(*n)++;
}

Test(recount, is_done_by_one_of_two_daemons_at_a_time)
{
	struct fixture second;
	struct err e = {0};
	int n = 0;
	struct recount_run runs[2];

	fixture_second(&second, &f);
	ADD(6);
	for (int i = 0; i < 2; i++) {
		runs[i] =
		    (struct recount_run){.lanes = store_lanes(i == 0 ? f.store : second.store),
					 .catalogue = spd_catalogue(&e),
					 .done = on_done,
					 .ctx = &n};
		recount_start(&runs[i]);
	}
	for (int i = 0; i < 15000 && n < 2; i++)
		fixture_turn(&f);
	cr_assert_eq(n, 2);
	for (int i = 0; i < 2; i++)
		recount_fini(&runs[i]);
	spd_recount(&f);
	counts_say("OB01", "6/- 6 NONE");
	cr_expect_eq(cluster_int(f.pg, "SELECT sum(n) FROM sems.day_count JOIN sems.cube USING "
				       "(cube_id) WHERE name = 'observation'"),
		     6);
	fixture_close(&second);
}

/* How many days a turn counts. */
static unsigned
turn(void)
{
	struct err e = {0};
	int n = 0;
	struct recount_run r = {.lanes = store_lanes(f.store),
				.catalogue = spd_catalogue(&e),
				.done = on_done,
				.ctx = &n};

	recount_start(&r);
	for (int i = 0; i < 15000 && n == 0; i++)
		fixture_turn(&f);
	cr_expect_not(r.more);
	recount_fini(&r);
	return (unsigned)r.n_counted;
}

Test(recount, does_not_count_a_day_again_within_minutes)
{
	ADD(2);
	spd_recount(&f);
	ADD(1);
	cr_expect_eq(turn(), 0);
	/* The log is in the state now, and the figure is exact all the same. */
	cr_expect_eq(in_log(), 0);
	counts_say("OB01", "3/- 3 NONE");
}

/* Counted while a clock was ahead, which was set back: that is not a moment ago, for ever. */
Test(recount, does_not_take_a_time_to_come_for_a_moment_ago)
{
	ADD(2);
	spd_recount(&f);
	cluster_do(f.pg, "UPDATE sems.counted_day SET counted_at = now() + interval '1 day'");
	ADD(1);
	cr_expect_gt(turn(), 0);
	counts_say("OB01", "3/- 3 NONE");
}

#define COVERT                                                                           \
	"INSERT INTO sems.test (record_id, source, site_id, measure_code, occurred_at, " \
	"received_at, received_from, mode, outcome, corrects_record_id, corrected_at, "  \
	"debriefed_at) VALUES "
#define ROOT "'019e1b1c-54c0-7000-8000-000000000001'"

Test(recount, counts_a_test_under_embargo_nowhere_until_its_debrief)
{
	static const char counted[] = "SELECT count(*) FROM sems.day_count JOIN sems.cube USING "
				      "(cube_id) WHERE kind = 'test'";

	cluster_do(f.pg, "SELECT sems.make_partition('test', '" IN_Q2 "'), "
			 "sems.make_partition('test', '2026-06-03Z')");
	cluster_do(f.pg, COVERT "(" ROOT ", 's', 'N1', '4.1', sems.uuid_time(" ROOT
				"), now(), 't', 'COVERT', 'FAIL', NULL, NULL, NULL)");
	spd_recount(&f);
	cr_expect_eq(cluster_int(f.pg, counted), 0);
	counts_say("TS01", "-/- - NO_DATA");
	/* The debrief, later and on another day. */
	cluster_do(f.pg, COVERT "(gen_random_uuid(), 's', 'N1', '4.1', '2026-06-03T10:00:00Z', "
				"now(), 't', 'COVERT', 'FAIL', " ROOT
				", '2026-06-03T10:00:00Z', '2026-06-03T10:00:00Z')");
	counts_say("TS01", "1/- 1 NONE");
	spd_recount(&f);
	cr_expect_gt(cluster_int(f.pg, counted), 0);
	counts_say("TS01", "1/- 1 NONE");
	/* Now its root is known, too. */
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.day_count JOIN sems.cube USING "
				       "(cube_id) WHERE name = 'received test' "
				       "AND day = '2026-05-12'"),
		     1);
}
