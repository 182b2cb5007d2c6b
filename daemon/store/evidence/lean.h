/*
 * The columns that any row of a batch has a value for. COPY takes a NULL for each of the others,
 * and a third of a row's time is theirs: they are left out of the statement and of the rows. No
 * column of the evidence has a default, so that what is left out is NULL. Private to the store.
 */
#ifndef SEMS_STORE_EVIDENCE_LEAN_H
#define SEMS_STORE_EVIDENCE_LEAN_H

#include "base/buf.h"
#include "core/kind/kind.h"

/* More than copy_n_columns() of any kind. */
#define LEAN_COLUMNS_MAX 96

struct lean {
	bool used[KIND_COUNT][LEAN_COLUMNS_MAX];
};

void lean_clear(struct lean *l);
/* Looks at a row as copy_record() writes them. */
void lean_scan(struct lean *l, const struct kind *k, struct text row);
/* The row's values of those columns, with their number. False: no room. */
bool lean_row(const struct lean *l, const struct kind *k, struct text row, struct buf *out);
/* "a", "b", ... : those columns. False: no room. */
bool lean_columns(const struct lean *l, const struct kind *k, struct buf *sql);

#endif
