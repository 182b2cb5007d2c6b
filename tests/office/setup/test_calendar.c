#include "tests/office/evidence.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As a government abolishes summer time, or begins it: from 1 April to 4 November of each year the
 * days began an hour `sign` before or after today's rules. */
#define OLD_RULES                                                               \
	"UPDATE sems.civil_day SET starts_at = starts_at %c interval '1 hour' " \
	"WHERE to_char(day, 'MMDD') BETWEEN '0401' AND '1104'; "                \
	"UPDATE sems.civil_day SET ends_at = ends_at %c interval '1 hour' "     \
	"WHERE to_char(day + 1, 'MMDD') BETWEEN '0401' AND '1104'"

/* Every day begins where the one before ends, and every partition has its month's bounds. */
#define UNEVEN                                                                              \
	"SELECT count(*) FROM sems.civil_day a JOIN sems.civil_day b ON b.day = a.day + 1 " \
	"WHERE a.ends_at <> b.starts_at"
#define BOUNDS_OFF                                                                            \
	"SELECT count(*) FROM sems.evidence_month m JOIN pg_class c ON c.oid = m.partition "  \
	"WHERE pg_get_expr(c.relpartbound, c.oid) <> format('FOR VALUES FROM (%L) TO (%L)', " \
	"m.starts_at, m.ends_at)"

static int
ask(struct office *o, bool applies, const char *reason)
{
	struct calendar_request q = {0};

	q.apply = applies;
	q.reason = reason;
	return office_ask(o, &(struct request){.kind = REQUEST_CALENDAR, .calendar = &q});
}

static void
make_months(struct office *o)
{
	cluster_do(o->pg, "SELECT sems.make_partition(kind, at::timestamptz) FROM sems.kind, "
			  "unnest(ARRAY['2026-03-10', '2026-04-10', '2026-05-10', '2026-06-10', "
			  "'2026-07-10', '2026-12-10']) AS at");
}

/* A database that was set up when the rules were others, with partitions to come. */
static void
open_old(struct office *o, char sign)
{
	char sql[600];

	office_open_set_up(o);
	cluster_do(o->pg, "DO $$ DECLARE p regclass; BEGIN FOR p IN SELECT partition FROM "
			  "sems.evidence_month LOOP EXECUTE format('DROP TABLE %s', p); END LOOP; "
			  "END $$");
	snprintf(sql, sizeof sql, OLD_RULES, sign, sign);
	cluster_do(o->pg, sql);
	make_months(o);
}

/* A record of that time, straight into its table. */
static void
add(struct office *o, const char *kind, const char *at, const char *column, const char *value)
{
	char sql[600];

	snprintf(sql, sizeof sql,
		 "INSERT INTO sems.%s (record_id, source, site_id, measure_code, occurred_at, "
		 "received_at, received_from, %s) VALUES (gen_random_uuid(), 'lane', 'T1', '4.1', "
		 "'%s', '%s', 'unix:anna', '%s')",
		 kind, column, at, at, value);
	cluster_do(o->pg, sql);
}

static void
expect_even(struct office *o)
{
	cr_expect_str_eq(cluster_text(o->pg, UNEVEN), "0");
	cr_expect_str_eq(cluster_text(o->pg, BOUNDS_OFF), "0");
}

