#include "base/count.h"
#include "core/metric/figure.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static struct catalogue *catalogue;
static struct arena *arena;

#define TERM "[{from: audit}]"

static void
start(void)
{
	arena = arena_new(16u << 20);
}

static void
stop(void)
{
	arena_free(arena);
	catalogue_free(catalogue);
	catalogue = NULL;
}

TestSuite(figure, .init = start, .fini = stop);

/* A metric from its distinguishing words. */
static const struct metric *
metric(const char *words)
{
	static char yaml[2048];
	struct err e = {0};

	snprintf(yaml, sizeof yaml,
		 "version: 1\nmetrics:\n- {id: A1, version: 1, effective_from: 2000-01-01, name: "
		 "n, form: OUTPUT, sheet: s, unit: n,"
		 " definition: d, %s}\n",
		 words);
	cr_assert_eq(catalogue_read("m", yaml, &catalogue, &e), OK, "%s", e.text);
	return &catalogue->metrics[0];
}

static const char *const north[] = {"N1", "4.1", NULL, NULL, NULL, NULL, NULL, NULL};
static const char *const south[] = {"S1", "4.1", NULL, NULL, NULL, NULL, NULL, NULL};
static const char *const nowhere[DIMENSIONS_MAX] = {NULL};

/* The entity's figure of x of n. */
static struct figure *
figure_of(const struct metric *m, int64_t x, int64_t n, const double *target)
{
	struct aim aim = aim_at(m->direction, target == NULL ? 0 : *target);
	struct fold *f = fold_new(arena, m, NULL);
	size_t count = 0;

	fold_add(f, north, GROUP_NUMERATOR, x);
	fold_add(f, north, GROUP_DENOMINATOR, n);
	return fold_finish(f, target == NULL ? NULL : &aim, &count)[0];
}

#define RATIO(basis, direction)                                 \
	"basis: " basis ", shape: ratio, direction: " direction \
	", minimum_n: 30, numerator: " TERM ", denominator: " TERM

Test(figure, sums_sites_to_the_entity_and_never_averages_rates)
{
	struct fold *f = fold_new(arena, metric(RATIO("CENSUS", "UP")), NULL);
	struct figure **list;
	size_t n = 0;

	fold_add(f, north, GROUP_NUMERATOR, 1);
	fold_add(f, north, GROUP_DENOMINATOR, 1);
	fold_add(f, south, GROUP_NUMERATOR, 0);
	fold_add(f, south, GROUP_DENOMINATOR, 9);
	fold_add(f, nowhere, GROUP_DENOMINATOR, 10);
	list = fold_finish(f, NULL, &n);
	/* entity; N1, S1, none; 4.1, none; and the pairs */
	cr_assert_eq(n, 9);
	cr_expect_eq(list[0]->denominator, 20);
	cr_expect_float_eq(list[0]->value, 0.05, 1e-15);
	cr_expect_str_eq(list[1]->by[0], "N1");
	cr_expect_str_eq(list[2]->by[0], "S1");
	cr_expect_null(list[3]->by[0]);
	cr_expect_eq(list[1]->denominator + list[2]->denominator + list[3]->denominator, 20);
}

Test(figure, gives_no_value_without_a_denominator)
{
	const struct metric *m = metric(RATIO("CENSUS", "UP") ", empty: NO_PLAN");
	struct fold *f = fold_new(arena, m, NULL);
	size_t n = 0;
	struct figure **list = fold_finish(f, NULL, &n);

	cr_assert_eq(n, 1);
	cr_expect_not(list[0]->has_value);
	cr_expect_eq(list[0]->status, STATUS_NO_DATA);
	cr_expect_str_eq(list[0]->no_data, "NO_PLAN");
	cr_expect_not(list[0]->has_denominator);
}

/* Something came and counts on neither side: that is not that nobody said anything. */
Test(figure, tells_all_left_out_from_nothing_told)
{
	const struct metric *m =
	    metric(RATIO("CENSUS", "UP") ", excluded: [{name: EARLY, terms: " TERM "}]");
	struct fold *f = fold_new(arena, m, NULL);
	size_t n = 0;

	cr_expect_str_eq(fold_finish(f, NULL, &n)[0]->no_data, "NO_DATA");
	fold_add(f, north, GROUP_NAMED, 3);
	cr_expect_str_eq(fold_finish(f, NULL, &n)[0]->no_data, "ALL_LEFT_OUT");
	cr_expect_null(figure_of(m, 1, 1, NULL)->no_data);
}

