#include "tests/web/shown.h"
#include "web/read/quarter.h"

#include <criterion/criterion.h>

#include <string.h>

Test(diff, puts_the_frozen_figure_beside_that_of_now)
{
	struct showing *s = shown_begin(ROLE_AUDITOR, "/quarter/2026-Q2/diff", "revision=2");
	struct question q = {.texts = {NULL}};
	const char *said;

	cr_assert(diff_ask(s, &q, 0));
	cr_expect_eq(q.of.spd.operation, SEMS__V1__SPD_OPERATION__SPD_OPERATION_DIFF);
	cr_expect_eq(q.of.spd.revision, 2);
	shown_said(
	    0, "{\"quarter\":\"2026-Q2\",\"revision\":2,\"material\":true,\"reasons\":[\"<r>\"],"
	       "\"changes\":[{\"metric\":\"OUT01\",\"by\":{\"site\":\"<T1>\"},\"unit\":\"%\","
	       "\"old\":{\"value\":0.9,\"numerator\":9,\"denominator\":10},\"new\":{\"value\":"
	       "0.8,\"numerator\":8,\"denominator\":10},\"difference\":-0.1,\"material\":true,"
	       "\"records\":1},{\"metric\":\"QN01\",\"by\":{},\"unit\":\"%\",\"old\":null,\"new\":"
	       "{\"value\":null,\"numerator\":null,\"denominator\":null}}],\"records\":{\"list\":"
	       "[{\"record_id\":\"u\",\"source\":\"s\",\"kind\":\"test\",\"text\":\"<late>\"}]}}");
	said = shown_print(diff_print);
	cr_expect_not_null(strstr(said, "<li>&lt;r&gt;</li>"));
	cr_expect_not_null(strstr(said, "<td>site &lt;T1&gt;</td>"));
	cr_expect_not_null(strstr(said, "90.0 % (9 of 10)"), "%s", said);
	cr_expect_not_null(strstr(said, "80.0 % (8 of 10)"));
	cr_expect_not_null(strstr(said, "10.0 pp"));
	cr_expect_not_null(strstr(said, "<td class=\"number\">no figure</td>"));
	cr_expect_not_null(strstr(said, "no value (– of –)"), "what is unknown is not nought");
	cr_expect_not_null(strstr(said, "<td>the entity</td>"));
	cr_expect_not_null(strstr(said, "&lt;late&gt;"));
	shown_end();
}

Test(diff, says_that_nothing_differs)
{
	const char *said;

	shown_begin(ROLE_AUDITOR, "/quarter/2026-Q2/diff", "");
	shown_said(0, "{\"material\":false,\"changes\":[],\"records\":{\"list\":[]}}");
	said = shown_print(diff_print);
	cr_expect_not_null(strstr(said, "No figure differs."));
	cr_expect_not_null(strstr(said, "no revision is proposed"));
	cr_expect_not_null(strstr(said, "No record came since"));
	shown_end();
}
