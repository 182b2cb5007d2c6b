#include "net/tls/trust.h"

#include "base/count.h"
#include "base/file/plainfile.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_BYTES_MAX ((size_t)4 * 1024 * 1024) /* a list of what was revoked may be long */
#define LISTED_MAX     1000                      /* certificates, or lists, of one file */
#define SECURITY_LEVEL 2                         /* 112 bits: RSA of 2,048, no SHA-1 */

struct trust {
	SSL_CTX *ctx;
	struct utc_ms ends[TRUST_FILES];
};

/* A set while it is read. */
struct reading {
	struct trust *trust;
	const char *folder;
	int fd; /* of the folder */
	STACK_OF(X509) * issuers;
	struct err *e;
};

static const char *const names[] = {
    [TRUST_CERTIFICATE] = "server.pem",
    [TRUST_KEY] = "server.key",
    [TRUST_ISSUERS] = "ca.pem",
    [TRUST_REVOKED] = "crl.pem",
};
COVERS(names, TRUST_FILES);

const char *
trust_file_name(enum trust_file f)
{
	return names[f];
}

/* --- whoever comes ---------------------------------------------------------------------------- */

/* What a connection's certificate turned out to be. */
struct shown {
	enum bad_certificate bad;
	X509 *cert; /* of who is refused; NULL: none */
};

static void
free_shown(void *parent, void *p, CRYPTO_EX_DATA *data, int index, long argl, void *argp)
{
	struct shown *shown = p;

	(void)parent;
	(void)data;
	(void)index;
	(void)argl;
	(void)argp;
	if (shown == NULL)
		return;
	X509_free(shown->cert);
	free(shown);
}

/* Where a connection has it. Made when the first set is read, which is before all threads. */
static int
shown_index(void)
{
	static int index = -1;

	if (index < 0)
		index = SSL_get_ex_new_index(0, NULL, NULL, NULL, free_shown);
	return index;
}

/* What was revoked stays so when its list should have been replaced, and nobody else is shut out
 * for that: the state tells it. */
static int
on_fault(int is_good, X509_STORE_CTX *x)
{
	if (is_good == 0 && X509_STORE_CTX_get_error(x) == X509_V_ERR_CRL_HAS_EXPIRED) {
		X509_STORE_CTX_set_error(x, X509_V_OK);
		return 1;
	}
	return is_good;
}

static enum bad_certificate
judge(X509_STORE_CTX *x)
{
	char principal[IDENTITY_SIZE];
	X509 *cert = X509_STORE_CTX_get0_cert(x);
	enum bad_certificate bad;

	X509_STORE_CTX_set_verify_cb(x, on_fault);
	bad = X509_verify_cert(x) == 1 ? CERTIFICATE_GOOD
				       : certificate_by_code(X509_STORE_CTX_get_error(x));
	if ((bad == CERTIFICATE_GOOD || bad == CERTIFICATE_PURPOSE) && X509_check_ca(cert) != 0)
		return CERTIFICATE_AUTHORITY;
	return bad == CERTIFICATE_GOOD ? identity_of(cert, principal) : bad;
}

static int
on_certificate(X509_STORE_CTX *x, void *arg)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(x, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct shown *shown = SSL_get_ex_data(ssl, shown_index());

	(void)arg;
	shown->bad = judge(x);
	if (shown->bad == CERTIFICATE_GOOD)
		return 1;
	/* The peer is told by an alert: that it is of the wrong sort, where we alone object. */
	if (X509_STORE_CTX_get_error(x) == X509_V_OK)
		X509_STORE_CTX_set_error(x, X509_V_ERR_INVALID_PURPOSE);
	shown->cert = X509_STORE_CTX_get0_cert(x);
	X509_up_ref(shown->cert);
	return 0;
}

SSL *
trust_accept(const struct trust *t)
{
	SSL *ssl = SSL_new(t->ctx);
	struct shown *shown = calloc(1, sizeof *shown);

	if (ssl != NULL && shown != NULL && SSL_set_ex_data(ssl, shown_index(), shown) == 1)
		return ssl;
	SSL_free(ssl);
	free(shown);
	return NULL;
}

