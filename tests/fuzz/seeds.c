/*
 * Seeds that a fuzzer would take long to guess: messages of every kind, made by the tests' own
 * encoder, and requests of every sort. fuzz_seeds FOLDER
 */
#include "base/count.h"
#include "tests/wire/make_record.h"
#include "wire/encode.h"
#include "wire/frame.h"

#include <errno.h>
#include <sems/v1/protocol.pb-c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *folder;
static struct arena *arena;

static void
fail(const char *what)
{
	perror(what);
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): one thread */
	exit(1);
}

static void
make_folder(const char *path)
{
	if (mkdir(path, 0755) != 0 && errno != EEXIST)
		fail(path);
}

/* head: what the target reads before the message. */
static void
seed(const char *target, const char *name, struct text head, struct text body)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", folder, target);
	make_folder(path);
	snprintf(path, sizeof path, "%s/%s/%s", folder, target, name);
	f = fopen(path, "we");
	if (f == NULL || fwrite(head.s, 1, head.n, f) != head.n ||
	    fwrite(body.s, 1, body.n, f) != body.n || fclose(f) != 0)
		fail(path);
}

static struct text
pack(const ProtobufCMessage *m)
{
	size_t n = protobuf_c_message_get_packed_size(m);
	char *bytes = arena_alloc(arena, n + 1);

	if (bytes == NULL)
		fail("memory");
	protobuf_c_message_pack(m, (uint8_t *)bytes);
	return (struct text){bytes, n};
}

static struct text
frame_of(const ProtobufCMessage *m)
{
	struct buf b;
	struct text t;

	buf_init(&b, FRAME_BYTES_MAX);
	if (!frame_put(&b, m))
		fail("memory");
	t = (struct text){arena_dup(arena, b.p, b.n), b.n};
	buf_fini(&b);
	return t;
}

static struct text
bytes_of(const struct record *r)
{
	struct buf b;
	struct text t;

	buf_init(&b, RECORD_BYTES_MAX);
	if (!wire_put_record(r, arena, &b))
		fail("record");
	t = (struct text){arena_dup(arena, b.p, b.n), b.n};
	buf_fini(&b);
	return t;
}

/* Lax limits, by the first bytes that fuzz_guard.c reads. */
static struct text
guard_head(unsigned char which)
{
	char head[] = {(char)which, 7, (char)255, 63};

	return (struct text){arena_dup(arena, head, sizeof head), sizeof head};
}

static void
seed_records(void)
{
	for (size_t k = 0; k < KIND_COUNT; k++) {
		for (unsigned i = 0; i < 3; i++) {
			struct record r = i == 0 ? make_full_record(kinds[k], k, arena)
						 : make_record(kinds[k], k + 100 * i, arena);
			struct text body = bytes_of(&r);
			char name[64];

			snprintf(name, sizeof name, "%s_%u", kinds[k]->name, i);
			seed("record", name, (struct text){"", 0}, body);
			seed("guard", name, guard_head(0), body);
		}
		arena_reset(arena);
	}
}

static void
seed_frame(const char *name, const ProtobufCMessage *m)
{
	seed("frame", name, (struct text){"\x07", 1}, frame_of(m));
	seed("guard", name, guard_head(4), pack(m));
}

static void
seed_hello(void)
{
	Sems__V1__ClientFrame f = SEMS__V1__CLIENT_FRAME__INIT;
	Sems__V1__Hello h = SEMS__V1__HELLO__INIT;

	h.has_protocol_min = h.has_protocol_max = h.has_clock = 1;
	h.protocol_min = h.protocol_max = 1;
	h.clock = 1775034120015;
	h.software = (char *)"seed 1.0";
	f.body_case = SEMS__V1__CLIENT_FRAME__BODY_HELLO;
	f.hello = &h;
	seed_frame("hello", &f.base);
}

static void
seed_batch(void)
{
	Sems__V1__ClientFrame f = SEMS__V1__CLIENT_FRAME__INIT;
	Sems__V1__Batch b = SEMS__V1__BATCH__INIT;
	Sems__V1__Record *list[KIND_COUNT];

	for (size_t k = 0; k < KIND_COUNT; k++) {
		struct record r = make_record(kinds[k], k, arena);
		struct text t = bytes_of(&r);

		list[k] = sems__v1__record__unpack(NULL, t.n, (const uint8_t *)t.s);
		if (list[k] == NULL)
			fail("unpack");
	}
	b.has_batch_no = 1;
	b.batch_no = 7;
	f.body_case = SEMS__V1__CLIENT_FRAME__BODY_BATCH;
	f.batch = &b;
	seed_frame("batch_empty", &f.base);
	b.records = list;
	b.n_records = 2;
	seed_frame("batch_of_two", &f.base);
	b.n_records = KIND_COUNT;
	seed_frame("batch_of_every_kind", &f.base);
	for (size_t k = 0; k < KIND_COUNT; k++)
		sems__v1__record__free_unpacked(list[k], NULL);
}