#define BY_LAYER                                                                                \
	"basis: SAMPLE, shape: ratio, direction: UP, minimum_n: 30, by: [layer], apart: layer," \
	" numerator: [{from: layer}], denominator: [{from: layer}]"

static void
add_layers(struct fold *f, const char *const *camera, const char *const *guard)
{
	fold_add(f, camera, GROUP_NUMERATOR, 50);
	fold_add(f, camera, GROUP_DENOMINATOR, 100);
	fold_add(f, guard, GROUP_NUMERATOR, 90);
	fold_add(f, guard, GROUP_DENOMINATOR, 100);
}

/* 50 of 100 on one layer and 90 of 100 on another are no 70 % of anything. */
Test(figure, adds_nothing_up_over_what_is_kept_apart)
{
	static const char *const camera[] = {"N1", "4.1", "CAMERA", NULL, NULL, NULL, NULL, NULL};
	static const char *const guard[] = {"N1", "4.1", "GUARD", NULL, NULL, NULL, NULL, NULL};
	const struct metric *m = metric(BY_LAYER);
	const struct aim target = aim_at(DIRECTION_UP, 0.4);
	struct fold *f = fold_new(arena, m, NULL);
	struct figure **list;
	unsigned with = 0;
	size_t n = 0;

	add_layers(f, camera, guard);
	list = fold_finish(f, &target, &n);
	cr_expect_eq(list[0]->numerator, 140);
	cr_expect_eq(list[0]->denominator, 200);
	for (size_t i = 0; i < n; i++) {
		bool by_layer =
		    m->breakdown[list[i]->breakdown].n == 1 && list[i]->by[0] != NULL &&
		    (strcmp(list[i]->by[0], "CAMERA") == 0 || strcmp(list[i]->by[0], "GUARD") == 0);

		cr_expect_eq(list[i]->has_value, by_layer);
		cr_expect_eq(list[i]->has_interval, by_layer);
		cr_expect_eq(list[i]->status, by_layer ? STATUS_NO_TARGET : STATUS_NO_DATA);
		if (!by_layer)
			cr_expect_str_eq(list[i]->no_data, "NOT_POOLED");
		with += by_layer;
	}
	cr_expect_eq(with, 2);
}

/* The target is of the camera: what is not by layer is the camera's, and the guard's is beside it.
 */
Test(figure, stands_for_the_part_that_the_target_is_for)
{
	static const char *const camera[] = {"N1", "4.1", "CAMERA", NULL, NULL, NULL, NULL, NULL};
	static const char *const guard[] = {"N2", "4.1", "GUARD", NULL, NULL, NULL, NULL, NULL};
	const struct metric *m = metric(BY_LAYER);
	const struct aim target = aim_at(DIRECTION_UP, 0.4);
	struct fold *f = fold_new(arena, m, NULL);
	struct figure **list;
	size_t n = 0;

	fold_head(f, "CAMERA");
	add_layers(f, camera, guard);
	list = fold_finish(f, &target, &n);
	cr_expect_eq(list[0]->numerator, 50);
	cr_expect_eq(list[0]->denominator, 100);
	cr_expect_eq(list[0]->set_apart, 100);
	cr_expect_eq(list[0]->status, STATUS_MET);
	for (size_t i = 1; i < n; i++) {
		const struct figure *g = list[i];
		bool by_site = m->breakdown[g->breakdown].n == 1 && g->by[0] != NULL &&
			       strcmp(g->by[0], "N2") == 0;
		bool by_guard = m->breakdown[g->breakdown].n == 1 && g->by[0] != NULL &&
				strcmp(g->by[0], "GUARD") == 0;

		if (by_site)
			cr_expect_str_eq(g->no_data, "ALL_LEFT_OUT");
		if (by_guard)
			cr_expect_eq(g->status, STATUS_NO_TARGET);
		if (by_guard)
			cr_expect_eq(g->numerator, 90);
	}
}

Test(figure, says_what_all_was_left_out_for_where_something_was)
{
	const struct metric *m = metric(
	    RATIO("CENSUS", "UP") ", empty: EARLY, excluded: [{name: EARLY, terms: " TERM "}]");
	struct fold *f = fold_new(arena, m, NULL);
	size_t n = 0;

	cr_expect_str_eq(fold_finish(f, NULL, &n)[0]->no_data, "NO_DATA");
	fold_add(f, north, GROUP_NAMED, 3);
	cr_expect_str_eq(fold_finish(f, NULL, &n)[0]->no_data, "EARLY");
	fold_add(f, north, GROUP_NUMERATOR, 1);
	fold_add(f, north, GROUP_DENOMINATOR, 2);
	cr_expect_float_eq(fold_finish(f, NULL, &n)[0]->value, 0.5, 0);
}

