/* Cases as they were on any day, by anybody's knowledge of any day. */
#include "base/count.h"
#include "base/file/embed.h"
#include "tests/office/office.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

/*
 * Told by SQL, with times of our own. A-1 is added on 1 March, begun on 10 March (told on the 12th)
 * and extended on 5 April; A-2 is added on 20 March and rejected on 2 April; F-1 is raised on 2
 * March. All of it is long ago.
 */
static void
put(struct office *o, const char *kind, int serial, const char *event, const char *who,
    const char *valid, const char *received, const char *said)
{
	char sql[900];

	snprintf(
	    sql, sizeof sql,
	    "INSERT INTO sems.case_event (event_id, number, kind, event, valid, made_by, content) "
	    "SELECT gen_random_uuid(), (SELECT number FROM sems.case_file WHERE kind = '%s' AND "
	    "serial = %d), '%s', '%s', '%s', '%s', '%s'",
	    kind, serial, kind, event, valid, who, said);
	cluster_do(o->pg, sql);
	cluster_do(o->pg, "ALTER TABLE sems.case_event DISABLE TRIGGER USER");
	snprintf(sql, sizeof sql,
		 "UPDATE sems.case_event SET received = '%s' WHERE received > clock_timestamp() - "
		 "interval '1 hour'",
		 received);
	cluster_do(o->pg, sql);
	cluster_do(o->pg, "ALTER TABLE sems.case_event ENABLE TRIGGER USER");
}

#define ADDED                                                                            \
	"{\"title\": \"A mirror\", \"type\": \"CORRECTIVE\", \"owner\": \"unix:olga\", " \
	"\"original_due\": \"2025-04-10\"}"

static void
open_office(struct office *o)
{
	office_open_set_up(o);
	office_be(o, "unix:olga", "supervisor");
	office_be(o, "unix:vera", "auditor");
	put(o, "finding", 1, "RAISE", "unix:vera", "2025-03-02 09:00Z", "2025-03-02 09:00Z",
	    "{\"title\": \"No mirror\", \"origin\": \"REVIEW\", \"severity\": \"SERIOUS\"}");
	put(o, "action", 1, "ADD", "unix:olga", "2025-03-01 09:00Z", "2025-03-01 09:00Z", ADDED);
	put(o, "action", 1, "START", "unix:olga", "2025-03-10 09:00Z", "2025-03-12 09:00Z", "{}");
	put(o, "action", 2, "ADD", "unix:olga", "2025-03-20 09:00Z", "2025-03-20 09:00Z", ADDED);
	put(o, "action", 2, "REJECT", "unix:max", "2025-04-02 09:00Z", "2025-04-02 09:00Z",
	    "{\"reason\": \"one mirror is enough\"}");
	put(o, "action", 1, "EXTEND", "unix:olga", "2025-04-05 09:00Z", "2025-04-05 09:00Z",
	    "{\"due\": \"2025-06-30\", \"reason\": \"strike\"}");
}

OFFICE_SUITE(case, open_office);

static int
ask(struct case_request q)
{
	return office_ask(&o, &(struct request){.kind = REQUEST_CASE, .cases = &q});
}

/* Serials and states of a list, with blanks between. */
static const char *
listed(struct case_request q)
{
	static char text[600];
	size_t n = 0;
	size_t i;
	json_t *one;

	q.operation = CASE_OP_LIST;
	text[0] = '\0';
	cr_assert_eq(ask(q), CODE(OK), "%s: %s", o.field, o.text);
	json_array_foreach(json_object_get(o.json, "cases"), i, one)
	{
		const char *number = json_string_value(json_object_get(one, "number"));

		n += (size_t)snprintf(text + n, sizeof text - n, "%s%c%c %s", i == 0 ? "" : ", ",
				      number[0], number[strlen(number) - 1],
				      json_string_value(json_object_get(one, "state")));
	}
	return text;
}

static const char *const actions[] = {"action"};
#define ACTIONS .kinds = actions, .n_kinds = 1

