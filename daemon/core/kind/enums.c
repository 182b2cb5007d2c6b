#include "core/kind/enums.h"

#include "base/count.h"

#define TABLE(table, enum_prefix)         \
	const struct enum_table table = { \
	    .prefix = (enum_prefix),      \
	    .names = table##_of,          \
	    .n = COUNT(table##_of),       \
	}

static const struct enum_name precision_names_of[] = {
    {PRECISION_MS, "MS"},
    {PRECISION_MINUTE, "MINUTE"},
    {PRECISION_DAY, "DAY"},
};
TABLE(precision_names, "PRECISION_");

static const struct enum_name marking_names_of[] = {
    {MARKING_OFFICIAL, "OFFICIAL"},
    {MARKING_OFFICIAL_SENSITIVE, "OFFICIAL_SENSITIVE"},
};
TABLE(marking_names, "MARKING_");

static const struct enum_name observer_role_names_of[] = {
    {OBSERVER_ROLE_SUPERVISOR, "SUPERVISOR"},
    {OBSERVER_ROLE_ASSURANCE, "ASSURANCE"},
    {OBSERVER_ROLE_MANAGER, "MANAGER"},
    {OBSERVER_ROLE_EXTERNAL, "EXTERNAL"},
};
TABLE(observer_role_names, "OBSERVER_ROLE_");

static const struct enum_name observation_mode_names_of[] = {
    {OBSERVATION_MODE_OVERT, "OVERT"},
    {OBSERVATION_MODE_UNOBTRUSIVE, "UNOBTRUSIVE"},
    {OBSERVATION_MODE_CCTV_REVIEW, "CCTV_REVIEW"},
};
TABLE(observation_mode_names, "OBSERVATION_MODE_");

static const struct enum_name criterion_result_names_of[] = {
    {CRITERION_RESULT_MET, "MET"},
    {CRITERION_RESULT_NOT_MET, "NOT_MET"},
    {CRITERION_RESULT_NOT_OBSERVED, "NOT_OBSERVED"},
    {CRITERION_RESULT_NOT_APPLICABLE, "NOT_APPLICABLE"},
};
TABLE(criterion_result_names, "CRITERION_RESULT_");

static const struct enum_name severity_names_of[] = {
    {SEVERITY_CRITICAL, "CRITICAL"},
    {SEVERITY_SERIOUS, "SERIOUS"},
    {SEVERITY_MINOR, "MINOR"},
    {SEVERITY_OBSERVATION_ONLY, "OBSERVATION_ONLY"},
};
TABLE(severity_names, "SEVERITY_");

static const struct enum_name immediate_action_names_of[] = {
    {IMMEDIATE_ACTION_NONE, "NONE"},           {IMMEDIATE_ACTION_COACHED, "COACHED"},
    {IMMEDIATE_ACTION_STOPPED, "STOPPED"},     {IMMEDIATE_ACTION_RESCREENED, "RESCREENED"},
    {IMMEDIATE_ACTION_ESCALATED, "ESCALATED"},
};
TABLE(immediate_action_names, "IMMEDIATE_ACTION_");

static const struct enum_name test_mode_names_of[] = {
    {TEST_MODE_COVERT, "COVERT"},
    {TEST_MODE_OVERT, "OVERT"},
};
TABLE(test_mode_names, "TEST_MODE_");

static const struct enum_name commissioned_by_names_of[] = {
    {COMMISSIONED_BY_INTERNAL, "INTERNAL"},
    {COMMISSIONED_BY_CONTRACTOR, "CONTRACTOR"},
    {COMMISSIONED_BY_REGULATOR, "REGULATOR"},
    {COMMISSIONED_BY_OTHER_STATE, "OTHER_STATE"},
};
TABLE(commissioned_by_names, "COMMISSIONED_BY_");

static const struct enum_name method_class_names_of[] = {
    {METHOD_CLASS_ON_BODY, "ON_BODY"},
    {METHOD_CLASS_CABIN_BAG, "CABIN_BAG"},
    {METHOD_CLASS_HOLD_BAG, "HOLD_BAG"},
    {METHOD_CLASS_VEHICLE, "VEHICLE"},
    {METHOD_CLASS_ACCESS_PASS, "ACCESS_PASS"},
    {METHOD_CLASS_ACCESS_TAILGATE, "ACCESS_TAILGATE"},
    {METHOD_CLASS_CARGO, "CARGO"},
    {METHOD_CLASS_SUPPLIES, "SUPPLIES"},
    {METHOD_CLASS_UNATTENDED_ITEM, "UNATTENDED_ITEM"},
    {METHOD_CLASS_OTHER, "OTHER"},
};
TABLE(method_class_names, "METHOD_CLASS_");

static const struct enum_name test_item_class_names_of[] = {
    {TEST_ITEM_CLASS_BLADE, "BLADE"},   {TEST_ITEM_CLASS_FIREARM, "FIREARM"},
    {TEST_ITEM_CLASS_IED, "IED"},       {TEST_ITEM_CLASS_IED_COMPONENT, "IED_COMPONENT"},
    {TEST_ITEM_CLASS_LIQUID, "LIQUID"}, {TEST_ITEM_CLASS_NONE, "NONE"},
    {TEST_ITEM_CLASS_OTHER, "OTHER"},
};
TABLE(test_item_class_names, "TEST_ITEM_CLASS_");

static const struct enum_name test_outcome_names_of[] = {
    {TEST_OUTCOME_PASS, "PASS"},
    {TEST_OUTCOME_FAIL, "FAIL"},
    {TEST_OUTCOME_PARTIAL, "PARTIAL"},
    {TEST_OUTCOME_INVALID, "INVALID"},
};
TABLE(test_outcome_names, "TEST_OUTCOME_");

static const struct enum_name invalid_reason_names_of[] = {
    {INVALID_REASON_COMPROMISED, "COMPROMISED"},
    {INVALID_REASON_ABORTED_SAFETY, "ABORTED_SAFETY"},
    {INVALID_REASON_ABORTED_OPS, "ABORTED_OPS"},
    {INVALID_REASON_TESTER_ERROR, "TESTER_ERROR"},
    {INVALID_REASON_EQUIPMENT_OUT_OF_SERVICE, "EQUIPMENT_OUT_OF_SERVICE"},
};
TABLE(invalid_reason_names, "INVALID_REASON_");

static const struct enum_name failure_stage_names_of[] = {
    {FAILURE_STAGE_ACCESS_CHECK, "ACCESS_CHECK"},
    {FAILURE_STAGE_DETECTION_EQUIPMENT, "DETECTION_EQUIPMENT"},
    {FAILURE_STAGE_IMAGE_INTERPRETATION, "IMAGE_INTERPRETATION"},
    {FAILURE_STAGE_ALARM_RESOLUTION, "ALARM_RESOLUTION"},
    {FAILURE_STAGE_HAND_SEARCH, "HAND_SEARCH"},
    {FAILURE_STAGE_CHALLENGE, "CHALLENGE"},
    {FAILURE_STAGE_ESCALATION, "ESCALATION"},
    {FAILURE_STAGE_RESPONSE, "RESPONSE"},
};
TABLE(failure_stage_names, "FAILURE_STAGE_");

static const struct enum_name root_cause_names_of[] = {
    {ROOT_CAUSE_HUMAN_SKILL, "HUMAN_SKILL"}, {ROOT_CAUSE_HUMAN_VIGILANCE, "HUMAN_VIGILANCE"},
    {ROOT_CAUSE_PROCEDURE, "PROCEDURE"},     {ROOT_CAUSE_EQUIPMENT, "EQUIPMENT"},
    {ROOT_CAUSE_STAFFING, "STAFFING"},       {ROOT_CAUSE_SUPERVISION, "SUPERVISION"},
    {ROOT_CAUSE_DESIGN, "DESIGN"},           {ROOT_CAUSE_UNKNOWN, "UNKNOWN"},
};
TABLE(root_cause_names, "ROOT_CAUSE_");

static const struct enum_name audit_type_names_of[] = {
    {AUDIT_TYPE_INTERNAL_AUDIT, "INTERNAL_AUDIT"},
    {AUDIT_TYPE_EXTERNAL_AUDIT, "EXTERNAL_AUDIT"},
    {AUDIT_TYPE_INSPECTION_INITIAL, "INSPECTION_INITIAL"},
    {AUDIT_TYPE_INSPECTION_FOLLOW_UP, "INSPECTION_FOLLOW_UP"},
    {AUDIT_TYPE_REGULATOR_AUDIT, "REGULATOR_AUDIT"},
    {AUDIT_TYPE_REGULATOR_INSPECTION, "REGULATOR_INSPECTION"},
    {AUDIT_TYPE_SUPPLIER_AUDIT, "SUPPLIER_AUDIT"},
    {AUDIT_TYPE_INVESTIGATION, "INVESTIGATION"},
};
TABLE(audit_type_names, "AUDIT_TYPE_");

static const struct enum_name audit_technique_names_of[] = {
    {AUDIT_TECHNIQUE_DOCUMENTS, "DOCUMENTS"},
    {AUDIT_TECHNIQUE_OBSERVATION, "OBSERVATION"},
    {AUDIT_TECHNIQUE_INTERVIEW, "INTERVIEW"},
    {AUDIT_TECHNIQUE_VERIFICATION, "VERIFICATION"},
};
TABLE(audit_technique_names, "AUDIT_TECHNIQUE_");

static const struct enum_name classification_names_of[] = {
    {CLASSIFICATION_FULLY_COMPLIANT, "FULLY_COMPLIANT"},
    {CLASSIFICATION_COMPLIANT_IMPROVEMENT_DESIRABLE, "COMPLIANT_IMPROVEMENT_DESIRABLE"},
    {CLASSIFICATION_NOT_COMPLIANT, "NOT_COMPLIANT"},
    {CLASSIFICATION_NOT_COMPLIANT_SERIOUS, "NOT_COMPLIANT_SERIOUS"},
    {CLASSIFICATION_NOT_APPLICABLE, "NOT_APPLICABLE"},
    {CLASSIFICATION_NOT_CONFIRMED, "NOT_CONFIRMED"},
};
TABLE(classification_names, "CLASSIFICATION_");

static const struct enum_name finding_state_names_of[] = {
    {FINDING_STATE_OPEN, "OPEN"},         {FINDING_STATE_CORRECTED, "CORRECTED"},
    {FINDING_STATE_VERIFIED, "VERIFIED"}, {FINDING_STATE_CLOSED, "CLOSED"},
    {FINDING_STATE_REJECTED, "REJECTED"},
};
TABLE(finding_state_names, "FINDING_STATE_");

static const struct enum_name finding_origin_names_of[] = {
    {FINDING_ORIGIN_AUDIT, "AUDIT"},
    {FINDING_ORIGIN_INSPECTION, "INSPECTION"},
    {FINDING_ORIGIN_OBSERVATION, "OBSERVATION"},
    {FINDING_ORIGIN_TEST, "TEST"},
    {FINDING_ORIGIN_TIP, "TIP"},
    {FINDING_ORIGIN_INCIDENT, "INCIDENT"},
    {FINDING_ORIGIN_REPORT, "REPORT"},
    {FINDING_ORIGIN_DATA_QA, "DATA_QA"},
    {FINDING_ORIGIN_REGULATOR, "REGULATOR"},
};
TABLE(finding_origin_names, "FINDING_ORIGIN_");

static const struct enum_name tip_stream_names_of[] = {
    {TIP_STREAM_CABIN, "CABIN"}, {TIP_STREAM_STAFF, "STAFF"},       {TIP_STREAM_HOLD, "HOLD"},
    {TIP_STREAM_CARGO, "CARGO"}, {TIP_STREAM_SUPPLIES, "SUPPLIES"},
};
TABLE(tip_stream_names, "TIP_STREAM_");

static const struct enum_name tip_image_type_names_of[] = {
    {TIP_IMAGE_TYPE_CTI, "CTI"},
    {TIP_IMAGE_TYPE_FTI, "FTI"},
};
TABLE(tip_image_type_names, "TIP_IMAGE_TYPE_");

static const struct enum_name threat_category_names_of[] = {
    {THREAT_CATEGORY_GUN, "GUN"},
    {THREAT_CATEGORY_BLADE, "BLADE"},
    {THREAT_CATEGORY_IED, "IED"},
    {THREAT_CATEGORY_IED_COMPONENT, "IED_COMPONENT"},
    {THREAT_CATEGORY_OTHER_PROHIBITED, "OTHER_PROHIBITED"},
    {THREAT_CATEGORY_LAG, "LAG"},
    {THREAT_CATEGORY_LOCAL, "LOCAL"},
};
TABLE(threat_category_names, "THREAT_CATEGORY_");

static const struct enum_name tip_outcome_names_of[] = {
    {TIP_OUTCOME_HIT, "HIT"},
    {TIP_OUTCOME_MISS_DECIDED, "MISS_DECIDED"},
    {TIP_OUTCOME_MISS_TIMEOUT, "MISS_TIMEOUT"},
    {TIP_OUTCOME_NON_TIP_ALARM, "NON_TIP_ALARM"},
    {TIP_OUTCOME_ABORTED, "ABORTED"},
};
TABLE(tip_outcome_names, "TIP_OUTCOME_");

static const struct enum_name abort_reason_names_of[] = {
    {ABORT_REASON_LOGOFF, "LOGOFF"},
    {ABORT_REASON_BELT_STOP, "BELT_STOP"},
    {ABORT_REASON_IMAGE_REJECTED, "IMAGE_REJECTED"},
    {ABORT_REASON_FAULT, "FAULT"},
    {ABORT_REASON_TRAINING_MODE, "TRAINING_MODE"},
};
TABLE(abort_reason_names, "ABORT_REASON_");

static const struct enum_name activity_type_names_of[] = {
    {ACTIVITY_TYPE_PASSENGERS_SCREENED, "PASSENGERS_SCREENED"},
    {ACTIVITY_TYPE_CABIN_BAGS, "CABIN_BAGS"},
    {ACTIVITY_TYPE_HOLD_BAGS, "HOLD_BAGS"},
    {ACTIVITY_TYPE_STAFF_SCREENED, "STAFF_SCREENED"},
    {ACTIVITY_TYPE_VEHICLES_ENTERED, "VEHICLES_ENTERED"},
    {ACTIVITY_TYPE_VEHICLES_SEARCHED, "VEHICLES_SEARCHED"},
    {ACTIVITY_TYPE_PATROLS_REQUIRED, "PATROLS_REQUIRED"},
    {ACTIVITY_TYPE_PATROLS_DONE, "PATROLS_DONE"},
    {ACTIVITY_TYPE_CARGO_PIECES, "CARGO_PIECES"},
    {ACTIVITY_TYPE_SUPPLY_DELIVERIES, "SUPPLY_DELIVERIES"},
    {ACTIVITY_TYPE_ACCESS_TRANSACTIONS, "ACCESS_TRANSACTIONS"},
    {ACTIVITY_TYPE_SCREENER_HOURS, "SCREENER_HOURS"},
    {ACTIVITY_TYPE_FLIGHTS, "FLIGHTS"},
};
TABLE(activity_type_names, "ACTIVITY_TYPE_");

static const struct enum_name count_method_names_of[] = {
    {COUNT_METHOD_COUNTED, "COUNTED"},
    {COUNT_METHOD_ESTIMATED, "ESTIMATED"},
};
TABLE(count_method_names, "COUNT_METHOD_");

static const struct enum_name means_names_of[] = {
    {MEANS_NORMAL, "NORMAL"},
    {MEANS_DEGRADED, "DEGRADED"},
};
TABLE(means_names, "MEANS_");

static const struct enum_name planned_names_of[] = {
    {PLANNED_OBSERVATIONS, "OBSERVATIONS"},
    {PLANNED_TESTS, "TESTS"},
    {PLANNED_AUDITS, "AUDITS"},
    {PLANNED_PATROLS, "PATROLS"},
    {PLANNED_VEHICLE_CHECKS, "VEHICLE_CHECKS"},
    {PLANNED_EQUIPMENT_TESTS, "EQUIPMENT_TESTS"},
    {PLANNED_TRAINING, "TRAINING"},
};
TABLE(planned_names, "PLANNED_");

static const struct enum_name check_type_names_of[] = {
    {CHECK_TYPE_ROUTINE_TEST, "ROUTINE_TEST"},
    {CHECK_TYPE_DAILY_OTP, "DAILY_OTP"},
    {CHECK_TYPE_CALIBRATION, "CALIBRATION"},
    {CHECK_TYPE_MAINTENANCE, "MAINTENANCE"},
    {CHECK_TYPE_FAULT, "FAULT"},
    {CHECK_TYPE_RETURN_TO_SERVICE, "RETURN_TO_SERVICE"},
};
TABLE(check_type_names, "CHECK_TYPE_");

static const struct enum_name check_result_names_of[] = {
    {CHECK_RESULT_PASS, "PASS"},
    {CHECK_RESULT_FAIL, "FAIL"},
    {CHECK_RESULT_NOT_DONE, "NOT_DONE"},
};
TABLE(check_result_names, "CHECK_RESULT_");

static const struct enum_name service_mode_names_of[] = {
    {SERVICE_MODE_NORMAL, "NORMAL"},
    {SERVICE_MODE_DEGRADED, "DEGRADED"},
    {SERVICE_MODE_OUT, "OUT"},
};
TABLE(service_mode_names, "SERVICE_MODE_");

static const struct enum_name decision_names_of[] = {
    {DECISION_CONFIRMED, "CONFIRMED"},
    {DECISION_DECLINED, "DECLINED"},
};
TABLE(decision_names, "DECISION_");

static const struct enum_name training_basis_names_of[] = {
    {TRAINING_BASIS_INITIAL, "INITIAL"},
    {TRAINING_BASIS_RECURRENT, "RECURRENT"},
};
TABLE(training_basis_names, "TRAINING_BASIS_");

static const struct enum_name training_method_names_of[] = {
    {TRAINING_METHOD_CBT, "CBT"},
    {TRAINING_METHOD_CLASSROOM, "CLASSROOM"},
    {TRAINING_METHOD_OJT_TIP, "OJT_TIP"},
    {TRAINING_METHOD_PRACTICAL, "PRACTICAL"},
};
TABLE(training_method_names, "TRAINING_METHOD_");

static const struct enum_name training_result_names_of[] = {
    {TRAINING_RESULT_PASS, "PASS"},
    {TRAINING_RESULT_FAIL, "FAIL"},
    {TRAINING_RESULT_NOT_DONE, "NOT_DONE"},
};
TABLE(training_result_names, "TRAINING_RESULT_");

static const struct enum_name deployment_role_names_of[] = {
    {DEPLOYMENT_ROLE_X_RAY_OPERATOR, "X_RAY_OPERATOR"},
    {DEPLOYMENT_ROLE_SCREENER, "SCREENER"},
    {DEPLOYMENT_ROLE_SUPERVISOR, "SUPERVISOR"},
    {DEPLOYMENT_ROLE_ACCESS_CONTROL, "ACCESS_CONTROL"},
    {DEPLOYMENT_ROLE_VEHICLE_EXAMINER, "VEHICLE_EXAMINER"},
    {DEPLOYMENT_ROLE_PATROL, "PATROL"},
    {DEPLOYMENT_ROLE_AIRCRAFT_SECURITY, "AIRCRAFT_SECURITY"},
    {DEPLOYMENT_ROLE_CARGO_SECURITY, "CARGO_SECURITY"},
    {DEPLOYMENT_ROLE_INSTRUCTOR, "INSTRUCTOR"},
    {DEPLOYMENT_ROLE_OTHER, "OTHER"},
};
TABLE(deployment_role_names, "DEPLOYMENT_ROLE_");

static const struct enum_name breach_of_names_of[] = {
    {BREACH_OF_ACCESS_CONTROL, "ACCESS_CONTROL"},
    {BREACH_OF_RESTRICTED_AREA, "RESTRICTED_AREA"},
    {BREACH_OF_CRITICAL_PART, "CRITICAL_PART"},
    {BREACH_OF_BOUNDARY, "BOUNDARY"},
    {BREACH_OF_AIRCRAFT, "AIRCRAFT"},
    {BREACH_OF_OTHER, "OTHER"},
};
TABLE(breach_of_names, "BREACH_OF_");

static const struct enum_name report_channel_names_of[] = {
    {REPORT_CHANNEL_STAFF, "STAFF"},
    {REPORT_CHANNEL_ANONYMOUS, "ANONYMOUS"},
    {REPORT_CHANNEL_PASSENGER, "PASSENGER"},
    {REPORT_CHANNEL_SYSTEM, "SYSTEM"},
};
TABLE(report_channel_names, "REPORT_CHANNEL_");

static const struct enum_name patrol_result_names_of[] = {
    {PATROL_RESULT_DONE, "DONE"},
    {PATROL_RESULT_LATE, "LATE"},
    {PATROL_RESULT_MISSED, "MISSED"},
    {PATROL_RESULT_EXCUSED, "EXCUSED"},
};
TABLE(patrol_result_names, "PATROL_RESULT_");

static const struct enum_name exercise_scope_names_of[] = {
    {EXERCISE_SCOPE_LOCAL, "LOCAL"},
    {EXERCISE_SCOPE_NATIONAL, "NATIONAL"},
};
TABLE(exercise_scope_names, "EXERCISE_SCOPE_");

static const struct enum_name exercise_type_names_of[] = {
    {EXERCISE_TYPE_DRILL, "DRILL"},
    {EXERCISE_TYPE_TABLETOP, "TABLETOP"},
    {EXERCISE_TYPE_PARTIAL, "PARTIAL"},
    {EXERCISE_TYPE_FULL_SCALE, "FULL_SCALE"},
};
TABLE(exercise_type_names, "EXERCISE_TYPE_");
