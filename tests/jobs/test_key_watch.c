/* Keys made while semsd runs, and a database that knows others. */
#include "jobs/key_watch.h"
#include "tests/jobs/scene.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct scene s;
static struct key_watch *watch;

static void
open_watch(void)
{
	struct key_watch_config config = key_watch_defaults();

	scene_open(&s);
	config.again_ms = 20;
	watch = key_watch_new(s.base, s.store, s.keys, &config);
	cr_assert_not_null(watch);
}

static void
close_watch(void)
{
	scene_stop(&s);
	key_watch_free(watch);
	scene_close(&s);
}

TestSuite(key_watch, .init = open_watch, .fini = close_watch);

static bool
idle(void)
{
	return key_watch_is_idle(watch);
}

static void
look(void)
{
	key_watch_look(watch);
	cr_assert(scene_turn_until(&s, idle));
}

Test(key_watch, agrees_on_every_key_that_is_wanted)
{
	cr_expect_null(keyring_person(s.keys, 2025));
	cr_expect_null(keyring_person(s.keys, 2026));
	look();
	cr_expect_eq(cluster_int(s.pg, "SELECT count(*) FROM sems.key_check "
				       "WHERE name IN ('person-2025', 'person-2026')"),
		     2);
	cr_expect_eq(keyring_wanted(s.keys, 0), 0);
	cr_expect_not_null(keyring_person(s.keys, 2025));
	cr_expect_not_null(keyring_person(s.keys, 2026));
}

static bool
is_moved(void)
{
	char path[TEMP_SIZE + 40];

	snprintf(path, sizeof path, "%s/person-2026.key", s.folder);
	return access(path, F_OK) != 0;
}

static bool
is_agreed(void)
{
	return keyring_person(s.keys, 2026) != NULL;
}

Test(key_watch, takes_nothing_with_its_own_when_another_was_first_and_goes_on_with_that)
{
	char folder[TEMP_SIZE];
	char from[TEMP_SIZE + 40];
	char to[TEMP_SIZE + 40];
	struct keyring *other;
	struct key_file f;
	struct err e;

	/* The other one's, told to the database a moment before. */
	temp_dir(folder);
	cr_assert_eq(keyring_open(folder, &other, &e), OK, "%s", e.text);
	cr_assert_eq(schema_check_keys(s.conninfo, other, &e), OK, "%s", e.text);
	keyring_person(other, 2026);
	cr_assert(keyring_plan_file(other, 2026, &f));
	keyring_load_file(&f);
	cr_assert_eq(keyring_take_file(other, &f, &e), OK, "%s", e.text);
	cr_assert_eq(schema_check_keys(s.conninfo, other, &e), OK, "%s", e.text);

	cr_expect_null(keyring_person(s.keys, 2025));
	cr_expect_null(keyring_person(s.keys, 2026));
	look();
	cr_expect_null(keyring_person(s.keys, 2026));
	cr_expect_not_null(keyring_person(s.keys, 2025), "the other years go on");
	cr_assert(scene_turn_until(&s, is_moved), "its own is in the way");
	snprintf(from, sizeof from, "%s/person-2026.key", folder);
	snprintf(to, sizeof to, "%s/person-2026.key", s.folder);
	cr_assert_eq(link(from, to), 0);
	cr_assert(scene_turn_until(&s, is_agreed));
	cr_expect_eq(memcmp(keyring_person(s.keys, 2026), keyring_person(other, 2026), KEY_SIZE),
		     0);
	keyring_free(other);
	cr_expect(temp_remove(folder));
}

static bool
has_next(void)
{
	return cluster_int(s.pg, "SELECT count(*) FROM sems.key_check WHERE name = "
				 "'person-2027'") == 1;
}

Test(key_watch, has_the_coming_years_key_before_anybody_asks)
{
	struct key_watch_config config = key_watch_defaults();
	struct key_watch *ahead;

	scene_set_clock(&s, "2026-05-15T10:00:00Z");
	config.now = scene_now;
	config.ctx = &s;
	ahead = key_watch_new(s.base, s.store, s.keys, &config);
	cr_assert(scene_turn_until(&s, has_next));
	scene_stop(&s);
	key_watch_free(ahead);
}
