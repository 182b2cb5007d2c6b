/*
 * Signatures: Ed25519 (RFC 8032), OpenSSL's. Deterministic, so that the same bytes and key always
 * give the same signature. Pure computation; keys come from outside.
 */
#ifndef SEMS_BASE_SIGN_H
#define SEMS_BASE_SIGN_H

#include <stdbool.h>
#include <stddef.h>

#define SIGN_SEED_SIZE   32 /* the private key */
#define SIGN_PUBLIC_SIZE 32
#define SIGN_SIZE        64
#define SIGN_ID_SIZE     17  /* a key's id: 16 hexadecimal digits and the NUL */
#define SIGN_PEM_SIZE    160 /* a public key in PEM, with the NUL */

/* All return false only when OpenSSL fails, but sign_good(). */
bool sign_public(const unsigned char seed[SIGN_SEED_SIZE], unsigned char key[SIGN_PUBLIC_SIZE]);
bool sign_bytes(const unsigned char seed[SIGN_SEED_SIZE], const void *p, size_t n,
		unsigned char signature[SIGN_SIZE]);
/* The bytes are what the holder of the key signed. */
bool sign_good(const unsigned char key[SIGN_PUBLIC_SIZE], const void *p, size_t n,
	       const unsigned char signature[SIGN_SIZE]);

/* The first 16 hexadecimal digits of the SHA-256 of the public key. */
bool sign_key_id(const unsigned char key[SIGN_PUBLIC_SIZE], char id[SIGN_ID_SIZE]);
/* SubjectPublicKeyInfo in PEM, as openssl reads it. */
bool sign_pem(const unsigned char key[SIGN_PUBLIC_SIZE], char pem[SIGN_PEM_SIZE]);
bool sign_read_pem(const char *pem, size_t n, unsigned char key[SIGN_PUBLIC_SIZE]);

#endif
