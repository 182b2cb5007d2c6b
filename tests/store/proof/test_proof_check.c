#include "base/count.h"
#include "store/proof/proof_check.h"
#include "tests/lib/machine_walk.h"
#include "tests/store/proof_fixture.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

STORE_SUITE(proof_check, fixture_open, 0);

/* Some of every kind; one of them has every column filled. */
static void
add_evidence(void)
{
	static const char *const plain[] = {"observation", "audit",           "tip_session",
					    "activity",    "equipment_check", "heartbeat"};

	for (size_t i = 0; i < COUNT(plain); i++)
		spd_add(&f, plain[i], 3, "", "");
	spd_add(&f, "test", 3, ", mode", ", 'OVERT'");
	spd_add(&f, "tip_event", 40, ", outcome, stream, response_ms", ", 'HIT', 'CABIN', 900 + i");
	spd_add(&f, "plan", 2, ", what, planned_count, period_start, period_end",
		", 'TESTS', 4, '2026-04-01', '2026-05-01'");
	spd_add(&f, "void", 1, ", corrects_record_id", ", '019e1b8a-7c40-7000-8000-000000000001'");
}

static void
freeze(void)
{
	json_decref(proof_freeze(&f).doc);
}

static void
expect_sound(const char *counts)
{
	json_t *report = proof_verify(&f, true);
	char *text = json_dumps(report, JSON_INDENT(1));

	cr_expect(json_is_true(json_object_get(report, "sound")), "%s", text);
	cr_expect_str_eq(proof_counts(report), counts, "%s", text);
	free(text);
	json_decref(report);
}

/* One finding, and what it names. */
static void
expect_found(const char *what, const char *kind, const char *record_id)
{
	json_t *report = proof_verify(&f, true);
	const json_t *first = json_array_get(json_object_get(report, "findings"), 0);
	char *text = json_dumps(report, JSON_INDENT(1));

	cr_expect(json_is_false(json_object_get(report, "sound")), "%s", text);
	cr_expect_eq(json_array_size(json_object_get(report, "findings")), 1, "%s", text);
	cr_assert_not_null(first, "%s", text);
	cr_expect_str_eq(json_string_value(json_object_get(first, "what")), what);
	cr_expect_str_eq(json_string_value(json_object_get(first, "kind")), kind);
	cr_expect_str_eq(json_string_value(json_object_get(first, "record_id")), record_id);
	free(text);
	json_decref(report);
}

Test(proof_check, goes_where_its_table_says)
{
	static const char *const edges[] = {
	    "revision: nothing more to ask > chain, it failed > ended",
	    "chain: nothing more to ask > log, it failed > ended",
	    "log: nothing more to ask > days, it failed > ended",
	    "days: nothing more to ask > leaves, it failed > ended",
	    "leaves: nothing more to ask > records, it failed > ended",
	    "records: nothing more to ask > corrections, it failed > ended",
	    "corrections: nothing more to ask > ended, it failed > ended",
	    "ended: ",
	};

	MACHINE_WALK(&checking_machine, edges);
}

Test(proof_check, finds_nothing_where_nothing_was_done)
{
	json_t *report;

	add_evidence();
	freeze();
	report = proof_verify(&f, false);
	cr_expect(json_is_true(json_object_get(report, "sound")));
	cr_expect_eq(json_array_size(json_object_get(report, "checks")), 9);
	json_decref(report);
	expect_sound("");
}

/* A busy day has a hundred thousand leaves: nothing may be made as large as their square. */
Test(proof_check, names_one_of_many_records_of_a_day_in_little_room)
{
	struct fixture g;
	json_t *report;
	char *text;
	char sql[200];

	spd_add(&f, "tip_event", 3000, ", outcome, stream, response_ms",
		", 'HIT', 'CABIN', 900 + i");
	freeze();
	snprintf(sql, sizeof sql, "ALTER DATABASE %s SET temp_file_limit = '16MB'", f.database);
	proof_tamper(&f, sql);
	proof_tamper(&f, "UPDATE sems.tip_event SET response_ms = 1 WHERE response_ms = 2500");
	fixture_second(&g, &f); /* its connections have the limit */
	report = proof_verify(&g, true);
	text = json_dumps(report, JSON_INDENT(1));

	cr_expect_str_eq(proof_counts(report), "altered 1", "%s", text);
	free(text);
	json_decref(report);
	fixture_close(&g);
}

