/*
 * A life of a few sessions, told by the input: connections open and close, bytes arrive in pieces
 * of any size, groups are taken and come back with any verdicts, the clock moves, requests are
 * answered, a record is requeued, the daemon drains. Every byte that a session is answered is read
 * back and compared with what it was owed: exactly once, in order. At the end nothing is left over.
 */
#include "base/count.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/world.h"
#include "wire/frame.h"

/* Looks inside: that nothing is left over cannot be seen from outside. */
#include "ingest/engine.h"

#include <sems/v1/protocol.pb-c.h>
#include <string.h>

#define PEERS       3u
#define RECORDS     4u /* in a batch that the harness makes */
#define BATCH_MAX   40u
#define GROUP       6u
#define OWED        (GROUP + BATCH_MAX)
#define BATCHES     OWED
#define FRAME_MAX   (24u * 1024u)
#define POOL        (40u * 1024u)
#define RECORD_ROOM 100u /* less than 128: its length is one byte */

/* What a record's sender is owed. */
struct owed {
	enum verdict verdict;
	enum reason reason;
	uint32_t retry_after_ms;
	char text[sizeof(((struct err *)0)->text)];
};

struct peer {
	bool open;
	bool welcomed;
	bool refused;
	struct session_ref session;
	struct buf up; /* sent, not consumed */
	size_t seen;   /* of up, how much the daemon was shown */
};

/* A group that is out, and whose its items are. */
struct flight {
	struct group *g;
	struct batch_ref batches[BATCHES];
	size_t n;
	struct owed owed[OWED];
};

struct life {
	struct ingest *in;
	struct moment now;
	struct peer peers[PEERS];
	struct ingest_request requests[REQUESTS_IN_FLIGHT * PEERS];
	size_t n_requests;
	unsigned requeued;
	unsigned requeue_done;
};

static struct life life;
static struct flight flight;
static struct text good;  /* a record that is accepted */
static struct text hello; /* a frame */

static struct peer *
peer_of(struct session_ref ref)
{
	for (unsigned i = 0; i < PEERS; i++) {
		struct peer *p = &life.peers[i];

		if (p->open && p->session.id == ref.id && p->session.generation == ref.generation)
			return p;
	}
	return NULL;
}

/* --- what is answered --------------------------------------------------------------------------
 */

/* The runs of a result, one verdict a record, are those of the items. */
static void
check_result(const Sems__V1__Result *r, const struct batch_ref *b)
{
	size_t at = b->first;

	MUST(r->batch_no == b->batch_no);
	for (size_t i = 0; i < r->n_verdicts; i++) {
		const Sems__V1__VerdictRun *run = r->verdicts[i];

		MUST(run->count > 0 && run->count <= b->first + b->n - at);
		for (uint32_t k = 0; k < run->count; k++) {
			const struct owed *o = &flight.owed[at++];

			MUST((unsigned)run->code == (unsigned)o->verdict);
			MUST(o->verdict != VERDICT_QUARANTINED ||
			     ((unsigned)run->reason == (unsigned)o->reason &&
			      strcmp(run->text, o->text) == 0));
			MUST(o->verdict != VERDICT_RETRY ||
			     run->retry_after_ms == o->retry_after_ms);
		}
	}
	MUST(at == b->first + b->n);
}

/* Batches of p in the group that came back, in order; *next: where to go on. */
static const struct batch_ref *
next_batch(const struct peer *p, size_t *next)
{
	while (*next < flight.n) {
		const struct batch_ref *b = &flight.batches[(*next)++];

		if (b->session.id == p->session.id &&
		    b->session.generation == p->session.generation)
			return b;
	}
	return NULL;
}

static void
check_frame(struct peer *p, const Sems__V1__ServerFrame *f, bool settled, size_t *next)
{
	MUST(!p->refused);
	if (f->body_case == SEMS__V1__SERVER_FRAME__BODY_WELCOME) {
		MUST(!p->welcomed);
		p->welcomed = true;
	} else if (f->body_case == SEMS__V1__SERVER_FRAME__BODY_REFUSE) {
		MUST(f->refuse->code != 0 && f->refuse->text[0] != '\0');
		p->refused = true;
	} else if (f->body_case == SEMS__V1__SERVER_FRAME__BODY_RESULT) {
		MUST(p->welcomed);
		if (f->result->n_verdicts == 0)
			return;
		const struct batch_ref *b = settled ? next_batch(p, next) : NULL;
		MUST(b != NULL);
		check_result(f->result, b);
	} else {
		MUST(f->body_case == SEMS__V1__SERVER_FRAME__BODY_RESPONSE && p->welcomed);
	}
}

