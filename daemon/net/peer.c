#include "net/peer.h"

#include "base/count.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_struct.h>
#include <event2/event.h>

#include <stdio.h>
#include <stdlib.h>

/* One wake-up handles this much of one connection, so that a greedy one cannot starve the others.
 */
#define FRAMES_PER_TURN 64
#define OUTPUT_HIGH     (64u * 1024u) /* past it reading pauses until the client has read */
#define WRITE_TIMEOUT_S 60

/* --- the machine ------------------------------------------------------------------------------ */

static const char *const state_names[] = {
    [PEER_CAME] = "came",         [PEER_UNKNOWN] = "unknown", [PEER_OPEN] = "open",
    [PEER_DRAINING] = "draining", [PEER_GONE] = "gone",
};
COVERS(state_names, N_PEER_STATES);

static const char *const event_names[] = {
    [PEER_ASKED] = "who it is takes time",
    [PEER_ADMITTED] = "it has a session",
    [PEER_ENDED] = "its session is over",
    [PEER_LOST] = "closed",
};
COVERS(event_names, N_PEER_EVENTS);

#define AT MACHINE_AT

static const struct move moves[] = {
    {PEER_ASKED, AT(PEER_CAME), PEER_UNKNOWN, 0, NULL},
    {PEER_ADMITTED, AT(PEER_CAME) | AT(PEER_UNKNOWN), PEER_OPEN, 0, NULL},
    {PEER_ENDED, AT(PEER_OPEN), PEER_DRAINING, 0, NULL},
    {PEER_LOST, AT(PEER_GONE) - 1, PEER_GONE, 0, NULL},
};
const struct machine peer_machine = MACHINE("peer", AT(PEER_CAME), state_names, event_names, moves);

void
peer_happens(struct peer *p, enum peer_event what, const char *why)
{
	struct peers *ps = p->of;
	char of[16];

	snprintf(of, sizeof of, "%u", p->session.id);
	TAILQ_REMOVE(&ps->lists[p->state], p, link);
	ps->n[p->state]--;
	p->state = (enum peer_state)machine_step(&peer_machine, of, p->state, what, why);
	TAILQ_INSERT_TAIL(&ps->lists[p->state], p, link);
	ps->n[p->state]++;
}

/* --- closing ---------------------------------------------------------------------------------- */

/* libevent may still report events for a connection freed in the same turn: so not now. */
void
peer_close(struct peer *p, const char *why)
{
	struct peers *ps = p->of;

	if (p->state == PEER_GONE)
		return;
	log_debug("conn.close", KV("peer", p->who.principal), KVI("conn", p->session.id),
		  KV("why", why));
	ingest_close(ps->ingest, p->session);
	if (p->session.id != 0)
		ps->by_session[p->session.id] = NULL;
	if (p->session.id != 0 && ps->on_gone != NULL)
		ps->on_gone(p);
	bufferevent_disable(p->bev, EV_READ | EV_WRITE);
	peer_happens(p, PEER_LOST, why);
	event_active(ps->reap, EV_TIMEOUT, 0);
}

static void
on_reap(evutil_socket_t fd, short what, void *arg)
{
	struct peers *ps = arg;
	struct peer *p;

	(void)fd;
	(void)what;
	while ((p = TAILQ_FIRST(&ps->lists[PEER_GONE])) != NULL) {
		TAILQ_REMOVE(&ps->lists[PEER_GONE], p, link);
		ps->n[PEER_GONE]--;
		if (p->gate->part != NULL)
			p->gate->part(&p->who);
		bufferevent_free(p->bev);
		free(p);
	}
}

/* Worth a line: it cost others room. Not one for each of many. */
static void
close_unread(struct peer *p)
{
	struct rare *rare = &p->of->unread;

	if (rare_may(rare, p->of->mono().v))
		log_warn("conn.unread", KV("peer", p->who.principal),
			 KVI("others_before", rare->unsaid),
			 KV("text", "closed: it does not read its answers"));
	peer_close(p, "the client does not read its answers");
}

static void
tell_poor(struct peers *ps, const char *peer)
{
	if (rare_may(&ps->poor, ps->mono().v))
		log_warn("conn.memory", KV("peer", peer), KVI("others_before", ps->poor.unsaid),
			 KV("text", "closed: out of memory"));
}

/* What it was to be told it asks for again. */
static void
close_poor(struct peer *p)
{
	tell_poor(p->of, p->who.principal);
	peer_close(p, "out of memory");
}

/* --- bytes ------------------------------------------------------------------------------------ */

static bool
output_is_high(const struct peer *p)
{
	return evbuffer_get_length(bufferevent_get_output(p->bev)) > OUTPUT_HIGH;
}

static bool
output_is_empty(const struct peer *p)
{
	return evbuffer_get_length(bufferevent_get_output(p->bev)) == 0 &&
	       !ingest_has_output(p->of->ingest, p->session);
}

