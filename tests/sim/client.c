/* Clients: an outbox each, several connections, and what PROTOCOL.md asks of a sender. */
#include "base/count.h"
#include "tests/sim/world.h"
#include "wire/frame.h"

#include <stdio.h>

static void
put_varint(struct buf *b, uint64_t v)
{
	unsigned char byte;

	do {
		byte = (unsigned char)((v & 0x7f) | (v > 0x7f ? 0x80 : 0));
		buf_add(b, &byte, 1);
		v >>= 7;
	} while (v != 0);
}

static void
put_bytes(struct buf *b, unsigned field, const void *p, size_t n)
{
	put_varint(b, field << 3 | 2);
	put_varint(b, n);
	buf_add(b, p, n);
}

/* By hand: a record's bytes may be what no encoder makes. */
static void
put_batch(struct world *w, struct line *l, const struct sent_batch *b)
{
	const struct client *c = &w->clients[l->client];
	struct buf records;
	struct buf frame;

	buf_init(&records, 2 * FRAME_MAX);
	buf_init(&frame, 2 * FRAME_MAX);
	put_varint(&records, 1 << 3);
	put_varint(&records, b->no);
	for (size_t i = 0; i < b->n; i++) {
		const struct sim_record *r = &w->records[c->outbox[b->entry[i]].record];

		put_bytes(&records, 2, r->raw, r->n);
	}
	put_bytes(&frame, 2, records.p, records.n);
	put_varint(&l->up, frame.n);
	buf_add(&l->up, frame.p, frame.n);
	buf_fini(&records);
	buf_fini(&frame);
}

static void
put_hello(struct line *l)
{
	Sems__V1__ClientFrame f = SEMS__V1__CLIENT_FRAME__INIT;
	Sems__V1__Hello hello = SEMS__V1__HELLO__INIT;

	hello.has_protocol_min = hello.has_protocol_max = 1;
	hello.protocol_min = hello.protocol_max = 1;
	f.body_case = SEMS__V1__CLIENT_FRAME__BODY_HELLO;
	f.hello = &hello;
	frame_put(&l->up, &f.base);
}

void
clients_make(struct world *w)
{
	w->n_clients = 2 + below(w, CLIENTS_MAX - 1);
	for (unsigned i = 0; i < w->n_clients; i++) {
		struct client *c = &w->clients[i];

		snprintf(c->principal, sizeof c->principal, "unix:lane%u", i);
		c->n_outbox = 4 + below(w, OUTBOX_MAX - 4);
		c->pending = c->n_outbox;
		c->lines_max = 1 + below(w, 3);
		c->batch_max = 1 + below(w, BATCH_MAX);
		c->next_no = below(w, 2) == 0 ? 1 : UINT64_MAX - below(w, 20);
		for (unsigned e = 0; e < c->n_outbox; e++)
			c->outbox[e].record = (uint16_t)below(w, w->n_records);
	}
}

/* --- connections ------------------------------------------------------------------------------ */

static struct line *
open_line(struct world *w, unsigned client)
{
	unsigned d = below(w, w->n_daemons);

	for (unsigned i = 0; i < LINES; i++) {
		struct line *l = &w->lines[i];

		if (l->client_end || l->daemon_end)
			continue;
		*l = (struct line){
		    .client = client, .daemon = d, .timed = true, .since = w->now.mono};
		l->session = ingest_open(
		    w->daemons[d].in,
		    &(struct caller){.principal = text_of(w->clients[client].principal)},
		    w->now.mono);
		if (l->session.id == 0)
			return NULL;
		l->is_full = ingest_sessions(w->daemons[d].in).open == w->config.max_sessions;
		l->client_end = l->daemon_end = l->reading = true;
		buf_init(&l->up, 1024 * 1024);
		buf_init(&l->in, 1024 * 1024);
		note(w, "connect", client, i);
		return l;
	}
	return NULL;
}

static unsigned
count_lines(const struct world *w, unsigned client)
{
	unsigned n = 0;

	for (unsigned i = 0; i < LINES; i++)
		n += w->lines[i].client_end && !w->lines[i].rogue && w->lines[i].client == client;
	return n;
}

void
client_connect(struct world *w, unsigned client)
{
	struct line *l;

	if (count_lines(w, client) >= w->clients[client].lines_max)
		return;
	l = open_line(w, client);
	if (l != NULL)
		put_hello(l);
}

bool
client_is_connected(const struct world *w, unsigned client)
{
	return count_lines(w, client) != 0;
}

