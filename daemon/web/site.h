/* Room web: What semsweb serves: all paths, and who answers at each. */
#ifndef SEMS_WEB_SITE_H
#define SEMS_WEB_SITE_H

#include "web/http/route.h"
#include "web/person/secret.h"

#include <stdbool.h>
#include <stddef.h>

struct event_base;
struct origin;
struct site;

/* All are borrowed, as long as the site lives. */
struct site_config {
	const char *socket; /* semsd's */
	/* Whom all are that ask, below 128 bytes: of use on loopback alone. NULL: nobody is. */
	const char *anyone;
	const struct origin *origin; /* NULL: nobody has a passkey */
	const char *header;          /* by which a proxy names persons; NULL: none does */
};

/* NULL: out of memory. */
struct site *site_new(struct event_base *base, const struct site_config *config);
void site_free(struct site *s); /* accepts NULL; whoever is served hears no more */
/* For /enter?key=: signs in the owner once, within an hour. */
bool site_owner_link(struct site *s, char secret[SECRET_SIZE]);
/* With site_ctx() as their ctx. */
const struct route *site_routes(size_t *n);
void *site_ctx(struct site *s);

#endif
