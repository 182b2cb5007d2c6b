/*
 * PostgreSQL. One connection writes evidence (role sems_ingest); each lane of jobs has one that
 * answers questions and runs duties (its role chosen per job). All are non-blocking and driven by
 * libevent; all reconnect with jitter, for ever. No libpq type leaves this folder.
 */
#ifndef SEMS_STORE_STORE_H
#define SEMS_STORE_STORE_H

#include "base/arena.h"
#include "base/err.h"
#include "ingest/group.h"
#include "ingest/registry.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

struct beside;
struct event_base;
struct store;
struct keyring;

struct store_config {
	const char *conninfo; /* libpq connection string, without role and search_path */
	const struct keyring *keys;
	/* The writer has finished a group: every item has its verdict. The group is the caller's
	 * again. */
	void (*on_written)(void *ctx, struct group *g);
	/* The writer became able, or unable, to take a group. */
	void (*on_ready)(void *ctx, bool ready);
	void *ctx;
	int late_ms;  /* a group that took so long is late; 0: half a minute */
	int waits_ms; /* who waited for a lock so long says so; 0: 15 seconds */
};

/* Blocking, before the loop runs: connects, checks that the store is safe (fsync,
 * synchronous_commit, primary, no unlogged evidence), migrates the schema as role sems_owner. */
enum code store_prepare(const char *conninfo, struct err *e) MUST_CHECK;
/* Refuses a conninfo that cannot be one; asks no server. */
enum code store_look(const char *conninfo, struct err *e) MUST_CHECK;
/* Blocking: compares the keys with what the database was written with, makes those of this year and
 * the next where there are none, and tells it of those that it does not know. Refuses a key that is
 * another one, and a recent year's that is gone. The first key that signs is registered. */
enum code store_check_keys(const char *conninfo, struct keyring *keys, struct err *e) MUST_CHECK;
/* Blocking: reads entity, calendar, sites, principals, grants and purge floors. Caller frees *out.
 */
enum code store_load_registry(const char *conninfo, struct registry **out,
			      struct err *e) MUST_CHECK;

struct store *store_new(struct event_base *base, const struct store_config *config);
void store_free(struct store *s);
/* Those of the configuration. */
const struct keyring *store_keys(const struct store *s);
/* For what blocks and is no question to the database: files of keys, the high-water mark. What is
 * in there when the store is freed is not called back. */
struct beside *store_beside(const struct store *s);

/* Writing. One group at a time: submit only while ready, then wait for on_written. However often
 * the database goes away, the group is written or answered RETRY; on_written comes exactly once. */
bool store_ready(const struct store *s);
void store_write(struct store *s, struct group *g);
/* A group that is not settled in time; everybody who sends waits for it. No record content. */
struct store_late {
	struct utc_ms since;      /* when the group was submitted */
	int64_t records;          /* of it that are not settled */
	uint64_t tries;           /* transactions that were begun for it */
	const char *doing;        /* what is done for it now, to be read after "while" */
	const char *last_failure; /* in words; "" when there was none */
	int backend;              /* the database's process that works on it; 0: none */
};

/* False: no group is late. The texts are valid until the loop goes on. */
bool store_late(const struct store *s, struct store_late *out);
/* True when nothing is being written and no job runs: it is safe to stop. */
bool store_idle(const struct store *s);
/* Stopping: what people asked for, and duties, are ended, rolled back whole, and no further ones
 * are begun; what is short and must be done whoever waits is still done. */
void store_drain(struct store *s);

/* How a group's rows are to be written: group.h. */
write_row_fn store_write_row;

/* Asking. A job is a sequence of statements in one transaction (REPEATABLE READ, read-only unless
 * `writes`). Jobs queue in their lane; each runs whole before the next of the lane. Statements that
 * come again are planned once a connection. DB_LOGIN: as whom semsd logs in, for the store itself.
 */
enum db_role { DB_COMPUTE, DB_RETENTION, DB_ADMIN, DB_LOGIN };

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
	const char *name;
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

/* done() never comes from within. A lane that is full fails the job with TRY_LIMIT. */
void store_run(struct store *s, struct job *j);

/* The registry's tables anew, without blocking: done comes once, with a registry that the callee
 * takes, or with NULL and why. */
typedef void (*registry_done_fn)(void *ctx, struct registry *r, const struct err *e);
void store_reload_registry(struct store *s, registry_done_fn done, void *ctx);

#endif
