/*
 * Counting the feeds of days that were touched, and keeping them: as many transactions as it takes,
 * each short, so that others get their turn between. What is not kept of feeds is counted from
 * records by whoever asks; of the numbers by which doubles are found nothing else is known, so that
 * a quarter waits for whoever is at it.
 */
#ifndef SEMS_STORE_COUNT_FEEDS_KEEP_H
#define SEMS_STORE_COUNT_FEEDS_KEEP_H

#include "store/pg/lanes.h"
#include "store/pg/stages.h"

/* About so much is read in a transaction: one or two seconds. */
#define FEEDS_BYTES "67108864"

/* For the test of its table. */
extern const struct machine feeds_machine;

struct feeds_keep {
	/* The caller's. */
	struct lanes *lanes;
	struct ticket ticket;
	const char *quarter; /* NULL: the newest ones */
	/* Once, from the loop; *e says why it ended early. */
	void (*done)(struct feeds_keep *k, const struct err *e);
	void *ctx;
	bool stop; /* set by the caller: no more transactions than the one that runs */
	/* Ours. */
	struct job job;
	struct stages stages;
	bool is_mine;  /* the log of touched days */
	bool has_turn; /* of keeping */
	unsigned waits;
	int64_t left; /* to be done; -1: not known yet */
	int64_t before;
};

void feeds_keep_start(struct feeds_keep *k);

#endif
