/* Room core/kind: What a record is: its kinds as tables of fields, and their rules. */
/*
 * Record kinds as data. A kind is a table of fields; decoding, validation, COPY, the CSV template
 * and the import all read the same table, so a field has one name everywhere: in the .proto, in
 * SQL, in CSV headers and in error paths. daemon/DESIGN.md, "How to add a record kind".
 *
 * Every kind's fields begin with the envelope (enum envelope), which is the same for all.
 */
#ifndef SEMS_CORE_KIND_KIND_H
#define SEMS_CORE_KIND_KIND_H

#include "base/err.h"
#include "base/text.h"
#include "base/uuid.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum field_type {
	FIELD_TEXT,    /* value.text;  SQL text;        max: bytes */
	FIELD_ENUM,    /* value.i, a number of names; SQL text (the name) */
	FIELD_INT,     /* value.i;     SQL bigint;      min..max */
	FIELD_REAL,    /* value.real;  SQL double precision; min..max */
	FIELD_BOOL,    /* value.i 0/1; SQL boolean */
	FIELD_TIME,    /* value.i, Unix ms UTC; SQL timestamptz */
	FIELD_UUID,    /* value.uuid;  SQL uuid */
	FIELD_PERSON,  /* value.text as sent, then ingest's 16-byte pseudonym; SQL bytea */
	FIELD_TEXTS,   /* value.list of texts;   SQL jsonb array; max: items */
	FIELD_ENUMS,   /* value.list of enums;   SQL jsonb array of names */
	FIELD_PERSONS, /* value.list of persons; SQL jsonb array of hexadecimal pseudonyms */
	FIELD_LIST,    /* value.list of items;   SQL jsonb array of objects */
};
#define N_FIELD_TYPES (FIELD_LIST + 1)

enum field_flag {
	FIELD_REQUIRED = 1,
	FIELD_RESTRICTED = 2, /* free text that may name people: never in an SPD or a list */
	FIELD_DERIVED = 4, /* filled by the import or by ingest, not by people: not in templates */
	FIELD_CODE = 8,    /* text of letters, digits, '.', '-' and '_' only */
	FIELD_KIND = 16,   /* text that names a record kind */
	FIELD_OF_CORRECTION = 32, /* required with corrects_record_id */
	/* text that names something: one line, nothing hidden, no blanks around it */
	FIELD_NAME = 64,
	/* text that names the source whose matter this is: who may not send for that one may not
	 * say so */
	FIELD_SOURCE = 128,
};

#define FIELD_ITEM_BYTES 128 /* of one text in FIELD_TEXTS and FIELD_PERSONS */

struct enum_name {
	int number; /* as in the .proto */
	const char *name;
};

/* The names of an enumeration without the .proto's prefix; 0 is "not given" and is not listed. */
struct enum_table {
	const char *prefix; /* of the .proto's names, e.g. "TIP_OUTCOME_" */
	const struct enum_name *names;
	size_t n;
};

const char *enum_name(const struct enum_table *t, int64_t number); /* NULL: unknown */
int enum_number(const struct enum_table *t, struct text name);     /* 0: unknown */

struct field {
	const char *name;
	enum field_type type;
	unsigned flags; /* enum field_flag */
	int64_t min;
	int64_t max;
	const struct enum_table *names; /* FIELD_ENUM, FIELD_ENUMS */
	const struct field *item;       /* FIELD_LIST: the item's fields */
	size_t n_item;
	const char *help; /* one line for templates and PROTOCOL.md; units */
};

struct value;

struct list {
	struct value *v; /* n * width values, item by item */
	size_t n;        /* items */
	size_t width;    /* values per item: 1, or field.n_item */
};

struct value {
	bool set;
	union {
		int64_t i;
		double real;
		struct text text;
		struct uuid uuid;
		struct list list;
	};
};

/* The fields every kind begins with, in this order. */
enum envelope {
	ENV_RECORD_ID,
	ENV_SOURCE,
	ENV_SOURCE_RECORD_ID,
	ENV_SCHEMA_VERSION,
	ENV_SITE_ID,
	ENV_LOCATION_ID,
	ENV_MEASURE_CODE,
	ENV_REQUIREMENT_REFS,
	ENV_RISK_CONTROL_IDS,
	ENV_PROVIDER_ID,
	ENV_OCCURRED_AT,
	ENV_PRECISION,
	ENV_OCCURRED_END,
	ENV_DEVICE_LOCAL_TIME,
	ENV_UTC_OFFSET_MIN,
	ENV_CLOCK_OFFSET_MS,
	ENV_RECORDED_BY,
	ENV_SUBJECT_PERSON,
	ENV_SHIFT_ID,
	ENV_CORRECTS_RECORD_ID,
	ENV_CORRECTS_SOURCE,
	ENV_CORRECTED_AT,
	ENV_CORRECTION_REASON,
	ENV_EMBARGO,
	ENV_MARKING,
	ENV_COUNT
};

