/*
 * Keys live in files and never in the database, so that neither its backups nor its administrators
 * can turn pseudonyms back into people. A key file appears whole or not at all: it is written
 * aside, flushed and linked into place, and whoever comes second reads what the first one made.
 */
#include "store/keyring.h"

#include "base/log.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The civil years of the calendar. */
#define YEAR_FIRST 2000
#define YEAR_LAST  2100
#define YEARS      (YEAR_LAST - YEAR_FIRST + 1)

#define NAME_SIZE 40

#define SIGNERS_MAX 256
#define NUMBER_MAX  9999

struct keyring {
	int folder; /* descriptor: stays right when a relative path or the folder's name does not */
	unsigned char quarantine[KEY_SIZE];
	bool known[YEARS];
	unsigned char person[YEARS][KEY_SIZE];
	/* What the database says of them. */
	bool expected[YEARS];
	unsigned n_untold; /* known and not expected */
	bool told[YEARS];  /* in the log, that it is not the one */
	unsigned char check[YEARS][KEY_CHECK_SIZE];
	struct signer signers[SIGNERS_MAX]; /* by number */
	size_t n_signers;
	unsigned char seed[SIGN_SEED_SIZE]; /* of the last signer */
};

static enum code
read_key(const struct keyring *k, const char *name, unsigned char key[KEY_SIZE], struct err *e)
{
	unsigned char text[KEY_SIZE + 1];
	struct stat st;
	ssize_t n;
	int fd = openat(k->folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0 && errno == ENOENT)
		return err_set(e, REJ_NOT_FOUND, name, "no such key");
	if (fd < 0)
		return err_set(e, FATAL_CONFIG, name, "cannot open the key: %s", strerror(errno));
	if (fstat(fd, &st) != 0 || (st.st_mode & 077) != 0) {
		close(fd);
		return err_set(e, FATAL_CONFIG, name, "others can read this key: chmod 600 it");
	}
	n = read(fd, text, sizeof text);
	close(fd);
	if (n == KEY_SIZE)
		memcpy(key, text, KEY_SIZE);
	wipe(text, sizeof text);
	if (n != KEY_SIZE)
		return err_set(e, FATAL_CONFIG, name,
			       "a key has %d bytes and this file has not: put the right one back",
			       KEY_SIZE);
	return OK;
}

