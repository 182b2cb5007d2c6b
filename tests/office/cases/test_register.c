/* The register of risks: what may be told of it, how its controls stand by frozen figures, what is
 * flagged, what an acceptance holds for. */
#include "tests/office/telling.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Numbers of cases have the year of the database's clock. */
static char year[8];

static const char *
number(const char *letter, int serial)
{
	static char made[4][32];
	static unsigned next;
	char *s = made[next++ % 4];

	snprintf(s, sizeof made[0], "%s-%s-%03d", letter, year, serial);
	return s;
}

/* Two controls, one of which is watched, and a scenario that names both. */
static void
open_office(struct office *o)
{
	static const char *const people[][2] = {{"unix:olga", "supervisor"},
						{"unix:vera", "auditor"},
						{"unix:max", "manager"},
						{"unix:carl", "compliance"}};

	office_open_set_up(o);
	for (size_t i = 0; i < COUNT(people); i++)
		office_be(o, people[i][0], people[i][1]);
	snprintf(
	    year, sizeof year, "%s",
	    cluster_text(o->pg,
			 "SELECT to_char(clock_timestamp() AT TIME ZONE 'Europe/London', 'YYYY')"));
}

OFFICE_SUITE(register, open_office);

static void
enter(void)
{
	static char controls[80];

	BE("unix:carl");
	TOLD((struct case_event_told)MAKES("control", "ENTER", {"title", "Screening"},
					   {"side", "PREVENTION"}, {"metrics", "OUT01"}),
	     "IN_FORCE");
	TOLD((struct case_event_told)MAKES("control", "ENTER", {"title", "Response"},
					   {"side", "RECOVERY"}),
	     "IN_FORCE");
	snprintf(controls, sizeof controls, "%s %s", number("C", 1), number("C", 2));
	TOLD((struct case_event_told)MAKES("scenario", "ENTER", {"title", "A device"},
					   {"controls", controls}),
	     "IN_FORCE");
}

static struct case_event_told
assessment(const char *vulnerability, const char *cites)
{
	static struct case_word_said words[10];
	size_t n = 0;

	words[n++] = (struct case_word_said){"scenario", number("R", 1)};
	words[n++] = (struct case_word_said){"threat", "3"};
	words[n++] = (struct case_word_said){"impact", "4"};
	words[n++] = (struct case_word_said){"vulnerability", vulnerability};
	words[n++] = (struct case_word_said){"assessors", "the group"};
	words[n++] = (struct case_word_said){"justification", "as agreed"};
	words[n++] = (struct case_word_said){"review_on", "2099-01-01"};
	if (cites != NULL)
		words[n++] = (struct case_word_said){"cites", cites};
	return (struct case_event_told){
	    .kind = "assessment", .event = "ASSESS", .words = words, .n_words = n};
}

/* Scored by compliance, adopted by the manager. */
static void
assess(const char *vulnerability, const char *cites)
{
	char made[32];

	BE("unix:carl");
	TOLD(assessment(vulnerability, cites), "DRAFT");
	snprintf(made, sizeof made, "%s", office_str(&o, "results.0.number"));
	BE("unix:max");
	TOLD((struct case_event_told){.number = made, .event = "ADOPT"}, "ADOPTED");
}

/* A frozen document that has this status of OUT01, and nothing else. */
static void
freeze(const char *quarter, int revision, const char *status)
{
	char sql[1200];

	snprintf(sql, sizeof sql,
		 "WITH d AS (SELECT '{\"quarter\": {\"end\": \"2020-01-01T00:00:00Z\"}, "
		 "\"metrics\": [{\"id\": "
		 "\"OUT01\", \"name\": \"Tests passed\", \"unit\": \"%%\", \"figures\": [{\"by\": "
		 "{}, \"status\": "
		 "\"%s\", \"value\": 0.5, \"denominator\": 138}]}]}'::text AS d) "
		 "INSERT INTO sems.spd_revision (quarter, revision, document, sha256, as_of, "
		 "created_by, read_until, in_flight) "
		 "SELECT '%s', %d, d, sha256(convert_to(d, 'UTF8')), clock_timestamp(), "
		 "'unix:carl', 0, '{}' FROM d",
		 status, quarter, revision);
	cluster_do(o.pg, "ALTER TABLE sems.spd_revision DISABLE TRIGGER check_revision");
	cluster_do(o.pg, sql);
	cluster_do(o.pg, "ALTER TABLE sems.spd_revision ENABLE TRIGGER check_revision");
}

