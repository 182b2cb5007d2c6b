#include "tests/web/shown.h"
#include "web/read/record.h"

#include <criterion/criterion.h>

#include <string.h>

#define ID "019db0e4-7a80-7c4e-9d2b-0c6f5c1a7e11"

Test(record, asks_for_the_id_of_its_path)
{
	struct showing *s = shown_begin(ROLE_TESTER, "/record/" ID, "source=s&kind=test");
	struct question q = {.texts = {NULL}};

	cr_assert(record_ask(s, &q, 0));
	cr_expect_str_eq(q.of.record.source, "s");
	cr_expect_str_eq(q.of.record.kind, "test");
	cr_assert_eq(q.of.record.record_id.len, 16);
	cr_expect_eq(q.of.record.record_id.data[0], 0x01);
	cr_expect_eq(q.of.record.record_id.data[15], 0x11);
	cr_assert(trace_ask(s, &q, 0));
	cr_expect_str_eq(q.of.trace.source, "s");
	shown_end();
	s = shown_begin(ROLE_TESTER, "/record/x", "");
	cr_expect_not(record_ask(s, &q, 0));
	cr_expect_not(trace_ask(s, &q, 0));
	cr_expect_not_null(strstr(shown_print(record_print), "no record&#39;s id"));
	cr_expect_eq(s->status, 404);
	shown_end();
}

Test(record, shows_what_it_says_and_what_became_of_it)
{
	const char *said;

	shown_begin(ROLE_AUDITOR, "/record/" ID, "");
	shown_said(0, "{\"kind\":\"test\",\"is_effective\":true,\"record\":{\"site_id\":\"<T1>\","
		      "\"none\":null,\"criteria\":[{\"criterion_id\":\"a\",\"result\":\"MET\"}],"
		      "\"empty\":[]}}");
	shown_said(1, "{\"corrections\":[{\"record_id\":\"c\",\"source\":\"s\",\"kind\":\"test\","
		      "\"reason\":\"<r>\",\"changes\":[{\"field\":\"outcome\",\"was\":\"FAIL\","
		      "\"becomes\":\"PASS\"}]}],\"metrics\":[{\"metric\":\"OUT01\",\"quarter\":"
		      "\"2026-Q2\",\"amount\":1}],\"revisions\":[]}");
	said = shown_print(record_print);
	cr_expect_not_null(strstr(said, "test: counts"), "%s", said);
	cr_expect_not_null(strstr(said, "<dt>site id</dt><dd>&lt;T1&gt;</dd>"));
	cr_expect_null(strstr(said, "none</dt>"));
	cr_expect_null(strstr(said, "empty</dt>"));
	cr_expect_not_null(strstr(said, "<li>criterion_id a, result MET</li>"));
	cr_expect_not_null(strstr(said, "<td>&lt;r&gt;</td>"));
	cr_expect_not_null(strstr(said, "What c changes"));
	cr_expect_not_null(strstr(said, "<td>PASS</td>"));
	cr_expect_not_null(strstr(said, "href=\"/quarter/2026-Q2/metric/OUT01\">OUT01</a>"));
	cr_expect_not_null(strstr(said, "among the leaves of no frozen revision"));
	shown_end();
}

Test(record, says_why_it_is_not_shown)
{
	struct showing *s = shown_begin(ROLE_AUDITOR, "/record/" ID, "");

	s->said[0].failed = s->said[1].failed = true;
	s->said[0].status = 404;
	snprintf(s->said[0].text, sizeof s->said[0].text, "no record <x>");
	cr_expect_not_null(strstr(shown_print(record_print), "no record &lt;x&gt;"));
	cr_expect_eq(s->status, 404);
	shown_end();
}
