#include "base/count.h"
#include "tests/lib/temp.h"
#include "tests/web/talk.h"

#include <criterion/criterion.h>
#include <event2/event.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void
tell(void *ctx, struct asked *a)
{
	(void)ctx;
	answer_give(a, &(struct answer){.status = 200,
					.body = text_of(asked_is_tls(a) ? "tls\n" : "plain\n")});
}

static const struct route routes[] = {{METHOD_GET, "/", tell}};

static char dir[TEMP_SIZE], certificate[200], key[200], other[200];

/* A key, and with a name a certificate of it that it signed itself. */
static void
make(const char *key_path, const char *certificate_path, const char *name)
{
	EVP_PKEY *k = EVP_EC_gen("prime256v1");
	X509 *x = X509_new();
	FILE *f = fopen(key_path, "w");

	cr_assert(f != NULL && PEM_write_PrivateKey(f, k, NULL, NULL, 0, NULL, NULL) == 1);
	fclose(f);
	if (certificate_path != NULL) {
		X509_gmtime_adj(X509_getm_notBefore(x), 0);
		X509_gmtime_adj(X509_getm_notAfter(x), 3600);
		X509_set_pubkey(x, k);
		X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
					   (const unsigned char *)name, -1, -1, 0);
		X509_set_issuer_name(x, X509_get_subject_name(x));
		cr_assert_gt(X509_sign(x, k, EVP_sha256()), 0);
		f = fopen(certificate_path, "w");
		cr_assert(f != NULL && PEM_write_X509(f, x) == 1);
		fclose(f);
	}
	X509_free(x);
	EVP_PKEY_free(k);
}

static void
make_files(const char *name)
{
	temp_dir(dir);
	snprintf(certificate, sizeof certificate, "%s/c.pem", dir);
	snprintf(key, sizeof key, "%s/k.pem", dir);
	snprintf(other, sizeof other, "%s/other.pem", dir);
	make(key, certificate, name);
	make(other, NULL, NULL);
}

static struct event_base *base;
static struct httpd server;
static int port;

static void
open_house(void)
{
	const struct httpd_config c = {
	    .routes = routes, .n_routes = COUNT(routes), .certificate = certificate, .key = key};

	base = event_base_new();
	port = talk_serve(&server, base, &c);
}

static void
close_house(void)
{
	talk_shut(&server, base);
	if (dir[0] != '\0')
		cr_expect(temp_remove(dir));
}

/* Asks with one version of TLS; what was answered is in told, who answered in name. False: hands
 * were not shaken. */
static bool
ask(int version, char *told, size_t size, char *name)
{
	SSL_CTX *c = SSL_CTX_new(TLS_client_method());
	SSL *s = SSL_new(c);
	struct talk t;
	bool shaken;
	size_t n = 0;

	signal(SIGPIPE, SIG_IGN);
	SSL_set_security_level(s, 0);
	SSL_set_min_proto_version(s, version);
	SSL_set_max_proto_version(s, version);
	talk_open(&t, base, "127.0.0.1", port);
	SSL_set_fd(s, t.fd);
	for (int i = 0;
	     i < 20000 && SSL_connect(s) != 1 && SSL_get_error(s, -1) == SSL_ERROR_WANT_READ; i++)
		talk_wait(base);
	shaken = SSL_is_init_finished(s) == 1;
	if (shaken) {
		X509 *x = SSL_get1_peer_certificate(s);

		X509_NAME_get_text_by_NID(X509_get_subject_name(x), NID_commonName, name, 32);
		X509_free(x);
		SSL_write(s, "GET / HTTP/1.1\r\n\r\n", 18);
		told[0] = '\0';
		for (int i = 0; i < 20000 && strstr(told, "tls\n") == NULL; i++) {
			size_t more = 0;

			talk_wait(base);
			n += SSL_read_ex(s, told + n, size - 1 - n, &more) == 1 ? more : 0;
			told[n] = '\0';
		}
	}
	SSL_free(s);
	SSL_CTX_free(c);
	talk_close(&t);
	return shaken;
}

