#include "base/count.h"
#include "core/stats/funnel.h"
#include "core/stats/stats.h"

#include <criterion/criterion.h>

#include <math.h>

#define NEAR(is, want) cr_expect_float_eq(is, want, 1e-9 * fabs(want), "%.17g", is)

static struct arena *arena;

static void
start(void)
{
	arena = arena_new(1u << 20);
}

static void
stop(void)
{
	arena_free(arena);
}

TestSuite(funnel, .init = start, .fini = stop);

/* Inspections that found a critical violation, by inspectors' group (City of Chicago, 2011-2014).
 */
static struct funnel_unit chicago[] = {
    {.unit = "blue", .x = 948, .n = 4177},   {.unit = "brown", .x = 62, .n = 2719},
    {.unit = "green", .x = 514, .n = 5635},  {.unit = "orange", .x = 625, .n = 4959},
    {.unit = "purple", .x = 559, .n = 1465}, {.unit = "yellow", .x = 193, .n = 3445},
};

#define CHICAGO (2901.0 / 22400)

Test(funnel, measures_the_spread_that_is_printed_for_chicago)
{
	static const double z[] = {16.599958417764012,  -22.583316451507226, -9.2065032093105521,
				   -.73313876818038879, 22.789088811986042,  -15.163315576787958};
	struct funnel f;

	cr_assert(funnel_of(arena, chicago, COUNT(chicago), CHICAGO, 0, &f));
	NEAR(f.phi, 270.02178389645225);
	NEAR(f.tau2, .022246949070520982);
	for (size_t i = 0; i < COUNT(chicago); i++) {
		NEAR(chicago[i].z, z[i]);
		cr_expect_eq(chicago[i].adjusted_z, chicago[i].z);
		cr_expect_eq(chicago[i].outside, i != 3, "%s", chicago[i].unit);
	}
	cr_expect_not(f.is_spread);
	cr_expect_lt(f.p_spread, 1e-300);
}

Test(funnel, pulls_in_the_ends_before_it_measures)
{
	struct funnel whole;
	struct funnel pulled;

	cr_assert(funnel_of(arena, chicago, COUNT(chicago), CHICAGO, 0, &whole));
	cr_assert(funnel_of(arena, chicago, COUNT(chicago), CHICAGO, FUNNEL_WINSORISED, &pulled));
	cr_expect_lt(pulled.phi, whole.phi);
	/* By hand: the ends go to the 0.1 and 0.9 quantiles of type 7, half way to their
	 * neighbours. */
	double low = (-22.583316451507226 + -15.163315576787958) / 2;
	double high = (16.599958417764012 + 22.789088811986042) / 2;
	double sum = low * low + high * high + 16.599958417764012 * 16.599958417764012 +
		     9.2065032093105521 * 9.2065032093105521 +
		     .73313876818038879 * .73313876818038879 +
		     15.163315576787958 * 15.163315576787958;
	NEAR(pulled.phi, sum / 6);
}

Test(funnel, has_no_variance_between_units_that_differ_by_chance_only)
{
	struct funnel_unit alike[] = {
	    {.x = 50, .n = 100}, {.x = 51, .n = 100}, {.x = 49, .n = 100}};
	struct funnel f;

	cr_assert(funnel_of(arena, alike, COUNT(alike), 0.5, 0, &f));
	cr_expect_eq(f.tau2, 0);
	cr_expect_eq(alike[1].z, alike[1].adjusted_z);
	cr_expect_gt(f.p_spread, 0.9);
}

/* The odd one makes most of the spread, so that of few units none would be beyond it. */
Test(funnel, shows_one_of_three_that_differs_from_the_others)
{
	struct funnel_unit three[] = {
	    {.x = 2000, .n = 10000}, {.x = 8500, .n = 10000}, {.x = 8500, .n = 10000}};
	struct funnel f;

	cr_assert(funnel_of(arena, three, COUNT(three), 19.0 / 30, FUNNEL_WINSORISED, &f));
	for (size_t i = 0; i < COUNT(three); i++)
		cr_expect(three[i].outside);
	cr_expect_lt(three[0].value, three[0].low998);
	cr_expect_gt(three[1].value, three[1].high998);
}

