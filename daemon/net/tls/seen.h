/*
 * Who came with a certificate since semsd started: when last, from where, and when that ends. Two
 * that are here at once from two addresses under one name are most likely a machine's image that
 * was copied; nobody is sent away for it, somebody is told.
 */
#ifndef SEMS_NET_TLS_SEEN_H
#define SEMS_NET_TLS_SEEN_H

#include "base/civil.h"
#include "net/tls/identity.h"

#include <stdbool.h>
#include <stddef.h>

#define SEEN_MAX          4096u /* who is gone for longest makes way; while all are here, nobody */
#define SEEN_ADDRESS_SIZE 46u

struct seen_one {
	char principal[IDENTITY_SIZE];
	char address[SEEN_ADDRESS_SIZE]; /* of the last one */
	unsigned here;                   /* connections now */
	struct utc_ms last;              /* came or left */
	struct utc_ms ends;              /* of the certificate that it showed last */
	/* When two were here from two addresses, last; 0: never. */
	struct utc_ms twice_at;
	char twice[2][SEEN_ADDRESS_SIZE];
};

struct seen;

struct seen *seen_new(void);    /* NULL: out of memory */
void seen_free(struct seen *s); /* accepts NULL */

/* One more is here. True: another is here from another address; *one says which. one: borrowed
 * until the next call; NULL: there was no room to remember it. */
bool seen_came(struct seen *s, const char *principal, const char *address, struct utc_ms ends,
	       struct utc_ms now, const struct seen_one **one);
/* One less. */
void seen_left(struct seen *s, const char *principal, struct utc_ms now);

/* Each, the last one first. */
void seen_each(const struct seen *s, void (*fn)(void *ctx, const struct seen_one *one), void *ctx);

#endif
