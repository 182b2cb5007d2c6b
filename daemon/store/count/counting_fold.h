/* What the rows of a quarter's statements are added to. */
#ifndef SEMS_STORE_COUNT_COUNTING_FOLD_H
#define SEMS_STORE_COUNT_COUNTING_FOLD_H

#include "store/count/counting.h"

/* The rows of a query, by its shape, to the folds of its metrics. */
void counting_fold(struct counting *c, const struct query *q, const struct rows *rows);
/* Those by week to its metrics' weeks. */
void counting_fold_weeks(struct counting *c, const struct query *q, const struct rows *rows);

#endif
