#include "store/quarter/spd_recheck.h"
#include "tests/store/proof_fixture.h"

#include <criterion/criterion.h>

#include <string.h>

static void
open_store(struct fixture *f)
{
	fixture_open(f);
	spd_add(f, "tip_event", 9, ", outcome, stream, response_ms",
		", CASE WHEN i < 4 THEN 'HIT' ELSE 'MISS_DECIDED' END, 'CABIN', 100 * i");
	spd_add(f, "activity", 3, ", activity, count", ", 'CABIN_BAGS', 100");
}

STORE_SUITE(spd_recheck, open_store, 0);

struct outcome {
	bool done;
	struct err err;
};

static void
on_done(struct spd_run *r, const struct err *e)
{
	struct outcome *o = r->ctx;

	o->err = *e;
	o->done = true;
	spd_fini(r);
}

/* Freezes 2026-Q2; how that ended. */
static struct err
freeze(void)
{
	struct outcome o = {0};
	struct spd_run r = {
	    .lanes = store_lanes(f.store),
	    .keys = store_keys(f.store),
	    .catalogue = spd_catalogue(&o.err),
	    .quarter = {2026, 2},
	    .task = SPD_TASK_FREEZE,
	    .by = "unix:anna",
	    .will = {.rights = right_set(ROLE_COMPLIANCE), .early = "a test"},
	    .done = on_done,
	    .ctx = &o,
	};

	spd_start(&r);
	for (int i = 0; i < 15000 && !o.done; i++)
		fixture_turn(&f);
	cr_assert(o.done, "no answer");
	return o.err;
}

Test(spd_recheck, freezes_when_counts_and_records_agree)
{
	struct err e;

	spd_recount(&f);
	e = freeze();
	cr_expect_eq(e.code, OK, "%s: %s", e.where, e.text);
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.spd_revision"), 1);
}

/* Also with days that are counted from records, whose tables both countings name alike. */
Test(spd_recheck, freezes_when_some_days_are_touched)
{
	struct err e;

	spd_recount(&f);
	spd_add_at(&f, "2026-06-01T10:00:00Z", "tip_event", 2, ", outcome, stream",
		   ", 'HIT', 'CABIN'");
	e = freeze();
	cr_expect_eq(e.code, OK, "%s: %s", e.where, e.text);
}

Test(spd_recheck, freezes_nothing_over_records_that_were_changed_behind_the_counts)
{
	struct err e;

	spd_recount(&f);
	proof_tamper(
	    &f, "UPDATE sems.tip_event SET outcome = 'HIT' WHERE record_id = (SELECT record_id "
		"FROM sems.tip_event WHERE outcome <> 'HIT' LIMIT 1)");
	e = freeze();
	cr_expect_eq(e.code, FATAL_BUG, "%s", e.text);
	cr_expect_not_null(strstr(e.text, "3/9 by the counts, 4/9 by the records"), "%s", e.text);
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.spd_revision"), 0);
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.spd_leaves"), 0);
	/* As SCHEMA.md says. */
	cluster_do(f.pg, "INSERT INTO sems.touched_day (kind, since, until) "
			 "VALUES ('tip_event', '2026-04-01', '2026-07-01')");
	e = freeze();
	cr_expect_eq(e.code, OK, "%s: %s", e.where, e.text);
}

Test(spd_recheck, names_the_figure_by_its_dimensions)
{
	struct err e;

	spd_recount(&f);
	proof_tamper(&f,
		     "UPDATE sems.tip_event SET site_id = 'N7' WHERE record_id = (SELECT record_id "
		     "FROM sems.tip_event WHERE outcome = 'HIT' LIMIT 1)");
	e = freeze();
	cr_expect_eq(e.code, FATAL_BUG, "%s", e.text);
	cr_expect_not_null(strstr(e.text, " site=N"), "%s", e.text);
}

Test(spd_recheck, sees_counts_that_were_changed)
{
	struct err e;

	spd_recount(&f);
	cluster_do(f.pg, "UPDATE sems.quarter_count SET n = n + 1 WHERE week IS NULL");
	e = freeze();
	cr_expect_eq(e.code, FATAL_BUG, "%s", e.text);
	cr_expect_not_null(strstr(e.text, "Nothing was frozen"), "%s", e.text);
}

Test(spd_recheck, sees_weeks_that_were_changed)
{
	struct err e;

	spd_recount(&f);
	cluster_do(f.pg, "UPDATE sems.quarter_count SET n = n + 1 WHERE week IS NOT NULL");
	e = freeze();
	cr_expect_eq(e.code, FATAL_BUG, "%s", e.text);
	cr_expect_not_null(strstr(e.text, "weeks"), "%s", e.text);
}
