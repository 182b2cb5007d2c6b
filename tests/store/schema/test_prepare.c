/* What schema_prepare() does to a database, refuses, and leaves behind. */
#include "base/count.h"
#include "base/digest.h"
#include "base/file/embed.h"
#include "base/text.h"
#include "core/kind/kind.h"
#include "store/store.h"
#include "tests/lib/cluster.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A database nobody has prepared. */
static const char *
empty_database(char *name, size_t size)
{
	snprintf(name, size, "e%ld", (long)getpid());
	cluster_create(cluster_shared(), name, "template0");
	return name;
}

static enum code
prepare(const char *database, struct err *e)
{
	char conninfo[256];

	snprintf(conninfo, sizeof conninfo, "%s",
		 cluster_conninfo(cluster_shared(), database, "semsd"));
	return schema_prepare(conninfo, e);
}

Test(prepare, migrates_an_empty_database_and_again_changes_nothing)
{
	char name[32];
	PGconn *pg = cluster_connect(empty_database(name, sizeof name));
	struct err e = {0};
	char before[64];

	cr_assert_eq(prepare(name, &e), OK, "%s", e.text);
	snprintf(before, sizeof before, "%s",
		 cluster_text(
		     pg, "SELECT count(*) || ' ' || max(applied_at) FROM sems.schema_migration"));
	cr_expect_geq(cluster_int(pg, "SELECT count(*) FROM sems.schema_migration"), 4);
	cr_assert_eq(prepare(name, &e), OK, "%s", e.text);
	cr_expect_str_eq(cluster_text(pg, "SELECT count(*) || ' ' || max(applied_at) "
					  "FROM sems.schema_migration"),
			 before);
	/* Everything belongs to the role that nobody logs in as. */
	cr_expect_eq(
	    cluster_int(pg, "SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner "
			    "WHERE relnamespace = 'sems'::regnamespace "
			    "AND rolname <> 'sems_owner'"),
	    0);
	cr_expect_eq(
	    cluster_int(pg, "SELECT rolcanlogin::int FROM pg_roles WHERE rolname = 'sems_owner'"),
	    0);
	PQfinish(pg);
}

Test(prepare, rolls_a_failed_migration_back_whole)
{
	char name[32];
	PGconn *pg = cluster_connect(empty_database(name, sizeof name));
	struct err e = {0};

	/* In the way of the second file. */
	cluster_do(
	    pg, "CREATE SCHEMA sems AUTHORIZATION sems_owner; CREATE TABLE sems.heartbeat (n int)");
	cr_expect_eq(prepare(name, &e), FATAL_CONFIG);
	cr_expect(strstr(e.where, "0002_") != NULL, "%s: %s", e.where, e.text);
	cr_expect_eq(cluster_int(pg, "SELECT max(version) FROM sems.schema_migration"), 1);
	cr_expect_str_eq(cluster_text(pg, "SELECT to_regclass('sems.observation')"), "");
	cluster_do(pg, "DROP TABLE sems.heartbeat");
	cr_expect_eq(prepare(name, &e), OK, "%s: %s", e.where, e.text);
	PQfinish(pg);
}

/* The schema as it first stood, for ever: what was made of these files is in use. A change of the
 * schema is another file. */
static const struct {
	const char *path;
	const char *sha256;
} first_schema[] = {
    {"sql/migrations/0001_register.sql",
     "ebe0c78769f3a141be1a3f831a7a9559218614c3b1147ea45001236f1ffea7b6"},
    {"sql/migrations/0002_evidence.sql",
     "1990c9409e46cb096072a57a7ff165330fda33c996d1b3ce54519a8519a94df3"},
    {"sql/migrations/0003_ruling.sql",
     "7ff093e2b7b084d3c42b910412022f5a0178ca601d52d16610811e9c24575d6c"},
    {"sql/migrations/0004_quarter.sql",
     "dae971c381ff5d4d32a8efdd2c6cc9b95166ecb4a525fc326cf3e046f2ec95df"},
    {"sql/migrations/0005_retention.sql",
     "1592607d819f459617ab92a764cceb30358c751a7783d4d343b1ee522471eb89"},
    {"sql/migrations/0006_counts.sql",
     "1402aa02beceb6ec55af71777b3705ce5c9dfaefeb312fc882426002139a0201"},
    {"sql/migrations/0007_inquiry.sql",
     "f7edaf586a996fb0704dae18d7574df45f036b93c0baf07fa6e86f5b88df77d5"},
};

