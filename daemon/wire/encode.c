#include "wire/encode.h"

#include "base/count.h"
#include "wire/bind.h"

#include <sems/v1/record.pb-c.h>

/* Puts one set value into its message. False: not to be encoded, or the arena is spent. */
typedef bool put_fn(const struct slot *s, void *m, struct arena *a, const struct value *v);

static void *
member(void *m, unsigned offset)
{
	return (char *)m + offset;
}

static void
set_has(const struct slot *s, void *m)
{
	*(protobuf_c_boolean *)member(m, s->wire->quantifier_offset) = 1;
}

/* A C string of t; NULL when the arena is spent or t would be cut at a NUL. */
static char *
c_string(struct arena *a, struct text t)
{
	if (t.n > 0 && memchr(t.s, '\0', t.n) != NULL)
		return NULL;
	return arena_dup(a, t.n == 0 ? "" : t.s, t.n);
}

static bool
put_text(const struct slot *s, void *m, struct arena *a, const struct value *v)
{
	char *copy;

	if (v->text.n == 0)
		return true;
	copy = c_string(a, v->text);
	*(char **)member(m, s->wire->offset) = copy;
	return copy != NULL;
}

static bool
put_int(const struct slot *s, void *m, struct arena *a, const struct value *v)
{
	(void)a;
	set_has(s, m);
	*(int64_t *)member(m, s->wire->offset) = v->i;
	return true;
}

static bool
put_enum(const struct slot *s, void *m, struct arena *a, const struct value *v)
{
	(void)a;
	if (v->i == 0)
		return true;
	set_has(s, m);
	*(int *)member(m, s->wire->offset) = (int)v->i;
	return true;
}

static bool
put_bool(const struct slot *s, void *m, struct arena *a, const struct value *v)
{
	(void)a;
	set_has(s, m);
	*(protobuf_c_boolean *)member(m, s->wire->offset) = v->i != 0;
	return true;
}

static bool
put_real(const struct slot *s, void *m, struct arena *a, const struct value *v)
{
	(void)a;
	set_has(s, m);
	*(double *)member(m, s->wire->offset) = v->real;
	return true;
}

static bool
put_uuid(const struct slot *s, void *m, struct arena *a, const struct value *v)
{
	char *copy = arena_dup(a, v->uuid.b, sizeof v->uuid.b);

	set_has(s, m);
	*(ProtobufCBinaryData *)member(m, s->wire->offset) =
	    (ProtobufCBinaryData){sizeof v->uuid.b, (uint8_t *)copy};
	return copy != NULL;
}

/* The array of a repeated field with room for all of v's items. */
static void *
put_array(const struct slot *s, void *m, struct arena *a, const struct value *v, size_t size)
{
	void *array = arena_zalloc(a, v->list.n, size);

	if (array == NULL)
		return NULL;
	*(size_t *)member(m, s->wire->quantifier_offset) = v->list.n;
	*(void **)member(m, s->wire->offset) = array;
	return array;
}

static bool
put_texts(const struct slot *s, void *m, struct arena *a, const struct value *v)
{
	char **to;

	if (v->list.n == 0)
		return true;
	to = put_array(s, m, a, v, sizeof *to);
	for (size_t i = 0; to != NULL && i < v->list.n; i++) {
		const struct value *item = &v->list.v[i];

		to[i] = c_string(a, item->set ? item->text : (struct text){"", 0});
		if (to[i] == NULL)
			return false;
	}
	return to != NULL;
}

static bool
put_enums(const struct slot *s, void *m, struct arena *a, const struct value *v)
{
	int *to;

	if (v->list.n == 0)
		return true;
	to = put_array(s, m, a, v, sizeof *to);
	for (size_t i = 0; to != NULL && i < v->list.n; i++)
		to[i] = v->list.v[i].set ? (int)v->list.v[i].i : 0;
	return to != NULL;
}

static bool put_list(const struct slot *s, void *m, struct arena *a, const struct value *v);

static put_fn *const putters[] = {
    [FIELD_TEXT] = put_text,   [FIELD_ENUM] = put_enum,     [FIELD_INT] = put_int,
    [FIELD_REAL] = put_real,   [FIELD_BOOL] = put_bool,     [FIELD_TIME] = put_int,
    [FIELD_UUID] = put_uuid,   [FIELD_PERSON] = put_text,   [FIELD_TEXTS] = put_texts,
    [FIELD_ENUMS] = put_enums, [FIELD_PERSONS] = put_texts, [FIELD_LIST] = put_list,
};
COVERS(putters, N_FIELD_TYPES);

static bool
put_fields(const struct bound_message *b, void *m, struct arena *a, const struct value *v)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct slot *s = &b->slots[i];

		if (v[i].set && (s->wire == NULL || !putters[s->field->type](s, m, a, &v[i])))
			return false;
	}
	return true;
}

static ProtobufCMessage *
message_new(const ProtobufCMessageDescriptor *d, struct arena *a)
{
	ProtobufCMessage *m = arena_alloc(a, d->sizeof_message);

	if (m != NULL)
		protobuf_c_message_init(d, m);
	return m;
}

static bool
put_list(const struct slot *s, void *m, struct arena *a, const struct value *v)
{
	ProtobufCMessage **to;

	if (v->list.n == 0)
		return true;
	to = put_array(s, m, a, v, sizeof(ProtobufCMessage *));
	for (size_t i = 0; to != NULL && i < v->list.n; i++) {
		to[i] = message_new(s->item->d, a);
		if (to[i] == NULL || !put_fields(s->item, to[i], a, v->list.v + i * v->list.width))
			return false;
	}
	return to != NULL;
}

static Sems__V1__Record *
build(const struct record *r, struct arena *a)
{
	const struct binding *b = bind_get();
	const struct bound_kind *k = &b->kinds[r->kind->id];
	ProtobufCMessage *m;
	ProtobufCMessage *body;

	if (b->record == NULL || k->own == NULL)
		return NULL;
	m = message_new(b->record->d, a);
	body = message_new(k->own->d, a);
	if (m == NULL || body == NULL || !put_fields(b->record, m, a, r->v) ||
	    !put_fields(k->own, body, a, r->v + ENV_COUNT))
		return NULL;
	*(uint32_t *)member(m, k->body->quantifier_offset) = k->body->id;
	*(ProtobufCMessage **)member(m, k->body->offset) = body;
	return (Sems__V1__Record *)m;
}

bool
wire_put_record(const struct record *r, struct arena *a, struct buf *out)
{
	const Sems__V1__Record *m = build(r, a);
	unsigned char *at;

	if (m == NULL)
		return false;
	at = buf_extend(out, sems__v1__record__get_packed_size(m));
	if (at == NULL)
		return false;
	sems__v1__record__pack(m, at);
	return true;
}