Test(figure, tells_nothing_counted_from_nothing_known_and_from_contradictions)
{
	const struct metric *m = metric(RATIO("SAMPLE", "UP"));

	cr_expect_str_eq(figure_of(m, 0, 0, NULL)->no_data, "NO_ACTIVITY");
	cr_expect_str_eq(figure_of(m, 2, 0, NULL)->no_data, "CONTRADICTORY");
	cr_expect_str_eq(figure_of(m, 0, -1, NULL)->no_data, "CONTRADICTORY");
	cr_expect_str_eq(figure_of(m, 41, 40, NULL)->no_data, "CONTRADICTORY");
	cr_expect_null(figure_of(m, 40, 40, NULL)->no_data);
}

Test(figure, takes_a_sum_of_nothing_for_unknown_and_a_count_of_none_for_nought)
{
	const struct metric *m =
	    metric("basis: RATIO, shape: ratio, direction: UP, denominator: " TERM
		   ", numerator: [{from: activity, sum: count}]");
	struct fold *f = fold_new(arena, m, NULL);
	size_t n = 0;
	struct figure *g;

	fold_add(f, north, GROUP_DENOMINATOR, 5);
	g = fold_finish(f, NULL, &n)[0];
	cr_expect_not(g->has_value);
	cr_expect_not(g->has_numerator);
	cr_expect_str_eq(g->no_data, "NO_DATA");
	catalogue_free(catalogue);
	f = fold_new(arena, metric(RATIO("RATIO", "UP")), NULL);
	fold_add(f, north, GROUP_DENOMINATOR, 5);
	g = fold_finish(f, NULL, &n)[0];
	cr_expect(g->has_value);
	cr_expect_float_eq(g->value, 0, 0);
}

Test(figure, publishes_the_counts_of_a_small_sample_and_no_rate)
{
	const struct metric *m = metric(RATIO("SAMPLE", "UP"));
	double target = 0.5;
	struct figure *few = figure_of(m, 29, 29, &target);
	struct figure *enough = figure_of(m, 30, 30, &target);

	cr_expect_eq(few->status, STATUS_INSUFFICIENT);
	cr_expect_not(few->has_value);
	cr_expect_not(few->has_interval);
	cr_expect_eq(few->numerator, 29);
	cr_expect_null(few->no_data);
	cr_expect_eq(enough->status, STATUS_MET);
	cr_expect(enough->has_interval);
	cr_expect_float_eq(enough->interval.hi, 1, 0);
}

static const struct {
	const char *words;
	int64_t x;
	int64_t n;
	double target;
	enum status status;
} verdicts[] = {
    /* 73 of 73 proves 95 %, 72 of 72 does not (domain, rule 5). */
    {RATIO("SAMPLE", "UP"), 73, 73, 0.95, STATUS_MET},
    {RATIO("SAMPLE", "UP"), 72, 72, 0.95, STATUS_NOT_PROVEN},
    {RATIO("SAMPLE", "UP"), 270, 300, 0.95, STATUS_NOT_MET},
    {RATIO("SAMPLE", "UP"), 270, 300, 0.92, STATUS_NOT_PROVEN},
    {RATIO("SAMPLE", "DOWN"), 0, 80, 0.05, STATUS_MET},
    {RATIO("SAMPLE", "DOWN"), 1, 80, 0.05, STATUS_NOT_PROVEN},
    {RATIO("SAMPLE", "DOWN"), 40, 80, 0.05, STATUS_NOT_MET},
    {RATIO("SAMPLE", "TREND"), 40, 80, 0.05, STATUS_NONE},
    /* A census at 100 % is met, however few. */
    {RATIO("CENSUS", "UP"), 3, 3, 1, STATUS_MET},
    {RATIO("CENSUS", "UP"), 2, 3, 1, STATUS_NOT_MET},
    {RATIO("RATIO", "UP"), 4, 3, 1, STATUS_MET},
    {RATIO("CENSUS", "DOWN"), 1, 100, 0.01, STATUS_MET},
    {RATIO("CENSUS", "DOWN"), 2, 100, 0.01, STATUS_NOT_MET},
    {RATIO("SAMPLE", "UP"), 81, 80, 0.5, STATUS_NO_DATA},
};

