/* Periods that may lack records: noted, shown, resolved, by those who may. */
#include "tests/office/office.h"

#include <criterion/criterion.h>

OFFICE_SUITE(gap, office_open_set_up);

static int
ask(struct gap_request *r)
{
	struct request q = {0};

	q.kind = REQUEST_GAP;
	q.gap = r;
	return office_ask(&o, &q);
}

static int
list(void)
{
	struct gap_request r = {0};

	r.operation = GAP_OP_LIST;
	return ask(&r);
}

static int
add(const char *from, const char *to, const char *reason)
{
	struct gap_request r = {0};

	r.operation = GAP_OP_ADD;
	r.has_lacks_from = r.has_lacks_to = 1;
	r.lacks_from = office_time(from).v;
	r.lacks_to = office_time(to).v;
	r.reason = reason;
	return ask(&r);
}

static int
resolve(uint64_t gap_id, const char *reason)
{
	struct gap_request r = {0};

	r.operation = GAP_OP_RESOLVE;
	r.has_gap_id = 1;
	r.gap_id = gap_id;
	r.reason = reason;
	return ask(&r);
}

static long long
open_gaps(void)
{
	cr_assert_eq(office_ask(&o, &(struct request){.kind = REQUEST_STATUS}), CODE(OK), "%s",
		     o.text);
	return (long long)json_array_size(json_object_get(o.json, "gaps"));
}

/* P-924 */
Test(gap, is_shown_until_it_is_resolved_and_kept_after)
{
	const char why[] = "the folder was lost, too";
	const char how[] = "all senders sent again";

	cr_expect_eq(open_gaps(), 0);
	cr_assert_eq(add("2026-05-14T02:30:00Z", "2026-05-15T02:30:00Z", why), CODE(OK), "%s",
		     o.text);
	cr_expect_eq(office_int(&o, "gap_id"), 1);
	cr_expect_eq(open_gaps(), 1);
	cr_expect_str_eq(office_str(&o, "gaps.0.reason"), why);
	cr_expect_str_eq(office_str(&o, "gaps.0.lacks_from"), "2026-05-14T02:30:00+00:00");
	cr_assert_eq(resolve(1, how), CODE(OK), "%s", o.text);
	cr_expect_eq(open_gaps(), 0);
	cr_assert_eq(list(), CODE(OK));
	cr_expect_str_eq(office_str(&o, "gaps.0.resolution"), how);
	cr_expect_str_eq(office_str(&o, "gaps.0.noted_by"), "unix:owner");
}

Test(gap, is_resolved_once_and_when_it_is_there)
{
	const char why[] = "x";

	cr_expect_eq(resolve(7, why), CODE(STATE));
	cr_assert_eq(add("2026-05-14T02:30:00Z", "2026-05-14T02:30:00Z", why), CODE(OK), "%s",
		     o.text);
	cr_assert_eq(resolve(1, why), CODE(OK), "%s", o.text);
	cr_expect_eq(resolve(1, why), CODE(STATE));
}

Test(gap, needs_a_period_in_the_past_and_a_reason)
{
	const char why[] = "x";
	const char nothing[] = "";

	cr_expect_eq(add("2026-05-14T02:30:00Z", "2026-05-14T02:00:00Z", why), CODE(INVALID));
	cr_expect_eq(add("2026-05-14T02:30:00Z", "2026-05-16T02:00:00Z", why), CODE(INVALID));
	cr_expect_eq(add("2026-05-14T02:30:00Z", "2026-05-14T03:00:00Z", nothing), CODE(INVALID));
	cr_expect_str_eq(o.field, "reason");
	cr_expect_eq(resolve(1, nothing), CODE(INVALID));
	cr_assert_eq(list(), CODE(OK));
	cr_expect_eq(json_array_size(json_object_get(o.json, "gaps")), 0);
}

/* P-907 */
Test(gap, is_for_auditors_to_see_and_for_compliance_to_change)
{
	const char why[] = "x";

	office_be(&o, "unix:berta", "auditor");
	cr_expect_eq(list(), CODE(OK));
	cr_expect_eq(add("2026-05-14T02:30:00Z", "2026-05-14T03:00:00Z", why), CODE(FORBIDDEN));
	cr_expect_eq(resolve(1, why), CODE(FORBIDDEN));
	office_be(&o, "unix:carl", "compliance");
	cr_expect_eq(add("2026-05-14T02:30:00Z", "2026-05-14T03:00:00Z", why), CODE(OK));
	office_be(&o, "unix:dora", "device");
	cr_expect_eq(list(), CODE(FORBIDDEN));
}
