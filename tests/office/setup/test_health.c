#include "tests/office/office.h"

#include <criterion/criterion.h>

#include <string.h>

#define VERDICT(name) SEMS__V1__VERDICT_CODE__VERDICT_CODE_##name

static struct office o;

static void
close_office(void)
{
	office_close(&o);
}

TestSuite(health, .fini = close_office);

static void
ask(void)
{
	cr_assert_eq(office_ask(&o, &(struct request){.kind = REQUEST_HEALTH}), CODE(OK), "%s",
		     o.text);
}

/* P-1010 */
Test(health, says_why_nothing_is_taken)
{
	const json_t *why;

	office_open(&o);
	ask();
	cr_expect(json_is_false(json_object_get(o.json, "ready")));
	why = json_object_get(o.json, "why_not");
	cr_assert_eq(json_array_size(why), 1);
	cr_expect_str_eq(json_string_value(json_array_get(why, 0)), "nothing is set up yet");
}

/* P-1010 */
Test(health, counts_what_came_and_what_it_was_answered)
{
	static char nowhere[] = "T9";
	Sems__V1__Record *r;

	office_open_set_up(&o);
	ask();
	cr_expect(json_is_true(json_object_get(o.json, "ready")));
	cr_expect_eq(json_array_size(json_object_get(o.json, "why_not")), 0);
	cr_expect_eq(office_int(&o, "records"), 0);
	for (int i = 0; i < 2; i++) {
		r = office_activity(office_time("2026-05-14T09:00:00Z"), 1);
		cr_assert_eq(office_send(&o, r), i == 0 ? VERDICT(STORED) : VERDICT(DUPLICATE));
	}
	r = office_activity(office_time("2026-05-14T09:00:00Z"), 2);
	r->site_id = nowhere;
	cr_assert_eq(office_send(&o, r), VERDICT(QUARANTINED));
	ask();
	cr_expect_eq(office_int(&o, "records"), 3);
	cr_expect_eq(office_int(&o, "verdicts.stored"), 1);
	cr_expect_eq(office_int(&o, "verdicts.duplicate"), 1);
	cr_expect_eq(office_int(&o, "verdicts.quarantined"), 1);
	cr_expect_eq(office_int(&o, "verdicts.retry"), 0);
}
