/*
 * The records of the benchmark: TIP events as 100 lanes make them, each known by its number alone,
 * so that a record need not be kept to be sent again. All are encoded once; a number is then put
 * in by overwriting what differs: identity, times and the device's own numbers. Making a record
 * costs the client some 50 ns, which is taken from what is measured, not added to it.
 *
 * Record n is of lane n / ROWS_RUN % ROWS_LANES: a block of ROWS_RUN records is one lane's. All
 * lanes' time goes on together, so that a run of some million records is some days of a month.
 */
#ifndef SEMS_TOOLS_BENCH_ROWS_H
#define SEMS_TOOLS_BENCH_ROWS_H

#include "base/buf.h"
#include "base/err.h"

#define ROWS_RUN    50
#define ROWS_LANES  100
#define ROWS_PERIOD (ROWS_RUN * ROWS_LANES) /* records until it is lane 0's turn again */
#define ROWS_SITE   "bench-site"

enum rows_form {
	ROWS_WIRE, /* "12 length Record", as they stand in a Batch */
	ROWS_COPY, /* rows of binary COPY into sems.tip_event */
};

/* Where in a record's bytes stands what differs from record to record; 0: it has none. */
struct rows_place {
	uint32_t record_id;
	uint32_t number; /* source_record_id */
	uint32_t occurred_at;
	uint32_t decision_at;
	uint32_t event_no;
};

struct rows {
	enum rows_form form;
	uint64_t salt;   /* the same salt and number are the same record */
	int64_t base;    /* when the lanes begin, Unix ms */
	unsigned poison; /* of 100 records this many are no evidence; ROWS_WIRE only */
	struct buf bytes;
	uint32_t start[ROWS_PERIOD + 1];
	struct rows_place place[ROWS_PERIOD];
	int32_t response_ms[ROWS_PERIOD];
};

/* base: see rows_base(). */
enum code rows_init(struct rows *r, enum rows_form form, uint64_t salt, unsigned poison,
		    struct err *e) MUST_CHECK;
void rows_fini(struct rows *r);
/* Bytes of n records from number `first`; they must not go past a multiple of ROWS_PERIOD. */
size_t rows_size(const struct rows *r, uint64_t first, unsigned n);
/* Writes them; out has room for rows_size() bytes. */
void rows_put(const struct rows *r, uint64_t first, unsigned n, unsigned char *out);
/* The first day of last month, UTC, and a day: a partition of its own in every zone. */
int64_t rows_base(void);
/* The columns of ROWS_COPY, "a, b, c". */
bool rows_columns(struct buf *sql);

#endif
