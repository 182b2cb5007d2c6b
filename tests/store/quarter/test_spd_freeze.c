#include "base/count.h"
#include "store/quarter/spd_freeze.h"
#include "tests/store/spd_fixture.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

STORE_SUITE(spd_freeze, fixture_open, 0);

/* The role that the daemon takes for all of this, trying it directly. */
static const char *
as_compute(const char *sql)
{
	static char state[6];

	cluster_do(f.pg, "SET ROLE sems_compute");
	snprintf(state, sizeof state, "%s", cluster_state(f.pg, sql));
	cluster_do(f.pg, "RESET ROLE");
	return state;
}

static const char *
step(const char *who, const char *action, const char *more)
{
	char sql[1000];

	snprintf(sql, sizeof sql,
		 "INSERT INTO sems.spd_event (quarter, revision, made_by, action, text, channel, "
		 "reference, metric) VALUES ('2026-Q2', (SELECT max(revision) FROM "
		 "sems.spd_revision WHERE quarter = '2026-Q2'), '%s', '%s', %s)",
		 who, action, more);
	return as_compute(sql);
}

#define SAID    "'why', NULL, NULL, NULL"
#define SENT    "NULL, 'portal', 'letter 1', NULL"
#define CAME    "NULL, NULL, 'letter 1', NULL"
#define COMMENT "'why it is so', NULL, NULL, 'OUT03'"
#define RAISED  "P0001"
#define ALLOWED "00000"

static void
freeze(void)
{
	json_decref(spd_compute(&f, SPD_TASK_FREEZE));
}

static const char *
state(int revision)
{
	char sql[200];

	snprintf(sql, sizeof sql,
		 "SELECT state FROM sems.spd_status WHERE quarter = '2026-Q2' AND revision = %d",
		 revision);
	return cluster_text(f.pg, sql);
}

Test(spd_freeze, has_the_same_table_of_steps_as_core)
{
	int n = 0;

	for (int s = SPD_DRAFT; s < SPD_STATES; s++) {
		for (int a = SPD_COMMENT; a < SPD_ACTIONS; a++) {
			const struct move *to[2];

			for (int by_reviewer = 0; by_reviewer < 2; by_reviewer++) {
				const struct move *leads = machine_find(
				    &life_machine, s, a, by_reviewer ? LIFE_BY_REVIEWER : 0);
				char sql[300];

				snprintf(sql, sizeof sql,
					 "SELECT next FROM sems.spd_transition WHERE state = '%s' "
					 "AND action = '%s' AND by_reviewer <= (%d = 1) "
					 "ORDER BY by_reviewer DESC",
					 spd_state_name((enum spd_state)s),
					 spd_action_name((enum spd_action)a), by_reviewer);
				cr_expect_str_eq(cluster_text(f.pg, sql),
						 leads ? spd_state_name(leads->to) : "", "%s", sql);
				to[by_reviewer] = leads;
				n += leads && (by_reviewer == 0 || to[1] != to[0]);
			}
		}
	}
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.spd_transition"), n);
}

Test(spd_freeze, begins_a_life_with_the_freeze)
{
	freeze();
	cr_expect_str_eq(state(1), "DRAFT");
	cr_expect_str_eq(cluster_text(f.pg, "SELECT made_by || ' ' || action || ' ' || step "
					    "FROM sems.spd_event"),
			 "unix:anna FREEZE 1");
	cr_expect_eq(cluster_int(f.pg,
				 "SELECT count(*) FROM sems.spd_event e "
				 "JOIN sems.spd_revision r USING (quarter, revision, sha256)"),
		     1);
}

Test(spd_freeze, refuses_what_the_table_does_not_lead_to)
{
	static const char *const wrong[] = {"APPROVE", "SUBMIT", "ACKNOWLEDGE", "SUPERSEDE",
					    "FREEZE",  "REVISE", "NONSENSE"};

	freeze();
	for (size_t i = 0; i < COUNT(wrong); i++)
		cr_expect_str_eq(step("unix:bob", wrong[i], SAID), RAISED, "%s", wrong[i]);
	cr_expect_str_eq(state(1), "DRAFT");
	cr_expect_str_eq(step("unix:bob", "QA", SAID), ALLOWED);
	cr_expect_str_eq(step("unix:bob", "QA", SAID), RAISED, "once is enough");
}

