#include "core/spd/spd.h"

#include <criterion/criterion.h>

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define YAML                                                                                \
	"version: '7'\nmetrics:\n"                                                          \
	"- {id: A1, version: 1, effective_from: 2000-01-01, name: n, form: OUTPUT, basis: " \
	"SAMPLE, shape: ratio, sheet: s, unit: '%',"                                        \
	" direction: UP, definition: d, minimum_n: 30, readers: [R],"                       \
	" numerator: [{from: audit}], denominator: [{from: audit}],"                        \
	" excluded: [{name: LATE, terms: [{from: audit}]}],"                                \
	" parts: [{name: MET, terms: [{from: audit}]}]}\n"                                  \
	"unsupported: [{id: B1, name: other, needs: other records}]\n"

static struct arena *arena;
static struct catalogue *catalogue;
static struct buf out;

static void
start(void)
{
	struct err e = {0};

	arena = arena_new(1u << 20);
	buf_init(&out, 1u << 20);
	cr_assert_eq(catalogue_read("m", YAML, &catalogue, &e), OK, "%s", e.text);
}

static void
stop(void)
{
	buf_fini(&out);
	catalogue_free(catalogue);
	arena_free(arena);
}

TestSuite(spd, .init = start, .fini = stop);

static struct spd_metric metrics[1];
static struct spd_records records[] = {{"audit", 5, 4, 1, 1, 2}};

/* 81 of 263 at one site whose name needs escaping. */
static struct spd
sample(void)
{
	static const char *const site[] = {"N\"1\n", NULL};
	struct fold *f = fold_new(arena, &catalogue->metrics[0], NULL);

	fold_add(f, site, GROUP_NUMERATOR, 81);
	fold_add(f, site, GROUP_DENOMINATOR, 263);
	metrics[0].m = &catalogue->metrics[0];
	metrics[0].figures = fold_finish(f, NULL, &metrics[0].n_figures);
	return (struct spd){
	    .entity = "Invented Airport",
	    .zone = "Europe/London",
	    .quarter = "2026-Q2",
	    .first_day = "2026-04-01",
	    .last_day = "2026-06-30",
	    .start = "2026-03-31T23:00:00Z",
	    .end = "2026-06-30T23:00:00Z",
	    .as_of = "2026-07-02T08:00:00.000Z",
	    .state = "PROVISIONAL",
	    .catalogue = catalogue,
	    .metrics = metrics,
	    .n_metrics = 1,
	    .records = records,
	    .n_records = 1,
	};
}

static json_t *
document(void)
{
	struct spd s = sample();
	struct err e = {0};
	json_error_t why;

	cr_assert_eq(spd_document(&s, &out, &e), OK, "%s", e.text);
	json_t *doc = json_loadb((const char *)out.p, out.n, JSON_REJECT_DUPLICATES, &why);
	cr_assert_not_null(doc, "%s", why.text);
	return doc;
}

Test(spd, is_canonical_json)
{
	json_t *doc = document();
	char *again = json_dumps(doc, JSON_COMPACT | JSON_SORT_KEYS);

	cr_expect_eq(strlen(again), out.n);
	cr_expect_eq(memcmp(again, out.p, out.n), 0);
	free(again);
	json_decref(doc);
}

Test(spd, gives_counts_first_and_every_digit_of_the_rest)
{
	json_t *doc = document();
	json_t *m = json_array_get(json_object_get(doc, "metrics"), 0);
	json_t *f = json_array_get(json_object_get(m, "figures"), 0);
	json_t *interval = json_object_get(f, "interval");

	cr_expect_eq(json_integer_value(json_object_get(f, "numerator")), 81);
	cr_expect_eq(json_integer_value(json_object_get(f, "denominator")), 263);
	cr_expect_eq(json_real_value(json_object_get(f, "value")), 81.0 / 263.0);
	cr_expect_eq(json_real_value(json_object_get(interval, "lo")), stats_wilson95(81, 263).lo);
	cr_expect_str_eq(json_string_value(json_object_get(f, "status")), "NO_TARGET");
	cr_expect(json_is_null(json_object_get(f, "no_data")));
	cr_expect(json_is_null(json_object_get(m, "target")));
	json_decref(doc);
}

Test(spd, names_every_exclusion_of_the_entity_also_when_it_is_nought)
{
	json_t *doc = document();
	json_t *m = json_array_get(json_object_get(doc, "metrics"), 0);
	json_t *total = json_array_get(json_object_get(m, "figures"), 0);
	json_t *site = json_array_get(json_object_get(m, "figures"), 1);

	cr_expect_eq(json_array_size(json_object_get(total, "excluded")), 1);
	cr_expect_eq(json_array_size(json_object_get(site, "excluded")), 0);
	json_decref(doc);
}

Test(spd, says_not_given_for_a_dimension_that_a_record_left_out)
{
	json_t *doc = document();
	json_t *m = json_array_get(json_object_get(doc, "metrics"), 0);
	json_t *site = json_object_get(json_array_get(json_object_get(m, "figures"), 1), "by");
	json_t *measure = json_object_get(json_array_get(json_object_get(m, "figures"), 2), "by");

	cr_expect_str_eq(json_string_value(json_object_get(site, "site")), "N\"1\n");
	cr_expect_str_eq(json_string_value(json_object_get(measure, "measure")), FIGURE_NOT_GIVEN);
	json_decref(doc);
}

