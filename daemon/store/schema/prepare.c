/*
 * Before the loop runs: a safe server, and the schema brought up to what this program knows. These
 * calls block.
 */
#include "base/digest.h"
#include "base/file/embed.h"
#include "base/log.h"
#include "store/pg/blocking.h"
#include "store/pg/pg.h"
#include "store/schema/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIGRATIONS "sql/migrations/"
/* Of pg_advisory_lock(): one daemon migrates, the others wait, as blocking.h says, and find it
 * done.
 */
#define MIGRATION_LOCK "8315168215214845793"

struct migration {
	long version;
	const char *path;
	const char *sql;
	char digest[2 * SHA256_SIZE + 1];
};

static enum code
check_safe(PGconn *pg, struct err *e)
{
	PGresult *res = NULL;
	enum code code = blocking_query(pg, pg_safety_sql, &res, e);
	const char *why = code == OK ? pg_unsafe(res) : NULL;

	PQclear(res);
	return why == NULL ? code : err_set(e, FATAL_CONFIG, "database", "%s", why);
}

static enum code
check_logged(PGconn *pg, struct err *e)
{
	PGresult *res = NULL;
	enum code code =
	    blocking_query(pg,
			   "SELECT relname FROM pg_class WHERE relnamespace = 'sems'::regnamespace "
			   "AND relkind IN ('r', 'p') AND relpersistence <> 'p' LIMIT 1",
			   &res, e);

	if (code == OK && PQntuples(res) != 0)
		code = err_set(e, FATAL_CONFIG, "database",
			       "table sems.%s is unlogged and would be empty after a crash: "
			       "ALTER TABLE sems.%s SET LOGGED",
			       PQgetvalue(res, 0, 0), PQgetvalue(res, 0, 0));
	PQclear(res);
	return code;
}

/* --- migrations ------------------------------------------------------------------------------- */

/* The first embedded migration at or after f; false: none left. */
static bool
next_migration(const struct embed **f, struct migration *m)
{
	unsigned char digest[SHA256_SIZE];

	for (; (*f)->path != NULL; (*f)++) {
		if (strncmp((*f)->path, MIGRATIONS, strlen(MIGRATIONS)) != 0)
			continue;
		m->path = (*f)->path;
		m->sql = (*f)->text;
		m->version = strtol(m->path + strlen(MIGRATIONS), NULL, 10);
		if (!sha256(m->sql, strlen(m->sql), digest))
			memset(digest, 0, sizeof digest);
		hex_encode(digest, sizeof digest, m->digest);
		(*f)++;
		return true;
	}
	return false;
}

/* What the database says of a version: its digest, or "" when it has not been applied. */
static enum code
applied_digest(PGconn *pg, long version, char digest[2 * SHA256_SIZE + 1], struct err *e)
{
	char sql[128];
	PGresult *res = NULL;
	enum code code;

	digest[0] = '\0';
	code =
	    blocking_query(pg, "SELECT to_regclass('sems.schema_migration') IS NOT NULL", &res, e);
	if (code != OK || PQgetvalue(res, 0, 0)[0] != 't') {
		PQclear(res);
		return code;
	}
	PQclear(res);
	snprintf(sql, sizeof sql, "SELECT sha256 FROM sems.schema_migration WHERE version = %ld",
		 version);
	code = blocking_query(pg, sql, &res, e);
	if (code == OK && PQntuples(res) == 1)
		snprintf(digest, 2 * SHA256_SIZE + 1, "%s", PQgetvalue(res, 0, 0));
	PQclear(res);
	return code;
}

static enum code
apply(PGconn *pg, const struct migration *m, struct err *e)
{
	char note[256];
	enum code code;

	snprintf(note, sizeof note,
		 "INSERT INTO sems.schema_migration (version, sha256) VALUES (%ld, '%s')",
		 m->version, m->digest);
	code = blocking_do(pg, "BEGIN", e);
	if (code == OK)
		code = blocking_do(pg, m->sql, e);
	if (code == OK)
		code = blocking_do(pg, note, e);
	if (code == OK)
		code = blocking_commit(pg, e);
	if (code != OK) {
		snprintf(e->where, sizeof e->where, "%s", m->path);
		return code;
	}
	log_info("store.migrated", KV("migration", m->path));
	return OK;
}

static enum code
migrate_one(PGconn *pg, const struct migration *m, struct err *e)
{
	char digest[2 * SHA256_SIZE + 1];
	enum code code = applied_digest(pg, m->version, digest, e);

	if (code != OK)
		return code;
	if (digest[0] == '\0')
		return apply(pg, m, e);
	if (strcmp(digest, m->digest) != 0)
		return err_set(e, FATAL_CONFIG, m->path,
			       "the database was migrated by another text of this file: "
			       "use the semsd that made it, or start with an empty database");
	return OK;
}

static enum code
check_not_newer(PGconn *pg, long ours, struct err *e)
{
	PGresult *res = NULL;
	enum code code = blocking_query(
	    pg, "SELECT coalesce(max(version), 0) FROM sems.schema_migration", &res, e);

	if (code == OK && strtol(PQgetvalue(res, 0, 0), NULL, 10) > ours)
		code = err_set(
		    e, FATAL_CONFIG, "database",
		    "its schema is version %s and this semsd knows %ld: install a newer semsd",
		    PQgetvalue(res, 0, 0), ours);
	PQclear(res);
	return code;
}

static enum code
migrate(PGconn *pg, struct err *e)
{
	const struct embed *f = embed_table;
	struct migration m = {0};
	enum code code = blocking_do(pg, "SELECT pg_advisory_lock(" MIGRATION_LOCK ")", e);

	while (code == OK && next_migration(&f, &m))
		code = migrate_one(pg, &m, e);
	if (code == OK)
		code = check_not_newer(pg, m.version, e);
	return code;
}

enum code
schema_look(const char *conninfo, struct err *e)
{
	struct pg_params p;

	return pg_params_fill(&p, conninfo, NULL, e);
}

enum code
schema_prepare(const char *conninfo, struct err *e)
{
	PGconn *pg = NULL;
	enum code code;

	pg_own_user();
	code = blocking_open(conninfo, "sems_owner", &pg, e);
	if (code == OK)
		code = check_safe(pg, e);
	if (code == OK)
		code = migrate(pg, e);
	if (code == OK)
		code = blocking_do(pg, "SELECT sems.note_cluster()", e);
	if (code == OK)
		code = check_logged(pg, e);
	PQfinish(pg);
	return code;
}
