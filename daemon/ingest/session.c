/* Sessions: one per connection, a small state machine that frames drive. */
#include "base/count.h"
#include "base/text.h"
#include "ingest/engine.h"
#include "wire/decode.h"
#include "wire/frame.h"

#include <stdarg.h>
#include <stdio.h>

#define PROTOCOL_VERSION   1u
#define WELCOME_GRANTS_MAX 256u
#define TICK_MAX_MS        (5 * MS_PER_SECOND)

/* --- the machine ------------------------------------------------------------------------------ */

static const char *const state_names[] = {
    [SESSION_FREE] = "free",
    [SESSION_GREETING] = "greeting",
    [SESSION_READY] = "ready",
    [SESSION_CLOSING] = "closing",
};
COVERS(state_names, SESSION_STATES);

static const char *const event_names[] = {
    [SESSION_CAME] = "connected",
    [SESSION_HELLO] = "a Hello",
    [SESSION_CLOSE] = "to be closed",
    [SESSION_GONE] = "the connection is gone",
};
COVERS(event_names, SESSION_EVENTS);

#define AT   MACHINE_AT
#define OPEN (AT(SESSION_GREETING) | AT(SESSION_READY))

static const struct move moves[] = {
    {SESSION_CAME, AT(SESSION_FREE), SESSION_GREETING, 0, NULL},
    {SESSION_HELLO, AT(SESSION_GREETING), SESSION_READY, 0, NULL},
    {SESSION_CLOSE, OPEN, SESSION_CLOSING, 0, NULL},
    {SESSION_GONE, OPEN | AT(SESSION_CLOSING), SESSION_FREE, 0, NULL},
};
const struct machine session_machine =
    MACHINE("session", AT(SESSION_FREE), state_names, event_names, moves);

static unsigned
step_untold(unsigned from, unsigned event)
{
	const struct move *row = machine_find(&session_machine, from, event, 0);

	return row == NULL ? from : row->to;
}

void
session_happens(struct ingest *in, struct session *s, enum session_event what, const char *why)
{
	char of[16];
	unsigned to;

	snprintf(of, sizeof of, "%u", s->index + 1);
	to = in->config.step == NULL ? step_untold(s->state, what)
				     : in->config.step(&session_machine, of, s->state, what, why);
	s->state = (enum session_state)to;
}

/* --- who has something to be written ---------------------------------------------------------- */

void
session_mark_dirty(struct ingest *in, struct session *s)
{
	if (s->dirty)
		return;
	s->dirty = true;
	TAILQ_INSERT_TAIL(&in->dirty, s, dirty_link);
}

/* --- room ------------------------------------------------------------------------------------- */

static size_t
pool_left(const struct ingest *in)
{
	return in->config.large_pool_bytes - in->large_used;
}

void
session_init_rooms(struct ingest *in)
{
	in->group_room.left = intake_room;
	TAILQ_INIT(&in->group_room.waiting);
	in->pool_room.left = pool_left;
	TAILQ_INIT(&in->pool_room.waiting);
}

void
session_wake(struct ingest *in, struct room *room)
{
	size_t left = room->left(in);
	struct session *s;

	TAILQ_FOREACH (s, &room->waiting, waiting_link) {
		if (s->want > left)
			break;
		/* An empty group takes any batch, and then as many as fit. */
		left = left == SIZE_MAX ? in->config.group_records : left;
		left = s->want < left ? left - s->want : 0;
		if (!s->blocked)
			continue;
		s->blocked = false;
		/* An answer may have made it dirty, but is no ticket to the front. */
		if (s->dirty)
			TAILQ_REMOVE(&in->dirty, s, dirty_link);
		s->dirty = false;
		session_mark_dirty(in, s);
	}
}

/* Who is behind may want less. */
static void
leave_queue(struct ingest *in, struct session *s)
{
	struct room *room = s->room;

	s->blocked = false;
	s->room = NULL;
	if (room == NULL)
		return;
	TAILQ_REMOVE(&room->waiting, s, waiting_link);
	session_wake(in, room);
}

/* True when the session may take `want` of the room now. Else it waits, in the place it has or
 * behind all others. */
static bool
may_take(struct ingest *in, struct session *s, struct room *room, size_t want)
{
	bool in_turn = s->room == room || TAILQ_EMPTY(&room->waiting);

	if (in_turn && want <= room->left(in))
		return true;
	s->blocked = true;
	s->want = want;
	/* The client is not late while it waits: its frame's time begins anew afterwards. */
	if (s->state == SESSION_READY)
		s->is_timed = false;
	if (s->room == room)
		return false;
	leave_queue(in, s);
	s->blocked = true;
	s->room = room;
	TAILQ_INSERT_TAIL(&room->waiting, s, waiting_link);
	return false;
}

