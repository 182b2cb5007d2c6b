/*
 * The daemon around the engine, played by hand: what net does with sockets and events, without
 * them. A line is looked at only when an event of it says so; a wake-up that the engine forgets is
 * a line that stands still.
 */
#include "base/machine.h"
#include "tests/sim/world.h"
#include "wire/frame.h"

#include <inttypes.h>
#include <stdlib.h>

static const unsigned char *
year_key(void *ctx, int year)
{
	static unsigned char key[32];
	const struct world *w = ctx;

	key[0] = (unsigned char)(year & 0xff);
	return w->key_lost ? NULL : key;
}

static struct registry *
make_registry(const struct world *w, bool whole)
{
	struct registry *r = registry_new();
	int64_t first = civil_to_days((struct civil_date){2024, 1, 1});
	size_t n = 366 * 4;
	int64_t *starts = malloc((n + 1) * sizeof *starts);

	if (!whole) {
		free(starts);
		return r;
	}
	for (size_t i = 0; i <= n; i++)
		starts[i] = (first + (int64_t)i) * MS_PER_DAY;
	registry_set_entity(r, text_of("Example Airport"), text_of("UTC"));
	registry_set_calendar(r, first, starts, n);
	registry_add_site(r, text_of("T1"));
	for (unsigned i = 0; i < w->n_clients; i++) {
		struct text principal = text_of(w->clients[i].principal);

		registry_add_principal(r, principal, ROLE_DEVICE);
		registry_add_grant(r, principal, text_of("xray-1"), text_of("*"), text_of("*"));
		registry_add_grant(r, principal, text_of("xray-2"), text_of("*"), text_of("*"));
	}
	registry_set_floor(r, KIND_TIP_EVENT, (struct utc_ms){T0 - 300 * MS_PER_DAY});
	return r;
}

void
daemon_register(struct world *w, unsigned daemon)
{
	w->daemons[daemon].registered = true;
	ingest_set_registry(w->daemons[daemon].in, make_registry(w, true));
}

void
daemon_start(struct world *w, unsigned daemon)
{
	struct daemon *d = &w->daemons[daemon];

	*d = (struct daemon){0};
	w->config.person_key = year_key;
	w->config.write_row = database_write_row;
	w->config.ctx = w;
	w->config.step = machine_step;
	d->in = ingest_new(&w->config);
	d->registered = w->calm || chance(w, 850);
	ingest_set_registry(d->in, make_registry(w, d->registered));
}

/* --- lines ------------------------------------------------------------------------------------ */

struct line *
line_of(struct world *w, unsigned daemon, struct session_ref ref)
{
	for (unsigned i = 0; i < LINES; i++) {
		struct line *l = &w->lines[i];

		if (l->daemon_end && l->daemon == daemon && l->session.id == ref.id &&
		    l->session.generation == ref.generation)
			return l;
	}
	return NULL;
}

void
line_free(struct line *l)
{
	buf_fini(&l->up);
	buf_fini(&l->in);
}

static void
line_arm(struct world *w, struct line *l)
{
	if (!l->armed)
		l->armed_at = ++w->events;
	l->armed = true;
}

static void
line_gone(struct line *l)
{
	l->daemon_end = false;
	if (!l->client_end)
		line_free(l);
}

/* The daemon's end closes. */
static void
line_retire(struct world *w, struct line *l)
{
	note(w, "retire", (uint64_t)(l - w->lines), 0);
	ingest_close(w->daemons[l->daemon].in, l->session);
	line_gone(l);
}

void
line_eof(struct world *w, struct line *l)
{
	if (l->daemon_end)
		line_retire(w, l);
}

/* --- what the engine says --------------------------------------------------------------------- */

static struct sent_batch *
batch_answered(struct line *l, const Sems__V1__Result *r, unsigned *index)
{
	for (unsigned i = 0; i < l->n_batches; i++) {
		struct sent_batch *b = &l->batches[i];

		if (b->no != r->batch_no || b->answered)
			continue;
		*index = i;
		return b;
	}
	return NULL;
}

static void
on_result(struct world *w, struct line *l, const Sems__V1__Result *r, struct answer *a)
{
	struct sent_batch *b = batch_answered(l, r, &a->batch);
	size_t at = 0;

	if (b == NULL) {
		fail(w, "a Result for batch %" PRIu64 ", which waits for none", r->batch_no);
		return;
	}
	for (size_t i = 0; i < r->n_verdicts; i++) {
		const Sems__V1__VerdictRun *run = r->verdicts[i];

		if (run->count == 0 || run->count > b->n - at) {
			fail(w, "a run of %u where %zu records are left", run->count, b->n - at);
			return;
		}
		for (unsigned k = 0; k < run->count; k++) {
			uint16_t e = b->entry[at];

			b->verdict[at++] = (unsigned char)run->code;
			check_answer(w, w->clients[l->client].outbox[e].record,
				     (enum verdict)run->code,
				     run->has_reason ? (int)run->reason : 0);
		}
	}
	if (at != b->n)
		fail(w, "%zu verdicts for %zu records", at, b->n);
	b->answered = true;
}

