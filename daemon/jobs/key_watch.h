/*
 * Keys that were made while semsd runs, one with the first record of each civil year: the database
 * is told of them, and says when it knows another one by that name. Then ours is not used any more.
 */
#ifndef SEMS_JOBS_KEY_WATCH_H
#define SEMS_JOBS_KEY_WATCH_H

#include "store/keyring.h"
#include "store/store.h"

#include <stdbool.h>

struct key_watch;

/* NULL: out of memory. store and keys outlive it. */
struct key_watch *key_watch_new(struct store *store, struct keyring *keys);
/* Only while it is idle, or once the store has been freed. Accepts NULL. */
void key_watch_free(struct key_watch *w);
/* Tells the database of what it does not know. Cheap when there is nothing to tell; to be called
 * after every use of a key. */
void key_watch_look(struct key_watch *w);
bool key_watch_is_idle(const struct key_watch *w);

#endif
