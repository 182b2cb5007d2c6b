#include "store/explain_sql.h"
#include "store/spd_job.h"
#include "tests/store/spd_fixture.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

static const char *const params[7] = {
    "2026-03-31T23:00:00Z", "2026-06-30T23:00:00Z", NULL, NULL, NULL, NULL, "100"};

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

/* Statements for every metric of the catalogue run, and say what the figures say. */
Test(explain_sql, adds_up_to_the_figures_of_every_metric)
{
	struct fixture f;
	struct err e = {0};
	const struct catalogue *c = spd_catalogue(&e);
	json_t *doc;
	unsigned compared = 0;

	fixture_open(&f);
	spd_add(&f, "tip_event", 9,
		", outcome, stream, device_id, response_ms, screener_id, threat_category",
		", CASE WHEN i % 3 = 0 THEN 'HIT' ELSE 'MISS_DECIDED' END, 'CABIN', 'X1', 100 * i,"
		" decode(md5('p'), 'hex'), 'IED'");
	spd_add(&f, "tip_session", 2,
		", device_id, images_viewed, tip_shown, hits, misses, non_tip_alarms, "
		"occurred_end, stream",
		", 'X2', 100, 10, 7, 3, 5, '2026-05-12T11:00:00Z', 'CABIN'");
	spd_add(&f, "observation", 3, ", criteria, mode",
		", '[{\"criterion_id\":\"a\",\"result\":\"MET\",\"mandatory\":true}]', 'OVERT'");
	spd_add(&f, "plan", 2, ", what, planned_count, period_start, period_end",
		", 'OBSERVATIONS', 4, '2026-04-01', '2026-05-01'");
	spd_add(&f, "test", 4, ", mode, outcome, method_class, layers",
		", 'OVERT', CASE WHEN i = 1 THEN 'FAIL' WHEN i = 2 THEN 'INVALID' ELSE 'PASS' END,"
		" 'CABIN_BAG', '[{\"layer\":\"x\",\"detected\":true,\"resolved\":true}]'");
	spd_add(
	    &f, "audit", 2, ", type, findings, ratings, planned_for",
	    ", 'INTERNAL_AUDIT', "
	    "'[{\"finding_id\":\"F1\",\"severity\":\"SERIOUS\",\"state\":\"OPEN\"}]',"
	    " '[{\"measure_code\":\"4.1\",\"classification\":\"NOT_COMPLIANT\"}]', '2026-05-02'");
	spd_add(&f, "activity", 3, ", activity, count, means", ", 'CABIN_BAGS', 100, 'NORMAL'");
	spd_add(&f, "equipment_check", 3, ", check_type, result, attempt, due_at",
		", 'DAILY_OTP', 'PASS', 1, '2026-05-12T12:00:00Z'");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	for (unsigned i = 0; i < c->metrics_count; i++) {
		const struct metric *m = &c->metrics[i];
		struct arena *a = arena_new(64 << 20);
		struct explain_plan plan;
		const json_t *figure = spd_figure(doc, m->id, "");
		PGresult *totals;
		PGresult *page;

		cr_assert_eq(explain_sql_plan(m, NULL, 0, a, &plan, &e), OK, "%s", e.text);
		totals = ask(&f, plan.totals, 3);
		page = ask(&f, plan.page, 7);
		cr_expect_eq(number(totals, 0, 0), PQntuples(page), "%s", m->id);
		if (plan.nameless == NULL && m->shape != SHAPE_PERSONS) {
			for (unsigned g = 0; g < plan.n_groups; g++) {
				const json_t *v =
				    json_object_get(figure, explain_group_name(m, plan.groups[g]));
				long long sum = 0;

				if (plan.groups[g] > GROUP_DENOMINATOR || !json_is_integer(v))
					continue;
				for (int row = 0; row < PQntuples(page); row++)
					sum += number(page, row, 8 + (int)g) > 0
						   ? number(page, row, 8 + (int)g)
						   : 0;
				cr_expect_eq(json_integer_value(v),
					     number(totals, 0, 2 + (int)g) < 0
						 ? 0
						 : number(totals, 0, 2 + (int)g),
					     "%s: %s is %lld in the figure, %lld in the records",
					     m->id, explain_group_name(m, plan.groups[g]),
					     json_integer_value(v), number(totals, 0, 2 + (int)g));
				cr_expect_eq(sum, json_integer_value(v), "%s", m->id);
				compared++;
			}
		}
		PQclear(totals);
		PQclear(page);
		arena_free(a);
	}
	cr_expect_gt(compared, 40, "%u numbers were compared", compared);
	json_decref(doc);
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
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct arena *a = arena_new(64 << 20);
		struct explain_plan plan;
		PGresult *res;

		cr_assert_eq(explain_sql_plan(m, &cases[i].dim, 1, a, &plan, &e), OK);
		res = ask(&f, plan.totals, 3);
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
