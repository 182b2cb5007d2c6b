/* Legal holds: what they are about stays, whatever else of its month goes, until they are lifted.
 */
#include "base/count.h"
#include "tests/office/office.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VERDICT(name) SEMS__V1__VERDICT_CODE__VERDICT_CODE_##name
#define AT(n)         "2025-01-10T09:00:0" #n "Z"

/* Three records of January 2025, whose quarter was submitted, and which is past its maximum. */
static void
open_office(struct office *o)
{
	office_open_set_up(o);
	cr_assert_eq(office_send(o, office_activity(office_time(AT(1)), 1)), VERDICT(STORED));
	cr_assert_eq(office_send(o, office_activity(office_time(AT(2)), 2)), VERDICT(STORED));
	cr_assert_eq(office_send(o, office_activity(office_time(AT(3)), 3)), VERDICT(STORED));
	cluster_do(o->pg, "UPDATE sems.retention_policy SET min_months = 7, max_months = 8 "
			  "WHERE kind = 'activity'");
	cluster_submit(o->pg, "2025-Q1", "2025-05-01Z");
}

OFFICE_SUITE(hold, open_office);

static int
send_at(const char *at, unsigned n)
{
	return office_send(&o, office_activity(office_time(at), n));
}

static int
ask(const struct hold_request *r)
{
	return office_ask(&o, &(struct request){.kind = REQUEST_HOLD, .hold = r});
}

static struct hold_request
wish(void)
{
	return (struct hold_request){.operation = HOLD_OP_ADD,
				     .reason = "claim 12",
				     .authority = "county court",
				     .review_on = "2027-01-31"};
}

static void
add(const struct hold_request *r)
{
	cr_assert_eq(ask(r), CODE(OK), "%s: %s", o.field, o.text);
}

static void
lift(uint64_t id)
{
	struct hold_request r = {
	    .operation = HOLD_OP_LIFT, .hold_id = id, .has_hold_id = true, .reason = "closed"};

	add(&r);
}

static void
run(bool drops, int dropped)
{
	const struct retention_request r = {.run = drops};

	cr_assert_eq(office_ask(&o, &(struct request){.kind = REQUEST_RETENTION, .retention = &r}),
		     CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "dropped"), dropped);
}

/* What is decided over January, and why; "" when there is none. */
static const char *
january(const char *member)
{
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(o.json, "months"), i, one)
	{
		if (strcmp(json_string_value(json_object_get(one, "kind")), "activity") == 0 &&
		    strcmp(json_string_value(json_object_get(one, "month")), "2025-01") == 0)
			return json_string_value(json_object_get(one, member));
	}
	return "";
}

static long long
stored(void)
{
	return cluster_int(o.pg, "SELECT count(*) FROM sems.activity");
}

static const char *
certificates(void)
{
	return cluster_text(o.pg, "SELECT string_agg(records || ' ' || held || ' ' || holds::text, "
				  "', ' ORDER BY certificate_no) FROM sems.purge_certificate "
				  "WHERE kind = 'activity' AND month = '2025-01-01'");
}

static void
hold_second(void)
{
	struct hold_request r = wish();
	static char id[37];

	snprintf(id, sizeof id, "%s",
		 cluster_text(o.pg, "SELECT record_id FROM sems.activity "
				    "WHERE occurred_at = '" AT(2) "'"));
	r.record_id = id;
	add(&r);
	cr_expect_eq(office_int(&o, "holds.0.keeps.0.records"), 1);
}

/* P-980, P-981 */
Test(hold, keeps_its_record_of_a_month_whose_others_go)
{
	hold_second();
	run(false, 0);
	cr_expect_str_eq(january("decision"), "DROP");
	cr_expect_not_null(
	    strstr(january("why"), "what is under hold 1 (claim 12; review 2027-01-31) stays"),
	    "%s", january("why"));
	run(true, 1);
	cr_expect_eq(stored(), 1);
	cr_expect_str_eq(certificates(), "2 1 {1}");
	/* What is left of it is found, and told from what went. */
	cr_expect_eq(send_at(AT(2), 2), VERDICT(DUPLICATE), "%s", o.text);
	cr_expect_eq(send_at(AT(1), 1), VERDICT(EXPIRED), "%s", o.text);
	cr_expect_eq(send_at(AT(9), 9), VERDICT(EXPIRED), "%s", o.text);
	cr_expect_eq(stored(), 1);
}

