#include "wire/decode.h"

#include "core/validate.h"
#include "wire/bind.h"
#include "wire/frame.h"
#include "wire/guard.h"
#include "wire/scan.h"

#include <math.h>
#include <stdio.h>

/*
 * A record of RECORD_BYTES_MAX can hold 32,000 empty items of some hundred bytes each once
 * unpacked: the limits below, not its size, bound what it may cost.
 */
static const struct guard_limits record_limits = {
    .depth = 3, .fields = 8192, .repeated = 512, .unknown_allowed = false};
static const struct guard_limits frame_limits = {
    .depth = 6, .fields = 65536, .repeated = 10000, .unknown_allowed = true};

/* --- protobuf-c on an arena --------------------------------------------------------------------
 */

static void *
alloc_in_arena(void *arena, size_t n)
{
	return arena_alloc(arena, n);
}

static void
free_in_arena(void *arena, void *p)
{
	(void)arena;
	(void)p;
}

static ProtobufCMessage *
unpack(const ProtobufCMessageDescriptor *d, struct text bytes, struct arena *a)
{
	ProtobufCAllocator allocator = {alloc_in_arena, free_in_arena, a};
	return protobuf_c_message_unpack(d, &allocator, bytes.n, (const uint8_t *)bytes.s);
}

/* --- client frames -----------------------------------------------------------------------------
 */

enum client_field { CLIENT_FIELD_HELLO = 1, CLIENT_FIELD_BATCH = 2, CLIENT_FIELD_REQUEST = 3 };
enum batch_field { BATCH_FIELD_NO = 1, BATCH_FIELD_RECORDS = 2 };

static enum code
read_message(const ProtobufCMessageDescriptor *d, struct text bytes, struct arena *a,
	     const ProtobufCMessage **out, struct err *e)
{
	struct refusal why;
	if (!guard_message(d, bytes.s, bytes.n, &frame_limits, &why)) {
		*e = why.err;
		e->code = REJ_MALFORMED;
		return REJ_MALFORMED;
	}
	*out = unpack(d, bytes, a);
	if (*out != NULL)
		return OK;
	if (arena_failed(a))
		return err_set(
		    e, TRY_LIMIT, d->short_name,
		    "the message needs more memory than one may have; send less at once");
	return err_set(e, REJ_MALFORMED, d->short_name, "not a %s", d->name);
}

static enum code
read_hello(struct text bytes, struct arena *a, struct client_frame *out, struct err *e)
{
	const ProtobufCMessage *m = NULL;
	enum code c = read_message(&sems__v1__hello__descriptor, bytes, a, &m, e);
	out->type = CLIENT_HELLO;
	out->hello = (const Sems__V1__Hello *)m;
	return c;
}

static enum code
read_request(struct text bytes, struct arena *a, struct client_frame *out, struct err *e)
{
	const ProtobufCMessage *m = NULL;
	enum code c = read_message(&sems__v1__request__descriptor, bytes, a, &m, e);
	out->type = CLIENT_REQUEST;
	out->request = (const Sems__V1__Request *)m;
	return c;
}

/* Takes one field of a Batch; records == NULL: only counts. */
static bool
take_batch_field(const struct scan_field *f, struct client_frame *out, bool *numbered)
{
	if (f->number == BATCH_FIELD_NO) {
		if (f->wire != SCAN_VARINT || *numbered)
			return false;
		*numbered = true;
		out->batch.batch_no = f->value;
		return true;
	}
	if (f->number != BATCH_FIELD_RECORDS)
		return true;
	if (f->wire != SCAN_BYTES)
		return false;
	if (out->batch.records != NULL)
		out->batch.records[out->batch.n] = f->bytes;
	out->batch.n++;
	return true;
}

static bool
scan_batch(struct text bytes, struct client_frame *out)
{
	bool numbered = false;
	struct scan s = scan_of(bytes);
	out->batch.n = 0;
	while (!scan_done(&s)) {
		struct scan_field f;
		if (!scan_next(&s, &f) || !take_batch_field(&f, out, &numbered))
			return false;
	}
	return true;
}

