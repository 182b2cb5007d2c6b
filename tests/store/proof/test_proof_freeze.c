#include "base/text.h"
#include "store/proof/proof_freeze.h"
#include "tests/lib/machine_walk.h"
#include "tests/store/proof_fixture.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

STORE_SUITE(proof_freeze, fixture_open, 0);

/* However long; the caller's to free. */
static char *
long_text(const char *sql)
{
	PGresult *res = PQexec(f.pg, sql);
	char *text;

	cr_assert_eq(PQntuples(res), 1, "%s", PQerrorMessage(f.pg));
	text = strdup(PQgetvalue(res, 0, 0));
	PQclear(res);
	return text;
}

static const char *
hex_of(const char *sql)
{
	return cluster_text(f.pg, sql);
}

Test(proof_freeze, goes_where_its_table_says)
{
	static const char *const edges[] = {
	    "previous freeze: nothing more to ask > leaves, it failed > ended",
	    "leaves: nothing more to ask > days, it failed > ended",
	    "days: nothing more to ask > roots, it failed > ended",
	    "roots: nothing more to ask > made, it failed > ended",
	    "made: the revision is kept > signature",
	    "signature: nothing more to ask > ended, it failed > ended",
	    "ended: ",
	};

	MACHINE_WALK(&proving_machine, edges);
}

/* The leaf as PROOF.md says, by another way: the parts one by one. */
Test(proof_freeze, hashes_every_column_of_a_record)
{
	struct frozen z;
	char want[80];

	spd_add(&f, "activity", 1, ", activity, count, requirement_refs, embargo",
		", 'CABIN_BAGS', 7, '[\"R1\", \"R2\"]', false");
	z = proof_freeze(&f);
	snprintf(
	    want, sizeof want, "%s",
	    hex_of("SELECT encode(sha256('\\x0001'::bytea || int4send(33)"
		   " || int4send(25) || int4send(8) || 'activity'::bytea"
		   " || string_agg(c.part, ''::bytea ORDER BY c.ord)), 'hex')"
		   " FROM sems.activity r, LATERAL ("
		   "  SELECT a.ord, CASE WHEN v.b IS NULL THEN int4send(a.oid) || int4send(-1)"
		   "   ELSE int4send(a.oid) || int4send(octet_length(v.b)) || v.b END AS part"
		   "  FROM (SELECT attname AS name, attnum AS ord, atttypid::int AS oid"
		   "   FROM pg_attribute WHERE attrelid = 'sems.activity'::regclass AND attnum > 0 "
		   "   AND attname <> 'stored_in')"
		   "   AS a CROSS JOIN LATERAL (SELECT CASE a.name"
		   "   WHEN 'record_id' THEN uuid_send(r.record_id)"
		   "   WHEN 'source' THEN textsend(r.source)"
		   "   WHEN 'site_id' THEN textsend(r.site_id)"
		   "   WHEN 'measure_code' THEN textsend(r.measure_code)"
		   "   WHEN 'requirement_refs' THEN '\\x01'::bytea || "
		   "    convert_to(r.requirement_refs::text, 'UTF8')"
		   "   WHEN 'occurred_at' THEN timestamptz_send(r.occurred_at)"
		   "   WHEN 'embargo' THEN '\\x00'::bytea"
		   "   WHEN 'activity' THEN 'CABIN_BAGS'::bytea"
		   "   WHEN 'count' THEN int8send(7)"
		   "   WHEN 'received_at' THEN timestamptz_send(r.received_at)"
		   "   WHEN 'received_from' THEN 'test'::bytea END AS b) AS v) AS c"));
	cr_expect_str_eq(
	    hex_of("SELECT encode(substr(leaves, 21, 32), 'hex') FROM sems.spd_leaves"), want);
	json_decref(z.doc);
}

Test(proof_freeze, prints_the_root_that_it_keeps_and_signs_the_document)
{
	struct frozen z;
	const json_t *proof;
	unsigned char signature[SIGN_SIZE];
	const struct signer *by;
	char id[SIGN_ID_SIZE];
	int64_t n;
	char *document;

	spd_add(&f, "tip_event", 5, ", outcome", ", 'HIT'");
	spd_add_at(&f, "2026-05-13T08:00:00Z", "tip_event", 3, ", outcome", ", 'MISS_DECIDED'");
	spd_add(&f, "observation", 2, "", "");
	z = proof_freeze(&f);
	proof = json_object_get(z.doc, "proof");
	cr_expect_eq(json_integer_value(json_object_get(proof, "leaves")), 10);
	cr_expect_eq(json_integer_value(json_object_get(proof, "number")), 1);
	cr_expect(json_is_null(json_object_get(proof, "previous")));
	cr_expect_eq(json_array_size(json_object_get(proof, "days")), 3);
	cr_expect_str_eq(json_string_value(json_object_get(proof, "root")),
			 cluster_text(f.pg, "SELECT encode(root, 'hex') FROM sems.spd_proof"));
	n = cluster_int(f.pg, "SELECT octet_length(document) FROM sems.spd_revision");
	document = long_text("SELECT document FROM sems.spd_revision");
	cr_assert(hex_decode(
	    text_of(cluster_text(f.pg, "SELECT encode(signature, 'hex') FROM sems.spd_proof")),
	    signature, sizeof signature));
	snprintf(id, sizeof id, "%s", cluster_text(f.pg, "SELECT key_id FROM sems.spd_proof"));
	by = keyring_signer(f.keys, id);
	cr_assert_not_null(by);
	cr_expect(sign_good(by->public, document, (size_t)n, signature));
	free(document);
	json_decref(z.doc);
}

