#include "tests/core/against.h"

#include <criterion/criterion.h>

#define YAML                                                                               \
	"version: '7'\nmetrics:\n"                                                         \
	"- {id: A1, version: '3', effective_from: 2000-01-01, name: n, form: OUTPUT,"      \
	" basis: SAMPLE, shape: ratio, sheet: s, unit: '%', direction: UP, definition: d," \
	" minimum_n: 30, readers: [R], case_mix: threat_category,"                         \
	" by: [threat_category, site threat_category],"                                    \
	" numerator: [{from: tip_event}], denominator: [{from: tip_event}]}\n"

void
against_open(struct against *a)
{
	struct err e = {0};

	a->arena = arena_new(1u << 22);
	cr_assert_eq(catalogue_read("m", YAML, &a->catalogue, &e), OK, "%s", e.text);
	a->fold = fold_new(a->arena, &a->catalogue->metrics[0], NULL);
}

void
against_close(struct against *a)
{
	catalogue_free(a->catalogue);
	arena_free(a->arena);
}

void
against_count(struct against *a, const char *site, const char *threat, int x, int n)
{
	const char *const dims[DIMENSIONS_MAX] = {site, NULL, threat};

	fold_add(a->fold, dims, GROUP_NUMERATOR, x);
	fold_add(a->fold, dims, GROUP_DENOMINATOR, n);
}

struct spd_metric
against_metric(struct against *a)
{
	struct spd_metric m = {.m = &a->catalogue->metrics[0]};

	m.figures = fold_finish(a->fold, NULL, &m.n_figures);
	cr_assert_not_null(m.figures);
	a->fold = fold_new(a->arena, &a->catalogue->metrics[0], NULL);
	return m;
}