static int
ask_for(uint32_t operation, const char *part, const char *as_of)
{
	const char *of_part[] = {part};
	struct case_request q = {
	    .operation = operation, .kinds = of_part, .n_kinds = part != NULL, .as_of = as_of};

	BE("unix:vera");
	return office_ask(&o, &(struct request){.kind = REQUEST_CASE, .cases = &q});
}

/* A member of the one scenario. */
static const char *
scenario(const char *path)
{
	char whole[80];

	cr_assert_eq(ask_for(CASE_OP_REGISTER, "scenario", NULL), CODE(OK), "%s: %s", o.field,
		     o.text);
	snprintf(whole, sizeof whole, "scenarios.0.%s", path);
	return office_str(&o, whole);
}

static const char *
control_state(int serial)
{
	char path[40];

	cr_assert_eq(ask_for(CASE_OP_REGISTER, "control", NULL), CODE(OK), "%s: %s", o.field,
		     o.text);
	snprintf(path, sizeof path, "controls.%d.state", serial - 1);
	return office_str(&o, path);
}

/* "OUT01@2026-Q1/1 FAILING 2", "; settled" behind what was; "" without any. */
static const char *
flags(void)
{
	static char text[300];
	size_t n = 0;
	size_t i;
	json_t *f;

	cr_assert_eq(ask_for(CASE_OP_FLAGS, NULL, NULL), CODE(OK), "%s: %s", o.field, o.text);
	text[0] = '\0';
	json_array_foreach(json_object_get(o.json, "flags"), i, f)
	{
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%s@%s/%d %s %d%s",
				      i == 0 ? "" : ", ",
				      json_string_value(json_object_get(f, "metric")),
				      json_string_value(json_object_get(f, "quarter")),
				      (int)json_integer_value(json_object_get(f, "revision")),
				      json_string_value(json_object_get(f, "state")),
				      (int)json_integer_value(json_object_get(f, "occurrence")),
				      json_object_get(f, "closed") == NULL ? "" : " settled");
	}
	return text;
}

/* --- scores ----------------------------------------------------------------------------------- */

/* P-1367: of 64 triples 11 are HIGH, 34 MEDIUM and 19 LOW; 2 x 2 x 2 is 8. */
Test(register, puts_all_triples_into_their_bands)
{
	static const struct {
		const char *product;
		const char *band;
	} rows[] = {{"2 * 4 * 4", "HIGH"},   {"2 * 4 * 3", "MEDIUM"}, {"2 * 2 * 2", "MEDIUM"},
		    {"1 * 4 * 4", "MEDIUM"}, {"3 * 3 * 3", "HIGH"},   {"1 * 2 * 3", "LOW"},
		    {"1 * 1 * 1", "LOW"},    {"4 * 4 * 4", "HIGH"}};
	char sql[300];

	for (size_t i = 0; i < COUNT(rows); i++) {
		snprintf(sql, sizeof sql,
			 "SELECT sems.risk_band(%s, (sems.risk_scheme_at('infinity')).content)",
			 rows[i].product);
		cr_expect_str_eq(cluster_text(o.pg, sql), rows[i].band, "%s", rows[i].product);
	}
	cr_expect_str_eq(
	    cluster_text(o.pg, "SELECT string_agg(b || ' ' || n, ', ' ORDER BY b) FROM (SELECT "
			       "sems.risk_band(t * i * v, "
			       "(sems.risk_scheme_at('infinity')).content) AS b, count(*) AS n "
			       "FROM generate_series(1, 4) AS t, generate_series(1, 4) AS i, "
			       "generate_series(1, 4) AS v "
			       "GROUP BY 1) AS x"),
	    "HIGH 11, LOW 19, MEDIUM 34");
}

/* The scheme, changed by an expression of SQL on `s`; the test's. */
static char *
scheme_with(const char *change)
{
	char sql[400];
	PGresult *res;
	char *text;

	snprintf(sql, sizeof sql,
		 "SELECT %s FROM (SELECT (sems.risk_scheme_at('infinity')).content AS s) AS x",
		 change);
	res = PQexec(o.pg, sql);
	cr_assert_eq(PQntuples(res), 1, "%s", PQerrorMessage(o.pg));
	text = strdup(PQgetvalue(res, 0, 0));
	PQclear(res);
	return text;
}

static int
set_scheme(const char *scheme)
{
	struct case_request q = {.operation = CASE_OP_SCHEME, .scheme = scheme};

	return office_ask(&o, &(struct request){.kind = REQUEST_CASE, .cases = &q});
}

#define BANDS                                                                                     \
	"each band has a name of at most 200 bytes that no other has, and whole numbers of 1 to " \
	"64 "                                                                                     \
	"from which to which it goes; there are at most 6"

