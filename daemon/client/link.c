#include "client/link.h"

#include "base/count.h"
#include "client/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HANDSHAKE_MS 10000
#define PATH_SIZE    1024

static const char *identity; /* link_identity() */

void
link_identity(const char *folder)
{
	identity = folder;
}

/* --- what went wrong -------------------------------------------------------------------------- */

/* What semsd said by an alert, which is all that it can say. */
static const struct {
	int reason;
	const char *text;
} alerts[] = {
    {SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED,
     "semsd refuses this certificate: it has expired, or is not valid yet; get a new one"},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED,
     "semsd refuses this certificate: it was revoked; get a new one"},
    {SSL_R_TLSV1_ALERT_UNKNOWN_CA,
     "semsd refuses this certificate: its issuer is not known there; are the intermediate "
     "certificates in client.pem?"},
    {SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE,
     "semsd refuses this certificate: it is not one for clients, or names no machine and no "
     "person (URI:sems:device/NAME or URI:sems:person/NAME)"},
    {SSL_R_SSLV3_ALERT_BAD_CERTIFICATE,
     "semsd refuses this certificate: it is not as it was signed, or its key is too weak"},
    {SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED,
     "semsd wants a certificate: say where it is with --identity or $SEMSD_IDENTITY"},
};

static enum code
tls_failed(SSL *ssl, const char *address, struct err *e)
{
	unsigned long fault = ERR_peek_last_error();
	long verdict = SSL_get_verify_result(ssl);
	const char *words = ERR_reason_error_string(fault);
	int reason = ERR_GET_REASON(fault);

	ERR_clear_error();
	for (size_t i = 0; i < COUNT(alerts); i++)
		if (fault != 0 && alerts[i].reason == reason)
			return err_set(e, REJ_FORBIDDEN, "tls", "%s; its log says more",
				       alerts[i].text);
	if (verdict != X509_V_OK)
		return err_set(e, REJ_FORBIDDEN, "tls",
			       "what answers at %s is not to be trusted: %s; it must show a "
			       "certificate of an issuer in %s/ca.pem, with this name",
			       address, X509_verify_cert_error_string(verdict), identity);
	return err_set(e, TRY_SYSTEM, "tls", "no TLS with %s: %s", address,
		       words == NULL ? "it hung up" : words);
}

/* --- TLS -------------------------------------------------------------------------------------- */

static enum code
no_file(const char *path, struct err *e)
{
	const char *words = ERR_reason_error_string(ERR_peek_last_error());

	ERR_clear_error();
	return err_set(e, FATAL_CONFIG, "identity", "%s is not to be used: %s", path,
		       words == NULL ? "?" : words);
}

static enum code
read_identity(SSL_CTX *ctx, struct err *e)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof path, "%s/client.pem", identity);
	if (SSL_CTX_use_certificate_chain_file(ctx, path) != 1)
		return no_file(path, e);
	snprintf(path, sizeof path, "%s/client.key", identity);
	if (SSL_CTX_use_PrivateKey_file(ctx, path, SSL_FILETYPE_PEM) != 1)
		return no_file(path, e);
	snprintf(path, sizeof path, "%s/ca.pem", identity);
	if (SSL_CTX_load_verify_locations(ctx, path, NULL) != 1)
		return no_file(path, e);
	return OK;
}

/* The name that was asked for is the one that its certificate must have. */
static bool
expect_name(SSL *ssl, const char *address)
{
	unsigned char bytes[sizeof(struct in6_addr)];
	char host[ADDRESS_HOST_SIZE];

	if (!address_host(address, host))
		return false;
	if (inet_pton(AF_INET, host, bytes) == 1 || inet_pton(AF_INET6, host, bytes) == 1)
		return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) == 1;
	return SSL_set1_host(ssl, host) == 1 && SSL_set_tlsext_host_name(ssl, host) == 1;
}

static enum code
shake_hands(struct link *l, const char *address, struct err *e)
{
	struct pollfd p = {.fd = l->fd};
	int rc;

	while ((rc = SSL_connect(l->ssl)) != 1) {
		int why = SSL_get_error(l->ssl, rc);

		if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
			return tls_failed(l->ssl, address, e);
		p.events = why == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
		rc = poll(&p, 1, HANDSHAKE_MS);
		if (rc == 0)
			return err_set(e, TRY_SYSTEM, "tls",
				       "what listens at %s does not answer a TLS handshake",
				       address);
	}
	return OK;
}