Test(figure, judges_samples_by_interval_and_a_census_by_value)
{
	for (size_t i = 0; i < COUNT(verdicts); i++) {
		const struct metric *m = metric(verdicts[i].words);
		struct figure *g = figure_of(m, verdicts[i].x, verdicts[i].n, &verdicts[i].target);

		cr_expect_eq(g->status, verdicts[i].status, "row %zu: %s", i,
			     status_name(g->status));
		catalogue_free(catalogue);
		catalogue = NULL;
	}
}

/* Wilson's interval of 100 of 1,000 is 8.29 % to 12.02 %. */
static const struct {
	const char *basis;
	struct aim band;
	enum status status;
} bands[] = {
    {"SAMPLE", {0.05, 0.20}, STATUS_MET},        {"SAMPLE", {0.09, 0.20}, STATUS_NOT_PROVEN},
    {"SAMPLE", {0.05, 0.11}, STATUS_NOT_PROVEN}, {"SAMPLE", {0.121, 0.20}, STATUS_NOT_MET},
    {"SAMPLE", {0.01, 0.08}, STATUS_NOT_MET},    {"CENSUS", {0.10, 0.10}, STATUS_MET},
    {"CENSUS", {0.11, 0.20}, STATUS_NOT_MET},    {"CENSUS", {0.01, 0.09}, STATUS_NOT_MET},
};

Test(figure, meets_a_band_between_its_ends)
{
	for (size_t i = 0; i < COUNT(bands); i++) {
		char words[500];
		struct fold *f;
		struct figure *g;
		size_t n = 0;

		snprintf(words, sizeof words, RATIO("%s", "BAND"), bands[i].basis);
		f = fold_new(arena, metric(words), NULL);
		fold_add(f, north, GROUP_NUMERATOR, 100);
		fold_add(f, north, GROUP_DENOMINATOR, 1000);
		g = fold_finish(f, &bands[i].band, &n)[0];
		cr_expect_eq(g->status, bands[i].status, "row %zu: %s", i, status_name(g->status));
		g = fold_finish(f, NULL, &n)[0];
		cr_expect_eq(g->status, STATUS_NONE, "row %zu", i);
		catalogue_free(catalogue);
		catalogue = NULL;
	}
}

/* One measure in the middle of a wide band, one well beside it, one at its lower end: of parts a
 * status takes that neither end is likely. */
Test(figure, judges_parts_by_the_end_of_a_band_that_is_nearer)
{
	static const struct aim band = {0.05, 0.20};
	static const char *const at[][DIMENSIONS_MAX] = {{"N1", "a"}, {"N1", "b"}, {"N1", "c"}};
	static const int64_t x[] = {120, 400, 50};
	static const enum status statuses[] = {STATUS_MET, STATUS_NOT_MET, STATUS_NOT_PROVEN};
	struct fold *f = fold_new(arena, metric(RATIO("SAMPLE", "BAND")), NULL);
	struct figure **list;
	size_t n = 0;
	unsigned seen = 0;

	for (size_t i = 0; i < COUNT(at); i++) {
		fold_add(f, at[i], GROUP_NUMERATOR, x[i]);
		fold_add(f, at[i], GROUP_DENOMINATOR, 1000);
	}
	list = fold_finish(f, &band, &n);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; list[i]->has_q && k < COUNT(at); k++)
			if (list[i]->numerator == x[k]) {
				cr_expect_eq(list[i]->status, statuses[k], "%zu", k);
				seen++;
			}
	cr_expect_geq(seen, 3);
}

Test(figure, has_no_status_while_no_target_is_set)
{
	struct figure *g = figure_of(metric(RATIO("SAMPLE", "UP")), 40, 80, NULL);

	cr_expect_eq(g->status, STATUS_NO_TARGET);
	cr_expect(g->has_value);
}

Test(figure, counts_nought_only_with_evidence_that_somebody_looked)
{
	const struct metric *m = metric(
	    "basis: CENSUS, shape: count, direction: DOWN, numerator: " TERM ", evidence: " TERM);
	struct fold *f = fold_new(arena, m, NULL);
	const struct aim zero = aim_at(DIRECTION_DOWN, 0);
	size_t n = 0;

	cr_expect_not(fold_finish(f, &zero, &n)[0]->has_value);
	f = fold_new(arena, m, NULL);
	fold_add(f, north, GROUP_EVIDENCE, 3);
	cr_expect_eq(fold_finish(f, &zero, &n)[0]->status, STATUS_MET);
	fold_add(f, north, GROUP_NUMERATOR, 1);
	cr_expect_eq(fold_finish(f, &zero, &n)[0]->status, STATUS_NOT_MET);
}

