/* Room web/desk: What is asked of semsweb by HTTP, who asks, and what semsd is asked for it. */
/*
 * The desk: the table of what can be asked. It recognises whoever asks and puts the question to
 * semsd in that one's name.
 */
#ifndef SEMS_WEB_DESK_DESK_H
#define SEMS_WEB_DESK_DESK_H

#include "web/desk/signin.h"
#include "web/http/route.h"

#include <stddef.h>

struct desk;
struct event_base;

struct desk_config {
	const char *socket; /* semsd's; borrowed */
	/* Whom all are that ask, below 128 bytes: of use on loopback alone. NULL: nobody is. */
	const char *anyone;
};

/* NULL: out of memory. */
struct desk *desk_new(struct event_base *base, const struct desk_config *config);
void desk_free(struct desk *d); /* accepts NULL; whoever is served hears no more */
/* For /enter?key=: signs in the owner once, within an hour. */
bool desk_owner_link(struct desk *d, char secret[SECRET_SIZE]);
/* With a struct desk * as their ctx. */
const struct route *desk_routes(size_t *n);

#endif