/* P-981 */
Test(hold, keeps_all_until_it_is_lifted_and_then_it_goes_with_a_certificate_of_its_own)
{
	hold_second();
	run(true, 1);
	run(true, 0);
	cr_expect_str_eq(january("decision"), "KEEP_HOLD");
	lift(1);
	cr_expect_str_eq(office_str(&o, "holds.0.lifted_why"), "closed");
	cr_expect_str_eq(office_str(&o, "holds.0.lifted_by"), "unix:owner");
	run(true, 1);
	cr_expect_eq(stored(), 0);
	cr_expect_str_eq(certificates(), "2 1 {1}, 1 0 {}");
	cr_expect_eq(send_at(AT(2), 2), VERDICT(EXPIRED), "%s", o.text);
}

/* Independently: by the definition of the digest in SCHEMA.md. */
Test(hold, certifies_the_set_that_went)
{
	char *digest;

	digest = strdup(cluster_text(
	    o.pg,
	    "SELECT sha256(sha256((SELECT string_agg(uuid_send(record_id) || E'lane\\n'::bytea, "
	    "''::bytea ORDER BY record_id) FROM sems.activity "
	    "WHERE occurred_at <> '" AT(2) "')))"));
	hold_second();
	run(true, 1);
	cr_expect_str_eq(cluster_text(o.pg, "SELECT set_sha256 FROM sems.purge_certificate "
					    "WHERE records = 2"),
			 digest);
	free(digest);
}

/* P-980 */
Test(hold, is_about_what_meets_each_of_its_conditions)
{
	struct hold_request r = wish();

	r.site_id = "T1";
	r.source = "lane";
	r.kind = "observation";
	add(&r);
	r.kind = "activity";
	r.since = office_time(AT(3)).v + 1;
	r.has_since = true;
	add(&r);
	run(false, 0);
	cr_expect_null(strstr(january("why"), "hold"), "%s", january("why"));
	r.since = office_time(AT(2)).v;
	r.until = office_time(AT(3)).v;
	r.has_until = true;
	add(&r);
	run(true, 1);
	cr_expect_str_eq(certificates(), "2 1 {3}");
}

/* P-980 */
Test(hold, knows_a_person_by_identifier_and_by_pseudonym)
{
	struct hold_request r = wish();
	char pseudonym[64];

	r.person = "N. Okoro";
	add(&r);
	cr_expect_eq(office_int(&o, "holds.0.keeps.0.records"), 3);
	snprintf(
	    pseudonym, sizeof pseudonym, "~%s",
	    cluster_text(o.pg, "SELECT encode(recorded_by, 'hex') FROM sems.activity LIMIT 1"));
	r.person = pseudonym;
	add(&r);
	cr_expect_str_eq(office_str(&o, "holds.0.persons.0"), pseudonym);
	cr_expect_eq(office_int(&o, "holds.0.keeps.0.records"), 3);
	r.person = "N. Okora";
	add(&r);
	cr_expect_eq(json_array_size(json_object_get(
			 json_array_get(json_object_get(o.json, "holds"), 0), "keeps")),
		     0);
	run(true, 0);
	cr_expect_str_eq(january("decision"), "KEEP_HOLD");
}

/* P-980 */
Test(hold, keeps_the_family_of_its_record)
{
	cluster_do(o.pg,
		   "SELECT sems.make_partition('activity', '2025-02-10Z'); "
		   "INSERT INTO sems.activity (record_id, source, site_id, occurred_at, "
		   "received_at, received_from, corrects_record_id, corrected_at, activity, count) "
		   "SELECT '0194ef00-0000-7000-8000-000000000001', 'lane', 'T1', "
		   "sems.uuid_time('0194ef00-0000-7000-8000-000000000001'), now(), 'unix:anna', "
		   "record_id, '2025-02-10Z', activity, 9 FROM sems.activity "
		   "WHERE occurred_at = '" AT(2) "'");
	hold_second();
	run(true, 1);
	cr_expect_eq(stored(), 2);
	cr_expect_str_eq(certificates(), "2 1 {1}");
}