Test(figure, finds_type_7_quantiles_in_a_histogram)
{
	/* 1.2, 2.5, 3.1, 4.8, 7.7, 9.9, 12.4 in tenths: median 4.8, p90 10.9. */
	static const int64_t values[] = {12, 25, 31, 48, 77, 99, 124};
	const struct metric *m = metric("basis: SAMPLE, shape: quantile, direction: TREND,"
					" of: response_ms, denominator: [{from: tip_event}]");
	struct fold *f = fold_new(arena, m, NULL);
	struct figure *g;
	size_t n = 0;

	for (size_t i = 0; i < 7; i++)
		fold_add_value(f, i % 2 == 0 ? north : south, values[i], 1000);
	g = fold_finish(f, NULL, &n)[0];
	cr_expect_eq(g->denominator, 7000);
	cr_expect_eq(g->n_bins, 7);
	/* Thousandfold, the steps are flat: the 3,500th and 3,501st are both 48. */
	cr_expect_float_eq(g->value, 48, 0);
	f = fold_new(arena, m, NULL);
	for (size_t i = 0; i < 7; i++)
		fold_add_value(f, north, values[i], 1);
	g = fold_finish(f, NULL, &n)[0];
	cr_expect_float_eq(g->value, 48, 1e-12);
	cr_expect_float_eq(g->p90, 109, 1e-12);
}

Test(figure, gives_sensitivity_only_where_bags_are_known)
{
	const struct metric *m =
	    metric("basis: SAMPLE, shape: sdt, direction: TREND, numerator: " TERM
		   ", denominator: " TERM ", false_alarms: " TERM ", noise: " TERM);
	struct fold *f = fold_new(arena, m, NULL);
	struct figure *g;
	size_t n = 0;

	fold_add(f, north, GROUP_NUMERATOR, 634);
	fold_add(f, north, GROUP_DENOMINATOR, 672);
	cr_expect_not(fold_finish(f, NULL, &n)[0]->has_value);
	fold_add(f, north, GROUP_FALSE_ALARMS, 24);
	fold_add(f, north, GROUP_NOISE, 728);
	g = fold_finish(f, NULL, &n)[0];
	cr_expect_float_eq(g->value, 3.4088955793, 5e-11);
	cr_expect_float_eq(g->sdt.da_half, 3.1544098418, 5e-11);
}

Test(figure, counts_images_that_are_always_found_or_hardly_ever)
{
	const struct metric *m = metric(
	    "basis: CENSUS, shape: persons, direction: TREND, denominator: [{from: tip_event}],"
	    " persons: {id: image, rule: SHARE_AT_EXTREMES, k: 30, below: 20, left_out: X}");
	struct fold *f = fold_new(arena, m, NULL);
	struct figure *g;
	size_t n = 0;

	/* A fifth is not below a fifth; 29 of 29 are too few. */
	fold_add_persons(f, 0, nowhere, 30, 30, 1);
	fold_add_persons(f, 0, nowhere, 30, 29, 2);
	fold_add_persons(f, 0, nowhere, 30, 6, 4);
	fold_add_persons(f, 0, nowhere, 30, 5, 8);
	fold_add_persons(f, 0, nowhere, 300, 0, 16);
	fold_add_persons(f, 0, nowhere, 29, 29, 32);
	fold_add_persons(f, 0, nowhere, 0, 0, 64);
	g = fold_finish(f, NULL, &n)[0];
	cr_expect_eq(g->numerator, 1 + 8 + 16);
	cr_expect_eq(g->denominator, 1 + 2 + 4 + 8 + 16);
	cr_expect_eq(g->persons_left_out, 32);
}

Test(figure, counts_persons_below_a_standard_only_when_chance_would_not_do_it)
{
	const struct metric *m = metric(
	    "basis: CENSUS, shape: persons, direction: DOWN, denominator: [{from: tip_event}],"
	    " persons: {id: screener_id, rule: SHARE_BELOW_STANDARD, k: 100, standard: A1, "
	    "left_out: X}");
	double standard = 0.8;
	struct fold *f = fold_new(arena, m, &standard);
	struct figure *g;
	size_t n = 0;

	/* Of 100, 67 is below 0.8 with its whole 99.8 % interval (up to 0.7946), 68 is not
	 * (0.8031). */
	fold_add_persons(f, 0, nowhere, 100, 67, 2);
	fold_add_persons(f, 0, nowhere, 100, 68, 3);
	fold_add_persons(f, 0, nowhere, 99, 0, 5);
	g = fold_finish(f, NULL, &n)[0];
	cr_expect_eq(g->numerator, 2);
	cr_expect_eq(g->denominator, 5);
	cr_expect_eq(g->persons_left_out, 5);
	f = fold_new(arena, m, NULL);
	fold_add_persons(f, 0, nowhere, 100, 68, 2);
	g = fold_finish(f, NULL, &n)[0];
	cr_expect_str_eq(g->no_data, "NO_STANDARD");
}

