/*
 * What a metric's figures are seen against, as the document's members: chart by week, funnel and
 * case-mix by site. Each is null where it would say nothing.
 */
#ifndef SEMS_CORE_SPD_COMPARE_H
#define SEMS_CORE_SPD_COMPARE_H

#include "base/arena.h"
#include "base/json/jsonout.h"
#include "core/spd/spd.h"

/* True for a proportion of a sample, the only thing that any of this is said about. */
bool compare_is_rate(const struct metric *m);
/* past: the metric in the quarter before, NULL: there is none; first_day: of the quarter. */
json_t *compare_chart(const struct spd_metric *s, const struct spd_past_metric *past,
		      const char *first_day, struct arena *scratch);
bool compare_has_chart(const struct metric *m);
json_t *compare_funnel(const struct spd_metric *s, struct arena *scratch);
json_t *compare_case_mix(const struct spd_metric *s, struct arena *scratch);

/* Is the target of then for the part that stands for the metric now, where it is counted apart? */
bool compare_is_same_part(const struct spd_metric *s, const struct spd_past_metric *past);

#endif
