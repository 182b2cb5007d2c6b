/* Listening sockets, and what to do when descriptors run out. */
#ifndef SEMS_NET_LISTENER_H
#define SEMS_NET_LISTENER_H

#include "base/err.h"

#include <event2/util.h>

#include <stdbool.h>

struct event_base;
struct listener;

typedef void (*listener_accept_fn)(void *ctx, evutil_socket_t fd, bool is_unix);

enum code listener_unix(struct event_base *base, const char *path, listener_accept_fn fn, void *ctx,
			struct listener **out, struct err *e) MUST_CHECK;
enum code listener_tcp(struct event_base *base, const char *address, listener_accept_fn fn,
		       void *ctx, struct listener **out, int *port, struct err *e) MUST_CHECK;
/* Closes the socket and removes a Unix socket's file. Accepts NULL. */
void listener_free(struct listener *l);

#endif
