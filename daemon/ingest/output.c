/*
 * What waits to be read by clients. A document is kept once and written piece by piece, as its
 * client reads; what is kept is bounded by session and in all. Past the bound in all, whoever has
 * the most loses the session that has gone longest without reading, so that those who read are
 * served.
 */
#include "ingest/engine.h"

#include <stdlib.h>

#define PIECE_BYTES ((size_t)60 * 1024) /* of a document in one response */
#define SPARE_BYTES ((size_t)16 * 1024) /* what a session keeps when all is read */

struct document {
	TAILQ_ENTRY(document)
	link;
	uint64_t request_no;
	size_t n;
	size_t at;
	unsigned char bytes[];
};

void
output_open(struct session *s)
{
	buf_init(&s->out, OUTPUT_MAX);
	TAILQ_INIT(&s->documents);
	s->held = 0;
	s->documents_held = 0;
	s->unread_ms = 0;
	s->has_read = false;
	s->is_abandoned = false;
}

static void
drop(struct session *s, struct document *d)
{
	TAILQ_REMOVE(&s->documents, d, link);
	s->documents_held -= d->n;
	free(d);
}

void
output_count(struct ingest *in, struct session *s)
{
	size_t before = s->held;

	s->held = s->out.n + s->documents_held;
	in->unsent = in->unsent - before + s->held;
	s->party->unsent = s->party->unsent - before + s->held;
	s->has_read = s->has_read || before == 0 || s->held < before;
}

void
output_drop_documents(struct session *s)
{
	struct document *d = TAILQ_FIRST(&s->documents);
	struct document *next;

	TAILQ_INIT(&s->documents);
	s->documents_held = 0;
	for (; d != NULL; d = next) {
		next = TAILQ_NEXT(d, link);
		free(d);
	}
}

void
output_close(struct ingest *in, struct session *s)
{
	output_drop_documents(s);
	buf_fini(&s->out);
	output_count(in, s);
}

/* Nothing more is written to it. */
static void
abandon(struct ingest *in, struct session *s)
{
	in->counters.sessions_unread++;
	session_close(in, s, "the client does not read its answers");
	s->is_abandoned = true;
	output_close(in, s);
	session_mark_dirty(in, s);
}

void
output_added(struct ingest *in, struct session *s)
{
	output_count(in, s);
	if (in->unsent <= in->config.unsent_bytes)
		return;
	for (uint32_t i = 0; i < in->n_slots; i++)
		if (in->sessions[i].state != SESSION_FREE)
			output_count(in, &in->sessions[i]);
	while (in->unsent > in->config.unsent_bytes) {
		const struct party *most = party_greediest(in->parties);
		struct session *idle = NULL;

		for (uint32_t i = 0; i < in->n_slots; i++) {
			struct session *o = &in->sessions[i];

			if (o->state != SESSION_FREE && o->party == most && o->held != 0 &&
			    (idle == NULL || o->unread_ms > idle->unread_ms))
				idle = o;
		}
		if (idle == NULL)
			return;
		abandon(in, idle);
	}
}

void
output_tick(struct ingest *in, struct session *s, int64_t awake_ms)
{
	bool is_awaited = s->party->awaited_at + 1 == in->ticks && in->ticks > 1;

	output_count(in, s);
	s->unread_ms = s->held == 0 || s->has_read ? 0 : s->unread_ms + awake_ms;
	s->has_read = false;
	if (s->unread_ms >= (is_awaited ? READ_AWAITED_MS : READ_DEADLINE_MS))
		abandon(in, s);
}

/* The next piece of the oldest document. */
static void
next_piece(struct ingest *in, struct session *s)
{
	struct document *d = TAILQ_FIRST(&s->documents);
	Sems__V1__ServerFrame frame = SEMS__V1__SERVER_FRAME__INIT;
	Sems__V1__Response r = SEMS__V1__RESPONSE__INIT;
	size_t left = d->n - d->at;

	r.has_request_no = r.has_code = r.has_document = r.has_more = 1;
	r.request_no = d->request_no;
	r.code = SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_OK;
	r.document.data = d->bytes + d->at;
	r.document.len = left < PIECE_BYTES ? left : PIECE_BYTES;
	d->at += r.document.len;
	r.more = d->at < d->n;
	frame.body_case = SEMS__V1__SERVER_FRAME__BODY_RESPONSE;
	frame.response = &r;
	if (!frame_put(&s->out, &frame.base)) {
		abandon(in, s);
		return;
	}
	if (!r.more) {
		drop(s, d);
		s->requests--;
		session_dismiss(in, s);
	}
}

struct buf *
ingest_output(struct ingest *in, struct session_ref ref)
{
	struct session *s = session_find(in, ref);

	if (s == NULL)
		return NULL;
	output_count(in, s);
	if (s->out.n == 0 && !TAILQ_EMPTY(&s->documents))
		next_piece(in, s);
	else if (s->out.n == 0 && s->out.cap > SPARE_BYTES)
		buf_fini(&s->out);
	output_count(in, s);
	return &s->out;
}

bool
ingest_has_output(const struct ingest *in, struct session_ref ref)
{
	const struct session *s = session_find(in, ref);

	return s != NULL && (s->out.n != 0 || !TAILQ_EMPTY(&s->documents));
}

bool
ingest_abandons(const struct ingest *in, struct session_ref ref)
{
	const struct session *s = session_find(in, ref);

	return s != NULL && s->is_abandoned;
}

bool
ingest_respond_document(struct ingest *in, struct session_ref ref, uint64_t request_no,
			struct text json)
{
	struct session *s = session_find(in, ref);
	struct document *d;

	if (s == NULL || s->state == SESSION_CLOSING)
		return true;
	output_count(in, s);
	if (json.n + s->held > in->config.session_unsent_bytes)
		return false;
	d = malloc(sizeof *d + json.n);
	if (d == NULL)
		return false;
	d->request_no = request_no;
	d->n = json.n;
	d->at = 0;
	memcpy(d->bytes, json.s, json.n);
	TAILQ_INSERT_TAIL(&s->documents, d, link);
	s->documents_held += json.n;
	output_added(in, s);
	session_mark_dirty(in, s);
	return true;
}

size_t
ingest_unsent(const struct ingest *in)
{
	return in->unsent;
}
