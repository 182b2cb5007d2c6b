#include "base/count.h"
#include "core/spd/spd_metric.h"
#include "tests/core/against.h"

#include <criterion/criterion.h>

#include <string.h>

AGAINST_SUITE(spd_metric);

static struct spd_metric metric;
static struct spd_past_metric old;

static struct spd
quarter(void)
{
	metric = against_metric(&a);
	return (struct spd){
	    .quarter = "2026-Q2", .catalogue = a.catalogue, .metrics = &metric, .n_metrics = 1};
}

/* The figure of the entity, or of site N1. */
static json_t *
figure(const struct spd *s, const char *site, json_t **keep)
{
	json_t *m = spd_metric_json(s, 0, a.arena);
	json_t *figures = json_object_get(m, "figures");
	json_t *f;
	size_t i;

	cr_assert_not_null(m);
	*keep = m;
	json_array_foreach(figures, i, f)
	{
		json_t *by = json_object_get(f, "by");
		const char *is = json_string_value(json_object_get(by, "site"));

		if (site == NULL ? json_object_size(by) == 0
				 : json_object_size(by) == 1 && is != NULL && strcmp(is, site) == 0)
			return f;
	}
	cr_assert_fail("no such figure");
	return NULL;
}

static int
whole(const json_t *o, const char *key)
{
	return (int)json_integer_value(json_object_get(o, key));
}

Test(spd_metric, gives_the_exact_interval_beside_the_other)
{
	struct spd s;
	json_t *keep;
	json_t *exact;

	against_count(&a, "N1", NULL, 81, 263);
	s = quarter();
	exact = json_object_get(figure(&s, NULL, &keep), "exact");
	cr_expect_float_eq(json_real_value(json_object_get(exact, "low")), .25273674558527116,
			   1e-9);
	cr_expect_float_eq(json_real_value(json_object_get(exact, "high")), .36762192260135136,
			   1e-9);
	json_decref(keep);
}

static void
set_past(struct spd *s, const char *label, const char *version)
{
	against_count(&a, "N1", NULL, 48, 80);
	struct spd_metric before = against_metric(&a);

	old = (struct spd_past_metric){
	    .version = version, .figures = before.figures, .n_figures = before.n_figures};
	s->past[0] = (struct spd_past){.quarter = label, .basis = "REVISION 1", .metrics = &old};
	s->n_past = 1;
}

Test(spd_metric, measures_the_change_from_the_quarter_before)
{
	struct spd s;
	json_t *keep;
	json_t *change;

	against_count(&a, "N1", NULL, 56, 70);
	s = quarter();
	set_past(&s, "2026-Q1", "3");
	change = json_object_get(figure(&s, "N1", &keep), "change");
	cr_expect_float_eq(json_real_value(json_object_get(change, "low")), .052431472402364878,
			   1e-9);
	cr_expect_float_eq(json_real_value(json_object_get(change, "high")), .33387265403690598,
			   1e-9);
	json_decref(keep);
}

/* 56 of 70 at N1, by screeners. */
static void
count_screeners(const struct cluster_counts *told)
{
	static char by[] = "screener";
	static struct cluster_rule rule = {.by = by, .id = by};
	static const char *const nowhere[DIMENSIONS_MAX] = {NULL};

	a.catalogue->metrics[0].clusters = &rule;
	against_count(&a, "N1", NULL, 56, 70);
	fold_add_clusters(a.fold, 0, nowhere, told);
}

/* The catalogue frees its own. */
static void
forget_screeners(void)
{
	a.catalogue->metrics[0].clusters = NULL;
}

/* Ten clusters of ten or of eight, as unlike as in core/metric/test_figure.c: the interval of their
 * difference holds what Newcombe's of single trials does not. */
