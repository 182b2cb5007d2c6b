/* Incidents, reports, rounds and exercises: P-1310, P-1311, P-1314, P-1320, P-1321, P-1322, P-1330.
 */
#include "base/count.h"
#include "tests/store/spd_fixture.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

STORE_SUITE(events, fixture_open, 0);

/* --- incidents ---------------------------------------------------------------------------------
 */

#define INCIDENT ", category, breach_of, breach_confirmed, missed_by, exposure"

static void
add_passengers(int n)
{
	char values[120];

	snprintf(values, sizeof values, ", 'PASSENGERS_SCREENED', 'COUNTED', %d, '2026-05-13'", n);
	spd_add(&f, "activity", 1, ", activity, method, count, occurred_end", values);
}

/* Four of 200,000 passengers; one that is counted by flights. */
Test(events, incidents_are_counted_by_what_they_are_exposed_to)
{
	json_t *doc;

	add_passengers(200000);
	spd_add(&f, "incident", 2, INCIDENT, ", 'a', NULL, NULL, NULL, NULL");
	spd_add(&f, "incident", 1, INCIDENT, ", 'b', 'BOUNDARY', true, NULL, NULL");
	spd_add(&f, "incident", 1, INCIDENT,
		", 'b', 'CRITICAL_PART', NULL, '4.1', 'PASSENGERS_SCREENED'");
	spd_add(&f, "incident", 1, INCIDENT, ", 'b', 'AIRCRAFT', false, NULL, 'FLIGHTS'");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "OUT08", "", "4/200000 2 NO_TARGET");
	cr_expect_eq(spd_left_out(doc, "OUT08", "NOT_BY_PASSENGERS"), 1);
	FIGURE_SAYS(doc, "OUT09", "", "1/- 1 NO_TARGET");
	cr_expect_eq(spd_left_out(doc, "OUT09", "NOT_YET_KNOWN"), 1);
	cr_expect_eq(spd_part(doc, "OUT09", "RESTRICTED_AREA"), 0);
	FIGURE_SAYS(doc, "OUT10", "", "1/- 1 NO_TARGET");
	FIGURE_SAYS(doc, "IN01", "", "5/- 5 NONE");
	FIGURE_SAYS(doc, "IN01", "category=b", "3/- 3 NONE");
	json_decref(doc);
}

/* Nobody who says nothing has had nothing. */
Test(events, no_incident_is_nought_where_a_log_was_kept)
{
	json_t *doc;

	add_passengers(200000);
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "OUT08", "", "0/200000 - OTHER_PART_NOT_TOLD");
	FIGURE_SAYS(doc, "OUT09", "", "-/- - NO_DATA");
	FIGURE_SAYS(doc, "OUT10", "", "-/- - NO_DATA");
	FIGURE_SAYS(doc, "IN01", "", "-/- - NO_DATA");
	json_decref(doc);
	spd_add(&f, "heartbeat", 1, ", occurred_end, events_made",
		", '2026-05-13', '[{\"kind\":\"incident\",\"count\":0}]'");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "OUT08", "", "0/200000 0 NO_TARGET");
	FIGURE_SAYS(doc, "OUT09", "", "0/- 0 NO_TARGET");
	FIGURE_SAYS(doc, "OUT10", "", "0/- 0 NO_TARGET");
	FIGURE_SAYS(doc, "IN01", "", "0/- 0 NONE");
	json_decref(doc);
}

/* --- reports -----------------------------------------------------------------------------------
 */

static void
add_person(int i, const char *at)
{
	char values[160];

	snprintf(values, sizeof values,
		 ", decode(repeat('0%d', 16), 'hex'), '2026-06-02', 'PATROL'", i);
	spd_add_at(&f, at, "deployment", 1, ", subject_person, occurred_end, role", values);
}