enum bad_certificate
trust_refused(const SSL *ssl, const X509 **cert)
{
	const struct shown *shown = SSL_get_ex_data(ssl, shown_index());

	*cert = shown->cert;
	return shown->bad;
}

enum bad_certificate
trust_judge(const struct trust *t, X509 *cert, STACK_OF(X509) * with)
{
	/* Without memory: it was good when it came, and is looked at again. */
	return certificate_judge(SSL_CTX_get_cert_store(t->ctx), cert, with, CERTIFICATE_GOOD);
}

enum bad_certificate
certificate_judge(X509_STORE *store, X509 *cert, STACK_OF(X509) * with,
		  enum bad_certificate unjudged)
{
	X509_STORE_CTX *x = X509_STORE_CTX_new();
	enum bad_certificate bad = unjudged;

	if (x != NULL && X509_STORE_CTX_init(x, store, cert, with) == 1) {
		X509_VERIFY_PARAM_set_auth_level(X509_STORE_CTX_get0_param(x), SECURITY_LEVEL);
		X509_STORE_CTX_set_purpose(x, X509_PURPOSE_SSL_CLIENT);
		bad = judge(x);
	}
	X509_STORE_CTX_free(x);
	return bad;
}

/* --- the files -------------------------------------------------------------------------------- */

static enum code
bad_file(const struct reading *r, enum trust_file f, const char *what)
{
	ERR_clear_error();
	return err_set(r->e, FATAL_CONFIG, "tls", "%s/%s: %s", r->folder, names[f], what);
}

/* A key that others may read is nobody's any more. Its group may: packages keep keys so. */
static enum code
check_mode(const struct reading *r)
{
	struct stat st;

	if (fstatat(r->fd, names[TRUST_KEY], &st, 0) == 0 && (st.st_mode & S_IRWXO) != 0)
		return bad_file(r, TRUST_KEY, "others may read it: chmod 600, and make a new one");
	return OK;
}

/* *bio reads what *bytes holds. */
static enum code
open_file(const struct reading *r, enum trust_file f, struct buf *bytes, BIO **bio)
{
	struct err why = {0};

	*bytes = (struct buf){.max = FILE_BYTES_MAX};
	*bio = NULL;
	if (plainfile_read(r->fd, names[f], 0, bytes, &why) != OK) {
		buf_fini(bytes);
		return bad_file(r, f, why.text);
	}
	*bio = BIO_new_mem_buf(bytes->n == 0 ? "" : (const char *)bytes->p, (int)bytes->n);
	if (*bio != NULL)
		return OK;
	buf_fini(bytes);
	return bad_file(r, f, "out of memory");
}

static void
close_file(struct buf *bytes, BIO *bio)
{
	BIO_free(bio);
	OPENSSL_cleanse(bytes->p, bytes->n);
	buf_fini(bytes);
}

/* The earlier one, of those that are told. */
static void
note_end(struct utc_ms *end, struct utc_ms t)
{
	if (t.v != 0 && (end->v == 0 || t.v < end->v))
		*end = t;
}

typedef enum code (*take_fn)(const struct reading *r, X509 *cert, int n);

