#include "net/server.h"

#include "base/count.h"
#include "base/log.h"
#include "net/listener.h"
#include "net/timers.h"
#include "net/users.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_struct.h>
#include <event2/event.h>

#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* One wake-up handles this much of one connection, so that a greedy one cannot starve the others.
 */
#define FRAMES_PER_TURN 64
#define OUTPUT_HIGH     (64u * 1024u) /* past it reading pauses until the client has read */
#define WRITE_TIMEOUT_S 60
#define TRIM_BYTES      ((size_t)4 * 1024 * 1024)
#define TIMERS_OWN      256u /* of the whole daemon, besides one a connection */
#define UNNAMED_MAX     512u /* at once; who comes beside them is refused */

struct conn {
	struct server *sv;
	struct bufferevent *bev;
	struct session_ref session;
	bool reading;
	bool retired;
	bool is_tcp;
	bool has_user;
	uid_t uid;
	struct mono_ms came_at; /* while its user is looked up */
	TAILQ_ENTRY(conn)
	link; /* in sv->conns, sv->unnamed or sv->dead */
	char peer[USERS_NAME_SIZE];
};

TAILQ_HEAD(conn_list, conn);

struct server {
	struct server_config config;
	struct event_base *base;
	struct event *tick;
	struct event *reap; /* frees retired connections after the loop's turn */
	struct listener **listeners;
	size_t n_listeners;
	struct acceptor acceptor;
	struct conn **by_session; /* by session id */
	size_t n_by_session;
	struct conn_list conns;
	struct conn_list unnamed; /* whose user is being looked up: they have no session yet */
	size_t n_unnamed;
	struct conn_list dead;
	struct users *users;
	size_t most_unsent; /* since memory was last given back */
	struct rare unread; /* lines about clients that do not read */
	struct rare full;   /* lines about callers that there is no place for */
	struct rare nameless;
	struct rare poor; /* lines about connections that memory ran out for */
};

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

/* libevent may still report events for a connection freed in the same turn: so not now. */
static void
conn_retire(struct conn *c, const char *why)
{
	struct server *sv = c->sv;

	if (c->retired)
		return;
	c->retired = true;
	log_debug("conn.close", KV("peer", c->peer), KVI("conn", c->session.id), KV("why", why));
	ingest_close(sv->config.ingest, c->session);
	sv->by_session[c->session.id] = NULL;
	bufferevent_disable(c->bev, EV_READ | EV_WRITE);
	TAILQ_REMOVE(&sv->conns, c, link);
	TAILQ_INSERT_TAIL(&sv->dead, c, link);
	event_active(sv->reap, EV_TIMEOUT, 0);
}

static void
on_reap(evutil_socket_t fd, short what, void *arg)
{
	struct server *sv = arg;
	struct conn *c;

	(void)fd;
	(void)what;
	while ((c = TAILQ_FIRST(&sv->dead)) != NULL) {
		TAILQ_REMOVE(&sv->dead, c, link);
		bufferevent_free(c->bev);
		free(c);
	}
}

static bool
output_is_high(const struct conn *c)
{
	return evbuffer_get_length(bufferevent_get_output(c->bev)) > OUTPUT_HIGH;
}

static bool
output_is_empty(const struct conn *c)
{
	return evbuffer_get_length(bufferevent_get_output(c->bev)) == 0 &&
	       !ingest_has_output(c->sv->config.ingest, c->session);
}

/* Worth a line: it cost others room. Not one for each of many. */
static void
conn_retire_unread(struct conn *c)
{
	struct rare *rare = &c->sv->unread;

	if (rare_may(rare, server_mono().v))
		log_warn("conn.unread", KV("peer", c->peer), KVI("others_before", rare->unsaid),
			 KV("text", "closed: it does not read its answers"));
	conn_retire(c, "the client does not read its answers");
}

