#include "base/count.h"
#include "core/spd/compare.h"
#include "tests/core/against.h"

#include <criterion/criterion.h>

#include <math.h>
#include <string.h>

AGAINST_SUITE(compare);

static double
real(const json_t *o, const char *key)
{
	return json_real_value(json_object_get(o, key));
}

/* Weeks of 10 of 100 and 20 of 100 in turn. */
static struct spd_week weeks[] = {
    {"2026-04-01", 10, 100}, {"2026-04-06", 20, 100}, {"2026-04-13", 10, 100},
    {"2026-04-20", 20, 100}, {"2026-04-27", 0, 0},    {"2026-05-04", 10, 100},
    {"2026-05-11", 20, 100},
};

Test(compare, charts_the_weeks_that_have_something)
{
	struct spd_metric m = against_metric(&a);
	json_t *chart;
	json_t *week;

	m.weeks = weeks;
	m.n_weeks = 7;
	chart = compare_chart(&m, a.arena);
	cr_assert_eq(json_array_size(json_object_get(chart, "weeks")), 6);
	cr_expect_float_eq(real(chart, "centre"), 0.15, 1e-15);
	/* Neighbours are 0.1 apart each time. */
	cr_expect_float_eq(real(chart, "sigma_z"),
			   0.1 / sqrt(0.15 * 0.85 / 100) / 1.1283791670955126, 1e-12);
	week = json_array_get(json_object_get(chart, "weeks"), 4);
	cr_expect_str_eq(json_string_value(json_object_get(week, "first_day")), "2026-05-04");
	cr_expect_eq(real(week, "lower"), 0);
	cr_expect(json_is_false(json_object_get(week, "signal")));
	json_decref(chart);
}

Test(compare, charts_no_handful_of_weeks)
{
	struct spd_metric m = against_metric(&a);
	json_t *chart;

	m.weeks = weeks;
	m.n_weeks = 6;
	chart = compare_chart(&m, a.arena);
	cr_expect(json_is_null(chart));
	json_decref(chart);
}

static json_t *
chart_of(struct spd_week *list, size_t n, const struct spd_target *target)
{
	struct spd_metric m = against_metric(&a);

	m.weeks = list;
	m.n_weeks = n;
	m.target = target;
	return compare_chart(&m, a.arena);
}

static void
expect_text(const json_t *o, const char *key, const char *want)
{
	const char *is = json_string_value(json_object_get(o, key));

	cr_expect(want == NULL ? is == NULL : is != NULL && strcmp(is, want) == 0, "%s: %s", key,
		  is == NULL ? "(null)" : is);
}

/* No point stands for fewer trials than a rate takes. */
Test(compare, charts_small_weeks_together)
{
	static struct spd_week small[] = {
	    {"d01", 10, 20}, {"d02", 10, 20}, {"d03", 20, 40}, {"d04", 20, 40}, {"d05", 20, 40},
	    {"d06", 20, 40}, {"d07", 20, 40}, {"d08", 20, 40}, {"d09", 5, 10},
	};
	json_t *chart = chart_of(small, COUNT(small), NULL);
	const json_t *list = json_object_get(chart, "weeks");
	static const char *const first[] = {"d01", "d03", "d04", "d05", "d06", "d07", "d08"};
	static const int of[] = {2, 1, 1, 1, 1, 1, 2};

	cr_assert_eq(json_array_size(list), COUNT(first));
	for (size_t i = 0; i < COUNT(first); i++) {
		const json_t *week = json_array_get(list, i);

		expect_text(week, "first_day", first[i]);
		cr_expect_eq(json_integer_value(json_object_get(week, "weeks")), of[i]);
	}
	expect_text(chart, "variation", "COMMON_CAUSE");
	expect_text(chart, "assurance", NULL);
	cr_expect_eq(real(chart, "sigma_z"), 1);
	json_decref(chart);
}

