/* A register that somebody else changes. */
#include "base/count.h"
#include "jobs/register_watch.h"
#include "tests/jobs/scene.h"

#include <criterion/criterion.h>

static struct scene s;
static struct register_watch *watch;
static int n_changed;

static void
on_changed(void *ctx)
{
	(void)ctx;
	n_changed++;
}

static bool
idle(void)
{
	return register_watch_is_idle(watch);
}

/* How many changes one look finds. */
static int
look(void)
{
	int before = n_changed;

	register_watch_look(watch);
	cr_assert(scene_turn_until(&s, idle));
	return n_changed - before;
}

static void
open_watch(void)
{
	struct register_watch_config wc = register_watch_defaults();

	scene_open(&s);
	wc.on_changed = on_changed;
	/* Only the test looks. */
	wc.look_ms = 3600 * 1000;
	watch = register_watch_new(s.base, s.store, &wc);
	cr_assert_not_null(watch);
	cr_assert_eq(look(), 1, "what was read before is not known to be new enough");
}

static void
close_watch(void)
{
	scene_stop(&s);
	register_watch_free(watch);
	scene_close(&s);
}

TestSuite(register_watch, .init = open_watch, .fini = close_watch);

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

	for (size_t i = 0; i < COUNT(changes); i++) {
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
