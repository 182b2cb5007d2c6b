/*
 * The life of an assessment, one version of the scores of a scenario: whoever scored it has another
 * person adopt it, and from then on it is the one in force until the next is adopted. None is
 * without its justification and the day on which it is looked at again (appendix, 8.1).
 */
#include "core/life/case.h"
#include "core/life/case_word.h"

enum state { NEW, DRAFT, ADOPTED, REJECTED, STATES };

static const char *const states[] = {
    [NEW] = "NEW",
    [DRAFT] = "DRAFT",
    [ADOPTED] = "ADOPTED",
    [REJECTED] = "REJECTED",
};
COVERS(states, STATES);

enum event { ASSESS, CHANGE, NOTE, ADOPT, REJECT, EVENTS };

static const char *const events[] = {
    [ASSESS] = "ASSESS", [CHANGE] = "CHANGE", [NOTE] = "NOTE",
    [ADOPT] = "ADOPT",   [REJECT] = "REJECT",
};
COVERS(events, EVENTS);

#define SCORES SAYS_THREAT, SAYS_IMPACT, SAYS_VULNERABILITY
#define NEEDS  SCORES, SAYS_ASSESSORS, SAYS_JUSTIFICATION, SAYS_REVIEW_ON
#define ABOUT                                                                                    \
	SAYS_TITLE, SAYS_TARGET_VULNERABILITY, SAYS_IMPACT_SAFETY, SAYS_IMPACT_SECURITY,         \
	    SAYS_IMPACT_FINANCE, SAYS_IMPACT_REPUTATION, SAYS_OUTLIER, SAYS_IMPACTS, SAYS_CITES, \
	    SAYS_EVIDENCE, SAYS_REF, SAYS_TEXT

static const struct life_deed deeds[] = {
    [ASSESS] = {"assessed", WORDS(SAYS_SCENARIO, NEEDS), WORDS(ABOUT), "raised_by"},
    [CHANGE] = {"changed", NO_WORDS, WORDS(NEEDS, ABOUT, SAYS_REASON), NULL},
    [NOTE] = CASE_NOTED,
    [ADOPT] = {"adopted", NO_WORDS, WORDS(SAYS_TEXT), "adopted_by"},
    [REJECT] = CASE_REJECTED,
};
COVERS(deeds, EVENTS);

#define AT MACHINE_AT

static const struct move moves[] = {
    {ASSESS, AT(NEW), DRAFT, 0, &case_keeps},
    /* By whoever keeps the register: who changed it does not adopt it. */
    CASE_STAYS(CHANGE, DRAFT, case_keeps),
    CASE_STAYS(NOTE, DRAFT, case_raises),
    CASE_STAYS(NOTE, ADOPTED, case_raises),
    CASE_STAYS(NOTE, REJECTED, case_raises),
    {ADOPT, AT(DRAFT), ADOPTED, 0, &case_adopts},
    {REJECT, AT(DRAFT), REJECTED, 0, &case_closes},
};
static const struct machine machine = MACHINE("assessment", AT(NEW), states, events, moves);
const struct life_kind life_assessment = CASE_LIFE(machine, deeds);
