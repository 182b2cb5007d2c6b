#include "office/change.h"

#include <criterion/criterion.h>

#include <string.h>

static const char stored[] =
    "[{\"field\":\"outcome\",\"was\":\"HIT\",\"becomes\":\"MISS_DECIDED\"},"
    "{\"field\":\"screener_id\",\"was\":\"\\\\xab\",\"becomes\":null},"
    "{\"field\":\"nothing_known\",\"was\":1}]";

static json_t *
shown(enum role role)
{
	json_t *changes = json_loads(stored, 0, NULL);

	cr_assert_not_null(changes);
	change_show(changes, kinds[KIND_TIP_EVENT], role);
	return changes;
}

Test(change, shows_a_pseudonym_only_to_whom_it_is_for)
{
	json_t *all = shown(ROLE_COMPLIANCE);
	json_t *less = shown(ROLE_MANAGER);
	const json_t *person = json_array_get(all, 1);

	cr_expect_str_eq(json_string_value(json_object_get(person, "was")), "~ab");
	cr_expect(json_is_null(json_object_get(person, "becomes")));
	cr_expect_null(json_object_get(json_array_get(less, 1), "was"));
	cr_expect_str_eq(json_string_value(json_object_get(json_array_get(less, 1), "field")),
			 "screener_id", "that it changed is told");
	cr_expect_str_eq(json_string_value(json_object_get(json_array_get(less, 0), "was")), "HIT");
	json_decref(all);
	json_decref(less);
}

Test(change, goes_by_the_kind_that_each_correction_says)
{
	json_t *list = json_pack("[{s:s, s:o}, {s:s}, {}]", "kind", "tip_event", "changes",
				 json_loads(stored, 0, NULL), "kind", "no_kind");

	change_show_all(list, ROLE_AUDITOR);
	cr_expect_null(json_object_get(
	    json_array_get(json_object_get(json_array_get(list, 0), "changes"), 1), "was"));
	json_decref(list);
}
