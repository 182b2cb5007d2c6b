#include "base/digest.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <string.h>

#define NONCE_SIZE 12
#define TAG_SIZE   16

bool
sha256(const void *p, size_t n, unsigned char out[SHA256_SIZE])
{
	return EVP_Digest(p, n, out, NULL, EVP_sha256(), NULL) == 1;
}

bool
hmac_sha256(const unsigned char key[KEY_SIZE], const void *p, size_t n,
	    unsigned char out[SHA256_SIZE])
{
	return HMAC(EVP_sha256(), key, KEY_SIZE, p, n, out, NULL) != NULL;
}

bool
random_bytes(void *p, size_t n)
{
	return n <= INT_MAX && RAND_bytes(p, (int)n) == 1;
}

static bool
seal_with(EVP_CIPHER_CTX *c, const unsigned char *key, const void *p, size_t n, unsigned char *out)
{
	unsigned char *cipher = out + NONCE_SIZE;
	int len = 0;

	if (!random_bytes(out, NONCE_SIZE))
		return false;
	if (EVP_EncryptInit_ex(c, EVP_aes_256_gcm(), NULL, key, out) != 1)
		return false;
	if (n != 0 && EVP_EncryptUpdate(c, cipher, &len, p, (int)n) != 1)
		return false;
	if (EVP_EncryptFinal_ex(c, cipher + len, &len) != 1)
		return false;
	return EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, TAG_SIZE, cipher + n) == 1;
}

static bool
unseal_with(EVP_CIPHER_CTX *c, const unsigned char *key, const unsigned char *p, size_t n,
	    void *out)
{
	const unsigned char *cipher = p + NONCE_SIZE;
	size_t plain = n - SEAL_EXTRA;
	unsigned char tag[TAG_SIZE];
	unsigned char none[1];
	int len = 0;

	memcpy(tag, cipher + plain, sizeof tag);
	if (EVP_DecryptInit_ex(c, EVP_aes_256_gcm(), NULL, key, p) != 1)
		return false;
	if (plain != 0 && EVP_DecryptUpdate(c, out, &len, cipher, (int)plain) != 1)
		return false;
	if (EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, TAG_SIZE, tag) != 1)
		return false;
	return EVP_DecryptFinal_ex(c, none, &len) == 1;
}

bool
seal(const unsigned char key[KEY_SIZE], const void *p, size_t n, unsigned char *out)
{
	EVP_CIPHER_CTX *c;
	bool ok;

	if (n > INT_MAX)
		return false;
	c = EVP_CIPHER_CTX_new();
	ok = c != NULL && seal_with(c, key, p, n, out);
	EVP_CIPHER_CTX_free(c);
	return ok;
}

bool
unseal(const unsigned char key[KEY_SIZE], const unsigned char *p, size_t n, void *out)
{
	EVP_CIPHER_CTX *c;
	bool ok;

	if (n < SEAL_EXTRA || n - SEAL_EXTRA > INT_MAX)
		return false;
	c = EVP_CIPHER_CTX_new();
	ok = c != NULL && unseal_with(c, key, p, n, out);
	EVP_CIPHER_CTX_free(c);
	/* Nobody may use bytes that were not authenticated. */
	if (!ok && n > SEAL_EXTRA)
		wipe(out, n - SEAL_EXTRA);
	return ok;
}

void
wipe(void *p, size_t n)
{
	OPENSSL_cleanse(p, n);
}
