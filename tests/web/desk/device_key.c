#include "tests/web/desk/device_key.h"

#include "base/digest.h"
#include "web/json/base64.h"

#include <criterion/criterion.h>

#include <inttypes.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <stdio.h>
#include <string.h>

void
device_key_make(struct device_key *k)
{
	size_t n = 0;

	k->key = EVP_EC_gen("prime256v1");
	cr_assert_not_null(k->key);
	cr_assert_eq(EVP_PKEY_get_octet_string_param(k->key, OSSL_PKEY_PARAM_PUB_KEY, k->point,
						     sizeof k->point, &n),
		     1);
	cr_assert_eq(n, POINT_SIZE);
}

void
device_key_free(struct device_key *k)
{
	EVP_PKEY_free(k->key);
}

void
device_key_sign(const struct device_key *k, const char *text, unsigned char out[SIGNATURE_SIZE])
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	unsigned char der[128];
	const unsigned char *at = der;
	size_t n = sizeof der;
	ECDSA_SIG *s;

	cr_assert_eq(EVP_DigestSignInit(c, NULL, EVP_sha256(), NULL, k->key), 1);
	cr_assert_eq(EVP_DigestSign(c, der, &n, (const unsigned char *)text, strlen(text)), 1);
	s = d2i_ECDSA_SIG(NULL, &at, (long)n);
	cr_assert_not_null(s);
	cr_assert_eq(BN_bn2binpad(ECDSA_SIG_get0_r(s), out, 32), 32);
	cr_assert_eq(BN_bn2binpad(ECDSA_SIG_get0_s(s), out + 32, 32), 32);
	ECDSA_SIG_free(s);
	EVP_MD_CTX_free(c);
}

void
device_key_header(const struct device_key *k, const char *key_id, int64_t time_ms, const char *path,
		  const char *body, char *out, size_t size)
{
	unsigned char digest[SHA256_SIZE], signature[SIGNATURE_SIZE];
	char hex[2 * SHA256_SIZE + 1], text[512], encoded[BASE64_SIZE(SIGNATURE_SIZE)];

	sha256(body, strlen(body), digest);
	hex_encode(digest, sizeof digest, hex);
	snprintf(text, sizeof text, "sems1\n%s\n%" PRId64 "\nPOST\n%s\n%s", key_id, time_ms, path,
		 hex);
	device_key_sign(k, text, signature);
	base64_encode(signature, sizeof signature, encoded);
	snprintf(out, size, "Authorization: SEMS keyId=%s, time=%" PRId64 ", signature=%s\r\n",
		 key_id, time_ms, encoded);
}
