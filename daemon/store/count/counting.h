/* Room store/count: Metrics as SQL, counts by day, and what of them is kept. */
/*
 * Counting a quarter for its SPD: a sequence of statements for one job, whose transaction is the
 * snapshot that everything is read in. Day counts are used for the days that nothing has touched
 * since they were counted, records for the others; what comes out is the same as if all were
 * counted from records.
 */
#ifndef SEMS_STORE_COUNT_COUNTING_H
#define SEMS_STORE_COUNT_COUNTING_H

#include "core/metric/figure.h"
#include "core/spd/spd.h"
#include "store/count/cube.h"
#include "store/count/metric_sql.h"
#include "store/pg/lanes.h"
#include "store/pg/stages.h"

/* Where the counts come from. FROM_RAW: records only, which is what a freeze compares with. */
enum spd_source { SPD_FROM_COUNTS, SPD_FROM_RAW };

/* For the test of its table. */
extern const struct machine counting_machine;

struct counting {
	/* The caller's; texts as PostgreSQL takes them, all valid until counting_fini(). */
	struct arena *arena;
	const struct catalogue *catalogue;
	const struct query_plan *plan;
	struct fold **folds; /* per metric: what is counted goes there */
	enum spd_source source;
	struct answers *answers; /* NULL: each statement is asked */
	const char *quarter;
	const char *first_day;
	const char *start;
	const char *end;
	/* The answer. */
	struct spd_records *records;
	size_t n_records;
	bool is_ahead; /* after counting_next(): as a job's */
	/* So many values of each dimension that is free text, the rest under FIGURE_OTHER; 0: all
	 * of them, unless there are too many. The caller's at first, then what it came to. */
	unsigned keep;
	/* Ours. */
	struct buf sql;
	struct cube_state *states;
	struct cube_period period;
	int64_t (*weeks)[WEEKS_MAX][2]; /* per metric: numerator, denominator */
	bool (*counted)[WEEKS_MAX];
	struct stages stages;
	size_t at;
	size_t answered; /* of the sums: what the next rows are of */
	bool is_crowded; /* too many rows, or figures, of what was answered */
	struct fold_room room;
	struct buf bounded;
	struct buf version; /* of what a query reads */
	const char **asked; /* per query whose answer is to be kept: its statement */
	bool *is_told;      /* per query: its answer was kept */
	bool scanned;       /* the reading that cube `at` is the first of */
};

/* A statement answers with no more rows, and a quarter has no more figures, all metrics together:
 * where there would be more, the values of its dimensions are bounded. */
#define COUNTING_ROWS_MAX    50000
#define COUNTING_FIGURES_MAX 100000
#define COUNTING_KEEP_FIRST  256 /* then a quarter of that, and so on */

/* The arena must have room; failures show as arena_failed() or in *e. */
void counting_start(struct counting *c);
void counting_fini(struct counting *c);
/* Like struct job's: the next statement, or false when all is counted, or *e says why not. The job
 * must be one that writes: what is counted from records is in temporary tables meanwhile. */
bool counting_next(struct counting *c, struct statement *st, struct err *e);
void counting_rows(struct counting *c, const struct rows *rows);
/* After the last: the sums by week of the metric, or none. */
void counting_weeks(const struct counting *c, unsigned metric, struct spd_metric *out);

#endif
