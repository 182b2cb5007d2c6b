/*
 * Many comparisons at once: how likely each is by chance, and how many of those that stand out are
 * expected to do so by nothing else.
 */
#ifndef SEMS_CORE_STATS_MULTIPLE_H
#define SEMS_CORE_STATS_MULTIPLE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Two-sided chances that a rate is as far from a target in [0, 1], were that the true one: below
 * 0.05 where the 95 % interval leaves the target out. Of Wilson's, the score test's, n > 0; of that
 * of a rate p in (0, 1) of n > 0 trials that need not be whole (stats_beta_interval95()), twice the
 * smaller tail.
 */
double stats_score_p(int64_t x, int64_t n, double target);
double stats_beta_p(double p, double n, double target);

/* Benjamini and Hochberg's q of each p; order has room for n. What has q below 0.05 is expected to
 * be a false alarm in at most one of twenty. */
void stats_bh(const double *p, size_t n, size_t *order, double *q);

#endif
