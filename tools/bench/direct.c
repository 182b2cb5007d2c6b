/* The database without semsd: what its COPY reaches with the same rows, and what a commit takes. */
#include "tools/bench/bench.h"
#include "tools/bench/rows.h"

#include <libpq-fe.h>

#include <stdio.h>
#include <stdlib.h>

#define SQL_MAX     16384
#define COPY_MAX    (8u * 1024u * 1024u)
#define COMMITS_MAX 2000

/* Signature, flags, length of the header's extension; and what comes last. */
static const unsigned char copy_head[19] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0";
static const unsigned char copy_tail[2] = {0xff, 0xff};

static enum code
open_pg(const char *conninfo, PGconn **pg, struct err *e)
{
	*pg = PQconnectdb(conninfo == NULL ? "" : conninfo);
	if (PQstatus(*pg) == CONNECTION_OK)
		return OK;
	err_set(e, TRY_STORE, "database", "%s", PQerrorMessage(*pg));
	PQfinish(*pg);
	*pg = NULL;
	return e->code;
}

static enum code
run(PGconn *pg, const char *sql, struct err *e)
{
	PGresult *res = PQexec(pg, sql);
	ExecStatusType status = PQresultStatus(res);

	PQclear(res);
	if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
		return OK;
	return err_set(e, TRY_STORE, "database", "%s", PQerrorMessage(pg));
}

static enum code
ask_number(PGconn *pg, const char *sql, uint64_t *n, struct err *e)
{
	PGresult *res = PQexec(pg, sql);
	bool good = PQresultStatus(res) == PGRES_TUPLES_OK && PQntuples(res) == 1;

	if (good)
		*n = strtoull(PQgetvalue(res, 0, 0), NULL, 10);
	PQclear(res);
	return good ? OK : err_set(e, TRY_STORE, "database", "%s", PQerrorMessage(pg));
}

enum code
bench_count(const char *database, uint64_t *rows, uint64_t *quarantined, struct err *e)
{
	PGconn *pg = NULL;
	enum code code = open_pg(database, &pg, e);

	if (code == OK)
		code = ask_number(pg, "SELECT count(*) FROM sems.tip_event", rows, e);
	if (code == OK)
		code = ask_number(pg, "SELECT count(*) FROM sems.quarantine", quarantined, e);
	PQfinish(pg);
	return code;
}

enum code
bench_empty(const char *database, struct err *e)
{
	PGconn *pg = NULL;
	enum code code = open_pg(database, &pg, e);

	if (code == OK)
		code = run(pg, "TRUNCATE sems.tip_event, sems.quarantine", e);
	/* Every measurement begins with the same distance to the next checkpoint. */
	if (code == OK)
		code = run(pg, "CHECKPOINT", e);
	PQfinish(pg);
	return code;
}

/* --- COPY ------------------------------------------------------------------------------------- */

/* The partition must be there, as semsd makes it. */
static enum code
make_partition(PGconn *pg, const struct rows *r, struct err *e)
{
	char sql[160];

	snprintf(sql, sizeof sql, "SELECT sems.make_partition('tip_event', to_timestamp(%lld))",
		 (long long)(r->base / 1000));
	return run(pg, sql, e);
}

static enum code
copy_batch(PGconn *pg, const char *sql, const struct buf *b, struct err *e)
{
	PGresult *res = PQexec(pg, sql);
	bool good = PQresultStatus(res) == PGRES_COPY_IN;

	PQclear(res);
	good = good && PQputCopyData(pg, (const char *)b->p, (int)b->n) == 1 &&
	       PQputCopyEnd(pg, NULL) == 1;
	while ((res = PQgetResult(pg)) != NULL) {
		good = good && PQresultStatus(res) == PGRES_COMMAND_OK;
		PQclear(res);
	}
	return good ? OK : err_set(e, TRY_STORE, "COPY", "%s", PQerrorMessage(pg));
}

static bool
fill_batch(struct buf *b, const struct rows *rows, uint64_t first, unsigned n)
{
	unsigned char *p;

	buf_clear(b);
	buf_add(b, copy_head, sizeof copy_head);
	p = buf_extend(b, rows_size(rows, first, n));
	if (p == NULL)
		return false;
	rows_put(rows, first, n, p);
	return buf_add(b, copy_tail, sizeof copy_tail);
}

static enum code
copy_rows(PGconn *pg, const struct bench_options *o, const struct rows *rows, struct tally *t,
	  struct err *e)
{
	int64_t start = bench_now_us();
	int64_t now = start;
	uint64_t next = o->first;
	struct buf sql;
	struct buf b;
	enum code code = OK;

	buf_init(&sql, SQL_MAX);
	buf_init(&b, COPY_MAX);
	buf_addf(&sql, "COPY sems.tip_event (");
	rows_columns(&sql);
	if (!buf_addf(&sql, ") FROM STDIN (FORMAT binary)") || !buf_add(&sql, "", 1))
		code = err_set(e, TRY_SYSTEM, "COPY", "out of memory");
	while (code == OK && (o->records == 0 || t->sent < o->records) &&
	       (o->seconds <= 0 || (double)(now - start) < o->seconds * 1e6)) {
		int64_t began = now;
		uint32_t took;

		if (!fill_batch(&b, rows, next, o->frame)) {
			code = err_set(e, TRY_SYSTEM, "COPY", "out of memory");
			break;
		}
		code = copy_batch(pg, (const char *)sql.p, &b, e);
		now = bench_now_us();
		took = (uint32_t)(now - began);
		buf_add(&t->latency_us, &took, sizeof took);
		next += o->frame;
		t->sent += o->frame;
	}
	t->stored = t->sent;
	t->elapsed_s = (double)(now - start) / 1e6;
	buf_fini(&sql);
	buf_fini(&b);
	return code;
}

enum code
bench_copy(const struct bench_options *o, struct tally *t, struct err *e)
{
	struct rows rows;
	PGconn *pg = NULL;
	enum code code;

	if (o->frame == 0 || ROWS_PERIOD % o->frame != 0 || (o->seconds <= 0 && o->records == 0))
		return err_set(e, FATAL_CONFIG, "copy",
			       "needs a --frame that divides %d, and --seconds or --records",
			       ROWS_PERIOD);
	code = rows_init(&rows, ROWS_COPY, o->salt, 0, e);
	if (code == OK)
		code = open_pg(o->writer, &pg, e);
	if (code == OK)
		code = make_partition(pg, &rows, e);
	if (code == OK)
		code = copy_rows(pg, o, &rows, t, e);
	PQfinish(pg);
	rows_fini(&rows);
	return code;
}

enum code
bench_commit(const struct bench_options *o, struct tally *t, struct err *e)
{
	struct bench_options one = *o;

	one.frame = 1;
	one.records = COMMITS_MAX;
	return bench_copy(&one, t, e);
}