#define CLUSTERED RATIO("SAMPLE", "UP") ", clusters: {by: audit, id: site_id%s}"

/* 70 of 100, told by clusters with `told` trials in all; the target lies just below Wilson's
 * interval, 0.604 to 0.781. */
static struct figure *
clustered(const char *words, const struct cluster_counts *told)
{
	const struct aim target = aim_at(DIRECTION_UP, 0.6);
	char text[500];
	struct fold *f;
	size_t n = 0;

	catalogue_free(catalogue);
	catalogue = NULL;
	snprintf(text, sizeof text, CLUSTERED, words);
	f = fold_new(arena, metric(text), NULL);
	fold_add(f, north, GROUP_NUMERATOR, 70);
	fold_add(f, north, GROUP_DENOMINATOR, 100);
	if (told != NULL)
		fold_add_clusters(f, 0, nowhere, told);
	return fold_finish(f, &target, &n)[0];
}

/* Ten of ten trials: 9 right in each of five, 5 in each of the others. The variance is 10/9 * 40 /
 * 100^2, that of single trials 0.7 * 0.3 / 100. */
static const struct cluster_counts ten = {70, 100, {10, 530, 700, 1000}};

Test(figure, goes_by_the_interval_for_clusters_in_general)
{
	struct figure *g = clustered("", &ten);

	cr_assert(g->has_general);
	cr_expect(g->is_by_general);
	cr_expect_float_eq(g->general.deff, 40.0 / 9 / 2.1, 1e-12);
	cr_expect_eq(g->status, STATUS_NOT_PROVEN);
	cr_expect_lt(figure_interval(g).lo, 0.55);
	cr_expect_float_eq(g->interval.lo, 0.604, 0.001);
}

Test(figure, goes_by_the_plain_interval_where_the_catalogue_says_so)
{
	struct figure *g = clustered(", status: PLAIN", &ten);

	cr_expect(g->has_general);
	cr_expect_not(g->is_by_general);
	cr_expect_eq(g->status, STATUS_MET);
}

static const struct {
	struct cluster_counts told;
	enum cluster_lack lack;
} lacks[] = {
    {{70, 100, {9, 530, 700, 1000}}, CLUSTER_LACK_FEW},
    {{66, 94, {10, 530, 700, 1000}}, CLUSTER_LACK_NOT_TOLD},
    {{67, 95, {10, 530, 690, 985}}, CLUSTER_LACK_NONE},
    {{71, 101, {10, 530, 700, 1000}}, CLUSTER_LACK_NOT_TOLD},
    {{70, 100, {10, 490, 700, 1000}}, CLUSTER_LACK_NO_VARIATION},
};

Test(figure, says_why_nothing_is_said_of_clusters_in_general)
{
	struct figure *g = clustered("", NULL);

	cr_expect_eq(g->lack, CLUSTER_LACK_NOT_COUNTED);
	cr_expect_eq(g->status, STATUS_MET);
	for (size_t i = 0; i < COUNT(lacks); i++) {
		g = clustered("", &lacks[i].told);
		cr_expect_eq(g->lack, lacks[i].lack, "row %zu: %d", i, (int)g->lack);
		cr_expect_eq(g->has_general, lacks[i].lack == CLUSTER_LACK_NONE, "row %zu", i);
		cr_expect_eq(g->is_by_general, g->has_general, "row %zu", i);
	}
}