/* P-1367 */
Test(register, takes_another_scheme_that_has_a_band_for_every_product)
{
	static const struct {
		const char *path, *value, *why;
	} rows[] = {
	    {"{bands,1,low}", "9", "no band, or more than one, has the product 8"},
	    {"{bands,0,low}", "20", "no band, or more than one, has the product 24"},
	    {"{bands}", "7", "no band, or more than one, has the product 1"},
	    {"{threat,0,score}", "5",
	     "threat has to have the scores 4, 3, 2, 1, each with a name and criteria"},
	    {"{impact,2,name}", "\"\"",
	     "impact has to have the scores 4, 3, 2, 1, each with a name and criteria"},
	    {"{vulnerability,1,criteria}", "\"x\"",
	     "vulnerability has to have the scores 4, 3, 2, 1, each with a name and criteria"},
	    {"{name}", "null", "it has no name"},
	    {"{bands,2,low}", "0.5", BANDS},
	    {"{bands,1,name}", "\"LOW\"", BANDS},
	    {"{bands,3}", "{\"name\": \"X\", \"low\": \"a\", \"high\": \"b\"}", BANDS},
	};
	char change[120];
	char *scheme;

	for (size_t i = 0; i < COUNT(rows); i++) {
		snprintf(change, sizeof change, "jsonb_set(s, '%s', '%s')", rows[i].path,
			 rows[i].value);
		scheme = scheme_with(change);
		BE("unix:carl");
		cr_expect_eq(set_scheme(scheme), CODE(INVALID), "%s", rows[i].path);
		cr_expect_str_eq(o.text, rows[i].why);
		free(scheme);
	}
	cr_expect_eq(set_scheme("[]"), CODE(INVALID));
	cr_expect_eq(set_scheme("{"), CODE(INVALID));
	scheme =
	    scheme_with("jsonb_set(jsonb_set(s, '{bands,0,low}', '24'), '{bands,1,high}', '23')");
	BE("unix:max");
	cr_expect_eq(set_scheme(scheme), CODE(FORBIDDEN));
	BE("unix:carl");
	cr_expect_eq(set_scheme(scheme), CODE(OK), "%s", o.text);
	free(scheme);
	enter();
	assess("2", NULL);
	cr_expect_str_eq(scenario("assessment.residual_band"), "HIGH");
}

/* P-1365 */
Test(register, has_scores_in_force_when_another_person_has_adopted_them)
{
	char made[32];

	enter();
	TOLD(assessment("2", NULL), "DRAFT");
	snprintf(made, sizeof made, "%s", office_str(&o, "results.0.number"));
	cr_expect_eq(TELL_ONE((struct case_event_told){.number = made, .event = "ADOPT"}),
		     CODE(FORBIDDEN));
	cr_expect_str_eq(scenario("reasons.0.why"), "NOT_ASSESSED");
	BE("unix:vera");
	cr_expect_eq(TELL_ONE((struct case_event_told){.number = made, .event = "ADOPT"}),
		     CODE(FORBIDDEN));
	BE("unix:max");
	TOLD((struct case_event_told){.number = made, .event = "ADOPT"}, "ADOPTED");
	cr_expect_str_eq(scenario("assessment.number"), made);
	cr_expect_eq(office_int(&o, "scenarios.0.assessment.inherent"), 48);
	cr_expect_eq(office_int(&o, "scenarios.0.assessment.residual"), 24);
	cr_expect_str_eq(office_str(&o, "scenarios.0.assessment.residual_band"), "MEDIUM");
	cr_expect_eq(office_int(&o, "scenarios.0.assessment.version"), 1);
}

/* P-1347: also who only changed it. */
Test(register, is_not_scored_by_who_changes_and_adopts)
{
	char made[32];

	enter();
	TOLD(assessment("2", NULL), "DRAFT");
	snprintf(made, sizeof made, "%s", office_str(&o, "results.0.number"));
	BE("unix:max");
	TOLD((struct case_event_told)OF(made, "CHANGE", {"vulnerability", "1"}), "DRAFT");
	cr_expect_eq(TELL_ONE((struct case_event_told){.number = made, .event = "ADOPT"}),
		     CODE(FORBIDDEN));
	cr_expect(strstr(o.text, "changed it") != NULL, "%s", o.text);
}

