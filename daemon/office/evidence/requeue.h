/* Room office/evidence: What is asked of records, of imports and of the quarantine. */
/*
 * Requeueing: quarantined bytes take the way of any record again, as their sender sent them and
 * with that sender's grants; of two senders of the same bytes each has an entry. The writer knows
 * them by (principal, source, raw_mac), so a record that is refused again adds no second row, and
 * neither does it count as received again.
 */
#ifndef SEMS_OFFICE_EVIDENCE_REQUEUE_H
#define SEMS_OFFICE_EVIDENCE_REQUEUE_H

#include "ingest/group.h"
#include "office/call.h"

#define REQUEUE_FIELD_SIZE 64
#define REQUEUE_TEXT_SIZE  256

struct requeue_run;

struct requeue_item {
	struct text raw;       /* the record as first sent */
	struct text principal; /* who sent it */
	/* The answer, a copy: nothing of the group outlives it. */
	enum verdict verdict; /* VERDICT_NONE until then */
	enum reason reason;   /* REASON_NONE unless it was refused */
	char field[REQUEUE_FIELD_SIZE];
	char text[REQUEUE_TEXT_SIZE];
	struct requeue_run *run; /* ours */
};

/* Filled by the caller up to ctx; lives, with its items, until done. */
struct requeue_run {
	struct call *call;
	struct requeue_item *items;
	size_t n;
	void (*done)(void *ctx);
	void *ctx;
	/* Ours. */
	size_t fed;
	size_t answered;
	struct job pause;
};

/*
 * Gives the items to ingest, over as many groups as it takes. done(ctx) is called exactly once,
 * when every item has its verdict, and never from within requeue_start().
 */
void requeue_start(struct requeue_run *run);

#endif
