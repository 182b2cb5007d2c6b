/* Frozen documents that somebody changed in the database, digest and all: each request that reads
 * one says which member it is, and semsd lives. */
#include "base/count.h"
#include "tests/lib/mutation.h"
#include "tests/office/evidence.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct office o;
static const char past[] = EVIDENCE_QUARTER;
static const char next[] = "2020-Q2";
static const char metric[] = "EX13";
static const char words[] = "few flights";
static json_t *frozen;

/* One stands for all, and a small document is read in less time. */
static void
keep_one(json_t *list, const char *id)
{
	for (size_t i = json_array_size(list); i-- > 0;) {
		const char *is = json_string_value(json_object_get(json_array_get(list, i), "id"));

		if (json_array_size(list) > 1 && strcmp(is, id) != 0)
			json_array_remove(list, i);
	}
}

static void
open_office(void)
{
	PGresult *res;

	office_open_set_up(&o);
	evidence_add(&o, "activity", 2, ", activity, count", ", 'FLIGHTS', i");
	evidence_freeze(&o);
	res = PQexec(o.pg, "SELECT document FROM sems.spd_revision");
	frozen = json_loads(PQgetvalue(res, 0, 0), 0, NULL);
	PQclear(res);
	cr_assert_not_null(frozen);
	keep_one(json_object_get(frozen, "metrics"), metric);
	keep_one(json_object_get(json_object_get(frozen, "template"), "sheets"), "tip");
}

static void
close_office(void)
{
	json_decref(frozen);
	office_close(&o);
}

TestSuite(spd_altered, .init = open_office, .fini = close_office);

static void
store(const json_t *document)
{
	static const char sql[] = "UPDATE sems.spd_revision SET document = $1, "
				  "sha256 = sha256(convert_to($1, 'UTF8'))";
	char *text = json_dumps(document, JSON_COMPACT | JSON_SORT_KEYS);
	const char *values[] = {text};
	PGresult *res;

	cluster_do(o.pg, "SET session_replication_role = replica");
	res = PQexecParams(o.pg, sql, 1, NULL, values, NULL, NULL, 0);
	cr_assert_eq(PQresultStatus(res), PGRES_COMMAND_OK, "%s", PQerrorMessage(o.pg));
	PQclear(res);
	free(text);
}

static int
ask_spd(int operation, const char *quarter, unsigned revision)
{
	struct spd_request q = office_spd(operation, quarter, revision);

	q.metric = metric;
	q.text = words;
	return office_ask_spd(&o, &q);
}

static int
ask_explain(void)
{
	struct request r = {0};
	struct explain_request q = {0};

	q.quarter = past;
	q.metric = metric;
	q.revision = 1;
	r.kind = REQUEST_EXPLAIN;
	r.explain = &q;
	return office_ask(&o, &r);
}

static int
ask_verify(void)
{
	struct request r = {0};
	struct verify_request q = {0};

	q.quarter = past;
	r.kind = REQUEST_VERIFY;
	r.verify = &q;
	return office_ask(&o, &r);
}

/* Those that read what the document says refuse it by the member; true: they did. */
static bool
ask_readers(const char *what, size_t n)
{
	static const int operations[] = {OP(COMMENT), OP(CHECK), OP(DECLARATION)};
	bool refused = ask_explain() != CODE(OK);

	if (refused) {
		cr_expect_eq(o.code, CODE(STATE), "%s: %s", what, o.text);
		cr_expect_neq(o.field[0], '\0', "%s: %s", what, o.text);
		cr_expect_not_null(strstr(o.text, "is not as it was frozen"), "%s: %s", what,
				   o.text);
	}
	cr_expect_eq(ask_spd(operations[n % 3], past, 1) != CODE(OK), refused,
		     "%s, operation %d: %s", what, operations[n % 3], o.text);
	return refused;
}

Test(spd_altered, every_request_names_the_member_and_goes_on)
{
	char what[200];
	json_t *m;
	size_t refused = 0;

	for (size_t n = 0; (m = mutation_make(frozen, n, what)) != NULL; n++) {
		store(m);
		refused += ask_readers(what, n);
		json_decref(m);
		/* What hands out the bytes, or looks at digests, has nothing to refuse; a part of
		 * them is asked, since they take longer. */
		if (n % 13 != 0 && strncmp(what, ".proof", 6) != 0)
			continue;
		cr_expect_eq(ask_spd(OP(SHOW), past, 1), CODE(OK), "%s: %s", what, o.text);
		cr_expect_eq(ask_spd(OP(STATUS), past, 0), CODE(OK), "%s: %s", what, o.text);
		cr_expect_eq(ask_verify(), CODE(OK), "%s: %s", what, o.text);
	}
	cr_expect_gt(refused, 300);
}

Test(spd_altered, what_is_computed_beside_it_names_the_member)
{
	char what[200];
	json_t *m;

	/* A quarter after it compares itself, a diff, a revision. */
	for (size_t n = 0; (m = mutation_make(frozen, n, what)) != NULL; n += 211) {
		bool refused;

		store(m);
		json_decref(m);
		refused = ask_explain() != CODE(OK);
		cr_expect_eq(ask_spd(OP(SHOW), next, 0) != CODE(OK), refused, "%s: %s", what,
			     o.text);
		cr_expect(!refused || o.code == CODE(STATE), "%s: %s", what, o.text);
		cr_expect_eq(ask_spd(OP(DIFF), past, 1) != CODE(OK), refused, "%s: %s", what,
			     o.text);
		cr_expect(!refused || o.code == CODE(STATE), "%s: %s", what, o.text);
	}
}

Test(spd_altered, the_columns_of_a_proof_may_be_anything)
{
	static const char *const columns[] = {"{}",
					      "[]",
					      "7",
					      "{\"activity\": 7}",
					      "{\"activity\": [7]}",
					      "{\"activity\": [null, {}]}",
					      "{\"activity\": [\"nothing\"]}"};

	for (size_t i = 0; i < COUNT(columns); i++) {
		char sql[200];

		snprintf(sql, sizeof sql, "UPDATE sems.spd_proof SET columns = '%s'", columns[i]);
		evidence_tamper(&o, sql);
		cr_expect_eq(ask_verify(), CODE(OK), "%s: %s", columns[i], o.text);
		cr_expect(i < 3 || !json_is_true(json_object_get(o.json, "sound")), "%s",
			  columns[i]);
	}
}
