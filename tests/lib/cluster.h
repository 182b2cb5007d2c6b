/*
 * A throwaway PostgreSQL cluster for one run of a test program, and databases in it. Started from
 * Criterion's ReportHook(PRE_ALL) and stopped in POST_ALL; tests, which are processes of their own,
 * find it by the environment. A test that changes settings of the whole server starts one of its
 * own.
 *
 *   ReportHook(PRE_ALL)(struct criterion_test_set *set) { (void)set; cluster_share(schema_prepare);
 * } ReportHook(POST_ALL)(struct criterion_global_stats *stats) { (void)stats; cluster_unshare(); }
 */
#ifndef TESTS_LIB_CLUSTER_H
#define TESTS_LIB_CLUSTER_H

#include "base/err.h"

#include <libpq-fe.h>

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct cluster {
	char dir[96]; /* also its socket's */
	pid_t pid;
};

/* What brings a new database up to date: schema_prepare(). */
typedef enum code (*cluster_prepare_fn)(const char *conninfo, struct err *e);

/* Failures end the process with a message: without a cluster there is nothing to test. */
void cluster_start(struct cluster *c);
/* Ends it at once, waits, removes the folder. */
void cluster_stop(struct cluster *c);
/* Kills every process of it at once, as a power cut would; then starts it again and waits. */
void cluster_crash(struct cluster *c);
void cluster_recover(struct cluster *c);
/* Another machine that keeps all that the cluster writes: its synchronous standby, where
 * synchronous_standby_names has "other". Its process, for cluster_unreceive(). */
pid_t cluster_receive(const struct cluster *c);
/* Ends it at once. */
void cluster_unreceive(pid_t pid);
/* Makes a database of that name, as sql/roles.sql says. */
void cluster_create(const struct cluster *c, const char *name, const char *template_name);
/* As user semsd, or as the superuser "postgres". Valid until the next call. */
const char *cluster_conninfo(const struct cluster *c, const char *database, const char *user);

/* The run's cluster, with a prepared template. */
void cluster_share(cluster_prepare_fn prepare);
void cluster_unshare(void);
const struct cluster *cluster_shared(void);

/* A new database copied from the template; its name, valid until the process ends. With an entity
 * in London, or without. */
const char *cluster_database(void);
const char *cluster_entity_database(void);
/* A connection to a database of the shared cluster as the superuser; the caller's to PQfinish(). */
PGconn *cluster_connect(const char *database);

/* From now on a correction counts by its principal and policy, as in a database of semsd alone. */
void cluster_mistrust(PGconn *pg);

/* The next so many statements that change the table fail as if others had changed the same at the
 * same time: a serialization failure, or a deadlock. */
void cluster_conflict(PGconn *pg, const char *table, int times, bool is_deadlock);

/* Runs SQL, ends the test's process when it fails. */
void cluster_do(PGconn *pg, const char *sql);
/* The first value of the first row, as an integer; 0 for none. */
int64_t cluster_int(PGconn *pg, const char *sql);
/* The same as text: valid until the next call; "" for none. */
const char *cluster_text(PGconn *pg, const char *sql);
/* Freezes a quarter as an empty document, by three people approved and, at that instant, submitted.
 */
void cluster_submit(PGconn *pg, const char *quarter, const char *at);
/* SQLSTATE of a statement that may fail; "00000" when it succeeds. Valid until the next call. */
const char *cluster_state(PGconn *pg, const char *sql);

#endif
