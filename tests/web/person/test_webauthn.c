/* A device as a browser would have it: what it makes and signs, and each thing that may be wrong.
 */
#include "base/count.h"
#include "web/json/base64.h"
#include "web/person/webauthn.h"

#include <criterion/criterion.h>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <string.h>

#define DATA_MAX 512

static const struct origin site = {"https://sems.example", "sems.example"};
static const unsigned char challenge[CHALLENGE_SIZE] = "what is asked for, in 32 bytes..";

static struct {
	EVP_PKEY *key;
	char cose[300];
	size_t cose_size;
	char client[512];
	unsigned char data[DATA_MAX];
	size_t n;
	unsigned char signature[300];
	size_t signature_size;
} device;

static void
put_cose(const void *p, size_t n)
{
	memcpy(device.cose + device.cose_size, p, n);
	device.cose_size += n;
}

static void
open_device(void)
{
	unsigned char point[65];
	size_t n = 0;

	device.key = EVP_EC_gen("prime256v1");
	cr_assert(EVP_PKEY_get_octet_string_param(device.key, "pub", point, sizeof point, &n) == 1);
	device.cose_size = 0;
	put_cose("\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20", 10);
	put_cose(point + 1, 32);
	put_cose("\x22\x58\x20", 3);
	put_cose(point + 33, 32);
}

/* In place of that, a key of another sort. */
static void
open_eddsa(void)
{
	unsigned char x[32];
	size_t n = sizeof x;

	EVP_PKEY_free(device.key);
	device.key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	cr_assert(EVP_PKEY_get_raw_public_key(device.key, x, &n) == 1);
	device.cose_size = 0;
	put_cose("\xa4\x01\x01\x03\x27\x20\x06\x21\x58\x20", 10);
	put_cose(x, sizeof x);
}

static void
open_rs256(void)
{
	unsigned char modulus[256];
	BIGNUM *n = NULL;

	EVP_PKEY_free(device.key);
	device.key = EVP_RSA_gen(2048);
	cr_assert(EVP_PKEY_get_bn_param(device.key, "n", &n) == 1);
	cr_assert_eq(BN_bn2binpad(n, modulus, sizeof modulus), sizeof modulus);
	BN_free(n);
	device.cose_size = 0;
	put_cose("\xa4\x01\x03\x03\x39\x01\x00\x20\x59\x01\x00", 11);
	put_cose(modulus, sizeof modulus);
	put_cose("\x21\x43\x01\x00\x01", 5);
}

static void
close_device(void)
{
	EVP_PKEY_free(device.key);
}

TestSuite(webauthn, .init = open_device, .fini = close_device);

/* The browser's part, as rows of it say. */
static void
say_client(const char *type, const char *asked, const char *origin, const char *more)
{
	char encoded[BASE64_SIZE(CHALLENGE_SIZE)];

	base64_encode((const unsigned char *)asked, CHALLENGE_SIZE, encoded);
	snprintf(device.client, sizeof device.client,
		 "{\"type\":\"%s\",\"challenge\":\"%s\",\"origin\":\"%s\"%s}", type, encoded,
		 origin, more);
}

static void
put_head(const char *rp_id, unsigned flags, uint32_t count)
{
	sha256(rp_id, strlen(rp_id), device.data);
	device.data[32] = (unsigned char)flags;
	for (int i = 0; i < 4; i++)
		device.data[33 + i] = (unsigned char)(count >> (24 - 8 * i));
	device.n = 37;
}

static void
put_key(void)
{
	memset(device.data + 37, 0, 16);
	memcpy(device.data + 53, "\0\5id-01", 7);
	memcpy(device.data + 60, device.cose, device.cose_size);
	device.n = 60 + device.cose_size;
}

static void
sign(void)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char all[DATA_MAX + SHA256_SIZE];

	memcpy(all, device.data, device.n);
	sha256(device.client, strlen(device.client), all + device.n);
	device.signature_size = sizeof device.signature;
	cr_assert(EVP_DigestSignInit(ctx, NULL,
				     EVP_PKEY_is_a(device.key, "ED25519") ? NULL : EVP_sha256(),
				     NULL, device.key) == 1);
	cr_assert(EVP_DigestSign(ctx, device.signature, &device.signature_size, all,
				 device.n + SHA256_SIZE) == 1);
	EVP_MD_CTX_free(ctx);
}

static struct shown
shown(void)
{
	return (struct shown){.client = text_of(device.client),
			      .authdata = {(const char *)device.data, device.n},
			      .signature = {(const char *)device.signature, device.signature_size}};
}

static const char *
signed_by(uint32_t *count)
{
	const struct shown s = shown();

	return webauthn_signed(&s, &site, (struct text){device.cose, device.cose_size}, count);
}

static const char *
created(struct created *c)
{
	const struct shown s = shown();

	return webauthn_created(&s, &site, c);
}

Test(webauthn, the_browser_says_for_what_for_whom_and_where)
{
	static const char other[CHALLENGE_SIZE] = "what somebody else was asked....";
	static const struct {
		const char *type, *asked, *origin, *more;
		bool good;
	} rows[] = {
	    {"webauthn.get", (const char *)challenge, "https://sems.example", "", true},
	    {"webauthn.get", (const char *)challenge, "https://sems.example",
	     ",\"crossOrigin\":false", true},
	    {"webauthn.create", (const char *)challenge, "https://sems.example", "", false},
	    {"webauthn.get", other, "https://sems.example", "", false},
	    {"webauthn.get", (const char *)challenge, "https://sems.example:8443", "", false},
	    {"webauthn.get", (const char *)challenge, "https://sems.example.org", "", false},
	    {"webauthn.get", (const char *)challenge, "http://sems.example", "", false},
	    {"webauthn.get", (const char *)challenge, "https://sems.example",
	     ",\"crossOrigin\":true", false},
	    {"webauthn.get", (const char *)challenge, "https://sems.example",
	     ",\"type\":\"webauthn.get\"", false},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct shown s;

		say_client(rows[i].type, rows[i].asked, rows[i].origin, rows[i].more);
		s = shown();
		cr_expect_eq(webauthn_client(&s, "webauthn.get", challenge, &site) == NULL,
			     rows[i].good, "row %zu", i);
	}
}

