#include "tools/bench/rows.h"

#include "base/arena.h"
#include "base/civil.h"
#include "client/packed.h"
#include "core/kind/kind.h"
#include "tools/airport/prng.h"
#include "wire/encode.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#define ROWS_BYTES_MAX (8u * 1024u * 1024u)
#define SCRATCH_BYTES  (1024u * 1024u)
#define SCREENERS      300
#define IMAGES         2000
#define PG_EPOCH_MS    INT64_C(946684800000)
#define STEP_MS        MS_PER_SECOND /* between two events of a lane */
#define PERSON_BYTES   16
#define NUMBER_DIGITS  12
#define TIME_BYTES     6 /* of a varint, for any time until 2109 */
#define EVENT_BYTES    4
#define EVENT_FIRST    (INT64_C(1) << 21) /* from here to 2^28 a varint has four bytes */
#define EVENT_MASK     ((INT64_C(1) << 27) - 1)
#define OUTCOME_HIT    1
#define OUTCOME_MISS   2
#define OUTCOME_BAD    99 /* a value that no version knows */

/* What the bytes are searched for; no record has the like by chance. */
static const unsigned char mark_id[16] = {0x01, 0x9d, 0x48, 0x45, 0x62, 0x80, 0x7e, 0x44,
					  0xa4, 0xb7, 0x45, 0x7f, 0xe4, 0x9e, 0x2a, 0xb9};
static const char mark_number[] = "987654321098";
#define MARK_OCCURRED INT64_C(0x019d4a45a280)
#define MARK_DECISION INT64_C(0x019d4a47b391)
#define MARK_EVENT    INT64_C(0x0ABCDEF)

int64_t
rows_base(void)
{
	struct civil_date d = civil_from_days(time(NULL) / 86400);

	d.day = 1;
	d = civil_from_days(civil_to_days(d) - 1);
	d.day = 2;
	return civil_to_days(d) * MS_PER_DAY;
}

/* --- the events ------------------------------------------------------------------------------- */

static void
set_text(struct record *r, const char *field, const char *text)
{
	struct value *v = &r->v[kind_field_index(r->kind, text_of(field))];

	v->set = true;
	v->text = text_of(text);
}

static void
set_int(struct record *r, const char *field, int64_t i)
{
	struct value *v = &r->v[kind_field_index(r->kind, text_of(field))];

	v->set = true;
	v->i = i;
}

/* An event of a lane with marks for what is put in later. */
static bool
make_event(struct record *r, struct arena *a, struct prng *g, unsigned t, int32_t *response_ms)
{
	unsigned lane = t / ROWS_RUN;
	bool hit = prng_chance(g, 0.85);

	r->kind = kinds[KIND_TIP_EVENT];
	r->v = arena_zalloc(a, kind_n_fields(r->kind), sizeof *r->v);
	if (r->v == NULL)
		return false;
	*response_ms = (int32_t)prng_between(g, 800, 12000);
	r->v[ENV_RECORD_ID].set = true;
	memcpy(r->v[ENV_RECORD_ID].uuid.b, mark_id, sizeof mark_id);
	set_text(r, "source", arena_printf(a, "bench-lane-%03u", lane));
	set_text(r, "source_record_id", mark_number);
	set_text(r, "site_id", ROWS_SITE);
	set_text(r, "measure_code", "4.1");
	set_int(r, "occurred_at", MARK_OCCURRED);
	set_text(r, "device_id", arena_printf(a, "XR-%03u", lane));
	set_text(r, "device_model", "Heron 620");
	set_int(r, "stream", 1);
	set_text(r, "screener_id", arena_printf(a, "S%05d", (int)prng_between(g, 1, SCREENERS)));
	set_int(r, "event_no", MARK_EVENT);
	set_text(r, "image_id", arena_printf(a, "IMG-%04d", (int)prng_between(g, 1, IMAGES)));
	set_text(r, "library_id", "LIB-A");
	set_text(r, "library_version", "12");
	set_int(r, "image_type", 1);
	set_int(r, "threat_category", prng_between(g, 1, 4));
	set_int(r, "decision_at", MARK_DECISION);
	set_int(r, "response_ms", *response_ms);
	set_int(r, "time_limit_ms", 15000);
	set_int(r, "outcome", hit ? OUTCOME_HIT : OUTCOME_MISS);
	return !arena_failed(a);
}

/* --- on the wire ------------------------------------------------------------------------------ */

static bool
find(const unsigned char *p, size_t n, const void *mark, size_t n_mark, uint32_t *place)
{
	const unsigned char *at = memmem(p, n, mark, n_mark);

	*place = at == NULL ? 0 : (uint32_t)(at - p);
	return at != NULL;
}

