#include "wire/decode.h"

#include "base/count.h"
#include "core/kind/validate.h"
#include "wire/bind.h"
#include "wire/frame.h"
#include "wire/guard.h"
#include "wire/scan.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/*
 * A record of RECORD_BYTES_MAX can say 32,000 empty items, each some hundred bytes once mapped: the
 * limits below, not its size, bound what it may cost.
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
enum { REQUEST_FIELD_NO = 1 };
enum batch_field { BATCH_FIELD_NO = 1, BATCH_FIELD_RECORDS = 2 };

static enum code
read_message(const ProtobufCMessageDescriptor *d, struct text bytes, struct arena *a,
	     const ProtobufCMessage **out, struct err *e)
{
	struct refusal why;

	if (!guard_message(d, bytes.s, bytes.n, &frame_limits, &why)) {
		return err_set(e, why.reason == REASON_TOO_LONG ? REJ_LIMIT : why.err.code,
			       why.err.where, "%s%s%s", why.err.where,
			       why.err.where[0] == '\0' ? "" : ": ", why.err.text);
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
	/* Nobody can be answered before the Hello. */
	if (c == REJ_FIELD)
		c = e->code = REJ_MALFORMED;
	return c;
}

/* Of a Request that the guard did not let pass, wherever it stands; 0: it has none. */
static uint64_t
request_no(struct text bytes)
{
	struct scan s = scan_of(bytes);
	struct scan_field f;

	while (!scan_done(&s) && scan_next(&s, &f))
		if (f.number == REQUEST_FIELD_NO && f.wire == SCAN_VARINT)
			return f.value;
	return 0;
}

static enum code
read_request(struct text bytes, struct arena *a, struct client_frame *out, struct err *e)
{
	const ProtobufCMessage *m = NULL;
	enum code c = read_message(&sems__v1__request__descriptor, bytes, a, &m, e);

	out->type = CLIENT_REQUEST;
	out->request = (const Sems__V1__Request *)m;
	if (c == REJ_FIELD)
		out->unread_no = request_no(bytes);
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
		return err_set(
		    e, REJ_LIMIT, "batch.records",
		    "a batch of %zu records is over the limit of %zu; send smaller batches",
		    out->batch.n, max_records);
	out->batch.records = arena_zalloc(a, out->batch.n + 1, sizeof *out->batch.records);
	if (out->batch.records == NULL)
		return err_set(e, TRY_LIMIT, "batch", "out of memory for this frame");
	scan_batch(bytes, out);
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

/*
 * Records are mapped straight from the wire, in a second walk over bytes the guard has passed:
 * unpacking them into protobuf-c's structs first costs half as much again, and memory as large as
 * the guard's limits let it be.
 */
struct filling {
	struct text message; /* that the field is in */
	struct arena *a;
};

/* Takes one field of the wire. REASON_NONE, or what is wrong with it. */
typedef enum reason set_fn(const struct filling *in, const struct slot *s,
			   const struct scan_field *f, struct value *v);

static enum reason
set_text(const struct filling *in, const struct slot *s, const struct scan_field *f,
	 struct value *v)
{
	(void)in;
	(void)s;
	v->text = f->bytes;
	v->set = f->bytes.n > 0;
	return REASON_NONE;
}

static enum reason
set_int(const struct filling *in, const struct slot *s, const struct scan_field *f, struct value *v)
{
	(void)in;
	(void)s;
	v->i = (int64_t)f->value;
	v->set = true;
	return REASON_NONE;
}

static enum reason
set_enum(const struct filling *in, const struct slot *s, const struct scan_field *f,
	 struct value *v)
{
	(void)in;
	(void)s;
	v->i = (int64_t)f->value;
	v->set = f->value != 0;
	return REASON_NONE;
}

static enum reason
set_real(const struct filling *in, const struct slot *s, const struct scan_field *f,
	 struct value *v)
{
	uint64_t bits;

	(void)in;
	(void)s;
	bits = 0;
	for (size_t i = 8; i-- > 0;)
		bits = bits << 8 | (unsigned char)f->bytes.s[i];
	memcpy(&v->real, &bits, sizeof bits);
	v->set = true;
	return isfinite(v->real) ? REASON_NONE : REASON_RANGE;
}

static enum reason
set_uuid(const struct filling *in, const struct slot *s, const struct scan_field *f,
	 struct value *v)
{
	(void)in;
	(void)s;
	if (f->bytes.n == 0)
		return REASON_NONE;
	if (f->bytes.n != sizeof v->uuid.b)
		return REASON_IDENTITY;
	memcpy(v->uuid.b, f->bytes.s, sizeof v->uuid.b);
	v->set = true;
	return REASON_NONE;
}

/* How many elements the message has of the field. */
static size_t
count_elements(struct text message, const ProtobufCFieldDescriptor *field)
{
	size_t n = 0;
	struct scan s = scan_of(message);

	while (!scan_done(&s)) {
		struct scan_field f;

		if (!scan_next(&s, &f))
			break;
		if (f.number != field->id)
			continue;
		if (f.wire != SCAN_BYTES || field->type != PROTOBUF_C_TYPE_ENUM) {
			n++;
			continue;
		}
		for (size_t i = 0; i < f.bytes.n; i++)
			n += (f.bytes.s[i] & 0x80) == 0; /* packed: the last byte of each */
	}
	return n;
}

/* Makes room for the whole list when its first element comes. */
static enum reason
list_room(const struct filling *in, const struct slot *s, size_t width, struct value *v)
{
	size_t n;

	if (v->set)
		return REASON_NONE;
	n = count_elements(in->message, s->wire);
	if (n == 0)
		return REASON_NONE;
	if (n > (size_t)s->field->max)
		return REASON_TOO_LONG;
	v->list = (struct list){arena_zalloc(in->a, n * width, sizeof(struct value)), 0, width};
	v->set = v->list.v != NULL;
	return REASON_NONE;
}

static enum reason
set_texts(const struct filling *in, const struct slot *s, const struct scan_field *f,
	  struct value *v)
{
	enum reason r = list_room(in, s, 1, v);

	if (r != REASON_NONE || !v->set)
		return r;
	return set_text(in, s, f, &v->list.v[v->list.n++]);
}

static enum reason
set_enums(const struct filling *in, const struct slot *s, const struct scan_field *f,
	  struct value *v)
{
	enum reason r = list_room(in, s, 1, v);
	struct scan packed;

	if (r != REASON_NONE || !v->set)
		return r;
	if (f->wire == SCAN_VARINT)
		return set_enum(in, s, f, &v->list.v[v->list.n++]);
	packed = scan_of(f->bytes);
	while (!scan_done(&packed)) {
		struct scan_field one = {f->number, SCAN_VARINT, 0, {NULL, 0}};

		if (!scan_varint(&packed, &one.value))
			break;
		set_enum(in, s, &one, &v->list.v[v->list.n++]);
	}
	return REASON_NONE;
}

static enum reason set_list(const struct filling *in, const struct slot *s,
			    const struct scan_field *f, struct value *v);

static set_fn *const setters[] = {
    [FIELD_TEXT] = set_text,   [FIELD_ENUM] = set_enum,     [FIELD_INT] = set_int,
    [FIELD_REAL] = set_real,   [FIELD_BOOL] = set_int,      [FIELD_TIME] = set_int,
    [FIELD_UUID] = set_uuid,   [FIELD_PERSON] = set_text,   [FIELD_TEXTS] = set_texts,
    [FIELD_ENUMS] = set_enums, [FIELD_PERSONS] = set_texts, [FIELD_LIST] = set_list,
};
COVERS(setters, N_FIELD_TYPES);

/* What a walk over a message met that is not its own slots' business. */
struct met {
	size_t bad;        /* index of the slot that is refused */
	uint32_t body;     /* number of the field without a slot; 0: none */
	struct text bytes; /* and its bytes */
};

static enum reason
fill(const struct bound_message *b, struct text message, struct arena *a, struct value *v,
     struct met *met)
{
	const struct filling in = {message, a};
	struct scan s = scan_of(message);
	unsigned at = 0;

	while (!scan_done(&s)) {
		struct scan_field f;
		size_t i;
		enum reason r;

		if (!scan_next(&s, &f))
			return REASON_MALFORMED;
		at = bind_index(b->d, f.number, at);
		if (at == b->d->n_fields)
			return REASON_UNKNOWN_FIELD;
		i = b->slot_of[at];
		if (i == NO_SLOT) {
			met->body = f.number;
			met->bytes = f.bytes;
			continue;
		}
		met->bad = i;
		r = setters[b->slots[i].field->type](&in, &b->slots[i], &f, &v[i]);
		if (r != REASON_NONE)
			return r;
	}
	return REASON_NONE;
}

static enum reason
set_list(const struct filling *in, const struct slot *s, const struct scan_field *f,
	 struct value *v)
{
	struct met met;
	size_t width = s->item->n;
	enum reason r = list_room(in, s, width, v);

	if (r != REASON_NONE || !v->set)
		return r;
	return fill(s->item, f->bytes, in->a, v->list.v + width * v->list.n++, &met);
}

static bool
refuse(struct refusal *why, enum reason reason, enum code code, const char *where, const char *text)
{
	why->reason = reason;
	err_set(&why->err, code, where, "%s", text);
	return false;
}

static bool
refuse_value(struct refusal *why, const struct kind *k, size_t index, enum reason reason)
{
	static const char *const texts[] = {
	    [REASON_RANGE] = "not a number",
	    [REASON_IDENTITY] = "a record identity is the 16 bytes of a UUID",
	    [REASON_TOO_LONG] = "the list has too many elements",
	};
	COVERS_SOME(texts, REASON_COUNT);
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
salvage(struct text raw, struct text *source)
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
		    text_is_clean_utf8(f.bytes))
			*source = f.bytes;
		if (f.number >= BODY_NUMBER_MIN && bind_body(f.number) == NULL)
			unknown_body = f.number;
	}
	return unknown_body;
}

