/*
 * Counting anew the days that were touched. A run is one transaction: in one snapshot it takes the
 * log of touched days into the state of the counts, removes those entries of the log that it saw,
 * and counts some of the days whose counts are out of date. Of several daemons one counts; what
 * another one does at the same time makes the transaction fail, and nothing else.
 */
#ifndef SEMS_STORE_COUNT_RECOUNT_H
#define SEMS_STORE_COUNT_RECOUNT_H

#include "base/arena.h"
#include "core/metric/catalogue.h"
#include "store/count/cube.h"
#include "store/count/metric_sql.h"
#include "store/pg/lanes.h"
#include "store/pg/stages.h"

#define RECOUNT_DAYS 92 /* of one cube in one run */
/* About so much is read in a run, so that others need not wait long: one or two seconds. */
#define RECOUNT_BYTES (INT64_C(512) << 20)

/* For the test of its table. */
extern const struct machine recount_machine;

struct recount_day {
	const char *quarter;
	const char *first_day;
	const char *end;
};

struct recount_run {
	/* The caller's. */
	struct lanes *lanes;
	struct ticket ticket;
	const struct catalogue *catalogue;
	bool at_once; /* also what was counted some minutes ago */
	void (*done)(struct recount_run *r, const struct err *e);
	void *ctx;
	/* The answer, until recount_fini(): days counted, of one cube each; whether there are more.
	 */
	size_t n_counted;
	bool more;
	/* Ours. */
	struct job job;
	struct arena *arena;
	struct query_plan plan;
	struct recount_day *quarters; /* all that have records */
	size_t n_quarters;
	size_t at; /* which quarter */
	struct stages stages;
	unsigned cube;
	int64_t bytes; /* read in this run, about */
	int64_t ids[CUBES_MAX];
	struct cube_day days[CUBES_MAX][RECOUNT_DAYS];
	size_t n_days[CUBES_MAX];
	bool is_mine;
	struct buf sql;
	struct buf digests; /* of all quarters */
	struct buf lists[4];
};

void recount_start(struct recount_run *r);
void recount_fini(struct recount_run *r);

#endif
