/* A map for files whose columns are named like the fields of a kind: filled-in templates. */
#ifndef SEMS_TOOLS_IMPORT_MAP_OF_FIELDS_H
#define SEMS_TOOLS_IMPORT_MAP_OF_FIELDS_H

#include "base/arena.h"
#include "core/kind/kind.h"
#include "tools/import/map.h"

struct mapper_columns {
	const struct text *names;
	size_t n;
};

/* source: for rows that name none, may be NULL. In the arena. REJ_FIELD: a column is no field. */
enum code map_of_fields(const struct kind *k, const struct mapper_columns *columns,
			const char *source, struct arena *a, struct map **out,
			struct err *e) MUST_CHECK;

#endif
