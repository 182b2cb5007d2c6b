/* A database, keys and a store that is ready, in a loop that a test turns itself, and the clock. */
#ifndef TESTS_JOBS_SCENE_H
#define TESTS_JOBS_SCENE_H

#include "base/civil.h"
#include "host/keyring.h"
#include "store/store.h"
#include "tests/lib/cluster.h"
#include "tests/lib/temp.h"

#include <stdbool.h>

struct event_base;

struct scene {
	PGconn *pg; /* the superuser's, for looking and preparing */
	struct event_base *base;
	struct store *store;
	struct keyring *keys;
	char conninfo[256];     /* semsd's */
	char folder[TEMP_SIZE]; /* of the keys */
	struct utc_ms now;
};

/* A database without an entity. now: 2026-05-15T10:00Z. */
void scene_open(struct scene *s);
/* Frees the store, and with it whatever is being asked. */
void scene_stop(struct scene *s);
/* Frees all; stops first. Jobs that live in the loop are freed before. */
void scene_close(struct scene *s);

void scene_set_clock(struct scene *s, const char *rfc3339);
/* A job's clock; ctx is the scene. */
struct utc_ms scene_now(void *ctx);

/* Turns the loop a little. */
void scene_turn(struct scene *s);
/* Turns it until it is so; false when it never is. */
bool scene_turn_until(struct scene *s, bool (*so)(void));

#endif
