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
    {SAYS_THREAT, "1", OK},
    {SAYS_THREAT, "4", OK},
    {SAYS_THREAT, "0", REJ_FIELD},
    {SAYS_THREAT, "5", REJ_FIELD},
    {SAYS_THREAT, "3.5", REJ_FIELD},
    {SAYS_THREAT, "03", REJ_FIELD},
    {SAYS_CONTROLS, "C-2026-001", OK},
    {SAYS_CONTROLS, "C-2026-001 C-2026-002", OK},
    {SAYS_CONTROLS, "C-2026-001  C-2026-002", REJ_FIELD},
    {SAYS_CONTROLS, "C-2026-001 ", REJ_FIELD},
    {SAYS_CONTROLS, "C-2026-001,C-2026-002", REJ_FIELD},
    {SAYS_METRICS, "OUT01 QN11:NOT_PROVEN DQ02:NOT_MET", OK},
    {SAYS_METRICS, "OUT01:MET", REJ_FIELD},
    {SAYS_METRICS, "out01", REJ_FIELD},
    {SAYS_METRICS, "OUT", REJ_FIELD},
    {SAYS_CITES, "OUT01@2026-Q3/1 QN01@2026-Q4/12", OK},
    {SAYS_CITES, "OUT01@2026-Q5/1", REJ_FIELD},
    {SAYS_CITES, "OUT01@2026-Q3", REJ_FIELD},
    {SAYS_CITES, "OUT01", REJ_FIELD},
    {SAYS_DIGEST, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", OK},
    {SAYS_DIGEST, "aaaa", REJ_FIELD},
    {SAYS_LEADS, "Airport | OWNS_ASSETS | BOTH\nPolice|RESPONSIBLE|CONTINGENCY", OK},
    {SAYS_LEADS, "Airport", OK},
    {SAYS_LEADS, "Airport | | BOTH", OK},
    {SAYS_LEADS, "Airport | OWNS", REJ_FIELD},
    {SAYS_LEADS, " | OWNS_ASSETS", REJ_FIELD},
    {SAYS_LEADS, "Airport | OWNS_ASSETS | BOTH | more", REJ_FIELD},
    {SAYS_LEADS, "Airport\n", REJ_FIELD},
    {SAYS_CAUSES, "WHO | a passenger", OK},
    {SAYS_CAUSES, "WHY | because", REJ_FIELD},
    {SAYS_CHAPTER, "10", OK},
    {SAYS_CHAPTER, "11", REJ_FIELD},
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
	static char text[LIFE_TABLE_MAX + 2];

	memset(text, 'a', LIFE_TABLE_MAX + 1);
	for (unsigned i = 0; i < CASE_WORDS; i++) {
		struct err e = {0};

		cr_expect_eq(life_check_word(&case_words[i], text, &e), REJ_FIELD, "%s",
			     case_words[i].name);
		cr_expect_str_eq(e.where, case_words[i].name);
	}
	text[LIFE_TEXT_MAX] = '\0';
	cr_expect_eq(life_check_word(&case_words[SAYS_TEXT], text, &(struct err){0}), OK);
}

/* One more, with this between. */
static void
append(char *out, size_t size, const char *between, const char *item)
{
	size_t n = strlen(out);

	snprintf(out + n, size - n, "%s%s", n == 0 ? "" : between, item);
}

/* P-1345: 40 lines, and not one more. */
Test(case_word, takes_forty_lines_of_a_table)
{
	char table[2000] = "";

	for (int i = 0; i < 40; i++)
		append(table, sizeof table, "\n", "WHO | x");
	cr_expect_eq(life_check_word(&case_words[SAYS_CAUSES], table, &(struct err){0}), OK);
	append(table, sizeof table, "\n", "WHO | x");
	cr_expect_eq(life_check_word(&case_words[SAYS_CAUSES], table, &(struct err){0}), REJ_FIELD);
}

/* P-1345: 20 items, and not one more. */
Test(case_word, takes_twenty_numbers_of_cases)
{
	char list[400] = "";

	for (int i = 0; i < 20; i++)
		append(list, sizeof list, " ", "C-2026-001");
	cr_expect_eq(life_check_word(&case_words[SAYS_CONTROLS], list, &(struct err){0}), OK);
	append(list, sizeof list, " ", "C-2026-001");
	cr_expect_eq(life_check_word(&case_words[SAYS_CONTROLS], list, &(struct err){0}),
		     REJ_FIELD);
}

/* P-1345: what is refused names the columns and what may be in them. */
Test(case_word, tells_the_columns_of_a_table)
{
	struct err e = {0};

	cr_expect_eq(life_check_word(&case_words[SAYS_LEADS], "x | y", &e), REJ_FIELD);
	cr_expect_str_eq(e.text,
			 "is no table of at most 40 lines, each of organisation | criterion "
			 "(OWNS_ASSETS, SETS_POLICY, RESPONSIBLE, SEVERAL) | part "
			 "(PREVENTIVE, CONTINGENCY, BOTH)");
	for (unsigned i = 0; i < CASE_WORDS; i++) {
		if (case_words[i].type != WORD_TABLE)
			continue;
		cr_expect_eq(life_check_word(&case_words[i], "||||", &e), REJ_FIELD);
		cr_expect_lt(strlen(e.text), sizeof e.text - 1, "cut: %s", e.text);
	}
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