static bool
find_varint(const unsigned char *p, size_t n, int64_t mark, uint32_t *place)
{
	unsigned char v[10];

	return find(p, n, v, packed_varint(v, (uint64_t)mark), place);
}

static bool
encode_wire(struct rows *rows, const struct record *r, struct arena *a, struct rows_place *place)
{
	unsigned char head[PACKED_RECORD_HEAD_MAX];
	struct buf packed;
	size_t n_head;
	size_t start = rows->bytes.n;
	const unsigned char *p;
	size_t n;
	bool good;

	buf_init(&packed, SCRATCH_BYTES);
	good = wire_put_record(r, a, &packed);
	n_head = packed_record_head(head, packed.n);
	good = good && buf_add(&rows->bytes, head, n_head) &&
	       buf_add(&rows->bytes, packed.p, packed.n);
	buf_fini(&packed);
	if (!good)
		return false;
	p = rows->bytes.p + start;
	n = rows->bytes.n - start;
	return find(p, n, mark_id, sizeof mark_id, &place->record_id) &&
	       find(p, n, mark_number, NUMBER_DIGITS, &place->number) &&
	       find_varint(p, n, MARK_OCCURRED, &place->occurred_at) &&
	       find_varint(p, n, MARK_DECISION, &place->decision_at) &&
	       find_varint(p, n, MARK_EVENT, &place->event_no);
}

/* --- as rows ---------------------------------------------------------------------------------- */

/* As ingest stores a person: 16 bytes that say nothing. */
static void
make_pseudonym(struct text person, unsigned char out[PERSON_BYTES])
{
	uint64_t h = 0;

	for (size_t i = 0; i < person.n; i++)
		h = prng_mix(h ^ (unsigned char)person.s[i]);
	memcpy(out, &h, sizeof h);
	h = prng_mix(h);
	memcpy(out + sizeof h, &h, sizeof h);
}

static void
copy_cell(struct buf *b, const void *p, size_t n)
{
	buf_add_be32(b, (uint32_t)n);
	buf_add(b, p, n);
}

static void
copy_number(struct buf *b, int64_t v)
{
	buf_add_be32(b, sizeof v);
	buf_add_be64(b, (uint64_t)v);
}

static void
copy_value(struct buf *b, const struct field *f, const struct value *v)
{
	unsigned char pseudonym[PERSON_BYTES];
	struct text name;

	if (!v->set) {
		buf_add_be32(b, UINT32_MAX);
	} else if (f->type == FIELD_UUID) {
		copy_cell(b, v->uuid.b, sizeof v->uuid.b);
	} else if (f->type == FIELD_ENUM) {
		name = text_of(enum_name(f->names, v->i));
		copy_cell(b, name.s, name.n);
	} else if (f->type == FIELD_PERSON) {
		make_pseudonym(v->text, pseudonym);
		copy_cell(b, pseudonym, sizeof pseudonym);
	} else if (f->type == FIELD_TEXT) {
		copy_cell(b, v->text.s, v->text.n);
	} else {
		copy_number(b, v->i);
	}
}

static bool
find_number(const unsigned char *p, size_t n, int64_t mark, uint32_t *place)
{
	uint64_t be = htobe64((uint64_t)mark);

	return find(p, n, &be, sizeof be, place);
}

static bool
encode_copy(struct rows *rows, const struct record *r, struct rows_place *place)
{
	struct buf *b = &rows->bytes;
	size_t start = b->n;
	const unsigned char *p;
	size_t n;

	buf_add_be16(b, (uint16_t)(kind_n_fields(r->kind) + 3));
	for (size_t i = 0; i < kind_n_fields(r->kind); i++)
		copy_value(b, kind_field(r->kind, i), &r->v[i]);
	copy_number(b, (time(NULL) * MS_PER_SECOND - PG_EPOCH_MS) * 1000);
	copy_cell(b, "unix:bench", sizeof "unix:bench" - 1);
	buf_add_be32(b, UINT32_MAX); /* received_as is of corrections alone */
	if (b->failed)
		return false;
	p = b->p + start;
	n = b->n - start;
	return find(p, n, mark_id, sizeof mark_id, &place->record_id) &&
	       find(p, n, mark_number, NUMBER_DIGITS, &place->number) &&
	       find_number(p, n, MARK_OCCURRED, &place->occurred_at) &&
	       find_number(p, n, MARK_DECISION, &place->decision_at) &&
	       find_number(p, n, MARK_EVENT, &place->event_no);
}

