/* The options of commands about cases: a word each, and what is asked besides. */
#include "tools/semsctl/cases/case_wish.h"

#include "base/count.h"
#include "base/digest.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

/* Options that are words; the others have letters. */
#define WORD_OPTION 1000
#define W(option, word)                                                    \
	{                                                                  \
		option, required_argument, NULL, WORD_OPTION + SAYS_##word \
	}

/* What both take. */
#define BOTH                                                                                      \
	W("title", TITLE), W("severity", SEVERITY), W("site", SITE_ID),                           \
	    W("measure", MEASURE_CODE), W("provider", PROVIDER_ID), W("owner", OWNER),            \
	    W("cause", ROOT_CAUSE), W("finding", FINDING), W("scenario", SCENARIO),               \
	    W("control", CONTROL), W("evidence", EVIDENCE), W("metric", METRIC), W("ref", REF),   \
	    W("reason", REASON), W("text", TEXT), {"due", required_argument, NULL, 'd'},          \
	    {"file", required_argument, NULL, 'f'}, {"on", required_argument, NULL, 'o'},         \
	    {"state", required_argument, NULL, 's'}, {"open", no_argument, NULL, 'O'},            \
	    {"due-until", required_argument, NULL, 'D'}, {"as-of", required_argument, NULL, 'a'}, \
	    {"known-by", required_argument, NULL, 'k'}, {"since", required_argument, NULL, 'S'},  \
	    {"until", required_argument, NULL, 'U'}, {"csv", required_argument, NULL, 'c'},       \
	    {"json", no_argument, NULL, 'j'},                                                     \
	{                                                                                         \
		NULL, 0, NULL, 0                                                                  \
	}

const struct option case_finding_options[] = {
    W("local-severity", LOCAL_SEVERITY),
    W("origin", ORIGIN),
    W("record", RECORD),
    W("finding-id", FINDING_ID),
    W("of-source", OF_SOURCE),
    W("requirement", REQUIREMENT_REF),
    W("detected", DETECTED_ON),
    W("repeat-of", REPEAT_OF),
    BOTH,
};

const struct option case_action_options[] = {
    W("type", TYPE),           W("by-group", BY_GROUP),
    W("level", LEVEL),         W("reach", REACH),
    W("priority", PRIORITY),   W("lead", LEAD_AGENCY),
    W("resources", RESOURCES), W("timetable", TIMETABLE),
    W("review", REVIEW_ON),    BOTH,
};

/* What the register of risks and the framework take, whatever it is told of. */
#define REGISTER                                                                                 \
	W("title", TITLE), W("site", SITE_ID), W("owner", OWNER), W("review", REVIEW_ON),        \
	    W("evidence", EVIDENCE), W("ref", REF), W("reason", REASON), W("text", TEXT),        \
	    {"file", required_argument, NULL, 'f'}, {"on", required_argument, NULL, 'o'},        \
	    {"as-of", required_argument, NULL, 'a'}, {"known-by", required_argument, NULL, 'k'}, \
	    {"since", required_argument, NULL, 'S'}, {"until", required_argument, NULL, 'U'},    \
	    {"csv", required_argument, NULL, 'c'}, {"json", no_argument, NULL, 'j'},             \
	{                                                                                        \
		NULL, 0, NULL, 0                                                                 \
	}

const struct option case_risk_options[] = {
    W("domain", DOMAIN),
    W("lead", LEADS),
    W("support", SUPPORT),
    W("perpetrators", PERPETRATORS),
    W("how", HOW),
    W("precedent", PRECEDENT),
    W("intent", INTENT),
    W("capability", CAPABILITY),
    W("assets", ASSETS),
    W("controls", CONTROLS),
    W("causes", CAUSES),
    W("control-review", CONTROL_REVIEW),
    W("threat", THREAT),
    W("impact", IMPACT),
    W("vulnerability", VULNERABILITY),
    W("target", TARGET_VULNERABILITY),
    W("impact-safety", IMPACT_SAFETY),
    W("impact-security", IMPACT_SECURITY),
    W("impact-finance", IMPACT_FINANCE),
    W("impact-reputation", IMPACT_REPUTATION),
    W("outlier", OUTLIER),
    W("impacts", IMPACTS),
    W("assessors", ASSESSORS),
    W("justification", JUSTIFICATION),
    W("cites", CITES),
    W("band", BAND),
    W("expires", EXPIRES_ON),
    W("digest", DIGEST),
    W("scenario", SCENARIO),
    {"kind", required_argument, NULL, 'K'},
    {"xlsx", required_argument, NULL, 'x'},
    {"html", required_argument, NULL, 'h'},
    {"bow-tie", required_argument, NULL, 'b'},
    {"from", required_argument, NULL, 'F'},
    REGISTER,
};

