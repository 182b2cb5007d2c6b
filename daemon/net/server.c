#include "net/server.h"

#include "base/log.h"
#include "net/arrival.h"
#include "net/listener.h"
#include "net/peer.h"
#include "net/state.h"
#include "net/timers.h"
#include "net/tls/keeper.h"
#include "net/tls/seen.h"
#include "net/users.h"

#include <event2/event.h>

#include <malloc.h>
#include <stdlib.h>
#include <time.h>

#define TRIM_BYTES ((size_t)4 * 1024 * 1024)
#define TIMERS_OWN 256u /* of the whole daemon, besides one a connection */
/* Whoever may not be here any more is gone in a minute: KEEPER_LOOK_MS, one of these, and what it
 * takes to ask 12,000, of whom each may take 150 microseconds. */
#define ROUND_MS      (10 * MS_PER_SECOND)
#define LOOK_EVERY_MS 50
#define LOOK_SO_MANY  20u

struct server {
	struct server_config config;
	struct event *tick;
	struct listener **listeners;
	size_t n_listeners;
	struct acceptor acceptor;
	struct means means;
	struct peers peers;
	struct arrivals arrivals;
	struct keeper *keeper; /* NULL: there is no TLS */
	struct seen *seen;
	struct event *looking; /* at who is here, a few at a time */
	unsigned round;        /* of that */
	struct mono_ms round_at;
	size_t most_unsent; /* since memory was last given back */
};

/* --- clocks ----------------------------------------------------------------------------------- */

struct utc_ms
server_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (struct utc_ms){(int64_t)ts.tv_sec * MS_PER_SECOND + ts.tv_nsec / 1000000};
}

struct mono_ms
server_mono(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (struct mono_ms){(int64_t)ts.tv_sec * MS_PER_SECOND + ts.tv_nsec / 1000000};
}

/* --- what happens ----------------------------------------------------------------------------- */

void
server_pump(struct server *sv)
{
	peers_pump(&sv->peers);
}

static void
on_accepted(void *ctx, evutil_socket_t fd, const struct gate *at)
{
	struct server *sv = ctx;

	arrival_take(&sv->arrivals, fd, at);
	server_pump(sv);
}

static void
on_heard(struct peer *p)
{
	struct server *sv = p->of->ctx;

	arrival_look(&sv->arrivals, p);
}

static void
on_user(void *ctx)
{
	struct server *sv = ctx;

	arrivals_look(&sv->arrivals);
	server_pump(sv);
}

static void
on_turn(void *ctx)
{
	struct server *sv = ctx;

	sv->config.on_turn(sv->config.ctx);
}

/* Many answers went at once: what they took is not kept for others. */
static void
give_back(struct server *sv)
{
	size_t held = ingest_unsent(sv->config.ingest);

	if (sv->most_unsent >= TRIM_BYTES && held < sv->most_unsent / 2) {
		malloc_trim(0);
		sv->most_unsent = held;
	} else if (held > sv->most_unsent) {
		sv->most_unsent = held;
	}
}

/* --- who may still be here -------------------------------------------------------------------- */

static void
on_looking(evutil_socket_t fd, short what, void *arg)
{
	struct server *sv = arg;
	const struct timeval soon = {0, LOOK_EVERY_MS * 1000};

	(void)fd;
	(void)what;
	if (peers_look(&sv->peers, sv->round, LOOK_SO_MANY))
		event_add(sv->looking, &soon);
}

static void
begin_round(struct server *sv)
{
	if (sv->keeper == NULL || event_pending(sv->looking, EV_TIMEOUT, NULL) != 0)
		return;
	sv->round++;
	sv->round_at = server_mono();
	event_active(sv->looking, EV_TIMEOUT, 0);
}

static void
on_trust(void *ctx, const struct trust *t)
{
	struct server *sv = ctx;

	sv->means.trust = t;
	begin_round(sv);
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct server *sv = arg;

	(void)fd;
	(void)what;
	if (sv->keeper != NULL)
		keeper_tick(sv->keeper);
	if (server_mono().v - sv->round_at.v >= ROUND_MS)
		begin_round(sv);
	arrivals_look(&sv->arrivals);
	ingest_tick(sv->config.ingest, server_mono());
	on_turn(sv);
	server_pump(sv);
	give_back(sv);
}

/* --- life ------------------------------------------------------------------------------------- */

/* False: out of memory. */
static bool
start(struct server *sv, struct event_base *base)
{
	const struct timeval second = {1, 0};
	bool is_ready = peers_init(&sv->peers);

	sv->seen = seen_new();
	sv->tick = event_new(base, -1, EV_PERSIST, on_tick, sv);
	sv->looking = evtimer_new(base, on_looking, sv);
	return is_ready && sv->means.users != NULL && sv->seen != NULL && sv->tick != NULL &&
	       sv->looking != NULL && event_add(sv->tick, &second) == 0 &&
	       timers_reserve(base, sv->peers.n_by_session + arrivals_most() + TIMERS_OWN);
}

