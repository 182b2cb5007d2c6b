/*
 * What of a group is still to be written: ranges of its items, the first on top. What the database
 * refuses is halved until it is one record.
 */
#ifndef SEMS_STORE_EVIDENCE_REMAINING_H
#define SEMS_STORE_EVIDENCE_REMAINING_H

#include "ingest/group.h"
#include "store/evidence/batch.h"

#include <stdbool.h>

#define RANGES_MAX 64 /* halving a size_t cannot go deeper */

struct remaining {
	struct group *g;
	struct range stack[RANGES_MAX];
	unsigned n;
};

/* It has no verdict yet. */
bool item_is_pending(const struct item *it);
/* It is known why it is not stored. */
bool item_is_refused(const struct item *it);

/* All of a group, borrowed. */
void remaining_begin(struct remaining *r, struct group *g);
/* Nothing any more. */
void remaining_end(struct remaining *r);
/* The range to go on with; those whose items all have their verdicts are left. NULL: there is none.
 */
const struct range *remaining_next(struct remaining *r);
/* The range at work; there must be one. */
const struct range *remaining_top(const struct remaining *r);
/* That one is done. */
void remaining_pop(struct remaining *r);
/* Leaves the first half of the top range on top, as far as its items are pending; false: it is a
 * single one, on top alone. */
bool remaining_halve(struct remaining *r);
/* Whether a range has a pending item that is not refused. */
bool remaining_has_records(const struct remaining *r, const struct range *of);

#endif
