#include "base/count.h"
#include "core/kind/field.h"

enum { DEVICE_ID = ENV_COUNT, EVENTS_MADE, LAST_EVENT_NO };

enum { MADE_KIND, MADE_COUNT };

static const struct field made[] = {
    [MADE_KIND] =
	TEXT_FIELD("kind", FIELD_REQUIRED | FIELD_KIND, ID_BYTES, "a record kind, e.g. tip_event"),
    [MADE_COUNT] = INT_FIELD("count", FIELD_REQUIRED, 0, COUNT_MAX,
			     "records made from occurred_at to occurred_end"),
};
COVERS(made, MADE_COUNT + 1);

static const struct field fields[] = {
    [OWN(DEVICE_ID)] = TEXT_FIELD("device_id", 0, ID_BYTES, "the device that is alive"),
    [OWN(EVENTS_MADE)] =
	LIST_FIELD("events_made", 0, 32, made, "records made per kind: what should have arrived"),
    [OWN(LAST_EVENT_NO)] =
	INT_FIELD("last_event_no", 0, 0, EVENT_NO_MAX, "event_no of the last event made"),
};

static enum code
check(const struct record *r, const struct calendar *cal, struct err *e)
{
	(void)cal;
	return rule_check_unique(r, EVENTS_MADE, MADE_KIND, e);
}

const struct kind kind_heartbeat = {
    .id = KIND_HEARTBEAT,
    .name = "heartbeat",
    .title = "heartbeat",
    .help = "a source was alive and made so many records: turns silence into a zero or a gap",
    .own = fields,
    .n_own = COUNT(fields),
    .end_required = true,
    .check = check,
};
