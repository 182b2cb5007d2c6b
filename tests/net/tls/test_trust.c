#include "base/count.h"
#include "net/tls/trust.h"
#include "tests/net/tls/issuer.h"

#include <criterion/criterion.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static struct set set;
static struct trust *trust;
static struct err err;

static void
set_up(void)
{
	set = set_new();
}

static void
tear_down(void)
{
	trust_free(trust);
	set_fini(&set);
}

TestSuite(trust, .init = set_up, .fini = tear_down);

static void
load(void)
{
	cr_assert_eq(trust_load(set.dir, &trust, &err), OK, "%s", err.text);
}

/* --- who comes -------------------------------------------------------------------------------- */

/* Both ends in memory, each in turn, until neither moves. True: the server let it in. */
static bool
meet(SSL *server, SSL *client)
{
	BIO *a;
	BIO *b;

	BIO_new_bio_pair(&a, 0, &b, 0);
	SSL_set_bio(server, a, a);
	SSL_set_bio(client, b, b);
	SSL_set_accept_state(server);
	SSL_set_connect_state(client);
	for (int i = 0; i < 10; i++) {
		SSL_do_handshake(client);
		SSL_do_handshake(server);
	}
	ERR_clear_error();
	return SSL_is_init_finished(server) == 1;
}

static enum bad_certificate
try(const struct issued *own, X509 *intermediate, bool *is_in)
{
	SSL_CTX *ctx = client_ctx(&set, own, intermediate);
	SSL *server = trust_accept(trust);
	SSL *client = SSL_new(ctx);
	const X509 *cert;
	enum bad_certificate bad;

	*is_in = meet(server, client);
	bad = trust_refused(server, &cert);
	cr_expect_eq(cert != NULL, bad != CERTIFICATE_GOOD, "who is refused is named");
	SSL_free(server);
	SSL_free(client);
	SSL_CTX_free(ctx);
	return bad;
}

#define MACHINE .san = MACHINE_SAN, .eku = "clientAuth"

Test(trust, lets_in_who_shows_a_good_certificate)
{
	struct issued one = issue(&set.root, &(struct wish){MACHINE});
	bool is_in;

	load();
	cr_expect_eq(try(&one, NULL, &is_in), CERTIFICATE_GOOD);
	cr_expect(is_in);
	issued_fini(&one);
}

Test(trust, refuses_every_kind_of_bad_certificate_by_its_name)
{
	struct issued other = issue_root();
	struct issued between = issue(&set.root, &(struct wish){.is_ca = true});
	const struct {
		const char *what;
		const struct issued *by;
		struct wish wish;
		enum bad_certificate bad;
	} cases[] = {
	    {"expired", &set.root, {MACHINE, .until_s = -60}, CERTIFICATE_EXPIRED},
	    {"not yet valid", &set.root, {MACHINE, .from_s = 3600}, CERTIFICATE_EARLY},
	    {"of another issuer", &other, {MACHINE}, CERTIFICATE_UNKNOWN_ISSUER},
	    {"self-signed", NULL, {MACHINE}, CERTIFICATE_SELF_SIGNED},
	    {"nameless", &set.root, {.eku = "clientAuth"}, CERTIFICATE_NAMELESS},
	    {"of another name", &set.root, {.san = "DNS:x", .eku = "clientAuth"}, CERTIFICATE_NAME},
	    {"a server's",
	     &set.root,
	     {.san = MACHINE_SAN, .eku = "serverAuth"},
	     CERTIFICATE_PURPOSE},
	    {"weak", &set.root, {MACHINE, .rsa_bits = 1024}, CERTIFICATE_WEAK},
	    {"an issuer's", &set.root, {MACHINE, .is_ca = true}, CERTIFICATE_AUTHORITY},
	    {"without its intermediate", &between, {MACHINE}, CERTIFICATE_UNKNOWN_ISSUER},
	    {"altered", &set.root, {MACHINE, .is_altered = true}, CERTIFICATE_ALTERED},
	};

	set_remove(&set, "crl.pem"); /* of the one between there is none */
	load();
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct issued one = issue(cases[i].by, &cases[i].wish);
		bool is_in;

		cr_expect_eq(try(&one, NULL, &is_in), cases[i].bad, "%s", cases[i].what);
		cr_expect_not(is_in, "%s", cases[i].what);
		cr_expect_eq(trust_judge(trust, one.cert, NULL), cases[i].bad, "%s later",
			     cases[i].what);
		issued_fini(&one);
	}
	issued_fini(&other);
	issued_fini(&between);
}