Test(spd_freeze, asks_for_three_people_by_itself)
{
	freeze();
	cr_expect_str_eq(step("unix:anna", "QA", SAID), RAISED);
	cr_expect_str_eq(step("unix:bob", "QA", SAID), ALLOWED);
	cr_expect_str_eq(step("unix:anna", "APPROVE", SAID), RAISED);
	cr_expect_str_eq(step("unix:bob", "APPROVE", SAID), RAISED);
	cr_expect_str_eq(step("unix:cy", "APPROVE", SAID), ALLOWED);
}

Test(spd_freeze, has_what_is_said_after_the_review_reviewed_again)
{
	freeze();
	cr_expect_str_eq(step("unix:bob", "QA", SAID), ALLOWED);
	cr_expect_str_eq(step("unix:bob", "COMMENT", COMMENT), ALLOWED, "the reviewer's own");
	cr_expect_str_eq(state(1), "IN_QA");
	cr_expect_str_eq(step("unix:anna", "COMMENT", COMMENT), ALLOWED);
	cr_expect_str_eq(state(1), "DRAFT");
	cr_expect_str_eq(cluster_text(f.pg, "SELECT reviewed_by FROM sems.spd_status"), "");
	cr_expect_str_eq(step("unix:cy", "APPROVE", SAID), RAISED);
	/* Another one reviews it; what the first says is not the reviewer's any more. */
	cr_expect_str_eq(step("unix:dora", "QA", SAID), ALLOWED);
	cr_expect_str_eq(step("unix:bob", "COMMENT", COMMENT), ALLOWED);
	cr_expect_str_eq(state(1), "DRAFT");
	cr_expect_str_eq(step("unix:dora", "QA", SAID), ALLOWED);
	cr_expect_str_eq(step("unix:bob", "APPROVE", SAID), ALLOWED);
	cr_expect_str_eq(cluster_text(f.pg, "SELECT reviewed_by || ' ' || approved_by "
					    "FROM sems.spd_status"),
			 "unix:dora unix:bob");
}

Test(spd_freeze, takes_nothing_along_with_a_step_that_does_not_go_with_it)
{
	freeze();
	cr_expect_str_eq(step("unix:bob", "QA", COMMENT), RAISED);
	cr_expect_str_eq(step("unix:bob", "QA", SAID), ALLOWED);
	cr_expect_str_eq(step("unix:cy", "APPROVE", "'why', 'portal', NULL, NULL"), RAISED);
	cr_expect_str_eq(step("unix:cy", "APPROVE", SAID), ALLOWED);
	cr_expect_str_eq(step("unix:anna", "SUBMIT", "'more', 'portal', 'letter 1', NULL"), RAISED);
	cr_expect_str_eq(step("unix:anna", "SUBMIT", "NULL, 'portal', 'letter 1', 'OUT03'"),
			 RAISED);
	cr_expect_str_eq(step("unix:anna", "SUBMIT", SENT), ALLOWED);
}

Test(spd_freeze, lets_a_small_entity_have_two_as_it_declared)
{
	cluster_do(f.pg, "INSERT INTO sems.spd_policy (approval, declared_by, declared_on) "
			 "VALUES ('APPROVER_DIFFERS', 'A. Example', '2026-01-15')");
	freeze();
	/* What holds for a revision is what its document says, whatever is declared later. */
	cluster_do(f.pg, "INSERT INTO sems.spd_policy (approval, declared_by, declared_on) "
			 "VALUES ('THREE_PEOPLE', 'A. Example', '2026-02-15')");
	cr_expect_str_eq(step("unix:anna", "QA", SAID), ALLOWED);
	cr_expect_str_eq(step("unix:anna", "APPROVE", SAID), RAISED);
	cr_expect_str_eq(step("unix:cy", "APPROVE", SAID), ALLOWED);
	cr_expect_str_eq(cluster_text(f.pg, "SELECT document::jsonb #>> '{policy,declared_by}' "
					    "FROM sems.spd_revision"),
			 "A. Example");
}

