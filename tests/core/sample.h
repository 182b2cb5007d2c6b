/*
 * Valid records of every kind, to be spoiled one field at a time. Fields are addressed as in error
 * paths without the kind: "outcome", "criteria[1].result".
 */
#ifndef SEMS_TESTS_CORE_SAMPLE_H
#define SEMS_TESTS_CORE_SAMPLE_H

#include "core/kind/kind.h"
#include "core/time/calendar.h"

#define SAMPLE_FIELDS 64
#define SAMPLE_ITEMS  600

struct sample {
	struct record r;
	struct value v[SAMPLE_FIELDS];
	struct value items[3][SAMPLE_ITEMS * 9]; /* of up to three lists */
	const struct field *lists[3];
};

/* 2026-05-12T09:30:00.000Z */
#define SAMPLE_TIME INT64_C(1778578200000)
/* Two hours on: the daemon's clock in the tests. */
#define SAMPLE_NOW ((struct utc_ms){SAMPLE_TIME + 2 * MS_PER_HOUR})

/* A record with what the kind requires, valid. */
void sample_make(struct sample *s, enum kind_id kind);

/* Sets a field from text: numbers and times as digits, enumerations as names or digits, UUIDs as
 * such, lists of texts or names as one item. An empty value takes the field away. */
void sample_set(struct sample *s, const char *path, const char *value);

/* Makes a list n items long; new items are copies of the first. */
void sample_resize(struct sample *s, const char *name, size_t n);

/* occurred_at, and the record_id that belongs to it. */
void sample_move(struct sample *s, int64_t occurred_at);

/* A rule between fields: what is set, and where it is refused; where "" is accepted. */
struct sample_rule {
	const char *set[5][2];
	const char *where;
	const char *words; /* that the refusal says; NULL: any */
};

/* Checks each row on a fresh sample with the calendar; a refusal is REASON_RULE. */
void sample_check_rules(enum kind_id kind, const struct sample_rule *rows, size_t n);

/* London's civil days from 2026-01-01 to 2027-01-01. */
const struct calendar *sample_calendar(void);

#endif