#define REPORT(channel, hours)                                           \
	spd_add(&f, "report", 1, ", category, channel, acknowledged_at", \
		", 'a', '" channel "', '" IN_Q2 "'::timestamptz + interval '" hours "'")

/* Three reports of five persons, two of whom worked twice. */
Test(events, reports_are_counted_by_who_was_deployed)
{
	json_t *doc;

	for (int i = 1; i <= 5; i++)
		add_person(i, "2026-05-01T04:00:00Z");
	add_person(1, "2026-05-09T04:00:00Z");
	add_person(2, "2026-05-09T04:00:00Z");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "RP01", "", "0/5 - OTHER_PART_NOT_TOLD");
	FIGURE_SAYS(doc, "RP02", "", "-/- - NO_DATA");
	json_decref(doc);
	REPORT("STAFF", "72 hours");
	REPORT("STAFF", "72 hours 1 second");
	REPORT("ANONYMOUS", "1 minute");
	REPORT("PASSENGER", "1 minute");
	spd_add(&f, "report", 1, ", category, channel", ", 'a', 'SYSTEM'");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "RP01", "", "3/5 60 NO_TARGET");
	cr_expect_eq(spd_left_out(doc, "RP01", "NOT_BY_STAFF"), 2);
	cr_expect_eq(spd_part(doc, "RP01", "ANONYMOUS"), 1);
	FIGURE_SAYS(doc, "RP02", "", "3/5 0.6 NO_TARGET");
	cr_expect_eq(spd_part(doc, "RP02", "NOT_ACKNOWLEDGED"), 1);
	FIGURE_SAYS(doc, "RP03", "channel=STAFF", "2/- 2 NONE");
	json_decref(doc);
}

/* --- rounds ------------------------------------------------------------------------------------
 */

static void
add_round(const char *at, const char *route, const char *result, const char *slot)
{
	char values[160];

	snprintf(values, sizeof values, ", '%s', '%s', %s", route, result, slot);
	spd_add_at(&f, at, "patrol", 1, ", route, result, slot_minutes", values);
}

#define PLAN ", 'PATROLS', '2026-03-31T23:00Z', '2026-06-30T23:00Z', "

/* Ten planned: one excused, six done, of which counts say nine. */
Test(events, rounds_go_before_counts_of_them)
{
	json_t *doc;

	spd_add(&f, "plan", 1, ", what, period_start, period_end, planned_count", PLAN "10");
	spd_add(&f, "activity", 1, ", activity, method, count, occurred_end",
		", 'PATROLS_DONE', 'COUNTED', 9, '2026-05-13'");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "QN08", "", "9/10 0.9 NO_TARGET");
	json_decref(doc);
	spd_add(&f, "patrol", 6, ", route, result", ", 'N', 'DONE'");
	add_round("2026-05-02T01:00:00Z", "N", "EXCUSED", "NULL");
	add_round("2026-05-02T02:00:00Z", "N", "LATE", "NULL");
	add_round("2026-05-02T03:00:00Z", "N", "MISSED", "NULL");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "QN08", "", "6/9 0.666667 NO_TARGET");
	cr_expect_eq(spd_left_out(doc, "QN08", "COUNTED_BY_ROUNDS"), 9);
	cr_expect_eq(spd_left_out(doc, "QN08", "LATE"), 1);
	cr_expect_eq(spd_left_out(doc, "QN08", "MISSED"), 1);
	cr_expect_eq(spd_left_out(doc, "QN08", "EXCUSED"), 1);
	json_decref(doc);
}

/*
 * By the entity's clocks, an hour ahead. N: 8 of 16 in each of two of the four slots of six hours,
 * one bit of two. S: all 16 in one of two slots. So 16 of 48 bits.
 */