struct session_ref
session_ref_of(const struct session *s)
{
	return (struct session_ref){s->index + 1, s->generation};
}

struct session *
session_find(const struct ingest *in, struct session_ref ref)
{
	struct session *s;

	if (ref.id == 0 || ref.id > in->n_slots)
		return NULL;
	s = &in->sessions[ref.id - 1];
	return s->generation == ref.generation && s->state != SESSION_FREE ? s : NULL;
}

enum role
session_role(const struct ingest *in, const struct session *s)
{
	enum role role;

	if (s->owner)
		return ROLE_ADMIN;
	role = registry_role(in->registry, text_of(s->principal));
	return s->gateway_owns ? role_as_device(role) : role;
}

void
session_close(struct ingest *in, struct session *s, const char *fmt, ...)
{
	va_list ap;

	if (machine_find(&session_machine, s->state, SESSION_CLOSE, 0) == NULL)
		return;
	va_start(ap, fmt);
	text_vprint(s->close_reason, sizeof s->close_reason, fmt, ap);
	va_end(ap);
	session_happens(in, s, SESSION_CLOSE, s->close_reason);
	leave_queue(in, s);
	caps_leave(in, s);
	output_drop_documents(s);
	session_mark_dirty(in, s);
}

void
session_send(struct ingest *in, struct session *s, const ProtobufCMessage *frame)
{
	if (s->state == SESSION_CLOSING)
		return;
	output_count(in, s);
	if (!frame_put(&s->out, frame))
		session_close(in, s, "the client does not read its answers");
	output_added(in, s);
	session_mark_dirty(in, s);
}

void
session_refuse(struct ingest *in, struct session *s, int code, uint32_t retry_after_ms,
	       const char *fmt, ...)
{
	Sems__V1__ServerFrame frame = SEMS__V1__SERVER_FRAME__INIT;
	Sems__V1__Refuse refuse = SEMS__V1__REFUSE__INIT;
	char text[160];
	va_list ap;

	va_start(ap, fmt);
	text_vprint(text, sizeof text, fmt, ap);
	va_end(ap);
	refuse.has_code = 1;
	refuse.code = (Sems__V1__RefuseCode)code;
	refuse.text = text;
	refuse.has_retry_after_ms = 1;
	refuse.retry_after_ms = retry_after_ms;
	frame.body_case = SEMS__V1__SERVER_FRAME__BODY_REFUSE;
	frame.refuse = &refuse;
	session_send(in, s, &frame.base);
	session_close(in, s, "%s", text);
}

void
session_part(struct ingest *in, struct session *s)
{
	session_refuse(in, s, SEMS__V1__REFUSE_CODE__REFUSE_CODE_SHUTDOWN, RETRY_AFTER_MS,
		       "shutting down; connect again and resend what was not answered");
}

void
session_dismiss(struct ingest *in, struct session *s)
{
	if (!in->draining || s->state == SESSION_FREE)
		return;
	/* Nothing more is taken of it, so that it cannot be late. */
	leave_queue(in, s);
	s->is_timed = false;
	if (s->batches != 0 || s->requests != 0)
		return;
	session_part(in, s);
}

/* --- hello ------------------------------------------------------------------------------------ */

struct grants {
	struct arena *arena;
	Sems__V1__Grant **list;
	size_t n;
};

static char **
one_text(struct arena *a, struct text t)
{
	char **list = arena_alloc(a, sizeof *list);

	if (list != NULL)
		list[0] = arena_dup(a, t.s, t.n);
	return list;
}

static bool
add_grant(void *ctx, struct text source, struct text kind, struct text site)
{
	struct grants *gs = ctx;
	Sems__V1__Grant *g;

	if (gs->n == WELCOME_GRANTS_MAX)
		return false;
	g = arena_alloc(gs->arena, sizeof *g);
	if (g == NULL)
		return false;
	sems__v1__grant__init(g);
	g->source = arena_dup(gs->arena, source.s, source.n);
	g->kinds = one_text(gs->arena, kind);
	g->n_kinds = 1;
	g->sites = one_text(gs->arena, site);
	g->n_sites = 1;
	gs->list[gs->n++] = g;
	return !arena_failed(gs->arena);
}