static void
apply_first_schema(PGconn *pg)
{
	cluster_do(pg, "SET ROLE sems_owner");
	for (size_t i = 0; i < COUNT(first_schema); i++) {
		const char *sql = embed_text(first_schema[i].path);
		unsigned char digest[SHA256_SIZE];
		char hex[2 * SHA256_SIZE + 1];
		char note[256];

		cr_assert_not_null(sql, "%s is gone", first_schema[i].path);
		cr_assert(sha256(sql, strlen(sql), digest));
		hex_encode(digest, sizeof digest, hex);
		cr_assert_str_eq(hex, first_schema[i].sha256,
				 "%s was changed: put it back, and make a "
				 "further file",
				 first_schema[i].path);
		cluster_do(pg, "BEGIN");
		cluster_do(pg, sql);
		snprintf(note, sizeof note,
			 "INSERT INTO sems.schema_migration (version, sha256) VALUES (%zu, '%s'); "
			 "COMMIT",
			 i + 1, hex);
		cluster_do(pg, note);
	}
	cluster_do(pg, "RESET ROLE");
}

Test(prepare, brings_a_database_of_the_first_schema_up_to_date_with_what_is_in_it)
{
	char name[32];
	PGconn *pg = cluster_connect(empty_database(name, sizeof name));
	char made[64];
	struct err e = {0};

	apply_first_schema(pg);
	cluster_do(pg, "INSERT INTO sems.setting (name, value) VALUES ('first', 'kept')");
	snprintf(made, sizeof made, "%s",
		 cluster_text(pg, "SELECT max(applied_at) FROM sems.schema_migration"));
	cr_assert_eq(prepare(name, &e), OK, "%s: %s", e.where, e.text);
	cr_expect_str_eq(cluster_text(pg, "SELECT value FROM sems.setting "
					  "WHERE name = 'first'"),
			 "kept");
	/* None of them was done again. */
	cr_expect_str_eq(cluster_text(pg, "SELECT max(applied_at) FROM sems.schema_migration "
					  "WHERE version <= 7"),
			 made);
	PQfinish(pg);
}

Test(prepare, refuses_a_database_of_a_newer_semsd)
{
	const char *name = cluster_database();
	PGconn *pg = cluster_connect(name);
	struct err e = {0};

	cluster_do(pg, "INSERT INTO sems.schema_migration (version, sha256) VALUES (9000, 'x')");
	cr_expect_eq(prepare(name, &e), FATAL_CONFIG);
	cr_expect(strstr(e.text, "newer semsd") != NULL, "%s", e.text);
	PQfinish(pg);
}

Test(prepare, refuses_a_database_migrated_by_another_text)
{
	const char *name = cluster_database();
	PGconn *pg = cluster_connect(name);
	struct err e = {0};

	cluster_do(pg, "UPDATE sems.schema_migration SET sha256 = 'x' WHERE version = 2");
	cr_expect_eq(prepare(name, &e), FATAL_CONFIG);
	cr_expect(strstr(e.where, "0002_") != NULL, "%s", e.where);
	PQfinish(pg);
}

Test(prepare, refuses_unlogged_evidence)
{
	const char *name = cluster_database();
	PGconn *pg = cluster_connect(name);
	struct err e = {0};

	cluster_do(pg, "SELECT sems.setup_entity('X', 'UTC'); "
		       "SELECT sems.make_partition('test', '2026-05-05'); "
		       "ALTER TABLE sems.test_202605 SET UNLOGGED");
	cr_expect_eq(prepare(name, &e), FATAL_CONFIG);
	cr_expect(strstr(e.text, "test_202605 is unlogged") != NULL, "%s", e.text);
	PQfinish(pg);
}

