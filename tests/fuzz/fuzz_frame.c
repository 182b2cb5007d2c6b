/*
 * Whatever a peer sends: frames cut out of the stream wherever it was cut, each read as a
 * ClientFrame, and the records of each batch. The first byte chooses the limits.
 */
#include "tests/fuzz/plain.h"
#include "wire/decode.h"
#include "wire/frame.h"

#include <string.h>

static struct arena *arenas[2];
static struct arena *arena; /* one of them */

/* What was read of a Batch is what is in it: its number, and its records in their order. */
static void
check_batch(const struct client_frame *f, struct text body)
{
	struct input frame = {(const uint8_t *)body.s, body.n};
	struct piece p = {0};
	uint64_t number = 0;
	size_t n = 0;

	do
		MUST(take_piece(&frame, &p));
	while (p.number != 2);
	struct input batch = {(const uint8_t *)p.bytes.s, p.bytes.n};
	while (batch.n > 0) {
		MUST(take_piece(&batch, &p));
		if (p.number == 1)
			number = p.value;
		if (p.number != 2)
			continue;
		MUST(n < f->batch.n && p.wire == PLAIN_LENGTH);
		MUST(f->batch.records[n].n == p.bytes.n);
		MUST(p.bytes.n == 0 || f->batch.records[n].s == p.bytes.s);
		n++;
	}
	MUST(n == f->batch.n && number == f->batch.batch_no);
}

static void
read_records(const struct client_frame *f, struct text body)
{
	for (size_t i = 0; i < f->batch.n; i++) {
		struct text raw = f->batch.records[i];
		struct record r;
		struct text source;
		struct refusal why = {0};

		MUST(raw.n <= body.n);
		MUST(raw.n == 0 || (raw.s >= body.s && raw.s + raw.n <= body.s + body.n));
		if (!wire_record(raw, arena, &r, &source, &why))
			MUST(r.kind == NULL && why.reason != REASON_NONE &&
			     why.err.text[0] != '\0');
	}
}

static void
read_body(struct text body, size_t max_records)
{
	struct client_frame f;
	struct err e = {0};

	arena_reset(arena);
	if (wire_client_frame(body, max_records, arena, &f, &e) != OK) {
		MUST(e.code != OK && e.text[0] != '\0');
		return;
	}
	if (f.type == CLIENT_HELLO) {
		MUST(f.hello->base.descriptor == &sems__v1__hello__descriptor);
	} else if (f.type == CLIENT_REQUEST) {
		MUST(f.request->base.descriptor == &sems__v1__request__descriptor);
	} else {
		MUST(f.type == CLIENT_BATCH && f.batch.n <= max_records);
		check_batch(&f, body);
		read_records(&f, body);
	}
}

/* Less than the whole frame is never a frame, nor broken; its size is known with its length. */
static void
look_at_prefix(const uint8_t *p, size_t n, size_t used, size_t max_body)
{
	struct text body;
	size_t taken;
	struct err e;
	char *exact = malloc(n == 0 ? 1 : n);

	MUST(exact != NULL);
	memcpy(exact, p, n);
	MUST(frame_next(exact, n, max_body, &body, &taken, &e) == FRAME_MORE && taken == 0);
	MUST(frame_size(exact, n) == 0 || frame_size(exact, n) == used);
	free(exact);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	unsigned limits = input_byte(&in);
	size_t max_body = (limits & 1) != 0 ? FRAME_BYTES_MAX : 300;
	size_t max_records = (limits & 2) != 0 ? BATCH_RECORDS_MAX : 2;
	enum frame_status s;
	struct text body;
	struct err e = {0};
	size_t used;

	if (arenas[0] == NULL) {
		arenas[0] = arena_new((size_t)1 << 12); /* soon spent */
		arenas[1] = arena_new((size_t)1 << 24);
	}
	arena = arenas[(limits & 4) != 0];
	MUST(arena != NULL);
	while ((s = frame_next(in.p, in.n, max_body, &body, &used, &e)) == FRAME_READY) {
		MUST(used > body.n && used <= in.n && body.n <= max_body);
		MUST((const uint8_t *)body.s + body.n == in.p + used);
		MUST(frame_size(in.p, in.n) == used);
		look_at_prefix(in.p, (size_t)(data[0] % used), used, max_body);
		look_at_prefix(in.p, used - 1, used, max_body);
		read_body(body, max_records);
		input_take(&in, used);
	}
	MUST(used == 0);
	MUST(s != FRAME_BROKEN ||
	     ((e.code == REJ_FRAME || e.code == REJ_LIMIT) && e.text[0] != '\0'));
	MUST(s != FRAME_MORE || frame_size(in.p, in.n) == 0 || frame_size(in.p, in.n) > in.n);
	return 0;
}
