/*
 * The field's enumerations (domain terms), one table each; numbers and names are those of
 * record.proto, where each name also carries its table's prefix. 0 is "not given" everywhere.
 */
#ifndef SEMS_CORE_KIND_ENUMS_H
#define SEMS_CORE_KIND_ENUMS_H

#include "core/kind/kind.h"

enum marking {
	MARKING_OFFICIAL = 1,
	MARKING_OFFICIAL_SENSITIVE,
};

enum observer_role {
	OBSERVER_ROLE_SUPERVISOR = 1,
	OBSERVER_ROLE_ASSURANCE,
	OBSERVER_ROLE_MANAGER,
	OBSERVER_ROLE_EXTERNAL,
};

enum observation_mode {
	OBSERVATION_MODE_OVERT = 1,
	OBSERVATION_MODE_UNOBTRUSIVE,
	OBSERVATION_MODE_CCTV_REVIEW,
};

enum criterion_result {
	CRITERION_RESULT_MET = 1,
	CRITERION_RESULT_NOT_MET,
	CRITERION_RESULT_NOT_OBSERVED,
	CRITERION_RESULT_NOT_APPLICABLE,
};

enum severity {
	SEVERITY_CRITICAL = 1,
	SEVERITY_SERIOUS,
	SEVERITY_MINOR,
	SEVERITY_OBSERVATION_ONLY,
};

enum immediate_action {
	IMMEDIATE_ACTION_NONE = 1,
	IMMEDIATE_ACTION_COACHED,
	IMMEDIATE_ACTION_STOPPED,
	IMMEDIATE_ACTION_RESCREENED,
	IMMEDIATE_ACTION_ESCALATED,
};

enum test_mode {
	TEST_MODE_COVERT = 1,
	TEST_MODE_OVERT,
};

enum commissioned_by {
	COMMISSIONED_BY_INTERNAL = 1,
	COMMISSIONED_BY_CONTRACTOR,
	COMMISSIONED_BY_REGULATOR,
	COMMISSIONED_BY_OTHER_STATE,
};

enum method_class {
	METHOD_CLASS_ON_BODY = 1,
	METHOD_CLASS_CABIN_BAG,
	METHOD_CLASS_HOLD_BAG,
	METHOD_CLASS_VEHICLE,
	METHOD_CLASS_ACCESS_PASS,
	METHOD_CLASS_ACCESS_TAILGATE,
	METHOD_CLASS_CARGO,
	METHOD_CLASS_SUPPLIES,
	METHOD_CLASS_UNATTENDED_ITEM,
	METHOD_CLASS_OTHER,
};

enum test_item_class {
	TEST_ITEM_CLASS_BLADE = 1,
	TEST_ITEM_CLASS_FIREARM,
	TEST_ITEM_CLASS_IED,
	TEST_ITEM_CLASS_IED_COMPONENT,
	TEST_ITEM_CLASS_LIQUID,
	TEST_ITEM_CLASS_NONE,
	TEST_ITEM_CLASS_OTHER,
};

enum test_outcome {
	TEST_OUTCOME_PASS = 1,
	TEST_OUTCOME_FAIL,
	TEST_OUTCOME_PARTIAL,
	TEST_OUTCOME_INVALID,
};

enum invalid_reason {
	INVALID_REASON_COMPROMISED = 1,
	INVALID_REASON_ABORTED_SAFETY,
	INVALID_REASON_ABORTED_OPS,
	INVALID_REASON_TESTER_ERROR,
	INVALID_REASON_EQUIPMENT_OUT_OF_SERVICE,
};

enum failure_stage {
	FAILURE_STAGE_ACCESS_CHECK = 1,
	FAILURE_STAGE_DETECTION_EQUIPMENT,
	FAILURE_STAGE_IMAGE_INTERPRETATION,
	FAILURE_STAGE_ALARM_RESOLUTION,
	FAILURE_STAGE_HAND_SEARCH,
	FAILURE_STAGE_CHALLENGE,
	FAILURE_STAGE_ESCALATION,
	FAILURE_STAGE_RESPONSE,
};

enum root_cause {
	ROOT_CAUSE_HUMAN_SKILL = 1,
	ROOT_CAUSE_HUMAN_VIGILANCE,
	ROOT_CAUSE_PROCEDURE,
	ROOT_CAUSE_EQUIPMENT,
	ROOT_CAUSE_STAFFING,
	ROOT_CAUSE_SUPERVISION,
	ROOT_CAUSE_DESIGN,
	ROOT_CAUSE_UNKNOWN,
};

