/* Figures against counts made by hand; the real data of the field is in tests/system. */
#include "base/count.h"
#include "store/quarter/spd_job.h"
#include "tests/lib/machine_walk.h"
#include "tests/store/spd_fixture.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

STORE_SUITE(spd_job, fixture_open, 0);

#define CRITERIA(list)   ", '[" list "]'"
#define C(result)        "{\"criterion_id\":\"c1\",\"result\":\"" result "\"}"
#define OPTIONAL(result) "{\"criterion_id\":\"c2\",\"mandatory\":false,\"result\":\"" result "\"}"

static void
set_target(const char *metric, const char *value, const char *from)
{
	char sql[256];

	snprintf(sql, sizeof sql,
		 "INSERT INTO sems.target (metric, value, approved_by, from_quarter) "
		 "VALUES ('%s', %s, 'AM', '%s')",
		 metric, value, from);
	cluster_do(f.pg, sql);
}

Test(spd_job, goes_where_its_table_says)
{
	static const char *const edges[] = {
	    "opening: nothing more to ask > whether it may be frozen, it failed > ended",
	    "whether it may be frozen: nothing more to ask > counting, it failed > ended",
	    "counting: nothing more to ask > counting from records, it failed > ended",
	    "counting from records: nothing more to ask > gathering, it failed > ended",
	    "gathering: nothing more to ask > proof, it failed > ended",
	    "proof: nothing more to ask > document, it failed > ended",
	    "document: nothing more to ask > signature, it failed > ended",
	    "signature: nothing more to ask > ended, it failed > ended",
	    "ended: ",
	};

	MACHINE_WALK(&spd_machine, edges);
}

static bool
is_listed(const json_t *doc, const char *list, const char *id)
{
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(doc, list), i, item)
	{
		if (strcmp(json_string_value(json_object_get(item, "id")), id) == 0)
			return true;
	}
	return false;
}

Test(spd_job, says_why_there_is_no_figure_when_there_is_no_evidence)
{
	json_t *doc = spd_compute(&f, SPD_TASK_SHOW);
	json_t *m;
	size_t i;

	cr_expect_str_eq(json_string_value(json_object_get(doc, "format")), "sems-spd/2");
	cr_expect_str_eq(json_string_value(json_object_get(doc, "state")), "PROVISIONAL");
	cr_expect_gt(json_array_size(json_object_get(doc, "metrics")), 31);
	json_array_foreach(json_object_get(doc, "metrics"), i, m)
	{
		json_t *figure = json_array_get(json_object_get(m, "figures"), 0);
		const char *id = json_string_value(json_object_get(m, "id"));

		cr_expect_eq(json_array_size(json_object_get(m, "figures")), 1, "%s", id);
		cr_expect_eq(json_object_size(json_object_get(figure, "by")), 0, "%s", id);
		cr_expect(json_is_null(json_object_get(figure, "value")), "%s", id);
		cr_expect(json_is_string(json_object_get(figure, "no_data")), "%s", id);
	}
	FIGURE_SAYS(doc, "QN01", "", "-/- - NO_PLAN");
	FIGURE_SAYS(doc, "OUT06", "", "-/- - NO_STANDARD");
	json_decref(doc);
}

/* Declared for the quarters from one on, taken back from another on. */
Test(spd_job, what_was_declared_as_not_applicable_is_listed_and_has_no_row)
{
	json_t *doc;

	cluster_do(f.pg, "INSERT INTO sems.not_applicable (metric, applies, reason, declared_by, "
			 "from_quarter) VALUES "
			 "('QN16', false, 'no TIP', 'AM', '2026-Q1'), "
			 "('QN15', false, 'no TIP', 'AM', '2026-Q3'), "
			 "('QN14', false, 'no TIP', 'AM', '2025-Q1'), "
			 "('QN14', true, 'TIP came', 'AM', '2026-Q2'), "
			 "('RK01', false, 'no actions', 'AM', '2026-Q2'), "
			 "('ZZ99', false, 'a metric of old', 'AM', '2026-Q2')");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	cr_expect_eq(json_array_size(json_object_get(doc, "not_applicable")), 2);
	cr_expect_str_eq(json_string_value(json_object_get(
			     json_array_get(json_object_get(doc, "not_applicable"), 0), "reason")),
			 "no TIP");
	cr_expect_not(is_listed(doc, "metrics", "QN16"));
	cr_expect(is_listed(doc, "metrics", "QN15"));
	cr_expect(is_listed(doc, "metrics", "QN14"));
	cr_expect_not(is_listed(doc, "metrics", "RK01"));
	cr_expect(is_listed(doc, "metrics", "RK02"));
	json_decref(doc);
}

Test(spd_job, prints_the_civil_quarter_with_its_instants)
{
	json_t *doc = spd_compute(&f, SPD_TASK_SHOW);
	json_t *q = json_object_get(doc, "quarter");

	cr_expect_str_eq(json_string_value(json_object_get(q, "label")), "2026-Q2");
	cr_expect_str_eq(json_string_value(json_object_get(q, "first_day")), "2026-04-01");
	cr_expect_str_eq(json_string_value(json_object_get(q, "last_day")), "2026-06-30");
	cr_expect_str_eq(json_string_value(json_object_get(q, "start")), "2026-03-31T23:00:00Z");
	cr_expect_str_eq(json_string_value(json_object_get(q, "end")), "2026-06-30T23:00:00Z");
	json_decref(doc);
}

Test(spd_job, counts_the_first_instant_of_the_quarter_and_not_its_end)
{
	json_t *doc;

	spd_add_at(&f, "2026-03-31T22:59:59.999Z", "observation", 1, ", criteria",
		   CRITERIA(C("MET")));
	spd_add_at(&f, "2026-03-31T23:00:00Z", "observation", 2, ", criteria", CRITERIA(C("MET")));
	spd_add_at(&f, "2026-06-30T22:59:59.999Z", "observation", 4, ", criteria",
		   CRITERIA(C("MET")));
	spd_add_at(&f, "2026-06-30T23:00:00Z", "observation", 8, ", criteria", CRITERIA(C("MET")));
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "OB01", "", "6/- 6 NONE");
	json_decref(doc);
}

