#include "base/count.h"
#include "core/stats/matched.h"

#include <criterion/criterion.h>

#include <math.h>

#define NEAR(a, b) cr_expect_float_eq(a, b, 1e-12)

static const struct matched_wider as_drawn = {1, 1};

Test(matched, of_one_stratum_is_newcombes)
{
	static const struct matched_stratum one[] = {{56, 70, 48, 80}};
	struct matched m;

	cr_assert(matched_difference95(one, COUNT(one), &as_drawn, &as_drawn, &m));
	NEAR(m.difference, 0.2);
	NEAR(m.interval.lo, .052431472402364878);
	NEAR(m.interval.hi, .33387265403690598);
}

/* Computed by a few lines of Python from the formulas. */
Test(matched, weighs_strata_as_now_and_leaves_out_what_is_not_in_both)
{
	static const struct matched_stratum some[] = {
	    {80, 100, 70, 100}, {0, 0, 99, 99}, {30, 60, 45, 60}, {7, 7, 0, 0}};
	struct matched m;

	cr_assert(matched_difference95(some, COUNT(some), &as_drawn, &as_drawn, &m));
	cr_expect_eq(m.n1, 160);
	cr_expect_eq(m.n2, 160);
	NEAR(m.difference, -0.03125);
	NEAR(m.interval.lo, -0.1259080752753663);
	NEAR(m.interval.hi, 0.06643576750313304);
}

Test(matched, has_nothing_to_say_of_nothing_alike)
{
	static const struct matched_stratum none[] = {{1, 2, 0, 0}, {0, 0, 3, 4}};
	struct matched m;

	cr_expect_not(matched_difference95(none, COUNT(none), &as_drawn, &as_drawn, &m));
}

/* Of one stratum 0.8 and 0.6: the distances from Wilson's bounds, each as much wider as it is said.
 */
Test(matched, is_wider_by_what_the_rates_intervals_are)
{
	static const struct matched_stratum one[] = {{56, 70, 48, 80}};
	static const struct matched_wider now = {3, 2};
	static const struct matched_wider then = {5, 7};
	struct interval w1 = stats_wilson95(56, 70);
	struct interval w2 = stats_wilson95(48, 80);
	struct matched m;

	cr_assert(matched_difference95(one, COUNT(one), &now, &then, &m));
	NEAR(m.difference, 0.2);
	NEAR(m.interval.lo, 0.2 - hypot(3 * (0.8 - w1.lo), 7 * (w2.hi - 0.6)));
	NEAR(m.interval.hi, 0.2 + hypot(2 * (w1.hi - 0.8), 5 * (0.6 - w2.lo)));
}