/* Reads everything that p was answered. settled: the flight has just come back. */
static void
read_answers(struct peer *p, bool settled)
{
	struct buf *out = p->open ? ingest_output(life.in, p->session) : NULL;
	struct text body;
	struct err e;
	size_t used;
	size_t next = 0;

	if (!p->open)
		return;
	MUST(out != NULL);
	while (frame_next(out->p, out->n, SIZE_MAX / 2, &body, &used, &e) == FRAME_READY) {
		Sems__V1__ServerFrame *f =
		    sems__v1__server_frame__unpack(NULL, body.n, (const uint8_t *)body.s);

		MUST(f != NULL);
		check_frame(p, f, settled, &next);
		sems__v1__server_frame__free_unpacked(f, NULL);
		buf_consume(out, used);
	}
	MUST(out->n == 0);
	MUST(p->refused == (ingest_closing(life.in, p->session) != NULL));
	/* Who was not refused has every answer. */
	MUST(!settled || p->refused || next_batch(p, &next) == NULL);
}

/* --- what happens ------------------------------------------------------------------------------
 */

static void
shut(struct peer *p)
{
	if (!p->open)
		return;
	ingest_close(life.in, p->session);
	MUST(ingest_output(life.in, p->session) == NULL);
	p->open = false;
	buf_fini(&p->up);
}

static void
open_peer(struct peer *p, unsigned how)
{
	struct text name = world_principal((enum role)(how % ROLE_COUNT));

	if (p->open)
		shut(p);
	*p = (struct peer){0};
	p->session = ingest_open(life.in, &(struct caller){.principal = name, .owner = how >= 128},
				 life.now.mono);
	p->open = p->session.id != 0;
	if (p->open)
		buf_init(&p->up, (size_t)4 * FRAME_MAX);
}

/* Shows the daemon n bytes more than before, and lets it work. */
static void
deliver(struct peer *p, size_t n, unsigned frames)
{
	size_t used;
	size_t need;

	if (!p->open || !ingest_wants_input(life.in, p->session))
		return;
	p->seen = p->up.n - p->seen < n ? p->up.n : p->seen + n;
	used = ingest_feed(life.in, p->session, p->up.p == NULL ? (const void *)"" : p->up.p,
			   p->seen, frames, life.now);
	MUST(used <= p->seen);
	buf_consume(&p->up, used);
	p->seen -= used;
	need = ingest_need(life.in, p->session);
	MUST(need > 0 && need <= (size_t)FRAME_LENGTH_BYTES + FRAME_MAX);
	read_answers(p, false);
}

static void
deliver_all(struct peer *p)
{
	for (unsigned turn = 0; turn < 4 && p->open; turn++)
		deliver(p, SIZE_MAX / 2, 16);
}

/* A batch of good records, of which one byte may be another. */
static void
send_batch(struct peer *p, struct input *in)
{
	unsigned n = input_byte(in) % (RECORDS + 1);
	unsigned where = input_byte(in);
	unsigned what = input_byte(in);
	unsigned char records[RECORDS * (2 + RECORD_ROOM)];
	size_t all = 0;

	for (unsigned i = 0; i < n; i++) {
		unsigned char *r = records + all;

		r[0] = 0x12; /* Batch.records */
		r[1] = (unsigned char)good.n;
		memcpy(r + 2, good.s, good.n);
		r[2 + 17] = (unsigned char)i; /* the last byte of its record_id */
		if (i == where % RECORDS)
			r[2 + what % good.n] ^= (unsigned char)(where / RECORDS);
		all += 2 + good.n;
	}
	/* The frame's length, ClientFrame.batch and its length, batch_no; lengths in two bytes. */
	size_t body = all + 2;
	const unsigned char head[] = {
	    (unsigned char)((body + 3) | 128), (unsigned char)((body + 3) >> 7), 0x12,
	    (unsigned char)(body | 128),       (unsigned char)(body >> 7),       0x08,
	    (unsigned char)(where % 128)};
	buf_add(&p->up, head, sizeof head);
	buf_add(&p->up, records, all);
}

