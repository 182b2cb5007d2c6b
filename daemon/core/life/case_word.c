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

/* --- the register of risks -------------------------------------------------------------------- */

static const char *const domains[] = {"AVIATION", "PORT", "SHIP"};
static const char *const sides[] = {"PREVENTION", "RECOVERY"};
static const char *const effects[] = {"LIKELIHOOD", "IMPACT", "BOTH"};
static const char *const asset_classes[] = {"PEOPLE", "OBJECTS", "INFRASTRUCTURE", "EQUIPMENT"};
static const char *const journeys[] = {"ARTICLE", "PERSON"};
/* By what an organisation leads (appendix, 3.3.1), and in what (3.3.2). */
static const char *const lead_criteria[] = {"OWNS_ASSETS", "SETS_POLICY", "RESPONSIBLE", "SEVERAL"};
static const char *const lead_parts[] = {"PREVENTIVE", "CONTINGENCY", "BOTH"};
static const struct life_column lead_columns[] = {
    {.name = "organisation"},
    {"criterion", lead_criteria, COUNT(lead_criteria)},
    {"part", lead_parts, COUNT(lead_parts)},
};
/* Event cause analysis (appendix, 5.3.2): who, where, how, what stops them, what fails. */
static const char *const questions[] = {"WHO", "WHERE", "HOW", "STOPS", "FAILS"};
static const struct life_column cause_columns[] = {
    {"question", questions, COUNT(questions)},
    {.name = "text"},
};
/* Control measures review (appendix, table 5). */
static const char *const concerns[] = {"BREACH", "RESOURCES", "COVERAGE", "TRAINING", "OTHER"};
static const struct life_column review_columns[] = {
    {"concern", concerns, COUNT(concerns)},
    {.name = "text"},
    {.name = "action"},
};
/* Kinds of impact (appendix, table 3). */
static const char *const impact_kinds[] = {"LOSS_OF_LIFE",   "INJURY",     "LOSS_OF_OBJECT",
					   "INFRASTRUCTURE", "EQUIPMENT",  "SERVICES",
					   "FINANCE",        "REPUTATION", "PUBLICITY"};
static const struct life_column impact_columns[] = {
    {"kind", impact_kinds, COUNT(impact_kinds)},
    {.name = "text"},
};
/* Process mapping (appendix, 5.2.4). */
static const struct life_column step_columns[] = {
    {.name = "step"},
    {.name = "threat"},
    {.name = "warning"},
    {.name = "control"},
};

/* --- the framework ---------------------------------------------------------------------------- */

