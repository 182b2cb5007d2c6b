#include "base/count.h"
#include "host/keyring.h"
#include "tests/lib/temp.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[TEMP_SIZE];

static void
make_dir(void)
{
	temp_dir(dir);
}

static void
path_of(char *out, size_t size, const char *name)
{
	snprintf(out, size, "%s/%s", dir, name);
}

static void
clean(void)
{
	static const char *const names[] = {
	    "quarantine.key",   "person-2025.key",  "person-2026.key", "signing-0001.key",
	    "signing-0001.pub", "signing-0002.key", "signing-0002.pub"};
	char path[TEMP_SIZE + 32];

	for (size_t i = 0; i < COUNT(names); i++) {
		path_of(path, sizeof path, names[i]);
		unlink(path);
	}
	cr_expect_eq(rmdir(dir), 0, "something else was left in the folder");
}

/* What key_watch does of a year: the file, and then a database that says `check`, or ours. */
static enum code
agree(struct keyring *k, int year, const unsigned char *check, struct err *e)
{
	unsigned char ours[KEY_CHECK_SIZE];
	struct key_file f;

	cr_assert(keyring_plan_file(k, year, &f));
	keyring_load_file(&f);
	if (keyring_take_file(k, &f, e) != OK)
		return e->code;
	cr_assert(keyring_person_check(k, year, ours));
	return keyring_expect(k, year, check != NULL ? check : ours, e);
}

/* Who only looks refuses what a start would, in the same words. */
static enum code
open_both(struct keyring **k, struct err *e)
{
	struct err seen = {0};
	enum code looked = keyring_look(dir, &seen);
	enum code opened = keyring_open(dir, k, e);

	cr_expect_eq(looked, opened, "%s", seen.text);
	if (opened != OK) {
		cr_expect_str_eq(seen.where, e->where);
		cr_expect_str_eq(seen.text, e->text);
	}
	return opened;
}

Test(keyring, makes_keys_once_and_finds_them_again)
{
	struct keyring *k;
	struct err e;
	unsigned char person[KEY_SIZE];
	unsigned char quarantine[KEY_SIZE];
	struct stat st;
	char path[TEMP_SIZE + 32];

	make_dir();
	cr_assert_eq(open_both(&k, &e), OK, "%s", e.text);
	memcpy(quarantine, keyring_quarantine(k), KEY_SIZE);
	cr_assert_eq(agree(k, 2026, NULL, &e), OK, "%s", e.text);
	cr_assert_eq(agree(k, 2025, NULL, &e), OK, "%s", e.text);
	memcpy(person, keyring_person(k, 2026), KEY_SIZE);
	cr_expect_neq(memcmp(person, keyring_person(k, 2025), KEY_SIZE), 0, "years share a key");
	cr_expect_neq(memcmp(person, quarantine, KEY_SIZE), 0);
	keyring_free(k);
	path_of(path, sizeof path, "person-2026.key");
	cr_assert_eq(stat(path, &st), 0);
	cr_expect_eq(st.st_mode & 0777, 0600);
	cr_expect_eq(st.st_size, KEY_SIZE);
	cr_assert_eq(open_both(&k, &e), OK);
	cr_assert_eq(agree(k, 2026, NULL, &e), OK, "%s", e.text);
	cr_expect_eq(memcmp(person, keyring_person(k, 2026), KEY_SIZE), 0);
	cr_expect_eq(memcmp(quarantine, keyring_quarantine(k), KEY_SIZE), 0);
	keyring_free(k);
	clean();
}

