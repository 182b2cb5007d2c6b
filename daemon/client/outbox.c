#include "client/outbox.h"

#include "client/packed.h"

#include <string.h>

#define WINDOW_MAX    64u
#define ELEMENT_EXTRA 6u /* key and length of a record inside a batch */
#define BATCH_EXTRA   PACKED_BATCH_HEAD_MAX

enum batch_state { BATCH_FREE, BATCH_FILLING, BATCH_SENT, BATCH_WAITING };

struct item {
	uint64_t tag;
	size_t offset; /* of the whole element in batch.bytes */
	size_t size;
};

struct batch {
	enum batch_state state;
	uint64_t no;
	int64_t due;      /* BATCH_WAITING: not before */
	struct buf bytes; /* Batch.records as encoded elements */
	struct buf items; /* struct item each */
};

static size_t
batch_count(const struct batch *b)
{
	return b->items.n / sizeof(struct item);
}

static struct item *
batch_items(struct batch *b)
{
	return (struct item *)(void *)b->items.p;
}

bool
outbox_open(struct outbox *o, struct arena *a, size_t frame_max, size_t records_max, size_t window)
{
	o->frame_max = frame_max;
	o->records_max = records_max;
	o->window = window == 0 ? 1 : window;
	if (o->window > WINDOW_MAX)
		o->window = WINDOW_MAX;
	o->batches = arena_zalloc(a, o->window + 1, sizeof *o->batches);
	for (size_t i = 0; o->batches != NULL && i <= o->window; i++) {
		buf_init(&o->batches[i].bytes, frame_max);
		buf_init(&o->batches[i].items, records_max * sizeof(struct item));
	}
	return o->batches != NULL;
}

void
outbox_fini(struct outbox *o)
{
	for (size_t i = 0; o->batches != NULL && i <= o->window; i++) {
		buf_fini(&o->batches[i].bytes);
		buf_fini(&o->batches[i].items);
	}
}

static size_t
count_state(const struct outbox *o, enum batch_state state)
{
	size_t n = 0;

	for (size_t i = 0; o->batches != NULL && i <= o->window; i++)
		n += o->batches[i].state == state;
	return n;
}

size_t
outbox_sent(const struct outbox *o)
{
	return count_state(o, BATCH_SENT);
}

size_t
outbox_unanswered(const struct outbox *o)
{
	return count_state(o, BATCH_SENT) + count_state(o, BATCH_WAITING);
}

/* ---- filling ---- */

bool
outbox_takes(const struct outbox *o, size_t record_bytes)
{
	return record_bytes + ELEMENT_EXTRA + BATCH_EXTRA <= o->frame_max;
}

bool
outbox_open_batch(struct outbox *o)
{
	for (size_t i = 0; i <= o->window && o->filling == NULL; i++) {
		if (o->batches[i].state != BATCH_FREE)
			continue;
		o->filling = &o->batches[i];
		o->filling->state = BATCH_FILLING;
		buf_clear(&o->filling->bytes);
		buf_clear(&o->filling->items);
	}
	return o->filling != NULL;
}

bool
outbox_is_filling(const struct outbox *o)
{
	return o->filling != NULL;
}

bool
outbox_has_room(const struct outbox *o, size_t record_bytes)
{
	unsigned char head[PACKED_RECORD_HEAD_MAX];
	size_t size = packed_record_head(head, record_bytes) + record_bytes;

	return batch_count(o->filling) < o->records_max &&
	       o->filling->bytes.n + size + BATCH_EXTRA <= o->frame_max;
}

bool
outbox_add(struct outbox *o, struct text record, uint64_t tag)
{
	unsigned char head[PACKED_RECORD_HEAD_MAX];
	size_t n_head = packed_record_head(head, record.n);
	struct batch *b = o->filling;
	struct item it = {.tag = tag, .offset = b->bytes.n, .size = n_head + record.n};

	return buf_add(&b->bytes, head, n_head) && buf_add(&b->bytes, record.s, record.n) &&
	       buf_add(&b->items, &it, sizeof it);
}