static void
on_refuse(struct world *w, const struct line *l, const Sems__V1__Refuse *r)
{
	int code = (int)r->code;

	w->result->stats.refused++;
	note(w, "refuse", (uint64_t)(l - w->lines), (uint64_t)code);
	if (code == SEMS__V1__REFUSE_CODE__REFUSE_CODE_SHUTDOWN && w->daemons[l->daemon].draining)
		return;
	if (code == SEMS__V1__REFUSE_CODE__REFUSE_CODE_BUSY && l->is_full && !l->hello_seen)
		return;
	if (code == SEMS__V1__REFUSE_CODE__REFUSE_CODE_TIMEOUT ||
	    (l->rogue && code == l->expected_refusal))
		return;
	fail(w, "a %s client is refused: %s", l->rogue ? "bad" : "well-behaved", r->text);
}

static void
on_response(struct world *w, const struct line *l, const Sems__V1__Response *r)
{
	unsigned done = 0;

	for (unsigned i = 0; i < l->n_answers; i++)
		done += l->answers[i].type == ANSWER_RESPONSE && !l->answers[i].more;
	w->result->stats.responses++;
	if (done >= l->n_requests || l->requests[done] != r->request_no)
		fail(w, "a Response for request %" PRIu64 ", which waits for none", r->request_no);
}

static void
on_server_frame(struct world *w, struct line *l, const Sems__V1__ServerFrame *f, struct answer *a)
{
	if (f->body_case == SEMS__V1__SERVER_FRAME__BODY_WELCOME) {
		a->type = ANSWER_WELCOME;
		if (l->hello_seen)
			fail(w, "a second Welcome");
		l->hello_seen = true;
	} else if (f->body_case == SEMS__V1__SERVER_FRAME__BODY_RESULT) {
		a->type = ANSWER_RESULT;
		on_result(w, l, f->result, a);
	} else if (f->body_case == SEMS__V1__SERVER_FRAME__BODY_REFUSE) {
		a->type = ANSWER_REFUSE;
		on_refuse(w, l, f->refuse);
	} else if (f->body_case == SEMS__V1__SERVER_FRAME__BODY_RESPONSE) {
		a->type = ANSWER_RESPONSE;
		on_response(w, l, f->response);
		a->more = f->response->more;
	} else {
		fail(w, "a frame of no known type");
	}
}

/* Everything the engine put out is judged here, whether or not the client will ever see it. */
static void
take_output(struct world *w, struct line *l, struct buf *out)
{
	size_t at = 0;

	while (at < out->n && !failed(w)) {
		struct answer a = {0};
		Sems__V1__ServerFrame *f = NULL;
		struct text body;
		struct err e;
		size_t used;

		if (frame_next(out->p + at, out->n - at, SIZE_MAX / 2, &body, &used, &e) ==
		    FRAME_READY)
			f = sems__v1__server_frame__unpack(NULL, body.n, (const uint8_t *)body.s);
		if (f == NULL || l->n_answers == ANSWERS_MAX) {
			fail(w, f == NULL ? "the output is no frame" : "too many answers");
			sems__v1__server_frame__free_unpacked(f, NULL);
			return;
		}
		at += used;
		l->down_made += used;
		a.end = l->down_made;
		on_server_frame(w, l, f, &a);
		sems__v1__server_frame__free_unpacked(f, NULL);
		if (w->options.lie != LIE_LOST_ANSWER || a.type != ANSWER_RESULT)
			l->answers[l->n_answers++] = a;
	}
	buf_clear(out);
}

static uint64_t
unread(const struct line *l)
{
	return l->down_made - l->down_delivered;
}

static void
line_flush(struct world *w, struct line *l)
{
	struct ingest *in = w->daemons[l->daemon].in;
	struct buf *out = ingest_output(in, l->session);

	if (out != NULL && out->n != 0)
		take_output(w, l, out);
	if (ingest_closing(in, l->session) == NULL)
		return;
	l->reading = false;
	if (unread(l) == 0 || ingest_abandons(in, l->session))
		line_retire(w, l);
}