/* A value of the column's type that is not the one stored. */
static void
other_value(const char *type, const char *column, char *out, size_t size)
{
	static const struct {
		const char *type;
		const char *none;
		const char *change;
	} types[] = {
	    {"text", "''", "|| 'x'"},
	    {"bigint", "0", "+ 1"},
	    {"double precision", "0", "+ 0.5"},
	    {"boolean", "false", "IS NOT TRUE"},
	    {"timestamp with time zone", "'2026-05-12Z'", "+ interval '1 microsecond'"},
	    {"jsonb", "'[]'", "|| '[\"x\"]'"},
	    {"bytea", "'\\x00112233445566778899aabbccddee77'", ""},
	    {"uuid", "'019e1b8a-7c40-7000-8000-00000000000a'", ""},
	};

	for (size_t i = 0; i < COUNT(types); i++) {
		if (strcmp(types[i].type, type) != 0)
			continue;
		snprintf(out, size, "coalesce(\"%s\", %s) %s", column, types[i].none,
			 types[i].change);
		return;
	}
	cr_assert_fail("no value for %s", type);
}

/* Whether the report has such a finding. */
static bool
names(const json_t *report, const char *what, const char *kind, const char *record_id)
{
	json_t *one;
	size_t i;

	json_array_foreach(json_object_get(report, "findings"), i, one)
	{
		const char *id = json_string_value(json_object_get(one, "record_id"));

		if (strcmp(json_string_value(json_object_get(one, "what")), what) == 0 &&
		    strcmp(json_string_value(json_object_get(one, "kind")), kind) == 0 &&
		    id != NULL && strcmp(id, record_id) == 0)
			return true;
	}
	return false;
}

/* F37: each column of each kind is changed in a record of its own, at random; all are named, and no
 * other. */
Test(proof_check, names_each_record_of_which_a_column_was_changed)
{
	PGresult *cells;
	json_t *report;
	char expected[40];

	cells = PQexec(f.pg, "SELECT kind FROM sems.kind ORDER BY 1");
	for (int i = 0; i < PQntuples(cells); i++)
		spd_add(&f, PQgetvalue(cells, i, 0), 60, "", "");
	PQclear(cells);
	freeze();
	cluster_do(f.pg,
		   "DO $$ BEGIN EXECUTE (SELECT 'CREATE VIEW sems.spd_every AS ' || string_agg("
		   "format('SELECT %L::text AS kind, record_id FROM sems.%I', kind, kind), "
		   "' UNION ALL ') FROM sems.kind); END $$");
	cells = PQexec(
	    f.pg,
	    "SELECT k.kind, a.attname, format_type(a.atttypid, -1), r.id FROM sems.kind k "
	    "CROSS JOIN LATERAL (SELECT x.*, row_number() OVER (ORDER BY random()) AS n FROM "
	    "pg_attribute x WHERE x.attrelid = ('sems.' || k.kind)::regclass AND x.attnum > 0 "
	    "AND x.attname NOT IN ('record_id', 'source', 'stored_in')) AS a "
	    "JOIN (SELECT record_id AS id, kind, row_number() OVER (PARTITION BY kind "
	    "ORDER BY record_id) AS n FROM sems.spd_every) AS r ON r.kind = k.kind AND r.n = a.n");
	cr_assert_gt(PQntuples(cells), 300, "%s", PQerrorMessage(f.pg));
	for (int i = 0; i < PQntuples(cells); i++) {
		const char *kind = PQgetvalue(cells, i, 0);
		const char *column = PQgetvalue(cells, i, 1);
		char value[300];
		char sql[800];

		other_value(PQgetvalue(cells, i, 2), column, value, sizeof value);
		snprintf(sql, sizeof sql, "UPDATE sems.%s SET \"%s\" = %s WHERE record_id = '%s'",
			 kind, column, value, PQgetvalue(cells, i, 3));
		proof_tamper(&f, sql);
	}
	report = proof_verify(&f, true);
	snprintf(expected, sizeof expected, "altered %d", PQntuples(cells));
	cr_expect_str_eq(proof_counts(report), expected);
	for (int i = 0; i < PQntuples(cells); i++)
		cr_expect(
		    names(report, "altered", PQgetvalue(cells, i, 0), PQgetvalue(cells, i, 3)),
		    "%s.%s", PQgetvalue(cells, i, 0), PQgetvalue(cells, i, 1));
	PQclear(cells);
	json_decref(report);
}