Test(keyring, uses_no_key_that_was_not_agreed_on)
{
	static const unsigned char another[KEY_CHECK_SIZE] = {1};
	struct keyring *k;
	struct key_file f;
	struct err e;

	make_dir();
	cr_assert_eq(open_both(&k, &e), OK, "%s", e.text);
	cr_expect_eq(keyring_wanted(k, 0), 0);
	cr_expect_null(keyring_person(k, 2026));
	cr_expect_eq(keyring_wanted(k, 0), 2026);
	cr_assert(keyring_plan_file(k, 2026, &f));
	keyring_load_file(&f);
	cr_assert_eq(keyring_take_file(k, &f, &e), OK, "%s", e.text);
	cr_expect_null(keyring_person(k, 2026), "the database was not asked");
	cr_expect_eq(keyring_expect(k, 2026, another, &e), FATAL_CONFIG);
	cr_expect_null(keyring_person(k, 2026));
	cr_expect_eq(keyring_wanted(k, 0), 2026, "it is still looked for");
	keyring_free(k);
	clean();
}

Test(keyring, moves_its_own_aside_and_takes_the_one_that_is_expected)
{
	struct keyring *first;
	struct keyring *k;
	unsigned char check[KEY_CHECK_SIZE];
	struct stat st;
	char from[TEMP_SIZE + 32];
	char to[TEMP_SIZE + 32];
	struct err e;

	make_dir();
	cr_assert_eq(keyring_open(dir, &first, &e), OK, "%s", e.text);
	cr_assert_eq(agree(first, 2026, NULL, &e), OK, "%s", e.text);
	cr_assert(keyring_check(keyring_person(first, 2026), check));
	path_of(from, sizeof from, "person-2026.key");
	path_of(to, sizeof to, "person-2025.key");
	cr_assert_eq(rename(from, to), 0); /* the other semsd's folder, as it were */
	cr_assert_eq(open_both(&k, &e), OK, "%s", e.text);
	cr_expect_eq(agree(k, 2026, check, &e), FATAL_CONFIG);
	cr_expect_eq(stat(from, &st), 0);
	cr_expect_eq(agree(k, 2026, check, &e), REJ_NOT_FOUND, "%s", e.text);
	cr_expect_neq(stat(from, &st), 0, "it is still there under its name");
	cr_assert_eq(rename(to, from), 0); /* copied */
	cr_expect_eq(agree(k, 2026, check, &e), OK, "%s", e.text);
	cr_expect_eq(memcmp(keyring_person(k, 2026), keyring_person(first, 2026), KEY_SIZE), 0);
	keyring_free(first);
	keyring_free(k);
	cr_expect(temp_remove(dir));
}

Test(keyring, has_no_key_for_years_outside_the_calendar)
{
	struct keyring *k;
	struct err e;

	make_dir();
	cr_assert_eq(open_both(&k, &e), OK);
	cr_expect_null(keyring_person(k, 1999));
	cr_expect_null(keyring_person(k, 2101));
	cr_expect_null(keyring_person(k, -2026));
	keyring_free(k);
	clean();
}

Test(keyring, makes_the_folder_for_nobody_else)
{
	struct keyring *k;
	struct stat st;
	struct err e;

	make_dir();
	rmdir(dir);
	cr_assert_eq(open_both(&k, &e), OK, "%s", e.text);
	cr_assert_eq(stat(dir, &st), 0);
	cr_expect_eq(st.st_mode & 0777, 0700);
	keyring_free(k);
	clean();
}

Test(keyring, makes_nothing_for_who_only_looks)
{
	struct err e;
	struct stat st;
	char path[TEMP_SIZE + 32];

	make_dir();
	cr_assert_eq(keyring_look(dir, &e), OK);
	path_of(path, sizeof path, "quarantine.key");
	cr_expect_neq(stat(path, &st), 0);
	path_of(path, sizeof path, "keys");
	cr_expect_eq(keyring_look(path, &e), OK, "where it would be made one may make it");
	cr_expect_neq(stat(path, &st), 0);
	path_of(path, sizeof path, "none/keys");
	cr_expect_eq(keyring_look(path, &e), FATAL_CONFIG);
	cr_expect(strstr(e.text, "cannot make") != NULL, "%s", e.text);
	clean();
}

