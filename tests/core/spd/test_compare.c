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
	chart = compare_chart(&m, NULL, "", a.arena);
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
	chart = compare_chart(&m, NULL, "", a.arena);
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
	return compare_chart(&m, NULL, "", a.arena);
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
	static const struct spd_target high = {.aim = {0.99, HUGE_VAL}};
	static const struct spd_target some = {.aim = {0.8, HUGE_VAL}};
	static const struct spd_target low = {.aim = {0.5, HUGE_VAL}};
	static const struct spd_target at_most = {.aim = {-HUGE_VAL, 0.5}};
	static const struct spd_target beside = {.aim = {0.1, 0.4}};
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
	chart = chart_of(fell, COUNT(fell), &at_most);
	expect_text(chart, "variation", "SPECIAL_CAUSE_IMPROVING");
	expect_text(chart, "assurance", "CONSISTENTLY_MISSED");
	json_decref(chart);
	a.catalogue->metrics[0].direction = DIRECTION_BAND;
	chart = chart_of(fell, COUNT(fell), NULL);
	expect_text(chart, "variation", "SPECIAL_CAUSE_LOWER");
	expect_text(chart, "assurance", NULL);
	json_decref(chart);
	chart = chart_of(fell, COUNT(fell), &beside);
	expect_text(chart, "assurance", "CONSISTENTLY_MISSED");
	json_decref(chart);
}

/* Six weeks at about 90 % and as many at about 72 %, of 100 each. */
static struct spd_week dropped[] = {
    {"2026-04-06", 90, 100}, {"2026-04-13", 91, 100}, {"2026-04-20", 90, 100},
    {"2026-04-27", 91, 100}, {"2026-05-04", 90, 100}, {"2026-05-11", 91, 100},
    {"2026-05-18", 72, 100}, {"2026-05-25", 73, 100}, {"2026-06-01", 72, 100},
    {"2026-06-08", 73, 100}, {"2026-06-15", 72, 100}, {"2026-06-22", 73, 100},
};

static json_t *
rebased(struct spd_rebase *list, size_t n, const struct spd_past_metric *past)
{
	struct spd_metric m = against_metric(&a);

	m.weeks = dropped;
	m.n_weeks = COUNT(dropped);
	m.rebases = list;
	m.n_rebases = n;
	return compare_chart(&m, past, "2026-04-01", a.arena);
}

static const json_t *
week_of(const json_t *chart, size_t i)
{
	return json_array_get(json_object_get(chart, "weeks"), i);
}

Test(compare, begins_a_level_anew_where_somebody_decided_so)
{
	static struct spd_rebase once[] = {
	    {"2026-05-18", "New machines", "J. Marsh", "2026-06-01T10:00:00Z", "unix:anna"}};
	json_t *chart = rebased(NULL, 0, NULL);
	const json_t *told;

	expect_text(json_object_get(chart, "change"), "first_day", "2026-05-18");
	cr_expect_eq(json_array_size(json_object_get(chart, "rebases")), 0);
	json_decref(chart);
	chart = rebased(once, COUNT(once), NULL);
	/* What was before keeps the limits of its own and hides nothing. */
	cr_assert_eq(json_array_size(json_object_get(chart, "weeks")), COUNT(dropped));
	cr_expect_float_eq(real(week_of(chart, 0), "centre"), 0.905, 1e-12);
	cr_expect_float_eq(real(week_of(chart, 6), "centre"), 0.725, 1e-12);
	cr_expect_float_eq(real(chart, "centre"), 0.725, 1e-12);
	cr_expect(json_is_null(json_object_get(chart, "change")));
	expect_text(chart, "variation", "COMMON_CAUSE");
	told = json_array_get(json_object_get(chart, "rebases"), 0);
	expect_text(told, "first_day", "2026-05-18");
	expect_text(told, "reason", "New machines");
	expect_text(told, "approved_by", "J. Marsh");
	expect_text(told, "set_by", "unix:anna");
	json_decref(chart);
}

