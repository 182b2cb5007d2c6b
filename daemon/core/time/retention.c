#include "core/time/retention.h"

#include "base/count.h"
#include "base/text.h"
#include "core/time/calendar.h"

#include <stdio.h>

#define MONTHS_PER_QUARTER 3
#define MONTHS_MAX         1200

static int
month_number(struct civil_date d)
{
	return d.year * 12 + d.month - 1;
}

/* Whole months from the end of the partition's month, a first of a month, to today. */
static int
age_months(const struct retention_case *c)
{
	return month_number(c->today) - month_number(c->month) - 1;
}

static enum retention
decide_old(const struct retention_case *c, char why[RETENTION_TEXT_SIZE])
{
	char quarter[QUARTER_TEXT_SIZE];
	int64_t window_ends;
	struct civil_date last;

	quarter_format(quarter_of(c->month), quarter);
	if (!c->submitted) {
		snprintf(why, RETENTION_TEXT_SIZE,
			 "past its maximum, but %s is not submitted: submit its SPD first",
			 quarter);
		return RETENTION_KEEP_QUARTER;
	}
	window_ends = civil_to_days(c->submitted_on) + c->window_days;
	if (civil_to_days(c->today) < window_ends) {
		last = civil_from_days(window_ends);
		snprintf(why, RETENTION_TEXT_SIZE,
			 "past its maximum, but %s may be revised until %04d-%02d-%02d", quarter,
			 last.year, last.month, last.day);
		return RETENTION_KEEP_WINDOW;
	}
	if (c->has_open_findings) {
		snprintf(why, RETENTION_TEXT_SIZE,
			 "past its maximum, but it holds findings that are not closed: close them "
			 "first");
		return RETENTION_KEEP_OPEN_FINDINGS;
	}
	if (c->holds != NULL && c->all_held) {
		text_print(why, RETENTION_TEXT_SIZE, "past its maximum, but all of it is under %s",
			   c->holds);
		return RETENTION_KEEP_HOLD;
	}
	text_print(why, RETENTION_TEXT_SIZE,
		   "past its maximum; %s is submitted and its window over%s%s%s", quarter,
		   c->holds == NULL ? "" : "; what is under ", c->holds == NULL ? "" : c->holds,
		   c->holds == NULL ? "" : " stays");
	return RETENTION_DROP;
}

enum retention
retention_decide(const struct retention_policy *p, const struct retention_case *c,
		 char why[RETENTION_TEXT_SIZE])
{
	int age = age_months(c);

	if (age < p->min_months) {
		snprintf(why, RETENTION_TEXT_SIZE, "%d months old, must be kept for %d",
			 age < 0 ? 0 : age, p->min_months);
		return RETENTION_KEEP_MIN;
	}
	if (age < p->max_months) {
		snprintf(why, RETENTION_TEXT_SIZE, "%d months old, may be kept for %d",
			 age < 0 ? 0 : age, p->max_months);
		return RETENTION_KEEP_YOUNG;
	}
	return decide_old(c, why);
}

const char *
retention_name(enum retention r)
{
	static const char *const names[] = {
	    [RETENTION_DROP] = "DROP",
	    [RETENTION_KEEP_MIN] = "KEEP_MIN",
	    [RETENTION_KEEP_YOUNG] = "KEEP_YOUNG",
	    [RETENTION_KEEP_QUARTER] = "KEEP_QUARTER",
	    [RETENTION_KEEP_WINDOW] = "KEEP_WINDOW",
	    [RETENTION_KEEP_OPEN_FINDINGS] = "KEEP_OPEN_FINDINGS",
	    [RETENTION_KEEP_HOLD] = "KEEP_HOLD",
	};
	COVERS(names, RETENTION_COUNT);

	return (unsigned)r < RETENTION_COUNT ? names[r] : "UNKNOWN";
}

/* Days in the shortest run of n civil months: one that begins with February of a common year. */
static int64_t
shortest_days(int n)
{
	struct civil_date from = {2027, 2, 1};
	struct civil_date to = {2027 + (n + 1) / 12, (n + 1) % 12 + 1, 1};

	return civil_to_days(to) - civil_to_days(from);
}

enum code
retention_check_policy(const struct retention_policy *p, int window_days, struct err *e)
{
	if (p->min_months < 0 || p->min_months > MONTHS_MAX)
		return err_set(e, FATAL_CONFIG, "min_months",
			       "%d is not within 0 to %d months: correct it", p->min_months,
			       MONTHS_MAX);
	if (p->max_months < 1 || p->max_months > MONTHS_MAX)
		return err_set(e, FATAL_CONFIG, "max_months",
			       "%d is not within 1 to %d months: correct it", p->max_months,
			       MONTHS_MAX);
	if (window_days < 0)
		return err_set(e, FATAL_CONFIG, "window_days", "%d is negative: correct it",
			       window_days);
	if (p->min_months > p->max_months)
		return err_set(e, FATAL_CONFIG, "min_months",
			       "%d months is more than the maximum of %d: correct one of them",
			       p->min_months, p->max_months);
	/* A quarter's first month is three months old before its revision window can begin. */
	if (p->max_months < MONTHS_PER_QUARTER ||
	    shortest_days(p->max_months - MONTHS_PER_QUARTER) < window_days)
		return err_set(e, FATAL_CONFIG, "max_months",
			       "%d months is shorter than a quarter and its revision window of %d "
			       "days: raise it",
			       p->max_months, window_days);
	return OK;
}
