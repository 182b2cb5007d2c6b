#include "base/count.h"
#include "store/count/explain_sql.h"
#include "store/quarter/spd_job.h"
#include "tests/store/spd_fixture.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

static const char *const params[6] = {
    "2026-03-31T23:00:00Z", "2026-06-30T23:00:00Z", NULL, NULL, NULL, "100"};

static PGresult *
ask(struct fixture *f, const char *sql, int n)
{
	PGresult *res = PQexecParams(f->pg, sql, n, NULL, params, NULL, NULL, 0);

	cr_assert_eq(PQresultStatus(res), PGRES_TUPLES_OK, "%s\n%s", PQerrorMessage(f->pg), sql);
	return res;
}

static long long
number(const PGresult *res, int row, int col)
{
	return PQgetisnull(res, row, col) ? -1 : strtoll(PQgetvalue(res, row, col), NULL, 10);
}

static void
plan_of(const struct metric *m, const struct explain_dim *dim, bool then, struct arena *a,
	struct explain_plan *plan)
{
	const struct explain_wish wish = {
	    .m = m, .where = dim, .n_where = dim == NULL ? 0 : 1, .then = then};
	struct err e = {0};

	cr_assert_eq(explain_sql_plan(&wish, a, plan, &e), OK, "%s", e.text);
}

/* Something of every kind that metrics count. */
static void
add_evidence(struct fixture *f)
{
	spd_add(f, "tip_event", 9,
		", outcome, stream, device_id, response_ms, screener_id, threat_category",
		", CASE WHEN i % 3 = 0 THEN 'HIT' ELSE 'MISS_DECIDED' END, 'CABIN', 'X1', 100 * i,"
		" decode(md5('p'), 'hex'), 'IED'");
	spd_add(f, "tip_session", 2,
		", device_id, images_viewed, tip_shown, hits, misses, non_tip_alarms, "
		"occurred_end, stream",
		", 'X2', 100, 10, 7, 3, 5, '2026-05-12T11:00:00Z', 'CABIN'");
	spd_add(f, "observation", 3, ", criteria, mode",
		", '[{\"criterion_id\":\"a\",\"result\":\"MET\",\"mandatory\":true}]', 'OVERT'");
	spd_add(f, "plan", 2, ", what, planned_count, period_start, period_end",
		", 'OBSERVATIONS', 1, '2026-05-01', '2026-06-01'");
	spd_add(f, "plan", 1,
		", what, planned_count, period_start, period_end, window_start_min, "
		"window_end_min",
		", 'PATROLS', 2, '2026-05-01', '2026-06-01', 600, 660");
	spd_add(f, "test", 4, ", mode, outcome, method_class, layers",
		", 'OVERT', CASE WHEN i = 1 THEN 'FAIL' WHEN i = 2 THEN 'INVALID' ELSE 'PASS' END,"
		" 'CABIN_BAG', '[{\"layer\":\"x\",\"detected\":true,\"resolved\":true}]'");
	spd_add(
	    f, "audit", 2, ", type, findings, ratings, planned_for",
	    ", 'INTERNAL_AUDIT', "
	    "'[{\"finding_id\":\"F1\",\"severity\":\"SERIOUS\",\"state\":\"OPEN\"}]',"
	    " '[{\"measure_code\":\"4.1\",\"classification\":\"NOT_COMPLIANT\"}]', '2026-05-02'");
	spd_add(f, "activity", 3, ", activity, count, means", ", 'CABIN_BAGS', 100, 'NORMAL'");
	spd_add(f, "activity", 1, ", activity, count, location_id", ", 'PATROLS_DONE', 3, 'L1'");
	spd_add(f, "equipment_check", 3, ", check_type, result, attempt, due_at",
		", 'DAILY_OTP', 'PASS', 1, '2026-05-12T12:00:00Z'");
}

/* Of every kind the records that were not there before come again with this in place of what they
 * said, as corrections when they name a root. */