/* A certificate that is here twice is told, with both places; nobody is sent away. */
static void
on_came(struct peer *p)
{
	struct server *sv = p->of->ctx;
	const struct seen_one *one;

	if (p->who.ends.v == 0 ||
	    !seen_came(sv->seen, p->who.principal, p->who.address, p->who.ends, server_now(), &one))
		return;
	log_error("identity.twice", KV("peer", one->principal), KV("first", one->twice[0]),
		  KV("second", one->twice[1]),
		  KV("text", "the same certificate is here from two addresses: was the machine "
			     "copied? give each one of its own"));
}

static void
on_gone(struct peer *p)
{
	struct server *sv = p->of->ctx;

	if (p->who.ends.v != 0)
		seen_left(sv->seen, p->who.principal, server_now());
}

static enum code
open_trust(struct server *sv, struct err *e)
{
	struct keeper_config kc = {.folder = sv->config.tls,
				   .beside = sv->config.beside,
				   .mono = server_mono,
				   .now = server_now,
				   .on_trust = on_trust,
				   .ctx = sv};

	if (sv->config.tls == NULL)
		return OK;
	if (keeper_open(&kc, &sv->keeper, e) != OK)
		return e->code;
	sv->means.trust = keeper_trust(sv->keeper);
	return OK;
}

enum code
server_new(struct event_base *base, const struct server_config *config, struct server **out,
	   struct err *e)
{
	struct server *sv = calloc(1, sizeof *sv);
	struct users_config users = {.beside = config->beside,
				     .look_up = config->look_up,
				     .mono = server_mono,
				     .on_answer = on_user,
				     .ctx = sv};

	*e = (struct err){0};
	*out = NULL;
	if (sv == NULL)
		return err_set(e, TRY_SYSTEM, "server", "out of memory");
	sv->config = *config;
	sv->acceptor =
	    (struct acceptor){.base = base, .accept = on_accepted, .held = config->held, .ctx = sv};
	sv->means = (struct means){.base = base, .users = users_new(&users)};
	sv->peers = (struct peers){.means = &sv->means,
				   .ingest = config->ingest,
				   .mono = server_mono,
				   .now = server_now,
				   .on_turn = on_turn,
				   .on_heard = on_heard,
				   .on_came = on_came,
				   .on_gone = on_gone,
				   .ctx = sv};
	sv->arrivals = (struct arrivals){
	    .peers = &sv->peers, .owner = config->owner, .patience_ms = config->patience_ms};
	if (!start(sv, base))
		err_set(e, TRY_SYSTEM, "server", "out of memory");
	if (e->code == OK && open_trust(sv, e) == OK)
		*out = sv;
	else
		server_free(sv);
	return e->code;
}

void
server_free(struct server *sv)
{
	if (sv == NULL)
		return;
	server_stop_listening(sv);
	/* First: it tells those who wait for it. */
	keeper_free(sv->keeper);
	peers_fini(&sv->peers);
	if (sv->tick != NULL)
		event_free(sv->tick);
	if (sv->looking != NULL)
		event_free(sv->looking);
	seen_free(sv->seen);
	users_free(sv->means.users);
	free(sv->listeners);
	free(sv);
}

enum code
server_listen(struct server *sv, enum gate_id gate, const char *where, int *port, struct err *e)
{
	size_t bytes = (sv->n_listeners + 1) * sizeof(struct listener *);
	struct listener **more = realloc(sv->listeners, bytes);

	if (more == NULL)
		return err_set(e, TRY_SYSTEM, "listen", "out of memory");
	sv->listeners = more;
	if (gate_of(gate)->listen(&sv->acceptor, where, &more[sv->n_listeners], port, e) != OK)
		return e->code;
	sv->n_listeners++;
	return OK;
}

void
server_stop_listening(struct server *sv)
{
	while (sv->n_listeners > 0)
		listener_free(sv->listeners[--sv->n_listeners]);
	arrivals_end(&sv->arrivals);
}

bool
server_is_flushed(const struct server *sv)
{
	return peers_are_flushed(&sv->peers);
}

void
server_reload(struct server *sv, void (*done)(void *ctx, const struct err *e), void *ctx)
{
	struct err e = {0};

	if (sv->keeper == NULL) {
		done(ctx, &e);
		return;
	}
	if (keeper_reload(sv->keeper, done, ctx))
		return;
	err_set(&e, TRY_LIMIT, "tls", "too many wait for a reload already: try again");
	done(ctx, &e);
}

json_t *
server_state(const struct server *sv)
{
	return state_json(&sv->peers, sv->keeper, sv->seen, server_now());
}
