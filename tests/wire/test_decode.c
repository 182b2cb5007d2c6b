#include "base/count.h"
#include "tests/wire/make_record.h"
#include "wire/decode.h"
#include "wire/encode.h"
#include "wire/frame.h"

#include <criterion/criterion.h>

struct row {
	const char *what;
	const char *hex;
	enum reason reason;
	const char *path;
	const char *source;
};

static const struct row rows[] = {
    {"nothing", "", REASON_UNKNOWN_KIND, "", ""},
    {"no body", "120161", REASON_UNKNOWN_KIND, "", "a"},
    {"a body of a later version", "120161 E20300", REASON_UNKNOWN_KIND, "#60", "a"},
    {"a later body and one known", "120161 DA0200 E20300", REASON_UNKNOWN_KIND, "#60", "a"},
    {"a later envelope field", "F00105 120161 DA0200", REASON_UNKNOWN_FIELD, "#30", "a"},
    {"a later field in a body", "120161 DA0203F00105", REASON_UNKNOWN_FIELD, "tip_event.#30", "a"},
    {"two bodies", "120161 C20200 DA0200", REASON_MALFORMED, "tip_event", "a"},
    {"source twice: the first is named", "120161 120162 DA0200", REASON_MALFORMED, "source", "a"},
    {"a short identity", "0A0F000102030405060708090A0B0C0D0E 120161 DA0200", REASON_IDENTITY,
     "record_id", "a"},
    {"a long identity", "0A11000102030405060708090A0B0C0D0E0F10 DA0200", REASON_IDENTITY,
     "record_id", ""},
    {"a short identity of the corrected record", "A2010100 120161 DA0200", REASON_IDENTITY,
     "corrects_record_id", "a"},
    {"not a number", "E20209 79000000000000F87F", REASON_RANGE, "tip_session.vendor_pd", ""},
    {"endless", "E20209 79000000000000F07F", REASON_RANGE, "tip_session.vendor_pd", ""},
    {"a source that is no text", "1201FF DA0200", REASON_TEXT, "source", ""},
    {"cut short after the source", "120161 DA0203", REASON_MALFORMED, "", "a"},
    {"cut short before the source", "0AFF", REASON_MALFORMED, "", ""},
    {"an empty corrected identity is none", "A20100 120161 DA0200", REASON_NONE, "", "a"},
};

static bool
decode(struct text raw, struct arena *a, struct record *r, struct text *source, struct refusal *why)
{
	/* Of its exact size, so that the sanitizer sees a read past the end. Values point there
	 * until the call after next. */
	static char *exact[2];
	static unsigned turn;
	char **copy = &exact[turn++ % 2];

	free(*copy);
	*copy = malloc(raw.n == 0 ? 1 : raw.n);
	memcpy(*copy, raw.s, raw.n);
	return wire_record((struct text){*copy, raw.n}, a, r, source, why);
}

Test(decode, names_reason_field_and_source)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_new(1 << 20);
		struct record r;
		struct text source;
		struct refusal why = {0};
		bool ok = decode(from_hex(rows[i].hex, a), a, &r, &source, &why);

		cr_expect_eq(ok, rows[i].reason == REASON_NONE, "%s", rows[i].what);
		cr_expect_eq(ok, r.kind != NULL, "%s", rows[i].what);
		cr_expect_eq(why.reason, rows[i].reason, "%s: reason %s", rows[i].what,
			     reason_name(why.reason));
		cr_expect_str_eq(why.err.where, rows[i].path, "%s: path %s", rows[i].what,
				 why.err.where);
		cr_expect(text_is(source, rows[i].source), "%s: source", rows[i].what);
		arena_free(a);
	}
}

static struct text
encode(const struct record *r, struct arena *a, struct buf *b)
{
	buf_clear(b);
	cr_assert(wire_put_record(r, a, b));
	return (struct text){(char *)b->p, b->n};
}

static void
round_trip(const struct record *r, struct arena *a, struct buf *b)
{
	struct record back;
	struct text source;
	struct refusal why = {0};
	struct text raw = encode(r, a, b);
	bool ok = decode(raw, a, &back, &source, &why);

	cr_assert(ok, "%s: %s %s", r->kind->name, why.err.where, why.err.text);
	const char *field = record_difference(r, &back);
	cr_assert_null(field, "%s.%s came back different", r->kind->name, field);
	if (r->v[ENV_SOURCE].set)
		cr_assert(text_eq(source, r->v[ENV_SOURCE].text));
}