Test(proof_check, names_what_is_missing)
{
	char id[40];

	add_evidence();
	freeze();
	snprintf(id, sizeof id, "%s",
		 cluster_text(f.pg, "SELECT min(record_id::text) FROM sems.tip_event"));
	proof_tamper(&f, "DELETE FROM sems.tip_event WHERE record_id = "
			 "(SELECT min(record_id::text)::uuid FROM sems.tip_event)");
	expect_found("missing", "tip_event", id);
}

/* What the first finding is said to mean. */
static const char *
meaning(const json_t *report)
{
	const json_t *first = json_array_get(json_object_get(report, "findings"), 0);
	const char *text = json_string_value(json_object_get(first, "text"));

	return text == NULL ? "" : text;
}

Test(proof_check, calls_late_what_the_freeze_did_not_read_whatever_its_clock_said)
{
	json_t *report;

	add_evidence();
	freeze();
	spd_add(&f, "tip_event", 2, ", outcome", ", 'HIT'");
	proof_tamper(&f, "UPDATE sems.tip_event SET received_at = now() + interval '1 minute' "
			 "WHERE outcome = 'HIT' AND stream IS NULL");
	report = proof_verify(&f, true);
	cr_expect_str_eq(proof_counts(report), "late 2");
	cr_expect_str_eq(meaning(report), proof_sentence("late", false));
	json_decref(report);
	proof_tamper(&f, "UPDATE sems.tip_event SET received_at = '2026-06-01' "
			 "WHERE outcome = 'HIT' AND stream IS NULL");
	report = proof_verify(&f, true);
	cr_expect_str_eq(proof_counts(report), "late 2", "its clock was set back");
	cr_expect(json_is_true(json_object_get(report, "sound")));
	cr_expect_str_eq(meaning(report), proof_sentence("late", true));
	json_decref(report);
}

Test(proof_check, calls_late_what_was_in_flight_while_it_was_frozen)
{
	PGconn *sender = cluster_connect(f.database);

	add_evidence();
	cluster_do(sender, "BEGIN; SELECT pg_current_xact_id()");
	spd_add(&f, "tip_event", 1, ", outcome", ", 'ABORTED'");
	freeze();
	cluster_do(sender, "INSERT INTO sems.tip_event SELECT (jsonb_populate_record(e, "
			   "jsonb_build_object('record_id', gen_random_uuid(), 'stored_in', "
			   "sems.this_transaction()))).* FROM sems.tip_event e LIMIT 3; COMMIT");
	PQfinish(sender);
	expect_sound("late 3");
}

/* A record that says it was there, among the numbers that the freeze read. */
Test(proof_check, calls_added_what_says_that_it_was_read)
{
	json_t *report;

	add_evidence();
	freeze();
	spd_add(&f, "tip_event", 2, ", outcome", ", 'ABORTED'");
	proof_tamper(&f, "UPDATE sems.tip_event SET stored_in = (SELECT read_until - 1 FROM "
			 "sems.spd_revision) WHERE record_id = (SELECT min(record_id::text)::uuid "
			 "FROM sems.tip_event WHERE outcome = 'ABORTED')");
	report = proof_verify(&f, true);
	cr_expect_str_eq(proof_counts(report), "added 1, late 1");
	cr_expect(json_is_false(json_object_get(report, "sound")));
	json_decref(report);
}

