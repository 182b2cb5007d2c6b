/*
 * Where a server may be: the hosts of a conninfo, one after the other, with the addresses of each.
 * libpq would look names up by itself, and stop the loop while a name server is silent; so they are
 * looked up beside it, and libpq is given addresses. The name goes with them, for TLS. A folder of
 * a Unix socket and a numeric address need no looking up. Private to the store.
 */
#ifndef SEMS_STORE_PG_HOSTS_H
#define SEMS_STORE_PG_HOSTS_H

#include "base/beside.h"
#include "base/err.h"

#include <stdbool.h>

struct hosts;

/* Where to connect: what libpq is told beside everything else. NULL: nothing. */
struct endpoint {
	const char *host;
	const char *hostaddr;
	const char *port;
};

/*
 * Reads the conninfo with its environment and service file, which may take a while: before the loop
 * runs. resolved(ctx) comes from the loop when a name that was waited for is known, or is not to be
 * known. beside and ctx outlive it.
 */
enum code hosts_new(const char *conninfo, struct beside *beside, void (*resolved)(void *ctx),
		    void *ctx, struct hosts **out, struct err *e) MUST_CHECK;
void hosts_free(struct hosts *h); /* accepts NULL */

/* From the first host again. */
void hosts_rewind(struct hosts *h);

enum hosts_next {
	HOSTS_READY, /* *out is the next; valid until the next call */
	HOSTS_WAIT,  /* a name is being looked up: call again after resolved() */
	HOSTS_END,   /* that were all */
};
enum hosts_next hosts_next(struct hosts *h, struct endpoint *out);
/* The name that is waited for takes too long: the next call goes on to the host after it. It is
 * still being looked up, and known the next time if an answer came. */
void hosts_skip(struct hosts *h);
/* Why a name is not known; "" when all are. */
const char *hosts_why(const struct hosts *h);

#endif