Test(spd_freeze, takes_no_step_without_what_has_to_be_said)
{
	freeze();
	cr_expect_str_eq(step("unix:bob", "REJECT", "NULL, NULL, NULL, NULL"), RAISED);
	cr_expect_str_eq(step("unix:bob", "WITHDRAW", "'', NULL, NULL, NULL"), RAISED);
	cr_expect_str_eq(step("unix:bob", "COMMENT", "'why it is so', NULL, NULL, NULL"), RAISED);
	cr_expect_str_eq(step("unix:bob", "COMMENT", "'    why      ', NULL, NULL, 'OUT03'"),
			 RAISED);
	cr_expect_str_eq(step("unix:bob", "QA", SAID), ALLOWED);
	cr_expect_str_eq(step("unix:cy", "APPROVE", SAID), ALLOWED);
	cr_expect_str_eq(step("unix:anna", "SUBMIT", "NULL, NULL, 'letter', NULL"), RAISED);
	cr_expect_str_eq(step("unix:anna", "SUBMIT", "NULL, 'portal', NULL, NULL"), RAISED);
	cr_expect_str_eq(step("unix:anna", "SUBMIT", SENT), ALLOWED);
	cr_expect_str_eq(step("unix:anna", "ACKNOWLEDGE", "NULL, NULL, '', NULL"), RAISED);
	cr_expect_str_eq(step("unix:anna", "ACKNOWLEDGE", CAME), ALLOWED);
	cr_expect_str_eq(state(1), "ACKNOWLEDGED");
}

Test(spd_freeze, lets_nobody_change_what_was_written)
{
	static const char *const tries[] = {
	    "UPDATE sems.spd_revision SET document = '{}', sha256 = sha256('{}')",
	    "UPDATE sems.spd_revision SET created_by = 'unix:else'",
	    "DELETE FROM sems.spd_revision",
	    "TRUNCATE sems.spd_revision CASCADE",
	    "UPDATE sems.spd_event SET state = 'APPROVED'",
	    "UPDATE sems.spd_event SET made_by = 'unix:else'",
	    "DELETE FROM sems.spd_event",
	    "TRUNCATE sems.spd_event",
	    "UPDATE sems.spd_policy SET approval = 'THREE_PEOPLE'",
	    "DELETE FROM sems.spd_policy",
	};

	cluster_do(f.pg, "INSERT INTO sems.spd_policy (approval, declared_by, declared_on) "
			 "VALUES ('APPROVER_DIFFERS', 'A. Example', '2026-01-15')");
	freeze();
	for (size_t i = 0; i < COUNT(tries); i++) {
		cr_expect_str_eq(as_compute(tries[i]), "42501", "%s", tries[i]);
		/* Whoever owns the tables is told, too. */
		cr_expect_str_eq(cluster_state(f.pg, tries[i]), RAISED, "%s", tries[i]);
	}
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.spd_event"), 1);
}

Test(spd_freeze, keeps_its_own_time_and_its_own_state)
{
	freeze();
	cr_expect_str_eq(
	    as_compute("INSERT INTO sems.spd_event (quarter, revision, step, at, made_by, action, "
		       "state, sha256) VALUES ('2026-Q2', 1, 77, '2020-01-01Z', 'unix:bob', 'QA', "
		       "'SUBMITTED', '\\x00')"),
	    ALLOWED);
	cr_expect_str_eq(state(1), "IN_QA");
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.spd_event e "
				       "JOIN sems.spd_revision r USING (quarter, revision, sha256) "
				       "WHERE e.step = 2 AND e.at > now() - interval '1 day'"),
		     1);
}

Test(spd_freeze, makes_no_revision_while_somebody_works_on_one)
{
	freeze();
	cr_expect_str_eq(
	    as_compute("INSERT INTO sems.spd_revision (quarter, revision, document, sha256, as_of, "
		       "created_by) VALUES ('2026-Q2', 2, '{}', sha256('{}'), now(), 'unix:bob')"),
	    RAISED);
	cr_expect_str_eq(step("unix:bob", "REJECT", SAID), ALLOWED);
	cr_expect_str_eq(
	    as_compute("INSERT INTO sems.spd_revision (quarter, revision, document, sha256, as_of, "
		       "created_by) VALUES ('2026-Q2', 3, '{}', sha256('{}'), now(), 'unix:bob')"),
	    RAISED, "none is left out");
	freeze();
	cr_expect_str_eq(state(1), "REJECTED");
	cr_expect_str_eq(state(2), "DRAFT");
}

Test(spd_freeze, supersedes_what_was_submitted_when_the_next_is)
{
	cluster_submit(f.pg, "2026-Q2", "2026-07-20Z");
	cluster_submit(f.pg, "2026-Q2", "2026-08-20Z");
	cr_expect_str_eq(state(1), "SUPERSEDED");
	cr_expect_str_eq(state(2), "SUBMITTED");
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.submitted_quarter"), 1);
	/* Sent back, the quarter is not submitted any more: its evidence has to stay. */
	cr_expect_str_eq(step("unix:anna", "REJECT", SAID), ALLOWED);
	cluster_do(f.pg, "ALTER TABLE sems.spd_event DISABLE TRIGGER USER; DELETE FROM "
			 "sems.spd_event WHERE revision = 1 AND action = 'SUPERSEDE'; "
			 "UPDATE sems.spd_event SET state = 'REJECTED' WHERE revision = 1 AND "
			 "action = 'SUBMIT'");
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.submitted_quarter"), 0);
}

