#include "web/json/json_in.h"

#include "base/count.h"
#include "base/json/jsonin.h"
#include "base/json/jsonmem.h"
#include "web/json/base64.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS_MAX      96 /* of a message */
#define FIELD_NAME_SIZE 64
#define DEPTH_MAX       8 /* the schema has no more */

struct reading {
	struct json_fault *why;
	enum code code;
	size_t list_max;
	size_t path_n;
	unsigned depth;
};

static bool read_message(struct reading *r, json_t *j, const ProtobufCMessageDescriptor *d,
			 struct buf *out);

/* --- where it is, and what is wrong there ----------------------------------------------------- */

/* What does not fit is cut off: it is said where, if not to the last letter. */
static size_t
enter(struct reading *r, const char *name, size_t index, bool is_element)
{
	char *path = r->why->path;
	size_t size = sizeof r->why->path;
	size_t before = r->path_n;
	int n = is_element
		    ? snprintf(path + before, size - before, "[%zu]", index)
		    : snprintf(path + before, size - before, "%s%s", before == 0 ? "" : ".", name);

	if (n > 0)
		r->path_n = before + (size_t)n < size ? before + (size_t)n : size - 1;
	return before;
}

static void
leave(struct reading *r, size_t before)
{
	r->path_n = before;
	r->why->path[before] = '\0';
}

