#include "base/count.h"
#include "tests/render/register/register_fixture.h"

#include <criterion/criterion.h>

#include <string.h>

#define HOSTILE "</style></title><script>alert(1)</script>\"'><img src=x>"

static bool
has(const struct buf *b, const char *text)
{
	return sample_count(b, text) > 0;
}

static bool
says(const json_t *doc, const char *text)
{
	struct buf page;
	bool found;

	register_make(register_html, doc, &page);
	found = has(&page, text);
	buf_fini(&page);
	return found;
}

Test(register_html, the_same_document_gives_the_same_page)
{
	json_t *doc = register_fixture();
	struct buf a;
	struct buf b;

	register_make(register_html, doc, &a);
	register_make(register_html, doc, &b);
	cr_expect_eq(a.n, b.n);
	cr_expect_eq(memcmp(a.p, b.p, a.n), 0);
	buf_fini(&a);
	buf_fini(&b);
	json_decref(doc);
}

Test(register_html, its_summary_says_what_is_wrong_and_where)
{
	static const char *const sentences[] = {
	    "<dt>Residual risk HIGH</dt><dd>1</dd>",
	    "<dt>Residual risk MEDIUM</dt><dd>1</dd>",
	    "<dt>Residual risk LOW</dt><dd>1</dd>",
	    "<dt>Not assessed</dt><dd>1</dd>",
	    "<li>C-2026-001 Screening of cabin baggage, for R-2026-001</li>",
	    "<li>C-2026-004 Patrols of the car park, for R-2026-004</li>",
	    "<li>C-2026-003 Cargo is X-rayed, for R-2026-002</li>",
	    "<li>C-2026-002 Police at the lanes, for R-2026-001</li>",
	    ("</a> A knife in cabin baggage: the acceptance AC-2026-002 is void; changed since: "
	     "scores, metrics</li>"),
	    "</a> A knife in cabin baggage: a figure (OUT01): Tests passed is not met.</li>",
	    "</a> Nobody has looked at this one: it is not assessed</li>",
	    "</a> A knife in cabin baggage: residual risk 36 HIGH</li>",
	    "</a> A-2026-040 Mend the shed&#39;s door, due 2026-10-31</li>",
	    "Flags that are open: 1 of 2.",
	};
	json_t *doc = register_fixture();
	struct buf page;

	register_make(register_html, doc, &page);
	for (size_t i = 0; i < COUNT(sentences); i++)
		cr_expect(has(&page, sentences[i]), "%s", sentences[i]);
	buf_fini(&page);
	json_decref(doc);
}

/* What is well is in no list. */
Test(register_html, what_is_mended_is_not_told_any_more)
{
	json_t *doc = register_fixture();
	json_t *first = register_at(doc, "scenarios", 0);

	json_object_set_new(json_object_get(first, "acceptance"), "standing", json_string("HOLDS"));
	cr_expect(!says(doc, "the acceptance AC-2026-002 is"));
	json_object_set_new(json_array_get(json_object_get(first, "actions"), 0), "state",
			    json_string("REOPENED"));
	cr_expect(!says(doc, "</a> A knife in cabin baggage: residual risk 36 HIGH</li>"));
	json_object_set_new(register_at(doc, "controls", 0), "state", json_string("PROVEN"));
	cr_expect(says(doc, "No control is known to fail."));
	json_decref(doc);
}

Test(register_html, of_many_reasons_a_few_are_told)
{
	json_t *doc = register_fixture();
	json_t *reasons = json_array();

	for (int i = 0; i < 9; i++)
		json_array_append_new(reasons, json_pack("{s:s, s:s}", "why", "CHANGE", "number",
							 i == 6 ? "CH-7th" : "CH-1"));
	json_object_set_new(register_at(doc, "scenarios", 2), "reasons", reasons);
	cr_expect(says(doc, "a change (CH-1); a change (CH-1); and 3 more</li>"));
	cr_expect(!says(doc, "a change (CH-7th)"));
	json_decref(doc);
}

/* A retired scenario is named once, and counted nowhere. */
Test(register_html, what_is_retired_counts_nowhere)
{
	json_t *doc = register_fixture();
	struct buf page;

	json_object_set_new(register_at(doc, "scenarios", 0), "state", json_string("RETIRED"));
	register_make(register_html, doc, &page);
	cr_expect(has(&page, "<dt>Scenarios</dt><dd>3</dd>"));
	cr_expect(has(&page, "<dt>Residual risk HIGH</dt><dd>0</dd>"));
	cr_expect(has(&page, "<li>R-2026-001 A knife in cabin baggage</li>"));
	cr_expect(!has(&page, "<section class=\"scenario\" id=\"R-2026-001\""));
	buf_fini(&page);
	json_decref(doc);
}

