/* The only source of chance: SplitMix64 from the schedule's seed. */
#include "tests/sim/world.h"

uint64_t
chance_next(struct world *w)
{
	uint64_t z = w->rng += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

unsigned
below(struct world *w, unsigned n)
{
	return n == 0 ? 0 : (unsigned)((chance_next(w) >> 32) % n);
}

bool
chance(struct world *w, unsigned per_mille)
{
	return below(w, 1000) < per_mille;
}