static void
tell_poor(struct server *sv, const char *peer)
{
	if (rare_may(&sv->poor, server_mono().v))
		log_warn("conn.memory", KV("peer", peer), KVI("others_before", sv->poor.unsaid),
			 KV("text", "closed: out of memory"));
}

/* What it was to be told it asks for again. */
static void
conn_retire_poor(struct conn *c)
{
	tell_poor(c->sv, c->peer);
	conn_retire(c, "out of memory");
}

static void
set_reading(struct conn *c, bool reading)
{
	if (c->reading == reading)
		return;
	c->reading = reading;
	if (reading && bufferevent_enable(c->bev, EV_READ) != 0)
		conn_retire_poor(c);
	else if (!reading)
		bufferevent_disable(c->bev, EV_READ);
}

/* Feeds what is buffered, within the turn's budget. */
static void
conn_feed(struct conn *c)
{
	struct ingest *in = c->sv->config.ingest;
	struct evbuffer *buf = bufferevent_get_input(c->bev);
	size_t n = evbuffer_get_length(buf);
	size_t used = 0;

	if (n != 0 && n >= ingest_need(in, c->session) && ingest_wants_input(in, c->session)) {
		const unsigned char *p = evbuffer_pullup(buf, -1);

		if (p == NULL) {
			conn_retire_poor(c);
			return;
		}
		used = ingest_feed(in, c->session, p, n, FRAMES_PER_TURN,
				   (struct moment){server_now(), server_mono()});
		evbuffer_drain(buf, used);
	}
	set_reading(c, ingest_wants_input(in, c->session) && !output_is_high(c));
	/* A whole frame may be buffered already, and no event will tell: come back by ourselves. */
	if (used != 0 && used < n && c->reading)
		bufferevent_trigger(c->bev, EV_READ,
				    BEV_TRIG_IGNORE_WATERMARKS | BEV_TRIG_DEFER_CALLBACKS);
}

/* As much as the socket's buffer is to hold; what is left waits where it is counted. */
static void
conn_write(struct conn *c)
{
	struct ingest *in = c->sv->config.ingest;
	struct buf *out;

	while (!output_is_high(c) && (out = ingest_output(in, c->session)) != NULL && out->n != 0) {
		size_t n = out->n < OUTPUT_HIGH ? out->n : OUTPUT_HIGH;

		/* libevent says nothing when it cannot wait for the socket. */
		if (bufferevent_write(c->bev, out->p, n) != 0 ||
		    event_pending(&c->bev->ev_write, EV_WRITE, NULL) == 0) {
			conn_retire_poor(c);
			return;
		}
		buf_consume(out, n);
	}
}

static void
conn_flush(struct conn *c)
{
	struct ingest *in = c->sv->config.ingest;
	const char *closing;

	conn_write(c);
	if (c->retired)
		return;
	closing = ingest_closing(in, c->session);
	if (closing == NULL)
		return;
	set_reading(c, false);
	if (ingest_abandons(in, c->session))
		conn_retire_unread(c);
	else if (output_is_empty(c))
		conn_retire(c, closing);
}

void
server_pump(struct server *sv)
{
	struct session_ref ref;

	while ((ref = ingest_next_dirty(sv->config.ingest)).id != 0) {
		struct conn *c = sv->by_session[ref.id];

		if (c == NULL || c->session.generation != ref.generation)
			continue;
		conn_flush(c);
		/* What it holds first: it may be all that there is room for. */
		if (!c->retired && !c->reading && ingest_wants_input(sv->config.ingest, ref))
			bufferevent_trigger(c->bev, EV_READ,
					    BEV_TRIG_IGNORE_WATERMARKS | BEV_TRIG_DEFER_CALLBACKS);
	}
}

static void
on_read(struct bufferevent *bev, void *arg)
{
	struct conn *c = arg;

	(void)bev;
	if (c->retired)
		return;
	conn_feed(c);
	c->sv->config.on_turn(c->sv->config.ctx);
	server_pump(c->sv);
}

