#include "base/count.h"
#include "core/metric/catalogue_check.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

/* A metric whose last lines are `rest`; what is wrong with it, or "" when nothing is. */
static const char *
fault(const char *shape, const char *rest)
{
	static char yaml[4096];
	static struct err e;
	struct catalogue *c = NULL;

	snprintf(yaml, sizeof yaml,
		 "version: 1\nmetrics:\n- {id: A1, version: 1, effective_from: 2000-01-01, name: "
		 "n, form: OUTPUT, basis: SAMPLE, shape: %s,"
		 " sheet: s, unit: n, direction: UP, definition: d, %s}\n",
		 shape, rest);
	e = (struct err){0};
	if (catalogue_read("m", yaml, &c, &e) == OK)
		catalogue_free(c);
	return e.text;
}

#define CLUSTERS(id)                                                                  \
	"numerator: [{from: tip_event}], denominator: [{from: tip_event}], clusters:" \
	" {by: screener, id: " id "}"

static const struct {
	const char *shape;
	const char *rest;
	const char *words; /* "" : it is sound */
} rows[] = {
    {"count", "numerator: [{from: audit}]", ""},
    {"count", "numerator: [{from: audit}], by: [type, site type]", ""},
    {"count", "numerator: [{from: sems.audit}]", "no view"},
    {"count", "numerator: [{from: audit, sum: type}]", "no number type"},
    {"count", "numerator: [{from: audit, sum: nothing}]", "no number nothing"},
    {"count", "numerator: [{from: audit, where: [{field: nothing, present: true}]}]", "no field"},
    {"count", "numerator: [{from: audit, where: [{field: type}]}]", "give one of"},
    {"count", "numerator: [{from: audit, where: [{field: type, in: [A], present: true}]}]",
     "give one of"},
    {"count", "numerator: [{from: audit, where: [{field: type, in: [PARTY]}]}]",
     "no value of type"},
    {"count", "numerator: [{from: audit, where: [{field: announced, in: [maybe]}]}]",
     "no value of"},
    {"count", "numerator: [{from: plan, where: [{field: planned_count, in: [many]}]}]",
     "no value of"},
    {"count", "numerator: [{from: audit, where: [{field: type, at_least: 1}]}]", "not a number"},
    {"count", "numerator: [{from: tip_event, where: [{field: screener_id, in: [anna]}]}]",
     "whether it is present"},
    {"count", "numerator: [{from: observation, where: [{field: note, present: true}]}]",
     "no field"},
    {"count", "denominator: [{from: audit}]", "numerator is missing"},
    {"count", "numerator: [{from: audit}], denominator: [{from: audit}]", "no denominator"},
    {"count", "numerator: [{from: audit}], by: [colour]", "broken down by colour"},
    {"count", "numerator: [{from: audit}], by: [site measure provider type]", "too many"},
    {"count", "numerator: [{from: audit}], empty: LAZY", "no reason"},
    {"count", "numerator: [{from: audit}], empty: X, excluded: [{name: X, terms: [{from: audit}]}]",
     ""},
    {"ratio", "numerator: [{from: audit}]", "denominator is missing"},
    {"ratio", "numerator: [{from: audit}], denominator: [{from: plan}], by: [type]",
     "broken down by type"},
    {"ratio", "numerator: [{from: audit}], denominator: [{from: plan}]", ""},
    {"ratio",
     "numerator: [{from: audit}], denominator: [{from: audit}],"
     " excluded: [{name: X, terms: [{from: audit, where: [{field: nothing, present: true}]}]}]",
     "no field"},
    {"state_at_end", "numerator: [{from: finding}]", "no state at the end"},
    {"state_at_end", "numerator: [{from: finding_at_end}]", ""},
    {"quantile", "denominator: [{from: tip_event}]", "give `of`"},
    {"quantile", "of: outcome, denominator: [{from: tip_event}]", "no number outcome"},
    {"quantile", "of: response_ms, denominator: [{from: tip_event}]", ""},
    {"sdt", "numerator: [{from: audit}], denominator: [{from: audit}]", "false_alarms"},
    {"count", "numerator: [{from: tip_event}], clusters: {by: screener, id: screener_id}",
     "only the ratio of a sample"},
    {"ratio", CLUSTERS("screener_id"), ""},
    {"ratio", CLUSTERS("nobody"), "no field nobody"},
    {"ratio", CLUSTERS("site_id, denominator: [{from: audit}]"), "in one view"},
    {"ratio",
     "by: [threat_category], " CLUSTERS(
	 "screener_id, numerator: [{from: tip_session}], denominator: [{from: tip_session}]"),
     "has no threat_category"},
    {"persons", "denominator: [{from: tip_event}]", "give persons"},
    {"persons",
     "persons: {id: nobody, rule: COUNT_ANY, k: 1, left_out: X}, denominator: [{from: tip_event}]",
     "no field"},
    {"persons",
     "persons: {id: screener_id, rule: COUNT_ANY, k: 0, left_out: X}, denominator: [{from: "
     "tip_event}]",
     "at least 1"},
    {"persons",
     "persons: {id: screener_id, rule: SHARE_BELOW_STANDARD, k: 1, left_out: X},"
     " denominator: [{from: tip_event}]",
     "standard"},
    {"persons",
     "persons: {id: image, rule: SHARE_AT_EXTREMES, k: 1, below: 100, left_out: X},"
     " denominator: [{from: tip_event}]",
     "1 to 99 per cent"},
    {"persons",
     "persons: {id: image, rule: COUNT_ANY, k: 1, below: 20}, denominator: [{from: tip_event}]",
     "with SHARE_AT_EXTREMES and no other"},
    {"persons",
     "persons: {id: image, rule: SHARE_AT_EXTREMES, k: 1, below: 20},"
     " denominator: [{from: tip_event}]",
     "say why others are not counted"},
    {"persons",
     "persons: {id: screener_id, rule: SHARE_AT_LEAST, k: 1}, numerator: [{from: audit}],"
     " denominator: [{from: tip_event}]",
     "one view"},
    {"persons",
     "persons: {id: screener_id, rule: SHARE_AT_LEAST, k: 1}, denominator: [{from: tip_event}]",
     ""},
};

Test(catalogue_check, finds_what_does_not_fit)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *text = fault(rows[i].shape, rows[i].rest);

		if (rows[i].words[0] == '\0')
			cr_expect_str_empty(text, "%s: %s", rows[i].rest, text);
		else
			cr_expect_not_null(strstr(text, rows[i].words), "%s: '%s'", rows[i].rest,
					   text);
	}
}
