#include "base/count.h"
#include "tests/render/document_fixture.h"
#include "tests/web/shown.h"
#include "web/read/quarter.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

static json_t *doc;

static struct showing *
begin(enum role role, const char *path, const char *query)
{
	struct showing *s = shown_begin(role, path, query);

	doc = spd_fixture();
	shown_said(QUARTER_STATUS,
		   "{\"quarter\":\"2026-Q2\",\"state\":\"DRAFT\",\"papers\":\"abcdef0123456789\","
		   "\"revision\":{\"revision\":2,\"created_by\":\"unix:<anna>\"},\"events\":["
		   "{\"at\":\"2026-07-10T09:00:00Z\",\"by\":\"unix:anna\",\"action\":\"FREEZE\","
		   "\"text\":\"<i>\"}]}");
	shown_said(QUARTER_LIST, "{\"revisions\":[{\"revision\":1,\"state\":\"SUPERSEDED\"},"
				 "{\"revision\":2,\"state\":\"DRAFT\"}]}");
	return s;
}

static void
end(void)
{
	json_decref(doc);
	shown_end();
}

/* Absent, the newest; else what the address says, and nought for what would be computed now. */
Test(quarter, is_of_the_revision_that_the_address_names)
{
	static const struct {
		const char *query;
		long long revision;
	} rows[] = {{"", 2},
		    {"revision=1", 1},
		    {"revision=now", 0},
		    {"revision=x", 2},
		    {"revision=-1", 2},
		    {"revision=0", 2},
		    {"revision=4294967297", 2}};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct question q = {.texts = {NULL}};
		struct showing *s;

		s = shown_begin(ROLE_AUDITOR, "/quarter/2026-Q2", rows[i].query);
		shown_said(QUARTER_STATUS, "{\"revision\":{\"revision\":2}}");
		cr_expect_eq(quarter_revision(s), rows[i].revision, "%s", rows[i].query);
		cr_expect(quarter_ask(s, &q, QUARTER_DOCUMENT));
		cr_expect_eq(q.of.spd.revision, rows[i].revision);
		cr_expect_eq(quarter_ask(s, &q, QUARTER_DECLARATION), rows[i].revision > 0);
		shown_end();
	}
}

Test(quarter, shows_summary_scorecard_and_what_became_of_it)
{
	const char *said;

	begin(ROLE_AUDITOR, "/quarter/2026-Q2", "");
	shown_raw(QUARTER_DOCUMENT, doc);
	said = shown_print(quarter_print);
	cr_expect_not_null(strstr(said, "<dd>unix:&lt;anna&gt;</dd>"));
	cr_expect_not_null(strstr(said, "Summary of revision 2"), "%s", said);
	cr_expect_not_null(strstr(said, "href=\"/quarter/2026-Q2?revision=1\">Revision 1, "
					"SUPERSEDED</a>"));
	cr_expect_not_null(strstr(said, "?revision=2\" aria-current=\"page\">"));
	cr_expect_not_null(strstr(said, "/quarter/2026-Q2/metric/OUT03?revision=2\">OUT03</a>"));
	cr_expect_not_null(strstr(said, "✓ MET"), "a status is a sign and a word");
	cr_expect_not_null(strstr(said, "<td>&lt;i&gt;</td>"));
	cr_expect_null(strstr(said, "<script"));
	cr_expect_null(strstr(said, " style="));
	end();
}

Test(quarter, says_what_is_not_frozen)
{
	const char *said;

	begin(ROLE_AUDITOR, "/quarter/2026-Q2", "revision=now");
	json_object_set_new(doc, "revision", json_integer(0));
	json_object_set_new(doc, "state", json_string("PROVISIONAL"));
	shown_raw(QUARTER_DOCUMENT, doc);
	said = shown_print(quarter_print);
	cr_expect_not_null(strstr(said, "PROVISIONAL: not frozen"), "%s", said);
	cr_expect_not_null(strstr(said, "?revision=now\" aria-current=\"page\">"));
	end();
}

Test(quarter, says_that_there_is_no_document)
{
	begin(ROLE_AUDITOR, "/quarter/2026-Q2", "");
	cr_expect_not_null(strstr(shown_print(quarter_print), "There is no document."));
	end();
}

Test(quarter, has_a_page_for_each_sheet)
{
	struct showing *s;
	const char *said;

	begin(ROLE_AUDITOR, "/quarter/2026-Q2/sheet/scorecard", "");
	shown_raw(QUARTER_DOCUMENT, doc);
	said = shown_print(sheet_print);
	cr_expect_not_null(strstr(said, "<h2>Scorecard</h2>"), "%s", said);
	end();
	s = begin(ROLE_AUDITOR, "/quarter/2026-Q2/sheet/none", "");
	shown_raw(QUARTER_DOCUMENT, doc);
	cr_expect_not_null(strstr(shown_print(sheet_print), "no such sheet"));
	cr_expect_eq(s->status, 404);
	end();
}
