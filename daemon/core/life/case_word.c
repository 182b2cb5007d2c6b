#include "core/life/case_word.h"

/* As kinds of records name them (core/kind/enums.c), which knows nothing of lives. */
static const char *const severities[] = {"CRITICAL", "SERIOUS", "MINOR", "OBSERVATION_ONLY"};
static const char *const origins[] = {"AUDIT",   "INSPECTION", "OBSERVATION", "TEST",
				      "TIP",     "INCIDENT",   "REPORT",      "REVIEW",
				      "DATA_QA", "REGULATOR"};
static const char *const types[] = {"CORRECTIVE", "PREVENTIVE", "COMPENSATORY"};
/* What the appendix has for actions: by the group itself or not; tactical or operational; national,
 * policy or strategic. */
static const char *const groups[] = {"GROUP", "OTHERS"};
static const char *const reaches[] = {"TACTICAL", "OPERATIONAL"};
static const char *const levels[] = {"NATIONAL", "POLICY", "STRATEGIC"};
static const char *const priorities[] = {"HIGH", "MEDIUM", "LOW"};

#define LINE(n, h)                                                                \
	{                                                                         \
		.name = (n), .type = WORD_LINE, .max = LIFE_LINE_MAX, .help = (h) \
	}
#define LONG(n, h)                                                                \
	{                                                                         \
		.name = (n), .type = WORD_TEXT, .max = LIFE_TEXT_MAX, .help = (h) \
	}
#define OF_TYPE(n, t, h)                                                         \
	{                                                                        \
		.name = (n), .type = WORD_##t, .max = LIFE_TEXT_MAX, .help = (h) \
	}
#define ONE_OF(n, table, h)                                                             \
	{                                                                               \
		.name = (n), .type = WORD_NAME, .max = LIFE_LINE_MAX, .names = (table), \
		.n_names = COUNT(table), .help = (h)                                    \
	}

const struct life_word case_words[] = {
    [SAYS_TITLE] = LINE("title", "in a line, what it is"),
    [SAYS_SEVERITY] = ONE_OF("severity", severities, "how grave"),
    [SAYS_LOCAL_SEVERITY] =
	LINE("local_severity", "the same on the entity's own scale, which is mapped"),
    [SAYS_ORIGIN] = ONE_OF("origin", origins, "how it came to light"),
    [SAYS_RECORD] = OF_TYPE("record", EVIDENCE, "the records it was seen in, SOURCE/ID each"),
    [SAYS_FINDING_ID] = LINE("finding_id", "its number in the audit whose finding it is"),
    [SAYS_OF_SOURCE] = LINE("of_source", "the source of that audit"),
    [SAYS_SITE_ID] = LINE("site_id", "the registered site"),
    [SAYS_MEASURE_CODE] = LINE("measure_code", "the security measure concerned"),
    [SAYS_PROVIDER_ID] = LINE("provider_id", "whose security it was"),
    [SAYS_REQUIREMENT_REF] = LINE("requirement_ref", "the requirement that was not met"),
    [SAYS_DETECTED_ON] = OF_TYPE("detected_on", DAY, "the day it was found"),
    [SAYS_REPEAT_OF] = OF_TYPE("repeat_of", CASE, "the earlier finding that it repeats"),
    [SAYS_OWNER] = LINE("owner", "the registered person or principal who sees to it"),
    [SAYS_ROOT_CAUSE] = LONG("root_cause", "why it came to that"),
    [SAYS_TYPE] = ONE_OF("type", types, "what an action is for"),
    [SAYS_FINDING] = OF_TYPE("finding", CASE, "the finding that an action answers"),
    [SAYS_SCENARIO] = LINE("scenario", "the threat scenario in the register that it goes back to"),
    [SAYS_CONTROL] = LINE("control", "the control of the register that it is about"),
    [SAYS_ORIGINAL_DUE] = OF_TYPE("original_due", DAY, "the day it is due; never changes"),
    [SAYS_DUE] = OF_TYPE("due", DAY, "the day it is due after an extension"),
    [SAYS_BY_GROUP] = ONE_OF("by_group", groups, "whether the risk group itself does it"),
    [SAYS_LEVEL] = ONE_OF("level", levels, "of what is for others to decide"),
    [SAYS_REACH] = ONE_OF("reach", reaches, "of what is done on the spot"),
    [SAYS_PRIORITY] = ONE_OF("priority", priorities, "HIGH comes first"),
    [SAYS_LEAD_AGENCY] = LINE("lead_agency", "who leads"),
    [SAYS_RESOURCES] = LONG("resources", "what it takes"),
    [SAYS_TIMETABLE] = LONG("timetable", "by what steps"),
    [SAYS_REVIEW_ON] = OF_TYPE("review_on", DAY, "the day it is looked at again"),
    [SAYS_EVIDENCE] =
	OF_TYPE("evidence", EVIDENCE, "records, SOURCE/ID each, and files, sha256:DIGEST each"),
    [SAYS_METRIC] = LINE("metric", "the figure that gave rise to it: QUARTER METRIC"),
    [SAYS_REF] = LINE("ref", "its number elsewhere, in a register that was kept before"),
    [SAYS_REASON] = LONG("reason", "why"),
    [SAYS_TEXT] = LONG("text", "what else there is to say"),
};
COVERS(case_words, CASE_WORDS);
_Static_assert(CASE_WORDS <= LIFE_WORDS_MAX, "words are bits of a number");

const char *const case_others[] = {
    [CASE_OWNER] = "owner",
    [CASE_CLAIMED_BY] = "claimed_by",
    [CASE_RAISED_BY] = "raised_by",
};
COVERS(case_others, CASE_OTHERS);

const struct life_terms case_raises = {RIGHT_RAISE_CASES, 0};
const struct life_terms case_works = {RIGHT_WORK_ON_CASES, 0};
/* Who did it, or says so, is no judge of whether it helped. */
const struct life_terms case_verifies = {RIGHT_VERIFY_CASES,
					 OTHER_THAN(OWNER) | OTHER_THAN(CLAIMED_BY)};
const struct life_terms case_reopens = {RIGHT_VERIFY_CASES, 0};
const struct life_terms case_closes = {RIGHT_CLOSE_CASES, 0};
/* Nobody turns down what is his to do: it would not be late any more. */
const struct life_terms case_rejects = {RIGHT_CLOSE_CASES, OTHER_THAN(OWNER)};
