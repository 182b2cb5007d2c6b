#include "base/count.h"
#include "core/life/case_word.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#define ID  "019df27b-e8a0-8ade-a0bc-b314f1df8f55"
#define SHA "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct {
	enum case_word word;
	const char *said;
	enum code code;
} rows[] = {
    {SAYS_TITLE, "a lane without a mirror", OK},
    {SAYS_TITLE, "two\nlines", REJ_FIELD},
    {SAYS_TEXT, "two\nlines", OK},
    {SAYS_TEXT, "a tab\there", REJ_FIELD},
    {SAYS_TEXT, "a\ab", REJ_FIELD},
    {SAYS_SEVERITY, "CRITICAL", OK},
    {SAYS_SEVERITY, "critical", REJ_FIELD},
    {SAYS_SEVERITY, "LEVEL_1", REJ_FIELD},
    {SAYS_ORIGIN, "REVIEW", OK},
    {SAYS_TYPE, "COMPENSATORY", OK},
    {SAYS_PRIORITY, "URGENT", REJ_FIELD},
    {SAYS_DUE, "2028-02-29", OK},
    {SAYS_DUE, "2026-02-29", REJ_FIELD},
    {SAYS_DUE, "2026-2-1", REJ_FIELD},
    {SAYS_DUE, "1999-12-31", REJ_FIELD},
    {SAYS_DUE, "2100-12-31", OK},
    {SAYS_DUE, "2101-01-01", REJ_FIELD},
    {SAYS_DUE, "2026-01-01T00:00:00Z", REJ_FIELD},
    {SAYS_FINDING, "F-2026-014", OK},
    {SAYS_FINDING, "AC-2026-1000", OK},
    {SAYS_FINDING, "F-2026-14", REJ_FIELD},
    {SAYS_FINDING, "F-26-014", REJ_FIELD},
    {SAYS_FINDING, "f-2026-014", REJ_FIELD},
    {SAYS_FINDING, "F-2026-014a", REJ_FIELD},
    {SAYS_FINDING, "F", REJ_FIELD},
    {SAYS_EVIDENCE, "audits/" ID, OK},
    {SAYS_EVIDENCE, SHA, OK},
    {SAYS_EVIDENCE, SHA " audits/" ID, OK},
    {SAYS_EVIDENCE, SHA "  audits/" ID, REJ_FIELD},
    {SAYS_EVIDENCE, SHA " ", REJ_FIELD},
    {SAYS_EVIDENCE, "/" ID, REJ_FIELD},
    {SAYS_EVIDENCE, ID, REJ_FIELD},
    {SAYS_EVIDENCE, "sha256:aa", REJ_FIELD},
    {SAYS_EVIDENCE, "sha256:AAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     REJ_FIELD},
};

/* P-1345 */
Test(case_word, takes_a_word_as_its_type_says)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct err e = {0};

		cr_expect_eq(life_check_word(&case_words[rows[i].word], rows[i].said, &e),
			     rows[i].code, "%s %s: %s", case_words[rows[i].word].name, rows[i].said,
			     e.text);
	}
}

/* P-1345 */
Test(case_word, bounds_each_word)
{
	static char text[LIFE_TEXT_MAX + 2];

	memset(text, 'a', LIFE_TEXT_MAX + 1);
	for (unsigned i = 0; i < CASE_WORDS; i++) {
		struct err e = {0};

		cr_expect_eq(life_check_word(&case_words[i], text, &e), REJ_FIELD, "%s",
			     case_words[i].name);
		cr_expect_str_eq(e.where, case_words[i].name);
	}
	text[LIFE_TEXT_MAX] = '\0';
	cr_expect_eq(life_check_word(&case_words[SAYS_TEXT], text, &(struct err){0}), OK);
}

/* P-1345: 20 items, and not one more. */
Test(case_word, takes_twenty_pieces_of_evidence)
{
	char list[2000] = "";

	for (int i = 0; i < 20; i++)
		snprintf(list + strlen(list), sizeof list - strlen(list), "%s" SHA,
			 i == 0 ? "" : " ");
	cr_expect_eq(life_check_word(&case_words[SAYS_EVIDENCE], list, &(struct err){0}), OK);
	snprintf(list + strlen(list), sizeof list - strlen(list), " " SHA);
	cr_expect_eq(life_check_word(&case_words[SAYS_EVIDENCE], list, &(struct err){0}),
		     REJ_FIELD);
}
