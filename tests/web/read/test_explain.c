#include "tests/web/shown.h"
#include "web/read/quarter.h"

#include <criterion/criterion.h>

#include <string.h>

/* All but what says which page is a dimension of the figure. */
Test(explain, asks_for_the_figure_of_the_address)
{
	struct showing *s = shown_begin(ROLE_AUDITOR, "/quarter/2026-Q2/metric/OUT03/records",
					"revision=2&site=T1&after=x&measure=4.1");
	struct question q = {.texts = {NULL}};

	cr_assert(explain_ask(s, &q, 0));
	cr_expect_str_eq(q.of.explain.quarter, "2026-Q2");
	cr_expect_str_eq(q.of.explain.metric, "OUT03");
	cr_expect_eq(q.of.explain.revision, 2);
	cr_expect_str_eq(q.of.explain.after, "x");
	cr_assert_eq(q.of.explain.n_where, 2);
	cr_expect_str_eq(q.of.explain.where[0]->name, "site");
	cr_expect_str_eq(q.of.explain.where[1]->value, "4.1");
	shown_end();
}

Test(explain, takes_so_many_dimensions_and_no_more)
{
	struct showing *s = shown_begin(ROLE_AUDITOR, "/quarter/2026-Q2/metric/OUT03/records",
					"a=1&b=1&c=1&d=1&e=1&f=1&g=1");
	struct question q = {.texts = {NULL}};

	cr_assert(explain_ask(s, &q, 0));
	cr_expect_eq(q.of.explain.n_where, VIEW_DIMENSIONS);
	shown_end();
}

Test(explain, shows_records_and_what_they_add_up_to)
{
	static const char answer[] =
	    "{\"metric\":{\"name\":\"<n>\",\"definition\":\"d\",\"same_definition\":false,"
	    "\"terms\":"
	    "[{\"counts\":\"numerator\",\"from\":\"test\",\"minus\":true,\"sum\":\"hits\","
	    "\"where\":"
	    "[\"a is <b>\",\"c\"]}]},\"figure\":{\"by\":{\"site\":\"T1\"},\"numerator\":7,"
	    "\"denominator\":9,\"excluded\":[{\"reason\":\"ABORTED\",\"count\":3}]},\"records\":"
	    "{\"count\":1,\"sums\":{\"numerator\":7},\"next\":\"k/1\",\"list\":[{\"record_id\":"
	    "\"u\",\"source\":\"s&\",\"kind\":\"test\",\"counts\":{\"numerator\":1}}]},\"changed\":"
	    "{\"count\":1,\"list\":[{\"record_id\":\"v\",\"how\":\"ADDED\",\"source\":\"s\","
	    "\"kind\":"
	    "\"test\"}]}}";
	const char *said;

	shown_begin(ROLE_AUDITOR, "/quarter/2026-Q2/metric/OUT03/records", "site=T1&after=a");
	shown_said(0, answer);
	said = shown_print(explain_print);
	cr_expect_not_null(strstr(said, "&lt;n&gt;"));
	cr_expect_not_null(strstr(said, "numerator: less hits of test where a is &lt;b&gt; and c"));
	cr_expect_not_null(strstr(said, "the one in force now"), "%s", said);
	cr_expect_not_null(strstr(said, "<dt>Of</dt><dd>site T1</dd>"));
	cr_expect_not_null(strstr(said, "<dt>numerator</dt><dd>7</dd>"));
	cr_expect_not_null(strstr(said, "href=\"/record/u?source=s%26&amp;kind=test\">u</a>"));
	cr_expect_not_null(strstr(said, "records?site=T1&amp;after=k%2F1\">The next page</a>"));
	cr_expect_not_null(strstr(said, "Changed since it was frozen: 1"));
	cr_expect_not_null(strstr(said, "ABORTED"));
	shown_end();
}
