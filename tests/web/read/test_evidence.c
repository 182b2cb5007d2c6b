#include "base/count.h"
#include "tests/web/shown.h"
#include "web/read/evidence.h"

#include <criterion/criterion.h>

#include <string.h>

Test(evidence, asks_for_records_by_the_filters_of_the_address)
{
	struct showing *s =
	    shown_begin(ROLE_TESTER, "/records",
			"kind=test&source=s&site=T1&number=4&outcome=FAIL&quarter=2026-Q2&after=p");
	struct question q = {.texts = {NULL}};

	cr_assert(records_ask(s, &q, 0));
	cr_assert_eq(q.of.records.n_kind, 1);
	cr_expect_str_eq(q.of.records.kind[0], "test");
	cr_expect_str_eq(q.of.records.source, "s");
	cr_expect_str_eq(q.of.records.site, "T1");
	cr_expect_str_eq(q.of.records.source_record_id, "4");
	cr_expect_str_eq(q.of.records.outcome, "FAIL");
	cr_expect_str_eq(q.of.records.quarter, "2026-Q2");
	cr_expect_str_eq(q.of.records.after, "p");
	shown_end();
	s = shown_begin(ROLE_TESTER, "/records", "kind=");
	cr_assert(records_ask(s, &q, 0));
	cr_expect_eq(q.of.records.n_kind, 0, "what is empty filters nothing");
	cr_expect_null(q.of.records.source);
	shown_end();
}

/* Filters stand in the fields again, and go with to the next page. */
Test(evidence, lists_records_and_goes_on)
{
	const char *said;

	shown_begin(ROLE_TESTER, "/records", "source=%3Cs%3E&after=old");
	shown_said(0, "{\"records\":[{\"record_id\":\"u\",\"source\":\"a b\",\"kind\":\"test\","
		      "\"outcome\":\"<F>\"}],\"next\":\"x/y\"}");
	said = shown_print(records_print);
	cr_expect_not_null(strstr(said, "name=\"source\" value=\"&lt;s&gt;\">"), "%s", said);
	cr_expect_not_null(strstr(said, "href=\"/record/u?source=a%20b&amp;kind=test\">"));
	cr_expect_not_null(strstr(said, "<td>&lt;F&gt;</td>"));
	cr_expect_not_null(
	    strstr(said, "href=\"/records?source=%3Cs%3E&amp;after=x%2Fy\">The next page</a>"));
	shown_end();
}

Test(evidence, says_that_nothing_was_refused_or_why)
{
	const char *said;

	shown_begin(ROLE_AUDITOR, "/quarantine", "");
	shown_said(0, "{\"reasons\":[],\"records\":[],\"next_after_id\":null}");
	cr_expect_not_null(strstr(shown_print(quarantine_print), "The quarantine is empty."));
	shown_end();
	shown_begin(ROLE_AUDITOR, "/quarantine", "");
	shown_said(0, "{\"reasons\":[{\"reason\":\"RANGE\",\"source\":\"s\",\"records\":2}],"
		      "\"records\":[{\"quarantine_id\":17,\"message\":\"<m>\"}],"
		      "\"next_after_id\":17}");
	said = shown_print(quarantine_print);
	cr_expect_not_null(strstr(said, "<td class=\"number\">2</td>"));
	cr_expect_not_null(strstr(said, "<a href=\"/quarantine/17\">17</a>"));
	cr_expect_not_null(strstr(said, "&lt;m&gt;"));
	cr_expect_not_null(strstr(said, "href=\"/quarantine?after=17\">"), "%s", said);
	shown_end();
}

Test(evidence, asks_for_one_refused_record_by_its_number_alone)
{
	struct showing *s = shown_begin(ROLE_AUDITOR, "/quarantine/17", "");
	struct question q = {.texts = {NULL}};

	cr_assert(quarantine_ask(s, &q, 1));
	cr_expect_eq(q.of.quarantine.operation,
		     SEMS__V1__QUARANTINE_OPERATION__QUARANTINE_OPERATION_SHOW);
	cr_expect_eq(q.of.quarantine.quarantine_id, 17);
	shown_end();
	s = shown_begin(ROLE_AUDITOR, "/quarantine/17x", "");
	cr_assert(quarantine_ask(s, &q, 1));
	cr_expect_eq(q.of.quarantine.quarantine_id, 0);
	shown_end();
}

Test(evidence, tells_which_feeds_are_silent)
{
	const char *said;

	shown_begin(ROLE_MANAGER, "/feeds", "");
	shown_said(0,
		   "{\"silent\":[{\"source\":\"x-ray <1>\",\"kind\":\"heartbeat\"}],\"sources\":[],"
		   "\"kinds\":[{\"kind\":\"test\",\"records\":3,\"is_estimate\":false}]}");
	said = shown_print(feeds_print);
	cr_expect_not_null(strstr(said, "x-ray &lt;1&gt;"));
	cr_expect_not_null(strstr(said, "No source is registered."));
	cr_expect_not_null(strstr(said, "<a href=\"/records?kind=test\">test</a>"));
	shown_end();
}

Test(evidence, shows_doubles_side_by_side)
{
	const char *said;

	shown_begin(ROLE_AUDITOR, "/doubles", "quarter=2026-Q2");
	shown_said(
	    0, "{\"next\":null,\"doubles\":[{\"kind\":\"test\",\"source\":\"<s>\",\"count\":2,"
	       "\"shares\":\"NUMBER\",\"records\":[{\"record_id\":\"a\"},{\"record_id\":\"b\"}],"
	       "\"changes\":[{\"field\":\"outcome\",\"was\":\"PASS\",\"becomes\":\"FAIL\"}]}]}");
	said = shown_print(doubles_print);
	cr_expect_not_null(strstr(said, "test of &lt;s&gt;: 2 records have the same number"), "%s",
			   said);
	cr_expect_not_null(strstr(said, "<a href=\"/record/b\">b</a>"));
	cr_expect_not_null(strstr(said, "<td>FAIL</td>"));
	shown_end();
}

/* Who may take it back is told how. */
Test(evidence, shows_a_run_of_an_import)
{
	static const char run[] = "{\"runs\":[{\"run\":\"r1\",\"file\":\"<f>\"}],\"records\":[],"
				  "\"next\":null}";
	const char *said;

	shown_begin(ROLE_COMPLIANCE, "/imports/r1", "");
	shown_said(0, run);
	said = shown_print(import_print);
	cr_expect_not_null(strstr(said, "<dd>&lt;f&gt;</dd>"));
	cr_expect_not_null(strstr(said, "<a href=\"/imports/r1/undo\">"), "%s", said);
	shown_end();
	shown_begin(ROLE_AUDITOR, "/imports/r1", "");
	shown_said(0, run);
	cr_expect_null(strstr(shown_print(import_print), "undo"));
	shown_end();
}

Test(evidence, lists_what_waits_for_a_second_person)
{
	const char *said;

	shown_begin(ROLE_MANAGER, "/pending", "");
	shown_said(0, "{\"pending\":[{\"record_id\":\"c\",\"is_void\":true,\"made_by\":\"<a>\","
		      "\"root\":{\"kind\":\"test\",\"record_id\":\"u\",\"source\":\"s\"}}]}");
	said = shown_print(pending_print);
	cr_expect_not_null(strstr(said, "<a href=\"/pending/c\">c</a>"));
	cr_expect_not_null(strstr(said, "<a href=\"/record/u?source=s\">u</a>"), "%s", said);
	cr_expect_not_null(strstr(said, "&lt;a&gt;"));
	shown_end();
}
