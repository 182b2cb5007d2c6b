#include "core/stats/funnel.h"

#include "core/stats/stats.h"

#include <math.h>
#include <stdlib.h>

static int
compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

double
quantile7_of(const double *sorted, size_t n, double p)
{
	double h = (double)(n - 1) * p;
	size_t below = (size_t)h;
	size_t above = below + 1 < n ? below + 1 : below;

	return sorted[below] + (h - (double)below) * (sorted[above] - sorted[below]);
}

/* The mean square of z, its ends pulled in. */
static double
spread(const double *sorted, size_t n, double winsorise)
{
	double low = quantile7_of(sorted, n, winsorise);
	double high = quantile7_of(sorted, n, 1 - winsorise);
	double sum = 0;

	for (size_t i = 0; i < n; i++) {
		double z = winsorise > 0 ? fmin(fmax(sorted[i], low), high) : sorted[i];

		sum += z * z;
	}
	return sum / (double)n;
}

/* Between-unit variance by the method of moments; a unit's weight is 4 n. */
static double
between(const struct funnel_unit *u, size_t n, double phi)
{
	double w = 0;
	double w2 = 0;
	double excess = (double)n * phi - (double)(n - 1);

	for (size_t i = 0; i < n; i++) {
		w += 4 * (double)u[i].n;
		w2 += 16 * (double)u[i].n * (double)u[i].n;
	}
	return excess < 0 ? 0 : excess / (w - w2 / w);
}

void
funnel_limits(double t, double n, double tau2, double z, double *low, double *high)
{
	double half = z * sqrt(1 / (4 * n) + tau2);
	double a = fmax(t - half, 0);
	double b = fmin(t + half, asin(1));

	/* Beyond a quarter turn the sine comes back, and a limit would lie inside. */
	*low = sin(a) * sin(a);
	*high = sin(b) * sin(b);
}

/* Both tails have half of `beyond`. */
static void
binomial_limits(const struct funnel_unit *u, double centre, double beyond, double *low,
		double *high)
{
	*low = (double)stats_binom_quantile(beyond / 2, u->n, centre) / (double)u->n;
	*high = (double)stats_binom_quantile(1 - beyond / 2, u->n, centre) / (double)u->n;
}

static void
judge(const struct funnel *f, struct funnel_unit *u)
{
	double t = asin(sqrt(f->centre));
	double n = (double)u->n;

	u->adjusted_z = u->z;
	if (f->is_spread) {
		u->adjusted_z = (asin(sqrt(u->value)) - t) / sqrt(1 / (4 * n) + f->tau2);
		funnel_limits(t, n, f->tau2, Z95, &u->low95, &u->high95);
		funnel_limits(t, n, f->tau2, Z998, &u->low998, &u->high998);
	} else {
		binomial_limits(u, f->centre, 0.05, &u->low95, &u->high95);
		binomial_limits(u, f->centre, 0.002, &u->low998, &u->high998);
	}
	u->outside = u->value < u->low998 || u->value > u->high998;
}

bool
funnel_of(struct arena *a, struct funnel_unit *u, size_t n, double centre, double winsorise,
	  struct funnel *out)
{
	double *sorted = arena_zalloc(a, n + 1, sizeof *sorted);

	if (n < FUNNEL_UNITS_MIN || !(centre > 0 && centre < 1) || sorted == NULL)
		return false;
	*out = (struct funnel){.centre = centre, .is_spread = n >= FUNNEL_SPREAD_MIN};
	for (size_t i = 0; i < n; i++) {
		u[i].value = (double)u[i].x / (double)u[i].n;
		u[i].z = (asin(sqrt(u[i].value)) - asin(sqrt(centre))) * 2 * sqrt((double)u[i].n);
		sorted[i] = u[i].z;
	}
	qsort(sorted, n, sizeof *sorted, compare_doubles);
	out->p_spread = stats_chi_square_upper((double)n * spread(sorted, n, 0), (double)(n - 1));
	out->phi = spread(sorted, n, winsorise);
	out->tau2 = between(u, n, out->phi);
	for (size_t i = 0; i < n; i++)
		judge(out, &u[i]);
	return true;
}

void
case_mix_add(struct case_mix *c, int64_t x, int64_t n, int64_t all_x, int64_t all_n)
{
	double p = (double)all_x / (double)all_n;

	if (n <= 0)
		return;
	c->observed += x;
	c->expected += (double)n * p;
	c->variance += (double)n * p * (1 - p);
}

void
case_mix_finish(struct case_mix *c, double overall)
{
	double o = (double)c->observed;

	c->z = c->variance > 0 ? (o - c->expected) / sqrt(c->variance) : NAN;
	c->ratio = c->expected > 0 ? o / c->expected : NAN;
	c->standardised = c->ratio * overall;
}
