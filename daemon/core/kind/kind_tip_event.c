#include "base/count.h"
#include "core/kind/field.h"

enum {
	DEVICE_ID = ENV_COUNT,
	DEVICE_MODEL,
	SW_VERSION,
	STREAM,
	SCREENER_ID,
	LOGIN_SESSION_ID,
	EVENT_NO,
	IMAGE_ID,
	LIBRARY_ID,
	LIBRARY_VERSION,
	IMAGE_TYPE,
	THREAT_CATEGORY,
	DECISION_AT,
	RESPONSE_MS,
	TIME_LIMIT_MS,
	OUTCOME,
	ABORT_REASON,
	VIEW_COUNT,
	BAG_REF,
};

static const struct field fields[] = {
    [OWN(DEVICE_ID)] = TEXT_FIELD("device_id", FIELD_REQUIRED, ID_BYTES, "the screening machine"),
    [OWN(DEVICE_MODEL)] = TEXT_FIELD("device_model", 0, ID_BYTES, "make and model"),
    [OWN(SW_VERSION)] = TEXT_FIELD("sw_version", 0, ID_BYTES, "the machine's software"),
    [OWN(STREAM)] = ENUM_FIELD("stream", 0, tip_stream_names, "what the machine screens"),
    [OWN(SCREENER_ID)] = PERSON_FIELD("screener_id", 0, "who sat at the machine"),
    [OWN(LOGIN_SESSION_ID)] =
	TEXT_FIELD("login_session_id", 0, ID_BYTES, "the login the event belongs to"),
    [OWN(EVENT_NO)] = INT_FIELD("event_no", 0, 0, EVENT_NO_MAX,
				"the device's own number, rising by one: shows what is missing"),
    [OWN(IMAGE_ID)] = TEXT_FIELD("image_id", 0, REF_BYTES,
				 "the image projected; the same only within a library version"),
    [OWN(LIBRARY_ID)] = TEXT_FIELD("library_id", 0, ID_BYTES, "the image library"),
    [OWN(LIBRARY_VERSION)] = TEXT_FIELD("library_version", 0, ID_BYTES, "version of the library"),
    [OWN(IMAGE_TYPE)] = ENUM_FIELD("image_type", 0, tip_image_type_names,
				   "CTI: a whole bag; FTI: an item merged into a real bag's image"),
    [OWN(THREAT_CATEGORY)] =
	ENUM_FIELD("threat_category", 0, threat_category_names, "what was projected"),
    [OWN(DECISION_AT)] = TIME_FIELD("decision_at", 0, "when the screener decided"),
    [OWN(RESPONSE_MS)] =
	INT_FIELD("response_ms", 0, 0, MS_PER_HOUR, "from projection to decision, milliseconds"),
    [OWN(TIME_LIMIT_MS)] =
	INT_FIELD("time_limit_ms", 0, 0, MS_PER_HOUR, "time the screener had, milliseconds"),
    [OWN(OUTCOME)] = ENUM_FIELD("outcome", FIELD_REQUIRED, tip_outcome_names,
				"a timeout is a miss; ABORTED counts on neither side"),
    [OWN(ABORT_REASON)] = ENUM_FIELD("abort_reason", 0, abort_reason_names,
				     "why it was aborted; only with outcome ABORTED"),
    [OWN(VIEW_COUNT)] = INT_FIELD("view_count", 0, 0, 1000, "views the image was shown in"),
    [OWN(BAG_REF)] = TEXT_FIELD("bag_ref", 0, REF_BYTES, "opaque reference to the bag"),
};

#define PROJECTED (WHEN_ANY & ~WHEN(TIP_OUTCOME_NON_TIP_ALARM))

static const struct rule_when by_outcome[] = {
    {ABORT_REASON, OUTCOME, WHEN(TIP_OUTCOME_ABORTED), 0},
    {IMAGE_ID, OUTCOME, PROJECTED, 0},
    {THREAT_CATEGORY, OUTCOME, PROJECTED, 0},
};

static enum code
check(const struct record *r, const struct calendar *cal, struct err *e)
{
	enum code c = rule_check_when(r, by_outcome, COUNT(by_outcome), e);

	(void)cal;
	return c != OK ? c : rule_check_order(r, ENV_OCCURRED_AT, DECISION_AT, e);
}

const struct kind kind_tip_event = {
    .id = KIND_TIP_EVENT,
    .name = "tip_event",
    .title = "TIP event",
    .help = "one threat image projection, or an alarm with nothing projected",
    .own = fields,
    .n_own = COUNT(fields),
    .site_required = true,
    .check = check,
};
