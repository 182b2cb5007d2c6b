#include "base/count.h"
#include "base/file/embed.h"
#include "core/metric/template.h"
#include "tests/lib/lines.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH      "deploy/catalogue/template.yaml"
#define CATALOGUE "deploy/catalogue/metrics.yaml"

static struct catalogue *catalogue;

static void
start(void)
{
	struct err e = {0};

	cr_assert_eq(catalogue_read(CATALOGUE, embed_text(CATALOGUE), &catalogue, &e), OK, "%s",
		     e.text);
}

static void
stop(void)
{
	catalogue_free(catalogue);
}

TestSuite(template, .init = start, .fini = stop);

static struct spd_template *
built_in(void)
{
	struct spd_template *t = NULL;
	struct err e = {0};

	cr_assert_eq(template_read(PATH, embed_text(PATH), catalogue, &t, &e), OK, "%s", e.text);
	return t;
}

Test(template, has_the_sheets_of_the_field_in_their_order)
{
	static const char *const ids[] = {
	    "cover",
	    "scorecard",
	    "exposure",
	    "observations",
	    "tests",
	    "tip",
	    "audits",
	    "findings",
	    "training",
	    "equipment",
	    "physical_controls",
	    "cargo",
	    "incidents",
	    "exercises",
	    "risk",
	    "data_quality",
	    "corrections",
	    "restatements",
	    "definitions",
	};
	struct spd_template *t = built_in();

	cr_assert_eq(t->sheets_count, COUNT(ids));
	for (unsigned i = 0; i < t->sheets_count; i++)
		cr_expect_str_eq(t->sheets[i].id, ids[i]);
	cr_expect_eq(strlen(t->sha256), 64);
	cr_expect_not_null(strstr(t->declaration, "honest and accurate"));
	template_free(t);
}

Test(template, has_a_sheet_for_every_metric_where_the_metric_says_it_belongs)
{
	struct spd_template *t = built_in();

	for (unsigned i = 0; i < catalogue->metrics_count; i++) {
		const struct metric *m = &catalogue->metrics[i];
		unsigned found = 0;

		for (unsigned k = 0; k < t->sheets_count; k++) {
			const struct sheet *s = &t->sheets[k];

			for (unsigned n = 0; strcmp(s->id, m->sheet) == 0 && n < s->metrics_count;
			     n++)
				found += strcmp(s->metrics[n], m->id) == 0;
		}
		cr_expect_eq(found, 1, "%s", m->id);
	}
	template_free(t);
}

static const struct {
	const char *good;
	const char *bad;
} typos[] = {
    {"version: 2026", "verson: 2026"},
    {"declaration: >-", "declaraton: >-"},
    {"sheets:", "shets:"},
    {"id: exposure", "id: cover"},
    {"title: Exposure", "title: Exposure of people and of everything"},
    {"title: Exposure", "title: Exposure/all"},
    {"title: Exposure", "title: Scorecard"},
    {"content: SCORECARD", "content: SCOREBOARD"},
    {"OUT01O", "OUT010"},
    {"QL05", "QL05\n  - QL05"},
    {"by: [\"\"]", "by: [site colour]"},
    {"columns: [numerator", "columns: [nominator"},
    {"empty: No cargo", "emtpy: No cargo"},
    {"content: COVER", "content: METRICS"},
};

Test(template, names_the_line_of_every_kind_of_typing_error)
{
	const char *text = embed_text(PATH);
	const char *body = strstr(text, "\nversion:");

	for (size_t i = 0; i < COUNT(typos); i++) {
		const char *at = strstr(body, typos[i].good);
		struct spd_template *t = NULL;
		struct err e = {0};
		char *bad = malloc(strlen(text) + 100);
		unsigned line;
		char *said;

		cr_assert_not_null(at, "%s", typos[i].good);
		snprintf(bad, strlen(text) + 100, "%.*s%s%s", (int)(at - text), text, typos[i].bad,
			 at + strlen(typos[i].good));
		line = line_of(text, at);
		cr_expect_eq(template_read("t.yaml", bad, catalogue, &t, &e), FATAL_CONFIG, "%s",
			     typos[i].bad);
		said = strstr(e.text, "t.yaml, line ");
		cr_assert_not_null(said, "%s: %s", typos[i].bad, e.text);
		/* A sheet without metrics is named where it begins, its line before. */
		cr_expect(strtoul(said + 13, NULL, 10) - line + 2 <= 3, "%s: %s, not line %u",
			  typos[i].bad, e.text, line);
		template_free(t);
		free(bad);
	}
}

Test(template, refuses_to_leave_a_metric_out)
{
	static const char yaml[] = "version: 1\ntitle: t\ndeclaration: d\nsheets:\n"
				   "- {id: one, title: One, content: METRICS, metrics: [QN01]}\n";
	struct spd_template *t = NULL;
	struct err e = {0};

	cr_expect_eq(template_read("t.yaml", yaml, catalogue, &t, &e), FATAL_CONFIG);
	cr_expect_not_null(strstr(e.text, "is on no sheet"), "%s", e.text);
}
