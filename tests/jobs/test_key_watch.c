/* Keys made while semsd runs, and a database that knows others. */
#include "jobs/key_watch.h"
#include "tests/lib/cluster.h"
#include "tests/lib/temp.h"

#include <criterion/criterion.h>
#include <event2/event.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define TURN_MS   10
#define TURNS_MAX 3000

static struct {
	PGconn *pg;
	struct event_base *base;
	struct store *store;
	struct keyring *keys;
	struct key_watch *watch;
	char folder[TEMP_SIZE];
} s;

static void
on_written(void *ctx, struct group *g)
{
	(void)ctx;
	(void)g;
}

static void
on_ready(void *ctx, bool ready)
{
	(void)ctx;
	(void)ready;
}

static void
turn(void)
{
	struct timeval t = {0, TURN_MS * 1000};

	event_base_loopexit(s.base, &t);
	event_base_dispatch(s.base);
}

static void
open_scene(void)
{
	static char conninfo[256];
	struct store_config config = {.on_written = on_written, .on_ready = on_ready};
	const char *database = cluster_database();
	struct err e;

	temp_dir(s.folder);
	cr_assert_eq(keyring_open(s.folder, &s.keys, &e), OK, "%s", e.text);
	s.pg = cluster_connect(database);
	(void)snprintf(conninfo, sizeof conninfo, "%s",
		       cluster_conninfo(cluster_shared(), database, "semsd"));
	s.base = event_base_new();
	config.conninfo = conninfo;
	config.keys = s.keys;
	s.store = store_new(s.base, &config);
	for (int i = 0; i < TURNS_MAX && !store_ready(s.store); i++)
		turn();
	cr_assert(store_ready(s.store));
	s.watch = key_watch_new(s.store, s.keys);
	cr_assert_not_null(s.watch);
}

static void
close_scene(void)
{
	store_free(s.store);
	key_watch_free(s.watch);
	keyring_free(s.keys);
	event_base_free(s.base);
	PQfinish(s.pg);
	cr_expect(temp_remove(s.folder));
}

TestSuite(key_watch, .init = open_scene, .fini = close_scene);

static void
look(void)
{
	key_watch_look(s.watch);
	for (int i = 0; i < TURNS_MAX && !key_watch_is_idle(s.watch); i++)
		turn();
	cr_assert(key_watch_is_idle(s.watch));
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
