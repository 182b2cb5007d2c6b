#include "wire/bind.h"

#include <sems/v1/record.pb-c.h>
#include <string.h>

/* The schema has some 150 slots in 17 messages; a test watches that all of it was bound. */
#define SLOTS_MAX    512
#define MESSAGES_MAX 64

static struct slot slot_pool[SLOTS_MAX];
static unsigned char index_pool[SLOTS_MAX];
static struct bound_message message_pool[MESSAGES_MAX];
static size_t n_indexes, n_messages;
static struct binding binding;
static bool ready;

static const struct bound_message *bind_message(const ProtobufCMessageDescriptor *d,
						const struct field *f, size_t n);

static void
bind_slot(struct slot *s, const ProtobufCMessageDescriptor *d, const struct field *f)
{
	s->field = f;
	s->wire = protobuf_c_message_descriptor_get_field_by_name(d, f->name);
	if (f->type != FIELD_LIST || s->wire == NULL)
		return;
	s->item = bind_message(s->wire->descriptor, f->item, f->n_item);
	if (s->item == NULL)
		s->wire = NULL;
}

static const struct bound_message *
bind_message(const ProtobufCMessageDescriptor *d, const struct field *f, size_t n)
{
	struct slot *slots;
	unsigned char *slot_of;
	struct bound_message *m;

	if (n_messages == MESSAGES_MAX || n > SLOTS_MAX - binding.n_slots || n >= NO_SLOT ||
	    d->n_fields > SLOTS_MAX - n_indexes)
		return NULL;
	slots = &slot_pool[binding.n_slots];
	slot_of = &index_pool[n_indexes];
	m = &message_pool[n_messages];
	binding.n_slots += n;
	n_indexes += d->n_fields;
	n_messages++;
	*m = (struct bound_message){d, slots, n, slot_of};
	memset(slot_of, NO_SLOT, d->n_fields);
	for (size_t i = 0; i < n; i++) {
		bind_slot(&slots[i], d, &f[i]);
		if (slots[i].wire != NULL)
			slot_of[slots[i].wire - d->fields] = (unsigned char)i;
	}
	return m;
}

static void
bind_kind(struct bound_kind *b, const struct kind *k)
{
	b->kind = k;
	b->body =
	    protobuf_c_message_descriptor_get_field_by_name(&sems__v1__record__descriptor, k->name);
	if (b->body != NULL && b->body->type == PROTOBUF_C_TYPE_MESSAGE)
		b->own = bind_message(b->body->descriptor, k->own, k->n_own);
}

const struct binding *
bind_get(void)
{
	if (ready)
		return &binding;
	binding.record = bind_message(&sems__v1__record__descriptor, envelope_fields, ENV_COUNT);
	for (size_t i = 0; i < KIND_COUNT; i++)
		bind_kind(&binding.kinds[i], kinds[i]);
	ready = true;
	return &binding;
}

const struct bound_kind *
bind_body(uint32_t number)
{
	const struct binding *b = bind_get();

	for (size_t i = 0; i < KIND_COUNT; i++) {
		const struct bound_kind *k = &b->kinds[i];

		if (k->own != NULL && k->body->id == number)
			return k;
	}
	return NULL;
}
