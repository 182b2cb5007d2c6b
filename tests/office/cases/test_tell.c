/* Events of cases as people tell them: each once, in order, by whom it may be. */
#include "base/count.h"
#include "core/life/case.h"
#include "tests/office/telling.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

/* One of each role; dora asks where nobody else is named. */
static void
open_office(struct office *o)
{
	static const char *const people[][2] = {{"unix:olga", "supervisor"},
						{"unix:vera", "auditor"},
						{"unix:max", "manager"},
						{"unix:carl", "compliance"},
						{"unix:dora", "admin"}};

	office_open_set_up(o);
	for (size_t i = 0; i < COUNT(people); i++)
		office_be(o, people[i][0], people[i][1]);
	cluster_do(o->pg, "INSERT INTO sems.person VALUES ('olga', 'Olga Ost', 'Team leader')");
	cluster_do(o->pg,
		   "UPDATE sems.principal SET person = 'olga' WHERE principal = 'unix:olga'");
}

OFFICE_SUITE(tell, open_office);

#define VERDICT(name) SEMS__V1__VERDICT_CODE__VERDICT_CODE_##name

static const struct case_event_told added =
    MAKES("action", "ADD", {"title", "A mirror at lane 3"}, {"type", "CORRECTIVE"},
	  {"owner", "unix:olga"}, {"original_due", "2026-06-30"});

/* The role that the daemon takes for all of this, trying it directly. */
static const char *
as_compute(const char *sql)
{
	static char state[6];

	cluster_do(o.pg, "SET ROLE sems_compute");
	snprintf(state, sizeof state, "%s", cluster_state(o.pg, sql));
	cluster_do(o.pg, "RESET ROLE");
	return state;
}

#define EVENT(who, event, said)                                                           \
	"INSERT INTO sems.case_event (event_id, number, event, made_by, content) SELECT " \
	"gen_random_uuid(), number, '" event "', '" who "', '" said "' FROM sems.case_file"

/* --- P-1340: numbers -------------------------------------------------------------------------- */

/* The year is that of the database's clock, whatever day it is. */
static const char *
spoken(const char *letter, int n)
{
	static char text[24];
	char sql[160];

	snprintf(
	    sql, sizeof sql,
	    "SELECT '%s-' || extract(year FROM clock_timestamp() AT TIME ZONE 'Europe/London') "
	    "|| '-' || lpad('%d', 3, '0')",
	    letter, n);
	snprintf(text, sizeof text, "%s", cluster_text(o.pg, sql));
	return text;
}

/* P-1340 */
Test(tell, gives_each_kind_numbers_of_its_own)
{
	const struct case_event_told found = MAKES("finding", "RAISE", {"title", "No mirror"},
						   {"origin", "REVIEW"}, {"severity", "MINOR"});

	TOLD(added, "OPEN");
	cr_expect_str_eq(office_str(&o, "results.0.number"), spoken("A", 1));
	TOLD(found, "OPEN");
	cr_expect_str_eq(office_str(&o, "results.0.number"), spoken("F", 1));
	TOLD(added, "OPEN");
	cr_expect_str_eq(office_str(&o, "results.0.number"), spoken("A", 2));
}

/* A second connection waits for the first; what goes back leaves no gap. P-1340 */
Test(tell, leaves_no_gap_and_no_double_among_who_add_at_once)
{
	static const char add[] =
	    "INSERT INTO sems.case_event (event_id, kind, event, made_by, content) VALUES "
	    "(gen_random_uuid(), 'action', 'ADD', 'unix:dora', '{\"title\": \"x\", \"type\": "
	    "\"CORRECTIVE\", \"owner\": \"olga\", \"original_due\": \"2026-06-30\"}')";
	PGconn *other = PQconnectdb(o.conninfo);

	cr_assert_eq(PQstatus(other), CONNECTION_OK);
	PQclear(PQexec(other, "SET ROLE sems_compute"));
	cluster_do(o.pg, "BEGIN");
	cluster_do(o.pg, add);
	cr_assert_eq(PQsendQuery(other, add), 1);
	/* It waits: nothing has come by when the first is done. */
	cr_expect_str_eq(cluster_text(o.pg, "SELECT count(*) FROM sems.case_file"), "1");
	cluster_do(o.pg, "ROLLBACK");
	PQclear(PQgetResult(other));
	PQclear(PQgetResult(other));
	cluster_do(o.pg, add);
	PQfinish(other);
	cr_expect_str_eq(cluster_text(o.pg,
				      "SELECT string_agg(serial::text, ' ' ORDER BY serial) FROM "
				      "sems.case_file"),
			 "1 2");
}