Test(spd_job, derives_an_observations_result_from_its_criteria)
{
	json_t *doc;

	spd_add(&f, "observation", 81, ", mode, criteria",
		", 'OVERT'" CRITERIA(C("MET") "," OPTIONAL("NOT_MET")));
	spd_add(&f, "observation", 182, ", mode, criteria",
		", 'CCTV_REVIEW'" CRITERIA(C("MET") "," C("NOT_MET")));
	spd_add(&f, "observation", 3, ", criteria", CRITERIA(C("NOT_OBSERVED")));
	spd_add(&f, "observation", 2, ", criteria", CRITERIA(OPTIONAL("NOT_MET")));
	spd_add(&f, "observation", 1, ", criteria", ", NULL");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "QL01", "", "81/263 - NOT_POOLED");
	FIGURE_SAYS(doc, "QL01", "site=N1,measure=4.1", "81/263 - NOT_POOLED");
	FIGURE_SAYS(doc, "QL01", "mode=OVERT", "81/81 1 NO_TARGET");
	FIGURE_SAYS(doc, "QL01", "mode=CCTV_REVIEW", "0/182 0 NO_TARGET");
	cr_expect_eq(spd_left_out(doc, "QL01", "NOT_OBSERVED"), 6);
	cr_expect_eq(spd_part(doc, "QL01", "NOT_MET"), 182);
	/* 81 + 182 met of 263 + 182 not met by the first criterion, and the others'. */
	FIGURE_SAYS(doc, "QL02", "criterion_id=c1", "263/445 0.591011 NO_TARGET");
	cr_expect_eq(spd_left_out(doc, "QL02", "NOT_OBSERVED"), 3);
	FIGURE_SAYS(doc, "QL03", "", "0/- 0 NO_TARGET");
	json_decref(doc);
}

Test(spd_job, gives_what_is_counted_apart_the_rate_of_what_its_target_is_for)
{
	json_t *doc;
	json_t *interval;

	spd_add(&f, "observation", 81, ", mode, criteria", ", 'OVERT'" CRITERIA(C("MET")));
	spd_add(&f, "observation", 182, ", mode, criteria", ", 'OVERT'" CRITERIA(C("NOT_MET")));
	spd_add(&f, "observation", 40, ", mode, criteria", ", 'CCTV_REVIEW'" CRITERIA(C("MET")));
	cluster_do(f.pg, "INSERT INTO sems.target (metric, value, approved_by, from_quarter, "
			 "of_part) VALUES ('QL01', 0.9, 'AM', '2025-Q4', 'CCTV_REVIEW'), "
			 "('QL01', 0.3, 'AM', '2026-Q1', 'OVERT'), ('OUT03', 0.8, 'AM', '2026-Q1', "
			 "'CABIN')");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "QL01", "", "81/263 0.307985 NOT_PROVEN");
	FIGURE_SAYS(doc, "QL01", "site=N1,measure=4.1", "81/263 0.307985 NOT_PROVEN");
	FIGURE_SAYS(doc, "QL01", "mode=OVERT", "81/263 0.307985 NOT_PROVEN");
	FIGURE_SAYS(doc, "QL01", "mode=CCTV_REVIEW", "40/40 1 NO_TARGET");
	cr_expect_eq(spd_left_out(doc, "QL01", "SET_APART"), 40);
	/* Newcombe 1998, table I: 81 of 263. */
	interval = json_object_get(spd_figure(doc, "QL01", ""), "interval");
	cr_expect_float_eq(json_real_value(json_object_get(interval, "lo")), .25528851987827423,
			   1e-12);
	cr_expect_float_eq(json_real_value(json_object_get(interval, "hi")), .36620957698280007,
			   1e-12);
	/* One that was set for a part of what is not counted apart is none. */
	FIGURE_SAYS(doc, "OUT03", "", "-/- - NO_DATA");
	json_decref(doc);
}

Test(spd_job, has_no_plan_delivery_without_a_plan)
{
	json_t *doc;

	spd_add(&f, "observation", 9, ", criteria", CRITERIA(C("MET")));
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "QN01", "", "-/- - NO_PLAN");
	json_decref(doc);
	/* Made in the quarter before, for this one. */
	spd_add_at(&f, "2026-02-01T10:00:00Z", "plan", 1,
		   ", what, period_start, period_end, planned_count",
		   ", 'OBSERVATIONS', '2026-04-30T23:00:00Z', '2026-05-31T23:00:00Z', 12");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "QN01", "site=N1", "9/12 0.75 NO_TARGET");
	FIGURE_SAYS(doc, "QN02", "", "-/- - NO_PLAN");
	json_decref(doc);
}

Test(spd_job, counts_nothing_done_of_a_plan_as_nought)
{
	json_t *doc;

	spd_add(&f, "plan", 1, ", what, period_start, planned_count", ", 'AUDITS', '" IN_Q2 "', 4");
	spd_add(&f, "plan", 1, ", what, period_start, planned_count",
		", 'PATROLS', '" IN_Q2 "', 4");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "QN03", "", "0/4 0 NO_TARGET");
	FIGURE_SAYS(doc, "QN08", "", "0/4 0 NO_TARGET");
	json_decref(doc);
}

Test(spd_job, keeps_own_regulator_and_overt_tests_apart)
{
	json_t *doc;

	spd_add(&f, "test", 30, ", mode, commissioned_by, outcome, target_measure, debriefed_at",
		", 'COVERT', 'INTERNAL', 'PASS', '5.1', now()");
	spd_add(&f, "test", 8, ", mode, commissioned_by, outcome, debriefed_at",
		", 'COVERT', 'CONTRACTOR', 'FAIL', now()");
	spd_add(&f, "test", 2, ", mode, commissioned_by, outcome, debriefed_at",
		", 'COVERT', 'INTERNAL', 'PARTIAL', now()");
	spd_add(&f, "test", 3, ", mode, commissioned_by, outcome, invalid_reason, debriefed_at",
		", 'COVERT', 'INTERNAL', 'INVALID', 'COMPROMISED', now()");
	spd_add(&f, "test", 31, ", mode, commissioned_by, outcome, debriefed_at",
		", 'COVERT', 'REGULATOR', 'FAIL', now()");
	spd_add(&f, "test", 5, ", mode, commissioned_by, outcome", ", 'OVERT', 'INTERNAL', 'PASS'");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "OUT01", "", "30/40 0.75 NO_TARGET");
	FIGURE_SAYS(doc, "OUT01", "measure=5.1", "30/30 1 NO_TARGET");
	FIGURE_SAYS(doc, "OUT01", "commissioned_by=CONTRACTOR", "0/8 - INSUFFICIENT");
	cr_expect_eq(spd_part(doc, "OUT01", "PARTIAL"), 2);
	cr_expect_eq(spd_left_out(doc, "OUT01", "COMPROMISED"), 3);
	cr_expect_eq(spd_left_out(doc, "OUT01", "NOT_OWN_TEST"), 31);
	cr_expect_eq(spd_left_out(doc, "OUT01", "NOT_COVERT"), 5);
	FIGURE_SAYS(doc, "OUT01R", "", "0/31 0 NO_TARGET");
	FIGURE_SAYS(doc, "OUT01O", "", "5/5 - INSUFFICIENT");
	json_decref(doc);
}