void
outbox_close_batch(struct outbox *o)
{
	if (o->filling == NULL)
		return;
	o->filling->state = batch_count(o->filling) == 0 ? BATCH_FREE : BATCH_WAITING;
	o->filling->due = 0;
	o->filling = NULL;
}

/* ---- sending ---- */

static bool
put_batch(struct outbox *o, struct batch *b, struct buf *out)
{
	unsigned char head[PACKED_BATCH_HEAD_MAX];

	b->no = ++o->batch_no;
	buf_add(out, head, packed_batch_head(head, b->no, b->bytes.n));
	if (!buf_add(out, b->bytes.p, b->bytes.n))
		return false;
	b->state = BATCH_SENT;
	return true;
}

bool
outbox_post(struct outbox *o, int64_t now, struct buf *out, int64_t *next)
{
	for (size_t i = 0; i <= o->window; i++) {
		struct batch *b = &o->batches[i];

		if (b->state != BATCH_WAITING)
			continue;
		if (b->due <= now && outbox_sent(o) < o->window) {
			if (!put_batch(o, b, out))
				return false;
		} else if (b->due < *next) {
			*next = b->due;
		}
	}
	return true;
}

int64_t
outbox_last_due(const struct outbox *o)
{
	int64_t last = 0;

	for (size_t i = 0; i <= o->window; i++) {
		const struct batch *b = &o->batches[i];

		if (b->state == BATCH_WAITING && b->due > last)
			last = b->due;
	}
	return last;
}

void
outbox_send_again(struct outbox *o)
{
	for (size_t i = 0; i <= o->window; i++) {
		if (o->batches[i].state == BATCH_SENT) {
			o->batches[i].state = BATCH_WAITING;
			o->batches[i].due = 0;
		}
	}
}

/* ---- answers ---- */

/* What is to be sent again stays in its batch, moved to the front. */
static void
batch_keep(struct batch *b, size_t *kept, size_t *kept_bytes, const struct item *it)
{
	struct item *items = batch_items(b);

	memmove(b->bytes.p + *kept_bytes, b->bytes.p + it->offset, it->size);
	items[*kept] = (struct item){it->tag, *kept_bytes, it->size};
	*kept_bytes += it->size;
	(*kept)++;
}

static void
batch_done(struct batch *b, size_t kept, size_t kept_bytes, int64_t due)
{
	b->items.n = kept * sizeof(struct item);
	b->bytes.n = kept_bytes;
	b->state = kept == 0 ? BATCH_FREE : BATCH_WAITING;
	b->due = due;
}

static struct batch *
find_sent(struct outbox *o, uint64_t no)
{
	for (size_t i = 0; o->batches != NULL && i <= o->window; i++)
		if (o->batches[i].state == BATCH_SENT && o->batches[i].no == no)
			return &o->batches[i];
	return NULL;
}

enum code
outbox_answer(struct outbox *o, const Sems__V1__Result *r, int64_t now, bool *any, struct err *e)
{
	struct batch *b = find_sent(o, r->batch_no);
	size_t at = 0;
	size_t kept = 0;
	size_t kept_bytes = 0;
	uint32_t after = 0;

	*any = false;
	if (b == NULL)
		return err_set(e, FATAL_BUG, "result", "semsd answered a batch it was not sent");
	for (size_t i = 0; i < r->n_verdicts; i++) {
		const Sems__V1__VerdictRun *v = r->verdicts[i];
		bool again = v->code == SEMS__V1__VERDICT_CODE__VERDICT_CODE_RETRY;

		if (v->count > batch_count(b) - at)
			return err_set(e, FATAL_BUG, "result",
				       "semsd answered more records than it was sent");
		for (uint32_t k = 0; k < v->count; k++, at++) {
			const struct item it = batch_items(b)[at];

			if (again)
				batch_keep(b, &kept, &kept_bytes, &it);
			else if (o->on_verdict != NULL)
				o->on_verdict(o->ctx, it.tag, v);
		}
		if (again && v->retry_after_ms > after)
			after = v->retry_after_ms;
	}
	if (at != batch_count(b))
		return err_set(e, FATAL_BUG, "result", "semsd left records of a batch unanswered");
	*any = kept < at;
	batch_done(b, kept, kept_bytes, now + after);
	return OK;
}