Test(trust, refuses_the_revoked)
{
	struct issued one = issue(&set.root, &(struct wish){MACHINE});
	struct issued another = issue(&set.root, &(struct wish){MACHINE});
	bool is_in;

	set_put_list(&set, issue_list(&set.root, one.cert, 86400));
	load();
	cr_expect_eq(try(&one, NULL, &is_in), CERTIFICATE_REVOKED);
	cr_expect_not(is_in);
	cr_expect_eq(try(&another, NULL, &is_in), CERTIFICATE_GOOD);
	issued_fini(&one);
	issued_fini(&another);
}

Test(trust, goes_on_with_a_list_that_should_have_been_replaced)
{
	struct issued one = issue(&set.root, &(struct wish){MACHINE});
	struct issued another = issue(&set.root, &(struct wish){MACHINE});
	bool is_in;

	set_put_list(&set, issue_list(&set.root, one.cert, -60));
	load();
	cr_expect_eq(try(&one, NULL, &is_in), CERTIFICATE_REVOKED, "it still says what it says");
	cr_expect_eq(try(&another, NULL, &is_in), CERTIFICATE_GOOD, "and shuts nobody else out");
	cr_expect_neq(trust_end(trust, TRUST_REVOKED).v, 0, "and is told");
	issued_fini(&one);
	issued_fini(&another);
}

Test(trust, takes_who_brings_the_certificate_between)
{
	struct issued between = issue(&set.root, &(struct wish){.is_ca = true});
	struct issued one = issue(&between, &(struct wish){MACHINE});
	bool is_in;

	set_remove(&set, "crl.pem");
	load();
	cr_expect_eq(try(&one, between.cert, &is_in), CERTIFICATE_GOOD);
	cr_expect(is_in);
	issued_fini(&between);
	issued_fini(&one);
}

Test(trust, asks_for_a_certificate_and_for_tls_1_3)
{
	struct issued one = issue(&set.root, &(struct wish){MACHINE});
	SSL_CTX *ctx = client_ctx(&set, &one, NULL);
	SSL *server;
	SSL *client;
	bool is_in;

	load();
	SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION);
	server = trust_accept(trust);
	client = SSL_new(ctx);
	cr_expect_not(meet(server, client), "TLS 1.2");
	SSL_free(server);
	SSL_free(client);
	SSL_CTX_free(ctx);
	ctx = client_ctx(&set, NULL, NULL);
	server = trust_accept(trust);
	client = SSL_new(ctx);
	is_in = meet(server, client);
	cr_expect_not(is_in, "no certificate");
	SSL_free(server);
	SSL_free(client);
	SSL_CTX_free(ctx);
	issued_fini(&one);
}

/* What was trusted by the set before is not by this one. */
Test(trust, of_another_set_is_its_own)
{
	struct issued one = issue(&set.root, &(struct wish){MACHINE});
	struct issued other = issue_root();
	struct trust *next;

	load();
	set_put_certificate(&set, "ca.pem", other.cert);
	set_put_list(&set, issue_list(&other, NULL, 86400));
	cr_assert_eq(trust_load(set.dir, &next, &err), OK, "%s", err.text);
	cr_expect_eq(trust_judge(trust, one.cert, NULL), CERTIFICATE_GOOD);
	cr_expect_eq(trust_judge(next, one.cert, NULL), CERTIFICATE_UNKNOWN_ISSUER);
	trust_free(next);
	issued_fini(&one);
	issued_fini(&other);
}

/* --- the files -------------------------------------------------------------------------------- */

static void
expect_fault(const char *what, const char *file)
{
	struct trust *none = trust;

	cr_expect_eq(trust_load(set.dir, &none, &err), FATAL_CONFIG, "%s", what);
	cr_expect_null(none, "%s", what);
	cr_expect_not_null(strstr(err.text, file), "%s: %s", what, err.text);
}

