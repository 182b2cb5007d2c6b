/* What is counted of actions, and of findings of the register: as they stood at the quarter's end,
 * by the day that was agreed first. */
#include "base/count.h"
#include "tests/store/spd_fixture.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

STORE_SUITE(actions, fixture_open, 120);

/* Of the case of the kind that was made last; a new one when the event makes one. */
static void
tell(const char *kind, const char *event, const char *at, const char *said)
{
	char sql[900];

	snprintf(
	    sql, sizeof sql,
	    "INSERT INTO sems.case_event (event_id, number, kind, event, valid, made_by, content) "
	    "SELECT gen_random_uuid(), %s, '%s', '%s', '%s', '%s', '%s'",
	    strcmp(event, "ADD") == 0 || strcmp(event, "RAISE") == 0
		? "NULL"
		: "(SELECT number FROM sems.case_file ORDER BY year DESC, serial DESC LIMIT 1)",
	    kind, event, at, strcmp(event, "VERIFY") == 0 ? "unix:vera" : "unix:olga", said);
	cluster_do(f.pg, sql);
}

static void
act(const char *event, const char *at, const char *said)
{
	tell("action", event, at, said);
}

/* An action that is first due on a day. */
static void
add(const char *at, const char *due)
{
	char said[300];

	cluster_do(f.pg, "INSERT INTO sems.person VALUES ('olga') ON CONFLICT DO NOTHING");
	cluster_do(f.pg, "INSERT INTO sems.site VALUES ('N1', 'North') ON CONFLICT DO NOTHING");
	snprintf(said, sizeof said,
		 "{\"title\": \"x\", \"type\": \"CORRECTIVE\", \"owner\": \"olga\", "
		 "\"priority\": \"HIGH\", \"site_id\": \"N1\", \"original_due\": \"%s\"}",
		 due);
	act("ADD", at, said);
}

#define SAID   "{\"text\": \"x\"}"
#define REASON "{\"reason\": \"x\"}"

static void
verify(const char *claimed, const char *verified)
{
	act("CLAIM", claimed, SAID);
	act("VERIFY", verified, SAID);
}

/* One after the other, since an event goes to the action that was added last. */
static void
add_all(void)
{
	/* In London it is half past eleven of the tenth. */
	add("2026-04-01T10:00Z", "2026-05-10");
	verify("2026-05-01T10:00Z", "2026-05-10T22:30Z");
	act("CLOSE", "2026-05-11T10:00Z", "{}");
	/* And here half past midnight. */
	add("2026-04-01T10:00Z", "2026-05-10");
	verify("2026-05-01T10:00Z", "2026-05-10T23:30Z");
	/* An extension changes nothing; nor is it overdue on its day. */
	add("2026-04-01T10:00Z", "2026-06-30");
	act("EXTEND", "2026-06-01T10:00Z", "{\"due\": \"2026-08-31\", \"reason\": \"strike\"}");
	add("2026-04-01T10:00Z", "2026-04-15");
	act("REJECT", "2026-04-10T10:00Z", REASON);
	/* 91 days; of another quarter. */
	add("2026-03-01T10:00Z", "2026-03-31");
	/* 90 days; verified in time, and opened again. */
	add("2026-04-01T10:00Z", "2026-04-01");
	verify("2026-04-01T11:00Z", "2026-04-01T12:00Z");
	act("REOPEN", "2026-06-01T10:00Z", REASON);
	/* One day; that it is done is only said. */
	add("2026-04-01T10:00Z", "2026-06-29");
	act("CLAIM", "2026-06-28T10:00Z", SAID);
	add("2026-04-01T10:00Z", "2026-07-01");
	/* What comes after the quarter changes nothing in it. */
	verify("2026-07-01T10:00Z", "2026-07-01T11:00Z");
}

/* P-1360, P-1351 */
Test(actions, are_on_time_by_the_day_that_was_agreed_first)
{
	json_t *doc;

	add_all();
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "CA01", "", "1/5 0.2 NO_TARGET");
	FIGURE_SAYS(doc, "CA01", "site=N1", "1/5 0.2 NO_TARGET");
	FIGURE_SAYS(doc, "CA01", "priority=HIGH", "1/5 0.2 NO_TARGET");
	FIGURE_SAYS(doc, "CA02", "", "3/- 3 NO_TARGET");
	json_decref(doc);
}