enum audit_type {
	AUDIT_TYPE_INTERNAL_AUDIT = 1,
	AUDIT_TYPE_EXTERNAL_AUDIT,
	AUDIT_TYPE_INSPECTION_INITIAL,
	AUDIT_TYPE_INSPECTION_FOLLOW_UP,
	AUDIT_TYPE_REGULATOR_AUDIT,
	AUDIT_TYPE_REGULATOR_INSPECTION,
	AUDIT_TYPE_SUPPLIER_AUDIT,
	AUDIT_TYPE_INVESTIGATION,
};

enum audit_technique {
	AUDIT_TECHNIQUE_DOCUMENTS = 1,
	AUDIT_TECHNIQUE_OBSERVATION,
	AUDIT_TECHNIQUE_INTERVIEW,
	AUDIT_TECHNIQUE_VERIFICATION,
};

enum classification {
	CLASSIFICATION_FULLY_COMPLIANT = 1,
	CLASSIFICATION_COMPLIANT_IMPROVEMENT_DESIRABLE,
	CLASSIFICATION_NOT_COMPLIANT,
	CLASSIFICATION_NOT_COMPLIANT_SERIOUS,
	CLASSIFICATION_NOT_APPLICABLE,
	CLASSIFICATION_NOT_CONFIRMED,
};

enum finding_state {
	FINDING_STATE_OPEN = 1,
	FINDING_STATE_CORRECTED,
	FINDING_STATE_VERIFIED,
	FINDING_STATE_CLOSED,
	FINDING_STATE_REJECTED,
};

enum finding_origin {
	FINDING_ORIGIN_AUDIT = 1,
	FINDING_ORIGIN_INSPECTION,
	FINDING_ORIGIN_OBSERVATION,
	FINDING_ORIGIN_TEST,
	FINDING_ORIGIN_TIP,
	FINDING_ORIGIN_INCIDENT,
	FINDING_ORIGIN_REPORT,
	FINDING_ORIGIN_DATA_QA,
	FINDING_ORIGIN_REGULATOR,
};

enum tip_stream {
	TIP_STREAM_CABIN = 1,
	TIP_STREAM_STAFF,
	TIP_STREAM_HOLD,
	TIP_STREAM_CARGO,
	TIP_STREAM_SUPPLIES,
};

enum tip_image_type {
	TIP_IMAGE_TYPE_CTI = 1,
	TIP_IMAGE_TYPE_FTI,
};

enum threat_category {
	THREAT_CATEGORY_GUN = 1,
	THREAT_CATEGORY_BLADE,
	THREAT_CATEGORY_IED,
	THREAT_CATEGORY_IED_COMPONENT,
	THREAT_CATEGORY_OTHER_PROHIBITED,
	THREAT_CATEGORY_LAG,
	THREAT_CATEGORY_LOCAL,
};

enum tip_outcome {
	TIP_OUTCOME_HIT = 1,
	TIP_OUTCOME_MISS_DECIDED,
	TIP_OUTCOME_MISS_TIMEOUT,
	TIP_OUTCOME_NON_TIP_ALARM,
	TIP_OUTCOME_ABORTED,
};

enum abort_reason {
	ABORT_REASON_LOGOFF = 1,
	ABORT_REASON_BELT_STOP,
	ABORT_REASON_IMAGE_REJECTED,
	ABORT_REASON_FAULT,
	ABORT_REASON_TRAINING_MODE,
};

enum activity_type {
	ACTIVITY_TYPE_PASSENGERS_SCREENED = 1,
	ACTIVITY_TYPE_CABIN_BAGS,
	ACTIVITY_TYPE_HOLD_BAGS,
	ACTIVITY_TYPE_STAFF_SCREENED,
	ACTIVITY_TYPE_VEHICLES_ENTERED,
	ACTIVITY_TYPE_VEHICLES_SEARCHED,
	ACTIVITY_TYPE_PATROLS_REQUIRED,
	ACTIVITY_TYPE_PATROLS_DONE,
	ACTIVITY_TYPE_CARGO_PIECES,
	ACTIVITY_TYPE_SUPPLY_DELIVERIES,
	ACTIVITY_TYPE_ACCESS_TRANSACTIONS,
	ACTIVITY_TYPE_SCREENER_HOURS,
	ACTIVITY_TYPE_FLIGHTS,
};

enum count_method {
	COUNT_METHOD_COUNTED = 1,
	COUNT_METHOD_ESTIMATED,
};

enum means {
	MEANS_NORMAL = 1,
	MEANS_DEGRADED,
};

enum planned {
	PLANNED_OBSERVATIONS = 1,
	PLANNED_TESTS,
	PLANNED_AUDITS,
	PLANNED_PATROLS,
	PLANNED_VEHICLE_CHECKS,
	PLANNED_EQUIPMENT_TESTS,
	PLANNED_TRAINING,
};

enum check_type {
	CHECK_TYPE_ROUTINE_TEST = 1,
	CHECK_TYPE_DAILY_OTP,
	CHECK_TYPE_CALIBRATION,
	CHECK_TYPE_MAINTENANCE,
	CHECK_TYPE_FAULT,
	CHECK_TYPE_RETURN_TO_SERVICE,
};

