/* The life of an entry of the register that has no course of its own: it is there, is changed, and
 * holds no longer. */
#include "core/life/case.h"
#include "core/life/case_word.h"

enum state { NEW, IN_FORCE, RETIRED, STATES };

static const char *const states[] = {[NEW] = "NEW", [IN_FORCE] = "IN_FORCE", [RETIRED] = "RETIRED"};
COVERS(states, STATES);

enum event { ENTER, CHANGE, NOTE, RETIRE, REINSTATE, EVENTS };

static const char *const events[] = {
    [ENTER] = "ENTER",   [CHANGE] = "CHANGE",       [NOTE] = "NOTE",
    [RETIRE] = "RETIRE", [REINSTATE] = "REINSTATE",
};
COVERS(events, EVENTS);

#define ABOUT                                                                                    \
	(SAYS(OWNER) | SAYS(SITE_ID) | SAYS(MEASURE_CODE) | SAYS(PROVIDER_ID) | SAYS(SCENARIO) | \
	 SAYS(CONTROL) | SAYS(METRIC) | SAYS(LEAD_AGENCY) | SAYS(REVIEW_ON) | SAYS(EVIDENCE) |   \
	 SAYS(REF) | SAYS(TEXT))

static const struct life_deed deeds[] = {
    [ENTER] = {"entered", SAYS(TITLE), ABOUT, "raised_by"},
    [CHANGE] = {"changed", 0, ABOUT | SAYS(TITLE) | SAYS(REASON), NULL},
    [NOTE] = CASE_NOTED,
    [RETIRE] = {"retired", SAYS(REASON), 0, NULL},
    [REINSTATE] = {"reinstated", SAYS(REASON), 0, NULL},
};
COVERS(deeds, EVENTS);

#define AT MACHINE_AT

static const struct move moves[] = {
    {ENTER, AT(NEW), IN_FORCE, 0, &case_works},
    {CHANGE, AT(IN_FORCE), IN_FORCE, 0, &case_works},
    {NOTE, AT(IN_FORCE), IN_FORCE, 0, &case_raises},
    {NOTE, AT(RETIRED), RETIRED, 0, &case_raises},
    {RETIRE, AT(IN_FORCE), RETIRED, 0, &case_closes},
    {REINSTATE, AT(RETIRED), IN_FORCE, 0, &case_closes},
};
static const struct machine machine = MACHINE("entry", AT(NEW), states, events, moves);
const struct life_kind life_entry = CASE_LIFE(machine, deeds);