Test(keyring, refuses_a_folder_or_key_that_others_can_read)
{
	struct keyring *k = NULL;
	struct err e;
	char path[TEMP_SIZE + 32];

	make_dir();
	chmod(dir, 0750);
	cr_expect_eq(open_both(&k, &e), FATAL_CONFIG);
	cr_expect(strstr(e.text, "chmod 700") != NULL, "%s", e.text);
	chmod(dir, 0700);
	cr_assert_eq(open_both(&k, &e), OK);
	keyring_free(k);
	path_of(path, sizeof path, "quarantine.key");
	chmod(path, 0640);
	cr_expect_eq(open_both(&k, &e), FATAL_CONFIG);
	cr_expect_str_eq(e.where, "quarantine.key");
	chmod(path, 0600);
	clean();
}

Test(keyring, refuses_a_key_that_is_too_short_or_too_long)
{
	struct keyring *k = NULL;
	struct err e;
	char path[TEMP_SIZE + 32];

	make_dir();
	cr_assert_eq(open_both(&k, &e), OK);
	keyring_free(k);
	path_of(path, sizeof path, "quarantine.key");
	cr_assert_eq(truncate(path, KEY_SIZE - 1), 0);
	cr_expect_eq(open_both(&k, &e), FATAL_CONFIG);
	cr_assert_eq(truncate(path, KEY_SIZE + 1), 0);
	cr_expect_eq(open_both(&k, &e), FATAL_CONFIG);
	clean();
}

/* A start that waits for who writes to a pipe would never end. */
Test(keyring, refuses_a_pipe_in_a_keys_place, .timeout = 60)
{
	struct keyring *k = NULL;
	struct err e;
	char path[TEMP_SIZE + 32];

	make_dir();
	path_of(path, sizeof path, "quarantine.key");
	cr_assert_eq(mkfifo(path, 0600), 0);
	cr_expect_eq(open_both(&k, &e), FATAL_CONFIG);
	cr_expect_not_null(strstr(e.text, "a pipe"), "%s", e.text);
	clean();
}

/* --- those that sign --- */

/* The folder, with a first key that signs. */
static void
open_signing(struct keyring **k)
{
	const struct signer *list;
	struct err e;

	make_dir();
	cr_assert_eq(keyring_open(dir, k, &e), OK, "%s", e.text);
	cr_assert_eq(keyring_new_signer(*k, &e), OK, "%s", e.text);
	cr_assert_eq(keyring_signers(*k, &list), 1);
	keyring_register(*k, list[0].id);
}

static enum code
sign_hello(const struct keyring *k, unsigned char signature[SIGN_SIZE], const struct signer **by)
{
	struct err e;

	return keyring_sign(k, "hello", 5, signature, by, &e);
}

Test(keyring, signs_with_a_key_that_stays)
{
	struct keyring *k;
	struct err e;
	const struct signer *by = NULL;
	unsigned char signature[SIGN_SIZE];
	unsigned char again[SIGN_SIZE];
	char id[SIGN_ID_SIZE];

	open_signing(&k);
	cr_assert_eq(sign_hello(k, signature, &by), OK);
	cr_expect(sign_good(by->public, "hello", 5, signature));
	cr_expect_not(sign_good(by->public, "hallo", 5, signature));
	memcpy(id, by->id, sizeof id);
	keyring_free(k);
	cr_assert_eq(open_both(&k, &e), OK, "%s", e.text);
	cr_expect_eq(sign_hello(k, again, &by), REJ_STATE, "the register was not asked");
	keyring_register(k, id);
	cr_assert_eq(sign_hello(k, again, &by), OK);
	cr_expect_str_eq(by->id, id);
	cr_expect_eq(memcmp(again, signature, SIGN_SIZE), 0);
	keyring_free(k);
	clean();
}

