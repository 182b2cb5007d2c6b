/*
 * Whatever a peer sends as a record. It is refused with a reason, or read; and what was read is
 * written, read again, the same, and written to the same bytes. protobuf-c, which semsd does not
 * use for records, must have read the same.
 */
#include "base/arena.h"
#include "core/kind/validate.h"
#include "tests/fuzz/fuzz.h"
#include "tests/wire/make_record.h"
#include "wire/decode.h"
#include "wire/encode.h"
#include "wire/frame.h"

#include <sems/v1/record.pb-c.h>
#include <string.h>

static struct arena *arena;
static struct arena *tight; /* soon spent */
static struct buf first;
static struct buf second;

static void
write_record(const struct record *r, struct buf *b)
{
	buf_clear(b);
	MUST(wire_put_record(r, arena, b));
}

/* Encoded in full what was packed, a record may be over the limit. */
static void
read_back(const struct buf *b, const struct record *r)
{
	struct record back;
	struct text source;
	struct refusal why = {0};

	if (b->n > RECORD_BYTES_MAX)
		return;
	MUST(wire_record((struct text){(const char *)b->p, b->n}, arena, &back, &source, &why));
	MUST(record_difference(r, &back) == NULL);
	write_record(&back, &second);
	MUST(b->n == second.n && memcmp(b->p, second.p, b->n) == 0);
}

static void *
alloc_in(void *a, size_t n)
{
	return arena_alloc(a, n);
}

static void
free_in(void *a, void *p)
{
	(void)a;
	(void)p;
}

/* What protobuf-c reads and writes again is the same record. */
static void
compare_with_library(struct text raw, const struct record *r)
{
	ProtobufCAllocator allocator = {alloc_in, free_in, arena};
	Sems__V1__Record *m = sems__v1__record__unpack(&allocator, raw.n, (const uint8_t *)raw.s);
	struct record back;
	struct text source;
	struct refusal why = {0};

	MUST(m != NULL);
	size_t n = sems__v1__record__get_packed_size(m);
	uint8_t *bytes = arena_alloc(arena, n + 1);
	MUST(bytes != NULL);
	sems__v1__record__pack(m, bytes);
	if (n > RECORD_BYTES_MAX)
		return;
	MUST(wire_record((struct text){(const char *)bytes, n}, arena, &back, &source, &why));
	MUST(record_difference(r, &back) == NULL);
}

/* No list is longer than its kind's table allows: what a record may cost depends on it. */
static void
check_lists(const struct record *r)
{
	for (size_t i = 0; i < kind_n_fields(r->kind); i++) {
		const struct field *f = kind_field(r->kind, i);

		if (f->type >= FIELD_TEXTS && r->v[i].set)
			MUST(r->v[i].list.n > 0 && (int64_t)r->v[i].list.n <= f->max);
	}
}

static void
check_refusal(const struct record *r, struct text source, const struct refusal *why)
{
	MUST(r->kind == NULL && r->v == NULL);
	MUST(why->reason != REASON_NONE && why->reason < REASON_COUNT);
	MUST(why->err.code != OK && why->err.text[0] != '\0');
	MUST(source.n == 0 || text_is_clean_utf8(source));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text raw = {(const char *)data, size};
	struct record r;
	struct text source;
	struct refusal why = {0};

	if (arena == NULL) {
		arena = arena_new((size_t)1 << 26);
		tight = arena_new((size_t)1 << 11);
		buf_init(&first, (size_t)16 * RECORD_BYTES_MAX);
		buf_init(&second, (size_t)16 * RECORD_BYTES_MAX);
	}
	MUST(arena != NULL && tight != NULL);
	arena_reset(arena);
	arena_reset(tight);
	if (!wire_record(raw, tight, &r, &source, &why))
		check_refusal(&r, source, &why);
	why = (struct refusal){0};
	if (!wire_record(raw, arena, &r, &source, &why)) {
		MUST(why.err.code != TRY_LIMIT);
		check_refusal(&r, source, &why);
		return 0;
	}
	check_lists(&r);
	write_record(&r, &first);
	read_back(&first, &r);
	compare_with_library(raw, &r);
	why = (struct refusal){0};
	if (!record_validate(&r, (struct utc_ms){1775034120015}, NULL, &why))
		MUST(why.reason != REASON_NONE && why.err.text[0] != '\0');
	return 0;
}
