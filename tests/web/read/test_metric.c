#include "tests/render/document_fixture.h"
#include "tests/web/shown.h"
#include "web/read/quarter.h"

#include <criterion/criterion.h>

#include <string.h>

static struct showing *
begin(enum role role, const char *metric)
{
	struct showing *s = shown_begin(role, metric, "");
	json_t *doc = spd_fixture();

	shown_raw(QUARTER_DOCUMENT, doc);
	json_decref(doc);
	return s;
}

Test(metric, shows_its_figure_and_leads_to_the_records_of_each)
{
	const char *said;

	begin(ROLE_AUDITOR, "/quarter/2026-Q2/metric/OUT03");
	said = shown_print(metric_print);
	cr_expect_not_null(strstr(said, "<dt>Value</dt><dd>90.0 %</dd>"), "%s", said);
	cr_expect_not_null(strstr(said, "<dt>Count</dt><dd>270</dd>"));
	cr_expect_not_null(strstr(said, "href=\"/quarter/2026-Q2/metric/OUT03/records?revision=2\">"
					"The records of this figure</a>"));
	cr_expect_not_null(strstr(
	    said, "/metric/OUT03/records?revision=2&amp;measure=4.1&amp;site=NMR\">records"));
	cr_expect_not_null(strstr(said, "<caption id=\"web-by-0\">By site</caption>"));
	cr_expect_not_null(strstr(said, "withheld"), "what is withheld stays so");
	cr_expect_not_null(strstr(said, "The target was set when the quarter had ended."));
	cr_expect_not_null(strstr(said, "<p>=HIT, of all</p>"));
	cr_expect_not_null(strstr(said, "/quarter/2026-Q2/comment?metric=OUT03\">"));
	cr_expect_null(strstr(said, " style="));
	shown_end();
}

/* The quarters before as a line and as a table, each the way to its own page. */
Test(metric, shows_the_quarters_before)
{
	static const char history[] =
	    "[{\"quarter\":\"2026-Q1\",\"value\":0.85,\"numerator\":170,\"denominator\":200,"
	    "\"status\":\"MET\",\"basis\":\"FROZEN\",\"definition_version\":\"1\",\"no_data\":null}"
	    "]";
	json_t *doc = spd_fixture();
	json_t *metric = json_array_get(json_object_get(doc, "metrics"), 0);
	const char *said;

	json_object_set_new(json_array_get(json_object_get(metric, "figures"), 0), "history",
			    json_loads(history, 0, NULL));
	shown_begin(ROLE_AUDITOR, "/quarter/2026-Q2/metric/OUT03", "");
	shown_raw(QUARTER_DOCUMENT, doc);
	said = shown_print(metric_print);
	cr_expect_not_null(strstr(said, "<h2>Quarter by quarter</h2>\n<figure><svg class=\"plot\""),
			   "%s", said);
	cr_expect_not_null(strstr(said, "A point for each quarter."));
	cr_expect_not_null(strstr(said, "<a href=\"/quarter/2026-Q1/metric/OUT03\">2026-Q1</a></th>"
					"<td class=\"number\">85.0 %</td>"));
	json_decref(doc);
	shown_end();
}

/* What is unknown stays unknown, and is never nought. */
Test(metric, says_why_there_is_no_figure)
{
	const char *said;

	begin(ROLE_AUDITOR, "/quarter/2026-Q2/metric/QN01");
	said = shown_print(metric_print);
	cr_expect_not_null(strstr(said, "NO DATA (nobody told a plan)"), "%s", said);
	cr_expect_null(strstr(said, "0.0 %"));
	shown_end();
}

Test(metric, of_another_name_is_not_there)
{
	struct showing *s = begin(ROLE_AUDITOR, "/quarter/2026-Q2/metric/<OUT99>");

	cr_expect_not_null(strstr(shown_print(metric_print), "no such metric"));
	cr_expect_eq(s->status, 404);
	shown_end();
}
