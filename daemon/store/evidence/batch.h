/*
 * One transaction's worth of a group: its rows in COPY format and the SQL around them. No
 * connection: it says what to send and in what order. Private to the store.
 */
#ifndef SEMS_STORE_EVIDENCE_BATCH_H
#define SEMS_STORE_EVIDENCE_BATCH_H

#include "base/buf.h"
#include "ingest/group.h"
#include "store/evidence/copy.h"
#include "store/evidence/lean.h"
#include "store/evidence/touched.h"

struct batch {
	const unsigned char *key; /* of the quarantine */
	const char *opening;      /* statements that each transaction begins with; static */
	char note[96];            /* the statement that notes the level of durability; "": none */
	struct buf columns[KIND_COUNT];
	struct buf rows[KIND_COUNT];
	struct buf quarantine;
	struct buf runs; /* which records are of which run of an import */
	struct buf sql;
	struct lean lean;       /* of the rows that go straight into the evidence */
	struct touched touched; /* the days of the records that are in it */
	bool has[KIND_COUNT];
	bool has_quarantine;
	bool has_runs;
	const struct buf *order[KIND_COUNT + 2]; /* as the SQL's COPY statements ask for them */
	unsigned n_order;
	unsigned next;
};

struct range {
	size_t from;
	size_t to; /* exclusive */
};

/* opening: "", or statements that end in a semicolon. */
bool batch_init(struct batch *b, const unsigned char *quarantine_key, const char *opening);
void batch_fini(struct batch *b);

/* Nothing is in it. rollback: the connection is in a transaction that failed. */
void batch_clear(struct batch *b, bool rollback);
/* What an answer means (SCHEMA.md, durability_day), to be noted for the day of a receipt. level: of
 * ours, no more than 16 bytes. */
void batch_note_level(struct batch *b, const char *level, struct utc_ms received_at);
/* A record that batch_add() is to take straight into the evidence: of all of them first. */
void batch_look(struct batch *b, const struct group *g, size_t n);
/* A record's row; n is the item's number in the group. False: no room. */
bool batch_add(struct batch *b, const struct group *g, size_t n, bool staged);
/* An item that is stored is noted with its run, if it has one. False: no memory. */
bool batch_note_run(struct batch *b, const struct group *g, size_t n);
/* An item for the quarantine; why may differ from the item's own. False: no memory. */
bool batch_refuse(struct batch *b, const struct group *g, size_t n, const struct refusal *why);

/* BEGIN, the touched days, COPY into the evidence, the quarantine, COMMIT. NULL: no memory. */
const char *batch_sql_fast(struct batch *b);
/* BEGIN, the touched days, stage, COPY into the staging tables, settle. The transaction stays open.
 */
const char *batch_sql_settle(struct batch *b);
/* The quarantine, if anything is for it, and COMMIT. */
const char *batch_sql_close(struct batch *b);
/* The bytes for the next COPY. */
const struct buf *batch_next_copy(struct batch *b);

#endif