/* A revision of which only the figures matter here; %s of the two metrics' shares. */
static void
freeze_figures(const char *m1, const char *m1_at_a, const char *m2)
{
	char sql[2000];

	snprintf(sql, sizeof sql,
		 "INSERT INTO sems.spd_revision (quarter, revision, document, sha256, as_of, "
		 "created_by) SELECT '2026-Q2', (SELECT count(*) + 1 FROM sems.spd_revision), d, "
		 "sha256(convert_to(d, 'UTF8')), now(), 'unix:anna' FROM (SELECT '{\"metrics\": ["
		 "{\"id\": \"M1\", \"figures\": [{\"by\": {}, \"value\": %s, \"status\": "
		 "\"NOT_MET\"}, {\"by\": {\"site\": \"A\"}, \"value\": %s, \"status\": "
		 "\"NOT_MET\"}]}, {\"id\": \"M2\", \"figures\": [{\"by\": {}, \"value\": %s, "
		 "\"status\": \"MET\"}]}]}' AS d) AS x",
		 m1, m1_at_a, m2);
	cr_assert_str_eq(as_compute(sql), ALLOWED);
}

static const char *
comments(int revision)
{
	char sql[300];

	snprintf(
	    sql, sizeof sql,
	    "SELECT string_agg(concat_ws(' ', metric, by_dims ->> 'site', made_by, text, "
	    "carried_from), ', ' ORDER BY metric, by_dims) FROM sems.spd_event WHERE revision = "
	    "%d AND action = 'COMMENT'",
	    revision);
	return cluster_text(f.pg, sql);
}

#define ON_SITE                                                                                   \
	"INSERT INTO sems.spd_event (quarter, revision, made_by, action, metric, by_dims, text) " \
	"VALUES ('2026-Q2', 1, 'unix:bob', 'COMMENT', 'M1', '{\"site\": \"A\"}', 'on site A "     \
	"only')"

Test(spd_freeze, carries_over_what_was_said_of_figures_that_are_what_they_were)
{
	freeze_figures("0.5", "0.4", "0.9");
	cr_expect_str_eq(step("unix:bob", "COMMENT", "'a first word', NULL, NULL, 'M1'"), ALLOWED);
	cr_expect_str_eq(step("unix:bob", "COMMENT", "'of all of M1', NULL, NULL, 'M1'"), ALLOWED);
	cr_expect_str_eq(step("unix:cy", "COMMENT", "'of all of M2', NULL, NULL, 'M2'"), ALLOWED);
	cr_expect_str_eq(as_compute(ON_SITE), ALLOWED);
	cr_expect_str_eq(step("unix:bob", "REJECT", SAID), ALLOWED);
	/* All is as it was. */
	freeze_figures("0.5", "0.4", "0.9");
	cr_expect_str_eq(comments(2), "M1 unix:bob of all of M1 1, M1 A unix:bob on site A only 1, "
				      "M2 unix:cy of all of M2 1");
	cr_expect_eq(cluster_int(f.pg,
				 "SELECT count(*) FROM sems.spd_event a JOIN sems.spd_event b "
				 "USING (metric, by_dims, text, at) WHERE a.revision = 1 AND "
				 "b.revision = 2"),
		     3, "said when it was said");
	cr_expect_str_eq(state(2), "DRAFT");
	cr_expect_str_eq(step("unix:anna", "WITHDRAW", SAID), ALLOWED);
	/* A part that fails changes: what covered it does not hold, nor what was said of it. */
	freeze_figures("0.5", "0.3", "0.9");
	cr_expect_str_eq(comments(3), "M2 unix:cy of all of M2 1");
	cr_expect_str_eq(step("unix:anna", "WITHDRAW", SAID), ALLOWED);
	freeze_figures("0.5", "0.3", "0.8");
	cr_expect_str_eq(comments(4), "");
}

