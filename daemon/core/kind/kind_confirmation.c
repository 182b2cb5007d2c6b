/*
 * The second person's word on a correction or a void that may not take effect by one person alone.
 * Who that person is says the connection it came over, not the record.
 */
#include "base/count.h"
#include "core/kind/field.h"

enum { CONFIRMS_RECORD_ID = ENV_COUNT, CONFIRMS_SOURCE, DECISION, DECIDED_AT, DECISION_REASON };

static const struct field fields[] = {
    [OWN(CONFIRMS_RECORD_ID)] =
	UUID_FIELD("confirms_record_id", FIELD_REQUIRED,
		   "record_id of the correction or void that is decided on"),
    [OWN(CONFIRMS_SOURCE)] =
	TEXT_FIELD("confirms_source", 0, ID_BYTES, "its source; absent is the same source"),
    [OWN(DECISION)] = ENUM_FIELD("decision", FIELD_REQUIRED, decision_names,
				 "DECLINED: it stays without effect; the latest decision counts"),
    [OWN(DECIDED_AT)] = TIME_FIELD("decided_at", FIELD_REQUIRED, "when it was decided"),
    [OWN(DECISION_REASON)] =
	TEXT_FIELD("decision_reason", 0, REASON_BYTES, "why, where it is not plain; name nobody"),
};

/* It stands at the instant of what it decides on, so that both are in one quarter and go together.
 */
static enum code
check(const struct record *r, const struct calendar *cal, struct err *e)
{
	const struct uuid *id = &r->v[CONFIRMS_RECORD_ID].uuid;

	(void)cal;
	if (record_is_correction(r))
		return rule_broken(e, r, ENV_CORRECTS_RECORD_ID,
				   "does not go with a confirmation: decide anew instead");
	if (uuid_time(id).v != r->v[ENV_OCCURRED_AT].i)
		return rule_broken(e, r, ENV_OCCURRED_AT,
				   "is not the instant of what is confirmed: take the time bits of "
				   "confirms_record_id");
	return OK;
}

const struct kind kind_confirmation = {
    .id = KIND_CONFIRMATION,
    .name = "confirmation",
    .title = "confirmation",
    .help = "a second person lets a correction or a void take effect, or declines it",
    .own = fields,
    .n_own = COUNT(fields),
    .check = check,
};
