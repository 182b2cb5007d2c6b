/* The words of cases: one list for all kinds, so that a name means the same everywhere. */
#ifndef SEMS_CORE_LIFE_CASE_WORD_H
#define SEMS_CORE_LIFE_CASE_WORD_H

#include "core/life/step.h"

enum case_word {
	SAYS_TITLE,
	SAYS_SEVERITY,
	SAYS_LOCAL_SEVERITY,
	SAYS_ORIGIN,
	SAYS_RECORD,
	SAYS_FINDING_ID,
	SAYS_OF_SOURCE,
	SAYS_SITE_ID,
	SAYS_MEASURE_CODE,
	SAYS_PROVIDER_ID,
	SAYS_REQUIREMENT_REF,
	SAYS_DETECTED_ON,
	SAYS_REPEAT_OF,
	SAYS_OWNER,
	SAYS_ROOT_CAUSE,
	SAYS_TYPE,
	SAYS_FINDING,
	SAYS_SCENARIO,
	SAYS_CONTROL,
	SAYS_ORIGINAL_DUE,
	SAYS_DUE,
	SAYS_BY_GROUP,
	SAYS_LEVEL,
	SAYS_REACH,
	SAYS_PRIORITY,
	SAYS_LEAD_AGENCY,
	SAYS_RESOURCES,
	SAYS_TIMETABLE,
	SAYS_REVIEW_ON,
	SAYS_EVIDENCE,
	SAYS_METRIC,
	SAYS_REF,
	/* Of scenarios. */
	SAYS_DOMAIN,
	SAYS_LEADS,
	SAYS_SUPPORT,
	SAYS_PERPETRATORS,
	SAYS_HOW,
	SAYS_PRECEDENT,
	SAYS_INTENT,
	SAYS_CAPABILITY,
	SAYS_ASSETS,
	SAYS_CONTROLS,
	SAYS_CAUSES,
	SAYS_CONTROL_REVIEW,
	/* Of assessments. */
	SAYS_THREAT,
	SAYS_IMPACT,
	SAYS_VULNERABILITY,
	SAYS_TARGET_VULNERABILITY,
	SAYS_IMPACT_SAFETY,
	SAYS_IMPACT_SECURITY,
	SAYS_IMPACT_FINANCE,
	SAYS_IMPACT_REPUTATION,
	SAYS_OUTLIER,
	SAYS_IMPACTS,
	SAYS_ASSESSORS,
	SAYS_JUSTIFICATION,
	SAYS_CITES,
	/* Of acceptances. */
	SAYS_BAND,
	SAYS_EXPIRES_ON,
	SAYS_DIGEST,
	/* Of controls. */
	SAYS_SIDE,
	SAYS_EFFECT,
	SAYS_METRICS,
	SAYS_EXEMPT_UNTIL,
	/* Of assets. */
	SAYS_ASSET_CLASS,
	SAYS_STRENGTHS,
	SAYS_WEAKNESSES,
	SAYS_OPPORTUNITIES,
	SAYS_PREDICTABILITY,
	SAYS_TARGET_RATING,
	SAYS_STAKEHOLDERS,
	SAYS_IMPROVEMENT,
	/* Of process maps, and of what bears on several scenarios. */
	SAYS_JOURNEY,
	SAYS_STEPS,
	SAYS_SCENARIOS,
	/* Of the framework. */
	SAYS_CHAPTER,
	SAYS_PHASE,
	SAYS_PHASE_ON,
	SAYS_CONTRACT,
	SAYS_AUDITED_ON,
	SAYS_SECURITY_IMPACT,
	SAYS_CHANGES_ON,
	SAYS_THREAT_REACH,
	SAYS_RECEIVED_ON,
	SAYS_BODY,
	SAYS_DECIDED_ON,
	SAYS_FLAG,
	SAYS_REASON,
	SAYS_TEXT,
	CASE_WORDS
};

extern const struct life_word case_words[CASE_WORDS];

/* Whose work a step must not be, where it is asked: the owner's, that of who claims it is done, of
 * who brought it up, or of anybody who changed it. */
enum case_other { CASE_OWNER, CASE_CLAIMED_BY, CASE_RAISED_BY, CASE_CHANGED_BY, CASE_OTHERS };
extern const char *const case_others[CASE_OTHERS];
#define OTHER_THAN(name) (UINT32_C(1) << CASE_##name)

/* Terms that lives of cases share: who may bring up and note, work on, verify (neither the owner
 * nor whoever says that it is done), open again, close or turn down. */
extern const struct life_terms case_raises, case_works, case_verifies, case_reopens, case_closes,
    case_rejects, case_keeps, case_exempts, case_adopts, case_accepts, case_accepts_not;

/* Deeds that they share. */
#define CASE_NOTED                                                       \
	{                                                                \
		"noted on", WORDS(SAYS_TEXT), WORDS(SAYS_EVIDENCE), NULL \
	}
#define CASE_VERIFIED                                                             \
	{                                                                         \
		"verified", WORDS(SAYS_TEXT), WORDS(SAYS_EVIDENCE), "verified_by" \
	}
#define CASE_CLOSED                                        \
	{                                                  \
		"closed", NO_WORDS, WORDS(SAYS_TEXT), NULL \
	}
#define CASE_REOPENED                                                      \
	{                                                                  \
		"reopened", WORDS(SAYS_REASON), WORDS(SAYS_EVIDENCE), NULL \
	}
#define CASE_REJECTED                                          \
	{                                                      \
		"rejected", WORDS(SAYS_REASON), NO_WORDS, NULL \
	}

/* What leaves a case in its state. */
#define CASE_STAYS(event, state, terms)                      \
	{                                                    \
		event, MACHINE_AT(state), state, 0, &(terms) \
	}

/* A life of cases. */
#define CASE_LIFE(of_machine, of_deeds)                                                \
	{                                                                              \
		.machine = &(of_machine), .deeds = (of_deeds), .words = case_words,    \
		.n_words = CASE_WORDS, .others = case_others, .n_others = CASE_OTHERS, \
		.nobody = "nobody asks for it", .field = "event"                       \
	}

#endif
