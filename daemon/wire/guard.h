/*
 * The guard: walks a message's bytes by its descriptor before protobuf-c sees them, because
 * protobuf-c has no limits (nesting, memory amplification), accepts invalid UTF-8, cuts text at a
 * NUL and lets unknown enumeration values through. Allocates nothing.
 */
#ifndef SEMS_WIRE_GUARD_H
#define SEMS_WIRE_GUARD_H

#include "core/kind/kind.h"

#include <protobuf-c/protobuf-c.h>

#include <stdbool.h>
#include <stddef.h>

struct guard_limits {
	unsigned depth;       /* of nested messages; the message itself is 1 */
	unsigned fields;      /* in all, nested ones included */
	unsigned repeated;    /* elements of one repeated field */
	bool unknown_allowed; /* unknown fields are skipped (frames) or refused (records) */
};

/*
 * True when protobuf-c may unpack p. Else fills *why with MALFORMED (not protobuf, wrong wire type,
 * a group, a truncated field), UNKNOWN_FIELD, ENUM (names the field), TEXT, or TOO_LONG, and
 * the path of the field in why->err.where, e.g. "audit.findings[2].severity".
 */
bool guard_message(const ProtobufCMessageDescriptor *d, const void *p, size_t n,
		   const struct guard_limits *limits, struct refusal *why);

#endif
