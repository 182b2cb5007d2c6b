#include "tests/office/office.h"

#include <criterion/criterion.h>

#include <string.h>

static struct office o;

static void
set_up(void)
{
	office_open_set_up(&o);
}

static void
close_office(void)
{
	office_close(&o);
}

TestSuite(reload, .init = set_up, .fini = close_office);

Test(reload, answers_with_what_is_in_force)
{
	cr_assert_eq(office_ask(&o, &(struct request){.kind = REQUEST_RELOAD}), ANSWER_OK, "%s",
		     o.text);
	cr_expect_str_eq(json_string_value(json_object_get(o.json, "loaded_at")), "now");
	cr_expect_eq(o.reloads, 1);
}

Test(reload, says_what_is_wrong_and_that_it_may_be_tried_again)
{
	o.reload_fault = (struct err){FATAL_CONFIG, "tls", "server.key: others may read it", ""};
	cr_expect_eq(office_ask(&o, &(struct request){.kind = REQUEST_RELOAD}), ANSWER_STATE);
	cr_expect_str_eq(o.text, "server.key: others may read it");
	cr_expect_str_eq(o.field, "tls");
	o.reload_fault = (struct err){TRY_LIMIT, "tls", "too many wait", ""};
	cr_expect_eq(office_ask(&o, &(struct request){.kind = REQUEST_RELOAD}), ANSWER_UNAVAILABLE);
}

Test(reload, shows_administrators_the_doors_in_status)
{
	cr_assert_eq(office_ask(&o, &(struct request){.kind = REQUEST_STATUS}), ANSWER_OK);
	cr_expect_str_eq(
	    json_string_value(json_object_get(json_object_get(o.json, "doors"), "loaded_at")),
	    "now");
	office_be(&o, "unix:ali", "auditor");
	cr_assert_eq(office_ask(&o, &(struct request){.kind = REQUEST_STATUS}), ANSWER_OK, "%s",
		     o.text);
	cr_expect(json_is_null(json_object_get(o.json, "doors")), "nobody else's business");
}