enum precision { PRECISION_MS = 1, PRECISION_MINUTE, PRECISION_DAY };

enum kind_id {
	KIND_OBSERVATION,
	KIND_TEST,
	KIND_AUDIT,
	KIND_TIP_EVENT,
	KIND_TIP_SESSION,
	KIND_ACTIVITY,
	KIND_PLAN,
	KIND_EQUIPMENT_CHECK,
	KIND_HEARTBEAT,
	KIND_VOID,
	KIND_CONFIRMATION,
	KIND_TRAINING,
	KIND_DEPLOYMENT,
	KIND_INCIDENT,
	KIND_REPORT,
	KIND_PATROL,
	KIND_EXERCISE,
	KIND_COUNT
};

struct record;
struct calendar;

struct kind {
	enum kind_id id;
	const char *name;        /* proto field in Record.body, SQL table sems.NAME, CLI word */
	const char *title;       /* for people: "TIP event" */
	const char *help;        /* one line */
	const struct field *own; /* the fields after the envelope */
	size_t n_own;
	bool site_required;
	bool end_required; /* occurred_end must be given and not before occurred_at */
	uint32_t needs;    /* further envelope fields it requires, 1 << ENV_... each */
	/* The rules between fields; the generic checks are done before it is called. cal may be
	 * NULL (tools without an entity): rules that need it are then left to the daemon. */
	enum code (*check)(const struct record *r, const struct calendar *cal, struct err *e);
};

/* All kinds, indexed by enum kind_id. */
extern const struct kind *const kinds[KIND_COUNT];
extern const struct field envelope_fields[ENV_COUNT];

const struct kind *kind_by_name(struct text name); /* NULL: unknown */
/* For whoever named one that is none: "there is no kind 'tets'; did you mean test?"; where none is
 * near, `listed` (": the manual lists them") in place of the question. */
#define KIND_UNKNOWN_SIZE 128
void kind_unknown(const char *name, const char *listed, char out[KIND_UNKNOWN_SIZE]);

/* Envelope and own fields as one sequence: index 0 to kind_n_fields() - 1. */
static inline size_t
kind_n_fields(const struct kind *k)
{
	return ENV_COUNT + k->n_own;
}

static inline const struct field *
kind_field(const struct kind *k, size_t index)
{
	return index < ENV_COUNT ? &envelope_fields[index] : &k->own[index - ENV_COUNT];
}

/* Index of a field by name; kind_n_fields(k) when there is none. */
size_t kind_field_index(const struct kind *k, struct text name);

struct record {
	const struct kind *kind;
	struct value *v; /* kind_n_fields(kind) values; memory belongs to whoever made the record */
};

/* Typed shorthands; the field must be set. */
static inline struct utc_ms
record_occurred_at(const struct record *r)
{
	return (struct utc_ms){r->v[ENV_OCCURRED_AT].i};
}

/* True when the field holds something: an empty text or list and an enumeration of 0 do not. */
bool value_is_given(const struct field *f, const struct value *v);

/* The envelope field is required for records of the kind. */
bool kind_requires(const struct kind *k, enum envelope index);

static inline bool
record_is_correction(const struct record *r)
{
	return r->v[ENV_CORRECTS_RECORD_ID].set;
}

/* Why a record is refused; same numbers as sems.v1.Reason. */
enum reason {
	REASON_NONE = 0,
	REASON_MALFORMED,
	REASON_UNKNOWN_KIND,
	REASON_UNKNOWN_FIELD,
	REASON_MISSING,
	REASON_RANGE,
	REASON_ENUM,
	REASON_TEXT,
	REASON_TOO_LONG,
	REASON_IDENTITY,
	REASON_CLOCK,
	REASON_PRECISION,
	REASON_NOT_GRANTED,
	REASON_UNKNOWN_SITE,
	REASON_RULE,
	REASON_CONFLICT,
	REASON_STORE,
	REASON_COUNT
};

const char *reason_name(enum reason r); /* "MISSING" */

/* A refusal: the reason, the field's path ("audit.findings[2].severity"), and what to do. */
struct refusal {
	enum reason reason;
	struct err err; /* err.where is the path */
};

#endif
