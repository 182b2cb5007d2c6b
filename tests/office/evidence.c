#include "tests/office/evidence.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>

void
evidence_add(struct office *o, const char *kind, int n, const char *columns, const char *values)
{
	char sql[2000];

	snprintf(
	    sql, sizeof sql,
	    "SELECT sems.make_partition('%s', '%s'); "
	    "INSERT INTO sems.%s (record_id, source, site_id, measure_code, occurred_at, "
	    "received_at, received_from%s) SELECT overlay(gen_random_uuid()::text PLACING "
	    "to_char(0, 'FM') || substr(x, 1, 8) || '-' || substr(x, 9, 4) FROM 1 FOR 13)::uuid, "
	    "'lane', 'T1', '4.1', '%s'::timestamptz, '%s'::timestamptz + interval '1 hour', "
	    "'unix:anna'%s FROM generate_series(1, %d) AS i, lpad(to_hex((extract(epoch FROM "
	    "'%s'::timestamptz) * 1000)::bigint), 12, '0') AS x",
	    kind, EVIDENCE_AT, kind, columns, EVIDENCE_AT, EVIDENCE_AT, values, n, EVIDENCE_AT);
	cluster_do(o->pg, sql);
}

const char *
evidence_id(struct office *o, const char *kind, const char *where)
{
	char sql[400];

	snprintf(sql, sizeof sql, "SELECT min(record_id::text) FROM sems.%s WHERE %s", kind, where);
	return cluster_text(o->pg, sql);
}

void
evidence_freeze(struct office *o)
{
	static const char quarter[] = EVIDENCE_QUARTER;
	static const char why[] = "a test";
	struct spd_request q = office_spd(OP(FREEZE), quarter, 0);

	q.early = why;
	q.exclude_embargoed = why;
	cr_assert_eq(office_ask_spd(o, &q), CODE(OK), "%s", o->text);
}

void
evidence_tamper(struct office *o, const char *sql)
{
	char all[2000];

	snprintf(
	    all, sizeof all,
	    "SET session_replication_role = replica; %s; SET session_replication_role = origin",
	    sql);
	cluster_do(o->pg, all);
}

const char *
evidence_answer(struct office *o)
{
	static char *text;

	free(text);
	text = json_dumps(o->json, JSON_INDENT(1) | JSON_SORT_KEYS);
	return text == NULL ? "" : text;
}