Test(prepare, refuses_a_store_whose_commits_are_not_durable)
{
	static const struct {
		const char *set;
		const char *says;
	} rows[] = {
	    {"synchronous_commit = off", "synchronous_commit is off"},
	    {"default_transaction_read_only = on", "read-only"},
	};
	const char *name = cluster_database();
	PGconn *pg = cluster_connect(name);
	struct err e;
	char sql[128];

	for (size_t i = 0; i < COUNT(rows); i++) {
		snprintf(sql, sizeof sql, "ALTER DATABASE %s SET %s", name, rows[i].set);
		cluster_do(pg, sql);
		cr_expect_eq(prepare(name, &e), FATAL_CONFIG);
		cr_expect(strstr(e.text, rows[i].says) != NULL, "%s", e.text);
		snprintf(sql, sizeof sql, "ALTER DATABASE %s RESET ALL", name);
		cluster_do(pg, "SET transaction_read_only = off");
		cluster_do(pg, sql);
	}
	cr_expect_eq(prepare(name, &e), OK, "%s", e.text);
	PQfinish(pg);
}

Test(prepare, refuses_a_server_without_fsync)
{
	struct cluster own = {0};
	char conninfo[256];
	struct err e;
	PGconn *pg;

	cluster_start(&own);
	cluster_create(&own, "sems", "template0");
	snprintf(conninfo, sizeof conninfo, "%s", cluster_conninfo(&own, "sems", "semsd"));
	pg = PQconnectdb(cluster_conninfo(&own, "sems", "postgres"));
	cluster_do(pg, "ALTER SYSTEM SET full_page_writes = off");
	cluster_do(pg, "SELECT pg_reload_conf()");
	PQfinish(pg);
	cr_expect_eq(schema_prepare(conninfo, &e), FATAL_CONFIG);
	cr_expect(strstr(e.text, "full_page_writes is off") != NULL, "%s", e.text);
	pg = PQconnectdb(cluster_conninfo(&own, "sems", "postgres"));
	cluster_do(pg, "ALTER SYSTEM SET fsync = off");
	cluster_do(pg, "SELECT pg_reload_conf()");
	PQfinish(pg);
	cr_expect_eq(schema_prepare(conninfo, &e), FATAL_CONFIG);
	cr_expect(strstr(e.text, "fsync is off") != NULL, "%s", e.text);
	cluster_stop(&own);
}

Test(prepare, says_to_run_the_roles_when_the_user_may_not_take_them)
{
	const char *name = cluster_database();
	PGconn *pg = cluster_connect(name);
	struct err e = {0};
	char conninfo[256];
	char user[32];
	char sql[128];

	snprintf(user, sizeof user, "stranger%ld", (long)getpid());
	snprintf(sql, sizeof sql, "CREATE ROLE %s LOGIN", user);
	cluster_do(pg, sql);
	snprintf(conninfo, sizeof conninfo, "%s", cluster_conninfo(cluster_shared(), name, user));
	cr_expect_eq(schema_prepare(conninfo, &e), FATAL_CONFIG);
	cr_expect(strstr(e.text, "roles.sql") != NULL, "%s", e.text);
	PQfinish(pg);
}

Test(prepare, tells_an_absent_database_from_a_wrong_one)
{
	struct err e = {0};

	cr_expect_eq(schema_prepare("host=/nonexistent dbname=sems", &e), TRY_STORE);
	cr_expect_eq(schema_prepare("host = = =", &e), FATAL_CONFIG);
}

/* --- what it leaves behind -------------------------------------------------------------------- */

