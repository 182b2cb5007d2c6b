/* Administration: requests in, responses out. One handler per area (call.h), found by table. */
#ifndef SEMS_OFFICE_ADMIN_H
#define SEMS_OFFICE_ADMIN_H

#include "ingest/ingest.h"
#include "office/port.h"
#include "office/request.h"
#include "store/store.h"

#include <jansson.h>

struct admin;

struct admin_config {
	struct ingest *ingest;
	struct store *store;
	struct keyring *keys;
	/* Records were given to ingest: take its group. May be NULL: the next turn takes it. */
	void (*on_turn)(void *ctx);
	/* What the doors are in, for status; the caller's, NULL: out of memory. May be NULL. */
	json_t *(*doors)(void *ctx);
	/* Reads again what is in files. done() is called once, at once or later: what is wrong, or
	 * OK. May be NULL: there is nothing. */
	void (*reload)(void *ctx, void (*done)(void *done_ctx, const struct err *e),
		       void *done_ctx);
	/* Something was answered: write it out. */
	void (*on_output)(void *ctx);
	void *ctx;
};

struct admin *admin_new(const struct admin_config *config);
/* Only when the store is idle. Accepts NULL. */
void admin_free(struct admin *a);

/* What a door asks. */
struct asking {
	struct arena *arena;    /* what the request points to, the principal, room for the answer */
	struct request request; /* copied */
	struct who who;
	struct port port;
};

/* Takes the arena. The port is answered exactly once, at once or later. */
void admin_handle(struct admin *a, const struct asking *q, struct utc_ms now);

#endif
