#include "base/count.h"
#include "core/kind/field.h"

enum { ACTIVITY = ENV_COUNT, COUNT, METHOD, MEANS };

static const struct field fields[] = {
    [OWN(ACTIVITY)] =
	ENUM_FIELD("activity", FIELD_REQUIRED, activity_type_names, "what was counted"),
    [OWN(COUNT)] = INT_FIELD("count", FIELD_REQUIRED, 0, INT64_C(1000000000000),
			     "how many from occurred_at to occurred_end, 93 days at most"),
    [OWN(METHOD)] = ENUM_FIELD("method", FIELD_REQUIRED, count_method_names,
			       "COUNTED and ESTIMATED are shown apart"),
    [OWN(MEANS)] =
	ENUM_FIELD("means", 0, means_names, "by normal or degraded means, where it matters"),
};

static enum code
check(const struct record *r, const struct calendar *cal, struct err *e)
{
	(void)cal;
	return rule_check_longest(r, "count by quarter, or shorter", e);
}

const struct kind kind_activity = {
    .id = KIND_ACTIVITY,
    .name = "activity",
    .title = "activity count",
    .help = "how many tasks were done or items handled in an interval",
    .own = fields,
    .n_own = COUNT(fields),
    .site_required = true,
    .end_required = true,
    .check = check,
};
