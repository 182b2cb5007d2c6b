#include "base/count.h"
#include "store/evidence/order.h"

#include <criterion/criterion.h>

static struct item items[4];

Test(order, is_that_of_the_key)
{
	static const struct {
		int64_t at;
		unsigned char first;
		unsigned char last;
	} given[] = {{7, 1, 0}, {5, 0, 2}, {7, 0, 9}, {5, 0, 2}};
	static const size_t wanted[] = {1, 3, 2, 0};
	struct group g = {.items = items, .n = COUNT(items)};
	struct order o;

	order_init(&o);
	for (size_t i = 0; i < COUNT(given); i++) {
		items[i].occurred_at.v = given[i].at;
		items[i].record_id.b[8] = given[i].first;
		items[i].record_id.b[15] = given[i].last;
		cr_assert(order_add(&o, &g, i));
	}
	order_sort(&o);
	cr_assert_eq(order_count(&o), COUNT(wanted));
	for (size_t i = 0; i < COUNT(wanted); i++)
		cr_expect_eq(order_at(&o, i), wanted[i], "%zu: %zu", i, order_at(&o, i));
	order_clear(&o);
	cr_expect_eq(order_count(&o), 0);
	order_sort(&o);
	order_fini(&o);
}
