/* Room web/desk: What is asked of semsweb by HTTP, who asks, and what semsd is asked for it. */
/*
 * The desk: it recognises whoever asks and puts the question to semsd in that one's name.
 */
#ifndef SEMS_WEB_DESK_DESK_H
#define SEMS_WEB_DESK_DESK_H

#include "web/http/answer.h"

struct desk;
struct event_base;
struct persons;

struct desk_config {
	const char *socket; /* semsd's; borrowed */
	/* Whom all are that ask, below 128 bytes: of use on loopback alone. NULL: nobody is. */
	const char *anyone;
	struct persons *persons; /* who are signed in; borrowed; NULL: nobody is */
};

/* NULL: out of memory. */
struct desk *desk_new(struct event_base *base, const struct desk_config *config);
void desk_free(struct desk *d); /* accepts NULL; whoever is served hears no more */

#endif