/* P-1353 */
Test(case, lists_what_is_looked_for)
{
	cr_expect_str_eq(listed((struct case_request){0}), "A1 IN_PROGRESS, A2 REJECTED, F1 OPEN");
	cr_expect_str_eq(listed((struct case_request){ACTIONS}), "A1 IN_PROGRESS, A2 REJECTED");
	cr_expect_str_eq(listed((struct case_request){ACTIONS, .open = true}), "A1 IN_PROGRESS");
	cr_expect_str_eq(listed((struct case_request){.state = "OPEN"}), "F1 OPEN");
	cr_expect_str_eq(listed((struct case_request){.owner = "unix:olga"}),
			 "A1 IN_PROGRESS, A2 REJECTED");
	cr_expect_str_eq(listed((struct case_request){.owner = "unix:vera"}), "");
	cr_expect_str_eq(listed((struct case_request){.severity = "SERIOUS"}), "F1 OPEN");
	cr_expect_str_eq(listed((struct case_request){.site_id = "T1"}), "");
	/* By the day that it was extended to. */
	cr_expect_str_eq(listed((struct case_request){.due_until = "2025-06-29"}), "A2 REJECTED");
	cr_expect_str_eq(listed((struct case_request){.due_until = "2025-06-30"}),
			 "A1 IN_PROGRESS, A2 REJECTED");
}

/* Also what was told before its owner had a person. P-1353 */
Test(case, lists_by_owner_what_was_his_before_he_had_a_person)
{
	cluster_do(o.pg, "INSERT INTO sems.person VALUES ('olga', 'Olga Ost', NULL)");
	cluster_do(o.pg, "UPDATE sems.principal SET person = 'olga' WHERE principal = 'unix:olga'");
	cr_expect_str_eq(listed((struct case_request){.owner = "olga"}),
			 "A1 IN_PROGRESS, A2 REJECTED");
	cr_expect_str_eq(listed((struct case_request){.owner = "unix:olga"}),
			 "A1 IN_PROGRESS, A2 REJECTED");
	cr_expect_str_eq(listed((struct case_request){.owner = "olga", .as_of = "2025-03-12"}),
			 "A1 IN_PROGRESS");
}

/* P-1353 */
Test(case, lists_page_by_page)
{
	char after[24];

	cr_expect_str_eq(listed((struct case_request){.limit = 2}), "A1 IN_PROGRESS, A2 REJECTED");
	cr_expect_eq(office_int(&o, "total"), 3);
	snprintf(after, sizeof after, "%s", office_str(&o, "last"));
	cr_expect_str_eq(listed((struct case_request){.limit = 2, .after = after}), "F1 OPEN");
	cr_expect_eq(ask((struct case_request){.operation = CASE_OP_LIST, .limit = 1001}),
		     CODE(INVALID));
}

