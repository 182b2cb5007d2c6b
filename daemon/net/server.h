/* Room net: libevent: gates, connections, and who is at the other end. */
/*
 * The server: gates, peers and their sessions over libevent. It decides nothing about records; it
 * only listens, reads, writes, pauses and closes.
 */
#ifndef SEMS_NET_SERVER_H
#define SEMS_NET_SERVER_H

#include "base/err.h"
#include "ingest/ingest.h"
#include "net/gate.h"

#include <jansson.h>
#include <sys/socket.h>
#include <sys/types.h>

struct beside;
struct event_base;
struct server;

struct server_config {
	struct ingest *ingest;
	uid_t owner; /* besides root: this user administers the daemon over the Unix socket */
	struct beside *beside; /* collected by whoever opened it */
	/* How users are looked up, in a thread of its own: users_look_up(). */
	bool (*look_up)(uid_t uid, char *name, size_t size);
	/* How long somebody may stay unknown before they are refused; 0: as long as the gate says.
	 */
	int64_t patience_ms;
	/* The folder of what TLS shows and trusts (tls/trust.h); NULL: there is no TLS. */
	const char *tls;
	/* As in struct acceptor; NULL: nobody holds any. */
	int (*held)(const struct sockaddr *sa);
	/* Called when sessions may have filled a group or left a request: the composition root's
	 * turn. */
	void (*on_turn)(void *ctx);
	void *ctx;
};

/* FATAL_CONFIG: what TLS is to show and trust is not good. */
enum code server_new(struct event_base *base, const struct server_config *config,
		     struct server **out, struct err *e) MUST_CHECK;
/* Closes every connection at once. Accepts NULL. */
void server_free(struct server *sv);

/* Opens a gate, besides those that are open. where: a Unix socket's path, of which a stale file is
 * removed and one that somebody answers on is an error; "127.0.0.1:7400", "[::1]:7400", where port
 * 0 takes a free one. *port: the one taken; 0: it has none. */
enum code server_listen(struct server *sv, enum gate_id gate, const char *where, int *port,
			struct err *e) MUST_CHECK;

/* Writes out what ingest has for its sessions; whoever gave ingest something to say calls it. */
void server_pump(struct server *sv);
/* No new connections from now on, and none for who is not known yet; those that are there are
 * served until server_free(). */
void server_stop_listening(struct server *sv);
/* True when no answer waits to be written. */
bool server_is_flushed(const struct server *sv);

/* Reads what TLS shows and trusts again; done() is called once, at once or later, with what is
 * wrong with it or OK. */
void server_reload(struct server *sv, void (*done)(void *ctx, const struct err *e), void *ctx);
/* What the gates are in, as status shows it; the caller's. NULL: out of memory. */
json_t *server_state(const struct server *sv);

/* The machine's clocks. */
struct utc_ms server_now(void);
struct mono_ms server_mono(void);

#endif
