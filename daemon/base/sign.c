#include "base/sign.h"

#include "base/digest.h"
#include "base/text.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>

bool
sign_public(const unsigned char seed[SIGN_SEED_SIZE], unsigned char key[SIGN_PUBLIC_SIZE])
{
	EVP_PKEY *pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, SIGN_SEED_SIZE);
	size_t n = SIGN_PUBLIC_SIZE;
	bool good = pkey != NULL && EVP_PKEY_get_raw_public_key(pkey, key, &n) == 1 &&
		    n == SIGN_PUBLIC_SIZE;

	EVP_PKEY_free(pkey);
	return good;
}

bool
sign_bytes(const unsigned char seed[SIGN_SEED_SIZE], const void *p, size_t n,
	   unsigned char signature[SIGN_SIZE])
{
	EVP_PKEY *pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, SIGN_SEED_SIZE);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t size = SIGN_SIZE;
	bool good = pkey != NULL && ctx != NULL &&
		    EVP_DigestSignInit(ctx, NULL, NULL, NULL, pkey) == 1 &&
		    EVP_DigestSign(ctx, signature, &size, p, n) == 1 && size == SIGN_SIZE;

	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(pkey);
	return good;
}

bool
sign_good(const unsigned char key[SIGN_PUBLIC_SIZE], const void *p, size_t n,
	  const unsigned char signature[SIGN_SIZE])
{
	EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key, SIGN_PUBLIC_SIZE);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good = pkey != NULL && ctx != NULL &&
		    EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pkey) == 1 &&
		    EVP_DigestVerify(ctx, signature, SIGN_SIZE, p, n) == 1;

	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(pkey);
	return good;
}

bool
sign_key_id(const unsigned char key[SIGN_PUBLIC_SIZE], char id[SIGN_ID_SIZE])
{
	unsigned char digest[SHA256_SIZE];

	if (!sha256(key, SIGN_PUBLIC_SIZE, digest))
		return false;
	hex_encode(digest, (SIGN_ID_SIZE - 1) / 2, id);
	return true;
}

bool
sign_pem(const unsigned char key[SIGN_PUBLIC_SIZE], char pem[SIGN_PEM_SIZE])
{
	EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key, SIGN_PUBLIC_SIZE);
	BIO *bio = BIO_new(BIO_s_mem());
	bool good = pkey != NULL && bio != NULL && PEM_write_bio_PUBKEY(bio, pkey) == 1;
	int n = good ? BIO_read(bio, pem, SIGN_PEM_SIZE - 1) : 0;

	pem[n > 0 ? n : 0] = '\0';
	BIO_free(bio);
	EVP_PKEY_free(pkey);
	return n > 0 && n < SIGN_PEM_SIZE - 1;
}

bool
sign_read_pem(const char *pem, size_t n, unsigned char key[SIGN_PUBLIC_SIZE])
{
	BIO *bio = n <= INT_MAX ? BIO_new_mem_buf(pem, (int)n) : NULL;
	EVP_PKEY *pkey = bio == NULL ? NULL : PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
	size_t size = SIGN_PUBLIC_SIZE;
	bool good = pkey != NULL && EVP_PKEY_get_base_id(pkey) == EVP_PKEY_ED25519 &&
		    EVP_PKEY_get_raw_public_key(pkey, key, &size) == 1;

	EVP_PKEY_free(pkey);
	BIO_free(bio);
	return good;
}