const struct option case_control_options[] = {
    W("side", SIDE),
    W("effect", EFFECT),
    W("metrics", METRICS),
    W("exempt-until", EXEMPT_UNTIL),
    W("measure", MEASURE_CODE),
    W("provider", PROVIDER_ID),
    REGISTER,
};

const struct option case_framework_options[] = {
    W("class", ASSET_CLASS),
    W("strengths", STRENGTHS),
    W("weaknesses", WEAKNESSES),
    W("opportunities", OPPORTUNITIES),
    W("predictability", PREDICTABILITY),
    W("rating", TARGET_RATING),
    W("stakeholders", STAKEHOLDERS),
    W("improvement", IMPROVEMENT),
    W("journey", JOURNEY),
    W("steps", STEPS),
    W("scenarios", SCENARIOS),
    W("chapter", CHAPTER),
    W("phase", PHASE),
    W("phase-on", PHASE_ON),
    W("contract", CONTRACT),
    W("audited", AUDITED_ON),
    W("security-impact", SECURITY_IMPACT),
    W("changes-on", CHANGES_ON),
    W("reach", THREAT_REACH),
    W("received", RECEIVED_ON),
    W("body", BODY),
    W("decided", DECIDED_ON),
    W("resources", RESOURCES),
    W("timetable", TIMETABLE),
    W("provider", PROVIDER_ID),
    W("measure", MEASURE_CODE),
    W("scenario", SCENARIO),
    W("control", CONTROL),
    {"kind", required_argument, NULL, 'K'},
    {"open", no_argument, NULL, 'O'},
    {"state", required_argument, NULL, 's'},
    {"html", required_argument, NULL, 'h'},
    {"from", required_argument, NULL, 'F'},
    REGISTER,
};

int
case_take_option(struct case_wish *w, int opt, char *value)
{
	const struct {
		int letter;
		char **to;
	} texts[] = {
	    {'d', &w->due},   {'f', &w->file},      {'o', &w->on},      {'s', &w->state},
	    {'a', &w->as_of}, {'k', &w->known_by},  {'S', &w->since},   {'U', &w->until},
	    {'c', &w->csv},   {'D', &w->due_until}, {'K', &w->of_kind}, {'x', &w->xlsx},
	    {'h', &w->html},  {'b', &w->bow_tie},   {'F', &w->from},
	};

	if (opt == '?')
		return EXIT_USAGE;
	w->open |= opt == 'O';
	w->as_json |= opt == 'j';
	if (opt >= WORD_OPTION)
		w->said[opt - WORD_OPTION] = value;
	for (size_t i = 0; i < COUNT(texts); i++)
		if (texts[i].letter == opt)
			*texts[i].to = value;
	return EXIT_DONE;
}

int
case_message_make(struct case_message *m, char *const said[CASE_WORDS], const char *event,
		  const char *number, enum case_kind kind)
{
	size_t n = 0;

	m->event = (Sems__V1__CaseEvent)SEMS__V1__CASE_EVENT__INIT;
	for (size_t i = 0; i < CASE_WORDS; i++) {
		if (said[i] == NULL)
			continue;
		m->words[n] = (Sems__V1__CaseWord)SEMS__V1__CASE_WORD__INIT;
		text_print(m->names[n], sizeof m->names[n], "%s", case_words[i].name);
		m->words[n].name = m->names[n];
		m->words[n].value = said[i];
		m->list[n] = &m->words[n];
		n++;
	}
	m->event.words = m->list;
	m->event.n_words = n;
	text_print(m->happened, sizeof m->happened, "%s", event);
	text_print(m->number, sizeof m->number, "%s", number == NULL ? "" : number);
	text_print(m->kind, sizeof m->kind, "%s", case_kinds[kind].name);
	m->event.event = m->happened;
	m->event.number = number == NULL ? NULL : m->number;
	m->event.kind = number == NULL ? m->kind : NULL;
	m->event.has_event_id = 1;
	m->event.event_id.data = m->id;
	m->event.event_id.len = sizeof m->id;
	return random_bytes(m->id, sizeof m->id);
}
