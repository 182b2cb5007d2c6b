#include "base/count.h"
#include "core/kind/field.h"

enum {
	TEST_PROTOCOL_ID = ENV_COUNT,
	TEST_PROTOCOL_VERSION,
	AUTHORISATION_REF,
	CAMPAIGN_ID,
	MODE,
	COMMISSIONED_BY,
	TESTER_ID,
	TARGET_MEASURE,
	METHOD_CLASS,
	TEST_ITEM_CLASS,
	OUTCOME,
	INVALID_REASON,
	LAYERS,
	FAILURE_STAGE,
	ROOT_CAUSE,
	DEBRIEFED_AT,
	FINDING_ID,
};

static const struct field layer[] = {
    TEXT_FIELD("layer", FIELD_REQUIRED, ID_BYTES, "the layer of defence, e.g. access check"),
    BOOL_FIELD("detected", 0, "the layer detected the test"),
    BOOL_FIELD("resolved", 0, "what it detected was resolved as it should be"),
};

static const struct field fields[] = {
    [OWN(TEST_PROTOCOL_ID)] = TEXT_FIELD("test_protocol_id", 0, ID_BYTES, "the test protocol"),
    [OWN(TEST_PROTOCOL_VERSION)] =
	TEXT_FIELD("test_protocol_version", 0, ID_BYTES,
		   "version of the protocol; says how hard the test was"),
    [OWN(AUTHORISATION_REF)] = TEXT_FIELD("authorisation_ref", 0, REF_BYTES,
					  "the authorisation to bring in what was brought in"),
    [OWN(CAMPAIGN_ID)] = TEXT_FIELD("campaign_id", 0, ID_BYTES, "the campaign it belongs to"),
    [OWN(MODE)] = ENUM_FIELD("mode", FIELD_REQUIRED, test_mode_names,
			     "COVERT: unannounced to the persons tested"),
    [OWN(COMMISSIONED_BY)] = ENUM_FIELD("commissioned_by", 0, commissioned_by_names,
					"whose test it is; a regulator's tests are shown apart"),
    [OWN(TESTER_ID)] = PERSON_FIELD("tester_id", 0, "the tester, whose anonymity is protected"),
    [OWN(TARGET_MEASURE)] =
	TEXT_FIELD("target_measure", 0, ID_BYTES, "the measure the test was aimed at"),
    [OWN(METHOD_CLASS)] =
	ENUM_FIELD("method_class", 0, method_class_names, "how it was tried, in coarse classes"),
    [OWN(TEST_ITEM_CLASS)] = ENUM_FIELD("test_item_class", 0, test_item_class_names,
					"what was carried, in coarse classes"),
    [OWN(OUTCOME)] =
	ENUM_FIELD("outcome", FIELD_REQUIRED, test_outcome_names, "INVALID counts on neither side"),
    [OWN(INVALID_REASON)] =
	ENUM_FIELD("invalid_reason", 0, invalid_reason_names,
		   "why the test does not count; with outcome INVALID, and only then"),
    [OWN(LAYERS)] = LIST_FIELD("layers", 0, 32, layer, "in the order the test met them"),
    [OWN(FAILURE_STAGE)] = ENUM_FIELD("failure_stage", 0, failure_stage_names,
				      "where it failed; with outcome FAIL or PARTIAL"),
    [OWN(ROOT_CAUSE)] = ENUM_FIELD("root_cause", 0, root_cause_names,
				   "why it failed; with outcome FAIL or PARTIAL"),
    [OWN(DEBRIEFED_AT)] = TIME_FIELD("debriefed_at", 0, "when those tested were told"),
    [OWN(FINDING_ID)] = TEXT_FIELD("finding_id", 0, ID_BYTES, "the finding raised, if any"),
};

#define FAILED (WHEN(TEST_OUTCOME_FAIL) | WHEN(TEST_OUTCOME_PARTIAL))

static const struct rule_when by_outcome[] = {
    {INVALID_REASON, OUTCOME, WHEN(TEST_OUTCOME_INVALID), WHEN(TEST_OUTCOME_INVALID)},
    {FAILURE_STAGE, OUTCOME, FAILED, 0},
    {ROOT_CAUSE, OUTCOME, FAILED, 0},
};

static enum code
check(const struct record *r, const struct calendar *cal, struct err *e)
{
	enum code c = rule_check_when(r, by_outcome, COUNT(by_outcome), e);

	(void)cal;
	return c != OK ? c : rule_check_order(r, ENV_OCCURRED_AT, DEBRIEFED_AT, e);
}

const struct kind kind_test = {
    .id = KIND_TEST,
    .name = "test",
    .title = "security test",
    .help = "a covert or overt test of a measure and its outcome",
    .own = fields,
    .n_own = COUNT(fields),
    .site_required = true,
    .check = check,
};