Test(spd_job, shows_an_embargoed_test_nowhere_and_refuses_to_freeze)
{
	struct quarter q2 = {2026, 2};
	json_t *doc;
	json_t *bare;
	char *a;
	char *b;

	spd_add(&f, "heartbeat", 1, ", events_made", ", '[{\"kind\":\"activity\",\"count\":1}]'");
	bare = spd_compute(&f, SPD_TASK_SHOW);
	spd_add(&f, "test", 1, ", mode, commissioned_by, outcome",
		", 'COVERT', 'INTERNAL', 'FAIL'");
	cluster_do(f.pg, "UPDATE sems.heartbeat SET events_made = events_made || "
			 "'[{\"kind\":\"test\",\"count\":1}]'");
	cluster_do(f.pg,
		   "INSERT INTO sems.quarantine (source, principal, reason, field, message, kind, "
		   "received_at, raw_sealed, raw_mac) VALUES ('src', 'p', 'RANGE', 'outcome', '', "
		   "'test', '" IN_Q2 "', '', '')");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	json_object_del(bare, "as_of");
	json_object_del(doc, "as_of");
	a = json_dumps(bare, JSON_SORT_KEYS);
	b = json_dumps(doc, JSON_SORT_KEYS);
	cr_expect_str_eq(a, b);
	free(a);
	free(b);
	json_decref(bare);
	json_decref(doc);
	cr_expect_eq(spd_fails(&f, SPD_TASK_FREEZE, q2), REJ_STATE);
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.spd_revision"), 0);
}

Test(spd_job, takes_hits_from_events_and_from_sessions_that_no_event_lies_in)
{
	json_t *doc;

	spd_add(&f, "tip_event", 20, ", device_id, stream, outcome, response_ms",
		", 'X1', 'CABIN', 'HIT', 1000 + i");
	spd_add(&f, "tip_event", 6, ", device_id, stream, outcome",
		", 'X1', 'CABIN', 'MISS_TIMEOUT'");
	spd_add(&f, "tip_event", 4, ", device_id, stream, outcome",
		", 'X1', 'CABIN', 'MISS_DECIDED'");
	spd_add(&f, "tip_event", 3, ", device_id, outcome, abort_reason",
		", 'X1', 'ABORTED', 'TRAINING_MODE'");
	spd_add(&f, "tip_event", 7, ", device_id, outcome", ", 'X1', 'NON_TIP_ALARM'");
	spd_add(&f, "tip_session", 1, ", device_id, stream, images_viewed, tip_shown, hits, misses",
		", 'X1', 'CABIN', 3000, 30, 20, 10");
	spd_add(&f, "tip_session", 2,
		", device_id, stream, images_viewed, tip_shown, hits, misses, aborted",
		", 'X2', 'HOLD', 1000, 36, 30, 5, 1");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "OUT03", "", "80/100 0.8 NO_TARGET");
	cr_expect_eq(spd_part(doc, "OUT03", "FROM_EVENTS"), 30);
	cr_expect_eq(spd_part(doc, "OUT03", "FROM_SESSIONS"), 70);
	cr_expect_eq(spd_left_out(doc, "OUT03", "ABORTED_TRAINING_MODE"), 3);
	cr_expect_eq(spd_left_out(doc, "OUT03", "ABORTED_REASON_NOT_GIVEN"), 2);
	FIGURE_SAYS(doc, "OUT03", "stream=CABIN", "20/30 0.666667 NO_TARGET");
	FIGURE_SAYS(doc, "OUT03", "stream=HOLD", "60/70 0.857143 NO_TARGET");
	FIGURE_SAYS(doc, "QN14", "", "102/5000 0.0204 NONE");
	/* No session tells its alarms: no rate, and no sensitivity. */
	FIGURE_SAYS(doc, "OUT04", "", "-/- - ALL_LEFT_OUT");
	cr_expect_eq(spd_left_out(doc, "OUT04", "SESSIONS_WITHOUT_ALARM_COUNT"), 3);
	FIGURE_SAYS(doc, "OUT05", "", "-/- - ALL_LEFT_OUT");
	FIGURE_SAYS(doc, "TP01", "", "7/- 7 NONE");
	/* 1,001 to 1,020: too few to say. */
	FIGURE_SAYS(doc, "OUT07", "", "-/20 - INSUFFICIENT");
	FIGURE_SAYS(doc, "DQ06", "", "33/30 1.1 NO_TARGET");
	json_decref(doc);
}

Test(spd_job, computes_sensitivity_from_the_bags_that_sessions_count)
{
	json_t *doc;

	spd_add(&f, "tip_event", 634, ", device_id, login_session_id, outcome, response_ms",
		", 'X1', i % 2, 'HIT', 500 + 2 * i");
	spd_add(&f, "tip_event", 38, ", device_id, login_session_id, outcome",
		", 'X1', i % 2, 'MISS_DECIDED'");
	spd_add(&f, "tip_event", 50, ", device_id, outcome", ", 'X9', 'HIT'");
	spd_add(&f, "tip_session", 1, ", device_id, images_viewed, tip_shown, hits, misses",
		", 'X9', 900, 50, 50, 0");
	spd_add(&f, "tip_session", 2,
		", device_id, login_session_id, images_viewed, tip_shown, hits, misses, "
		"non_tip_alarms, non_tip_alarms_confirmed_threat",
		", 'X1', i % 2, 702, 336, 317, 19, 13 + i % 2, 1 + i % 2");
	/* More alarms than bags to alarm at. */
	spd_add(&f, "tip_session", 1,
		", device_id, images_viewed, tip_shown, hits, misses, non_tip_alarms",
		", 'X7', 702, 336, 317, 19, 367");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	/* 13 + 14 alarms less 3 finds; 732 bags with nothing shown less 3. */
	FIGURE_SAYS(doc, "OUT04", "", "24/729 0.0329218 NONE");
	cr_expect_eq(spd_left_out(doc, "OUT04", "CONTRADICTORY_SESSIONS"), 1);
	cr_expect_eq(spd_left_out(doc, "OUT04", "SESSIONS_WITHOUT_ALARM_COUNT"), 1);
	cr_expect_eq(spd_left_out(doc, "OUT05", "EVENTS_WITHOUT_BAGS"), 50);
	cr_expect_eq(spd_left_out(doc, "OUT05", "CONTRADICTORY_SESSIONS"), 1);
	cr_expect_eq((int)spd_detail(doc, "OUT05", "hits"), 634);
	cr_expect_eq((int)spd_detail(doc, "OUT05", "correct_rejections"), 705);
	struct sdt s = stats_sdt_loglinear(634, 38, 24, 705);
	cr_expect_float_eq(spd_detail(doc, "OUT05", "dprime"), s.dprime, 1e-12);
	cr_expect_float_eq(spd_detail(doc, "OUT05", "da_half"), s.da_half, 1e-12);
	/* 502, 504 .. 1768: type 7 lies halfway between the 317th and the 318th. */
	FIGURE_SAYS(doc, "OUT07", "", "-/634 1135 NONE");
	cr_expect_float_eq(spd_detail(doc, "OUT07", "p90"), 502 + 2 * 633 * 0.9, 1e-9);
	json_decref(doc);
}

