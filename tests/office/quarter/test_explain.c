#include "base/json/jsonin.h"
#include "tests/office/evidence.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

static void
open_office(struct office *o)
{
	office_open_set_up(o);
	evidence_add(o, "tip_event", 12, ", outcome",
		     ", CASE WHEN i <= 5 THEN 'HIT' WHEN i <= 9 "
		     "THEN 'MISS_DECIDED' ELSE 'ABORTED' END");
}

OFFICE_SUITE(explain, open_office);

struct wish {
	const char *metric;
	unsigned revision;
	const char *dimension;
	const char *value;
	const char *after;
	unsigned limit;
};

static int
explain(struct wish w)
{
	const struct dimension where = {w.dimension, w.value};
	const struct explain_request x = {.quarter = EVIDENCE_QUARTER,
					  .revision = w.revision,
					  .metric = w.metric,
					  .where = &where,
					  .n_where = w.dimension == NULL ? 0 : 1,
					  .after = w.after,
					  .limit = w.limit};

	return office_ask(&o, &(struct request){.kind = REQUEST_EXPLAIN, .explain = &x});
}

/* P-918 */
Test(explain, goes_from_a_figure_to_its_definition_and_its_records)
{
	evidence_tamper(&o, "UPDATE sems.tip_event SET source_record_id = 'n-7'");
	cr_assert_eq(explain((struct wish){.metric = "OUT03", .limit = 100}), CODE(OK), "%s",
		     o.text);
	cr_expect_eq(office_int(&o, "figure.numerator"), 5);
	cr_expect_eq(office_int(&o, "figure.denominator"), 9);
	cr_expect_eq(office_int(&o, "records.sums.numerator"), 5);
	cr_expect_eq(office_int(&o, "records.sums.denominator"), 9);
	cr_expect(json_is_true(json_object_get(json_object_get(o.json, "records"), "agrees")));
	cr_expect_eq(office_int(&o, "records.count"), 12, "%s", evidence_answer(&o));
	cr_expect(strlen(office_str(&o, "metric.definition")) > 20);
	cr_expect_str_eq(office_str(&o, "metric.terms.0.from"), "tip_event");
	cr_expect_str_eq(office_str(&o, "metric.terms.0.where.0"), "outcome is HIT");
	cr_expect_str_eq(office_str(&o, "records.list.0.site"), "T1");
	cr_expect_str_eq(office_str(&o, "records.list.0.source"), "lane");
	cr_expect_str_eq(office_str(&o, "records.list.0.kind"), "tip_event");
	cr_expect_str_eq(office_str(&o, "records.list.0.source_record_id"), "n-7");
}

/* P-918 */
Test(explain, lists_the_records_page_by_page)
{
	char after[200] = "";
	int seen = 0;
	int hits = 0;
	int pages = 0;

	do {
		cr_assert_eq(explain((struct wish){.metric = "OUT03",
						   .limit = 5,
						   .after = pages == 0 ? NULL : after}),
			     CODE(OK), "%s", o.text);
		for (size_t i = 0;
		     i <
		     json_array_size(json_object_get(json_object_get(o.json, "records"), "list"));
		     i++) {
			char path[80];

			snprintf(path, sizeof path, "records.list.%zu.counts.numerator", i);
			hits += office_int(&o, path) == 1;
			seen++;
		}
		snprintf(after, sizeof after, "%s", office_str(&o, "records.next"));
		pages++;
	} while (after[0] != '\0' && pages < 10);
	cr_expect_eq(pages, 3);
	cr_expect_eq(seen, 12);
	cr_expect_eq(hits, 5);
}

Test(explain, takes_a_figure_by_its_dimensions)
{
	cr_assert_eq(explain((struct wish){.metric = "OUT03", .dimension = "site", .value = "T1"}),
		     CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "records.sums.numerator"), 5);
	cr_expect_eq(explain((struct wish){.metric = "OUT03", .dimension = "site", .value = "T9"}),
		     CODE(NOT_FOUND));
	cr_expect_str_eq(o.field, "where");
	cr_expect_eq(
	    explain((struct wish){.metric = "OUT03", .dimension = "measure", .value = "(other)"}),
	    CODE(INVALID));
	cr_expect_not_null(strstr(o.text, "no room for"), "%s", o.text);
}

