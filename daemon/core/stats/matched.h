/*
 * Two rates compared like with like: stratum by stratum, weighted as the first of them is made up,
 * so that what differs is not the mix.
 */
#ifndef SEMS_CORE_STATS_MATCHED_H
#define SEMS_CORE_STATS_MATCHED_H

#include "core/stats/stats.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of one stratum x of n, now and then. */
struct matched_stratum {
	int64_t x1;
	int64_t n1;
	int64_t x2;
	int64_t n2;
};

/* What the distance of a stratum's rate from its bounds is to be multiplied by. */
struct matched_wider {
	double below;
	double above;
};

struct matched {
	int64_t n1; /* of the strata that are there now and then */
	int64_t n2;
	double difference;        /* of the standardised rates, now less then */
	struct interval interval; /* 95 % */
};

/*
 * Of the strata with n1 and n2 above 0, weighted by n1; false: there is none. The interval joins
 * the Wilson intervals of all of them as Newcombe's joins two: of one stratum, and no wider, it is
 * Newcombe's.
 */
bool matched_difference95(const struct matched_stratum *s, size_t n,
			  const struct matched_wider *now, const struct matched_wider *then,
			  struct matched *out);

#endif