Test(decode, gives_back_what_was_encoded)
{
	struct arena *a = arena_new(1 << 20);
	struct buf b;

	buf_init(&b, RECORD_BYTES_MAX);
	for (size_t k = 0; k < KIND_COUNT; k++)
		for (uint64_t seed = 0; seed < 300; seed++) {
			arena_reset(a);
			struct record r = make_record(kinds[k], seed, a);
			round_trip(&r, a, &b);
			r = make_full_record(kinds[k], seed, a);
			round_trip(&r, a, &b);
		}
	buf_fini(&b);
	arena_free(a);
}

/* P-802 */
Test(decode, takes_empty_text_and_unspecified_as_not_given)
{
	/* source "", precision UNSPECIFIED, outcome UNSPECIFIED; embargo false and event_no 0 are
	 * facts. */
	struct arena *a = arena_new(1 << 20);
	struct record r;
	struct text source;
	struct refusal why;

	cr_assert(decode(from_hex("1200 6000 C00100 DA0205 3800 800100", a), a, &r, &source, &why));
	cr_assert_eq(source.n, 0);
	for (size_t i = 0; i < kind_n_fields(r.kind); i++) {
		bool fact = i == ENV_EMBARGO || i == kind_field_index(r.kind, text_of("event_no"));

		cr_assert_eq(r.v[i].set, fact, "%s", kind_field(r.kind, i)->name);
	}
	arena_free(a);
}

/* A record that has all there is of its kind. */
static struct text
encode_full(const struct kind *k, struct arena *a, struct buf *b)
{
	struct record r = make_full_record(k, 7, a);

	return encode(&r, a, b);
}

/* What was refused says what it is, as soon as that can be read. */
Test(decode, tells_what_a_refused_record_says_it_is)
{
	struct arena *a = arena_new(1 << 22);
	struct buf b;

	buf_init(&b, RECORD_BYTES_MAX);
	for (size_t k = 0; k < KIND_COUNT; k++) {
		struct text raw = encode_full(kinds[k], a, &b);

		cr_expect_eq(wire_claims(raw), kinds[k], "%s", kinds[k]->name);
	}
	/* Whoever may not know of tests is not to learn of one by what was sent beside it. */
	cr_expect_eq(wire_claims(from_hex("CA0200 EA0200", a)), kinds[KIND_TEST]);
	cr_expect_eq(wire_claims(from_hex("EA0200 CA0200", a)), kinds[KIND_TEST]);
	cr_expect_eq(wire_claims(from_hex("EA0200", a)), kinds[KIND_ACTIVITY]);
	cr_expect_null(wire_claims(from_hex("120161", a)), "it has no body");
	cr_expect_null(wire_claims(from_hex("0AFF", a)), "it cannot be read");
	cr_expect_null(wire_claims((struct text){NULL, 0}));
	buf_fini(&b);
	arena_free(a);
}

Test(decode, refuses_a_record_cut_short_at_any_byte)
{
	struct arena *a = arena_new(1 << 22);
	struct buf b;

	buf_init(&b, RECORD_BYTES_MAX);
	for (size_t k = 0; k < KIND_COUNT; k++) {
		struct text raw = encode_full(kinds[k], a, &b);

		for (size_t n = 0; n < raw.n; n++) {
			struct arena *scratch = arena_new(1 << 20);
			struct record back;
			struct text source;
			struct refusal why = {0};

			cr_assert_not(
			    decode((struct text){raw.s, n}, scratch, &back, &source, &why),
			    "%s cut at %zu", kinds[k]->name, n);
			cr_assert(why.reason == REASON_MALFORMED ||
				  why.reason == REASON_UNKNOWN_KIND);
			arena_free(scratch);
		}
	}
	buf_fini(&b);
	arena_free(a);
}

