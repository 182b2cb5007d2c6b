#include "base/digest.h"
#include "tests/office/office.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

OFFICE_SUITE(spd, office_open_set_up);

/* A quarter that is over, whenever the tests run. */
static const char past[] = "2020-Q1";

static int
ask(int operation, const char *quarter, unsigned revision)
{
	static const char receipt[] = "receipt 17";
	static const char portal[] = "portal";
	static const char why[] = "a lane was late";
	struct spd_request q = office_spd(operation, quarter, revision);

	if (operation == OP(SUBMIT)) {
		q.reference = receipt;
		q.channel = portal;
	} else {
		q.text = why;
	}
	return office_ask_spd(&o, &q);
}

static void
must(int operation)
{
	cr_assert_eq(ask(operation, past, 0), CODE(OK), "%d: %s", operation, o.text);
}

/* From a draft to the regulator, by three people. */
static void
bring_to_submission(void)
{
	office_be(&o, "unix:queenie", "auditor");
	must(OP(QA));
	office_be(&o, "unix:mona", "manager");
	must(OP(APPROVE));
	office_be(&o, "unix:carl", "compliance");
	must(OP(SUBMIT));
}

static void
add_flights(int n)
{
	char sql[400];

	snprintf(sql, sizeof sql,
		 "SELECT sems.make_partition('activity', '2020-02-01'); INSERT INTO sems.activity "
		 "(record_id, source, site_id, occurred_at, received_at, received_from, activity, "
		 "count) "
		 "VALUES (gen_random_uuid(), 'lane', 'T1', '2020-02-01', '2020-02-01', 'x', "
		 "'FLIGHTS', %d)",
		 n);
	cluster_do(o.pg, sql);
}

/* The total of a metric in the answer; -1: none. */
static json_int_t
total(const char *id)
{
	json_t *m;
	size_t i;

	json_array_foreach(json_object_get(o.json, "metrics"), i, m)
	{
		if (strcmp(json_string_value(json_object_get(m, "id")), id) == 0) {
			json_t *f = json_array_get(json_object_get(m, "figures"), 0);
			json_t *n = json_object_get(f, "numerator");

			return json_is_integer(n) ? json_integer_value(n) : -1;
		}
	}
	return -1;
}

Test(spd, shows_a_quarter_as_it_is_now)
{
	add_flights(7);
	cr_assert_eq(ask(OP(SHOW), past, 0), CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "state"), "PROVISIONAL");
	cr_expect_eq(office_int(&o, "revision"), 0);
	cr_expect_eq(total("EX13"), 7);
}

/* P-912 */
Test(spd, freezes_revises_and_supersedes)
{
	add_flights(7);
	office_be(&o, "unix:carl", "compliance");
	must(OP(FREEZE));
	bring_to_submission();
	cr_expect_str_eq(office_str(&o, "state"), "SUBMITTED");
	/* A late record changes what is shown now, not what was submitted. */
	add_flights(1);
	cr_assert_eq(ask(OP(SHOW), past, 1), CODE(OK), "%s", o.text);
	cr_expect_eq(total("EX13"), 7);
	cr_assert_eq(ask(OP(SHOW), past, 0), CODE(OK), "%s", o.text);
	cr_expect_eq(total("EX13"), 8);
	cr_expect_eq(ask(OP(FREEZE), past, 0), CODE(STATE));
	cr_expect_not_null(strstr(o.text, "spd.revise"), "%s", o.text);
	must(OP(REVISE));
	cr_expect_eq(office_int(&o, "revision"), 2);
	cr_expect_gt(office_int(&o, "restatements"), 0);
	bring_to_submission();
	must(OP(LIST));
	cr_expect_eq(json_array_size(json_object_get(o.json, "revisions")), 2);
	cr_expect_str_eq(office_str(&o, "revisions.0.state"), "SUPERSEDED");
	cr_expect_str_eq(office_str(&o, "revisions.1.state"), "SUBMITTED");
	cr_expect_str_eq(office_str(&o, "revisions.1.reference"), "receipt 17");
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.submitted_quarter"), 1);
}