static bool
map_body(const struct bound_kind *k, struct text body, struct arena *a, struct record *out,
	 struct refusal *why)
{
	struct met met = {0, 0, {NULL, 0}};
	enum reason r = fill(k->own, body, a, out->v + ENV_COUNT, &met);

	if (r != REASON_NONE)
		return refuse_value(why, k->kind, ENV_COUNT + met.bad, r);
	if (arena_failed(a))
		return refuse_memory(why);
	out->kind = k->kind;
	return true;
}

/* raw has passed the guard. */
static bool
map_record(struct text raw, struct arena *a, struct record *out, struct refusal *why)
{
	struct value envelope[ENV_COUNT] = {0};
	struct met met = {0, 0, {NULL, 0}};
	const struct binding *b = bind_get();
	enum reason r = fill(b->record, raw, a, envelope, &met);
	const struct bound_kind *k;

	if (r != REASON_NONE)
		return refuse_value(why, kinds[0], met.bad, r);
	k = bind_body(met.body);
	if (k == NULL)
		return refuse(why, REASON_UNKNOWN_KIND, REJ_MALFORMED, "",
			      "no body; a record is of one of the kinds that PROTOCOL.md lists");
	out->v = arena_zalloc(a, kind_n_fields(k->kind), sizeof *out->v);
	if (out->v == NULL)
		return refuse_memory(why);
	memcpy(out->v, envelope, sizeof envelope);
	return map_body(k, met.bytes, a, out, why);
}

