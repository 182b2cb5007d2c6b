#include "tests/office/evidence.h"

#include <criterion/criterion.h>

#include <stdio.h>

#define IMPORT(name) IMPORT_OP_##name

static int
ask(struct office *o, int operation, const char *run, unsigned limit, const char *after)
{
	struct import_request q = {0};
	static const char file[] = "a.csv";

	q.operation = (uint32_t)operation;
	q.run = run;
	q.after = after;
	q.file = file;
	q.limit = limit;
	return office_ask(o, &(struct request){.kind = REQUEST_IMPORT, .import = &q});
}

/* So many records of a kind that the run stored. */
static void
store(struct office *o, const char *run, const char *kind, int n)
{
	char sql[400];

	evidence_add(o, kind, n, "", "");
	snprintf(sql, sizeof sql,
		 "INSERT INTO sems.import_record SELECT (SELECT run_no FROM sems.import_run WHERE "
		 "run = '%s'), "
		 "'%s', source, record_id FROM sems.%s",
		 run, kind, kind);
	cluster_do(o->pg, sql);
}

/* P-931, P-932 */
Test(import, begins_lists_shows_and_ends_a_run)
{
	struct office o;
	char run[64];
	char next[100];

	office_open_set_up(&o);
	cr_assert_eq(ask(&o, IMPORT(BEGIN), NULL, 0, NULL), CODE(OK), "%s", o.text);
	snprintf(run, sizeof run, "%s", office_str(&o, "run"));
	store(&o, run, "observation", 3);
	cr_assert_eq(ask(&o, IMPORT(LIST), NULL, 0, NULL), CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "runs.0.run"), run);
	cr_expect_str_eq(office_str(&o, "runs.0.file"), "a.csv");
	cr_expect_eq(office_int(&o, "runs.0.kinds.observation"), 3);
	cr_assert_eq(ask(&o, IMPORT(SHOW), run, 2, NULL), CODE(OK), "%s", o.text);
	cr_expect_eq(json_array_size(json_object_get(o.json, "records")), 2);
	cr_expect_str_eq(office_str(&o, "records.0.site"), "T1");
	snprintf(next, sizeof next, "%s", office_str(&o, "next"));
	cr_assert_eq(ask(&o, IMPORT(SHOW), run, 2, next), CODE(OK), "%s", o.text);
	cr_expect_eq(json_array_size(json_object_get(o.json, "records")), 1);
	cr_expect_eq(ask(&o, IMPORT(END), run, 0, NULL), CODE(OK), "%s", o.text);
	cr_expect_eq(ask(&o, IMPORT(UNDONE), run, 0, NULL), CODE(OK), "%s", o.text);
	cr_expect_eq(cluster_int(o.pg,
				 "SELECT count(*) FROM sems.import_run WHERE ended_at IS NOT NULL "
				 "AND undone_at IS NOT NULL"),
		     1);
	cr_expect_eq(ask(&o, IMPORT(SHOW), "nothing", 0, NULL), CODE(NOT_FOUND));
	cr_expect_eq(ask(&o, IMPORT(SHOW), run, 1001, NULL), CODE(INVALID));
	cr_expect_eq(ask(&o, IMPORT(SHOW), run, 1, "observation"), CODE(INVALID));
	cr_expect_eq(ask(&o, 0, run, 1, NULL), CODE(INVALID));
	office_close(&o);
}

/* A run of tests alone is none to who does not run tests. */
Test(import, shows_each_role_what_it_may_know)
{
	struct office o;
	char run[64];

	office_open_set_up(&o);
	cr_assert_eq(ask(&o, IMPORT(BEGIN), NULL, 0, NULL), CODE(OK), "%s", o.text);
	snprintf(run, sizeof run, "%s", office_str(&o, "run"));
	store(&o, run, "test", 2);
	cr_assert_eq(ask(&o, IMPORT(LIST), NULL, 0, NULL), CODE(OK), "%s", o.text);
	cr_expect_eq(json_array_size(json_object_get(o.json, "runs")), 1);
	office_be(&o, "unix:aud", "auditor");
	cr_assert_eq(ask(&o, IMPORT(LIST), NULL, 0, NULL), CODE(OK), "%s", o.text);
	cr_expect_eq(json_array_size(json_object_get(o.json, "runs")), 0);
	cr_expect_eq(ask(&o, IMPORT(SHOW), run, 0, NULL), CODE(NOT_FOUND));
	cr_expect_eq(ask(&o, IMPORT(UNDONE), run, 0, NULL), CODE(FORBIDDEN));
	office_be(&o, "unix:dev", "device");
	cr_expect_eq(ask(&o, IMPORT(LIST), NULL, 0, NULL), CODE(FORBIDDEN));
	office_close(&o);
}
