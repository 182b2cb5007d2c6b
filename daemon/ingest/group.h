/*
 * A group: the records of many connections that one transaction commits. ingest fills it, the
 * store writes it and sets every item's verdict, ingest answers. This header is the port between
 * the two: ingest knows no database, the store knows no session.
 */
#ifndef SEMS_INGEST_GROUP_H
#define SEMS_INGEST_GROUP_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/digest.h"
#include "core/kind/kind.h"

#include <stddef.h>
#include <stdint.h>

/* Same numbers as sems.v1.VerdictCode. */
enum verdict {
	VERDICT_NONE = 0, /* not known yet */
	VERDICT_STORED,
	VERDICT_DUPLICATE,
	VERDICT_CONFLICT,
	VERDICT_QUARANTINED,
	VERDICT_EXPIRED,
	VERDICT_RETRY,
	N_VERDICTS
};

/* What is kept of a refused record that is over the limit of records: its first bytes, and what
 * tells the whole. */
#define ITEM_HEAD_BYTES 4096u

struct whole {
	uint64_t bytes;
	unsigned char sha256[SHA256_SIZE];
};

struct item {
	const struct kind *kind; /* of a valid record; NULL when it was refused */
	struct utc_ms occurred_at;
	struct uuid record_id;
	struct text row; /* the record as the store wrote it, persons replaced by pseudonyms */
	/* Why it was refused (why.reason is not REASON_NONE): goes to the quarantine. The store
	 * sets it too, when the database refuses a value or finds a conflict. */
	struct refusal *why;       /* in the group's arena; NULL: not refused */
	struct text raw;           /* the record's bytes as sent, or their head */
	const struct whole *whole; /* in the group's arena; NULL: raw is all of it */
	struct text source;        /* as named in the record, as far as it could be read */
	/* Of a refused record what it says it is, as far as it could be read; else NULL. */
	const struct kind *claimed;
	struct text principal;   /* who sent it */
	int64_t run;             /* of an import, of which it is noted when it is stored; 0: none */
	bool tried_again;        /* out of the quarantine: nobody sent it now */
	enum verdict verdict;    /* set by the store, or by ingest (EXPIRED) before submission */
	uint32_t retry_after_ms; /* VERDICT_RETRY */
};

/*
 * The store's form of a valid record, written while the record is at hand: what it was decoded into
 * is used again for the next, so a group keeps some hundred bytes of each. False: a value that the
 * store cannot hold, or the buffer is full.
 */
struct receipt {
	struct utc_ms at;
	struct text from; /* the principal */
	struct text
	    as; /* of a correction, void or confirmation the principal's role then; else empty */
};

typedef bool write_row_fn(const struct record *r, const struct receipt *receipt, struct buf *out);

/* More than any group has: what it was asked to hold, one batch more, and requeued records. */
#define GROUP_ITEMS_MAX (1u << 15)

struct group {
	struct arena *arena; /* everything the items point to */
	struct item *items;
	size_t n;
	size_t cap;
	struct utc_ms received_at;
};

#endif