static void
set_reading(struct peer *p, bool reading)
{
	if (p->reading == reading)
		return;
	p->reading = reading;
	if (reading && bufferevent_enable(p->bev, EV_READ) != 0)
		close_poor(p);
	else if (!reading)
		bufferevent_disable(p->bev, EV_READ);
}

/* What is buffered already no event will tell: come back by ourselves. */
static void
come_back(struct peer *p)
{
	bufferevent_trigger(p->bev, EV_READ, BEV_TRIG_IGNORE_WATERMARKS | BEV_TRIG_DEFER_CALLBACKS);
}

/* Feeds what is buffered, within the turn's budget. */
static void
feed(struct peer *p)
{
	struct ingest *in = p->of->ingest;
	struct evbuffer *buf = bufferevent_get_input(p->bev);
	size_t n = evbuffer_get_length(buf);
	size_t used = 0;

	if (n != 0 && n >= ingest_need(in, p->session) && ingest_wants_input(in, p->session)) {
		const unsigned char *bytes = evbuffer_pullup(buf, -1);

		if (bytes == NULL) {
			close_poor(p);
			return;
		}
		used = ingest_feed(in, p->session, bytes, n, FRAMES_PER_TURN,
				   (struct moment){p->of->now(), p->of->mono()});
		evbuffer_drain(buf, used);
	}
	set_reading(p, ingest_wants_input(in, p->session) && !output_is_high(p));
	if (used != 0 && used < n && p->reading)
		come_back(p);
}

/* As much as the socket's buffer is to hold; what is left waits where it is counted. */
static void
write_out(struct peer *p)
{
	struct ingest *in = p->of->ingest;
	struct buf *out;

	while (!output_is_high(p) && (out = ingest_output(in, p->session)) != NULL && out->n != 0) {
		size_t n = out->n < OUTPUT_HIGH ? out->n : OUTPUT_HIGH;

		/* libevent says nothing when it cannot wait for the socket. TLS writes at once what
		 * it can. */
		if (bufferevent_write(p->bev, out->p, n) != 0 ||
		    (evbuffer_get_length(bufferevent_get_output(p->bev)) != 0 &&
		     event_pending(&p->bev->ev_write, EV_WRITE, NULL) == 0)) {
			close_poor(p);
			return;
		}
		buf_consume(out, n);
	}
}

/* --- what each state does --------------------------------------------------------------------- */

static void
drain(struct peer *p)
{
	struct ingest *in = p->of->ingest;

	write_out(p);
	if (p->state == PEER_GONE)
		return;
	if (ingest_abandons(in, p->session))
		close_unread(p);
	else if (output_is_empty(p))
		peer_close(p, ingest_closing(in, p->session));
}

/* Its session may be over since. */
static void
flush(struct peer *p)
{
	const char *closing;

	write_out(p);
	if (p->state == PEER_GONE)
		return;
	closing = ingest_closing(p->of->ingest, p->session);
	if (closing == NULL)
		return;
	set_reading(p, false);
	peer_happens(p, PEER_ENDED, closing);
	drain(p);
}

static void
flush_and_feed(struct peer *p)
{
	flush(p);
	if (p->state == PEER_OPEN && !p->reading)
		feed(p);
}

static void
hear(struct peer *p)
{
	if (p->of->on_heard != NULL)
		p->of->on_heard(p);
}

/* With bytes that came, with room to write, with something that its session has for it, and when
 * the gate's own exchange is over. NULL: nothing. */
static const struct {
	void (*read)(struct peer *p);
	void (*written)(struct peer *p);
	void (*pump)(struct peer *p);
	void (*met)(struct peer *p);
} doing[] = {
    [PEER_CAME] = {NULL, NULL, NULL, NULL},
    [PEER_UNKNOWN] = {NULL, NULL, NULL, hear},
    [PEER_OPEN] = {feed, flush_and_feed, flush, NULL},
    [PEER_DRAINING] = {NULL, drain, drain, NULL},
    [PEER_GONE] = {NULL, NULL, NULL, NULL},
};
COVERS(doing, N_PEER_STATES);

static void
turn(struct peer *p, void (*what)(struct peer *p))
{
	struct peers *ps = p->of;

	if (what == NULL)
		return;
	what(p);
	/* What was read may fill a group, and what was written makes room for answers. */
	ps->on_turn(ps->ctx);
	peers_pump(ps);
}

static void
on_read(struct bufferevent *bev, void *arg)
{
	struct peer *p = arg;

	(void)bev;
	turn(p, doing[p->state].read);
}

static void
on_write(struct bufferevent *bev, void *arg)
{
	struct peer *p = arg;

	(void)bev;
	turn(p, doing[p->state].written);
}

