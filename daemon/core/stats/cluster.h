/*
 * Rates of trials that come in clusters: by screener, by device, by image. Trials of one cluster
 * are alike, so that they tell less of clusters in general than as many trials of their own would:
 * by so much as the design effect says.
 */
#ifndef SEMS_CORE_STATS_CLUSTER_H
#define SEMS_CORE_STATS_CLUSTER_H

#include "core/stats/stats.h"

#include <stdbool.h>
#include <stdint.h>

/* With fewer clusters nothing is said of clusters in general. */
#define CLUSTERS_MIN 10

/* Over the clusters that have trials, x of n in each. Doubles that hold whole numbers: exact up to
 * 2^53, and with 1e-16 of them beyond, which is enough as long as no cluster has over 1e6 trials.
 */
struct cluster_sums {
	int64_t clusters;
	double xx; /* sum of x squared */
	double xn; /* sum of x n */
	double nn; /* sum of n squared */
};

struct clustered {
	double deff;        /* variance of the rate over that of as many trials drawn singly */
	double n_effective; /* trials drawn singly that would tell as much; at most n */
	struct interval interval; /* 95 %, for clusters in general */
};

/*
 * x of n trials in all. The variance is that of a ratio of sums, linearized; the interval Korn and
 * Graubard's 1998: Clopper and Pearson's of n_effective trials, where n_effective takes in
 * Student's t of one degree less than clusters. A design effect below 1 is not used to narrow it.
 * False: fewer than CLUSTERS_MIN clusters, or no variation at all, so that there is nothing to tell
 * it by.
 */
bool stats_clustered95(int64_t x, int64_t n, const struct cluster_sums *sums,
		       struct clustered *out);

#endif
