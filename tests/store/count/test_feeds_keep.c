/* Feeds are kept, a turn at a time, and only what is over. */
#include "store/count/feeds_keep.h"
#include "tests/lib/machine_walk.h"
#include "tests/store/spd_fixture.h"

#include <criterion/criterion.h>

#include <stdio.h>

STORE_SUITE(feeds_keep, fixture_open, 0);

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
	struct feeds_keep k = {.lanes = store_lanes(f.store),
			       .quarter = quarter,
			       .stop = stop,
			       .done = on_done,
			       .ctx = &done};

	feeds_keep_start(&k);
	for (int i = 0; i < 15000 && !done; i++)
		fixture_turn(&f);
	cr_assert(done, "no end");
}

#define KEPT_DAYS     "SELECT count(*) FROM sems.counted_feed_day"
#define KEPT_QUARTERS "SELECT count(*) FROM sems.counted_feed_quarter"

Test(feeds_keep, goes_where_its_table_says)
{
	static const char *const edges[] = {
	    ("lock: nothing more to ask > touched days, it failed > ended, another one counts > "
	     "ended"),
	    "touched days: nothing more to ask > keeping, it failed > ended",
	    "keeping: nothing more to ask > ended, it failed > ended",
	    "waiting: nothing more to ask > ended, it failed > ended",
	    "ended: ",
	};

	MACHINE_WALK(&feeds_machine, edges);
}

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
		snprintf(sql, sizeof sql,
			 "INSERT INTO sems.counted_feed_day SELECT day FROM sems.civil_day "
			 "WHERE quarter = '%s'; INSERT INTO sems.counted_feed_quarter VALUES "
			 "('%s', '{}')",
			 quarters[i], quarters[i]);
		cluster_do(f.pg, sql);
		snprintf(sql, sizeof sql, kept, quarters[i]);
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

/* --- doubles ---------------------------------------------------------------------------------- */

#define DOUBLES(of) "SELECT count(*) FROM sems.spd_double WHERE " of

static void
add_number(const char *at, const char *kind, const char *number)
{
	char values[200];

	snprintf(values, sizeof values, ", '%s'", number);
	spd_add_at(&f, at, kind, 1, ", source_record_id", values);
}

Test(feeds_keep, finds_a_number_at_another_time_whichever_quarter_it_is_in)
{
	add_number("2026-02-10T10:00:00Z", "observation", "17");
	add_number("2026-02-10T11:00:00Z", "observation", "18");
	keep("2026-Q2", false);
	cr_expect_eq(cluster_int(f.pg, DOUBLES("true")), 0);
	add_number("2026-05-10T10:00:00Z", "observation", "17");
	/* Another kind's is another's. */
	add_number("2026-05-10T11:00:00Z", "audit", "18");
	keep("2026-Q2", false);
	cr_expect_eq(cluster_int(f.pg, DOUBLES("source_record_id = '17'")), 2);
	cr_expect_eq(cluster_int(f.pg, DOUBLES("true")), 2);
}

Test(feeds_keep, finds_an_event_number_and_content_of_a_device_at_another_time)
{
	const char *columns = ", device_id, event_no, outcome, image_id";

	spd_add_at(&f, "2026-05-10T10:00:00Z", "tip_event", 1, columns, ", 'D1', 7, 'HIT', 'a'");
	spd_add_at(&f, "2026-05-10T10:01:30Z", "tip_event", 1, columns, ", 'D1', 7, 'HIT', 'a'");
	/* A device that counts anew, and another device. */
	spd_add_at(&f, "2026-06-10T10:00:00Z", "tip_event", 1, columns, ", 'D1', 7, 'HIT', 'b'");
	spd_add_at(&f, "2026-06-10T10:00:00Z", "tip_event", 1, columns, ", 'D2', 7, 'HIT', 'a'");
	keep("2026-Q2", false);
	cr_expect_eq(cluster_int(f.pg, DOUBLES("occurred_at < '2026-06-01'")), 2);
	cr_expect_eq(cluster_int(f.pg, DOUBLES("true")), 2);
}

Test(feeds_keep, finds_what_is_alike_but_for_its_number_to_the_millisecond)
{
	add_number("2026-05-04T09:15:32.118Z", "observation", "1");
	add_number("2026-05-04T09:15:32.118Z", "observation", "2");
	add_number("2026-05-04T09:15:32.119Z", "observation", "3");
	/* A day is no instant. */
	spd_add_at(&f, "2026-05-04T23:00:00Z", "audit", 2, ", \"precision\"", ", 'DAY'");
	keep("2026-Q2", false);
	cr_expect_eq(cluster_int(f.pg, DOUBLES("source_record_id IN ('1', '2')")), 2);
	cr_expect_eq(cluster_int(f.pg, DOUBLES("true")), 2);
}

Test(feeds_keep, tells_no_doubles_of_what_was_voided_or_is_under_embargo)
{
	add_number("2026-05-04T09:00:00Z", "observation", "1");
	add_number("2026-05-04T10:00:00Z", "observation", "1");
	spd_add_at(&f, "2026-05-04T09:00:00Z", "test", 1, ", source_record_id, mode",
		   ", '1', 'COVERT'");
	spd_add_at(&f, "2026-05-04T10:00:00Z", "test", 1, ", source_record_id, mode",
		   ", '1', 'COVERT'");
	keep("2026-Q2", false);
	cr_expect_eq(cluster_int(f.pg, DOUBLES("kind = 'observation'")), 2);
	cr_expect_eq(cluster_int(f.pg, DOUBLES("kind = 'test'")), 0);
	cr_expect_eq(
	    cluster_int(f.pg,
			"SELECT count(*) FROM sems.double_records('', true) WHERE kind = 'test'"),
	    2);
	cluster_do(f.pg, "SELECT sems.make_partition('void', '2026-05-04T09:00:00Z')");
	cluster_do(
	    f.pg,
	    "INSERT INTO sems.void (record_id, source, occurred_at, corrects_record_id, "
	    "corrected_at, correction_reason, received_at, received_from, received_as) "
	    "SELECT record_id, source, occurred_at, record_id, now(), 'twice', now(), 'unix:x', "
	    "'compliance' FROM sems.observation ORDER BY occurred_at LIMIT 1");
	cr_expect_eq(cluster_int(f.pg, DOUBLES("true")), 0);
}