Test(keyring, still_knows_who_signed_before_the_newest)
{
	struct keyring *k;
	struct err e;
	const struct signer *first = NULL;
	const struct signer *by = NULL;
	const struct signer *list;
	unsigned char signature[SIGN_SIZE];
	char id[SIGN_ID_SIZE];
	char path[TEMP_SIZE + 32];

	open_signing(&k);
	cr_assert_eq(sign_hello(k, signature, &first), OK);
	memcpy(id, first->id, sizeof id);
	cr_assert_eq(keyring_new_signer(k, &e), OK, "%s", e.text);
	cr_assert_eq(keyring_signers(k, &list), 2);
	cr_expect_eq(list[1].number, 2);
	keyring_free(k);
	/* The private half goes, what it signed can still be told. */
	path_of(path, sizeof path, "signing-0001.key");
	cr_assert_eq(unlink(path), 0);
	cr_assert_eq(open_both(&k, &e), OK, "%s", e.text);
	first = keyring_signer(k, id);
	cr_assert_not_null(first);
	cr_expect(sign_good(first->public, "hello", 5, signature));
	cr_assert_eq(keyring_signers(k, &list), 2);
	keyring_register(k, list[1].id);
	cr_assert_eq(sign_hello(k, signature, &by), OK);
	cr_expect_str_neq(by->id, id);
	cr_expect_null(keyring_signer(k, "0123456789abcdef"));
	keyring_free(k);
	clean();
}

Test(keyring, does_not_sign_without_the_newest_private_half)
{
	struct keyring *k;
	struct err e;
	const struct signer *by = NULL;
	unsigned char signature[SIGN_SIZE];
	char path[TEMP_SIZE + 32];

	open_signing(&k);
	cr_assert_eq(keyring_new_signer(k, &e), OK, "%s", e.text);
	keyring_free(k);
	path_of(path, sizeof path, "signing-0002.key");
	cr_assert_eq(unlink(path), 0);
	cr_assert_eq(open_both(&k, &e), OK, "%s", e.text);
	cr_expect_eq(sign_hello(k, signature, &by), REJ_STATE);
	keyring_free(k);
	clean();
}

Test(keyring, refuses_a_public_half_of_another_key)
{
	struct keyring *k;
	struct err e;
	char from[TEMP_SIZE + 32];
	char to[TEMP_SIZE + 32];

	open_signing(&k);
	cr_assert_eq(keyring_new_signer(k, &e), OK, "%s", e.text);
	keyring_free(k);
	path_of(from, sizeof from, "signing-0001.pub");
	path_of(to, sizeof to, "signing-0002.pub");
	cr_assert_eq(rename(from, to), 0);
	cr_expect_eq(open_both(&k, &e), FATAL_CONFIG);
	cr_expect_str_eq(e.where, "signing-0002.pub");
	clean();
}

Test(keyring, refuses_a_signing_key_that_others_can_read)
{
	struct keyring *k;
	struct err e;
	char path[TEMP_SIZE + 32];

	open_signing(&k);
	keyring_free(k);
	path_of(path, sizeof path, "signing-0001.key");
	chmod(path, 0644);
	cr_expect_eq(open_both(&k, &e), FATAL_CONFIG);
	cr_expect_str_eq(e.where, "signing-0001.key");
	clean();
}

Test(keyring, signs_with_none_that_is_not_registered)
{
	struct keyring *k;
	struct err e;
	const struct signer *by = NULL;
	unsigned char signature[SIGN_SIZE];

	open_signing(&k);
	cr_assert_eq(sign_hello(k, signature, &by), OK);
	cr_assert_eq(keyring_new_signer(k, &e), OK, "%s", e.text);
	cr_expect_eq(keyring_sign(k, "hello", 5, signature, &by, &e), REJ_STATE);
	cr_expect_not_null(strstr(e.text, "key.register"), "%s", e.text);
	cr_expect_str_eq(e.next, "[{\"action\":\"key.register\"}]");
	keyring_register(k, by->id);
	cr_expect_eq(sign_hello(k, signature, &by), OK);
	keyring_free(k);
	clean();
}