static const json_t *
restatement_of(const char *metric)
{
	const json_t *list = json_object_get(o.json, "restatements");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *r = json_array_get(list, i);

		if (strcmp(json_string_value(json_object_get(r, "metric")), metric) == 0 &&
		    json_object_size(json_object_get(r, "by")) == 0)
			return r;
	}
	return NULL;
}

Test(spd, restates_what_was_submitted_and_says_why)
{
	const json_t *r;

	add_flights(7);
	office_be(&o, "unix:carl", "compliance");
	must(OP(FREEZE));
	bring_to_submission();
	add_flights(1);
	cluster_do(o.pg, "UPDATE sems.activity SET received_at = now() WHERE count = 1");
	must(OP(REVISE));
	cr_assert_eq(ask(OP(SHOW), past, 2), CODE(OK), "%s", o.text);
	r = restatement_of("EX13");
	cr_assert_not_null(r);
	cr_expect_eq(json_integer_value(json_object_get(json_object_get(r, "old"), "numerator")),
		     7);
	cr_expect_eq(json_integer_value(json_object_get(json_object_get(r, "new"), "numerator")),
		     8);
	cr_expect_eq(json_integer_value(json_object_get(r, "records")), 1);
	cr_expect_str_eq(json_string_value(json_object_get(r, "cause")), "a lane was late");
	cr_expect_null(restatement_of("OUT01"), "what did not change is not restated");
}

Test(spd, shows_the_bytes_that_were_frozen)
{
	char sha[65];
	char again[65];
	unsigned char digest[SHA256_SIZE];
	char *text;

	must(OP(FREEZE));
	snprintf(sha, sizeof sha, "%s", office_str(&o, "sha256"));
	cr_assert_eq(ask(OP(SHOW), past, 1), CODE(OK), "%s", o.text);
	text = json_dumps(o.json, JSON_COMPACT | JSON_SORT_KEYS);
	cr_assert(sha256(text, strlen(text), digest));
	hex_encode(digest, sizeof digest, again);
	cr_expect_str_eq(again, sha);
	free(text);
}

static void
embargo_a_test(void)
{
	cluster_do(o.pg,
		   "SELECT sems.make_partition('test', '2020-02-01'); INSERT INTO sems.test "
		   "(record_id, source, site_id, occurred_at, received_at, received_from, mode, "
		   "outcome, embargo) VALUES (gen_random_uuid(), 'lane', 'T1', '2020-02-01', "
		   "'2020-02-01', 'x', 'COVERT', 'FAIL', true)");
}

static int
freeze_without(const char *reason)
{
	struct spd_request q = office_spd(OP(FREEZE), past, 0);

	q.exclude_embargoed = reason;
	return office_ask_spd(&o, &q);
}

Test(spd, freezes_embargoed_tests_only_by_a_reasoned_exclusion)
{
	const char reason[] = "campaign runs until May";

	embargo_a_test();
	office_be(&o, "unix:carl", "compliance");
	cr_expect_eq(freeze_without(NULL), CODE(STATE));
	cr_expect_not_null(strstr(o.text, "embargo"), "%s", o.text);
	cr_expect_eq(freeze_without(reason), CODE(OK), "%s", o.text);
	cr_assert_eq(ask(OP(SHOW), past, 1), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "embargo.excluded.0.count"), 1);
	cr_expect_str_eq(office_str(&o, "embargo.excluded.0.reason"), reason);
}

