/*
 * Cryptography, all of it OpenSSL's: SHA-256, HMAC-SHA-256, and authenticated encryption
 * (AES-256-GCM) for quarantined bytes. Pure computation; keys come from outside.
 */
#ifndef SEMS_BASE_DIGEST_H
#define SEMS_BASE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

#define SHA256_SIZE 32
#define KEY_SIZE    32
#define SEAL_EXTRA  28 /* 12 bytes nonce before, 16 bytes tag after the ciphertext */

bool sha256(const void *p, size_t n, unsigned char out[SHA256_SIZE]);
bool hmac_sha256(const unsigned char key[KEY_SIZE], const void *p, size_t n,
		 unsigned char out[SHA256_SIZE]);
bool random_bytes(void *p, size_t n);

/* out has room for n + SEAL_EXTRA. False only when OpenSSL fails. */
bool seal(const unsigned char key[KEY_SIZE], const void *p, size_t n, unsigned char *out);
/* Opens what seal() made; out has room for n - SEAL_EXTRA. False: wrong key or altered bytes. */
bool unseal(const unsigned char key[KEY_SIZE], const unsigned char *p, size_t n, void *out);

/* Overwrites a secret in a way the compiler keeps. */
void wipe(void *p, size_t n);

#endif
