/* Room store/pg: Connections to PostgreSQL, and the lanes of jobs over them. */
/*
 * What is asked of the database: jobs, each a transaction, and the rows that answer. The lanes of
 * lanes.h run them.
 */
#ifndef SEMS_STORE_PG_JOB_H
#define SEMS_STORE_PG_JOB_H

#include "base/arena.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

/* A job is a sequence of statements in one transaction (REPEATABLE READ, read-only unless
 * `writes`). Jobs queue in their lane; each runs whole before the next of the lane. Statements that
 * come again are planned once a connection. DB_LOGIN: as whom semsd logs in, for the store itself.
 */
enum db_role { DB_COMPUTE, DB_RETENTION, DB_ADMIN, DB_IDENTITY, DB_LOGIN, N_DB_ROLES };

/* What is quick never waits for what is long. */
enum lane {
	LANE_SHORT, /* a statement that takes longer than LANE_SHORT_MS is ended */
	LANE_LONG,  /* counting, freezing, verifying, explaining */
	LANE_DUTY,  /* what semsd does by itself from time to time */
	LANE_COUNT
};

#define LANE_SHORT_MS 20000

/* Who waits for a job. Once they are gone their jobs are not begun any more, and what runs is
 * ended and rolled back. A lane takes only so many of one name, and serves names in turn. */
struct waiter {
	const char *name;    /* a principal; the access log has it for what the job changes */
	const char *gateway; /* who speaks for it; NULL: nobody */
	bool (*is_gone)(const struct waiter *w);
};

/* waiter: valid until the job is done. NULL: nobody, or what must be done whoever waits; such a
 * job is never refused. */
struct ticket {
	enum lane lane;
	const struct waiter *waiter;
};

#define STATEMENT_PARAMS_MAX 12

struct statement {
	const char *sql; /* valid until its rows came */
	int n_params;
	const char *params[STATEMENT_PARAMS_MAX]; /* text format; NULL is SQL NULL; same validity */
};

struct rows; /* the result of one statement, valid during the callback */

int rows_count(const struct rows *r);
int rows_columns(const struct rows *r);
const char *rows_text(const struct rows *r, int row, int col); /* NULL: SQL NULL */
/* A copy in the arena; NULL: SQL NULL, or the arena is spent. */
const char *rows_keep(const struct rows *r, int row, int col, struct arena *a);
int64_t rows_int(const struct rows *r, int row, int col); /* 0 for NULL: check before */

struct job {
	struct ticket ticket;
	enum db_role role;
	bool writes;
	bool discards; /* what it writes is for itself: rolled back in the end, and no failure */
	/* Fills *st and returns true, or returns false: no more statements, commit. Also the place
	 * to fail: set *e to a REJ code and return false, and the transaction is rolled back. */
	bool (*next)(struct job *j, struct statement *st, struct err *e);
	void (*rows)(struct job *j, const struct rows *r);
	/* After commit or rollback; e->code is OK or says why. The job is the caller's again: may
	 * free. */
	void (*done)(struct job *j, const struct err *e);
	void *ctx;
	/* Set by next(), if there is a further statement whatever this one answers: next() may then
	 * be called before its rows come. */
	bool is_ahead;
	unsigned repeats; /* job_again()'s */
	/* The store's. */
	TAILQ_ENTRY(job)
	link;
	struct err refused;
};

/* Whoever changes what others change at the same time may fail with TRY_CONFLICT, and has nothing
 * to tell anybody: it is done again, so often. */
#define CONFLICT_REPEATS 5

/* For done(): true when the job is to be put back to its first statement and run again. */
bool job_again(struct job *j, const struct err *e);

#endif
