/*
 * Keys outside the database, one file each (mode 0600, 32 random bytes): one per civil year for
 * pseudonyms, so that destroying a year's file completes an erasure, one for the quarantine, and
 * those that sign what is frozen and exported.
 */
#ifndef SEMS_STORE_KEYRING_H
#define SEMS_STORE_KEYRING_H

#include "base/digest.h"
#include "base/err.h"
#include "base/sign.h"

struct keyring;

/* A key that signs, or did once: its private half may be gone. */
struct signer {
	unsigned number; /* of its files, signing-NNNN.key and .pub */
	char id[SIGN_ID_SIZE];
	unsigned char public[SIGN_PUBLIC_SIZE];
};

/* Opens the folder of keys, making it (0700) and what is missing. */
enum code keyring_open(const char *folder, struct keyring **out, struct err *e) MUST_CHECK;
void keyring_free(struct keyring *k);
/* The key for persons in records of that civil year; made when it is the first. NULL: cannot, or
 * the file is not the one that the database expects. */
const unsigned char *keyring_person(struct keyring *k, int year);
const unsigned char *keyring_quarantine(const struct keyring *k);

/* What may be known of a key, so that another one is noticed. False only when OpenSSL fails. */
#define KEY_CHECK_SIZE 16
bool keyring_check(const unsigned char key[KEY_SIZE], unsigned char check[KEY_CHECK_SIZE]);
/*
 * The database has pseudonyms of that year, made with the key this is true of: from now on no other
 * is used and none is made. REJ_NOT_FOUND: its file is gone; FATAL_CONFIG: it is another one.
 */
enum code keyring_expect(struct keyring *k, int year, const unsigned char check[KEY_CHECK_SIZE],
			 struct err *e) MUST_CHECK;
/* Reads the files of all years. */
void keyring_read_all(struct keyring *k);
/* The next year after that one whose key is in use and not expected by the database yet; 0: none.
 */
int keyring_untold(struct keyring *k, int after);

/* The signers, by number; the last one signs. Valid until a new one is made. */
size_t keyring_signers(const struct keyring *k, const struct signer **list);
const struct signer *keyring_signer(const struct keyring *k, const char *id); /* NULL: unknown */
/* Signs with the newest key; which one is in *by. */
enum code keyring_sign(const struct keyring *k, const void *p, size_t n,
		       unsigned char signature[SIGN_SIZE], const struct signer **by,
		       struct err *e) MUST_CHECK;
/* Makes the key that signs from now on. Others stay, so that what they signed can be checked. */
enum code keyring_new_signer(struct keyring *k, struct err *e) MUST_CHECK;

#endif
