/*
 * Repeatable random numbers for the simulator: PCG32 (O'Neill 2014, XSH RR 64/32). The same seed
 * gives the same numbers each time; nothing here is fit for secrets.
 */
#ifndef SEMS_TOOLS_AIRPORT_PRNG_H
#define SEMS_TOOLS_AIRPORT_PRNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct prng {
	uint64_t state;
	uint64_t inc;
};

/*
 * A generator of its own for (seed, a, b, c). What one part of a simulation draws then changes
 * nothing for the others, so that an option touches only what it is about.
 */
struct prng prng_for(uint64_t seed, uint64_t a, uint64_t b, uint64_t c);

/* SplitMix64's finaliser: neighbouring inputs give unrelated outputs. */
uint64_t prng_mix(uint64_t x);

uint32_t prng_u32(struct prng *g);
double prng_unit(struct prng *g);           /* [0, 1) */
bool prng_chance(struct prng *g, double p); /* true with probability p */
int64_t prng_between(struct prng *g, int64_t lo,
		     int64_t hi); /* lo to hi, both included; lo <= hi */
double prng_normal(struct prng *g, double mean, double sd);
double prng_log_normal(struct prng *g, double median, double sigma);
int64_t prng_poisson(struct prng *g, double mean); /* 0 when mean <= 0 */
int64_t prng_binomial(struct prng *g, int64_t n, double p);
/* An index drawn by weight; the weights are not negative and not all 0. */
size_t prng_pick(struct prng *g, const double *weights, size_t n);

#endif
