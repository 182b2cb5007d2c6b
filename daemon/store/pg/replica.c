#include "store/pg/replica.h"

#include "base/count.h"
#include "base/log.h"
#include "store/pg/conn.h"

#include <event2/event.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOOK_MS 2000
/* A look that takes longer tells nothing. */
#define SILENCE_MS 10000

struct replica {
	struct replica_config config;
	struct conn *conn;
	struct event *timer;
	const char *fault;
	const char *found; /* by the look that runs */
};

/* --- what the server says -----------------------------------------------------------------------
 */

/* remote_write has it in the other server's memory, local on this server's disk alone. */
#define COMMITS_WAIT "current_setting('synchronous_commit') IN ('on', 'remote_apply')"
#define ARE_NAMED    "btrim(current_setting('synchronous_standby_names')) <> ''"
/* As many as "FIRST 2 (a, b)", "ANY 2 (a, b)" or "2 (a, b)" says; a bare list is one. */
#define WAITED_FOR                                                         \
	"coalesce(substring(current_setting('synchronous_standby_names') " \
	"FROM '(?i)^\\s*(?:(?:first|any)\\s+)?(\\d+)\\s*\\(')::bigint, 1)"
#define STREAMING                                    \
	"(SELECT count(*) FROM pg_stat_replication " \
	"WHERE state = 'streaming' AND sync_state IN ('sync', 'quorum'))"

const char replica_sql[] = "SELECT (" COMMITS_WAIT ")::text, (" ARE_NAMED ")::text, (" STREAMING
			   " >= " WAITED_FOR ")::text";

/* The message is nobody's; it makes the commit one of those that wait. */
const char replica_begin_sql[] =
    "SELECT pg_conf_load_time()::text, (" COMMITS_WAIT ")::text, (" ARE_NAMED ")::text "
    "FROM pg_logical_emit_message(true, 'semsd', '');";
const char replica_mark_sql[] =
    "SELECT pg_conf_load_time()::text, (" COMMITS_WAIT ")::text, (" ARE_NAMED ")::text";

static bool
says(const PGresult *res, int column)
{
	return strcmp(PQgetvalue(res, 0, column), "true") == 0;
}

const char *
replica_fault_of(const PGresult *res)
{
	static const char *const faults[] = {
	    "synchronous_commit is neither on nor remote_apply, so that no commit waits until a "
	    "standby has it",
	    "synchronous_standby_names is empty, so that no commit waits for a standby",
	    "fewer synchronous standbys stream than synchronous_standby_names waits for",
	};

	if (PQresultStatus(res) != PGRES_TUPLES_OK || PQntuples(res) != 1 ||
	    PQnfields(res) != (int)COUNT(faults))
		return "the server does not tell which standbys it has";
	for (size_t i = 0; i < COUNT(faults); i++)
		if (!says(res, (int)i))
			return faults[i];
	return NULL;
}

void
replica_mark_take(struct replica_mark *m, const PGresult *res)
{
	snprintf(m->loaded, sizeof m->loaded, "%s", PQgetvalue(res, 0, 0));
	m->waits = says(res, 1) && says(res, 2);
}

bool
replica_mark_holds(const struct replica_mark *before, const struct replica_mark *after)
{
	return before->waits && after->waits && before->loaded[0] != '\0' &&
	       strcmp(before->loaded, after->loaded) == 0;
}

/* --- the watch ----------------------------------------------------------------------------------
 */

static void
look_in(struct replica *r, int ms)
{
	struct timeval t = {ms / 1000, (ms % 1000) * 1000};

	event_add(r->timer, &t);
}

static void
settle(struct replica *r, const char *fault)
{
	const char *before = r->fault;

	r->fault = fault;
	if (before == fault)
		return;
	if (fault != NULL)
		log_warn("store.not_replicated", KV("why", fault),
			 KV("todo", "records are answered RETRY until it is mended"));
	else
		log_info("store.replicated", KV("text", "commits wait for a standby that streams"));
	r->config.on_change(r->config.ctx);
}

static void
look(struct replica *r)
{
	r->found = "the server does not tell which standbys it has";
	conn_send(r->conn, replica_sql);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct replica *r = arg;

	(void)fd;
	(void)what;
	if (conn_is_up(r->conn))
		look(r);
}

static void
on_up(void *ctx)
{
	look(ctx);
}

static bool
on_result(void *ctx, PGresult *res)
{
	struct replica *r = ctx;

	r->found = replica_fault_of(res);
	return false;
}

static void
on_finished(void *ctx)
{
	struct replica *r = ctx;

	conn_succeeded(r->conn);
	look_in(r, r->config.look_ms == 0 ? LOOK_MS : r->config.look_ms);
	settle(r, r->found);
}

/* The next look is when it is up again. */
static void
on_down(void *ctx)
{
	struct replica *r = ctx;

	event_del(r->timer);
	settle(r, "the server cannot be asked which standbys it has");
}

struct replica *
replica_new(struct event_base *base, struct beside *beside, const struct replica_config *config)
{
	static const struct conn_ops ops = {
	    .role = "sems_watch",
	    .silence_ms = SILENCE_MS,
	    .up = on_up,
	    .result = on_result,
	    .finished = on_finished,
	    .down = on_down,
	};
	struct replica *r = calloc(1, sizeof *r);

	if (r == NULL)
		return NULL;
	r->config = *config;
	r->fault = "the server was not asked yet which standbys it has";
	r->timer = event_new(base, -1, 0, on_timer, r);
	r->conn = conn_new(base, beside, "standbys", config->conninfo, &ops, r);
	if (r->timer == NULL || r->conn == NULL) {
		replica_free(r);
		return NULL;
	}
	return r;
}

void
replica_free(struct replica *r)
{
	if (r == NULL)
		return;
	conn_free(r->conn);
	if (r->timer != NULL)
		event_free(r->timer);
	free(r);
}

const char *
replica_fault(const struct replica *r)
{
	return r->fault;
}