static void
send_welcome(struct ingest *in, struct session *s, struct utc_ms now)
{
	Sems__V1__ServerFrame frame = SEMS__V1__SERVER_FRAME__INIT;
	Sems__V1__Welcome w = SEMS__V1__WELCOME__INIT;
	struct grants gs = {in->scratch, NULL, 0};
	struct arena *a = in->scratch;

	gs.list = arena_zalloc(a, WELCOME_GRANTS_MAX, sizeof(Sems__V1__Grant *));
	if (gs.list != NULL)
		registry_each_grant(in->registry, text_of(s->principal), add_grant, &gs);
	if (arena_failed(a)) {
		session_refuse(in, s, SEMS__V1__REFUSE_CODE__REFUSE_CODE_BUSY, RETRY_AFTER_MS,
			       "out of memory; try again");
		return;
	}
	w.has_version = w.has_server_time = w.has_max_frame_bytes = 1;
	w.has_max_batch_records = w.has_window_batches = 1;
	w.version = PROTOCOL_VERSION;
	w.software = arena_printf(a, "%s", in->config.software);
	w.server_time = now.v;
	w.max_frame_bytes = in->config.max_frame_bytes;
	w.max_batch_records = in->config.max_batch_records;
	w.window_batches = in->config.window_batches;
	w.durability = arena_printf(a, "%s", in->config.durability);
	w.principal = s->principal;
	w.role = arena_printf(a, "%s", role_name(session_role(in, s)));
	w.n_grants = gs.n;
	w.grants = gs.list;
	w.entity = arena_printf(a, "%s", registry_entity(in->registry));
	w.zone = arena_printf(a, "%s", registry_zone(in->registry));
	frame.body_case = SEMS__V1__SERVER_FRAME__BODY_WELCOME;
	frame.welcome = &w;
	session_send(in, s, &frame.base);
}

static bool
on_hello(struct ingest *in, struct session *s, const struct client_frame *f, struct utc_ms now)
{
	const Sems__V1__Hello *h = f->hello;

	if (s->state != SESSION_GREETING) {
		session_refuse(in, s, SEMS__V1__REFUSE_CODE__REFUSE_CODE_SEQUENCE, 0,
			       "a second Hello: send it once, first");
		return true;
	}
	if (h->protocol_min > PROTOCOL_VERSION || h->protocol_max < PROTOCOL_VERSION) {
		session_refuse(in, s, SEMS__V1__REFUSE_CODE__REFUSE_CODE_VERSION, 0,
			       "this semsd speaks version %u, the client %u to %u",
			       PROTOCOL_VERSION, h->protocol_min, h->protocol_max);
		return true;
	}
	if (h->on_behalf_of != NULL && !behalf_begin(in, s, text_of(h->on_behalf_of)))
		return true;
	session_happens(in, s, SESSION_HELLO, NULL);
	caps_greeted(s);
	s->is_timed = false;
	send_welcome(in, s, now);
	return true;
}

/* --- batch and request ------------------------------------------------------------------------ */

static struct text
text_in(struct arena *a, const char *s)
{
	return (struct text){arena_dup(a, s, strlen(s)), strlen(s)};
}

/* False: no room now; the frame stays unconsumed and the session waits. */
static bool
on_batch(struct ingest *in, struct session *s, const struct client_frame *f, struct utc_ms now)
{
	struct sender from = {.role = session_role(in, s), .run = s->run};
	struct batch_ref *b;

	if (f->batch.n == 0) {
		answer_empty(in, s, f->batch.batch_no);
		return true;
	}
	if (s->batches >= in->config.window_batches) {
		session_refuse(in, s, SEMS__V1__REFUSE_CODE__REFUSE_CODE_WINDOW, RETRY_AFTER_MS,
			       "more than %u batches unanswered", in->config.window_batches);
		return true;
	}
	if (!may_take(in, s, &in->group_room, f->batch.n))
		return false;
	from.principal = text_in(in->filling->g.arena, s->principal);
	if (s->gateway_owns)
		from.owner = text_in(in->filling->g.arena, s->party->name);
	b = intake_batch(in, f->batch.n);
	if (b == NULL || arena_failed(in->filling->g.arena)) {
		session_refuse(in, s, SEMS__V1__REFUSE_CODE__REFUSE_CODE_BUSY, RETRY_AFTER_MS,
			       "out of memory for a batch; connect again and resend");
		return true;
	}
	b->session = session_ref_of(s);
	b->batch_no = f->batch.batch_no;
	s->batches++;
	for (size_t i = 0; i < f->batch.n; i++)
		intake_record(in, f->batch.records[i], &from, now);
	return true;
}

