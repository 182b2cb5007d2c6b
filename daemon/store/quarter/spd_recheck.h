/*
 * What a freeze does before it keeps anything: it counts the quarter once more, from the records
 * alone and in the same snapshot, and compares every figure with the one from the counts that are
 * kept by day. A difference is a fault of ours or a change by somebody; nothing is frozen over it.
 */
#ifndef SEMS_STORE_QUARTER_SPD_RECHECK_H
#define SEMS_STORE_QUARTER_SPD_RECHECK_H

#include "store/count/counting.h"

struct spd_run;

struct spd_rechecking {
	struct fold **folds; /* per metric; NULL: nothing is compared */
	struct counting counting;
	bool begun;
	struct buf sql;
};

/* When the targets are known: standard NULL: not set; part: as fold_head() takes it. */
bool spd_recheck_fold(struct spd_run *r, unsigned metric, const double *standard, const char *part);
/* The statements after the first counting, by number from 0; false: that was all, or *e says why
 * not. */
bool spd_recheck_next(struct spd_run *r, size_t step, struct statement *st, struct err *e);
void spd_recheck_rows(struct spd_run *r, const struct rows *rows);
/* When r->spd.metrics are there. FATAL_BUG: names the first figure that differs. */
enum code spd_recheck_compare(struct spd_run *r, struct err *e) MUST_CHECK;
void spd_recheck_fini(struct spd_run *r);

#endif
