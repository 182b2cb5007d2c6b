/* The plan and the run as such; what is decided by which facts is core's, and tests/admin's. */
#include "store/schema/retention_job.h"
#include "tests/lib/machine_walk.h"
#include "tests/store/fixture.h"
#include "tests/store/spd_fixture.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TURNS_MAX 3000

static int n_done;
static struct err outcome;

static void
open_store(struct fixture *f)
{
	fixture_open(f);
	cluster_do(f->pg, "SELECT sems.make_partition('plan', '2020-01-10Z'), "
			  "sems.make_partition('plan', '2020-02-10Z')");
	cluster_submit(f->pg, "2020-Q1", "2020-05-01Z");
}

STORE_SUITE(retention_job, open_store, 0);

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
	*r = (struct retention_run){.lanes = store_lanes(f.store),
				    .by = "somebody",
				    .keys = f.keys,
				    .drop = drop,
				    .done = on_done};
	cr_assert(utc_parse(text_of("2026-05-15T10:00:00Z"), &r->now));
	retention_start(r);
	for (int i = 0; i < TURNS_MAX && n_done == 0; i++)
		fixture_turn(&f);
	cr_assert_eq(n_done, 1);
	cr_assert_eq(outcome.code, OK, "%s", outcome.text);
}

Test(retention_job, goes_where_its_table_says)
{
	static const char *const edges[] = {
	    "planning: some may go > closing, nothing is to go > ended",
	    "closing: all are closed > counting",
	    ("counting: another one counts > waiting, there are more days > counting, all are "
	     "counted > removing, counting failed > opening again"),
	    "waiting: that one had a turn > counting",
	    "removing: some were in use > closing, all had their turns > opening again",
	    "opening again: all that is left is open > ended",
	    "ended: ",
	};

	MACHINE_WALK(&retention_machine, edges);
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
	cr_expect_eq(r.n_dropped, 2, "%s", r.months[0].why);
	cr_expect(r.months[0].is_dropped && r.months[1].is_dropped);
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.purge_certificate "
				       "WHERE dropped_by = 'somebody'"),
		     2);
	cr_expect_str_eq(
	    cluster_text(f.pg, "SELECT floor AT TIME ZONE 'UTC' FROM sems.purge_floor"),
	    "2020-03-01 00:00:00");
	retention_fini(&r);
}

/* P-932. A run goes with its last record, and one that stored nothing with the months of its time.
 */