static enum code
read_batch(struct text bytes, size_t max_records, struct arena *a, struct client_frame *out,
	   struct err *e)
{
	out->type = CLIENT_BATCH;
	out->batch.batch_no = 0;
	out->batch.records = NULL;
	if (!scan_batch(bytes, out))
		return err_set(e, REJ_MALFORMED, "batch", "not a Batch");
	if (out->batch.n > max_records)
		return err_set(e, REJ_FRAME, "batch.records",
			       "%zu records are over the limit of %zu; send smaller batches",
			       out->batch.n, max_records);
	out->batch.records = arena_zalloc(a, out->batch.n + 1, sizeof *out->batch.records);
	if (out->batch.records == NULL)
		return err_set(e, TRY_LIMIT, "batch", "out of memory for this frame");
	(void)scan_batch(bytes, out);
	return OK;
}

/* Finds the one body of a ClientFrame; other fields are a later version's and skipped. */
static enum code
find_body(struct text frame, uint32_t *number, struct text *bytes, struct err *e)
{
	struct scan s = scan_of(frame);
	*number = 0;
	while (!scan_done(&s)) {
		struct scan_field f;
		if (!scan_next(&s, &f))
			return err_set(e, REJ_MALFORMED, "", "not a ClientFrame");
		if (f.number > CLIENT_FIELD_REQUEST)
			continue;
		if (f.wire != SCAN_BYTES)
			return err_set(e, REJ_MALFORMED, "", "not a ClientFrame");
		if (*number != 0)
			return err_set(e, REJ_MALFORMED, "", "a frame carries one message only");
		*number = f.number;
		*bytes = f.bytes;
	}
	return OK;
}

enum code
wire_client_frame(struct text body, size_t max_records, struct arena *a, struct client_frame *out,
		  struct err *e)
{
	uint32_t number;
	struct text bytes = {NULL, 0};
	enum code c = find_body(body, &number, &bytes, e);
	if (c != OK)
		return c;
	if (number == CLIENT_FIELD_HELLO)
		return read_hello(bytes, a, out, e);
	if (number == CLIENT_FIELD_BATCH)
		return read_batch(bytes, max_records, a, out, e);
	if (number == CLIENT_FIELD_REQUEST)
		return read_request(bytes, a, out, e);
	return err_set(e, REJ_MALFORMED, "",
		       "no message this version knows; a client sends Hello, Batch or Request");
}

/* --- records -----------------------------------------------------------------------------------
 */

/* What a value cannot be. REASON_NONE: it is well. */
typedef enum reason get_fn(const struct slot *s, const void *m, struct arena *a, struct value *v);

static inline bool
has(const struct slot *s, const void *m)
{
	return *(const protobuf_c_boolean *)bind_at(m, s->wire->quantifier_offset) != 0;
}

static inline size_t
count(const struct slot *s, const void *m)
{
	return *(const size_t *)bind_at(m, s->wire->quantifier_offset);
}

static enum reason
get_text(const struct slot *s, const void *m, struct arena *a, struct value *v)
{
	(void)a;
	const char *text = *(char *const *)bind_at(m, s->wire->offset);
	if (text == NULL || text[0] == '\0')
		return REASON_NONE;
	v->set = true;
	v->text = text_of(text);
	return REASON_NONE;
}

static enum reason
get_int(const struct slot *s, const void *m, struct arena *a, struct value *v)
{
	(void)a;
	if (!has(s, m))
		return REASON_NONE;
	v->set = true;
	v->i = *(const int64_t *)bind_at(m, s->wire->offset);
	return REASON_NONE;
}

static enum reason
get_enum(const struct slot *s, const void *m, struct arena *a, struct value *v)
{
	(void)a;
	if (!has(s, m))
		return REASON_NONE;
	v->i = *(const int *)bind_at(m, s->wire->offset);
	v->set = v->i != 0;
	return REASON_NONE;
}

static enum reason
get_bool(const struct slot *s, const void *m, struct arena *a, struct value *v)
{
	(void)a;
	if (!has(s, m))
		return REASON_NONE;
	v->set = true;
	v->i = *(const protobuf_c_boolean *)bind_at(m, s->wire->offset) != 0;
	return REASON_NONE;
}

static enum reason
get_real(const struct slot *s, const void *m, struct arena *a, struct value *v)
{
	(void)a;
	if (!has(s, m))
		return REASON_NONE;
	v->set = true;
	v->real = *(const double *)bind_at(m, s->wire->offset);
	return isfinite(v->real) ? REASON_NONE : REASON_RANGE;
}

