#include "wire/guard.h"

#include "base/count.h"
#include "wire/bind.h"
#include "wire/scan.h"

#include <stdint.h>
#include <stdio.h>

#define PATH_SIZE          sizeof(((struct err *)0)->where)
#define FIELDS_PER_MESSAGE 64 /* bits of level.seen; a test keeps the schema within it */

/* One message being walked; a chain on the stack, as deep as limits->depth. */
struct level {
	const struct level *up;
	const ProtobufCMessageDescriptor *d;
	unsigned depth;
	unsigned at;                        /* index of the field being looked at */
	uint64_t seen;                      /* fields met so far, by index */
	unsigned count[FIELDS_PER_MESSAGE]; /* elements met; valid where seen */
};

struct walk {
	const struct guard_limits *limits;
	unsigned fields;
	struct refusal *why;
};

/* How a type travels, and the largest varint that still means one thing to every reader. */
struct shape {
	bool known;
	enum scan_wire wire;
	uint64_t max;
};

static const struct shape shapes[] = {
    [PROTOBUF_C_TYPE_INT64] = {true, SCAN_VARINT, UINT64_MAX},
    [PROTOBUF_C_TYPE_UINT64] = {true, SCAN_VARINT, UINT64_MAX},
    [PROTOBUF_C_TYPE_UINT32] = {true, SCAN_VARINT, UINT32_MAX},
    [PROTOBUF_C_TYPE_BOOL] = {true, SCAN_VARINT, 1},
    [PROTOBUF_C_TYPE_ENUM] = {true, SCAN_VARINT, UINT64_MAX},
    [PROTOBUF_C_TYPE_DOUBLE] = {true, SCAN_FIXED64, 0},
    [PROTOBUF_C_TYPE_STRING] = {true, SCAN_BYTES, 0},
    [PROTOBUF_C_TYPE_BYTES] = {true, SCAN_BYTES, 0},
    [PROTOBUF_C_TYPE_MESSAGE] = {true, SCAN_BYTES, 0},
};
/* Of the others there is none in our messages. */
COVERS_SOME(shapes, PROTOBUF_C_TYPE_MESSAGE + 1);

static const struct shape *
shape_of(const ProtobufCFieldDescriptor *f)
{
	static const struct shape none = {false, SCAN_BYTES, 0};

	if ((size_t)f->type >= COUNT(shapes))
		return &none;
	return &shapes[f->type];
}

/* "audit.findings[2].severity" of the fields looked at from the top down to l; its length. */
static size_t
path_of(const struct level *l, char path[PATH_SIZE])
{
	const ProtobufCFieldDescriptor *f;
	size_t n;
	const char *dot;
	int got;

	if (l == NULL)
		return 0;
	f = &l->d->fields[l->at];
	n = path_of(l->up, path);
	dot = n == 0 ? "" : ".";
	if (f->label == PROTOBUF_C_LABEL_REPEATED)
		got = snprintf(path + n, PATH_SIZE - n, "%s%s[%u]", dot, f->name, l->count[l->at]);
	else
		got = snprintf(path + n, PATH_SIZE - n, "%s%s", dot, f->name);
	n += got > 0 ? (size_t)got : 0;
	return n < PATH_SIZE ? n : PATH_SIZE - 1;
}

static enum code
code_of(enum reason r)
{
	return r == REASON_MALFORMED || r == REASON_UNKNOWN_FIELD ? REJ_MALFORMED : REJ_FIELD;
}

/* Refuses the field l is looking at. */
static bool
refuse_field(const struct walk *w, const struct level *l, enum reason reason, const char *text)
{
	char path[PATH_SIZE] = "";

	path_of(l, path);
	w->why->reason = reason;
	err_set(&w->why->err, code_of(reason), path, "%s", text);
	return false;
}

/* Refuses something in l that is no known field: number is its number, 0 when not known. */
static bool
refuse_inside(const struct walk *w, const struct level *l, enum reason reason, uint32_t number,
	      const char *text)
{
	char path[PATH_SIZE] = "";
	size_t n = path_of(l->up, path);

	if (number != 0)
		snprintf(path + n, PATH_SIZE - n, "%s#%u", n == 0 ? "" : ".", number);
	w->why->reason = reason;
	err_set(&w->why->err, code_of(reason), path, "%s", text);
	return false;
}

static bool
check_varint(const struct walk *w, const struct level *l, uint64_t v)
{
	const ProtobufCFieldDescriptor *f = &l->d->fields[l->at];

	if (v > shape_of(f)->max)
		return refuse_field(w, l, REASON_MALFORMED, "the number does not fit the type");
	if (f->type != PROTOBUF_C_TYPE_ENUM)
		return true;
	if (v <= INT32_MAX && protobuf_c_enum_descriptor_get_value(f->descriptor, (int)v) != NULL)
		return true;
	return refuse_field(
	    w, l, REASON_ENUM,
	    "a value this version does not know; use one of those that PROTOCOL.md lists");
}

