#include "base/json/jsonin.h"

#include <criterion/criterion.h>

Test(jsonin, says_nothing_where_there_is_no_text)
{
	json_t *o =
	    json_pack("{s:i, s:n, s:s, s:[s]}", "number", 1, "null", "text", "x", "list", "y");

	cr_expect_str_eq(member_text(o, "text"), "x");
	cr_expect_str_eq(member_maybe(o, "text"), "x");
	for (const char *const *name =
		 (const char *const[]){"number", "null", "list", "none", NULL};
	     *name != NULL; name++) {
		cr_expect_str_eq(member_text(o, *name), "", "%s", *name);
		cr_expect_null(member_maybe(o, *name), "%s", *name);
	}
	cr_expect_str_eq(member_text(NULL, "text"), "");
	cr_expect_null(member_maybe(NULL, "text"));
	cr_expect_str_eq(json_words(NULL), "");
	cr_expect_str_eq(json_words(json_array_get(json_object_get(o, "list"), 0)), "y");
	json_decref(o);
}
