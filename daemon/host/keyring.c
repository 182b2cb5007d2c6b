/*
 * Keys live in files and never in the database, so that neither its backups nor its administrators
 * can turn pseudonyms back into people. A key file appears whole or not at all: it is written
 * aside, flushed and linked into place, and whoever comes second reads what the first one made.
 */
#include "host/keyring.h"

#include "base/file/plainfile.h"
#include "base/text.h"
#include "core/action/action.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
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

/* What is known of a year's key for persons. */
struct year {
	bool wanted; /* somebody asked for it */
	bool known;  /* `key` is the file's */
	bool made;   /* by this semsd, and never used before the database agreed */
	bool expected;
	bool agreed; /* known, expected, and the same */
	bool told;   /* in the log, that it is not the one */
	unsigned char key[KEY_SIZE];
	unsigned char check[KEY_CHECK_SIZE]; /* what the database expects */
};

struct keyring {
	bool looks; /* only: no file is made */
	int folder; /* descriptor: stays right when a relative path or the folder's name does not */
	unsigned char quarantine[KEY_SIZE];
	struct year year[YEARS];
	struct signer signers[SIGNERS_MAX]; /* by number */
	size_t n_signers;
	unsigned char seed[SIGN_SEED_SIZE]; /* of the last signer */
};

/* What is read of a file: a key or its public half, and a byte more where it is too long. */
struct head {
	char bytes[SIGN_PEM_SIZE + 1];
	ssize_t n; /* -1: reading failed */
	mode_t mode;
};

_Static_assert(KEY_SIZE <= SIGN_PEM_SIZE, "a key that is too long is seen to be");

static enum code
read_head(int folder, const char *name, struct head *h, struct err *e)
{
	struct stat st;
	int fd;
	enum code code = plainfile_open(folder, name, O_NOFOLLOW, &fd, &st, e);

	if (code != OK)
		return e->code = code == REJ_NOT_FOUND ? code : FATAL_CONFIG;
	h->n = read(fd, h->bytes, sizeof h->bytes);
	h->mode = st.st_mode;
	close(fd);
	return OK;
}

static enum code
read_key(int folder, const char *name, unsigned char key[KEY_SIZE], struct err *e)
{
	struct head h;
	enum code code = read_head(folder, name, &h, e);

	if (code != OK)
		return code;
	if ((h.mode & 077) == 0 && h.n == KEY_SIZE)
		memcpy(key, h.bytes, KEY_SIZE);
	wipe(h.bytes, sizeof h.bytes);
	if ((h.mode & 077) != 0)
		return err_set(e, FATAL_CONFIG, name, "others can read this key: chmod 600 it");
	if (h.n != KEY_SIZE)
		return err_set(e, FATAL_CONFIG, name,
			       "a key has %d bytes and this file has not: put the right one back",
			       KEY_SIZE);
	return OK;
}