static const char *
sql_type(enum field_type t)
{
	static const char *const types[] = {
	    [FIELD_TEXT] = "text",     [FIELD_ENUM] = "text",
	    [FIELD_INT] = "bigint",    [FIELD_REAL] = "double precision",
	    [FIELD_BOOL] = "boolean",  [FIELD_TIME] = "timestamp with time zone",
	    [FIELD_UUID] = "uuid",     [FIELD_PERSON] = "bytea",
	    [FIELD_TEXTS] = "jsonb",   [FIELD_ENUMS] = "jsonb",
	    [FIELD_PERSONS] = "jsonb", [FIELD_LIST] = "jsonb",
	};

	return types[t];
}

Test(prepare, makes_tables_whose_columns_are_the_kinds_fields_in_order)
{
	PGconn *pg = cluster_connect(cluster_database());

	for (int k = 0; k < KIND_COUNT; k++) {
		size_t n = kind_n_fields(kinds[k]);
		char sql[256];
		PGresult *res;

		snprintf(
		    sql, sizeof sql,
		    "SELECT column_name, data_type, column_default "
		    "FROM information_schema.columns "
		    "WHERE table_schema = 'sems' AND table_name = '%s' ORDER BY ordinal_position",
		    kinds[k]->name);
		res = PQexec(pg, sql);
		cr_assert_eq(PQntuples(res), (int)n + 4, "%s", kinds[k]->name);
		for (size_t i = 0; i < n; i++) {
			const struct field *f = kind_field(kinds[k], i);

			cr_expect_str_eq(PQgetvalue(res, (int)i, 0), f->name, "%s", kinds[k]->name);
			cr_expect_str_eq(PQgetvalue(res, (int)i, 1), sql_type(f->type), "%s.%s",
					 kinds[k]->name, f->name);
		}
		/* What COPY does not name is NULL. */
		for (size_t i = 0; i < n + 3; i++)
			cr_expect(PQgetisnull(res, (int)i, 2), "%s.%s has a default",
				  kinds[k]->name, PQgetvalue(res, (int)i, 0));
		cr_expect_str_eq(PQgetvalue(res, (int)n, 0), "received_at");
		cr_expect_str_eq(PQgetvalue(res, (int)n + 1, 0), "received_from");
		cr_expect_str_eq(PQgetvalue(res, (int)n + 2, 0), "received_as");
		cr_expect_str_eq(PQgetvalue(res, (int)n + 3, 0), "stored_in");
		PQclear(res);
	}
	cr_expect_eq(cluster_int(pg, "SELECT count(*) FROM sems.kind"), KIND_COUNT);
	PQfinish(pg);
}

Test(prepare, gives_the_ingest_role_no_way_to_read_or_change_evidence)
{
	static const struct {
		const char *before;
		const char *after;
	} denied[] = {
	    {"SELECT * FROM sems.", ""},
	    {"SELECT count(*) FROM sems.", ""},
	    {"UPDATE sems.", " SET source = 'x'"},
	    {"DELETE FROM sems.", ""},
	    {"TRUNCATE sems.", ""},
	    {"INSERT INTO sems.", " (record_id) VALUES (gen_random_uuid()) RETURNING *"},
	    {"COPY sems.", " TO STDOUT"},
	};
	static const char *const others[] = {
	    "SELECT * FROM sems.quarantine",       "SELECT * FROM sems.correction",
	    "INSERT INTO sems.correction SELECT",  "SELECT * FROM sems.effective_test",
	    "SELECT * FROM sems.folded_test",      "SELECT sems.setup_entity('x', 'UTC')",
	    "SELECT sems.purge_quarantine(now())", "SELECT sems.fill_calendar('UTC')",
	    "CREATE TABLE sems.mine (n int)",
	};
	PGconn *pg = cluster_connect(cluster_database());
	char sql[256];

	cluster_do(pg, "SET ROLE sems_ingest");
	for (int k = 0; k < KIND_COUNT; k++) {
		for (size_t i = 0; i < COUNT(denied); i++) {
			snprintf(sql, sizeof sql, "%s%s%s", denied[i].before, kinds[k]->name,
				 denied[i].after);
			cr_expect_str_eq(cluster_state(pg, sql), "42501", "%s", sql);
		}
	}
	for (size_t i = 0; i < COUNT(others); i++)
		cr_expect_str_eq(cluster_state(pg, others[i]), "42501", "%s", others[i]);
	cluster_do(pg, "SELECT sems.stage('tip_event'); SELECT sems.stage('quarantine')");
	cr_expect_str_eq(cluster_state(pg, "SELECT * FROM pg_temp.stage_tip_event"), "42501");
	cr_expect_str_eq(cluster_state(pg, "DELETE FROM pg_temp.stage_tip_event"), "42501");
	PQfinish(pg);
}