/* Turning any bit must not crash it, and what it takes it must be able to say again. */
Test(decode, survives_every_flipped_bit)
{
	struct arena *a = arena_new(1 << 22);
	struct buf b, again;

	buf_init(&b, RECORD_BYTES_MAX);
	buf_init(&again, RECORD_BYTES_MAX);
	for (size_t k = 0; k < KIND_COUNT; k++) {
		struct record r = make_full_record(kinds[k], 11, a);
		struct text raw = encode(&r, a, &b);

		for (size_t bit = 0; bit < raw.n * 8; bit++) {
			struct arena *scratch = arena_new(1 << 20);
			struct record back;
			struct text source;
			struct refusal why = {0};

			b.p[bit / 8] ^= (unsigned char)(1 << bit % 8);
			if (decode(raw, scratch, &back, &source, &why))
				round_trip(&back, scratch, &again);
			else
				cr_assert_neq(why.reason, REASON_NONE);
			b.p[bit / 8] ^= (unsigned char)(1 << bit % 8);
			arena_free(scratch);
		}
	}
	buf_fini(&b);
	buf_fini(&again);
	arena_free(a);
}

/* Every allocation fails once: no crash, no fault of the record's. */
Test(decode, survives_an_arena_of_any_size)
{
	struct arena *a = arena_new(1 << 20);
	struct buf b;

	buf_init(&b, RECORD_BYTES_MAX);
	struct record r = make_full_record(kinds[KIND_AUDIT], 3, a);
	struct text raw = encode(&r, a, &b);
	bool ok = false;
	for (size_t limit = 0; !ok; limit += 16) {
		struct arena *small = arena_new(limit);
		struct record back;
		struct text source;
		struct refusal why = {0};

		ok = decode(raw, small, &back, &source, &why);
		if (!ok)
			cr_assert_eq(why.err.code, TRY_LIMIT, "%zu: %s", limit, why.err.text);
		arena_free(small);
		cr_assert_lt(limit, 1 << 20);
	}
	buf_fini(&b);
	arena_free(a);
}

/* n times the same bytes after a head. */
static struct text
repeat(struct arena *a, const char *head_hex, const char *piece_hex, size_t n)
{
	struct text head = from_hex(head_hex, a), piece = from_hex(piece_hex, a);
	char *out = arena_alloc(a, head.n + n * piece.n);

	cr_assert_not_null(out);
	memcpy(out, head.s, head.n);
	for (size_t i = 0; i < n; i++)
		memcpy(out + head.n + i * piece.n, piece.s, piece.n);
	return (struct text){out, head.n + n * piece.n};
}

Test(decode, does_not_amplify_small_records)
{
	/* 32,000 empty findings; as many unknown fields; as many empty texts */
	const char *const heads[] = {"D202 80F403", "", ""};
	const char *const pieces[] = {"4A00", "7000", "4200"};

	for (size_t i = 0; i < 3; i++) {
		struct arena *bytes = arena_new(1 << 20), *a = arena_new(1 << 26);
		struct text raw = repeat(bytes, heads[i], pieces[i], 32000);
		struct record r;
		struct text source;
		struct refusal why = {0};

		cr_assert_not(decode(raw, a, &r, &source, &why));
		cr_assert_leq(arena_used(a), 4096, "%zu: %zu bytes", i, arena_used(a));
		arena_free(bytes);
		arena_free(a);
	}
}

Test(decode, holds_a_record_to_its_lists_limits)
{
	struct arena *a = arena_new(1 << 22);
	struct record r;
	struct text source;
	struct refusal why = {0};

	/* 51 requirement_refs of "a" */
	cr_assert_not(decode(repeat(a, "DA0200", "420161", 51), a, &r, &source, &why));
	cr_assert_eq(why.reason, REASON_TOO_LONG);
	cr_assert_str_eq(why.err.where, "requirement_refs");
	cr_assert(decode(repeat(a, "DA0200", "420161", 50), a, &r, &source, &why));
	cr_assert_eq(r.v[ENV_REQUIREMENT_REFS].list.n, 50);
	arena_free(a);
}

Test(decode, refuses_a_record_over_its_limit_but_names_its_source)
{
	struct arena *a = arena_new(1 << 20);
	struct record r;
	struct text source;
	struct refusal why = {0};
	struct text raw = repeat(a, "120161 DA0200 1A 808004", "61", RECORD_BYTES_MAX);

	cr_assert_gt(raw.n, RECORD_BYTES_MAX);
	cr_assert_not(decode(raw, a, &r, &source, &why));
	cr_assert_eq(why.reason, REASON_TOO_LONG);
	cr_assert(text_is(source, "a"));
	arena_free(a);
}

/* --- frames ------------------------------------------------------------------------------------
 */

