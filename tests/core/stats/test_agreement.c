#include "base/count.h"
#include "core/stats/agreement.h"

#include <criterion/criterion.h>

#include <math.h>

/* kappa as Cohen's tables have it, and the interval by hand from Wilson's of the share. */
static const struct {
	struct agreement a;
	double value;
	double lo;
	double hi;
} known[] = {
    {{50, 35, 25, 30}, 0.4, 0.12499299071093195, 0.6179289299823811},
    {{100, 60, 60, 70}, 0.13043478260869565, -0.082603072193344, 0.3273885077555241},
    {{100, 60, 60, 30}, 0.25925925925925924, 0.07778256813159588, 0.4270346547547057},
    {{50, 50, 30, 30}, 1, 0.8513591684721695, 1},
    {{20, 0, 10, 10}, -1, -1, -0.6777496838943613},
};

Test(agreement, kappa_is_what_is_beyond_chance)
{
	for (size_t i = 0; i < COUNT(known); i++) {
		struct kappa k;

		cr_assert(agreement_is_sound(&known[i].a), "row %zu", i);
		cr_assert(stats_kappa95(&known[i].a, &k), "row %zu", i);
		cr_expect_float_eq(k.value, known[i].value, 1e-12, "row %zu: %.17g", i, k.value);
		cr_expect_float_eq(k.interval.lo, known[i].lo, 1e-12, "row %zu", i);
		cr_expect_float_eq(k.interval.hi, known[i].hi, 1e-12, "row %zu", i);
	}
}

Test(agreement, who_says_always_the_same_agrees_by_chance)
{
	struct kappa k;

	cr_expect_not(stats_kappa95(&(struct agreement){0, 0, 0, 0}, &k));
	cr_expect_not(stats_kappa95(&(struct agreement){40, 40, 40, 40}, &k));
	cr_expect_not(stats_kappa95(&(struct agreement){40, 40, 0, 0}, &k));
	/* One alone may: that is no better than chance, and no worse. */
	cr_assert(stats_kappa95(&(struct agreement){40, 30, 40, 30}, &k));
	cr_expect_float_eq(k.value, 0, 1e-15);
}

Test(agreement, counts_that_cannot_be_are_told)
{
	static const struct agreement wrong[] = {
	    {10, 11, 5, 5},  {10, 10, 5, 6},  {10, 9, 5, 5}, {10, -1, 5, 5},
	    {10, 8, 11, 10}, {10, 0, 10, 10}, {10, 8, 1, 9}, {10, 8, 0, 0},
	};

	for (size_t i = 0; i < COUNT(wrong); i++)
		cr_expect_not(agreement_is_sound(&wrong[i]), "row %zu", i);
	cr_expect(agreement_is_sound(&(struct agreement){10, 8, 5, 5}));
	cr_expect(agreement_is_sound(&(struct agreement){10, 0, 10, 0}));
}