Test(spd_metric, measures_the_change_for_clusters_in_general_where_both_have_such_an_interval)
{
	static const struct cluster_counts now = {56, 70, {10, 334, 392, 490}};
	static const struct cluster_counts then = {48, 80, {10, 334, 384, 640}};
	struct spd s;
	json_t *keep;
	json_t *f;

	count_screeners(&now);
	s = quarter();
	set_past(&s, "2026-Q1", "3");
	f = figure(&s, NULL, &keep);
	cr_expect_str_eq(
	    json_string_value(json_object_get(json_object_get(f, "change"), "interval_by")),
	    "PLAIN", "the quarter before was not told by clusters");
	json_decref(keep);
	old.figures[0]->told = then;
	cr_assert(stats_clustered95(48, 80, &then.sums, &old.figures[0]->general));
	old.figures[0]->is_by_general = true;
	f = figure(&s, NULL, &keep);
	cr_expect_str_eq(json_string_value(json_object_get(f, "interval_by")), "GENERAL");
	cr_expect_eq(whole(json_object_get(f, "clusters"), "count"), 10);
	cr_expect_eq(whole(json_object_get(f, "clusters"), "untold"), 0);
	f = json_object_get(f, "change");
	cr_expect_str_eq(json_string_value(json_object_get(f, "interval_by")), "GENERAL");
	cr_expect_lt(json_real_value(json_object_get(f, "low")), 0.052);
	cr_expect_gt(json_real_value(json_object_get(f, "high")), 0.334);
	json_decref(keep);
	forget_screeners();
}

/* Of nine persons not even how many they are. */
Test(spd_metric, tells_nothing_of_few_clusters)
{
	static const struct cluster_counts nine = {56, 70, {9, 334, 392, 490}};
	struct spd s;
	json_t *keep;
	json_t *f;
	const char *key;
	json_t *v;

	count_screeners(&nine);
	s = quarter();
	f = json_object_get(figure(&s, NULL, &keep), "clusters");
	cr_expect_str_eq(json_string_value(json_object_get(f, "reason")), "FEW_CLUSTERS");
	json_object_foreach(f, key, v) cr_expect(
	    json_is_null(v) || strcmp(key, "reason") == 0 || strcmp(key, "untold") == 0, "%s", key);
	json_decref(keep);
	forget_screeners();
}

Test(spd_metric, measures_no_change_across_definitions_or_a_missing_quarter)
{
	struct spd s;
	json_t *keep;
	json_t *f;

	against_count(&a, "N1", NULL, 56, 70);
	s = quarter();
	set_past(&s, "2026-Q1", "2");
	f = figure(&s, NULL, &keep);
	cr_expect(json_is_object(json_object_get(f, "previous")));
	cr_expect(json_is_null(json_object_get(f, "change")));
	json_decref(keep);
	s.past[0].quarter = "2025-Q4";
	f = figure(&s, NULL, &keep);
	cr_expect(json_is_null(json_object_get(f, "previous")));
	cr_expect(json_is_null(json_object_get(f, "change")));
	cr_expect_eq(json_array_size(json_object_get(f, "history")), 1);
	json_decref(keep);
}

/* One's surplus hides no other's gap; another kind, and a site's neighbour, do not matter. */
static struct spd_feed feeds[] = {
    {.source = "a",
     .kind = "tip_event",
     .site = "N1",
     .has_expected = true,
     .expected = 10,
     .received = 8,
     .basis = "HEARTBEATS"},
    {.source = "b",
     .kind = "tip_event",
     .site = "N2",
     .has_expected = true,
     .expected = 5,
     .received = 9,
     .basis = "HEARTBEATS"},
    {.source = "c",
     .kind = "audit",
     .site = "N1",
     .has_expected = true,
     .expected = 50,
     .basis = "HEARTBEATS"},
    {.source = "d", .kind = "tip_event", .received = 7},
};

Test(spd_metric, is_covered_by_the_feeds_of_its_kind_and_site)
{
	struct spd s;
	json_t *keep;
	json_t *covered;

	against_count(&a, "N1", NULL, 1, 2);
	s = quarter();
	s.feeds = feeds;
	s.n_feeds = 4;
	covered = json_object_get(figure(&s, NULL, &keep), "coverage");
	cr_expect_eq(whole(covered, "expected"), 15);
	cr_expect_eq(whole(covered, "received"), 13);
	json_decref(keep);
	covered = json_object_get(figure(&s, "N1", &keep), "coverage");
	cr_expect_eq(whole(covered, "expected"), 10);
	cr_expect_eq(whole(covered, "received"), 8);
	json_decref(keep);
	s.n_feeds = 0;
	covered = json_object_get(figure(&s, NULL, &keep), "coverage");
	cr_expect(json_is_null(covered)); /* a macro that looks twice */
	json_decref(keep);
}

