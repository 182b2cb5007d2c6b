/*
 * Figures: rows of counts, as the database gives them, folded into the figures of one metric, one
 * per breakdown and value. Counts stay integers; the division is the last step. A figure without a
 * value says why: unknown is not zero.
 */
#ifndef SEMS_CORE_METRIC_FIGURE_H
#define SEMS_CORE_METRIC_FIGURE_H

#include "base/arena.h"
#include "core/metric/catalogue.h"
#include "core/stats/cluster.h"
#include "core/stats/stats.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum status {
	STATUS_NO_DATA,
	STATUS_INSUFFICIENT, /* fewer than minimum_n: counts are published, the rate is not */
	STATUS_NONE,         /* a band or a trend: nothing to meet */
	STATUS_NO_TARGET,
	STATUS_MET,
	STATUS_NOT_MET,
	STATUS_NOT_PROVEN, /* a sample whose interval holds the target */
	N_STATUSES
};

const char *status_name(enum status s);
bool status_parse(const char *name, enum status *out); /* false also for NULL */

/* What meets a target: from low to high, both included; HUGE_VAL, or less than nothing, where there
 * is no bound. */
struct aim {
	double low;
	double high;
};

/* Of a metric with a better and a worse. */
struct aim aim_at(enum direction d, double value);

struct bin { /* of a histogram */
	int64_t value;
	int64_t n;
};

/* Why there is no interval for clusters in general. */
enum cluster_lack {
	CLUSTER_LACK_NONE,
	CLUSTER_LACK_NOT_COUNTED, /* clusters are not told apart for this figure */
	CLUSTER_LACK_NOT_TOLD,    /* too many trials tell no cluster */
	CLUSTER_LACK_FEW,         /* fewer than CLUSTERS_MIN */
	CLUSTER_LACK_NO_VARIATION,
	N_CLUSTER_LACKS
};

const char *cluster_lack_name(enum cluster_lack l); /* NULL: of CLUSTER_LACK_NONE */

/* Of the trials that tell their cluster so many are enough. */
#define CLUSTER_TOLD_MIN_PERCENT 95

/* Of the statuses of parts beyond sites so many are expected to be false, at most. */
#define Q_MAX 0.05

/* The trials that tell their cluster: x of n, and the sums over the clusters. */
struct cluster_counts {
	int64_t x;
	int64_t n;
	struct cluster_sums sums;
};

struct figure {
	unsigned breakdown;            /* of the metric */
	const char *by[BREAKDOWN_MAX]; /* the values of its dimensions; NULL: not given */
	int64_t *count;                /* per group of the metric */
	bool *known;                   /* false: nothing in the group said anything */
	struct bin *bins;              /* SHAPE_QUANTILE, ascending */
	size_t n_bins;
	size_t cap_bins;
	int64_t persons_left_out; /* SHAPE_PERSONS: too few events to be judged */
	int64_t set_apart;        /* of the denominator: of other parts than fold_head()'s */
	/* Set by fold_finish(). */
	bool has_numerator;
	bool has_denominator;
	bool has_value;
	bool has_interval;
	int64_t numerator;
	int64_t denominator;
	double value;
	double p90;               /* SHAPE_QUANTILE */
	struct sdt sdt;           /* SHAPE_SDT */
	struct interval interval; /* for what was drawn */
	/* Of a metric with clusters. */
	bool has_told;
	struct cluster_counts told;
	bool has_general; /* an interval for clusters in general */
	enum cluster_lack lack;
	struct clustered general;
	bool is_by_general; /* the status goes by it */
	/* Of a part beyond sites that is judged by an interval: below Q_MAX it has a status. */
	bool has_q;
	double q;
	enum status status;
	const char *no_data; /* NULL: there is data */
	bool is_suppressed;  /* figure_suppress() */
};

/* The text of a dimension's value that a record did not give. */
#define FIGURE_NOT_GIVEN "(not given)"
/* The one of all those values that there is no room for (store/count/bounded_sql.h). */
#define FIGURE_OTHER "(other)"

/* How many figures the folds that share it may have in all. */
struct fold_room {
	size_t left;
	bool is_full; /* one was not made for want of room */
};

struct fold;

/*
 * The figures of a metric to be; the one without dimensions is there from the start. Everything is
 * in the arena: when it is full, figures are lost and arena_failed() tells. standard: SHAPE_PERSONS
 * below a standard: the standard, NULL when it is not set.
 */
struct fold *fold_new(struct arena *a, const struct metric *m, const double *standard);

/* Its figures take from the room from now on. */
void fold_share(struct fold *f, struct fold_room *room);
/*
 * Of a metric that is counted apart: what is not broken down by that is of this part alone, and
 * what is of others is counted beside it. NULL: there is none, and it has no rate. part lives as
 * long.
 */
void fold_head(struct fold *f, const char *part);
const char *fold_part(const struct fold *f);
/* Nothing was added. */
void fold_clear(struct fold *f);

/* dims: one text (or NULL) per dimension of the metric. Adds to the figure of every breakdown. */
void fold_add(struct fold *f, const char *const *dims, unsigned group, int64_t v);
/* A value of a SHAPE_QUANTILE's field, n times. Values come in ascending order. */
void fold_add_value(struct fold *f, const char *const *dims, int64_t value, int64_t n);
/* Values with their counts, ascending, in the figure of this breakdown only; counts may be taken
 * away again. */
void fold_add_bins(struct fold *f, unsigned breakdown, const char *const *dims,
		   const struct bin *bins, size_t n);
/* So many persons with x of n, in the figure of this breakdown only. */
void fold_add_persons(struct fold *f, unsigned breakdown, const char *const *dims, int64_t n,
		      int64_t x, int64_t persons);

/* What is told of the clusters of the figure of this breakdown; all of it at once. Of a metric that
 * is counted apart dims have the part, whatever the breakdown: what is not broken down by it takes
 * those of fold_head()'s part. */
void fold_add_clusters(struct fold *f, unsigned breakdown, const char *const *dims,
		       const struct cluster_counts *told);
/* The interval that the status goes by; g->has_interval. */
struct interval figure_interval(const struct figure *g);

/* Computes values, intervals and statuses; aim NULL: no target is set, else of fold_head()'s part.
 * The figures, by breakdown and value, valid as long as the arena; NULL when the arena is full. */
struct figure **fold_finish(struct fold *f, const struct aim *aim, size_t *n);

/* Takes its numbers and its status away, whatever they are, and says SUPPRESSED in their place. */
void figure_suppress(struct figure *g);

/* By breakdown, then by the values of its dimensions: the order of fold_finish(). */
int figure_compare(const struct figure *x, const struct figure *y);

#endif
