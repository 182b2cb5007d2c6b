#include "web/http/visit.h"

#include "base/count.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

static const char full[] = "too many connections: come again in a few seconds";
static const char crowded[] = "too many connections from your address: close some of them";

/* --- the machine ------------------------------------------------------------------------------ */

static const char *const state_names[] = {
    [VISIT_CAME] = "came",   [VISIT_SENDS] = "sends", [VISIT_SERVED] = "served",
    [VISIT_READS] = "reads", [VISIT_IDLE] = "idle",   [VISIT_GONE] = "gone",
};
COVERS(state_names, VISIT_STATES);

static const char *const event_names[] = {
    [VISIT_BYTES] = "bytes of a request",
    [VISIT_ASKED] = "a request",
    [VISIT_ANSWERED] = "answered",
    [VISIT_WRITTEN] = "the answer is written",
    [VISIT_LOST] = "closed",
};
COVERS(event_names, VISIT_EVENTS);

#define AT MACHINE_AT

static const struct move moves[] = {
    {VISIT_BYTES, AT(VISIT_IDLE), VISIT_SENDS, 0, NULL},
    {VISIT_ASKED, AT(VISIT_CAME) | AT(VISIT_SENDS), VISIT_SERVED, 0, NULL},
    {VISIT_ANSWERED, AT(VISIT_SERVED), VISIT_READS, 0, NULL},
    {VISIT_WRITTEN, AT(VISIT_READS), VISIT_IDLE, 0, NULL},
    {VISIT_LOST, AT(VISIT_GONE) - 1, VISIT_GONE, 0, NULL},
};
const struct machine visit_machine =
    MACHINE("visit", AT(VISIT_CAME), state_names, event_names, moves);

struct visit_patience
visit_patience(void)
{
	return (struct visit_patience){
	    .request = 30000, .served = 60000, .answer = 30000, .idle = 300000, .refused = 5000};
}

static uint32_t
patience(const struct visit *v)
{
	const struct visit_patience *p = &v->of->patience;
	const uint32_t ms[] = {
	    [VISIT_CAME] = p->request, [VISIT_SENDS] = p->request, [VISIT_SERVED] = p->served,
	    [VISIT_READS] = p->answer, [VISIT_IDLE] = p->idle,     [VISIT_GONE] = 0,
	};
	COVERS(ms, VISIT_STATES);

	return v->refusal != NULL && ms[v->state] > p->refused ? p->refused : ms[v->state];
}

static void
arm(struct visit *v, uint32_t ms)
{
	const struct timeval after = {ms / 1000, (ms % 1000) * 1000L};

	/* Without a deadline it is not kept. */
	if (event_add(v->timer, &after) != 0)
		v->is_doomed = true;
}

void
visit_happens(struct visit *v, enum visit_event what, const char *why)
{
	enum visit_state before = v->state;
	char of[16];

	snprintf(of, sizeof of, "%u", v->no);
	v->state = (enum visit_state)machine_step(&visit_machine, of, before, what, why);
	if (v->state == before || v->state == VISIT_GONE)
		return;
	if (v->state == VISIT_IDLE) {
		v->of->taken -= v->taken;
		v->taken = 0;
	}
	arm(v, patience(v));
}

/* --- going ------------------------------------------------------------------------------------ */

static void
forget(struct visit *v, const char *why)
{
	struct visits *vs = v->of;

	visit_happens(v, VISIT_LOST, why);
	if (v->on_gone != NULL)
		v->on_gone(v->ctx);
	TAILQ_REMOVE(&vs->all, v, link);
	vs->n--;
	vs->turned_away -= v->refusal != NULL;
	vs->taken -= v->taken;
	event_free(v->timer);
	free(v);
}

static void
on_closed(struct evhttp_connection *evcon, void *arg)
{
	(void)evcon;
	forget(arg, "its connection ended");
}

/* evhttp tells on_closed(). */
static void
end(struct visit *v, const char *why)
{
	log_debug("visit.end", KV("address", v->address), KV("why", why));
	evhttp_connection_free(v->evcon);
}

/* --- coming ----------------------------------------------------------------------------------- */

/* Bytes of a request count until it is answered; this is within evhttp's reading, so that nothing
 * may be closed here. */
static void
on_input(struct evbuffer *b, const struct evbuffer_cb_info *info, void *arg)
{
	struct visit *v = arg;

	(void)b;
	if (info->n_added == 0)
		return;
	v->taken += info->n_added;
	v->of->taken += info->n_added;
	if (v->state == VISIT_IDLE)
		visit_happens(v, VISIT_BYTES, NULL);
	if (v->of->taken <= v->of->most_bytes)
		return;
	v->is_doomed = true;
	event_active(v->timer, EV_TIMEOUT, 0);
}

