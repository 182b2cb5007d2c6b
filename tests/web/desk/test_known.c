#include "web/desk/known.h"

#include <criterion/criterion.h>

#include <stdio.h>

static struct known_list list;

/* P-1207: no longer than half a minute. */
Test(known, is_forgotten_after_half_a_minute)
{
	cr_expect_null(known_find(&list, "a", 0));
	cr_expect_null(known_find(&list, "", 0));
	known_keep(&list, "a", "device:a", NULL, 1000);
	cr_expect_str_eq(known_find(&list, "a", 1000)->principal, "device:a");
	cr_expect_not_null(known_find(&list, "a", 1000 + KNOWN_MS - 1));
	cr_expect_null(known_find(&list, "a", 1000 + KNOWN_MS));
	known_keep(&list, "a", "device:b", NULL, 90000);
	cr_expect_str_eq(known_find(&list, "a", 90001)->principal, "device:b");
}

Test(known, makes_room_where_it_is_oldest)
{
	unsigned char point[POINT_SIZE] = {4, 7};

	for (int i = 0; i <= KNOWN_MOST; i++) {
		char id[16];

		snprintf(id, sizeof id, "%d", i);
		known_keep(&list, id, "device:x", i == KNOWN_MOST ? point : NULL, 1000 + i);
	}
	cr_expect_null(known_find(&list, "0", 1500));
	cr_expect_not_null(known_find(&list, "1", 1500));
	cr_expect_eq(known_find(&list, "256", 1500)->point[1], 7);
	cr_expect_eq(known_find(&list, "1", 1500)->point[1], 0);
}