Test(spd_job, agrees_with_percentile_cont)
{
	json_t *doc;

	cluster_do(f.pg, "SELECT setseed(0.25)");
	spd_add(&f, "tip_event", 501, ", device_id, outcome, response_ms",
		", 'X1', 'HIT', (random() * 300)::int");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	cr_expect_float_eq(spd_detail(doc, "OUT07", "median"),
			   strtod(cluster_text(f.pg, "SELECT percentile_cont(0.5) WITHIN GROUP "
						     "(ORDER BY response_ms) FROM sems.tip_event"),
				  NULL),
			   1e-9);
	cr_expect_float_eq(spd_detail(doc, "OUT07", "p90"),
			   strtod(cluster_text(f.pg, "SELECT percentile_cont(0.9) WITHIN GROUP "
						     "(ORDER BY response_ms) FROM sems.tip_event"),
				  NULL),
			   1e-9);
	json_decref(doc);
}

Test(spd_job, counts_screeners_and_names_none)
{
	json_t *doc;
	char *text;

	/* Three screeners with 120 projections: 60, 90 and 118 found; one with 40. */
	for (int s = 0; s < 3; s++) {
		static const char *const limits[] = {"60", "90", "118"};
		char values[200];

		snprintf(values, sizeof values,
			 ", 'X1', decode(repeat('%02x', 16), 'hex'), CASE WHEN i <= %s THEN 'HIT' "
			 "ELSE 'MISS_DECIDED' END",
			 0xa0 + s, limits[s]);
		spd_add(&f, "tip_event", 120, ", device_id, screener_id, outcome", values);
	}
	spd_add(&f, "tip_event", 40, ", device_id, screener_id, outcome",
		", 'X1', decode(repeat('a9', 16), 'hex'), 'HIT'");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "QN15", "", "3/4 0.75 NO_TARGET");
	FIGURE_SAYS(doc, "OUT06", "", "-/3 - NO_STANDARD");
	json_decref(doc);
	set_target("OUT03", "0.8", "2026-Q1");
	set_target("OUT06", "0.02", "2026-Q1");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	/* 60 of 120 is below 0.8 by any chance, 90 of 120 is not proven to be. */
	FIGURE_SAYS(doc, "OUT06", "", "1/3 0.333333 NOT_MET");
	FIGURE_SAYS(doc, "OUT06", "site=N1", "1/3 0.333333 NOT_MET");
	cr_expect_eq(spd_left_out(doc, "OUT06", "TOO_FEW_EVENTS"), 1);
	text = json_dumps(doc, 0);
	cr_expect_null(strstr(text, "a0a0a0"));
	free(text);
	json_decref(doc);
}

/* I1 of version 1 and of version 2 are two images; together they would be neither always found nor
 * hardly ever. */
Test(spd_job, counts_images_at_an_extreme_by_their_librarys_version)
{
	static const char columns[] = ", device_id, library_version, image_id, outcome";
	static const struct {
		int n;
		const char *values;
	} shown[] = {
	    {30, ", 'X1', '1', 'I1', 'HIT'"},
	    {30, ", 'X1', '2', 'I1', CASE WHEN i <= 6 THEN 'HIT' ELSE 'MISS_TIMEOUT' END"},
	    {40, ", 'X1', '1', 'I2', CASE WHEN i <= 7 THEN 'HIT' ELSE 'MISS_DECIDED' END"},
	    {29, ", 'X1', '1', 'I3', 'HIT'"},
	    {5, ", 'X1', '1', NULL, 'HIT'"},
	    {1, ", 'X1', '1', 'I1', 'ABORTED'"},
	};
	json_t *doc;

	for (size_t i = 0; i < COUNT(shown); i++)
		spd_add(&f, "tip_event", shown[i].n, columns, shown[i].values);
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "TP05", "", "2/3 0.666667 NONE");
	FIGURE_SAYS(doc, "TP05", "library_version=1", "2/2 1 NONE");
	FIGURE_SAYS(doc, "TP05", "library_version=2", "0/1 0 NONE");
	cr_expect_eq(spd_left_out(doc, "TP05", "TOO_FEW_PROJECTIONS"), 1);
	cr_expect_eq(spd_left_out(doc, "TP05", "IMAGE_NOT_GIVEN"), 5);
	json_decref(doc);
}

/* As a catalogue may say: who is judged since long, by a standard that counts from July on. */
Test(spd_job, has_no_standard_before_the_metric_that_has_it_is_in_force)
{
	struct err e = {0};
	const struct metric *m = catalogue_metric(spd_catalogue(&e), "OUT03");
	json_t *doc;

	memcpy(m->effective_from, "2026-07-01", 10);
	set_target("OUT03", "0.8", "2026-Q1");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "OUT06", "", "-/- - NO_STANDARD");
	json_decref(doc);
}

static const char *
definition_of(const json_t *doc, const char *id)
{
	const json_t *m;
	size_t i;

	json_array_foreach(json_object_get(doc, "metrics"), i, m)
	{
		if (strcmp(json_string_value(json_object_get(m, "id")), id) == 0)
			return json_string_value(json_object_get(m, "definition"));
	}
	return "";
}

/* A screener's window is the quarter: the definition says so, and what was before it decides
 * neither who is judged nor how. */
Test(spd_job, judges_screeners_by_the_quarter_alone)
{
	static const char columns[] = ", device_id, screener_id, outcome";
	static const char good[] = ", 'X1', decode(repeat('a1', 16), 'hex'), 'HIT'";
	static const char good_missed[] = ", 'X1', decode(repeat('a1', 16), 'hex'), 'MISS_DECIDED'";
	static const char few_missed[] = ", 'X1', decode(repeat('a2', 16), 'hex'), 'MISS_DECIDED'";
	json_t *doc;

	set_target("OUT03", "0.8", "2026-Q1");
	spd_add(&f, "tip_event", 120, columns, good);
	spd_add(&f, "tip_event", 99, columns, few_missed);
	spd_add_at(&f, "2026-03-31T22:59:59Z", "tip_event", 300, columns, good_missed);
	spd_add_at(&f, "2026-03-31T22:59:59Z", "tip_event", 300, columns, few_missed);
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "OUT06", "", "0/1 0 NO_TARGET");
	cr_expect_eq(spd_left_out(doc, "OUT06", "TOO_FEW_EVENTS"), 1);
	cr_expect_not_null(strstr(definition_of(doc, "OUT06"), "in the quarter"), "%s",
			   definition_of(doc, "OUT06"));
	json_decref(doc);
	doc = spd_compute_quarter(&f, SPD_TASK_SHOW, (struct quarter){2026, 1});
	FIGURE_SAYS(doc, "OUT06", "", "2/2 1 NO_TARGET");
	json_decref(doc);
}

