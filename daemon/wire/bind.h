/*
 * The binding of core's kind tables to the generated structs, by field name: made once, so that a
 * record is mapped without looking up a name. What has no counterpart on the other side is a fault
 * of ours, which tests/wire/test_bind.c finds.
 */
#ifndef SEMS_WIRE_BIND_H
#define SEMS_WIRE_BIND_H

#include "core/kind.h"

#include <protobuf-c/protobuf-c.h>

#include <stdbool.h>
#include <stddef.h>

/* Where one core field lives in its message. */
struct slot {
	const struct field *field;
	const ProtobufCFieldDescriptor *wire; /* NULL: no counterpart */
	const struct slot *item;              /* FIELD_LIST: field->n_item slots */
};

struct bound_kind {
	const struct kind *kind;
	const ProtobufCFieldDescriptor *body; /* in Record.body; NULL: no counterpart */
	const ProtobufCMessageDescriptor *message;
	const struct slot *own; /* kind->n_own slots */
};

struct binding {
	const struct slot *envelope; /* ENV_COUNT slots */
	struct bound_kind kinds[KIND_COUNT];
	size_t n_slots;
};

/* Fields of records below this number are the envelope's, the others are kinds' bodies. */
#define BODY_NUMBER_MIN 40u

/* Made on first use; not for threads. */
const struct binding *bind_get(void);

/* The kind whose body has this field number in Record; NULL: none. */
const struct bound_kind *bind_body(uint32_t number);

/* A member of a generated struct, by the offset its descriptor gives. */
static inline const void *
bind_at(const void *message, unsigned offset)
{
	return (const char *)message + offset;
}

#endif