/* P-1354: as it was, and as it was known. */
Test(case, lists_the_register_of_any_day)
{
	static const struct {
		const char *as_of;
		const char *known_by;
		const char *list;
	} rows[] = {
	    {"2025-02-28", NULL, ""},
	    {"2025-03-01", NULL, "A1 OPEN"},
	    {"2025-03-02", NULL, "A1 OPEN, F1 OPEN"},
	    {"2025-03-11", NULL, "A1 OPEN, F1 OPEN"},
	    /* Who knows what was told the day after. */
	    {"2025-03-11", "2025-03-12", "A1 IN_PROGRESS, F1 OPEN"},
	    {"2025-03-09", "2025-03-12", "A1 OPEN, F1 OPEN"},
	    {"2025-03-12", NULL, "A1 IN_PROGRESS, F1 OPEN"},
	    {"2025-03-10T08:59:00Z", "2025-03-12", "A1 OPEN, F1 OPEN"},
	    {"2025-03-31", NULL, "A1 IN_PROGRESS, A2 OPEN, F1 OPEN"},
	    /* Summer time: the second of April ends at 23:00. */
	    {"2025-04-02", NULL, "A1 IN_PROGRESS, A2 REJECTED, F1 OPEN"},
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		cr_expect_str_eq(listed((struct case_request){.as_of = rows[i].as_of,
							      .known_by = rows[i].known_by}),
				 rows[i].list, "%s as of %s: %s", rows[i].as_of,
				 rows[i].known_by == NULL ? "then" : rows[i].known_by,
				 listed((struct case_request){.as_of = rows[i].as_of,
							      .known_by = rows[i].known_by}));
}

/* P-1356: overdue by the day in force, on the day asked about. */
Test(case, says_how_long_it_is_overdue)
{
	cr_expect_str_eq(listed((struct case_request){ACTIONS, .as_of = "2025-04-10"}),
			 "A1 IN_PROGRESS, A2 REJECTED");
	cr_expect_eq(office_int(&o, "cases.0.overdue_days"), -1);
	cr_expect_str_eq(listed((struct case_request){ACTIONS, .as_of = "2025-07-03"}),
			 "A1 IN_PROGRESS, A2 REJECTED");
	cr_expect_eq(office_int(&o, "cases.0.overdue_days"), 3);
	cr_expect_eq(office_int(&o, "cases.1.overdue_days"), -1, "it is to be done no more");
	cr_expect_str_eq(office_str(&o, "cases.0.due_on"), "2025-06-30");
	cr_expect_str_eq(office_str(&o, "cases.0.original_due"), "2025-04-10");
}

/* P-1354 */
Test(case, shows_a_case_with_its_events_up_to_a_day)
{
	char number[24];

	listed((struct case_request){ACTIONS});
	snprintf(number, sizeof number, "%s", office_str(&o, "cases.0.number"));
	cr_assert_eq(ask((struct case_request){.operation = CASE_OP_SHOW, .number = number}),
		     CODE(OK));
	cr_expect_eq(office_int(&o, "steps"), 3);
	cr_expect_str_eq(office_str(&o, "events.2.event"), "EXTEND");
	cr_expect_str_eq(office_str(&o, "events.2.said.reason"), "strike");
	cr_expect_str_eq(office_str(&o, "events.1.valid"), "2025-03-10T09:00:00.000Z");
	cr_expect_str_eq(office_str(&o, "events.1.received"), "2025-03-12T09:00:00.000Z");
	cr_expect_str_eq(office_str(&o, "due"), "2025-06-30");
	cr_assert_eq(ask((struct case_request){
			 .operation = CASE_OP_SHOW, .number = number, .as_of = "2025-03-31"}),
		     CODE(OK));
	cr_expect_eq(office_int(&o, "steps"), 2);
	cr_expect_str_eq(office_str(&o, "due"), "");
	cr_expect_eq(ask((struct case_request){
			 .operation = CASE_OP_SHOW, .number = number, .as_of = "2025-02-28"}),
		     CODE(NOT_FOUND));
	cr_expect_eq(ask((struct case_request){.operation = CASE_OP_SHOW, .number = "A-2025-999"}),
		     CODE(NOT_FOUND));
	cr_expect_eq(ask((struct case_request){.operation = CASE_OP_SHOW}), CODE(INVALID));
}

/* Not by a look at all events of all actions. P-1353 */
Test(case, shows_the_actions_of_a_finding_by_an_index)
{
	static char sql[4000];
	const char *const wanted[] = {"F-2025-001", NULL, NULL};
	PGresult *plan;

	snprintf(sql, sizeof sql, "EXPLAIN (FORMAT JSON)\n%s",
		 embed_text("sql/queries/cases/case_show.sql"));
	cluster_do(o.pg, "SET enable_seqscan = off");
	plan = PQexecParams(o.pg, sql, COUNT(wanted), NULL, wanted, NULL, NULL, 0);
	cr_assert_eq(PQresultStatus(plan), PGRES_TUPLES_OK, "%s", PQerrorMessage(o.pg));
	cr_expect_not_null(strstr(PQgetvalue(plan, 0, 0), "case_event_of_finding"), "%s",
			   PQgetvalue(plan, 0, 0));
	PQclear(plan);
}

/* As of a day before it was given to another finding it is the first one's. P-1354 */
Test(case, shows_the_actions_that_a_finding_had_on_a_day)
{
	char number[24];
	char said[80];

	listed((struct case_request){.severity = "SERIOUS"});
	snprintf(number, sizeof number, "%s", office_str(&o, "cases.0.number"));
	snprintf(said, sizeof said, "{\"finding\": \"%s\"}", number);
	put(&o, "action", 1, "CHANGE", "unix:olga", "2025-04-06 09:00Z", "2025-04-06 09:00Z", said);
	put(&o, "finding", 2, "RAISE", "unix:vera", "2025-04-07 09:00Z", "2025-04-07 09:00Z",
	    "{\"title\": \"No lamp\", \"origin\": \"REVIEW\", \"severity\": \"MINOR\"}");
	snprintf(said, sizeof said, "{\"finding\": \"%.*s2\"}", (int)strlen(number) - 1, number);
	put(&o, "action", 1, "CHANGE", "unix:olga", "2025-04-08 09:00Z", "2025-04-08 09:00Z", said);
	cr_assert_eq(ask((struct case_request){.operation = CASE_OP_SHOW, .number = number}),
		     CODE(OK));
	cr_expect_eq(json_array_size(json_object_get(o.json, "actions")), 0);
	cr_assert_eq(ask((struct case_request){
			 .operation = CASE_OP_SHOW, .number = number, .as_of = "2025-04-06"}),
		     CODE(OK));
	cr_expect_str_eq(office_str(&o, "actions.0.state"), "IN_PROGRESS");
}

/* P-1355 */
Test(case, tells_what_became_of_the_register_between_two_days)
{
	cr_assert_eq(ask((struct case_request){
			 .operation = CASE_OP_DIFF, .since = "2025-03-25", .until = "2025-04-30"}),
		     CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "totals.new"), 0);
	cr_expect_eq(office_int(&o, "totals.changed"), 1);
	cr_expect_eq(office_int(&o, "totals.gone"), 1);
	cr_expect_str_eq(office_str(&o, "cases.0.how"), "gone");
	cr_expect_str_eq(office_str(&o, "cases.0.was_state"), "OPEN");
	cr_expect_str_eq(office_str(&o, "cases.1.fields.0.field"), "due");
	cr_expect_str_eq(office_str(&o, "cases.1.fields.0.is"), "2025-06-30");
	cr_assert_eq(
	    ask((struct case_request){
		.operation = CASE_OP_DIFF, .since = "2025-02-01", .until = "2025-03-02", ACTIONS}),
	    CODE(OK));
	cr_expect_eq(office_int(&o, "totals.new"), 1);
	cr_expect_str_eq(office_str(&o, "cases.0.how"), "new");
	cr_assert_eq(ask((struct case_request){.operation = CASE_OP_DIFF, .since = "2025-04-30"}),
		     CODE(OK));
	cr_expect_eq(office_int(&o, "totals.changed"), 0);
}

