/*
 * The statements that turn records into leaves, and compare the records of now with the leaves of
 * a freeze. The digests are made where the records are: ten million of them never leave the
 * database. proto/PROOF.md says which records and which bytes. Private to the store.
 */
#ifndef SEMS_STORE_PROOF_PROOF_SQL_H
#define SEMS_STORE_PROOF_PROOF_SQL_H

#include "base/arena.h"
#include "core/kind/kind.h"

#include <stddef.h>

/* The kind's columns in the order of its table, for its leaves; *n of them, in the arena. NULL: the
 * arena is full. */
const char *const *proof_columns(const struct kind *k, struct arena *a, size_t *n);

/* Keeps the leaves of the kind. $1: quarter; $2: revision. NULL: the arena is full. */
const char *proof_sql_keep(const struct kind *k, struct arena *a);

/*
 * What differs between the records and the leaves that were kept. $1: quarter; $2: revision; $3:
 * most rows per kind of difference; $4: 1 when tests under embargo may be named. Rows: what
 * (altered, missing, added, late, purged), record_id, source, day, received_at, how many there are
 * of that kind of difference, 1 when the record says that it was received before the freeze.
 *
 * columns: those of the freeze; each is a name of the kind's table.
 */
const char *proof_sql_compare(const struct kind *k, const char *const *columns, size_t n,
			      struct arena *a);

#endif
