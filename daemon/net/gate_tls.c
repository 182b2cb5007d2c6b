/* TCP with TLS 1.3: whoever comes shows a certificate, and is who that says. */
#include "base/count.h"
#include "base/log.h"
#include "net/gate.h"

#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>

#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* --- where it listens ------------------------------------------------------------------------- */

static enum code
tls_look(const char *where, struct err *e)
{
	struct sockaddr_storage ss;
	int len = 0;

	return gate_read_address(where, "0.0.0.0:7443", &ss, &len, e);
}

static enum code
tls_listen(const struct acceptor *to, const char *where, struct listener **out, int *port,
	   struct err *e)
{
	struct sockaddr_storage ss;
	int len = 0;
	int fault = 0;
	struct place at = {&gate_tls, (const struct sockaddr *)&ss, 0, where, NULL};

	*port = 0;
	if (gate_read_address(where, "0.0.0.0:7443", &ss, &len, e) != OK)
		return e->code;
	at.len = (socklen_t)len;
	if (listener_open(to, &at, out, &fault, e) != OK)
		return e->code;
	*port = listener_port(*out);
	log_info("listen.tls", KV("address", where), KVI("port", *port));
	return OK;
}

/* --- who is there ----------------------------------------------------------------------------- */

/* Callbacks come in a turn of their own: TLS calls them from within what is asked of it. */
static struct bufferevent *
tls_carry(const struct means *m, evutil_socket_t fd)
{
	const int options = BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS;
	SSL *ssl = trust_accept(m->trust);
	struct bufferevent *bev = NULL;
	int one = 1;

	if (ssl != NULL)
		bev = bufferevent_openssl_socket_new(m->base, fd, ssl, BUFFEREVENT_SSL_ACCEPTING,
						     options);
	if (bev == NULL) {
		SSL_free(ssl);
		return NULL;
	}
	/* Who hangs up without a word has said all that it had: frames are whole or nothing. */
	bufferevent_openssl_set_allow_dirty_shutdown(bev, 1);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
	return bev;
}

static SSL *
ssl_of(const struct visitor *v)
{
	return bufferevent_openssl_get_ssl(v->bytes);
}

static enum user_answer
tls_who(struct visitor *v)
{
	SSL *ssl = ssl_of(v);
	const X509 *cert;

	if (SSL_is_init_finished(ssl) == 0)
		return USER_ASKED;
	cert = SSL_get0_peer_certificate(ssl);
	if (cert == NULL || identity_of(cert, v->principal) != CERTIFICATE_GOOD)
		return USER_FAILED;
	v->ends = certificate_end(cert);
	return USER_NAMED;
}

/* Before the handshake is over nothing can be said that would be understood. */
static const char *
tls_refuse(struct visitor *v, enum user_answer why, char *text, size_t size)
{
	static const char *const words[] = {
	    [USER_NAMED] = "it is not wanted any more",
	    [USER_ASKED] = "its TLS handshake took too long",
	    [USER_FAILED] = "its certificate names nobody",
	    [USER_BUSY] = "too many others are in their TLS handshake",
	};
	COVERS(words, N_USER_ANSWERS);

	snprintf(v->principal, sizeof v->principal, "cert:unknown");
	snprintf(text, size, "%s", "");
	return words[why];
}

/* --- why it did not come in ------------------------------------------------------------------- */

enum { FAULT_NONE, FAULT_BY_THEM, FAULT_NO_TLS, FAULT_OLD, FAULT_OTHER, FAULT_CERTIFICATE };

_Static_assert(FAULT_CERTIFICATE + BAD_CERTIFICATES <= GATE_FAULTS, "each has lines of its own");

