/* The plan and the run as such; what is decided by which facts is core's, and tests/admin's. */
#include "store/retention_job.h"
#include "tests/store/fixture.h"
#include "tests/store/spd_fixture.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TURNS_MAX 3000

static struct fixture f;
static int n_done;
static struct err outcome;

static void
open_store(void)
{
	fixture_open(&f);
	cluster_do(f.pg, "SELECT sems.make_partition('plan', '2020-01-10Z'), "
			 "sems.make_partition('plan', '2020-02-10Z')");
	cluster_submit(f.pg, "2020-Q1", "2020-05-01Z");
}

static void
close_store(void)
{
	fixture_close(&f);
}

TestSuite(retention_job, .init = open_store, .fini = close_store);

static void
on_done(struct retention_run *r, const struct err *e)
{
	(void)r;
	outcome = *e;
	n_done++;
}

static void
run(struct retention_run *r, bool drop)
{
	*r = (struct retention_run){
	    .store = f.store, .by = "somebody", .drop = drop, .done = on_done};
	cr_assert(utc_parse(text_of("2026-05-15T10:00:00Z"), &r->now));
	retention_start(r);
	for (int i = 0; i < TURNS_MAX && n_done == 0; i++)
		fixture_turn(&f);
	cr_assert_eq(n_done, 1);
	cr_assert_eq(outcome.code, OK, "%s", outcome.text);
}

Test(retention_job, plans_in_order_and_drops_nothing)
{
	struct retention_run r;

	run(&r, false);
	cr_assert_eq(r.n, 2);
	cr_expect_str_eq(r.months[0].kind, "plan");
	cr_expect_str_eq(r.months[0].month, "2020-01-01");
	cr_expect_str_eq(r.months[1].month, "2020-02-01");
	cr_expect_eq(r.months[1].decision, RETENTION_DROP, "%s", r.months[1].why);
	cr_expect_eq(r.window_days, 120);
	cr_expect_eq(r.n_dropped, 0);
	retention_fini(&r);
}

Test(retention_job, drops_month_by_month_and_signs_the_certificates)
{
	struct retention_run r;

	run(&r, true);
	cr_expect_eq(r.n_dropped, 2);
	cr_expect(r.months[0].is_dropped && r.months[1].is_dropped);
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.purge_certificate "
				       "WHERE dropped_by = 'somebody'"),
		     2);
	cr_expect_str_eq(
	    cluster_text(f.pg, "SELECT floor AT TIME ZONE 'UTC' FROM sems.purge_floor"),
	    "2020-03-01 00:00:00");
	retention_fini(&r);
}

Test(retention_job, keeps_a_kind_without_a_maximum)
{
	struct retention_run r;

	cluster_do(f.pg, "UPDATE sems.retention_policy SET max_months = NULL WHERE kind = 'plan'");
	run(&r, true);
	cr_expect_eq(r.n_dropped, 0);
	cr_expect_eq(r.months[0].decision, RETENTION_KEEP_YOUNG);
	retention_fini(&r);
}

Test(retention_job, decides_nothing_by_a_policy_that_cannot_be_right)
{
	struct retention_run r;

	cluster_do(f.pg, "UPDATE sems.retention_policy SET min_months = 2, max_months = 2 "
			 "WHERE kind = 'plan'");
	run(&r, true);
	cr_expect_eq(r.n_dropped, 0);
	cr_expect_not_null(strstr(r.months[0].why, "policy is wrong"), "%s", r.months[0].why);
	retention_fini(&r);
}

Test(retention_job, leaves_no_quarter_to_be_computed_from_what_it_left)
{
	struct quarter q1 = {2020, 1};
	struct retention_run r;

	spd_add_at(&f, "2020-01-10T12:00:00Z", "plan", 1, ", plan_id", ", 'p'");
	cr_expect_eq(spd_fails(&f, SPD_TASK_SHOW, q1), OK);
	run(&r, true);
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.purge_certificate "
				       "WHERE records > 0"),
		     1);
	cr_expect_eq(spd_fails(&f, SPD_TASK_SHOW, q1), REJ_STATE);
	cr_expect_eq(spd_fails(&f, SPD_TASK_FREEZE, q1), REJ_STATE);
	retention_fini(&r);
}

/* The counts of 2020 as they are kept, without when they were made. */
static const char *
kept(const char *table)
{
	char sql[200];

	snprintf(sql, sizeof sql,
		 "SELECT coalesce(sum(n), 0) FROM sems.%s JOIN sems.cube USING (cube_id) "
		 "WHERE kind = 'tip_event' AND is_personal",
		 table);
	return cluster_text(f.pg, sql);
}

Test(retention_job, keeps_the_counts_of_what_it_drops_and_forgets_the_persons)
{
	struct retention_run r;
	static const char counts[] =
	    "SELECT coalesce(string_agg(c.name || d.day || d.keys::text || "
	    "d.n || coalesce(d.sums::text, ''), ' ' ORDER BY c.name, d.day,"
	    " d.keys), '') FROM sems.day_count d JOIN sems.cube c "
	    "USING (cube_id) WHERE NOT c.is_personal";

	spd_add_at(&f, "2020-01-10T10:00:00Z", "tip_event", 3, ", device_id, outcome, screener_id",
		   ", 'd', 'HIT', '\\x00112233445566778899aabbccddeeff'");
	spd_recount(&f);
	char *before = strdup(cluster_text(f.pg, counts));
	cr_expect_neq(before[0], '\0');
	cr_expect_str_eq(kept("day_count"), "3");
	cr_expect_str_eq(kept("quarter_count"), "3");
	run(&r, true);
	cr_expect_eq(r.n_dropped, 3);
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.tip_event"), 0);
	/* Not counted again to nothing, either. */
	spd_recount(&f);
	cr_expect_str_eq(cluster_text(f.pg, counts), before);
	cr_expect_str_eq(kept("day_count"), "0");
	cr_expect_str_eq(kept("quarter_count"), "0");
	free(before);
	retention_fini(&r);
}

Test(retention_job, counts_what_was_never_counted_before_it_drops_it)
{
	struct retention_run r;

	spd_add_at(&f, "2020-02-10T10:00:00Z", "tip_event", 2, ", device_id, outcome",
		   ", 'd', 'HIT'");
	run(&r, true);
	cr_expect_eq(r.n_dropped, 3);
	cr_expect_eq(cluster_int(f.pg, "SELECT sum(n) FROM sems.day_count JOIN sems.cube "
				       "USING (cube_id) WHERE name = 'received tip_event'"),
		     2);
	retention_fini(&r);
}