/* P-1364 */
Test(register, takes_nothing_away_that_an_open_flag_stands_on)
{
	enter();
	freeze("2026-Q1", 1, "NOT_MET");
	BE("unix:carl");
	cr_expect_eq(
	    TELL_ONE((struct case_event_told)OF(number("C", 1), "CHANGE", {"metrics", "QN01"})),
	    CODE(STATE));
	cr_expect_str_eq(o.field, "metrics");
	cr_expect_eq(
	    TELL_ONE((struct case_event_told)OF(number("C", 1), "RETIRE", {"reason", "x"})),
	    CODE(STATE));
	cr_expect_eq(TELL_ONE((struct case_event_told)OF(number("R", 1), "CHANGE",
							 {"controls", number("C", 2)})),
		     CODE(STATE));
	cr_expect_str_eq(o.field, "controls");
	cr_expect_eq(
	    TELL_ONE((struct case_event_told)OF(number("R", 1), "RETIRE", {"reason", "x"})),
	    CODE(STATE));
	TOLD((struct case_event_told)OF(number("C", 1), "CHANGE", {"metrics", "OUT01 QN01"}),
	     "IN_FORCE");
	TOLD((struct case_event_told)MAKES("decision", "ENTER", {"title", "x"}, {"text", "x"},
					   {"scenario", number("R", 1)},
					   {"flag", "OUT01@2026-Q1/1"}),
	     "IN_FORCE");
	TOLD((struct case_event_told)MAKES("decision", "ENTER", {"title", "x"}, {"text", "x"},
					   {"scenario", number("R", 1)},
					   {"flag", "QN01@2026-Q1/1"}),
	     "IN_FORCE");
	TOLD((struct case_event_told)OF(number("C", 1), "RETIRE", {"reason", "x"}), "RETIRED");
	TOLD((struct case_event_told)OF(number("R", 1), "RETIRE", {"reason", "x"}), "RETIRED");
}

/* P-1365 */
Test(register, wants_of_an_assessment_a_day_to_come_and_why_an_impact_lies_apart)
{
	struct case_event_told a;
	struct case_word_said words[12];

	enter();
	a = assessment("2", NULL);
	memcpy(words, a.words, a.n_words * sizeof words[0]);
	a.words = words;
	words[6].value = "2020-01-01";
	cr_expect_eq(TELL_ONE(a), CODE(STATE));
	cr_expect_str_eq(o.field, "review_on");
	words[6].value = "2099-01-01";
	words[1].value = "0";
	cr_expect_eq(TELL_ONE(a), CODE(INVALID));
	cr_expect_str_eq(o.field, "threat");
	words[1].value = "2.5";
	cr_expect_eq(TELL_ONE(a), CODE(INVALID));
	words[1].value = "3";
	words[a.n_words++] = (struct case_word_said){"impact_finance", "2"};
	cr_expect_eq(TELL_ONE(a), CODE(STATE));
	cr_expect_str_eq(o.field, "outlier");
	words[a.n_words++] = (struct case_word_said){"outlier", "insured"};
	TOLD(a, "DRAFT");
}

/* P-1365: nothing but a figure that proves a control lets the vulnerability be lowered, and no flag
 * may be open. */
Test(register, lowers_a_vulnerability_by_a_figure_alone)
{
	char made[32];

	enter();
	assess("3", NULL);
	BE("unix:carl");
	TOLD(assessment("2", NULL), "DRAFT");
	snprintf(made, sizeof made, "%s", office_str(&o, "results.0.number"));
	BE("unix:max");
	cr_expect_eq(TELL_ONE((struct case_event_told){.number = made, .event = "ADOPT"}),
		     CODE(STATE));
	cr_expect_str_eq(o.field, "cites");
	freeze("2026-Q1", 1, "NOT_MET");
	cr_expect_eq(TELL_ONE((struct case_event_told){.number = made, .event = "ADOPT"}),
		     CODE(STATE));
	cr_expect_str_eq(o.field, "vulnerability");
	cr_expect(strstr(o.text, "flag") != NULL, "%s", o.text);
	freeze("2026-Q1", 2, "MET");
	BE("unix:max");
	cr_expect_eq(TELL_ONE((struct case_event_told){.number = made, .event = "ADOPT"}),
		     CODE(STATE), "what an older revision raised is not settled by a newer one");
	cr_expect_str_eq(o.field, "vulnerability");
	BE("unix:carl");
	TOLD((struct case_event_told)MAKES("decision", "ENTER", {"title", "x"}, {"text", "x"},
					   {"scenario", number("R", 1)},
					   {"flag", "OUT01@2026-Q1/1"}),
	     "IN_FORCE");
	TOLD((struct case_event_told)OF(made, "CHANGE", {"cites", "OUT01@2026-Q1/1"}), "DRAFT");
	BE("unix:max");
	cr_expect_eq(TELL_ONE((struct case_event_told){.number = made, .event = "ADOPT"}),
		     CODE(STATE));
	cr_expect_str_eq(o.field, "cites");
	BE("unix:carl");
	TOLD((struct case_event_told)OF(made, "CHANGE", {"cites", "OUT01@2026-Q1/2"}), "DRAFT");
	BE("unix:max");
	TOLD((struct case_event_told){.number = made, .event = "ADOPT"}, "ADOPTED");
	cr_expect_eq((int)strlen(scenario("assessment.number")) > 0, 1);
	cr_expect_eq(office_int(&o, "scenarios.0.assessment.residual"), 24);
	cr_expect_eq(office_int(&o, "scenarios.0.assessment.version"), 2);
	cr_expect_str_eq(office_str(&o, "scenarios.0.assessment.cites.0.status"), "MET");
	cr_expect_eq(office_int(&o, "scenarios.0.history.0.residual"), 36);
}

