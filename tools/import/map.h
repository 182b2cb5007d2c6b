/*
 * A map says how the rows of a CSV file become records: the YAML file that `semsctl import --map`
 * takes. Every key is described in tools/MAPS.md. Absent texts and lists are NULL and 0.
 */
#ifndef SEMS_TOOLS_IMPORT_MAP_H
#define SEMS_TOOLS_IMPORT_MAP_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* A condition on a row; of `equals` to `matches` exactly one is given. */
struct map_condition {
	char *column;
	char *value; /* a template instead of a column: "{A}/{B}" */
	char *equals;
	char **in;
	unsigned in_count;
	char **not_in;
	unsigned not_in_count;
	bool *empty;
	char *matches; /* POSIX extended regular expression */
	bool *ignore_spaces;
};

struct map_entry {
	char **from;
	unsigned from_count;
	char *to;
};

/* How the file writes numbers. */
struct map_number {
	char *decimal;
	char *group;
};

/* Added to a time. */
struct map_plus {
	char *column;
	char *unit; /* ms, s, min, h, days */
};

struct map_field {
	char *field; /* a path, as in tools/import/build.h */
	char *column;
	char *value; /* a template: "{Column}", "{n}" the item's number, "{item}" the part of a
			split */
	struct map_entry *values;
	unsigned values_count;
	char *other;   /* for what the table does not list */
	char *absent;  /* "default": for an empty cell */
	double *scale; /* the number is multiplied by it */
	bool *round;
	bool *ignore_spaces; /* "Ch eck point" is "Checkpoint" */
	/* Times. */
	char **formats;
	unsigned formats_count;
	char *precision;
	struct map_plus *plus;
	unsigned plus_count;
	bool *overnight; /* before occurred_at means the next day */
};

struct map_item {
	struct map_condition *when;
	unsigned when_count;
	char *repeat; /* a column with the number of items */
	char *split;  /* a column with the items... */
	char *on;     /* ...between these */
	struct map_field *fields;
	unsigned fields_count;
};

struct map_list {
	char *field;
	struct map_item *items;
	unsigned items_count;
};

struct map_id {
	char **columns;
	unsigned columns_count;
	char *suffix;
	bool *ignore_spaces;
	bool optional; /* not in the file: a row without a number gets one of its own */
};

struct map_record {
	char *kind;
	struct map_condition *when;
	unsigned when_count;
	struct map_id *id;
	struct map_field *occurred_at;
	struct map_field *fields;
	unsigned fields_count;
	struct map_list *lists;
	unsigned lists_count;
};

struct map {
	unsigned version;
	char *source;
	char *zone;
	char *encoding;
	char *delimiter;
	char *sheet; /* of a workbook */
	bool *header;
	char **columns; /* without a header line: the names */
	unsigned columns_count;
	char **nulls; /* cells that mean "not given", besides the empty one */
	unsigned nulls_count;
	int *two_digit_years; /* first of the hundred years that 00 to 99 may mean */
	struct map_number *number;
	struct map_entry *zones; /* what files call zones: an offset or an IANA name */
	unsigned zones_count;
	struct map_condition *skip; /* a line that meets one of them is not data */
	unsigned skip_count;
	struct map_record *records;
	unsigned records_count;
};

enum code map_load(const char *path, struct map **out, struct err *e) MUST_CHECK;
enum code map_load_text(const char *text, struct map **out, struct err *e) MUST_CHECK;
void map_free(struct map *m); /* accepts NULL */

#endif
