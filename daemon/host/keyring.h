/*
 * Keys outside the database, one file each (mode 0600, 32 random bytes): one per civil year for
 * pseudonyms, so that destroying a year's file completes an erasure, one for the quarantine, and
 * those that sign what is frozen and exported.
 */
#ifndef SEMS_HOST_KEYRING_H
#define SEMS_HOST_KEYRING_H

#include "base/digest.h"
#include "base/err.h"
#include "base/sign.h"

#include <stdbool.h>

struct keyring;

/* A key that signs, or did once: its private half may be gone. */
struct signer {
	unsigned number;    /* of its files, signing-NNNN.key and .pub */
	bool is_registered; /* in the database: it may sign */
	char id[SIGN_ID_SIZE];
	unsigned char public[SIGN_PUBLIC_SIZE];
};

#define KEY_RUNBOOK "see deploy/runbooks/keys.md"

/* Opens the folder of keys, making it (0700) and the quarantine's. */
enum code keyring_open(const char *folder, struct keyring **out, struct err *e) MUST_CHECK;
/* Refuses what keyring_open() would, and makes nothing: what is not there could be made, or is
 * told. */
enum code keyring_look(const char *folder, struct err *e) MUST_CHECK;
void keyring_free(struct keyring *k);
const unsigned char *keyring_quarantine(const struct keyring *k);

/* What may be known of a key, so that another one is noticed. False only when OpenSSL fails. */
#define KEY_CHECK_SIZE 16
bool keyring_check(const unsigned char key[KEY_SIZE], unsigned char check[KEY_CHECK_SIZE]);

/*
 * The key for persons in records of that civil year. It is one for all who write into the database,
 * so it is used only once the database has its check; until then NULL, and the year is wanted.
 */
const unsigned char *keyring_person(struct keyring *k, int year);
/* The same without a wish for it: NULL when it is not here, or not agreed on. */
const unsigned char *keyring_person_there(const struct keyring *k, int year);
/* The next year after that one that is wanted and not agreed on; 0: none. */
int keyring_wanted(const struct keyring *k, int after);
/*
 * The database has this check of the year's key: from now on no other is used and none is made.
 * REJ_NOT_FOUND: we have none; FATAL_CONFIG: we have another one, which is forgotten.
 */
enum code keyring_expect(struct keyring *k, int year, const unsigned char check[KEY_CHECK_SIZE],
			 struct err *e) MUST_CHECK;
/* Of a year that was wanted, from here on. */
bool keyring_is_expected(const struct keyring *k, int year);
/* True the first time, and again after it was agreed on. */
bool keyring_tell_once(struct keyring *k, int year);
/* The check of the key that we have; false: we have none. */
bool keyring_person_check(const struct keyring *k, int year, unsigned char check[KEY_CHECK_SIZE]);

/*
 * The year's file, in three steps: what is to be done, the doing, which blocks and touches nothing
 * but the struct, and what came of it. Where the database expects none, a key is made. One that we
 * made and that another semsd was faster with was never used: it is moved aside.
 */
struct key_file {
	int folder;
	int year;
	bool make;
	bool has_check;
	bool is_unused;
	bool made;
	unsigned char check[KEY_CHECK_SIZE];
	unsigned char key[KEY_SIZE];
	struct err err;
};
bool keyring_plan_file(const struct keyring *k, int year, struct key_file *f); /* false: no year */
void keyring_load_file(struct key_file *f);
/* OK: we have a key, which is the expected one if any is. */
enum code keyring_take_file(struct keyring *k, struct key_file *f, struct err *e) MUST_CHECK;
/* The files of all years, at the start; those that are there are wanted. */
enum code keyring_read_all(struct keyring *k, struct err *e) MUST_CHECK;

/* The signers, by number; the last one signs. Valid until a new one is made. */
size_t keyring_signers(const struct keyring *k, const struct signer **list);
const struct signer *keyring_signer(const struct keyring *k, const char *id); /* NULL: unknown */
/* The database's register has this one. */
void keyring_register(struct keyring *k, const char *id);
/* Signs with the newest key, which must be registered; which one is in *by. */
enum code keyring_sign(const struct keyring *k, const void *p, size_t n,
		       unsigned char signature[SIGN_SIZE], const struct signer **by,
		       struct err *e) MUST_CHECK;
/* Makes the key that signs once it is registered. Others stay, so that what they signed can be
 * checked. Blocks; or in three steps, of which the second blocks and touches nothing but the
 * struct. */
enum code keyring_new_signer(struct keyring *k, struct err *e) MUST_CHECK;
struct signer_file {
	int folder;
	unsigned number;
	unsigned char seed[SIGN_SEED_SIZE];
	unsigned char public[SIGN_PUBLIC_SIZE];
	struct err err;
};
bool keyring_plan_signer(const struct keyring *k,
			 struct signer_file *f); /* false: no number left */
void keyring_make_signer(struct signer_file *f);
enum code keyring_take_signer(struct keyring *k, struct signer_file *f, struct err *e) MUST_CHECK;

#endif
