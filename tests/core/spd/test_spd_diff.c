#include "core/spd/spd_diff.h"

#include <criterion/criterion.h>

#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* A document with one metric of two figures, the entity's and site N1's. */
static json_t *
document(const char *id, const char *unit, const char *readers, const char *whole, const char *site)
{
	char text[2000];
	json_error_t why;
	json_t *d;

	snprintf(text, sizeof text,
		 "{\"metrics\": [{\"id\": \"%s\", \"name\": \"A name\", \"unit\": \"%s\", "
		 "\"readers\": %s, \"figures\": [{\"by\": {}, %s}, {\"by\": {\"site\": \"N1\"}, "
		 "%s}]}]}",
		 id, unit, readers, whole, site);
	d = json_loads(text, 0, &why);
	cr_assert_not_null(d, "%s", why.text);
	return d;
}

#define FIGURE(x, n, v, s)                                                                    \
	"\"numerator\": " #x ", \"denominator\": " #n ", \"value\": " #v ", \"status\": \"" s \
	"\", \"no_data\": null"
#define PUBLISHED "[\"M\", \"R\"]"

static json_t *diff;

static json_t *
compare(json_t *older, json_t *newer, const struct spd_diff_rules *rules)
{
	json_decref(diff);
	diff = spd_diff(older, newer, rules);
	json_decref(older);
	json_decref(newer);
	cr_assert_not_null(diff);
	return json_object_get(diff, "changes");
}

static void
forget(void)
{
	json_decref(diff);
	diff = NULL;
}

TestSuite(spd_diff, .fini = forget);

static bool
is_material(void)
{
	return json_is_true(json_object_get(diff, "material"));
}

static const char *
reason(size_t i)
{
	const char *s = json_string_value(json_array_get(json_object_get(diff, "reasons"), i));

	return s == NULL ? "" : s;
}

static const struct spd_diff_rules one_pp = {.materiality_pp = 1};

Test(spd_diff, is_empty_for_equal_figures)
{
	const json_t *c = compare(
	    document("OUT03", "%", PUBLISHED, FIGURE(8, 10, 0.8, "MET"), FIGURE(8, 10, 0.8, "MET")),
	    document("OUT03", "%", PUBLISHED, FIGURE(8, 10, 0.8, "MET"), FIGURE(8, 10, 0.8, "MET")),
	    &one_pp);

	cr_expect_eq(json_array_size(c), 0);
	cr_expect_not(is_material());
}

Test(spd_diff, says_which_figure_differs_and_by_how_much)
{
	const json_t *c = compare(
	    document("OUT03", "%", PUBLISHED, FIGURE(8, 10, 0.8, "MET"), FIGURE(4, 5, 0.8, "MET")),
	    document("OUT03", "%", PUBLISHED, FIGURE(9, 12, 0.75, "MET"), FIGURE(4, 5, 0.8, "MET")),
	    &one_pp);
	const json_t *only = json_array_get(c, 0);

	cr_assert_eq(json_array_size(c), 1);
	cr_expect_str_eq(json_string_value(json_object_get(only, "metric")), "OUT03");
	cr_expect_eq(json_object_size(json_object_get(only, "by")), 0);
	cr_expect_float_eq(json_real_value(json_object_get(only, "difference")), -0.05, 1e-12);
	cr_expect_eq(
	    json_integer_value(json_object_get(json_object_get(only, "old"), "denominator")), 10);
	cr_expect_eq(
	    json_integer_value(json_object_get(json_object_get(only, "new"), "denominator")), 12);
	cr_expect(is_material());
	cr_expect_not_null(strstr(reason(0), "OUT03 changes by -5.00"), "%s", reason(0));
}

static bool
moves(const char *unit, const char *readers, double pp, const char *whole, const char *site)
{
	struct spd_diff_rules rules = {.materiality_pp = pp};

	compare(document("OUT03", unit, readers, FIGURE(80, 100, 0.8, "MET"),
			 FIGURE(8, 10, 0.8, "MET")),
		document("OUT03", unit, readers, whole, site), &rules);
	return is_material();
}