/* P-929 */
Test(calendar, tells_what_differs_and_what_it_means_for_what_is_stored)
{
	struct office o;

	open_old(&o, '-');
	add(&o, "observation", "2026-03-31T22:30:00Z", "precision", "MS");
	add(&o, "observation", "2026-05-13T22:00:00Z", "precision", "DAY");
	add(&o, "observation", "2026-05-14T09:00:00Z", "precision", "MS");
	add(&o, "test", "2026-05-13T22:10:00Z", "mode", "COVERT");
	cr_assert_eq(ask(&o, false, NULL), CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "zone"), "Europe/London");
	/* The evidence ends on the 14th, and today is the 15th. */
	cr_expect_str_eq(office_str(&o, "from_day"), "2026-05-17");
	cr_expect_str_eq(office_str(&o, "mended.0.first_day"), "2026-05-17");
	cr_expect_str_eq(office_str(&o, "mended.0.last_day"), "2026-11-04");
	cr_expect_str_eq(office_str(&o, "mended.0.set_up"), "2026-05-16T22:00:00.000Z");
	cr_expect_str_eq(office_str(&o, "mended.0.today"), "2026-05-16T23:00:00.000Z");
	cr_expect_eq(office_int(&o, "mended.0.minutes_later"), 60);
	cr_expect_str_eq(office_str(&o, "stay.26.last_day"), "2026-05-16");
	cr_expect_str_eq(office_str(&o, "quarters.0.quarter"), "2026-Q1");
	cr_expect_str_eq(office_str(&o, "quarters.1.quarter"), "2026-Q2");
	cr_expect_eq(office_int(&o, "quarters.1.days"), 91);
	cr_expect_eq(office_int(&o, "quarters.1.mended"), 45);
	cr_expect_str_eq(office_str(&o, "records.0.kind"), "observation");
	cr_expect_eq(office_int(&o, "records.0.records"), 2);
	cr_expect_eq(office_int(&o, "records.0.dates"), 1);
	cr_expect_eq(office_int(&o, "records.0.months"), 1);
	cr_expect_eq(office_int(&o, "records.0.quarters"), 1);
	cr_expect_eq(office_int(&o, "records.1.records"), 1);
	office_be(&o, "unix:aud", "auditor");
	cr_assert_eq(ask(&o, false, NULL), CODE(OK), "%s", o.text);
	cr_expect_eq(json_array_size(json_object_get(o.json, "records")), 1,
		     "an auditor learns of no test before its debrief");
	office_close(&o);
}

/* P-930. Whichever way the hour goes, records stay where they are, and the next month's bounds are
 * today's. */
static void
mend(char sign)
{
	static const char rows[] = "SELECT string_agg(r::text || tableoid::regclass, ',' ORDER BY "
				   "occurred_at) FROM sems.observation r";
	struct office o;
	char before[2000];

	open_old(&o, sign);
	add(&o, "observation", "2026-03-31T22:30:00Z", "precision", "MS");
	add(&o, "observation", "2026-05-15T09:00:00Z", "precision", "MS");
	snprintf(before, sizeof before, "%s", cluster_text(o.pg, rows));
	cr_assert_eq(ask(&o, true, "the zone's rules were changed"), CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "from_day"), "2026-05-17");
	cr_expect_str_eq(cluster_text(o.pg, rows), before);
	expect_even(&o);
	cr_expect_str_eq(cluster_text(o.pg, "SELECT max(day) FROM sems.moved_days('-infinity', "
					    "'infinity')"),
			 "2026-05-16", "the day that runs begins as it began");
	cr_expect_str_eq(cluster_text(o.pg, "SELECT days FROM sems.calendar_check"), "0");
	cr_expect_str_eq(cluster_text(o.pg, "SELECT concat_ws(' ', from_day, reason, zone) FROM "
					    "sems.calendar_change"),
			 "2026-05-17 the zone's rules were changed Europe/London");
	cr_expect_str_eq(cluster_text(o.pg,
				      "SELECT count(*) - (SELECT count(*) FROM sems.kind) "
				      "FROM sems.touched_day WHERE until = "
				      "'infinity' AND since BETWEEN '2026-05-15' AND '2026-05-16'"),
			 "0", "what was counted of these days is counted anew");
	/* On both sides of the bound, and in a month that is made afterwards. */
	add(&o, "observation", "2026-05-31T22:30:00Z", "precision", "MS");
	add(&o, "observation", "2026-05-31T23:30:00Z", "precision", "MS");
	cr_expect_str_eq(cluster_text(o.pg, "SELECT string_agg(tableoid::regclass::text, ' ' ORDER "
					    "BY occurred_at) FROM sems.observation WHERE "
					    "occurred_at > '2026-05-20'"),
			 "sems.observation_202605 sems.observation_202606");
	cluster_do(o.pg, "SELECT sems.make_partition('observation', '2026-08-10')");
	expect_even(&o);
	cr_expect_eq(ask(&o, true, "once more"), CODE(STATE));
	office_close(&o);
}

