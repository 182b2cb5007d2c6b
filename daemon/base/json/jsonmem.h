/*
 * jansson's memory. Of an allocation that fails its callers hear nothing: a value is NULL, a
 * container refuses it, and what was to be told is missing from an answer that looks whole. Here
 * the failures are counted: whoever built something compares the count before and after.
 */
#ifndef SEMS_BASE_JSON_JSONMEM_H
#define SEMS_BASE_JSON_JSONMEM_H

#include <stddef.h>
#include <stdint.h>

/* From now on jansson allocates by this, malloc() or a test's; it is freed with free(). */
void jsonmem_watch(void *(*allocate)(size_t n));
/* From now on it gets so many bytes and no more, what it gives back on top; beyond them it
 * fails. 0: as many as there are. A tree takes some ten times the bytes of a text that says
 * something, and eighty times those of one that was made for it. */
void jsonmem_bound(size_t n);
/* How often it failed so far. */
uint64_t jsonmem_failed(void);

#endif
