#include "base/count.h"
#include "tests/lib/temp.h"
#include "tools/pki/pki.h"

#include <criterion/criterion.h>

#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[TEMP_SIZE];
static char folder[TEMP_SIZE + 8];
static struct pki *pki;
static struct err err;

static void
set_up(void)
{
	temp_dir(dir);
	snprintf(folder, sizeof folder, "%s/pki", dir);
	cr_assert_eq(pki_make(folder, "Northfield", &err), OK, "%s", err.text);
	cr_assert_eq(pki_open(folder, &pki, &err), OK, "%s", err.text);
}

static void
tear_down(void)
{
	pki_close(pki);
	cr_expect(temp_remove_all(dir));
}

TestSuite(pki, .init = set_up, .fini = tear_down);

static char where[1024];

static enum code
give(enum pki_for what, const char *name, const char *p12)
{
	return pki_issue(pki,
			 &(struct pki_wish){.what = what, .names = &name, .n_names = 1, .p12 = p12},
			 where, sizeof where, &err);
}

static X509 *
read_cert(const char *in, const char *file)
{
	char path[1200];
	FILE *f;
	X509 *cert;

	snprintf(path, sizeof path, "%s/%s", in, file);
	f = fopen(path, "r");
	cr_assert_not_null(f, "%s", path);
	cert = PEM_read_X509(f, NULL, NULL, NULL);
	fclose(f);
	cr_assert_not_null(cert);
	return cert;
}

static mode_t
mode_of(const char *in, const char *file)
{
	char path[1200];
	struct stat st;

	snprintf(path, sizeof path, "%s/%s", in, file);
	cr_assert_eq(stat(path, &st), 0, "%s", path);
	return st.st_mode & 0777;
}

/* By OpenSSL's own rules, with the list. */
static int
verify(X509 *cert, int purpose)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *x = X509_STORE_CTX_new();
	X509 *ca = read_cert(folder, "ca.pem");
	char path[1200];
	X509_CRL *list;
	FILE *f;
	int code;

	snprintf(path, sizeof path, "%s/crl.pem", folder);
	f = fopen(path, "r");
	list = PEM_read_X509_CRL(f, NULL, NULL, NULL);
	fclose(f);
	X509_STORE_add_cert(store, ca);
	X509_STORE_add_crl(store, list);
	X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL |
					X509_V_FLAG_X509_STRICT);
	X509_STORE_CTX_init(x, store, cert, NULL);
	X509_STORE_CTX_set_purpose(x, purpose);
	X509_verify_cert(x);
	code = X509_STORE_CTX_get_error(x);
	X509_STORE_CTX_free(x);
	X509_STORE_free(store);
	X509_CRL_free(list);
	X509_free(ca);
	return code;
}

static void
expect_code(const char *in, const char *file, int purpose, int code)
{
	X509 *cert = read_cert(in, file);
	int got = verify(cert, purpose);

	cr_expect_eq(got, code, "%s: %s", file, X509_verify_cert_error_string(got));
	X509_free(cert);
}

Test(pki, gives_a_machine_what_it_shows_and_trusts)
{
	cr_assert_eq(give(PKI_DEVICE, "xray-7", NULL), OK, "%s", err.text);
	expect_code(where, "client.pem", X509_PURPOSE_SSL_CLIENT, X509_V_OK);
	expect_code(where, "client.pem", X509_PURPOSE_SSL_SERVER, X509_V_ERR_INVALID_PURPOSE);
	cr_expect_eq(mode_of(where, "client.key"), 0600);
	cr_expect_eq(mode_of(folder, "ca.key"), 0600);
	cr_expect_eq(mode_of(folder, ""), 0700);
}

Test(pki, names_who_it_is_by_one_uri)
{
	GENERAL_NAMES *names;
	X509 *cert;

	cr_assert_eq(give(PKI_PERSON, "rita", NULL), OK, "%s", err.text);
	cert = read_cert(where, "client.pem");
	names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	cr_assert_eq(sk_GENERAL_NAME_num(names), 1);
	cr_expect_eq(sk_GENERAL_NAME_value(names, 0)->type, GEN_URI);
	cr_expect_str_eq((const char *)ASN1_STRING_get0_data(
			     sk_GENERAL_NAME_value(names, 0)->d.uniformResourceIdentifier),
			 "sems:person/rita");
	GENERAL_NAMES_free(names);
	X509_free(cert);
}