/* Numbers begin anew in another cluster; those of the new one are above those of the old. */
Test(proof_check, tells_late_from_added_after_a_dump_was_restored_elsewhere)
{
	json_t *report;

	add_evidence();
	freeze();
	spd_add(&f, "tip_event", 1, ", outcome", ", 'ABORTED'");
	proof_tamper(&f, "UPDATE sems.cluster SET system_identifier = 1; "
			 "UPDATE sems.spd_revision SET read_until = read_until + 1000000; "
			 "UPDATE sems.spd_revision SET document = replace(document, "
			 "(read_until - 1000000)::text, read_until::text), sha256 = "
			 "sha256(convert_to(replace(document, (read_until - 1000000)::text, "
			 "read_until::text), 'UTF8')); UPDATE sems.tip_event SET stored_in = "
			 "stored_in + 1000000");
	cluster_do(f.pg, "SELECT sems.note_cluster(); SELECT sems.note_cluster()");
	cr_expect_eq(cluster_int(f.pg, "SELECT max(number) FROM sems.cluster"), 2);
	spd_add(&f, "tip_event", 2, ", outcome", ", 'MISS_DECIDED'");
	report = proof_verify(&f, true);
	cr_expect_str_eq(proof_counts(report), "late 3");
	json_decref(report);
}

Test(proof_check, sees_a_snapshot_that_was_changed)
{
	json_t *report;
	char *text;

	add_evidence();
	freeze();
	proof_tamper(&f, "UPDATE sems.spd_revision SET read_until = read_until - 1");
	report = proof_verify(&f, true);
	text = json_dumps(report, 0);
	cr_expect(json_is_false(json_object_get(report, "sound")));
	cr_expect_not_null(strstr(text, "kept otherwise than the document prints it"), "%s", text);
	free(text);
	json_decref(report);
}

Test(proof_check, sees_an_identity_that_was_changed_as_one_gone_and_one_added)
{
	json_t *report;

	add_evidence();
	freeze();
	proof_tamper(&f, "UPDATE sems.activity SET source = 'another' WHERE record_id = "
			 "(SELECT min(record_id::text)::uuid FROM sems.activity)");
	report = proof_verify(&f, true);
	cr_expect_str_eq(proof_counts(report), "missing 1, added 1");
	json_decref(report);
}

Test(proof_check, sees_a_document_that_was_changed)
{
	json_t *report;

	add_evidence();
	freeze();
	proof_tamper(&f, "ALTER TABLE sems.spd_revision DROP CONSTRAINT spd_revision_check");
	proof_tamper(&f, "UPDATE sems.spd_revision SET document = "
			 "replace(document, 'Invented Airport', 'Another Airport')");
	report = proof_verify(&f, true);
	cr_expect_neq(proof_check_text(report, "DOCUMENT")[0], '\0');
	cr_expect_neq(proof_check_text(report, "SIGNATURE")[0], '\0');
	cr_expect_eq(proof_check_text(report, "ROOT")[0], '\0');
	json_decref(report);
	/* With a digest to match, the signature still tells. */
	proof_tamper(&f,
		     "UPDATE sems.spd_revision SET sha256 = sha256(convert_to(document, 'UTF8'))");
	report = proof_verify(&f, true);
	cr_expect_eq(proof_check_text(report, "DOCUMENT")[0], '\0');
	cr_expect_neq(proof_check_text(report, "SIGNATURE")[0], '\0');
	json_decref(report);
}

