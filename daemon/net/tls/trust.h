/*
 * What semsd shows and trusts: its certificate and key, the issuers it believes and what they have
 * revoked. One set, of the files of one folder: read and checked whole, and never changed. Another
 * one takes its place, with an SSL_CTX of its own, so that an issuer that is gone is believed no
 * more.
 *
 *   server.pem  its certificate, and those between it and its issuer
 *   server.key  the key of that, without a passphrase, for nobody else to read
 *   ca.pem      the issuers of those who may come
 *   crl.pem     what each of these has revoked; may be left out
 *
 * TLS 1.3 alone; who shows no certificate is refused; there are no tickets, so that everybody is
 * looked at each time.
 */
#ifndef SEMS_NET_TLS_TRUST_H
#define SEMS_NET_TLS_TRUST_H

#include "base/err.h"
#include "net/tls/identity.h"

#include <openssl/ssl.h>
#include <stdbool.h>

struct trust;

enum trust_file { TRUST_CERTIFICATE, TRUST_KEY, TRUST_ISSUERS, TRUST_REVOKED, TRUST_FILES };

/* "server.pem" */
const char *trust_file_name(enum trust_file f);

/* FATAL_CONFIG: the set is not good; *e names the file. Blocks on the disk. */
enum code trust_load(const char *folder, struct trust **out, struct err *e) MUST_CHECK;
/* Connections that were accepted by it go on. Accepts NULL. */
void trust_free(struct trust *t);

/* When the first of each file's certificates ends, and of the lists of what was revoked the first
 * is to be replaced; 0: there is none. The key's is 0. */
struct utc_ms trust_end(const struct trust *t, enum trust_file f);

/* For a socket that was accepted. NULL: out of memory. */
SSL *trust_accept(const struct trust *t);
/* Once it is met: what is wrong with the certificate that came by it; *cert, borrowed, is that or
 * NULL. */
enum bad_certificate trust_refused(const SSL *ssl, const X509 **cert);
/* By this set, now: what is wrong with a certificate that came with these. A list of what was
 * revoked that should have been replaced still says what it says. */
enum bad_certificate trust_judge(const struct trust *t, X509 *cert, STACK_OF(X509) * with);
/* The same by whatever store there is. */
enum bad_certificate certificate_judge(X509_STORE *store, X509 *cert, STACK_OF(X509) * with,
				       enum bad_certificate unjudged);

#endif
