/*
 * Which days a transaction changes: per kind and UTC day the first and the last instant of what it
 * stores. Logged in the transaction itself, so that nobody sees records without the mark that
 * their day is to be counted again. Costs a division and a few comparisons a record.
 */
#ifndef SEMS_STORE_TOUCHED_H
#define SEMS_STORE_TOUCHED_H

#include "base/buf.h"
#include "core/kind.h"

#define TOUCHED_MAX 16 /* days of one kind; more widen the last one */

struct touched_day {
	int64_t day; /* since 1970, UTC */
	struct utc_ms since;
	struct utc_ms until;
};

struct touched {
	struct touched_day days[KIND_COUNT][TOUCHED_MAX];
	unsigned n[KIND_COUNT];
};

void touched_clear(struct touched *t);
void touched_add(struct touched *t, enum kind_id kind, struct utc_ms at);
/* Appends the statements that log the days, and tell the store that they are logged. */
void touched_sql(const struct touched *t, struct buf *sql);

#endif