/* --- P-1341, P-1342: events ------------------------------------------------------------------- */

/* P-1341 */
Test(tell, takes_an_event_once_and_says_so_when_it_comes_again)
{
	struct case_event_told again = added;

	again.event_id = (struct text){"0123456789abcdef", 16};
	TOLD(again, "OPEN");
	cr_assert_eq(TELL_ONE(again), CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "results.0.verdict"), "DUPLICATE");
	cr_expect_str_eq(office_str(&o, "results.0.number"), spoken("A", 1));
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.case_event"), 1);
	again.n_words--;
	cr_expect_eq(TELL_ONE(again), CODE(STATE));
	cr_expect_str_eq(o.field, "event_id");
	again = added;
	again.event_id = (struct text){"0123456789abcdef", 15};
	cr_expect_eq(TELL_ONE(again), CODE(INVALID));
}

/* P-1342 */
Test(tell, gives_each_of_several_events_its_verdict)
{
	const struct case_event_told events[] = {
	    added,
	    OF(spoken("A", 1), "VERIFY", {"text", "looked at"}),
	    MAKES("action", "ADD", {"title", "without an owner"}),
	    added,
	};

	cr_assert_eq(TELL(events, COUNT(events)), CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "results.0.verdict"), "STORED");
	cr_expect_str_eq(office_str(&o, "results.1.verdict"), "REFUSED");
	cr_expect_str_eq(office_str(&o, "results.2.verdict"), "REFUSED");
	cr_expect_str_eq(office_str(&o, "results.2.field"), "owner");
	cr_expect_str_eq(office_str(&o, "results.3.verdict"), "STORED");
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.case_event"), 2);
}

/* P-1342 */
Test(tell, takes_five_hundred_events_at_once_and_not_one_more)
{
	static struct case_event_told many[501];

	for (size_t i = 0; i < COUNT(many); i++)
		many[i] = added;
	cr_expect_eq(TELL(many, 501), CODE(INVALID));
	cr_expect_eq(TELL(many, 0), CODE(INVALID));
	cr_assert_eq(TELL(many, 500), CODE(OK), "%s", o.text);
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.case_event"), 500);
}

/* --- P-1343: refusals ------------------------------------------------------------------------- */

/* P-1343 */
Test(tell, names_state_event_and_whose_it_is_when_a_step_is_refused)
{
	char wanted[200];

	TOLD(added, "OPEN");
	BE("unix:vera");
	cr_expect_eq(
	    TELL_ONE((struct case_event_told)OF(spoken("A", 1), "VERIFY", {"text", "yes"})),
	    CODE(STATE));
	snprintf(wanted, sizeof wanted,
		 "%s is OPEN and cannot be verified: VERIFY follows DONE_CLAIMED, by auditor, "
		 "compliance or manager",
		 spoken("A", 1));
	cr_expect_str_eq(o.text, wanted);
	BE("unix:olga");
	cr_expect_eq(
	    TELL_ONE((struct case_event_told)OF(spoken("A", 1), "VERIFY", {"text", "yes"})),
	    CODE(FORBIDDEN));
	cr_expect_not_null(strstr(o.text, "auditor, compliance or manager"), "%s", o.text);
}

struct refused {
	struct case_event_told event;
	int code;
	const char *field;
};

#define ADDED_BUT(...)                                                                    \
	MAKES("action", "ADD", {"title", "x"}, {"type", "CORRECTIVE"}, {"owner", "olga"}, \
	      {"original_due", "2026-06-30"}, __VA_ARGS__)