static void
come_again(struct fixture *f, const char *columns, const char *values, int n)
{
	static const char *const counted[] = {"tip_event", "tip_session",    "observation",
					      "plan",      "test",           "audit",
					      "activity",  "equipment_check"};
	char sql[2000];

	for (size_t i = 0; i < COUNT(counted); i++) {
		snprintf(sql, sizeof sql,
			 "CREATE TEMP TABLE again AS SELECT * FROM sems.%s ORDER BY record_id "
			 "LIMIT %d; UPDATE again SET (received_at, stored_in, record_id%s) = "
			 "ROW(clock_timestamp(), sems.this_transaction(), gen_random_uuid()%s); "
			 "INSERT INTO sems.%s SELECT * FROM again; DROP TABLE again",
			 counted[i], n, columns, values, counted[i]);
		cluster_do(f->pg, sql);
	}
}

/* What the statement of one metric adds up to is what the document says, and what it lists; how
 * many numbers were compared. */
static unsigned
compare(struct fixture *f, json_t *doc, const struct metric *m, bool then)
{
	struct arena *a = arena_new(64 << 20);
	const json_t *figure = spd_figure(doc, m->id, "");
	struct explain_plan plan;
	unsigned compared = 0;
	PGresult *totals;
	PGresult *page;

	plan_of(m, NULL, then, a, &plan);
	totals = ask(f, plan.totals, 2);
	page = ask(f, plan.page, 6);
	cr_expect_eq(number(totals, 0, 0), PQntuples(page), "%s", m->id);
	for (unsigned g = 0; g < plan.n_groups; g++) {
		const char *name = explain_group_name(m, plan.groups[g]);
		const json_t *v = json_object_get(figure, name);
		long long all = number(totals, 0, 1 + (int)g);
		long long sum = 0;

		if (plan.nameless != NULL || m->shape == SHAPE_PERSONS ||
		    plan.groups[g] > GROUP_DENOMINATOR || !json_is_integer(v))
			continue;
		for (int row = 0; row < PQntuples(page); row++)
			sum +=
			    number(page, row, 8 + (int)g) > 0 ? number(page, row, 8 + (int)g) : 0;
		cr_expect_eq(json_integer_value(v), all < 0 ? 0 : all,
			     "%s: %s is %lld in the figure, %lld in the records", m->id, name,
			     json_integer_value(v), all);
		cr_expect_eq(sum, json_integer_value(v), "%s", m->id);
		compared++;
	}
	PQclear(totals);
	PQclear(page);
	arena_free(a);
	return compared;
}

static unsigned
compare_all(struct fixture *f, json_t *doc, bool then)
{
	struct err e = {0};
	const struct catalogue *c = spd_catalogue(&e);
	unsigned compared = 0;

	for (unsigned i = 0; i < c->metrics_count; i++)
		compared += compare(f, doc, &c->metrics[i], then);
	return compared;
}

/* Statements for every metric of the catalogue run, and say what the figures say. */
Test(explain_sql, adds_up_to_the_figures_of_every_metric)
{
	struct fixture f;
	json_t *doc;
	unsigned compared;

	fixture_open(&f);
	add_evidence(&f);
	doc = spd_compute(&f, SPD_TASK_SHOW);
	compared = compare_all(&f, doc, false);
	cr_expect_gt(compared, 40, "%u numbers were compared", compared);
	json_decref(doc);
	fixture_close(&f);
}

static void
look_back(struct fixture *f)
{
	cluster_do(f->pg,
		   "SELECT set_config('sems.read_until', s.read_until::text, false), "
		   "set_config('sems.in_flight', s.in_flight::text, false), "
		   "set_config('sems.not_then', '{}', false) FROM sems.this_snapshot() AS s");
}

