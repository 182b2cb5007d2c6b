#include "tests/office/office.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

static const char past[] = "2020-Q1";

static void
open_office(struct office *o)
{
	office_open_set_up(o);
	office_be(o, "unix:carl", "compliance");
}

OFFICE_SUITE(spd_look, open_office);

static int
ask(int operation, const char *quarter, unsigned revision)
{
	static const char why[] = "one lane is missing";
	struct spd_request q = office_spd(operation, quarter, revision);

	q.text = why;
	return office_ask_spd(&o, &q);
}

static void
must(int operation)
{
	cr_assert_eq(ask(operation, past, 0), CODE(OK), "%d: %s", operation, o.text);
}

Test(spd_look, tells_the_state_of_a_quarter_without_a_revision)
{
	const char next[] = "2099-Q4";
	const char never[] = "1980-Q1";

	must(OP(STATUS));
	cr_expect_str_eq(office_str(&o, "state"), "COLLECTING");
	cr_expect_str_eq(office_str(&o, "grace_end"), "2020-04-14");
	cr_expect_eq(office_int(&o, "grace_is_over"), 1);
	cr_expect_str_eq(office_str(&o, "policy.approval"), "THREE_PEOPLE");
	cr_expect_not_null(strstr(office_str(&o, "next"), "spd.freeze"), "%s",
			   office_str(&o, "next"));
	cr_assert_eq(ask(OP(STATUS), next, 0), CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "state"), "OPEN");
	cr_expect_eq(ask(OP(STATUS), never, 0), CODE(NOT_FOUND));
	cr_expect_eq(ask(OP(STATUS), past, 3), CODE(NOT_FOUND));
}

Test(spd_look, tells_who_did_what_and_what_is_next)
{
	must(OP(FREEZE));
	office_be(&o, "unix:queenie", "auditor");
	must(OP(QA));
	must(OP(STATUS));
	cr_expect_str_eq(office_str(&o, "state"), "IN_QA");
	cr_expect_eq(office_int(&o, "revision.revision"), 1);
	cr_expect_str_eq(office_str(&o, "revision.created_by"), "unix:carl");
	cr_expect_str_eq(office_str(&o, "revision.reviewed_by"), "unix:queenie");
	cr_expect_str_eq(office_str(&o, "events.0.action"), "FREEZE");
	cr_expect_str_eq(office_str(&o, "events.1.action"), "QA");
	cr_expect_eq(strlen(office_str(&o, "events.1.at")), strlen("2026-04-01T09:00:00.000Z"));
	cr_expect_not_null(strstr(office_str(&o, "next"), "spd.approve"));
	cr_expect_str_eq(office_str(&o, "actions.0.action"), "spd.approve");
	cr_expect_str_eq(office_str(&o, "actions.0.quarter"), "2020-Q1");
}

Test(spd_look, lists_revisions_with_their_states)
{
	must(OP(LIST));
	cr_expect_eq(json_array_size(json_object_get(o.json, "revisions")), 0);
	must(OP(FREEZE));
	must(OP(WITHDRAW));
	must(OP(FREEZE));
	must(OP(LIST));
	cr_expect_eq(office_int(&o, "revisions.0.revision"), 1);
	cr_expect_str_eq(office_str(&o, "revisions.0.state"), "WITHDRAWN");
	cr_expect_str_eq(office_str(&o, "revisions.1.state"), "DRAFT");
}

Test(spd_look, shows_the_same_bytes_whatever_happens_to_a_revision)
{
	char *before;
	char *after;

	must(OP(FREEZE));
	cr_assert_eq(ask(OP(SHOW), past, 1), CODE(OK), "%s", o.text);
	before = json_dumps(o.json, JSON_SORT_KEYS);
	must(OP(WITHDRAW));
	cr_assert_eq(ask(OP(SHOW), past, 1), CODE(OK), "%s", o.text);
	after = json_dumps(o.json, JSON_SORT_KEYS);
	cr_expect_str_eq(after, before);
	cr_expect_str_eq(office_str(&o, "state"), "DRAFT");
	free(before);
	free(after);
	cr_expect_eq(ask(OP(SHOW), past, 2), CODE(NOT_FOUND));
}

Test(spd_look, declares_what_people_did_with_the_bytes_they_had)
{
	must(OP(FREEZE));
	must(OP(WITHDRAW));
	must(OP(DECLARATION));
	cr_expect_str_eq(office_str(&o, "format"), "sems-declaration/1");
	cr_expect_str_eq(office_str(&o, "state"), "WITHDRAWN");
	cr_expect_str_eq(office_str(&o, "events.1.text"), "one lane is missing");
	cr_expect_str_eq(office_str(&o, "policy.approval"), "THREE_PEOPLE");
	cr_expect_str_eq(office_str(&o, "document_sha256"),
			 cluster_text(o.pg, "SELECT encode(sha256, 'hex') FROM sems.spd_revision"));
	cr_expect_eq(ask(OP(DECLARATION), past, 9), CODE(NOT_FOUND));
}

Test(spd_look, checks_a_revision_before_anybody_signs_it)
{
	must(OP(FREEZE));
	must(OP(CHECK));
	cr_expect_eq(office_int(&o, "ok"), 1);
	cr_expect_eq(json_array_size(json_object_get(o.json, "checks")), 9);
}
