#include "store/count/metric_sql.h"
#include "tests/store/spd_fixture.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

static struct arena *arena;
static struct catalogue *catalogue;

static void
start(void)
{
	arena = arena_new(64u << 20);
}

static void
stop(void)
{
	catalogue_free(catalogue);
	arena_free(arena);
}

TestSuite(metric_sql, .init = start, .fini = stop);

#define METRIC(id, shape, rest)                                                                 \
	"- {id: " id ", version: 1, effective_from: 2000-01-01, name: n, form: OUTPUT, basis: " \
	"CENSUS, shape: " shape ", sheet: s, unit: n, direction: UP, definition: d, " rest "}\n"

#define CLUSTERED(id)                                                                    \
	"- {id: " id ", version: 1, effective_from: 2000-01-01, name: n, form: OUTPUT, " \
	"basis: SAMPLE, shape: ratio, sheet: s, unit: n, direction: UP, definition: d, " \
	"by: [stream], clusters: {by: screener, id: screener_id}, numerator: [{from: "   \
	"tip_event, where: [{field: outcome, in: [HIT]}]}], denominator: [{from: tip_event}]}\n"

static struct query_plan
plan_of(const char *metrics)
{
	static char yaml[4096];
	struct query_plan p;
	struct err e = {0};

	snprintf(yaml, sizeof yaml, "version: 1\nmetrics:\n%s", metrics);
	cr_assert_eq(catalogue_read("m", yaml, &catalogue, &e), OK, "%s", e.text);
	cr_assert_eq(metric_sql_plan(catalogue, arena, &p, &e), OK, "%s", e.text);
	return p;
}

Test(metric_sql, reads_a_view_once_however_many_metrics_count_in_it)
{
	struct query_plan p = plan_of(METRIC("A", "count", "numerator: [{from: activity}]") METRIC(
	    "B", "count", "numerator: [{from: activity, sum: count}], by: [activity]")
					  METRIC("C", "count", "numerator: [{from: activity}]"));

	cr_assert_eq(p.n, 1);
	cr_expect_eq(p.queries[0].n_uses, 3);
	/* The same count is asked for once: site, measure and activity come before it. */
	cr_expect_eq(p.queries[0].uses[0].column, 3);
	cr_expect_eq(p.queries[0].uses[1].column, 4);
	cr_expect_eq(p.queries[0].uses[2].column, 3);
}

Test(metric_sql, takes_away_what_is_marked_minus)
{
	struct query_plan p = plan_of(
	    METRIC("A", "count",
		   "numerator: [{from: plan}, {from: plan, sum: planned_count, minus: true}]"));

	cr_expect_eq(p.queries[0].uses[0].sign, 1);
	cr_expect_eq(p.queries[0].uses[1].sign, -1);
}

Test(metric_sql, gives_persons_and_quantiles_statements_of_their_own)
{
	struct query_plan p = plan_of(
	    METRIC("A", "persons",
		   "persons: {id: screener_id, rule: SHARE_AT_LEAST, k: 1},"
		   " denominator: [{from: tip_event}]")
		METRIC("B", "quantile", "of: response_ms, denominator: [{from: tip_event}]"));

	cr_assert_eq(p.n, 2);
	cr_expect_eq(p.queries[0].shape, QUERY_PERSONS);
	/* site and measure: neither, site, measure, both are grouped. */
	cr_expect_eq(p.queries[0].persons[0].grouping[0], 3);
	cr_expect_eq(p.queries[0].persons[0].grouping[1], 1);
	cr_expect_eq(p.queries[0].persons[0].grouping[2], 2);
	cr_expect_eq(p.queries[0].persons[0].grouping[3], 0);
	cr_expect_eq(p.queries[1].shape, QUERY_VALUES);
}

/* Screeners and clusters of them are of the same cubes, which have each dimension of either. */
Test(metric_sql, counts_clusters_from_the_cubes_of_persons)
{
	struct query_plan p = plan_of(
	    METRIC("A", "persons",
		   "persons: {id: screener_id, rule: SHARE_AT_LEAST, k: 1},"
		   " denominator: [{from: tip_event, where: [{field: outcome, in: [HIT]}]}]")
		CLUSTERED("B"));
	const struct query *q = NULL;
	unsigned personal = 0;

	for (size_t i = 0; i < p.n; i++)
		if (p.queries[i].shape == QUERY_CLUSTERS)
			q = &p.queries[i];
	cr_assert_not_null(q);
	cr_assert_eq(q->n_persons, 1);
	cr_expect_eq(q->persons[0].metric, 1);
	cr_expect_eq(q->persons[0].n_column, 4, "behind grouping(), site, measure and stream");
	for (unsigned i = 0; i < p.cubes.n; i++) {
		personal += p.cubes.cubes[i]->is_personal;
		cr_expect(!p.cubes.cubes[i]->is_personal ||
			  cube_key_of(p.cubes.cubes[i], "v.\"stream\"") != NULL);
	}
	cr_expect_eq(personal, 1);
}