static bool
on_request(struct ingest *in, struct session *s, struct text body)
{
	struct request_node *node;
	struct client_frame f;
	struct err e;
	struct arena *a;

	if (s->requests >= REQUESTS_IN_FLIGHT) {
		session_refuse(in, s, SEMS__V1__REFUSE_CODE__REFUSE_CODE_WINDOW, RETRY_AFTER_MS,
			       "more than %u requests unanswered", REQUESTS_IN_FLIGHT);
		return true;
	}
	/* Decoded again into an arena that outlives the frame: requests are few, records are many.
	 */
	a = arena_new((size_t)64 * in->config.max_frame_bytes);

	node = a == NULL ? NULL : arena_zalloc(a, 1, sizeof *node);
	if (node == NULL ||
	    wire_client_frame(body, in->config.max_batch_records, a, &f, &e) != OK) {
		arena_free(a);
		session_refuse(in, s, SEMS__V1__REFUSE_CODE__REFUSE_CODE_BUSY, RETRY_AFTER_MS,
			       "out of memory for a request; try again");
		return true;
	}
	node->r = (struct ingest_request){.arena = a,
					  .request = f.request,
					  .session = session_ref_of(s),
					  .principal = text_in(a, s->principal),
					  .role = session_role(in, s)};
	if (s->has_gateway)
		node->r.gateway = text_in(a, s->party->name);
	s->requests++;
	TAILQ_INSERT_TAIL(&in->requests, node, link);
	return true;
}

/* --- frames ----------------------------------------------------------------------------------- */

/* What is too large is told apart from what cannot be read: the one sends less, the other is
 * mended. */
static void
refuse_frame(struct ingest *in, struct session *s, const struct err *e)
{
	bool is_large = e->code == REJ_LIMIT || e->code == TRY_LIMIT;

	in->counters.frames_broken++;
	session_refuse(in, s,
		       is_large ? SEMS__V1__REFUSE_CODE__REFUSE_CODE_LIMIT
				: SEMS__V1__REFUSE_CODE__REFUSE_CODE_FRAME,
		       0, "%s", e->text);
}

/* A Request that can be read but for a field of it: answered, and others of the session go on. */
static void
answer_unread(struct ingest *in, struct session *s, const struct client_frame *f, struct err *e)
{
	Sems__V1__ServerFrame frame = SEMS__V1__SERVER_FRAME__INIT;
	Sems__V1__Response r = SEMS__V1__RESPONSE__INIT;
	char *field = strchr(e->where, '.');

	r.has_request_no = true;
	r.request_no = f->unread_no;
	r.has_code = true;
	r.code = SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_INVALID;
	r.text = e->text;
	/* As everywhere: within the message that the Request carries. */
	r.field = field != NULL ? field + 1 : e->where;
	frame.body_case = SEMS__V1__SERVER_FRAME__BODY_RESPONSE;
	frame.response = &r;
	session_send(in, s, &frame.base);
}

/* False: the frame must be fed again later. */
static bool
on_frame(struct ingest *in, struct session *s, struct text body, struct utc_ms now)
{
	struct client_frame f = {.type = CLIENT_HELLO};
	struct err e;
	enum code rc;

	arena_reset(in->scratch);
	rc = wire_client_frame(body, in->config.max_batch_records, in->scratch, &f, &e);
	if (rc == REJ_FIELD && f.type == CLIENT_REQUEST && s->state == SESSION_READY) {
		answer_unread(in, s, &f, &e);
		return true;
	}
	if (rc != OK) {
		refuse_frame(in, s, &e);
		return true;
	}
	if (f.type != CLIENT_HELLO && s->state != SESSION_READY) {
		session_refuse(in, s, SEMS__V1__REFUSE_CODE__REFUSE_CODE_SEQUENCE, 0,
			       "the first frame must be a Hello");
		return true;
	}
	if (f.type == CLIENT_HELLO)
		return on_hello(in, s, &f, now);
	if (!behalf_holds(in, s))
		return true;
	return f.type == CLIENT_BATCH ? on_batch(in, s, &f, now) : on_request(in, s, body);
}

static void
release_large(struct ingest *in, struct session *s)
{
	if (s->large == 0)
		return;
	in->large_used -= s->large;
	s->large = 0;
	session_wake(in, &in->pool_room);
}

