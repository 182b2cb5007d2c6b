/*
 * The life of what has no course of its own, in the register of risks and in the framework: it is
 * there, is changed, and holds no longer. Each kind has its words.
 */
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

#define AT MACHINE_AT

static const struct move moves[] = {
    {ENTER, AT(NEW), IN_FORCE, 0, &case_keeps},
    {CHANGE, AT(IN_FORCE), IN_FORCE, 0, &case_keeps},
    {NOTE, AT(IN_FORCE), IN_FORCE, 0, &case_raises},
    {NOTE, AT(RETIRED), RETIRED, 0, &case_raises},
    {RETIRE, AT(IN_FORCE), RETIRED, 0, &case_closes},
    {REINSTATE, AT(RETIRED), IN_FORCE, 0, &case_closes},
};

/* What all may say. */
#define ANY SAYS_OWNER, SAYS_REVIEW_ON, SAYS_EVIDENCE, SAYS_REF, SAYS_TEXT

/* What each needs to be entered, and what else there is to say of it. */
#define SCENARIO_NEEDS SAYS_TITLE
#define SCENARIO_ABOUT                                                                             \
	ANY, SAYS_SITE_ID, SAYS_DOMAIN, SAYS_LEADS, SAYS_SUPPORT, SAYS_PERPETRATORS, SAYS_HOW,     \
	    SAYS_PRECEDENT, SAYS_INTENT, SAYS_CAPABILITY, SAYS_ASSETS, SAYS_CONTROLS, SAYS_CAUSES, \
	    SAYS_CONTROL_REVIEW
#define ASSET_NEEDS SAYS_TITLE, SAYS_ASSET_CLASS
#define ASSET_ABOUT                                                             \
	ANY, SAYS_SITE_ID, SAYS_STRENGTHS, SAYS_WEAKNESSES, SAYS_OPPORTUNITIES, \
	    SAYS_PREDICTABILITY, SAYS_TARGET_RATING, SAYS_STAKEHOLDERS, SAYS_IMPROVEMENT
#define PROCESS_MAP_NEEDS SAYS_TITLE, SAYS_JOURNEY, SAYS_STEPS
#define PROCESS_MAP_ABOUT ANY, SAYS_SITE_ID, SAYS_SCENARIOS
#define SUPPLIER_NEEDS    SAYS_TITLE
#define SUPPLIER_ABOUT    ANY, SAYS_PROVIDER_ID, SAYS_MEASURE_CODE, SAYS_CONTRACT, SAYS_AUDITED_ON
/* No change without what it does to security. */
#define CHANGE_NEEDS             SAYS_TITLE, SAYS_SECURITY_IMPACT
#define CHANGE_ABOUT             ANY, SAYS_SITE_ID, SAYS_CHANGES_ON, SAYS_SCENARIOS, SAYS_CONTROL
#define THREAT_INFORMATION_NEEDS SAYS_TITLE, SAYS_THREAT_REACH, SAYS_RECEIVED_ON
#define THREAT_INFORMATION_ABOUT ANY, SAYS_SITE_ID, SAYS_SCENARIOS
#define DECISION_NEEDS           SAYS_TITLE, SAYS_TEXT
#define DECISION_ABOUT                                                                   \
	SAYS_OWNER, SAYS_REVIEW_ON, SAYS_EVIDENCE, SAYS_REF, SAYS_BODY, SAYS_DECIDED_ON, \
	    SAYS_SCENARIO, SAYS_FLAG
#define CHAPTER_NEEDS SAYS_TITLE, SAYS_CHAPTER
#define CHAPTER_ABOUT ANY, SAYS_PHASE, SAYS_PHASE_ON
#define GAP_NEEDS     SAYS_TITLE, SAYS_CHAPTER
#define GAP_ABOUT     ANY, SAYS_PHASE, SAYS_PHASE_ON, SAYS_RESOURCES, SAYS_TIMETABLE

#define ENTRY(kind, called, KIND)                                                            \
	static const struct life_deed kind##_deeds[] = {                                     \
	    [ENTER] = {"entered", WORDS(KIND##_NEEDS), WORDS(KIND##_ABOUT), "raised_by"},    \
	    [CHANGE] = {"changed", NO_WORDS, WORDS(KIND##_NEEDS, KIND##_ABOUT, SAYS_REASON), \
			NULL},                                                               \
	    [NOTE] = CASE_NOTED,                                                             \
	    [RETIRE] = {"retired", WORDS(SAYS_REASON), NO_WORDS, NULL},                      \
	    [REINSTATE] = {"reinstated", WORDS(SAYS_REASON), NO_WORDS, NULL},                \
	};                                                                                   \
	COVERS(kind##_deeds, EVENTS);                                                        \
	static const struct machine kind##_machine =                                         \
	    MACHINE(called, AT(NEW), states, events, moves);                                 \
	const struct life_kind life_##kind = CASE_LIFE(kind##_machine, kind##_deeds)

ENTRY(scenario, "scenario", SCENARIO);
ENTRY(asset, "asset", ASSET);
ENTRY(process_map, "process_map", PROCESS_MAP);
ENTRY(supplier, "supplier", SUPPLIER);
ENTRY(change, "change", CHANGE);
ENTRY(threat_information, "threat_information", THREAT_INFORMATION);
ENTRY(decision, "decision", DECISION);
ENTRY(chapter, "chapter", CHAPTER);
ENTRY(gap, "gap", GAP);
