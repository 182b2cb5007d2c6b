/*
 * Where semsweb listens: plain HTTP on loopback addresses alone, HTTPS wherever there is a
 * certificate. Certificate and key are read as one set, into a new SSL_CTX each time: what is
 * wrong with them leaves the ones before in use.
 */
#ifndef SEMS_WEB_HTTP_HTTPD_H
#define SEMS_WEB_HTTP_HTTPD_H

#include "base/err.h"
#include "web/http/route.h"
#include "web/http/visit.h"

#include <openssl/ssl.h>

#define HTTPD_CONNECTIONS 512u
#define HTTPD_PLACES      8 /* where it listens, at most */

struct evhttp;
struct evhttp_bound_socket;

struct httpd {
	struct visits visits;
	struct routes routes;
	struct evhttp *http;
	struct evhttp_bound_socket *bound[HTTPD_PLACES];
	size_t n_bound;
	SSL_CTX *tls;                  /* NULL: plain HTTP */
	const char *certificate, *key; /* files; NULL: plain HTTP */
};

struct httpd_config {
	const struct route *routes; /* as long as the server lives */
	size_t n_routes;
	void *ctx;                      /* of the routes' handlers */
	const char *certificate, *key;  /* files; both or neither */
	uint32_t connections;           /* at once; 0: HTTPD_CONNECTIONS */
	struct visit_patience patience; /* all 0: visit_patience() */
};

/* FATAL_CONFIG: the certificate. httpd_close() in every case. */
enum code httpd_open(struct httpd *h, struct event_base *base, const struct httpd_config *config,
		     struct err *e) MUST_CHECK;
/* where: "127.0.0.1:8443", "[::1]:0". *port is the one it listens on. */
enum code httpd_listen(struct httpd *h, const char *where, int *port, struct err *e) MUST_CHECK;
/* Reads certificate and key anew; what is connected stays as it is. */
enum code httpd_reload(struct httpd *h, struct err *e) MUST_CHECK;
/* Nobody new comes; who is there stays. */
void httpd_stop_listening(struct httpd *h);
void httpd_close(struct httpd *h);

#endif