static void
take_group(void)
{
	const struct open_group *og;

	if (flight.g != NULL)
		return;
	flight.g = ingest_take_group(life.in);
	if (flight.g == NULL)
		return;
	og = (const struct open_group *)flight.g;
	MUST(og->n_batches <= BATCHES);
	flight.n = og->n_batches;
	memcpy(flight.batches, og->batches, og->n_batches * sizeof *og->batches);
}

/* The store says of an item what it may say. */
static void
decide(struct item *it, struct owed *o, unsigned how)
{
	if (it->verdict == VERDICT_NONE) {
		it->verdict = it->why != NULL ? VERDICT_QUARANTINED
					      : (enum verdict)(VERDICT_STORED + how % 6);
		it->retry_after_ms = how;
	}
	if (it->verdict == VERDICT_QUARANTINED && it->why == NULL)
		it->verdict = VERDICT_CONFLICT;
	*o = (struct owed){.verdict = it->verdict, .retry_after_ms = it->retry_after_ms};
	if (it->why != NULL) {
		MUST(it->why->reason != REASON_NONE && it->why->err.text[0] != '\0');
		o->reason = it->why->reason;
		memcpy(o->text, it->why->err.text, sizeof o->text);
	}
}

static void
give_group(struct input *in)
{
	struct group *g = flight.g;

	if (g == NULL)
		return;
	unsigned all = input_byte(in);
	MUST(g->n <= OWED);
	for (size_t i = 0; i < g->n; i++)
		decide(&g->items[i], &flight.owed[i], all < 128 ? all : input_byte(in));
	ingest_group_done(life.in, g);
	for (unsigned i = 0; i < PEERS; i++)
		read_answers(&life.peers[i], true);
	flight.g = NULL;
}

static void
on_requeued(void *ctx, const struct item *it)
{
	(void)ctx;
	MUST(it->verdict != VERDICT_NONE);
	life.requeue_done++;
}

static void
requeue(struct input *in)
{
	struct text raw = input_byte(in) % 2 == 0 ? good : input_take(in, input_byte(in));

	if (ingest_requeue(life.in, raw, world_principal(ROLE_DEVICE), life.now.utc, on_requeued,
			   NULL))
		life.requeued++;
}

static void
take_requests(void)
{
	struct ingest_request r;

	while (ingest_take_request(life.in, &r)) {
		MUST(r.request->base.descriptor == &sems__v1__request__descriptor);
		MUST(r.principal.s[r.principal.n] == '\0');
		if (life.n_requests == COUNT(life.requests))
			arena_free(r.arena); /* of sessions that are gone */
		else
			life.requests[life.n_requests++] = r;
	}
}

static void
respond(unsigned how)
{
	Sems__V1__Response r = SEMS__V1__RESPONSE__INIT;

	if (life.n_requests == 0)
		return;
	struct ingest_request *q = &life.requests[life.n_requests - 1];
	r.has_more = 1;
	r.more = (how & 1) != 0;
	ingest_respond(life.in, q->session, &r);
	if (!r.more) {
		arena_free(q->arena);
		life.n_requests--;
	}
	struct peer *p = peer_of(q->session);
	if (p != NULL)
		read_answers(p, false);
}

static void
move_clock(unsigned how)
{
	life.now.mono.v += (int64_t)how * 200;
	life.now.utc.v += (int64_t)how * 200;
	ingest_tick(life.in, life.now.mono);
	for (unsigned i = 0; i < PEERS; i++)
		read_answers(&life.peers[i], false);
}

static void
step(struct input *in)
{
	unsigned op = input_byte(in);
	struct peer *p = &life.peers[op / 16 % PEERS];
	struct text t;

	switch (op % 16) {
	case 0:
		open_peer(p, input_byte(in));
		break;
	case 1:
		shut(p);
		break;
	case 2:
		if (p->open)
			buf_add(&p->up, hello.s, hello.n);
		deliver_all(p);
		break;
	case 3:
	case 4:
		if (p->open)
			send_batch(p, in);
		if (op % 16 == 3)
			deliver_all(p);
		break;
	case 5:
	case 6:
		t = input_take(in, op % 16 == 5 ? input_byte(in) : input_two(in));
		if (p->open)
			buf_add(&p->up, t.s, t.n);
		break;
	case 7:
		deliver(p, input_byte(in), 1 + op / 64);
		break;
	case 8:
		deliver_all(p);
		break;
	case 9:
		take_group();
		break;
	case 10:
		give_group(in);
		break;
	case 11:
		move_clock(input_byte(in));
		break;
	case 12:
		take_requests();
		respond(op / 64);
		break;
	case 13:
		requeue(in);
		break;
	case 14:
		world_lose_key(op >= 128);
		break;
	default:
		if (op >= 240)
			ingest_drain(life.in);
		while (ingest_next_dirty(life.in).id != 0)
			;
	}
}

