#include "core/field.h"

enum {
	DEVICE_ID = ENV_COUNT,
	CHECK_TYPE,
	DUE_AT,
	RESULT,
	ATTEMPT,
	SERVICE_MODE,
	MODE_FROM,
	MODE_TO,
};

static const struct field fields[] = {
    [OWN(DEVICE_ID)] = TEXT_FIELD("device_id", FIELD_REQUIRED, ID_BYTES, "the equipment"),
    [OWN(CHECK_TYPE)] =
	ENUM_FIELD("check_type", FIELD_REQUIRED, check_type_names, "the test or event"),
    [OWN(DUE_AT)] = TIME_FIELD("due_at", 0, "when it was due"),
    [OWN(RESULT)] = ENUM_FIELD("result", 0, check_result_names,
			       "required for ROUTINE_TEST, DAILY_OTP and CALIBRATION"),
    [OWN(ATTEMPT)] = INT_FIELD("attempt", 0, 1, 1000, "1 is the first attempt"),
    [OWN(SERVICE_MODE)] = ENUM_FIELD("service_mode", 0, service_mode_names,
				     "the mode the equipment was in from mode_from to mode_to"),
    [OWN(MODE_FROM)] = TIME_FIELD("mode_from", 0, "start of the mode, within time of service due"),
    [OWN(MODE_TO)] = TIME_FIELD("mode_to", 0, "end of the mode, exclusive"),
};

#define TESTS \
	(WHEN(CHECK_TYPE_ROUTINE_TEST) | WHEN(CHECK_TYPE_DAILY_OTP) | WHEN(CHECK_TYPE_CALIBRATION))

static const struct rule_when by_type[] = {
    {RESULT, CHECK_TYPE, WHEN_ANY, TESTS},
};

static const size_t mode_fields[] = {SERVICE_MODE, MODE_FROM, MODE_TO};

static enum code
check_mode(const struct record *r, struct err *e)
{
	size_t n = sizeof mode_fields / sizeof mode_fields[0];
	size_t given = 0;

	for (size_t i = 0; i < n; i++)
		given += rule_given(r, mode_fields[i]);
	for (size_t i = 0; given != 0 && i < n; i++) {
		if (!rule_given(r, mode_fields[i]))
			return rule_broken(
			    e, r, mode_fields[i],
			    "is missing: service_mode, mode_from and mode_to go together");
	}
	if (given != 0 && r->v[MODE_TO].i <= r->v[MODE_FROM].i)
		return rule_broken(
		    e, r, MODE_TO,
		    "is not after mode_from: the end is exclusive, correct one of them");
	return OK;
}

static enum code
check(const struct record *r, const struct calendar *cal, struct err *e)
{
	enum code c = rule_check_when(r, by_type, sizeof by_type / sizeof by_type[0], e);

	(void)cal;
	return c != OK ? c : check_mode(r, e);
}

const struct kind kind_equipment_check = {
    .id = KIND_EQUIPMENT_CHECK,
    .name = "equipment_check",
    .title = "equipment check",
    .help = "a test, fault or mode of a piece of security equipment",
    .own = fields,
    .n_own = sizeof fields / sizeof fields[0],
    .site_required = true,
    .check = check,
};
