/*
 * The guard against a second opinion: a reader written as plainly as possible, without the guard's
 * cursor, tables and hints. Both must agree on every message, under limits that the input chooses.
 * What passes, protobuf-c must read, within memory that the limits bound.
 */
#include "base/arena.h"
#include "base/count.h"
#include "tests/fuzz/plain.h"
#include "wire/guard.h"

#include <sems/v1/protocol.pb-c.h>
#include <sems/v1/record.pb-c.h>
#include <string.h>

#define MESSAGE 256u /* more than any message of the protocol */

static const ProtobufCMessageDescriptor *const messages[] = {
    &sems__v1__record__descriptor,       &sems__v1__hello__descriptor,
    &sems__v1__request__descriptor,      &sems__v1__setup_request__descriptor,
    &sems__v1__client_frame__descriptor, &sems__v1__server_frame__descriptor,
    &sems__v1__audit__descriptor,        &sems__v1__tip_session__descriptor,
};

struct reader {
	const struct guard_limits *limits;
	unsigned fields;
};

static unsigned
wire_of(ProtobufCType type)
{
	if (type == PROTOBUF_C_TYPE_DOUBLE)
		return PLAIN_EIGHT;
	return type == PROTOBUF_C_TYPE_STRING || type == PROTOBUF_C_TYPE_BYTES ||
		       type == PROTOBUF_C_TYPE_MESSAGE
		   ? PLAIN_LENGTH
		   : PLAIN_VARINT;
}

static bool
number_fits(const ProtobufCFieldDescriptor *f, uint64_t v)
{
	if (f->type == PROTOBUF_C_TYPE_BOOL)
		return v < 2;
	if (f->type == PROTOBUF_C_TYPE_UINT32)
		return v < UINT64_C(1) << 32;
	if (f->type != PROTOBUF_C_TYPE_ENUM)
		return true;
	const ProtobufCEnumDescriptor *e = f->descriptor;
	for (unsigned i = 0; i < e->n_values; i++)
		if ((uint64_t)(int64_t)e->values[i].value == v)
			return true;
	return false;
}

static bool read_message(struct reader *r, const ProtobufCMessageDescriptor *d, struct text body,
			 unsigned depth);

static bool
read_value(struct reader *r, const ProtobufCFieldDescriptor *f, const struct piece *p,
	   unsigned depth)
{
	if (p->wire != wire_of(f->type))
		return false;
	if (p->wire == PLAIN_VARINT)
		return number_fits(f, p->value);
	if (f->type == PROTOBUF_C_TYPE_STRING)
		return text_is_clean_utf8(p->bytes);
	return f->type != PROTOBUF_C_TYPE_MESSAGE ||
	       (depth < r->limits->depth && read_message(r, f->descriptor, p->bytes, depth + 1));
}

static bool
read_packed(const struct reader *r, const ProtobufCFieldDescriptor *f, struct text bytes,
	    unsigned *count)
{
	struct input in = {(const uint8_t *)bytes.s, bytes.n};
	uint64_t v;

	while (in.n > 0)
		if (++*count > r->limits->repeated || !take_varint(&in, &v) || !number_fits(f, v))
			return false;
	return true;
}

/* Two fields of which a message may have one. */
static bool
exclude(const ProtobufCFieldDescriptor *a, const ProtobufCFieldDescriptor *b)
{
	return a == b || ((a->flags & b->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 &&
			  a->quantifier_offset == b->quantifier_offset);
}

static bool
read_field(struct reader *r, const ProtobufCMessageDescriptor *d, unsigned at,
	   const struct piece *p, unsigned *count, unsigned depth)
{
	const ProtobufCFieldDescriptor *f = &d->fields[at];

	if (f->label != PROTOBUF_C_LABEL_REPEATED) {
		for (unsigned i = 0; i < d->n_fields; i++)
			if (count[i] != 0 && exclude(f, &d->fields[i]))
				return false;
		count[at] = 1;
		return read_value(r, f, p, depth);
	}
	if (p->wire == PLAIN_LENGTH && wire_of(f->type) == PLAIN_VARINT)
		return read_packed(r, f, p->bytes, &count[at]);
	return ++count[at] <= r->limits->repeated && read_value(r, f, p, depth);
}

static bool
read_message(struct reader *r, const ProtobufCMessageDescriptor *d, struct text body,
	     unsigned depth)
{
	struct input in = {(const uint8_t *)body.s, body.n};
	unsigned count[MESSAGE] = {0};

	while (in.n > 0) {
		struct piece p;
		unsigned at = 0;

		if (!take_piece(&in, &p) || ++r->fields > r->limits->fields)
			return false;
		while (at < d->n_fields && d->fields[at].id != p.number)
			at++;
		if (at == d->n_fields ? !r->limits->unknown_allowed
				      : !read_field(r, d, at, &p, count, depth))
			return false;
	}
	return true;
}

static void *
alloc_in(void *arena, size_t n)
{
	return arena_alloc(arena, n);
}

static void
free_in(void *arena, void *p)
{
	(void)arena;
	(void)p;
}

/* Each field makes at most one message of a few hundred bytes, or copies its own bytes. */
static void
unpack(const ProtobufCMessageDescriptor *d, struct text body, unsigned fields)
{
	size_t limit = 4096 + (size_t)fields * 1024 + 32 * body.n;
	struct arena *a = arena_new(limit);
	ProtobufCAllocator allocator = {alloc_in, free_in, a};

	MUST(a != NULL);
	MUST(protobuf_c_message_unpack(d, &allocator, body.n, (const uint8_t *)body.s) != NULL);
	arena_free(a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	unsigned which = input_byte(&in);
	const ProtobufCMessageDescriptor *d = messages[which % COUNT(messages)];
	struct guard_limits limits;
	struct refusal why = {0};

	limits.unknown_allowed = which >= 128;
	limits.depth = 1 + input_byte(&in) % 8;
	limits.fields = 1 + input_byte(&in);
	limits.repeated = 1 + input_byte(&in) % 64;
	struct text body = {(const char *)in.p, in.n};
	struct reader r = {&limits, 0};
	bool passes = guard_message(d, body.s, body.n, &limits, &why);
	MUST(passes == read_message(&r, d, body, 1));
	if (passes) {
		unpack(d, body, r.fields);
	} else {
		MUST(why.reason != REASON_NONE && why.err.text[0] != '\0');
		MUST(memchr(why.err.where, '\0', sizeof why.err.where) != NULL);
		MUST(why.err.code == REJ_MALFORMED || why.err.code == REJ_FIELD);
	}
	return 0;
}
