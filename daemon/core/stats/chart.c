#include "core/stats/chart.h"

#include <math.h>

#define SIGMAS 3

static bool
measure(struct chart_point *p, size_t n, struct chart *out)
{
	double x = 0;
	double all = 0;

	for (size_t i = 0; i < n; i++) {
		x += (double)p[i].x;
		all += (double)p[i].n;
	}
	if (n < 2 || !(x > 0 && x < all))
		return false;
	out->centre = x / all;
	for (size_t i = 0; i < n; i++) {
		double s = sqrt(out->centre * (1 - out->centre) / (double)p[i].n);

		p[i].value = (double)p[i].x / (double)p[i].n;
		p[i].z = (p[i].value - out->centre) / s;
	}
	return true;
}

static void
limit(struct chart_point *p, size_t n, const struct chart *c)
{
	for (size_t i = 0; i < n; i++) {
		double s = sqrt(c->centre * (1 - c->centre) / (double)p[i].n);

		p[i].lower = c->centre - SIGMAS * s * c->sigma_z;
		p[i].upper = c->centre + SIGMAS * s * c->sigma_z;
		p[i].signal = p[i].value < p[i].lower || p[i].value > p[i].upper;
	}
}

bool
chart_laney(struct chart_point *p, size_t n, double d2, struct chart *out)
{
	double moved = 0;

	if (!measure(p, n, out))
		return false;
	for (size_t i = 1; i < n; i++)
		moved += fabs(p[i].z - p[i - 1].z);
	out->sigma_z = moved / (double)(n - 1) / d2;
	/* Every week the same: limits without width would call the last digit a signal. */
	if (!(out->sigma_z > 0))
		return false;
	limit(p, n, out);
	return true;
}

bool
chart_plain(struct chart_point *p, size_t n, struct chart *out)
{
	if (!measure(p, n, out))
		return false;
	out->sigma_z = 1;
	limit(p, n, out);
	return true;
}

struct cusum
cusum_start(double p0, double ratio, double h)
{
	double odds = ratio * p0 / (1 - p0);
	double p1 = odds / (1 + odds);

	return (struct cusum){
	    .when_miss = log(p1 / p0), .when_hit = log((1 - p1) / (1 - p0)), .h = h};
}

bool
cusum_add(struct cusum *c, bool miss)
{
	double from = c->s >= c->h ? 0 : c->s;

	c->s = fmax(0, from + (miss ? c->when_miss : c->when_hit));
	return c->s >= c->h;
}
