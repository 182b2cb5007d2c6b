/*
 * Room store/schema: What the database must be: its schema, its keys, its registry, and what it
 * may forget.
 */
/*
 * What the database must be before anything is written or asked: its schema, its safety, its keys,
 * and the registry read from it.
 */
#ifndef SEMS_STORE_SCHEMA_SCHEMA_H
#define SEMS_STORE_SCHEMA_SCHEMA_H

#include "base/err.h"
#include "ingest/registry.h"

struct keyring;
struct lanes;

/* Blocking, before the loop runs: connects, checks that the store is safe (fsync,
 * synchronous_commit, primary, no unlogged evidence), migrates the schema as role sems_owner. */
enum code schema_prepare(const char *conninfo, struct err *e) MUST_CHECK;
/* Refuses a conninfo that cannot be one; asks no server. */
enum code schema_look(const char *conninfo, struct err *e) MUST_CHECK;
/* Blocking: compares the keys with what the database was written with, makes those of this year and
 * the next where there are none, and tells it of those that it does not know. Refuses a key that is
 * another one, and a recent year's that is gone. The first key that signs is registered. */
enum code schema_check_keys(const char *conninfo, struct keyring *keys, struct err *e) MUST_CHECK;
/* Blocking: reads entity, calendar, sites, principals, grants and purge floors. Caller frees *out.
 */
enum code schema_load_registry(const char *conninfo, struct registry **out,
			       struct err *e) MUST_CHECK;

/* The registry's tables anew, without blocking: done comes once, with a registry that the callee
 * takes, or with NULL and why. */
typedef void (*registry_done_fn)(void *ctx, struct registry *r, const struct err *e);
void schema_reload_registry(struct lanes *lanes, registry_done_fn done, void *ctx);

#endif
