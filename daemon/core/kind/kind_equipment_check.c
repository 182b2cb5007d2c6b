#include "base/count.h"
#include "core/kind/field.h"

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
    [OWN(MODE_TO)] = TIME_FIELD("mode_to", 0, "end of the mode, exclusive; absent: it lasts"),
};

#define TESTS \
	(WHEN(CHECK_TYPE_ROUTINE_TEST) | WHEN(CHECK_TYPE_DAILY_OTP) | WHEN(CHECK_TYPE_CALIBRATION))

static const struct rule_when by_type[] = {
    {RESULT, CHECK_TYPE, WHEN_ANY, TESTS},
};

/* Whoever counts a quarter looks so far around it for the modes that last in it
 * (sql/queries/quarter/spd_equipment_mode.sql). */
#define LONGEST_MS (366 * MS_PER_DAY)

static enum code
check_span(const struct record *r, struct err *e)
{
	int64_t at = r->v[ENV_OCCURRED_AT].i;
	int64_t from = r->v[MODE_FROM].i;
	int64_t to = rule_given(r, MODE_TO) ? r->v[MODE_TO].i : from + 1;

	if (to <= from)
		return rule_broken(
		    e, r, MODE_TO,
		    "is not after mode_from: the end is exclusive, correct one of them");
	if (to - from > LONGEST_MS)
		return rule_broken(e, r, MODE_TO,
				   "is more than 366 days after mode_from: tell the rest anew");
	if (from - at > LONGEST_MS || at - from > LONGEST_MS)
		return rule_broken(e, r, MODE_FROM,
				   "is more than 366 days from occurred_at: correct one of them");
	return OK;
}

static enum code
check_mode(const struct record *r, struct err *e)
{
	bool mode = rule_given(r, SERVICE_MODE);
	bool from = rule_given(r, MODE_FROM);

	if (!mode && !from && !rule_given(r, MODE_TO))
		return OK;
	if (!mode || !from)
		return rule_broken(e, r, mode ? MODE_FROM : SERVICE_MODE,
				   "is missing: service_mode and mode_from go together, with "
				   "mode_to once the mode is over");
	return check_span(r, e);
}

static enum code
check(const struct record *r, const struct calendar *cal, struct err *e)
{
	enum code c = rule_check_when(r, by_type, COUNT(by_type), e);

	(void)cal;
	return c != OK ? c : check_mode(r, e);
}

const struct kind kind_equipment_check = {
    .id = KIND_EQUIPMENT_CHECK,
    .name = "equipment_check",
    .title = "equipment check",
    .help = "a test, fault or mode of a piece of security equipment",
    .own = fields,
    .n_own = COUNT(fields),
    .site_required = true,
    .check = check,
};