/* Nobody is forgotten: while groups come back, whoever waits for room in one gets it. */
static void
let_all_work(void)
{
	struct input nothing = {NULL, 0};
	size_t before;
	size_t left = SIZE_MAX;

	do {
		before = left;
		left = 0;
		for (unsigned i = 0; i < PEERS; i++) {
			deliver_all(&life.peers[i]);
			left += life.peers[i].open ? life.peers[i].up.n : 0;
		}
		give_group(&nothing);
		take_group();
		give_group(&nothing);
	} while (left < before);
	MUST(TAILQ_EMPTY(&life.in->group_room.waiting));
}

static void
end_life(void)
{
	const struct ingest *in = life.in;

	let_all_work();
	MUST(ingest_is_empty(in));
	MUST(life.requeued == life.requeue_done);
	for (unsigned i = 0; i < PEERS; i++) {
		read_answers(&life.peers[i], false);
		MUST(!life.peers[i].open ||
		     in->sessions[life.peers[i].session.id - 1].batches == 0);
		shut(&life.peers[i]);
	}
	take_requests();
	while (life.n_requests > 0)
		arena_free(life.requests[--life.n_requests].arena);
	MUST(in->large_used == 0);
	MUST(TAILQ_EMPTY(&in->group_room.waiting) && TAILQ_EMPTY(&in->pool_room.waiting));
	while (ingest_next_dirty(life.in).id != 0)
		MUST(false);
	for (unsigned i = 0; i < in->n_slots; i++)
		MUST(in->sessions[i].state == SESSION_FREE && in->sessions[i].room == NULL);
}

static struct text
frame_of(const ProtobufCMessage *m)
{
	struct buf b;

	buf_init(&b, FRAME_MAX);
	MUST(frame_put(&b, m));
	return (struct text){(const char *)b.p, b.n}; /* for good */
}

static void
make_hello(void)
{
	Sems__V1__ClientFrame f = SEMS__V1__CLIENT_FRAME__INIT;
	Sems__V1__Hello h = SEMS__V1__HELLO__INIT;

	h.has_protocol_min = h.has_protocol_max = 1;
	h.protocol_min = h.protocol_max = 1;
	f.body_case = SEMS__V1__CLIENT_FRAME__BODY_HELLO;
	f.hello = &h;
	hello = frame_of(&f.base);
}

static void
make_good(void)
{
	Sems__V1__Record r = SEMS__V1__RECORD__INIT;
	Sems__V1__TipEvent t = SEMS__V1__TIP_EVENT__INIT;
	static const unsigned char rest[10];
	struct uuid id = uuid_at((struct utc_ms){T0}, rest, false);
	static uint8_t packed[RECORD_ROOM];

	r.has_record_id = r.has_occurred_at = t.has_outcome = 1;
	r.record_id = (ProtobufCBinaryData){16, id.b};
	r.source = (char *)"xray-1";
	r.site_id = (char *)"T1";
	r.occurred_at = T0;
	r.body_case = SEMS__V1__RECORD__BODY_TIP_EVENT;
	r.tip_event = &t;
	t.device_id = (char *)"lane-1";
	t.screener_id = (char *)"s-17";
	t.outcome = SEMS__V1__TIP_OUTCOME__TIP_OUTCOME_HIT;
	MUST(sems__v1__record__get_packed_size(&r) <= sizeof packed);
	good = (struct text){(const char *)packed, sems__v1__record__pack(&r, packed)};
}

static void
make_world(void)
{
	struct ingest_config c = ingest_defaults();

	make_good();
	make_hello();
	c.max_sessions = PEERS - 1;
	c.max_frame_bytes = FRAME_MAX;
	c.max_batch_records = BATCH_MAX;
	c.window_batches = 3;
	c.group_records = GROUP;
	c.large_pool_bytes = POOL;
	life.in = world_ingest(&c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};

	if (life.in == NULL)
		make_world();
	struct ingest *engine = life.in;
	flight.g = NULL;
	flight.n = 0;
	life = (struct life){.in = engine, .now = {{T0}, {0}}};
	engine->draining = false;
	world_lose_key(false);
	while (in.n > 0)
		step(&in);
	end_life();
	return 0;
}
