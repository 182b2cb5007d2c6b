/* What a metric's chart by week says, in words. */
#ifndef SEMS_RENDER_DOC_SPD_CHART_H
#define SEMS_RENDER_DOC_SPD_CHART_H

#include "render/doc/spd_doc.h"

#define SPD_DAY 32

/* "fell by 3.1 pp since the week of 10 August 2026, from 90.2 % to 87.1 %"; false: the chart,
 * which may be absent, names no change that lasts. */
bool spd_chart_change(const json_t *metric, char out[SPD_CELL]);
/* Whether the last weeks are out of the ordinary, and whether the target is met by more than luck;
 * "" where the chart says nothing of it. */
const char *spd_chart_variation(const json_t *chart);
const char *spd_chart_assurance(const json_t *chart);
/* The same for a row: a sign and a few words, "▲ better than weeks vary". */
const char *spd_chart_variation_mark(const json_t *chart);
const char *spd_chart_assurance_mark(const json_t *chart);

/* "10 August 2026" of "2026-08-10"; what is no day as it is. */
void spd_day_words(const char *day, char out[SPD_DAY]);

#endif