Test(explain, refuses_what_it_cannot_find)
{
	cr_expect_eq(explain((struct wish){.metric = "NOPE"}), CODE(NOT_FOUND));
	cr_expect_str_eq(o.field, "metric");
	cr_expect_eq(explain((struct wish){.metric = "OUT03", .revision = 3}), CODE(NOT_FOUND));
	cr_expect_eq(explain((struct wish){.metric = "OUT03", .after = "x"}), CODE(INVALID));
	cr_expect_str_eq(o.field, "after");
	office_be(&o, "unix:guard", "supervisor");
	cr_expect_eq(explain((struct wish){.metric = "OUT03"}), CODE(FORBIDDEN));
}

/* --- as it was at the freeze -------------------------------------------------------------------
 */

/* A record of a kind that came as long after the freeze as this; the condition finds it. */
static void
came(const char *kind, const char *where, const char *after)
{
	char sql[400];

	snprintf(sql, sizeof sql,
		 "UPDATE sems.%s SET received_at = (SELECT as_of FROM sems.spd_revision WHERE "
		 "revision = 1) + interval '%s' WHERE %s",
		 kind, after, where);
	evidence_tamper(&o, sql);
}

static bool
agrees(void)
{
	return json_is_true(json_object_get(json_object_get(o.json, "records"), "agrees"));
}

/* The last digit of another id. */
static const char *
other_digit(const char *id)
{
	return id[35] == '0' ? "1" : "0";
}

/* The change of one record; NULL: there is none. */
static const json_t *
change_of(const char *id)
{
	const json_t *list = json_object_get(json_object_get(o.json, "changed"), "list");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *c = json_array_get(list, i);

		if (strcmp(json_string_value(json_object_get(c, "record_id")), id) == 0)
			return c;
	}
	return NULL;
}

static const char *
how(const json_t *change)
{
	const char *s = json_string_value(json_object_get(change, "how"));

	return s == NULL ? "" : s;
}

Test(explain, lists_of_a_frozen_figure_the_records_of_then)
{
	evidence_freeze(&o);
	cr_assert_eq(explain((struct wish){.metric = "OUT03", .revision = 1}), CODE(OK), "%s",
		     o.text);
	cr_expect(agrees());
	cr_expect_null(json_object_get(o.json, "changed"), "nothing came since");
	evidence_add(&o, "tip_event", 1, ", outcome, source_record_id", ", 'HIT', 'late'");
	came("tip_event", "source_record_id = 'late'", "1 minute");
	cr_assert_eq(explain((struct wish){.metric = "OUT03", .revision = 1}), CODE(OK), "%s",
		     o.text);
	cr_expect_eq(office_int(&o, "figure.numerator"), 5);
	cr_expect_eq(office_int(&o, "records.sums.numerator"), 5);
	cr_expect_eq(office_int(&o, "records.count"), 12);
	cr_expect(agrees());
	cr_expect_not_null(strstr(office_str(&o, "records.note"), "when it was frozen"), "%s",
			   office_str(&o, "records.note"));
	cr_expect_eq(office_int(&o, "changed.count"), 1, "%s", evidence_answer(&o));
	cr_expect_str_eq(office_str(&o, "changed.list.0.how"), "ADDED");
	cr_expect_eq(office_int(&o, "changed.list.0.now.numerator"), 1);
	cr_assert_eq(explain((struct wish){.metric = "OUT03"}), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "records.sums.numerator"), 6, "today it counts");
}

