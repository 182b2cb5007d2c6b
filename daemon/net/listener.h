/* Listening sockets, and what to do when descriptors run out. */
#ifndef SEMS_NET_LISTENER_H
#define SEMS_NET_LISTENER_H

#include "base/err.h"

#include <event2/util.h>

#include <stdbool.h>
#include <stdint.h>

struct event_base;
struct listener;

/* Who takes what a listener accepts. */
struct acceptor {
	struct event_base *base;
	void (*accept)(void *ctx, evutil_socket_t fd, bool is_unix);
	void *ctx;
};

enum code listener_unix(const struct acceptor *to, const char *path, struct listener **out,
			struct err *e) MUST_CHECK;
/* *port: the one it listens on, also when the address asked for any. */
enum code listener_tcp(const struct acceptor *to, const char *address, struct listener **out,
		       int *port, struct err *e) MUST_CHECK;
/* Refuses the places that the two above would for what they are, whoever is there now. */
enum code listener_look_unix(const char *path, struct err *e) MUST_CHECK;
enum code listener_look_tcp(const char *address, struct err *e) MUST_CHECK;
/* How many of so many connections there are descriptors for; raises this process's limit towards
 * them as far as it may. */
uint32_t listener_room(uint32_t wanted);
/* Closes the socket and removes a Unix socket's file. Accepts NULL. */
void listener_free(struct listener *l);

#endif