static bool
write_aside(const struct keyring *k, const char *aside, const void *p, size_t n)
{
	int fd = openat(k->folder, aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool good;

	if (fd < 0)
		return false;
	good = write(fd, p, n) == (ssize_t)n && fsync(fd) == 0;
	return close(fd) == 0 && good;
}

/* A file of that name with these bytes, unless there is one already. */
static enum code
make_file(const struct keyring *k, const char *name, const void *p, size_t n, struct err *e)
{
	char aside[NAME_SIZE + 16];
	bool good;
	int error;

	snprintf(aside, sizeof aside, "%s.%ld", name, (long)getpid());
	unlinkat(k->folder, aside, 0);
	good = write_aside(k, aside, p, n);
	/* Only one link can win; a key that exists is never replaced. */
	good = good && (linkat(k->folder, aside, k->folder, name, 0) == 0 || errno == EEXIST);
	good = good && fsync(k->folder) == 0;
	error = errno;
	unlinkat(k->folder, aside, 0);
	if (!good)
		return err_set(e, FATAL_CONFIG, name, "cannot make the key: %s", strerror(error));
	return OK;
}

static enum code
make_key(const struct keyring *k, const char *name, struct err *e)
{
	unsigned char key[KEY_SIZE];
	enum code code;

	if (!random_bytes(key, sizeof key))
		return err_set(e, FATAL_CONFIG, name, "cannot make the key: no random numbers");
	code = make_file(k, name, key, sizeof key, e);
	wipe(key, sizeof key);
	return code;
}

static enum code
load_key(const struct keyring *k, const char *name, unsigned char key[KEY_SIZE], struct err *e)
{
	enum code code = read_key(k, name, key, e);

	if (code != REJ_NOT_FOUND)
		return code;
	code = make_key(k, name, e);
	return code == OK ? read_key(k, name, key, e) : code;
}

/* --- those that sign -------------------------------------------------------------------------- */

static enum code
add_signer(struct keyring *k, unsigned number, const unsigned char public[SIGN_PUBLIC_SIZE],
	   struct err *e)
{
	struct signer *s = &k->signers[k->n_signers];

	if (k->n_signers == SIGNERS_MAX)
		return err_set(e, FATAL_CONFIG, "keys", "there are more than %d signing keys",
			       SIGNERS_MAX);
	s->number = number;
	memcpy(s->public, public, SIGN_PUBLIC_SIZE);
	if (!sign_key_id(public, s->id))
		return err_set(e, TRY_SYSTEM, "keys", "out of memory");
	k->n_signers++;
	return OK;
}

static enum code
read_public(const struct keyring *k, const char *name, unsigned char public[SIGN_PUBLIC_SIZE],
	    struct err *e)
{
	char pem[SIGN_PEM_SIZE + 1];
	int fd = openat(k->folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t n;

	if (fd < 0)
		return err_set(e, errno == ENOENT ? REJ_NOT_FOUND : FATAL_CONFIG, name,
			       "cannot open it: %s", strerror(errno));
	n = read(fd, pem, sizeof pem);
	close(fd);
	if (n < 0 || !sign_read_pem(pem, (size_t)n, public))
		return err_set(e, FATAL_CONFIG, name,
			       "is no public key for Ed25519 in PEM: put the right one back");
	return OK;
}

static enum code
write_public(const struct keyring *k, const char *name,
	     const unsigned char public[SIGN_PUBLIC_SIZE], struct err *e)
{
	char pem[SIGN_PEM_SIZE];

	if (!sign_pem(public, pem))
		return err_set(e, TRY_SYSTEM, name, "out of memory");
	return make_file(k, name, pem, strlen(pem), e);
}

/* The public half is kept apart, so that it stays when the private one is destroyed. */
static enum code
load_signer(struct keyring *k, unsigned number, struct err *e)
{
	unsigned char public[SIGN_PUBLIC_SIZE];
	unsigned char beside[SIGN_PUBLIC_SIZE];
	unsigned char seed[SIGN_SEED_SIZE];
	char key[NAME_SIZE];
	char pub[NAME_SIZE];
	enum code code;

	snprintf(key, sizeof key, "signing-%04u.key", number);
	snprintf(pub, sizeof pub, "signing-%04u.pub", number);
	code = read_key(k, key, seed, e);
	if (code == REJ_NOT_FOUND) {
		wipe(k->seed, sizeof k->seed);
		code = read_public(k, pub, public, e);
		return code == OK ? add_signer(k, number, public, e) : code;
	}
	if (code == OK && !sign_public(seed, public))
		code = err_set(e, TRY_SYSTEM, key, "out of memory");
	if (code == OK)
		code = read_public(k, pub, beside, e);
	if (code == REJ_NOT_FOUND)
		code = write_public(k, pub, public, e);
	else if (code == OK && memcmp(public, beside, sizeof public) != 0)
		code = err_set(e, FATAL_CONFIG, pub,
			       "is not the public half of %s: put the right one back", key);
	if (code == OK) {
		memcpy(k->seed, seed, sizeof k->seed);
		code = add_signer(k, number, public, e);
	}
	wipe(seed, sizeof seed);
	return code;
}

/* "signing-0012.key" */
static void
note_number(const char *name, bool there[NUMBER_MAX + 1])
{
	static const char prefix[] = "signing-";
	const char *digits = name + sizeof prefix - 1;
	unsigned long n;

	if (strncmp(name, prefix, sizeof prefix - 1) != 0 || strspn(digits, "0123456789") != 4 ||
	    (strcmp(digits + 4, ".key") != 0 && strcmp(digits + 4, ".pub") != 0))
		return;
	n = strtoul(digits, NULL, 10);
	if (n > 0 && n <= NUMBER_MAX)
		there[n] = true;
}

static enum code
load_signers(struct keyring *k, struct err *e)
{
	bool there[NUMBER_MAX + 1] = {false};
	int fd = dup(k->folder);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	enum code code = OK;

	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		return err_set(e, FATAL_CONFIG, "keys", "cannot look into the folder: %s",
			       strerror(errno));
	}
	rewinddir(dir);
	for (const struct dirent *d = readdir(dir); d != NULL; d = readdir(dir))
		note_number(d->d_name, there);
	closedir(dir);
	k->n_signers = 0;
	for (unsigned i = 1; i <= NUMBER_MAX && code == OK; i++) {
		if (there[i])
			code = load_signer(k, i, e);
	}
	return code;
}

enum code
keyring_new_signer(struct keyring *k, struct err *e)
{
	unsigned number = k->n_signers == 0 ? 1 : k->signers[k->n_signers - 1].number + 1;
	char name[NAME_SIZE];
	enum code code;

	if (number > NUMBER_MAX)
		return err_set(e, FATAL_CONFIG, "keys", "there are no numbers left");
	snprintf(name, sizeof name, "signing-%04u.key", number);
	code = make_key(k, name, e);
	return code == OK ? load_signers(k, e) : code;
}

size_t
keyring_signers(const struct keyring *k, const struct signer **list)
{
	*list = k->signers;
	return k->n_signers;
}

const struct signer *
keyring_signer(const struct keyring *k, const char *id)
{
	for (size_t i = 0; i < k->n_signers; i++) {
		if (strcmp(k->signers[i].id, id) == 0)
			return &k->signers[i];
	}
	return NULL;
}

enum code
keyring_sign(const struct keyring *k, const void *p, size_t n, unsigned char signature[SIGN_SIZE],
	     const struct signer **by, struct err *e)
{
	static const unsigned char none[SIGN_SEED_SIZE];

	if (k->n_signers == 0 || memcmp(k->seed, none, sizeof none) == 0)
		return err_set(e, REJ_STATE, "keys",
			       "the newest signing key has no private half; semsctl key new "
			       "makes another");
	*by = &k->signers[k->n_signers - 1];
	if (!sign_bytes(k->seed, p, n, signature))
		return err_set(e, TRY_SYSTEM, "keys", "out of memory");
	return OK;
}

/* --- the folder ------------------------------------------------------------------------------- */

enum code
keyring_open(const char *folder, struct keyring **out, struct err *e)
{
	struct keyring *k = calloc(1, sizeof *k);
	struct stat st;
	enum code code;

	if (k == NULL)
		return err_set(e, TRY_SYSTEM, "keys", "out of memory");
	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		code =
		    err_set(e, FATAL_CONFIG, "keys", "cannot make %s: %s", folder, strerror(errno));
	else
		code = OK;
	k->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (code == OK && (k->folder < 0 || fstat(k->folder, &st) != 0))
		code =
		    err_set(e, FATAL_CONFIG, "keys", "cannot open %s: %s", folder, strerror(errno));
	else if (code == OK && (st.st_mode & 077) != 0)
		code = err_set(e, FATAL_CONFIG, "keys", "others can look into %s: chmod 700 it",
			       folder);
	if (code == OK)
		code = load_key(k, "quarantine.key", k->quarantine, e);
	if (code == OK)
		code = load_signers(k, e);
	if (code == OK && k->n_signers == 0)
		code = keyring_new_signer(k, e);
	if (code != OK) {
		keyring_free(k);
		return code;
	}
	*out = k;
	return OK;
}

void
keyring_free(struct keyring *k)
{
	if (k == NULL)
		return;
	if (k->folder >= 0)
		close(k->folder);
	wipe(k, sizeof *k);
	free(k);
}

bool
keyring_check(const unsigned char key[KEY_SIZE], unsigned char check[KEY_CHECK_SIZE])
{
	static const char text[] = "semsd: is this the key?";
	unsigned char hash[SHA256_SIZE];
	bool good = hmac_sha256(key, text, sizeof text - 1, hash);

	memcpy(check, hash, KEY_CHECK_SIZE);
	return good;
}

static void
count_untold(struct keyring *k)
{
	k->n_untold = 0;
	for (int at = 0; at < YEARS; at++)
		k->n_untold += k->known[at] && !k->expected[at];
}

/* Reads the year's file when it is there, and refuses another key than the database expects. */
static enum code
read_person(struct keyring *k, int at, struct err *e)
{
	unsigned char check[KEY_CHECK_SIZE];
	char name[NAME_SIZE];
	enum code code;

	snprintf(name, sizeof name, "person-%04d.key", at + YEAR_FIRST);
	code = k->known[at] ? OK : read_key(k, name, k->person[at], e);
	k->known[at] = false;
	if (code != OK)
		return code;
	if (k->expected[at] && (!keyring_check(k->person[at], check) ||
				memcmp(check, k->check[at], sizeof check) != 0))
		return err_set(
		    e, FATAL_CONFIG, name,
		    "not the key that the database's pseudonyms of %d were made with: put "
		    "the right one back (deploy/runbooks/backup.md)",
		    at + YEAR_FIRST);
	k->known[at] = true;
	return OK;
}

enum code
keyring_expect(struct keyring *k, int year, const unsigned char check[KEY_CHECK_SIZE],
	       struct err *e)
{
	int at = year - YEAR_FIRST;
	enum code code;

	if (at < 0 || at >= YEARS)
		return err_set(e, FATAL_CONFIG, "keys", "there is no year %d", year);
	k->expected[at] = true;
	memcpy(k->check[at], check, KEY_CHECK_SIZE);
	code = read_person(k, at, e);
	count_untold(k);
	return code;
}

int
keyring_untold(struct keyring *k, int after)
{
	if (k->n_untold == 0)
		return 0;
	for (int at = after < YEAR_FIRST ? 0 : after - YEAR_FIRST + 1; at < YEARS; at++) {
		if (k->known[at] && !k->expected[at])
			return at + YEAR_FIRST;
	}
	return 0;
}

void
keyring_read_all(struct keyring *k)
{
	struct err e;

	for (int at = 0; at < YEARS; at++)
		(void)read_person(k, at, &e);
	count_untold(k);
}

/* Once a year: whoever sends such records sends them again and again. */
static const unsigned char *
refuse_person(struct keyring *k, int at, const struct err *e)
{
	if (!k->told[at])
		log_error("key.wrong", KVI("year", at + YEAR_FIRST), KV("why", e->text),
			  KV("todo",
			     "put the year's key back from its backup: records of that year "
			     "that name people are answered RETRY until then"));
	k->told[at] = true;
	return NULL;
}

const unsigned char *
keyring_person(struct keyring *k, int year)
{
	char name[NAME_SIZE];
	struct err e;
	int at = year - YEAR_FIRST;

	if (at < 0 || at >= YEARS)
		return NULL;
	if (k->known[at])
		return k->person[at];
	/* A key that was there once is never made anew: the same person would get another name. */
	if (k->expected[at])
		return read_person(k, at, &e) == OK ? k->person[at] : refuse_person(k, at, &e);
	snprintf(name, sizeof name, "person-%04d.key", year);
	if (load_key(k, name, k->person[at], &e) != OK)
		return refuse_person(k, at, &e);
	k->known[at] = true;
	count_untold(k);
	return k->person[at];
}

const unsigned char *
keyring_quarantine(const struct keyring *k)
{
	return k->quarantine;
}