Test(spd, freezes_inside_the_time_for_late_records_only_with_a_reason)
{
	const char early[] = "the regulator asked for it";
	struct spd_request q = {0};
	struct request r = {0};

	/* So many working days that 2020-Q1 still waits; a calendar's worth of them. */
	cluster_do(o.pg, "UPDATE sems.setting SET value = '20000' "
			 "WHERE name = 'spd_grace_working_days'");
	cr_expect_eq(ask(OP(FREEZE), past, 0), CODE(STATE));
	cr_expect_not_null(strstr(o.next, "early"), "%s %s", o.text, o.next);
	q.operation = OP(FREEZE);
	q.quarter = past;
	q.early = early;
	r.kind = REQUEST_SPD;
	r.spd = &q;
	cr_expect_eq(office_ask(&o, &r), CODE(OK), "%s", o.text);
	cr_expect_str_eq(cluster_text(o.pg, "SELECT text FROM sems.spd_event"),
			 "early: the regulator asked for it");
}

Test(spd, freezes_no_quarter_that_has_not_ended)
{
	const char next[] = "2099-Q4";

	cr_expect_eq(ask(OP(FREEZE), next, 0), CODE(STATE));
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.spd_revision"), 0);
}

/* P-907 */
Test(spd, lets_readers_read_and_only_compliance_decide)
{
	office_be(&o, "unix:mona", "manager");
	cr_expect_eq(ask(OP(SHOW), past, 0), CODE(OK), "%s", o.text);
	cr_expect_eq(ask(OP(FREEZE), past, 0), CODE(FORBIDDEN));
	cr_expect_eq(ask(OP(SUBMIT), past, 0), CODE(FORBIDDEN));
	cr_expect_not_null(strstr(o.text, "compliance"), "%s", o.text);
	office_be(&o, "unix:carl", "compliance");
	cr_expect_eq(ask(OP(FREEZE), past, 0), CODE(OK), "%s", o.text);
	cr_expect_str_eq(cluster_text(o.pg, "SELECT created_by FROM sems.spd_revision"),
			 "unix:carl");
}

static bool
shows_small(void)
{
	return json_is_true(json_object_get(json_object_get(o.json, "small_cells"), "shown"));
}

/* P-941: with a reason, by whoever has the right, and of nothing that is kept or handed out. */
Test(spd, shows_figures_of_few_persons_to_whom_they_are_for)
{
	struct spd_request q = office_spd(OP(SHOW), past, 0);

	q.unsuppressed = "the lane's manager asked";
	office_be(&o, "unix:queenie", "auditor");
	cr_expect_eq(office_ask_spd(&o, &q), CODE(FORBIDDEN));
	office_be(&o, "unix:mona", "manager");
	cr_expect_eq(office_ask_spd(&o, &q), CODE(FORBIDDEN));
	office_be(&o, "unix:carl", "compliance");
	cr_expect_eq(office_ask_spd(&o, &q), CODE(OK), "%s", o.text);
	cr_expect(shows_small());
	q.unsuppressed = "";
	cr_expect_eq(office_ask_spd(&o, &q), CODE(INVALID));
	q.unsuppressed = "why";
	q.exported_as = "json";
	cr_expect_eq(office_ask_spd(&o, &q), CODE(INVALID));
	q.exported_as = NULL;
	q.revision = 1;
	cr_expect_eq(office_ask_spd(&o, &q), CODE(INVALID));
	cr_expect_str_eq(o.field, "unsuppressed");
	q = office_spd(OP(SHOW), past, 0);
	cr_expect_eq(office_ask_spd(&o, &q), CODE(OK), "%s", o.text);
	cr_expect_not(shows_small());
}

/* P-912 */
Test(spd, refuses_what_it_cannot_read)
{
	const char fifth[] = "2020-Q5";

	cr_expect_eq(ask(OP(SHOW), fifth, 0), CODE(INVALID));
	cr_expect_str_eq(o.field, "quarter");
	cr_expect_eq(ask(OP(SHOW), NULL, 0), CODE(INVALID));
	cr_expect_eq(ask(0, past, 0), CODE(INVALID));
	cr_expect_str_eq(o.field, "operation");
	cr_expect_eq(ask(OP(SHOW), past, 2000000), CODE(INVALID));
}
