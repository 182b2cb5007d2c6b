/* What came for a quarter that had been submitted without it: DQ04. */
#include "tests/store/proof_fixture.h"

#include <criterion/criterion.h>

#include <stdio.h>

STORE_SUITE(submitted, fixture_open, 0);

static const struct quarter q1 = {2026, 1};
static const struct quarter q2 = {2026, 2};
static const struct quarter q3 = {2026, 3};

/* So many activity counts of the first quarter; which were received on this day. */
static void
add_received(int n, const char *day)
{
	char sql[200];

	cluster_do(f.pg,
		   "CREATE TABLE IF NOT EXISTS before AS SELECT record_id FROM sems.activity");
	spd_add_at(&f, "2026-02-12T09:30:00Z", "activity", n, ", activity, count",
		   ", 'FLIGHTS', 100");
	snprintf(sql, sizeof sql,
		 "UPDATE sems.activity SET received_at = '%s' WHERE record_id NOT IN (SELECT "
		 "record_id FROM before); DROP TABLE before",
		 day);
	cluster_do(f.pg, sql);
}

static void
submit(struct quarter q, const char *at)
{
	char sql[700];

	json_decref(spd_compute_quarter(&f, SPD_TASK_FREEZE, q));
	snprintf(
	    sql, sizeof sql,
	    "INSERT INTO sems.spd_event (quarter, revision, made_by, action, channel, reference) "
	    "SELECT '%04d-Q%d', 1, e.who, e.action, CASE e.action WHEN 'SUBMIT' THEN 'post' END, "
	    "CASE e.action WHEN 'SUBMIT' THEN 'letter 1' END FROM (VALUES (1, 'unix:bob', 'QA'), "
	    "(2, 'unix:cy', 'APPROVE'), (3, 'unix:ann', 'SUBMIT')) AS e (n, who, action) "
	    "ORDER BY e.n; ALTER TABLE sems.spd_event DISABLE TRIGGER USER; "
	    "UPDATE sems.spd_event SET at = '%s'; ALTER TABLE sems.spd_event ENABLE TRIGGER USER",
	    q.year, q.q, at);
	cluster_do(f.pg, sql);
}

/* What the figure of this quarter says. */
static void
expect(struct quarter q, const char *by, const char *expected)
{
	json_t *doc = spd_compute_quarter(&f, SPD_TASK_SHOW, q);

	FIGURE_SAYS(doc, "DQ04", by, expected);
	json_decref(doc);
}

Test(submitted, nought_is_a_fact_once_a_quarter_was_submitted)
{
	add_received(2, "2026-02-13Z");
	expect(q2, "", "-/- - NOTHING_SUBMITTED");
	submit(q1, "2026-04-20Z");
	cluster_do(f.pg, "INSERT INTO sems.site (site_id, name) VALUES ('N1', 'North')");
	expect(q1, "", "-/- - NOTHING_SUBMITTED"); /* by its own end nothing was */
	expect(q2, "", "0/- 0 NO_TARGET");
	expect(q2, "quarter=2026-Q1", "0/- 0 NO_TARGET");
	expect(q3, "site=N1", "0/- 0 NO_TARGET");
}

Test(submitted, what_came_since_counts_in_the_quarter_in_which_it_came)
{
	add_received(2, "2026-02-13Z");
	submit(q1, "2026-04-20Z");
	add_received(3, "2026-05-13Z");
	add_received(1, "2026-07-13Z");
	spd_add(&f, "activity", 7, ", activity, count", ", 'FLIGHTS', 100"); /* of its own */
	expect(q2, "", "3/- 3 NO_TARGET");
	expect(q2, "site=N1", "3/- 3 NO_TARGET");
	expect(q2, "quarter=2026-Q1", "3/- 3 NO_TARGET");
	expect(q3, "", "1/- 1 NO_TARGET");
	/* Once feeds are kept of the first quarter these tell on which days to look. */
	json_decref(spd_compute_quarter(&f, SPD_TASK_SHOW, q1));
	expect(q2, "", "3/- 3 NO_TARGET");
}

/* The freeze went by transactions: so does this, whatever the clocks say. */
Test(submitted, what_the_revision_had_read_is_none_of_it)
{
	add_received(2, "2026-05-13Z");
	submit(q1, "2026-04-20Z");
	json_decref(spd_compute_quarter(&f, SPD_TASK_SHOW, q1));
	expect(q2, "", "0/- 0 NO_TARGET");
}

