#include "base/jsonmem.h"

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
	(void)json_object_set_new(o, "b", json_string("B"));
	cr_expect_eq(json_object_size(o), 1, "nobody was told");
	cr_expect_gt(jsonmem_failed(), 0);
	jsonmem_watch(malloc);
	json_decref(o);
}
