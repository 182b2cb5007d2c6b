#include "base/count.h"
#include "base/file/embed.h"
#include "core/metric/catalogue.h"
#include "tests/lib/lines.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
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
	    "QN01",  "QN02",  "QN03", "QN04",  "QN08",  "QN10",  "QN11",  "QN12",  "QN13",
	    "QN14",  "QN15",  "QN16", "QN17",  "QL01",  "QL02",  "QL03",  "QL04",  "QL05",
	    "QL06",  "QL07",  "QL09", "OUT01", "OUT02", "OUT03", "OUT04", "OUT05", "OUT11",
	    "OUT06", "OUT07", "DQ01", "DQ02",  "DQ03",  "DQ05",  "DQ07",
	};
	struct catalogue *c = built_in();
	int by_form[4] = {0};

	for (size_t i = 0; i < COUNT(ids); i++) {
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

Test(catalogue, computes_every_metric_of_the_field)
{
	static const struct {
		const char *prefix;
		int n;
	} families[] = {{"QN", 17}, {"QL", 9}, {"OUT", 10}, {"CA", 4},
			{"RP", 2},  {"RK", 3}, {"DQ", 5}};
	struct catalogue *c = built_in();
	int found = 0;

	for (size_t i = 0; i < COUNT(families); i++) {
		for (int k = 1; k <= families[i].n; k++) {
			bool known;
			char id[16];

			snprintf(id, sizeof id, "%s%02d", families[i].prefix, k);
			known = catalogue_metric(c, id) != NULL;
			cr_expect(known, "%s", id);
			found += known;
		}
	}
	cr_expect_eq(found, 50);
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

	for (unsigned i = 0; i < c->metrics_count; i++)
		if (c->metrics[i].basis == BASIS_SAMPLE)
			cr_expect_geq(c->metrics[i].minimum_n, 30, "%s", c->metrics[i].id);
		else
			cr_expect_eq(c->metrics[i].minimum_n, 0, "%s", c->metrics[i].id);
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
		     "line 14:", "A1: there is no view nowhere");
}

Test(catalogue, refuses_an_id_that_is_there_twice)
{
	expect_fault(HEAD "  definition: d\n  numerator: [{from: audit}]\n"
			  "- {id: A1, version: 1, effective_from: 2000-01-01, name: n, form: "
			  "OUTPUT, basis: CENSUS, shape: count, sheet: s,"
			  " unit: n, direction: UP, definition: d, numerator: [{from: audit}]}\n",
		     "line 15:", "twice");
}

#define ENTRY(version, from, until)                                                     \
	"- {id: A1, version: " version ", effective_from: " from until ", name: n, "    \
	"form: OUTPUT, basis: CENSUS, shape: count, sheet: s, unit: n, direction: UP, " \
	"definition: d, numerator: [{from: audit}]}\n"

Test(catalogue, takes_the_definition_in_force_on_a_day)
{
	static const char yaml[] =
	    "version: 1\nmetrics:\n" ENTRY("one", "2020-01-01", ", effective_until: 2026-04-01")
		ENTRY("two", "2026-04-01", "");

	static const struct {
		const char *day;
		const char *version;
	} days[] = {
	    {"2019-12-31", NULL},  {"2020-01-01", "one"}, {"2026-03-31", "one"},
	    {"2026-04-01", "two"}, {"2030-01-01", "two"},
	};
	struct arena *a = arena_new(1u << 20);
	struct catalogue *all = NULL;
	struct err e = {0};

	cr_assert_eq(catalogue_read("m", yaml, &all, &e), OK, "%s", e.text);
	for (size_t i = 0; i < COUNT(days); i++) {
		const struct catalogue *c = catalogue_at(a, all, days[i].day);

		cr_assert_eq(c->metrics_count, days[i].version != NULL, "%s", days[i].day);
		if (days[i].version != NULL)
			cr_expect_str_eq(c->metrics[0].version, days[i].version);
		cr_expect_str_eq(c->sha256, all->sha256);
	}
	catalogue_free(all);
	arena_free(a);
}