/* --- requests: every field set, with something that may stand there --------------------------- */

static const struct {
	const char *field;
	const char *value;
} samples[] = {
    {"zone", "Europe/London"}, {"quarter", "2026-Q2"}, {"from_quarter", "2026-Q2"},
    {"kind", "tip_event"},     {"kinds", "tip_event"}, {"principal", "unix:anna"},
    {"role", "device"},        {"metric", "OUT03"},    {"source", "xray-1"},
    {"sites", "T1"},           {"site_id", "T1"},      {"location_id", "lane-1"},
};

static char *
sample_of(const char *field)
{
	for (size_t i = 0; i < COUNT(samples); i++)
		if (strcmp(samples[i].field, field) == 0)
			return arena_printf(arena, "%s", samples[i].value);
	return arena_printf(arena, "a %s", field);
}

static ProtobufCMessage *filled(const ProtobufCMessageDescriptor *d, unsigned body);

/* Puts a value of the field's type at p. */
static void
fill_value(const ProtobufCFieldDescriptor *f, void *p)
{
	const ProtobufCEnumDescriptor *e = f->descriptor;
	double fraction = 0.95;
	uint64_t number = 1;

	if (f->type == PROTOBUF_C_TYPE_STRING)
		*(char **)p = sample_of(f->name);
	else if (f->type == PROTOBUF_C_TYPE_BYTES)
		*(ProtobufCBinaryData *)p = (ProtobufCBinaryData){
		    16, (uint8_t *)arena_printf(arena, "%s", "0123456789abcdef")};
	else if (f->type == PROTOBUF_C_TYPE_MESSAGE)
		*(ProtobufCMessage **)p = filled(f->descriptor, 0);
	else if (f->type == PROTOBUF_C_TYPE_ENUM)
		*(int *)p = e->values[1].value;
	else if (f->type == PROTOBUF_C_TYPE_DOUBLE)
		memcpy(p, &fraction, sizeof fraction);
	else if (f->type == PROTOBUF_C_TYPE_UINT64 || f->type == PROTOBUF_C_TYPE_INT64)
		memcpy(p, &number, sizeof number);
	else if (f->type == PROTOBUF_C_TYPE_BOOL)
		*(protobuf_c_boolean *)p = 1;
	else
		*(uint32_t *)p = 24;
}

/* body: the number of the member of a oneof to set. */
static ProtobufCMessage *
filled(const ProtobufCMessageDescriptor *d, unsigned body)
{
	ProtobufCMessage *m = arena_alloc(arena, d->sizeof_message);

	if (m == NULL)
		fail("memory");
	protobuf_c_message_init(d, m);
	for (unsigned i = 0; i < d->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &d->fields[i];
		void *at = (char *)m + f->offset;
		void *count = (char *)m + f->quantifier_offset;
		bool one_of = (f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;

		if (one_of && f->id != body)
			continue;
		if (one_of) {
			*(uint32_t *)count = body;
		} else if (f->label == PROTOBUF_C_LABEL_REPEATED) {
			void *list = arena_zalloc(arena, 1, sizeof(ProtobufCBinaryData));

			*(void **)at = list;
			*(size_t *)count = 1;
			at = list;
		} else if (f->quantifier_offset != 0) {
			*(protobuf_c_boolean *)count = 1;
		}
		fill_value(f, at);
	}
	return m;
}

static void
seed_requests(void)
{
	const ProtobufCMessageDescriptor *d = &sems__v1__request__descriptor;

	for (unsigned i = 0; i < d->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &d->fields[i];
		Sems__V1__ClientFrame frame = SEMS__V1__CLIENT_FRAME__INIT;

		if (f->type != PROTOBUF_C_TYPE_MESSAGE)
			continue;
		frame.body_case = SEMS__V1__CLIENT_FRAME__BODY_REQUEST;
		frame.request = (Sems__V1__Request *)filled(d, f->id);
		seed("request", f->name, (struct text){"\xff", 1}, pack(&frame.request->base));
		seed_frame(f->name, &frame.base);
		arena_reset(arena);
	}
}

int
main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "fuzz_seeds FOLDER\n");
		return 2;
	}
	folder = argv[1];
	make_folder(folder);
	arena = arena_new((size_t)1 << 26);
	if (arena == NULL)
		fail("memory");
	seed_records();
	seed_hello();
	seed_batch();
	seed_requests();
	arena_free(arena);
	return 0;
}
