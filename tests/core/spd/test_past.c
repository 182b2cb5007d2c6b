#include "core/spd/past.h"
#include "tests/core/against.h"

#include <criterion/criterion.h>

#include <jansson.h>
#include <string.h>

AGAINST_SUITE(past);

static struct spd_past
read(const char *document)
{
	struct spd_past p = {.quarter = "2026-Q1"};
	json_t *doc = json_loads(document, 0, NULL);
	struct err e = {0};

	cr_assert_eq(past_read(a.arena, a.catalogue, doc, &p, &e), OK, "%s", e.text);
	json_decref(doc);
	return p;
}

static const char document[] =
    "{\"metrics\":[{\"id\":\"GONE\",\"figures\":[]},{\"id\":\"A1\",\"version\":\"3\",\"figures\":["
    "{\"by\":{\"site\":\"N2\"},\"numerator\":8,\"denominator\":9,\"value\":null,"
    "\"interval\":null,\"status\":\"INSUFFICIENT\",\"no_data\":null},"
    "{\"by\":{\"colour\":\"red\"},\"numerator\":1,\"denominator\":1,\"value\":null,"
    "\"status\":\"INSUFFICIENT\",\"no_data\":null},"
    "{\"by\":{\"site\":\"(not given)\"},\"numerator\":null,\"denominator\":null,\"value\":null,"
    "\"status\":\"NO_DATA\",\"no_data\":\"NO_DATA\"},"
    "{\"by\":{},\"numerator\":80,\"denominator\":100,\"value\":0.8,"
    "\"interval\":{\"lo\":0.71,\"hi\":0.87},\"status\":\"MET\",\"no_data\":null}]}]}";

Test(past, finds_the_same_cell_of_another_quarter)
{
	struct spd_past p = read(document);
	struct spd_metric now;
	const struct figure *g;

	against_count(&a, "N2", NULL, 1, 2);
	against_count(&a, NULL, NULL, 1, 2);
	now = against_metric(&a);
	cr_expect_str_eq(p.metrics[0].version, "3");
	/* The whole, two sites, the measure, and what is not asked for: all but N1 are there. */
	g = past_figure(&p.metrics[0], now.figures[0]);
	cr_assert_not_null(g);
	cr_expect_eq(g->numerator, 80);
	cr_expect_eq(g->interval.lo, 0.71);
	cr_expect_eq(g->status, STATUS_MET);
	for (size_t i = 0; i < now.n_figures; i++) {
		const struct figure *f = now.figures[i];

		if (f->breakdown != 1)
			continue;
		g = past_figure(&p.metrics[0], f);
		cr_assert_not_null(g);
		cr_expect_eq(g->has_numerator, f->by[0] != NULL);
		cr_expect_eq(g->denominator, f->by[0] != NULL ? 9 : 0);
		cr_expect_not(g->has_value);
	}
}

Test(past, has_no_cell_that_was_not_there)
{
	struct spd_past p = read(document);
	struct spd_metric now;

	against_count(&a, "N7", "GUN", 1, 2);
	now = against_metric(&a);
	for (size_t i = 1; i < now.n_figures; i++)
		cr_expect_null(past_figure(&p.metrics[0], now.figures[i]));
}

Test(past, knows_nothing_of_a_metric_that_was_not_computed)
{
	struct spd_past p = read("{\"metrics\":[]}");
	struct spd_metric now = against_metric(&a);

	cr_expect_null(past_figure(&p.metrics[0], now.figures[0]));
}
