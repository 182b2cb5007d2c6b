#include "base/count.h"
#include "tests/office/office.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

static const char past[] = "2020-Q1";

/* Flights at two sites; carl prepares. */
static void
open_office(struct office *o)
{
	office_open_set_up(o);
	cluster_do(o->pg,
		   "SELECT sems.make_partition('activity', '2020-02-01'); INSERT INTO "
		   "sems.activity (record_id, source, site_id, occurred_at, received_at, "
		   "received_from, activity, count) SELECT gen_random_uuid(), 'lane', 'T' || i, "
		   "'2020-02-01', '2020-02-01', 'x', 'FLIGHTS', i FROM generate_series(1, 2) i");
	office_be(o, "unix:carl", "compliance");
}

OFFICE_SUITE(spd_step, open_office);

struct said {
	const char *text;
	const char *metric;
	const char *site;
	const char *channel;
	const char *reference;
};

static int
step(int operation, struct said said)
{
	struct spd_request q = office_spd(operation, past, 0);
	struct dimension d = {0};

	q.text = said.text;
	q.metric = said.metric;
	q.channel = said.channel;
	q.reference = said.reference;
	if (said.site != NULL) {
		d.name = "site";
		d.value = said.site;
		q.n_by = 1;
		q.by = &d;
	}
	return office_ask_spd(&o, &q);
}

#define NOTHING       \
	(struct said) \
	{             \
		0     \
	}

static void
freeze(void)
{
	cr_assert_eq(step(OP(FREEZE), NOTHING), CODE(OK), "%s", o.text);
}

static void
be(const char *who, const char *role)
{
	char principal[64];

	snprintf(principal, sizeof principal, "unix:%s", who);
	office_be(&o, principal, role);
}

/* P-912 */
Test(spd_step, goes_through_three_people_to_the_regulator)
{
	freeze();
	be("queenie", "auditor");
	cr_assert_eq(step(OP(QA), NOTHING), CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "state"), "IN_QA");
	cr_expect_not_null(strstr(office_str(&o, "next"), "spd.approve"), "%s",
			   office_str(&o, "next"));
	be("mona", "manager");
	cr_assert_eq(step(OP(APPROVE), NOTHING), CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "by"), "unix:mona");
	be("carl", "compliance");
	cr_assert_eq(step(OP(SUBMIT), (struct said){.channel = "portal", .reference = "R 1"}),
		     CODE(OK), "%s", o.text);
	cr_assert_eq(step(OP(ACKNOWLEDGE), (struct said){.reference = "A 1"}), CODE(OK), "%s",
		     o.text);
	cr_expect_str_eq(office_str(&o, "state"), "ACKNOWLEDGED");
	cr_expect_str_eq(
	    cluster_text(o.pg, "SELECT string_agg(made_by || ' ' || action, ', ' ORDER BY step) "
			       "FROM sems.spd_event"),
	    "unix:carl FREEZE, unix:queenie QA, unix:mona APPROVE, unix:carl SUBMIT, "
	    "unix:carl ACKNOWLEDGE");
	cr_expect_str_eq(cluster_text(o.pg, "SELECT channel || ', ' || reference || ', ' || "
					    "acknowledgement FROM sems.spd_status"),
			 "portal, R 1, A 1");
}

Test(spd_step, takes_nobody_twice)
{
	freeze();
	cr_expect_eq(step(OP(QA), NOTHING), CODE(FORBIDDEN));
	cr_expect_not_null(strstr(o.text, "unix:carl froze it"), "%s", o.text);
	be("mona", "manager");
	cr_assert_eq(step(OP(QA), NOTHING), CODE(OK), "%s", o.text);
	cr_expect_eq(step(OP(APPROVE), NOTHING), CODE(FORBIDDEN));
	cr_expect_not_null(strstr(o.text, "APPROVER_DIFFERS"), "%s", o.text);
}

Test(spd_step, lets_two_people_do_where_the_entity_declared_so)
{
	cluster_do(o.pg, "INSERT INTO sems.spd_policy (approval, declared_by, declared_on) "
			 "VALUES ('APPROVER_DIFFERS', 'A. Example', '2019-01-15')");
	freeze();
	cr_assert_eq(step(OP(QA), NOTHING), CODE(OK), "%s", o.text);
	cr_expect_eq(step(OP(APPROVE), NOTHING), CODE(FORBIDDEN));
	be("mona", "manager");
	cr_expect_eq(step(OP(APPROVE), NOTHING), CODE(OK), "%s", o.text);
}