Test(pki, gives_semsd_one_for_its_names_and_addresses)
{
	const char *names[] = {"sems.airport.example", "192.0.2.7", "2001:db8::7"};
	X509 *cert;

	cr_assert_eq(pki_issue(pki,
			       &(struct pki_wish){.what = PKI_SERVER, .names = names, .n_names = 3},
			       where, sizeof where, &err),
		     OK, "%s", err.text);
	expect_code(where, "server.pem", X509_PURPOSE_SSL_SERVER, X509_V_OK);
	expect_code(where, "server.pem", X509_PURPOSE_SSL_CLIENT, X509_V_ERR_INVALID_PURPOSE);
	cert = read_cert(where, "server.pem");
	cr_expect_eq(X509_check_host(cert, names[0], 0, 0, NULL), 1);
	cr_expect_eq(X509_check_ip_asc(cert, names[1], 0), 1);
	cr_expect_eq(X509_check_ip_asc(cert, names[2], 0), 1);
	cr_expect_eq(X509_check_host(cert, "other.example", 0, 0, NULL), 0);
	X509_free(cert);
	cr_expect_eq(mode_of(where, "server.key"), 0600);
	mode_of(where, "ca.pem");
	mode_of(where, "crl.pem");
}

Test(pki, puts_a_persons_into_a_p12_that_takes_its_passphrase)
{
	char path[1200];
	PKCS12 *p12;
	EVP_PKEY *key = NULL;
	X509 *cert = NULL;
	STACK_OF(X509) *with = NULL;
	FILE *f;

	cr_assert_eq(give(PKI_PERSON, "rita", "secret"), OK, "%s", err.text);
	snprintf(path, sizeof path, "%s/rita.p12", where);
	f = fopen(path, "r");
	p12 = d2i_PKCS12_fp(f, NULL);
	fclose(f);
	cr_assert_not_null(p12);
	cr_expect_eq(PKCS12_parse(p12, "wrong", &key, &cert, &with), 0);
	cr_assert_eq(PKCS12_parse(p12, "secret", &key, &cert, &with), 1);
	cr_expect_eq(X509_check_private_key(cert, key), 1);
	cr_expect_eq(sk_X509_num(with), 1, "its issuer");
	PKCS12_free(p12);
	EVP_PKEY_free(key);
	X509_free(cert);
	sk_X509_pop_free(with, X509_free);
}

Test(pki, vouches_for_a_key_that_stays_where_it_is)
{
	EVP_PKEY *key = EVP_EC_gen("prime256v1");
	X509_REQ *request = X509_REQ_new();
	const char *name = "xray-9";
	char path[1200];
	X509 *cert;
	FILE *f;

	snprintf(path, sizeof path, "%s/request", dir);
	X509_REQ_set_pubkey(request, key);
	X509_REQ_sign(request, key, EVP_sha256());
	f = fopen(path, "w");
	PEM_write_X509_REQ(f, request);
	fclose(f);
	cr_assert_eq(
	    pki_issue(pki,
		      &(struct pki_wish){
			  .what = PKI_DEVICE, .names = &name, .n_names = 1, .request = path},
		      where, sizeof where, &err),
	    OK, "%s", err.text);
	cert = read_cert(where, "client.pem");
	cr_expect_eq(X509_check_private_key(cert, key), 1);
	snprintf(path, sizeof path, "%s/client.key", where);
	cr_expect_neq(access(path, F_OK), 0, "it has no key of it");
	X509_free(cert);
	/* One whose key did not sign it. */
	snprintf(path, sizeof path, "%s/request", dir);
	EVP_PKEY_free(key);
	key = EVP_EC_gen("prime256v1");
	X509_REQ_set_pubkey(request, key);
	f = fopen(path, "w");
	PEM_write_X509_REQ(f, request);
	fclose(f);
	cr_expect_eq(
	    pki_issue(pki,
		      &(struct pki_wish){
			  .what = PKI_DEVICE, .names = &name, .n_names = 1, .request = path},
		      where, sizeof where, &err),
	    REJ_MALFORMED);
	X509_REQ_free(request);
	EVP_PKEY_free(key);
}