Test(events, starts_are_spread_over_the_slots_of_the_day)
{
	json_t *doc;

	for (int i = 0; i < 16; i++) {
		char at[40];

		snprintf(at, sizeof at, "2026-05-%02dT%s:00Z", i + 1,
			 i % 2 == 0 ? "04:59" : "05:00");
		add_round(at, "N", i == 0 ? "LATE" : "DONE", "360");
		add_round(at, "S", "DONE", "720");
	}
	add_round("2026-05-20T01:00:00Z", "N", "MISSED", "360");
	add_round("2026-05-20T01:00:00Z", "N", "DONE", "NULL");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "QN09", "", "-/32 0.333333 NO_TARGET");
	FIGURE_SAYS(doc, "QN09", "route=N", "-/16 - INSUFFICIENT");
	cr_expect_eq(spd_left_out(doc, "QN09", "SLOT_NOT_TOLD"), 1);
	json_decref(doc);
}

/* --- exercises ---------------------------------------------------------------------------------
 */

Test(events, objectives_that_were_not_tried_are_on_neither_side)
{
	json_t *doc;

	spd_add(&f, "exercise", 2, ", scope, type, objectives",
		", 'LOCAL', 'DRILL', '[{\"objective\":\"a\",\"met\":true},"
		"{\"objective\":\"b\",\"met\":false},{\"objective\":\"c\"}]'");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "DR01", "", "2/- 2 NONE");
	FIGURE_SAYS(doc, "DR02", "", "2/4 0.5 NO_TARGET");
	cr_expect_eq(spd_left_out(doc, "DR02", "NOT_TRIED"), 2);
	json_decref(doc);
}

/* --- pairs -------------------------------------------------------------------------------------
 */

static void
add_observation(const char *at, const char *pair, int observer, const char *results)
{
	char criteria[4000] = "";
	char values[4200];

	for (int i = 0; results[i] != '\0'; i++)
		snprintf(criteria + strlen(criteria), sizeof criteria - strlen(criteria),
			 "%s{\"criterion_id\":\"c%d\",\"result\":\"%s\"}", i == 0 ? "" : ",", i,
			 results[i] == '+'   ? "MET"
			 : results[i] == '-' ? "NOT_MET"
					     : "NOT_OBSERVED");
	snprintf(values, sizeof values, ", 'OVERT', '%s', decode(repeat('0%d', 16), 'hex'), '[%s]'",
		 pair, observer, criteria);
	spd_add_at(&f, at, "observation", 1, ", mode, pair_id, observer_id, criteria", values);
}

/* Fifty criteria of 50 as in the tables of kappa: both 20, first alone 5, second alone 10, none 15.
 */
#define FIRST  "+++++++++++++++++++++++++-------------------------"
#define SECOND "++++++++++++++++++++-----++++++++++---------------"

Test(events, two_who_watched_the_same_agree_beyond_chance)
{
	json_t *doc;

	add_observation("2026-05-02T10:00:00Z", "a", 1, FIRST "?");
	add_observation("2026-05-02T10:00:01Z", "a", 2, SECOND "+");
	/* One alone, one observer, three, and another quarter. */
	add_observation("2026-05-02T10:00:00Z", "b", 1, FIRST);
	add_observation("2026-05-02T10:00:00Z", "c", 1, FIRST);
	add_observation("2026-05-02T10:00:01Z", "c", 1, FIRST);
	for (int i = 1; i <= 3; i++)
		add_observation("2026-05-02T10:00:00Z", "d", i, FIRST);
	add_observation("2026-06-30T22:59:00Z", "e", 1, FIRST);
	add_observation("2026-06-30T23:00:00Z", "e", 2, FIRST);
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "QL08", "", "35/50 0.4 NO_TARGET");
	cr_expect_eq(spd_left_out(doc, "QL08", "NOT_OF_TWO"), 7);
	cr_expect_eq(spd_left_out(doc, "QL08", "NOT_RATED_BY_BOTH"), 1);
	FIGURE_SAYS(doc, "QL08", "criterion_id=c0", "1/1 - INSUFFICIENT");
	json_decref(doc);
}
