#include "core/stats/chart.h"

#include <math.h>

#define SIGMAS 3

static bool
has_enough(const struct chart_point *p, double rarer, int64_t minimum)
{
	return p->n >= minimum && (double)p->n * rarer >= CHART_RARER_MIN;
}

static void
take_in(struct chart_point *p, const struct chart_point *other)
{
	p->x += other->x;
	p->n += other->n;
	p->periods += other->periods;
}

size_t
chart_merge(struct chart_point *p, size_t n, int64_t minimum)
{
	struct chart_point all = {0};
	size_t out = 0;
	double rate;
	double rarer;

	for (size_t i = 0; i < n; i++) {
		p[i].periods = p[i].periods == 0 ? 1 : p[i].periods;
		take_in(&all, &p[i]);
	}
	rate = all.n == 0 ? 0 : (double)all.x / (double)all.n;
	rarer = fmin(rate, 1 - rate);
	for (size_t i = 0; i < n; i++)
		if (out > 0 && !has_enough(&p[out - 1], rarer, minimum))
			take_in(&p[out - 1], &p[i]);
		else
			p[out++] = p[i];
	if (out > 1 && !has_enough(&p[out - 1], rarer, minimum)) {
		take_in(&p[out - 2], &p[out - 1]);
		out--;
	}
	return out == 1 && !has_enough(&p[0], rarer, minimum) ? 0 : out;
}

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
	/* Weeks that differ by less than chance do so by chance. */
	out->sigma_z = fmax(1, moved / (double)(n - 1) / d2);
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

/* The logarithm of the likelihood of x of n at their own rate. */
static double
likelihood(double x, double n)
{
	double v = 0;

	if (x > 0)
		v += x * log(x / n);
	if (x < n)
		v += (n - x) * log((n - x) / n);
	return v;
}

bool
chart_changed(const struct chart_point *p, size_t n, const struct chart *c,
	      struct chart_change *out)
{
	double all_x = 0;
	double all_n = 0;
	double x = 0;
	double m = 0;

	*out = (struct chart_change){0};
	for (size_t i = 0; i < n; i++) {
		all_x += (double)p[i].x;
		all_n += (double)p[i].n;
	}
	for (size_t i = 0; i + CHART_LASTS < n; i++) {
		double v;

		x += (double)p[i].x;
		m += (double)p[i].n;
		v = 2 *
		    (likelihood(x, m) + likelihood(all_x - x, all_n - m) -
		     likelihood(all_x, all_n)) /
		    (c->sigma_z * c->sigma_z);
		if (i + 1 >= CHART_LASTS && v > out->likelihood)
			*out = (struct chart_change){i + 1, x / m, (all_x - x) / (all_n - m), v};
	}
	return out->likelihood >= CHART_CHANGE_MIN;
}

bool
chart_before(const double *rates, size_t n, struct chart_before *out)
{
	double squares = 0;
	bool varies = false;

	*out = (struct chart_before){0};
	for (size_t i = 0; i < n; i++)
		out->mean += rates[i] / (double)n;
	for (size_t i = 0; i < n; i++) {
		squares += (rates[i] - out->mean) * (rates[i] - out->mean);
		varies = varies || rates[i] != rates[0];
	}
	out->sd = n == 0 ? 0 : sqrt(squares / (double)n);
	return n >= CHART_PERIODS_MIN && varies;
}

double
chart_alert_line(const struct chart_before *before, unsigned k, bool up_is_good)
{
	return before->mean + (up_is_good ? -1 : 1) * (double)k * before->sd;
}

void
chart_alert(struct chart_point *p, size_t n, const struct chart_before *before, bool up_is_good)
{
	size_t in_a_row[CHART_ALERTS + 1] = {0};

	for (size_t i = 0; i < n; i++) {
		p[i].alert = 0;
		for (unsigned k = 1; k <= CHART_ALERTS; k++) {
			double line = chart_alert_line(before, k, up_is_good);
			bool beyond = up_is_good ? p[i].value < line : p[i].value > line;

			in_a_row[k] = beyond ? in_a_row[k] + 1 : 0;
			if (in_a_row[k] >= CHART_ALERTS + 1 - k)
				p[i].alert = k;
		}
	}
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
