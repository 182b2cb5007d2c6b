/* Keys made while semsd runs, and a database that knows others. */
#include "jobs/key_watch.h"
#include "tests/jobs/scene.h"

#include <criterion/criterion.h>

static struct scene s;
static struct key_watch *watch;

static void
open_watch(void)
{
	scene_open(&s);
	watch = key_watch_new(s.store, s.keys);
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

Test(key_watch, tells_of_every_key_that_was_made)
{
	cr_assert_not_null(keyring_person(s.keys, 2025));
	cr_assert_not_null(keyring_person(s.keys, 2026));
	look();
	cr_expect_eq(cluster_int(s.pg, "SELECT count(*) FROM sems.key_check "
				       "WHERE name IN ('person-2025', 'person-2026')"),
		     2);
	cr_expect_eq(keyring_untold(s.keys, 0), 0);
	cr_expect_not_null(keyring_person(s.keys, 2026));
}

Test(key_watch, stops_using_a_key_when_the_database_knows_another)
{
	cr_assert_not_null(keyring_person(s.keys, 2026));
	cluster_do(s.pg, "INSERT INTO sems.key_check VALUES "
			 "('person-2026', '\\x000102030405060708090a0b0c0d0e0f')");
	look();
	cr_expect_null(keyring_person(s.keys, 2026));
	cr_expect_not_null(keyring_person(s.keys, 2025));
	cr_expect_eq(keyring_untold(s.keys, 0), 2025, "the other years go on");
}
