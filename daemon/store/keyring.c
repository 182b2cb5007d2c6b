/*
 * Keys live in files and never in the database, so that neither its backups nor its administrators
 * can turn pseudonyms back into people. A key file appears whole or not at all: it is written
 * aside, flushed and linked into place, and whoever comes second reads what the first one made.
 */
#include "store/keyring.h"

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

struct keyring {
	int folder; /* descriptor: stays right when a relative path or the folder's name does not */
	unsigned char quarantine[KEY_SIZE];
	bool known[YEARS];
	unsigned char person[YEARS][KEY_SIZE];
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
write_aside(const struct keyring *k, const char *aside, const unsigned char key[KEY_SIZE])
{
	int fd = openat(k->folder, aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool good;

	if (fd < 0)
		return false;
	good = write(fd, key, KEY_SIZE) == KEY_SIZE && fsync(fd) == 0;
	return close(fd) == 0 && good;
}

static enum code
make_key(const struct keyring *k, const char *name, struct err *e)
{
	unsigned char key[KEY_SIZE];
	char aside[NAME_SIZE + 16];
	bool good;
	int error;

	snprintf(aside, sizeof aside, "%s.%ld", name, (long)getpid());
	unlinkat(k->folder, aside, 0);
	good = random_bytes(key, sizeof key) && write_aside(k, aside, key);
	wipe(key, sizeof key);
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
load_key(const struct keyring *k, const char *name, unsigned char key[KEY_SIZE], struct err *e)
{
	enum code code = read_key(k, name, key, e);

	if (code != REJ_NOT_FOUND)
		return code;
	code = make_key(k, name, e);
	return code == OK ? read_key(k, name, key, e) : code;
}

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

const unsigned char *
keyring_person(struct keyring *k, int year)
{
	char name[NAME_SIZE];
	struct err e;
	int at = year - YEAR_FIRST;

	if (at < 0 || at >= YEARS)
		return NULL;
	if (!k->known[at]) {
		snprintf(name, sizeof name, "person-%04d.key", year);
		if (load_key(k, name, k->person[at], &e) != OK)
			return NULL;
		k->known[at] = true;
	}
	return k->person[at];
}

const unsigned char *
keyring_quarantine(const struct keyring *k)
{
	return k->quarantine;
}