Test(compare, draws_no_limits_from_the_few_weeks_since)
{
	static struct spd_rebase late[] = {{"2026-06-08", "x", "y", "z", "unix:anna"}};
	static struct spd_rebase often[] = {{"2026-05-04", "x", "y", "z", "unix:anna"},
					    {"2026-06-01", "x", "y", "z", "unix:anna"}};
	json_t *chart = rebased(late, COUNT(late), NULL);

	cr_assert_eq(json_array_size(json_object_get(chart, "weeks")), COUNT(dropped));
	cr_expect(json_is_real(json_object_get(week_of(chart, 8), "lower")));
	for (size_t i = 9; i < COUNT(dropped); i++) {
		cr_expect(json_is_null(json_object_get(week_of(chart, i), "lower")));
		cr_expect(json_is_null(json_object_get(week_of(chart, i), "centre")));
		cr_expect(json_is_real(json_object_get(week_of(chart, i), "value")));
	}
	cr_expect(json_is_null(json_object_get(chart, "centre")));
	expect_text(chart, "variation", NULL);
	json_decref(chart);
	chart = rebased(often, COUNT(often), NULL);
	cr_expect(json_is_null(chart), "no level has six weeks");
	json_decref(chart);
}

/* What is said of the last weeks is not said of those before them. */
Test(compare, says_nothing_of_a_level_that_is_too_small_for_a_rate)
{
	static struct spd_week small[COUNT(dropped)];
	struct spd_rebase late[] = {{"2026-06-22", "x", "y", "z", "unix:anna"}};
	struct spd_metric m = against_metric(&a);
	json_t *chart;

	memcpy(small, dropped, sizeof small);
	small[COUNT(small) - 1] = (struct spd_week){"2026-06-22", 1, 2};
	m.weeks = small;
	m.n_weeks = COUNT(small);
	m.rebases = late;
	m.n_rebases = 1;
	chart = compare_chart(&m, NULL, "2026-04-01", a.arena);
	cr_assert_eq(json_array_size(json_object_get(chart, "weeks")), COUNT(small) - 1);
	expect_text(chart, "variation", NULL);
	cr_expect(json_is_null(json_object_get(chart, "centre")));
	cr_expect(json_is_null(json_object_get(chart, "change")));
	json_decref(chart);
}

/* Mean 0.85 and standard deviation 0.05: lines at 0.80, 0.75 and 0.70. */
static struct spd_past_point then[] = {{"2026-01-05", 0.9}, {"2026-01-12", 0.8},
				       {"2026-01-19", 0.9}, {"2026-01-26", 0.8},
				       {"2026-02-02", 0.9}, {"2026-02-09", 0.8}};

Test(compare, draws_icaos_lines_from_the_quarter_before)
{
	struct spd_past_metric past = {.points = then, .n_points = COUNT(then)};
	static const int alert[] = {0, 0, 0, 0, 0, 0, 0, 2, 2, 2, 2, 2};
	struct spd_rebase before[] = {{"2026-01-12", "x", "y", "z", "unix:anna"}};
	struct spd_rebase now[] = {{"2026-04-20", "x", "y", "z", "unix:anna"}};
	json_t *chart;
	const json_t *lines;

	past.version = against_metric(&a).m->version;
	chart = rebased(NULL, 0, &past);
	lines = json_object_get(json_object_get(chart, "alerts"), "lines");
	cr_expect_float_eq(real(json_object_get(chart, "alerts"), "mean"), 0.85, 1e-12);
	cr_expect_float_eq(real(json_object_get(chart, "alerts"), "sd"), 0.05, 1e-12);
	for (size_t k = 0; k < 3; k++)
		cr_expect_float_eq(json_real_value(json_array_get(lines, k)),
				   0.80 - 0.05 * (double)k, 1e-12);
	for (size_t i = 0; i < COUNT(alert); i++)
		cr_expect_eq(json_integer_value(json_object_get(week_of(chart, i), "alert")),
			     alert[i], "week %zu", i);
	json_decref(chart);
	/* Five rates are too few, as are those of another level or another definition. */
	chart = rebased(before, COUNT(before), &past);
	cr_expect(json_is_null(json_object_get(chart, "alerts")));
	json_decref(chart);
	chart = rebased(now, COUNT(now), &past);
	cr_expect(json_is_null(json_object_get(chart, "alerts")));
	json_decref(chart);
	past.version = "0";
	chart = rebased(NULL, 0, &past);
	cr_expect(json_is_null(json_object_get(chart, "alerts")));
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
	j = compare_chart(&m, NULL, "", a.arena);
	cr_expect(json_is_null(j));
	json_decref(j);
	j = compare_funnel(&m, a.arena);
	cr_expect(json_is_null(j));
	json_decref(j);
}