Test(proof_check, sees_leaves_that_were_changed_to_match)
{
	json_t *report;

	add_evidence();
	freeze();
	proof_tamper(&f, "UPDATE sems.spd_leaves SET leaves = set_byte(leaves, 25, "
			 "(get_byte(leaves, 25) + 1) % 256) WHERE kind = 'audit'");
	report = proof_verify(&f, true);
	cr_expect(strstr(proof_check_text(report, "LEAVES"), "audit of 2026-05-12") != NULL, "%s",
		  proof_check_text(report, "LEAVES"));
	cr_expect_eq(proof_check_text(report, "ROOT")[0], '\0');
	json_decref(report);
}

Test(proof_check, sees_leaves_that_were_taken_away)
{
	json_t *report;

	add_evidence();
	freeze();
	proof_tamper(&f,
		     "DELETE FROM sems.spd_leaves WHERE kind = 'audit'; DELETE FROM sems.audit");
	report = proof_verify(&f, true);
	cr_expect_neq(proof_check_text(report, "LEAVES")[0], '\0');
	json_decref(report);
}

Test(proof_check, sees_a_key_that_is_not_in_the_folder)
{
	json_t *report;

	add_evidence();
	freeze();
	expect_sound("");
	proof_tamper(&f, "UPDATE sems.spd_proof SET key_id = 'another'");
	report = proof_verify(&f, true);
	cr_expect(strstr(proof_check_text(report, "SIGNATURE"),
			 "the key another, which is not in the folder") != NULL);
	json_decref(report);
}

Test(proof_check, sees_a_chain_that_was_cut)
{
	json_t *report;

	add_evidence();
	freeze();
	proof_withdraw(&f, 1);
	freeze();
	proof_withdraw(&f, 2);
	freeze();
	expect_sound("");
	proof_tamper(&f, "DELETE FROM sems.spd_proof WHERE number = 2");
	report = proof_verify(&f, true);
	cr_expect(strstr(proof_check_text(report, "CHAIN"), "freeze 3") != NULL, "%s",
		  proof_check_text(report, "CHAIN"));
	json_decref(report);
}

/* P-963: each such change is one that the log's own triggers would not let through. */
Test(proof_check, sees_that_the_access_log_lacks_the_head_of_then)
{
	static const char *const tampers[] = {
	    "UPDATE sems.access_log SET line = replace(line, 'semsd', 'nobody') WHERE entry_id = 2",
	    "DELETE FROM sems.access_log WHERE entry_id = 2",
	    "UPDATE sems.access_link SET sha256 = sha256('x') WHERE number = 3",
	    "DELETE FROM sems.access_link WHERE number = 2",
	    ("DELETE FROM sems.access_link WHERE number = (SELECT max(number) FROM "
	     "sems.access_link)"),
	};
	json_t *report;

	add_evidence();
	freeze();
	report = proof_verify(&f, true);
	cr_expect_str_eq(proof_check_text(report, "LOG"), "");
	json_decref(report);
	cluster_do(f.pg, "CREATE TABLE log AS TABLE sems.access_link; CREATE TABLE lines AS "
			 "SELECT entry_id, line FROM sems.access_log");
	for (size_t i = 0; i < COUNT(tampers); i++) {
		proof_tamper(&f, tampers[i]);
		report = proof_verify(&f, true);
		cr_expect_neq(proof_check_text(report, "LOG")[0], '\0', "%s", tampers[i]);
		json_decref(report);
		proof_tamper(
		    &f, "DELETE FROM sems.access_link; DELETE FROM sems.access_log; INSERT INTO "
			"sems.access_log (entry_id, line) OVERRIDING SYSTEM VALUE TABLE lines; "
			"INSERT INTO sems.access_link TABLE log");
	}
}

/* It decides what counts. */
Test(proof_check, sees_a_change_in_the_table_of_corrections)
{
	json_t *report;

	add_evidence();
	freeze();
	proof_tamper(&f, "DELETE FROM sems.correction");
	report = proof_verify(&f, true);
	cr_expect_neq(proof_check_text(report, "CORRECTIONS")[0], '\0');
	cr_expect_eq(json_array_size(json_object_get(report, "findings")), 1);
	json_decref(report);
}

