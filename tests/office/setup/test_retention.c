#include "base/count.h"
#include "base/digest.h"
#include "base/json/jsonin.h"
#include "base/sign.h"
#include "host/keyring.h"
#include "tests/office/office.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#define VERDICT(name) SEMS__V1__VERDICT_CODE__VERDICT_CODE_##name

/* Activity of four quarters; kept 9 months at most; 2025-Q1 and Q3 submitted long ago. */
static void
open_office(struct office *o)
{
	static const char *const days[] = {"2025-01-10T09:00:00Z", "2025-02-10T09:00:00Z",
					   "2025-05-10T09:00:00Z", "2025-08-10T09:00:00Z",
					   "2026-04-10T09:00:00Z"};

	office_open_set_up(o);
	for (unsigned i = 0; i < COUNT(days); i++)
		cr_assert_eq(office_send(o, office_activity(office_time(days[i]), i)),
			     VERDICT(STORED), "%s", o->text);
	cluster_do(o->pg, "UPDATE sems.retention_policy SET min_months = 7, max_months = 8 "
			  "WHERE kind = 'activity'");
	cluster_submit(o->pg, "2025-Q1", "2025-05-01Z");
	cluster_submit(o->pg, "2025-Q3", "2025-11-01Z");
}

OFFICE_SUITE(retention, open_office);

static int
ask(bool run)
{
	struct retention_request r = {0};

	r.run = run;
	return office_ask(&o, &(struct request){.kind = REQUEST_RETENTION, .retention = &r});
}

/* What is decided over a month of activity; "" when it is not there. */
static const char *
decision(const char *month)
{
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(o.json, "months"), i, one)
	{
		if (strcmp(json_string_value(json_object_get(one, "kind")), "activity") == 0 &&
		    strcmp(json_string_value(json_object_get(one, "month")), month) == 0)
			return json_string_value(json_object_get(one, "decision"));
	}
	return "";
}

static long long
months_held(void)
{
	return cluster_int(o.pg, "SELECT count(*) FROM pg_inherits "
				 "WHERE inhparent = 'sems.activity'::regclass");
}

/* P-921 */
Test(retention, plans_without_touching_anything)
{
	long long before = months_held();

	cr_assert_eq(ask(false), CODE(OK), "%s", o.text);
	cr_expect_str_eq(decision("2025-01"), "DROP");
	cr_expect_str_eq(decision("2025-02"), "DROP");
	cr_expect_str_eq(decision("2025-05"), "KEEP_QUARTER");
	cr_expect_str_eq(decision("2025-08"), "DROP");
	cr_expect_str_eq(decision("2026-04"), "KEEP_MIN");
	cr_expect_eq(office_int(&o, "may_go"), 3);
	cr_expect_eq(office_int(&o, "dropped"), 0);
	cr_expect_eq(months_held(), before);
}

/* P-921 */
Test(retention, drops_what_may_go_and_certifies_it)
{
	long long before = months_held();

	cr_assert_eq(ask(true), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "dropped"), 3);
	cr_expect_eq(months_held(), before - 3);
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.activity"), 2);
	cr_expect_eq(cluster_int(o.pg, "SELECT sum(records) FROM sems.purge_certificate "
				       "WHERE kind = 'activity' AND dropped_by = 'unix:owner' "
				       "AND last_occurred_at IS NOT NULL"),
		     3);
	cr_assert_eq(ask(true), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "dropped"), 0);
}

/* P-990: whoever has the public key sees that nothing of it was altered. */
Test(retention, signs_what_a_certificate_states)
{
	const struct retention_request q = {.certificates = true};
	const struct signer *key;
	unsigned char signature[SIGN_SIZE];
	size_t i;
	json_t *one;

	cr_assert_eq(ask(true), CODE(OK), "%s", o.text);
	cr_assert_eq(office_ask(&o, &(struct request){.kind = REQUEST_RETENTION, .retention = &q}),
		     CODE(OK), "%s", o.text);
	cr_assert_eq(office_int(&o, "total"), 3);
	json_array_foreach(json_object_get(o.json, "certificates"), i, one)
	{
		const char *statement = member_text(one, "statement");

		key = keyring_signer(o.keys, member_text(one, "key_id"));
		cr_assert_not_null(key);
		cr_assert(hex_decode(text_of(member_text(one, "signature")), signature,
				     sizeof signature));
		cr_expect(sign_good(key->public, statement, strlen(statement), signature));
		cr_expect_not_null(strstr(statement, "\"dropped_by\": \"unix:owner\""), "%s",
				   statement);
	}
}

/* P-990 */
Test(retention, removes_nothing_that_it_cannot_certify)
{
	long long before = months_held();
	struct err e;

	/* The newest key signs, and the database does not know it. */
	cr_assert_eq(keyring_new_signer(o.keys, &e), OK, "%s", e.text);
	cr_assert_eq(ask(true), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "dropped"), 0);
	cr_expect_eq(months_held(), before);
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.purge_certificate"), 0);
	cr_expect_eq(office_send(&o, office_activity(office_time("2025-01-11T09:00:00Z"), 9)),
		     VERDICT(STORED), "it is open again: %s", o.text);
}

