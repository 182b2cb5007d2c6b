#include "base/json/jsonmem.h"

#include <criterion/criterion.h>

#include <jansson.h>
#include <stdlib.h>

static int left;

static void *
some(size_t n)
{
	return left-- > 0 ? malloc(n) : NULL;
}

Test(jsonmem, counts_what_a_value_lacks)
{
	json_t *o;

	jsonmem_watch(some);
	left = 1000;
	o = json_object();
	cr_assert_eq(json_object_set_new(o, "a", json_string("A")), 0);
	cr_expect_eq(jsonmem_failed(), 0);
	left = 0;
	json_object_set_new(o, "b", json_string("B"));
	cr_expect_eq(json_object_size(o), 1, "nobody was told");
	cr_expect_gt(jsonmem_failed(), 0);
	jsonmem_watch(malloc);
	json_decref(o);
}

Test(jsonmem, gives_no_more_than_its_bound_and_again_what_came_back)
{
	json_t *list;
	int n = 0;

	jsonmem_bound(1 << 16);
	for (int i = 0; i < 100; i++) {
		list = json_pack("[s]", "a value that comes and goes");
		cr_assert_not_null(list);
		json_decref(list);
	}
	list = json_array();
	while (n < 10000 && json_array_append_new(list, json_integer(n)) == 0)
		n++;
	cr_expect_gt(n, 100);
	cr_expect_lt(n, (1 << 16) / 16);
	cr_expect_gt(jsonmem_failed(), 0);
	jsonmem_bound(0);
	cr_expect_eq(json_array_append_new(list, json_integer(n)), 0);
	json_decref(list);
}
