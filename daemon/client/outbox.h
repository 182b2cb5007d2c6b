/*
 * Records on their way to semsd: put into batches, sent within the window, kept until each has a
 * verdict. Knows neither sockets nor clocks; times are the caller's, in milliseconds of one clock.
 */
#ifndef SEMS_CLIENT_OUTBOX_H
#define SEMS_CLIENT_OUTBOX_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"

#include <sems/v1/protocol.pb-c.h>
#include <stdbool.h>
#include <stdint.h>

struct batch;

struct outbox {
	size_t frame_max;
	size_t records_max;
	size_t window;
	struct batch *batches; /* window + 1; NULL: not open yet */
	struct batch *filling;
	uint64_t batch_no;
	/* Called with each final verdict, and the tag of its record; may be NULL. */
	void (*on_verdict)(void *ctx, uint64_t tag, const Sems__V1__VerdictRun *verdict);
	void *ctx;
};

/* Limits as semsd's Welcome has them. False: out of memory. */
bool outbox_open(struct outbox *o, struct arena *a, size_t frame_max, size_t records_max,
		 size_t window);
void outbox_fini(struct outbox *o); /* accepts one that was never opened */

/* --- filling --- */

/* Could a batch of its own hold the record? */
bool outbox_takes(const struct outbox *o, size_t record_bytes);
/* Gets a batch to fill; false: all are on their way. */
bool outbox_open_batch(struct outbox *o);
bool outbox_is_filling(const struct outbox *o);
/* Is there room in the batch that is being filled? */
bool outbox_has_room(const struct outbox *o, size_t record_bytes);
/* False: out of memory. */
bool outbox_add(struct outbox *o, struct text record, uint64_t tag);
/* What was filled is due; nothing when no batch is being filled. */
void outbox_close_batch(struct outbox *o);

/* --- sending --- */

/* Appends to `out` what is due and the window has room for; *next is lowered to when more will be.
 * False: out of memory. */
bool outbox_post(struct outbox *o, int64_t now, struct buf *out, int64_t *next);
/* The latest time that semsd asked to wait for; 0: none. */
int64_t outbox_last_due(const struct outbox *o);
/* The connection was lost: all that was sent is due. Safe, because records have identities. */
void outbox_send_again(struct outbox *o);
size_t outbox_sent(const struct outbox *o);
size_t outbox_unanswered(const struct outbox *o); /* batches sent or due */

/* A batch's verdicts. What is to be sent again stays; *any: a record had its final verdict. */
enum code outbox_answer(struct outbox *o, const Sems__V1__Result *r, int64_t now, bool *any,
			struct err *e) MUST_CHECK;

#endif
