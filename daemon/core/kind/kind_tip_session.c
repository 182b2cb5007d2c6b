#include "base/count.h"
#include "core/kind/field.h"

#include <inttypes.h>

enum {
	DEVICE_ID = ENV_COUNT,
	STREAM,
	SCREENER_ID,
	LOGIN_SESSION_ID,
	IMAGES_VIEWED,
	TIP_SHOWN,
	HITS,
	MISSES,
	NON_TIP_ALARMS,
	NON_TIP_ALARMS_CONFIRMED_THREAT,
	ABORTED,
	TIP_ENABLED_SECONDS,
	FIRST_EVENT_NO,
	LAST_EVENT_NO,
	VENDOR_PD,
	VENDOR_PFA,
	VENDOR_DPRIME,
};

static const struct field fields[] = {
    [OWN(DEVICE_ID)] = TEXT_FIELD("device_id", FIELD_REQUIRED, ID_BYTES, "the screening machine"),
    [OWN(STREAM)] = ENUM_FIELD("stream", 0, tip_stream_names, "what the machine screens"),
    [OWN(SCREENER_ID)] = PERSON_FIELD("screener_id", 0, "who was logged in"),
    [OWN(LOGIN_SESSION_ID)] =
	TEXT_FIELD("login_session_id", 0, ID_BYTES, "the machine's own number of the login"),
    [OWN(IMAGES_VIEWED)] = INT_FIELD("images_viewed", FIELD_REQUIRED, 0, COUNT_MAX,
				     "bags or images shown, projections included"),
    [OWN(TIP_SHOWN)] = INT_FIELD("tip_shown", FIELD_REQUIRED, 0, COUNT_MAX, "images projected"),
    [OWN(HITS)] = INT_FIELD("hits", FIELD_REQUIRED, 0, COUNT_MAX, "projections responded to"),
    [OWN(MISSES)] = INT_FIELD("misses", FIELD_REQUIRED, 0, COUNT_MAX,
			      "projections not responded to, timeouts included"),
    [OWN(NON_TIP_ALARMS)] =
	INT_FIELD("non_tip_alarms", 0, 0, COUNT_MAX, "responses with nothing projected"),
    [OWN(NON_TIP_ALARMS_CONFIRMED_THREAT)] = INT_FIELD(
	"non_tip_alarms_confirmed_threat", 0, 0, COUNT_MAX, "those of them that were real finds"),
    [OWN(ABORTED)] = INT_FIELD("aborted", 0, 0, COUNT_MAX, "projections that could not finish"),
    [OWN(TIP_ENABLED_SECONDS)] = INT_FIELD("tip_enabled_seconds", 0, 0, 366 * 86400,
					   "seconds of the session with TIP switched on"),
    [OWN(FIRST_EVENT_NO)] =
	INT_FIELD("first_event_no", 0, 0, EVENT_NO_MAX, "event_no of the session's first event"),
    [OWN(LAST_EVENT_NO)] =
	INT_FIELD("last_event_no", 0, 0, EVENT_NO_MAX, "event_no of the session's last event"),
    [OWN(VENDOR_PD)] =
	REAL_FIELD("vendor_pd", 0, 0, 100,
		   "the machine's own hit rate as it prints it; never mixed with ours"),
    [OWN(VENDOR_PFA)] =
	REAL_FIELD("vendor_pfa", 0, 0, 100, "the machine's own false alarm rate as it prints it"),
    [OWN(VENDOR_DPRIME)] =
	REAL_FIELD("vendor_dprime", 0, -100, 100, "the machine's own d' as it prints it"),
};

static const struct {
	size_t part;
	size_t whole;
} parts[] = {
    {TIP_SHOWN, IMAGES_VIEWED},
    {NON_TIP_ALARMS_CONFIRMED_THREAT, NON_TIP_ALARMS},
    {FIRST_EVENT_NO, LAST_EVENT_NO},
};

static enum code
check_sum(const struct record *r, struct err *e)
{
	int64_t hits = r->v[HITS].i;
	int64_t misses = r->v[MISSES].i;
	int64_t aborted = rule_given(r, ABORTED) ? r->v[ABORTED].i : 0;
	int64_t shown = r->v[TIP_SHOWN].i;

	if (hits + misses + aborted <= shown)
		return OK;
	return rule_broken(e, r, TIP_SHOWN,
			   "hits %" PRId64 " + misses %" PRId64 " + aborted %" PRId64 " = %" PRId64
			   " is more than tip_shown %" PRId64 ": correct the counts",
			   hits, misses, aborted, hits + misses + aborted, shown);
}

static enum code
check_enabled(const struct record *r, struct err *e)
{
	int64_t length;

	if (!rule_given(r, TIP_ENABLED_SECONDS) || !rule_given(r, ENV_OCCURRED_END))
		return OK;
	/* A minute of grace: machines count the seconds by another clock than the login's. */
	length = r->v[ENV_OCCURRED_END].i - r->v[ENV_OCCURRED_AT].i;
	if (r->v[TIP_ENABLED_SECONDS].i * MS_PER_SECOND <= length + MS_PER_MINUTE)
		return OK;
	return rule_broken(e, r, TIP_ENABLED_SECONDS,
			   "%" PRId64 " s is more than the session's %" PRId64
			   " s: correct it, occurred_at or occurred_end",
			   r->v[TIP_ENABLED_SECONDS].i, length / MS_PER_SECOND);
}

static enum code
check(const struct record *r, const struct calendar *cal, struct err *e)
{
	enum code c = OK;

	(void)cal;
	for (size_t i = 0; c == OK && i < COUNT(parts); i++)
		c = rule_check_part(r, parts[i].part, parts[i].whole, e);
	if (c == OK)
		c = check_sum(r, e);
	if (c == OK)
		c = rule_check_longest(r, "send a session for each login", e);
	return c != OK ? c : check_enabled(r, e);
}

const struct kind kind_tip_session = {
    .id = KIND_TIP_SESSION,
    .name = "tip_session",
    .title = "TIP session",
    .help = "counts of one login at a machine: the denominators of TIP rates",
    .own = fields,
    .n_own = COUNT(fields),
    .site_required = true,
    .check = check,
};