/* P-1345 */
Test(tell, refuses_what_names_nothing_or_says_too_little)
{
	const struct refused rows[] = {
	    {ADDED_BUT({"finding", "F-2026-001"}), CODE(INVALID), "finding"},
	    {ADDED_BUT({"site_id", "T9"}), CODE(INVALID), "site_id"},
	    {ADDED_BUT({"title", "twice"}), CODE(INVALID), "title"},
	    {ADDED_BUT({"colour", "blue"}), CODE(INVALID), "words"},
	    {ADDED_BUT({NULL, "blue"}), CODE(INVALID), "words"},
	    {ADDED_BUT({"due", "2026-07-30"}), CODE(INVALID), "due"},
	    {MAKES("action", "ADD", {"title", "x"}, {"type", "CORRECTIVE"}, {"owner", "nobody"},
		   {"original_due", "2026-06-30"}),
	     CODE(INVALID), "owner"},
	    {MAKES("finding", "RAISE", {"title", "x"}, {"origin", "REVIEW"}), CODE(INVALID),
	     "severity"},
	    {MAKES("finding", "RAISE", {"title", "x"}, {"origin", "REVIEW"},
		   {"local_severity", "Level 1"}),
	     CODE(INVALID), "local_severity"},
	    {MAKES("finding", "RAISE", {"title", "x"}, {"origin", "AUDIT"}, {"finding_id", "7"}),
	     CODE(INVALID), "of_source"},
	    {MAKES("finding", "RAISE", {"title", "x"}, {"origin", "AUDIT"}, {"finding_id", "7"},
		   {"of_source", "lane"}, {"site_id", "T1"}),
	     CODE(NOT_FOUND), "finding_id"},
	    {MAKES("riddle", "RAISE", {"title", "x"}), CODE(INVALID), "kind"},
	    {MAKES("action", "SING", {"title", "x"}), CODE(INVALID), "event"},
	    {MAKES("action", "START", {"text", "x"}), CODE(STATE), "event"},
	    {OF("A-2026-777", "START", {"text", "x"}), CODE(NOT_FOUND), "number"},
	    {OF("A-2026-7", "START", {"text", "x"}), CODE(INVALID), "number"},
	    {OF("X-2026-777", "START", {"text", "x"}), CODE(INVALID), "number"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		cr_expect_eq(TELL_ONE(rows[i].event), rows[i].code, "row %zu: %s: %s", i, o.field,
			     o.text);
		cr_expect_str_eq(o.field, rows[i].field, "row %zu: %s", i, o.text);
	}
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.case_event"), 0);
}

/* --- P-1344: when it was so ------------------------------------------------------------------- */

/* P-1344 */
Test(tell, takes_things_in_the_order_in_which_they_were_so)
{
	struct case_event_told past = added;
	struct case_event_told start = OF(spoken("A", 1), "START", {"text", "begun"});

	past.valid = office_time("2026-03-02T09:00:00Z").v;
	past.has_valid = true;
	TOLD(past, "OPEN");
	start.has_valid = true;
	start.valid = past.valid - 1;
	cr_expect_eq(TELL_ONE(start), CODE(STATE));
	cr_expect_str_eq(o.field, "valid");
	start.valid = office_time("2026-05-15T10:02:00Z").v; /* two minutes ahead */
	cr_expect_eq(TELL_ONE(start), CODE(INVALID));
	start.valid = office_time("1999-12-31T23:59:59Z").v;
	cr_expect_eq(TELL_ONE(start), CODE(INVALID));
	start.valid = past.valid;
	TOLD(start, "IN_PROGRESS");
}

/* --- P-1350 to P-1352: an action -------------------------------------------------------------- */

/* P-1350, P-1351, P-1352, P-1359 */
Test(tell, leads_an_action_from_its_beginning_to_its_end_and_opens_it_again)
{
	const char *no = spoken("A", 1);
	static char kept[24];

	snprintf(kept, sizeof kept, "%s", no);
	TOLD(added, "OPEN");
	BE("unix:olga");
	TOLD((struct case_event_told)OF(kept, "PLAN", {"timetable", "order in May, mount in June"}),
	     "PLANNED");
	TOLD((struct case_event_told)OF(kept, "START", {"text", "ordered"}), "IN_PROGRESS");
	TOLD(
	    (struct case_event_told)OF(kept, "EXTEND", {"due", "2026-08-31"}, {"reason", "strike"}),
	    "IN_PROGRESS");
	TOLD((struct case_event_told)OF(kept, "CLAIM", {"text", "mounted"}), "DONE_CLAIMED");
	BE("unix:carl");
	TOLD((struct case_event_told)OF(kept, "VERIFY", {"text", "seen at noon"}),
	     "VERIFIED_EFFECTIVE");
	TOLD((struct case_event_told)OF(kept, "CLOSE", {"text", "done"}), "CLOSED");
	TOLD((struct case_event_told)OF(kept, "REOPEN", {"reason", "it fell down"}), "REOPENED");
	cr_expect_str_eq(
	    cluster_text(o.pg,
			 "SELECT folded ->> 'original_due' || ' ' || (folded ->> 'due') || ' ' || "
			 "occurrence || ' ' || (folded ->> 'owner') || ' ' || "
			 "(folded ->> 'claimed_by') || ' ' || (folded ->> 'verified_by') "
			 "FROM sems.case_event ORDER BY step DESC LIMIT 1"),
	    "2026-06-30 2026-08-31 2 olga olga unix:carl");
	cr_expect_str_eq(
	    cluster_text(o.pg,
			 "SELECT string_agg(DISTINCT made_by_name || ', ' || made_by_post, ';') "
			 "FROM sems.case_event WHERE person = 'olga'"),
	    "Olga Ost, Team leader");
	cr_expect_str_eq(cluster_text(o.pg, "SELECT string_agg(what || ' ' || who, ', ' ORDER BY "
					    "entry_id) FROM sems.access_log WHERE what IN "
					    "('case.add', 'case.claim', 'case.verify')"),
			 "case.add unix:dora, case.claim unix:olga, case.verify unix:carl");
}

/* By another principal of hers she is the same person. P-1352 */
Test(tell, has_an_action_verified_by_another_person_than_its_owner)
{
	static char kept[24];

	snprintf(kept, sizeof kept, "%s", spoken("A", 1));
	TOLD(added, "OPEN");
	BE("unix:carl");
	TOLD((struct case_event_told)OF(kept, "CLAIM", {"text", "done"}), "DONE_CLAIMED");
	cr_expect_eq(TELL_ONE((struct case_event_told)OF(kept, "VERIFY", {"text", "seen"})),
		     CODE(FORBIDDEN));
	cr_expect_not_null(strstr(o.text, "unix:carl said that it was done"), "%s", o.text);
	office_be(&o, "cert:sems:person/olga", "auditor");
	cluster_do(o.pg, "UPDATE sems.principal SET person = 'olga' WHERE principal = "
			 "'cert:sems:person/olga'");
	cr_expect_eq(TELL_ONE((struct case_event_told)OF(kept, "VERIFY", {"text", "seen"})),
		     CODE(FORBIDDEN));
	cr_expect_not_null(strstr(o.text, "olga is its owner"), "%s", o.text);
	BE("unix:vera");
	TOLD((struct case_event_told)OF(kept, "VERIFY", {"text", "seen"}), "VERIFIED_EFFECTIVE");
}

/* Who told it before the setup gave him a person is that person all the same. P-1352 */
Test(tell, knows_a_person_again_who_was_none_when_he_told_it)
{
	static char kept[24];

	snprintf(kept, sizeof kept, "%s", spoken("A", 1));
	TOLD((struct case_event_told)MAKES("action", "ADD", {"title", "x"}, {"type", "CORRECTIVE"},
					   {"owner", "unix:max"}, {"original_due", "2026-06-30"}),
	     "OPEN");
	BE("unix:vera");
	TOLD((struct case_event_told)OF(kept, "CLAIM", {"text", "done"}), "DONE_CLAIMED");
	cluster_do(o.pg, "INSERT INTO sems.person VALUES ('vera', 'Vera', NULL), ('max', 'Max', "
			 "NULL)");
	cluster_do(o.pg, "UPDATE sems.principal SET person = substr(principal, 6) "
			 "WHERE principal IN ('unix:vera', 'unix:max')");
	cr_expect_eq(TELL_ONE((struct case_event_told)OF(kept, "VERIFY", {"text", "seen"})),
		     CODE(FORBIDDEN));
	cr_expect_not_null(strstr(o.text, "vera said that it was done"), "%s", o.text);
	cr_expect_str_eq(as_compute(EVENT("unix:vera", "VERIFY", "{\"text\": \"x\"}")), "P0001");
	BE("unix:max");
	cr_expect_eq(TELL_ONE((struct case_event_told)OF(kept, "VERIFY", {"text", "seen"})),
		     CODE(FORBIDDEN));
	cr_expect_str_eq(as_compute(EVENT("unix:max", "VERIFY", "{\"text\": \"x\"}")), "P0001");
	BE("unix:carl");
	TOLD((struct case_event_told)OF(kept, "VERIFY", {"text", "seen"}), "VERIFIED_EFFECTIVE");
}

/* P-1352: it would not be late any more. */
Test(tell, has_nobody_turn_down_what_is_his_to_do)
{
	static char kept[24];
	struct case_event_told mine =
	    MAKES("action", "ADD", {"title", "A mirror"}, {"type", "CORRECTIVE"},
		  {"owner", "unix:carl"}, {"original_due", "2026-06-30"});

	snprintf(kept, sizeof kept, "%s", spoken("A", 1));
	BE("unix:carl");
	TOLD(mine, "OPEN");
	cr_expect_eq(TELL_ONE((struct case_event_told)OF(kept, "REJECT", {"reason", "none"})),
		     CODE(FORBIDDEN));
	cr_expect_str_eq(as_compute(EVENT("unix:carl", "REJECT", "{\"reason\": \"x\"}")), "P0001");
	BE("unix:max");
	TOLD((struct case_event_told)OF(kept, "REJECT", {"reason", "none"}), "REJECTED");
}

/* Until it is opened again. P-1352 */
Test(tell, has_nobody_verify_what_was_his_own_before_he_handed_it_over)
{
	static char kept[24];

	snprintf(kept, sizeof kept, "%s", spoken("F", 1));
	TOLD((struct case_event_told)MAKES("finding", "RAISE", {"title", "x"}, {"origin", "REVIEW"},
					   {"severity", "MINOR"}, {"owner", "unix:carl"}),
	     "OPEN");
	BE("unix:carl");
	TOLD((struct case_event_told)OF(kept, "CHANGE", {"owner", "unix:olga"}), "OPEN");
	cr_expect_eq(TELL_ONE((struct case_event_told)OF(kept, "REJECT", {"reason", "none"})),
		     CODE(FORBIDDEN));
	cr_expect_str_eq(as_compute(EVENT("unix:carl", "REJECT", "{\"reason\": \"x\"}")), "P0001");
	BE("unix:olga");
	TOLD((struct case_event_told)OF(kept, "CORRECT", {"text", "done"}), "CORRECTED");
	BE("unix:carl");
	cr_expect_eq(TELL_ONE((struct case_event_told)OF(kept, "VERIFY", {"text", "seen"})),
		     CODE(FORBIDDEN));
	cr_expect_not_null(strstr(o.text, "unix:carl is its owner, or was"), "%s", o.text);
	cr_expect_str_eq(as_compute(EVENT("unix:carl", "VERIFY", "{\"text\": \"x\"}")), "P0001");
	TOLD((struct case_event_told)OF(kept, "REOPEN", {"reason", "again"}), "OPEN");
	BE("unix:olga");
	TOLD((struct case_event_told)OF(kept, "CORRECT", {"text", "done"}), "CORRECTED");
	BE("unix:carl");
	TOLD((struct case_event_told)OF(kept, "VERIFY", {"text", "seen"}), "VERIFIED");
}

/* --- P-1349: findings of audits --------------------------------------------------------------- */

#define OF_AUDIT(...)                                                          \
	MAKES("finding", "RAISE", {"title", "No mirror"}, {"origin", "AUDIT"}, \
	      {"finding_id", "F7"}, {"of_source", "lane"}, {"site_id", "T1"}, __VA_ARGS__)

/* Of 3 March, which lists it as serious. */
static void
add_audit(void)
{
	cluster_do(o.pg, "SELECT sems.make_partition('audit', '2026-03-03Z')");
	cluster_do(o.pg,
		   "INSERT INTO sems.audit (record_id, source, site_id, occurred_at, received_at, "
		   "received_from, type, findings) VALUES ('019cb166-8600-7000-8000-000000000001', "
		   "'lane', 'T1', '2026-03-03 00:00Z', '2026-03-03 01:00Z', 'unix:anna', "
		   "'INTERNAL_AUDIT', '[{\"finding_id\": \"F7\", \"severity\": \"SERIOUS\"}]')");
}

/* P-1349 */
Test(tell, takes_a_finding_of_an_audit_once_and_as_the_audit_has_it)
{
	const struct case_event_told found = OF_AUDIT({"text", "at lane 3"});

	add_audit();
	TOLD(found, "OPEN");
	cr_expect_str_eq(cluster_text(o.pg, "SELECT folded ->> 'severity' || ' ' || (folded ->> "
					    "'detected_on') FROM sems.case_event"),
			 "SERIOUS 2026-03-03");
	cr_expect_eq(TELL_ONE(found), CODE(STATE));
	cr_expect_str_eq(o.field, "finding_id");
	cr_expect_not_null(strstr(o.text, spoken("F", 1)), "%s", o.text);
}

/* The same again is the same, whatever the audit added to it. P-1341, P-1349 */
Test(tell, takes_a_finding_of_an_audit_again_as_the_same)
{
	struct case_event_told found = OF_AUDIT({"severity", "MINOR"});

	found.event_id = (struct text){"0123456789abcdef", 16};
	add_audit();
	TOLD(found, "OPEN");
	cr_assert_eq(TELL_ONE(found), CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "results.0.verdict"), "DUPLICATE");
	cr_expect_str_eq(cluster_text(o.pg, "SELECT folded ->> 'severity' FROM sems.case_event"),
			 "MINOR");
}