void
daemon_pump(struct world *w, unsigned daemon)
{
	struct ingest *in = w->daemons[daemon].in;
	struct session_ref ref;

	while ((ref = ingest_next_dirty(in)).id != 0 && !failed(w)) {
		struct line *l = line_of(w, daemon, ref);

		if (l == NULL)
			continue;
		line_flush(w, l);
		if (l->daemon_end && !l->reading && ingest_wants_input(in, ref))
			line_arm(w, l);
	}
}

/* --- input ------------------------------------------------------------------------------------ */

void
line_deliver(struct world *w, struct line *l, size_t n)
{
	if (!l->daemon_end || !l->reading)
		return;
	if (n > l->up.n)
		n = l->up.n;
	if (n != 0) {
		buf_add(&l->in, l->up.p, n);
		buf_consume(&l->up, n);
		line_arm(w, l);
	}
	if ((l->half_closed || !l->client_end) && l->up.n == 0 && !l->armed)
		line_eof(w, l);
}

/* How many whole frames the bytes begin with. */
static unsigned
count_frames(const unsigned char *p, size_t n)
{
	unsigned frames = 0;

	for (size_t size; (size = frame_size(p, n)) != 0 && size <= n; p += size, n -= size)
		frames++;
	return frames;
}

/* The model's own view of which frame is awaited since when: n bytes were fed, `used` were taken.
 */
static void
line_time(struct world *w, struct line *l, const unsigned char *p, size_t n, size_t used,
	  unsigned max_frames)
{
	unsigned taken = count_frames(p, used);

	if (taken > 0)
		l->greeted = true;
	if (taken > 0 || (l->greeted && l->held))
		l->timed = false;
	if (l->held || l->timed || used == n || taken == max_frames)
		return;
	l->timed = true;
	l->since = w->now.mono;
}

void
line_feed(struct world *w, struct line *l, unsigned max_frames)
{
	struct daemon *d = &w->daemons[l->daemon];
	size_t n = l->in.n;
	size_t used = 0;
	unsigned char *exact;

	if (!l->daemon_end || !l->armed)
		return;
	l->armed = false;
	if (n != 0 && n >= ingest_need(d->in, l->session) &&
	    ingest_wants_input(d->in, l->session)) {
		/* Of its own size, so that a byte read too far is noticed. */
		exact = malloc(n);
		memcpy(exact, l->in.p, n);
		used = ingest_feed(d->in, l->session, exact, n, max_frames, w->now);
		if (used > n)
			fail(w, "consumed %zu of %zu bytes", used, n);
		else if (ingest_closing(d->in, l->session) == NULL)
			d->frames += count_frames(exact, used);
		else
			d->doubtful += count_frames(exact, used);
		check_bounds(w, l->daemon);
		l->held = !ingest_wants_input(d->in, l->session);
		line_time(w, l, exact, n, used < n ? used : n, max_frames);
		free(exact);
		buf_consume(&l->in, used < n ? used : n);
		note(w, "feed", (uint64_t)(l - w->lines), used);
	}
	l->held = !ingest_wants_input(d->in, l->session);
	l->reading = !l->held && unread(l) <= OUTPUT_HIGH;
	if (used != 0 && used < n && l->reading)
		line_arm(w, l);
	else
		check_reading(w, l);
}

void
lines_feed(struct world *w, unsigned max_frames)
{
	uint64_t until = w->events;
	struct line *next;

	do {
		next = NULL;
		for (unsigned i = 0; i < LINES; i++) {
			struct line *l = &w->lines[i];

			if (l->daemon_end && l->armed && l->armed_at <= until &&
			    (next == NULL || l->armed_at < next->armed_at))
				next = l;
		}
		if (next != NULL)
			line_feed(w, next, max_frames);
	} while (next != NULL && !failed(w));
}

void
line_deliver_down(struct world *w, struct line *l, uint64_t n)
{
	uint64_t there = unread(l);

	if (n > there)
		n = there;
	if (!l->client_end || (n == 0 && l->daemon_end))
		return;
	client_receive(w, l, n);
	if (unread(l) != 0)
		return;
	if (!l->daemon_end) {
		client_lost(w, l);
		return;
	}
	/* All is written: what net's on_write does. */
	line_flush(w, l);
	if (l->daemon_end && !l->reading) {
		line_arm(w, l);
		line_feed(w, l, 4);
	}
}

static bool
is_late(const struct world *w, const struct line *l)
{
	int64_t allowed = l->greeted ? FRAME_DEADLINE_MS : HELLO_DEADLINE_MS;

	/* Of whom a stopping daemon owes an answer it takes nothing more. */
	return l->timed && !l->held && !w->daemons[l->daemon].draining &&
	       w->now.mono.v >= l->since.v + allowed;
}

