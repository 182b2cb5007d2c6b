#include "base/count.h"
#include "tools/import/map_plan.h"

#include <criterion/criterion.h>

static struct arena *arena;
static struct map *map;
static struct map_plan plan;
static struct err err;

static void
setup(void)
{
	arena = arena_new(4u << 20);
}

static void
teardown(void)
{
	map_plan_fini(&plan);
	map_free(map);
	arena_free(arena);
}

TestSuite(map_plan, .init = setup, .fini = teardown);

/* For a file with the columns No, At, Site, Lane and Result. */
static enum code
make(const char *yaml)
{
	struct text names[] = {text_of("No"), text_of("At"), text_of("Site"), text_of("Lane"),
			       text_of("Result")};

	map_plan_fini(&plan);
	map_free(map);
	plan = (struct map_plan){0};
	cr_assert_eq(map_load_text(yaml, &map, &err), OK, "%s", err.text);
	return map_plan_make(&plan, map, names, COUNT(names), arena, &err);
}

static void
must_fail(const char *yaml, const char *says)
{
	cr_assert_eq(make(yaml), REJ_FIELD, "taken:\n%s", yaml);
	cr_assert_not_null(strstr(err.text, says), "'%s' does not say '%s'", err.text, says);
}

#define SMALL                                                                                      \
	"version: 1\nsource: s\nrecords:\n  - kind: tip_event\n    occurred_at: {column: At}\n   " \
	" fields:\n      - "

Test(map_plan, fails_when_the_map_cannot_fit_the_file)
{
	must_fail(SMALL "{field: outcom, column: Result}\n", "no field 'outcom'");
	must_fail(SMALL "{field: outcome, column: Results}\n",
		  "no column 'Results' (did you mean 'Result'?); it has No, At");
	must_fail(SMALL "{field: outcome, value: \"{Results}\"}\n", "no column 'Results'");
	must_fail(SMALL "{field: outcome, column: n0}\n",
		  "no column 'n0' (did you mean 'No'?); it has No");
	must_fail(SMALL "{field: outcome, value: \"{Result\"}\n", "brace is not closed");
	must_fail(SMALL "{field: outcome, value: a, column: Result}\n", "not both");
	must_fail(SMALL "{field: outcome}\n", "where outcome comes from");
	must_fail(SMALL "{field: outcome, column: Result, precision: DAY}\n", "are for times");
	must_fail(SMALL "{field: decision_at, column: Result, precision: WEEK}\n",
		  "DAY, MINUTE, MS");
	must_fail(SMALL "{field: decision_at, column: Result, plus: [{column: No, unit: weeks}]}\n",
		  "weeks");
	must_fail(SMALL "{field: decision_at, column: Result, scale: 2}\n", "for numbers");
	must_fail("version: 1\nsource: s\nrecords:\n  - {kind: tip, occurred_at: {column: At}}\n",
		  "no kind 'tip'");
	must_fail("version: 1\nsource: s\nrecords:\n  - {kind: plan, occurred_at: {column: At}, "
		  "when: [{column: No}]}\n",
		  "one of equals");
	must_fail("version: 1\nsource: s\nrecords:\n  - {kind: plan, occurred_at: {column: At}, "
		  "when: [{column: No, matches: \"(\"}]}\n",
		  "regular expression");
	cr_assert_not_null(strstr(err.text, "records[0] (plan)"));
}

Test(map_plan, looks_every_name_up)
{
	cr_assert_eq(make("version: 1\nsource: s\nrecords:\n  - kind: tip_event\n"
			  "    id: {columns: [No, Lane]}\n    occurred_at: {column: At, plus: "
			  "[{column: Lane, unit: min}]}\n    when: [{column: Site, equals: x}]\n"
			  "    fields:\n      - {field: outcome, column: Result}\n"),
		     OK, "%s", err.text);
	cr_expect_eq(plan.records[0].kind, kinds[KIND_TIP_EVENT]);
	cr_expect_eq(plan.records[0].n_id, 2);
	cr_expect_eq(plan.records[0].occurred_at.target.index, ENV_OCCURRED_AT);
	cr_expect_eq(plan.records[0].occurred_at.plus[0].column, 3);
	cr_expect_float_eq(plan.records[0].occurred_at.plus[0].unit_ms, 60000, 1e-9);
	cr_expect_str_eq(plan.records[0].fields[0].target.leaf->name, "outcome");
	cr_expect(text_is(plan.records[0].fields[0].x.column, "Result"));
}
