#include "web/desk/signature.h"

#include "base/count.h"
#include "base/digest.h"
#include "web/json/base64.h"

#include <inttypes.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIGNED_SIZE 512
#define DER_SIZE    80 /* of two numbers of 32 bytes */

/* --- reading ---------------------------------------------------------------------------------- */

static bool
read_key_id(struct text t, struct signed_by *out)
{
	unsigned char bytes[(KEY_ID_SIZE - 1) / 2];

	if (t.n != KEY_ID_SIZE - 1 || !hex_decode(t, bytes, sizeof bytes))
		return false;
	memcpy(out->key_id, t.s, t.n);
	out->key_id[t.n] = '\0';
	return true;
}

static bool
read_time(struct text t, struct signed_by *out)
{
	out->time_ms = 0;
	for (size_t i = 0; i < t.n; i++) {
		if (t.s[i] < '0' || t.s[i] > '9')
			return false;
		out->time_ms = out->time_ms * 10 + (t.s[i] - '0');
	}
	return t.n > 0;
}

static bool
read_signature(struct text t, struct signed_by *out)
{
	unsigned char bytes[BASE64_SIZE(SIGNATURE_SIZE)];
	size_t n = 0;

	if (t.n >= sizeof bytes || !base64_decode(t, bytes, &n) || n != SIGNATURE_SIZE)
		return false;
	memcpy(out->signature, bytes, n);
	return true;
}

static const struct {
	const char *name;
	size_t most; /* bytes of the value */
	bool (*read)(struct text t, struct signed_by *out);
} parts[] = {
    {"keyId=", KEY_ID_SIZE - 1, read_key_id},
    {"time=", 15, read_time},
    {"signature=", BASE64_SIZE(SIGNATURE_SIZE), read_signature},
};

bool
signature_read(const char *given, struct signed_by *out)
{
	unsigned seen = 0;

	for (const char *at = given; *at != '\0';) {
		size_t i = 0, n;

		while (i < COUNT(parts) && strncmp(at, parts[i].name, strlen(parts[i].name)) != 0)
			i++;
		if (i == COUNT(parts) || (seen & 1u << i) != 0)
			return false;
		at += strlen(parts[i].name);
		n = strcspn(at, ", ");
		if (n > parts[i].most || !parts[i].read((struct text){at, n}, out))
			return false;
		seen |= 1u << i;
		at += n;
		at += strspn(at, ", ");
	}
	return seen == (1u << COUNT(parts)) - 1;
}

/* --- checking --------------------------------------------------------------------------------- */

/* NULL: no point of the curve, or no memory. */
static EVP_PKEY *
key_of(const unsigned char point[POINT_SIZE])
{
	char group[] = "prime256v1";
	unsigned char copy[POINT_SIZE];
	OSSL_PARAM params[] = {
	    OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
	    OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, copy, sizeof copy),
	    OSSL_PARAM_construct_end()};
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *key = NULL;

	memcpy(copy, point, sizeof copy);
	if (c != NULL && EVP_PKEY_fromdata_init(c) == 1 &&
	    EVP_PKEY_fromdata(c, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(c);
	return key;
}

bool
signature_is_point(const unsigned char point[POINT_SIZE])
{
	EVP_PKEY *key = point[0] == 4 ? key_of(point) : NULL;
	EVP_PKEY_CTX *c = key == NULL ? NULL : EVP_PKEY_CTX_new(key, NULL);
	bool good = c != NULL && EVP_PKEY_public_check(c) == 1;

	EVP_PKEY_CTX_free(c);
	EVP_PKEY_free(key);
	return good;
}

/* Lines, so that no part can be taken for another: none of them has an end of line. */
static int
write_signed(char out[SIGNED_SIZE], const struct signed_by *by, const char *method,
	     const char *path, struct text body)
{
	unsigned char digest[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];
	int n;

	if (!sha256(body.s, body.n, digest))
		return 0;
	hex_encode(digest, sizeof digest, hex);
	n = snprintf(out, SIGNED_SIZE, "sems1\n%s\n%" PRId64 "\n%s\n%s\n%s", by->key_id,
		     by->time_ms, method, path, hex);
	return n < 0 || n >= SIGNED_SIZE ? 0 : n;
}

/* OpenSSL wants the two numbers as ASN.1. */
static int
write_der(const unsigned char signature[SIGNATURE_SIZE], unsigned char out[DER_SIZE])
{
	ECDSA_SIG *s = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(signature, SIGNATURE_SIZE / 2, NULL);
	BIGNUM *v = BN_bin2bn(signature + SIGNATURE_SIZE / 2, SIGNATURE_SIZE / 2, NULL);
	unsigned char *at = out;
	int n = 0;

	if (s != NULL && r != NULL && v != NULL && ECDSA_SIG_set0(s, r, v) == 1) {
		r = v = NULL;
		n = i2d_ECDSA_SIG(s, &at);
	}
	BN_free(r);
	BN_free(v);
	ECDSA_SIG_free(s);
	return n;
}

bool
signature_is_of(const unsigned char point[POINT_SIZE], const struct signed_by *by,
		const char *method, const char *path, struct text body)
{
	char text[SIGNED_SIZE];
	unsigned char der[DER_SIZE];
	int n = write_signed(text, by, method, path, body);
	int der_n = write_der(by->signature, der);
	EVP_PKEY *key = key_of(point);
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	bool good =
	    n > 0 && der_n > 0 && key != NULL && c != NULL &&
	    EVP_DigestVerifyInit(c, NULL, EVP_sha256(), NULL, key) == 1 &&
	    EVP_DigestVerify(c, der, (size_t)der_n, (const unsigned char *)text, (size_t)n) == 1;

	EVP_MD_CTX_free(c);
	EVP_PKEY_free(key);
	return good;
}