/* Who never came in, by whatever is the gate's to say; not a line for each. */
static void
broke(struct peer *p)
{
	struct peers *ps = p->of;
	char text[GATE_FAULT_SIZE];
	unsigned fault = 0;

	if (p->state == PEER_UNKNOWN && p->gate->fault != NULL)
		fault = p->gate->fault(&p->who, text, sizeof text);
	if (fault != 0 && fault < GATE_FAULTS) {
		ps->n_faults[fault]++;
		if (rare_may(&ps->faults[fault], ps->mono().v))
			log_warn("conn.refused", KV("gate", p->gate->name),
				 KV("address", p->who.address),
				 KVI("others_before", ps->faults[fault].unsaid), KV("text", text));
	}
	peer_close(p, "the connection broke");
}

static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	struct peer *p = arg;

	(void)bev;
	if ((what & BEV_EVENT_CONNECTED) != 0)
		turn(p, doing[p->state].met);
	else if ((what & BEV_EVENT_EOF) != 0)
		peer_close(p, "the client closed");
	else if ((what & BEV_EVENT_TIMEOUT) != 0)
		close_unread(p);
	else if ((what & BEV_EVENT_ERROR) != 0)
		broke(p);
}

/* Reading goes on in its session's own way to close. */
static void
look(struct peer *p, struct utc_ms now)
{
	char text[128];

	if (p->gate->still == NULL || p->gate->still(&p->who, now, text, sizeof text))
		return;
	log_info("conn.dismissed", KV("peer", p->who.principal), KV("address", p->who.address),
		 KV("text", text));
	ingest_dismiss(p->of->ingest, p->session, text);
}

bool
peers_look(struct peers *ps, unsigned round, unsigned so_many)
{
	struct utc_ms now = ps->now();
	unsigned n = 0;
	struct peer *p;

	TAILQ_FOREACH (p, &ps->lists[PEER_OPEN], link) {
		if (p->looked == round)
			continue;
		if (n++ == so_many)
			break;
		p->looked = round;
		look(p, now);
	}
	peers_pump(ps);
	return p != NULL;
}

void
peers_pump(struct peers *ps)
{
	struct session_ref ref;

	while ((ref = ingest_next_dirty(ps->ingest)).id != 0) {
		struct peer *p = ps->by_session[ref.id];

		if (p == NULL || p->session.generation != ref.generation)
			continue;
		if (doing[p->state].pump != NULL)
			doing[p->state].pump(p);
		/* What it holds first: it may be all that there is room for. */
		if (p->state == PEER_OPEN && !p->reading && ingest_wants_input(ps->ingest, ref))
			come_back(p);
	}
}

/* --- life ------------------------------------------------------------------------------------- */

struct peer *
peer_new(struct peers *ps, const struct gate *at, evutil_socket_t fd)
{
	struct peer *p = calloc(1, sizeof *p);
	struct timeval timeout = {WRITE_TIMEOUT_S, 0};

	if (p != NULL)
		p->bev = at->carry(ps->means, fd);
	if (p == NULL || p->bev == NULL) {
		tell_poor(ps, "?");
		evutil_closesocket(fd);
		free(p);
		return NULL;
	}
	p->of = ps;
	p->gate = at;
	p->came_at = ps->mono();
	p->who.means = ps->means;
	p->who.bytes = p->bev;
	at->see(&p->who, fd);
	bufferevent_setcb(p->bev, on_read, on_write, on_event, p);
	bufferevent_set_timeouts(p->bev, NULL, &timeout);
	TAILQ_INSERT_TAIL(&ps->lists[PEER_CAME], p, link);
	ps->n[PEER_CAME]++;
	return p;
}

void
peer_admit(struct peer *p, struct session_ref session)
{
	p->session = session;
	p->of->by_session[session.id] = p;
	log_debug("conn.open", KV("peer", p->who.principal), KV("address", p->who.address),
		  KVI("conn", session.id));
	peer_happens(p, PEER_ADMITTED, NULL);
	if (p->of->on_came != NULL)
		p->of->on_came(p);
	set_reading(p, true);
}

bool
peers_init(struct peers *ps)
{
	for (unsigned i = 0; i < N_PEER_STATES; i++)
		TAILQ_INIT(&ps->lists[i]);
	ps->n_by_session = ingest_most_ids(ps->ingest) + 1;
	ps->by_session = calloc(ps->n_by_session, sizeof *ps->by_session);
	ps->reap = evtimer_new(ps->means->base, on_reap, ps);
	return ps->by_session != NULL && ps->reap != NULL;
}

void
peers_fini(struct peers *ps)
{
	struct peer *p;

	for (unsigned i = 0; i < PEER_GONE; i++)
		while ((p = TAILQ_FIRST(&ps->lists[i])) != NULL)
			peer_close(p, "shutting down");
	if (ps->reap != NULL) {
		on_reap(-1, 0, ps);
		event_free(ps->reap);
	}
	free(ps->by_session);
}

bool
peers_are_flushed(const struct peers *ps)
{
	const struct peer *p;

	for (unsigned i = PEER_OPEN; i <= PEER_DRAINING; i++)
		TAILQ_FOREACH (p, &ps->lists[i], link)
			if (!output_is_empty(p))
				return false;
	return true;
}
