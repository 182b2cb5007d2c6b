#include "base/count.h"
#include "core/kind/field.h"

enum {
	PLAN_ID = ENV_COUNT,
	WHAT,
	PERIOD_START,
	PERIOD_END,
	PLANNED_COUNT,
	WINDOW_START_MIN,
	WINDOW_END_MIN,
};

static const struct field fields[] = {
    [OWN(PLAN_ID)] = TEXT_FIELD("plan_id", FIELD_REQUIRED, ID_BYTES, "the plan and its line"),
    [OWN(WHAT)] = ENUM_FIELD("what", FIELD_REQUIRED, planned_names, "what should be done"),
    [OWN(PERIOD_START)] = TIME_FIELD("period_start", FIELD_REQUIRED, "first instant of the period"),
    [OWN(PERIOD_END)] = TIME_FIELD("period_end", FIELD_REQUIRED,
				   "end of the period, exclusive; in the quarter of period_start"),
    [OWN(PLANNED_COUNT)] =
	INT_FIELD("planned_count", FIELD_REQUIRED, 0, COUNT_MAX,
		  "how many in the period: the only source of planned denominators"),
    [OWN(WINDOW_START_MIN)] = INT_FIELD("window_start_min", 0, 0, 1439,
					"right time of day from, minutes after local midnight"),
    [OWN(WINDOW_END_MIN)] =
	INT_FIELD("window_end_min", 0, 0, 1439,
		  "right time of day to, that minute included; before the start it spans midnight"),
};

static enum code
check_quarter(const struct record *r, const struct calendar *cal, struct err *e)
{
	struct civil_date first;
	struct civil_date last;
	struct quarter a;
	struct quarter b;
	char name[QUARTER_TEXT_SIZE];

	if (!calendar_date(cal, (struct utc_ms){r->v[PERIOD_START].i}, &first))
		return rule_broken(e, r, PERIOD_START,
				   "is outside the entity's calendar: correct the period");
	if (!calendar_date(cal, (struct utc_ms){r->v[PERIOD_END].i - 1}, &last))
		return rule_broken(e, r, PERIOD_END,
				   "is outside the entity's calendar: correct the period");
	a = quarter_of(first);
	b = quarter_of(last);
	if (a.year == b.year && a.q == b.q)
		return OK;
	quarter_format(a, name);
	return rule_broken(e, r, PERIOD_END,
			   "is beyond %s, in which the period starts: split the plan by quarter",
			   name);
}

static enum code
check(const struct record *r, const struct calendar *cal, struct err *e)
{
	if (r->v[PERIOD_END].i <= r->v[PERIOD_START].i)
		return rule_broken(
		    e, r, PERIOD_END,
		    "is not after period_start: the end is exclusive, correct one of them");
	if (rule_given(r, WINDOW_START_MIN) != rule_given(r, WINDOW_END_MIN))
		return rule_broken(
		    e, r, rule_given(r, WINDOW_START_MIN) ? WINDOW_END_MIN : WINDOW_START_MIN,
		    "is missing: a window needs its start and its end, or neither");
	return cal == NULL ? OK : check_quarter(r, cal, e);
}

const struct kind kind_plan = {
    .id = KIND_PLAN,
    .name = "plan",
    .title = "plan",
    .help = "what should be done in a period: without it nothing shows what was missed",
    .own = fields,
    .n_own = COUNT(fields),
    .site_required = true,
    .check = check,
};
