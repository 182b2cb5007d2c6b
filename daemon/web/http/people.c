#include "web/http/people.h"

#include "net/tls/trust.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

/* Whoever it is shakes hands: what is wrong is for a page to tell. */
static int
take_any(int is_good, X509_STORE_CTX *x)
{
	(void)is_good;
	(void)x;
	return 1;
}

static enum code
bad_file(const char *file, const char *what, struct err *e)
{
	ERR_clear_error();
	return err_set(e, FATAL_CONFIG, file, "%s; give a file in PEM", what);
}

static bool
read_revoked(X509_STORE *store, const char *revoked)
{
	X509_LOOKUP *lookup = X509_STORE_add_lookup(store, X509_LOOKUP_file());

	return lookup != NULL && X509_load_crl_file(lookup, revoked, X509_FILETYPE_PEM) > 0 &&
	       X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL) == 1;
}

enum code
people_ask(SSL_CTX *ctx, const char *issuers, const char *revoked, struct err *e)
{
	STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(issuers);

	if (names == NULL || SSL_CTX_load_verify_file(ctx, issuers) != 1) {
		sk_X509_NAME_pop_free(names, X509_NAME_free);
		return bad_file(issuers, "the issuers of people cannot be read", e);
	}
	SSL_CTX_set_client_CA_list(ctx, names);
	if (revoked != NULL && !read_revoked(SSL_CTX_get_cert_store(ctx), revoked))
		return bad_file(revoked, "what was revoked cannot be read", e);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, take_any);
	/* Who comes again shows it again. */
	SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	return SSL_CTX_set_num_tickets(ctx, 0) == 1 ? OK
						    : err_set(e, FATAL_BUG, "tls", "tickets stay");
}

enum bad_certificate
people_judge(SSL_CTX *ctx, const SSL *ssl, char principal[IDENTITY_SIZE])
{
	X509 *cert = SSL_get1_peer_certificate(ssl);
	enum bad_certificate bad = CERTIFICATE_ABSENT;

	if (cert != NULL)
		bad = certificate_judge(SSL_CTX_get_cert_store(ctx), cert,
					SSL_get_peer_cert_chain(ssl), CERTIFICATE_OTHER);
	if (bad == CERTIFICATE_GOOD)
		bad = identity_of(cert, principal);
	X509_free(cert);
	return bad;
}
