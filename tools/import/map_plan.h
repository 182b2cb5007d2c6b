/*
 * A map that has been looked up: its columns in a file's header, its fields in their kinds. A map
 * that cannot fit the file fails here, before a row is read.
 */
#ifndef SEMS_TOOLS_IMPORT_MAP_PLAN_H
#define SEMS_TOOLS_IMPORT_MAP_PLAN_H

#include "base/arena.h"
#include "core/kind/kind.h"
#include "tools/import/build.h"
#include "tools/import/decimal.h"
#include "tools/import/expr.h"
#include "tools/import/map.h"
#include "tools/time/pattern.h"

struct plus_plan {
	size_t column;
	struct text name;
	double unit_ms;
};

struct field_plan {
	const struct map_field *m;
	struct target target;
	struct expr x;
	struct plus_plan *plus;
	enum precision precision; /* 0: as far as the text goes */
	struct pattern *patterns; /* of each of the map's formats */
};

struct item_plan {
	const struct map_item *m;
	struct condition *when;
	size_t counted; /* column of repeat or split */
	struct field_plan *fields;
};

struct list_plan {
	struct item_plan *items;
	unsigned n;
};

struct record_plan {
	const struct map_record *m;
	const struct kind *kind;
	struct condition *when;
	struct expr *id;
	unsigned n_id;
	struct field_plan occurred_at;
	struct field_plan *fields;
	struct list_plan *lists;
};

struct map_plan {
	struct arena *arena;
	const struct map *m;
	struct expr_file file;
	struct condition *skip;
	struct decimal_form number;
	struct zone_word *zones; /* of each name in the map's zones */
	size_t n_zones;
	struct record_plan *records; /* of each of the map's */
};

/* names: the file's columns, copied. The map is borrowed and all else is the arena's, but for
 * map_plan_fini(), whose turn comes after a failure, too. */
enum code map_plan_make(struct map_plan *plan, const struct map *m, const struct text *names,
			size_t n, struct arena *a, struct err *e) MUST_CHECK;
void map_plan_fini(struct map_plan *plan); /* accepts a zeroed one */

#endif
