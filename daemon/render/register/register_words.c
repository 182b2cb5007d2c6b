#include "render/register/register_words.h"

#include "base/count.h"

#include <string.h>

static const struct {
	const char *field;
	const char *code;
	const char *words;
} words[] = {
    {"domain", "AVIATION", "aviation"},
    {"domain", "PORT", "port"},
    {"domain", "SHIP", "ship"},
    {"criterion", "OWNS_ASSETS", "owns the assets"},
    {"criterion", "SETS_POLICY", "sets the policy"},
    {"criterion", "RESPONSIBLE", "is responsible, or has the major role"},
    {"criterion", "SEVERAL", "leads by several of the criteria"},
    {"part", "PREVENTIVE", "prevention"},
    {"part", "CONTINGENCY", "contingency"},
    {"part", "BOTH", "prevention and contingency"},
    {"class", "PEOPLE", "people"},
    {"class", "OBJECTS", "objects"},
    {"class", "INFRASTRUCTURE", "infrastructure"},
    {"class", "EQUIPMENT", "equipment"},
    {"question", "WHO", "Who would do it"},
    {"question", "WHERE", "Where, and aimed at what"},
    {"question", "HOW", "How it would be done"},
    {"question", "STOPS", "What deters, delays, detects or deals with it"},
    {"question", "FAILS", "What can go wrong"},
    {"concern", "BREACH", "breach of security"},
    {"concern", "RESOURCES", "inadequate resources"},
    {"concern", "COVERAGE", "gaps in coverage"},
    {"concern", "TRAINING", "insufficient training"},
    {"concern", "OTHER", "something else"},
    {"kind", "LOSS_OF_LIFE", "Loss of life"},
    {"kind", "INJURY", "Injury"},
    {"kind", "LOSS_OF_OBJECT", "Loss of an object"},
    {"kind", "INFRASTRUCTURE", "Infrastructure"},
    {"kind", "EQUIPMENT", "Use of equipment"},
    {"kind", "SERVICES", "Services"},
    {"kind", "FINANCE", "Finance"},
    {"kind", "REPUTATION", "Reputation"},
    {"kind", "PUBLICITY", "Publicity to who did it"},
    {"side", "PREVENTION", "prevention"},
    {"side", "RECOVERY", "recovery"},
    {"effect", "LIKELIHOOD", "the likelihood"},
    {"effect", "IMPACT", "the impact"},
    {"effect", "BOTH", "likelihood and impact"},
    {"rule", "NOT_MET", "a figure that is not met"},
    {"rule", "NOT_PROVEN", "a figure that is not met or not proven"},
    {"standing", "HOLDS", "holds"},
    {"standing", "VOID", "void"},
    {"standing", "EXPIRED", "expired"},
    {"standing", "REVOKED", "revoked"},
    {"standing", "PROPOSED", "proposed"},
    {"why", "CALENDAR", "the day of its review has come"},
    {"why", "CHANGE", "a change"},
    {"why", "INCIDENT", "an incident"},
    {"why", "THREAT_INFORMATION", "threat information"},
    {"why", "METRIC", "a figure"},
    {"why", "NOT_ASSESSED", "it is not assessed"},
    {"of", "ARTICLE", "the journey of an article"},
    {"of", "PERSON", "the journey of a person"},
    {"reach", "NATIONAL", "national"},
    {"reach", "LOCAL", "local"},
    {"phase", "1", "phase 1"},
    {"phase", "2", "phase 2"},
    {"phase", "2B", "phase 2B"},
};

const char *
register_word(const char *field, const char *code)
{
	for (size_t i = 0; i < COUNT(words); i++)
		if (strcmp(words[i].code, code) == 0 && strcmp(words[i].field, field) == 0)
			return words[i].words;
	return code;
}

const char *
register_code(const char *field, size_t i)
{
	for (size_t k = 0; k < COUNT(words); k++)
		if (strcmp(words[k].field, field) == 0 && i-- == 0)
			return words[k].code;
	return NULL;
}

/* Each shape is another outline, so that none needs its colour. */
const struct control_look control_looks[] = {
    [CONTROL_FAILING] = {"FAILING", "failing", "✖", "a figure that watches it fails by its rule",
			 "failing", "M1 3L3 1L7 5L11 1L13 3L9 7L13 11L11 13L7 9L3 13L1 11L5 7Z",
			 TONE_BAD},
    [CONTROL_NONE] = {"", "no control", "□", "the scenario has no control in force", "none",
		      "M1 1H13V13H1ZM3 3V11H11V3Z", TONE_BAD},
    [CONTROL_SILENT] = {"SILENT", "silent", "▬", "nothing is heard of a figure that watches it",
			"silent", "M1 5H13V9H1Z", TONE_UNSURE},
    [CONTROL_UNCOVERED] = {"UNCOVERED", "uncovered", "○", "no metric watches it", "uncovered",
			   "M7 0A7 7 0 1 0 7 14A7 7 0 1 0 7 0ZM7 2A5 5 0 1 1 7 12A5 5 0 1 1 7 2Z",
			   TONE_UNSURE},
    [CONTROL_NOT_PROVEN] = {"NOT_PROVEN", "not proven", "◇",
			    "a figure that watches it is too uncertain to tell", "unproven",
			    "M7 0L14 7L7 14L0 7ZM7 3L3 7L7 11Z", TONE_UNSURE},
    [CONTROL_EXEMPT] = {"EXEMPT", "exempt", "=", "somebody exempted it, with a reason", "exempt",
			"M1 2H13V4.5H1ZM1 9.5H13V12H1Z", TONE_MUTED},
    [CONTROL_PROVEN] = {"PROVEN", "proven", "✔", "the figures that watch it show that it works",
			"proven", "M1 7L3 5L6 8L11 2L13 4L6 12Z", TONE_GOOD},
};
COVERS(control_looks, CONTROL_STATES);

enum control_state
control_state(const char *code)
{
	for (size_t i = 0; i < CONTROL_STATES; i++)
		if (code[0] != '\0' && strcmp(control_looks[i].code, code) == 0)
			return (enum control_state)i;
	return CONTROL_NOT_PROVEN;
}

const char *
control_words(struct book *b, enum control_state s)
{
	return book_text(b, "%s %s", control_looks[s].sign, control_looks[s].words);
}

void
control_shape(struct buf *out, enum control_state s, double x, double y)
{
	buf_addf(out,
		 "<path class=\"st %s\" transform=\"translate(%.1f %.1f)\" fill-rule=\"evenodd\" "
		 "d=\"%s\"/>",
		 control_looks[s].class, x, y, control_looks[s].path);
}
