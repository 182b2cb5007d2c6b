#include "web/http/httpd.h"

#include "base/log.h"
#include "web/http/people.h"

#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/util.h>

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define HEADERS_MAX (16 * 1024)
/* A body over BODY_MAX is answered by us; past this by evhttp, which reads no further. */
#define BODY_READ_MAX (2 * BODY_MAX)
#define METHODS_KNOWN                                                                              \
	(EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_POST | EVHTTP_REQ_PUT | EVHTTP_REQ_DELETE | \
	 EVHTTP_REQ_OPTIONS | EVHTTP_REQ_TRACE | EVHTTP_REQ_PATCH)

/* --- the certificate -------------------------------------------------------------------------- */

static enum code
tls_fault(struct err *e, const char *file, const char *what)
{
	unsigned long why = ERR_peek_last_error();
	const char *words = ERR_reason_error_string(why);

	ERR_clear_error();
	return err_set(e, FATAL_CONFIG, file, "%s: %s; give a file in PEM", what,
		       words == NULL ? "unknown" : words);
}

static enum code
read_files(SSL_CTX *c, const char *certificate, const char *key, struct err *e)
{
	if (SSL_CTX_use_certificate_chain_file(c, certificate) != 1)
		return tls_fault(e, certificate, "the certificate cannot be read");
	if (SSL_CTX_use_PrivateKey_file(c, key, SSL_FILETYPE_PEM) != 1)
		return tls_fault(e, key, "the key cannot be read");
	if (SSL_CTX_check_private_key(c) != 1)
		return tls_fault(e, key, "the key is not the certificate's");
	return OK;
}

static enum code
open_tls(const struct httpd *h, SSL_CTX **out, struct err *e)
{
	SSL_CTX *c = SSL_CTX_new(TLS_server_method());

	if (c == NULL)
		return err_set(e, TRY_SYSTEM, "tls", "out of memory");
	if (SSL_CTX_set_min_proto_version(c, TLS1_2_VERSION) != 1) {
		SSL_CTX_free(c);
		return err_set(e, FATAL_BUG, "tls", "this OpenSSL has no TLS 1.2");
	}
	SSL_CTX_set_options(c, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
	SSL_CTX_set_mode(c, SSL_MODE_RELEASE_BUFFERS);
	if (read_files(c, h->certificate, h->key, e) != OK ||
	    (h->people != NULL && people_ask(c, h->people, h->revoked, e) != OK)) {
		SSL_CTX_free(c);
		return e->code;
	}
	*out = c;
	return OK;
}

enum code
httpd_reload(struct httpd *h, struct err *e)
{
	SSL_CTX *fresh = NULL;

	if (h->certificate == NULL)
		return OK;
	if (open_tls(h, &fresh, e) != OK)
		return e->code;
	SSL_CTX_free(h->tls);
	h->tls = fresh;
	h->visits.people = h->people == NULL ? NULL : fresh;
	return OK;
}

struct place {
	char address[64];
	uint16_t port;
	bool is_loopback;
};

/* --- connections ------------------------------------------------------------------------------ */

/*
 * A connection without a socket yet. For want of memory there is none, or it is not counted; evhttp
 * then takes one of its own, in plain, and route_take() serves nobody who is not counted.
 */
static struct bufferevent *
make_connection(struct event_base *base, void *arg)
{
	struct httpd *h = arg;
	struct bufferevent *bev = NULL;
	SSL *ssl = h->tls == NULL ? NULL : SSL_new(h->tls);

	if (ssl != NULL)
		bev = bufferevent_openssl_socket_new(base, -1, ssl, BUFFEREVENT_SSL_ACCEPTING,
						     BEV_OPT_CLOSE_ON_FREE);
	else if (h->tls == NULL)
		bev = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
	if (bev == NULL && ssl != NULL)
		SSL_free(ssl);
	if (bev == NULL ||
	    visit_new(&h->visits, bev, h->tls == NULL ? VISIT_PLAIN : VISIT_TLS) == NULL)
		log_warn("visit.memory", KV("text", "out of memory for a connection"));
	return bev;
}

static struct bufferevent *
make_local(struct event_base *base, void *arg)
{
	struct httpd *h = arg;
	struct bufferevent *bev = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);

	if (bev == NULL || visit_new(&h->visits, bev, VISIT_LOCAL) == NULL)
		log_warn("visit.memory", KV("text", "out of memory for a proxy's connection"));
	return bev;
}

/* "127.0.0.1:8443", "[::1]:0"; numbers alone, since a name server may be silent. */
static bool
parse_place(const char *where, struct place *out)
{
	const char *colon = strrchr(where, ':');
	size_t n = colon == NULL ? 0 : (size_t)(colon - where);
	char *end = NULL;
	struct in6_addr v6;
	struct in_addr v4;
	unsigned long port;
	bool is_v6 = n > 2 && where[0] == '[' && where[n - 1] == ']';

	if (n == 0 || n >= sizeof out->address || colon[1] < '0' || colon[1] > '9')
		return false;
	port = strtoul(colon + 1, &end, 10);
	if (*end != '\0' || port > UINT16_MAX)
		return false;
	out->port = (uint16_t)port;
	snprintf(out->address, sizeof out->address, "%.*s", (int)(is_v6 ? n - 2 : n),
		 where + is_v6);
	if (is_v6 && inet_pton(AF_INET6, out->address, &v6) == 1)
		out->is_loopback = IN6_IS_ADDR_LOOPBACK(&v6);
	else if (!is_v6 && inet_pton(AF_INET, out->address, &v4) == 1)
		out->is_loopback = ntohl(v4.s_addr) >> 24 == 127;
	else
		return false;
	return true;
}

