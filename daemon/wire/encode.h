/* From core to bytes. */
#ifndef SEMS_WIRE_ENCODE_H
#define SEMS_WIRE_ENCODE_H

#include "base/arena.h"
#include "base/buf.h"
#include "core/kind/kind.h"

/*
 * Appends r as a packed sems.v1.Record (not a frame): the inverse of wire_record(). Canonical:
 * fields in number order, the same record gives the same bytes. a: scratch. False: a limit.
 */
bool wire_put_record(const struct record *r, struct arena *a, struct buf *out);

#endif