Test(spd, carries_its_marking_catalogue_and_what_is_missing)
{
	json_t *doc = document();
	json_t *c = json_object_get(doc, "catalogue");
	json_t *u = json_array_get(json_object_get(doc, "unsupported"), 0);
	json_t *r = json_array_get(json_object_get(doc, "records"), 0);

	cr_expect_str_eq(json_string_value(json_object_get(doc, "marking")), "OFFICIAL-SENSITIVE");
	cr_expect_str_eq(json_string_value(json_object_get(c, "version")), "7");
	cr_expect_eq(json_string_length(json_object_get(c, "sha256")), 64);
	cr_expect_str_eq(json_string_value(json_object_get(u, "needs")), "other records");
	cr_expect_eq(json_integer_value(json_object_get(r, "late")), 2);
	json_decref(doc);
}

Test(spd, names_its_own_codes_and_no_others)
{
	struct spd s = sample();
	json_t *doc;
	const json_t *names;
	struct err e;

	s.names =
	    "{\"site\": {\"N\\\"1\\n\": \"North One\", \"T9\": \"Far away\"}, \"provider\": {}}";
	cr_assert_eq(spd_document(&s, &out, &e), OK, "%s", e.text);
	doc = json_loadb((const char *)out.p, out.n, 0, NULL);
	names = json_object_get(json_object_get(doc, "names"), "site");
	cr_expect_str_eq(json_string_value(json_object_get(names, "N\"1\n")), "North One");
	cr_expect_eq(json_object_size(names), 1);
	cr_expect_eq(json_object_size(json_object_get(json_object_get(doc, "names"), "provider")),
		     0);
	json_decref(doc);
}

enum what { NOTHING, SOMETHING, EXCLUSIONS };

/* The document of a sample that declares both metrics as not applicable, of which there is this. */
static json_t *
declared(enum what what)
{
	static const char *const site[] = {"N", NULL};
	static struct spd_not_applicable list[] = {
	    {"A1", "n", "no lane has it", "A. Example", "2026-Q1", "2026-01-10T09:00:00.000Z",
	     NULL},
	    {"B1", "other", "none here", "A. Example", "2026-Q1", "2026-01-10T09:00:00.000Z",
	     "unix:anna"},
	};
	struct fold *f = fold_new(arena, &catalogue->metrics[0], NULL);
	struct spd s = sample();
	struct err e = {0};

	if (what == EXCLUSIONS)
		fold_add(f, site, GROUP_NAMED, 7);
	if (what != SOMETHING)
		metrics[0].figures = fold_finish(f, NULL, &metrics[0].n_figures);
	s.not_applicable = list;
	s.n_not_applicable = 2;
	cr_assert_eq(spd_document(&s, &out, &e), OK, "%s", e.text);
	return json_loadb((const char *)out.p, out.n, JSON_REJECT_DUPLICATES, NULL);
}

Test(spd, what_does_not_apply_is_declared_and_left_out)
{
	json_t *doc = declared(NOTHING);
	json_t *list = json_object_get(doc, "not_applicable");

	cr_expect_eq(json_array_size(json_object_get(doc, "metrics")), 0);
	cr_expect_eq(json_array_size(json_object_get(doc, "unsupported")), 0);
	cr_expect_eq(json_array_size(list), 2);
	cr_expect_str_eq(json_string_value(json_object_get(json_array_get(list, 0), "reason")),
			 "no lane has it");
	cr_expect(json_is_null(json_object_get(json_array_get(list, 0), "set_by")));
	json_decref(doc);
}

Test(spd, a_declaration_makes_no_figure_go_away)
{
	json_t *doc = declared(SOMETHING);

	cr_expect_eq(json_array_size(json_object_get(doc, "metrics")), 1);
	cr_expect_eq(json_array_size(json_object_get(doc, "not_applicable")), 2);
	json_decref(doc);
}

/* That nothing is known of what has a target is no less a failure for it. */
Test(spd, a_declaration_hides_no_target)
{
	static const struct spd_target target = {.value = 0.9};
	json_t *doc;

	metrics[0].target = &target;
	doc = declared(NOTHING);
	metrics[0].target = NULL;
	cr_expect_eq(json_array_size(json_object_get(doc, "metrics")), 1);
	json_decref(doc);
}

Test(spd, a_declaration_hides_nothing_that_was_left_out)
{
	json_t *doc = declared(EXCLUSIONS);

	cr_expect_eq(json_array_size(json_object_get(doc, "metrics")), 1);
	json_decref(doc);
}

Test(spd, fails_rather_than_cut_a_document_that_is_too_long)
{
	struct spd s = sample();
	struct err e = {0};
	struct buf small;

	buf_init(&small, 100);
	cr_expect_eq(spd_document(&s, &small, &e), TRY_LIMIT);
	buf_fini(&small);
}
