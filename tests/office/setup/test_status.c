#include "tests/office/office.h"

#include <criterion/criterion.h>

#define CODE(name)    ANSWER_##name
#define VERDICT(name) SEMS__V1__VERDICT_CODE__VERDICT_CODE_##name

static struct office o;

static void
close_office(void)
{
	office_close(&o);
}

TestSuite(status, .fini = close_office);

static int
ask(void)
{
	return office_ask(&o, &(struct request){.kind = REQUEST_STATUS});
}

static const json_t *
kind(const char *name)
{
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(o.json, "kinds"), i, one)
	{
		const char *is = json_string_value(json_object_get(one, "kind"));

		if (is != NULL && strcmp(is, name) == 0)
			return one;
	}
	return NULL;
}

static long long
kind_int(const char *name, const char *key)
{
	return json_integer_value(json_object_get(kind(name), key));
}

/* P-911 */
Test(status, answers_before_there_is_an_entity)
{
	office_open(&o);
	cr_assert_eq(ask(), CODE(OK), "%s", o.text);
	cr_expect(json_is_null(json_object_get(o.json, "entity")));
	cr_expect_eq(office_int(&o, "database.is_safe"), 1);
	cr_expect_eq(json_array_size(json_object_get(o.json, "kinds")), KIND_COUNT);
}

Test(status, counts_records_sources_quarters_and_what_is_quarantined)
{
	static char nowhere[] = "T9";
	Sems__V1__Record *r;

	office_open_set_up(&o);
	cr_assert_eq(office_send(&o, office_activity(office_time("2026-05-14T09:00:00Z"), 1)),
		     VERDICT(STORED), "%s", o.text);
	cr_assert_eq(office_send(&o, office_activity(office_time("2026-02-14T09:00:00Z"), 2)),
		     VERDICT(STORED), "%s", o.text);
	r = office_activity(office_time("2026-05-14T09:00:00Z"), 3);
	r->site_id = nowhere;
	cr_assert_eq(office_send(&o, r), VERDICT(QUARANTINED), "%s", o.text);
	cr_assert_eq(ask(), CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "zone"), "Europe/London");
	cr_expect_eq(kind_int("activity", "records"), 2);
	cr_expect_eq(kind_int("activity", "last_7_days"), 1);
	cr_expect(json_is_null(json_object_get(kind("plan"), "newest_occurred_at")));
	cr_expect_str_eq(office_str(&o, "sources.0.source"), "lane");
	cr_expect_str_eq(office_str(&o, "sources.0.last_received_at"), "2026-05-15T10:00:00+00:00");
	cr_expect_eq(office_int(&o, "quarantine_open.UNKNOWN_SITE"), 1);
	cr_expect_str_eq(office_str(&o, "quarters.0.quarter"), "2026-Q1");
	cr_expect_str_eq(office_str(&o, "quarters.0.state"), "COLLECTING");
	cr_expect_str_eq(office_str(&o, "quarters.1.state"), "OPEN");
}

Test(status, tells_an_administrator_how_many_sessions_there_are)
{
	struct session_ref s;

	office_open_set_up(&o);
	s = office_send_begin(&o, office_activity(office_time("2026-05-14T09:00:00Z"), 1));
	office_be(&o, "unix:root", "admin");
	cr_assert_eq(ask(), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "sessions.open"), 1);
	cr_expect_eq(office_send_end(&o, s), SEMS__V1__VERDICT_CODE__VERDICT_CODE_STORED);
	cr_expect_eq(office_int(&o, "sessions.most"), ingest_defaults().max_sessions);
	cr_expect_eq(office_int(&o, "sessions.refused"), 0);
	office_be(&o, "unix:ida", "auditor");
	cr_assert_eq(ask(), CODE(OK), "%s", o.text);
	cr_expect(json_is_null(json_object_get(o.json, "sessions")));
}

Test(status, does_not_count_tests_under_embargo)
{
	office_open_set_up(&o);
	cluster_do(o.pg,
		   "SELECT sems.make_partition('test', '2026-05-10Z'); "
		   "INSERT INTO sems.test (record_id, source, occurred_at, received_at, "
		   "received_from, mode, embargo) VALUES "
		   "('019e0f00-0000-7000-8000-000000000001', 'lane', '2026-05-10Z', now(), 'x', "
		   "'COVERT', true), "
		   "('019e0f00-0000-7000-8000-000000000002', 'secret', '2026-05-10Z', now(), 'x', "
		   "'COVERT', true), "
		   "('019e0f00-0000-7000-8000-000000000003', 'lane', '2026-05-09Z', now(), 'x', "
		   "'OVERT', NULL)");
	cr_assert_eq(ask(), CODE(OK), "%s", o.text);
	cr_expect_eq(kind_int("test", "records"), 1);
	cr_expect_eq(kind_int("test", "last_7_days"), 1);
	cr_expect_str_eq(json_string_value(json_object_get(kind("test"), "newest_occurred_at")),
			 "2026-05-09T00:00:00+00:00");
	cr_expect_eq(json_array_size(json_object_get(o.json, "sources")), 1);
}

