/* The life of a control: watched by metrics, or exempt from that for a reason, until a day, by
 * somebody. */
#include "core/life/case.h"
#include "core/life/case_word.h"

enum state { NEW, IN_FORCE, EXEMPT, RETIRED, STATES };

static const char *const states[] = {
    [NEW] = "NEW",
    [IN_FORCE] = "IN_FORCE",
    [EXEMPT] = "EXEMPT",
    [RETIRED] = "RETIRED",
};
COVERS(states, STATES);

enum event { ENTER, CHANGE, NOTE, GIVE_EXEMPTION, END_EXEMPTION, RETIRE, REINSTATE, EVENTS };

static const char *const events[] = {
    [ENTER] = "ENTER",           [CHANGE] = "CHANGE",       [NOTE] = "NOTE",
    [GIVE_EXEMPTION] = "EXEMPT", [END_EXEMPTION] = "WATCH", [RETIRE] = "RETIRE",
    [REINSTATE] = "REINSTATE",
};
COVERS(events, EVENTS);

#define ABOUT                                                                                     \
	SAYS_OWNER, SAYS_SITE_ID, SAYS_MEASURE_CODE, SAYS_PROVIDER_ID, SAYS_EFFECT, SAYS_METRICS, \
	    SAYS_REVIEW_ON, SAYS_EVIDENCE, SAYS_REF, SAYS_TEXT

static const struct life_deed deeds[] = {
    [ENTER] = {"entered", WORDS(SAYS_TITLE, SAYS_SIDE), WORDS(ABOUT), "raised_by"},
    [CHANGE] = {"changed", NO_WORDS, WORDS(ABOUT, SAYS_TITLE, SAYS_SIDE, SAYS_REASON), NULL},
    [NOTE] = CASE_NOTED,
    [GIVE_EXEMPTION] = {"exempted", WORDS(SAYS_EXEMPT_UNTIL, SAYS_REASON), NO_WORDS, "exempted_by"},
    [END_EXEMPTION] = {"watched again", WORDS(SAYS_REASON), NO_WORDS, NULL},
    [RETIRE] = {"retired", WORDS(SAYS_REASON), NO_WORDS, NULL},
    [REINSTATE] = {"reinstated", WORDS(SAYS_REASON), NO_WORDS, NULL},
};
COVERS(deeds, EVENTS);

#define AT MACHINE_AT

static const struct move moves[] = {
    {ENTER, AT(NEW), IN_FORCE, 0, &case_keeps},
    CASE_STAYS(CHANGE, IN_FORCE, case_keeps),
    CASE_STAYS(CHANGE, EXEMPT, case_keeps),
    CASE_STAYS(NOTE, IN_FORCE, case_raises),
    CASE_STAYS(NOTE, EXEMPT, case_raises),
    CASE_STAYS(NOTE, RETIRED, case_raises),
    {GIVE_EXEMPTION, AT(IN_FORCE) | AT(EXEMPT), EXEMPT, 0, &case_exempts},
    {END_EXEMPTION, AT(EXEMPT), IN_FORCE, 0, &case_keeps},
    {RETIRE, AT(IN_FORCE) | AT(EXEMPT), RETIRED, 0, &case_closes},
    {REINSTATE, AT(RETIRED), IN_FORCE, 0, &case_closes},
};
static const struct machine machine = MACHINE("control", AT(NEW), states, events, moves);
const struct life_kind life_control = CASE_LIFE(machine, deeds);
