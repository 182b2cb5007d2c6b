#include "base/json/jsonout.h"

#include <criterion/criterion.h>

#include <math.h>
#include <string.h>

Test(jsonout, sorts_keys_and_leaves_no_space)
{
	struct made o = made_object();
	struct made list = made_array();
	struct buf out;
	json_t *j;

	made_append(&list, json_integer(1));
	made_append(&list, json_null());
	made_text(&o, "b", "ü\n");
	made_text(&o, "a", NULL);
	made_int(&o, "d", INT64_MIN);
	made_real(&o, "c", 0.5);
	made_put(&o, "e", made_take(list));
	j = made_take(o);
	buf_init(&out, 1000);
	cr_assert(made_canonical(j, &out));
	buf_add(&out, "", 1);
	cr_expect_str_eq(
	    (char *)out.p,
	    "{\"a\":null,\"b\":\"ü\\n\",\"c\":0.5,\"d\":-9223372036854775808,\"e\":[1,null]}");
	json_decref(j);
	buf_fini(&out);
}

Test(jsonout, has_no_number_where_there_is_none)
{
	struct made o = made_object();
	json_t *j;

	made_real(&o, "nan", NAN);
	made_real(&o, "inf", INFINITY);
	j = made_take(o);
	cr_expect(json_is_null(json_object_get(j, "nan")));
	cr_expect(json_is_null(json_object_get(j, "inf")));
	json_decref(j);
}

Test(jsonout, makes_a_list_of_texts)
{
	char none[] = "\xff";
	char first[] = "a";
	char second[] = "";
	char *texts[] = {first, second, none};
	json_t *list = made_texts(texts, 2);

	cr_expect_eq(json_array_size(list), 2);
	cr_expect_str_eq(json_string_value(json_array_get(list, 0)), "a");
	cr_expect_str_eq(json_string_value(json_array_get(list, 1)), "");
	json_decref(list);
	list = made_texts(texts, 0);
	cr_expect(json_is_array(list) && json_array_size(list) == 0);
	json_decref(list);
	cr_expect_null(made_texts(texts, 3), "one is no UTF-8");
}

Test(jsonout, is_nothing_when_a_part_of_it_failed)
{
	struct made o = made_object();

	made_text(&o, "a", "fine");
	made_put(&o, "b", NULL);
	cr_expect_null(made_take(o));
	o = made_object();
	made_text(&o, "a", "\xff");
	cr_expect_null(made_take(o));
}

Test(jsonout, says_that_a_text_does_not_fit)
{
	struct buf out;
	json_t *j = json_string("longer than that");

	buf_init(&out, 4);
	cr_expect_not(made_canonical(j, &out));
	json_decref(j);
	buf_fini(&out);
}
