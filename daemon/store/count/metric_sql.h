/*
 * Metrics to SQL. The terms of all metrics that read one view become one statement, which counts
 * at the finest dimensions any of them breaks down by; folding to figures is the core's. Persons
 * and quantiles cannot be added up from finer counts and have statements of their own. So ten
 * million TIP events are read a few times, however many metrics count them.
 *
 * Most views are counted in cubes (store/count/cube.h): their statements are templates for
 * cube_expand(). The others are small, or not the sum of their days, and are read as they are.
 *
 * Identifiers come from the core's tables only, literals are quoted.
 */
#ifndef SEMS_STORE_COUNT_METRIC_SQL_H
#define SEMS_STORE_COUNT_METRIC_SQL_H

#include "base/arena.h"
#include "base/err.h"
#include "core/metric/catalogue.h"
#include "store/count/cube.h"

#include <stddef.h>

#define QUERY_DIMS_MAX  24
#define QUERY_PARTS_MAX 4

enum query_shape {
	QUERY_SUMS,    /* dims.., one column per aggregate; NULL: nothing counted */
	QUERY_VALUES,  /* grouping(), dims.., values, counts: two arrays, ascending by value */
	QUERY_PERSONS, /* grouping(), dims.., n and x of each metric.., persons */
	/* grouping(), dims.., and of each metric its QUERY_CLUSTER_COLUMNS: clusters, their sums of
	 * n, x, x squared, x n and n squared */
	QUERY_CLUSTERS,
};
#define N_QUERY_SHAPES        (QUERY_CLUSTERS + 1)
#define QUERY_CLUSTER_COLUMNS 6

/* A metric that counts persons, or clusters; several of one view share a statement. */
struct query_persons {
	unsigned metric;
	int n_column;                 /* x is in the next; of clusters the first column */
	int grouping[BREAKDOWNS_MAX]; /* the grouping() of each breakdown; several may share one */
};

/* A column of a statement, and what it is added to. */
struct query_use {
	unsigned metric; /* of the catalogue */
	unsigned group;
	int sign;
	int column;
};

struct query {
	const char *sql; /* a template; when it has parameters, $1 and $2 are the period */
	/* QUERY_SUMS of cubes: the same by week, in place of the dimensions; else NULL. */
	const char *week_sql;
	bool has_params;
	enum query_shape shape;
	const struct view *view;
	const char *dims[QUERY_DIMS_MAX];
	bool is_free[QUERY_DIMS_MAX]; /* any text that a sender chooses */
	unsigned n_dims;
	unsigned metric;              /* QUERY_VALUES: of one metric */
	int grouping[BREAKDOWNS_MAX]; /* QUERY_VALUES: the grouping() of each breakdown */
	struct query_use *uses;       /* QUERY_SUMS */
	size_t n_uses;
	unsigned n_sums; /* columns behind the dimensions */
	/* Per metric of the catalogue and dimension of it: the column, or -1 when the view lacks
	 * it. */
	int (*dim_column)[DIMENSIONS_MAX];
	/* week_sql: the columns behind the week that tell apart what metrics are counted apart by.
	 */
	const char *parts[QUERY_PARTS_MAX];
	unsigned n_parts;
	struct query_persons *persons; /* QUERY_PERSONS, QUERY_CLUSTERS */
	size_t n_persons;
	int persons_column;
};

struct query_plan {
	struct query *queries;
	size_t n;
	struct cube_set cubes;
	const char *records_sql; /* a template: of each kind, what came and what became of it */
};

/* The statements for a whole catalogue, in the arena. */
enum code metric_sql_plan(const struct catalogue *c, struct arena *a, struct query_plan *out,
			  struct err *e) MUST_CHECK;

/* The column of week_sql with the part of what the metric is counted apart by; -1: it has none. */
int query_part_column(const struct query *q, const struct metric *m);

#endif
