/*
 * One metric of the SPD's document: its figures and what they are seen against (earlier quarters,
 * the weeks, the sites among themselves, the feeds behind them).
 */
#ifndef SEMS_CORE_SPD_SPD_METRIC_H
#define SEMS_CORE_SPD_SPD_METRIC_H

#include "base/arena.h"
#include "base/json/jsonout.h"
#include "core/spd/spd.h"

/* Metric i of s, an object; scratch may be reset afterwards. NULL: out of memory. */
json_t *spd_metric_json(const struct spd *s, size_t i, struct arena *scratch);

#endif
