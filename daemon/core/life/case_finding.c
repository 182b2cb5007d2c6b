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

#define ABOUT                                                                               \
	(SAYS(SEVERITY) | SAYS(LOCAL_SEVERITY) | SAYS(RECORD) | SAYS(SITE_ID) |             \
	 SAYS(MEASURE_CODE) | SAYS(PROVIDER_ID) | SAYS(REQUIREMENT_REF) | SAYS(REPEAT_OF) | \
	 SAYS(OWNER) | SAYS(ROOT_CAUSE) | SAYS(SCENARIO) | SAYS(CONTROL) | SAYS(METRIC) |   \
	 SAYS(REF) | SAYS(TEXT))

static const struct life_deed deeds[] = {
    [RAISE] = {"raised", SAYS(TITLE) | SAYS(ORIGIN),
	       ABOUT | SAYS(FINDING_ID) | SAYS(OF_SOURCE) | SAYS(DETECTED_ON), "raised_by"},
    [CHANGE] = {"changed", 0, ABOUT | SAYS(TITLE) | SAYS(REASON), NULL},
    [NOTE] = CASE_NOTED,
    [CORRECT] = {"said to be corrected", SAYS(TEXT), SAYS(EVIDENCE), "claimed_by"},
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
