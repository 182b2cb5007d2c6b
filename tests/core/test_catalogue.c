#include "base/embed.h"
#include "core/catalogue.h"

#include <criterion/criterion.h>

#include <string.h>

#define PATH "deploy/catalogue/metrics.yaml"

static struct catalogue *
built_in(void)
{
	struct catalogue *c = NULL;
	struct err e = {0};
	const char *text = embed_text(PATH);

	cr_assert_not_null(text);
	cr_assert_eq(catalogue_read(PATH, text, &c, &e), OK, "%s: %s", e.where, e.text);
	return c;
}

static void
expect_fault(const char *yaml, const char *place, const char *words)
{
	struct catalogue *c = NULL;
	struct err e = {0};

	cr_expect_eq(catalogue_read("m.yaml", yaml, &c, &e), FATAL_CONFIG, "%s", words);
	cr_expect_null(c);
	cr_expect_str_eq(e.where, "m.yaml");
	cr_expect_not_null(strstr(e.text, place), "%s", e.text);
	cr_expect_not_null(strstr(e.text, words), "%s", e.text);
}

Test(catalogue, holds_the_fields_metrics_in_all_three_forms)
{
	static const char *const ids[] = {
	    "QN01",  "QN02",  "QN03",  "QN04", "QN08",  "QN10",  "QN11",  "QN12",
	    "QN13",  "QN14",  "QN15",  "QN16", "QL01",  "QL02",  "QL03",  "QL04",
	    "QL05",  "QL06",  "QL07",  "QL09", "OUT01", "OUT02", "OUT03", "OUT04",
	    "OUT05", "OUT06", "OUT07", "DQ01", "DQ02",  "DQ03",  "DQ05",
	};
	struct catalogue *c = built_in();
	int by_form[4] = {0};

	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
		const struct metric *m = catalogue_metric(c, ids[i]);

		cr_assert_not_null(m, "%s", ids[i]);
		by_form[m->form]++;
	}
	cr_expect_gt(by_form[FORM_QUANTITATIVE], 0);
	cr_expect_gt(by_form[FORM_QUALITATIVE], 0);
	cr_expect_gt(by_form[FORM_OUTPUT], 0);
	cr_expect_eq(by_form[FORM_INFORMATION], 0);
	cr_expect_eq(strlen(c->sha256), 64);
	catalogue_free(c);
}

Test(catalogue, breaks_every_metric_down_by_site_and_measure)
{
	struct catalogue *c = built_in();

	for (unsigned i = 0; i < c->metrics_count; i++) {
		const struct metric *m = &c->metrics[i];

		cr_assert_geq(m->breakdown_count, 4, "%s", m->id);
		cr_expect_eq(m->breakdown[0].n, 0, "%s", m->id);
		cr_expect_str_eq(m->dimension[0], "site", "%s", m->id);
		cr_expect_str_eq(m->dimension[1], "measure", "%s", m->id);
		cr_expect_eq(m->breakdown[3].n, 2, "%s", m->id);
	}
	catalogue_free(c);
}

Test(catalogue, publishes_no_rate_of_a_small_sample)
{
	struct catalogue *c = built_in();

	for (unsigned i = 0; i < c->metrics_count; i++) {
		if (c->metrics[i].basis == BASIS_SAMPLE)
			cr_expect_geq(c->metrics[i].minimum_n, 30, "%s", c->metrics[i].id);
		else
			cr_expect_eq(c->metrics[i].minimum_n, 0, "%s", c->metrics[i].id);
	}
	catalogue_free(c);
}

Test(catalogue, says_what_the_others_need_and_computes_none_of_them)
{
	struct catalogue *c = built_in();

	cr_expect_gt(c->unsupported_count, 0);
	for (unsigned i = 0; i < c->unsupported_count; i++)
		cr_expect_null(catalogue_metric(c, c->unsupported[i].id), "%s",
			       c->unsupported[i].id);
	catalogue_free(c);
}

#define HEAD                             \
	"version: 1\n"                   \
	"metrics:\n"                     \
	"- id: A1\n"                     \
	"  version: 1\n"                 \
	"  effective_from: 2000-01-01\n" \
	"  name: n\n"                    \
	"  form: OUTPUT\n"               \
	"  basis: CENSUS\n"              \
	"  shape: count\n"               \
	"  sheet: s\n"                   \
	"  unit: n\n"                    \
	"  direction: UP\n"

Test(catalogue, names_the_line_of_what_the_schema_refuses)
{
	expect_fault(HEAD "  definition: d\n  colour: red\n", "line 14:", "colour");
	expect_fault("version: 1\nmetrics:\n- id: A1\n  version: 1\n  effective_from: 2000-01-01\n "
		     " name: n\n  form: POETIC\n",
		     "line 7:", "POETIC");
	expect_fault(HEAD "  definition: [d]\n", "line 13:", "STRING");
	/* A word that is neither true nor false is no flag. */
	expect_fault(HEAD "  definition: d\n  within: perhaps\n", "line 14:", "perhaps");
	expect_fault("", "m.yaml", "empty");
}

Test(catalogue, names_the_metric_and_its_line_for_what_does_not_fit)
{
	expect_fault(HEAD "  definition: d\n  numerator: [{from: nowhere}]\n",
		     "line 3:", "A1: there is no view nowhere");
}

Test(catalogue, refuses_an_id_that_is_there_twice)
{
	expect_fault(HEAD "  definition: d\n  numerator: [{from: audit}]\n"
			  "- {id: A1, version: 1, effective_from: 2000-01-01, name: n, form: "
			  "OUTPUT, basis: CENSUS, shape: count, sheet: s,"
			  " unit: n, direction: UP, definition: d, numerator: [{from: audit}]}\n",
		     "line 3:", "twice");
}

Test(catalogue, lists_exclusions_and_parts_behind_the_fixed_groups)
{
	struct catalogue *c = built_in();
	const struct metric *m = catalogue_metric(c, "QL01");
	unsigned n = 0;

	cr_expect_eq(metric_groups(m), GROUP_NAMED + m->excluded_count + m->parts_count);
	cr_expect_eq(metric_terms(m, GROUP_NUMERATOR, &n), m->numerator);
	cr_expect_eq(metric_terms(m, GROUP_NAMED, &n), m->excluded[0].terms);
	cr_expect_eq(metric_terms(m, GROUP_NAMED + m->excluded_count, &n), m->parts[0].terms);
	cr_expect_eq(n, 1);
	catalogue_free(c);
}
