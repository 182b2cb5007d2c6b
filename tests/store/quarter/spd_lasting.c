/* What lasts into a frozen quarter from another: it is among its leaves, and what has come since is
 * told. */
#include "tests/store/proof_fixture.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>

static void
open_store(struct fixture *f)
{
	fixture_open(f);
	cluster_do(f->pg, "SET jit = off"); /* as semsd has it */
}

STORE_SUITE(spd_lasting, open_store, 0);

/* A check at an instant that tells a mode; "" as its end: it lasts. */
static void
add_mode(const char *at, const char *mode, const char *from, const char *to)
{
	char values[256];
	char end[48] = "NULL";

	if (to[0] != '\0')
		snprintf(end, sizeof end, "'%s'", to);
	snprintf(values, sizeof values, ", 'X1', 'FAULT', '%s', '%s', %s", mode, from, end);
	spd_add_at(&f, at, "equipment_check", 1,
		   ", device_id, check_type, service_mode, mode_from, mode_to", values);
}

static void
add_count(const char *from, const char *to, const char *columns, const char *more)
{
	char names[200];
	char values[300];

	snprintf(names, sizeof names, ", occurred_end, activity, method, count%s", columns);
	snprintf(values, sizeof values, ", '%s', 'PASSENGERS_SCREENED', 'COUNTED', 1000%s", to,
		 more);
	spd_add_at(&f, from, "activity", 1, names, values);
}

static void
freeze(void)
{
	json_decref(proof_freeze(&f).doc);
}

/* How many records the newest revision does not have: by what has come, and by its leaves. */
static void
expect_late(int64_t n)
{
	json_t *report = proof_verify(&f, true);
	char *text = json_dumps(report, JSON_INDENT(1));
	char counts[40] = "";

	if (n > 0)
		snprintf(counts, sizeof counts, "late %lld", (long long)n);
	cr_expect_str_eq(proof_counts(report), counts, "%s", text);
	cr_expect_eq(
	    cluster_int(f.pg,
			"SELECT count(DISTINCT (l.record_id, l.source)) FROM (SELECT * FROM "
			"sems.spd_revision ORDER BY revision DESC LIMIT 1) AS r, sems.spd_late("
			"'2026-03-31T23:00Z', '2026-06-30T23:00Z', r.quarter, r.revision) AS l"),
	    n, "%s", text);
	free(text);
	json_decref(report);
}

/* The leaves of the newest revision that lie outside 2026-Q2. */
static int64_t
leaves_elsewhere(void)
{
	return cluster_int(f.pg, "SELECT coalesce(sum(l.n), 0) FROM sems.spd_leaves AS l WHERE "
				 "l.revision = (SELECT max(revision) FROM sems.spd_revision) AND "
				 "l.day NOT BETWEEN '2026-04-01' AND '2026-06-30'");
}

static void
again(void)
{
	proof_withdraw(&f, (int)cluster_int(f.pg, "SELECT max(revision) FROM sems.spd_revision"));
	freeze();
}

Test(spd_lasting, what_comes_late_and_lasts_into_the_quarter_is_told)
{
	add_mode("2026-05-01T00:00:00Z", "NORMAL", "2026-05-01T00:00:00Z", "2026-05-02T00:00:00Z");
	freeze();
	expect_late(0);
	/* From before, as long as a count may be; and told afterwards. */
	add_count("2026-03-31T22:00:00Z", "2026-03-31T23:30:00Z", "", "");
	expect_late(1);
	add_count("2026-02-01T00:00:00Z", "2026-05-01T00:00:00Z", "", "");
	expect_late(2);
	add_mode("2026-03-20T00:00:00Z", "OUT", "2026-03-20T00:00:00Z", "2026-04-01T00:00:00Z");
	expect_late(3);
	add_mode("2026-08-20T00:00:00Z", "OUT", "2026-06-20T00:00:00Z", "2026-06-21T00:00:00Z");
	expect_late(4);
	add_mode("2026-01-20T00:00:00Z", "DEGRADED", "2026-01-20T00:00:00Z", "");
	expect_late(5);
	/* These touch it not, or not any more. */
	add_count("2026-03-30T22:00:00Z", "2026-03-31T23:00:00Z", "", "");
	add_count("2026-06-30T23:00:00Z", "2026-07-01T23:00:00Z", "", "");
	add_mode("2026-03-01T00:00:00Z", "OUT", "2026-02-20T00:00:00Z", "2026-03-31T23:00:00Z");
	add_mode("2026-06-29T00:00:00Z", "OUT", "2026-06-30T23:00:00Z", "2026-07-03T23:00:00Z");
	/* The last check itself is of June. */
	expect_late(6);
	again();
	expect_late(0);
	cr_expect_eq(leaves_elsewhere(), 5);
}