/* P-1365 */
Test(register, cites_no_figure_that_is_not_there)
{
	enter();
	cr_expect_eq(TELL_ONE(assessment("2", "OUT01@2026-Q1/1")), CODE(STATE));
	cr_expect_str_eq(o.field, "cites");
}

/* --- controls and flags ----------------------------------------------------------------------- */

/* P-1363: unknown is never PROVEN. */
Test(register, has_controls_stand_as_the_newest_figure_says)
{
	static const struct {
		const char *status, *state, *strict;
	} rows[] = {
	    {"MET", "PROVEN", "PROVEN"},
	    {"NOT_MET", "FAILING", "FAILING"},
	    {"NOT_PROVEN", "NOT_PROVEN", "FAILING"},
	    {"NO_DATA", "SILENT", "SILENT"},
	    {"NO_TARGET", "NOT_PROVEN", "NOT_PROVEN"},
	    {"INSUFFICIENT", "NOT_PROVEN", "NOT_PROVEN"},
	    {"NONE", "NOT_PROVEN", "NOT_PROVEN"},
	};

	enter();
	cr_expect_str_eq(control_state(1), "SILENT", "nothing is frozen");
	cr_expect_str_eq(control_state(2), "UNCOVERED");
	BE("unix:carl");
	TOLD((struct case_event_told)MAKES("control", "ENTER", {"title", "Strict"},
					   {"side", "PREVENTION"}, {"metrics", "OUT01:NOT_PROVEN"}),
	     "IN_FORCE");
	TOLD((struct case_event_told)MAKES("control", "ENTER", {"title", "Two"},
					   {"side", "PREVENTION"}, {"metrics", "OUT01 QN01"}),
	     "IN_FORCE");
	for (size_t i = 0; i < COUNT(rows); i++) {
		freeze("2026-Q1", (int)i + 1, rows[i].status);
		cr_expect_str_eq(control_state(1), rows[i].state, "%s", rows[i].status);
		cr_expect_str_eq(control_state(3), rows[i].strict, "%s", rows[i].status);
		cr_expect_str_eq(control_state(4),
				 strcmp(rows[i].state, "FAILING") == 0 ? "FAILING" : "SILENT",
				 "the document has no QN01: %s", rows[i].status);
	}
}

/* P-1363 */
Test(register, exempts_a_control_until_a_day_and_by_another_than_its_owner)
{
	enter();
	TOLD((struct case_event_told)OF(number("C", 2), "CHANGE", {"owner", "unix:carl"}),
	     "IN_FORCE");
	cr_expect_eq(TELL_ONE((struct case_event_told)OF(number("C", 2), "EXEMPT",
							 {"exempt_until", "2099-01-01"},
							 {"reason", "rebuilt"})),
		     CODE(FORBIDDEN));
	BE("unix:max");
	cr_expect_eq(TELL_ONE((struct case_event_told)OF(number("C", 2), "EXEMPT",
							 {"exempt_until", "2020-01-01"},
							 {"reason", "rebuilt"})),
		     CODE(STATE));
	cr_expect_str_eq(o.field, "exempt_until");
	TOLD((struct case_event_told)OF(number("C", 2), "EXEMPT", {"exempt_until", "2099-01-01"},
					{"reason", "rebuilt"}),
	     "EXEMPT");
	cr_expect_str_eq(control_state(2), "EXEMPT");
	cr_expect_str_eq(office_str(&o, "controls.1.exempt.reason"), "rebuilt");
	BE("unix:carl");
	TOLD((struct case_event_told)OF(number("C", 2), "WATCH", {"reason", "there"}), "IN_FORCE");
	cr_expect_str_eq(control_state(2), "UNCOVERED");
}

