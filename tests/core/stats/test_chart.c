#include "base/count.h"
#include "core/stats/chart.h"

#include <criterion/criterion.h>

#include <math.h>

#define D2_TABLES 1.128

/* Montgomery's orange juice cans: defective of 50, thirty samples. */
static const int juice[] = {12, 15, 8, 10, 4,  7,  16, 9,  14, 10, 5,  6, 17, 12, 22,
			    8,  10, 5, 13, 11, 20, 18, 24, 15, 9,  12, 7, 13, 9,  6};
/* Montgomery's table 7.4: purchase orders with errors, samples of different size. */
static const int orders[][2] = {
    {12, 100}, {8, 80},   {6, 80},   {9, 100}, {10, 110}, {12, 110}, {11, 100}, {16, 100}, {10, 90},
    {6, 90},   {20, 110}, {15, 120}, {9, 120}, {8, 120},  {6, 110},  {8, 80},   {10, 80},  {7, 80},
    {5, 90},   {8, 100},  {5, 100},  {8, 100}, {10, 100}, {6, 90},   {9, 90},
};

static struct chart_point p[30];

static void
pour_juice(void)
{
	for (size_t i = 0; i < COUNT(juice); i++)
		p[i] = (struct chart_point){.x = juice[i], .n = 50};
}

static void
write_orders(void)
{
	for (size_t i = 0; i < COUNT(orders); i++)
		p[i] = (struct chart_point){.x = orders[i][0], .n = orders[i][1]};
}

static double
chi_square(size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += p[i].z * p[i].z;
	return sum;
}

/* Which points are signals, as bits. */
static unsigned
signals(size_t n)
{
	unsigned bits = 0;

	for (size_t i = 0; i < n; i++)
		bits |= (unsigned)p[i].signal << i;
	return bits;
}

#define NEAR(is, want) cr_expect_float_eq(is, want, 1e-9 * fabs(want), "%.17g", is)

Test(chart, draws_the_plain_limits_that_are_printed_for_samples_of_one_size)
{
	struct chart c;

	pour_juice();
	cr_assert(chart_plain(p, COUNT(juice), &c));
	NEAR(c.centre, .23133333333333333);
	NEAR(p[0].lower, .052427548071928217);
	NEAR(p[0].upper, .41023911859473845);
	NEAR(chi_square(COUNT(juice)), 85.409319379841086);
	cr_expect_eq(signals(COUNT(juice)), 1u << 14 | 1u << 22);
}

Test(chart, draws_the_plain_limits_that_are_printed_for_samples_of_different_size)
{
	struct chart c;

	write_orders();
	cr_assert(chart_plain(p, COUNT(orders), &c));
	NEAR(c.centre, .095510204081632653);
	NEAR(p[0].lower, .0073346947277730742);
	NEAR(p[0].upper, .18368571343549223);
	NEAR(chi_square(COUNT(orders)), 28.558972382772774);
	cr_expect_eq(signals(COUNT(orders)), 1u << 10);
}

Test(chart, draws_laneys_limits_that_are_printed)
{
	struct chart c;

	pour_juice();
	cr_assert(chart_laney(p, COUNT(juice), D2_TABLES, &c));
	NEAR(c.sigma_z, 1.6608667197432382);
	NEAR(p[0].lower, -.065805331376864759);
	NEAR(p[0].upper, .52847199804353143);
	cr_expect_eq(signals(COUNT(juice)), 0);
	cr_assert(chart_laney(p, COUNT(juice), CHART_D2, &c));
	NEAR(c.sigma_z, 1.6603086218728393);
	write_orders();
	cr_assert(chart_laney(p, COUNT(orders), D2_TABLES, &c));
	/* Neighbours differ by less than chance makes them: .96567402495897077. */
	cr_expect_eq(c.sigma_z, 1);
	NEAR(p[0].lower, .0073346947277730742);
	NEAR(p[0].upper, .18368571343549223);
	cr_expect_eq(signals(COUNT(orders)), 1u << 10);
}

/* By hand: 2 of 100 and less are too few, as are four of a kind of which 1 in 100 is expected. */
Test(chart, merges_neighbours_until_they_have_enough)
{
	struct chart_point few[] = {{.x = 50, .n = 100},
				    {.x = 1, .n = 2},
				    {.x = 10, .n = 20},
				    {.x = 20, .n = 40},
				    {.x = 5, .n = 9}};
	struct chart_point rare[] = {{.x = 1, .n = 100},
				     {.x = 0, .n = 100},
				     {.x = 2, .n = 100},
				     {.x = 1, .n = 100},
				     {.x = 1, .n = 100}};
	struct chart_point little[] = {{.x = 2, .n = 10}, {.x = 3, .n = 10}};

	cr_assert_eq(chart_merge(few, COUNT(few), 20), 3);
	cr_expect_eq(few[1].n, 22);
	cr_expect_eq(few[1].x, 11);
	cr_expect_eq(few[1].periods, 2);
	cr_expect_eq(few[2].n, 49);
	cr_assert_eq(chart_merge(rare, COUNT(rare), 30), 2);
	cr_expect_eq(rare[0].n, 200);
	cr_expect_eq(rare[1].n, 300);
	cr_expect_eq(rare[1].periods, 3);
	cr_expect_eq(chart_merge(little, COUNT(little), 30), 0);
	cr_expect_eq(chart_merge(little, 0, 30), 0);
}

