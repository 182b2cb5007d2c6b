/*
 * One non-blocking connection in the event loop. It connects by itself, again and again with
 * jitter, refuses a server whose commits would not be durable, runs one query at a time and hands
 * out the results. Private to the store.
 */
#ifndef SEMS_STORE_PG_CONN_H
#define SEMS_STORE_PG_CONN_H

#include "base/err.h"
#include "base/machine.h"

#include <libpq-fe.h>

#include <stdbool.h>
#include <stddef.h>

struct beside;
struct event_base;
struct conn;

/* For the test of its table. */
extern const struct machine conn_machine;

/* Any of them may send the next query or reset the connection; none may free it. */
struct conn_ops {
	/* Connected to a safe server and idle. */
	void (*up)(void *ctx);
	/* A result of the running query: tuples, a command's end, or an error. Borrowed, unless the
	 * callee says that it keeps it. */
	bool (*result)(void *ctx, PGresult *res);
	/* A COPY ... FROM STDIN wants its bytes: valid until the next result. */
	void (*copy)(void *ctx, const unsigned char **bytes, size_t *n);
	/* The query's last result is there: idle again. */
	void (*finished)(void *ctx);
	/* The connection was lost, or could not be made; another attempt follows. */
	void (*down)(void *ctx);
	/* Its events go before the clients', where the loop has priorities. */
	bool is_first;
	/* The connection is given up when the server takes and gives nothing of a query for so
	 * long; in whole seconds. 0: it is waited for. */
	int silence_ms;
	int send_bytes;   /* of the socket's buffer; 0: as it is */
	const char *role; /* see pg_params_fill() */
};

/* name: for the log. conninfo is borrowed. NULL: out of memory, or the
 * conninfo is none, which was said. */
struct conn *conn_new(struct event_base *base, struct beside *beside, const char *name,
		      const char *conninfo, const struct conn_ops *ops, void *ctx);
void conn_free(struct conn *c); /* accepts NULL */

bool conn_is_up(const struct conn *c);
/* Sends a query; only while up and idle. What fails is reported by ops->down, later. */
void conn_send(struct conn *c, const char *sql);
void conn_send_params(struct conn *c, const char *sql, int n, const char *const values[]);
/* The same in two: prepared under a name once, then run by it. */
void conn_prepare(struct conn *c, const char *name, const char *sql);
void conn_send_prepared(struct conn *c, const char *name, int n, const char *const values[]);
/* Whether the server warned since the query was sent: a commit that its standbys may lack is a
 * success with a warning. */
bool conn_warned(const struct conn *c);
/* A transaction is open, sound or failed. */
bool conn_in_transaction(const struct conn *c);
/* The server's process at the other end; 0: not connected. */
int conn_backend(const struct conn *c);
/* Something worked: the next reconnect is quick. */
void conn_succeeded(struct conn *c);
/* Drops the connection; calls ops->down and tries again later. */
void conn_reset(struct conn *c, const char *why);
/* Drops it for good; calls ops->down. */
void conn_stop(struct conn *c);

#endif
