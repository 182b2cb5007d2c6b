#include "tests/net/tls/issuer.h"

#include "base/count.h"

#include <criterion/criterion.h>

#include <openssl/asn1.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
extend(X509 *cert, X509 *by, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *x;

	if (value == NULL)
		return;
	X509V3_set_ctx(&ctx, by, cert, NULL, NULL, 0);
	x = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	cr_assert_not_null(x, "%s", value);
	cr_assert_eq(X509_add_ext(cert, x, -1), 1);
	X509_EXTENSION_free(x);
}

static void
alter(X509 *cert)
{
	const ASN1_BIT_STRING *s;

	X509_get0_signature(&s, NULL, cert);
	((unsigned char *)ASN1_STRING_get0_data(s))[s->length - 1] ^= 1;
}

struct issued
issue(const struct issued *by, const struct wish *w)
{
	static long serial = 1000;
	struct issued i = {X509_new(), w->rsa_bits == 0 ? EVP_EC_gen("prime256v1")
							: EVP_RSA_gen((unsigned)w->rsa_bits)};
	char name[32];

	snprintf(name, sizeof name, "test %ld", ++serial);
	X509_set_version(i.cert, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(i.cert), serial);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(i.cert), "CN", MBSTRING_UTF8,
				   (const unsigned char *)name, -1, -1, 0);
	X509_set_issuer_name(i.cert, X509_get_subject_name(by == NULL ? i.cert : by->cert));
	X509_gmtime_adj(X509_getm_notBefore(i.cert), w->from_s == 0 ? -3600 : w->from_s);
	X509_gmtime_adj(X509_getm_notAfter(i.cert), w->until_s == 0 ? 86400 : w->until_s);
	X509_set_pubkey(i.cert, i.key);
	extend(i.cert, NULL, NID_basic_constraints, w->is_ca ? "critical,CA:TRUE" : "CA:FALSE");
	extend(i.cert, NULL, NID_ext_key_usage, w->eku);
	extend(i.cert, NULL, NID_subject_alt_name, w->san);
	cr_assert_neq(X509_sign(i.cert, by == NULL ? i.key : by->key, EVP_sha256()), 0);
	if (w->is_altered)
		alter(i.cert);
	return i;
}

struct issued
issue_root(void)
{
	return issue(NULL, &(struct wish){.is_ca = true});
}

void
issued_fini(struct issued *i)
{
	X509_free(i->cert);
	EVP_PKEY_free(i->key);
}

X509_CRL *
issue_list(const struct issued *by, X509 *revoked, long next_s)
{
	X509_CRL *list = X509_CRL_new();
	ASN1_TIME *t = X509_gmtime_adj(NULL, -7200);

	X509_CRL_set_version(list, 1);
	X509_CRL_set_issuer_name(list, X509_get_subject_name(by->cert));
	X509_CRL_set1_lastUpdate(list, t);
	X509_gmtime_adj(t, next_s);
	X509_CRL_set1_nextUpdate(list, t);
	if (revoked != NULL) {
		X509_REVOKED *r = X509_REVOKED_new();

		X509_gmtime_adj(t, -60);
		X509_REVOKED_set_serialNumber(r, X509_get_serialNumber(revoked));
		X509_REVOKED_set_revocationDate(r, t);
		X509_CRL_add0_revoked(list, r);
	}
	ASN1_TIME_free(t);
	cr_assert_neq(X509_CRL_sign(list, by->key, EVP_sha256()), 0);
	return list;
}

/* --- a folder --------------------------------------------------------------------------------- */

void
set_put(const struct set *s, const char *file, const char *bytes, size_t n)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", s->dir, file);
	unlink(path);
	f = fopen(path, "w");
	cr_assert_not_null(f, "%s", path);
	fwrite(bytes, 1, n, f);
	fclose(f);
	chmod(path, 0600);
}

static void
put_bio(const struct set *s, const char *file, BIO *bio)
{
	char *bytes;
	long n = BIO_get_mem_data(bio, &bytes);

	set_put(s, file, bytes, (size_t)n);
	BIO_free(bio);
}

void
set_put_certificate(const struct set *s, const char *file, X509 *cert)
{
	BIO *bio = BIO_new(BIO_s_mem());

	PEM_write_bio_X509(bio, cert);
	put_bio(s, file, bio);
}

void
set_put_key(const struct set *s, const char *file, EVP_PKEY *key)
{
	BIO *bio = BIO_new(BIO_s_mem());

	PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
	put_bio(s, file, bio);
}

void
set_put_list(const struct set *s, X509_CRL *list)
{
	BIO *bio = BIO_new(BIO_s_mem());

	PEM_write_bio_X509_CRL(bio, list);
	put_bio(s, "crl.pem", bio);
	X509_CRL_free(list);
}

void
set_remove(const struct set *s, const char *file)
{
	char path[128];

	snprintf(path, sizeof path, "%s/%s", s->dir, file);
	unlink(path);
}

struct set
set_new(void)
{
	struct set s = {.dir = "/tmp/semsd-tls-XXXXXX", .root = issue_root()};

	cr_assert_not_null(mkdtemp(s.dir));
	s.server = issue(&s.root, &(struct wish){.san = "IP:127.0.0.1", .eku = "serverAuth"});
	set_put_certificate(&s, "server.pem", s.server.cert);
	set_put_key(&s, "server.key", s.server.key);
	set_put_certificate(&s, "ca.pem", s.root.cert);
	set_put_list(&s, issue_list(&s.root, NULL, 86400));
	return s;
}

void
set_fini(struct set *s)
{
	static const char *const files[] = {"server.pem", "server.key", "ca.pem", "crl.pem"};

	for (size_t i = 0; i < COUNT(files); i++)
		set_remove(s, files[i]);
	rmdir(s->dir);
	issued_fini(&s->root);
	issued_fini(&s->server);
}

SSL_CTX *
client_ctx(const struct set *s, const struct issued *own, X509 *intermediate)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

	/* A client may be as careless as it likes. */
	SSL_CTX_set_security_level(ctx, 0);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), s->root.cert);
	if (own != NULL) {
		cr_assert_eq(SSL_CTX_use_certificate(ctx, own->cert), 1);
		cr_assert_eq(SSL_CTX_use_PrivateKey(ctx, own->key), 1);
	}
	if (intermediate != NULL)
		SSL_CTX_add1_chain_cert(ctx, intermediate);
	return ctx;
}
