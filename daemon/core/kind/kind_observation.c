#include "base/count.h"
#include "core/kind/field.h"

enum {
	TEMPLATE_ID = ENV_COUNT,
	TEMPLATE_VERSION,
	OBSERVER_ID,
	OBSERVER_ROLE,
	MODE,
	ACTIVITY_OBSERVED,
	UNITS_OBSERVED,
	CRITERIA,
	IMMEDIATE_ACTION,
	FINDING_ID,
	NOTE,
	PAIR_ID,
};

enum { CRITERION_ID, CRITERION_MANDATORY, CRITERION_RESULT, CRITERION_SEVERITY };

static const struct field criterion[] = {
    [CRITERION_ID] = TEXT_FIELD("criterion_id", FIELD_REQUIRED, ID_BYTES,
				"the criterion of the template, once per observation"),
    [CRITERION_MANDATORY] =
	BOOL_FIELD("mandatory", 0, "true: not meeting it fails the whole observation"),
    [CRITERION_RESULT] = ENUM_FIELD("result", FIELD_REQUIRED, criterion_result_names,
				    "NOT_OBSERVED and NOT_APPLICABLE count on neither side"),
    [CRITERION_SEVERITY] =
	ENUM_FIELD("severity", 0, severity_names, "of not meeting the criterion"),
};
COVERS(criterion, CRITERION_SEVERITY + 1);

static const struct field fields[] = {
    [OWN(TEMPLATE_ID)] = TEXT_FIELD("template_id", 0, ID_BYTES, "the observation form"),
    [OWN(TEMPLATE_VERSION)] = TEXT_FIELD("template_version", 0, ID_BYTES, "version of the form"),
    [OWN(OBSERVER_ID)] =
	PERSON_FIELD("observer_id", 0, "the person who observed; never the person observed"),
    [OWN(OBSERVER_ROLE)] =
	ENUM_FIELD("observer_role", 0, observer_role_names, "in what role the observer acted"),
    [OWN(MODE)] = ENUM_FIELD("mode", FIELD_REQUIRED, observation_mode_names,
			     "whether those observed knew; modes are never merged"),
    [OWN(ACTIVITY_OBSERVED)] =
	TEXT_FIELD("activity_observed", 0, REF_BYTES, "what was watched, e.g. hand search"),
    [OWN(UNITS_OBSERVED)] =
	INT_FIELD("units_observed", 0, 0, COUNT_MAX, "how many were watched, e.g. searches"),
    [OWN(CRITERIA)] = LIST_FIELD("criteria", FIELD_REQUIRED, 200, criterion,
				 "one item per criterion of the form, at least one"),
    [OWN(IMMEDIATE_ACTION)] =
	ENUM_FIELD("immediate_action", 0, immediate_action_names, "what the observer did at once"),
    [OWN(FINDING_ID)] = TEXT_FIELD("finding_id", 0, ID_BYTES, "the finding raised, if any"),
    [OWN(NOTE)] = TEXT_FIELD("note", FIELD_RESTRICTED, NOTE_BYTES,
			     "free text; restricted, in no list or report"),
    [OWN(PAIR_ID)] = TEXT_FIELD("pair_id", 0, ID_BYTES,
				"the same of two observers who watched the same, at one site"),
};

static enum code
check(const struct record *r, const struct calendar *cal, struct err *e)
{
	enum code c = rule_check_differ(r, OBSERVER_ID, ENV_SUBJECT_PERSON, e);

	(void)cal;
	return c != OK ? c : rule_check_unique(r, CRITERIA, CRITERION_ID, e);
}

const struct kind kind_observation = {
    .id = KIND_OBSERVATION,
    .name = "observation",
    .title = "observation",
    .help = "a task watched against the criteria of a form",
    .own = fields,
    .n_own = COUNT(fields),
    .site_required = true,
    .check = check,
};
