/*
 * Whom we wait for. While the store has work, it is looked from time to time whether any of its
 * sessions waits for a lock: who has it is said, once and then at doubled intervals. And a semsd
 * that stands still in the middle of a COPY, which no time limit of the server ends, is ended with
 * all that it holds: what it had answered is committed, the rest it writes again when it goes on.
 * Private to the store.
 */
#ifndef SEMS_STORE_WAITS_H
#define SEMS_STORE_WAITS_H

#include "store/store.h"

struct event;
struct event_base;

struct waits {
	struct store *store;
	struct event *timer;
	int every_ms;
	struct job job;
	bool is_running;
	bool is_asked;
	char patience[32]; /* as PostgreSQL's intervals */
	char standstill[32];
	char said[256]; /* whom we wait for, as it was last said; "": nobody */
	unsigned looks; /* since then */
	unsigned next;  /* after so many it is said again */
};

/* Who waits for every_ms is looked at, who stands still for twice as long is ended. 0: 15 seconds.
 * False: no memory. */
bool waits_init(struct waits *w, struct event_base *base, struct store *store, int every_ms);
void waits_fini(struct waits *w);

#endif