Test(httpd, speaks_tls_of_two_versions_and_no_older)
{
	char told[4096], name[32];

	make_files("one");
	open_house();
	cr_expect(ask(TLS1_3_VERSION, told, sizeof told, name));
	cr_expect_not_null(strstr(told, "\r\n\r\ntls\n"), "%s", told);
	cr_expect_not_null(strstr(told, "Strict-Transport-Security: max-age=31536000\r\n"));
	cr_expect(ask(TLS1_2_VERSION, told, sizeof told, name));
	cr_expect_not(ask(TLS1_1_VERSION, told, sizeof told, name));
	close_house();
}

/* Nobody is served in plain where there is a certificate. */
Test(httpd, serves_nobody_in_plain_beside_tls)
{
	struct talk t;

	make_files("one");
	open_house();
	talk_open(&t, base, "127.0.0.1", port);
	talk_say(&t, "GET / HTTP/1.1\r\n\r\n", 18);
	talk_until(&t, NULL);
	cr_expect(t.ended);
	cr_expect_null(strstr(t.heard, "200"), "%s", t.heard);
	talk_close(&t);
	close_house();
}

Test(httpd, takes_a_new_certificate_and_keeps_the_last_good_one)
{
	char told[4096], name[32];
	struct err e;

	make_files("one");
	open_house();
	make(key, certificate, "two");
	cr_assert(ask(TLS1_3_VERSION, told, sizeof told, name));
	cr_expect_str_eq(name, "one");
	cr_assert_eq(httpd_reload(&server, &e), OK);
	cr_assert(ask(TLS1_3_VERSION, told, sizeof told, name));
	cr_expect_str_eq(name, "two");
	cr_assert_eq(unlink(key), 0);
	cr_assert_eq(httpd_reload(&server, &e), FATAL_CONFIG);
	cr_expect_str_eq(e.where, key);
	cr_assert(ask(TLS1_3_VERSION, told, sizeof told, name));
	cr_expect_str_eq(name, "two");
	close_house();
}

Test(httpd, refuses_files_that_are_no_pair)
{
	struct httpd_config c = {.routes = routes, .n_routes = COUNT(routes)};
	struct err e;

	make_files("one");
	base = event_base_new();
	c.certificate = key;
	c.key = key;
	cr_expect_eq(httpd_open(&server, base, &c, &e), FATAL_CONFIG);
	httpd_close(&server);
	c.certificate = certificate;
	c.key = other;
	cr_expect_eq(httpd_open(&server, base, &c, &e), FATAL_CONFIG);
	cr_expect_str_eq(e.where, other);
	close_house();
}

Test(httpd, listens_in_plain_on_loopback_alone)
{
	static const struct {
		const char *where;
		enum code code;
		const char *says;
	} rows[] = {
	    {"127.0.0.1:0", OK, ""},
	    {"127.9.9.9:0", OK, ""},
	    {"[::1]:0", OK, ""},
	    {"0.0.0.0:0", FATAL_CONFIG, "is no loopback address"},
	    {"[::]:0", FATAL_CONFIG, "is no loopback address"},
	    {"192.0.2.1:80", FATAL_CONFIG, "is no loopback address"},
	    {"localhost:80", FATAL_CONFIG, "is no ADDRESS:PORT"},
	    {"127.0.0.1", FATAL_CONFIG, "is no ADDRESS:PORT"},
	    {":80", FATAL_CONFIG, "is no ADDRESS:PORT"},
	    {"127.0.0.1:99999", FATAL_CONFIG, "is no ADDRESS:PORT"},
	};
	const struct httpd_config c = {.routes = routes, .n_routes = COUNT(routes)};
	struct err e = {.code = OK};

	base = event_base_new();
	cr_assert_eq(httpd_open(&server, base, &c, &e), OK);
	for (size_t i = 0; i < COUNT(rows); i++) {
		int got = 0;

		e.text[0] = '\0';
		cr_expect_eq(httpd_listen(&server, rows[i].where, &got, &e), rows[i].code, "%s: %s",
			     rows[i].where, e.text);
		cr_expect_eq(got != 0, rows[i].code == OK);
		cr_expect_not_null(strstr(e.text, rows[i].says), "%s", e.text);
	}
	while (server.n_bound < HTTPD_PLACES)
		cr_assert_eq(httpd_listen(&server, "127.0.0.1:0", &port, &e), OK);
	cr_expect_eq(httpd_listen(&server, "127.0.0.1:0", &port, &e), FATAL_CONFIG);
	httpd_stop_listening(&server);
	cr_expect_eq(server.n_bound, 0);
	close_house();
}
