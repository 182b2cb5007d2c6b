#include "tools/airport/prng.h"

#include <criterion/criterion.h>

#include <math.h>

Test(prng, streams_are_repeatable_and_unlike)
{
	struct prng a = prng_for(1, 2, 3, 4);
	struct prng b = prng_for(1, 2, 3, 4);
	struct prng others[] = {prng_for(2, 2, 3, 4), prng_for(1, 3, 2, 4), prng_for(1, 2, 4, 3),
				prng_for(1, 2, 3, 5)};
	int same = 0;

	for (int i = 0; i < 100; i++) {
		uint32_t x = prng_u32(&a);

		cr_assert_eq(x, prng_u32(&b));
		for (int k = 0; k < 4; k++)
			same += x == prng_u32(&others[k]);
	}
	cr_assert_leq(same, 1);
}

Test(prng, whole_numbers_reach_both_ends_and_no_further)
{
	struct prng g = prng_for(1, 0, 0, 0);
	int seen[5] = {0};

	for (int i = 0; i < 1000; i++) {
		int64_t x = prng_between(&g, -2, 2);

		cr_assert(x >= -2 && x <= 2);
		seen[x + 2]++;
	}
	for (int i = 0; i < 5; i++)
		cr_assert_gt(seen[i], 100);
}

/* Means and spreads within six standard errors of what they should be. */
Test(prng, distributions_have_their_means)
{
	struct prng g = prng_for(7, 0, 0, 0);
	const int n = 20000;
	double normal = 0;
	double square = 0;
	double poisson = 0;
	double many = 0;
	double binomial = 0;

	for (int i = 0; i < n; i++) {
		double x = prng_normal(&g, 5, 2);

		normal += x;
		square += (x - 5) * (x - 5);
		poisson += (double)prng_poisson(&g, 3);
		many += (double)prng_poisson(&g, 500);
		binomial += (double)prng_binomial(&g, 1000, 0.3);
	}
	cr_assert_float_eq(normal / n, 5, 6 * 2 / sqrt(n));
	cr_assert_float_eq(square / n, 4, 0.3);
	cr_assert_float_eq(poisson / n, 3, 6 * sqrt(3.0 / n));
	cr_assert_float_eq(many / n, 500, 6 * sqrt(500.0 / n));
	cr_assert_float_eq(binomial / n, 300, 6 * sqrt(210.0 / n));
	cr_assert_eq(prng_poisson(&g, 0), 0);
}

Test(prng, picks_by_weight)
{
	struct prng g = prng_for(9, 0, 0, 0);
	const double weights[] = {0, 3, 1};
	int n[3] = {0};

	for (int i = 0; i < 4000; i++)
		n[prng_pick(&g, weights, 3)]++;
	cr_assert_eq(n[0], 0);
	cr_assert_float_eq(n[1], 3000, 200);
}