static json_int_t
told_after(void)
{
	json_t *doc = spd_compute(&f, SPD_TASK_SHOW);
	const json_t *parts =
	    json_object_get(json_object_get(spd_figure(doc, "CA01", ""), "details"), "parts");
	json_int_t n = json_integer_value(json_object_get(parts, "TOLD_AFTER_THE_DAY"));

	json_decref(doc);
	return n;
}

/* Whoever verifies says when it was so; that it was said only after the day is seen. */
Test(actions, that_are_told_of_after_their_day_are_counted_beside)
{
	add_all();
	cr_expect_eq(told_after(), 1);
	cluster_do(f.pg, "SET session_replication_role = replica; UPDATE sems.case_event SET "
			 "received = valid; SET session_replication_role = origin");
	cr_expect_eq(told_after(), 0);
}

static const json_t *
balance(const json_t *doc, const char *what)
{
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(doc, "balances"), i, one)
	{
		if (strcmp(json_string_value(json_object_get(one, "what")), what) == 0)
			return one;
	}
	return NULL;
}

static void
expect_balance(const json_t *b, int opening, int raised, int closed, int closing)
{
	cr_expect_eq(json_integer_value(json_object_get(b, "opening")), opening);
	cr_expect_eq(json_integer_value(json_object_get(b, "raised")), raised);
	cr_expect_eq(json_integer_value(json_object_get(b, "closed")), closed);
	cr_expect_eq(json_integer_value(json_object_get(b, "closing")), closing);
}

/* Closed and rejected ones are open no more; what is verified is, until somebody closes it. P-1360
 */
Test(actions, reconcile)
{
	json_t *doc = spd_compute(&f, SPD_TASK_SHOW);

	cr_expect_null(balance(doc, "ACTIONS"));
	json_decref(doc);
	add_all();
	doc = spd_compute(&f, SPD_TASK_SHOW);
	cr_assert_not_null(balance(doc, "ACTIONS"));
	expect_balance(balance(doc, "ACTIONS"), 1, 7, 2, 6);
	json_decref(doc);
}

/* Six months end in the quarter for the first two; the first was opened again in them. The second's
 * end half an hour before midnight of its last day, in London; the third's begin a day before. */
Test(actions, opened_again_are_counted_when_six_months_are_over)
{
	static const struct {
		const char *closed;
		const char *reopened;
	} rows[] = {
	    {"2025-10-15T10:00Z", "2026-04-15T08:59Z"},
	    {"2025-12-31T23:30Z", "2026-07-02T10:00Z"},
	    {"2025-09-30T10:00Z", "2025-10-30T10:00Z"},
	    {"2026-01-01T10:00Z", NULL},
	};
	json_t *doc;

	for (size_t i = 0; i < COUNT(rows); i++) {
		add("2025-09-01T10:00Z", "2025-09-30");
		verify("2025-09-02T10:00Z", "2025-09-03T10:00Z");
		act("CLOSE", rows[i].closed, "{}");
		if (rows[i].reopened != NULL)
			act("REOPEN", rows[i].reopened, REASON);
	}
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "CA04", "", "1/2 0.5 NO_TARGET");
	json_decref(doc);
}

static void
find(const char *raised, const char *verified, const char *more)
{
	char said[200];

	snprintf(said, sizeof said,
		 "{\"title\": \"x\", \"origin\": \"REVIEW\", \"severity\": \"MINOR\"%s}", more);
	tell("finding", "RAISE", raised, said);
	if (verified == NULL)
		return;
	tell("finding", "CORRECT", raised, SAID);
	tell("finding", "VERIFY", verified, SAID);
}

/* Thirty days from the day it was found, ten from the day it was raised; the one of March was
 * verified in March. */
Test(actions, findings_take_the_days_to_their_verification)
{
	json_t *doc;

	find("2026-04-10T10:00Z", "2026-05-01T10:00Z", ", \"detected_on\": \"2026-04-01\"");
	find("2026-05-01T10:00Z", "2026-05-11T10:00Z", "");
	find("2026-03-01T10:00Z", "2026-03-11T10:00Z", "");
	find("2026-05-01T10:00Z", NULL, "");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "CA03", "", "-/2 20 NO_TARGET");
	FIGURE_SAYS(doc, "CA03", "severity=MINOR", "-/2 20 NO_TARGET");
	json_decref(doc);
}