/* What OpenSSL says, where that is of use to somebody. */
static const struct {
	int reason;
	unsigned fault;
	const char *text;
} reasons[] = {
    {SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE, FAULT_CERTIFICATE + CERTIFICATE_ABSENT, NULL},
    {SSL_R_UNSUPPORTED_PROTOCOL, FAULT_OLD, "it speaks no TLS 1.3: update its TLS library"},
    {SSL_R_VERSION_TOO_LOW, FAULT_OLD, "it speaks no TLS 1.3: update its TLS library"},
    {SSL_R_HTTP_REQUEST, FAULT_NO_TLS, "it speaks HTTP without TLS: that is not spoken here"},
    {SSL_R_WRONG_VERSION_NUMBER, FAULT_NO_TLS,
     "it speaks no TLS: give its client the address as one with TLS"},
    {SSL_R_BAD_RECORD_TYPE, FAULT_NO_TLS,
     "it speaks no TLS: give its client the address as one with TLS"},
    {SSL_R_TLSV1_ALERT_UNKNOWN_CA, FAULT_BY_THEM,
     "it does not trust semsd's own certificate: give it the certificate of who issued that"},
    {SSL_R_SSLV3_ALERT_BAD_CERTIFICATE, FAULT_BY_THEM,
     "it does not take semsd's own certificate: is the name it connects to in that?"},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED, FAULT_BY_THEM,
     "semsd's own certificate has expired, it says: renew that, or look at its clock"},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN, FAULT_BY_THEM,
     "it does not take semsd's own certificate: is the name it connects to in that?"},
};

static unsigned
say_certificate(unsigned bad, const X509 *cert, char *text, size_t size)
{
	struct certificate_words w;

	if (cert == NULL) {
		snprintf(text, size, "%s: %s", certificate_fault(bad), certificate_advice(bad));
		return FAULT_CERTIFICATE + bad;
	}
	certificate_say(cert, &w);
	snprintf(text, size, "%s: %s (subject %s; names %s; serial %s)", certificate_fault(bad),
		 certificate_advice(bad), w.subject, w.names, w.serial);
	return FAULT_CERTIFICATE + bad;
}

static unsigned
say_reason(int reason, const char *words, char *text, size_t size)
{
	for (size_t i = 0; i < COUNT(reasons); i++) {
		if (reasons[i].reason != reason)
			continue;
		if (reasons[i].text == NULL)
			return say_certificate(reasons[i].fault - FAULT_CERTIFICATE, NULL, text,
					       size);
		snprintf(text, size, "%s", reasons[i].text);
		return reasons[i].fault;
	}
	snprintf(text, size, "the TLS handshake failed: %s", words == NULL ? "?" : words);
	return FAULT_OTHER;
}

/* Who hung up, as whoever looks for open ports does, says nothing worth a line. */
static unsigned
tls_fault(const struct visitor *v, char *text, size_t size)
{
	const X509 *cert;
	enum bad_certificate bad = trust_refused(ssl_of(v), &cert);
	unsigned long fault = bufferevent_get_openssl_error(v->bytes);

	if (bad != CERTIFICATE_GOOD)
		return say_certificate(bad, cert, text, size);
	if (fault == 0 || ERR_GET_REASON(fault) == SSL_R_UNEXPECTED_EOF_WHILE_READING)
		return FAULT_NONE;
	return say_reason(ERR_GET_REASON(fault), ERR_reason_error_string(fault), text, size);
}

/* --- and whether it stays --------------------------------------------------------------------- */

static bool
tls_still(const struct visitor *v, struct utc_ms now, char *text, size_t size)
{
	SSL *ssl = ssl_of(v);
	enum bad_certificate bad = CERTIFICATE_EXPIRED;

	if (v->ends.v > now.v)
		bad = trust_judge(v->means->trust, SSL_get0_peer_certificate(ssl),
				  SSL_get_peer_cert_chain(ssl));
	if (bad == CERTIFICATE_GOOD)
		return true;
	snprintf(text, size, "%s may not stay: %s: %s", v->principal, certificate_fault(bad),
		 certificate_advice(bad));
	return false;
}

static void
tls_part(const struct visitor *v)
{
	SSL_shutdown(ssl_of(v));
	ERR_clear_error();
}

const struct gate gate_tls = {
    .name = "tls",
    .look = tls_look,
    .listen = tls_listen,
    .carry = tls_carry,
    .see = gate_see_address,
    .who = tls_who,
    .refuse = tls_refuse,
    .fault = tls_fault,
    .still = tls_still,
    .part = tls_part,
    .unknown_max = 1024,
    .unknown_of_address = 256,
    .patience_ms = 10 * MS_PER_SECOND,
};
