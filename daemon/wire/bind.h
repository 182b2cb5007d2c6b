/*
 * The binding of core's kind tables to the messages of the .proto, by field name: made once, so
 * that a record is mapped without looking up a name. What has no counterpart on the other side is a
 * fault of ours, which tests/wire/test_bind.c finds.
 */
#ifndef SEMS_WIRE_BIND_H
#define SEMS_WIRE_BIND_H

#include "core/kind/kind.h"

#include <protobuf-c/protobuf-c.h>

#include <stdbool.h>
#include <stddef.h>

/* Where one core field lives in its message. */
struct slot {
	const struct field *field;
	const ProtobufCFieldDescriptor *wire; /* NULL: no counterpart */
	const struct bound_message *item;     /* FIELD_LIST: its items' message */
};

#define NO_SLOT 255

struct bound_message {
	const ProtobufCMessageDescriptor *d;
	const struct slot *slots; /* in core's order */
	size_t n;
	const unsigned char *slot_of; /* by index in d->fields; NO_SLOT: none */
};

struct bound_kind {
	const struct kind *kind;
	const ProtobufCFieldDescriptor *body; /* in Record.body; NULL: no counterpart */
	const struct bound_message *own;
};

struct binding {
	const struct bound_message *record; /* its slots are the envelope */
	struct bound_kind kinds[KIND_COUNT];
	size_t n_slots;
};

/* Fields of records below this number are the envelope's, the others are kinds' bodies. */
#define BODY_NUMBER_MIN 40u

/* Made on first use; not for threads. */
const struct binding *bind_get(void);

/* The kind whose body has this field number in Record; NULL: none. */
const struct bound_kind *bind_body(uint32_t number);

/*
 * Index of a field by number; d->n_fields when there is none. hint: the index of the field before
 * it on the wire, because encoders write fields in order.
 */
static inline unsigned
bind_index(const ProtobufCMessageDescriptor *d, uint32_t number, unsigned hint)
{
	const ProtobufCFieldDescriptor *f;

	for (unsigned i = hint; i < d->n_fields && i < hint + 8; i++)
		if (d->fields[i].id == number)
			return i;
	f = protobuf_c_message_descriptor_get_field(d, number);
	return f == NULL ? d->n_fields : (unsigned)(f - d->fields);
}

#endif
