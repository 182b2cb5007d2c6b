/*
 * What a stranger sends by HTTP and evhttp hands on: a line that says who it is, and a body of
 * JSON, of a form's fields, or of what passkeys are made of. Whatever it is, it is read or refused
 * by a path; a Batch that was read is one that protobuf-c reads, and written as JSON and read again
 * it is the same to the last byte.
 */
#include "base/json/jsonmem.h"
#include "tests/fuzz/fuzz.h"
#include "web/desk/signature.h"
#include "web/json/base64.h"
#include "web/json/json_in.h"
#include "web/json/json_out.h"
#include "web/page/form.h"
#include "web/person/cose.h"
#include "web/person/proof.h"
#include "wire/decode.h"

#include <sems/v1/protocol.pb-c.h>
#include <string.h>

#define LIST_MAX  64u
#define BATCH_MAX ((size_t)1 << 20)

static struct arena *arena;
static struct buf first;
static struct buf second;

static void
read_who(struct text line, struct text body)
{
	static const unsigned char nobody[POINT_SIZE] = {4};
	char given[400];
	struct signed_by by;

	if (line.n >= sizeof given)
		return;
	memcpy(given, line.s, line.n);
	given[line.n] = '\0';
	if (!signature_read(given, &by))
		return;
	MUST(strlen(by.key_id) == KEY_ID_SIZE - 1 && by.time_ms >= 0);
	MUST(!signature_is_of(nobody, &by, "POST", "/v1/batch", body));
}

static void
read_base64(struct text t)
{
	unsigned char bytes[512];
	unsigned char again[512];
	char text[BASE64_SIZE(sizeof bytes)];
	size_t n = 0;
	size_t m = 0;

	if (t.n > sizeof bytes || !base64_decode(t, bytes, &n))
		return;
	MUST(n <= t.n);
	base64_encode(bytes, n, text);
	MUST(base64_decode(text_of(text), again, &m));
	MUST(m == n && memcmp(bytes, again, n) == 0);
}

/* What a page's script sends of a passkey, and the key that is in one. */
static void
read_passkey(struct text body)
{
	static struct proof p;
	struct created made;
	struct cose key;
	const struct origin site = {"https://sems.example", "sems.example"};
	size_t n = cose_read(body, &key);

	MUST(n <= body.n && (n == 0 || key.n <= sizeof key.key));
	if (!proof_read(body, &p))
		return;
	MUST(p.shown.authdata.n <= PROOF_PART_MAX && p.id.n <= PROOF_PART_MAX);
	if (webauthn_created(&p.shown, &site, &made) == NULL)
		MUST(made.credential_id.n + made.public_key.n <= p.shown.authdata.n);
}

/* A form, or what stands behind ? in an address. */
static void
read_form(struct text body)
{
	struct form f;

	arena_reset(arena);
	if (!form_read(&f, body, arena)) {
		MUST(f.n == 0);
		return;
	}
	for (size_t i = 0; i < f.n; i++)
		MUST(text_is_clean_utf8(text_of(f.field[i].name)) &&
		     text_is_clean_utf8(text_of(f.field[i].value)));
}

/* As semsd gets it: the bytes of a frame's Batch. */
static void
read_as_frame(const struct buf *batch)
{
	unsigned char head[8] = {0x12};
	size_t n = 1;
	struct buf frame;
	struct client_frame f;
	struct err e;

	for (size_t v = batch->n; n == 1 || v != 0; v >>= 7)
		head[n++] = (unsigned char)((v & 0x7f) | (v >> 7 != 0 ? 0x80 : 0));
	buf_init(&frame, 2 * BATCH_MAX);
	arena_reset(arena);
	MUST(buf_add(&frame, head, n) && (batch->n == 0 || buf_add(&frame, batch->p, batch->n)));
	MUST(wire_client_frame((struct text){(const char *)frame.p, frame.n}, LIST_MAX, arena, &f,
			       &e) == OK);
	MUST(f.type == CLIENT_BATCH && f.batch.n <= LIST_MAX);
	buf_fini(&frame);
}

static void
write_back(const struct buf *batch)
{
	Sems__V1__Batch *b = sems__v1__batch__unpack(NULL, batch->n, batch->p);
	struct json_fault why;
	char *text;
	json_t *j;

	MUST(b != NULL);
	j = json_of_message(&b->base);
	MUST(j != NULL);
	text = json_dumps(j, JSON_COMPACT);
	MUST(text != NULL);
	buf_clear(&second);
	MUST(json_to_message(text_of(text), &sems__v1__batch__descriptor, LIST_MAX, &second,
			     &why) == OK);
	MUST(second.n == batch->n);
	MUST(batch->n == 0 || memcmp(second.p, batch->p, batch->n) == 0);
	free(text);
	json_decref(j);
	sems__v1__batch__free_unpacked(b, NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size == 0 ? NULL : memchr(data, '\n', size);
	size_t n = end == NULL ? 0 : (size_t)(end - data);
	struct text line = {(const char *)data, n};
	struct text body = {(const char *)data + (end == NULL ? 0 : n + 1),
			    size - (end == NULL ? 0 : n + 1)};
	struct json_fault why;
	enum code code;

	if (arena == NULL) {
		jsonmem_watch(malloc);
		arena = arena_new((size_t)1 << 24);
		buf_init(&first, BATCH_MAX);
		buf_init(&second, BATCH_MAX);
	}
	MUST(arena != NULL);
	read_who(line, body);
	read_base64(line);
	read_passkey(body);
	read_form(body);
	buf_clear(&first);
	code = json_to_message(body, &sems__v1__batch__descriptor, LIST_MAX, &first, &why);
	if (code != OK) {
		MUST(code == REJ_MALFORMED || code == REJ_FIELD || code == REJ_LIMIT);
		MUST(why.text[0] != '\0' && strlen(why.path) < sizeof why.path);
		return 0;
	}
	read_as_frame(&first);
	write_back(&first);
	return 0;
}
