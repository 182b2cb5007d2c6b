#include "tools/terminal/content.h"

#include "base/civil.h"
#include "base/count.h"
#include "base/uuid.h"

#include <sems/v1/record.pb-c.h>
#include <stdio.h>
#include <string.h>

static json_t *of_message(const ProtobufCMessage *m);

/* Instants are named so, and nothing else is. */
static bool
is_instant(const char *name)
{
	static const char *const ends[] = {"_at", "_end", "_start", "_for", "_from", "_to"};
	size_t n = strlen(name);

	for (size_t i = 0; i < COUNT(ends); i++) {
		size_t k = strlen(ends[i]);

		if (n > k && strcmp(name + n - k, ends[i]) == 0)
			return true;
	}
	return false;
}

static json_t *
of_integer(const ProtobufCFieldDescriptor *f, int64_t v)
{
	char text[UTC_TEXT_SIZE];

	if (f->type != PROTOBUF_C_TYPE_INT64 || !is_instant(f->name) || v < 0 ||
	    v > INT64_C(7258118400000))
		return json_integer(v);
	utc_format((struct utc_ms){v}, text);
	return json_string(text);
}

/* "HIT" of TIP_OUTCOME_HIT; the first value of each is ..._UNSPECIFIED. */
static json_t *
of_enum(const ProtobufCEnumDescriptor *d, int v)
{
	const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value(d, v);
	size_t prefix = strlen(d->values[0].name);
	size_t unspecified = strlen("UNSPECIFIED");

	if (value == NULL)
		return json_integer(v);
	prefix = prefix > unspecified ? prefix - unspecified : 0;
	return json_string(strlen(value->name) > prefix ? value->name + prefix : value->name);
}

static json_t *
of_bytes(const ProtobufCBinaryData *b)
{
	char text[UUID_TEXT_SIZE];
	struct uuid id;

	if (b->len != sizeof id.b)
		return json_sprintf("%zu bytes", b->len);
	memcpy(id.b, b->data, sizeof id.b);
	uuid_format(&id, text);
	return json_string(text);
}

/* What is no clean text is shown as far as it is one. */
static json_t *
of_text(const char *s)
{
	json_t *v = s == NULL ? json_null() : json_string(s);

	return v != NULL ? v : json_string("(no UTF-8)");
}

static json_t *
of_value(const ProtobufCFieldDescriptor *f, const void *at)
{
	switch (f->type) {
	case PROTOBUF_C_TYPE_STRING:
		return of_text(*(const char *const *)at);
	case PROTOBUF_C_TYPE_BYTES:
		return of_bytes(at);
	case PROTOBUF_C_TYPE_MESSAGE:
		return of_message(*(const ProtobufCMessage *const *)at);
	case PROTOBUF_C_TYPE_ENUM:
		return of_enum(f->descriptor, *(const int *)at);
	case PROTOBUF_C_TYPE_BOOL:
		return json_boolean(*(const protobuf_c_boolean *)at);
	case PROTOBUF_C_TYPE_DOUBLE:
		return json_real(*(const double *)at);
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SFIXED32:
		return of_integer(f, *(const int32_t *)at);
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32:
		return of_integer(f, *(const uint32_t *)at);
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
		return of_integer(f, *(const int64_t *)at);
	case PROTOBUF_C_TYPE_FLOAT:
		return json_real((double)*(const float *)at);
	}
	return json_null();
}

/* Of an item in an array; what is not named is 64 bits. */
static size_t
size_of(const ProtobufCFieldDescriptor *f)
{
	static const size_t sizes[] = {
	    [PROTOBUF_C_TYPE_STRING] = sizeof(void *),
	    [PROTOBUF_C_TYPE_MESSAGE] = sizeof(void *),
	    [PROTOBUF_C_TYPE_BYTES] = sizeof(ProtobufCBinaryData),
	    [PROTOBUF_C_TYPE_ENUM] = sizeof(int),
	    [PROTOBUF_C_TYPE_BOOL] = sizeof(protobuf_c_boolean),
	    [PROTOBUF_C_TYPE_INT32] = sizeof(int32_t),
	    [PROTOBUF_C_TYPE_SINT32] = sizeof(int32_t),
	    [PROTOBUF_C_TYPE_SFIXED32] = sizeof(int32_t),
	    [PROTOBUF_C_TYPE_UINT32] = sizeof(uint32_t),
	    [PROTOBUF_C_TYPE_FIXED32] = sizeof(uint32_t),
	    [PROTOBUF_C_TYPE_FLOAT] = sizeof(float),
	};
	COVERS_SOME(sizes, PROTOBUF_C_TYPE_MESSAGE + 1);
	size_t size = (size_t)f->type < COUNT(sizes) ? sizes[f->type] : 0;

	return size != 0 ? size : sizeof(uint64_t);
}

static json_t *
of_list(const ProtobufCFieldDescriptor *f, const char *items, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, of_value(f, items + i * size_of(f)));
	return list;
}

/* Whether it was sent; an optional text or message is so when it is not NULL. */
static bool
was_sent(const ProtobufCFieldDescriptor *f, const char *m)
{
	if ((f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0)
		return *(const uint32_t *)(m + f->quantifier_offset) == f->id;
	if (f->type == PROTOBUF_C_TYPE_STRING || f->type == PROTOBUF_C_TYPE_MESSAGE)
		return *(const void *const *)(m + f->offset) != NULL &&
		       *(const void *const *)(m + f->offset) != f->default_value;
	return *(const protobuf_c_boolean *)(m + f->quantifier_offset);
}

static json_t *
of_message(const ProtobufCMessage *m)
{
	const char *base = (const char *)m;
	json_t *all = json_object();

	for (unsigned i = 0; m != NULL && i < m->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &m->descriptor->fields[i];
		size_t n = 0;

		if (f->label == PROTOBUF_C_LABEL_REPEATED)
			memcpy(&n, base + f->quantifier_offset, sizeof n);
		if (n > 0)
			json_object_set_new(
			    all, f->name, of_list(f, *(const char *const *)(base + f->offset), n));
		else if (f->label == PROTOBUF_C_LABEL_OPTIONAL && was_sent(f, base))
			json_object_set_new(all, f->name, of_value(f, base + f->offset));
	}
	if (m != NULL && m->n_unknown_fields > 0)
		json_object_set_new(all, "unknown_fields",
				    json_integer((json_int_t)m->n_unknown_fields));
	return all;
}

json_t *
content_of_record(struct text raw)
{
	Sems__V1__Record *r = sems__v1__record__unpack(NULL, raw.n, (const unsigned char *)raw.s);
	json_t *all;

	if (r == NULL)
		return NULL;
	all = of_message(&r->base);
	sems__v1__record__free_unpacked(r, NULL);
	return all;
}
