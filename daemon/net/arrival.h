/*
 * Arrivals: from a socket that a gate accepted to a session. Who it is may take time, and there may
 * be no place.
 */
#ifndef SEMS_NET_ARRIVAL_H
#define SEMS_NET_ARRIVAL_H

#include "net/peer.h"

#include <stddef.h>
#include <sys/types.h>

struct arrivals {
	/* The owner's. */
	struct peers *peers;
	uid_t owner; /* besides root and whose process this is: who administers the daemon */
	int64_t patience_ms; /* for who is not known; 0: the gate's own */
	/* Ours. */
	struct rare full;     /* lines about callers that there is no place for */
	struct rare nameless; /* lines about callers that are not to be known */
};

/* Takes the socket. */
void arrival_take(struct arrivals *as, evutil_socket_t fd, const struct gate *at);
/* Of one that is waited for something was heard. */
void arrival_look(struct arrivals *as, struct peer *p);
/* The same of all; also once a second, for those whose time is over. */
void arrivals_look(struct arrivals *as);
/* Sends away those that are waited for. */
void arrivals_end(struct arrivals *as);
/* How many may be waited for at once, of all gates. */
size_t arrivals_most(void);

#endif
