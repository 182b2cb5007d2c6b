/* What is counted of the register of risks, as it stood at the quarter's end: controls that a
 * figure watches, scenarios that are out of date, risks that nothing is done about. */
#include "base/count.h"
#include "tests/store/spd_fixture.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

STORE_SUITE(risks, fixture_open, 120);

/* By two people, since nobody adopts or accepts what is his. %1 to %3: the number of the case of
 * that kind and serial. */
static void
tell(const char *kind, int serial, const char *event, const char *at, const char *said)
{
	bool is_others = strcmp(event, "ADOPT") == 0 || strcmp(event, "ACCEPT") == 0;
	char sql[900];
	char number[160] = "NULL";

	if (serial > 0)
		snprintf(number, sizeof number,
			 "(SELECT number FROM sems.case_file WHERE (kind, serial) = ('%s', %d))",
			 kind, serial);
	snprintf(sql, sizeof sql,
		 "INSERT INTO sems.case_event (event_id, number, kind, event, valid, made_by, "
		 "content) SELECT gen_random_uuid(), %s, '%s', '%s', '%s', '%s', "
		 "replace('%s', '@', to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY'))::jsonb",
		 number, kind, event, at, is_others ? "unix:vera" : "unix:olga", said);
	cluster_do(f.pg, sql);
}

#define SCORED(scenario, t, i, v, review)                                                    \
	"{\"scenario\": \"R-@-00" scenario "\", \"threat\": \"" t "\", \"impact\": \"" i     \
	"\", \"vulnerability\": \"" v "\", \"assessors\": \"x\", \"justification\": \"x\", " \
	"\"review_on\": \"" review "\"}"

/* Each adopted on 2 April; the serial of assessments goes with that of scenarios. */
static void
score(int serial, const char *said)
{
	tell("assessment", 0, "ASSESS", "2026-04-02T09:00Z", said);
	tell("assessment", serial, "ADOPT", "2026-04-02T10:00Z", "{}");
}

/* C-1 is watched by OUT01, C-2 by nothing, C-3 by QN01. R-1 is HIGH and names C-1 and C-2, R-2 is
 * LOW and names C-3, R-3 is HIGH with an action. */
static void
keep_register(void)
{
	tell("control", 0, "ENTER", "2026-04-01T09:00Z",
	     "{\"title\": \"a\", \"side\": \"PREVENTION\", \"metrics\": \"OUT01\"}");
	tell("control", 0, "ENTER", "2026-04-01T09:00Z",
	     "{\"title\": \"b\", \"side\": \"RECOVERY\"}");
	tell("control", 0, "ENTER", "2026-04-01T09:00Z",
	     "{\"title\": \"c\", \"side\": \"PREVENTION\", \"metrics\": \"QN01\"}");
	tell("scenario", 0, "ENTER", "2026-04-01T09:00Z",
	     "{\"title\": \"x\", \"domain\": \"PORT\", \"controls\": \"C-@-001 C-@-002\"}");
	tell("scenario", 0, "ENTER", "2026-04-01T09:00Z",
	     "{\"title\": \"y\", \"controls\": \"C-@-003\"}");
	tell("scenario", 0, "ENTER", "2026-04-01T09:00Z", "{\"title\": \"z\"}");
	score(1, SCORED("1", "3", "3", "3", "2027-01-01"));
	score(2, SCORED("2", "1", "2", "3", "2027-01-01"));
	score(3, SCORED("3", "4", "4", "4", "2027-01-01"));
	/* Told in time once, and out of date since. */
	cluster_do(f.pg,
		   "SET session_replication_role = replica; UPDATE sems.case_event SET folded = "
		   "folded || '{\"review_on\": \"2026-06-29\"}' WHERE kind = 'assessment' AND "
		   "folded ->> 'threat' = '4'; SET session_replication_role = origin");
	cluster_do(f.pg, "INSERT INTO sems.person VALUES ('olga') ON CONFLICT DO NOTHING");
	tell("action", 0, "ADD", "2026-05-01T09:00Z",
	     "{\"title\": \"x\", \"type\": \"CORRECTIVE\", \"owner\": \"olga\", \"original_due\": "
	     "\"2026-12-31\", \"scenario\": \"R-@-003\"}");
}

