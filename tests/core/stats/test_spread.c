#include "core/stats/spread.h"

#include <criterion/criterion.h>

Test(spread, is_one_when_each_place_has_as_many)
{
	struct spread s = {0};
	double v;

	spread_group(&s, 4);
	for (int i = 0; i < 4; i++)
		spread_place(&s, 7);
	cr_assert(spread_value(&s, &v));
	cr_expect_float_eq(v, 1, 1e-15);
	cr_expect_leq(v, 1);
}

Test(spread, is_nought_when_one_place_has_all)
{
	struct spread s = {0};
	double v;

	spread_group(&s, 48);
	spread_place(&s, 90);
	cr_assert(spread_value(&s, &v));
	cr_expect_eq(v, 0);
}

/* One and three of four, in bits: 0.8112781244591328. */
Test(spread, groups_weigh_by_what_they_have_and_might_vary)
{
	struct spread s = {0};
	double v;

	spread_group(&s, 2);
	spread_place(&s, 1);
	spread_place(&s, 3);
	spread_group(&s, 4);
	spread_place(&s, 12);
	cr_assert(spread_value(&s, &v));
	/* 4 of 0.811 bits of 1, and 12 of none of 2. */
	cr_expect_float_eq(v, 4 * 0.8112781244591328 / (4 + 24), 1e-15);
}

Test(spread, who_has_no_choice_is_not_judged)
{
	struct spread s = {0};
	double v;

	spread_group(&s, 1);
	spread_place(&s, 90);
	cr_expect_not(spread_value(&s, &v));
	s = (struct spread){0};
	cr_expect_not(spread_value(&s, &v));
}
