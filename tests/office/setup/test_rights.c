#include "tests/office/office.h"

#include <criterion/criterion.h>

#include <string.h>

/* P-950 */

OFFICE_SUITE(rights, office_open_set_up);

static int
ask(const char *principal)
{
	const struct rights_request q = {.principal = principal};

	return office_ask(&o, &(struct request){.kind = REQUEST_RIGHTS, .rights = &q});
}

static const json_t *
find(const char *list, const char *right)
{
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(o.json, list), i, one)
	{
		if (strcmp(json_string_value(json_object_get(one, "right")), right) == 0)
			return one;
	}
	return NULL;
}

static const char *
scope(const char *right)
{
	const json_t *one = find("may", right);

	return one == NULL ? "none" : json_string_value(json_object_get(one, "scope"));
}

Test(rights, tells_each_right_once_and_how_far_it_goes)
{
	office_be(&o, "unix:anna", "device");
	cr_assert_eq(ask(NULL), CODE(OK), "%s", o.text);
	cr_expect_str_eq(json_string_value(json_object_get(o.json, "role")), "device");
	cr_expect_eq(json_array_size(json_object_get(o.json, "may")) +
			 json_array_size(json_object_get(o.json, "may_not")),
		     RIGHT_COUNT);
	cr_expect_str_eq(scope("send"), "granted");
	cr_expect_str_eq(scope("run_import"), "own");
	cr_expect_str_eq(scope("set_up"), "none");
	cr_expect_str_eq(
	    json_string_value(json_object_get(find("may_not", "approve_spd"), "roles")), "manager");
	cr_expect_str_eq(json_string_value(json_object_get(
			     json_array_get(json_object_get(o.json, "grants"), 0), "source")),
			 "lane");
}

Test(rights, are_told_of_others_to_those_who_read)
{
	office_be(&o, "unix:ali", "auditor");
	cr_assert_eq(ask("unix:anna"), CODE(OK), "%s", o.text);
	cr_expect_str_eq(json_string_value(json_object_get(o.json, "principal")), "unix:anna");
	cr_assert_eq(ask("unix:nobody"), CODE(OK), "%s", o.text);
	cr_expect_str_eq(json_string_value(json_object_get(o.json, "role")), "none");
	cr_expect_eq(ask("unix:\xff"), CODE(INVALID));
	office_be(&o, "unix:sue", "supervisor");
	cr_expect_eq(ask("unix:anna"), CODE(FORBIDDEN));
	cr_expect_eq(ask("unix:sue"), CODE(OK), "one's own everybody sees");
}