Test(spd_job, judges_a_sample_by_its_interval_against_the_target_in_force)
{
	json_t *doc;

	set_target("OUT03", "0.5", "2026-Q1");
	set_target("OUT03", "0.8", "2026-Q2");
	set_target("OUT03", "0.99", "2026-Q3");
	spd_add(&f, "tip_event", 90, ", device_id, stream, outcome", ", 'X1', 'CABIN', 'HIT'");
	spd_add(&f, "tip_event", 10, ", device_id, stream, outcome",
		", 'X1', 'CABIN', 'MISS_DECIDED'");
	spd_add(&f, "tip_event", 82, ", device_id, stream, outcome", ", 'X2', 'HOLD', 'HIT'");
	spd_add(&f, "tip_event", 18, ", device_id, stream, outcome",
		", 'X2', 'HOLD', 'MISS_DECIDED'");
	spd_add(&f, "tip_event", 50, ", device_id, stream, outcome", ", 'X3', 'STAFF', 'HIT'");
	spd_add(&f, "tip_event", 50, ", device_id, stream, outcome",
		", 'X3', 'STAFF', 'MISS_DECIDED'");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "OUT03", "stream=CABIN", "90/100 0.9 MET");
	FIGURE_SAYS(doc, "OUT03", "stream=HOLD", "82/100 0.82 NOT_PROVEN");
	FIGURE_SAYS(doc, "OUT03", "stream=STAFF", "50/100 0.5 NOT_MET");
	json_decref(doc);
}

static json_t *
target_of(json_t *doc, const char *metric)
{
	json_t *m;
	size_t i;

	json_array_foreach(json_object_get(doc, "metrics"), i, m)
	{
		if (strcmp(json_string_value(json_object_get(m, "id")), metric) == 0)
			return json_object_get(m, "target");
	}
	return NULL;
}

/* The quarter ended on 2026-06-30. */
Test(spd_job, says_of_a_target_what_it_replaced_and_whether_the_quarter_was_over)
{
	json_t *doc;
	json_t *target;

	set_target("OUT03", "0.7", "2025-Q1");
	set_target("OUT03", "0.8", "2026-Q1");
	set_target("OUT03", "0.75", "2026-Q1");
	set_target("OUT03", "0.99", "2026-Q3");
	set_target("OUT01", "0.9", "2026-Q1");
	cluster_do(f.pg, "UPDATE sems.target SET set_at = '2026-01-05T09:00Z'");
	cluster_do(
	    f.pg,
	    "UPDATE sems.target SET set_at = '2026-06-30T22:59:59.999Z', set_by = 'unix:anna' "
	    "WHERE value = 0.75");
	cluster_do(f.pg,
		   "UPDATE sems.target SET set_at = '2026-06-30T23:00:00Z' WHERE metric = 'OUT01'");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	target = target_of(doc, "OUT03");
	cr_expect_eq(json_real_value(json_object_get(target, "value")), 0.75);
	cr_expect_eq(json_real_value(json_object_get(target, "replaces")), 0.8);
	cr_expect_str_eq(json_string_value(json_object_get(target, "set_by")), "unix:anna");
	cr_expect_str_eq(json_string_value(json_object_get(target, "set_at")),
			 "2026-06-30T22:59:59.999Z");
	cr_expect(json_is_false(json_object_get(target, "set_late")));
	target = target_of(doc, "OUT01");
	cr_expect(json_is_true(json_object_get(target, "set_late")));
	cr_expect(json_is_null(json_object_get(target, "replaces")));
	json_decref(doc);
}

/* Alarms: 12 of the 100 images with nothing projected. */
Test(spd_job, judges_by_a_band_and_says_which_one_it_replaced)
{
	json_t *doc;
	json_t *target;

	spd_add(&f, "tip_session", 1,
		", device_id, screener_id, images_viewed, tip_shown, hits, misses, non_tip_alarms",
		", 'd', decode(md5('p'), 'hex'), 110, 10, 9, 1, 12");
	cluster_do(f.pg, "INSERT INTO sems.target (metric, value, low, high, approved_by, "
			 "from_quarter) VALUES ('OUT04', NULL, 0.01, 0.02, 'AM', '2026-Q1'), "
			 "('OUT04', NULL, 0.05, 0.25, 'AM', '2026-Q2'), "
			 "('QN14', 0.1, NULL, NULL, 'AM', '2026-Q2')");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "OUT04", "", "12/100 0.12 MET");
	target = target_of(doc, "OUT04");
	cr_expect(json_is_null(json_object_get(target, "value")));
	cr_expect_eq(json_real_value(json_object_get(target, "low")), 0.05);
	cr_expect_eq(json_real_value(json_object_get(target, "high")), 0.25);
	cr_expect_eq(json_real_value(json_object_get(target, "replaces_low")), 0.01);
	cr_expect_eq(json_real_value(json_object_get(target, "replaces_high")), 0.02);
	/* A single value was set when it had no band. */
	cr_expect(json_is_null(target_of(doc, "QN14")));
	json_decref(doc);
}

/* Two screeners at one site, thirty at another, and as many at a third. */
Test(spd_job, suppresses_what_is_of_few_persons_and_what_would_tell_it)
{
	static const char of[] =
	    ", device_id, screener_id, images_viewed, tip_shown, hits, misses, "
	    "non_tip_alarms";
	static const char *const sites[] = {"N1", "N2", "N3"};
	json_t *doc;

	for (size_t i = 0; i < COUNT(sites); i++) {
		char values[200];

		snprintf(values, sizeof values,
			 ", 'd', decode(md5('%s' || i %% %d), 'hex'), 110, 10, 9, 1, 12", sites[i],
			 i == 0 ? 2 : 30);
		spd_add(&f, "tip_session", i == 0 ? 10 : (int)(60 * i), of, values);
		snprintf(values, sizeof values,
			 "UPDATE sems.tip_session SET site_id = '%s' WHERE site_id = 'N1'"
			 " AND screener_id IN (SELECT decode(md5('%s' || i), 'hex') FROM"
			 " generate_series(0, 29) AS i)",
			 sites[i], sites[i]);
		cluster_do(f.pg, values);
	}
	doc = spd_compute_suppressed(&f);
	FIGURE_SAYS(doc, "OUT03", "", "1710/1900 0.9 NO_TARGET");
	FIGURE_SAYS(doc, "OUT03", "site=N1", "-/- - SUPPRESSED");
	FIGURE_SAYS(doc, "OUT03", "site=N2", "-/- - SUPPRESSED");
	FIGURE_SAYS(doc, "OUT03", "site=N3", "1080/1200 0.9 NO_TARGET");
	FIGURE_SAYS(doc, "OUT05", "site=N1", "-/- - SUPPRESSED");
	cr_expect(json_is_null(json_object_get(spd_figure(doc, "OUT03", "site=N1"), "excluded")));
	cr_expect_gt(
	    json_integer_value(json_object_get(json_object_get(doc, "small_cells"), "suppressed")),
	    4);
	json_decref(doc);
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "OUT03", "site=N1", "90/100 0.9 NO_TARGET");
	cr_expect(json_is_true(json_object_get(json_object_get(doc, "small_cells"), "shown")));
	json_decref(doc);
	doc = spd_compute(&f, SPD_TASK_FREEZE);
	FIGURE_SAYS(doc, "OUT03", "site=N1", "-/- - SUPPRESSED");
	json_decref(doc);
}