static enum reason
get_uuid(const struct slot *s, const void *m, struct arena *a, struct value *v)
{
	(void)a;
	const ProtobufCBinaryData *b = bind_at(m, s->wire->offset);
	if (!has(s, m) || b->len == 0)
		return REASON_NONE;
	if (b->len != sizeof v->uuid.b)
		return REASON_IDENTITY;
	v->set = true;
	memcpy(v->uuid.b, b->data, sizeof v->uuid.b);
	return REASON_NONE;
}

/* Room for a list; REASON_NONE with v->list.v == NULL when the arena is spent. */
static enum reason
list_room(const struct slot *s, size_t n, size_t width, struct arena *a, struct value *v)
{
	if (n == 0)
		return REASON_NONE;
	if (s->field->max > 0 && n > (size_t)s->field->max)
		return REASON_TOO_LONG;
	v->list = (struct list){arena_zalloc(a, n, width * sizeof(struct value)), n, width};
	v->set = v->list.v != NULL;
	return REASON_NONE;
}

static enum reason
get_texts(const struct slot *s, const void *m, struct arena *a, struct value *v)
{
	char *const *from = *(char **const *)bind_at(m, s->wire->offset);
	enum reason r = list_room(s, count(s, m), 1, a, v);
	for (size_t i = 0; v->set && i < v->list.n; i++) {
		struct text t = text_of(from[i]);
		v->list.v[i].set = t.n > 0;
		v->list.v[i].text = t;
	}
	return r;
}

static enum reason
get_enums(const struct slot *s, const void *m, struct arena *a, struct value *v)
{
	const int *from = *(int *const *)bind_at(m, s->wire->offset);
	enum reason r = list_room(s, count(s, m), 1, a, v);
	for (size_t i = 0; v->set && i < v->list.n; i++) {
		v->list.v[i].set = from[i] != 0;
		v->list.v[i].i = from[i];
	}
	return r;
}

static enum reason get_list(const struct slot *s, const void *m, struct arena *a, struct value *v);

static get_fn *const getters[] = {
    [FIELD_TEXT] = get_text,   [FIELD_ENUM] = get_enum,     [FIELD_INT] = get_int,
    [FIELD_REAL] = get_real,   [FIELD_BOOL] = get_bool,     [FIELD_TIME] = get_int,
    [FIELD_UUID] = get_uuid,   [FIELD_PERSON] = get_text,   [FIELD_TEXTS] = get_texts,
    [FIELD_ENUMS] = get_enums, [FIELD_PERSONS] = get_texts, [FIELD_LIST] = get_list,
};

/* Reads n fields of one message; *bad is the index of the one refused. */
static enum reason
get_fields(const struct slot *s, size_t n, const void *m, struct arena *a, struct value *v,
	   size_t *bad)
{
	for (size_t i = 0; i < n; i++) {
		enum reason r = REASON_NONE;
		if (s[i].wire != NULL)
			r = getters[s[i].field->type](&s[i], m, a, &v[i]);
		if (r != REASON_NONE) {
			*bad = i;
			return r;
		}
	}
	return REASON_NONE;
}

static enum reason
get_list(const struct slot *s, const void *m, struct arena *a, struct value *v)
{
	ProtobufCMessage *const *from = *(ProtobufCMessage * *const *)bind_at(m, s->wire->offset);
	size_t width = s->field->n_item;
	enum reason r = list_room(s, count(s, m), width, a, v);
	for (size_t i = 0; r == REASON_NONE && v->set && i < v->list.n; i++) {
		size_t bad;
		r = get_fields(s->item, width, from[i], a, v->list.v + i * width, &bad);
	}
	return r;
}

static bool
refuse(struct refusal *why, enum reason reason, enum code code, const char *where, const char *text)
{
	why->reason = reason;
	(void)err_set(&why->err, code, where, "%s", text);
	return false;
}

static bool
refuse_value(struct refusal *why, const struct kind *k, size_t index, enum reason reason)
{
	static const char *const texts[REASON_COUNT] = {
	    [REASON_RANGE] = "not a number",
	    [REASON_IDENTITY] = "a record identity is the 16 bytes of a UUID",
	    [REASON_TOO_LONG] = "the list has too many elements",
	};
	char path[64];
	field_path(k, index, path);
	return refuse(why, reason, REJ_FIELD, path, texts[reason]);
}