/* P-1361: until its debrief, and by whoever may know of it; to others the identity says nothing. */
Test(tell, names_no_test_under_embargo)
{
	static const char test[] = "lane/019dd000-0000-7000-8000-000000000001";
	const struct case_event_told raised =
	    MAKES("finding", "RAISE", {"title", "A knife went through"}, {"origin", "TEST"},
		  {"severity", "SERIOUS"}, {"record", test});

	cluster_do(o.pg,
		   "SELECT sems.make_partition('test', sems.uuid_time("
		   "'019dd000-0000-7000-8000-000000000001')); INSERT INTO sems.test "
		   "(record_id, source, occurred_at, received_at, received_from, mode, outcome) "
		   "SELECT i, 'lane', sems.uuid_time(i), now(), 'x', 'COVERT', 'FAIL' "
		   "FROM (VALUES ('019dd000-0000-7000-8000-000000000001'::uuid)) AS v (i)");
	office_be(&o, "unix:carl", "compliance");
	cr_expect_eq(TELL_ONE(raised), CODE(STATE));
	cr_expect_str_eq(o.field, "record");
	office_be(&o, "unix:vera", "auditor");
	cr_expect_eq(TELL_ONE(raised), CODE(OK), "%s", o.text);
	cluster_do(o.pg, "UPDATE sems.test SET debriefed_at = now()");
	office_be(&o, "unix:carl", "compliance");
	cr_expect_eq(TELL_ONE(raised), CODE(OK), "%s", o.text);
}