Test(proof_freeze, chains_each_freeze_to_the_one_before)
{
	struct frozen first;
	struct frozen second;
	const json_t *previous;

	spd_add(&f, "tip_event", 5, ", outcome", ", 'HIT'");
	first = proof_freeze(&f);
	proof_withdraw(&f, 1);
	second = proof_freeze(&f);
	previous = json_object_get(json_object_get(second.doc, "proof"), "previous");
	cr_expect_str_eq(
	    json_string_value(json_object_get(previous, "root")),
	    json_string_value(json_object_get(json_object_get(first.doc, "proof"), "root")));
	cr_expect_eq(json_integer_value(json_object_get(previous, "revision")), 1);
	cr_expect_str_neq(
	    json_string_value(json_object_get(json_object_get(second.doc, "proof"), "root")),
	    json_string_value(json_object_get(json_object_get(first.doc, "proof"), "root")));
	json_decref(first.doc);
	json_decref(second.doc);
}

/* Records that the figures rest on and that occurred at another time. */
Test(proof_freeze, covers_what_the_quarter_rests_on_wherever_it_occurred)
{
	struct frozen z;

	spd_add(&f, "activity", 2, ", activity, count", ", 'CABIN_BAGS', 1");
	/* Before it: a plan for it. Not for it: another. */
	spd_add_at(&f, "2026-02-01T00:00:00Z", "plan", 1,
		   ", what, planned_count, period_start, period_end",
		   ", 'TESTS', 4, '2026-04-01', '2026-05-01'");
	spd_add_at(&f, "2026-02-01T00:00:00Z", "plan", 1,
		   ", what, planned_count, period_start, period_end",
		   ", 'TESTS', 4, '2026-02-01', '2026-03-01'");
	/* After it: a void of one of its records, whose id has the time of the root. */
	cluster_do(f.pg,
		   "UPDATE sems.activity SET record_id = '019e1b8a-7c40-7000-8000-000000000001' "
		   "WHERE record_id = (SELECT min(record_id::text)::uuid FROM sems.activity)");
	spd_add_at(&f, "2026-08-01T00:00:00Z", "void", 1, ", corrects_record_id",
		   ", '019e1b8a-7c40-7000-8000-000000000001'");
	spd_add_at(&f, "2026-08-01T00:00:00Z", "activity", 1, ", activity, count",
		   ", 'CABIN_BAGS', 1");
	z = proof_freeze(&f);
	cr_expect_str_eq(cluster_text(f.pg,
				      "SELECT string_agg(kind || ' ' || day || ' ' || n, ', ' "
				      "ORDER BY kind, day) FROM sems.spd_leaves"),
			 "activity 2026-05-12 2, plan 2026-02-01 1, void 2026-04-01 1");
	json_decref(z.doc);
}

Test(proof_freeze, tells_of_tests_no_day)
{
	struct frozen z;

	spd_add(&f, "test", 2, ", mode", ", 'COVERT'");
	spd_add_at(&f, "2026-06-01T10:00:00Z", "test", 1, ", mode", ", 'OVERT'");
	z = proof_freeze(&f);
	cr_expect_str_eq(cluster_text(f.pg,
				      "SELECT string_agg(kind || ' ' || day || ' ' || n, ', ') "
				      "FROM sems.spd_leaves"),
			 "test 2026-04-01 3");
	json_decref(z.doc);
}

Test(proof_freeze, keeps_its_rows_for_ever)
{
	struct frozen z;

	spd_add(&f, "activity", 1, ", activity, count", ", 'CABIN_BAGS', 1");
	z = proof_freeze(&f);
	cr_expect_str_eq(cluster_state(f.pg, "DELETE FROM sems.spd_proof"), "P0001");
	cr_expect_str_eq(cluster_state(f.pg, "UPDATE sems.spd_leaves SET day = day + 1"), "P0001");
	cr_expect_str_eq(cluster_state(f.pg, "TRUNCATE sems.signing_key CASCADE"), "P0001");
	json_decref(z.doc);
}

Test(proof_freeze, freezes_an_empty_quarter)
{
	struct frozen z = proof_freeze(&f);

	cr_expect_eq(cluster_int(f.pg, "SELECT leaves FROM sems.spd_proof"), 0);
	json_decref(z.doc);
}

/* More leaves than one piece. */
Test(proof_freeze, reads_long_days_in_pieces)
{
	struct frozen z;
	unsigned char root[SHA256_SIZE];
	char hex[PROOF_HEX_SIZE];
	struct merkle m;
	char *leaves;

	spd_add(&f, "tip_event", 5000, ", outcome", ", 'HIT'");
	z = proof_freeze(&f);
	merkle_init(&m);
	leaves = long_text("SELECT encode(leaves, 'hex') FROM sems.spd_leaves");
	for (size_t i = 0; i < 5000; i++) {
		unsigned char leaf[PROOF_LEAF_SIZE];

		cr_assert(
		    hex_decode((struct text){leaves + i * 2 * PROOF_LEAF_SIZE, 2 * PROOF_LEAF_SIZE},
			       leaf, sizeof leaf));
		proof_add_leaves(&m, leaf, sizeof leaf);
	}
	free(leaves);
	cr_assert(merkle_root(&m, root));
	hex_encode(root, sizeof root, hex);
	cr_expect_str_eq(
	    hex, json_string_value(json_object_get(
		     json_array_get(json_object_get(json_object_get(z.doc, "proof"), "days"), 0),
		     "root")));
	json_decref(z.doc);
}
