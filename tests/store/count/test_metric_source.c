#include "store/count/metric_source.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

static struct arena *arena;
static struct catalogue *catalogue;
static struct cube_set cubes;
static struct metric_sources all;
static struct metric_source source;
static struct buf b;

static void
start(void)
{
	arena = arena_new(64u << 20);
	buf_init(&b, 1 << 16);
}

static void
stop(void)
{
	buf_fini(&b);
	catalogue_free(catalogue);
	arena_free(arena);
}

TestSuite(metric_source, .init = start, .fini = stop);

/* A catalogue of one count, and what its statements share. */
static const struct metric *
metric_of(const char *numerator)
{
	static char yaml[1024];
	struct err e = {0};

	snprintf(yaml, sizeof yaml,
		 "version: 1\nmetrics:\n"
		 "- {id: A, version: 1, effective_from: 2000-01-01, name: n, form: OUTPUT, "
		 "basis: CENSUS, shape: count, sheet: s, unit: n, direction: UP, "
		 "definition: d, numerator: [%s]}\n",
		 numerator);
	cr_assert_eq(catalogue_read("m", yaml, &catalogue, &e), OK, "%s", e.text);
	cubes = (struct cube_set){.arena = arena};
	all = (struct metric_sources){.arena = arena, .c = catalogue, .cubes = &cubes};
	cr_assert(metric_sources_open(&all));
	return &catalogue->metrics[0];
}

/* The source of that count; the aggregate that counts it. */
static const char *
amount_of(const char *numerator)
{
	const struct metric *m = metric_of(numerator);

	cr_assert(metric_source_open(&source, &all, m->numerator[0].view, ""));
	metric_source_amount(&source, &b, &m->numerator[0]);
	return (const char *)b.p;
}

Test(metric_source, counts_the_rows_of_a_view_in_a_cube)
{
	cr_expect_str_eq(amount_of("{from: observation}"), "nullif((sum(v.n))::bigint, 0)");
	cr_expect(source.is_cubed);
	cr_assert_eq(source.n_cubes, 1);
	cr_expect_str_eq(source.cubes[0]->fact, "SELECT * FROM sems.spd_observation");
}

/* Only what the days reach into has to be read. */
Test(metric_source, asks_a_statement_for_the_days_that_are_counted)
{
	cr_expect_str_eq(amount_of("{from: activity}"), "nullif((sum(v.n))::bigint, 0)");
	cr_expect(source.is_cubed);
	cr_assert_eq(source.n_cubes, 1);
	cr_expect_not_null(strstr(source.cubes[0]->fact, ">= %SINCE%::timestamptz"));
	cr_expect_not_null(strstr(source.cubes[0]->fact, "< %UNTIL%::timestamptz"));
	cr_expect_null(strchr(source.cubes[0]->fact, '$'));
}

Test(metric_source, reads_as_it_is_what_is_not_the_sum_of_its_days)
{
	struct err e;

	cr_expect_str_eq(amount_of("{from: finding}"), "nullif((count(*))::bigint, 0)");
	cr_expect_not(source.is_cubed);
	buf_clear(&b);
	cr_assert_eq(metric_source_from(&source, &b, &e), OK);
	cr_expect_str_eq((const char *)b.p,
			 " FROM sems.spd_finding AS v WHERE v.counted_at >= $1::timestamptz"
			 " AND v.counted_at < $2::timestamptz");
}

Test(metric_source, adds_up_a_column_in_the_cube)
{
	cr_expect_str_eq(amount_of("{from: activity, sum: count}"), "(sum(v.\"count\"))::bigint");
	cr_assert_eq(source.cubes[0]->n_sums, 1);
	cr_expect_str_eq(source.cubes[0]->sums[0], "count");
}

Test(metric_source, makes_a_key_of_a_column_with_few_values)
{
	cr_expect_str_eq(
	    amount_of("{from: activity, where: [{field: method, in: [COUNTED]}]}"),
	    "nullif((sum(v.n) FILTER (WHERE v.\"method\" IN ('COUNTED')))::bigint, 0)");
	cr_assert_eq(source.cubes[0]->n_keys, 1);
	cr_expect_str_eq(source.cubes[0]->keys[0].expr, "v.\"method\"");
}

Test(metric_source, makes_a_key_of_the_test_of_another)
{
	cr_expect_str_eq(amount_of("{from: activity, where: [{field: count, at_least: 3}]}"),
			 "nullif((sum(v.n) FILTER (WHERE v.\"p0\" = 'true'))::bigint, 0)");
	cr_assert_eq(source.cubes[0]->n_keys, 1);
	cr_expect_str_eq(source.cubes[0]->keys[0].name, "p0");
	cr_expect_str_eq(source.cubes[0]->keys[0].expr, "(v.\"count\" >= 3)");
}

Test(metric_source, makes_a_key_in_every_cube_of_a_view)
{
	amount_of("{from: tip_exposure, where: [{field: shown, at_least: 3}]}");
	cr_assert_eq(source.n_cubes, 2);
	cr_expect_str_eq(source.cubes[0]->keys[0].name, "p0");
	cr_expect_str_eq(source.cubes[1]->keys[0].name, "p0");
}

/* Sessions stand in for events only where no event lies in them. */
Test(metric_source, takes_exposures_of_sessions_that_stand_alone)
{
	amount_of("{from: tip_exposure}");
	cr_assert_eq(source.n_cubes, 2);
	cr_expect_not_null(strstr(source.cubes[1]->fact, ">= %SINCE%::timestamptz"));
	cr_expect_not_null(strstr(source.cubes[1]->where, "v.\"events_absent\""));
}

Test(metric_source, takes_back_the_cubes_that_nothing_counts_in)
{
	unsigned n;

	metric_of("{from: activity}");
	n = cubes.n;
	cr_assert(metric_source_open(&source, &all, view_by_name("tip_exposure"), ""));
	cr_expect_eq(cubes.n, n + 2);
	metric_source_close(&source);
	cr_expect_eq(cubes.n, n);
	cr_assert(metric_source_open(&source, &all, view_by_name("received"), ""));
	metric_source_close(&source);
	cr_expect_eq(cubes.n, n, "those of all that was received are everybody's");
}
