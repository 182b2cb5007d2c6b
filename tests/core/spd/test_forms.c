#include "base/buf.h"
#include "base/count.h"
#include "core/spd/forms.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#define METRIC(id, form)                                                                  \
	"- {id: " id ", version: '1', effective_from: 2000-01-01, name: n, form: " form   \
	", basis: CENSUS, shape: ratio, sheet: s, unit: z, direction: UP, definition: d," \
	" readers: [R], numerator: [{from: observation}], denominator: [{from: observation}]}\n"
#define YAML                                                                                \
	"version: '7'\nmetrics:\n" METRIC("A1", "QUANTITATIVE") METRIC("A2", "QUALITATIVE") \
	    METRIC("A3", "OUTPUT") METRIC("A4", "INFORMATION")

#define METRICS 4

static struct spd_metric metrics[METRICS];
static struct fold *folds[METRICS];
static struct catalogue *cat;
static struct arena *arena;

static void
begin(void)
{
	struct err e = {0};
	enum code code = catalogue_read("m", YAML, &cat, &e);

	cr_assert_eq(code, OK, "%s", e.text);
	arena = arena_new(1u << 22);
	for (unsigned i = 0; i < METRICS; i++)
		folds[i] = fold_new(arena, &cat->metrics[i], NULL);
}

static void
end(void)
{
	arena_free(arena);
	catalogue_free(cat);
}

TestSuite(forms, .init = begin, .fini = end);

static void
count(unsigned metric, const char *measure, int n)
{
	const char *dims[DIMENSIONS_MAX] = {"N1", measure};

	fold_add(folds[metric], dims, GROUP_NUMERATOR, 0);
	fold_add(folds[metric], dims, GROUP_DENOMINATOR, n);
}

/* "4.1 quantitative output; 9;" */
static const char *
forms(bool suppressed)
{
	static char text[500];
	struct buf out;
	static const char *const keys[] = {"quantitative", "qualitative", "output"};
	struct spd s = {.metrics = metrics, .n_metrics = METRICS};
	json_t *list;
	json_t *item;
	size_t i;

	for (unsigned k = 0; k < METRICS; k++) {
		metrics[k] = (struct spd_metric){.m = &cat->metrics[k]};
		metrics[k].figures = fold_finish(folds[k], NULL, &metrics[k].n_figures);
		for (size_t j = 0; suppressed && j < metrics[k].n_figures; j++)
			figure_suppress(metrics[k].figures[j]);
	}
	list = forms_json(&s, arena);
	cr_assert_not_null(list);
	buf_init(&out, 1000);
	json_array_foreach(list, i, item)
	{
		buf_addf(&out, "%s", json_string_value(json_object_get(item, "measure")));
		for (size_t k = 0; k < COUNT(keys); k++)
			if (json_is_true(json_object_get(item, keys[k])))
				buf_addf(&out, " %s", keys[k]);
		buf_addf(&out, ";");
	}
	buf_add(&out, "", 1);
	json_decref(list);
	cr_assert_lt(snprintf(text, sizeof text, "%s", (const char *)out.p), (int)sizeof text);
	buf_fini(&out);
	return text;
}

Test(forms, tells_by_measure_which_forms_are_known)
{
	count(0, "4.1", 10);
	count(2, "4.1", 10);
	count(1, "1.4", 10);
	count(0, "1.4", 10);
	count(3, "9", 10);
	cr_expect_str_eq(forms(false), "1.4 quantitative qualitative;4.1 quantitative output;9;");
}

/* Of what came to nought, was not given, or stands for others, nothing is known. */
Test(forms, knows_nothing_of_nought_and_of_no_measure)
{
	count(0, "4.1", 0);
	count(0, NULL, 10);
	count(1, FIGURE_OTHER, 10);
	cr_expect_str_eq(forms(false), "");
}

Test(forms, knows_of_what_is_suppressed)
{
	count(2, "4.1", 10);
	cr_expect_str_eq(forms(true), "4.1 output;");
}
