/*
 * How evenly things are spread over places that they may be in: Shannon's entropy over the most it
 * can be, of several groups together.
 */
#ifndef SEMS_CORE_STATS_SPREAD_H
#define SEMS_CORE_STATS_SPREAD_H

#include <stdbool.h>
#include <stdint.h>

/* Added up group by group, and within a group place by place. Starts as {0}. */
struct spread {
	double had;  /* sum over groups of n ln n, less that over places */
	double most; /* sum over groups of n ln (places) */
	int64_t in_group;
	int64_t places;
};

/* A new group, whose things may be in so many places, at least 1. */
void spread_group(struct spread *s, int64_t places);
/* n of the group's things are in one place; n > 0. */
void spread_place(struct spread *s, int64_t n);
/*
 * From 0, all of each group in one place, to 1, as many in each place: each group weighs by what
 * it has, and by how much there was to vary. False: there was nothing to vary. No more is added
 * behind it.
 */
bool spread_value(struct spread *s, double *out);

#endif
