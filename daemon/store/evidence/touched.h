/*
 * Which days a transaction changes: per kind and UTC day the first and the last instant of what it
 * stores. Logged in the transaction itself, so that nobody sees records without the mark that
 * their day is to be counted again. Costs a division and a few comparisons a record. It grows with
 * the days, and names no day that was not touched: who counts again would read it whole.
 */
#ifndef SEMS_STORE_EVIDENCE_TOUCHED_H
#define SEMS_STORE_EVIDENCE_TOUCHED_H

#include "base/buf.h"
#include "core/kind/kind.h"

#define TOUCHED_ROW_BYTES 96 /* of SQL for one day, at most */

struct touched_day {
	int64_t day; /* since 1970, UTC */
	struct utc_ms since;
	struct utc_ms until;
};

struct touched {
	struct {
		struct touched_day *days;
		size_t n;
		size_t cap;
	} of[KIND_COUNT];
};

/* All zero is empty. */
void touched_clear(struct touched *t);
void touched_fini(struct touched *t);
/* False: no memory. */
bool touched_add(struct touched *t, enum kind_id kind, struct utc_ms at);
/* Appends the statements that log the days, and tell the store that they are logged. Orders and
 * joins the days. */
void touched_sql(struct touched *t, struct buf *sql);

#endif