static void
on_write(struct bufferevent *bev, void *arg)
{
	struct conn *c = arg;

	(void)bev;
	if (c->retired)
		return;
	conn_flush(c);
	if (!c->retired && !c->reading)
		conn_feed(c);
	/* What was written makes room for answers. */
	c->sv->config.on_turn(c->sv->config.ctx);
	server_pump(c->sv);
}

static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	struct conn *c = arg;

	(void)bev;
	if ((what & BEV_EVENT_EOF) != 0)
		conn_retire(c, "the client closed");
	else if ((what & BEV_EVENT_TIMEOUT) != 0)
		conn_retire_unread(c);
	else if ((what & BEV_EVENT_ERROR) != 0)
		conn_retire(c, "the connection broke");
}

/* Where a TCP connection comes from; "?" when it is gone already. */
static void
locate(evutil_socket_t fd, char *address, socklen_t size)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof ss;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	const char *text = NULL;

	memset(&ss, 0, sizeof ss);
	if (getpeername(fd, (struct sockaddr *)&ss, &len) == 0 && ss.ss_family == AF_INET6) {
		memcpy(&in6, &ss, sizeof in6);
		text = evutil_inet_ntop(AF_INET6, &in6.sin6_addr, address, size);
	} else if (ss.ss_family == AF_INET) {
		memcpy(&in, &ss, sizeof in);
		text = evutil_inet_ntop(AF_INET, &in.sin_addr, address, size);
	}
	if (text == NULL)
		snprintf(address, size, "?");
}

/* By the kernel's word on a Unix socket. */
static void
see_user(struct conn *c, evutil_socket_t fd)
{
	struct ucred cred;
	socklen_t len = sizeof cred;

	c->has_user = getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == 0;
	if (c->has_user)
		c->uid = cred.uid;
}

static bool
owns(const struct server *sv, const struct conn *c)
{
	return c->has_user && (c->uid == 0 || c->uid == sv->config.owner || c->uid == geteuid());
}