static bool
read_record(struct text raw, struct arena *a, struct record *out, struct refusal *why)
{
	if (raw.n > RECORD_BYTES_MAX)
		return refuse(why, REASON_TOO_LONG, REJ_FIELD, "",
			      "a record has 65,536 bytes at most; send less with it");
	return guard_message(&sems__v1__record__descriptor, raw.s, raw.n, &record_limits, why) &&
	       map_record(raw, a, out, why);
}

bool
wire_record(struct text raw, struct arena *a, struct record *out, struct text *source,
	    struct refusal *why)
{
	uint32_t unknown_body;

	*out = (struct record){NULL, NULL};
	*source = (struct text){NULL, 0};
	if (read_record(raw, a, out, why)) {
		*source = out->v[ENV_SOURCE].text;
		return true;
	}
	*out = (struct record){NULL, NULL};
	if (why->err.code == TRY_LIMIT)
		return false;
	unknown_body = salvage(raw, source);
	if (why->reason == REASON_UNKNOWN_FIELD && unknown_body != 0) {
		char path[16];

		snprintf(path, sizeof path, "#%u", unknown_body);
		refuse(why, REASON_UNKNOWN_KIND, REJ_MALFORMED, path,
		       "a kind this version does not know");
	}
	return false;
}

const struct kind *
wire_claims(struct text raw)
{
	const struct bound_kind *k = NULL;
	struct scan s = scan_of(raw);

	while (!scan_done(&s)) {
		struct scan_field f;

		if (!scan_next(&s, &f))
			break;
		/* Of several bodies the one that fewest may know of. */
		if (f.number >= BODY_NUMBER_MIN && bind_body(f.number) != NULL &&
		    (k == NULL || k->kind->id != KIND_TEST))
			k = bind_body(f.number);
	}
	return k == NULL ? NULL : k->kind;
}

struct claimed_identity
wire_claimed_identity(struct text raw)
{
	const ProtobufCFieldDescriptor *fields = sems__v1__record__descriptor.fields;
	struct claimed_identity c = {.number = {"", 0}};
	struct scan s = scan_of(raw);

	while (!scan_done(&s)) {
		struct scan_field f;

		if (!scan_next(&s, &f))
			break;
		if (f.number == fields[ENV_SOURCE_RECORD_ID].id && f.wire == SCAN_BYTES) {
			c.number = f.bytes;
		} else if (f.number == fields[ENV_RECORD_ID].id && f.wire == SCAN_BYTES &&
			   f.bytes.n == sizeof c.id.b) {
			memcpy(c.id.b, f.bytes.s, sizeof c.id.b);
			c.has_id = true;
		} else if (f.number == fields[ENV_OCCURRED_AT].id && f.wire == SCAN_VARINT) {
			c.occurred_at.v = (int64_t)f.value;
			c.has_time = f.value < INT64_C(7258118400000); /* 2200 */
		}
	}
	if (!text_is_clean_utf8(c.number))
		c.number = (struct text){"", 0};
	return c;
}