Test(spd_diff, weighs_a_change_by_the_threshold_the_status_and_who_reads_it)
{
	const char *same = FIGURE(8, 10, 0.8, "MET");

	cr_expect(moves("%", PUBLISHED, 1, FIGURE(82, 100, 0.82, "MET"), same));
	cr_expect_not(moves("%", PUBLISHED, 1, FIGURE(81, 100, 0.81, "MET"), same),
		      "exactly the threshold is not over it");
	cr_expect_not(moves("%", PUBLISHED, 3, FIGURE(82, 100, 0.82, "MET"), same));
	cr_expect_not(moves("%", "[\"M\"]", 1, FIGURE(82, 100, 0.82, "MET"), same));
	cr_expect_not(moves("ms", PUBLISHED, 1, FIGURE(82, 100, 0.82, "MET"), same));
	cr_expect_not(
	    moves("%", PUBLISHED, 1, FIGURE(80, 100, 0.8, "MET"), FIGURE(9, 10, 0.9, "MET")),
	    "a site's rate moves by few records");
	cr_expect(
	    moves("%", PUBLISHED, 1, FIGURE(80, 100, 0.8, "MET"), FIGURE(8, 11, 0.727, "NOT_MET")));
	cr_expect_not_null(strstr(reason(0), "MET becomes NOT_MET"), "%s", reason(0));
	cr_expect(moves("%", PUBLISHED, 50, FIGURE(80, 100, 0.8, "NOT_PROVEN"), same));
}

/* A count of failures, of the entity, by severity and by site; nobody but management reads it. */
static json_t *
deficiencies(int all, int critical, int at_site)
{
	return json_pack(
	    "{s:[{s:s, s:s, s:s, s:s, s:[s], s:[{s:{}, s:i, s:i, s:s}, {s:{s:s}, s:i, s:i, "
	    "s:s}, {s:{s:s}, s:i, s:i, s:s}]}]}",
	    "metrics", "id", "QL06", "name", "Open deficiencies", "unit", "n", "direction", "DOWN",
	    "readers", "M", "figures", "by", "numerator", all, "value", all, "status", "NO_TARGET",
	    "by", "severity", "CRITICAL", "numerator", critical, "value", critical, "status",
	    "NO_TARGET", "by", "site", "N1", "numerator", at_site, "value", at_site, "status",
	    "NO_TARGET");
}

Test(spd_diff, is_material_for_any_count_of_failures)
{
	compare(deficiencies(16, 2, 9), deficiencies(20, 2, 9), &one_pp);
	cr_expect(is_material());
	cr_expect_str_eq(reason(0), "QL06: 16 becomes 20");
	compare(deficiencies(16, 2, 9), deficiencies(16, 3, 9), &one_pp);
	cr_expect(is_material());
	cr_expect_not_null(strstr(reason(0), "2 becomes 3"), "%s", reason(0));
	compare(deficiencies(16, 2, 9), deficiencies(16, 2, 10), &one_pp);
	cr_expect_not(is_material(), "where they are open moves none of them");
}

static json_t *
with_correction(const char *id, const char *standing)
{
	json_t *d = deficiencies(16, 2, 9);

	json_object_set_new(d, "corrections",
			    json_pack("{s:i, s:[{s:s, s:s, s:s, s:s}]}", "total", 1, "rows",
				      "record_id", id, "source", "lane-1", "kind", "tip_event",
				      "standing", standing));
	return d;
}

Test(spd_diff, lists_what_was_corrected_or_decided_on_since)
{
	compare(deficiencies(16, 2, 9), with_correction("a", "PENDING"), &one_pp);
	cr_expect_eq(json_array_size(json_object_get(diff, "corrections")), 1);
	compare(with_correction("a", "PENDING"), with_correction("a", "IN_EFFECT"), &one_pp);
	cr_expect_eq(json_array_size(json_object_get(diff, "corrections")), 1);
	compare(with_correction("a", "PENDING"), with_correction("a", "PENDING"), &one_pp);
	cr_expect_eq(json_array_size(json_object_get(diff, "corrections")), 0);
}

Test(spd_diff, is_material_for_a_serious_deficiency_alone)
{
	struct spd_diff_rules rules = {.materiality_pp = 1, .serious = 2};

	compare(
	    document("OUT03", "%", PUBLISHED, FIGURE(8, 10, 0.8, "MET"), FIGURE(8, 10, 0.8, "MET")),
	    document("OUT03", "%", PUBLISHED, FIGURE(8, 10, 0.8, "MET"), FIGURE(8, 10, 0.8, "MET")),
	    &rules);
	cr_expect(is_material());
	cr_expect_not_null(strstr(reason(0), "2 serious"), "%s", reason(0));
}

