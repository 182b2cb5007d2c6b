/*
 * From figures to records and back: statements that say of each record what a metric counts of it,
 * by the catalogue's own conditions. Always from records, never from counts: whoever asks wants to
 * see them. Private to whoever explains.
 */
#ifndef SEMS_STORE_COUNT_EXPLAIN_SQL_H
#define SEMS_STORE_COUNT_EXPLAIN_SQL_H

#include "base/arena.h"
#include "base/err.h"
#include "core/metric/catalogue.h"

#include <stddef.h>

#define EXPLAIN_GROUPS_MAX 40

struct explain_dim { /* one dimension of a figure; FIGURE_NOT_GIVEN is none */
	const char *name;
	const char *value;
};

/* What is asked for. */
struct explain_wish {
	const struct metric *m;
	const struct explain_dim *where;
	size_t n_where;
	/* As they counted at a freeze: behind sql/queries/count/explain_then.sql, in its
	 * transaction. */
	bool then;
};

struct explain_plan {
	/* $1, $2: the period. One row: records, then what they add up to, group by group. */
	const char *totals;
	/* And $3 to $5: counted_at, record_id, source of the last one of the page before, or NULL;
	 * $6: how many. Rows: record_id, source, kind, counted_at, site_id, measure, received_at,
	 * then what is counted of it, group by group; NULL: nothing. */
	const char *page;
	/* $1, $2: the period; $3: how many. Those that count otherwise now than then. Rows as of a
	 * page, then what is counted of it now, group by group, whether it counted then and whether
	 * now, how many there are in all, and why it was corrected or voided, when it was. NULL:
	 * not asked for. */
	const char *changed;
	unsigned groups[EXPLAIN_GROUPS_MAX]; /* of the metric */
	unsigned n_groups;
	const char *nameless; /* a view without records of its own; NULL: none */
	bool audits;          /* counts audits, of which earlier ones matter, too */
};

/* The group's word: "numerator", an exclusion's reason. */
const char *explain_group_name(const struct metric *m, unsigned group);

/* In the arena. */
enum code explain_sql_plan(const struct explain_wish *w, struct arena *a, struct explain_plan *out,
			   struct err *e) MUST_CHECK;

/* What the metrics of a catalogue count of one record of a view; a column for each of `uses`. */
struct explain_use {
	const struct metric *m;
	unsigned group;
};

struct explain_trace {
	/* $1, $2: the period; $3: record_id; $4: source. One row at most: the uses' columns, then
	 * the view's dimensions as a JSON object. NULL: no metric counts there. */
	const char *sql;
	struct explain_use *uses;
	size_t n_uses;
};

enum code explain_sql_trace(const struct catalogue *c, const struct view *v, struct arena *a,
			    struct explain_trace *out, struct err *e) MUST_CHECK;

#endif