/* Runs a statement of the plan with everything counted from records; the SQLSTATE of it. */
static const char *
run_query(PGconn *pg, const struct query_plan *p, const struct query *q)
{
	static const struct cube_period period = {
	    .quarter = "2026-Q2",
	    .first_day = "2026-04-01",
	    .start = "2026-03-31T23:00:00Z",
	    .end = "2026-06-30T23:00:00Z",
	    .weeks = {{"2026-04-01", "2026-03-31T23:00:00Z"},
		      {"2026-04-06", "2026-04-05T23:00:00Z"}},
	    .n_weeks = 2,
	};
	struct cube_state states[CUBES_MAX];
	bool is_read[CUBES_MAX + 1] = {false};
	char token[4] = "";
	struct buf b;
	const char *state = "00000";

	buf_init(&b, 1 << 20);
	cluster_do(pg, "BEGIN");
	for (unsigned i = 0; i < p->cubes.n; i++)
		states[i] = (struct cube_state){
		    .is_dirty = true, .ranges = "true", .since = period.start, .until = period.end};
	is_read[p->cubes.n] = true;
	for (unsigned i = 0; i < p->cubes.n; i++) {
		unsigned first = cube_scan(&p->cubes, states, i);

		snprintf(token, sizeof token, "%02u", i);
		const char *at = strpbrk(q->sql, "\001\002\003");
		while (at != NULL && strncmp(at + 1, token, 2) != 0)
			at = strpbrk(at + 1, "\001\002\003");
		if (at == NULL || strcmp(state, "00000") != 0)
			continue;
		if (!is_read[first]) {
			buf_clear(&b);
			cube_write_scan(&b, &p->cubes, first, states, &period);
			cr_expect_str_eq(cluster_state(pg, (const char *)b.p), "00000", "%s",
					 (const char *)b.p);
			is_read[first] = true;
		}
		buf_clear(&b);
		cube_write_delta(&b, &p->cubes, i, states, &period);
		state = cluster_state(pg, (const char *)b.p);
	}
	buf_clear(&b);
	buf_addf(&b, q->has_params ? "PREPARE q(timestamptz, timestamptz) AS " : "");
	cube_expand(&b, q->sql, &p->cubes, states, &period);
	if (strcmp(state, "00000") == 0)
		state = cluster_state(pg, (const char *)b.p);
	cluster_do(pg, "ROLLBACK; DEALLOCATE ALL");
	buf_fini(&b);
	return state;
}

/* Also that each view of the core has, in the database, every column the core thinks it has. */
Test(metric_sql, finds_every_column_that_the_core_knows_in_the_database)
{
	struct fixture f;

	fixture_database(&f);
	cluster_do(f.pg, "SET ROLE sems_compute");
	for (size_t i = 0; i < view_count; i++) {
		const struct view *v = &view_table[i];
		const struct kind *k = v->base == KIND_COUNT ? NULL : kinds[v->base];
		size_t n = k == NULL ? 0 : kind_n_fields(k);
		char yaml[512];

		for (size_t j = 0; j < v->n_own + n; j++) {
			const char *field =
			    j < v->n_own ? v->own[j].name : kind_field(k, j - v->n_own)->name;
			struct column col;

			if (!view_column(v, field, &col))
				continue;
			snprintf(
			    yaml, sizeof yaml,
			    METRIC("A", "count",
				   "numerator: [{from: %s, where: [{field: %s, present: true}]}]"),
			    v->name, field);
			struct query_plan p = plan_of(yaml);
			cr_expect_str_eq(run_query(f.pg, &p, &p.queries[0]), "00000", "%s.%s",
					 v->name, field);
			catalogue_free(catalogue);
			catalogue = NULL;
			arena_reset(arena);
		}
	}
	fixture_close(&f);
}