/* By hand: 0.8 and 0.9 in turn have a mean of 0.85 and a standard deviation of 0.05. */
Test(chart, calls_at_icaos_lines_on_the_worse_side_alone)
{
	static const double then[] = {0.8, 0.9, 0.8, 0.9, 0.8, 0.9};
	static const double same[] = {0.8, 0.8, 0.8, 0.8, 0.8, 0.8};
	static const int now[] = {79, 79, 81, 79, 79, 79, 74, 74, 69, 96, 99, 69};
	static const unsigned up[] = {0, 0, 0, 0, 0, 1, 1, 2, 3, 0, 0, 3};
	static const unsigned down[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0};
	struct chart_before b;

	cr_expect_not(chart_before(then, 5, &b));
	cr_expect_not(chart_before(same, COUNT(same), &b));
	cr_expect_not(chart_before(NULL, 0, &b));
	cr_assert(chart_before(then, COUNT(then), &b));
	NEAR(b.mean, 0.85);
	NEAR(b.sd, 0.05);
	NEAR(chart_alert_line(&b, 1, true), 0.8);
	NEAR(chart_alert_line(&b, 2, false), 0.95);
	NEAR(chart_alert_line(&b, 3, false), 1.0);
	b.mean = 0.95;
	NEAR(chart_alert_line(&b, 3, false), 1.1);
	b.mean = 0.85;
	for (size_t i = 0; i < COUNT(now); i++)
		p[i].value = now[i] / 100.0;
	chart_alert(p, COUNT(now), &b, true);
	for (size_t i = 0; i < COUNT(now); i++)
		cr_expect_eq(p[i].alert, up[i], "%zu: %u", i, p[i].alert);
	chart_alert(p, COUNT(now), &b, false);
	for (size_t i = 0; i < COUNT(now); i++)
		cr_expect_eq(p[i].alert, down[i], "%zu: %u", i, p[i].alert);
}

Test(chart, tells_a_change_of_level_from_none)
{
	struct chart_change change;
	struct chart c;

	for (int i = 0; i < 8; i++)
		p[i] = (struct chart_point){.x = i < 5 ? 90 : 75, .n = 100};
	cr_assert(chart_laney(p, 8, CHART_D2, &c));
	cr_assert(chart_changed(p, 8, &c, &change));
	cr_expect_eq(change.at, 5);
	NEAR(change.before, 0.9);
	NEAR(change.after, 0.75);
	/* 2 * (dbinom(450, 500, .9, TRUE) + dbinom(225, 300, .75, TRUE) less both at 675 / 800) */
	NEAR(change.likelihood, 30.954137102459867);
	/* One week is no change that lasts. */
	for (int i = 0; i < 8; i++)
		p[i] = (struct chart_point){.x = i < 7 ? 90 : 60, .n = 100};
	cr_assert(chart_laney(p, 8, CHART_D2, &c));
	cr_expect(p[7].signal);
	if (chart_changed(p, 8, &c, &change))
		cr_expect_leq(change.at, 6);
	for (int i = 0; i < 8; i++)
		p[i] = (struct chart_point){.x = 90 + i % 2, .n = 100};
	cr_assert(chart_laney(p, 8, CHART_D2, &c));
	cr_expect_not(chart_changed(p, 8, &c, &change));
}

Test(chart, takes_the_exact_distance_of_neighbours)
{
	cr_expect_float_eq(CHART_D2, 2 / sqrt(acos(-1)), 1e-15);
}

Test(chart, has_nothing_to_say_of_what_never_or_always_happens)
{
	struct chart_point same[] = {{.x = 3, .n = 10}, {.x = 3, .n = 10}, {.x = 3, .n = 10}};
	struct chart_point none[] = {{.x = 0, .n = 10}, {.x = 0, .n = 9}};
	struct chart_point all[] = {{.x = 10, .n = 10}, {.x = 9, .n = 9}};
	struct chart_point one[] = {{.x = 3, .n = 10}};
	struct chart c;

	cr_assert(chart_laney(same, 3, CHART_D2, &c));
	cr_expect_eq(c.sigma_z, 1);
	cr_expect_not(same[0].signal);
	cr_expect_not(chart_laney(none, 2, CHART_D2, &c));
	cr_expect_not(chart_laney(all, 2, CHART_D2, &c));
	cr_expect_not(chart_laney(one, 1, CHART_D2, &c));
	cr_expect_not(chart_plain(one, 1, &c));
}

Test(chart, weighs_a_miss_and_a_hit_as_printed)
{
	struct cusum usual = cusum_start(.035, 2, 3.5);
	struct cusum rare = cusum_start(.02, 2, 3.5);

	NEAR(usual.when_miss, .65874575384261291);
	NEAR(usual.when_hit, -.034401426717332396);
	NEAR(rare.when_miss, .6733445532637656);
	NEAR(rare.when_hit, -.019802627296179713);
}

Test(chart, signals_after_a_run_of_misses_and_begins_anew)
{
	struct cusum c = cusum_start(.035, 2, 3.5);
	int signals_seen = 0;

	/* Six misses in a row weigh 3.95, five 3.29. */
	for (int i = 0; i < 5; i++)
		signals_seen += cusum_add(&c, true);
	cr_expect_eq(signals_seen, 0);
	cr_expect(cusum_add(&c, true));
	cr_expect_not(cusum_add(&c, true));
	NEAR(c.s, .65874575384261291);
	for (int i = 0; i < 30; i++)
		cusum_add(&c, false);
	cr_expect_eq(c.s, 0);
}
