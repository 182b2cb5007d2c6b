/* Room store: The door of the database: one writer of evidence, lanes for everything else. */
/*
 * PostgreSQL. One connection writes evidence (role sems_ingest); each lane of jobs has one that
 * answers questions and runs duties (its role chosen per job). All are non-blocking and driven by
 * libevent; all reconnect with jitter, for ever. No libpq type leaves this folder.
 */
#ifndef SEMS_STORE_STORE_H
#define SEMS_STORE_STORE_H

#include "ingest/group.h"
#include "store/evidence/writer.h"
#include "store/pg/lanes.h"
#include "store/schema/schema.h"

#include <stdbool.h>

struct beside;
struct event_base;
struct store;
struct keyring;

struct store_config {
	struct writer_config writer; /* conninfo and keys are the lanes', too */
	int waits_ms;                /* who waited for a lock so long says so; 0: 15 seconds */
};

struct store *store_new(struct event_base *base, const struct store_config *config);
void store_free(struct store *s);
/* Those of the configuration. */
const struct keyring *store_keys(const struct store *s);
/* For what blocks and is no question to the database: files of keys, the high-water mark. What is
 * in there when the store is freed is not called back. */
struct beside *store_beside(const struct store *s);

/* Writing. One group at a time: submit only while ready, then wait for on_written. However often
 * the database goes away, the group is written or answered RETRY; on_written comes exactly once. */
bool store_ready(const struct store *s);
void store_write(struct store *s, struct group *g);
/* A safe database is connected to for evidence. */
bool store_is_up(const struct store *s);
/* NULL, or why records are answered RETRY at this level of durability; a sentence without its full
 * stop. Static. */
const char *store_fault(const struct store *s);
/* False: no group is late. The texts are valid until the loop goes on. */
bool store_late(const struct store *s, struct store_late *out);
/* True when nothing is being written and no job runs: it is safe to stop. */
bool store_idle(const struct store *s);
/* Stopping: what people asked for, and duties, are ended, rolled back whole, and no further ones
 * are begun; what is short and must be done whoever waits is still done. */
void store_drain(struct store *s);

/* How a group's rows are to be written: group.h. */
write_row_fn store_write_row;

/* Asking: lanes_run() of the store's lanes. */
void store_run(struct store *s, struct job *j);
struct lanes *store_lanes(struct store *s);

/* schema_reload_registry() through the store's lanes. */
void store_reload_registry(struct store *s, registry_done_fn done, void *ctx);

#endif
