#include "tests/admin/evidence.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#define CODE(name) SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_##name

static struct office o;

static void
open_office(void)
{
	office_open_set_up(&o);
	evidence_add(&o, "tip_event", 12, ", outcome",
		     ", CASE WHEN i <= 5 THEN 'HIT' WHEN i <= 9 "
		     "THEN 'MISS_DECIDED' ELSE 'ABORTED' END");
}

static void
close_office(void)
{
	office_close(&o);
}

TestSuite(explain, .init = open_office, .fini = close_office);

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
	static char texts[5][200];
	Sems__V1__ExplainRequest x = SEMS__V1__EXPLAIN_REQUEST__INIT;
	Sems__V1__Request r = SEMS__V1__REQUEST__INIT;
	Sems__V1__Dimension d = SEMS__V1__DIMENSION__INIT;
	Sems__V1__Dimension *list[1] = {&d};
	const char *from[5] = {EVIDENCE_QUARTER, w.metric, w.dimension, w.value, w.after};
	char **const to[5] = {&x.quarter, &x.metric, &d.name, &d.value, &x.after};

	for (size_t i = 0; i < 5; i++) {
		snprintf(texts[i], sizeof texts[i], "%s", from[i] == NULL ? "" : from[i]);
		*to[i] = from[i] == NULL ? NULL : texts[i];
	}
	x.has_revision = w.revision > 0;
	x.revision = w.revision;
	x.has_limit = w.limit > 0;
	x.limit = w.limit;
	x.n_where = w.dimension == NULL ? 0 : 1;
	x.where = list;
	r.body_case = SEMS__V1__REQUEST__BODY_EXPLAIN;
	r.explain = &x;
	return office_ask(&o, &r);
}

Test(explain, goes_from_a_figure_to_its_definition_and_its_records)
{
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
}

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

Test(explain, marks_what_came_after_the_freeze)
{
	evidence_freeze(&o);
	evidence_add(&o, "tip_event", 1, ", outcome", ", 'HIT'");
	evidence_tamper(&o, "UPDATE sems.tip_event SET received_at = now() + interval '1 minute' "
			    "WHERE xmin::text::bigint = (SELECT max(xmin::text::bigint) FROM "
			    "sems.tip_event)");
	cr_assert_eq(explain((struct wish){.metric = "OUT03", .revision = 1}), CODE(OK), "%s",
		     o.text);
	cr_expect_eq(office_int(&o, "figure.numerator"), 5);
	cr_expect_eq(office_int(&o, "records.sums.numerator"), 6);
	cr_expect_eq(office_int(&o, "records.late"), 1, "%s", evidence_answer(&o));
	cr_expect(strstr(office_str(&o, "records.note"), "after the freeze") != NULL, "%s",
		  office_str(&o, "records.note"));
}

Test(explain, says_what_can_still_be_shown_when_records_were_purged)
{
	evidence_freeze(&o);
	cluster_do(o.pg,
		   "INSERT INTO sems.purge_certificate (kind, month, quarter, starts_at, ends_at, "
		   "records, max_months, legal_basis, dropped_by) VALUES ('tip_event', "
		   "'2020-02-01', '2020-Q1', '2020-02-01Z', '2020-03-01Z', 12, 13, 'a test', "
		   "'a test'); DROP TABLE sems.tip_event_202002");
	cr_assert_eq(explain((struct wish){.metric = "OUT03", .revision = 1}), CODE(OK), "%s",
		     o.text);
	cr_expect_eq(office_int(&o, "figure.numerator"), 5);
	cr_expect_eq(office_int(&o, "records.count"), 0);
	cr_expect_eq(office_int(&o, "purged.0.records"), 12);
	cr_expect(strstr(office_str(&o, "records.note"), "Retention") != NULL);
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