#define FINDING(id, severity, state) \
	"{\"finding_id\":\"" id "\",\"severity\":\"" severity "\",\"state\":\"" state "\"}"

Test(spd_job, counts_findings_as_raised_and_as_open_at_the_end)
{
	json_t *doc;

	spd_add_at(&f, "2026-02-10T10:00:00Z", "audit", 1, ", type, findings",
		   ", 'INTERNAL_AUDIT', '[" FINDING("F1", "CRITICAL", "OPEN") "," FINDING(
		       "F2", "SERIOUS", "OPEN") "]'");
	spd_add(&f, "audit", 1, ", type, ratings, findings",
		", 'INTERNAL_AUDIT', "
		"'[{\"classification\":\"FULLY_COMPLIANT\"},{\"classification\":\"NOT_CONFIRMED\"}]"
		"', '[" FINDING("F3", "CRITICAL", "OPEN") "," FINDING("F4", "MINOR", "OPEN") "]'");
	spd_add_at(&f, "2026-06-01T10:00:00Z", "audit", 1, ", type, findings",
		   ", 'INSPECTION_FOLLOW_UP', '[" FINDING(
		       "F1", "CRITICAL", "CORRECTED") "," FINDING("F2", "SERIOUS", "CLOSED") "]'");
	/* After the quarter: changes nothing in it. */
	spd_add_at(&f, "2026-07-05T10:00:00Z", "audit", 1, ", type, findings",
		   ", 'INSPECTION_FOLLOW_UP', '[" FINDING("F1", "CRITICAL", "CLOSED") "]'");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "FI01", "", "2/- 2 NONE");
	FIGURE_SAYS(doc, "FI01", "severity=CRITICAL", "1/- 1 NONE");
	cr_expect_eq(spd_left_out(doc, "FI01", "LISTED_AGAIN"), 2);
	FIGURE_SAYS(doc, "QL06", "", "2/- 2 NO_TARGET");
	FIGURE_SAYS(doc, "AU01", "", "2/- 2 NONE");
	FIGURE_SAYS(doc, "AU02", "", "1/- 1 NONE");
	FIGURE_SAYS(doc, "AU03", "", "2/2 1 NO_TARGET");
	FIGURE_SAYS(doc, "QL05", "", "1/1 1 NO_TARGET");
	cr_expect_eq(spd_left_out(doc, "QL05", "NOT_CONFIRMED"), 1);
	json_decref(doc);
}

#define REPEAT(id, of) "{\"finding_id\":\"" id "\",\"severity\":\"MINOR\",\"repeat_of\":\"" of "\"}"

Test(spd_job, counts_as_repeated_what_was_found_in_the_year_before_or_elsewhere)
{
	json_t *doc;

	spd_add_at(&f, "2025-05-01T10:00:00Z", "audit", 1, ", type, findings",
		   ", 'INTERNAL_AUDIT', '[" FINDING("OLD", "MINOR", "CLOSED") "]'");
	spd_add_at(&f, "2025-05-20T10:00:00Z", "audit", 1, ", type, findings",
		   ", 'INTERNAL_AUDIT', '[" FINDING("NEW", "MINOR", "CLOSED") "]'");
	spd_add(&f, "audit", 1, ", type, findings",
		", 'INTERNAL_AUDIT', '[" REPEAT("A", "OLD") "," REPEAT("B", "NEW") "," REPEAT(
		    "C", "UNKNOWN") "," FINDING("D", "MINOR", "OPEN") "]'");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "QL07", "", "2/4 0.5 NO_TARGET");
	json_decref(doc);
}

Test(spd_job, raises_a_finding_once_whatever_audits_list_it)
{
	json_t *doc;

	spd_add(&f, "audit", 1, ", type, findings",
		", 'INTERNAL_AUDIT', '[" FINDING("F1", "MINOR", "OPEN") "]'");
	/* At the same instant, and later. */
	spd_add(&f, "audit", 1, ", type, findings",
		", 'EXTERNAL_AUDIT', '[" FINDING("F1", "MINOR", "OPEN") "]'");
	spd_add_at(&f, "2026-06-01T10:00:00Z", "audit", 1, ", type, findings",
		   ", 'INTERNAL_AUDIT', '[" FINDING("F1", "MINOR", "CLOSED") "]'");
	spd_add_at(&f, "2026-06-02T10:00:00Z", "audit", 1, ", type, findings",
		   ", 'INSPECTION_FOLLOW_UP', '[" FINDING("F2", "SERIOUS", "OPEN") "]'");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "FI01", "", "2/- 2 NONE");
	cr_expect_eq(spd_left_out(doc, "FI01", "LISTED_AGAIN"), 2);
	FIGURE_SAYS(doc, "QL07", "", "0/2 0 NO_TARGET");
	json_decref(doc);
}

Test(spd_job, counts_what_corrections_and_voids_leave)
{
	json_t *doc;

	spd_add(&f, "activity", 1, ", activity, count", ", 'FLIGHTS', 100");
	spd_add(&f, "activity", 1, ", activity, count", ", 'FLIGHTS', 70");
	spd_add(&f, "activity", 1, ", activity, count, corrects_record_id, corrected_at",
		", 'FLIGHTS', 90, (SELECT record_id FROM sems.activity WHERE count = 100), now()");
	cluster_do(f.pg, "SELECT sems.make_partition('void', '" IN_Q2 "')");
	spd_add(&f, "void", 1, ", corrects_record_id, corrected_at",
		", (SELECT record_id FROM sems.activity WHERE count = 70), now()");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "EX13", "", "90/- 90 NONE");
	FIGURE_SAYS(doc, "EX12", "", "-/- - NO_DATA");
	FIGURE_SAYS(doc, "DQ03", "", "1/2 0.5 NO_TARGET");
	json_t *r = json_array_get(json_object_get(doc, "records"), 0);
	cr_expect_str_eq(json_string_value(json_object_get(r, "kind")), "activity");
	cr_expect_eq(json_integer_value(json_object_get(r, "received")), 2);
	cr_expect_eq(json_integer_value(json_object_get(r, "effective")), 1);
	cr_expect_eq(json_integer_value(json_object_get(r, "corrected")), 1);
	cr_expect_eq(json_integer_value(json_object_get(r, "voided")), 1);
	cr_expect_eq(json_integer_value(json_object_get(r, "late")), 0);
	json_decref(doc);
}