Test(spd_step, asks_for_the_role_that_goes_with_it)
{
	static const struct {
		int operation;
		const char *role;
		const char *wants;
	} rows[] = {
	    {OP(FREEZE), "auditor", "compliance"}, {OP(FREEZE), "manager", "compliance"},
	    {OP(REVISE), "manager", "compliance"}, {OP(APPROVE), "compliance", "manager"},
	    {OP(APPROVE), "auditor", "manager"},   {OP(APPROVE), "admin", "manager"},
	    {OP(QA), "admin", "auditor"},          {OP(WITHDRAW), "manager", "compliance"},
	    {OP(SUBMIT), "manager", "compliance"}, {OP(ACKNOWLEDGE), "auditor", "compliance"},
	    {OP(SUBMIT), "auditor", "compliance"},
	};

	be("anna", "admin"); /* who stays it, when rita is something else */
	be("carl", "compliance");
	freeze();
	for (size_t i = 0; i < COUNT(rows); i++) {
		be("rita", rows[i].role);
		cr_expect_eq(
		    step(rows[i].operation, (struct said){"why", "EX13", NULL, "portal", "R 1"}),
		    CODE(FORBIDDEN), "row %zu: %s", i, o.text);
		cr_expect_not_null(strstr(o.text, "you are unix:rita"), "row %zu: %s", i, o.text);
		cr_expect_not_null(strstr(o.text, rows[i].wants), "row %zu: %s", i, o.text);
	}
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.spd_event"), 1);
}

Test(spd_step, rejects_and_withdraws_with_a_reason_and_leads_to_a_new_draft)
{
	freeze();
	be("queenie", "auditor");
	cr_expect_eq(step(OP(REJECT), NOTHING), CODE(INVALID));
	cr_expect_str_eq(o.field, "text");
	cr_assert_eq(step(OP(REJECT), (struct said){.text = "a site is missing"}), CODE(OK), "%s",
		     o.text);
	cr_expect_not_null(strstr(office_str(&o, "next"), "spd.freeze"), "%s",
			   office_str(&o, "next"));
	be("carl", "compliance");
	freeze();
	cr_expect_eq(office_int(&o, "revision"), 2);
	cr_assert_eq(step(OP(WITHDRAW), (struct said){.text = "too early"}), CODE(OK), "%s",
		     o.text);
	freeze();
	cr_expect_eq(office_int(&o, "revision"), 3);
	cr_expect_str_eq(cluster_text(o.pg, "SELECT string_agg(state, ' ' ORDER BY revision) "
					    "FROM sems.spd_status"),
			 "REJECTED WITHDRAWN DRAFT");
}

Test(spd_step, refuses_what_does_not_follow_and_says_what_does)
{
	cr_expect_eq(step(OP(SUBMIT), (struct said){.channel = "c", .reference = "r"}),
		     CODE(NOT_FOUND));
	cr_expect_not_null(strstr(o.text, "spd.freeze"), "%s", o.text);
	freeze();
	cr_expect_eq(step(OP(SUBMIT), (struct said){.channel = "c", .reference = "r"}),
		     CODE(STATE));
	cr_expect_not_null(strstr(o.text, "spd.qa"), "%s", o.text);
}

Test(spd_step, keeps_every_comment_and_lets_the_last_count)
{
	freeze();
	cr_assert_eq(step(OP(COMMENT), (struct said){.metric = "EX13", .text = "few flights"}),
		     CODE(OK), "%s", o.text);
	cr_assert_eq(step(OP(COMMENT), (struct said){.metric = "EX13", .text = "a strike in May"}),
		     CODE(OK), "%s", o.text);
	cr_assert_eq(step(OP(COMMENT),
			  (struct said){.metric = "EX13", .site = "T1", .text = "closed in May"}),
		     CODE(OK), "%s", o.text);
	cr_expect_str_eq(cluster_text(o.pg,
				      "SELECT string_agg(by_dims || text, ', ' ORDER BY step) "
				      "FROM sems.spd_event WHERE action = 'COMMENT'"),
			 "{}few flights, {}a strike in May, {\"site\": \"T1\"}closed in May");
}

Test(spd_step, says_when_a_comment_leads_back_to_a_draft)
{
	freeze();
	be("queenie", "auditor");
	cr_assert_eq(step(OP(QA), NOTHING), CODE(OK), "%s", o.text);
	cr_assert_eq(step(OP(COMMENT), (struct said){.metric = "EX13", .text = "mine is this"}),
		     CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "state"), "IN_QA");
	be("carl", "compliance");
	cr_assert_eq(step(OP(COMMENT), (struct said){.metric = "EX13", .text = "more of this"}),
		     CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "was"), "IN_QA");
	cr_expect_str_eq(office_str(&o, "state"), "DRAFT");
	cr_expect_not_null(strstr(office_str(&o, "next"), "spd.qa"), "%s", office_str(&o, "next"));
	be("mona", "manager");
	cr_expect_eq(step(OP(APPROVE), NOTHING), CODE(STATE));
}

