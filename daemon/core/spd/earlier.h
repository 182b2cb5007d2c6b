/*
 * What a figure was in earlier quarters, as the document's members, and how it has changed: against
 * the quarter before, and against the same quarter a year ago. What cannot be compared says why.
 */
#ifndef SEMS_CORE_SPD_EARLIER_H
#define SEMS_CORE_SPD_EARLIER_H

#include "base/arena.h"
#include "base/json/jsonout.h"
#include "core/spd/spd.h"

/* Of what is matched, so much of either quarter must be in what both have. */
#define EARLIER_MATCHED_MIN 0.5

/* Puts previous, change, not_comparable, their like of a year ago, and history. metric: of s. */
void earlier_put(struct made *o, const struct spd *s, size_t metric, const struct figure *g,
		 struct arena *scratch);

/* The metric of s in the quarter before; NULL: nothing is known of that. */
const struct spd_past_metric *earlier_metric(const struct spd *s, size_t metric);

#endif