/* Every certificate of a file, in order; take() keeps what it wants of each. */
static enum code
each_certificate(const struct reading *r, enum trust_file f, take_fn take)
{
	struct buf bytes;
	BIO *bio;
	X509 *cert;
	int n = 0;

	if (open_file(r, f, &bytes, &bio) != OK)
		return r->e->code;
	while (r->e->code == OK && (cert = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
		note_end(&r->trust->ends[f], certificate_end(cert));
		if (n == LISTED_MAX)
			bad_file(r, f, "it has more than 1,000 certificates");
		else
			take(r, cert, n++);
		X509_free(cert);
	}
	if (r->e->code == OK && ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
		bad_file(r, f, "a certificate in it cannot be read: it is to be PEM");
	close_file(&bytes, bio);
	ERR_clear_error();
	if (r->e->code == OK && n == 0)
		return bad_file(r, f, "there is no certificate in it: it is to be PEM");
	return r->e->code;
}

/* --- each file -------------------------------------------------------------------------------- */

static enum code
take_own(const struct reading *r, X509 *cert, int n)
{
	SSL_CTX *ctx = r->trust->ctx;

	if (n > 0)
		return SSL_CTX_add1_chain_cert(ctx, cert) == 1
			   ? OK
			   : bad_file(r, TRUST_CERTIFICATE,
				      "a certificate behind the first is "
				      "not to be used: is its key too weak?");
	if (X509_check_purpose(cert, X509_PURPOSE_SSL_SERVER, 0) != 1)
		return bad_file(r, TRUST_CERTIFICATE,
				"it is not one for servers: its extended key usage is to be "
				"serverAuth");
	return SSL_CTX_use_certificate(ctx, cert) == 1
		   ? OK
		   : bad_file(r, TRUST_CERTIFICATE, "it is not to be used: is its key too weak?");
}

/* Nobody is there to type one. */
static int
no_passphrase(char *out, int size, int is_new, void *arg)
{
	(void)is_new;
	if (size > 0)
		out[0] = '\0';
	*(bool *)arg = true;
	return 0;
}

static enum code
read_key(const struct reading *r)
{
	struct buf bytes;
	BIO *bio;
	EVP_PKEY *key;
	bool is_locked = false;

	if (check_mode(r) != OK || open_file(r, TRUST_KEY, &bytes, &bio) != OK)
		return r->e->code;
	key = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, &is_locked);
	close_file(&bytes, bio);
	if (is_locked)
		bad_file(r, TRUST_KEY, "it has a passphrase, and nobody is there to give it");
	else if (key == NULL)
		bad_file(r, TRUST_KEY, "there is no private key in it: it is to be PEM");
	else if (SSL_CTX_use_PrivateKey(r->trust->ctx, key) != 1)
		bad_file(r, TRUST_KEY, "it is not the key of server.pem");
	EVP_PKEY_free(key);
	return r->e->code;
}

static enum code
take_issuer(const struct reading *r, X509 *cert, int n)
{
	(void)n;
	if (X509_check_ca(cert) == 0)
		return bad_file(r, TRUST_ISSUERS,
				"a certificate in it may not sign others: it is no issuer's");
	if (X509_STORE_add_cert(SSL_CTX_get_cert_store(r->trust->ctx), cert) != 1 ||
	    SSL_CTX_add_client_CA(r->trust->ctx, cert) != 1 || X509_up_ref(cert) != 1)
		return bad_file(r, TRUST_ISSUERS, "out of memory");
	return sk_X509_push(r->issuers, cert) > 0 ? OK
						  : bad_file(r, TRUST_ISSUERS, "out of memory");
}

/* -1: none of ours made it. */
static int
find_issuer(const struct reading *r, X509_CRL *crl)
{
	X509 *cert;

	for (int i = 0; i < sk_X509_num(r->issuers); i++) {
		cert = sk_X509_value(r->issuers, i);
		if (X509_NAME_cmp(X509_get_subject_name(cert), X509_CRL_get_issuer(crl)) == 0 &&
		    X509_CRL_verify(crl, X509_get0_pubkey(cert)) == 1)
			return i;
	}
	return -1;
}

static void
note_next_list(const struct reading *r, const X509_CRL *crl)
{
	const ASN1_TIME *next = X509_CRL_get0_nextUpdate(crl);
	struct tm tm;

	if (next != NULL && ASN1_TIME_to_tm(next, &tm) == 1)
		note_end(&r->trust->ends[TRUST_REVOKED],
			 (struct utc_ms){(int64_t)timegm(&tm) * MS_PER_SECOND});
}

/* has: which issuers have one. */
static enum code
read_lists(const struct reading *r, BIO *bio, bool *has)
{
	X509_STORE *store = SSL_CTX_get_cert_store(r->trust->ctx);
	X509_CRL *crl;
	int of;
	int n = 0;

	while (r->e->code == OK && (crl = PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL)) != NULL) {
		of = find_issuer(r, crl);
		if (of < 0)
			bad_file(r, TRUST_REVOKED, "a list in it was made by nobody in ca.pem");
		else if (n++ == LISTED_MAX || X509_STORE_add_crl(store, crl) != 1)
			bad_file(r, TRUST_REVOKED, "it has more than 1,000 lists");
		else
			has[of] = true;
		note_next_list(r, crl);
		X509_CRL_free(crl);
	}
	if (r->e->code == OK && ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
		return bad_file(r, TRUST_REVOKED, "a list in it cannot be read: it is to be PEM");
	ERR_clear_error();
	return r->e->code;
}

/* Whoever is there to be asked whether it was revoked must have an answer. */
static enum code
read_revoked(const struct reading *r)
{
	bool *has;
	struct buf bytes;
	BIO *bio;

	if (faccessat(r->fd, names[TRUST_REVOKED], F_OK, 0) != 0)
		return OK;
	if (open_file(r, TRUST_REVOKED, &bytes, &bio) != OK)
		return r->e->code;
	has = calloc((size_t)sk_X509_num(r->issuers), sizeof *has);
	if (has == NULL)
		bad_file(r, TRUST_REVOKED, "out of memory");
	else
		read_lists(r, bio, has);
	for (int i = 0; has != NULL && r->e->code == OK && i < sk_X509_num(r->issuers); i++)
		if (!has[i])
			bad_file(r, TRUST_REVOKED, "an issuer in ca.pem has no list in it");
	free(has);
	close_file(&bytes, bio);
	X509_STORE_set_flags(SSL_CTX_get_cert_store(r->trust->ctx),
			     X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
	return r->e->code;
}

/* --- the set ---------------------------------------------------------------------------------- */

static SSL_CTX *
new_ctx(void)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	if (ctx == NULL)
		return NULL;
	SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION);
	SSL_CTX_set_security_level(ctx, SECURITY_LEVEL);
	SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
	SSL_CTX_set_num_tickets(ctx, 0);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_cert_verify_callback(ctx, on_certificate, NULL);
	return ctx;
}