/* It may yet be a test, whichever kind is named; what is stored and no test is named by anybody.
 * P-1361 */
Test(tell, names_no_record_that_is_not_stored_for_who_may_know_of_tests)
{
	static const char *const named[] = {"lane/019dd000-0000-7000-8000-000000000002",
					    "other/019dd000-0000-7000-8000-000000000003",
					    "lane/019dd000-0000-7000-8000-000000000004"};

	cluster_do(o.pg, "SELECT sems.make_partition(k, sems.uuid_time("
			 "'019dd000-0000-7000-8000-000000000003')) "
			 "FROM unnest('{activity,void}'::text[]) AS k");
	/* Of a void nothing says yet what it is of. */
	cluster_do(o.pg, "INSERT INTO sems.void (record_id, source, occurred_at, received_at, "
			 "received_from, corrects_record_id, correction_reason) "
			 "SELECT i, 'lane', sems.uuid_time(i), now(), 'x', "
			 "'019dd000-0000-7000-8000-000000000001', 'twice' "
			 "FROM (VALUES ('019dd000-0000-7000-8000-000000000004'::uuid)) AS v (i)");
	for (size_t i = 0; i < COUNT(named); i++) {
		const struct case_event_told raised =
		    MAKES("finding", "RAISE", {"title", "x"}, {"origin", "TEST"},
			  {"severity", "SERIOUS"}, {"record", named[i]});

		BE("unix:carl");
		cr_expect_eq(TELL_ONE(raised), CODE(STATE), "%s", named[i]);
		cr_expect_str_eq(o.field, "record");
		BE("unix:vera");
		cr_expect_eq(TELL_ONE(raised), CODE(OK), "%s", o.text);
	}
	office_be(&o, "unix:carl", "compliance");
	cr_assert_eq(office_send(&o, office_activity(office_time("2026-05-04T10:00:00Z"), 7)),
		     VERDICT(STORED));
	{
		char stored[80];
		const struct case_event_told raised =
		    MAKES("finding", "RAISE", {"title", "x"}, {"origin", "REVIEW"},
			  {"severity", "SERIOUS"}, {"record", stored});

		snprintf(
		    stored, sizeof stored, "%s",
		    cluster_text(o.pg, "SELECT source || '/' || record_id FROM sems.activity"));
		cr_expect_eq(TELL_ONE(raised), CODE(OK), "%s", o.text);
	}
}