/* P-1364 */
Test(register, raises_a_flag_once_and_settles_it_by_a_decision)
{
	struct case_event_told settled =
	    MAKES("decision", "ENTER", {"title", "Flag"}, {"text", "V is 3"}, {"scenario", ""},
		  {"flag", "OUT01@2026-Q1/1"});
	struct case_word_said words[4];

	memcpy(words, settled.words, sizeof words);
	settled.words = words;
	enter();
	words[2].value = number("R", 1);
	cr_expect_str_eq(flags(), "");
	freeze("2026-Q1", 1, "NOT_MET");
	cr_expect_str_eq(flags(), "OUT01@2026-Q1/1 FAILING 1");
	cr_expect_str_eq(flags(), "OUT01@2026-Q1/1 FAILING 1");
	cr_expect_str_eq(scenario("worst"), "FAILING");
	BE("unix:carl");
	TOLD(settled, "IN_FORCE");
	cr_expect_str_eq(flags(), "OUT01@2026-Q1/1 FAILING 1 settled");
	BE("unix:carl");
	cr_expect_eq(TELL_ONE(settled), CODE(STATE), "it is settled");
	cr_expect_str_eq(o.field, "flag");
	freeze("2026-Q2", 1, "NOT_PROVEN");
	cr_expect_str_eq(flags(), "OUT01@2026-Q2/1 NOT_PROVEN 2");
	/* What is green later takes a decision, too. */
	freeze("2026-Q3", 1, "MET");
	cr_expect_str_eq(flags(), "OUT01@2026-Q2/1 NOT_PROVEN 2");
}

/* P-1364: a revision that was rejected counts no longer, nor did it before it was frozen. */
Test(register, counts_the_newest_revision_that_nobody_rejected)
{
	enter();
	freeze("2026-Q1", 1, "MET");
	freeze("2026-Q1", 2, "NOT_MET");
	cr_expect_str_eq(flags(), "OUT01@2026-Q1/2 FAILING 1");
	cluster_do(o.pg, "ALTER TABLE sems.spd_event DISABLE TRIGGER USER");
	cluster_do(o.pg, "INSERT INTO sems.spd_event (quarter, revision, step, at, made_by, "
			 "action, state, text, sha256) "
			 "SELECT quarter, revision, 2, clock_timestamp(), 'unix:max', 'REJECT', "
			 "'REJECTED', 'x', sha256 "
			 "FROM sems.spd_revision WHERE revision = 2");
	cluster_do(o.pg, "ALTER TABLE sems.spd_event ENABLE TRIGGER USER");
	cr_expect_str_eq(flags(), "");
}

/* P-1364: what a decision settles is said once. */
Test(register, keeps_a_decision_to_the_flag_that_it_was_made_on)
{
	char made[32];

	enter();
	freeze("2026-Q1", 1, "NOT_MET");
	BE("unix:carl");
	TOLD((struct case_event_told)MAKES("decision", "ENTER", {"title", "x"}, {"text", "x"}),
	     "IN_FORCE");
	snprintf(made, sizeof made, "%s", office_str(&o, "results.0.number"));
	cr_expect_eq(
	    TELL_ONE((struct case_event_told)OF(made, "CHANGE", {"scenario", number("R", 1)},
						{"flag", "OUT01@2026-Q1/1"})),
	    CODE(STATE));
	cr_expect_str_eq(o.field, "flag");
	cr_expect_str_eq(flags(), "OUT01@2026-Q1/1 FAILING 1");
}

/* P-1342: a word that is none harms none of the others. */
Test(register, refuses_odd_words_of_one_event_alone)
{
	struct case_event_told events[2];
	struct case_word_said words[8];

	enter();
	events[0] = assessment("2", NULL);
	memcpy(words, events[0].words, events[0].n_words * sizeof words[0]);
	events[0].words = words;
	words[2].value = "HIGH";
	events[1] = (struct case_event_told)OF(number("C", 1), "NOTE", {"text", "seen"});
	cr_expect_eq(TELL(events, 2), CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "results.0.verdict"), "REFUSED");
	cr_expect_str_eq(office_str(&o, "results.0.field"), "impact");
	cr_expect_str_eq(office_str(&o, "results.1.verdict"), "STORED");
}

/* --- acceptance ------------------------------------------------------------------------------- */

static struct case_event_told
acceptance(const char *band, const char *expires)
{
	static struct case_word_said words[4];

	words[0] = (struct case_word_said){"scenario", number("R", 1)};
	words[1] = (struct case_word_said){"band", band};
	words[2] = (struct case_word_said){"expires_on", expires};
	words[3] = (struct case_word_said){"justification", "it is borne"};
	return (struct case_event_told){
	    .kind = "acceptance", .event = "PROPOSE", .words = words, .n_words = COUNT(words)};
}

