/*
 * Certificates of people at semsweb's own TLS. Each browser is asked for one and may have none;
 * what it shows is judged at each request, by the issuers and lists of now, so that a page can say
 * what is wrong with it.
 */
#ifndef SEMS_WEB_HTTP_PEOPLE_H
#define SEMS_WEB_HTTP_PEOPLE_H

#include "base/err.h"
#include "net/tls/identity.h"

#include <openssl/ssl.h>

/* issuers: a file in PEM; revoked: lists of what each of these has revoked, NULL: there are none.
 * FATAL_CONFIG: one is not good. */
enum code people_ask(SSL_CTX *ctx, const char *issuers, const char *revoked,
		     struct err *e) MUST_CHECK;
/* Whom the certificate names that came by ssl; CERTIFICATE_ABSENT: none did. */
enum bad_certificate people_judge(SSL_CTX *ctx, const SSL *ssl, char principal[IDENTITY_SIZE]);

#endif
