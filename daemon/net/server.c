#include "net/server.h"

#include "net/arrival.h"
#include "net/listener.h"
#include "net/peer.h"
#include "net/timers.h"
#include "net/users.h"

#include <event2/event.h>

#include <malloc.h>
#include <stdlib.h>
#include <time.h>

#define TRIM_BYTES ((size_t)4 * 1024 * 1024)
#define TIMERS_OWN 256u /* of the whole daemon, besides one a connection */

struct server {
	struct server_config config;
	struct event *tick;
	struct listener **listeners;
	size_t n_listeners;
	struct acceptor acceptor;
	struct users *users;
	struct peers peers;
	struct arrivals arrivals;
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

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct server *sv = arg;

	(void)fd;
	(void)what;
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

	sv->tick = event_new(base, -1, EV_PERSIST, on_tick, sv);
	return is_ready && sv->users != NULL && sv->tick != NULL &&
	       event_add(sv->tick, &second) == 0 &&
	       timers_reserve(base, sv->peers.n_by_session + arrivals_most() + TIMERS_OWN);
}

struct server *
server_new(struct event_base *base, const struct server_config *config)
{
	struct server *sv = calloc(1, sizeof *sv);
	struct users_config users = {.beside = config->beside,
				     .look_up = config->look_up,
				     .mono = server_mono,
				     .on_answer = on_user,
				     .ctx = sv};

	if (sv == NULL)
		return NULL;
	sv->config = *config;
	sv->acceptor = (struct acceptor){base, on_accepted, sv};
	sv->users = users_new(&users);
	sv->peers = (struct peers){.base = base,
				   .ingest = config->ingest,
				   .mono = server_mono,
				   .now = server_now,
				   .on_turn = on_turn,
				   .on_heard = on_heard,
				   .ctx = sv};
	sv->arrivals = (struct arrivals){.peers = &sv->peers,
					 .users = sv->users,
					 .owner = config->owner,
					 .patience_ms = config->patience_ms};
	if (start(sv, base))
		return sv;
	server_free(sv);
	return NULL;
}

void
server_free(struct server *sv)
{
	if (sv == NULL)
		return;
	server_stop_listening(sv);
	peers_fini(&sv->peers);
	if (sv->tick != NULL)
		event_free(sv->tick);
	users_free(sv->users);
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
