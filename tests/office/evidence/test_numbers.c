#include "tests/office/evidence.h"

#include <criterion/criterion.h>

#include <stdio.h>

static int
ask(struct office *o, const char *kind, const char *source, const char *number, bool fresh)
{
	const char *list[] = {"nothing", number};
	const struct numbers_request q = {
	    .kind = kind, .source = source, .numbers = list, .n_numbers = 2, .fresh = fresh};

	return office_ask(o, &(struct request){.kind = REQUEST_NUMBERS, .numbers = &q});
}

/* P-928 */
Test(numbers, tells_where_a_number_is_stored_and_what_became_of_it)
{
	struct office o;

	office_open_set_up(&o);
	evidence_add(&o, "observation", 1, ", source_record_id", ", '17'");
	evidence_add(
	    &o, "observation", 1,
	    ", source_record_id, corrects_record_id, corrected_at, received_as, "
	    "correction_reason",
	    ", '17', (SELECT record_id FROM sems.observation), now(), 'compliance', 'late'");
	cr_assert_eq(ask(&o, "observation", "lane", "17", true), CODE(OK), "%s", o.text);
	cr_expect_eq(json_array_size(json_object_get(o.json, "found")), 2);
	cr_expect_eq(office_int(&o, "found.0.n"), 1);
	cr_expect_not_null(strstr(evidence_answer(&o), "CORRECTED"));
	cr_expect_not_null(strstr(evidence_answer(&o), "\"late\""));
	cr_assert_eq(ask(&o, "audit", "lane", "17", true), CODE(OK), "%s", o.text);
	cr_expect_eq(json_array_size(json_object_get(o.json, "found")), 0, "another kind's");
	office_close(&o);
}

/* unix:dev may send any kind for the source. */
static void
grant(struct office *o)
{
	static const char *const anything[] = {"*"};
	const struct setup_principal principal = {.principal = "unix:dev", .role = "device"};
	const struct setup_grant sender = {.principal = "unix:dev",
					   .kinds = anything,
					   .n_kinds = 1,
					   .sites = anything,
					   .n_sites = 1};
	const struct setup_source source = {.source = "lane", .senders = &sender, .n_senders = 1};
	const struct setup_request setup = {
	    .principals = &principal, .n_principals = 1, .sources = &source, .n_sources = 1};
	const struct request r = {.kind = REQUEST_SETUP, .setup = &setup};

	cr_assert_eq(office_ask(o, &r), CODE(OK), "%s", o->text);
}

/* Whoever may send the kind for the source; of tests under embargo, whoever runs them or sent them.
 */
Test(numbers, tells_whom_it_is_for)
{
	struct office o;

	office_open_set_up(&o);
	evidence_add(&o, "test", 1, ", source_record_id, mode", ", '17', 'COVERT'");
	cr_assert_eq(ask(&o, "test", "lane", "17", true), CODE(OK), "%s", o.text);
	cr_expect_eq(json_array_size(json_object_get(o.json, "found")), 1);
	office_be(&o, "unix:other", "device");
	cr_expect_eq(ask(&o, "test", "lane", "17", false), CODE(FORBIDDEN));
	office_be(&o, "unix:owner", "admin");
	grant(&o);
	office_be(&o, "unix:dev", "device");
	cr_assert_eq(ask(&o, "test", "lane", "17", false), CODE(OK), "%s", o.text);
	cr_expect_eq(json_array_size(json_object_get(o.json, "found")), 0);
	cluster_do(o.pg, "UPDATE sems.test SET received_from = 'unix:dev'");
	cr_assert_eq(ask(&o, "test", "lane", "17", false), CODE(OK), "%s", o.text);
	cr_expect_eq(json_array_size(json_object_get(o.json, "found")), 1);
	office_close(&o);
}

Test(numbers, says_what_is_wrong_with_a_request)
{
	struct office o;

	office_open_set_up(&o);
	cr_expect_eq(ask(&o, "void", "lane", "17", false), CODE(INVALID));
	cr_expect_str_eq(o.field, "kind");
	cr_expect_eq(ask(&o, "audit", "", "17", false), CODE(INVALID));
	cr_expect_str_eq(o.field, "source");
	office_close(&o);
}