SSL_CTX *
link_ctx(struct err *e)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

	*e = (struct err){0};
	if (ctx == NULL) {
		err_set(e, TRY_LIMIT, "memory", "out of memory");
		return NULL;
	}
	SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	if (read_identity(ctx, e) == OK)
		return ctx;
	SSL_CTX_free(ctx);
	return NULL;
}

static enum code
open_tls(struct link *l, const char *address, struct err *e)
{
	SSL_CTX *ctx = link_ctx(e);

	if (ctx != NULL)
		l->ssl = SSL_new(ctx);
	SSL_CTX_free(ctx);
	if (e->code != OK)
		return e->code;
	if (l->ssl == NULL || SSL_set_fd(l->ssl, l->fd) != 1 || !expect_name(l->ssl, address))
		return err_set(e, TRY_LIMIT, "memory", "out of memory");
	SSL_set_mode(l->ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	return shake_hands(l, address, e);
}

enum code
link_open(const char *address, struct link *out, struct err *e)
{
	*e = (struct err){0};
	*out = LINK_NONE;
	if (address_is_tls(address) && identity == NULL)
		return err_set(e, FATAL_CONFIG, "identity",
			       "%s takes a certificate: say where client.pem, client.key and "
			       "ca.pem are, with --identity or $SEMSD_IDENTITY",
			       address);
	if (address_connect(address, &out->fd, e) == OK && address_is_tls(address))
		open_tls(out, address, e);
	if (e->code != OK)
		link_close(out);
	return e->code;
}

void
link_close(struct link *l)
{
	if (l->ssl != NULL) {
		SSL_shutdown(l->ssl);
		SSL_free(l->ssl);
		ERR_clear_error();
	}
	if (l->fd >= 0)
		close(l->fd);
	*l = LINK_NONE;
}

/* --- bytes ------------------------------------------------------------------------------------ */

short
link_events(const struct link *l, bool has_output)
{
	return (short)(POLLIN | (has_output && !l->reads_to_write ? POLLOUT : 0));
}

/* Of a call that moved nothing. */
static enum link_result
tls_result(struct link *l, int rc, struct err *e)
{
	int why = SSL_get_error(l->ssl, rc);

	if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE)
		return LINK_AGAIN;
	if (why == SSL_ERROR_ZERO_RETURN)
		return LINK_ENDED;
	if (why == SSL_ERROR_SYSCALL && ERR_peek_error() == 0) {
		err_set(e, TRY_SYSTEM, "connection", "%s",
			errno == 0
			    ? "closed"
			    : strerror(errno)); /* NOLINT(concurrency-mt-unsafe): one thread */
		return LINK_BROKEN;
	}
	tls_failed(l->ssl, "semsd", e);
	return LINK_BROKEN;
}

static enum link_result
socket_result(ssize_t n, struct err *e)
{
	if (n == 0)
		return LINK_ENDED;
	if (errno == EAGAIN || errno == EINTR)
		return LINK_AGAIN;
	err_set(e, TRY_SYSTEM, "connection", "%s",
		strerror(errno)); /* NOLINT(concurrency-mt-unsafe): one thread */
	return LINK_BROKEN;
}

enum link_result
link_read(struct link *l, void *to, size_t size, size_t *n, struct err *e)
{
	ssize_t got;

	*n = 0;
	*e = (struct err){0};
	if (l->ssl != NULL) {
		int rc = SSL_read_ex(l->ssl, to, size, n);

		l->reads_to_write = false;
		return rc == 1 ? LINK_OK : tls_result(l, rc, e);
	}
	got = recv(l->fd, to, size, 0);
	if (got <= 0)
		return socket_result(got, e);
	*n = (size_t)got;
	return LINK_OK;
}

enum link_result
link_write(struct link *l, const void *from, size_t size, size_t *n, struct err *e)
{
	ssize_t put;

	*n = 0;
	*e = (struct err){0};
	if (l->ssl != NULL) {
		int rc = SSL_write_ex(l->ssl, from, size, n);

		l->reads_to_write = rc != 1 && SSL_get_error(l->ssl, rc) == SSL_ERROR_WANT_READ;
		return rc == 1 ? LINK_OK : tls_result(l, rc, e);
	}
	put = send(l->fd, from, size, MSG_NOSIGNAL);
	if (put < 0)
		return socket_result(put, e);
	*n = (size_t)put;
	return LINK_OK;
}
