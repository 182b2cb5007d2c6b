#include "base/count.h"
#include "core/spd/earlier.h"
#include "core/spd/keys.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#define YAML(more)                                                                           \
	"version: '7'\nmetrics:\n"                                                           \
	"- {id: A1, version: '3', effective_from: 2000-01-01, name: n, form: OUTPUT,"        \
	" shape: ratio, sheet: s, unit: z, direction: UP, definition: d, readers: [R]," more \
	" numerator: [{from: tip_event}], denominator: [{from: tip_event}]}\n"
#define PLAIN YAML(" basis: SAMPLE, minimum_n: 30,")
#define MATCHED                                                                  \
	YAML(" basis: SAMPLE, minimum_n: 30, case_mix: threat_category,"         \
	     " matched: library_version, by: [threat_category, library_version," \
	     " site threat_category, library_version threat_category],")

static struct arena *arena;
static struct catalogue *catalogue;
static struct fold *fold;
static struct spd_metric now;
static struct spd_past_metric then;
static struct spd spd;

static void
close_all(void)
{
	catalogue_free(catalogue);
	arena_free(arena);
}

TestSuite(earlier, .fini = close_all);

static void
open_metric(const char *yaml)
{
	struct err e = {0};

	arena = arena_new(1u << 22);
	cr_assert_eq(catalogue_read("m", yaml, &catalogue, &e), OK, "%s", e.text);
	fold = fold_new(arena, &catalogue->metrics[0], NULL);
}

/* x of n of a kind of threat under an image library; both may be NULL. */
static void
count(const char *threat, const char *library, int x, int n)
{
	const struct metric *m = &catalogue->metrics[0];
	const char *dims[DIMENSIONS_MAX] = {"N1"};

	for (unsigned d = 2; d < m->dimension_count; d++)
		dims[d] = strcmp(m->dimension[d], "threat_category") == 0 ? threat : library;
	fold_add(fold, dims, GROUP_NUMERATOR, x);
	fold_add(fold, dims, GROUP_DENOMINATOR, n);
}

static void
take(struct figure ***figures, size_t *n)
{
	*figures = fold_finish(fold, NULL, n);
	fold = fold_new(arena, &catalogue->metrics[0], NULL);
}

/* What was counted so far was then, in this quarter. */
static void
is_past(const char *quarter, const char *version)
{
	then = (struct spd_past_metric){.version = version};
	take(&then.figures, &then.n_figures);
	spd = (struct spd){
	    .quarter = "2026-Q2", .catalogue = catalogue, .metrics = &now, .n_metrics = 1};
	spd.past[0] =
	    (struct spd_past){.quarter = quarter, .basis = "RECOMPUTED", .metrics = &then};
	spd.n_past = 1;
}

/* What was counted since is now; the entity's figure, as the document has it. */
static json_t *
earlier(void)
{
	struct made o = made_object();

	now = (struct spd_metric){.m = &catalogue->metrics[0]};
	take(&now.figures, &now.n_figures);
	earlier_put(&o, &spd, 0, now.figures[0], arena);
	return made_take(o);
}

static double
real(const json_t *o, const char *member, const char *key)
{
	return json_number_value(json_object_get(json_object_get(o, member), key));
}

static const char *
text(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s == NULL ? "-" : s;
}

Test(earlier, tells_the_quarter_before_and_the_one_a_year_ago_apart)
{
	json_t *o;

	open_metric(PLAIN);
	count(NULL, NULL, 48, 80);
	is_past("2025-Q2", "3");
	count(NULL, NULL, 56, 70);
	o = earlier();
	cr_expect(json_is_null(json_object_get(o, DOC_PREVIOUS)));
	cr_expect(json_is_null(json_object_get(o, DOC_CHANGE)));
	cr_expect_eq(real(o, DOC_YEAR_AGO, DOC_DENOMINATOR), 80);
	cr_expect_str_eq(text(json_object_get(o, DOC_YEAR_CHANGE), DOC_METHOD), "NEWCOMBE");
	cr_expect_float_eq(real(o, DOC_YEAR_CHANGE, DOC_LOW), .052431472402364878, 1e-9);
	json_decref(o);
	spd.past[0].quarter = "2025-Q3";
	count(NULL, NULL, 56, 70);
	o = earlier();
	cr_expect(json_is_null(json_object_get(o, DOC_YEAR_AGO)));
	cr_expect_eq(json_array_size(json_object_get(o, DOC_HISTORY)), 1);
	json_decref(o);
}

Test(earlier, tells_what_was_all_counted_without_an_interval)
{
	json_t *o;

	open_metric(YAML(" basis: CENSUS,"));
	count(NULL, NULL, 1, 4);
	is_past("2026-Q1", "3");
	count(NULL, NULL, 3, 4);
	o = earlier();
	cr_expect_str_eq(text(json_object_get(o, DOC_CHANGE), DOC_METHOD), "COUNTED");
	cr_expect_eq(real(o, DOC_CHANGE, DOC_DIFFERENCE), 0.5);
	cr_expect(json_is_null(json_object_get(json_object_get(o, DOC_CHANGE), DOC_LOW)));
	json_decref(o);
}

