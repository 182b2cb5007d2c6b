/*
 * How the kind files write their tables and rules. Private to core: whoever reads the tables needs
 * core/kind/kind.h alone.
 */
#ifndef SEMS_CORE_KIND_FIELD_H
#define SEMS_CORE_KIND_FIELD_H

#include "base/civil.h"
#include "base/count.h"
#include "core/kind/enums.h"
#include "core/kind/kind.h"
#include "core/time/calendar.h"

#define ID_BYTES      64  /* names, codes, numbers of other systems */
#define REF_BYTES     128 /* references that carry a path or a version */
#define REASON_BYTES  500
#define NOTE_BYTES    2000
#define MEASURE_BYTES 32
#define COUNT_MAX     INT64_C(1000000000)
#define EVENT_NO_MAX  INT64_MAX
#define TIME_MIN_MS   INT64_C(631152000000)  /* 1990-01-01T00:00Z */
#define TIME_MAX_MS   INT64_C(7258118400000) /* 2200-01-01T00:00Z */

/* A kind's own fields are numbered after the envelope; its table starts at 0. */
#define OWN(index) ((index)-ENV_COUNT)

/* What is as short as an identifier is one. */
#define TEXT_FIELD(field, flag, bytes, text)                                              \
	{                                                                                 \
		.name = (field), .type = FIELD_TEXT,                                      \
		.flags = (flag) | ((bytes) <= ID_BYTES ? FIELD_NAME : 0), .max = (bytes), \
		.help = (text)                                                            \
	}
#define PERSON_FIELD(field, flag, text)                                                   \
	{                                                                                 \
		.name = (field), .type = FIELD_PERSON, .flags = (flag), .max = REF_BYTES, \
		.help = (text)                                                            \
	}
#define ENUM_FIELD(field, flag, table, text)                                             \
	{                                                                                \
		.name = (field), .type = FIELD_ENUM, .flags = (flag), .names = &(table), \
		.help = (text)                                                           \
	}
#define INT_FIELD(field, flag, low, high, text)                                                   \
	{                                                                                         \
		.name = (field), .type = FIELD_INT, .flags = (flag), .min = (low), .max = (high), \
		.help = (text)                                                                    \
	}
#define REAL_FIELD(field, flag, low, high, text)                                                   \
	{                                                                                          \
		.name = (field), .type = FIELD_REAL, .flags = (flag), .min = (low), .max = (high), \
		.help = (text)                                                                     \
	}
#define BOOL_FIELD(field, flag, text)                                                          \
	{                                                                                      \
		.name = (field), .type = FIELD_BOOL, .flags = (flag), .max = 1, .help = (text) \
	}
#define TIME_FIELD(field, flag, text)                                                     \
	{                                                                                 \
		.name = (field), .type = FIELD_TIME, .flags = (flag), .min = TIME_MIN_MS, \
		.max = TIME_MAX_MS, .help = (text)                                        \
	}
#define UUID_FIELD(field, flag, text)                                                \
	{                                                                            \
		.name = (field), .type = FIELD_UUID, .flags = (flag), .help = (text) \
	}
#define TEXTS_FIELD(field, flag, count, text)                                          \
	{                                                                              \
		.name = (field), .type = FIELD_TEXTS, .flags = (flag), .max = (count), \
		.help = (text)                                                         \
	}
#define PERSONS_FIELD(field, flag, count, text)                                          \
	{                                                                                \
		.name = (field), .type = FIELD_PERSONS, .flags = (flag), .max = (count), \
		.help = (text)                                                           \
	}
#define ENUMS_FIELD(field, flag, count, table, text)                                   \
	{                                                                              \
		.name = (field), .type = FIELD_ENUMS, .flags = (flag), .max = (count), \
		.names = &(table), .help = (text)                                      \
	}
#define LIST_FIELD(field, flag, count, items, text)                                   \
	{                                                                             \
		.name = (field), .type = FIELD_LIST, .flags = (flag), .max = (count), \
		.item = (items), .n_item = COUNT(items), .help = (text)               \
	}

/* Field `index` of a record holds something. */
bool rule_given(const struct record *r, size_t index);

/* Fills *e with the field's path and what to do. */
enum code rule_broken(struct err *e, const struct record *r, size_t index, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/*
 * What an enumeration's value allows and demands of another field, as bit masks 1 << number. A
 * field given outside `allowed` or absent inside `needed` breaks the rule.
 */
struct rule_when {
	size_t field;
	size_t by; /* the deciding FIELD_ENUM */
	uint32_t allowed;
	uint32_t needed;
};

#define WHEN(number) (UINT32_C(1) << (number))
#define WHEN_ANY     UINT32_MAX

enum code rule_check_when(const struct record *r, const struct rule_when *rules, size_t n,
			  struct err *e);

/* Time `later`, when both are given, is not before time `earlier`. */
enum code rule_check_order(const struct record *r, size_t earlier, size_t later, struct err *e);
/* What lasts no longer than 93 days is found by whoever looks back so far for what reaches into a
 * quarter, which is shorter. advice: what to send instead. */
enum code rule_check_longest(const struct record *r, const char *advice, struct err *e);

/* Text `sub` differs between all items of list `index`. */
enum code rule_check_unique(const struct record *r, size_t index, size_t sub, struct err *e);

/* Count `part`, when both are given, is at most count `whole`. */
enum code rule_check_part(const struct record *r, size_t part, size_t whole, struct err *e);

/* Two persons, when both are given, are not the same. */
enum code rule_check_differ(const struct record *r, size_t a, size_t b, struct err *e);

/* The table in kind.c gathers them. */
extern const struct kind kind_observation;
extern const struct kind kind_test;
extern const struct kind kind_audit;
extern const struct kind kind_tip_event;
extern const struct kind kind_tip_session;
extern const struct kind kind_activity;
extern const struct kind kind_plan;
extern const struct kind kind_equipment_check;
extern const struct kind kind_heartbeat;
extern const struct kind kind_void;
extern const struct kind kind_confirmation;
extern const struct kind kind_training;
extern const struct kind kind_deployment;
extern const struct kind kind_incident;
extern const struct kind kind_report;
extern const struct kind kind_patrol;
extern const struct kind kind_exercise;

#endif
