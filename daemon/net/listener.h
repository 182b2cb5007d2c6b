/* Listening sockets, and what to do when descriptors run out. */
#ifndef SEMS_NET_LISTENER_H
#define SEMS_NET_LISTENER_H

#include "base/err.h"

#include <event2/util.h>

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct event_base;
struct gate;
struct listener;

/* Who takes what a listener accepts: a socket that does not block, and the gate it came by. */
struct acceptor {
	struct event_base *base;
	void (*accept)(void *ctx, evutil_socket_t fd, const struct gate *at);
	/* A socket that somebody else holds open for an address, and listens already; -1: none.
	 * NULL: nobody does. */
	int (*held)(const struct sockaddr *sa);
	void *ctx;
};

/* Where somebody is to be heard. */
struct place {
	const struct gate *gate;
	const struct sockaddr *sa;
	socklen_t len;
	const char *where; /* as it was configured, for who reads what went wrong */
	const char *file;  /* removed in the end; NULL: none */
};

/* Whether somebody else holds a socket for it: what is in its place is theirs. */
bool listener_is_held(const struct acceptor *to, const struct sockaddr *sa);
/* *fault: of the system, when that is why; else 0. */
enum code listener_open(const struct acceptor *to, const struct place *at, struct listener **out,
			int *fault, struct err *e) MUST_CHECK;
/* Of an Internet socket; 0: it has none. */
int listener_port(const struct listener *l);
/* How many of so many connections there are descriptors for; raises this process's limit towards
 * them as far as it may. */
uint32_t listener_room(uint32_t wanted);
/* Closes the socket and removes its file. Accepts NULL. */
void listener_free(struct listener *l);

#endif
