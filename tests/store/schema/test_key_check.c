/* The folder of keys against the database, when either was restored from another day. */
#include "base/count.h"
#include "host/keyring.h"
#include "store/store.h"
#include "tests/lib/cluster.h"
#include "tests/lib/temp.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define YEARS_BACK 5

static struct {
	PGconn *pg;
	char conninfo[256];
	char folder[TEMP_SIZE];
	struct keyring *keys;
	struct err e;
	int this_year;
} s;

static void
open_keys(void)
{
	cr_assert_eq(keyring_open(s.folder, &s.keys, &s.e), OK, "%s", s.e.text);
}

static void
open_scene(void)
{
	const char *database = cluster_database();

	s.pg = cluster_connect(database);
	snprintf(s.conninfo, sizeof s.conninfo, "%s",
		 cluster_conninfo(cluster_shared(), database, "semsd"));
	temp_dir(s.folder);
	s.this_year = (int)cluster_int(s.pg, "SELECT extract(year FROM now())::int");
	open_keys();
}

static const char *
path_of(const char *name)
{
	static char path[TEMP_SIZE + 32];

	snprintf(path, sizeof path, "%s/%s", s.folder, name);
	return path;
}

static const char *
year_file(int year)
{
	static char name[32];

	snprintf(name, sizeof name, "person-%04d.key", year);
	return path_of(name);
}

static void
close_scene(void)
{
	keyring_free(s.keys);
	PQfinish(s.pg);
	cr_expect(temp_remove(s.folder));
}

TestSuite(key_check, .init = open_scene, .fini = close_scene);

/* As semsd does when it starts. */
static enum code
restart(void)
{
	keyring_free(s.keys);
	s.keys = NULL;
	open_keys();
	return schema_check_keys(s.conninfo, s.keys, &s.e);
}

static void
make(struct keyring *keys, int year)
{
	struct key_file f;

	keyring_person(keys, year);
	cr_assert(keyring_plan_file(keys, year, &f));
	keyring_load_file(&f);
	cr_assert_eq(keyring_take_file(keys, &f, &s.e), OK, "%s", s.e.text);
}

/* A year's key is in use, and the database knows. */
static void
use(int year)
{
	make(s.keys, year);
	cr_assert_eq(schema_check_keys(s.conninfo, s.keys, &s.e), OK, "%s", s.e.text);
	cr_assert_not_null(keyring_person(s.keys, year));
}

Test(key_check, finds_the_keys_it_left)
{
	use(s.this_year);
	cr_expect_eq(restart(), OK, "%s", s.e.text);
	cr_expect_eq(cluster_int(s.pg, "SELECT count(*) FROM sems.key_check"), 3,
		     "the quarantine's, this year's and the next one's");
	cr_expect_eq(keyring_wanted(s.keys, 0), 0);
}

Test(key_check, tells_the_database_of_files_that_it_does_not_know)
{
	use(s.this_year - 1);
	cluster_do(s.pg, "DELETE FROM sems.key_check");
	cr_expect_eq(restart(), OK, "%s", s.e.text);
	cr_expect_eq(cluster_int(s.pg, "SELECT count(*) FROM sems.key_check"), 4);
}

Test(key_check, refuses_to_go_on_without_a_recent_key)
{
	use(s.this_year - 1);
	cr_assert_eq(unlink(year_file(s.this_year - 1)), 0);
	cr_expect_eq(restart(), FATAL_CONFIG);
	cr_expect_not_null(strstr(s.e.text, "copy it from"), "%s", s.e.text);
	cr_expect_neq(access(year_file(s.this_year - 1), F_OK), 0, "another key was made");
}

Test(key_check, goes_on_without_an_old_key_and_makes_none)
{
	int old = s.this_year - YEARS_BACK;

	use(old);
	cr_assert_eq(unlink(year_file(old)), 0);
	cr_expect_eq(restart(), OK, "%s", s.e.text);
	cr_expect_null(keyring_person(s.keys, old));
	cr_expect_neq(access(year_file(old), F_OK), 0, "another key was made");
	make(s.keys, old + 1);
}

Test(key_check, refuses_another_key_of_any_year)
{
	int old = s.this_year - YEARS_BACK;

	use(old);
	keyring_free(s.keys);
	cr_assert_eq(unlink(year_file(old)), 0);
	open_keys();
	make(s.keys, old);
	cr_expect_eq(restart(), FATAL_CONFIG);
	cr_expect_not_null(strstr(s.e.text, "not the key"));
}

Test(key_check, refuses_another_key_of_the_quarantine)
{
	use(s.this_year);
	cr_assert_eq(unlink(path_of("quarantine.key")), 0);
	cr_expect_eq(restart(), FATAL_CONFIG);
	cr_expect_not_null(strstr(s.e.text, "quarantine"));
}

