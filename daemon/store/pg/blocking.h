/*
 * A blocking connection, for the time before the loop runs. Private to the store.
 *
 * Whoever waits for a lock says in the log for whom, and gives up after a minute and a half
 * (TRY_STORE): whoever has it may be stopped. And who stands still for a minute is ended by the
 * server, with what he holds.
 */
#ifndef SEMS_STORE_PG_BLOCKING_H
#define SEMS_STORE_PG_BLOCKING_H

#include "base/err.h"

#include <libpq-fe.h>

/* Connects and takes the role. On success *out is the caller's to PQfinish(). */
enum code blocking_open(const char *conninfo, const char *role, PGconn **out,
			struct err *e) MUST_CHECK;
/* One or more statements without rows of interest. */
enum code blocking_do(PGconn *pg, const char *sql, struct err *e) MUST_CHECK;
/* One statement with rows: *out is the caller's to PQclear(), NULL on failure. */
enum code blocking_query(PGconn *pg, const char *sql, PGresult **out, struct err *e) MUST_CHECK;
enum code blocking_commit(PGconn *pg, struct err *e) MUST_CHECK;

#endif
