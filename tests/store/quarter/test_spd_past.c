#include "store/quarter/spd_past.h"
#include "tests/store/spd_fixture.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

STORE_SUITE(spd_past, fixture_open, 0);

#define PASSED ", '[{\"criterion_id\":\"c\",\"result\":\"MET\"}]'"
#define FAILED ", '[{\"criterion_id\":\"c\",\"result\":\"NOT_MET\"}]'"

/* All openly, which QL01 is for. */
static void
observe(const char *at, int met, int not_met)
{
	cluster_do(f.pg, "INSERT INTO sems.target (metric, value, approved_by, from_quarter, "
			 "of_part) VALUES ('QL01', 0.9, 'AM', '2026-Q1', 'OVERT')");
	spd_add_at(&f, at, "observation", met, ", mode, criteria", ", 'OVERT'" PASSED);
	spd_add_at(&f, at, "observation", not_met, ", mode, criteria", ", 'OVERT'" FAILED);
}

static json_t *
member(json_t *doc, const char *figure, const char *key)
{
	return json_object_get(spd_figure(doc, figure, ""), key);
}

static const char *
text(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s == NULL ? "-" : s;
}

Test(spd_past, computes_the_quarter_before_when_nothing_of_it_was_frozen)
{
	json_t *doc;
	json_t *old;

	observe("2026-02-10T10:00:00Z", 56, 14);
	observe(IN_Q2, 48, 32);
	doc = spd_compute(&f, SPD_TASK_SHOW);
	old = member(doc, "QL01", "previous");
	cr_expect_str_eq(text(old, "quarter"), "2026-Q1");
	cr_expect_str_eq(text(old, "basis"), "RECOMPUTED");
	cr_expect_eq(json_integer_value(json_object_get(old, "numerator")), 56);
	cr_expect_eq(json_integer_value(json_object_get(old, "denominator")), 70);
	/* Newcombe's example, the other way round. */
	old = member(doc, "QL01", "change");
	cr_expect_float_eq(json_real_value(json_object_get(old, "difference")), -0.2, 1e-12);
	cr_expect_float_eq(json_real_value(json_object_get(old, "low")), -.33387265403690598, 1e-9);
	cr_expect_float_eq(json_real_value(json_object_get(old, "high")), -.052431472402364878,
			   1e-9);
	json_decref(doc);
}

Test(spd_past, takes_what_was_frozen_as_it_was)
{
	json_t *doc;
	json_t *old;

	observe("2026-02-10T10:00:00Z", 56, 14);
	json_decref(spd_compute_quarter(&f, SPD_TASK_FREEZE, (struct quarter){2026, 1}));
	/* Comes later and changes no frozen figure. */
	observe("2026-02-11T10:00:00Z", 0, 30);
	observe(IN_Q2, 48, 32);
	doc = spd_compute(&f, SPD_TASK_SHOW);
	old = member(doc, "QL01", "previous");
	cr_expect_str_eq(text(old, "basis"), "REVISION 1");
	cr_expect_eq(json_integer_value(json_object_get(old, "denominator")), 70);
	json_decref(doc);
}

Test(spd_past, lists_four_quarters_oldest_first_and_no_fifth)
{
	static const char *const at[] = {"2025-02-10T10:00:00Z", "2025-05-10T10:00:00Z",
					 "2025-08-10T10:00:00Z", "2025-11-10T10:00:00Z",
					 "2026-02-10T10:00:00Z"};
	static const char *const quarters[] = {"2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1"};
	json_t *doc;
	json_t *history;

	for (int i = 0; i < 5; i++)
		observe(at[i], 31 + i, 1);
	doc = spd_compute(&f, SPD_TASK_SHOW);
	history = member(doc, "QL01", "history");
	cr_assert_eq(json_array_size(history), 4);
	for (size_t i = 0; i < 4; i++) {
		json_t *h = json_array_get(history, i);

		cr_expect_str_eq(text(h, "quarter"), quarters[i]);
		cr_expect_eq(json_integer_value(json_object_get(h, "numerator")), 32 + (int)i);
	}
	/* Broken down it has the quarter before only. */
	cr_expect_eq(
	    json_array_size(json_object_get(spd_figure(doc, "QL01", "site=N1"), "history")), 0);
	json_decref(doc);
}

Test(spd_past, has_none_when_there_were_no_records)
{
	json_t *doc;

	observe(IN_Q2, 48, 32);
	doc = spd_compute(&f, SPD_TASK_SHOW);
	cr_expect(json_is_null(member(doc, "QL01", "previous")));
	cr_expect(json_is_null(member(doc, "QL01", "change")));
	cr_expect_eq(json_array_size(member(doc, "QL01", "history")), 0);
	json_decref(doc);
}

Test(spd_past, compares_no_rate_that_is_withheld)
{
	json_t *doc;

	observe("2026-02-10T10:00:00Z", 20, 5);
	observe(IN_Q2, 48, 32);
	doc = spd_compute(&f, SPD_TASK_SHOW);
	cr_expect_str_eq(text(member(doc, "QL01", "previous"), "status"), "INSUFFICIENT");
	cr_expect(json_is_null(json_object_get(member(doc, "QL01", "previous"), "value")));
	cr_expect(json_is_null(member(doc, "QL01", "change")));
	json_decref(doc);
}