/* Written before the freeze and stored after it: only the leaves of the freeze tell. */
Test(explain, knows_what_was_not_stored_yet_at_the_freeze)
{
	evidence_freeze(&o);
	evidence_add(&o, "tip_event", 1, ", outcome, source_record_id", ", 'HIT', 'late'");
	came("tip_event", "source_record_id = 'late'", "-1 second");
	cr_assert_eq(explain((struct wish){.metric = "OUT03", .revision = 1}), CODE(OK), "%s",
		     o.text);
	cr_expect_eq(office_int(&o, "records.sums.numerator"), 5);
	cr_expect_eq(office_int(&o, "changed.count"), 1);
	/* The next page is of the same moment. */
	cr_assert_eq(explain((struct wish){.metric = "OUT03", .revision = 1, .limit = 7}),
		     CODE(OK));
	cr_assert_eq(explain((struct wish){.metric = "OUT03",
					   .revision = 1,
					   .limit = 7,
					   .after = office_str(&o, "records.next")}),
		     CODE(OK), "%s", o.text);
	cr_expect_eq(json_array_size(json_object_get(json_object_get(o.json, "records"), "list")),
		     5);
}

Test(explain, puts_back_what_was_corrected_and_voided_since)
{
	char corrected[40];
	char voided[40];
	char sql[700];
	const json_t *c;

	snprintf(corrected, sizeof corrected, "%s",
		 evidence_id(&o, "tip_event", "outcome = 'HIT'"));
	snprintf(voided, sizeof voided, "%s",
		 evidence_id(&o, "tip_event", "outcome = 'MISS_DECIDED'"));
	evidence_freeze(&o);
	cluster_do(o.pg, "SELECT sems.make_partition('void', '" EVIDENCE_AT "')");
	snprintf(
	    sql, sizeof sql,
	    "INSERT INTO sems.tip_event (record_id, source, site_id, measure_code, "
	    "occurred_at, received_at, received_from, outcome, corrects_record_id, "
	    "corrected_at, correction_reason) SELECT '%.35s%s', source, site_id, measure_code, "
	    "occurred_at, now(), received_from, 'MISS_DECIDED', record_id, now(), 'a slip' FROM "
	    "sems.tip_event WHERE record_id = '%s'",
	    corrected, other_digit(corrected), corrected);
	cluster_do(o.pg, sql);
	snprintf(sql, sizeof sql,
		 "INSERT INTO sems.void (record_id, source, occurred_at, received_at, "
		 "received_from, corrects_record_id, correction_reason) SELECT '%.35s%s', source, "
		 "occurred_at, now(), received_from, record_id, 'a trial' FROM sems.tip_event "
		 "WHERE record_id = '%s'",
		 voided, other_digit(voided), voided);
	cluster_do(o.pg, sql);
	cr_assert_eq(explain((struct wish){.metric = "OUT03", .revision = 1}), CODE(OK), "%s",
		     o.text);
	cr_expect_eq(office_int(&o, "records.sums.numerator"), 5);
	cr_expect_eq(office_int(&o, "records.sums.denominator"), 9);
	cr_expect(agrees());
	cr_expect_eq(office_int(&o, "changed.count"), 3, "%s", evidence_answer(&o));
	c = change_of(corrected);
	cr_expect_str_eq(how(c), "REMOVED");
	cr_expect_eq(json_integer_value(json_object_get(json_object_get(c, "then"), "numerator")),
		     1);
	cr_expect_str_eq(member_text(c, "reason"), "a slip");
	cr_expect_str_eq(how(change_of(voided)), "REMOVED");
	cr_expect_str_eq(member_text(change_of(voided), "reason"), "a trial");
	cr_assert_eq(explain((struct wish){.metric = "OUT03"}), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "records.sums.numerator"), 4);
	cr_expect_eq(office_int(&o, "records.sums.denominator"), 8);
}

