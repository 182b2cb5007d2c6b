/* Administration: requests in, responses out. One handler per area (call.h), found by table. */
#ifndef SEMS_OFFICE_ADMIN_H
#define SEMS_OFFICE_ADMIN_H

#include "ingest/ingest.h"
#include "store/store.h"

struct admin;

struct admin_config {
	struct ingest *ingest;
	struct store *store;
	struct keyring *keys;
	/* Records were given to ingest: take its group. May be NULL: the next turn takes it. */
	void (*on_turn)(void *ctx);
	/* Something was said to a session: write it out. */
	void (*on_output)(void *ctx);
	void *ctx;
};

struct admin *admin_new(const struct admin_config *config);
/* Only when the store is idle. Accepts NULL. */
void admin_free(struct admin *a);
/* Takes the request and its arena. */
void admin_handle(struct admin *a, const struct ingest_request *r, struct utc_ms now);

#endif
