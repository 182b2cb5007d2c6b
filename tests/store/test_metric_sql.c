#include "store/metric_sql.h"
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
		     "CENSUS, shape: " shape                                                    \
	", sheet: s, unit: n, direction: UP, definition: d, " rest "}\n"

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

Test(metric_sql, quotes_every_literal)
{
	struct query_plan p = plan_of(METRIC("A", "count",
					     "numerator: [{from: audit, where: [{field: scope, in: "
					     "[\"o'x'); DROP TABLE t; --\"]}]}]"));

	cr_expect_not_null(strstr(p.queries[0].sql, "v.\"scope\" IN ('o''x''); DROP TABLE t; --')"),
			   "%s", p.queries[0].sql);
}

Test(metric_sql, takes_an_absent_field_for_not_in)
{
	struct query_plan p = plan_of(METRIC(
	    "A", "count", "numerator: [{from: audit, where: [{field: scope, not_in: [x]}]}]"));

	cr_expect_not_null(
	    strstr(p.queries[0].sql, "(v.\"scope\" IS NULL OR v.\"scope\" NOT IN ('x'))"));
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
			char *sql = arena_printf(arena, "PREPARE q(timestamptz, timestamptz) AS %s",
						 p.queries[0].sql);
			cr_expect_str_eq(cluster_state(f.pg, sql), "00000", "%s.%s", v->name,
					 field);
			cluster_do(f.pg, "DEALLOCATE ALL");
			catalogue_free(catalogue);
			catalogue = NULL;
			arena_reset(arena);
		}
	}
	fixture_close(&f);
}
