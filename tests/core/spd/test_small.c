#include "base/count.h"
#include "core/spd/small.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#define YAML                                                                                   \
	"version: '7'\nmetrics:\n"                                                             \
	"- {id: A1, version: '3', effective_from: 2000-01-01, name: n, form: OUTPUT,"          \
	" basis: SAMPLE, shape: ratio, sheet: s, unit: z, direction: UP, minimum_n: 1,"        \
	" definition: d, readers: [R], of_persons: true, clusters: {by: screener,"             \
	" id: screener_id}, by: [stream], numerator: [{from: tip_event}],"                     \
	" denominator: [{from: tip_event}]}\n"                                                 \
	"- {id: A2, version: '3', effective_from: 2000-01-01, name: n, form: OUTPUT,"          \
	" basis: SAMPLE, shape: quantile, sheet: s, unit: ms, direction: TREND, minimum_n: 1," \
	" definition: d, readers: [R], persons_as: A1, by: [stream], of: response_ms,"         \
	" denominator: [{from: tip_event}]}\n"                                                 \
	"- {id: A3, version: '3', effective_from: 2000-01-01, name: n, form: OUTPUT,"          \
	" basis: CENSUS, shape: persons, sheet: s, unit: z, direction: DOWN, definition: d,"   \
	" readers: [R], of_persons: true, persons: {id: screener_id, rule: SHARE_AT_LEAST,"    \
	" k: 100}, denominator: [{from: tip_exposure, sum: shown}]}\n"

#define METRICS 3

static struct arena *arena;
static struct arena *scratch;
static struct catalogue *catalogue;
static struct fold *folds[METRICS];
static struct spd_metric metrics[METRICS];

static void
open_all(void)
{
	struct err e = {0};

	arena = arena_new(1u << 24);
	scratch = arena_new(SMALL_SCRATCH_MAX);
	cr_assert_eq(catalogue_read("m", YAML, &catalogue, &e), OK, "%s", e.text);
	for (unsigned i = 0; i < METRICS; i++)
		folds[i] = fold_new(arena, &catalogue->metrics[i], NULL);
}

static void
close_all(void)
{
	catalogue_free(catalogue);
	arena_free(scratch);
	arena_free(arena);
}

TestSuite(small, .init = open_all, .fini = close_all);

/* n trials of so many persons at a site, of a measure and stream: half of them right. */
static void
work(const char *site, const char *measure, int64_t n)
{
	const char *dims[DIMENSIONS_MAX] = {site, measure, "CABIN"};

	fold_add(folds[0], dims, GROUP_NUMERATOR, n / 2);
	fold_add(folds[0], dims, GROUP_DENOMINATOR, n);
	fold_add_value(folds[1], dims, 1000, n);
}

/* How many persons did it, of the figure of a breakdown: 0 the whole, 1 sites, 2 measures, 3 both.
 */
static void
are(unsigned breakdown, const char *site, const char *measure, int64_t persons, int64_t n)
{
	const char *dims[DIMENSIONS_MAX] = {site, measure, "CABIN"};
	const struct cluster_counts told = {n / 2, n, {persons, 0, 0, 0}};

	fold_add_clusters(folds[0], breakdown, dims, &told);
}

static void
finish(void)
{
	for (unsigned i = 0; i < METRICS; i++) {
		metrics[i] = (struct spd_metric){.m = &catalogue->metrics[i]};
		metrics[i].figures = fold_finish(folds[i], NULL, &metrics[i].n_figures);
	}
	cr_assert(small_suppress(metrics, METRICS, scratch));
}

/* Of a metric: which sites are suppressed, in their order; "whole" before them. */
static const char *
hidden(unsigned metric)
{
	static char list[200];

	list[0] = '\0';
	for (size_t i = 0; i < metrics[metric].n_figures; i++) {
		const struct figure *g = metrics[metric].figures[i];

		if (!g->is_suppressed || g->breakdown > 1)
			continue;
		snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s",
			 list[0] == '\0' ? "" : " ", g->breakdown == 0 ? "whole" : g->by[0]);
	}
	return list;
}

/* Sites with so many persons and as many times ten trials, named A, B and so on; and the whole's.
 */
static void
sites(const int64_t *persons, size_t n, int64_t whole)
{
	int64_t all = 0;

	for (size_t i = 0; i < n; i++) {
		char name[2] = {(char)('A' + i), '\0'};

		work(name, "4.1", 10 * persons[i]);
		are(1, name, NULL, persons[i], 10 * persons[i]);
		all += 10 * persons[i];
	}
	are(0, NULL, NULL, whole, all);
	are(2, NULL, "4.1", whole, all);
	finish();
}

/* Nobody may take the one that is small from the whole: the next one goes with it. */
Test(small, one_small_cell_takes_the_next_with_it)
{
	static const int64_t persons[] = {30, 2, 20};

	sites(persons, COUNT(persons), 52);
	cr_expect_str_eq(hidden(0), "B C");
}

/* Their sum would be that of five persons at most, who may be the same three at both. */
Test(small, two_small_cells_take_a_large_one_with_them)
{
	static const int64_t persons[] = {30, 2, 3, 20};

	sites(persons, COUNT(persons), 52);
	cr_expect_str_eq(hidden(0), "B C D");
}

Test(small, all_small_leaves_the_whole_that_is_not)
{
	static const int64_t persons[] = {3, 4};

	sites(persons, COUNT(persons), 7);
	cr_expect_str_eq(hidden(0), "A B");
}

Test(small, all_small_of_a_small_whole_leaves_nothing)
{
	static const int64_t persons[] = {3, 2};

	sites(persons, COUNT(persons), 4);
	cr_expect_str_eq(hidden(0), "whole A B");
}