static bool
count_element(struct walk *w, const struct level *l)
{
	char text[80];

	if (l->count[l->at] < w->limits->repeated)
		return true;
	snprintf(text, sizeof text, "the list has more than %u elements; send less at once",
		 w->limits->repeated);
	return refuse_field(w, l, REASON_TOO_LONG, text);
}

/* Numbers of a repeated field in one piece. */
static bool
check_packed(struct walk *w, struct level *l, struct text bytes)
{
	struct scan s = scan_of(bytes);

	while (!scan_done(&s)) {
		uint64_t v;

		if (!count_element(w, l))
			return false;
		if (!scan_varint(&s, &v))
			return refuse_field(w, l, REASON_MALFORMED, "a packed list is cut short");
		if (!check_varint(w, l, v))
			return false;
		l->count[l->at]++;
	}
	return true;
}

static bool walk_message(struct walk *w, struct level *l, struct text body);

static bool
check_bytes(struct walk *w, const struct level *l, struct text bytes)
{
	const ProtobufCFieldDescriptor *f = &l->d->fields[l->at];
	struct level in;

	if (f->type == PROTOBUF_C_TYPE_STRING && !text_is_clean_utf8(bytes))
		return refuse_field(w, l, REASON_TEXT,
				    "text must be UTF-8 without NUL or control characters");
	if (f->type != PROTOBUF_C_TYPE_MESSAGE)
		return true;
	if (l->depth >= w->limits->depth)
		return refuse_field(w, l, REASON_TOO_LONG, "nested too deep");
	in.up = l;
	in.d = f->descriptor;
	in.depth = l->depth + 1;
	return walk_message(w, &in, bytes);
}

/* True when the field, or another of its oneof, was met before. */
static bool
is_again(const struct level *l)
{
	const ProtobufCFieldDescriptor *f = &l->d->fields[l->at];

	if ((l->seen >> l->at & 1) != 0)
		return true;
	if ((f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) == 0)
		return false;
	for (unsigned i = 0; i < l->d->n_fields; i++) {
		const ProtobufCFieldDescriptor *other = &l->d->fields[i];

		if ((l->seen >> i & 1) != 0 && (other->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 &&
		    other->quantifier_offset == f->quantifier_offset)
			return true;
	}
	return false;
}

static bool
check_value(struct walk *w, struct level *l, const struct scan_field *v)
{
	const struct shape *shape = shape_of(&l->d->fields[l->at]);

	if (!shape->known || v->wire != shape->wire)
		return refuse_field(
		    w, l, REASON_MALFORMED,
		    "the wire type is not this field's; is it the same version of the .proto?");
	if (shape->wire == SCAN_VARINT)
		return check_varint(w, l, v->value);
	return shape->wire != SCAN_BYTES || check_bytes(w, l, v->bytes);
}

static bool
check_field(struct walk *w, struct level *l, const struct scan_field *v)
{
	const ProtobufCFieldDescriptor *f = &l->d->fields[l->at];

	if (f->label != PROTOBUF_C_LABEL_REPEATED) {
		if (is_again(l))
			return refuse_field(
			    w, l, REASON_MALFORMED,
			    "given twice; evidence must not depend on which one counts");
		l->seen |= UINT64_C(1) << l->at;
		return check_value(w, l, v);
	}
	if ((l->seen >> l->at & 1) == 0) {
		l->seen |= UINT64_C(1) << l->at;
		l->count[l->at] = 0;
	}
	if (v->wire == SCAN_BYTES && shape_of(f)->wire == SCAN_VARINT)
		return check_packed(w, l, v->bytes);
	if (!count_element(w, l) || !check_value(w, l, v))
		return false;
	l->count[l->at]++;
	return true;
}

static bool
walk_message(struct walk *w, struct level *l, struct text body)
{
	unsigned hint;
	struct scan s;

	l->seen = 0;
	hint = 0;
	s = scan_of(body);
	if (l->d->n_fields > FIELDS_PER_MESSAGE)
		return refuse_inside(w, l, REASON_MALFORMED, 0, "a message of too many fields");
	while (!scan_done(&s)) {
		struct scan_field v;

		if (!scan_next(&s, &v))
			return refuse_inside(w, l, REASON_MALFORMED, 0,
					     "not protobuf: cut short, a group, or field number 0");
		if (++w->fields > w->limits->fields)
			return refuse_inside(w, l, REASON_TOO_LONG, v.number, "too many fields");
		l->at = bind_index(l->d, v.number, hint);
		if (l->at < l->d->n_fields) {
			if (!check_field(w, l, &v))
				return false;
			hint = l->at;
		} else if (!w->limits->unknown_allowed) {
			return refuse_inside(
			    w, l, REASON_UNKNOWN_FIELD, v.number,
			    "a field this version does not know; nothing is dropped silently");
		}
	}
	return true;
}

bool
guard_message(const ProtobufCMessageDescriptor *d, const void *p, size_t n,
	      const struct guard_limits *limits, struct refusal *why)
{
	struct walk w = {limits, 0, why};
	struct level top;

	top.up = NULL;
	top.d = d;
	top.depth = 1;
	return walk_message(&w, &top, (struct text){p, n});
}