Test(register_html, a_list_is_bounded_and_says_how_many_are_left_out)
{
	json_t *doc = register_of(60);
	struct buf page;

	register_make(register_html, doc, &page);
	/* Of six states each has ten controls; 11 of 64 would be HIGH, and all 60 are listed. */
	cr_expect(has(&page, "What could happen, the 60th: "));
	buf_fini(&page);
	json_decref(doc);
	doc = register_of(120);
	register_make(register_html, doc, &page);
	cr_expect_eq(sample_count(&page, "<p class=\"note\">And 8 more.</p>"), 4);
	cr_expect_eq(sample_count(&page, "<li>C-2026-"), 4 * 12);
	buf_fini(&page);
	json_decref(doc);
}

Test(register_html, a_cell_of_the_heat_map_has_the_worst_state_by_shape_and_word)
{
	json_t *doc = register_fixture();

	cr_expect(says(doc, "</svg>failing</p><p><strong>HIGH 1</strong>: <a "
			    "href=\"#R-2026-001\">R-2026-001</a> (V 3)</p></td>"));
	cr_expect(says(doc, "</svg>silent</p><p><strong>LOW 1</strong>: <a "
			    "href=\"#R-2026-004\">R-2026-004</a> (V 2)</p></td>"));
	json_decref(doc);
}

/* By the end of 2025-03-31 one of the two had been adopted, as MEDIUM; on the day itself all. */
Test(register_html, the_trend_counts_what_was_adopted_by_each_day)
{
	json_t *doc = register_fixture();

	cr_expect(says(doc, "<th scope=\"row\">2024-12-31<td>0<td>0<td>0"));
	cr_expect(says(doc, "<th scope=\"row\">2025-03-31<td>0<td>1<td>0"));
	cr_expect(says(doc, "<th scope=\"row\">2026-03-31<td>1<td>0<td>0"));
	cr_expect(says(doc, "<th scope=\"row\">2026-11-30<td>1<td>1<td>1"));
	json_decref(doc);
}

Test(register_html, a_scenario_has_all_that_is_known_of_it)
{
	static const char *const texts[] = {"id=\"R-2026-001\"",
					    "Disruptive passengers",
					    "Hidden in a bag",
					    "Twice abroad",
					    "To threaten the crew",
					    "One person, no training",
					    "Fire service; carriers",
					    "Passengers and crew (people)",
					    "The lanes miss more than they may.",
					    "79.7 % (72.2 to 85.6, n 138)",
					    "Reputation: of little reach",
					    "Recurrent training is late.",
					    "A tired screener",
					    "Crew are stabbed.",
					    "Train the screeners",
					    "Bow-tie of R-2026-001 A knife in cabin baggage"};
	json_t *doc = register_fixture();
	struct buf page;

	register_make(register_html, doc, &page);
	for (size_t i = 0; i < COUNT(texts); i++)
		cr_expect(has(&page, texts[i]), "%s", texts[i]);
	buf_fini(&page);
	json_decref(doc);
}

Test(register_html, is_one_page_that_fetches_nothing_and_runs_nothing)
{
	json_t *doc = register_fixture();
	struct buf page;

	register_make(register_html, doc, &page);
	cr_expect(has(&page, "default-src 'none'"));
	cr_expect(!has(&page, "http:"));
	cr_expect(!has(&page, "https:"));
	cr_expect(!has(&page, "url("));
	cr_expect(!has(&page, " src="));
	cr_expect(!has(&page, " style="));
	cr_expect(!has(&page, "<script"));
	cr_expect_eq(sample_count(&page, "<p class=\"marking\">OFFICIAL-SENSITIVE</p>"), 2);
	buf_fini(&page);
	json_decref(doc);
}

Test(register_html, nothing_that_comes_in_can_act)
{
	json_t *doc = register_fixture();
	struct buf page;

	register_spoil(doc, HOSTILE);
	register_make(register_html, doc, &page);
	cr_expect(!has(&page, "<script"));
	cr_expect(!has(&page, "<img"));
	cr_expect_eq(sample_count(&page, "</style>"), 1);
	cr_expect(has(&page, "&lt;script&gt;alert(1)&lt;/script&gt;"));
	buf_fini(&page);
	json_decref(doc);
}

Test(register_html, an_empty_register_says_so)
{
	json_t *doc = register_empty();

	cr_expect(says(doc, "The register has no scenario."));
	cr_expect(says(doc, "No scheme was set: there is nothing to place scenarios by."));
	cr_expect(says(doc, "No assessment was adopted."));
	json_decref(doc);
}

Test(register_html, of_very_many_scenarios_no_bow_tie_is_drawn_and_that_is_said)
{
	json_t *doc = register_of(1000);
	struct buf page;

	register_make(register_html, doc, &page);
	cr_expect(!has(&page, "Bow-tie of"));
	cr_expect(has(&page, "Of more than 300 scenarios the page has no bow-ties"));
	cr_expect_eq(sample_count(&page, "<section class=\"scenario\""), 1000);
	buf_fini(&page);
	json_decref(doc);
}