bool
rows_columns(struct buf *sql)
{
	const struct kind *k = kinds[KIND_TIP_EVENT];

	for (size_t i = 0; i < kind_n_fields(k); i++)
		buf_addf(sql, "\"%s\", ", kind_field(k, i)->name);
	return buf_addf(sql, "received_at, received_from, received_as");
}

/* --- life ------------------------------------------------------------------------------------- */

static bool
encode(struct rows *r, struct arena *a, struct prng *g, unsigned t)
{
	struct record event;
	bool bad;

	if (!make_event(&event, a, g, t, &r->response_ms[t]))
		return false;
	bad = t * r->poison / 100 != (t + 1) * r->poison / 100;
	if (bad)
		set_int(&event, "outcome", OUTCOME_BAD);
	return r->form == ROWS_WIRE ? encode_wire(r, &event, a, &r->place[t])
				    : encode_copy(r, &event, &r->place[t]);
}

enum code
rows_init(struct rows *r, enum rows_form form, uint64_t salt, unsigned poison, struct err *e)
{
	struct prng g = prng_for(1, 0, 0, 0);
	struct arena *a = arena_new(SCRATCH_BYTES);
	bool good = a != NULL;

	r->form = form;
	r->salt = salt;
	r->base = rows_base();
	r->poison = poison;
	buf_init(&r->bytes, ROWS_BYTES_MAX);
	for (unsigned t = 0; t < ROWS_PERIOD && good; t++) {
		r->start[t] = (uint32_t)r->bytes.n;
		arena_reset(a);
		good = encode(r, a, &g, t);
	}
	r->start[ROWS_PERIOD] = (uint32_t)r->bytes.n;
	arena_free(a);
	return good ? OK : err_set(e, FATAL_BUG, "rows", "the records could not be encoded");
}

void
rows_fini(struct rows *r)
{
	buf_fini(&r->bytes);
}

size_t
rows_size(const struct rows *r, uint64_t first, unsigned n)
{
	unsigned t = (unsigned)(first % ROWS_PERIOD);

	return r->start[t + n] - r->start[t];
}

static void
put_identity(const struct rows *r, uint64_t n, int64_t at, unsigned char *p)
{
	uint64_t time_bits = htobe64((uint64_t)at << 16);
	uint64_t a = prng_mix(r->salt ^ prng_mix(n));
	uint64_t b = prng_mix(a);

	memcpy(p, &time_bits, 6);
	memcpy(p + 6, &a, 2);
	memcpy(p + 8, &b, 8);
	p[6] = (unsigned char)((p[6] & 0x0f) | 0x70);
	p[8] = (unsigned char)((p[8] & 0x3f) | 0x80);
}

static void
put_digits(uint64_t n, unsigned char *p)
{
	for (int i = NUMBER_DIGITS - 1; i >= 0; i--) {
		p[i] = (unsigned char)('0' + n % 10);
		n /= 10;
	}
}

static void
put_be64(int64_t v, unsigned char *p)
{
	uint64_t be = htobe64((uint64_t)v);

	memcpy(p, &be, sizeof be);
}

void
rows_put(const struct rows *r, uint64_t first, unsigned n, unsigned char *out)
{
	unsigned t = (unsigned)(first % ROWS_PERIOD);
	const unsigned char *from = r->bytes.p + r->start[t];

	memcpy(out, from, r->start[t + n] - r->start[t]);
	for (unsigned i = 0; i < n; i++, t++) {
		unsigned char *p = out + (r->start[t] - r->start[first % ROWS_PERIOD]);
		const struct rows_place *place = &r->place[t];
		int64_t step = (int64_t)((first + i) / ROWS_PERIOD) * ROWS_RUN + t % ROWS_RUN;
		int64_t at = r->base + step * STEP_MS + t / ROWS_RUN * 7;
		int64_t decided = at + r->response_ms[t];
		int64_t event_no = EVENT_FIRST + (step & EVENT_MASK);

		put_identity(r, first + i, at, p + place->record_id);
		put_digits(first + i, p + place->number);
		if (r->form == ROWS_WIRE) {
			packed_varint(p + place->occurred_at, (uint64_t)at);
			packed_varint(p + place->decision_at, (uint64_t)decided);
			packed_varint(p + place->event_no, (uint64_t)event_no);
		} else {
			put_be64((at - PG_EPOCH_MS) * 1000, p + place->occurred_at);
			put_be64((decided - PG_EPOCH_MS) * 1000, p + place->decision_at);
			put_be64(event_no, p + place->event_no);
		}
	}
}
