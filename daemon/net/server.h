/* Room net: libevent: listeners, connections, and who is at the other end. */
/*
 * The server: listeners and connections over libevent, and the pump that moves bytes between them
 * and ingest. It decides nothing about records; it only reads, writes, pauses and closes.
 */
#ifndef SEMS_NET_SERVER_H
#define SEMS_NET_SERVER_H

#include "base/err.h"
#include "ingest/ingest.h"

#include <sys/types.h>

struct beside;
struct event_base;
struct server;

struct server_config {
	struct ingest *ingest;
	uid_t owner; /* besides root: this user administers the daemon over the Unix socket */
	struct beside *beside; /* collected by whoever opened it */
	/* How users are looked up, in a thread of its own: users_look_up(). Whoever connects waits
	 * so long for it, then it is refused. */
	bool (*look_up)(uid_t uid, char *name, size_t size);
	int64_t user_ms;
	/* Called when sessions may have filled a group or left a request: the composition root's
	 * turn. */
	void (*on_turn)(void *ctx);
	void *ctx;
};

#define SERVER_USER_MS (5 * MS_PER_SECOND) /* a client gives up after ten seconds */

struct server *server_new(struct event_base *base, const struct server_config *config);
/* Closes every connection at once. Accepts NULL. */
void server_free(struct server *sv);

/* A Unix socket. A stale file is removed; one that somebody answers on is an error. */
enum code server_listen_unix(struct server *sv, const char *path, struct err *e) MUST_CHECK;
/* "127.0.0.1:7400", "[::1]:7400"; loopback only, port 0 takes a free one. *port: the one taken. */
enum code server_listen_tcp(struct server *sv, const char *address, int *port,
			    struct err *e) MUST_CHECK;

/* Writes out what ingest has for its sessions; whoever gave ingest something to say calls it. */
void server_pump(struct server *sv);
/* No new connections from now on, and none for whose user is still looked up; those that are there
 * are served until server_free(). */
void server_stop_listening(struct server *sv);
/* True when no answer waits to be written. */
bool server_is_flushed(const struct server *sv);

/* The machine's clocks. */
struct utc_ms server_now(void);
struct mono_ms server_mono(void);

#endif
