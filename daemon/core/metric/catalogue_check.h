/* What a schema cannot say of a catalogue: that its parts fit each other. Used by catalogue.c. */
#ifndef SEMS_CORE_METRIC_CATALOGUE_CHECK_H
#define SEMS_CORE_METRIC_CATALOGUE_CHECK_H

#include "core/metric/catalogue.h"

/* Resolves views, dimensions and breakdowns, and checks the metric. e->where is the word that is
 * wrong, as it stands in the text. */
enum code catalogue_check(const struct catalogue *c, struct metric *m, struct err *e) MUST_CHECK;

#endif
