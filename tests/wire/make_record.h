/* Records made from a seed, and wire bytes made by hand. */
#ifndef SEMS_TESTS_WIRE_MAKE_RECORD_H
#define SEMS_TESTS_WIRE_MAKE_RECORD_H

#include "base/arena.h"
#include "core/kind/kind.h"

#include <stdbool.h>
#include <stdint.h>

/* A record of k with about half of its fields set to values of their type, same for a seed. */
struct record make_record(const struct kind *k, uint64_t seed, struct arena *a);
/* The same, with every field set. */
struct record make_full_record(const struct kind *k, uint64_t seed, struct arena *a);

/* NULL when a and b are the same evidence, else the name of the first field that differs. */
const char *record_difference(const struct record *a, const struct record *b);

/* The bytes of hexadecimal digits; blanks are skipped. */
struct text from_hex(const char *hex, struct arena *a);

#endif