/* Who is late is closed, and nobody else; whom the daemon itself held back is not late. */
void
daemon_tick(struct world *w, unsigned daemon)
{
	struct daemon *d = &w->daemons[daemon];
	bool closing[LINES];

	for (unsigned i = 0; i < LINES; i++) {
		const struct line *l = &w->lines[i];

		closing[i] = !l->daemon_end || l->daemon != daemon ||
			     ingest_closing(d->in, l->session) != NULL;
	}
	ingest_tick(d->in, w->now.mono);
	for (unsigned i = 0; i < LINES; i++) {
		const struct line *l = &w->lines[i];

		if (closing[i])
			continue;
		bool closed = ingest_closing(d->in, l->session) != NULL;

		if (closed && l->held && l->greeted)
			fail(w, "a client is late that was told to wait");
		else if (closed && !l->held && !is_late(w, l))
			fail(w, "line %u was closed before its time", i);
		else if (!closed && is_late(w, l))
			fail(w, "line %u is late and was not closed", i);
		w->result->stats.late += closed;
	}
	note(w, "tick", daemon, 0);
}

/* --- requests --------------------------------------------------------------------------------- */

void
daemon_answer_request(struct world *w, unsigned daemon)
{
	Sems__V1__Response r = SEMS__V1__RESPONSE__INIT;
	struct daemon *d = &w->daemons[daemon];
	struct asking *a = &d->asking;

	if (!a->busy) {
		a->busy = ingest_take_request(d->in, &a->r);
		a->pieces = 1 + below(w, STATUS_DOCUMENTS);
		return;
	}
	if (a->r.role != ROLE_DEVICE && a->r.role != ROLE_NONE)
		fail(w, "a request with a role that nobody was given");
	r.has_request_no = r.has_code = r.has_more = 1;
	r.request_no = a->r.request->request_no;
	r.code = SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_OK;
	r.more = --a->pieces > 0;
	ingest_respond(d->in, a->r.session, &r);
	note(w, "respond", r.request_no, r.more);
	if (r.more)
		return;
	arena_free(a->r.arena);
	a->busy = false;
}

static void
on_requeued(void *ctx, const struct item *it)
{
	struct requeue *q = ctx;
	struct world *w = q->w;

	if (q->done)
		fail(w, "a requeued record was answered twice");
	q->done = true;
	w->result->stats.requeued++;
	if (!text_eq(it->raw, (struct text){(const char *)w->records[q->record].raw,
					    w->records[q->record].n}) &&
	    it->verdict != VERDICT_RETRY)
		fail(w, "another record than the one that was requeued");
	/* It waited for a group when its daemon was stopped. */
	if (it->verdict == VERDICT_RETRY && w->daemons[q->daemon].draining)
		return;
	check_answer(w, q->record, it->verdict, it->why == NULL ? 0 : (int)it->why->reason);
}

void
daemon_requeue(struct world *w, unsigned daemon)
{
	struct requeue *q = &w->requeues[w->n_requeues];
	unsigned from = below(w, w->n_records);
	uint16_t record = 0;
	const struct sim_record *r;

	for (unsigned i = 0; i < w->n_records; i++) {
		record = (uint16_t)((from + i) % w->n_records);
		if (w->quarantined[record])
			break;
	}
	if (w->n_requeues == REQUEUES || !w->quarantined[record])
		return;
	r = &w->records[record];
	*q = (struct requeue){.daemon = daemon, .record = record, .w = w};
	for (unsigned i = 0; i < w->n_clients && !q->used; i++) {
		if ((r->sent_by >> i & 1) == 0)
			continue;
		q->used =
		    ingest_requeue(w->daemons[daemon].in, (struct text){(const char *)r->raw, r->n},
				   text_of(w->clients[i].principal), w->now.utc, on_requeued, q);
		w->n_requeues += q->used;
		break;
	}
	note(w, "requeue", record, q->used);
}

/* --- the end of a daemon ---------------------------------------------------------------------- */

void
daemon_crash(struct world *w, unsigned daemon)
{
	struct daemon *d = &w->daemons[daemon];

	note(w, "crash", daemon, 0);
	w->result->stats.crashes++;
	database_orphan(w, daemon);
	for (unsigned i = 0; i < LINES; i++)
		if (w->lines[i].daemon_end && w->lines[i].daemon == daemon)
			line_gone(&w->lines[i]);
	for (unsigned i = 0; i < w->n_requeues; i++)
		if (w->requeues[i].daemon == daemon)
			w->requeues[i].done = true;
	if (d->asking.busy)
		arena_free(d->asking.r.arena);
	ingest_free(d->in);
	d->in = NULL;
}