/* P-1345: also where the audit says it. */
Test(tell, takes_nothing_that_was_found_after_it_was_brought_up)
{
	struct case_event_told found =
	    MAKES("finding", "RAISE", {"title", "x"}, {"origin", "REVIEW"}, {"severity", "MINOR"},
		  {"detected_on", "2026-04-02"});
	struct case_event_told listed = OF_AUDIT({"text", "x"});

	add_audit();
	found.has_valid = true;
	found.valid = office_time("2026-04-01T22:59:59Z").v; /* 2 April begins at 23:00 */
	cr_expect_eq(TELL_ONE(found), CODE(INVALID));
	cr_expect_str_eq(o.field, "detected_on");
	found.valid = office_time("2026-04-01T23:00:00Z").v;
	TOLD(found, "OPEN");
	listed.has_valid = true;
	listed.valid = office_time("2026-03-02T10:00:00Z").v;
	cr_expect_eq(TELL_ONE(listed), CODE(INVALID));
	cr_expect_str_eq(o.field, "detected_on");
	cr_expect_str_eq(
	    as_compute("INSERT INTO sems.case_event (event_id, kind, event, made_by, content) "
		       "VALUES (gen_random_uuid(), 'finding', 'RAISE', 'unix:vera', "
		       "'{\"title\": \"x\", \"origin\": \"REVIEW\", \"severity\": \"MINOR\", "
		       "\"detected_on\": \"2099-01-01\"}')"),
	    "P0001");
}