/* Frozen before the quarter's end, of the quarter before. */
static void
freeze(const char *status)
{
	char sql[900];

	snprintf(sql, sizeof sql,
		 "SET session_replication_role = replica; "
		 "INSERT INTO sems.spd_revision (quarter, revision, document, sha256, as_of, "
		 "created_by, "
		 "created_at, read_until, in_flight) VALUES ('2026-Q1', 1, '{}', sha256('{}'), "
		 "'2026-04-20Z', 'unix:olga', '2026-04-20Z', 0, '{}'); "
		 "INSERT INTO sems.frozen_figure VALUES ('2026-Q1', 1, 'OUT01', '', '2026-04-20Z', "
		 "true, "
		 "'%s', '{}', '{}'); SET session_replication_role = origin",
		 status);
	cluster_do(f.pg, sql);
}

static void
say(const char *rk01, const char *rk02, const char *rk03)
{
	json_t *doc = spd_compute(&f, SPD_TASK_SHOW);

	FIGURE_SAYS(doc, "RK01", "", rk01);
	FIGURE_SAYS(doc, "RK02", "", rk02);
	FIGURE_SAYS(doc, "RK03", "", rk03);
	json_decref(doc);
}

/* P-1369 */
Test(risks, are_nothing_where_there_is_no_register)
{
	say("-/- - NO_DATA", "-/- - NO_DATA", "-/- - NO_DATA");
}

/* P-1369: of a risk in the lowest band nothing need be watched. */
Test(risks, count_controls_that_a_frozen_figure_watches)
{
	keep_register();
	say("0/2 0 NO_TARGET", "1/- 1 NO_TARGET", "1/- 1 NO_TARGET");
	freeze("NOT_MET");
	say("1/2 0.5 NO_TARGET", "1/- 1 NO_TARGET", "1/- 1 NO_TARGET");
}

/* P-1369 */
Test(risks, take_a_silent_figure_for_none)
{
	keep_register();
	freeze("NO_DATA");
	say("0/2 0 NO_TARGET", "1/- 1 NO_TARGET", "1/- 1 NO_TARGET");
}

/* P-1369: an acceptance up to the day before the last; an action that is over is no plan. */
Test(risks, are_out_of_date_by_the_quarters_last_day)
{
	keep_register();
	tell("action", 1, "REJECT", "2026-06-30T22:00Z", "{\"reason\": \"x\"}");
	say("0/2 0 NO_TARGET", "1/- 1 NO_TARGET", "2/- 2 NO_TARGET");
	cluster_do(f.pg,
		   "SET session_replication_role = replica; UPDATE sems.case_event SET folded = "
		   "folded || '{\"review_on\": \"2026-06-30\"}' WHERE kind = 'assessment'; "
		   "SET session_replication_role = origin");
	say("0/2 0 NO_TARGET", "0/- 0 NO_TARGET", "2/- 2 NO_TARGET");
}

/* P-1369, P-1363: a control of a site goes by the site's figure. */
Test(risks, take_the_figure_that_the_control_goes_by)
{
	keep_register();
	freeze("MET");
	cluster_do(
	    f.pg,
	    "INSERT INTO sems.site VALUES ('N1', 'North') ON CONFLICT DO NOTHING; "
	    "INSERT INTO sems.frozen_figure SELECT quarter, revision, metric, 'N1', frozen_at, "
	    "is_whole, 'NO_DATA', of_metric, figure FROM sems.frozen_figure");
	say("1/2 0.5 NO_TARGET", "1/- 1 NO_TARGET", "1/- 1 NO_TARGET");
	tell("control", 1, "CHANGE", "2026-05-01T09:00Z", "{\"site_id\": \"N1\"}");
	say("0/2 0 NO_TARGET", "1/- 1 NO_TARGET", "1/- 1 NO_TARGET");
}

/* Bands are those that held at the quarter's end, whatever is agreed on later. */
Test(risks, go_by_the_scheme_of_the_quarters_end)
{
	keep_register();
	cluster_do(f.pg,
		   "INSERT INTO sems.risk_scheme (set_by, content) SELECT 'unix:olga', "
		   "jsonb_set(jsonb_set(content, '{bands,0,low}', '28'), '{bands,1,high}', '27') "
		   "FROM sems.risk_scheme");
	say("0/2 0 NO_TARGET", "1/- 1 NO_TARGET", "1/- 1 NO_TARGET");
	cluster_do(f.pg,
		   "SET session_replication_role = replica; UPDATE sems.risk_scheme SET set_at = "
		   "'2026-06-01Z' WHERE version = 2; SET session_replication_role = origin");
	say("0/2 0 NO_TARGET", "1/- 1 NO_TARGET", "0/- 0 NO_TARGET");
}