Test(spd_metric, is_silent_only_when_every_feed_that_is_expected_is)
{
	struct spd_feed quiet[] = {
	    {.source = "a", .kind = "tip_event", .basis = "REGISTER"},
	    {.source = "b", .kind = "tip_event", .basis = "REGISTER"},
	};
	struct spd s = quarter();
	json_t *keep;

	s.feeds = quiet;
	s.n_feeds = 2;
	cr_expect_str_eq(json_string_value(json_object_get(figure(&s, NULL, &keep), "no_data")),
			 "FEED_SILENT");
	json_decref(keep);
	quiet[1].received = 1;
	cr_expect_str_eq(json_string_value(json_object_get(figure(&s, NULL, &keep), "no_data")),
			 "NO_DATA");
	json_decref(keep);
}

/* The feeds that a count of one view has, each of another kind. */
static int64_t
covered_by(const char *term)
{
	struct spd_feed all[KIND_COUNT];
	struct spd_metric one = {0};
	struct spd s = {.quarter = "2026-Q2", .metrics = &one, .n_metrics = 1, .feeds = all};
	struct catalogue *c = NULL;
	struct err e = {0};
	char yaml[600];
	json_t *keep;
	int64_t expected;

	snprintf(yaml, sizeof yaml,
		 "version: 1\nmetrics:\n- {id: A1, version: 1, effective_from: 2000-01-01, name: "
		 "n, form: OUTPUT, basis: CENSUS, shape: count, sheet: s, unit: n, direction: UP, "
		 "definition: d, numerator: [%s]}\n",
		 term);
	cr_assert_eq(catalogue_read("m", yaml, &c, &e), OK, "%s", e.text);
	for (unsigned k = 0; k < KIND_COUNT; k++)
		all[k] = (struct spd_feed){.kind = kinds[k]->name,
					   .has_expected = true,
					   .expected = 1 << k,
					   .basis = "REGISTER"};
	s.n_feeds = KIND_COUNT;
	s.catalogue = c;
	one.m = &c->metrics[0];
	one.figures = fold_finish(fold_new(a.arena, one.m, NULL), NULL, &one.n_figures);
	expected = whole(json_object_get(figure(&s, NULL, &keep), "coverage"), "expected");
	json_decref(keep);
	catalogue_free(c);
	return expected;
}

#define BIT(kind) (1 << KIND_##kind)

Test(spd_metric, is_covered_by_the_feeds_of_all_kinds_that_it_counts)
{
	static const struct {
		const char *term;
		int64_t kinds;
	} cases[] = {
	    {"{from: test}", BIT(TEST)},
	    {"{from: tip_exposure, sum: hits}", BIT(TIP_EVENT) | BIT(TIP_SESSION)},
	    {"{from: plan_done, sum: done, where: [{field: what, in: [PATROLS]}]}",
	     BIT(PLAN) | BIT(ACTIVITY) | BIT(PATROL)},
	    {"{from: plan_done, sum: done, where: [{field: what, in: [TESTS, AUDITS]},"
	     " {field: in_window, in: [\"true\"]}]}",
	     BIT(PLAN) | BIT(TEST) | BIT(AUDIT)},
	    {"{from: plan_done, sum: timed}", BIT(PLAN) | BIT(OBSERVATION) | BIT(TEST) |
						  BIT(AUDIT) | BIT(ACTIVITY) |
						  BIT(EQUIPMENT_CHECK) | BIT(PATROL)},
	    {"{from: double}", 0},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		int64_t got = covered_by(cases[i].term);

		cr_expect_eq(got, cases[i].kinds, "%s: %x", cases[i].term, (unsigned)got);
	}
}
