/* A register that somebody else changes. */
#include "jobs/register_watch.h"
#include "store/keyring.h"
#include "tests/lib/cluster.h"
#include "tests/lib/temp.h"

#include <criterion/criterion.h>
#include <event2/event.h>

#include <stdio.h>

#define TURN_MS   10
#define TURNS_MAX 3000

static struct {
	PGconn *pg;
	struct event_base *base;
	struct store *store;
	struct keyring *keys;
	struct register_watch *watch;
	char folder[TEMP_SIZE];
	int n_changed;
} s;

static void
on_changed(void *ctx)
{
	(void)ctx;
	s.n_changed++;
}

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

/* How many changes one look finds. */
static int
look(void)
{
	int before = s.n_changed;

	register_watch_look(s.watch);
	for (int i = 0; i < TURNS_MAX && !register_watch_is_idle(s.watch); i++)
		turn();
	cr_assert(register_watch_is_idle(s.watch));
	return s.n_changed - before;
}

static void
open_scene(void)
{
	static char conninfo[256];
	struct store_config config = {.on_written = on_written, .on_ready = on_ready};
	struct register_watch_config wc = register_watch_defaults();
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
	wc.on_changed = on_changed;
	/* Only the test looks. */
	wc.look_ms = 3600 * 1000;
	s.watch = register_watch_new(s.base, s.store, &wc);
	cr_assert_not_null(s.watch);
	cr_assert_eq(look(), 1, "what was read before is not known to be new enough");
}

static void
close_scene(void)
{
	store_free(s.store);
	register_watch_free(s.watch);
	keyring_free(s.keys);
	event_base_free(s.base);
	PQfinish(s.pg);
	cr_expect(temp_remove(s.folder));
}

TestSuite(register_watch, .init = open_scene, .fini = close_scene);

Test(register_watch, is_quiet_while_nothing_changes)
{
	cr_expect_eq(look(), 0);
	cluster_do(s.pg, "UPDATE sems.setting SET value = value");
	cr_expect_eq(look(), 0, "nobody keeps a copy of that");
}

Test(register_watch, notices_every_table_that_is_served_from_a_copy)
{
	static const char *const changes[] = {
	    "SELECT sems.setup_entity('Harbour View Airport', 'Europe/London')",
	    "INSERT INTO sems.site VALUES ('T1', 'Terminal 1')",
	    "INSERT INTO sems.principal VALUES ('unix:anna', 'device')",
	    ("INSERT INTO sems.source VALUES ('lane'); "
	     "INSERT INTO sems.source_grant VALUES ('unix:anna', 'lane', '*', '*')"),
	    "UPDATE sems.principal SET role = 'admin'",
	    "DELETE FROM sems.source_grant",
	    "INSERT INTO sems.purge_floor VALUES ('plan', '2020-01-01Z')",
	};

	for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		cluster_do(s.pg, changes[i]);
		cr_expect_eq(look(), 1, "%s", changes[i]);
		cr_expect_eq(look(), 0, "%s", changes[i]);
	}
}

Test(register_watch, notices_a_change_when_it_is_committed)
{
	cluster_do(s.pg, "BEGIN; INSERT INTO sems.site VALUES ('T1', 'Terminal 1')");
	cr_expect_eq(look(), 0);
	cluster_do(s.pg, "COMMIT");
	cr_expect_eq(look(), 1);
}