Test(prepare, gives_nobody_but_the_owner_a_function_that_no_grant_names)
{
	PGconn *pg = cluster_connect(cluster_database());

	cr_expect_str_eq(
	    cluster_text(
		pg, "SELECT coalesce(string_agg(proname, ' ' ORDER BY proname), '') FROM pg_proc "
		    "WHERE pronamespace = 'sems'::regnamespace AND prosecdef "
		    "AND has_function_privilege('public', oid, 'EXECUTE')"),
	    "");
	cr_expect_str_eq(
	    cluster_text(
		pg, "SELECT coalesce(string_agg(proname, ' ' ORDER BY proname), '') FROM pg_proc "
		    "WHERE pronamespace = 'sems'::regnamespace AND prosecdef "
		    "AND NOT coalesce(proconfig::text LIKE '%search_path=pg_catalog%', false)"),
	    "");
	PQfinish(pg);
}

/* A file of this folder; the caller's to free. */
static char *
whole_file(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = NULL;
	size_t size = 0;

	cr_assert_not_null(f, "%s", path);
	cr_assert_gt(getdelim(&text, &size, '\0', f), 0, "%s", path);
	fclose(f);
	return text;
}

Test(prepare, gives_each_role_what_the_table_of_grants_says_and_nothing_else)
{
	PGconn *pg = cluster_connect(cluster_entity_database());
	char *sql = whole_file("tests/store/schema/grants.sql");
	char *wanted = whole_file("tests/store/schema/grants.txt");
	const char *const values[] = {wanted};
	PGresult *res;

	cluster_do(pg, "SELECT sems.make_partition(kind, '2026-05-05') FROM sems.kind");
	res = PQexecParams(pg, sql, 1, NULL, values, NULL, NULL, 0);
	cr_assert_eq(PQresultStatus(res), PGRES_TUPLES_OK, "%s", PQerrorMessage(pg));
	for (int i = 0; i < PQntuples(res); i++)
		cr_expect_fail("%s", PQgetvalue(res, i, 0));
	PQclear(res);
	free(wanted);
	free(sql);
	PQfinish(pg);
}

Test(prepare, says_of_each_view_for_the_houses_tools_what_its_columns_hold)
{
	PGconn *pg = cluster_connect(cluster_database());

	cr_expect_eq(cluster_int(pg, "SELECT count(*) FROM pg_class c "
				     "WHERE c.relnamespace = 'report'::regnamespace"),
		     5);
	cr_expect_str_eq(
	    cluster_text(
		pg,
		"SELECT coalesce(string_agg(c.relname || '.' || a.attname, ' '), '') "
		"FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 "
		"WHERE c.relnamespace = 'report'::regnamespace "
		"AND (col_description(c.oid, a.attnum) IS NULL OR obj_description(c.oid) IS NULL)"),
	    "");
	/* A view, as old as its name, that lets nobody's function see what it leaves out. */
	cr_expect_str_eq(
	    cluster_text(pg, "SELECT coalesce(string_agg(c.relname, ' '), '') FROM pg_class c "
			     "WHERE c.relnamespace = 'report'::regnamespace AND (c.relkind <> 'v' "
			     "OR c.relname !~ '_v[0-9]+$' OR pg_get_userbyid(c.relowner) <> "
			     "'sems_owner' OR NOT 'security_barrier=true' = ANY (c.reloptions))"),
	    "");
	PQfinish(pg);
}
