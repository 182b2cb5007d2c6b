#include "door/request.h"

#include "base/count.h"
#include "door/shape.h"

#include <string.h>

static bool read_message(const ProtobufCMessage *m, const struct shape *of, struct arena *a,
			 void *to);

/* How many bytes are the same here and there; 0: they are not. */
static const size_t same[] = {
    [SLOT_TEXT] = sizeof(const char *),
    [SLOT_BYTES] = 0,
    [SLOT_BOOL] = 0,
    [SLOT_U32] = sizeof(uint32_t),
    [SLOT_U64] = sizeof(uint64_t),
    [SLOT_I64] = sizeof(int64_t),
    [SLOT_DOUBLE] = sizeof(double),
    [SLOT_STRUCT] = 0,
};
COVERS(same, SLOT_STRUCT + 1);

static bool
read_struct(const ProtobufCMessage *m, const struct slot *s, struct arena *a, char *to)
{
	void *made;

	if (m == NULL)
		return true;
	made = arena_zalloc(a, 1, s->of->size);
	if (made == NULL || !read_message(m, s->of, a, made))
		return false;
	memcpy(to, &made, sizeof made);
	return true;
}

static bool
read_one(const char *from, const struct slot *s, struct arena *a, char *to)
{
	const ProtobufCBinaryData *bytes = (const ProtobufCBinaryData *)(const void *)from;

	if (s->type == SLOT_STRUCT)
		return read_struct(*(ProtobufCMessage *const *)(const void *)from, s, a, to);
	if (s->type == SLOT_BYTES)
		*(struct text *)(void *)to =
		    (struct text){bytes->len == 0 ? "" : (const char *)bytes->data, bytes->len};
	else if (s->type == SLOT_BOOL)
		*(bool *)to = *(const protobuf_c_boolean *)(const void *)from != 0;
	else
		memcpy(to, from, same[s->type]);
	return true;
}

/* A list of messages is one of pointers there, one of structs here; texts are the same. */
static bool
read_list(void *const *from, size_t n, const struct slot *s, struct arena *a, char *to)
{
	char *made;

	if (s->type == SLOT_TEXT) {
		memcpy(to, &from, sizeof from);
		return true;
	}
	made = n == 0 ? NULL : arena_zalloc(a, n, s->of->size);
	if (made == NULL && n > 0)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!read_message(from[i], s->of, a, made + i * s->of->size))
			return false;
	memcpy(to, &made, sizeof made);
	return true;
}

/* What is absent stays zero. */
static bool
read_slot(const char *m, const ProtobufCFieldDescriptor *f, const struct slot *s, struct arena *a,
	  char *to)
{
	const bool has_flag = f->label == PROTOBUF_C_LABEL_OPTIONAL && f->quantifier_offset != 0;

	if (s->count == SLOT_LIST) {
		const size_t n = *(const size_t *)(const void *)(m + f->quantifier_offset);

		memcpy(to + s->beside, &n, sizeof n);
		return read_list(*(void *const *const *)(const void *)(m + f->offset), n, s, a,
				 to + s->at);
	}
	if (has_flag && !*(const protobuf_c_boolean *)(const void *)(m + f->quantifier_offset))
		return true;
	if (s->count == SLOT_MAYBE)
		*(bool *)(to + s->beside) = true;
	return read_one(m + f->offset, s, a, to + s->at);
}

static bool
read_message(const ProtobufCMessage *m, const struct shape *of, struct arena *a, void *to)
{
	for (size_t i = 0; i < of->n; i++) {
		const struct slot *s = &of->slots[i];
		const ProtobufCFieldDescriptor *f =
		    protobuf_c_message_descriptor_get_field_by_name(m->descriptor, s->name);

		if (!read_slot((const char *)m, f, s, a, to))
			return false;
	}
	return true;
}

bool
request_read(const Sems__V1__Request *m, struct arena *a, struct request *out)
{
	const ProtobufCFieldDescriptor *f = protobuf_c_message_descriptor_get_field(
	    &sems__v1__request__descriptor, (unsigned)m->body_case);
	void *made;

	*out = (struct request){.kind = REQUEST_NONE};
	if (f == NULL)
		return true;
	for (enum request_kind kind = REQUEST_NONE + 1; kind < REQUEST_KINDS; kind++) {
		const struct body *b = shape_body(kind);

		if (strcmp(b->name, f->name) != 0)
			continue;
		out->kind = kind;
		if (b->shape->size == 0)
			return true;
		made = arena_zalloc(a, 1, b->shape->size);
		out->body = made;
		return made != NULL &&
		       read_message((const ProtobufCMessage *)m->status, b->shape, a, made);
	}
	return true;
}