static bool
is_same(const char *a, const char *b, const char *file)
{
	char path[1200];
	char bytes[2][4096];
	size_t n[2];
	FILE *f;

	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof path, "%s/%s", i == 0 ? a : b, file);
		f = fopen(path, "r");
		cr_assert_not_null(f, "%s", path);
		n[i] = fread(bytes[i], 1, sizeof bytes[i], f);
		fclose(f);
	}
	return n[0] == n[1] && memcmp(bytes[0], bytes[1], n[0]) == 0;
}

Test(pki, revokes_what_a_name_has_and_goes_on_from_the_files)
{
	struct pki_issued *all;
	size_t n;

	cr_assert_eq(give(PKI_DEVICE, "a", NULL), OK);
	cr_assert_eq(give(PKI_DEVICE, "b", NULL), OK);
	cr_assert_eq(give(PKI_SERVER, "localhost", NULL), OK);
	cr_assert_eq(pki_revoke(pki, PKI_DEVICE, "a", &n, &err), OK, "%s", err.text);
	cr_expect_eq(n, 1);
	pki_close(pki);
	cr_assert_eq(pki_open(folder, &pki, &err), OK, "%s", err.text);
	cr_assert_eq(give(PKI_DEVICE, "a", NULL), OK, "a new one of the same name");
	expect_code(where, "client.pem", X509_PURPOSE_SSL_CLIENT, X509_V_OK);
	cr_assert_eq(pki_list(pki, &all, &n, &err), OK);
	cr_assert_eq(n, 4);
	for (size_t i = 0, revoked = 0; i < n; i++) {
		revoked += all[i].revoked_at != 0;
		if (all[i].revoked_at != 0)
			cr_expect_str_eq(all[i].name, "a");
		if (i == n - 1)
			cr_expect_eq(revoked, 1);
	}
	/* By its number. */
	cr_assert_eq(pki_revoke(pki, PKI_FORS, all[0].serial, &n, &err),
		     all[0].revoked_at == 0 ? OK : REJ_NOT_FOUND);
	free(all);
	cr_expect_eq(pki_revoke(pki, PKI_DEVICE, "nobody", &n, &err), REJ_NOT_FOUND);
	/* semsd's folder has the same list. */
	snprintf(where, sizeof where, "%s/server", folder);
	cr_expect(is_same(folder, where, "crl.pem"));
}

Test(pki, refuses_names_that_are_none)
{
	char longest[PKI_NAME_MAX + 2] = "";
	const char *bad[] = {"", ".", "..", "a/b", "a b", "a,DNS:x", "\xc3\xa4", longest};

	memset(longest, 'x', PKI_NAME_MAX + 1);
	for (size_t i = 0; i < COUNT(bad); i++)
		for (enum pki_for f = PKI_SERVER; f < PKI_FORS; f++)
			cr_expect_eq(give(f, bad[i], NULL), REJ_FIELD, "%s", bad[i]);
}

Test(pki, makes_no_second_issuer_in_its_place)
{
	cr_expect_eq(pki_make(folder, "Another", &err), REJ_STATE);
	cr_expect_not_null(strstr(err.text, folder));
}

Test(pki, tells_files_that_do_not_belong_together)
{
	char other[TEMP_SIZE + 16];
	char path[TEMP_SIZE + 32];
	struct pki *p;

	snprintf(other, sizeof other, "%s/other", dir);
	cr_assert_eq(pki_make(other, "Another", &err), OK);
	snprintf(where, sizeof where, "%s/ca.key", other);
	snprintf(path, sizeof path, "%s/ca.key", folder);
	cr_assert_eq(rename(where, path), 0);
	cr_expect_eq(pki_open(folder, &p, &err), REJ_MALFORMED);
	cr_expect_null(p);
	cr_expect_eq(pki_open("/nowhere", &p, &err), REJ_NOT_FOUND);
}