static const struct {
	const char *version;
	const char *more;
	int x;
	int n;
	const char *part; /* of then */
	const char *why;
} obstacles[] = {
    {"2", " basis: SAMPLE, minimum_n: 30,", 56, 70, NULL, "DEFINITION_CHANGED"},
    {"3", " basis: SAMPLE, minimum_n: 71,", 56, 70, NULL, "NO_VALUE_NOW"},
    {"3", " basis: SAMPLE, minimum_n: 81,", 56, 90, NULL, "NO_VALUE_THEN"},
    {"3", " basis: SAMPLE, minimum_n: 30, unmatched: true,", 56, 70, NULL, "NOT_MATCHED"},
    {"3", " basis: SAMPLE, minimum_n: 30, by: [stream], apart: stream,", 56, 70, "CABIN",
     "PART_CHANGED"},
    {"3", " basis: SAMPLE, minimum_n: 30,", 56, 70, NULL, "-"},
};

Test(earlier, says_why_two_quarters_cannot_be_compared)
{
	for (size_t i = 0; i < COUNT(obstacles); i++) {
		char yaml[1000];
		json_t *o;

		snprintf(yaml, sizeof yaml, YAML("%s"), obstacles[i].more);
		open_metric(yaml);
		count(NULL, NULL, 48, 80);
		is_past("2026-Q1", obstacles[i].version);
		then.of = obstacles[i].part;
		count(NULL, NULL, obstacles[i].x, obstacles[i].n);
		o = earlier();
		cr_expect_str_eq(text(o, DOC_NOT_COMPARABLE), obstacles[i].why, "%zu", i);
		cr_expect_eq(json_is_null(json_object_get(o, DOC_CHANGE)),
			     obstacles[i].why[0] != '-', "%zu", i);
		json_decref(o);
		if (i + 1 < COUNT(obstacles))
			close_all();
	}
}

/* 80 of 100 guns and 30 of 60 blades now, 70 of 100 and 45 of 60 then; the rest is of another
 * library. */
Test(earlier, compares_images_with_images_like_them)
{
	json_t *o;

	open_metric(MATCHED);
	count("GUN", "7", 70, 100);
	count("BLADE", "7", 45, 60);
	count("BLADE", "6", 60, 60);
	is_past("2026-Q1", "3");
	count("GUN", "7", 80, 100);
	count("BLADE", "7", 30, 60);
	count("GUN", "8", 0, 100);
	o = earlier();
	cr_expect_str_eq(text(json_object_get(o, DOC_CHANGE), DOC_METHOD), "STANDARDISED");
	cr_expect_float_eq(real(o, DOC_CHANGE, DOC_DIFFERENCE), -0.03125, 1e-12);
	cr_expect_float_eq(real(o, DOC_CHANGE, DOC_LOW), -0.1259080752753663, 1e-12);
	cr_expect_float_eq(real(o, DOC_CHANGE, DOC_HIGH), 0.06643576750313304, 1e-12);
	cr_expect_float_eq(real(o, DOC_CHANGE, DOC_MATCHED), 160 / 260.0, 1e-12);
	json_decref(o);
}

/* What names no library is like nothing; and less than half is too little. */
Test(earlier, compares_no_images_with_others)
{
	json_t *o;

	open_metric(MATCHED);
	count("GUN", "7", 70, 100);
	count("GUN", NULL, 70, 101);
	is_past("2026-Q1", "3");
	count("GUN", "7", 80, 100);
	count("GUN", NULL, 80, 100);
	o = earlier();
	cr_expect_str_eq(text(o, DOC_NOT_COMPARABLE), "TOO_LITTLE_ALIKE");
	cr_expect(json_is_null(json_object_get(o, DOC_CHANGE)));
	json_decref(o);
}

/* Guns are told by library and threat; those of a measure are not. */
Test(earlier, compares_no_figure_whose_images_are_not_told)
{
	static const char *const why[][2] = {{"threat_category", "-"}, {"measure", "NOT_MATCHED"}};
	const struct metric *m;

	open_metric(MATCHED);
	m = &catalogue->metrics[0];
	count("GUN", "7", 70, 100);
	is_past("2026-Q1", "3");
	count("GUN", "7", 80, 100);
	now = (struct spd_metric){.m = m};
	take(&now.figures, &now.n_figures);
	for (size_t i = 0; i < now.n_figures; i++) {
		const struct breakdown *b = &m->breakdown[now.figures[i]->breakdown];
		struct made o = made_object();
		json_t *put;

		earlier_put(&o, &spd, 0, now.figures[i], arena);
		put = made_take(o);
		for (size_t k = 0; b->n == 1 && k < COUNT(why); k++)
			if (strcmp(m->dimension[b->dimension[0]], why[k][0]) == 0)
				cr_expect_str_eq(text(put, DOC_NOT_COMPARABLE), why[k][1], "%s",
						 why[k][0]);
		json_decref(put);
	}
}
