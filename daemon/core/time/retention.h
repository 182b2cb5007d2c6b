/*
 * Retention as a decision: may a month's partition of a kind go today? Pure: the duty that asks
 * brings the facts and acts on the answer. Ages are civil months and window days, never seconds.
 */
#ifndef SEMS_CORE_TIME_RETENTION_H
#define SEMS_CORE_TIME_RETENTION_H

#include "base/civil.h"
#include "base/err.h"

#include <stdbool.h>

/* Whole civil months since the end of the record's month. */
struct retention_policy {
	int min_months; /* nothing younger goes: the duty to keep */
	int max_months; /* nothing older stays without a reason: the duty to delete */
};

struct retention_case {
	struct civil_date month;        /* any day of the partition's civil month */
	struct civil_date today;        /* in the entity's zone */
	bool submitted;                 /* the month's quarter has a submitted SPD */
	struct civil_date submitted_on; /* of its latest submitted revision */
	int window_days;        /* after submission, during which a revision may be needed */
	bool has_open_findings; /* findings of the partition that are not closed */
	const char *holds;      /* legal holds of its records, in words; NULL: none */
	bool all_held;          /* and no record is without one */
};

enum retention {
	RETENTION_DROP,
	RETENTION_KEEP_MIN,
	RETENTION_KEEP_YOUNG,
	RETENTION_KEEP_QUARTER,
	RETENTION_KEEP_WINDOW,
	RETENTION_KEEP_OPEN_FINDINGS,
	RETENTION_KEEP_HOLD,
	RETENTION_COUNT
};

#define RETENTION_TEXT_SIZE 256

/* why: for people, always filled. The policy must have passed retention_check_policy(). */
enum retention retention_decide(const struct retention_policy *p, const struct retention_case *c,
				char why[RETENTION_TEXT_SIZE]);

/* "DROP", "KEEP_MIN", ... */
const char *retention_name(enum retention r);

/* FATAL_CONFIG: the maximum is below the minimum, or too short for a quarter and its window. */
enum code retention_check_policy(const struct retention_policy *p, int window_days,
				 struct err *e) MUST_CHECK;

#endif