/* A month or a quarter in which there is nothing else, and what was refused. */
/* P-906 */
Test(status, does_not_tell_that_there_were_tests_under_embargo)
{
	static const char refused[] =
	    "INSERT INTO sems.quarantine (source, principal, reason, field, message, kind, "
	    "received_at, raw_sealed, raw_mac) VALUES ('lane', 'x', '%s', '', '', %s, now(), "
	    "'\\x00', '\\x%s')";
	char sql[400];

	office_open_set_up(&o);
	cluster_do(o.pg,
		   "SELECT sems.make_partition('test', '2025-11-10Z'); "
		   "INSERT INTO sems.test (record_id, source, occurred_at, received_at, "
		   "received_from, mode) VALUES ('019a6b2c-b800-7000-8000-000000000001', 'lane', "
		   "'2025-11-10Z', now(), 'x', 'COVERT')");
	snprintf(sql, sizeof sql, refused, "RULE", "'test'", "01");
	cluster_do(o.pg, sql);
	snprintf(sql, sizeof sql, refused, "MALFORMED", "NULL", "02");
	cluster_do(o.pg, sql);
	snprintf(sql, sizeof sql, refused, "RANGE", "'activity'", "03");
	cluster_do(o.pg, sql);
	office_be(&o, "unix:ida", "auditor");
	cr_assert_eq(ask(), CODE(OK), "%s", o.text);
	cr_expect_eq(json_array_size(json_object_get(o.json, "quarters")), 0);
	cr_expect(json_is_null(json_object_get(kind("test"), "first_month")));
	cr_expect_eq(office_int(&o, "quarantine_open.RULE"), -1);
	cr_expect_eq(office_int(&o, "quarantine_open.MALFORMED"), -1, "it may be a test");
	cr_expect_eq(office_int(&o, "quarantine_open.RANGE"), 1);
	office_be(&o, "unix:carl", "compliance");
	cr_assert_eq(ask(), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "quarantine_open.RULE"), 1);
	cluster_do(o.pg, "UPDATE sems.test SET debriefed_at = now()");
	cr_assert_eq(ask(), CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "quarters.0.quarter"), "2025-Q4");
	cr_expect_str_eq(json_string_value(json_object_get(kind("test"), "first_month")),
			 "2025-11");
}

Test(status, tells_of_records_that_wait_too_long_to_be_stored)
{
	struct session_ref sender;

	office_open_set_up(&o);
	cr_assert_eq(office_send(&o, office_activity(office_time("2026-05-14T09:00:00Z"), 1)),
		     VERDICT(STORED), "%s", o.text);
	cr_assert_eq(ask(), CODE(OK), "%s", o.text);
	cr_expect_eq(json_array_size(json_object_get(o.json, "late_groups")), 0);
	/* As an index that is built for minutes: who reads is not held up. */
	cluster_do(o.pg, "BEGIN; LOCK TABLE sems.activity IN SHARE MODE");
	sender = office_send_begin(&o, office_activity(office_time("2026-05-14T09:00:00Z"), 2));
	for (int i = 0; i < 1000 && office_int(&o, "late_groups.0.records") < 0; i++)
		cr_assert_eq(ask(), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "late_groups.0.records"), 1);
	cr_expect_str_eq(office_str(&o, "late_groups.0.while"),
			 "its rows are copied and committed");
	cr_expect_str_eq(office_str(&o, "late_groups.0.since"), "2026-05-15T10:00:00.000Z");
	cr_expect_eq(office_int(&o, "late_groups.0.tries"), 1);
	cr_expect_eq(office_int(&o, "late_groups.0.blocked_by.0"), PQbackendPID(o.pg));
	cluster_do(o.pg, "COMMIT");
	cr_expect_eq(office_send_end(&o, sender), VERDICT(STORED), "%s", o.text);
	cr_assert_eq(ask(), CODE(OK), "%s", o.text);
	cr_expect_eq(json_array_size(json_object_get(o.json, "late_groups")), 0);
}

Test(status, tells_of_duties_that_end_badly)
{
	office_open_set_up(&o);
	cluster_do(o.pg, "SELECT sems.end_duty('counts', NULL), sems.end_duty('feeds', 'broken')");
	cr_assert_eq(ask(), CODE(OK), "%s", o.text);
	cr_expect_eq(json_array_size(json_object_get(o.json, "duties")), 1);
	cr_expect_str_eq(office_str(&o, "duties.0.duty"), "feeds");
	cr_expect_str_eq(office_str(&o, "duties.0.failure"), "broken");
	cr_expect_eq(office_int(&o, "duties.0.bad_ends"), 1);
}