Test(key_check, takes_a_key_that_was_put_back_while_it_runs)
{
	int old = s.this_year - YEARS_BACK;
	char aside[TEMP_SIZE + 64];

	use(old);
	snprintf(aside, sizeof aside, "%s.aside", year_file(old));
	cr_assert_eq(rename(year_file(old), aside), 0);
	cr_expect_eq(restart(), OK, "%s", s.e.text);
	cr_expect_null(keyring_person(s.keys, old));
	cr_assert_eq(rename(aside, year_file(old)), 0);
	make(s.keys, old);
	cr_expect_not_null(keyring_person(s.keys, old));
}

/* --- several semsd ---------------------------------------------------------------------------- */

/* Another one, with the folder of keys as it was before there were any of years. */
static void
open_second(struct keyring **keys, char folder[TEMP_SIZE])
{
	static const char *const names[] = {"quarantine.key", "signing-0001.key",
					    "signing-0001.pub"};

	temp_dir(folder);
	for (size_t i = 0; i < COUNT(names); i++) {
		char to[TEMP_SIZE + 32];

		snprintf(to, sizeof to, "%s/%s", folder, names[i]);
		link(path_of(names[i]), to);
	}
	cr_assert_eq(keyring_open(folder, keys, &s.e), OK, "%s", s.e.text);
}

Test(key_check, two_semsd_never_use_two_keys_of_a_year)
{
	struct keyring *second;
	char folder[TEMP_SIZE];
	int old = s.this_year - YEARS_BACK;

	cr_assert_eq(schema_check_keys(s.conninfo, s.keys, &s.e), OK, "%s", s.e.text);
	open_second(&second, folder);
	make(s.keys, old);
	make(second, old);
	cr_expect_null(keyring_person(s.keys, old), "used before it was agreed on");
	cr_expect_null(keyring_person(second, old), "used before it was agreed on");
	cr_expect_eq(schema_check_keys(s.conninfo, s.keys, &s.e), OK, "%s", s.e.text);
	cr_expect_not_null(keyring_person(s.keys, old));
	cr_expect_eq(schema_check_keys(s.conninfo, second, &s.e), FATAL_CONFIG);
	cr_expect_null(keyring_person(second, old));
	keyring_free(second);
	cr_expect(temp_remove(folder));
}

Test(key_check, a_second_semsd_is_told_to_copy_this_years_key)
{
	struct keyring *second;
	char folder[TEMP_SIZE];

	cr_assert_eq(schema_check_keys(s.conninfo, s.keys, &s.e), OK, "%s", s.e.text);
	open_second(&second, folder);
	cr_expect_eq(schema_check_keys(s.conninfo, second, &s.e), FATAL_CONFIG);
	cr_expect_not_null(strstr(s.e.text, "copy it from the other"), "%s", s.e.text);
	keyring_free(second);
	cr_expect(temp_remove(folder));
}

static enum code
sign_with(const struct keyring *keys)
{
	unsigned char signature[SIGN_SIZE];
	const struct signer *by;

	return keyring_sign(keys, "x", 1, signature, &by, &s.e);
}

Test(key_check, the_first_key_that_signs_is_registered_and_no_other)
{
	const struct signer *list;

	cr_assert_eq(schema_check_keys(s.conninfo, s.keys, &s.e), OK, "%s", s.e.text);
	cr_expect_eq(sign_with(s.keys), OK, "%s", s.e.text);
	cr_expect_eq(cluster_int(s.pg, "SELECT count(*) FROM sems.signing_key"), 1);
	/* A folder without it gets none of its own, and signs nothing. */
	cr_assert_eq(unlink(path_of("signing-0001.key")), 0);
	cr_assert_eq(unlink(path_of("signing-0001.pub")), 0);
	cr_expect_eq(restart(), OK, "%s", s.e.text);
	cr_expect_eq(keyring_signers(s.keys, &list), 0);
	cr_expect_eq(sign_with(s.keys), REJ_STATE);
	cr_expect_not_null(strstr(s.e.text, "copy signing-"), "%s", s.e.text);
	/* Nor with one that somebody made. */
	cr_assert_eq(keyring_new_signer(s.keys, &s.e), OK);
	cr_expect_eq(restart(), OK, "%s", s.e.text);
	cr_expect_eq(sign_with(s.keys), REJ_STATE);
	cr_expect_not_null(strstr(s.e.text, "not registered"), "%s", s.e.text);
	cr_expect_eq(cluster_int(s.pg, "SELECT count(*) FROM sems.signing_key"), 1);
}
