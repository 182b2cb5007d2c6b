/*
 * Views: what a metric may count. A view names a relation of the database, the record kind whose
 * fields it carries, and the columns derived from them. The catalogue is checked against these
 * lists, so that no identifier reaches SQL that is not named here or in a kind's table.
 */
#ifndef SEMS_CORE_METRIC_VIEW_H
#define SEMS_CORE_METRIC_VIEW_H

#include "core/kind/kind.h"

#include <stdbool.h>
#include <stddef.h>

enum column_type { COLUMN_TEXT, COLUMN_NUMBER, COLUMN_BOOL, COLUMN_OTHER };

struct column {
	const char *name;
	enum column_type type;
	const struct enum_table *names; /* of an enumeration, else NULL */
};

/* Rows of a kind in a view of several. */
struct view_kind {
	enum kind_id kind;
	const char *what; /* those whose column `what` is this; NULL: any */
};

struct view {
	const char *name;
	/* The relation; its rows are taken by their counted_at. NULL: the text of `query`, a
	 * statement that takes the period itself, as $1 and $2. Both NULL: the store has more than
	 * one relation behind it. */
	const char *relation;
	const char *query; /* path of an embedded file */
	enum kind_id base; /* KIND_COUNT: none */
	bool at_end;       /* its rows are a state at the end of the period */
	const struct column *own;
	size_t n_own;
	const struct view_kind *of; /* without a base: the kinds it counts; NULL: none, or all */
	size_t n_of;
};

/* In no particular order; view_table[view_count - 1] is the last. */
extern const struct view view_table[];
extern const size_t view_count;

const struct view *view_by_name(const char *name); /* NULL: unknown */
/* The column of a field or a dimension ("site", "measure", "provider"); false: it has none. */
bool view_column(const struct view *v, const char *field, struct column *out);

#endif
