#include "base/count.h"
#include "core/kind/field.h"

enum {
	TYPE = ENV_COUNT,
	SCOPE,
	PLANNED_FOR,
	AUDITORS,
	PERSON_DAYS,
	TECHNIQUES,
	ANNOUNCED,
	RATINGS,
	FINDINGS,
};

enum {
	FINDING_ID,
	FINDING_SEVERITY,
	FINDING_STATE,
	FINDING_ORIGIN,
	FINDING_MEASURE_CODE,
	FINDING_REQUIREMENT_REF,
	FINDING_REPEAT_OF,
	FINDING_DETECTED_AT,
	FINDING_CONTROL_ID,
	FINDING_OF_SOURCE,
};

static const struct field rating[] = {
    TEXT_FIELD("measure_code", FIELD_CODE, MEASURE_BYTES,
	       "the measure rated; absent is the record's own"),
    ENUM_FIELD("classification", FIELD_REQUIRED, classification_names,
	       "NOT_APPLICABLE and NOT_CONFIRMED count on neither side"),
};

static const struct field finding[] = {
    [FINDING_ID] = TEXT_FIELD("finding_id", FIELD_REQUIRED, ID_BYTES, "once per audit"),
    [FINDING_SEVERITY] =
	ENUM_FIELD("severity", FIELD_REQUIRED, severity_names, "local scales are mapped to these"),
    [FINDING_STATE] = ENUM_FIELD("state", 0, finding_state_names, "absent is OPEN"),
    [FINDING_ORIGIN] = ENUM_FIELD("origin", 0, finding_origin_names, "how it came to light"),
    [FINDING_MEASURE_CODE] = TEXT_FIELD("measure_code", FIELD_CODE, MEASURE_BYTES,
					"the measure concerned; absent is the record's own"),
    [FINDING_REQUIREMENT_REF] = TEXT_FIELD("requirement_ref", 0, REF_BYTES,
					   "versioned reference of the requirement not met"),
    [FINDING_REPEAT_OF] =
	TEXT_FIELD("repeat_of", 0, ID_BYTES, "finding_id of the earlier finding it repeats"),
    [FINDING_DETECTED_AT] = TIME_FIELD("detected_at", 0, "absent is the record's occurred_at"),
    [FINDING_CONTROL_ID] =
	TEXT_FIELD("control_id", 0, ID_BYTES, "the control of the risk register that did not hold"),
    [FINDING_OF_SOURCE] =
	TEXT_FIELD("of_source", FIELD_SOURCE, ID_BYTES,
		   "the source whose finding it is, in a follow-up by another; absent: its own"),
};
COVERS(finding, FINDING_OF_SOURCE + 1);

static const struct field fields[] = {
    [OWN(TYPE)] = ENUM_FIELD("type", FIELD_REQUIRED, audit_type_names,
			     "audit, inspection or investigation, and whose"),
    [OWN(SCOPE)] = TEXT_FIELD("scope", 0, REASON_BYTES, "what was looked at"),
    [OWN(PLANNED_FOR)] = TIME_FIELD("planned_for", 0, "when it was due by the plan"),
    [OWN(AUDITORS)] = PERSONS_FIELD("auditors", 0, 50, "who audited"),
    [OWN(PERSON_DAYS)] = REAL_FIELD("person_days", 0, 0, 100000, "effort, person-days"),
    [OWN(TECHNIQUES)] =
	ENUMS_FIELD("techniques", 0, 16, audit_technique_names, "how evidence was gathered"),
    [OWN(ANNOUNCED)] = BOOL_FIELD("announced", 0, "those audited knew beforehand"),
    [OWN(RATINGS)] = LIST_FIELD("ratings", 0, 100, rating, "compliance, one item per rated point"),
    [OWN(FINDINGS)] = LIST_FIELD("findings", 0, 500, finding, "what was found wanting"),
};

static enum code
check(const struct record *r, const struct calendar *cal, struct err *e)
{
	(void)cal;
	return rule_check_unique(r, FINDINGS, FINDING_ID, e);
}

const struct kind kind_audit = {
    .id = KIND_AUDIT,
    .name = "audit",
    .title = "audit or inspection",
    .help = "an audit, inspection or investigation with its ratings and findings",
    .own = fields,
    .n_own = COUNT(fields),
    .site_required = true,
    .check = check,
};