static void
put_double_hello(struct line *l)
{
	put_hello(l);
	put_hello(l);
}

static void
put_early_batch(struct line *l)
{
	static const unsigned char frame[] = {4, 0x12, 2, 0x08, 1};

	buf_add(&l->up, frame, sizeof frame);
}

static void
put_giant_length(struct line *l)
{
	static const unsigned char frame[] = {0xff, 0xff, 0xff, 0x7f};

	put_hello(l);
	buf_add(&l->up, frame, sizeof frame);
}

static void
put_endless_length(struct line *l)
{
	static const unsigned char frame[] = {0x80, 0x80, 0x80, 0x80, 0x80, 0x80};

	buf_add(&l->up, frame, sizeof frame);
}

static void
put_no_frame(struct line *l)
{
	static const unsigned char frame[] = {3, 0xff, 0xff, 0xff};

	put_hello(l);
	buf_add(&l->up, frame, sizeof frame);
}

/* More records than a batch may have. */
static void
put_wide_batch(struct line *l)
{
	put_hello(l);
	put_varint(&l->up, 2 + 2 * (BATCH_MAX + 1));
	put_varint(&l->up, 2 << 3 | 2);
	put_varint(&l->up, 2 * (BATCH_MAX + 1));
	for (unsigned i = 0; i <= BATCH_MAX; i++)
		put_bytes(&l->up, 2, "", 0);
}

/* Begins a frame, large enough for the pool, and never ends it. */
static void
put_half_frame(struct line *l)
{
	static const unsigned char begun[64] = {0xa0, 0x9c, 0x01, 0x12};

	put_hello(l);
	buf_add(&l->up, begun, sizeof begun);
}

static void
put_nothing(struct line *l)
{
	(void)l;
}

static const struct {
	void (*put)(struct line *l);
	int refusal;
} rogues[] = {
    {put_double_hello, SEMS__V1__REFUSE_CODE__REFUSE_CODE_SEQUENCE},
    {put_early_batch, SEMS__V1__REFUSE_CODE__REFUSE_CODE_SEQUENCE},
    {put_giant_length, SEMS__V1__REFUSE_CODE__REFUSE_CODE_LIMIT},
    {put_endless_length, SEMS__V1__REFUSE_CODE__REFUSE_CODE_FRAME},
    {put_no_frame, SEMS__V1__REFUSE_CODE__REFUSE_CODE_FRAME},
    {put_wide_batch, SEMS__V1__REFUSE_CODE__REFUSE_CODE_LIMIT},
    {put_half_frame, SEMS__V1__REFUSE_CODE__REFUSE_CODE_TIMEOUT},
    {put_nothing, SEMS__V1__REFUSE_CODE__REFUSE_CODE_TIMEOUT},
};

void
client_connect_rogue(struct world *w)
{
	unsigned which = below(w, COUNT(rogues));
	struct line *l = open_line(w, below(w, w->n_clients));

	if (l == NULL)
		return;
	l->rogue = true;
	l->expected_refusal = rogues[which].refusal;
	rogues[which].put(l);
}

bool
client_connect_hoarder(struct world *w)
{
	struct line *l = open_line(w, 0);

	if (l == NULL)
		return false;
	l->rogue = true;
	l->expected_refusal = SEMS__V1__REFUSE_CODE__REFUSE_CODE_TIMEOUT;
	put_half_frame(l);
	return true;
}

/* The client's end is gone: what it has no answer for is pending again. */
void
client_lost(struct world *w, struct line *l)
{
	struct client *c = &w->clients[l->client];

	if (!l->client_end)
		return;
	l->client_end = false;
	for (unsigned i = 0; i < l->n_batches; i++)
		for (size_t k = 0; !l->batches[i].known && k < l->batches[i].n; k++)
			c->outbox[l->batches[i].entry[k]].in_flight--;
	if (!l->daemon_end)
		line_free(l);
}

/* --- sending ---------------------------------------------------------------------------------- */

static struct sent_batch *
free_batch(struct world *w, struct line *l)
{
	for (unsigned i = 0; i < l->n_batches; i++)
		if (l->batches[i].known)
			return &l->batches[i];
	return l->n_batches < w->config.window_batches ? &l->batches[l->n_batches++] : NULL;
}

/* Mostly what is pending and not under way; now and then anything: a sender may be forgetful. */
static bool
wants_to_send(struct world *w, const struct client *c, const struct outbox_entry *e)
{
	if (c->greedy)
		return true;
	if (!e->settled && e->in_flight == 0)
		return true;
	return !w->calm && chance(w, e->settled ? 20 : 60);
}