enum check_result {
	CHECK_RESULT_PASS = 1,
	CHECK_RESULT_FAIL,
	CHECK_RESULT_NOT_DONE,
};

enum decision {
	DECISION_CONFIRMED = 1,
	DECISION_DECLINED,
};

enum service_mode {
	SERVICE_MODE_NORMAL = 1,
	SERVICE_MODE_DEGRADED,
	SERVICE_MODE_OUT,
};

enum training_basis {
	TRAINING_BASIS_INITIAL = 1,
	TRAINING_BASIS_RECURRENT,
};

enum training_method {
	TRAINING_METHOD_CBT = 1,
	TRAINING_METHOD_CLASSROOM,
	TRAINING_METHOD_OJT_TIP,
	TRAINING_METHOD_PRACTICAL,
};

enum training_result {
	TRAINING_RESULT_PASS = 1,
	TRAINING_RESULT_FAIL,
	TRAINING_RESULT_NOT_DONE,
};

enum deployment_role {
	DEPLOYMENT_ROLE_X_RAY_OPERATOR = 1,
	DEPLOYMENT_ROLE_SCREENER,
	DEPLOYMENT_ROLE_SUPERVISOR,
	DEPLOYMENT_ROLE_ACCESS_CONTROL,
	DEPLOYMENT_ROLE_VEHICLE_EXAMINER,
	DEPLOYMENT_ROLE_PATROL,
	DEPLOYMENT_ROLE_AIRCRAFT_SECURITY,
	DEPLOYMENT_ROLE_CARGO_SECURITY,
	DEPLOYMENT_ROLE_INSTRUCTOR,
	DEPLOYMENT_ROLE_OTHER,
};

enum breach_of {
	BREACH_OF_ACCESS_CONTROL = 1,
	BREACH_OF_RESTRICTED_AREA,
	BREACH_OF_CRITICAL_PART,
	BREACH_OF_BOUNDARY,
	BREACH_OF_AIRCRAFT,
	BREACH_OF_OTHER,
};

enum report_channel {
	REPORT_CHANNEL_STAFF = 1,
	REPORT_CHANNEL_ANONYMOUS,
	REPORT_CHANNEL_PASSENGER,
	REPORT_CHANNEL_SYSTEM,
};

enum patrol_result {
	PATROL_RESULT_DONE = 1,
	PATROL_RESULT_LATE,
	PATROL_RESULT_MISSED,
	PATROL_RESULT_EXCUSED,
};

enum exercise_scope {
	EXERCISE_SCOPE_LOCAL = 1,
	EXERCISE_SCOPE_NATIONAL,
};

enum exercise_type {
	EXERCISE_TYPE_DRILL = 1,
	EXERCISE_TYPE_TABLETOP,
	EXERCISE_TYPE_PARTIAL,
	EXERCISE_TYPE_FULL_SCALE,
};

extern const struct enum_table precision_names;
extern const struct enum_table marking_names;
extern const struct enum_table observer_role_names;
extern const struct enum_table observation_mode_names;
extern const struct enum_table criterion_result_names;
extern const struct enum_table severity_names;
extern const struct enum_table immediate_action_names;
extern const struct enum_table test_mode_names;
extern const struct enum_table commissioned_by_names;
extern const struct enum_table method_class_names;
extern const struct enum_table test_item_class_names;
extern const struct enum_table test_outcome_names;
extern const struct enum_table invalid_reason_names;
extern const struct enum_table failure_stage_names;
extern const struct enum_table root_cause_names;
extern const struct enum_table audit_type_names;
extern const struct enum_table audit_technique_names;
extern const struct enum_table classification_names;
extern const struct enum_table finding_state_names;
extern const struct enum_table finding_origin_names;
extern const struct enum_table tip_stream_names;
extern const struct enum_table tip_image_type_names;
extern const struct enum_table threat_category_names;
extern const struct enum_table tip_outcome_names;
extern const struct enum_table abort_reason_names;
extern const struct enum_table activity_type_names;
extern const struct enum_table count_method_names;
extern const struct enum_table means_names;
extern const struct enum_table planned_names;
extern const struct enum_table check_type_names;
extern const struct enum_table check_result_names;
extern const struct enum_table service_mode_names;
extern const struct enum_table decision_names;
extern const struct enum_table training_basis_names;
extern const struct enum_table training_method_names;
extern const struct enum_table training_result_names;
extern const struct enum_table deployment_role_names;
extern const struct enum_table breach_of_names;
extern const struct enum_table report_channel_names;
extern const struct enum_table patrol_result_names;
extern const struct enum_table exercise_scope_names;
extern const struct enum_table exercise_type_names;

#endif
