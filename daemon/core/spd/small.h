/*
 * Small cells: what is told of a few persons is told of each of them, so figures of a unit of fewer
 * than SMALL_PERSONS persons are suppressed; and as many others as keep them from being had by
 * subtraction from a figure that they are part of.
 */
#ifndef SEMS_CORE_SPD_SMALL_H
#define SEMS_CORE_SPD_SMALL_H

#include "base/arena.h"
#include "core/spd/spd.h"

#define SMALL_PERSONS 5

/* Enough for a metric of as many figures as there may be. */
#define SMALL_SCRATCH_MAX ((size_t)64 << 20)

/*
 * Suppresses figures of the metrics that are of persons (of_persons, persons_as), in place: they
 * have no numbers any more, no status, and say SUPPRESSED (figure_suppress()). Of a part a count of
 * 1 to 4 persons is small, too; 0 is not. Whose trials do not say whose they are is not known to be
 * small. A metric that persons_as names stands before those that name it. The same input gives the
 * same. False: the arena is full, and nothing may be published.
 */
bool small_suppress(struct spd_metric *metrics, size_t n, struct arena *scratch);

/* How many figures are suppressed. */
size_t small_count(const struct spd_metric *metrics, size_t n);

#endif