/* By the entity's own grade, not by the audit's. P-1349 */
Test(tell, grades_a_finding_of_an_audit_as_the_entity_does)
{
	add_audit();
	cluster_do(o.pg, "INSERT INTO sems.severity_scale (local_severity, severity, set_by) "
			 "VALUES ('Level 3', 'MINOR', 'x')");
	TOLD((struct case_event_told)OF_AUDIT({"local_severity", "Level 3"}), "OPEN");
	cr_expect_str_eq(cluster_text(o.pg, "SELECT folded ->> 'severity' || ' ' || (folded ->> "
					    "'detected_on') FROM sems.case_event"),
			 "MINOR 2026-03-03");
}

/* Refused by the database as what another semsd told first would have it: P-1341. */
Test(tell, tells_again_what_others_were_quicker_with)
{
	static const char failing[] =
	    "CREATE SEQUENCE public.quicker; CREATE FUNCTION public.quicker() RETURNS trigger "
	    "LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN IF nextval('public.quicker') <= %d THEN "
	    "RAISE 'quicker' USING ERRCODE = '%s'; END IF; RETURN NEW; END $$; "
	    "CREATE TRIGGER quicker BEFORE INSERT ON sems.case_event FOR EACH ROW "
	    "EXECUTE FUNCTION public.quicker()";
	static const struct {
		int times;
		const char *state;
		int code;
	} rows[] = {{3, "23505", CODE(OK)},
		    {3, "P0001", CODE(OK)},
		    {1000, "23505", CODE(STATE)},
		    {1000, "P0001", CODE(STATE)}};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char sql[600];

		snprintf(sql, sizeof sql, failing, rows[i].times, rows[i].state);
		cluster_do(o.pg, sql);
		cr_expect_eq(TELL_ONE(added), rows[i].code, "row %zu: %s", i, o.text);
		cluster_do(o.pg,
			   "DROP FUNCTION public.quicker() CASCADE; DROP SEQUENCE public.quicker");
	}
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.case_event"), 2);
}

