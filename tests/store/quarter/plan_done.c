/* What was done of what was planned, plan by plan (sql/queries/quarter/spd_plan_done.sql). */
#include "base/count.h"
#include "tests/store/spd_fixture.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

STORE_SUITE(plan_done, fixture_open, 120);

#define QUARTER "'2026-03-31T23:00:00Z', '2026-06-30T23:00:00Z'"
#define MAY     "'2026-04-30T23:00:00Z', '2026-05-31T23:00:00Z'"
#define ANY     "NULL, NULL"
#define MORNING "360, 600"  /* 06:00 to 10:00 */
#define NIGHT   "1320, 360" /* 22:00 to 06:00 */
/* Of 12 May, an hour behind the entity's clocks. */
#define AT(time)       "'2026-05-12T" time "Z', NULL, NULL"
#define FROM(from, to) "'2026-05-12T" from "Z', '2026-05-12T" to "Z', NULL"

/* Each at a site of its own. */
static const struct {
	const char *what_is_tried;
	const char *plans; /* rows of measure, period, time of day, how many */
	const char *done;  /* rows of measure, from, to, precision, how many */
	const char *says;
	const char *timed; /* what QN17 says; NULL: nothing */
	int surplus;
	int unplanned;
	int untold;
} cases[] = {
    {"a surplus hides no gap", "('a', " QUARTER ", " ANY ", 100), ('b', " QUARTER ", " ANY ", 100)",
     "('a', " AT("10:00") ", 195), ('b', " AT("10:00") ", 5)", "105/200 0.525 NO_TARGET", NULL, 95,
     0, 0},
    {"nothing is done", "('a', " QUARTER ", " ANY ", 4)", NULL, "0/4 0 NO_TARGET", NULL, 0, 0, 0},
    {"a month goes before a quarter", "('a', " QUARTER ", " ANY ", 10), ('a', " MAY ", " ANY ", 2)",
     "('a', " AT("10:00") ", 3), ('a', '2026-06-12T10:00:00Z', NULL, NULL, 4)",
     "6/12 0.5 NO_TARGET", NULL, 1, 0, 0},
    {"a measure goes before any", "('a', " MAY ", " ANY ", 2), (NULL, " MAY ", " ANY ", 5)",
     "('a', " AT("10:00") ", 3), ('b', " AT("10:00") ", 1), (NULL, " AT("10:00") ", 1)",
     "4/7 0.571429 NO_TARGET", NULL, 1, 0, 0},
    {"plans of the same add up", "('a', " MAY ", " ANY ", 2), ('a', " MAY ", " ANY ", 3)",
     "('a', " AT("10:00") ", 4)", "4/5 0.8 NO_TARGET", NULL, 0, 0, 0},
    {"a period ends", "('a', " MAY ", " ANY ", 5)",
     "('a', '2026-05-31T23:00:00Z', NULL, NULL, 1), ('a', '2026-05-31T22:59:59Z', NULL, NULL, 1),"
     " ('b', " AT("10:00") ", 1)",
     "1/5 0.2 NO_TARGET", NULL, 0, 2, 0},
    {"of two as long the first goes before",
     "('a', '2026-05-06', '2026-05-16', " ANY ", 1), ('a', '2026-05-01', '2026-05-11', " ANY ", 1)",
     "('a', '2026-05-07', NULL, NULL, 2), ('a', '2026-05-12', NULL, NULL, 1)", "2/2 1 NO_TARGET",
     NULL, 1, 0, 0},
    {"who has a time of day goes before",
     "('a', " MAY ", " MORNING ", 2), ('a', " MAY ", " ANY ", 3)",
     "('a', " AT("06:00") ", 1), ('a', " AT("11:00") ", 2)", "3/5 0.6 NO_TARGET", "1/1 1 NO_TARGET",
     0, 0, 0},
    {"and who has not before a wrong one",
     "('a', " MAY ", " MORNING ", 2), (NULL, " MAY ", " ANY ", 1)", "('a', " AT("11:00") ", 2)",
     "1/3 0.333333 NO_TARGET", NULL, 1, 0, 0},
    {"the right time of day goes before a measure",
     "('a', " MAY ", " ANY ", 1), (NULL, " MAY ", " MORNING ", 1)", "('a', " AT("06:00") ", 2)",
     "1/2 0.5 NO_TARGET", "2/2 1 NO_TARGET", 1, 0, 0},
    {"a night has two days", "('a', " MAY ", " NIGHT ", 9)",
     "('a', " AT("20:59:59") ", 1), ('a', " AT("21:00") ", 1), ('a', " AT(
	 "22:59:59") ", 1),"
		     " ('a', " AT("05:00:59") ", 1), ('a', " AT("05:01") ", 1)",
     "5/9 0.555556 NO_TARGET", "3/5 0.6 NO_TARGET", 0, 0, 0},
    {"what lasts is wholly in or out", "('a', " MAY ", " MORNING ", 9)",
     "('a', " FROM("05:00", "09:01") ", 1), ('a', " FROM(
	 "09:01", "12:00") ", 1),"
			   " ('a', " FROM("04:59", "05:01") ", 1), ('a', " FROM(
			       "08:00",
			       "09:02") ", 1),"
					" ('a', '2026-05-11T23:00:00Z', NULL, 'DAY', 1),"
					" ('a', '2026-05-12T09:00:00Z', NULL, 'MINUTE', 1)",
     "6/9 0.666667 NO_TARGET", "2/3 0.666667 NO_TARGET", 0, 0, 3},
    {"a whole day holds all", "('a', " MAY ", 0, 1439, 9)",
     "('a', " AT("22:59:59.999") ", 1), ('a', '2026-05-11T23:00:00Z', NULL, 'DAY', 1)",
     "2/9 0.222222 NO_TARGET", "2/2 1 NO_TARGET", 0, 0, 0},
};

