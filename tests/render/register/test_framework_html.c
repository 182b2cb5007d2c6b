#include "base/count.h"
#include "tests/render/register/register_fixture.h"

#include <criterion/criterion.h>

#include <string.h>

static bool
says(const json_t *doc, const char *text)
{
	struct buf page;
	bool found;

	register_make(framework_html, doc, &page);
	found = sample_count(&page, text) > 0;
	buf_fini(&page);
	return found;
}

Test(framework_html, each_chapter_has_its_evidence_and_its_age_or_says_that_it_has_none)
{
	static const char *const texts[] = {
	    "Chapters with evidence: 1 of 10. Gaps that are recorded: 2.",
	    "<th scope=\"row\">2026-08-12<td data-h=\"Age in days\">110<td "
	    "data-h=\"What\">minutes/2026-14<td data-h=\"Kind\">decision",
	    "<th scope=\"row\">2026-11-30<td data-h=\"Age in days\">0<td "
	    "data-h=\"What\">sha256:00ff<td data-h=\"Kind\">file",
	    "<li>Chapter 2: Threats and risks</li>",
	    "<li>Chapter 10: nothing is recorded of it</li>",
	};
	json_t *doc = framework_fixture();
	struct buf page;

	register_make(framework_html, doc, &page);
	for (size_t i = 0; i < COUNT(texts); i++)
		cr_expect_eq(sample_count(&page, texts[i]), 1, "%s", texts[i]);
	cr_expect_eq(sample_count(&page, "There is no evidence for this chapter."), 9);
	cr_expect_eq(sample_count(&page, "Nothing is recorded of this chapter."), 8);
	buf_fini(&page);
	json_decref(doc);
}

Test(framework_html, a_chapter_that_is_recorded_twice_is_told)
{
	json_t *doc = framework_fixture();

	cr_expect(says(doc, "No chapter is recorded twice."));
	json_object_set_new(register_at(doc, "chapters", 1), "chapter", json_integer(1));
	cr_expect(says(doc, "<li>Chapter 1: FC-2026-002 Threats and risks</li>"));
	cr_expect(says(doc, "<h2 id=\"chapter-1-h\">Chapter 1: Who answers for it</h2>"));
	json_decref(doc);
}

Test(framework_html, phases_have_their_dates)
{
	json_t *doc = framework_fixture();

	cr_expect(says(doc, "In phase 1: chapter 2 since 2025-09-01."));
	cr_expect(says(doc, "In phase 2: chapter 1 since 2026-02-01."));
	cr_expect(says(doc, "In phase 2B: no chapter."));
	json_object_del(register_at(doc, "chapters", 1), "phase_on");
	cr_expect(says(doc, "In phase 1: chapter 2 (no date is said)."));
	json_decref(doc);
}

Test(framework_html, a_gap_stands_with_its_plan_in_its_chapter_or_by_itself)
{
	json_t *doc = framework_fixture();

	cr_expect(says(doc, "A-2026-050 Name one, OPEN, due 2026-12-15"));
	cr_expect(says(doc, "<h2 id=\"other-gaps-h\">Other gaps</h2>"));
	cr_expect(says(doc, "no plan is recorded"));
	json_object_set_new(register_at(doc, "gaps", 1), "chapter", json_integer(3));
	cr_expect(!says(doc, "Other gaps"));
	json_decref(doc);
}

Test(framework_html, what_there_is_none_of_is_said)
{
	static const char *const texts[] = {
	    "No supplier is recorded.", "No change is recorded.", "No decision is recorded.",
	    "No threat information is recorded.", "No exercise is recorded."};
	static const char *const lists[] = {"suppliers", "changes", "decisions",
					    "threat_information", "exercises"};
	json_t *doc = framework_fixture();

	cr_expect(says(doc, "Seen abroad"));
	cr_expect(says(doc, "More lanes"));
	cr_expect(says(doc, texts[4]));
	json_decref(doc);
	doc = register_empty();
	cr_expect(says(doc, "This document does not tell."));
	for (size_t i = 0; i < COUNT(texts); i++)
		cr_expect(!says(doc, texts[i]), "%s", texts[i]);
	for (size_t i = 0; i < COUNT(lists); i++)
		json_object_set_new(doc, lists[i], json_array());
	for (size_t i = 0; i < COUNT(texts); i++)
		cr_expect(says(doc, texts[i]), "%s", texts[i]);
	cr_expect(!says(doc, "This document does not tell."));
	cr_expect(says(doc, "Chapters with evidence: 0 of 10."));
	json_decref(doc);
}

Test(framework_html, nothing_that_comes_in_can_act_and_the_same_gives_the_same)
{
	json_t *doc = framework_fixture();
	struct buf a;
	struct buf b;

	register_spoil(doc, "</style><script>alert(1)</script>");
	register_make(framework_html, doc, &a);
	register_make(framework_html, doc, &b);
	cr_expect_eq(sample_count(&a, "<script"), 0);
	cr_expect_eq(sample_count(&a, "</style>"), 1);
	cr_expect_eq(a.n, b.n);
	cr_expect_eq(memcmp(a.p, b.p, a.n), 0);
	buf_fini(&a);
	buf_fini(&b);
	json_decref(doc);
}
