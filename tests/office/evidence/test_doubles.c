#include "base/count.h"
#include "tests/office/evidence.h"

#include <criterion/criterion.h>

#include <stdio.h>

static int
ask(struct office *o, struct doubles_request *q)
{
	struct request r = {0};

	r.kind = REQUEST_DOUBLES;
	r.doubles = q;
	return office_ask(o, &r);
}

static int
ask_some(struct office *o, const char *kind, const char *quarter, unsigned limit, const char *after)
{
	struct doubles_request q = {0};

	q.kind = kind;
	q.quarter = quarter;
	q.after = after;
	q.limit = limit;
	return ask(o, &q);
}

/* The n-th of a kind with a number, a minute after the one before. */
static void
add(struct office *o, const char *kind, const char *number, const char *more, const char *values)
{
	char columns[200];
	char all[300];

	snprintf(columns, sizeof columns, ", source_record_id%s", more);
	snprintf(all, sizeof all, ", '%s'%s", number, values);
	evidence_add(o, kind, 1, columns, all);
}

/* P-926 */
Test(doubles, shows_both_records_and_what_differs)
{
	struct office o;
	char next[200];

	office_open_set_up(&o);
	add(&o, "observation", "17", ", note", ", 'a word'");
	add(&o, "observation", "17", ", note", ", 'another'");
	add(&o, "audit", "17", "", "");
	add(&o, "audit", "17", "", "");
	cr_assert_eq(ask_some(&o, NULL, NULL, 0, NULL), CODE(OK), "%s", o.text);
	/* The audits share their content, too. */
	cr_expect_eq(office_int(&o, "total"), 3);
	cr_assert_eq(ask_some(&o, "observation", "2020-Q1", 10, NULL), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "total"), 1);
	cr_expect_eq(office_int(&o, "doubles.0.count"), 2);
	cr_expect_str_eq(office_str(&o, "doubles.0.shares"), "NUMBER");
	cr_expect_str_eq(office_str(&o, "doubles.0.records.0.number"), "17");
	cr_expect_str_eq(office_str(&o, "doubles.0.records.1.quarter"), "2020-Q1");
	cr_expect_str_eq(office_str(&o, "doubles.0.changes.0.field"), "note");
	cr_expect_str_neq(office_str(&o, "doubles.0.changes.0.becomes"),
			  office_str(&o, "doubles.0.changes.0.was"));
	cr_assert_eq(ask_some(&o, NULL, "2019-Q4", 10, NULL), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "total"), 0);
	cr_assert_eq(ask_some(&o, NULL, NULL, 2, NULL), CODE(OK), "%s", o.text);
	snprintf(next, sizeof next, "%s", office_str(&o, "next"));
	cr_assert_eq(ask_some(&o, NULL, NULL, 2, next), CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "doubles.0.kind"), "observation");
	office_close(&o);
}

/* Free text is for few; who does not run tests learns of none under embargo. */
Test(doubles, shows_each_role_what_it_may_know)
{
	struct office o;

	office_open_set_up(&o);
	add(&o, "observation", "17", ", note", ", 'a word'");
	add(&o, "observation", "17", ", note", ", 'another'");
	add(&o, "test", "18", ", mode", ", 'COVERT'");
	add(&o, "test", "18", ", mode, outcome", ", 'COVERT', 'PASS'");
	cr_assert_eq(ask_some(&o, "test", NULL, 10, NULL), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "total"), 1);
	office_be(&o, "unix:aud", "auditor");
	cr_assert_eq(ask_some(&o, NULL, NULL, 10, NULL), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "total"), 1);
	cr_expect_str_eq(office_str(&o, "doubles.0.changes.0.field"), "note");
	cr_expect_null(json_object_get(
	    json_array_get(
		json_object_get(json_array_get(json_object_get(o.json, "doubles"), 0), "changes"),
		0),
	    "becomes"));
	office_be(&o, "unix:dev", "device");
	cr_expect_eq(ask_some(&o, NULL, NULL, 10, NULL), CODE(FORBIDDEN));
	office_close(&o);
}

Test(doubles, says_what_is_wrong_with_a_request)
{
	static const char *const places[] = {"x",
					     "audit/NUMBER",
					     "audit/number/1",
					     "audit/NUMBER/1;",
					     "audit/NUMBER/",
					     "nothing/NUMBER/1"};
	struct office o;

	office_open_set_up(&o);
	cr_expect_eq(ask_some(&o, NULL, NULL, 1001, NULL), CODE(INVALID));
	cr_expect_str_eq(o.field, "limit");
	cr_expect_eq(ask_some(&o, "nothing", NULL, 10, NULL), CODE(INVALID));
	cr_expect_str_eq(o.field, "kind");
	cr_expect_eq(ask_some(&o, NULL, "spring", 10, NULL), CODE(INVALID));
	cr_expect_str_eq(o.field, "quarter");
	for (size_t i = 0; i < COUNT(places); i++) {
		cr_expect_eq(ask_some(&o, NULL, NULL, 10, places[i]), CODE(INVALID), "%s",
			     places[i]);
		cr_expect_str_eq(o.field, "after");
	}
	office_close(&o);
}