static void
add_case(size_t i)
{
	char sql[6000];

	snprintf(sql, sizeof sql,
		 "INSERT INTO sems.plan (record_id, source, site_id, received_at, received_from, "
		 "measure_code, occurred_at, what, period_start, period_end, window_start_min, "
		 "window_end_min, planned_count) SELECT gen_random_uuid(), 'src', 'S%zu', now(), "
		 "'t', m, '2026-04-02', 'OBSERVATIONS', since::timestamptz, until::timestamptz, "
		 "x::bigint, y::bigint, n FROM (VALUES %s) AS v (m, since, until, x, y, n)",
		 i, cases[i].plans);
	cluster_do(f.pg, sql);
	if (cases[i].done == NULL)
		return;
	snprintf(sql, sizeof sql,
		 "INSERT INTO sems.observation (record_id, source, site_id, received_at, "
		 "received_from, measure_code, occurred_at, occurred_end, \"precision\", criteria) "
		 "SELECT gen_random_uuid(), 'src', 'S%zu', now(), 't', m, since::timestamptz, "
		 "until::timestamptz, p, '[{\"criterion_id\":\"c\",\"result\":\"MET\"}]' FROM "
		 "(VALUES %s) AS v (m, since, until, p, n), generate_series(1, n)",
		 i, cases[i].done);
	cluster_do(f.pg, sql);
}

static int
count_of(const json_t *list, const char *reason)
{
	const json_t *x;
	size_t i;

	json_array_foreach(list, i, x)
	{
		if (strcmp(json_string_value(json_object_get(x, "reason")), reason) == 0)
			return (int)json_integer_value(json_object_get(x, "count"));
	}
	return 0;
}

static int
part_of(json_t *figure, const char *part)
{
	const json_t *parts = json_object_get(json_object_get(figure, "details"), "parts");

	return (int)json_integer_value(json_object_get(parts, part));
}