/* Whatever comes later: the records of a figure stay those that it was made of. */
Test(explain_sql, adds_up_to_the_figures_of_then_whatever_came_since)
{
	struct fixture f;
	json_t *doc;
	json_t *now;
	unsigned compared;

	fixture_open(&f);
	add_evidence(&f);
	/* Corrected and voided before. */
	come_again(&f, ", corrects_record_id, corrected_at", ", record_id, clock_timestamp()", 1);
	spd_add(&f, "void", 1, ", corrects_record_id",
		", (SELECT max(record_id::text)::uuid FROM sems.tip_event)");
	cluster_do(f.pg, "UPDATE sems.test SET embargo = true WHERE outcome = 'FAIL'");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	look_back(&f);

	come_again(&f, ", source_record_id", ", 'late'", 2);
	come_again(&f, ", corrects_record_id, corrected_at, site_id",
		   ", coalesce(corrects_record_id, record_id), clock_timestamp(), 'N9'", 2);
	cluster_do(f.pg,
		   "INSERT INTO sems.void (record_id, source, site_id, occurred_at, received_at, "
		   "received_from, corrects_record_id) SELECT gen_random_uuid(), 'src', 'N1', "
		   "'" IN_Q2 "', clock_timestamp(), 'test', v.record_id FROM sems.void AS x, "
		   "(SELECT record_id FROM sems.observation UNION ALL SELECT record_id FROM "
		   "sems.equipment_check ORDER BY 1 LIMIT 4) AS v");
	compared = compare_all(&f, doc, true);
	cr_expect_gt(compared, 40, "%u numbers were compared", compared);
	now = spd_compute(&f, SPD_TASK_SHOW);
	cr_expect_gt(compare_all(&f, now, false), 40);
	cr_expect(!json_equal(json_object_get(doc, "metrics"), json_object_get(now, "metrics")),
		  "so much came that figures differ");
	json_decref(doc);
	json_decref(now);
	fixture_close(&f);
}

Test(explain_sql, narrows_to_a_figure_by_its_dimensions)
{
	static const struct {
		struct explain_dim dim;
		long long records;
	} cases[] = {{{"site", "N1"}, 5},
		     {{"site", "N2"}, 2},
		     {{"site", "N3"}, 0},
		     {{"measure", FIGURE_NOT_GIVEN}, 2},
		     {{"no such dimension", "x"}, 0}};
	struct fixture f;
	struct err e = {0};
	const struct metric *m = catalogue_metric(spd_catalogue(&e), "OUT03");

	fixture_open(&f);
	spd_add(&f, "tip_event", 5, ", outcome", ", 'HIT'");
	spd_add(&f, "tip_event", 2, ", outcome", ", 'MISS_DECIDED'");
	cluster_do(f.pg, "UPDATE sems.tip_event SET site_id = 'N2', measure_code = NULL "
			 "WHERE outcome = 'MISS_DECIDED'");
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arena *a = arena_new(64 << 20);
		struct explain_plan plan;
		PGresult *res;

		plan_of(m, &cases[i].dim, false, a, &plan);
		res = ask(&f, plan.totals, 2);
		cr_expect_eq(number(res, 0, 0), cases[i].records, "%s", cases[i].dim.value);
		PQclear(res);
		arena_free(a);
	}
	fixture_close(&f);
}

Test(explain_sql, traces_a_record_to_the_metrics_that_count_it)
{
	struct fixture f;
	struct err e = {0};
	const struct catalogue *c = spd_catalogue(&e);
	unsigned found = 0;

	fixture_open(&f);
	spd_add(&f, "tip_event", 2, ", outcome", ", 'HIT'");
	for (size_t i = 0; i < view_count; i++) {
		struct arena *a = arena_new(64 << 20);
		struct explain_trace t;
		char id[40];
		const char *values[] = {"2026-03-31T23:00:00Z", "2026-06-30T23:00:00Z", id, "src"};
		PGresult *res;

		snprintf(id, sizeof id, "%s",
			 cluster_text(f.pg, "SELECT min(record_id::text) FROM sems.tip_event"));
		cr_assert_eq(explain_sql_trace(c, &view_table[i], a, &t, &e), OK);
		if (t.sql != NULL) {
			res = PQexecParams(f.pg, t.sql, 4, NULL, values, NULL, NULL, 0);
			cr_assert_eq(PQresultStatus(res), PGRES_TUPLES_OK, "%s: %s",
				     view_table[i].name, PQerrorMessage(f.pg));
			for (size_t u = 0; PQntuples(res) == 1 && u < t.n_uses; u++)
				found += strcmp(t.uses[u].m->id, "OUT03") == 0 &&
					 t.uses[u].group <= GROUP_DENOMINATOR &&
					 number(res, 0, (int)u) == 1;
			PQclear(res);
		}
		arena_free(a);
	}
	cr_expect_eq(found, 2, "OUT03 counts a hit above and below");
	fixture_close(&f);
}
