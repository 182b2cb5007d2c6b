/*
 * Keys that are needed while semsd runs: of a civil year's first record that names people, and of
 * the coming year ahead of it. A year's key is one for all who write into the database, so it is
 * agreed with it before it is used: its file is read or made beside the loop, the database is told
 * its check and says which one it has. Who comes second moves his own aside, says what to do, and
 * goes on as soon as the right file is in the folder.
 */
#ifndef SEMS_JOBS_KEY_WATCH_H
#define SEMS_JOBS_KEY_WATCH_H

#include "base/civil.h"
#include "host/keyring.h"
#include "store/store.h"

#include <stdbool.h>

struct event_base;
struct key_watch;

struct key_watch_config {
	struct utc_ms (*now)(void *ctx);
	void *ctx;
	int again_ms; /* after an attempt that agreed on nothing */
	int look_ms;  /* between looks ahead */
};

/* Two seconds and an hour; no callback. */
struct key_watch_config key_watch_defaults(void);

/* NULL: out of memory. base, store and keys outlive it. */
struct key_watch *key_watch_new(struct event_base *base, struct store *store, struct keyring *keys,
				const struct key_watch_config *config);
/* Only while it is idle, or once the store has been freed. Accepts NULL. */
void key_watch_free(struct key_watch *w);
/* Agrees on the years that are wanted. Cheap when there are none; to be called when a key was not
 * there. */
void key_watch_look(struct key_watch *w);
bool key_watch_is_idle(const struct key_watch *w);

#endif