Test(retention_job, forgets_runs_of_imports_that_have_no_record)
{
	struct retention_run r;

	cluster_do(f.pg, "SELECT sems.begin_run('unix:ann', 'old.csv', '', '', '', '2020-02-20Z'), "
			 "sems.begin_run('unix:ann', 'used.csv', '', '', '', '2020-02-20Z'), "
			 "sems.begin_run('unix:ann', 'new.csv', '', '', '', '2020-03-02Z')");
	cluster_do(f.pg, "INSERT INTO sems.import_record SELECT run_no, 'observation', 'app', "
			 "gen_random_uuid() FROM sems.import_run WHERE file = 'used.csv'");
	run(&r, true);
	cr_expect_str_eq(
	    cluster_text(f.pg, "SELECT string_agg(file, ' ' ORDER BY file) FROM sems.import_run"),
	    "new.csv used.csv");
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

/* What each of the counts by person, or image, has in all: "3", when all have the same. */
static const char *
kept(const char *table)
{
	char sql[256];

	snprintf(sql, sizeof sql,
		 "SELECT string_agg(DISTINCT s::text, ' ') FROM (SELECT coalesce(sum(n), 0) AS s "
		 "FROM sems.cube LEFT JOIN sems.%s USING (cube_id) "
		 "WHERE kind = 'tip_event' AND is_personal GROUP BY cube_id) AS t",
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

/* --- while records keep coming ---------------------------------------------------------------- */

#define BATCH    20
#define MAY_2026 "'tip_event', '2026-05-01'"

/* A sender that never rests: a group of May 2026 after the other, and a correction in each of what
 * came in the one before. */
struct stream {
	struct fixture *f;
	struct group *g;
	unsigned n;
	int begun;
	struct uuid root;
	int64_t answers[VERDICT_RETRY + 1];
};

static void
add_correction(struct stream *t)
{
	static struct sample s;
	struct record *r;

	sample_make(&s, KIND_TIP_EVENT);
	sample_move(&s, SAMPLE_TIME + 90 * MS_PER_DAY + t->n);
	r = fixture_record(fixture_add(t->g, &s, "later"));
	r->v[ENV_SOURCE].text = TEXT_LIT("lane-1");
	r->v[ENV_CORRECTS_RECORD_ID] = r->v[ENV_RECORD_ID];
	r->v[ENV_CORRECTS_RECORD_ID].uuid = t->root;
	r->v[ENV_CORRECTED_AT] = r->v[ENV_OCCURRED_AT];
}

static void
flow(struct stream *t)
{
	struct uuid root = t->root;

	if (t->g != NULL && t->f->n_written < t->begun)
		return;
	for (size_t i = 0; t->g != NULL && i < BATCH; i++)
		t->answers[t->g->items[i].verdict]++;
	if (t->g != NULL)
		fixture_free(t->g);
	t->g = NULL;
	if (!store_ready(t->f->store))
		return;
	t->g = fixture_group();
	for (unsigned i = 0; i < BATCH; i++)
		root = fixture_record(fixture_event(t->g, "lane-1", t->n++))->v[ENV_RECORD_ID].uuid;
	if (t->n > BATCH)
		add_correction(t);
	t->root = root;
	fixture_seal(t->g);
	t->begun = t->f->n_written + 1;
	store_write(t->f->store, t->g);
}

static bool
is_past(const struct stream *t, enum verdict v)
{
	return t->answers[v] >= 5L * BATCH;
}

static const struct retention_month *
find_may(const struct retention_run *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->months[i].kind, "tip_event") == 0 &&
		    strcmp(r->months[i].month, "2026-05-01") == 0)
			return &r->months[i];
	cr_assert_fail("there is no such month");
	return NULL;
}

Test(retention_job, drops_a_month_in_one_run_although_its_records_keep_coming, .timeout = 120)
{
	struct fixture second;
	struct stream one = {.f = &f};
	struct stream two = {.f = &second, .n = 30000};
	struct retention_run r = {.lanes = store_lanes(f.store),
				  .by = "somebody",
				  .keys = f.keys,
				  .drop = true,
				  .done = on_done};

	fixture_second(&second, &f);
	cluster_submit(f.pg, "2026-Q2", "2026-07-20Z");
	cr_assert(utc_parse(text_of("2040-05-15T10:00:00Z"), &r.now));
	for (int i = 0;
	     i < TURNS_MAX && !(is_past(&one, VERDICT_STORED) && is_past(&two, VERDICT_STORED));
	     i++) {
		flow(&one);
		flow(&two);
		fixture_turn(&f);
	}
	retention_start(&r);
	/* Through the run and on, until both senders were told that the month is gone. */
	for (int i = 0; i < 10 * TURNS_MAX && !(n_done == 1 && is_past(&one, VERDICT_EXPIRED) &&
						is_past(&two, VERDICT_EXPIRED));
	     i++) {
		flow(&one);
		flow(&two);
		fixture_turn(&f);
	}
	cr_assert_eq(n_done, 1);
	cr_assert_eq(outcome.code, OK, "%s", outcome.text);
	cr_assert(find_may(&r)->is_dropped, "%s", find_may(&r)->why);
	cr_expect_gt(one.answers[VERDICT_RETRY] + two.answers[VERDICT_RETRY], 0);
	/* Whatever was STORED was counted, once, and nothing else was. */
	cr_expect_eq(cluster_int(f.pg, "SELECT records FROM sems.purge_certificate "
				       "WHERE (kind, month) = (" MAY_2026 ")"),
		     one.answers[VERDICT_STORED] + two.answers[VERDICT_STORED]);
	cr_expect_eq(cluster_int(f.pg, "SELECT sum(n) FROM sems.day_count JOIN sems.cube "
				       "USING (cube_id) WHERE name = 'received tip_event' AND "
				       "day BETWEEN '2026-05-01' AND '2026-05-31'"),
		     one.answers[VERDICT_STORED] + two.answers[VERDICT_STORED]);
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.closed_month"), 0);
	while (one.g != NULL || two.g != NULL) {
		if (one.g != NULL && f.n_written == one.begun) {
			fixture_free(one.g);
			one.g = NULL;
		}
		if (two.g != NULL && second.n_written == two.begun) {
			fixture_free(two.g);
			two.g = NULL;
		}
		fixture_turn(&f);
	}
	retention_fini(&r);
	fixture_close(&second);
}

Test(retention_job, opens_again_what_it_could_not_drop_and_says_who_was_in_the_way)
{
	PGconn *reader = cluster_connect(f.database);
	struct retention_run r;

	/* Closing is no obstacle to who reads, dropping is. */
	cluster_do(reader, "SET application_name = 'a reader'; BEGIN; SELECT FROM sems.plan");
	run(&r, true);
	cr_expect_eq(r.n_dropped, 0);
	cr_expect_not_null(strstr(r.months[0].why, "in use by a reader (backend"), "%s",
			   r.months[0].why);
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.closed_month"), 0);
	cluster_do(reader, "ROLLBACK");
	PQfinish(reader);
	retention_fini(&r);
}

/* Another daemon that counts has the turn; what it counts is not what was closed. */
Test(retention_job, waits_for_who_counts_and_counts_itself)
{
	PGconn *counting = cluster_connect(f.database);
	struct retention_run r = {.lanes = store_lanes(f.store),
				  .by = "somebody",
				  .keys = f.keys,
				  .drop = true,
				  .done = on_done};
	bool waited = false;

	spd_add_at(&f, "2020-02-10T10:00:00Z", "tip_event", 2, ", device_id, outcome",
		   ", 'd', 'HIT'");
	cluster_do(counting,
		   "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('sems.recount', 0))");
	cr_assert(utc_parse(text_of("2026-05-15T10:00:00Z"), &r.now));
	retention_start(&r);
	for (int i = 0; i < TURNS_MAX && n_done == 0; i++) {
		fixture_turn(&f);
		if (!waited && cluster_int(f.pg, "SELECT count(*) FROM pg_locks WHERE locktype = "
						 "'advisory' AND NOT granted") == 1) {
			waited = true;
			cluster_do(counting, "COMMIT");
		}
	}
	cr_assert_eq(n_done, 1);
	cr_expect(waited);
	cr_expect_eq(r.n_dropped, 3);
	PQfinish(counting);
	retention_fini(&r);
}