static bool fault(struct reading *r, enum code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
static bool
fault(struct reading *r, enum code code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	text_vprint(r->why->text, sizeof r->why->text, fmt, ap);
	va_end(ap);
	r->code = code;
	return false;
}

static bool
full(struct reading *r)
{
	return fault(r, REJ_LIMIT, "as a message it is over the limit: send less at once");
}

/* --- the wire --------------------------------------------------------------------------------- */

static bool
put_varint(struct buf *out, uint64_t v)
{
	unsigned char bytes[10];
	size_t n = 0;

	do {
		bytes[n++] = (unsigned char)((v & 0x7f) | (v >> 7 != 0 ? 0x80 : 0));
		v >>= 7;
	} while (v != 0);
	return buf_add(out, bytes, n);
}

static bool
put_tag(struct buf *out, const ProtobufCFieldDescriptor *f, unsigned wire)
{
	return put_varint(out, (uint64_t)f->id << 3 | wire);
}

static bool
put_bytes(struct reading *r, struct buf *out, const ProtobufCFieldDescriptor *f, const void *p,
	  size_t n)
{
	return (put_tag(out, f, 2) && put_varint(out, n) && (n == 0 || buf_add(out, p, n))) ||
	       full(r);
}

static bool
put_number(struct reading *r, struct buf *out, const ProtobufCFieldDescriptor *f, uint64_t v)
{
	return (put_tag(out, f, 0) && put_varint(out, v)) || full(r);
}

/* --- values ----------------------------------------------------------------------------------- */

/* A whole number, however it is written, with its sign. */
static bool
whole_of(json_t *j, bool *negative, uint64_t *magnitude)
{
	const char *s = json_words(j);
	char *end = NULL;
	double real = json_real_value(j);

	if (json_is_integer(j)) {
		json_int_t v = json_integer_value(j);

		*negative = v < 0;
		*magnitude = v < 0 ? ~(uint64_t)v + 1 : (uint64_t)v;
		return true;
	}
	if (json_is_real(j)) {
		*negative = real < 0;
		*magnitude = fabs(real) < 9007199254740992.0 ? (uint64_t)fabs(real) : 0;
		return fabs(real) < 9007199254740992.0 && floor(real) == real;
	}
	*negative = s[0] == '-';
	s += *negative;
	if (s[0] < '0' || s[0] > '9' || strlen(s) > 20)
		return false;
	for (const char *digit = s; *digit != '\0'; digit++)
		if (*digit < '0' || *digit > '9')
			return false;
	errno = 0;
	*magnitude = strtoull(s, &end, 10);
	return errno == 0;
}

static bool
put_whole(struct reading *r, json_t *j, const ProtobufCFieldDescriptor *f, struct buf *out)
{
	static const struct {
		ProtobufCType type;
		uint64_t most, least; /* least: of a negative one, without its sign */
	} types[] = {
	    {PROTOBUF_C_TYPE_INT32, INT32_MAX, UINT64_C(1) << 31},
	    {PROTOBUF_C_TYPE_ENUM, INT32_MAX, UINT64_C(1) << 31},
	    {PROTOBUF_C_TYPE_UINT32, UINT32_MAX, 0},
	    {PROTOBUF_C_TYPE_INT64, INT64_MAX, UINT64_C(1) << 63},
	    {PROTOBUF_C_TYPE_UINT64, UINT64_MAX, 0},
	};
	bool negative = false;
	uint64_t v = 0;

	if (!whole_of(j, &negative, &v))
		return fault(r, REJ_FIELD,
			     "is not a whole number: write it as a number, or as a "
			     "text of digits");
	for (size_t i = 0; i < COUNT(types); i++)
		if (types[i].type == f->type && v <= (negative ? types[i].least : types[i].most))
			return put_number(r, out, f, negative ? ~v + 1 : v);
	return fault(r, REJ_FIELD, "is not within what the field can hold: correct it");
}

static bool
put_enum(struct reading *r, json_t *j, const ProtobufCFieldDescriptor *f, struct buf *out)
{
	const ProtobufCEnumDescriptor *e = f->descriptor;
	const ProtobufCEnumValue *v;
	char names[160] = "";
	size_t n = 0;

	if (!json_is_string(j))
		return put_whole(r, j, f, out);
	v = protobuf_c_enum_descriptor_get_value_by_name(e, json_words(j));
	if (v != NULL)
		return put_number(r, out, f, (uint64_t)(int64_t)v->value);
	for (unsigned i = 0; i < e->n_values && n < sizeof names; i++)
		if (e->values[i].value != 0)
			n += (size_t)snprintf(names + n, sizeof names - n, "%s%s",
					      n == 0 ? "" : ", ", e->values[i].name);
	return fault(r, REJ_FIELD, "is none of %s: write its name or its number", names);
}

static bool
put_bool(struct reading *r, json_t *j, const ProtobufCFieldDescriptor *f, struct buf *out)
{
	if (!json_is_boolean(j))
		return fault(r, REJ_FIELD, "is not true or false: write one of them");
	return put_number(r, out, f, json_is_true(j) ? 1 : 0);
}

static bool
real_of(json_t *j, double *out)
{
	static const struct {
		const char *name;
		double value;
	} names[] = {{"NaN", NAN}, {"Infinity", INFINITY}, {"-Infinity", -INFINITY}};
	const char *s = json_words(j);
	char *end = NULL;

	if (json_is_number(j)) {
		*out = json_number_value(j);
		return true;
	}
	for (size_t i = 0; i < COUNT(names); i++) {
		if (strcmp(names[i].name, s) != 0)
			continue;
		*out = names[i].value;
		return true;
	}
	*out = strtod(s, &end);
	return s[0] != '\0' && *end == '\0' && strspn(s, "+-.0123456789eE") == strlen(s) &&
	       isfinite(*out);
}

static bool
put_double(struct reading *r, json_t *j, const ProtobufCFieldDescriptor *f, struct buf *out)
{
	double v = 0;
	uint64_t bits;

	if (!real_of(j, &v))
		return fault(r, REJ_FIELD, "is not a number: write it as one");
	memcpy(&bits, &v, sizeof bits);
	bits = htole64(bits);
	return (put_tag(out, f, 1) && buf_add(out, &bits, sizeof bits)) || full(r);
}

static bool
put_string(struct reading *r, json_t *j, const ProtobufCFieldDescriptor *f, struct buf *out)
{
	if (!json_is_string(j))
		return fault(r, REJ_FIELD, "is not a text: write it in quotation marks");
	return put_bytes(r, out, f, json_words(j), json_string_length(j));
}

static bool
put_base64(struct reading *r, json_t *j, const ProtobufCFieldDescriptor *f, struct buf *out)
{
	struct text t = {json_words(j), json_string_length(j)};
	unsigned char *bytes;
	size_t n = 0;
	bool good;

	if (!json_is_string(j))
		return fault(r, REJ_FIELD, "is not a text of base64");
	bytes = malloc(t.n + 1);
	if (bytes == NULL)
		return fault(r, TRY_LIMIT, "out of memory: try again");
	good = base64_decode(t, bytes, &n);
	good = good ? put_bytes(r, out, f, bytes, n)
		    : fault(r, REJ_FIELD, "is not base64: encode the bytes so");
	free(bytes);
	return good;
}

static bool
put_nested(struct reading *r, json_t *j, const ProtobufCFieldDescriptor *f, struct buf *out)
{
	struct buf inner;
	bool good;

	if (r->depth == DEPTH_MAX)
		return fault(r, REJ_FIELD, "is nested too deep");
	buf_init(&inner, out->max);
	r->depth++;
	good = read_message(r, j, f->descriptor, &inner) && put_bytes(r, out, f, inner.p, inner.n);
	r->depth--;
	buf_fini(&inner);
	return good;
}

typedef bool put_fn(struct reading *r, json_t *j, const ProtobufCFieldDescriptor *f,
		    struct buf *out);

static bool
put_value(struct reading *r, json_t *j, const ProtobufCFieldDescriptor *f, struct buf *out)
{
	static const struct {
		ProtobufCType type;
		put_fn *put;
	} types[] = {
	    {PROTOBUF_C_TYPE_INT32, put_whole},   {PROTOBUF_C_TYPE_UINT32, put_whole},
	    {PROTOBUF_C_TYPE_INT64, put_whole},   {PROTOBUF_C_TYPE_UINT64, put_whole},
	    {PROTOBUF_C_TYPE_ENUM, put_enum},     {PROTOBUF_C_TYPE_BOOL, put_bool},
	    {PROTOBUF_C_TYPE_DOUBLE, put_double}, {PROTOBUF_C_TYPE_STRING, put_string},
	    {PROTOBUF_C_TYPE_BYTES, put_base64},  {PROTOBUF_C_TYPE_MESSAGE, put_nested},
	};

	for (size_t i = 0; i < COUNT(types); i++)
		if (types[i].type == f->type)
			return types[i].put(r, j, f, out);
	return fault(r, FATAL_BUG, "is of a type that is not read yet");
}

/* --- messages --------------------------------------------------------------------------------- */

static bool
put_list(struct reading *r, json_t *j, const ProtobufCFieldDescriptor *f, struct buf *out)
{
	size_t n = json_array_size(j);

	if (!json_is_array(j))
		return fault(r, REJ_FIELD, "is not a list: write it in brackets");
	if (n > r->list_max)
		return fault(r, REJ_LIMIT,
			     "has %zu elements, and %zu are the most: send less at once", n,
			     r->list_max);
	for (size_t i = 0; i < n; i++) {
		size_t before = enter(r, "", i, true);

		if (!put_value(r, json_array_get(j, i), f, out))
			return false;
		leave(r, before);
	}
	return true;
}

void
json_name(const char *name, char *out)
{
	for (; *name != '\0'; name++) {
		bool up = name[0] == '_' && name[1] >= 'a' && name[1] <= 'z';

		name += up;
		*out++ = (char)(up ? *name - 'a' + 'A' : *name);
	}
	*out = '\0';
}

/* The field that a key names, as the .proto or the mapping writes it; n_fields: none. */
static unsigned
field_of(const ProtobufCMessageDescriptor *d, const char *key)
{
	char name[FIELD_NAME_SIZE];
	unsigned i = 0;

	for (; i < d->n_fields; i++) {
		if (strlen(d->fields[i].name) >= sizeof name)
			continue;
		json_name(d->fields[i].name, name);
		if (strcmp(d->fields[i].name, key) == 0 || strcmp(name, key) == 0)
			break;
	}
	return i;
}

/* Two keys may name one field, and two fields be members of one oneof. */
static bool
find_values(struct reading *r, json_t *j, const ProtobufCMessageDescriptor *d, json_t *values[])
{
	const ProtobufCFieldDescriptor *of_oneof = NULL;
	const char *key;
	json_t *value;

	json_object_foreach(j, key, value)
	{
		unsigned i = field_of(d, key);
		size_t before = enter(r, key, 0, false);
		const ProtobufCFieldDescriptor *f = &d->fields[i];

		if (i == d->n_fields)
			return fault(r, REJ_FIELD, "is no field of %s: leave it out",
				     d->short_name);
		if (!json_is_null(value) && values[i] != NULL)
			return fault(r, REJ_FIELD, "is given twice: give it once");
		if (!json_is_null(value) && (f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0) {
			if (of_oneof != NULL)
				return fault(r, REJ_FIELD,
					     "stands beside %s, and there may be one "
					     "of them",
					     of_oneof->name);
			of_oneof = f;
		}
		if (!json_is_null(value))
			values[i] = value;
		leave(r, before);
	}
	return true;
}

static bool
read_message(struct reading *r, json_t *j, const ProtobufCMessageDescriptor *d, struct buf *out)
{
	json_t *values[FIELDS_MAX] = {NULL};

	if (!json_is_object(j))
		return fault(r, REJ_FIELD, "is not a %s: write it in braces", d->short_name);
	if (d->n_fields > FIELDS_MAX)
		return fault(r, FATAL_BUG, "has more fields than are read");
	if (!find_values(r, j, d, values))
		return false;
	for (unsigned i = 0; i < d->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &d->fields[i];
		bool is_list = f->label == PROTOBUF_C_LABEL_REPEATED;
		char name[FIELD_NAME_SIZE];
		size_t before;

		if (values[i] == NULL)
			continue;
		json_name(f->name, name);
		before = enter(r, name, 0, false);
		if (!(is_list ? put_list : put_value)(r, values[i], f, out))
			return false;
		leave(r, before);
	}
	return true;
}

enum code
json_to_message(struct text json, const ProtobufCMessageDescriptor *d, size_t list_max,
		struct buf *out, struct json_fault *why)
{
	struct reading r = {.why = why, .code = OK, .list_max = list_max};
	uint64_t failed = jsonmem_failed();
	json_error_t e;
	json_t *j = json_loadb(json.s, json.n, JSON_REJECT_DUPLICATES, &e);

	why->path[0] = why->text[0] = '\0';
	if (j == NULL && jsonmem_failed() != failed) {
		fault(&r, TRY_LIMIT, "takes more memory than one may have: send less at once");
		return r.code;
	}
	if (j == NULL) {
		fault(&r, REJ_MALFORMED, "line %d, column %d: %s", e.line, e.column, e.text);
		return r.code;
	}
	read_message(&r, j, d, out);
	json_decref(j);
	return r.code;
}