static bool
write_aside(int folder, const char *aside, const void *p, size_t n)
{
	int fd = openat(folder, aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool good;

	if (fd < 0)
		return false;
	good = write(fd, p, n) == (ssize_t)n && fsync(fd) == 0;
	return close(fd) == 0 && good;
}

/* A file of that name with these bytes, unless there is one already. */
static enum code
make_file(int folder, const char *name, const void *p, size_t n, struct err *e)
{
	char aside[NAME_SIZE + 16];
	bool good;
	int error;

	snprintf(aside, sizeof aside, "%s.%ld", name, (long)getpid());
	unlinkat(folder, aside, 0);
	good = write_aside(folder, aside, p, n);
	/* Only one link can win; a key that exists is never replaced. */
	good = good && (linkat(folder, aside, folder, name, 0) == 0 || errno == EEXIST);
	good = good && fsync(folder) == 0;
	error = errno;
	unlinkat(folder, aside, 0);
	if (!good)
		return err_set(e, FATAL_CONFIG, name, "cannot make the key: %s", strerror(error));
	return OK;
}

static enum code
make_key(int folder, const char *name, struct err *e)
{
	unsigned char key[KEY_SIZE];
	enum code code;

	if (!random_bytes(key, sizeof key))
		return err_set(e, FATAL_CONFIG, name, "cannot make the key: no random numbers");
	code = make_file(folder, name, key, sizeof key, e);
	wipe(key, sizeof key);
	return code;
}

static enum code
load_key(const struct keyring *k, const char *name, unsigned char key[KEY_SIZE], struct err *e)
{
	enum code code = read_key(k->folder, name, key, e);

	if (code != REJ_NOT_FOUND)
		return code;
	code = k->looks ? OK : make_key(k->folder, name, e);
	return code == OK && !k->looks ? read_key(k->folder, name, key, e) : code;
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
	s->is_registered = false;
	memcpy(s->public, public, SIGN_PUBLIC_SIZE);
	if (!sign_key_id(public, s->id))
		return err_set(e, TRY_SYSTEM, "keys", "out of memory");
	k->n_signers++;
	return OK;
}

static enum code
read_public(int folder, const char *name, unsigned char public[SIGN_PUBLIC_SIZE], struct err *e)
{
	struct head h;
	enum code code = read_head(folder, name, &h, e);

	if (code != OK)
		return code;
	if (h.n < 0 || !sign_read_pem(h.bytes, (size_t)h.n, public))
		return err_set(e, FATAL_CONFIG, name,
			       "is no public key for Ed25519 in PEM: put the right one back");
	return OK;
}

static enum code
write_public(int folder, const char *name, const unsigned char public[SIGN_PUBLIC_SIZE],
	     struct err *e)
{
	char pem[SIGN_PEM_SIZE];

	if (!sign_pem(public, pem))
		return err_set(e, TRY_SYSTEM, name, "out of memory");
	return make_file(folder, name, pem, strlen(pem), e);
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
	code = read_key(k->folder, key, seed, e);
	if (code == REJ_NOT_FOUND) {
		wipe(k->seed, sizeof k->seed);
		code = read_public(k->folder, pub, public, e);
		return code == OK ? add_signer(k, number, public, e) : code;
	}
	if (code == OK && !sign_public(seed, public))
		code = err_set(e, TRY_SYSTEM, key, "out of memory");
	if (code == OK)
		code = read_public(k->folder, pub, beside, e);
	if (code == REJ_NOT_FOUND)
		code = k->looks ? OK : write_public(k->folder, pub, public, e);
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
	for (unsigned i = 1; i <= NUMBER_MAX && code == OK; i++)
		if (there[i])
			code = load_signer(k, i, e);
	return code;
}

bool
keyring_plan_signer(const struct keyring *k, struct signer_file *f)
{
	*f = (struct signer_file){.folder = k->folder, .number = 1};
	if (k->n_signers > 0)
		f->number = k->signers[k->n_signers - 1].number + 1;
	return f->number <= NUMBER_MAX;
}

void
keyring_make_signer(struct signer_file *f)
{
	char key[NAME_SIZE];
	char pub[NAME_SIZE];

	snprintf(key, sizeof key, "signing-%04u.key", f->number);
	snprintf(pub, sizeof pub, "signing-%04u.pub", f->number);
	f->err = (struct err){0};
	if (make_key(f->folder, key, &f->err) != OK ||
	    read_key(f->folder, key, f->seed, &f->err) != OK)
		return;
	if (!sign_public(f->seed, f->public))
		err_set(&f->err, TRY_SYSTEM, key, "out of memory");
	else
		(void)!write_public(f->folder, pub, f->public, &f->err);
}

enum code
keyring_take_signer(struct keyring *k, struct signer_file *f, struct err *e)
{
	enum code code = (*e = f->err).code;

	if (code == OK)
		code = add_signer(k, f->number, f->public, e);
	if (code == OK)
		memcpy(k->seed, f->seed, sizeof k->seed);
	wipe(f->seed, sizeof f->seed);
	return code;
}

enum code
keyring_new_signer(struct keyring *k, struct err *e)
{
	struct signer_file f;

	if (!keyring_plan_signer(k, &f))
		return err_set(e, FATAL_CONFIG, "keys", "there are no numbers left");
	keyring_make_signer(&f);
	return keyring_take_signer(k, &f, e);
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
	for (size_t i = 0; i < k->n_signers; i++)
		if (strcmp(k->signers[i].id, id) == 0)
			return &k->signers[i];
	return NULL;
}

void
keyring_register(struct keyring *k, const char *id)
{
	for (size_t i = 0; i < k->n_signers; i++)
		if (strcmp(k->signers[i].id, id) == 0)
			k->signers[i].is_registered = true;
}

enum code
keyring_sign(const struct keyring *k, const void *p, size_t n, unsigned char signature[SIGN_SIZE],
	     const struct signer **by, struct err *e)
{
	static const unsigned char none[SIGN_SEED_SIZE];

	if (k->n_signers == 0)
		return err_set(e, REJ_STATE, "keys",
			       "this semsd has no signing key: copy signing-*.key and .pub from "
			       "the folder of keys of the semsd that signs, and start it again");
	*by = &k->signers[k->n_signers - 1];
	if (memcmp(k->seed, none, sizeof none) == 0) {
		err_set(e, REJ_STATE, "keys",
			"the newest signing key has no private half; key.make makes another");
		return action_offer(e, &(struct todo){.action = ACTION_KEY_MAKE});
	}
	if (!(*by)->is_registered) {
		err_set(e, REJ_STATE, "keys",
			"the signing key %s is not registered in the database: put the "
			"right one into the folder of keys and start semsd again, or say "
			"that it signs with key.register",
			(*by)->id);
		return action_offer(e, &(struct todo){.action = ACTION_KEY_REGISTER});
	}
	if (!sign_bytes(k->seed, p, n, signature))
		return err_set(e, TRY_SYSTEM, "keys", "out of memory");
	return OK;
}

/* --- the folder ------------------------------------------------------------------------------- */

static enum code
open_folder(struct keyring *k, const char *folder, struct err *e)
{
	struct stat st;

	k->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (k->folder < 0 || fstat(k->folder, &st) != 0)
		return err_set(e, FATAL_CONFIG, "keys", "cannot open %s: %s", folder,
			       strerror(errno));
	if ((st.st_mode & 077) != 0)
		return err_set(e, FATAL_CONFIG, "keys", "others can look into %s: chmod 700 it",
			       folder);
	return OK;
}

static enum code
load(struct keyring *k, const char *folder, struct err *e)
{
	enum code code = open_folder(k, folder, e);

	if (code == OK)
		code = load_key(k, "quarantine.key", k->quarantine, e);
	return code == OK ? load_signers(k, e) : code;
}

static struct keyring *
keyring_new(bool looks)
{
	struct keyring *k = calloc(1, sizeof *k);

	if (k == NULL)
		return NULL;
	k->folder = -1;
	k->looks = looks;
	return k;
}

enum code
keyring_open(const char *folder, struct keyring **out, struct err *e)
{
	struct keyring *k = keyring_new(false);
	enum code code = OK;

	if (k == NULL)
		return err_set(e, TRY_SYSTEM, "keys", "out of memory");
	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		code =
		    err_set(e, FATAL_CONFIG, "keys", "cannot make %s: %s", folder, strerror(errno));
	if (code == OK)
		code = load(k, folder, e);
	if (code != OK) {
		keyring_free(k);
		return code;
	}
	*out = k;
	return OK;
}

/* Where a folder would be made. */
static bool
may_make(const char *folder)
{
	char above[PATH_MAX];
	size_t n = strlen(folder);

	while (n > 1 && folder[n - 1] == '/')
		n--;
	if (n >= sizeof above) {
		errno = ENAMETOOLONG;
		return false;
	}
	while (n > 0 && folder[n - 1] != '/')
		n--;
	memcpy(above, folder, n);
	above[n] = '\0';
	return eaccess(n == 0 ? "." : above, W_OK | X_OK) == 0;
}

enum code
keyring_look(const char *folder, struct err *e)
{
	struct keyring *k;
	struct stat st;
	enum code code;

	if (stat(folder, &st) != 0 && errno == ENOENT) {
		if (may_make(folder))
			return OK;
		return err_set(e, FATAL_CONFIG, "keys", "cannot make %s: %s", folder,
			       strerror(errno));
	}
	k = keyring_new(true);
	if (k == NULL)
		return err_set(e, TRY_SYSTEM, "keys", "out of memory");
	code = load(k, folder, e);
	keyring_free(k);
	return code;
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

/* --- persons ---------------------------------------------------------------------------------- */

static struct year *
year_of(struct keyring *k, int year)
{
	return year < YEAR_FIRST || year > YEAR_LAST ? NULL : &k->year[year - YEAR_FIRST];
}

const unsigned char *
keyring_person(struct keyring *k, int year)
{
	struct year *y = year_of(k, year);

	if (y == NULL)
		return NULL;
	y->wanted = true;
	return y->agreed ? y->key : NULL;
}

const unsigned char *
keyring_person_there(const struct keyring *k, int year)
{
	bool is_year = year >= YEAR_FIRST && year <= YEAR_LAST;

	return is_year && k->year[year - YEAR_FIRST].agreed ? k->year[year - YEAR_FIRST].key : NULL;
}

int
keyring_wanted(const struct keyring *k, int after)
{
	for (int at = after < YEAR_FIRST ? 0 : after + 1 - YEAR_FIRST; at <= YEAR_LAST - YEAR_FIRST;
	     at++)
		if (k->year[at].wanted && !k->year[at].agreed)
			return YEAR_FIRST + at;
	return 0;
}

enum code
keyring_expect(struct keyring *k, int year, const unsigned char check[KEY_CHECK_SIZE],
	       struct err *e)
{
	struct year *y = year_of(k, year);
	unsigned char ours[KEY_CHECK_SIZE];

	if (y == NULL)
		return err_set(e, FATAL_CONFIG, "keys", "there is no year %d", year);
	y->expected = true;
	memcpy(y->check, check, KEY_CHECK_SIZE);
	if (!y->known)
		return err_set(e, REJ_NOT_FOUND, "keys", "person-%04d.key is missing", year);
	y->agreed = keyring_check(y->key, ours) && memcmp(ours, check, sizeof ours) == 0;
	if (y->agreed) {
		y->told = false;
		return OK;
	}
	y->known = false;
	return err_set(e, FATAL_CONFIG, "keys",
		       "person-%04d.key is not the key that the database's pseudonyms of %d are "
		       "made with: copy the right one from the other semsd's folder of keys, or "
		       "from the backup, " KEY_RUNBOOK,
		       year, year);
}

bool
keyring_plan_file(const struct keyring *k, int year, struct key_file *f)
{
	const struct year *y;

	if (year < YEAR_FIRST || year > YEAR_LAST)
		return false;
	y = &k->year[year - YEAR_FIRST];
	*f = (struct key_file){.folder = k->folder,
			       .year = year,
			       .make = !y->expected,
			       .has_check = y->expected,
			       .is_unused = y->made};
	memcpy(f->check, y->check, sizeof f->check);
	return true;
}

/* Ours, and none that was ever used: the right one can take its name. */
static enum code
move_aside(struct key_file *f, const char *name, const unsigned char check[KEY_CHECK_SIZE])
{
	char hex[2 * KEY_CHECK_SIZE + 1];
	char aside[NAME_SIZE + 64];

	hex_encode(check, KEY_CHECK_SIZE, hex);
	snprintf(aside, sizeof aside, "%s.unused-%.8s", name, hex);
	if (renameat(f->folder, name, f->folder, aside) != 0)
		return err_set(&f->err, FATAL_CONFIG, name, "cannot be moved aside: %s",
			       strerror(errno));
	return err_set(&f->err, REJ_NOT_FOUND, name, "is missing");
}

void
keyring_load_file(struct key_file *f)
{
	unsigned char check[KEY_CHECK_SIZE];
	char name[NAME_SIZE];

	snprintf(name, sizeof name, "person-%04d.key", f->year);
	f->err = (struct err){0};
	f->made = false;
	(void)!read_key(f->folder, name, f->key, &f->err);
	if (f->err.code == REJ_NOT_FOUND && f->make) {
		f->err = (struct err){0};
		f->made = make_key(f->folder, name, &f->err) == OK;
		if (f->made)
			(void)!read_key(f->folder, name, f->key, &f->err);
	}
	if (f->err.code == OK && f->has_check && f->is_unused && keyring_check(f->key, check) &&
	    memcmp(check, f->check, sizeof check) != 0)
		(void)!move_aside(f, name, check);
}

enum code
keyring_take_file(struct keyring *k, struct key_file *f, struct err *e)
{
	struct year *y = &k->year[f->year - YEAR_FIRST];

	y->made = y->made || f->made;
	if (f->err.code == OK && !y->agreed) {
		memcpy(y->key, f->key, KEY_SIZE);
		y->known = true;
	}
	wipe(f->key, sizeof f->key);
	*e = f->err;
	if (e->code != OK || !y->expected)
		return e->code;
	return keyring_expect(k, f->year, y->check, e);
}

bool
keyring_is_expected(const struct keyring *k, int year)
{
	return k->year[year - YEAR_FIRST].expected;
}

bool
keyring_tell_once(struct keyring *k, int year)
{
	struct year *y = &k->year[year - YEAR_FIRST];
	bool first = !y->told;

	y->told = true;
	return first;
}

bool
keyring_person_check(const struct keyring *k, int year, unsigned char check[KEY_CHECK_SIZE])
{
	const struct year *y = &k->year[year - YEAR_FIRST];

	return y->known && keyring_check(y->key, check);
}

enum code
keyring_read_all(struct keyring *k, struct err *e)
{
	for (int year = YEAR_FIRST; year <= YEAR_LAST; year++) {
		struct key_file f;
		enum code code;

		if (!keyring_plan_file(k, year, &f))
			continue;
		f.make = false;
		keyring_load_file(&f);
		code = keyring_take_file(k, &f, e);
		if (code == OK)
			keyring_person(k, year);
		else if (code != REJ_NOT_FOUND)
			return code;
	}
	return OK;
}

const unsigned char *
keyring_quarantine(const struct keyring *k)
{
	return k->quarantine;
}
