/* The register, from its tables to the structure that ingest looks up for every record. */
#include "base/civil.h"
#include "store/session.h"
#include "store/store.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static struct text
cell(const PGresult *res, int row, int col)
{
	return (struct text){PQgetvalue(res, row, col), (size_t)PQgetlength(res, row, col)};
}

static int64_t
cell_int(const PGresult *res, int row, int col)
{
	return strtoll(PQgetvalue(res, row, col), NULL, 10);
}

/* One row of a table; false: out of memory. */
typedef bool (*load_fn)(struct registry *r, const PGresult *res, int row);

static bool
load_entity(struct registry *r, const PGresult *res, int row)
{
	return registry_set_entity(r, cell(res, row, 0), cell(res, row, 1));
}

static bool
load_site(struct registry *r, const PGresult *res, int row)
{
	return registry_add_site(r, cell(res, row, 0));
}

static bool
load_principal(struct registry *r, const PGresult *res, int row)
{
	return registry_add_principal(r, cell(res, row, 0), role_by_name(cell(res, row, 1)));
}

static bool
load_grant(struct registry *r, const PGresult *res, int row)
{
	return registry_add_grant(r, cell(res, row, 0), cell(res, row, 1), cell(res, row, 2),
				  cell(res, row, 3));
}

static bool
load_floor(struct registry *r, const PGresult *res, int row)
{
	const struct kind *k = kind_by_name(cell(res, row, 0));

	if (k != NULL)
		registry_set_floor(r, k->id, (struct utc_ms){cell_int(res, row, 1)});
	return true;
}

static const struct {
	const char *sql;
	int columns;
	load_fn load;
} tables[] = {
    {"SELECT name, zone FROM sems.entity", 2, load_entity},
    {"SELECT site_id FROM sems.site", 1, load_site},
    {"SELECT principal, role FROM sems.principal", 2, load_principal},
    {"SELECT principal, source, kind, site FROM sems.source_grant", 4, load_grant},
    {"SELECT kind, (extract(epoch FROM floor) * 1000)::bigint FROM sems.purge_floor", 2,
     load_floor},
};

static enum code
load_table(PGconn *pg, size_t t, struct registry *r, struct err *e)
{
	PGresult *res = NULL;
	enum code code = session_query(pg, tables[t].sql, &res, e);

	if (code == OK && PQnfields(res) != tables[t].columns)
		code = err_set(e, FATAL_BUG, "registry", "%s", tables[t].sql);
	for (int row = 0; code == OK && row < PQntuples(res); row++) {
		if (!tables[t].load(r, res, row))
			code = err_set(e, TRY_SYSTEM, "registry", "out of memory");
	}
	PQclear(res);
	return code;
}

static enum code
load_calendar(PGconn *pg, struct registry *r, struct err *e)
{
	PGresult *res = NULL;
	int64_t *starts;
	size_t n;
	enum code code = session_query(
	    pg,
	    "SELECT day - date '1970-01-01', (extract(epoch FROM starts_at) * 1000)::bigint, "
	    "(extract(epoch FROM ends_at) * 1000)::bigint FROM sems.civil_day ORDER BY day",
	    &res, e);

	if (code != OK || PQntuples(res) == 0) {
		PQclear(res);
		return code;
	}
	n = (size_t)PQntuples(res);
	starts = calloc(n + 1, sizeof *starts);
	if (starts == NULL) {
		PQclear(res);
		return err_set(e, TRY_SYSTEM, "registry", "out of memory");
	}
	for (size_t i = 0; i < n; i++)
		starts[i] = cell_int(res, (int)i, 1);
	starts[n] = cell_int(res, (int)n - 1, 2);
	registry_set_calendar(r, cell_int(res, 0, 0), starts, n);
	PQclear(res);
	return OK;
}

enum code
store_load_registry(const char *conninfo, struct registry **out, struct err *e)
{
	PGconn *pg = NULL;
	struct registry *r = registry_new();
	enum code code;

	if (r == NULL)
		return err_set(e, TRY_SYSTEM, "registry", "out of memory");
	code = session_open(conninfo, "sems_admin", &pg, e);
	/* One snapshot, so that what changes together is seen together. */
	if (code == OK)
		code = session_do(pg, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", e);
	for (size_t t = 0; code == OK && t < sizeof tables / sizeof tables[0]; t++)
		code = load_table(pg, t, r, e);
	if (code == OK)
		code = load_calendar(pg, r, e);
	PQfinish(pg);
	if (code != OK) {
		registry_free(r);
		return code;
	}
	*out = r;
	return OK;
}
