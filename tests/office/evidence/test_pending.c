#include "tests/office/evidence.h"

#include <criterion/criterion.h>

#include <stdio.h>

/* A correction of a hit by two people's rule: the fixture's database trusts nobody from here on. */
static void
correct(struct office *o, const char *outcome, int n)
{
	char values[300];

	evidence_add(
	    o, "tip_event", 1, ", outcome, corrects_record_id, corrected_at, received_as",
	    (snprintf(values, sizeof values,
		      ", '%s', (SELECT min(record_id::text)::uuid FROM sems.tip_event WHERE "
		      "corrects_record_id IS NULL), now() + %d * interval '1 s', 'compliance'",
		      outcome, n),
	     values));
}

static int
ask(struct office *o, const char *made_by, unsigned limit, const char *after)
{
	struct pending_request q = {0};

	q.made_by = made_by;
	q.after = after;
	q.limit = limit;
	return office_ask(o, &(struct request){.kind = REQUEST_PENDING, .pending = &q});
}

/* P-919 */
Test(pending, lists_what_waits_page_by_page_with_what_it_would_change)
{
	struct office o;
	char next[600];

	office_open_set_up(&o);
	cluster_mistrust(o.pg);
	evidence_add(&o, "tip_event", 1, ", outcome", ", 'MISS_DECIDED'");
	correct(&o, "HIT", 1);
	correct(&o, "MISS_TIMEOUT", 2);
	correct(&o, "HIT", 3);
	cr_assert_eq(ask(&o, NULL, 1, NULL), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "total"), 2);
	cr_expect_str_eq(office_str(&o, "pending.0.made_by"), "unix:anna");
	cr_expect_str_eq(office_str(&o, "pending.0.changes.0.field"), "outcome");
	snprintf(next, sizeof next, "%s", office_str(&o, "next"));
	cr_assert_eq(ask(&o, NULL, 1, next), CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "pending.0.changes.0.becomes"), "HIT");
	cr_assert_eq(ask(&o, "unix:somebody", 10, NULL), CODE(OK));
	cr_expect_eq(office_int(&o, "total"), 0);
	office_close(&o);
}

Test(pending, says_what_is_wrong_with_a_request)
{
	struct office o;

	office_open_set_up(&o);
	cr_expect_eq(ask(&o, NULL, 1001, NULL), CODE(INVALID));
	cr_expect_str_eq(o.field, "limit");
	cr_expect_eq(ask(&o, NULL, 10, "yesterday"), CODE(INVALID));
	cr_expect_str_eq(o.field, "after");
	cr_expect_eq(ask(&o, NULL, 10, "2026-01-01T00:00:00Z/no-uuid/x"), CODE(INVALID));
	office_be(&o, "unix:dev", "device");
	cr_expect_eq(ask(&o, NULL, 10, NULL), CODE(FORBIDDEN));
	office_close(&o);
}
