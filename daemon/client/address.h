/* Where a daemon listens: "unix:PATH", a path, "tcp:HOST:PORT" (loopback) or "tls:HOST:PORT". */
#ifndef SEMS_CLIENT_ADDRESS_H
#define SEMS_CLIENT_ADDRESS_H

#include "base/err.h"

#include <stdbool.h>

/* What an error says in `where` when nobody listens there, or not yet. */
#define ADDRESS_NOBODY "nobody"

/* A connected socket that does not block, the caller's to close; -1 when it fails. */
enum code address_connect(const char *address, int *fd, struct err *e) MUST_CHECK;

#define ADDRESS_HOST_SIZE 256

/* What goes over the socket is TLS. */
bool address_is_tls(const char *address);
/* HOST, of one that has one, without brackets. False: it has none. */
bool address_host(const char *address, char host[ADDRESS_HOST_SIZE]);

#endif
