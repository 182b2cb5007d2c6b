/*
 * What the document says of the data behind its figures: the feeds, and what is late, silent,
 * refused or lost. Statements of the same transaction as the figures.
 */
#ifndef SEMS_STORE_QUARTER_SPD_GATHER_H
#define SEMS_STORE_QUARTER_SPD_GATHER_H

#include "store/pg/lanes.h"

#include <stdbool.h>
#include <stddef.h>

struct spd_run;

/* The statements, by number from 0; false: that was all. */
bool spd_gather_next(const struct spd_run *r, size_t step, struct statement *st);
void spd_gather_rows(struct spd_run *r, size_t step, const struct rows *rows);

#endif
