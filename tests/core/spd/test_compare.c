#include "core/spd/compare.h"
#include "tests/core/against.h"

#include <criterion/criterion.h>

#include <math.h>

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

Test(compare, draws_a_funnel_of_sites_whose_rates_are_published)
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
	cr_assert_eq(json_array_size(units), 3);
	cr_expect_float_eq(real(funnel, "target"), 0.85, 1e-15);
	cr_expect_str_eq(json_string_value(json_object_get(json_array_get(units, 0), "unit")),
			 "N1");
	json_decref(funnel);
}

Test(compare, draws_no_funnel_of_two_sites)
{
	struct spd_metric m;
	json_t *funnel;

	against_count(&a, "N1", NULL, 80, 100);
	against_count(&a, "N2", NULL, 90, 100);
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
