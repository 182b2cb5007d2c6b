/* Feeds are kept, a turn at a time, and only what is over. */
#include "store/feeds_keep.h"
#include "tests/store/spd_fixture.h"

#include <criterion/criterion.h>

#include <stdio.h>

static struct fixture f;

static void
open_store(void)
{
	fixture_open(&f);
}

static void
close_store(void)
{
	fixture_close(&f);
}

TestSuite(feeds_keep, .init = open_store, .fini = close_store);

static void
on_done(struct feeds_keep *k, const struct err *e)
{
	bool *done = k->ctx;

	cr_assert_eq(e->code, OK, "%s: %s", e->where, e->text);
	*done = true;
}

static void
keep(const char *quarter, bool stop)
{
	bool done = false;
	struct feeds_keep k = {
	    .store = f.store, .quarter = quarter, .stop = stop, .done = on_done, .ctx = &done};

	feeds_keep_start(&k);
	for (int i = 0; i < 3000 && !done; i++)
		fixture_turn(&f);
	cr_assert(done, "no end");
}

#define KEPT_DAYS     "SELECT count(*) FROM sems.counted_feed_day"
#define KEPT_QUARTERS "SELECT count(*) FROM sems.counted_feed_quarter"

Test(feeds_keep, keeps_days_of_a_quarter_first_and_then_what_they_come_to)
{
	spd_add(&f, "activity", 3, ", activity, count", ", 'FLIGHTS', 1");
	keep("2026-Q2", true);
	cr_expect_eq(cluster_int(f.pg, KEPT_DAYS), 91);
	cr_expect_eq(cluster_int(f.pg, KEPT_QUARTERS), 0);
	keep("2026-Q2", false);
	cr_expect_eq(cluster_int(f.pg, KEPT_QUARTERS), 1);
	cr_expect_eq(cluster_int(f.pg, "SELECT sum(received) FROM sems.feed_quarter"), 3);
}

Test(feeds_keep, counts_again_what_was_touched_and_its_quarter)
{
	spd_add(&f, "activity", 3, ", activity, count", ", 'FLIGHTS', 1");
	keep("2026-Q2", false);
	spd_add(&f, "activity", 1, ", activity, count", ", 'FLIGHTS', 1");
	keep("2026-Q2", false);
	cr_expect_eq(cluster_int(f.pg, KEPT_DAYS), 91);
	cr_expect_eq(cluster_int(f.pg, "SELECT sum(received) FROM sems.feed_quarter"), 4);
}

/* Kept while a clock was ahead, which was set back. */
Test(feeds_keep, takes_nothing_that_was_kept_of_a_quarter_that_is_not_over)
{
	static const char kept[] =
	    "SELECT count(sems.kept_feed_quarter(q.since, q.until)) FROM (SELECT min(starts_at) AS "
	    "since, max(ends_at) AS until FROM sems.civil_day WHERE quarter = '%s') AS q";
	static const char *const quarters[] = {"2026-Q2", "2099-Q2"};
	char sql[400];

	for (size_t i = 0; i < 2; i++) {
		(void)snprintf(sql, sizeof sql,
			       "INSERT INTO sems.counted_feed_day SELECT day FROM sems.civil_day "
			       "WHERE quarter = '%s'; INSERT INTO sems.counted_feed_quarter VALUES "
			       "('%s', '{}')",
			       quarters[i], quarters[i]);
		cluster_do(f.pg, sql);
		(void)snprintf(sql, sizeof sql, kept, quarters[i]);
		cr_expect_eq(cluster_int(f.pg, sql), i == 0, "%s", quarters[i]);
	}
}

Test(feeds_keep, counts_a_quarter_again_when_other_feeds_are_expected)
{
	spd_add(&f, "activity", 3, ", activity, count", ", 'FLIGHTS', 1");
	keep("2026-Q2", false);
	cluster_do(f.pg, "INSERT INTO sems.expected_feed (source, kind, every_hours, from_day) "
			 "VALUES ('lane 7', 'observation', 24, '2026-01-01')");
	cr_expect_eq(cluster_int(f.pg, KEPT_QUARTERS), 0);
	keep("2026-Q2", false);
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.feed_quarter"), 2);
}

Test(feeds_keep, keeps_no_plans_by_day_for_they_touch_another)
{
	spd_add(&f, "plan", 2, ", what, planned_count", ", 'AUDITS', 3");
	keep("2026-Q2", false);
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.feed_day"), 0);
	cr_expect_eq(cluster_int(f.pg, "SELECT sum(received) FROM sems.feed_quarter"), 2);
	/* Made in another quarter than the one it is for. */
	spd_add_at(&f, "2026-02-10T10:00:00Z", "plan", 1, ", what, planned_count, period_start",
		   ", 'AUDITS', 3, '2026-05-01Z'");
	keep("2026-Q2", false);
	cr_expect_eq(cluster_int(f.pg, "SELECT sum(received) FROM sems.feed_quarter"), 3);
}