static bool
refuse_memory(struct refusal *why)
{
	return refuse(
	    why, REASON_TOO_LONG, TRY_LIMIT, "",
	    "the record needs more memory than is left for its batch; send smaller batches");
}

/*
 * Reads what a refused record still tells: its source, and the number of a body nobody here knows.
 * Stops at the first byte that makes no sense.
 */
static uint32_t
salvage(struct text raw, struct arena *a, struct text *source)
{
	uint32_t unknown_body = 0;
	struct scan s = scan_of(raw);
	uint32_t source_number = sems__v1__record__descriptor.fields[ENV_SOURCE].id;
	while (!scan_done(&s)) {
		struct scan_field f;
		if (!scan_next(&s, &f))
			break;
		if (f.number == source_number && f.wire == SCAN_BYTES && source->n == 0 &&
		    f.bytes.n <= (size_t)envelope_fields[ENV_SOURCE].max &&
		    text_is_clean_utf8(f.bytes)) {
			char *copy = arena_dup(a, f.bytes.s, f.bytes.n);
			*source = (struct text){copy, copy == NULL ? 0 : f.bytes.n};
		}
		if (f.number >= BODY_NUMBER_MIN && bind_body(f.number) == NULL)
			unknown_body = f.number;
	}
	return unknown_body;
}

static bool
map_record(const Sems__V1__Record *m, struct arena *a, struct record *out, struct refusal *why)
{
	const struct binding *b = bind_get();
	const struct bound_kind *k = bind_body((uint32_t)m->body_case);
	if (k == NULL)
		return refuse(why, REASON_UNKNOWN_KIND, REJ_MALFORMED, "",
			      "no body; a record is of one of the kinds that PROTOCOL.md lists");
	struct value *v = arena_zalloc(a, kind_n_fields(k->kind), sizeof *v);
	if (v == NULL)
		return refuse_memory(why);
	size_t bad = 0;
	enum reason r = get_fields(b->envelope, ENV_COUNT, m, a, v, &bad);
	if (r != REASON_NONE)
		return refuse_value(why, k->kind, bad, r);
	const void *body = *(ProtobufCMessage *const *)bind_at(m, k->body->offset);
	r = get_fields(k->own, k->kind->n_own, body, a, v + ENV_COUNT, &bad);
	if (r != REASON_NONE)
		return refuse_value(why, k->kind, ENV_COUNT + bad, r);
	if (arena_failed(a))
		return refuse_memory(why);
	out->kind = k->kind;
	out->v = v;
	return true;
}

static bool
read_record(struct text raw, struct arena *a, struct record *out, struct refusal *why)
{
	const ProtobufCMessageDescriptor *d = &sems__v1__record__descriptor;
	if (raw.n > RECORD_BYTES_MAX)
		return refuse(why, REASON_TOO_LONG, REJ_FIELD, "", "the record is over 64 KiB");
	if (!guard_message(d, raw.s, raw.n, &record_limits, why))
		return false;
	ProtobufCMessage *m = unpack(d, raw, a);
	if (m != NULL)
		return map_record((const Sems__V1__Record *)m, a, out, why);
	if (arena_failed(a))
		return refuse_memory(why);
	return refuse(why, REASON_MALFORMED, REJ_MALFORMED, "", "not a Record");
}

bool
wire_record(struct text raw, struct arena *a, struct record *out, struct text *source,
	    struct refusal *why)
{
	*out = (struct record){NULL, NULL};
	*source = (struct text){NULL, 0};
	if (read_record(raw, a, out, why)) {
		*source = out->v[ENV_SOURCE].text;
		return true;
	}
	if (why->err.code == TRY_LIMIT)
		return false;
	uint32_t unknown_body = salvage(raw, a, source);
	if (why->reason == REASON_UNKNOWN_FIELD && unknown_body != 0) {
		char path[16];
		(void)snprintf(path, sizeof path, "#%u", unknown_body);
		(void)refuse(why, REASON_UNKNOWN_KIND, REJ_MALFORMED, path,
			     "a kind this version does not know");
	}
	return false;
}