/* P-1366 */
Test(register, accepts_a_risk_by_the_manager_for_what_he_saw)
{
	char made[32];
	char digest[80];

	enter();
	cr_expect_eq(TELL_ONE(acceptance("MEDIUM", "2099-01-01")), CODE(STATE), "never assessed");
	assess("2", NULL);
	BE("unix:carl");
	cr_expect_eq(TELL_ONE(acceptance("LOW", "2099-01-01")), CODE(STATE));
	cr_expect_str_eq(o.field, "band");
	cr_expect_eq(TELL_ONE(acceptance("MEDIUM", "2020-01-01")), CODE(STATE));
	cr_expect_str_eq(o.field, "expires_on");
	TOLD(acceptance("MEDIUM", "2099-01-01"), "PROPOSED");
	snprintf(made, sizeof made, "%s", office_str(&o, "results.0.number"));
	snprintf(digest, sizeof digest, "%s", scenario("digest"));
	BE("unix:carl");
	cr_expect_eq(TELL_ONE((struct case_event_told)OF(made, "ACCEPT", {"digest", digest})),
		     CODE(FORBIDDEN));
	BE("unix:max");
	digest[0] = digest[0] == '0' ? '1' : '0';
	cr_expect_eq(TELL_ONE((struct case_event_told)OF(made, "ACCEPT", {"digest", digest})),
		     CODE(STATE));
	cr_expect_str_eq(o.field, "digest");
	snprintf(digest, sizeof digest, "%s", scenario("digest"));
	BE("unix:max");
	TOLD((struct case_event_told)OF(made, "ACCEPT", {"digest", digest}), "ACCEPTED");
	cr_expect_str_eq(scenario("acceptance.standing"), "HOLDS");
}

/* P-1366 */
Test(register, voids_an_acceptance_by_whatever_changes)
{
	static const struct {
		const char *what;
	} rows[] = {{"threat_information"}, {"controls"}, {"metrics"}, {"scores"}};
	char made[32];
	char digest[80];

	enter();
	assess("2", NULL);
	for (size_t i = 0; i < COUNT(rows); i++) {
		BE("unix:carl");
		TOLD(acceptance(i < 4 ? "MEDIUM" : "", "2099-01-01"), "PROPOSED");
		snprintf(made, sizeof made, "%s", office_str(&o, "results.0.number"));
		snprintf(digest, sizeof digest, "%s", scenario("digest"));
		BE("unix:max");
		TOLD((struct case_event_told)OF(made, "ACCEPT", {"digest", digest}), "ACCEPTED");
		cr_expect_str_eq(scenario("acceptance.standing"), "HOLDS");
		BE("unix:carl");
		if (i == 0)
			TOLD((struct case_event_told)MAKES(
				 "threat_information", "ENTER", {"title", "A warning"},
				 {"threat_reach", "LOCAL"}, {"received_on", "2026-05-01"},
				 {"scenarios", number("R", 1)}),
			     "IN_FORCE");
		else if (i == 1)
			TOLD((struct case_event_told)OF(number("C", 2), "CHANGE",
							{"title", "Another"}),
			     "IN_FORCE");
		else if (i == 2)
			freeze("2026-Q1", 1, "MET");
		else
			assess("3", NULL);
		cr_expect_str_eq(scenario("acceptance.standing"), "VOID", "%s", rows[i].what);
		cr_expect_str_eq(office_str(&o, "scenarios.0.acceptance.changed.0"), rows[i].what);
	}
}

/* P-1366: a scheme that puts the same product into another band. */
Test(register, voids_an_acceptance_by_another_scheme)
{
	char made[32];
	char digest[80];
	char *scheme;

	enter();
	assess("2", NULL);
	BE("unix:carl");
	TOLD(acceptance("MEDIUM", "2099-01-01"), "PROPOSED");
	snprintf(made, sizeof made, "%s", office_str(&o, "results.0.number"));
	snprintf(digest, sizeof digest, "%s", scenario("digest"));
	BE("unix:max");
	TOLD((struct case_event_told)OF(made, "ACCEPT", {"digest", digest}), "ACCEPTED");
	scheme =
	    scheme_with("jsonb_set(jsonb_set(s, '{bands,0,low}', '24'), '{bands,1,high}', '23')");
	BE("unix:carl");
	cr_expect_eq(set_scheme(scheme), CODE(OK), "%s", o.text);
	free(scheme);
	cr_expect_str_eq(scenario("acceptance.standing"), "VOID");
	cr_expect_str_eq(office_str(&o, "scenarios.0.acceptance.changed.0"), "band");
}

/* --- what it takes to be looked at again ------------------------------------------------------ */