Test(plan_done, counts_up_to_what_each_plan_asks_for)
{
	json_t *doc;

	spd_add(&f, "observation", 1, "", "");
	spd_add_at(&f, "2026-06-01", "observation", 1, "", "");
	spd_add_at(&f, "2026-04-02", "plan", 1, "", "");
	for (size_t i = 0; i < COUNT(cases); i++)
		add_case(i);
	doc = spd_compute(&f, SPD_TASK_SHOW);
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *what = cases[i].what_is_tried;
		char by[32];
		json_t *figure;

		snprintf(by, sizeof by, "site=S%zu", i);
		figure = spd_figure(doc, "QN01", by);
		cr_expect_str_eq(spd_says(doc, "QN01", by), cases[i].says, "%s: %s", what,
				 spd_says(doc, "QN01", by));
		cr_expect_eq(part_of(figure, "SURPLUS"), cases[i].surplus, "%s: %d surplus", what,
			     part_of(figure, "SURPLUS"));
		cr_expect_eq(part_of(figure, "UNPLANNED"), cases[i].unplanned, "%s: %d unplanned",
			     what, part_of(figure, "UNPLANNED"));
		figure = spd_figure(doc, "QN17", by);
		cr_expect_eq(figure == NULL, cases[i].timed == NULL, "%s", what);
		if (figure == NULL || cases[i].timed == NULL)
			continue;
		cr_expect_str_eq(spd_says(doc, "QN17", by), cases[i].timed, "%s: %s", what,
				 spd_says(doc, "QN17", by));
		cr_expect_eq(count_of(json_object_get(figure, "excluded"), "TIME_OF_DAY_NOT_TOLD"),
			     cases[i].untold, "%s", what);
	}
	/* A plan for any measure has what was done of each: it is no measure's. */
	FIGURE_SAYS(doc, "QN01", "site=S3,measure=a", "2/2 1 NO_TARGET");
	FIGURE_SAYS(doc, "QN01", "site=S3,measure=(not given)", "2/5 0.4 NO_TARGET");
	json_decref(doc);
}

#define PLAN_OF(what, n)                                                          \
	spd_add(&f, "plan", 1, ", what, period_start, period_end, planned_count", \
		", '" what "', " QUARTER ", " n)

/* Three each, of which one does not count. */
Test(plan_done, takes_of_each_kind_what_counts)
{
	json_t *doc;

	PLAN_OF("TESTS", "2");
	spd_add(&f, "test", 3, ", mode, outcome, commissioned_by, debriefed_at",
		", 'COVERT', CASE i WHEN 1 THEN 'INVALID' ELSE 'FAIL' END, NULL, now()");
	PLAN_OF("AUDITS", "1");
	spd_add(&f, "audit", 3, ", type, planned_for",
		", CASE i WHEN 1 THEN 'REGULATOR_AUDIT' ELSE 'INTERNAL_AUDIT' END, '2026-05-02'");
	PLAN_OF("EQUIPMENT_TESTS", "5");
	spd_add(&f, "equipment_check", 3, ", device_id, check_type, result, attempt, due_at",
		", 'X', 'DAILY_OTP', 'PASS', i, '2026-05-12T12:00:00Z'");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "QN02", "", "2/2 1 NO_TARGET");
	cr_expect_eq(spd_part(doc, "QN02", "SURPLUS"), 0);
	FIGURE_SAYS(doc, "QN03", "", "1/1 1 NO_TARGET");
	cr_expect_eq(spd_part(doc, "QN03", "SURPLUS"), 1);
	FIGURE_SAYS(doc, "QN10", "", "1/5 0.2 NO_TARGET");
	/* Nobody asks where nothing is planned. */
	FIGURE_SAYS(doc, "QN08", "", "-/- - NO_PLAN");
	FIGURE_SAYS(doc, "QN17", "", "-/- - NO_DATA");
	json_decref(doc);
}

/* Twelve patrols of a day, three of them told again by the hour, and what nobody planned. */
Test(plan_done, counts_what_was_done_at_a_place_once)
{
	json_t *doc;

	PLAN_OF("PATROLS", "8");
	spd_add(&f, "activity", 1, ", location_id, activity, count, occurred_end",
		", 'L1', 'PATROLS_DONE', 12, '2026-05-13T09:30:00Z'");
	spd_add_at(&f, "2026-05-12T10:00:00Z", "activity", 1,
		   ", location_id, activity, count, occurred_end",
		   ", 'L1', 'PATROLS_DONE', 3, '2026-05-12T11:00:00Z'");
	spd_add(&f, "activity", 1, ", location_id, activity, count",
		", 'L1', 'VEHICLES_SEARCHED', 7");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "QN08", "", "8/8 1 NO_TARGET");
	cr_expect_eq(spd_part(doc, "QN08", "SURPLUS"), 4);
	cr_expect_eq(spd_left_out(doc, "QN08", "COUNTED_TWICE"), 3);
	FIGURE_SAYS(doc, "QN04", "", "-/- - NO_PLAN");
	json_decref(doc);
	PLAN_OF("VEHICLE_CHECKS", "10");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "QN04", "", "7/10 0.7 NO_TARGET");
	FIGURE_SAYS(doc, "QN08", "", "8/8 1 NO_TARGET");
	json_decref(doc);
}