Test(proof_check, sees_a_ruling_that_the_records_do_not_give)
{
	static const char *const tampers[] = {
	    "DELETE FROM sems.ruling",
	    "UPDATE sems.ruling SET why = 'PENDING'",
	    "UPDATE sems.ruling SET until = 1",
	};
	json_t *report;

	add_evidence();
	spd_add(&f, "tip_event", 1, ", outcome, corrects_record_id, corrected_at",
		", 'MISS_DECIDED', (SELECT min(record_id::text)::uuid FROM sems.tip_event), now()");
	freeze();
	for (size_t i = 0; i < COUNT(tampers); i++) {
		cluster_do(f.pg, "CREATE TABLE kept AS TABLE sems.ruling");
		proof_tamper(&f, tampers[i]);
		report = proof_verify(&f, true);
		cr_expect_neq(proof_check_text(report, "CORRECTIONS")[0], '\0', "%s", tampers[i]);
		json_decref(report);
		cluster_do(f.pg,
			   "DELETE FROM sems.ruling; INSERT INTO sems.ruling TABLE kept; DROP "
			   "TABLE kept");
	}
	report = proof_verify(&f, true);
	cr_expect_eq(proof_check_text(report, "CORRECTIONS")[0], '\0');
	json_decref(report);
}

Test(proof_check, says_what_was_purged_and_still_checks_its_leaves)
{
	add_evidence();
	freeze();
	cluster_do(f.pg,
		   "INSERT INTO sems.purge_certificate (kind, month, quarter, starts_at, ends_at, "
		   "records, set_sha256, held, holds, min_months, max_months, legal_basis, "
		   "dropped_by) VALUES ('tip_event', "
		   "'2026-05-01', '2026-Q2', '2026-04-30T23:00Z', '2026-05-31T23:00Z', 40, "
		   "sha256(''), 0, '{}', 13, 13, "
		   "'a test', 'a test'); DROP TABLE sems.tip_event_202605");
	expect_sound("purged 40");
	proof_tamper(&f, "UPDATE sems.spd_leaves SET leaves = set_byte(leaves, 25, "
			 "(get_byte(leaves, 25) + 1) % 256) WHERE kind = 'tip_event'");
	json_t *report = proof_verify(&f, true);
	cr_expect_neq(proof_check_text(report, "LEAVES")[0], '\0');
	json_decref(report);
}

Test(proof_check, names_no_test_under_embargo_to_those_who_may_not_know)
{
	json_t *report;
	char *text;
	char id[40];

	add_evidence();
	spd_add(&f, "test", 1, ", mode", ", 'COVERT'");
	snprintf(id, sizeof id, "%s",
		 cluster_text(f.pg, "SELECT record_id FROM sems.test WHERE mode = 'COVERT'"));
	freeze();
	/* A late one is not even counted. */
	spd_add(&f, "test", 1, ", mode", ", 'COVERT'");
	report = proof_verify(&f, false);
	cr_expect_str_eq(proof_counts(report), "");
	json_decref(report);
	report = proof_verify(&f, true);
	cr_expect_str_eq(proof_counts(report), "late 1");
	json_decref(report);
	/* That one was changed must be said; which one must not. */
	proof_tamper(&f, "UPDATE sems.test SET marking = 'x' WHERE mode = 'COVERT' AND stored_in < "
			 "(SELECT read_until FROM sems.spd_revision)");
	report = proof_verify(&f, false);
	text = json_dumps(report, 0);
	cr_expect_str_eq(proof_counts(report), "altered 1");
	cr_expect_null(strstr(text, id), "%s", text);
	free(text);
	json_decref(report);
	report = proof_verify(&f, true);
	text = json_dumps(report, 0);
	cr_expect_not_null(strstr(text, id), "%s", text);
	free(text);
	json_decref(report);
}