Test(explain, knows_no_test_of_a_frozen_figure_that_was_under_embargo_then)
{
	char id[40];
	char sql[700];

	evidence_add(&o, "test", 2, ", mode, outcome", ", 'OVERT', 'PASS'");
	evidence_add(&o, "test", 1, ", mode, outcome", ", 'COVERT', 'FAIL'");
	snprintf(id, sizeof id, "%s", evidence_id(&o, "test", "mode = 'COVERT'"));
	evidence_freeze(&o);
	snprintf(sql, sizeof sql,
		 "INSERT INTO sems.test (record_id, source, site_id, measure_code, occurred_at, "
		 "received_at, received_from, mode, outcome, debriefed_at, corrects_record_id, "
		 "corrected_at) SELECT '%.35s%s', source, site_id, measure_code, occurred_at, "
		 "now(), received_from, mode, outcome, now(), record_id, now() FROM sems.test "
		 "WHERE record_id = '%s'",
		 id, other_digit(id), id);
	cluster_do(o.pg, sql);
	cr_assert_eq(explain((struct wish){.metric = "OUT01", .revision = 1}), CODE(OK), "%s",
		     o.text);
	cr_expect_eq(office_int(&o, "records.count"), 2, "%s", evidence_answer(&o));
	cr_expect(agrees());
	cr_expect_eq(office_int(&o, "changed.count"), 1, "%s", evidence_answer(&o));
	cr_expect_str_eq(office_str(&o, "changed.list.0.how"), "ADDED", "the debrief brought it");
}

Test(explain, says_when_the_records_of_then_do_not_give_the_frozen_figure)
{
	evidence_freeze(&o);
	evidence_tamper(&o, "UPDATE sems.tip_event SET outcome = 'MISS_DECIDED' WHERE record_id = "
			    "(SELECT min(record_id::text)::uuid FROM sems.tip_event WHERE outcome "
			    "= 'HIT')");
	cr_assert_eq(explain((struct wish){.metric = "OUT03", .revision = 1}), CODE(OK), "%s",
		     o.text);
	cr_expect_eq(office_int(&o, "records.sums.numerator"), 4);
	cr_expect(!agrees());
	cr_expect_not_null(strstr(office_str(&o, "records.note"), "spd.verify"), "%s",
			   office_str(&o, "records.note"));
}

Test(explain, says_what_can_still_be_shown_when_records_were_purged)
{
	evidence_freeze(&o);
	cluster_do(o.pg,
		   "INSERT INTO sems.purge_certificate (kind, month, quarter, starts_at, ends_at, "
		   "records, set_sha256, held, holds, min_months, max_months, legal_basis, "
		   "dropped_by) VALUES ('tip_event', "
		   "'2020-02-01', '2020-Q1', '2020-02-01Z', '2020-03-01Z', 12, sha256(''), 0, "
		   "'{}', 13, 13, 'a test', "
		   "'a test'); DROP TABLE sems.tip_event_202002");
	cr_assert_eq(explain((struct wish){.metric = "OUT03", .revision = 1}), CODE(OK), "%s",
		     o.text);
	cr_expect_eq(office_int(&o, "figure.numerator"), 5);
	cr_expect_eq(office_int(&o, "records.count"), 0);
	cr_expect_eq(office_int(&o, "purged.0.records"), 12);
	cr_expect(strstr(office_str(&o, "records.note"), "Retention") != NULL);
	cr_expect_eq(explain((struct wish){.metric = "OUT03"}), CODE(STATE));
	cr_expect_not_null(strstr(o.text, "spd.show (there is 1 DRAFT)"), "%s", o.text);
}

Test(explain, shows_no_test_under_embargo_and_no_person)
{
	char id[40];

	evidence_add(&o, "test", 2, ", mode, outcome", ", 'OVERT', 'PASS'");
	evidence_add(&o, "test", 1, ", mode, outcome, tester_id",
		     ", 'COVERT', 'FAIL', '\\x00112233445566778899aabbccddeeff'");
	snprintf(id, sizeof id, "%s", evidence_id(&o, "test", "mode = 'COVERT'"));
	cr_assert_eq(explain((struct wish){.metric = "OUT01"}), CODE(OK), "%s", o.text);
	cr_expect_null(strstr(evidence_answer(&o), id));
	cr_expect_eq(office_int(&o, "records.count"), 2, "%s", evidence_answer(&o));
	cr_expect_null(strstr(evidence_answer(&o), "00112233"));
}
