/*
 * The quarters before the one that is computed: what was frozen of them as it was, the others
 * computed now, each by a run of its own. They are looked for before the quarter itself.
 */
#ifndef SEMS_STORE_QUARTER_SPD_PAST_H
#define SEMS_STORE_QUARTER_SPD_PAST_H

#include "core/spd/spd.h"
#include "store/pg/lanes.h"

struct spd_run;

struct spd_past_search { /* ours */
	struct job job;
	void (*go)(struct spd_run *r);
	struct spd_past found[SPD_PAST_MAX];
	bool compute[SPD_PAST_MAX];
	bool is_asked;
	size_t n;
	size_t at;
	struct spd_run *nested;
};

/* Fills r->spd.past, then calls go(r) from the loop; r->err is what went wrong. */
void spd_past_find(struct spd_run *r, void (*go)(struct spd_run *r));

#endif
