#include "web/json/json_out.h"

#include "base/count.h"
#include "base/json/jsonout.h"
#include "web/json/base64.h"
#include "web/json/json_in.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *
of_i32(const void *at, const ProtobufCFieldDescriptor *f)
{
	(void)f;
	return json_integer(*(const int32_t *)at);
}

static json_t *
of_u32(const void *at, const ProtobufCFieldDescriptor *f)
{
	(void)f;
	return json_integer(*(const uint32_t *)at);
}

static json_t *
of_i64(const void *at, const ProtobufCFieldDescriptor *f)
{
	char digits[24];

	(void)f;
	snprintf(digits, sizeof digits, "%" PRId64, *(const int64_t *)at);
	return json_string(digits);
}

static json_t *
of_u64(const void *at, const ProtobufCFieldDescriptor *f)
{
	char digits[24];

	(void)f;
	snprintf(digits, sizeof digits, "%" PRIu64, *(const uint64_t *)at);
	return json_string(digits);
}

static json_t *
of_enum(const void *at, const ProtobufCFieldDescriptor *f)
{
	const ProtobufCEnumValue *v =
	    protobuf_c_enum_descriptor_get_value(f->descriptor, *(const int *)at);

	return v == NULL ? json_integer(*(const int *)at) : json_string(v->name);
}

static json_t *
of_bool(const void *at, const ProtobufCFieldDescriptor *f)
{
	(void)f;
	return json_boolean(*(const protobuf_c_boolean *)at);
}

static json_t *
of_double(const void *at, const ProtobufCFieldDescriptor *f)
{
	const double v = *(const double *)at;

	(void)f;
	if (isnan(v))
		return json_string("NaN");
	return isinf(v) ? json_string(v > 0 ? "Infinity" : "-Infinity") : json_real(v);
}

static json_t *
of_string(const void *at, const ProtobufCFieldDescriptor *f)
{
	(void)f;
	return json_string(*(char *const *)at);
}

static json_t *
of_bytes(const void *at, const ProtobufCFieldDescriptor *f)
{
	const ProtobufCBinaryData *b = at;
	char *text = malloc(BASE64_SIZE(b->len));
	json_t *j = NULL;

	(void)f;
	if (text != NULL) {
		base64_encode(b->data, b->len, text);
		j = json_string(text);
	}
	free(text);
	return j;
}

static json_t *
of_nested(const void *at, const ProtobufCFieldDescriptor *f)
{
	(void)f;
	return json_of_message(*(const ProtobufCMessage *const *)at);
}

static const struct {
	ProtobufCType type;
	size_t size; /* of an element in a list */
	json_t *(*of)(const void *at, const ProtobufCFieldDescriptor *f);
} types[] = {
    {PROTOBUF_C_TYPE_INT32, sizeof(int32_t), of_i32},
    {PROTOBUF_C_TYPE_UINT32, sizeof(uint32_t), of_u32},
    {PROTOBUF_C_TYPE_INT64, sizeof(int64_t), of_i64},
    {PROTOBUF_C_TYPE_UINT64, sizeof(uint64_t), of_u64},
    {PROTOBUF_C_TYPE_ENUM, sizeof(int), of_enum},
    {PROTOBUF_C_TYPE_BOOL, sizeof(protobuf_c_boolean), of_bool},
    {PROTOBUF_C_TYPE_DOUBLE, sizeof(double), of_double},
    {PROTOBUF_C_TYPE_STRING, sizeof(char *), of_string},
    {PROTOBUF_C_TYPE_BYTES, sizeof(ProtobufCBinaryData), of_bytes},
    {PROTOBUF_C_TYPE_MESSAGE, sizeof(void *), of_nested},
};

static size_t
type_of(const ProtobufCFieldDescriptor *f)
{
	size_t i = 0;

	while (i < COUNT(types) && types[i].type != f->type)
		i++;
	return i;
}

static json_t *
of_list(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, size_t type)
{
	const char *base = (const char *)m;
	size_t n = *(const size_t *)(const void *)(base + f->quantifier_offset);
	const char *at = *(const char *const *)(const void *)(base + f->offset);
	struct made list = made_array();

	for (size_t i = 0; i < n; i++)
		made_append(&list, types[type].of(at + i * types[type].size, f));
	return made_take(list);
}

/* Of a oneof's members the one it has; of others those that were given. */
static bool
is_there(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f)
{
	const char *base = (const char *)m;
	const char *has = base + f->quantifier_offset;

	if (f->label == PROTOBUF_C_LABEL_REPEATED)
		return *(const size_t *)(const void *)has != 0;
	if ((f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0)
		return *(const uint32_t *)(const void *)has == f->id;
	if (f->type == PROTOBUF_C_TYPE_STRING || f->type == PROTOBUF_C_TYPE_MESSAGE)
		return *(const void *const *)(const void *)(base + f->offset) != NULL &&
		       *(const void *const *)(const void *)(base + f->offset) != f->default_value;
	return f->quantifier_offset == 0 || *(const protobuf_c_boolean *)has != 0;
}

json_t *
json_of_message(const ProtobufCMessage *m)
{
	struct made o = made_object();

	for (unsigned i = 0; i < m->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &m->descriptor->fields[i];
		size_t type = type_of(f);
		char name[64];

		if (type == COUNT(types) || strlen(f->name) >= sizeof name || !is_there(m, f))
			continue;
		json_name(f->name, name);
		made_put(&o, name,
			 f->label == PROTOBUF_C_LABEL_REPEATED
			     ? of_list(m, f, type)
			     : types[type].of((const char *)m + f->offset, f));
	}
	return made_take(o);
}