/* Who ended an outage before the quarter changes it, though it is over by then. */
Test(spd_lasting, what_comes_late_and_ends_what_lasted_into_the_quarter_is_told)
{
	add_mode("2026-03-01T00:00:00Z", "OUT", "2026-03-01T00:00:00Z", "");
	add_mode("2026-05-01T00:00:00Z", "NORMAL", "2026-05-01T00:00:00Z", "2026-05-02T00:00:00Z");
	freeze();
	add_mode("2026-03-10T00:00:00Z", "NORMAL", "2026-03-10T00:00:00Z", "2026-03-11T00:00:00Z");
	expect_late(1);
	again();
	expect_late(0);
	/* It has ended by now, so an earlier end changes nothing; and before it there was none. */
	add_mode("2026-03-05T00:00:00Z", "NORMAL", "2026-03-05T00:00:00Z", "2026-03-06T00:00:00Z");
	add_mode("2026-02-05T00:00:00Z", "NORMAL", "2026-02-05T00:00:00Z", "2026-02-06T00:00:00Z");
	expect_late(0);
	/* Without the end that was frozen, what came since is the end. */
	spd_add_at(&f, "2026-03-12T00:00:00Z", "void", 1, ", corrects_record_id",
		   ", (SELECT record_id FROM sems.equipment_check WHERE mode_from = "
		   "'2026-03-10T00:00:00Z')");
	expect_late(2);
}

Test(spd_lasting, a_void_or_correction_of_what_lasts_into_the_quarter_is_told)
{
	add_count("2026-03-30T00:00:00Z", "2026-04-10T00:00:00Z", "", "");
	add_mode("2026-03-20T00:00:00Z", "OUT", "2026-03-20T00:00:00Z", "2026-04-01T00:00:00Z");
	add_count("2026-03-01T00:00:00Z", "2026-03-10T00:00:00Z", "", "");
	freeze();
	expect_late(0);
	add_count("2026-03-30T06:00:00Z", "2026-03-31T00:00:00Z",
		  ", corrects_record_id, corrected_at",
		  ", (SELECT record_id FROM sems.activity WHERE occurred_end = "
		  "'2026-04-10T00:00:00Z'), '2026-04-11'");
	expect_late(1);
	spd_add_at(&f, "2026-03-22T00:00:00Z", "void", 1, ", corrects_record_id",
		   ", (SELECT record_id FROM sems.equipment_check)");
	expect_late(2);
	/* It was of the first quarter alone, and is so no more. */
	add_count("2026-03-01T00:00:00Z", "2026-04-02T00:00:00Z",
		  ", corrects_record_id, corrected_at",
		  ", (SELECT record_id FROM sems.activity WHERE occurred_end = "
		  "'2026-03-10T00:00:00Z'), '2026-04-11'");
	expect_late(3);
	again();
	expect_late(0);
}

Test(spd_lasting, what_was_altered_in_another_quarter_is_found_in_this)
{
	json_t *report;

	add_count("2026-03-30T00:00:00Z", "2026-04-10T00:00:00Z", "", "");
	add_mode("2026-03-20T00:00:00Z", "OUT", "2026-03-20T00:00:00Z", "");
	freeze();
	cr_expect_eq(leaves_elsewhere(), 2);
	proof_tamper(&f, "UPDATE sems.activity SET occurred_end = '2026-03-31T00:00:00Z'; "
			 "UPDATE sems.equipment_check SET mode_to = '2026-03-31T00:00:00Z'");
	report = proof_verify(&f, true);
	cr_expect_str_eq(proof_counts(report), "altered 2");
	json_decref(report);
}

/* The revisions of which somebody who traces a record hears that they have it not. */
Test(spd_lasting, a_trace_names_the_revisions_that_a_record_would_last_in)
{
	static const char names[] =
	    "SELECT coalesce(string_agg(w.quarter || ' ' || w.what, ', '), '') FROM (SELECT "
	    "'activity' "
	    "AS kind, source, record_id, occurred_at FROM sems.activity UNION ALL SELECT "
	    "'equipment_check', source, record_id, occurred_at FROM sems.equipment_check) AS r, "
	    "sems.freezes_without(r.kind, r.source, r.record_id) AS w";

	freeze();
	add_count("2026-03-01T00:00:00Z", "2026-03-10T00:00:00Z", "", "");
	cr_expect_str_eq(cluster_text(f.pg, names), "");
	add_count("2026-03-30T00:00:00Z", "2026-04-10T00:00:00Z", "", "");
	cr_expect_str_eq(cluster_text(f.pg, names), "2026-Q2 late");
	add_mode("2026-03-20T00:00:00Z", "OUT", "2026-03-20T00:00:00Z", "");
	cr_expect_str_eq(cluster_text(f.pg, names), "2026-Q2 late, 2026-Q2 late");
	again();
	cr_expect_str_eq(cluster_text(f.pg, names), "2026-Q2 late, 2026-Q2 late",
			 "the first still");
	/* What ends the outage does not reach the quarter, and changes it. */
	add_mode("2026-03-25T00:00:00Z", "NORMAL", "2026-03-25T00:00:00Z", "2026-03-26T00:00:00Z");
	cr_expect_str_eq(cluster_text(f.pg, names),
			 "2026-Q2 late, 2026-Q2 late, 2026-Q2 late, 2026-Q2 late",
			 "of both revisions");
	/* One that was over before the outage began ends nothing. */
	add_mode("2026-03-10T00:00:00Z", "NORMAL", "2026-03-10T00:00:00Z", "2026-03-11T00:00:00Z");
	cr_expect_str_eq(cluster_text(f.pg, names),
			 "2026-Q2 late, 2026-Q2 late, 2026-Q2 late, 2026-Q2 late");
}