/* P-1358 */
Test(tell, maps_the_grades_of_the_entity)
{
	const struct case_request scale = {
	    .operation = CASE_OP_SCALE, .local_severity = "Level 1", .severity = "CRITICAL"};
	const struct case_request wrong = {
	    .operation = CASE_OP_SCALE, .local_severity = "Level 1", .severity = "BAD"};
	const struct case_request asked = {.operation = CASE_OP_SCALE};

	cr_expect_eq(office_ask(&o, &(struct request){.kind = REQUEST_CASE, .cases = &wrong}),
		     CODE(INVALID));
	cr_assert_eq(office_ask(&o, &(struct request){.kind = REQUEST_CASE, .cases = &scale}),
		     CODE(OK), "%s", o.text);
	TOLD((struct case_event_told)MAKES("finding", "RAISE", {"title", "x"}, {"origin", "REVIEW"},
					   {"local_severity", "Level 1"}),
	     "OPEN");
	cr_expect_str_eq(cluster_text(o.pg, "SELECT folded ->> 'severity' FROM sems.case_event"),
			 "CRITICAL");
	cr_assert_eq(office_ask(&o, &(struct request){.kind = REQUEST_CASE, .cases = &asked}),
		     CODE(OK));
	cr_expect_str_eq(office_str(&o, "scale.0.severity"), "CRITICAL");
	BE("unix:vera");
	cr_expect_eq(office_ask(&o, &(struct request){.kind = REQUEST_CASE, .cases = &scale}),
		     CODE(FORBIDDEN));
}

/* --- the database by itself ------------------------------------------------------------------- */

/* P-1343, P-1351, P-1352: whoever writes there. */
Test(tell, is_kept_by_the_database_as_core_would_have_it)
{
	static const struct {
		const char *sql;
		const char *state;
	} rows[] = {
	    {EVENT("unix:carl", "VERIFY", "{\"text\": \"x\"}"), "P0001"},
	    {EVENT("unix:olga", "EXTEND", "{\"due\": \"2026-07-01\"}"), "P0001"},
	    {EVENT(
		 "unix:olga", "EXTEND",
		 "{\"due\": \"2026-07-01\", \"reason\": \"x\", \"original_due\": \"2026-07-01\"}"),
	     "P0001"},
	    {EVENT("unix:olga", "CHANGE", "{\"owner\": \"nobody\"}"), "P0001"},
	    {EVENT("unix:olga", "CLAIM", "{\"text\": \"x\"}"), "00000"},
	    {EVENT("unix:olga", "VERIFY", "{\"text\": \"x\"}"), "P0001"},
	    {EVENT("unix:carl", "VERIFY", "{\"text\": \"x\"}"), "00000"},
	    {"UPDATE sems.case_event SET state = 'OPEN'", "42501"},
	    {"DELETE FROM sems.case_event", "42501"},
	    {"INSERT INTO sems.case_counter VALUES ('finding', 2026, 7)", "42501"},
	    {"INSERT INTO sems.case_file VALUES ('A-2026-009', 'action', 2026, 9)", "42501"},
	};

	TOLD(added, "OPEN");
	for (size_t i = 0; i < COUNT(rows); i++)
		cr_expect_str_eq(as_compute(rows[i].sql), rows[i].state, "%s", rows[i].sql);
	cr_expect_str_eq(cluster_state(o.pg, "UPDATE sems.case_event SET state = 'OPEN'"), "P0001");
}