Test(small, five_are_enough_and_none_told_is_not_few)
{
	static const int64_t persons[] = {5, 20};

	work("Z", "4.1", 100);
	sites(persons, COUNT(persons), 25);
	cr_expect_str_eq(hidden(0), "");
	cr_expect_eq(small_count(metrics, METRICS), 0);
}

/* Most trials of a cell are not said to be anybody's: nobody knows that it is of few. */
Test(small, what_is_mostly_not_told_is_not_small)
{
	work("A", "4.1", 1000);
	are(1, "A", NULL, 2, 400);
	work("B", "4.1", 1000);
	are(1, "B", NULL, 2, 600);
	work("C", "4.1", 1000);
	finish();
	cr_expect_str_eq(hidden(0), "A B");
}

Test(small, leaves_no_number_and_no_status)
{
	static const int64_t persons[] = {2, 3};
	const struct figure *g;

	sites(persons, COUNT(persons), 4);
	g = metrics[0].figures[0];
	cr_expect_str_eq(g->no_data, "SUPPRESSED");
	cr_expect_eq(g->status, STATUS_NO_DATA);
	cr_expect_not(g->has_numerator || g->has_denominator || g->has_value || g->has_interval ||
		      g->has_general || g->has_told || g->has_q);
	cr_expect_eq(g->numerator, 0);
	cr_expect_eq(g->denominator, 0);
}

/* What is of the same trials is suppressed in the same cells, whatever they are for it. */
Test(small, goes_with_the_metric_that_is_of_the_same_persons)
{
	static const int64_t persons[] = {30, 2, 20, 40};

	sites(persons, COUNT(persons), 92);
	cr_expect_str_eq(hidden(0), "B C");
	cr_expect_str_eq(hidden(1), "B C");
}

/* Nought says that it is of none; of the entity a few of many name nobody. */
Test(small, counts_of_few_persons_are_small_in_parts_alone)
{
	static const struct {
		const char *site;
		int64_t all;
		int64_t meet;
	} of[] = {{"A", 20, 3}, {"B", 30, 0}, {"C", 4, 4}, {"D", 40, 20}};

	for (size_t i = 0; i < COUNT(of); i++) {
		const char *dims[DIMENSIONS_MAX] = {of[i].site, "4.1"};

		for (unsigned b = 0; b <= 1; b++) {
			fold_add_persons(folds[2], b, dims, 200, 0, of[i].meet);
			fold_add_persons(folds[2], b, dims, 1, 0, of[i].all - of[i].meet);
		}
	}
	finish();
	cr_expect_str_eq(hidden(2), "A B C");
}

/* --- tables of two ways ----------------------------------------------------------------------- */

static unsigned seed = 12345;

static unsigned
next(unsigned below)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % below;
}

static const struct figure *
figure_at(unsigned breakdown, const char *a, const char *b)
{
	for (size_t i = 0; i < metrics[0].n_figures; i++) {
		const struct figure *g = metrics[0].figures[i];

		if (g->breakdown == breakdown && (a == NULL || strcmp(g->by[0], a) == 0) &&
		    (b == NULL || strcmp(g->by[1], b) == 0))
			return g;
	}
	return NULL;
}

#define SIDE 4

/* Of a whole and its parts, of which `small` are of few persons: is nothing to be had? */
static bool
is_safe(const struct figure *whole, const struct figure *const *parts, const bool *small, size_t n)
{
	size_t gone = 0;
	bool large = false;

	for (size_t i = 0; i < n; i++) {
		if (!parts[i]->is_suppressed && small[i])
			return false;
		gone += parts[i]->is_suppressed;
		large = large || (parts[i]->is_suppressed && !small[i]);
	}
	if (whole->is_suppressed)
		return gone > 0;
	return gone == 0 || (gone == n && n > 1) || (gone > 1 && large);
}

/* Cells of two ways, random: no row and no column, nor all of them, tells a small one. */
Test(small, no_sum_of_a_table_tells_a_small_cell)
{
	static const char *const names[SIDE] = {"A", "B", "C", "D"};

	for (unsigned round = 0; round < 300; round++) {
		bool small[SIDE][SIDE];
		bool none[SIDE] = {false};
		const struct figure *row[SIDE];

		close_all();
		open_all();
		for (unsigned i = 0; i < SIDE; i++)
			for (unsigned k = 0; k < SIDE; k++) {
				int64_t n = 10 + next(100);
				unsigned persons = next(6) == 0 ? 1 + next(4) : 5 + next(50);

				work(names[i], names[k], n);
				are(3, names[i], names[k], persons, n);
				small[i][k] = persons < SMALL_PERSONS;
			}
		finish();
		for (unsigned i = 0; i < SIDE; i++) {
			const struct figure *column[SIDE];
			bool below[SIDE];

			for (unsigned k = 0; k < SIDE; k++) {
				row[k] = figure_at(3, names[i], names[k]);
				column[k] = figure_at(3, names[k], names[i]);
				below[k] = small[k][i];
			}
			cr_expect(is_safe(figure_at(1, names[i], NULL), row, small[i], SIDE),
				  "round %u, site %u", round, i);
			cr_expect(is_safe(figure_at(2, names[i], NULL), column, below, SIDE),
				  "round %u, measure %u", round, i);
		}
		for (unsigned i = 0; i < SIDE; i++)
			row[i] = figure_at(1, names[i], NULL);
		cr_expect(is_safe(figure_at(0, NULL, NULL), row, none, SIDE), "round %u", round);
	}
}