/* P-836 */
Test(spd_job, measures_the_quality_of_its_data)
{
	json_t *doc;

	spd_add(&f, "tip_event", 8, ", device_id, outcome, clock_offset_ms",
		", 'X1', 'HIT', 60000");
	spd_add(&f, "heartbeat", 1, ", device_id, clock_offset_ms, events_made",
		", 'X1', -61000, '[{\"kind\":\"tip_event\",\"count\":10}]'");
	spd_add(&f, "activity", 3, ", activity, count", ", 'FLIGHTS', 1");
	cluster_do(f.pg,
		   "UPDATE sems.tip_event SET received_at = occurred_at + interval '73 hours' "
		   "WHERE ctid IN (SELECT ctid FROM sems.tip_event LIMIT 2)");
	cluster_do(f.pg,
		   "INSERT INTO sems.quarantine (source, principal, reason, field, message, kind, "
		   "received_at, raw_sealed, raw_mac) VALUES ('src', 'p', 'RANGE', 'count', '', "
		   "'activity', '" IN_Q2 "', '', '')");
	/* All of it is older than the entity, so that nobody could be late; then a part. */
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "DQ02", "", "-/- - BEFORE_SETUP");
	FIGURE_SAYS(doc, "DQ02", "kind=tip_event", "-/- - BEFORE_SETUP");
	cr_expect_eq(spd_left_out(doc, "DQ02", "BEFORE_SETUP"), 12);
	json_decref(doc);
	cluster_do(f.pg, "UPDATE sems.entity SET created_at = '" IN_Q2 "'");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "DQ01", "", "8/10 0.8 NO_TARGET");
	cr_expect_eq(spd_left_out(doc, "DQ01", "NOT_ANNOUNCED"), 3);
	FIGURE_SAYS(doc, "DQ02", "kind=tip_event", "6/8 0.75 NO_TARGET");
	FIGURE_SAYS(doc, "DQ03", "", "1/13 0.0769231 NO_TARGET");
	FIGURE_SAYS(doc, "DQ03", "kind=activity", "1/4 0.25 NO_TARGET");
	FIGURE_SAYS(doc, "DQ05", "", "1/1 1 NO_TARGET");
	cr_expect_eq(spd_left_out(doc, "DQ05", "CLOCK_OFFSET_NOT_TOLD"), 0);
	json_decref(doc);
}

Test(spd_job, measures_equipment)
{
	json_t *doc;

	spd_add(&f, "equipment_check", 9,
		", device_id, check_type, result, due_at, service_mode, mode_from, mode_to",
		", 'X' || i, 'ROUTINE_TEST', 'PASS', '" IN_Q2 "', 'NORMAL', '" IN_Q2 "', '" IN_Q2
		"'::timestamptz + interval '100 s'");
	spd_add(
	    &f, "equipment_check", 1,
	    ", device_id, check_type, result, attempt, due_at, service_mode, mode_from, mode_to",
	    ", 'X0', 'ROUTINE_TEST', 'FAIL', 1, '2026-05-01T00:00:00Z', 'OUT', '" IN_Q2 "', '" IN_Q2
	    "'::timestamptz + interval '100 s'");
	spd_add(&f, "equipment_check", 1, ", device_id, check_type, result, attempt",
		", 'X1', 'ROUTINE_TEST', 'PASS', 2");
	spd_add(&f, "plan", 1, ", what, period_start, period_end, planned_count",
		", 'EQUIPMENT_TESTS', '" IN_Q2 "', '2026-05-13', 12");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "QN10", "", "9/12 0.75 NO_TARGET");
	cr_expect_eq(spd_left_out(doc, "QN10", "LATE"), 1);
	FIGURE_SAYS(doc, "QL04", "", "9/10 0.9 NO_TARGET");
	FIGURE_SAYS(doc, "QN11", "", "900/1000 0.9 NO_TARGET");
	json_decref(doc);
}

Test(spd_job, takes_no_degraded_screening_as_nought_only_where_means_are_told)
{
	json_t *doc;

	spd_add(&f, "activity", 1, ", activity, count", ", 'CABIN_BAGS', 500");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "QN12", "", "-/- - ALL_LEFT_OUT");
	cr_expect_eq(spd_left_out(doc, "QN12", "MEANS_NOT_GIVEN"), 500);
	json_decref(doc);
	spd_add(&f, "activity", 1, ", activity, count, means", ", 'CABIN_BAGS', 500, 'NORMAL'");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "QN12", "", "0/500 0 NO_TARGET");
	json_decref(doc);
}

#define MET     "'[{\"criterion_id\":\"a\",\"result\":\"MET\"}]'"
#define NOT_MET "'[{\"criterion_id\":\"a\",\"result\":\"NOT_MET\"}]'"

/* A Saturday, 9 May 2026, at 23:30 in London, and the Sunday half an hour later; one told by day
 * alone. */
Test(spd_job, tells_how_wide_the_sample_of_observations_is)
{
	json_t *doc;

	spd_add_at(&f, "2026-05-09T22:30:00Z", "observation", 6, ", observer_id, shift_id, mode",
		   ", decode(md5(i::text), 'hex'), 'late', 'OVERT'");
	spd_add_at(&f, "2026-05-09T23:00:00Z", "observation", 2, ", observer_id, mode",
		   ", decode(md5('1'), 'hex'), 'OVERT'");
	spd_add_at(&f, "2026-05-10T23:00:00Z", "observation", 1, ", precision, mode",
		   ", 'DAY', 'OVERT'");
	doc = spd_compute_suppressed(&f);
	FIGURE_SAYS(doc, "OB02", "", "6/6 6 NONE");
	cr_expect_eq(spd_left_out(doc, "OB02", "OBSERVER_NOT_GIVEN"), 1);
	FIGURE_SAYS(doc, "OB03", "", "1/1 1 NONE");
	cr_expect_eq(spd_left_out(doc, "OB03", "SHIFT_NOT_GIVEN"), 3);
	FIGURE_SAYS(doc, "OB04", "", "3/3 3 NONE");
	FIGURE_SAYS(doc, "OB05", "", "2/2 2 NONE");
	cr_expect_eq(spd_left_out(doc, "OB05", "HOUR_NOT_KNOWN"), 1);
	json_decref(doc);
}

