/* Certificates for tests, good and bad ones, and the folders that they are read from. */
#ifndef TESTS_NET_TLS_ISSUER_H
#define TESTS_NET_TLS_ISSUER_H

#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdbool.h>

#define MACHINE_SAN "URI:sems:device/xray-7"

struct issued {
	X509 *cert;
	EVP_PKEY *key;
};

struct wish {
	const char *san; /* NULL: none */
	const char *eku; /* NULL: none */
	bool is_ca;
	long from_s;     /* from now on; 0: an hour ago */
	long until_s;    /* 0: in a day */
	int rsa_bits;    /* 0: a curve of 256 bits */
	bool is_altered; /* its signature is another's */
};

/* by: NULL signs itself. */
struct issued issue(const struct issued *by, const struct wish *w);
struct issued issue_root(void);
void issued_fini(struct issued *i);

/* A list of this issuer that revokes these serial numbers (NULL: none); next_s: when it is to be
 * replaced, from now on. */
X509_CRL *issue_list(const struct issued *by, X509 *revoked, long next_s);

/* A folder for a set, and what is in it. */
struct set {
	char dir[64];
	struct issued root;
	struct issued server;
};

/* root, a server's certificate for 127.0.0.1, and an empty list. */
struct set set_new(void);
void set_fini(struct set *s);
void set_put(const struct set *s, const char *file, const char *bytes, size_t n);
void set_put_certificate(const struct set *s, const char *file, X509 *cert);
void set_put_key(const struct set *s, const char *file, EVP_PKEY *key);
void set_put_list(const struct set *s, X509_CRL *list);
void set_remove(const struct set *s, const char *file);

/* A client that shows this, and as its intermediate that; trusts the root. NULL cert: none. */
SSL_CTX *client_ctx(const struct set *s, const struct issued *own, X509 *intermediate);

#endif
