/*
 * How often the charts call out where nothing changed: quarters of thirteen weeks of a rate that
 * stays, some of them of weeks that differ by more than sampling. The seed is fixed, so that the
 * same figures come out each time; daemon/DESIGN.md has them.
 */
#include "base/count.h"
#include "core/stats/chart.h"

#include <criterion/criterion.h>
#include <criterion/logging.h>

#include <math.h>

#define WEEKS    13
#define QUARTERS 4000

static uint64_t state = 20261129;

/* xorshift64*; in (0, 1). */
static double
uniform(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return ((double)(state * UINT64_C(2685821657736338717) >> 11) + 0.5) / 9007199254740992.0;
}

static double
normal(void)
{
	return sqrt(-2 * log(uniform())) * cos(6.283185307179586 * uniform());
}

static int64_t
binomial(int64_t n, double p)
{
	int64_t x = 0;

	for (int64_t i = 0; i < n; i++)
		x += uniform() < p;
	return x;
}

/* Weeks of n trials at p, whose logit varies by spread from week to week. */
static void
draw_quarter(struct chart_point *p, int64_t n, double rate, double spread)
{
	double logit = log(rate / (1 - rate));

	for (size_t i = 0; i < WEEKS; i++) {
		double of_week = 1 / (1 + exp(-(logit + spread * normal())));

		p[i] = (struct chart_point){.n = n, .x = binomial(n, of_week)};
	}
}

/* ICAO's lines of one quarter called at in the next. */
struct calls {
	double points;
	double quarter;
};

static struct calls
count_calls(int64_t n, double rate, double spread)
{
	struct calls c = {0};

	for (int q = 0; q < QUARTERS; q++) {
		struct chart_point before[WEEKS];
		struct chart_point p[WEEKS];
		struct chart_before lines;
		double rates[WEEKS];
		int called = 0;

		draw_quarter(before, n, rate, spread);
		draw_quarter(p, n, rate, spread);
		for (size_t i = 0; i < WEEKS; i++) {
			rates[i] = (double)before[i].x / (double)n;
			p[i].value = (double)p[i].x / (double)n;
		}
		if (!chart_before(rates, WEEKS, &lines))
			continue;
		chart_alert(p, WEEKS, &lines, true);
		for (size_t i = 0; i < WEEKS; i++)
			called += p[i].alert > 0;
		c.points += (double)called / WEEKS / QUARTERS;
		c.quarter += (double)(called > 0) / QUARTERS;
	}
	return c;
}

/* They are drawn since people look for them; that no status goes by them is because of this. */
Test(false_alarms, are_many_of_icaos_lines)
{
	static const int64_t sizes[] = {30, 100, 400};
	static const double rates[] = {0.8, 0.95};
	double most = 0;

	for (size_t i = 0; i < COUNT(sizes); i++)
		for (size_t j = 0; j < COUNT(rates); j++)
			for (int k = 0; k < 2; k++) {
				struct calls c = count_calls(sizes[i], rates[j], 0.3 * k);

				cr_log_info("| %4d | %.2f | %.1f | %.1f | %.0f |", (int)sizes[i],
					    rates[j], 0.3 * k, 100 * c.points, 100 * c.quarter);
				most = fmax(most, c.quarter);
			}
	cr_expect_gt(most, 0.10);
}

struct alarms {
	double points;  /* share of points outside their limits */
	double quarter; /* share of quarters with any of them */
	double change;  /* share of quarters with a change that is named */
	double charted; /* share of quarters that have a chart */
};

static struct alarms
count_alarms(int64_t n, double rate, double spread)
{
	struct alarms a = {0};
	double all_points = 0;

	for (int q = 0; q < QUARTERS; q++) {
		struct chart_point p[WEEKS];
		struct chart_change change;
		struct chart c;
		size_t points;
		int signals = 0;

		draw_quarter(p, n, rate, spread);
		points = chart_merge(p, WEEKS, 30);
		if (points < CHART_PERIODS_MIN || !chart_laney(p, points, CHART_D2, &c))
			continue;
		for (size_t i = 0; i < points; i++)
			signals += p[i].signal;
		a.charted++;
		all_points += (double)points;
		a.points += signals;
		a.quarter += signals > 0;
		a.change += chart_changed(p, points, &c, &change);
	}
	a.points /= fmax(all_points, 1);
	a.quarter /= fmax(a.charted, 1);
	a.change /= fmax(a.charted, 1);
	a.charted /= QUARTERS;
	return a;
}

Test(false_alarms, are_few)
{
	static const int64_t sizes[] = {10, 30, 100, 400};
	static const double rates[] = {0.5, 0.8, 0.95, 0.98};
	static const double spreads[] = {0, 0.3};

	for (size_t i = 0; i < COUNT(sizes); i++) {
		for (size_t j = 0; j < COUNT(rates); j++) {
			for (size_t k = 0; k < COUNT(spreads); k++) {
				struct alarms a = count_alarms(sizes[i], rates[j], spreads[k]);

				cr_log_info("| %4d | %.2f | %.1f | %5.1f | %.2f | %.1f | %.1f |",
					    (int)sizes[i], rates[j], spreads[k], 100 * a.charted,
					    100 * a.points, 100 * a.quarter, 100 * a.change);
				cr_expect_leq(a.points, 0.01);
				cr_expect_leq(a.quarter, 0.10);
				cr_expect_leq(a.change, 0.05);
			}
		}
	}
}