Test(spd_diff, names_a_metric_that_only_one_of_the_two_has)
{
	const json_t *c = compare(
	    document("OUT03", "%", PUBLISHED, FIGURE(8, 10, 0.8, "MET"), FIGURE(8, 10, 0.8, "MET")),
	    document("OUT04", "%", PUBLISHED, FIGURE(8, 10, 0.8, "MET"), FIGURE(8, 10, 0.8, "MET")),
	    &one_pp);

	cr_assert_eq(json_array_size(c), 4);
	cr_expect(json_is_null(json_object_get(json_array_get(c, 0), "old")));
	cr_expect(json_is_null(json_object_get(json_array_get(c, 3), "new")));
	cr_expect(json_is_null(json_object_get(json_array_get(c, 3), "difference")));
}

Test(spd_diff, takes_no_value_for_a_value_that_is_not_known)
{
	const json_t *c =
	    compare(document("OUT03", "%", PUBLISHED, FIGURE(null, null, null, "NO_DATA"),
			     FIGURE(8, 10, 0.8, "MET")),
		    document("OUT03", "%", PUBLISHED, FIGURE(0, 10, 0.0, "NOT_MET"),
			     FIGURE(8, 10, 0.8, "MET")),
		    &one_pp);

	cr_assert_eq(json_array_size(c), 1);
	cr_expect(json_is_null(json_object_get(json_array_get(c, 0), "difference")));
	cr_expect(is_material());
}

/* --- who is behind it ------------------------------------------------------------------------- */

static const char yaml[] =
    "version: \"1\"\n"
    "metrics:\n"
    "- {id: OUT03, name: a, form: OUTPUT, basis: CENSUS, shape: count, sheet: tip, unit: n,\n"
    "   direction: UP, readers: [R], definition: d, version: \"1\", effective_from: 2000-01-01,\n"
    "   numerator: [{from: tip_event}]}\n";

Test(spd_diff, counts_the_records_of_the_metrics_kinds_at_the_figures_site)
{
	static const struct spd_changed changed[] = {{"tip_event", "N1", NULL, 3},
						     {"tip_event", "N2", "4.1", 4},
						     {"activity", "N1", NULL, 100}};
	struct catalogue *cat = NULL;
	struct err e = {0};
	const json_t *c;
	const json_t *whole;
	const json_t *site;

	cr_assert_eq(catalogue_read("test", yaml, &cat, &e), OK, "%s %s", e.where, e.text);
	c = compare(
	    document("OUT03", "n", PUBLISHED, FIGURE(8, 10, 0.8, "MET"), FIGURE(8, 10, 0.8, "MET")),
	    document("OUT03", "n", PUBLISHED, FIGURE(9, 10, 0.9, "MET"), FIGURE(9, 10, 0.9, "MET")),
	    &(struct spd_diff_rules){
		.materiality_pp = 1, .catalogue = cat, .changed = changed, .n_changed = 3});
	whole = json_array_get(c, 0);
	site = json_array_get(c, 1);
	cr_expect_eq(json_integer_value(json_object_get(whole, "records")), 7);
	cr_expect_eq(
	    json_integer_value(json_object_get(json_object_get(whole, "kinds"), "tip_event")), 7);
	cr_expect_null(json_object_get(json_object_get(whole, "kinds"), "activity"));
	cr_expect_eq(json_integer_value(json_object_get(site, "records")), 3);
	catalogue_free(cat);
}

Test(spd_diff, restates_every_change_with_its_cause)
{
	json_t *list;
	const json_t *r;

	compare(
	    document("OUT03", "%", PUBLISHED, FIGURE(8, 10, 0.8, "MET"), FIGURE(8, 10, 0.8, "MET")),
	    document("OUT03", "%", PUBLISHED, FIGURE(9, 10, 0.9, "MET"), FIGURE(8, 10, 0.8, "MET")),
	    &one_pp);
	list = spd_restatements(diff, "a lane was late");
	r = json_array_get(list, 0);
	cr_assert_eq(json_array_size(list), 1);
	cr_expect_eq(json_object_size(r), 6, "metric, by, old, new, cause, records");
	cr_expect_str_eq(json_string_value(json_object_get(r, "cause")), "a lane was late");
	cr_expect_float_eq(json_real_value(json_object_get(json_object_get(r, "new"), "value")),
			   0.9, 1e-12);
	json_decref(list);
}