/* What is not by layer takes the clusters of the camera's trials, whichever come first. */
Test(figure, takes_the_clusters_of_the_part_that_the_target_is_for)
{
	static const char *const layers[][DIMENSIONS_MAX] = {
	    {"N1", "4.1", "GUARD"}, {"N1", "4.1", "CAMERA"}, {"N1", "4.1", NULL}};
	static const struct cluster_counts of[] = {
	    {35, 50, {20, 70, 100, 150}}, {70, 100, {10, 530, 700, 1000}}, {8, 9, {9, 8, 8, 9}}};
	const struct metric *m = metric(
	    "basis: SAMPLE, shape: ratio, direction: UP, minimum_n: 30, by: [layer], apart: layer,"
	    " clusters: {by: site, id: site_id}, numerator: [{from: layer}],"
	    " denominator: [{from: layer}]");
	struct fold *f = fold_new(arena, m, NULL);
	struct figure **list;
	size_t n = 0;

	fold_head(f, "CAMERA");
	fold_add(f, layers[1], GROUP_NUMERATOR, 70);
	fold_add(f, layers[1], GROUP_DENOMINATOR, 100);
	fold_add(f, layers[0], GROUP_DENOMINATOR, 50);
	for (unsigned b = 0; b < m->breakdown_count; b++)
		for (size_t i = 0; i < COUNT(layers); i++)
			fold_add_clusters(f, b, layers[i], &of[i]);
	list = fold_finish(f, NULL, &n);
	cr_assert_gt(n, 4);
	for (size_t i = 0; i < n; i++) {
		const struct breakdown *b = &m->breakdown[list[i]->breakdown];
		bool is_guard =
		    b->n > 0 && strcmp(m->dimension[b->dimension[b->n - 1]], "layer") == 0 &&
		    list[i]->by[b->n - 1] != NULL && strcmp(list[i]->by[b->n - 1], "GUARD") == 0;

		cr_expect_eq(list[i]->told.sums.clusters, is_guard ? 20 : 10, "figure %zu", i);
	}
}

/* Of 20 measures one stands out (80 of 200 at a target of 0.49, z = -2.546 by the
 * score test: p = 0.0109), which is no more than 20 of them give by chance: q = 0.218. Alone, it
 * is not met. The sites, and the entity, go by their interval. */
Test(figure, calls_nothing_that_stands_out_among_many_by_chance)
{
	const struct aim target = aim_at(DIRECTION_UP, 0.49);
	const struct metric *m = metric(RATIO("SAMPLE", "UP"));

	for (unsigned n = 1; n <= 20; n += 19) {
		struct fold *f = fold_new(arena, m, NULL);
		struct figure **list;
		size_t count = 0;
		unsigned seen = 0;

		for (unsigned i = 0; i < n; i++) {
			char measure[20];
			const char *dims[DIMENSIONS_MAX] = {"N1", measure};

			snprintf(measure, sizeof measure, "4.%u", i);
			fold_add(f, dims, GROUP_NUMERATOR, i == 0 ? 80 : 98);
			fold_add(f, dims, GROUP_DENOMINATOR, 200);
		}
		list = fold_finish(f, &target, &count);
		for (size_t i = 0; i < count; i++) {
			cr_expect_eq(list[i]->has_q, list[i]->breakdown > 1);
			if (list[i]->breakdown != 2 || list[i]->numerator != 80)
				continue;
			seen++;
			cr_expect_float_eq(list[i]->q, 0.0109 * n, 0.0001 * n);
			cr_expect_eq(list[i]->status, n == 1 ? STATUS_NOT_MET : STATUS_NOT_PROVEN);
		}
		cr_expect_eq(seen, 1);
	}
}

Test(figure, finds_each_of_many_figures_again)
{
	struct fold *f = fold_new(arena, metric(RATIO("CENSUS", "UP")), NULL);
	struct figure **list;
	char sites[500][16];
	size_t n = 0;

	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 500; i++) {
			const char *dims[DIMENSIONS_MAX] = {sites[i], "4.1"};

			snprintf(sites[i], sizeof sites[i], "S%03d", i);
			fold_add(f, dims, GROUP_DENOMINATOR, i + 1);
		}
	}
	list = fold_finish(f, NULL, &n);
	cr_assert_eq(n, 1 + 500 + 1 + 500);
	for (size_t i = 0; i < 500; i++) {
		cr_expect_str_eq(list[1 + i]->by[0], sites[i]);
		cr_expect_eq(list[1 + i]->denominator, 2 * ((int64_t)i + 1));
	}
}

Test(figure, tells_a_full_arena_instead_of_losing_figures_silently)
{
	struct arena *small = arena_new(256u << 10);
	struct fold *f = fold_new(small, metric(RATIO("CENSUS", "UP")), NULL);
	size_t n = 0;

	cr_assert_not_null(f);
	for (int i = 0; i < 100000 && !arena_failed(small); i++) {
		char site[16];
		const char *dims[DIMENSIONS_MAX] = {site};

		snprintf(site, sizeof site, "S%d", i);
		fold_add(f, dims, GROUP_DENOMINATOR, 1);
	}
	cr_expect(arena_failed(small));
	cr_expect_null(fold_finish(f, NULL, &n));
	arena_free(small);
}