/* Neither a comment that came meanwhile, nor another revision. */
/* P-913 */
Test(spd_step, approves_what_somebody_has_seen_and_nothing_else)
{
	struct spd_request status = office_spd(OP(STATUS), past, 0);
	struct spd_request approve = office_spd(OP(APPROVE), past, 0);
	char seen[65];

	freeze();
	be("queenie", "auditor");
	cr_assert_eq(step(OP(QA), NOTHING), CODE(OK), "%s", o.text);
	cr_assert_eq(office_ask_spd(&o, &status), CODE(OK), "%s", o.text);
	snprintf(seen, sizeof seen, "%s", office_str(&o, "papers"));
	cr_assert_eq(strlen(seen), 64);
	cr_assert_eq(step(OP(COMMENT), (struct said){.metric = "EX13", .text = "mine is this"}),
		     CODE(OK), "%s", o.text);
	be("mona", "manager");
	approve.seen = seen;
	cr_expect_eq(office_ask_spd(&o, &approve), CODE(STATE));
	cr_expect_str_eq(o.field, "seen");
	cr_expect_not_null(strstr(o.text, "spd.status"), "%s", o.text);
	cr_expect_str_eq(o.next, "[{\"action\":\"spd.status\",\"quarter\":\"2020-Q1\"}]");
	cr_assert_eq(office_ask_spd(&o, &status), CODE(OK), "%s", o.text);
	snprintf(seen, sizeof seen, "%s", office_str(&o, "papers"));
	cr_expect_eq(office_ask_spd(&o, &approve), CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "papers"), seen);
}

Test(spd_step, checks_once_more_what_the_reviewer_said)
{
	freeze();
	be("queenie", "auditor");
	cr_assert_eq(step(OP(QA), NOTHING), CODE(OK), "%s", o.text);
	cr_assert_eq(
	    step(OP(COMMENT), (struct said){.metric = "EX13",
					    .text = "0123456789abcdef0123456789abcdef was there"}),
	    CODE(OK), "%s", o.text);
	be("mona", "manager");
	cr_expect_eq(step(OP(APPROVE), NOTHING), CODE(STATE));
	cr_expect_str_eq(o.field, "checks");
}

Test(spd_step, comments_only_on_figures_that_are_there)
{
	freeze();
	cr_expect_eq(step(OP(COMMENT), (struct said){.metric = "OUT99", .text = "no such one"}),
		     CODE(INVALID));
	cr_expect_str_eq(o.field, "metric");
	cr_expect_eq(
	    step(OP(COMMENT), (struct said){.metric = "EX13", .site = "T9", .text = "no such one"}),
	    CODE(INVALID));
	cr_expect_str_eq(o.field, "by");
}

Test(spd_step, takes_no_draft_into_quality_assurance_whose_checks_fail)
{
	cluster_do(o.pg,
		   "SELECT sems.make_partition('tip_event', '2020-02-01'); INSERT INTO "
		   "sems.tip_event (record_id, source, site_id, occurred_at, received_at, "
		   "received_from, device_id, outcome) SELECT gen_random_uuid(), 'lane', 'T1', "
		   "'2020-02-01'::timestamptz + i * interval '1 s', '2020-02-02', 'x', 'X1', "
		   "'MISS_DECIDED' FROM generate_series(1, 40) AS i");
	cluster_do(o.pg, "INSERT INTO sems.target (metric, value, approved_by, from_quarter) "
			 "VALUES ('OUT03', 0.9, 'M', '2019-Q1')");
	freeze();
	be("queenie", "auditor");
	cr_expect_eq(step(OP(QA), NOTHING), CODE(STATE));
	cr_expect_str_eq(o.field, "checks");
	cr_expect_not_null(strstr(o.text, "COMMENTS (1)"), "%s", o.text);
	cr_expect_not_null(strstr(o.text, "spd.check"), "%s", o.text);
	cr_assert_eq(step(OP(COMMENT), (struct said){.metric = "OUT03", .text = "new images"}),
		     CODE(OK), "%s", o.text);
	cr_expect_eq(step(OP(QA), NOTHING), CODE(OK), "%s", o.text);
}