/* P-983 */
Test(hold, is_told_in_status_from_the_day_after_its_review)
{
	struct hold_request r = wish();

	r.kind = "plan";
	r.review_on = "2026-05-14";
	add(&r);
	cr_expect(json_is_true(
	    json_object_get(json_array_get(json_object_get(o.json, "holds"), 0), "review_is_due")));
	r.review_on = "2026-05-15";
	add(&r);
	cr_assert_eq(office_ask(&o, &(struct request){.kind = REQUEST_STATUS}), CODE(OK));
	cr_expect_eq(json_array_size(json_object_get(o.json, "holds_due")), 1);
	cr_expect_str_eq(office_str(&o, "holds_due.0.review_on"), "2026-05-14");
	lift(1);
	cr_assert_eq(office_ask(&o, &(struct request){.kind = REQUEST_STATUS}), CODE(OK));
	cr_expect_eq(json_array_size(json_object_get(o.json, "holds_due")), 0);
}

/* P-980 */
/* P-962: who set it, and who lifted it and why; not whose records it holds. */
Test(hold, is_in_the_access_log)
{
	struct hold_request r = wish();

	r.person = "00112233445566778899aabbccddeeff";
	add(&r);
	lift(1);
	cr_expect_str_eq(
	    cluster_text(o.pg, "SELECT string_agg(who || ' ' || subject || ' ' || "
			       "coalesce(line::jsonb #>> '{is,lifted_why}', 'set'), ', ' "
			       "ORDER BY entry_id) FROM sems.access_log WHERE what = 'hold'"),
	    "unix:owner 1 set, unix:owner 1 closed");
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.access_log "
				       "WHERE what = 'hold' AND (line LIKE '%persons%' "
				       "OR line LIKE '%00112233%')"),
		     0);
}

Test(hold, is_never_changed_or_removed)
{
	hold_second();
	lift(1);
	cr_expect_str_eq(cluster_state(o.pg, "DELETE FROM sems.hold"), "P0001");
	cr_expect_str_eq(cluster_state(o.pg, "TRUNCATE sems.hold"), "P0001");
	cr_expect_str_eq(cluster_state(o.pg, "UPDATE sems.hold SET lifted_at = NULL, "
					     "lifted_by = NULL, lifted_why = NULL"),
			 "P0001");
	cr_expect_eq(
	    ask(&(struct hold_request){
		.operation = HOLD_OP_LIFT, .hold_id = 1, .has_hold_id = true, .reason = "again"}),
	    CODE(STATE));
	cr_expect_eq(ask(&(struct hold_request){.operation = HOLD_OP_LIST}), CODE(OK));
	cr_expect_eq(office_int(&o, "total"), 1);
}

