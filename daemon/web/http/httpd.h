/*
 * Where semsweb listens: plain HTTP on loopback addresses and Unix sockets alone, HTTPS wherever
 * there is a certificate. Certificate and key are read as one set, into a new SSL_CTX each time:
 * what is wrong with them leaves the ones before in use.
 */
#ifndef SEMS_WEB_HTTP_HTTPD_H
#define SEMS_WEB_HTTP_HTTPD_H

#include "base/err.h"
#include "web/http/route.h"
#include "web/http/visit.h"

#include <openssl/ssl.h>

#define HTTPD_CONNECTIONS 512u
#define HTTPD_PLACES      8   /* where it listens, at most */
#define HTTPD_SOCKET_SIZE 108 /* of a Unix socket's path */

struct evhttp;
struct evhttp_bound_socket;

struct httpd {
	struct visits visits;
	struct routes routes;
	struct evhttp *http;
	struct evhttp *local; /* of Unix sockets, which speak no TLS */
	struct evhttp_bound_socket *bound[HTTPD_PLACES];
	struct evhttp *bound_by[HTTPD_PLACES];
	char socket[HTTPD_SOCKET_SIZE]; /* the path that was made; "": none */
	size_t n_bound;
	SSL_CTX *tls;                  /* NULL: plain HTTP */
	const char *certificate, *key; /* files; NULL: plain HTTP */
	const char *people, *revoked;  /* files: issuers of people, and their lists; NULL: none */
};

struct httpd_config {
	const struct route *routes; /* as long as the server lives */
	size_t n_routes;
	void *ctx;                     /* of the routes' handlers */
	const char *certificate, *key; /* files; both or neither */
	const char *people, *revoked;  /* files; people takes a certificate, revoked takes people */
	uint32_t connections;          /* at once; 0: HTTPD_CONNECTIONS */
	struct visit_patience patience; /* all 0: visit_patience() */
};

/* FATAL_CONFIG: the certificate. httpd_close() in every case. */
enum code httpd_open(struct httpd *h, struct event_base *base, const struct httpd_config *config,
		     struct err *e) MUST_CHECK;
/* where: "127.0.0.1:8443", "[::1]:0"; *port is the one it listens on. Or "unix:/PATH", once, for a
 * proxy of its group: 0 then. */
enum code httpd_listen(struct httpd *h, const char *where, int *port, struct err *e) MUST_CHECK;
/* Reads the files anew; what is connected stays as it is, and who shows a certificate is judged by
 * the new ones. */
enum code httpd_reload(struct httpd *h, struct err *e) MUST_CHECK;
/* Nobody new comes; who is there stays. */
void httpd_stop_listening(struct httpd *h);
void httpd_close(struct httpd *h);

#endif