static enum code
read_set(const struct reading *r)
{
	if (r->trust == NULL || r->issuers == NULL || r->trust->ctx == NULL)
		return err_set(r->e, TRY_SYSTEM, "tls", "out of memory");
	if (r->fd < 0)
		return err_set(
		    r->e, FATAL_CONFIG, "tls",
		    "no folder %s that can be read: it is to have server.pem, server.key "
		    "and ca.pem, as semsctl pki init --out %s makes them",
		    r->folder, r->folder);
	if (each_certificate(r, TRUST_CERTIFICATE, take_own) != OK || read_key(r) != OK ||
	    each_certificate(r, TRUST_ISSUERS, take_issuer) != OK)
		return r->e->code;
	return read_revoked(r);
}

enum code
trust_load(const char *folder, struct trust **out, struct err *e)
{
	struct reading r = {.trust = calloc(1, sizeof(struct trust)),
			    .folder = folder,
			    .fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
			    .issuers = sk_X509_new_null(),
			    .e = e};

	*e = (struct err){0};
	*out = NULL;
	ERR_clear_error();
	if (r.trust != NULL && shown_index() >= 0)
		r.trust->ctx = new_ctx();
	if (read_set(&r) == OK)
		*out = r.trust;
	else
		trust_free(r.trust);
	sk_X509_pop_free(r.issuers, X509_free);
	if (r.fd >= 0)
		close(r.fd);
	return e->code;
}

void
trust_free(struct trust *t)
{
	if (t == NULL)
		return;
	SSL_CTX_free(t->ctx);
	free(t);
}

struct utc_ms
trust_end(const struct trust *t, enum trust_file f)
{
	return t->ends[f];
}
