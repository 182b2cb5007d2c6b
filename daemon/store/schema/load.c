/*
 * The register, from its tables to the structure that ingest looks up for every record: at the
 * start over a blocking connection, while the loop runs as a job.
 */
#include "base/civil.h"
#include "base/count.h"
#include "base/file/embed.h"
#include "store/pg/blocking.h"
#include "store/pg/lanes.h"
#include "store/pg/rows.h"
#include "store/schema/schema.h"

#include <stdlib.h>
#include <string.h>

static struct text
cell(const struct rows *rows, int row, int col)
{
	return text_of(rows_text(rows, row, col));
}

/* One row of a table; false: out of memory. */
typedef bool (*load_fn)(struct registry *r, const struct rows *rows, int row);

static bool
load_entity(struct registry *r, const struct rows *rows, int row)
{
	return registry_set_entity(r, cell(rows, row, 0), cell(rows, row, 1));
}

static bool
load_site(struct registry *r, const struct rows *rows, int row)
{
	return registry_add_site(r, cell(rows, row, 0));
}

static bool
load_principal(struct registry *r, const struct rows *rows, int row)
{
	return registry_add_principal(r, cell(rows, row, 0), role_by_name(cell(rows, row, 1)));
}

static bool
load_grant(struct registry *r, const struct rows *rows, int row)
{
	return registry_add_grant(r, cell(rows, row, 0), cell(rows, row, 1), cell(rows, row, 2),
				  cell(rows, row, 3));
}

static bool
load_floor(struct registry *r, const struct rows *rows, int row)
{
	const struct kind *k = kind_by_name(cell(rows, row, 0));

	if (k != NULL)
		registry_set_floor(r, k->id, (struct utc_ms){rows_int(rows, row, 1)});
	return true;
}

static bool
load_calendar(struct registry *r, const struct rows *rows)
{
	size_t n = (size_t)rows_count(rows);
	int64_t *starts;

	if (n == 0)
		return true;
	starts = calloc(n + 1, sizeof *starts);
	if (starts == NULL)
		return false;
	for (size_t i = 0; i < n; i++)
		starts[i] = rows_int(rows, (int)i, 1);
	starts[n] = rows_int(rows, (int)n - 1, 2);
	registry_set_calendar(r, rows_int(rows, 0, 0), starts, n);
	return true;
}

/* A table read row by row, or whole. */
static const struct source {
	const char *path;
	int columns;
	load_fn load;
	bool (*load_all)(struct registry *r, const struct rows *rows);
} sources[] = {
    {"sql/queries/schema/registry_entity.sql", 2, load_entity, NULL},
    {"sql/queries/schema/registry_sites.sql", 1, load_site, NULL},
    {"sql/queries/schema/registry_principals.sql", 2, load_principal, NULL},
    {"sql/queries/schema/registry_grants.sql", 4, load_grant, NULL},
    {"sql/queries/schema/registry_floors.sql", 2, load_floor, NULL},
    {"sql/queries/schema/registry_days.sql", 3, NULL, load_calendar},
};

#define N_SOURCES COUNT(sources)

static enum code
load_source(struct registry *r, const struct source *s, const struct rows *rows, struct err *e)
{
	bool good = true;

	if (rows_columns(rows) != s->columns)
		return err_set(e, FATAL_BUG, "registry", "%s", s->path);
	if (s->load_all != NULL)
		good = s->load_all(r, rows);
	for (int row = 0; good && s->load != NULL && row < rows_count(rows); row++)
		good = s->load(r, rows, row);
	return good ? OK : err_set(e, TRY_SYSTEM, "registry", "out of memory");
}

/* --- before the loop runs --------------------------------------------------------------------- */

static enum code
query_source(PGconn *pg, const struct source *s, struct registry *r, struct err *e)
{
	PGresult *res = NULL;
	enum code code = blocking_query(pg, embed_text(s->path), &res, e);

	if (code == OK)
		code = load_source(r, s, &(struct rows){res}, e);
	PQclear(res);
	return code;
}

enum code
schema_load_registry(const char *conninfo, struct registry **out, struct err *e)
{
	PGconn *pg = NULL;
	struct registry *r = registry_new();
	enum code code;

	if (r == NULL)
		return err_set(e, TRY_SYSTEM, "registry", "out of memory");
	code = blocking_open(conninfo, "sems_admin", &pg, e);
	/* One snapshot, so that what changes together is seen together. */
	if (code == OK)
		code = blocking_do(pg, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", e);
	for (size_t i = 0; code == OK && i < N_SOURCES; i++)
		code = query_source(pg, &sources[i], r, e);
	PQfinish(pg);
	if (code != OK) {
		registry_free(r);
		return code;
	}
	*out = r;
	return OK;
}

/* --- while it runs ---------------------------------------------------------------------------- */

struct reload {
	struct job job;
	struct registry *registry;
	size_t next;
	struct err err;
	registry_done_fn done;
	void *ctx;
};

static bool
reload_next(struct job *j, struct statement *st, struct err *e)
{
	struct reload *l = j->ctx;

	if (l->err.code != OK)
		*e = l->err;
	if (l->err.code != OK || l->next == N_SOURCES)
		return false;
	st->sql = embed_text(sources[l->next++].path);
	return true;
}

static void
reload_rows(struct job *j, const struct rows *rows)
{
	struct reload *l = j->ctx;

	/* What went wrong stops the job at its next statement. */
	if (load_source(l->registry, &sources[l->next - 1], rows, &l->err) != OK)
		l->next = N_SOURCES;
}

static void
reload_done(struct job *j, const struct err *e)
{
	struct reload *l = j->ctx;

	if (e->code != OK) {
		registry_free(l->registry);
		l->registry = NULL;
	}
	l->done(l->ctx, l->registry, e);
	free(l);
}

void
schema_reload_registry(struct lanes *lanes, registry_done_fn done, void *ctx)
{
	struct reload *l = calloc(1, sizeof *l);
	struct err e;

	if (l != NULL)
		l->registry = registry_new();
	if (l == NULL || l->registry == NULL) {
		free(l);
		err_set(&e, TRY_SYSTEM, "registry", "out of memory");
		done(ctx, NULL, &e);
		return;
	}
	l->job = (struct job){.role = DB_ADMIN,
			      .next = reload_next,
			      .rows = reload_rows,
			      .done = reload_done,
			      .ctx = l};
	l->done = done;
	l->ctx = ctx;
	lanes_run(lanes, &l->job);
}