Test(spd_freeze, lets_nobody_say_something_in_anothers_name_as_carried_over)
{
	freeze_figures("0.5", "0.4", "0.9");
	cr_expect_str_eq(
	    as_compute("INSERT INTO sems.spd_event (quarter, revision, at, made_by, made_by_name, "
		       "action, metric, text, carried_from) VALUES ('2026-Q2', 1, '2020-01-01Z', "
		       "'unix:bob', 'Max Boss', 'COMMENT', 'M1', 'said long ago', 7)"),
	    ALLOWED);
	cr_expect_str_eq(cluster_text(f.pg,
				      "SELECT concat(carried_from, made_by_name, at > now() - "
				      "interval '1 day') FROM sems.spd_event WHERE step = 2"),
			 "t");
}

Test(spd_freeze, keeps_who_somebody_was_when_it_was_done)
{
	cluster_do(f.pg, "INSERT INTO sems.person VALUES ('bob', 'Bob Reader', 'Quality Manager');"
			 "INSERT INTO sems.principal VALUES ('unix:bob', 'auditor', 'bob')");
	freeze();
	cr_expect_str_eq(step("unix:bob", "QA", SAID), ALLOWED);
	cluster_do(f.pg, "UPDATE sems.person SET post = 'Director'");
	cr_expect_str_eq(cluster_text(f.pg,
				      "SELECT string_agg(concat_ws('/', action, made_by_name, "
				      "made_by_post), ' ' ORDER BY step) FROM sems.spd_event"),
			 "FREEZE QA/Bob Reader/Quality Manager");
}

Test(spd_freeze, counts_the_eyes_of_persons_and_not_of_their_principals)
{
	cluster_do(f.pg, "INSERT INTO sems.person VALUES ('anna', NULL, NULL);"
			 "INSERT INTO sems.principal VALUES ('unix:anna', 'compliance', 'anna'),"
			 " ('cert:sems:person/anna', 'manager', 'anna')");
	freeze();
	cr_expect_str_neq(step("cert:sems:person/anna", "QA", SAID), ALLOWED);
	cr_expect_str_eq(step("unix:bob", "QA", SAID), ALLOWED);
	cr_expect_str_neq(step("cert:sems:person/anna", "APPROVE", SAID), ALLOWED);
	cluster_do(f.pg, "INSERT INTO sems.person VALUES ('bob', NULL, NULL);"
			 "INSERT INTO sems.principal VALUES ('unix:bob', 'auditor', 'bob'),"
			 " ('cert:sems:person/bob', 'manager', 'bob')");
	cr_expect_str_neq(step("cert:sems:person/bob", "APPROVE", SAID), ALLOWED);
	cr_expect_str_eq(step("unix:cy", "APPROVE", SAID), ALLOWED);
}

Test(spd_freeze, lets_one_of_two_who_act_at_once_have_it)
{
	PGconn *other = cluster_connect(PQdb(f.pg));

	freeze();
	/* Both have seen the draft; the database gives the step to the first. */
	cluster_do(other, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM "
			  "sems.spd_event");
	cr_expect_str_eq(step("unix:bob", "REJECT", SAID), ALLOWED);
	cr_expect_str_eq(
	    cluster_state(other, "INSERT INTO sems.spd_event (quarter, revision, made_by, action) "
				 "VALUES ('2026-Q2', 1, 'unix:cy', 'QA')"),
	    "23505");
	cluster_do(other, "ROLLBACK");
	PQfinish(other);
	cr_expect_str_eq(state(1), "REJECTED");
}

/* --- what a revision restates ----------------------------------------------------------------- */

Test(spd_freeze, waits_for_late_records_on_working_days)
{
	/* 2026-06-30 is a Tuesday: ten working days later it is Tuesday, 14 July. */
	cr_expect_str_eq(cluster_text(f.pg, "SELECT (sems.spd_grace_end('2026-Q2') AT TIME ZONE "
					    "'Europe/London')::text"),
			 "2026-07-15 00:00:00");
	cluster_do(f.pg,
		   "UPDATE sems.setting SET value = '0' WHERE name = 'spd_grace_working_days'");
	cr_expect_str_eq(cluster_text(f.pg, "SELECT (sems.spd_grace_end('2026-Q2') AT TIME ZONE "
					    "'Europe/London')::text"),
			 "2026-07-01 00:00:00");
}

static const char *
changes(void)
{
	return cluster_text(f.pg, "SELECT string_agg(DISTINCT kind || ' ' || how, ', ' "
				  "ORDER BY kind || ' ' || how) FROM sems.spd_change");
}