/* Twelve observers watched openly and twenty by camera, of whom nobody did both. */
Test(spd_job, takes_the_observers_of_the_mode_that_the_target_is_for)
{
	static const struct {
		const char *figure;
		int observers;
	} told[] = {{"", 12}, {"mode=OVERT", 12}, {"site=N1", 12}, {"mode=CCTV_REVIEW", 20}};
	json_t *doc;

	spd_add(&f, "observation", 120, ", mode, observer_id, criteria",
		", 'OVERT', decode(md5((i % 12)::text), 'hex'),"
		" CASE WHEN i % 3 = 0 THEN '[" C("MET") "]'::jsonb ELSE '[" C("NOT_MET") "]' END");
	spd_add(&f, "observation", 100, ", mode, observer_id, criteria",
		", 'CCTV_REVIEW', decode(md5('c' || i % 20), 'hex'),"
		" CASE WHEN i % 7 = 0 THEN '[" C("MET") "]'::jsonb ELSE '[" C("NOT_MET") "]' END");
	cluster_do(f.pg, "INSERT INTO sems.target (metric, value, approved_by, from_quarter, "
			 "of_part) VALUES ('QL01', 0.3, 'AM', '2026-Q1', 'OVERT')");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	for (size_t i = 0; i < COUNT(told); i++) {
		const char *figure = told[i].figure;
		const json_t *clusters =
		    json_object_get(spd_figure(doc, "QL01", figure), "clusters");

		cr_expect_eq(json_integer_value(json_object_get(clusters, "count")),
			     told[i].observers, "%s", figure);
		cr_expect_eq(json_integer_value(json_object_get(clusters, "untold")), 0, "%s",
			     figure);
	}
	json_decref(doc);
}

Test(spd_job, counts_no_work_of_the_entity_itself_as_a_suppliers)
{
	json_t *doc;

	spd_add(&f, "observation", 40, ", provider_id, criteria", ", 'in-house', " MET);
	spd_add(&f, "observation", 27, ", provider_id, criteria", ", 'guardco', " MET);
	spd_add(&f, "observation", 9, ", provider_id, criteria", ", 'guardco', " NOT_MET);
	spd_add(&f, "observation", 2, ", criteria", ", " MET);
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "QL01", "", "69/78 - NOT_POOLED");
	FIGURE_SAYS(doc, "QL09", "", "27/36 0.75 NO_TARGET");
	FIGURE_SAYS(doc, "QL09", "provider=guardco", "27/36 0.75 NO_TARGET");
	cr_expect_eq(spd_left_out(doc, "QL09", "OWN_SECURITY"), 40);
	cr_expect_eq(spd_left_out(doc, "QL09", "PROVIDER_NOT_GIVEN"), 2);
	json_decref(doc);
}

Test(spd_job, says_no_activity_only_where_nought_was_counted)
{
	json_t *doc = spd_compute(&f, SPD_TASK_SHOW);

	FIGURE_SAYS(doc, "QN13", "", "-/- - NO_DATA");
	json_decref(doc);
	spd_add(&f, "activity", 1, ", activity, count", ", 'ACCESS_TRANSACTIONS', 0");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "QN13", "", "-/0 - NO_ACTIVITY");
	FIGURE_SAYS(doc, "EX11", "", "0/- 0 NONE");
	FIGURE_SAYS(doc, "EX12", "", "-/- - NO_DATA");
	json_decref(doc);
}

Test(spd_job, counts_no_person_among_the_items_screened_by_degraded_means)
{
	json_t *doc;

	spd_add(&f, "activity", 1, ", activity, count, means", ", 'CARGO_PIECES', 400, 'NORMAL'");
	spd_add(&f, "activity", 1, ", activity, count, means", ", 'HOLD_BAGS', 100, 'DEGRADED'");
	spd_add(&f, "activity", 1, ", activity, count, means",
		", 'PASSENGERS_SCREENED', 7, 'DEGRADED'");
	spd_add(&f, "activity", 1, ", activity, count", ", 'STAFF_SCREENED', 9");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "QN12", "", "100/500 0.2 NO_TARGET");
	cr_expect_eq(spd_left_out(doc, "QN12", "MEANS_NOT_GIVEN"), 0);
	json_decref(doc);
}

Test(spd_job, keeps_revisions_that_never_change)
{
	json_t *doc;

	spd_add(&f, "activity", 1, ", activity, count", ", 'FLIGHTS', 100");
	doc = spd_compute(&f, SPD_TASK_FREEZE);
	cr_expect_str_eq(json_string_value(json_object_get(doc, "state")), "DRAFT");
	cr_expect_eq(json_integer_value(json_object_get(doc, "revision")), 1);
	json_decref(doc);
	spd_add(&f, "activity", 1, ", activity, count", ", 'FLIGHTS', 1");
	cr_expect_eq(spd_fails(&f, SPD_TASK_FREEZE, (struct quarter){2026, 2}), REJ_STATE);
	cluster_do(f.pg, "INSERT INTO sems.spd_event (quarter, revision, made_by, action, text) "
			 "VALUES ('2026-Q2', 1, 'unix:anna', 'WITHDRAW', 'one is missing')");
	json_decref(spd_compute(&f, SPD_TASK_FREEZE));
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.spd_revision "
				       "WHERE sha256 = sha256(convert_to(document, 'UTF8'))"),
		     2);
	cr_expect_neq(cluster_int(f.pg,
				  "SELECT count(*) FROM sems.spd_revision WHERE revision = 1 AND "
				  "document LIKE '%\"numerator\":100,%'"),
		      0);
	cr_expect_str_neq(cluster_state(f.pg, "UPDATE sems.spd_revision SET document = '{}', "
					      "sha256 = sha256('{}') WHERE revision = 1"),
			  "00000");
	cr_expect_str_neq(cluster_state(f.pg, "DELETE FROM sems.spd_revision"), "00000");
	cr_expect_str_neq(cluster_state(f.pg, "TRUNCATE sems.spd_revision"), "00000");
}

Test(spd_job, refuses_to_freeze_a_quarter_that_has_not_ended)
{
	cr_expect_eq(spd_fails(&f, SPD_TASK_FREEZE, (struct quarter){2099, 1}), REJ_STATE);
	cr_expect_eq(spd_fails(&f, SPD_TASK_SHOW, (struct quarter){2099, 1}), OK);
}

Test(spd_job, knows_no_quarter_outside_the_calendar)
{
	cr_expect_eq(spd_fails(&f, SPD_TASK_SHOW, (struct quarter){1980, 1}), REJ_NOT_FOUND);
}

Test(spd_job, keeps_one_live_document_per_quarter)
{
	json_decref(spd_compute(&f, SPD_TASK_LIVE));
	json_decref(spd_compute(&f, SPD_TASK_LIVE));
	cr_expect_eq(
	    cluster_int(f.pg, "SELECT count(*) FROM sems.spd_live WHERE quarter = '2026-Q2'"), 1);
}
