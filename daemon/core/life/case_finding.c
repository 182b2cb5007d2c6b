/* The life of a finding: found once, wherever it was found, corrected, and looked at again by
 * somebody else. */
#include "core/life/case.h"
#include "core/life/case_word.h"

enum state { NEW, OPEN, CORRECTED, VERIFIED, CLOSED, REJECTED, STATES };

static const char *const states[] = {
    [NEW] = "NEW",           [OPEN] = "OPEN",     [CORRECTED] = "CORRECTED",
    [VERIFIED] = "VERIFIED", [CLOSED] = "CLOSED", [REJECTED] = "REJECTED",
};
COVERS(states, STATES);

enum event { RAISE, CHANGE, NOTE, CORRECT, VERIFY, CLOSE, REOPEN, REJECT, EVENTS };

static const char *const events[] = {
    [RAISE] = "RAISE",   [CHANGE] = "CHANGE", [NOTE] = "NOTE",     [CORRECT] = "CORRECT",
    [VERIFY] = "VERIFY", [CLOSE] = "CLOSE",   [REOPEN] = "REOPEN", [REJECT] = "REJECT",
};
COVERS(events, EVENTS);

#define ABOUT                                                                                    \
	SAYS_SEVERITY, SAYS_LOCAL_SEVERITY, SAYS_RECORD, SAYS_SITE_ID, SAYS_MEASURE_CODE,        \
	    SAYS_PROVIDER_ID, SAYS_REQUIREMENT_REF, SAYS_REPEAT_OF, SAYS_OWNER, SAYS_ROOT_CAUSE, \
	    SAYS_SCENARIO, SAYS_CONTROL, SAYS_METRIC, SAYS_REF, SAYS_TEXT

static const struct life_deed deeds[] = {
    [RAISE] = {"raised", WORDS(SAYS_TITLE, SAYS_ORIGIN),
	       WORDS(ABOUT, SAYS_FINDING_ID, SAYS_OF_SOURCE, SAYS_DETECTED_ON), "raised_by"},
    [CHANGE] = {"changed", NO_WORDS, WORDS(ABOUT, SAYS_TITLE, SAYS_REASON), NULL},
    [NOTE] = CASE_NOTED,
    [CORRECT] = {"said to be corrected", WORDS(SAYS_TEXT), WORDS(SAYS_EVIDENCE), "claimed_by"},
    [VERIFY] = CASE_VERIFIED,
    [CLOSE] = CASE_CLOSED,
    [REOPEN] = CASE_REOPENED,
    [REJECT] = CASE_REJECTED,
};
COVERS(deeds, EVENTS);

#define AT MACHINE_AT

static const struct move moves[] = {
    {RAISE, AT(NEW), OPEN, 0, &case_raises},

    CASE_STAYS(CHANGE, OPEN, case_works),
    CASE_STAYS(CHANGE, CORRECTED, case_works),

    CASE_STAYS(NOTE, OPEN, case_raises),
    CASE_STAYS(NOTE, CORRECTED, case_raises),
    CASE_STAYS(NOTE, VERIFIED, case_raises),
    CASE_STAYS(NOTE, CLOSED, case_raises),
    CASE_STAYS(NOTE, REJECTED, case_raises),

    {CORRECT, AT(OPEN), CORRECTED, 0, &case_works},
    {VERIFY, AT(CORRECTED), VERIFIED, 0, &case_verifies},
    {CLOSE, AT(VERIFIED), CLOSED, 0, &case_closes},
    {REOPEN, AT(CORRECTED) | AT(VERIFIED) | AT(CLOSED) | AT(REJECTED), OPEN, 0, &case_reopens},
    {REJECT, AT(OPEN), REJECTED, 0, &case_rejects},
};
static const struct machine machine = MACHINE("finding", AT(NEW), states, events, moves);
const struct life_kind life_finding = CASE_LIFE(machine, deeds);
