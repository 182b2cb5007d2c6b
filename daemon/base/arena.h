/*
 * Arena: memory that is freed whole. One per frame, batch, job. Bounded: past its limit every
 * allocation fails (NULL) and arena_failed() stays true until the reset, so a caller may build
 * much and check once.
 */
#ifndef SEMS_BASE_ARENA_H
#define SEMS_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* limit: bytes the arena may hold in all. NULL when memory is out. */
struct arena *arena_new(size_t limit);
void arena_free(struct arena *a); /* accepts NULL */

/* n bytes aligned for any type, uninitialised; NULL past the limit. Valid until the reset. */
void *arena_alloc(struct arena *a, size_t n);
/* count * size zeroed bytes, overflow-checked. */
void *arena_zalloc(struct arena *a, size_t count, size_t size);
/* A copy of n bytes and a NUL behind them. */
char *arena_dup(struct arena *a, const void *p, size_t n);
/* printf into the arena. */
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Forgets everything; keeps the first block for reuse. */
void arena_reset(struct arena *a);
size_t arena_used(const struct arena *a);
bool arena_failed(const struct arena *a);

#endif
