/*
 * Asks the database every few seconds whether the register changed: by another semsd, or by hand.
 * The first time, and after the database was away, it counts as changed.
 */
#ifndef SEMS_JOBS_REGISTER_WATCH_H
#define SEMS_JOBS_REGISTER_WATCH_H

#include "store/store.h"

#include <stdbool.h>

struct event_base;
struct register_watch;

struct register_watch_config {
	void (*on_changed)(void *ctx);
	void *ctx;
	unsigned look_ms; /* between looks */
};

/* Two seconds between looks; no callback. */
struct register_watch_config register_watch_defaults(void);

/* NULL: out of memory. base, store and what ctx points to outlive it. */
struct register_watch *register_watch_new(struct event_base *base, struct store *store,
					  const struct register_watch_config *config);
/* Only while no look runs, or once the store has been freed. Accepts NULL. */
void register_watch_free(struct register_watch *w);
/* Looks now, unless it is at it. */
void register_watch_look(struct register_watch *w);
/* No more looks; the one that runs goes on to its end. */
void register_watch_stop(struct register_watch *w);
bool register_watch_is_idle(const struct register_watch *w);

#endif
