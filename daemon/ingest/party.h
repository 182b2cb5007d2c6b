/*
 * Parties: the sessions of one principal, or of one address, counted together, so that what one of
 * them takes is taken from nobody else. A party is there while it has a session.
 */
#ifndef SEMS_INGEST_PARTY_H
#define SEMS_INGEST_PARTY_H

#include "base/text.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#define PARTY_NAME_SIZE 128

TAILQ_HEAD(session_queue, session);

struct party {
	char name[PARTY_NAME_SIZE];
	uint32_t sessions;
	uint32_t open;               /* of them; the others are closing */
	uint32_t n_silent;           /* of the open ones */
	struct session_queue silent; /* who said no Hello yet, the oldest first */
	size_t unsent;               /* bytes of answers that wait to be read */
	uint64_t awaited_at;         /* the tick since which others of it wait for that */
	struct party *next;
};

struct parties;

struct parties *parties_new(void);
void parties_free(struct parties *ps); /* accepts NULL */

/* One more session of this name, which fits. NULL: out of memory. */
struct party *party_join(struct parties *ps, struct text name);
/* One less; the last takes the party away. Accepts NULL. */
void party_leave(struct parties *ps, struct party *p);
/* NULL: it has no session. */
const struct party *party_find(const struct parties *ps, struct text name);
/* The one with the most unsent; NULL: nobody has any. */
const struct party *party_greediest(const struct parties *ps);

#endif