/* P-1362 */
Test(register, says_why_a_scenario_has_to_be_looked_at_again)
{
	enter();
	assess("2", NULL);
	cr_expect_str_eq(scenario("reasons.0.why"), "");
	BE("unix:carl");
	TOLD((struct case_event_told)MAKES("change", "ENTER", {"title", "New hall"},
					   {"security_impact", "one lane more"},
					   {"scenarios", number("R", 1)}),
	     "IN_FORCE");
	cr_expect_str_eq(scenario("reasons.0.why"), "CHANGE");
	BE("unix:carl");
	TOLD((struct case_event_told)MAKES("finding", "RAISE", {"title", "Somebody got in"},
					   {"origin", "INCIDENT"}, {"severity", "SERIOUS"},
					   {"scenario", number("R", 1)}),
	     "OPEN");
	cr_expect_str_eq(scenario("reasons.1.why"), "INCIDENT");
	freeze("2026-Q1", 1, "NOT_MET");
	cr_expect_str_eq(scenario("reasons.2.why"), "METRIC");
	assess("2", NULL);
	cr_expect_str_eq(scenario("reasons.0.why"), "METRIC", "what came before it is assessed");
}

/* P-1362: by when it was told that it bears on the scenario, wherever it began and whenever it is
 * said to have been so. */
Test(register, is_looked_at_again_for_what_was_told_of_it_later)
{
	enter();
	BE("unix:carl");
	TOLD((struct case_event_told)MAKES("threat_information", "ENTER", {"title", "A warning"},
					   {"threat_reach", "LOCAL"},
					   {"received_on", "2026-05-01"}),
	     "IN_FORCE");
	assess("2", NULL);
	cr_expect_str_eq(scenario("reasons.0.why"), "");
	BE("unix:carl");
	TOLD((struct case_event_told)OF(number("TI", 1), "CHANGE", {"scenarios", number("R", 1)}),
	     "IN_FORCE");
	cr_expect_str_eq(scenario("reasons.0.why"), "THREAT_INFORMATION");
	assess("2", NULL);
	cr_expect_str_eq(scenario("reasons.0.why"), "");
	BE("unix:carl");
	TOLD((struct case_event_told){.kind = "change",
				      .event = "ENTER",
				      .has_valid = true,
				      .valid = INT64_C(1767225600000), /* 2026-01-01 */
				      .words = SAID({"title", "x"}, {"security_impact", "none"},
						    {"scenarios", number("R", 1)}),
				      .n_words = 3},
	     "IN_FORCE");
	cr_expect_str_eq(scenario("reasons.0.why"), "CHANGE");
}

/* P-1362: as it was before the figure was frozen, which is nothing that anybody could know then. */
Test(register, is_what_it_was_on_any_day)
{
	enter();
	assess("2", NULL);
	cr_expect_eq(ask_for(CASE_OP_REGISTER, "scenario", "2020-01-01"), CODE(OK));
	cr_expect_eq((int)json_array_size(json_object_get(o.json, "scenarios")), 0);
	cr_expect_eq(ask_for(CASE_OP_FLAGS, NULL, "2020-01-01"), CODE(OK));
	cr_expect_eq(ask_for(CASE_OP_REGISTER, "action", NULL), CODE(INVALID));
	cr_expect_str_eq(o.field, "kinds");
}

/* P-1368 */
Test(register, is_not_for_supervisors_who_see_findings)
{
	const char *of_kind[] = {"scenario"};
	struct case_request q = {.operation = CASE_OP_LIST};

	enter();
	BE("unix:carl");
	TOLD((struct case_event_told)MAKES("finding", "RAISE", {"title", "No mirror"},
					   {"origin", "REVIEW"}, {"severity", "MINOR"}),
	     "OPEN");
	BE("unix:olga");
	cr_expect_eq(office_ask(&o, &(struct request){.kind = REQUEST_CASE, .cases = &q}), CODE(OK),
		     "%s", o.text);
	cr_expect_eq(office_int(&o, "total"), 1, "the finding alone");
	q.kinds = of_kind;
	q.n_kinds = 1;
	cr_expect_eq(office_ask(&o, &(struct request){.kind = REQUEST_CASE, .cases = &q}),
		     CODE(FORBIDDEN));
	q = (struct case_request){.operation = CASE_OP_SHOW, .number = number("R", 1)};
	cr_expect_eq(office_ask(&o, &(struct request){.kind = REQUEST_CASE, .cases = &q}),
		     CODE(FORBIDDEN));
	q = (struct case_request){.operation = CASE_OP_REGISTER, .kinds = of_kind, .n_kinds = 1};
	cr_expect_eq(office_ask(&o, &(struct request){.kind = REQUEST_CASE, .cases = &q}),
		     CODE(FORBIDDEN));
}