Test(catalogue, refuses_two_definitions_at_a_time)
{
	expect_fault("version: 1\nmetrics:\n" ENTRY("one", "2020-01-01", "")
			 ENTRY("two", "2026-04-01", ""),
		     "line 4:", "twice in the same period");
	expect_fault(
	    "version: 1\nmetrics:\n" ENTRY("one", "2020-01-01", ", effective_until: 2026-04-01")
		ENTRY("one", "2026-04-01", ""),
	    "line 4:", "version one is there twice");
	expect_fault("version: 1\nmetrics:\n" ENTRY("one", "2020-13-01", ""),
		     "line 3:", "2020-13-01 is no day");
	expect_fault(
	    "version: 1\nmetrics:\n" ENTRY("one", "2020-01-01", ", effective_until: 2020-01-01"),
	    "line 3:", "not after");
	expect_fault("version: 1\nmetrics:\n" ENTRY(
			 "one", "2020-01-01", "") "unsupported:\n- {id: A1, name: n, needs: n}\n",
		     "line 3:", "unsupported");
	expect_fault("version: 1\nmetrics:\n" ENTRY(
			 "one", "2020-01-01",
			 "") "measures:\n- {code: \"4.1\", name: n}\n- {code: \"4.1\", name: m}\n",
		     "measures:", "4.1 is there twice");
}

/* One typing error in each kind of place of the real catalogue, and where it is found. */
static const struct {
	const char *good;
	const char *bad;
} typos[] = {
    {"version: 2026", "versoin: 2026"},
    {"metrics:", "metric:"},
    {"form: QUANTITATIVE", "form: QUANTATIVE"},
    {"basis: CENSUS", "basis: CENSOR"},
    {"shape: ratio", "shape: ration"},
    {"direction: UP", "direction: UPP"},
    {"sheet: observations", "sheeet: observations"},
    {"effective_from: 2000-01-01", "effective_from: 2000-02-30"},
    {"empty: NO_PLAN", "empty: NOPLAN"},
    {"minimum_n: 30", "minimum_n: thirty"},
    {"from: plan_done,", "from: plans_done,"},
    {"sum: planned,", "sum: planed,"},
    {"field: what", "field: wat"},
    {"in: [OBSERVATIONS]", "in: [OBSERVATION]"},
    {"in: [PASS, FAIL]", "in: [PASS, FALE]"},
    {"not_in: [in-house]", "notin: [in-house]"},
    {"present: true", "present: ture"},
    {"measure mode", "measure mood"},
    {"by: [criterion_id", "by: [criterion"},
    {"numerator:", "numerater:"},
    {"excluded:", "exclude:"},
    {"persons: {id: screener_id", "persons: {id: screaner_id"},
    {"rule: SHARE_AT_LEAST", "rule: SHARE_AT_LEST"},
    {"standard: OUT03", "standard: OUT33"},
    {"of: response_ms", "of: response"},
    {"apart: layer", "apart: lair"},
    {"case_mix: threat_category", "case_mix: threat"},
    {"within: true", "within: truth"},
    {"at_most: 72", "at_most: many"},
};

Test(catalogue, names_the_line_of_every_kind_of_typing_error)
{
	const char *text = embed_text(PATH);
	/* The head's comment explains the words and would be found first. */
	const char *body = strstr(text, "\nversion:");

	for (size_t i = 0; i < COUNT(typos); i++) {
		const char *at = strstr(body, typos[i].good);
		struct catalogue *c = NULL;
		struct err e = {0};
		char place[64];
		char *bad;

		cr_assert_not_null(at, "%s", typos[i].good);
		bad = malloc(strlen(text) + 100);
		snprintf(bad, strlen(text) + 100, "%.*s%s%s", (int)(at - text), text, typos[i].bad,
			 at + strlen(typos[i].good));
		snprintf(place, sizeof place, "%s, line %u:", PATH, line_of(text, at));
		cr_expect_eq(catalogue_read(PATH, bad, &c, &e), FATAL_CONFIG, "%s", typos[i].bad);
		cr_expect_not_null(strstr(e.text, place), "%s: %s, not %s", typos[i].bad, e.text,
				   place);
		catalogue_free(c);
		free(bad);
	}
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