Test(calendar, gives_the_days_to_come_todays_beginnings)
{
	mend('-');
}

Test(calendar, gives_the_days_to_come_earlier_beginnings)
{
	mend('+');
}

Test(calendar, is_mended_whole_where_nothing_was_stored)
{
	struct office o;

	open_old(&o, '-');
	cr_assert_eq(ask(&o, true, "a test"), CODE(OK), "%s", o.text);
	expect_even(&o);
	cr_expect_str_eq(
	    cluster_text(o.pg, "SELECT count(*) FROM sems.moved_days('-infinity', 'infinity')"),
	    "0");
	cr_expect_eq(ask(&o, true, "once more"), CODE(STATE));
	office_close(&o);
}

/* What was frozen early, or planned, names the bounds of a quarter to come. */
Test(calendar, leaves_quarters_that_are_frozen_or_planned)
{
	static const char quarter[] = "2026-Q2";
	static const char why[] = "a test";
	static const char document[] = "SELECT document FROM sems.spd_revision";
	struct office o;
	struct spd_request q = office_spd(OP(FREEZE), quarter, 0);
	char *before;

	open_old(&o, '-');
	add(&o, "observation", "2026-05-14T09:00:00Z", "precision", "MS");
	q.early = why;
	q.exclude_embargoed = why;
	cr_assert_eq(office_ask_spd(&o, &q), CODE(OK), "%s", o.text);
	before = strdup(cluster_text(o.pg, document));
	cr_assert_eq(ask(&o, false, NULL), CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "from_day"), "2026-07-02");
	cr_expect_str_eq(office_str(&o, "quarters.1.state"), "DRAFT");
	cr_assert_eq(ask(&o, true, why), CODE(OK), "%s", o.text);
	cr_expect_str_eq(cluster_text(o.pg, document), before);
	expect_even(&o);
	free(before);
	add(&o, "plan", "2026-05-14T09:00:00Z", "period_start", "2026-12-31T23:00:00Z");
	cr_assert_eq(ask(&o, false, NULL), CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "from_day"), "2027-01-01");
	office_close(&o);
}

static const char freezing[] =
    "INSERT INTO sems.spd_revision (quarter, revision, document, sha256, as_of, created_by) "
    "VALUES ('2026-Q2', 1, '{}', sha256('{}'), now(), 'unix:ann')";

/* Who mends, or freezes, with what he read before the other one was done. */
static void
expect_refused(struct office *o, const char *first, const char *second, const char *state)
{
	PGconn *late = cluster_connect(PQdb(o->pg));

	cluster_do(late,
		   "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM sems.civil_day");
	cluster_do(o->pg, first);
	cr_expect_str_eq(cluster_state(late, second), state);
	PQfinish(late);
}

Test(calendar, is_not_mended_beside_a_freeze_that_nobody_saw)
{
	static const char mending[] =
	    "SELECT sems.mend_calendar('unix:root', 'a test', '2026-05-15T09:00Z')";
	struct office o;

	open_old(&o, '-');
	expect_refused(&o, freezing, mending, "40001");
	office_close(&o);
	open_old(&o, '-');
	expect_refused(&o, mending, freezing, "40001");
	/* Of a quarter whose days stay as they are there is nothing to wait for. */
	office_close(&o);
	open_old(&o, '-');
	add(&o, "plan", "2026-05-14T09:00:00Z", "period_start", "2026-12-31T23:00:00Z");
	expect_refused(&o, mending, freezing, "00000");
	office_close(&o);
}

Test(calendar, is_changed_by_an_admin_with_a_reason)
{
	struct office o;

	open_old(&o, '-');
	cr_expect_eq(ask(&o, true, NULL), CODE(INVALID));
	cr_expect_str_eq(o.field, "reason");
	office_be(&o, "unix:comp", "compliance");
	cr_expect_eq(ask(&o, true, "a test"), CODE(FORBIDDEN));
	cr_expect_eq(ask(&o, false, NULL), CODE(OK), "%s", o.text);
	office_be(&o, "unix:dev", "device");
	cr_expect_eq(ask(&o, false, NULL), CODE(FORBIDDEN));
	office_close(&o);
}
