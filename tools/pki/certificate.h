/* X.509 as this issuer makes it; OpenSSL's. All return NULL or false when memory runs out. */
#ifndef SEMS_TOOLS_PKI_CERTIFICATE_H
#define SEMS_TOOLS_PKI_CERTIFICATE_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

/* An issuer's own, that may sign certificates and lists, and no other issuer's. */
X509 *certificate_authority(EVP_PKEY *key, const char *name, int days);

struct certificate_wish {
	EVP_PKEY *key; /* its public half is vouched for */
	EVP_PKEY *issuer_key;
	X509 *issuer;
	const char *kind; /* "device": URI:sems:device/NAME */
	bool is_server;   /* else its names are hosts and addresses */
	const char *const *names;
	size_t n_names;
	int days;
};

/* From an hour ago, for clocks that go behind, and never longer than its issuer's. */
X509 *certificate_issue(const struct certificate_wish *w);

/* What was revoked by `before` (NULL: nothing), to go on with; sealed. As good as the issuer. */
X509_CRL *certificate_list(EVP_PKEY *key, X509 *issuer, X509_CRL *before);
/* Adds one, now; to be sealed behind it. */
bool certificate_revoke(X509_CRL *list, const char *serial);
bool certificate_seal(X509_CRL *list, EVP_PKEY *key);

/* 0: it cannot be told. */
time_t certificate_time(const ASN1_TIME *t);
/* Hexadecimal, of at most 20 bytes. */
void certificate_serial(const X509 *cert, char out[41]);
/* "device/NAME", "person/NAME", or a server's first host or address. */
bool certificate_name(const X509 *cert, char *out, size_t size);

#endif
