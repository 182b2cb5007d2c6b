#include "tools/airport/prng.h"

#include <math.h>

#define PCG_MULTIPLIER UINT64_C(6364136223846793005)

uint64_t
prng_mix(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

struct prng
prng_for(uint64_t seed, uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t h = prng_mix(prng_mix(prng_mix(prng_mix(seed) ^ a) ^ b) ^ c);
	struct prng g = {0, (prng_mix(h) << 1) | 1};

	prng_u32(&g);
	g.state += h;
	prng_u32(&g);
	return g;
}

uint32_t
prng_u32(struct prng *g)
{
	uint64_t old = g->state;
	uint32_t x;
	uint32_t rot;

	g->state = old * PCG_MULTIPLIER + g->inc;
	x = (uint32_t)(((old >> 18) ^ old) >> 27);
	rot = (uint32_t)(old >> 59);
	return (x >> rot) | (x << ((32 - rot) & 31));
}

double
prng_unit(struct prng *g)
{
	return prng_u32(g) / 4294967296.0;
}

bool
prng_chance(struct prng *g, double p)
{
	return prng_unit(g) < p;
}

int64_t
prng_between(struct prng *g, int64_t lo, int64_t hi)
{
	double span = (double)(hi - lo) + 1;

	return lo + (int64_t)(prng_unit(g) * span);
}

double
prng_normal(struct prng *g, double mean, double sd)
{
	/* Box-Muller; 1 - u keeps the logarithm's argument above 0. */
	double u = 1 - prng_unit(g);
	double v = prng_unit(g);

	return mean + sd * sqrt(-2 * log(u)) * cos(2 * 3.14159265358979323846 * v);
}

double
prng_log_normal(struct prng *g, double median, double sigma)
{
	return median * exp(prng_normal(g, 0, sigma));
}

int64_t
prng_poisson(struct prng *g, double mean)
{
	double limit;
	double p;
	int64_t n;

	if (mean <= 0)
		return 0;
	if (mean > 60) {
		double x = floor(prng_normal(g, mean, sqrt(mean)) + 0.5);

		return x < 0 ? 0 : (int64_t)x;
	}
	limit = exp(-mean);
	p = prng_unit(g);
	n = 0;
	while (p > limit) {
		p *= prng_unit(g);
		n++;
	}
	return n;
}

int64_t
prng_binomial(struct prng *g, int64_t n, double p)
{
	int64_t k;

	if (n > 200) {
		double x =
		    floor(prng_normal(g, (double)n * p, sqrt((double)n * p * (1 - p))) + 0.5);

		return x < 0 ? 0 : x > (double)n ? n : (int64_t)x;
	}
	k = 0;
	for (int64_t i = 0; i < n; i++)
		k += prng_chance(g, p);
	return k;
}

size_t
prng_pick(struct prng *g, const double *weights, size_t n)
{
	double sum = 0;
	double u;

	for (size_t i = 0; i < n; i++)
		sum += weights[i];
	u = prng_unit(g) * sum;
	for (size_t i = 0; i + 1 < n; i++) {
		u -= weights[i];
		if (u < 0)
			return i;
	}
	return n - 1;
}
