/* The folder of keys against the database, when either was restored from another day. */
#include "store/keyring.h"
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
	(void)snprintf(s.conninfo, sizeof s.conninfo, "%s",
		       cluster_conninfo(cluster_shared(), database, "semsd"));
	temp_dir(s.folder);
	s.this_year = (int)cluster_int(s.pg, "SELECT extract(year FROM now())::int");
	open_keys();
}

static const char *
path_of(const char *name)
{
	static char path[TEMP_SIZE + 32];

	(void)snprintf(path, sizeof path, "%s/%s", s.folder, name);
	return path;
}

static const char *
year_file(int year)
{
	static char name[32];

	(void)snprintf(name, sizeof name, "person-%04d.key", year);
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
	return store_check_keys(s.conninfo, s.keys, &s.e);
}

/* A year's key is in use, and the database knows. */
static void
use(int year)
{
	cr_assert_not_null(keyring_person(s.keys, year));
	cr_assert_eq(store_check_keys(s.conninfo, s.keys, &s.e), OK, "%s", s.e.text);
}

Test(key_check, finds_the_keys_it_left)
{
	use(s.this_year);
	cr_expect_eq(restart(), OK, "%s", s.e.text);
	cr_expect_eq(cluster_int(s.pg, "SELECT count(*) FROM sems.key_check"), 2);
	cr_expect_eq(keyring_untold(s.keys, 0), 0);
}

Test(key_check, tells_the_database_of_files_that_it_does_not_know)
{
	use(s.this_year - 1);
	cluster_do(s.pg, "DELETE FROM sems.key_check");
	cr_expect_eq(restart(), OK, "%s", s.e.text);
	cr_expect_eq(cluster_int(s.pg, "SELECT count(*) FROM sems.key_check"), 2);
}

Test(key_check, refuses_to_go_on_without_a_recent_key)
{
	use(s.this_year - 1);
	cr_assert_eq(unlink(year_file(s.this_year - 1)), 0);
	cr_expect_eq(restart(), FATAL_CONFIG);
	cr_expect_not_null(strstr(s.e.text, "put it back"));
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
	cr_expect_not_null(keyring_person(s.keys, old + 1));
}

Test(key_check, refuses_another_key_of_any_year)
{
	int old = s.this_year - YEARS_BACK;

	use(old);
	keyring_free(s.keys);
	cr_assert_eq(unlink(year_file(old)), 0);
	open_keys();
	cr_assert_not_null(keyring_person(s.keys, old));
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
	(void)snprintf(aside, sizeof aside, "%s.aside", year_file(old));
	cr_assert_eq(rename(year_file(old), aside), 0);
	cr_expect_eq(restart(), OK, "%s", s.e.text);
	cr_expect_null(keyring_person(s.keys, old));
	cr_assert_eq(rename(aside, year_file(old)), 0);
	cr_expect_not_null(keyring_person(s.keys, old));
}
