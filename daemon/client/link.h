/*
 * The bytes between a client and a daemon: a socket, or TLS over one, where both show certificates.
 */
#ifndef SEMS_CLIENT_LINK_H
#define SEMS_CLIENT_LINK_H

#include "base/err.h"

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>

struct link {
	int fd;              /* -1: none */
	SSL *ssl;            /* NULL: the socket itself */
	bool reads_to_write; /* TLS wants to hear something before it can say more */
};

#define LINK_NONE ((struct link){.fd = -1})

/* What TLS shows and trusts: a folder with client.pem, client.key and ca.pem; borrowed. NULL, as at
 * first: there is none. */
void link_identity(const char *folder);

/* What every TLS connection of this identity is made of; the caller's. NULL: *e says why. */
SSL_CTX *link_ctx(struct err *e);
/* Connects to "unix:PATH", a path, "tcp:HOST:PORT" or "tls:HOST:PORT", and shows who it is;
 * *out is LINK_NONE when it fails. The socket does not block afterwards. */
enum code link_open(const char *address, struct link *out, struct err *e) MUST_CHECK;
void link_close(struct link *l);

/* What to wait for: events of poll(). */
short link_events(const struct link *l, bool has_output);

enum link_result { LINK_OK, LINK_AGAIN, LINK_ENDED, LINK_BROKEN };

/* At most so many bytes; *n: how many. LINK_BROKEN: *e says why. */
enum link_result link_read(struct link *l, void *to, size_t size, size_t *n, struct err *e);
enum link_result link_write(struct link *l, const void *from, size_t size, size_t *n,
			    struct err *e);

#endif
