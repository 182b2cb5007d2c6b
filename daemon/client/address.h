/* Where a daemon listens: "unix:PATH", a path, or "tcp:HOST:PORT" (loopback). */
#ifndef SEMS_CLIENT_ADDRESS_H
#define SEMS_CLIENT_ADDRESS_H

#include "base/err.h"

/* What an error says in `where` when nobody listens there, or not yet. */
#define ADDRESS_NOBODY "nobody"

/* A connected socket that does not block, the caller's to close; -1 when it fails. */
enum code address_connect(const char *address, int *fd, struct err *e) MUST_CHECK;

#endif