/* P-1353 */
Test(case, refuses_what_it_cannot_look_for)
{
	static const char *const riddles[] = {"riddle"};
	static char much[202];
	const struct {
		struct case_request q;
		const char *field;
	} rows[] = {
	    {{.operation = CASE_OP_LIST, .kinds = riddles, .n_kinds = 1}, "kinds"},
	    {{.operation = CASE_OP_LIST, .due_until = "tomorrow"}, "due_until"},
	    {{.operation = CASE_OP_LIST, .as_of = "3 March"}, "as_of"},
	    {{.operation = CASE_OP_LIST, .known_by = "2025-02-30"}, "known_by"},
	    {{.operation = CASE_OP_LIST, .owner = much}, "owner"},
	    {{.operation = CASE_OP_LIST, .state = "\xff"}, "state"},
	    {{.operation = CASE_OP_DIFF}, "since"},
	    {{.operation = CASE_OP_DIFF, .since = "x"}, "since"},
	    {{.operation = CASE_OP_DIFF, .since = "2025-03-01", .until = "x"}, "until"},
	    {{.operation = 77}, "operation"},
	};

	memset(much, 'a', sizeof much - 1);
	for (size_t i = 0; i < COUNT(rows); i++) {
		cr_expect_eq(ask(rows[i].q), CODE(INVALID), "row %zu", i);
		cr_expect_str_eq(o.field, rows[i].field, "row %zu: %s", i, o.text);
	}
}

/* P-1346: by role, in the order none, device, supervisor, tester, auditor, compliance, manager,
 * admin. */
Test(case, shows_cases_to_those_who_may_see_them)
{
	static const char *const roles[] = {"none",    "device",     "supervisor", "tester",
					    "auditor", "compliance", "manager",    "admin"};
	static const char may[] = "--x-xxxx";

	for (size_t i = 0; i < COUNT(roles); i++) {
		char who[40];

		snprintf(who, sizeof who, "unix:x%zu", i);
		office_be(&o, who, roles[i]);
		cr_expect_eq(ask((struct case_request){.operation = CASE_OP_LIST}),
			     may[i] == 'x' ? CODE(OK) : CODE(FORBIDDEN), "%s", roles[i]);
	}
}