static int
port_of(evutil_socket_t fd)
{
	union inet_address at = {.any = {.sa_family = AF_UNSPEC}};
	socklen_t n = sizeof at;

	if (getsockname(fd, &at.any, &n) != 0)
		return 0;
	return ntohs(at.any.sa_family == AF_INET6 ? at.v6.sin6_port : at.v4.sin_port);
}

static void
keep_bound(struct httpd *h, struct evhttp *by, struct evhttp_bound_socket *bound)
{
	h->bound_by[h->n_bound] = by;
	h->bound[h->n_bound++] = bound;
}

/* -1: errno says why. Its group may connect, which is the proxy's way in. */
static int
open_socket(const char *path)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	struct stat st;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
	/* What a semsweb left that was killed; whatever else is there stays. */
	if (fd >= 0 && lstat(path, &st) == 0 && S_ISSOCK(st.st_mode))
		unlink(path);
	if (fd >= 0 && bind(fd, (const struct sockaddr *)&at, sizeof at) == 0 &&
	    chmod(path, S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP) == 0 && listen(fd, SOMAXCONN) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static enum code
listen_local(struct httpd *h, const char *path, struct err *e)
{
	struct evhttp_bound_socket *bound;
	int fd;

	if (path[0] != '/' || strlen(path) >= sizeof h->socket || h->socket[0] != '\0')
		return err_set(e, FATAL_CONFIG, "listen",
			       "unix: takes a path from /, below %zu bytes, and once",
			       sizeof h->socket);
	fd = open_socket(path);
	if (fd < 0)
		return err_set(e, TRY_SYSTEM, "listen", "unix:%s cannot be listened on: %s", path,
			       strerror(errno));
	bound = evhttp_accept_socket_with_handle(h->local, fd);
	if (bound == NULL) {
		close(fd);
		return err_set(e, TRY_SYSTEM, "listen", "out of memory");
	}
	keep_bound(h, h->local, bound);
	snprintf(h->socket, sizeof h->socket, "%s", path);
	log_info("listen.proxy", KV("path", path));
	return OK;
}

enum code
httpd_listen(struct httpd *h, const char *where, int *port, struct err *e)
{
	static const char local[] = "unix:";
	struct evhttp_bound_socket *bound;
	struct place at;

	*port = 0;
	if (h->n_bound == HTTPD_PLACES)
		return err_set(e, FATAL_CONFIG, "listen", "at most %d places", HTTPD_PLACES);
	if (strncmp(where, local, sizeof local - 1) == 0)
		return listen_local(h, where + sizeof local - 1, e);
	if (!parse_place(where, &at))
		return err_set(e, FATAL_CONFIG, "listen",
			       "%s is no ADDRESS:PORT; write it as 127.0.0.1:8443", where);
	if (h->tls == NULL && !at.is_loopback)
		return err_set(e, FATAL_CONFIG, "listen",
			       "%s is no loopback address: without a certificate only those are "
			       "listened on; give --certificate and --key",
			       where);
	bound = evhttp_bind_socket_with_handle(h->http, at.address, at.port);
	if (bound == NULL)
		return err_set(e, TRY_SYSTEM, "listen", "%s cannot be listened on: %s", where,
			       strerror(errno));
	keep_bound(h, h->http, bound);
	*port = port_of(evhttp_bound_socket_get_fd(bound));
	log_info("listen.http", KV("address", at.address), KVI("port", *port),
		 KV("tls", h->tls == NULL ? "no" : "yes"));
	return OK;
}

/* --- life ------------------------------------------------------------------------------------- */

/* NULL: out of memory. */
static struct evhttp *
new_http(struct httpd *h, struct event_base *base,
	 struct bufferevent *(*make)(struct event_base *base, void *arg))
{
	struct evhttp *http = evhttp_new(base);

	if (http == NULL)
		return NULL;
	evhttp_set_allowed_methods(http, METHODS_KNOWN);
	evhttp_set_max_headers_size(http, HEADERS_MAX);
	evhttp_set_max_body_size(http, BODY_READ_MAX);
	/* Its own time, which is from byte to byte, beside ours: for a connection that is not
	 * counted. */
	evhttp_set_timeout(http, 600);
	evhttp_set_bevcb(http, make, h);
	evhttp_set_gencb(http, route_take, &h->routes);
	return http;
}

enum code
httpd_open(struct httpd *h, struct event_base *base, const struct httpd_config *config,
	   struct err *e)
{
	*h = (struct httpd){.certificate = config->certificate,
			    .key = config->key,
			    .people = config->people,
			    .revoked = config->revoked};
	visits_init(&h->visits, base,
		    config->connections == 0 ? HTTPD_CONNECTIONS : config->connections);
	if (config->patience.request != 0)
		h->visits.patience = config->patience;
	h->routes = (struct routes){config->routes, config->n_routes, config->ctx, &h->visits};
	if (httpd_reload(h, e) != OK)
		return e->code;
	h->http = new_http(h, base, make_connection);
	h->local = new_http(h, base, make_local);
	return h->http == NULL || h->local == NULL ? err_set(e, TRY_SYSTEM, "http", "out of memory")
						   : OK;
}

void
httpd_stop_listening(struct httpd *h)
{
	while (h->n_bound != 0) {
		h->n_bound--;
		evhttp_del_accept_socket(h->bound_by[h->n_bound], h->bound[h->n_bound]);
	}
	if (h->socket[0] != '\0')
		unlink(h->socket);
	h->socket[0] = '\0';
}

void
httpd_close(struct httpd *h)
{
	httpd_stop_listening(h);
	if (h->http != NULL)
		visits_fini(&h->visits);
	if (h->http != NULL)
		evhttp_free(h->http);
	if (h->local != NULL)
		evhttp_free(h->local);
	SSL_CTX_free(h->tls);
	*h = (struct httpd){.http = NULL};
}