static void
fill_batch(struct world *w, struct client *c, struct sent_batch *b, unsigned n_max)
{
	unsigned from = below(w, c->n_outbox);
	size_t bytes = 0;

	for (unsigned i = 0; i < c->n_outbox && b->n < n_max; i++) {
		uint16_t e = (uint16_t)((from + i) % c->n_outbox);
		unsigned copies = !w->calm && chance(w, 40) ? 2 : 1;
		const struct sim_record *r = &w->records[c->outbox[e].record];

		if (!wants_to_send(w, c, &c->outbox[e]))
			continue;
		for (; copies > 0 && b->n < n_max && bytes + r->n + 64 < FRAME_MAX; copies--) {
			b->entry[b->n++] = e;
			bytes += r->n + 8;
		}
	}
}

void
client_send(struct world *w, struct line *l, unsigned n_max)
{
	struct client *c = &w->clients[l->client];
	struct sent_batch made = {.no = c->next_no};
	struct sent_batch *b;

	if (!l->client_end || !l->ready || l->rogue || l->half_closed)
		return;
	fill_batch(w, c, &made, n_max < c->batch_max ? n_max : c->batch_max);
	if (made.n == 0 && (w->calm || chance(w, 900)))
		return;
	b = free_batch(w, l);
	if (b == NULL)
		return;
	c->next_no++;
	*b = made;
	for (size_t i = 0; i < b->n; i++) {
		struct outbox_entry *e = &c->outbox[b->entry[i]];

		e->in_flight++;
		w->records[e->record].sent_by |= 1u << l->client;
	}
	put_batch(w, l, b);
	note(w, "send", b->no, b->n);
}

void
client_ask(struct world *w, struct line *l)
{
	Sems__V1__ClientFrame f = SEMS__V1__CLIENT_FRAME__INIT;
	Sems__V1__Request r = SEMS__V1__REQUEST__INIT;
	Sems__V1__StatusRequest status = SEMS__V1__STATUS_REQUEST__INIT;

	if (!l->client_end || !l->ready || l->rogue || l->half_closed ||
	    l->n_requests == REQUESTS_IN_FLIGHT)
		return;
	r.has_request_no = 1;
	r.request_no = ++l->asked;
	r.body_case = SEMS__V1__REQUEST__BODY_STATUS;
	r.status = &status;
	f.body_case = SEMS__V1__CLIENT_FRAME__BODY_REQUEST;
	f.request = &r;
	frame_put(&l->up, &f.base);
	l->requests[l->n_requests++] = r.request_no;
	note(w, "ask", r.request_no, l->client);
}

/* Restored from a backup: it knows no answer any more. */
void
client_send_all_again(struct world *w, unsigned client)
{
	struct client *c = &w->clients[client];

	for (unsigned e = 0; e < c->n_outbox; e++)
		c->outbox[e].settled = false;
	c->pending = c->n_outbox;
	note(w, "restored", client, 0);
}

/* --- receiving -------------------------------------------------------------------------------- */

static void
take_result(struct world *w, struct line *l, struct sent_batch *b)
{
	struct client *c = &w->clients[l->client];

	b->known = true;
	c->starved = 0;
	for (size_t i = 0; i < b->n; i++) {
		struct outbox_entry *e = &c->outbox[b->entry[i]];

		e->in_flight--;
		if (b->verdict[i] == VERDICT_RETRY || e->settled)
			continue;
		e->settled = true;
		c->pending--;
	}
	note(w, "result", b->no, c->pending);
}

static void
take_answer(struct world *w, struct line *l, const struct answer *a)
{
	if (a->type == ANSWER_WELCOME)
		l->ready = true;
	else if (a->type == ANSWER_RESULT)
		take_result(w, l, &l->batches[a->batch]);
	else if (a->type == ANSWER_RESPONSE && !a->more && l->n_requests > 0)
		memmove(l->requests, l->requests + 1, --l->n_requests * sizeof l->requests[0]);
}

void
client_receive(struct world *w, struct line *l, uint64_t n)
{
	unsigned i = 0;

	l->down_delivered += n;
	for (; i < l->n_answers && l->answers[i].end <= l->down_delivered; i++)
		take_answer(w, l, &l->answers[i]);
	l->n_answers -= i;
	memmove(l->answers, l->answers + i, l->n_answers * sizeof l->answers[0]);
}
