/*
 * Rows in PostgreSQL's binary COPY format. Pure: a record and a buffer, no connection. Private to
 * the store.
 */
#ifndef SEMS_STORE_EVIDENCE_COPY_H
#define SEMS_STORE_EVIDENCE_COPY_H

#include "base/buf.h"
#include "core/kind/kind.h"
#include "ingest/group.h"

enum copy_result {
	COPY_ROW_OK,
	COPY_ROW_BAD,  /* a value that no column can hold: the record's fault */
	COPY_ROW_FULL, /* the buffer is at its limit */
};

void copy_begin(struct buf *b);
void copy_end(struct buf *b);

/* Appends the values of a record's row, all but their number. A row that
 * is not OK leaves nothing behind. */
enum copy_result copy_record(struct buf *b, const struct record *r, const struct receipt *receipt);
/* How many values that are: the kind's fields, received_at, received_from, received_as. */
uint16_t copy_n_columns(const struct kind *k);

/* The name of the ith. */
const char *copy_column(const struct kind *k, unsigned i);

/* The values of one row, for tables of other shapes. text.s NULL is SQL NULL. */
void copy_row(struct buf *b, uint16_t columns);
void copy_int4(struct buf *b, int32_t v);
void copy_int8(struct buf *b, int64_t v);
void copy_bytes(struct buf *b, struct text v);
void copy_time(struct buf *b, struct utc_ms t);
void copy_uuid(struct buf *b, const struct uuid *u); /* NULL: SQL NULL */

/* "a", "b", ... : the columns of a kind's row in the order of copy_record(), without n. */
bool copy_columns(struct buf *sql, const struct kind *k);

#endif
