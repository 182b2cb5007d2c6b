/* Room net/tls: Certificates: the set that semsd shows and trusts, and who somebody is by theirs.
 */
/*
 * Who a certificate names: a machine or a person, in its subject's alternative name, and there
 * alone. "sems:device/xray-7" is the principal "cert:sems:device/xray-7".
 */
#ifndef SEMS_NET_TLS_IDENTITY_H
#define SEMS_NET_TLS_IDENTITY_H

#include "base/civil.h"

#include <openssl/x509.h>
#include <stddef.h>

#define IDENTITY_SIZE 96 /* of a principal by its certificate, with the NUL */

/* What may be wrong with a certificate that somebody shows. */
enum bad_certificate {
	CERTIFICATE_GOOD,
	CERTIFICATE_ABSENT,
	CERTIFICATE_EXPIRED,
	CERTIFICATE_EARLY,
	CERTIFICATE_UNKNOWN_ISSUER, /* also one with an intermediate that was not sent */
	CERTIFICATE_SELF_SIGNED,
	CERTIFICATE_REVOKED,
	CERTIFICATE_PURPOSE, /* not for clients */
	CERTIFICATE_WEAK,
	CERTIFICATE_AUTHORITY, /* it is an issuer's own */
	CERTIFICATE_ALTERED,
	CERTIFICATE_NAMELESS,
	CERTIFICATE_NAME, /* names, but no machine or person of ours, or several */
	CERTIFICATE_OTHER,
	BAD_CERTIFICATES
};

/* Which check failed, and what to do; of "": nothing. */
const char *certificate_fault(enum bad_certificate bad);
const char *certificate_advice(enum bad_certificate bad);
/* What a code of X509_verify_cert() means. */
enum bad_certificate certificate_by_code(int x509_code);

/* Whom a certificate names, whoever vouches for it. */
enum bad_certificate identity_of(const X509 *cert, char principal[IDENTITY_SIZE]);

/* Its end; 0: it cannot be told. */
struct utc_ms certificate_end(const X509 *cert);

/* For a line about it: subject, names and serial, each cut where it is too long. */
struct certificate_words {
	char subject[160];
	char names[160];
	char serial[48];
};

/* Fills in what there is; "?" for what is not. cert may be NULL. */
void certificate_say(const X509 *cert, struct certificate_words *w);

#endif