/* Against a rate that is not their own, as where some of the trials have no unit. */
Test(funnel, is_drawn_around_the_centre_that_is_given)
{
	struct funnel_unit u[] = {{.x = 50, .n = 100}, {.x = 52, .n = 100}};
	struct funnel f;

	cr_assert(funnel_of(arena, u, COUNT(u), 0.8, FUNNEL_WINSORISED, &f));
	cr_expect(u[0].outside && u[1].outside);
	/* qbinom(c(0.001, 0.999), 100, 0.8) */
	cr_expect_eq(u[0].low998, 0.67);
	cr_expect_eq(u[0].high998, 0.91);
	cr_expect_not(funnel_of(arena, u, COUNT(u), 1, FUNNEL_WINSORISED, &f));
}

Test(funnel, shows_a_unit_beyond_its_limits)
{
	struct funnel_unit u[12];
	struct funnel f;

	for (size_t i = 0; i < COUNT(u); i++)
		u[i] = (struct funnel_unit){.x = i == 0 ? 60 : 90, .n = 100};
	cr_assert(funnel_of(arena, u, COUNT(u), 1050.0 / 1200, FUNNEL_WINSORISED, &f));
	cr_expect(u[0].outside);
	cr_expect_lt(u[0].value, u[0].low998);
	for (size_t i = 1; i < COUNT(u); i++) {
		cr_expect_not(u[i].outside);
		cr_expect_gt(u[i].value, u[i].low998);
	}
}

Test(funnel, draws_the_limits_that_are_printed)
{
	double low;
	double high;

	funnel_limits(asin(sqrt(.8)), 100, .01, Z95, &low, &high);
	NEAR(low, .60190098528525233);
	NEAR(high, .94139354801660329);
}

Test(funnel, keeps_limits_within_what_a_rate_can_be)
{
	double low;
	double high;

	funnel_limits(asin(sqrt(.98)), 5, .01, Z998, &low, &high);
	cr_expect_eq(high, 1);
	funnel_limits(asin(sqrt(.02)), 5, .01, Z998, &low, &high);
	cr_expect_eq(low, 0);
}

Test(funnel, compares_nothing_with_itself)
{
	struct funnel_unit one = {.x = 5, .n = 10};
	struct funnel f;

	cr_expect_not(funnel_of(arena, &one, 1, 0.5, 0, &f));
}

Test(funnel, allows_for_what_a_unit_had_to_deal_with)
{
	struct case_mix c = {0};

	/* Rates of all of 0.95, 0.85 and 0.70. */
	case_mix_add(&c, 18, 20, 95, 100);
	case_mix_add(&c, 24, 30, 85, 100);
	case_mix_add(&c, 30, 50, 70, 100);
	case_mix_finish(&c, 0.8);
	cr_expect_eq(c.observed, 72);
	NEAR(c.expected, 79.5);
	NEAR(c.variance, 15.275);
	NEAR(c.z, -1.9189809079407008);
	NEAR(c.ratio, .90566037735849057);
	NEAR(c.standardised, .72452830188679245);
}

Test(funnel, leaves_out_a_stratum_in_which_the_unit_has_nothing)
{
	struct case_mix c = {0};

	case_mix_add(&c, 0, 0, 95, 100);
	case_mix_finish(&c, 0.8);
	cr_expect_eq(c.observed, 0);
	cr_expect_eq(c.expected, 0);
	cr_expect(isnan(c.ratio));
	cr_expect(isnan(c.z));
}

Test(funnel, interpolates_as_type_7)
{
	static const double v[] = {1.2, 2.5, 3.1, 4.8, 7.7, 9.9, 12.4};

	NEAR(quantile7_of(v, 7, .1), 1.98);
	NEAR(quantile7_of(v, 7, .25), 2.8);
	NEAR(quantile7_of(v, 7, .5), 4.8);
	NEAR(quantile7_of(v, 7, .9), 10.9);
	NEAR(quantile7_of(v, 7, .95), 11.65);
	NEAR(quantile7_of(v, 1, .95), 1.2);
}