Test(spd_freeze, calls_late_corrected_and_voided_records_what_they_are)
{
	spd_add(&f, "activity", 1, ", activity, count", ", 'FLIGHTS', 100");
	cr_expect_str_eq(changes(), "activity LATE");
	cluster_do(f.pg, "SELECT sems.make_partition('void', '" IN_Q2 "'); INSERT INTO sems.void "
			 "(record_id, source, occurred_at, received_at, received_from, "
			 "corrects_record_id, correction_reason) SELECT gen_random_uuid(), source, "
			 "occurred_at, now(), 'x', record_id, 'twice' FROM sems.activity");
	/* The root's time is in its identity, which these made-up ones do not carry. */
	cluster_do(f.pg, "UPDATE sems.correction c SET root_occurred_at = a.occurred_at "
			 "FROM sems.activity a WHERE a.record_id = c.root_record_id");
	cr_expect_str_eq(changes(), "activity LATE, activity VOID");
}

Test(spd_freeze, tells_nothing_of_tests_under_embargo)
{
	spd_add(&f, "test", 1, ", mode, outcome, embargo", ", 'COVERT', 'FAIL', true");
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.spd_change"), 0);
	cluster_do(f.pg, "SELECT sems.make_partition('void', '" IN_Q2 "'); INSERT INTO sems.void "
			 "(record_id, source, occurred_at, received_at, received_from, "
			 "corrects_record_id, correction_reason) SELECT gen_random_uuid(), source, "
			 "occurred_at, now(), 'x', record_id, 'twice' FROM sems.test; "
			 "UPDATE sems.correction c SET root_occurred_at = a.occurred_at "
			 "FROM sems.test a WHERE a.record_id = c.root_record_id");
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.spd_change"), 0);
}

static int64_t
late(void)
{
	return cluster_int(f.pg, "SELECT count(*) FROM sems.spd_revision r, sems.spd_late("
				 "'2026-03-31T23:00Z', '2026-06-30T23:00Z', r.quarter, "
				 "r.revision)");
}

/* The transaction of a record is what tells: not when it was received, by whatever clock. */
Test(spd_freeze, calls_late_what_it_did_not_read_whatever_the_clocks_say)
{
	static const char *const received[] = {"- interval '1 second'", "- interval '10 minutes'",
					       "- interval '5 years'", "+ interval '1 second'"};
	PGconn *sender = cluster_connect(f.database);
	char sql[300];

	spd_add(&f, "activity", 2, ", activity, count", ", 'FLIGHTS', 100");
	/* Received after the freeze, by a clock that is ahead; and read by it. */
	cluster_do(f.pg, "UPDATE sems.activity SET received_at = now() + interval '1 hour'");
	cluster_do(sender, "BEGIN; UPDATE sems.activity SET count = 101 WHERE false; "
			   "SELECT pg_current_xact_id()");
	freeze();
	cr_expect_eq(late(), 0, "what the freeze rests on is not late");
	cluster_do(sender,
		   "INSERT INTO sems.activity SELECT (jsonb_populate_record(a, "
		   "jsonb_build_object('record_id', gen_random_uuid(), 'count', 7, "
		   "'stored_in', sems.this_transaction()))).* FROM sems.activity a LIMIT 1; "
		   "COMMIT");
	for (size_t i = 0; i < COUNT(received); i++) {
		snprintf(sql, sizeof sql,
			 "UPDATE sems.activity SET received_at = (SELECT as_of %s FROM "
			 "sems.spd_revision) WHERE count = 7",
			 received[i]);
		cluster_do(f.pg, sql);
		cr_expect_eq(late(), 1, "in flight while it was frozen: %s", received[i]);
	}
	spd_add(&f, "activity", 1, ", activity, count", ", 'FLIGHTS', 8");
	cr_expect_eq(late(), 2, "and begun after it");
	PQfinish(sender);
}

Test(spd_freeze, lists_what_says_that_it_was_read_and_has_no_leaf)
{
	spd_add(&f, "activity", 2, ", activity, count", ", 'FLIGHTS', 100");
	freeze();
	spd_add(&f, "activity", 1, ", activity, count", ", 'FLIGHTS', 7");
	cluster_do(f.pg, "UPDATE sems.activity SET stored_in = (SELECT read_until - 1 FROM "
			 "sems.spd_revision) WHERE count = 7");
	cr_expect_eq(late(), 1);
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.spd_revision r, sems.spd_late("
				       "'2026-03-31T23:00Z', '2026-06-30T23:00Z', r.quarter, "
				       "r.revision) l WHERE sems.without_leaf(l.stored_in, "
				       "r.read_until, r.in_flight) = 'added'"),
		     1);
}
