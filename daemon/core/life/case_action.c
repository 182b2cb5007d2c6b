/* The life of an action, corrective, preventive or compensatory: who says that it is done is not
 * who says that it helped, and the day that was agreed first is never agreed again. */
#include "core/life/case.h"
#include "core/life/case_word.h"

enum state {
	NEW,
	OPEN,
	PLANNED,
	IN_PROGRESS,
	DONE_CLAIMED,
	VERIFIED_EFFECTIVE,
	CLOSED,
	REOPENED,
	REJECTED,
	STATES
};

static const char *const states[] = {
    [NEW] = "NEW",
    [OPEN] = "OPEN",
    [PLANNED] = "PLANNED",
    [IN_PROGRESS] = "IN_PROGRESS",
    [DONE_CLAIMED] = "DONE_CLAIMED",
    [VERIFIED_EFFECTIVE] = "VERIFIED_EFFECTIVE",
    [CLOSED] = "CLOSED",
    [REOPENED] = "REOPENED",
    [REJECTED] = "REJECTED",
};
COVERS(states, STATES);

enum event { ADD, CHANGE, NOTE, PLAN, START, EXTEND, CLAIM, VERIFY, CLOSE, REOPEN, REJECT, EVENTS };

static const char *const events[] = {
    [ADD] = "ADD",     [CHANGE] = "CHANGE", [NOTE] = "NOTE",     [PLAN] = "PLAN",
    [START] = "START", [EXTEND] = "EXTEND", [CLAIM] = "CLAIM",   [VERIFY] = "VERIFY",
    [CLOSE] = "CLOSE", [REOPEN] = "REOPEN", [REJECT] = "REJECT",
};
COVERS(events, EVENTS);

#define ABOUT                                                                                \
	SAYS_FINDING, SAYS_SCENARIO, SAYS_CONTROL, SAYS_SITE_ID, SAYS_MEASURE_CODE,          \
	    SAYS_PROVIDER_ID, SAYS_ROOT_CAUSE, SAYS_BY_GROUP, SAYS_LEVEL, SAYS_REACH,        \
	    SAYS_PRIORITY, SAYS_LEAD_AGENCY, SAYS_RESOURCES, SAYS_TIMETABLE, SAYS_REVIEW_ON, \
	    SAYS_METRIC, SAYS_REF, SAYS_TEXT

static const struct life_deed deeds[] = {
    [ADD] = {"added", WORDS(SAYS_TITLE, SAYS_TYPE, SAYS_OWNER, SAYS_ORIGINAL_DUE), WORDS(ABOUT),
	     "raised_by"},
    [CHANGE] = {"changed", NO_WORDS, WORDS(ABOUT, SAYS_TITLE, SAYS_TYPE, SAYS_OWNER, SAYS_REASON),
		NULL},
    [NOTE] = CASE_NOTED,
    [PLAN] = {"planned", NO_WORDS, WORDS(SAYS_TIMETABLE, SAYS_RESOURCES, SAYS_REVIEW_ON, SAYS_TEXT),
	      NULL},
    [START] = {"started", NO_WORDS, WORDS(SAYS_TEXT), NULL},
    [EXTEND] = {"extended", WORDS(SAYS_DUE, SAYS_REASON), NO_WORDS, NULL},
    [CLAIM] = {"claimed to be done", WORDS(SAYS_TEXT), WORDS(SAYS_EVIDENCE), "claimed_by"},
    [VERIFY] = CASE_VERIFIED,
    [CLOSE] = CASE_CLOSED,
    [REOPEN] = CASE_REOPENED,
    [REJECT] = CASE_REJECTED,
};
COVERS(deeds, EVENTS);

#define AT    MACHINE_AT
#define TO_DO (AT(OPEN) | AT(PLANNED) | AT(IN_PROGRESS) | AT(REOPENED))

static const struct move moves[] = {
    {ADD, AT(NEW), OPEN, 0, &case_raises},

    CASE_STAYS(CHANGE, OPEN, case_works),
    CASE_STAYS(CHANGE, PLANNED, case_works),
    CASE_STAYS(CHANGE, IN_PROGRESS, case_works),
    CASE_STAYS(CHANGE, REOPENED, case_works),

    CASE_STAYS(NOTE, OPEN, case_raises),
    CASE_STAYS(NOTE, PLANNED, case_raises),
    CASE_STAYS(NOTE, IN_PROGRESS, case_raises),
    CASE_STAYS(NOTE, DONE_CLAIMED, case_raises),
    CASE_STAYS(NOTE, VERIFIED_EFFECTIVE, case_raises),
    CASE_STAYS(NOTE, CLOSED, case_raises),
    CASE_STAYS(NOTE, REOPENED, case_raises),
    CASE_STAYS(NOTE, REJECTED, case_raises),

    CASE_STAYS(EXTEND, OPEN, case_works),
    CASE_STAYS(EXTEND, PLANNED, case_works),
    CASE_STAYS(EXTEND, IN_PROGRESS, case_works),
    CASE_STAYS(EXTEND, REOPENED, case_works),

    {PLAN, AT(OPEN) | AT(REOPENED), PLANNED, 0, &case_works},
    {START, AT(OPEN) | AT(PLANNED) | AT(REOPENED), IN_PROGRESS, 0, &case_works},
    {CLAIM, TO_DO, DONE_CLAIMED, 0, &case_works},
    {VERIFY, AT(DONE_CLAIMED), VERIFIED_EFFECTIVE, 0, &case_verifies},
    {CLOSE, AT(VERIFIED_EFFECTIVE), CLOSED, 0, &case_closes},
    {REOPEN, AT(DONE_CLAIMED) | AT(VERIFIED_EFFECTIVE) | AT(CLOSED) | AT(REJECTED), REOPENED, 0,
     &case_reopens},
    {REJECT, TO_DO, REJECTED, 0, &case_rejects},
};
static const struct machine machine = MACHINE("action", AT(NEW), states, events, moves);
const struct life_kind life_action = CASE_LIFE(machine, deeds);
