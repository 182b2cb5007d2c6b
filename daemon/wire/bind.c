#include "wire/bind.h"

#include <sems/v1/record.pb-c.h>

#define SLOTS_MAX 512 /* the schema has fewer than 200; a test watches */

static struct slot pool[SLOTS_MAX];
static struct binding binding;
static bool ready;

static struct slot *
slots_take(size_t n)
{
	if (n > SLOTS_MAX - binding.n_slots)
		return NULL;
	binding.n_slots += n;
	return &pool[binding.n_slots - n];
}

static const struct slot *bind_fields(const ProtobufCMessageDescriptor *d, const struct field *f,
				      size_t n);

static void
bind_slot(struct slot *s, const ProtobufCMessageDescriptor *d, const struct field *f)
{
	s->field = f;
	s->wire = protobuf_c_message_descriptor_get_field_by_name(d, f->name);
	if (f->type != FIELD_LIST || s->wire == NULL)
		return;
	s->item = bind_fields(s->wire->descriptor, f->item, f->n_item);
	if (s->item == NULL)
		s->wire = NULL;
}

static const struct slot *
bind_fields(const ProtobufCMessageDescriptor *d, const struct field *f, size_t n)
{
	struct slot *s = slots_take(n);
	for (size_t i = 0; s != NULL && i < n; i++)
		bind_slot(&s[i], d, &f[i]);
	return s;
}

static void
bind_kind(struct bound_kind *b, const struct kind *k)
{
	b->kind = k;
	b->body =
	    protobuf_c_message_descriptor_get_field_by_name(&sems__v1__record__descriptor, k->name);
	if (b->body == NULL || b->body->type != PROTOBUF_C_TYPE_MESSAGE)
		return;
	b->message = b->body->descriptor;
	b->own = bind_fields(b->message, k->own, k->n_own);
}

const struct binding *
bind_get(void)
{
	if (ready)
		return &binding;
	binding.envelope = bind_fields(&sems__v1__record__descriptor, envelope_fields, ENV_COUNT);
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
		if (k->body != NULL && k->body->id == number && k->own != NULL)
			return k;
	}
	return NULL;
}