static struct conn *
conn_new(struct server *sv, evutil_socket_t fd)
{
	struct conn *c = calloc(1, sizeof *c);
	struct timeval timeout = {WRITE_TIMEOUT_S, 0};

	if (c == NULL)
		return NULL;
	c->sv = sv;
	c->bev = bufferevent_socket_new(sv->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (c->bev == NULL) {
		free(c);
		return NULL;
	}
	bufferevent_setcb(c->bev, on_read, on_write, on_event, c);
	bufferevent_set_timeouts(c->bev, NULL, &timeout);
	return c;
}

/* A session for who is there, or, with a refusal, one to tell it so; false: none is to be had. */
static bool
conn_open(struct conn *c, const char *refusal)
{
	struct server *sv = c->sv;
	char address[INET6_ADDRSTRLEN] = "";
	struct caller from = {.owner = owns(sv, c), .refusal = refusal};

	if (c->is_tcp)
		locate(bufferevent_getfd(c->bev), address, sizeof address);
	from.principal = text_of(c->peer);
	from.address = text_of(address);
	c->session = ingest_open(sv->config.ingest, &from, server_mono());
	if (c->session.id == 0 || c->session.id >= sv->n_by_session)
		return false;
	log_debug("conn.open", KV("peer", c->peer), KV("address", address),
		  KVI("conn", c->session.id));
	sv->by_session[c->session.id] = c;
	TAILQ_INSERT_TAIL(&sv->conns, c, link);
	return true;
}

static uint64_t
n_sent_away(const struct server *sv)
{
	const struct ingest_counters *n = ingest_counters(sv->config.ingest);

	return n->sessions_refused + n->sessions_displaced;
}

/* Whom there was no place for, or whose silent neighbour made way: not a line for each. */
static void
tell_full(struct server *sv, const struct conn *c)
{
	const char *why = ingest_closing(sv->config.ingest, c->session);

	if (c->session.id == 0)
		why = "no room to tell it so";
	if (rare_may(&sv->full, server_mono().v))
		log_warn("sessions.full", KV("peer", c->peer),
			 KVI("others_before", sv->full.unsaid),
			 KV("text", why != NULL ? why : "it displaced one that said no Hello"));
}

static void
admit(struct conn *c, const char *refusal)
{
	struct server *sv = c->sv;
	uint64_t before = n_sent_away(sv);
	bool is_open = conn_open(c, refusal);

	if (n_sent_away(sv) != before)
		tell_full(sv, c);
	if (is_open) {
		set_reading(c, true);
		return;
	}
	bufferevent_free(c->bev);
	free(c);
}

/* --- who it is -------------------------------------------------------------------------------- */

/* One line for many: a directory that is away is away for all. */
static void
refuse_unnamed(struct conn *c, const char *why)
{
	struct rare *rare = &c->sv->nameless;
	char text[128];

	snprintf(c->peer, sizeof c->peer, "unix:%u", c->uid);
	snprintf(text, sizeof text, "the name of user %u is not to be had: %s; try again", c->uid,
		 why);
	if (rare_may(rare, server_mono().v))
		log_warn("user.unnamed", KV("peer", c->peer), KVI("others_before", rare->unsaid),
			 KV("why", why));
	admit(c, text);
}

static void
stop_waiting(struct conn *c)
{
	TAILQ_REMOVE(&c->sv->unnamed, c, link);
	c->sv->n_unnamed--;
}

/* True: it is admitted or refused, and gone from those that wait. */
static bool
settle(struct conn *c, enum user_answer answer)
{
	static const char *const why[] = {
	    [USER_NAMED] = NULL,
	    [USER_ASKED] = "the name service of this machine does not answer",
	    [USER_FAILED] = "the name service of this machine says that it cannot tell",
	    [USER_BUSY] = "too many others are being looked up",
	};
	COVERS(why, N_USER_ANSWERS);
	struct server *sv = c->sv;

	if (answer == USER_ASKED && server_mono().v - c->came_at.v < sv->config.user_ms)
		return false;
	stop_waiting(c);
	if (answer == USER_NAMED)
		admit(c, NULL);
	else
		refuse_unnamed(c, why[answer]);
	return true;
}

/* What they have said meanwhile is read once they have a session. */
static void
settle_all(struct server *sv)
{
	struct conn *next;

	for (struct conn *c = TAILQ_FIRST(&sv->unnamed); c != NULL; c = next) {
		next = TAILQ_NEXT(c, link);
		settle(c, users_name(sv->users, c->uid, c->peer, sizeof c->peer));
	}
}

static void
on_user(void *ctx)
{
	struct server *sv = ctx;

	settle_all(sv);
	server_pump(sv);
}

/* A known user goes on at once. */
static void
await_user(struct conn *c)
{
	struct server *sv = c->sv;
	bool is_full = sv->n_unnamed == UNNAMED_MAX;

	c->came_at = server_mono();
	TAILQ_INSERT_TAIL(&sv->unnamed, c, link);
	sv->n_unnamed++;
	if (!settle(c, users_name(sv->users, c->uid, c->peer, sizeof c->peer)) && is_full)
		settle(c, USER_BUSY);
}

/* --- callers ---------------------------------------------------------------------------------- */

static void
on_accepted(void *ctx, evutil_socket_t fd, bool is_unix)
{
	struct server *sv = ctx;
	struct conn *c;
	int one = 1;

	evutil_make_socket_nonblocking(fd);
	if (!is_unix)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	c = conn_new(sv, fd);
	if (c == NULL) {
		tell_poor(sv, "?");
		evutil_closesocket(fd);
		return;
	}
	c->is_tcp = !is_unix;
	if (is_unix)
		see_user(c, fd);
	if (c->has_user) {
		await_user(c);
	} else {
		snprintf(c->peer, sizeof c->peer, "%s", is_unix ? "unix:unknown" : "tcp:loopback");
		admit(c, NULL);
	}
	server_pump(sv);
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
	settle_all(sv);
	ingest_tick(sv->config.ingest, server_mono());
	sv->config.on_turn(sv->config.ctx);
	server_pump(sv);
	give_back(sv);
}

struct server *
server_new(struct event_base *base, const struct server_config *config)
{
	struct server *sv = calloc(1, sizeof *sv);
	struct timeval second = {1, 0};
	struct users_config users = {.beside = config->beside,
				     .look_up = config->look_up,
				     .mono = server_mono,
				     .on_answer = on_user,
				     .ctx = sv};

	if (sv == NULL)
		return NULL;
	sv->config = *config;
	sv->base = base;
	sv->acceptor = (struct acceptor){base, on_accepted, sv};
	TAILQ_INIT(&sv->conns);
	TAILQ_INIT(&sv->unnamed);
	TAILQ_INIT(&sv->dead);
	sv->users = users_new(&users);
	sv->n_by_session = ingest_most_ids(config->ingest) + 1;
	sv->by_session = calloc(sv->n_by_session, sizeof *sv->by_session);
	sv->tick = event_new(base, -1, EV_PERSIST, on_tick, sv);
	sv->reap = evtimer_new(base, on_reap, sv);
	if (sv->users == NULL || sv->by_session == NULL || sv->tick == NULL || sv->reap == NULL ||
	    event_add(sv->tick, &second) != 0 ||
	    !timers_reserve(base, sv->n_by_session + UNNAMED_MAX + TIMERS_OWN)) {
		server_free(sv);
		return NULL;
	}
	return sv;
}

void
server_free(struct server *sv)
{
	struct conn *c;

	if (sv == NULL)
		return;
	server_stop_listening(sv);
	while ((c = TAILQ_FIRST(&sv->conns)) != NULL)
		conn_retire(c, "shutting down");
	if (sv->reap != NULL) {
		on_reap(-1, 0, sv);
		event_free(sv->reap);
	}
	if (sv->tick != NULL)
		event_free(sv->tick);
	users_free(sv->users);
	free(sv->by_session);
	free(sv->listeners);
	free(sv);
}

/* Where the next one goes; NULL: no memory. */
static struct listener **
listener_place(struct server *sv, struct err *e)
{
	size_t bytes = (sv->n_listeners + 1) * sizeof(struct listener *);
	struct listener **more = realloc(sv->listeners, bytes);

	if (more == NULL) {
		err_set(e, TRY_SYSTEM, "listen", "out of memory");
		return NULL;
	}
	sv->listeners = more;
	return &more[sv->n_listeners];
}

enum code
server_listen_unix(struct server *sv, const char *path, struct err *e)
{
	struct listener **to = listener_place(sv, e);

	if (to == NULL || listener_unix(&sv->acceptor, path, to, e) != OK)
		return e->code;
	sv->n_listeners++;
	return OK;
}

enum code
server_listen_tcp(struct server *sv, const char *address, int *port, struct err *e)
{
	struct listener **to = listener_place(sv, e);

	if (to == NULL || listener_tcp(&sv->acceptor, address, to, port, e) != OK)
		return e->code;
	sv->n_listeners++;
	return OK;
}

void
server_stop_listening(struct server *sv)
{
	struct conn *next;

	while (sv->n_listeners > 0)
		listener_free(sv->listeners[--sv->n_listeners]);
	for (struct conn *c = TAILQ_FIRST(&sv->unnamed); c != NULL; c = next) {
		next = TAILQ_NEXT(c, link);
		stop_waiting(c);
		snprintf(c->peer, sizeof c->peer, "unix:%u", c->uid);
		admit(c, "semsd takes nobody any more; connect again");
	}
}

bool
server_is_flushed(const struct server *sv)
{
	const struct conn *c;

	TAILQ_FOREACH (c, &sv->conns, link)
		if (!output_is_empty(c))
			return false;
	return true;
}