static void
add_void(const char *of)
{
	char sql[700];

	snprintf(sql, sizeof sql,
		 "SELECT sems.make_partition('void', '2026-02-12Z'); INSERT INTO sems.void "
		 "(record_id, source, occurred_at, received_at, received_from, "
		 "corrects_record_id, correction_reason) SELECT gen_random_uuid(), source, "
		 "occurred_at, '2026-05-14Z', 'x', record_id, 'twice' FROM sems.%s LIMIT 1; "
		 /* The root's time is in its identity, which these made-up ones do not carry. */
		 "UPDATE sems.correction c SET root_occurred_at = a.occurred_at FROM sems.%s a "
		 "WHERE a.record_id = c.root_record_id",
		 of, of);
	cluster_do(f.pg, sql);
}

Test(submitted, tells_voids_from_new_records)
{
	json_t *doc;

	add_received(2, "2026-02-13Z");
	submit(q1, "2026-04-20Z");
	add_void("activity");
	add_received(1, "2026-05-13Z");
	doc = spd_compute_quarter(&f, SPD_TASK_SHOW, q2);
	FIGURE_SAYS(doc, "DQ04", "", "2/- 2 NO_TARGET");
	cr_expect_eq(spd_part(doc, "DQ04", "VOIDS"), 1);
	cr_expect_eq(spd_part(doc, "DQ04", "NEW_RECORDS"), 1);
	cr_expect_eq(spd_part(doc, "DQ04", "CORRECTIONS"), 0);
	json_decref(doc);
}

/* A record of the year before was corrected to lie in the quarter, and is voided after that. */
Test(submitted, tells_what_undoes_a_record_that_was_moved_there)
{
	json_t *doc;

	spd_add_at(&f, "2025-12-30T09:30:00Z", "activity", 1, ", activity, count",
		   ", 'FLIGHTS', 100");
	cluster_do(
	    f.pg,
	    "SELECT sems.make_partition('activity', '2026-02-12Z'); INSERT INTO sems.activity "
	    "SELECT (jsonb_populate_record(a, jsonb_build_object('record_id', gen_random_uuid(), "
	    "'occurred_at', '2026-02-12T09:30:00Z', 'received_at', '2026-02-13T00:00:00Z', "
	    "'corrects_record_id', a.record_id, 'corrects_source', a.source, 'corrected_at', "
	    "'2026-02-13T00:00:00Z', 'correction_reason', 'the wrong year'))).* FROM "
	    "sems.activity a; UPDATE sems.correction SET root_occurred_at = "
	    "'2025-12-30T09:30:00Z'");
	submit(q1, "2026-04-20Z");
	expect(q2, "", "0/- 0 NO_TARGET");
	cluster_do(
	    f.pg,
	    "SELECT sems.make_partition('void', '2025-12-30Z'); INSERT INTO sems.void (record_id, "
	    "source, occurred_at, received_at, received_from, corrects_record_id, "
	    "correction_reason) SELECT gen_random_uuid(), source, occurred_at, '2026-05-14Z', 'x', "
	    "record_id, 'twice' FROM sems.activity WHERE corrects_record_id IS NULL; "
	    "UPDATE sems.correction SET root_occurred_at = '2025-12-30T09:30:00Z'");
	doc = spd_compute_quarter(&f, SPD_TASK_SHOW, q2);
	FIGURE_SAYS(doc, "DQ04", "", "1/- 1 NO_TARGET");
	cr_expect_eq(spd_part(doc, "DQ04", "VOIDS"), 1);
	json_decref(doc);
}

Test(submitted, tells_nothing_of_tests_under_embargo)
{
	add_received(2, "2026-02-13Z");
	submit(q1, "2026-04-20Z");
	spd_add_at(&f, "2026-02-12T10:00:00Z", "test", 1, ", mode, outcome, embargo",
		   ", 'COVERT', 'FAIL', true");
	cluster_do(f.pg, "UPDATE sems.test SET received_at = '2026-05-13Z'");
	add_void("test");
	expect(q2, "", "0/- 0 NO_TARGET");
}
