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
	SAYS_REASON,
	SAYS_TEXT,
	CASE_WORDS
};

#define SAYS(name) (UINT64_C(1) << SAYS_##name)

extern const struct life_word case_words[CASE_WORDS];

/* Whose work a step must not be, where it is asked: the owner's, that of who claims it is done, or
 * of who brought it up. */
enum case_other { CASE_OWNER, CASE_CLAIMED_BY, CASE_RAISED_BY, CASE_OTHERS };
extern const char *const case_others[CASE_OTHERS];
#define OTHER_THAN(name) (UINT32_C(1) << CASE_##name)

/* Terms that lives of cases share: who may bring up and note, work on, verify (neither the owner
 * nor whoever says that it is done), open again, close or turn down. */
extern const struct life_terms case_raises, case_works, case_verifies, case_reopens, case_closes,
    case_rejects;

/* Deeds that they share. */
#define CASE_NOTED                                           \
	{                                                    \
		"noted on", SAYS(TEXT), SAYS(EVIDENCE), NULL \
	}
#define CASE_VERIFIED                                                 \
	{                                                             \
		"verified", SAYS(TEXT), SAYS(EVIDENCE), "verified_by" \
	}
#define CASE_CLOSED                           \
	{                                     \
		"closed", 0, SAYS(TEXT), NULL \
	}
#define CASE_REOPENED                                          \
	{                                                      \
		"reopened", SAYS(REASON), SAYS(EVIDENCE), NULL \
	}
#define CASE_REJECTED                             \
	{                                         \
		"rejected", SAYS(REASON), 0, NULL \
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