Test(trust, names_the_file_that_is_missing)
{
	static const char *const files[] = {"server.pem", "server.key", "ca.pem"};

	for (size_t i = 0; i < COUNT(files); i++) {
		set_remove(&set, files[i]);
		expect_fault("missing", files[i]);
		set_fini(&set);
		set = set_new();
	}
}

Test(trust, names_the_file_that_is_broken)
{
	static const char *const files[] = {"server.pem", "server.key", "ca.pem", "crl.pem"};
	static const char *const bytes[] = {
	    "", "nonsense\n", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
	    "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n",
	    "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"};

	for (size_t i = 0; i < COUNT(files); i++)
		for (size_t k = 0; k < COUNT(bytes); k++) {
			set_put(&set, files[i], bytes[k], strlen(bytes[k]));
			expect_fault(bytes[k], files[i]);
			set_fini(&set);
			set = set_new();
		}
}

Test(trust, refuses_a_key_that_is_not_its_own)
{
	struct issued other = issue_root();

	set_put_key(&set, "server.key", other.key);
	expect_fault("another's key", "server.key: it is not the key of server.pem");
	issued_fini(&other);
}

Test(trust, refuses_a_key_that_others_may_read)
{
	char path[128];

	snprintf(path, sizeof path, "%s/server.key", set.dir);
	chmod(path, 0644);
	expect_fault("mode", "server.key: others may read it");
	chmod(path, 0640);
	load();
}

Test(trust, refuses_a_key_with_a_passphrase)
{
	char secret[] = "secret";
	BIO *bio = BIO_new(BIO_s_mem());
	char *bytes;
	long n;

	PEM_write_bio_PrivateKey(bio, set.server.key, EVP_aes_128_cbc(), NULL, 0, NULL, secret);
	n = BIO_get_mem_data(bio, &bytes);
	set_put(&set, "server.key", bytes, (size_t)n);
	BIO_free(bio);
	expect_fault("passphrase", "server.key: it has a passphrase");
}

Test(trust, refuses_a_certificate_of_its_own_that_is_for_clients)
{
	struct issued own =
	    issue(&set.root, &(struct wish){.san = "IP:127.0.0.1", .eku = "clientAuth"});

	set_put_certificate(&set, "server.pem", own.cert);
	set_put_key(&set, "server.key", own.key);
	expect_fault("for clients", "server.pem: it is not one for servers");
	issued_fini(&own);
}

Test(trust, refuses_an_issuer_that_is_none)
{
	set_put_certificate(&set, "ca.pem", set.server.cert);
	expect_fault("no issuer", "ca.pem: a certificate in it may not sign others");
}

Test(trust, refuses_a_list_of_somebody_else_and_the_lack_of_one)
{
	struct issued other = issue_root();
	BIO *bio = BIO_new(BIO_s_mem());
	char *bytes;
	long n;

	set_put_list(&set, issue_list(&other, NULL, 86400));
	expect_fault("another's list", "crl.pem: a list in it was made by nobody in ca.pem");
	set_put_list(&set, issue_list(&set.root, NULL, 86400));
	PEM_write_bio_X509(bio, set.root.cert);
	PEM_write_bio_X509(bio, other.cert);
	n = BIO_get_mem_data(bio, &bytes);
	set_put(&set, "ca.pem", bytes, (size_t)n);
	BIO_free(bio);
	expect_fault("an issuer without a list", "crl.pem: an issuer in ca.pem has no list in it");
	issued_fini(&other);
}

Test(trust, tells_when_each_file_ends)
{
	load();
	cr_expect_gt(trust_end(trust, TRUST_CERTIFICATE).v, 0);
	cr_expect_gt(trust_end(trust, TRUST_ISSUERS).v, 0);
	cr_expect_gt(trust_end(trust, TRUST_REVOKED).v, 0);
	cr_expect_eq(trust_end(trust, TRUST_KEY).v, 0);
}

Test(trust, says_which_folder_is_not_there)
{
	struct trust *none;

	cr_expect_eq(trust_load("/nowhere/tls", &none, &err), FATAL_CONFIG);
	cr_expect_not_null(strstr(err.text, "/nowhere/tls"));
}
