/* Room tools/bench: What semsd reaches, beside what the database does by itself. */
/*
 * The benchmark's measurements. Each is one run of `semsbench`, prints one JSON object on one line,
 * and counts with SELECT count(*) what arrived: what was acknowledged and is not there fails it.
 * bench.sh says in which order, `semsbench report` makes one table of them.
 */
#ifndef SEMS_TOOLS_BENCH_BENCH_H
#define SEMS_TOOLS_BENCH_BENCH_H

#include "base/buf.h"
#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct bench_options {
	const char *name;
	const char *table;    /* which state of the table: ratios compare within one */
	const char *socket;   /* of semsd */
	const char *database; /* conninfo of a superuser, who counts and empties */
	const char *writer;   /* conninfo with the rights of semsd's writer */
	const char *out;      /* report: the JSON file */
	long pid;             /* semsd's, 0: unknown */
	unsigned connections;
	unsigned frame; /* records in a frame, or rows in a COPY */
	unsigned window;
	unsigned poison; /* percent */
	double seconds;
	double rate;      /* records per second offered; 0: as fast as answers come */
	uint64_t records; /* at most; 0: as many as fit into the seconds */
	uint64_t first;
	uint64_t salt;
	bool fresh; /* empties the table before */
};

/* What went out and came back. */
struct tally {
	uint64_t sent;
	uint64_t stored;
	uint64_t duplicate;
	uint64_t quarantined;
	uint64_t retry;
	uint64_t other;
	double elapsed_s;
	double semsd_us;       /* semsd's processor time */
	struct buf latency_us; /* uint32_t each, in no order */
};

/* Microseconds of a clock that never goes back. */
int64_t bench_now_us(void);

/* load.c: semsd, over its socket. */
enum code bench_load(const struct bench_options *o, struct tally *t, struct err *e) MUST_CHECK;

/* direct.c: the database without semsd. */
enum code bench_copy(const struct bench_options *o, struct tally *t, struct err *e) MUST_CHECK;
/* One row a transaction, one after the other: the latency is a commit's. */
enum code bench_commit(const struct bench_options *o, struct tally *t, struct err *e) MUST_CHECK;
/* Rows of evidence and entries of the quarantine, now. */
enum code bench_count(const char *database, uint64_t *rows, uint64_t *quarantined,
		      struct err *e) MUST_CHECK;
enum code bench_empty(const char *database, struct err *e) MUST_CHECK;

/* report.c: the table on standard output, the JSON into o->out. files: one JSON object a line. */
enum code bench_report(const struct bench_options *o, char **files, struct err *e) MUST_CHECK;

#endif