Test(compare, names_a_change_that_lasts_and_since_when)
{
	static struct spd_week fell[] = {
	    {"d01", 90, 100}, {"d02", 90, 100}, {"d03", 90, 100}, {"d04", 90, 100},
	    {"d05", 70, 100}, {"d06", 70, 100}, {"d07", 70, 100}, {"d08", 70, 100},
	};
	static const struct spd_target high = {.value = 0.99};
	static const struct spd_target some = {.value = 0.8};
	static const struct spd_target low = {.value = 0.5};
	json_t *chart = chart_of(fell, COUNT(fell), &some);
	const json_t *change = json_object_get(chart, "change");

	expect_text(change, "first_day", "d05");
	cr_expect_float_eq(real(change, "before"), 0.9, 1e-15);
	cr_expect_float_eq(real(change, "after"), 0.7, 1e-15);
	cr_expect_float_eq(real(change, "difference"), -0.2, 1e-15);
	expect_text(chart, "variation", "SPECIAL_CAUSE_CONCERNING");
	expect_text(chart, "assurance", "HIT_OR_MISS");
	json_decref(chart);
	chart = chart_of(fell, COUNT(fell), &high);
	expect_text(chart, "assurance", "CONSISTENTLY_MISSED");
	json_decref(chart);
	chart = chart_of(fell, COUNT(fell), &low);
	expect_text(chart, "assurance", "CONSISTENTLY_MET");
	json_decref(chart);
	a.catalogue->metrics[0].direction = DIRECTION_DOWN;
	chart = chart_of(fell, COUNT(fell), &low);
	expect_text(chart, "variation", "SPECIAL_CAUSE_IMPROVING");
	expect_text(chart, "assurance", "CONSISTENTLY_MISSED");
	json_decref(chart);
	a.catalogue->metrics[0].direction = DIRECTION_BAND;
	chart = chart_of(fell, COUNT(fell), &low);
	expect_text(chart, "variation", "SPECIAL_CAUSE_LOWER");
	expect_text(chart, "assurance", NULL);
	json_decref(chart);
}

/* The rate of a site with too few trials is not shown, but they weigh in; so do those of no site.
 */
Test(compare, draws_a_funnel_that_all_weigh_in)
{
	struct spd_metric m;
	json_t *funnel;
	json_t *units;

	against_count(&a, "N1", NULL, 80, 100);
	against_count(&a, "N2", NULL, 90, 100);
	against_count(&a, "N3", NULL, 85, 100);
	against_count(&a, "N4", NULL, 0, 29);
	against_count(&a, NULL, NULL, 50, 100);
	m = against_metric(&a);
	funnel = compare_funnel(&m, a.arena);
	units = json_object_get(funnel, "units");
	cr_assert_eq(json_array_size(units), 4);
	cr_expect_eq(real(funnel, "centre"), 305.0 / 429);
	expect_text(funnel, "method", "BINOMIAL");
	expect_text(json_array_get(units, 0), "unit", "N1");
	cr_expect(json_is_false(json_object_get(json_array_get(units, 0), "withheld")));
	cr_expect(json_is_true(json_object_get(json_array_get(units, 3), "withheld")));
	cr_expect(json_is_null(json_object_get(json_array_get(units, 3), "value")));
	cr_expect(json_is_null(json_object_get(json_array_get(units, 3), "z")));
	cr_expect(json_is_false(json_object_get(json_array_get(units, 3), "outside")));
	json_decref(funnel);
}

Test(compare, draws_no_funnel_of_one_site)
{
	struct spd_metric m;
	json_t *funnel;

	against_count(&a, "N1", NULL, 80, 100);
	against_count(&a, NULL, NULL, 90, 100);
	m = against_metric(&a);
	funnel = compare_funnel(&m, a.arena);
	cr_expect(json_is_null(funnel));
	json_decref(funnel);
}

Test(compare, allows_for_the_mix_that_a_site_had)
{
	struct spd_metric m;
	json_t *mix;
	json_t *unit;

	/* Of knives all find 70 of 100, of guns 180 of 200. */
	against_count(&a, "N1", "BLADE", 50, 80);
	against_count(&a, "N1", "GUN", 20, 20);
	against_count(&a, "N2", "BLADE", 20, 20);
	against_count(&a, "N2", "GUN", 160, 180);
	m = against_metric(&a);
	mix = compare_case_mix(&m, a.arena);
	cr_expect_str_eq(json_string_value(json_object_get(mix, "stratum")), "threat_category");
	unit = json_array_get(json_object_get(mix, "units"), 0);
	cr_expect_eq(json_integer_value(json_object_get(unit, "observed")), 70);
	cr_expect_float_eq(real(unit, "expected"), 80 * 0.7 + 20 * 0.9, 1e-12);
	cr_expect_float_eq(real(unit, "variance"), 80 * 0.7 * 0.3 + 20 * 0.9 * 0.1, 1e-12);
	cr_expect_float_eq(real(unit, "ratio"), 70 / 74.0, 1e-12);
	cr_expect_float_eq(real(unit, "standardised"), 70 / 74.0 * 250 / 300, 1e-12);
	json_decref(mix);
}

Test(compare, says_nothing_of_what_is_no_sample)
{
	struct spd_metric m;
	json_t *j;

	for (int i = 0; i < 4; i++)
		against_count(&a, (const char *[]){"N1", "N2", "N3", "N4"}[i], "GUN", 80, 100);
	m = against_metric(&a);
	a.catalogue->metrics[0].basis = BASIS_CENSUS;
	m.weeks = weeks;
	m.n_weeks = 7;
	j = compare_chart(&m, a.arena);
	cr_expect(json_is_null(j));
	json_decref(j);
	j = compare_funnel(&m, a.arena);
	cr_expect(json_is_null(j));
	json_decref(j);
}