/* P-980 */
Test(hold, is_refused_without_conditions_and_reasons)
{
	static const struct {
		struct hold_request r;
		const char *field;
	} rows[] = {
	    {{.reason = "r", .authority = "a", .review_on = "2027-01-31"}, "kind"},
	    {{.kind = "plane", .reason = "r", .authority = "a", .review_on = "2027-01-31"}, "kind"},
	    {{.kind = "plan", .authority = "a", .review_on = "2027-01-31"}, "reason"},
	    {{.kind = "plan", .reason = "r", .review_on = "2027-01-31"}, "authority"},
	    {{.kind = "plan", .reason = "r", .authority = "a"}, "review_on"},
	    {{.kind = "plan", .reason = "r", .authority = "a", .review_on = "2027-02-30"},
	     "review_on"},
	    {{.record_id = "x", .reason = "r", .authority = "a", .review_on = "2027-01-31"},
	     "record_id"},
	    {{.person = "~12", .reason = "r", .authority = "a", .review_on = "2027-01-31"},
	     "person"},
	    {{.kind = "plan",
	      .has_since = true,
	      .has_until = true,
	      .reason = "r",
	      .authority = "a",
	      .review_on = "2027-01-31"},
	     "until"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct hold_request r = rows[i].r;

		r.operation = HOLD_OP_ADD;
		cr_expect_eq(ask(&r), CODE(INVALID), "row %zu", i);
		cr_expect_str_eq(o.field, rows[i].field, "row %zu: %s", i, o.text);
	}
	cr_expect_eq(ask(&(struct hold_request){.operation = 9}), CODE(INVALID));
	cr_expect_eq(ask(&(struct hold_request){
			 .operation = HOLD_OP_SHOW, .hold_id = 7, .has_hold_id = true}),
		     CODE(NOT_FOUND));
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.hold"), 0);
}

/* P-982 */
Test(hold, keeps_what_was_refused_and_may_be_what_it_is_about)
{
	struct hold_request r = wish();

	cluster_do(o.pg, "INSERT INTO sems.quarantine (source, principal, reason, field, message, "
			 "kind, received_at, raw_sealed, raw_mac) VALUES "
			 "('lane', 'p', 'x', '', '', 'activity', '2020-01-01Z', '', '1'), "
			 "('other', 'p', 'x', '', '', 'activity', '2020-01-01Z', '', '2'), "
			 "('', 'p', 'x', '', '', NULL, '2020-01-01Z', '', '3')");
	r.source = "lane";
	add(&r);
	cr_expect_eq(cluster_int(o.pg, "SELECT sems.purge_quarantine('2026-05-15Z')"), 1);
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.quarantine"), 2);
	lift(1);
	cr_expect_eq(cluster_int(o.pg, "SELECT sems.purge_quarantine('2026-05-15Z')"), 2);
}

/* --- at once: what one does between the steps of another ---------------------------------------
 */

#define DROP "SELECT sems.drop_month('activity', '2025-01-01', '2026-05-15Z', 'me')"
#define SET                                                                                     \
	"SELECT sems.set_hold('{\"site_id\": \"T1\", \"reason\": \"r\", \"authority\": \"a\", " \
	"\"review_on\": \"2027-01-31\"}', 'me')"

/* A hold that is being set while a month is removed: it is heeded, or comes after; never is
 * something gone that it was set for before. */
Test(hold, is_set_before_a_month_goes_or_after)
{
	PGconn *other = cluster_connect(PQdb(o.pg));

	run(true, 1);
	cr_expect_eq(stored(), 0);
	cluster_do(o.pg, "SELECT sems.make_partition('activity', '2025-02-10Z'); "
			 "INSERT INTO sems.activity (record_id, source, site_id, occurred_at, "
			 "received_at, received_from) VALUES "
			 "('0194ef00-0000-7000-8000-000000000001', 'lane', 'T1', "
			 "sems.uuid_time('0194ef00-0000-7000-8000-000000000001'), now(), 'x')");
	cluster_do(other, "BEGIN; " SET);
	run(true, 0);
	cr_expect_eq(stored(), 1, "it waits for the hold, and leaves the month");
	cluster_do(other, "COMMIT");
	run(true, 0);
	cr_expect_eq(stored(), 1);
	PQfinish(other);
}

Test(hold, waits_for_a_month_that_is_going)
{
	PGconn *other = cluster_connect(PQdb(o.pg));

	/* Counted, so that it may go. */
	cluster_do(o.pg, "CREATE OR REPLACE FUNCTION sems.keep_counts(kind text, month date) "
			 "RETURNS void LANGUAGE sql AS 'SELECT'");
	cluster_do(other, "BEGIN; " DROP);
	cluster_do(o.pg, "SET lock_timeout = '200ms'");
	cr_expect_str_eq(cluster_state(o.pg, SET), "55P03");
	cluster_do(other, "ROLLBACK");
	cluster_do(o.pg, "RESET lock_timeout");
	cluster_do(o.pg, SET);
	cr_expect_str_eq(cluster_state(o.pg, DROP), "P0001", "all of it is held");
	cr_expect_eq(stored(), 3, "what was rolled back is whole");
	PQfinish(other);
}

Test(hold, lets_a_month_go_when_it_was_lifted_after_the_plan)
{
	hold_second();
	run(false, 0);
	cluster_do(o.pg, "SELECT sems.lift_hold(1, 'me', now(), 'closed')");
	run(true, 1);
	cr_expect_eq(stored(), 0);
}

/* Whoever reads goes on reading what he began with, and nothing is removed under him. */
Test(hold, rebuilds_no_month_under_whoever_reads_it)
{
	PGconn *other = cluster_connect(PQdb(o.pg));

	hold_second();
	cluster_do(other, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM "
			  "sems.activity");
	run(true, 0);
	cr_expect_eq(cluster_int(other, "SELECT count(*) FROM sems.activity"), 3);
	cluster_do(other, "COMMIT");
	run(true, 1);
	cr_expect_eq(stored(), 1);
	PQfinish(other);
}

Test(hold, is_no_business_of_others_than_compliance_and_admin)
{
	office_be(&o, "unix:rita", "auditor");
	cr_expect_eq(ask(&(struct hold_request){.operation = HOLD_OP_LIST}), CODE(FORBIDDEN));
	office_be(&o, "unix:cora", "compliance");
	cr_expect_eq(ask(&(struct hold_request){.operation = HOLD_OP_LIST}), CODE(OK));
}