Test(retention, refuses_purged_records_and_still_takes_those_of_a_kept_month)
{
	cr_assert_eq(ask(true), CODE(OK), "%s", o.text);
	cr_expect_eq(office_send(&o, office_activity(office_time("2025-01-10T09:00:00Z"), 0)),
		     VERDICT(EXPIRED), "%s", o.text);
	/* Between two kept months: no floor can say it, its certificate does. */
	cr_expect_eq(office_send(&o, office_activity(office_time("2025-08-10T09:00:00Z"), 3)),
		     VERDICT(EXPIRED), "%s", o.text);
	cr_expect_eq(office_send(&o, office_activity(office_time("2025-05-10T09:00:00Z"), 2)),
		     VERDICT(DUPLICATE), "%s", o.text);
	cr_expect_eq(office_send(&o, office_activity(office_time("2025-05-11T09:00:00Z"), 9)),
		     VERDICT(STORED), "%s", o.text);
}

Test(retention, keeps_a_submitted_quarter_within_its_revision_window)
{
	cluster_submit(o.pg, "2025-Q1", "2026-05-01Z");
	cr_assert_eq(ask(false), CODE(OK), "%s", o.text);
	cr_expect_str_eq(decision("2025-01"), "KEEP_WINDOW");
	cluster_do(o.pg,
		   "UPDATE sems.setting SET value = '10' WHERE name = 'revision_window_days'");
	cr_assert_eq(ask(false), CODE(OK), "%s", o.text);
	cr_expect_str_eq(decision("2025-01"), "DROP");
}

Test(retention, keeps_a_month_whose_plans_are_for_a_quarter_not_submitted)
{
	cluster_do(o.pg,
		   "UPDATE sems.retention_policy SET min_months = 7, max_months = 8 "
		   "WHERE kind = 'plan'; "
		   "SELECT sems.make_partition('plan', '2025-01-10Z'); "
		   "INSERT INTO sems.plan (record_id, source, occurred_at, received_at, "
		   "received_from, plan_id, period_start) VALUES "
		   "('01944e00-0000-7000-8000-000000000001', 'lane', '2025-01-10Z', now(), 'x', "
		   "'P1', '2025-04-01Z')");
	cr_assert_eq(ask(true), CODE(OK), "%s", o.text);
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.plan"), 1);
	cr_expect_eq(strcmp(cluster_state(o.pg, "SELECT sems.drop_month('plan', '2025-01-01', "
						"'2026-05-15Z', 'me')"),
			    "P0001"),
		     0);
}

Test(retention, keeps_audits_with_a_finding_that_is_not_settled)
{
	cluster_do(o.pg,
		   "UPDATE sems.retention_policy SET min_months = 7, max_months = 8 "
		   "WHERE kind = 'audit'; "
		   "SELECT sems.make_partition('audit', '2025-01-10Z'), "
		   "sems.make_partition('audit', '2026-04-10Z'); "
		   "INSERT INTO sems.audit (record_id, source, occurred_at, received_at, "
		   "received_from, findings) VALUES "
		   "('01944e00-0000-7000-8000-000000000002', 'lane', '2025-01-10Z', now(), 'x', "
		   "'[{\"finding_id\": \"F1\", \"state\": \"OPEN\"}]')");
	cr_assert_eq(ask(true), CODE(OK), "%s", o.text);
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.audit"), 1);
	cluster_do(o.pg,
		   "INSERT INTO sems.audit (record_id, source, occurred_at, received_at, "
		   "received_from, findings) VALUES "
		   "('019d7500-0000-7000-8000-000000000003', 'lane', '2026-04-10Z', now(), 'x', "
		   "'[{\"finding_id\": \"F1\", \"state\": \"CLOSED\"}]')");
	cr_assert_eq(ask(true), CODE(OK), "%s", o.text);
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.audit"), 1);
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.purge_certificate "
				       "WHERE kind = 'audit' AND month = '2025-01-01'"),
		     1);
}

Test(retention, leaves_for_later_what_is_in_use)
{
	PGconn *reader = cluster_connect(PQdb(o.pg));

	cluster_do(reader, "BEGIN; SELECT count(*) FROM sems.activity_202501");
	cr_assert_eq(ask(true), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "may_go"), 3);
	cr_expect_eq(office_int(&o, "dropped"), 2);
	PQfinish(reader);
	cr_assert_eq(ask(true), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "dropped"), 1);
}

Test(retention, is_refused_by_the_database_when_the_quarter_is_not_submitted)
{
	cr_expect_eq(strcmp(cluster_state(o.pg, "SELECT sems.drop_month('activity', '2025-05-01', "
						"'2026-05-15Z', 'me')"),
			    "P0001"),
		     0);
	cr_expect_eq(strcmp(cluster_state(o.pg, "SELECT sems.drop_month('activity', '2025-01-01', "
						"'2025-03-15Z', 'me')"),
			    "P0001"),
		     0);
}