static void
note_address(struct visit *v)
{
	union inet_address at = {.any = {.sa_family = AF_UNSPEC}};
	socklen_t n = sizeof at;
	evutil_socket_t fd = bufferevent_getfd(v->bev);

	if (fd < 0 || getpeername(fd, &at.any, &n) != 0)
		return;
	/* Of IPv6 the network of one house: the rest of an address is its own to choose. */
	if (at.any.sa_family == AF_INET6)
		memset(&at.v6.sin6_addr.s6_addr[8], 0, 8);
	if (at.any.sa_family == AF_INET)
		inet_ntop(AF_INET, &at.v4.sin_addr, v->address, sizeof v->address);
	else if (at.any.sa_family == AF_INET6)
		inet_ntop(AF_INET6, &at.v6.sin6_addr, v->address, sizeof v->address);
}

static uint32_t
n_of_address(const struct visits *vs, const char *address)
{
	const struct visit *v;
	uint32_t n = 0;

	TAILQ_FOREACH (v, &vs->all, link)
		n += v->refusal == NULL && strcmp(v->address, address) == 0;
	return n;
}

static int64_t
mono_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
turn_away(struct visit *v, const char *why)
{
	struct visits *vs = v->of;

	v->refusal = why;
	vs->turned_away++;
	if (rare_may(&vs->full, mono_ms()))
		log_warn("visits.full", KV("address", v->address),
			 KVI("others_before", vs->full.unsaid), KV("text", why));
}

/*
 * evhttp gives its connection with the first request only. It is what the callbacks of the
 * bufferevent get; none, when evhttp has thrown it away already.
 */
static void
meet(struct visit *v)
{
	bufferevent_data_cb read_cb, write_cb;
	bufferevent_event_cb event_cb;
	void *arg = NULL;

	bufferevent_getcb(v->bev, &read_cb, &write_cb, &event_cb, &arg);
	v->evcon = arg;
	if (v->evcon == NULL || evhttp_connection_get_bufferevent(v->evcon) != v->bev) {
		bufferevent_decref(v->bev);
		forget(v, "it never was a connection");
		return;
	}
	evhttp_connection_set_closecb(v->evcon, on_closed, v);
	note_address(v);
	/* What comes by a proxy is of many. */
	if (v->refusal == NULL && !v->is_local &&
	    n_of_address(v->of, v->address) > v->of->most_address)
		turn_away(v, crowded);
	if (evbuffer_add_cb(bufferevent_get_input(v->bev), on_input, v) == NULL)
		v->is_doomed = true;
	/* From here on the connection is what keeps it. */
	bufferevent_decref(v->bev);
	if (v->is_doomed)
		end(v, "there is no room for it");
	else
		arm(v, patience(v));
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct visit *v = arg;

	(void)fd;
	(void)what;
	if (v->evcon == NULL)
		meet(v);
	else
		end(v, v->is_doomed ? "there is no room for it" : "its time is over");
}

void
visit_written(struct visit *v)
{
	visit_happens(v, VISIT_WRITTEN, NULL);
	/* What came meanwhile nobody tells. */
	if (evbuffer_get_length(bufferevent_get_input(v->bev)) != 0)
		visit_happens(v, VISIT_BYTES, "they came before");
}

struct visit *
visit_new(struct visits *vs, struct bufferevent *bev, enum visit_way way)
{
	bool is_full = vs->n - vs->turned_away >= vs->most;
	struct visit *v;

	v = calloc(1, sizeof *v);
	if (v == NULL)
		return NULL;
	v->timer = evtimer_new(vs->base, on_timer, v);
	if (v->timer == NULL) {
		free(v);
		return NULL;
	}
	v->of = vs;
	v->no = ++vs->last_no;
	v->bev = bev;
	v->is_tls = way == VISIT_TLS;
	v->is_local = way == VISIT_LOCAL;
	bufferevent_incref(bev);
	TAILQ_INSERT_TAIL(&vs->all, v, link);
	vs->n++;
	/* Past those it is only closed. */
	v->is_doomed = is_full && vs->turned_away >= VISIT_TURNED_AWAY;
	if (is_full)
		turn_away(v, full);
	event_active(v->timer, EV_TIMEOUT, 0);
	return v;
}

struct visit *
visit_find(const struct visits *vs, const struct evhttp_connection *evcon)
{
	struct visit *v;

	TAILQ_FOREACH (v, &vs->all, link)
		if (v->evcon == evcon)
			return v;
	return NULL;
}

void
visits_init(struct visits *vs, struct event_base *base, uint32_t most)
{
	*vs = (struct visits){.base = base,
			      .most = most,
			      .most_address = most - most / 4,
			      .most_bytes = UINT64_C(64) * 1024 * 1024,
			      .patience = visit_patience()};
	TAILQ_INIT(&vs->all);
}

void
visits_fini(struct visits *vs)
{
	struct visit *next;

	for (struct visit *v = TAILQ_FIRST(&vs->all); v != NULL; v = next) {
		next = TAILQ_NEXT(v, link);
		if (v->evcon == NULL)
			meet(v);
	}
	for (struct visit *v = TAILQ_FIRST(&vs->all); v != NULL; v = next) {
		next = TAILQ_NEXT(v, link);
		end(v, "semsweb stops");
	}
}