#define SDT                                                                          \
	"basis: SAMPLE, shape: sdt, direction: TREND, minimum_n: 30, by: [stream,"   \
	" threat_category, stream threat_category], numerator: [{from: tip_event}]," \
	" denominator: [{from: tip_event}], false_alarms: [{from: tip_session,"      \
	" sum: non_tip_alarms}], noise: [{from: tip_session, sum: images_viewed}]"

/* Hits of trials of a category in a stream; and alarms of images, which have none. */
static void
project(struct fold *f, const char *stream, const char *category, int64_t hits, int64_t trials)
{
	const char *dims[DIMENSIONS_MAX] = {"N1", "4.1", stream, category};

	fold_add(f, dims, GROUP_NUMERATOR, hits);
	fold_add(f, dims, GROUP_DENOMINATOR, trials);
}

static void
alarm(struct fold *f, const char *stream, int64_t alarms, int64_t images)
{
	const char *dims[DIMENSIONS_MAX] = {"N1", "4.1", stream, NULL};

	fold_add(f, dims, GROUP_FALSE_ALARMS, alarms);
	fold_add(f, dims, GROUP_NOISE, images);
}

/* 80 of 100 and 150 of 5,000: d' 2.7105, its variance 0.021533 (computed at 40 digits). */
Test(figure, gives_sensitivity_its_interval)
{
	struct fold *f = fold_new(arena, metric(SDT), NULL);
	double half = 1.9599639845400542 * sqrt(.021532895180068226);
	const struct figure *g;
	size_t n = 0;

	project(f, "CABIN", "GUN", 80, 100);
	alarm(f, "CABIN", 150, 5000);
	g = fold_finish(f, NULL, &n)[0];
	cr_assert(g->has_interval);
	cr_expect_float_eq(g->value, 2.7104726535770883, 1e-12);
	cr_expect_float_eq(g->interval.lo, 2.7104726535770883 - half, 1e-12);
	cr_expect_float_eq(g->interval.hi, 2.7104726535770883 + half, 1e-12);
}

/* Each category with the alarms of its stream, or of all; nothing over categories. */
Test(figure, pools_no_categories_of_sensitivity_that_are_kept_apart)
{
	static const struct {
		const char *stream;
		const char *category;
		int64_t alarms;
	} parts[] = {{NULL, "GUN", 450},
		     {"CABIN", "GUN", 150},
		     {"HOLD", "GUN", 300},
		     {"CABIN", "BLADE", 150}};
	const struct metric *m = metric(SDT ", apart: threat_category");
	struct fold *f = fold_new(arena, m, NULL);
	struct figure **list;
	size_t n = 0;
	unsigned seen = 0;

	project(f, "CABIN", "GUN", 80, 100);
	project(f, "HOLD", "GUN", 50, 100);
	project(f, "CABIN", "BLADE", 30, 100);
	alarm(f, "CABIN", 150, 5000);
	alarm(f, "HOLD", 300, 5000);
	list = fold_finish(f, NULL, &n);
	cr_expect_str_eq(list[0]->no_data, "NOT_POOLED");
	cr_expect_not(list[0]->has_value || list[0]->has_interval);
	for (size_t i = 0; i < n; i++) {
		const struct breakdown *b = &m->breakdown[list[i]->breakdown];
		const char *category = b->n > 0 ? list[i]->by[b->n - 1] : NULL;
		bool is_part = b->n > 0 &&
			       strcmp(m->dimension[b->dimension[b->n - 1]], "threat_category") == 0;

		cr_expect(is_part || b->n == 0, "figure %zu", i);
		cr_expect_eq(list[i]->has_value, is_part, "figure %zu", i);
		cr_expect(!is_part || category != NULL, "figure %zu", i);
		for (size_t k = 0; is_part && category != NULL && k < COUNT(parts); k++) {
			if (strcmp(category, parts[k].category) != 0 ||
			    (b->n == 1) != (parts[k].stream == NULL) ||
			    (b->n == 2 && strcmp(list[i]->by[0], parts[k].stream) != 0))
				continue;
			cr_expect_eq(list[i]->count[GROUP_FALSE_ALARMS], parts[k].alarms, "%zu", k);
			seen++;
		}
	}
	cr_expect_eq(seen, COUNT(parts));
}
