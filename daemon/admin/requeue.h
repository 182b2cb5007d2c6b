/*
 * Requeueing: quarantined bytes take the way of any record again, as their first sender sent them.
 * This is the port between the quarantine's handler, which knows the rows, and semsd, which knows
 * ingest and the store's writer. The session layer implements it.
 */
#ifndef SEMS_ADMIN_REQUEUE_H
#define SEMS_ADMIN_REQUEUE_H

#include "admin/call.h"
#include "ingest/group.h"

struct keyring;

#define REQUEUE_FIELD_SIZE 64
#define REQUEUE_TEXT_SIZE  256

struct requeue_item {
	struct text raw;       /* the record as first sent */
	struct text principal; /* who sent it: the grants that count are this one's */
	/* The answer; a copy, so that nothing of the group need outlive it. */
	enum verdict verdict; /* VERDICT_NONE until then */
	enum reason reason;   /* with VERDICT_QUARANTINED and VERDICT_CONFLICT */
	char field[REQUEUE_FIELD_SIZE];
	char text[REQUEUE_TEXT_SIZE];
};

/*
 * Gives n items to ingest, over as many groups as it takes. done(ctx) is called exactly once, after
 * every item has its verdict (VERDICT_RETRY for those that could not be taken), never from within
 * admin_requeue(). items stay the caller's and must live until done.
 *
 * The refused record is in the quarantine already: the writer recognises its bytes (source and
 * raw_mac) and adds no second row.
 */
void admin_requeue(struct admin *a, struct requeue_item *items, size_t n, void (*done)(void *ctx),
		   void *ctx);

/* The keys of the store the calls ask; for opening quarantined bytes. */
const struct keyring *admin_keyring(const struct admin *a);

#endif