static enum code
read_frame(struct text body, struct arena *a, struct client_frame *out)
{
	struct err e = {0};
	enum code c = wire_client_frame(body, BATCH_RECORDS_MAX, a, out, &e);

	cr_assert_eq(c, e.code);
	return c;
}

Test(client_frame, reads_a_hello)
{
	struct arena *a = arena_new(1 << 20);
	struct client_frame f;

	cr_assert_eq(read_frame(from_hex("0A07 0801 1001 1A0178", a), a, &f), OK);
	cr_assert_eq(f.type, CLIENT_HELLO);
	cr_assert_eq(f.hello->protocol_min, 1);
	cr_assert_str_eq(f.hello->software, "x");
	cr_assert_not(f.hello->has_clock);
	arena_free(a);
}

Test(client_frame, reads_a_request)
{
	struct arena *a = arena_new(1 << 20);
	struct client_frame f;

	cr_assert_eq(read_frame(from_hex("1A04 0807 1A00", a), a, &f), OK);
	cr_assert_eq(f.type, CLIENT_REQUEST);
	cr_assert_eq(f.request->request_no, 7);
	cr_assert_eq((int)f.request->body_case, 3);
	arena_free(a);
}

Test(client_frame, locates_the_records_of_a_batch_without_judging_them)
{
	struct arena *a = arena_new(1 << 20);
	struct client_frame f;

	cr_assert_eq(read_frame(from_hex("120B 12020B0C 0809 12020000 1200", a), a, &f),
		     REJ_MALFORMED, "cut short");
	struct text body = from_hex("120C 12020B0C 0809 12020000 1200", a);
	cr_assert_eq(read_frame(body, a, &f), OK);
	cr_assert_eq(f.type, CLIENT_BATCH);
	cr_assert_eq(f.batch.batch_no, 9);
	cr_assert_eq(f.batch.n, 3);
	cr_assert_eq(f.batch.records[0].s, body.s + 4);
	cr_assert_eq(f.batch.records[0].n, 2);
	cr_assert_eq(f.batch.records[2].n, 0);
	arena_free(a);
}

/* P-1003 */
Test(client_frame, skips_what_a_later_version_adds)
{
	struct arena *a = arena_new(1 << 20);
	struct client_frame f;

	cr_assert_eq(read_frame(from_hex("5205AAAAAAAAAA 1204 0809 5001", a), a, &f), OK);
	cr_assert_eq(f.type, CLIENT_BATCH);
	cr_assert_eq(read_frame(from_hex("0A04 0801 5001 A00601", a), a, &f), OK);
	cr_assert_eq(f.hello->protocol_min, 1);
	arena_free(a);
}

/* P-202 */
Test(client_frame, refuses_what_is_no_frame)
{
	static const char *const bad[] = {
	    "",                  /* no body */
	    "5200",              /* a body of a later version only */
	    "0A00 0A00",         /* two bodies */
	    "0A00 1200",         /* two different ones */
	    "0801",              /* a body that is a number */
	    "0B0C",              /* a group */
	    "0A05 0801",         /* cut short */
	    "0A04 0801 0802",    /* a number twice */
	    "0A02 0A00",         /* a number as bytes */
	    "0A06 088080808010", /* a number over 32 bits */
	    "1204 0801 0802",    /* batch_no twice */
	    "1202 0A00",         /* batch_no as bytes */
	    "1202 1001",         /* records as a number */
	    "1201 12",           /* a record cut short */
	    "0A03 1A01FF",       /* text that is no UTF-8 */
	};

	for (size_t i = 0; i < COUNT(bad); i++) {
		struct arena *a = arena_new(1 << 20);
		struct client_frame f;

		cr_expect_eq(read_frame(from_hex(bad[i], a), a, &f), REJ_MALFORMED, "%s", bad[i]);
		arena_free(a);
	}
}

/* P-908. Wherever its number stands. */
Test(client_frame, tells_a_request_that_it_does_not_know_from_what_is_none)
{
	static const struct {
		const char *frame;
		uint64_t number;
	} asked[] = {
	    {"1A04 2202 0863", 0},
	    {"1A06 2202 0863 0805", 5},
	    {"1A06 0805 2202 0863", 5},
	};
	for (size_t i = 0; i < COUNT(asked); i++) {
		struct arena *a = arena_new(1 << 20);
		struct client_frame f;

		cr_expect_eq(read_frame(from_hex(asked[i].frame, a), a, &f), REJ_FIELD, "%s",
			     asked[i].frame);
		cr_expect_eq(f.type, CLIENT_REQUEST);
		cr_expect_eq(f.unread_no, asked[i].number, "%s", asked[i].frame);
		arena_free(a);
	}
}