/* A frame is coming and not whole: how much must be there, and may it take that much? */
static void
await_rest(struct ingest *in, struct session *s, const void *p, size_t n, struct mono_ms now)
{
	size_t size = frame_size(p, n);

	s->need = size == 0 ? n + 1 : size;
	if (n != 0 && !s->is_timed) {
		s->is_timed = true;
		s->deadline.v = now.v + FRAME_DEADLINE_MS;
	}
	if (size <= LARGE_FRAME_BYTES || s->large != 0)
		return;
	if (!may_take(in, s, &in->pool_room, size)) {
		s->need = 1; /* once woken it is to be asked again before more is read */
		return;
	}
	s->large = size;
	in->large_used += size;
}

size_t
ingest_feed(struct ingest *in, struct session_ref ref, const void *p, size_t n, unsigned max_frames,
	    struct moment now)
{
	struct session *s = session_find(in, ref);
	size_t consumed = 0;
	uint64_t records;

	if (s == NULL)
		return n;
	s->blocked = false;
	records = in->counters.records;

	for (unsigned i = 0; i < max_frames && !in->draining && s->state != SESSION_CLOSING &&
			     in->counters.records - records < in->config.turn_records;
	     i++) {
		const unsigned char *at = (const unsigned char *)p + consumed;
		struct text body;
		size_t used = 0;
		struct err e;
		enum frame_status st =
		    frame_next(at, n - consumed, in->config.max_frame_bytes, &body, &used, &e);

		if (st == FRAME_BROKEN) {
			refuse_frame(in, s, &e);
			break;
		}
		if (st == FRAME_MORE) {
			await_rest(in, s, at, n - consumed, now.mono);
			break;
		}
		if (!on_frame(in, s, body, now.utc))
			break;
		in->counters.frames++;
		leave_queue(in, s);
		release_large(in, s);
		s->need = 1;
		if (s->state == SESSION_READY)
			s->is_timed = false;
		consumed += used;
	}
	if (!s->blocked)
		leave_queue(in, s);
	/* A closing session's input is of no interest any more. */
	if (s->state == SESSION_CLOSING) {
		release_large(in, s);
		return n;
	}
	return consumed;
}

bool
ingest_is_open(const struct ingest *in, struct session_ref ref)
{
	const struct session *s = session_find(in, ref);

	return s != NULL && s->state != SESSION_CLOSING;
}

void
ingest_set_run(struct ingest *in, struct session_ref ref, int64_t run)
{
	struct session *s = session_find(in, ref);

	if (s != NULL)
		s->run = run;
}

size_t
ingest_need(const struct ingest *in, struct session_ref ref)
{
	const struct session *s = session_find(in, ref);

	return s == NULL ? 1 : s->need;
}

bool
ingest_wants_input(const struct ingest *in, struct session_ref ref)
{
	const struct session *s = session_find(in, ref);

	return s != NULL && !in->draining && !s->blocked && s->state != SESSION_CLOSING;
}

const char *
ingest_closing(const struct ingest *in, struct session_ref ref)
{
	const struct session *s = session_find(in, ref);

	return s != NULL && s->state == SESSION_CLOSING ? s->close_reason : NULL;
}

void
ingest_close(struct ingest *in, struct session_ref ref)
{
	struct session *s = session_find(in, ref);

	if (s == NULL)
		return;
	session_happens(in, s, SESSION_GONE, NULL);
	leave_queue(in, s);
	release_large(in, s);
	caps_leave(in, s);
	output_close(in, s);
	party_leave(in->parties, s->party);
	party_leave(in->parties, s->address);
	s->party = s->address = NULL;
	s->generation++;
	s->next_free = in->free_sessions;
	in->free_sessions = s;
}

/* Since the last tick: while we were stopped, nobody could read. */
static int64_t
awake_ms(const struct ingest *in, struct mono_ms now)
{
	int64_t ms = now.v - in->ticked.v;

	return ms < 0 ? 0 : ms < TICK_MAX_MS ? ms : TICK_MAX_MS;
}

void
ingest_tick(struct ingest *in, struct mono_ms now)
{
	int64_t awake = awake_ms(in, now);

	in->ticked = now;
	in->ticks++;
	for (uint32_t i = 0; i < in->n_slots; i++) {
		struct session *s = &in->sessions[i];

		if (s->state != SESSION_FREE)
			output_tick(in, s, awake);
		if (s->state == SESSION_FREE || s->state == SESSION_CLOSING || !s->is_timed ||
		    now.v < s->deadline.v || s->blocked)
			continue;
		/* Slow, or stopped for a while: it may well do better the next time. */
		session_refuse(in, s, SEMS__V1__REFUSE_CODE__REFUSE_CODE_TIMEOUT, RETRY_AFTER_MS,
			       s->state == SESSION_GREETING ? "no Hello in time"
							    : "a frame did not end in time");
	}
}
