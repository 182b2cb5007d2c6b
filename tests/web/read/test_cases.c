#include "tests/web/shown.h"
#include "web/read/cases.h"

#include <criterion/criterion.h>

#include <string.h>

static const struct view actions = {.path = "/cases/action"};

Test(cases, asks_for_its_kind_by_the_filters_of_the_address)
{
	struct showing *s = shown_begin(ROLE_SUPERVISOR, "/cases/action",
					"state=OPEN&owner=web%3Arita&due=2026-06-30&open=yes");
	struct question q = {.texts = {NULL}};

	s->view = &actions;
	cr_assert(cases_ask(s, &q, 0));
	cr_expect_str_eq(q.of.cases.kinds[0], "action");
	cr_expect_str_eq(q.of.cases.state, "OPEN");
	cr_expect_str_eq(q.of.cases.owner, "web:rita");
	cr_expect_str_eq(q.of.cases.due_until, "2026-06-30");
	cr_expect(q.of.cases.has_open && q.of.cases.open);
	shown_end();
}

Test(cases, lists_them_and_goes_on)
{
	struct showing *s = shown_begin(ROLE_SUPERVISOR, "/cases/action", "state=OPEN");
	const char *said;

	s->view = &actions;
	shown_said(0, "{\"cases\":[{\"number\":\"A-2026-001\",\"title\":\"<t>\",\"finding\":"
		      "\"F-2026-002\",\"overdue_days\":3}],\"more\":true,\"last\":\"A-2026-001\"}");
	said = shown_print(cases_print);
	cr_expect_not_null(strstr(said, "<a href=\"/case/A-2026-001\">A-2026-001</a>"), "%s", said);
	cr_expect_not_null(strstr(said, "<a href=\"/case/F-2026-002\">F-2026-002</a>"));
	cr_expect_not_null(strstr(said, "&lt;t&gt;"));
	cr_expect_not_null(strstr(said, "?state=OPEN&amp;after=A-2026-001\">"));
	shown_end();
	s = shown_begin(ROLE_DEVICE, "/cases/action", "");
	s->view = &actions;
	shown_said(0, "{\"cases\":[]}");
	said = shown_print(cases_print);
	cr_expect_not_null(strstr(said, "There is none."));
	shown_end();
}

Test(cases, shows_one_with_all_that_was_told)
{
	const char *said;

	shown_begin(ROLE_AUDITOR, "/case/F-2026-001", "");
	shown_said(0, "{\"number\":\"F-2026-001\",\"kind\":\"finding\",\"title\":\"<t>\","
		      "\"root_cause\":\"<c>\",\"follows\":[\"NOTE\"],\"actions\":[{\"number\":"
		      "\"A-2026-001\"}],\"events\":[{\"step\":1,\"event\":\"RAISE\",\"made_by\":"
		      "\"unix:anna\",\"said\":{\"title\":\"<t>\"}}]}");
	said = shown_print(case_print);
	cr_expect_not_null(strstr(said, "<dt>root cause</dt><dd>&lt;c&gt;</dd>"), "%s", said);
	cr_expect_null(strstr(said, "<dt>follows</dt>"));
	cr_expect_not_null(strstr(said, "/cases/action/new?finding=F-2026-001\">"));
	cr_expect_not_null(strstr(said, "<a href=\"/case/A-2026-001\">"));
	cr_expect_not_null(strstr(said, "title &lt;t&gt;"));
	shown_end();
}