/* P-205 */
Test(client_frame, holds_a_batch_to_its_limit)
{
	struct arena *bytes = arena_new(1 << 22), *a = arena_new(1 << 26);
	struct client_frame f;
	/* 10,000 bytes: 1290 4E; 10,002: 9290 ... */
	struct text body = repeat(bytes, "1290 4E", "1200", BATCH_RECORDS_MAX);

	cr_assert_eq(read_frame(body, a, &f), OK);
	cr_assert_eq(f.batch.n, BATCH_RECORDS_MAX);
	body = repeat(bytes, "1292 4E", "1200", BATCH_RECORDS_MAX + 1);
	cr_assert_eq(read_frame(body, a, &f), REJ_LIMIT);
	arena_reset(a);
	/* a whole frame of empty records: 1,048,572 bytes */
	body = repeat(bytes, "12FCFF3F", "1200", 524286);
	cr_assert_eq(read_frame(body, a, &f), REJ_LIMIT);
	cr_assert_leq(arena_used(a), 1024);
	arena_free(bytes);
	arena_free(a);
}

Test(client_frame, does_not_amplify)
{
	/* a megabyte of unknown fields in a Hello; of empty sites in a SetupRequest (1,048,568) */
	const char *const heads[] = {"0AFCFF3F", "1AFCFF3F12F8FF3F"};
	const char *const pieces[] = {"5000", "1A00"};

	for (size_t i = 0; i < 2; i++) {
		struct arena *bytes = arena_new(1 << 22), *a = arena_new(1 << 26);
		struct client_frame f;
		struct text body = repeat(bytes, heads[i], pieces[i], 524286 - 2 * i);

		cr_assert_eq(read_frame(body, a, &f), REJ_LIMIT, "%zu", i);
		cr_assert_leq(arena_used(a), 1024);
		arena_free(bytes);
		arena_free(a);
	}
}

Test(client_frame, says_so_when_its_arena_is_spent)
{
	struct arena *bytes = arena_new(1 << 20);
	struct text body = repeat(bytes, "12904E", "1200", BATCH_RECORDS_MAX);
	struct text hello = from_hex("0A07 0801 1001 1A0178", bytes);
	struct arena *a = arena_new(64);
	struct client_frame f;

	cr_assert_eq(read_frame(body, a, &f), TRY_LIMIT);
	arena_reset(a);
	cr_assert_eq(read_frame(hello, a, &f), TRY_LIMIT);
	arena_free(a);
	arena_free(bytes);
}

/* Of what was refused people know what it says of itself, however wrong the rest is. */
Test(decode, a_refused_record_is_known_by_what_it_says_it_is)
{
	static const char raw[] =
	    "\x0a\x10\x01\x9d\x48\x45\x62\x80\x8e\x44\xa4\xb7\x45\x7f\xe4\x9e\x2a\xb9"
	    "\x1a\x04"
	    "4711"
	    "\x58\x80\xc5\x95\xc2\xd4\x33"
	    "\xff";
	static const char odd[] = "\x0a\x02"
				  "no"
				  "\x1a\x02\xff\xfe"
				  "\x58\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01";
	struct claimed_identity c = wire_claimed_identity((struct text){raw, sizeof raw - 1});
	char id[UUID_TEXT_SIZE];

	cr_expect(text_is(c.number, "4711"));
	cr_expect(c.has_id);
	uuid_format(&c.id, id);
	cr_expect_str_eq(id, "019d4845-6280-8e44-a4b7-457fe49e2ab9");
	cr_expect(c.has_time);
	cr_expect_eq(c.occurred_at.v, INT64_C(1775034000000));
	c = wire_claimed_identity((struct text){odd, sizeof odd - 1});
	cr_expect_eq(c.number.n, 0);
	cr_expect_not(c.has_id);
	cr_expect_not(c.has_time);
	c = wire_claimed_identity((struct text){"", 0});
	cr_expect_not(c.has_id);
}