Test(webauthn, a_new_passkey_is_read_whole)
{
	struct created c;
	const char *wrong;

	put_head(site.rp_id, 0x45, 7);
	put_key();
	wrong = created(&c);
	cr_assert_null(wrong, "%s", wrong);
	cr_expect(text_is(c.credential_id, "id-01"));
	cr_expect(text_eq(c.public_key, (struct text){device.cose, device.cose_size}));
	cr_expect_eq(c.count, 7);
	for (size_t n = 0; n < 60 + device.cose_size; n++) {
		device.n = n;
		cr_expect_not_null(created(&c), "cut at %zu", n);
	}
	put_key();
	device.n++;
	cr_expect_not_null(created(&c), "something is behind it");
	device.data[32] |= 0x80;
	cr_expect_null(created(&c), "but extensions may be");
	cr_expect_eq(c.public_key.n, device.cose_size);
}

Test(webauthn, a_new_passkey_is_refused_for_each_thing_that_is_wrong)
{
	static const struct {
		const char *rp_id;
		unsigned flags;
	} rows[] = {{"sems.example.org", 0x45},
		    {"sems.example", 0x44},
		    {"sems.example", 0x41},
		    {"sems.example", 0x05}};
	struct created c;

	for (size_t i = 0; i < COUNT(rows); i++) {
		put_head(rows[i].rp_id, rows[i].flags, 0);
		put_key();
		cr_expect_not_null(created(&c), "row %zu", i);
	}
	put_head(site.rp_id, 0x45, 0);
	put_key();
	device.data[60 + 45] ^= 1;
	cr_expect_not_null(created(&c), "its key is no point of the curve");
	put_key();
	memcpy(device.data + 53, "\0\0", 2);
	cr_expect_not_null(created(&c), "it has no id");
}

Test(webauthn, a_signature_is_of_this_key_for_this_site_and_person)
{
	uint32_t count = 0;
	const char *wrong;

	say_client("webauthn.get", (const char *)challenge, site.text, "");
	put_head(site.rp_id, 0x05, 0x01020304);
	sign();
	wrong = signed_by(&count);
	cr_expect_null(wrong, "%s", wrong);
	cr_expect_eq(count, 0x01020304);
	device.signature[20] ^= 1;
	cr_expect_not_null(signed_by(&count));
	sign();
	device.client[10] ^= 1;
	cr_expect_not_null(signed_by(&count), "what the browser said was changed");
	device.client[10] ^= 1;
	device.data[36] ^= 1;
	cr_expect_not_null(signed_by(&count), "what the device said was changed");
	device.data[36] ^= 1;
	cr_expect_null(signed_by(&count));
	device.cose[20] ^= 1;
	cr_expect_not_null(signed_by(&count), "by another key");
	device.cose[20] ^= 1;
	device.signature_size = 0;
	cr_expect_not_null(signed_by(&count));
}

/* P-1402 */
Test(webauthn, keys_of_the_other_sorts_are_made_and_sign)
{
	void (*const sorts[])(void) = {open_eddsa, open_rs256};
	struct created c;
	uint32_t count = 0;

	for (size_t i = 0; i < COUNT(sorts); i++) {
		const char *wrong;

		sorts[i]();
		put_head(site.rp_id, 0x45, 0);
		put_key();
		wrong = created(&c);
		cr_expect_null(wrong, "%zu: %s", i, wrong);
		cr_expect_eq(c.public_key.n, device.cose_size);
		say_client("webauthn.get", (const char *)challenge, site.text, "");
		put_head(site.rp_id, 0x05, 9);
		sign();
		wrong = signed_by(&count);
		cr_expect_null(wrong, "%zu: %s", i, wrong);
		cr_expect_eq(count, 9);
		device.signature[0] ^= 1;
		cr_expect_not_null(signed_by(&count));
	}
}

/* P-1404: rightly signed, and yet of no use. */
Test(webauthn, a_signature_takes_the_person_to_be_there_and_known)
{
	static const struct {
		const char *rp_id;
		unsigned flags;
		bool good;
	} rows[] = {{"sems.example", 0x05, true},
		    {"sems.example", 0x1d, true},
		    {"sems.example", 0x04, false},
		    {"sems.example", 0x01, false},
		    {"other.example", 0x05, false}};
	uint32_t count;

	say_client("webauthn.get", (const char *)challenge, site.text, "");
	for (size_t i = 0; i < COUNT(rows); i++) {
		put_head(rows[i].rp_id, rows[i].flags, 1);
		sign();
		cr_expect_eq(signed_by(&count) == NULL, rows[i].good, "row %zu", i);
	}
}

Test(webauthn, a_persons_number_is_always_the_same_and_nobody_elses)
{
	unsigned char a[SHA256_SIZE], b[SHA256_SIZE], again[SHA256_SIZE];

	cr_assert(webauthn_user("web:rita", a) && webauthn_user("web:max", b) &&
		  webauthn_user("web:rita", again));
	cr_expect_arr_eq(a, again, sizeof a);
	cr_expect_arr_neq(a, b, sizeof a);
}