static const char *const chapters[] = {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"};
static const char *const phases[] = {"1", "2", "2B"};
static const char *const threat_reaches[] = {"NATIONAL", "LOCAL"};

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

#define TABLE(n, of_columns, h)                                                                  \
	{                                                                                        \
		.name = (n), .type = WORD_TABLE, .max = LIFE_TABLE_MAX, .columns = (of_columns), \
		.n_columns = COUNT(of_columns), .help = (h)                                      \
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
    [SAYS_SCENARIO] = OF_TYPE("scenario", CASE, "the threat scenario that it goes back to"),
    [SAYS_CONTROL] = OF_TYPE("control", CASE, "the control that it is about"),
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
    [SAYS_DOMAIN] = ONE_OF("domain", domains, "where it could happen"),
    [SAYS_LEADS] = TABLE("leads", lead_columns, "who leads, by what, and in what"),
    [SAYS_SUPPORT] = LONG("support", "who supports them"),
    [SAYS_PERPETRATORS] = LONG("perpetrators", "who might do it"),
    [SAYS_HOW] = LONG("how", "how they work: reconnaissance, planning"),
    [SAYS_PRECEDENT] = LONG("precedent", "where it has happened"),
    [SAYS_INTENT] = LONG("intent", "what drives them, and whom or what they mean to harm"),
    [SAYS_CAPABILITY] = LONG("capability", "numbers, training, funding, weapons, support"),
    [SAYS_ASSETS] = OF_TYPE("assets", CASES, "the key assets it could affect"),
    [SAYS_CONTROLS] = OF_TYPE("controls", CASES, "the controls that are there against it"),
    [SAYS_CAUSES] = TABLE("causes", cause_columns, "event cause analysis, a line an answer"),
    [SAYS_CONTROL_REVIEW] =
	TABLE("control_review", review_columns, "concerns, and what is done about each"),
    [SAYS_THREAT] = OF_TYPE("threat", SCORE, "how likely, if there were no controls"),
    [SAYS_IMPACT] = OF_TYPE("impact", SCORE, "how grave, if there were no controls"),
    [SAYS_VULNERABILITY] = OF_TYPE("vulnerability", SCORE, "what the controls leave"),
    [SAYS_TARGET_VULNERABILITY] =
	OF_TYPE("target_vulnerability", SCORE, "what they are to leave one day"),
    [SAYS_IMPACT_SAFETY] = OF_TYPE("impact_safety", SCORE, "the impact on safety"),
    [SAYS_IMPACT_SECURITY] = OF_TYPE("impact_security", SCORE, "the impact on security"),
    [SAYS_IMPACT_FINANCE] = OF_TYPE("impact_finance", SCORE, "the impact on finance"),
    [SAYS_IMPACT_REPUTATION] = OF_TYPE("impact_reputation", SCORE, "the impact on reputation"),
    [SAYS_OUTLIER] = LONG("outlier", "why one of the four is far from the impact"),
    [SAYS_IMPACTS] = TABLE("impacts", impact_columns, "what kinds of impact, a line each"),
    [SAYS_ASSESSORS] = LINE("assessors", "who assessed it"),
    [SAYS_JUSTIFICATION] = LONG("justification", "why these scores"),
    [SAYS_CITES] = OF_TYPE("cites", FIGURES, "the frozen figures that the scores rest on"),
    [SAYS_BAND] = LINE("band", "the band of the residual risk that is accepted"),
    [SAYS_EXPIRES_ON] = OF_TYPE("expires_on", DAY, "the day after which it is accepted no longer"),
    [SAYS_DIGEST] = OF_TYPE("digest", SHA256, "of what is accepted, as the register shows it"),
    [SAYS_SIDE] = ONE_OF("side", sides, "whether it keeps the event off or lessens what follows"),
    [SAYS_EFFECT] = ONE_OF("effect", effects, "what it makes less"),
    [SAYS_METRICS] = OF_TYPE("metrics", WATCH, "the metrics that watch it, and what is a breach"),
    [SAYS_EXEMPT_UNTIL] = OF_TYPE("exempt_until", DAY, "the last day without a metric"),
    [SAYS_ASSET_CLASS] = ONE_OF("asset_class", asset_classes, "what it is"),
    [SAYS_STRENGTHS] = LONG("strengths", "what deters, detects, delays or deals with an attack"),
    [SAYS_WEAKNESSES] = LONG("weaknesses", "what is weak"),
    [SAYS_OPPORTUNITIES] = LONG("opportunities", "what an attacker could use"),
    [SAYS_PREDICTABILITY] = LONG("predictability", "what can be foreseen of it"),
    [SAYS_TARGET_RATING] = ONE_OF("target_rating", priorities, "how vulnerable it is"),
    [SAYS_STAKEHOLDERS] = LONG("stakeholders", "who can make it less so"),
    [SAYS_IMPROVEMENT] = LONG("improvement", "how"),
    [SAYS_JOURNEY] = ONE_OF("journey", journeys, "whose journey it is"),
    [SAYS_STEPS] = TABLE("steps", step_columns, "its steps, with threat, warning and control"),
    [SAYS_SCENARIOS] = OF_TYPE("scenarios", CASES, "the threat scenarios that it bears on"),
    [SAYS_CHAPTER] = ONE_OF("chapter", chapters, "the chapter of the framework"),
    [SAYS_PHASE] = ONE_OF("phase", phases, "the phase of implementation"),
    [SAYS_PHASE_ON] = OF_TYPE("phase_on", DAY, "the day the phase was, or is to be, reached"),
    [SAYS_CONTRACT] = LINE("contract", "where what was agreed is written down"),
    [SAYS_AUDITED_ON] = OF_TYPE("audited_on", DAY, "the day of the last audit"),
    [SAYS_SECURITY_IMPACT] = LONG("security_impact", "what it does to security, and what is done"),
    [SAYS_CHANGES_ON] = OF_TYPE("changes_on", DAY, "the day from which it is so"),
    [SAYS_THREAT_REACH] = ONE_OF("threat_reach", threat_reaches, "whose information it is"),
    [SAYS_RECEIVED_ON] = OF_TYPE("received_on", DAY, "the day it was received"),
    [SAYS_BODY] = LINE("body", "who decided: a board, a group, a post"),
    [SAYS_DECIDED_ON] = OF_TYPE("decided_on", DAY, "the day it was decided"),
    [SAYS_FLAG] = OF_TYPE("flag", FIGURES, "the figure whose flag on `scenario` is settled by it"),
    [SAYS_REASON] = LONG("reason", "why"),
    [SAYS_TEXT] = LONG("text", "what else there is to say"),
};
COVERS(case_words, CASE_WORDS);
_Static_assert(CASE_WORDS <= LIFE_WORDS_MAX && CASE_WORDS < LIFE_NO_WORD, "of a byte each");

const char *const case_others[] = {
    [CASE_OWNER] = "owner",
    [CASE_CLAIMED_BY] = "claimed_by",
    [CASE_RAISED_BY] = "raised_by",
    [CASE_CHANGED_BY] = "changed_by",
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
const struct life_terms case_keeps = {RIGHT_KEEP_REGISTER, 0};
/* Nobody exempts what is his own. */
const struct life_terms case_exempts = {RIGHT_CLOSE_CASES, OTHER_THAN(OWNER)};
/* Who scored it is not asked whether the scores hold; who proposed it, whether it is borne. */
const struct life_terms case_adopts = {RIGHT_CLOSE_CASES,
				       OTHER_THAN(RAISED_BY) | OTHER_THAN(CHANGED_BY)};
const struct life_terms case_accepts = {RIGHT_ACCEPT_RISKS, OTHER_THAN(RAISED_BY)};
const struct life_terms case_accepts_not = {RIGHT_ACCEPT_RISKS, 0};
