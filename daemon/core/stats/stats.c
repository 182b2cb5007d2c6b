#include "core/stats/stats.h"

#include "base/count.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#define ALPHA     0.05
#define TWO_PI    6.283185307179586476925286766559
#define SQRT_HALF 0.70710678118654752440084436210485

static double
polynomial(const double *c, size_t n, double x)
{
	double v = 0;

	while (n-- > 0)
		v = v * x + c[n];
	return v;
}

/* Wichura, Algorithm AS 241, PPND16: three ranges, each a ratio of polynomials of degree 7. */
static const double centre_above[] = {
    3.3871328727963666080, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125,
    45921.953931549871457, 67265.770927008700853, 33430.575583588128105, 2509.0809287301226727};
static const double centre_below[] = {1.0,
				      42.313330701600911252,
				      687.18700749205790830,
				      5394.1960214247511077,
				      21213.794301586595867,
				      39307.895800092710610,
				      28729.085735721942674,
				      5226.4952788528545610};
static const double middle_above[] = {1.42343711074968357734,   4.63033784615654529590,
				      5.76949722146069140550,   3.64784832476320460504,
				      1.27045825245236838258,   0.241780725177450611770,
				      0.0227238449892691845833, 7.74545014278341407640e-4};
static const double middle_below[] = {1.0,
				      2.05319162663775882187,
				      1.67638483018380384940,
				      0.689767334985100004550,
				      0.148103976427480074590,
				      0.0151986665636164571966,
				      5.47593808499534494600e-4,
				      1.05075007164441684324e-9};
static const double tail_above[] = {6.65790464350110377720,    5.46378491116411436990,
				    1.78482653991729133580,    0.296560571828504891230,
				    0.0265321895265761230930,  0.00124266094738807843860,
				    2.71155556874348757815e-5, 2.01033439929228813265e-7};
static const double tail_below[] = {1.0,
				    0.599832206555887937690,
				    0.136929880922735805310,
				    0.0148753612908506148525,
				    7.86869131145613259100e-4,
				    1.84631831751005468180e-5,
				    1.42151175831644588870e-7,
				    2.04426310338993978564e-15};

double
stats_norm_quantile(double p)
{
	double q = p - 0.5;
	double r;
	double z;

	if (!(p >= 0 && p <= 1))
		return NAN;
	if (p == 0 || p == 1)
		return p == 0 ? -INFINITY : INFINITY;
	if (fabs(q) <= 0.425) {
		r = 0.180625 - q * q;
		return q * polynomial(centre_above, 8, r) / polynomial(centre_below, 8, r);
	}
	r = sqrt(-log(q < 0 ? p : 1 - p));
	if (r <= 5)
		z = polynomial(middle_above, 8, r - 1.6) / polynomial(middle_below, 8, r - 1.6);
	else
		z = polynomial(tail_above, 8, r - 5) / polynomial(tail_below, 8, r - 5);
	return q < 0 ? -z : z;
}

double
stats_norm_cdf(double z)
{
	return 0.5 * erfc(-z * SQRT_HALF);
}

struct interval
stats_wilson95(int64_t x, int64_t n)
{
	double k = (double)x;
	double m = (double)n;
	double zz = Z95 * Z95;
	double root;
	struct interval i;

	if (n <= 0 || x < 0 || x > n)
		return (struct interval){NAN, NAN};
	root = Z95 * sqrt(zz + 4 * k * (m - k) / m);
	/* Multiplied out, so that the lower end of a small rate is no difference of near equals. */
	i.lo = 2 * k * k / m / (2 * k + zz + root);
	i.hi = x == n ? 1 : (2 * k + zz + root) / (2 * (m + zz));
	return i;
}

/* ln Gamma(n + 1) less Stirling's formula for it. */
static double
stirling_error(double n)
{
	static const double series[] = {1.0 / 12,   -1.0 / 360,      1.0 / 1260, -1.0 / 1680,
					1.0 / 1188, -691.0 / 360360, 1.0 / 156};

	if (n < 10)
		return lgamma(n + 1) - (n + 0.5) * log(n) + n - 0.5 * log(TWO_PI);
	return polynomial(series, COUNT(series), 1 / (n * n)) / n;
}

/* x ln(x / m) + m - x without cancellation where x is near m (Loader 2000). */
static double
deviance(double x, double m)
{
	double v = (x - m) / (x + m);
	double sum = (x - m) * v;
	double term = 2 * x * v;

	if (fabs(x - m) >= 0.1 * (x + m))
		return x * log(x / m) + m - x;
	for (int j = 1; j < 1000; j++) {
		double next;

		term *= v * v;
		next = sum + term / (2 * j + 1);
		if (next == sum)
			break;
		sum = next;
	}
	return sum;
}

/* x^a y^b / B(a, b), with y = 1 - x given apart so that neither end loses digits. */
static double
beta_power(double x, double y, double a, double b)
{
	double n = a + b;
	double exponent = stirling_error(n) - stirling_error(a) - stirling_error(b) -
			  deviance(a, n * x) - deviance(b, n * y);

	return a * b / n * exp(exponent) * sqrt(n / (TWO_PI * a * b));
}

/* The continued fraction of the incomplete beta function, by Lentz's method. */
static double
beta_fraction(double x, double a, double b)
{
	const double tiny = 1e-300;
	double c = 1;
	double d = 1 - (a + b) * x / (a + 1);
	double f;

	d = 1 / (fabs(d) < tiny ? tiny : d);
	f = d;
	for (int m = 1; m < 1000000; m++) {
		double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
		double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
		double step;

		d = 1 + even * d;
		c = 1 + even / c;
		d = 1 / (fabs(d) < tiny ? tiny : d);
		c = fabs(c) < tiny ? tiny : c;
		f *= d * c;
		d = 1 + odd * d;
		c = 1 + odd / c;
		d = 1 / (fabs(d) < tiny ? tiny : d);
		c = fabs(c) < tiny ? tiny : c;
		step = d * c;
		f *= step;
		if (fabs(step - 1) < 2 * DBL_EPSILON)
			break;
	}
	return f;
}

/* I_x(a, b), and its complement in *upper, each computed where it is the small one. */
static double
beta_both(double x, double a, double b, double *upper)
{
	double y = 1 - x;
	double lower;

	if (x <= 0 || x >= 1) {
		lower = x <= 0 ? 0 : 1;
		*upper = 1 - lower;
	} else if (x < (a + 1) / (a + b + 2)) {
		lower = beta_power(x, y, a, b) * beta_fraction(x, a, b) / a;
		*upper = 1 - lower;
	} else {
		*upper = beta_power(x, y, a, b) * beta_fraction(y, b, a) / b;
		lower = 1 - *upper;
	}
	return lower;
}

double
stats_beta_cdf(double x, double a, double b)
{
	double upper;

	if (isnan(x) || !(a > 0 && b > 0))
		return NAN;
	return beta_both(x, a, b, &upper);
}

/* A point inside (lo, hi), halving the exponent first while lo is still 0. */
static double
between(double lo, double hi)
{
	if (lo > 0 && hi / lo > 4)
		return sqrt(lo) * sqrt(hi);
	return lo > 0 ? lo + (hi - lo) / 2 : hi / 16;
}

/*
 * Newton's method on the logarithm of the probability, which is nearly straight in the tails, kept
 * inside a bracket. p is a lower or, from_above, an upper probability.
 */
static double
beta_solve(double p, double a, double b, bool from_above)
{
	double lo = 0;
	double hi = 1;
	double x = a / (a + b);

	for (int i = 0; i < 2000; i++) {
		double upper;
		double lower = beta_both(x, a, b, &upper);
		double is = from_above ? upper : lower;
		/* d ln(is) / d ln(x) */
		double slope = beta_power(x, 1 - x, a, b) / (1 - x) / is * (from_above ? -1 : 1);
		double next = x * exp(-log(is / p) / slope);

		if ((is > p) != from_above)
			hi = x;
		else
			lo = x;
		if (!(next > lo && next < hi))
			next = between(lo, hi);
		if (fabs(next - x) <= 4 * DBL_EPSILON * x)
			return next;
		x = next;
	}
	return x;
}

double
stats_beta_quantile(double p, double a, double b)
{
	if (!(p >= 0 && p <= 1 && a > 0 && b > 0))
		return NAN;
	if (p == 0 || p == 1)
		return p;
	return beta_solve(p, a, b, false);
}

static struct interval
beta_interval(double x, double n)
{
	return (struct interval){.lo = beta_solve(ALPHA / 2, x, n - x + 1, false),
				 .hi = beta_solve(ALPHA / 2, x + 1, n - x, true)};
}

struct interval
stats_beta_interval95(double p, double n)
{
	return beta_interval(n * p, n);
}

struct interval
stats_clopper_pearson95(int64_t x, int64_t n)
{
	double m = (double)n;
	struct interval i = {0, 1};

	if (n <= 0 || x < 0 || x > n)
		return (struct interval){NAN, NAN};
	if (x > 0 && x < n)
		return beta_interval((double)x, m);
	if (x == n)
		i.lo = exp(log(ALPHA / 2) / m);
	else
		i.hi = -expm1(log(ALPHA / 2) / m);
	return i;
}

struct interval
stats_newcombe95(int64_t x1, int64_t n1, int64_t x2, int64_t n2)
{
	return stats_difference95((double)x1 / (double)n1, stats_wilson95(x1, n1),
				  (double)x2 / (double)n2, stats_wilson95(x2, n2));
}

struct interval
stats_difference95(double p1, struct interval a, double p2, struct interval b)
{
	double d = p1 - p2;

	if (isnan(a.lo) || isnan(b.lo))
		return (struct interval){NAN, NAN};
	return (struct interval){d - hypot(p1 - a.lo, b.hi - p2), d + hypot(a.hi - p1, p2 - b.lo)};
}

double
stats_binom_cdf(int64_t x, int64_t n, double p)
{
	double upper;

	if (n < 0 || !(p >= 0 && p <= 1))
		return NAN;
	if (x < 0)
		return 0;
	if (x >= n)
		return 1;
	beta_both(p, (double)x + 1, (double)(n - x), &upper);
	return upper;
}

int64_t
stats_binom_quantile(double q, int64_t n, double p)
{
	int64_t below = -1;
	int64_t at = n;

	while (at - below > 1) {
		int64_t middle = below + (at - below) / 2;

		if (stats_binom_cdf(middle, n, p) >= q)
			at = middle;
		else
			below = middle;
	}
	return at;
}

/* t squared over t squared and the degrees has a beta distribution. */
double
stats_t95(double degrees)
{
	double w = beta_solve(ALPHA, 0.5, degrees / 2, true);

	return sqrt(degrees * w / (1 - w));
}

/* x^a exp(-x) / Gamma(a + 1) */
static double
gamma_power(double x, double a)
{
	return exp(-stirling_error(a) - deviance(a, x)) / sqrt(TWO_PI * a);
}

/* The lower incomplete gamma function over gamma_power(), for x < a + 1. */
static double
gamma_series(double x, double a)
{
	double term = 1;
	double sum = 1;

	for (int k = 1; term > sum * DBL_EPSILON; k++) {
		term *= x / (a + k);
		sum += term;
	}
	return sum;
}

/* The upper one over gamma_power() and a, by Lentz's method, for x >= a + 1. */
static double
gamma_fraction(double x, double a)
{
	double b = x + 1 - a;
	double c = 1e300;
	double d = 1 / b;
	double f = d;

	for (int k = 1; k < 1000000; k++) {
		double step;

		b += 2;
		d = 1 / (b - k * (k - a) * d);
		c = b - k * (k - a) / c;
		step = c * d;
		f *= step;
		if (fabs(step - 1) < 2 * DBL_EPSILON)
			break;
	}
	return f;
}

double
stats_chi_square_upper(double x, double degrees)
{
	double a = degrees / 2;
	double half = x / 2;

	if (!(x > 0))
		return 1;
	if (half < a + 1)
		return 1 - gamma_power(half, a) * gamma_series(half, a);
	return gamma_power(half, a) * a * gamma_fraction(half, a);
}

static struct sdt
sdt_of(double h, double f)
{
	const double slope = 0.5;
	double zh = stats_norm_quantile(h);
	double zf = stats_norm_quantile(f);

	return (struct sdt){
	    .h = h,
	    .f = f,
	    .dprime = zh - zf,
	    .c = -(zh + zf) / 2,
	    .lnbeta = (zf - zh) * (zf + zh) / 2,
	    .da_half = sqrt(2 / (1 + slope * slope)) * (zh - slope * zf),
	};
}

/* The rate of a of a + b, with `add` to a and twice that to the sum. NaN for 0 of 0. */
static double
rate(int64_t a, int64_t b, double add)
{
	return ((double)a + add) / ((double)a + (double)b + 2 * add);
}

struct sdt
stats_sdt_loglinear(int64_t hit, int64_t miss, int64_t fa, int64_t cr)
{
	return sdt_of(rate(hit, miss, 0.5), rate(fa, cr, 0.5));
}

struct sdt
stats_sdt_raw(int64_t hit, int64_t miss, int64_t fa, int64_t cr)
{
	return sdt_of(rate(hit, miss, 0), rate(fa, cr, 0));
}

double
stats_aprime(int64_t hit, int64_t miss, int64_t fa, int64_t cr)
{
	double h = rate(hit, miss, 0);
	double f = rate(fa, cr, 0);

	if (isnan(h) || isnan(f))
		return NAN;
	if (h == f)
		return 0.5;
	if (h > f)
		return 0.5 + (h - f) * (1 + h - f) / (4 * h * (1 - f));
	return 0.5 - (f - h) * (1 + f - h) / (4 * f * (1 - h));
}

double
stats_bppd(int64_t hit, int64_t miss, int64_t fa, int64_t cr)
{
	double h = rate(hit, miss, 0);
	double f = rate(fa, cr, 0);
	double correct = (1 - h) * (1 - f);
	double sum = correct + h * f;

	return sum > 0 ? (correct - h * f) / sum : NAN;
}

/* Gourevitch and Galanter 1967. */
double
stats_dprime_variance(int64_t hit, int64_t miss, int64_t fa, int64_t cr)
{
	struct sdt s = stats_sdt_loglinear(hit, miss, fa, cr);
	double signal = (double)hit + (double)miss;
	double noise = (double)fa + (double)cr;
	double zh = stats_norm_quantile(s.h);
	double zf = stats_norm_quantile(s.f);

	if (!(signal > 0 && noise > 0))
		return NAN;
	/* 1 / density^2 = 2 pi exp(z^2) */
	return TWO_PI *
	       (s.h * (1 - s.h) / signal * exp(zh * zh) + s.f * (1 - s.f) / noise * exp(zf * zf));
}

double
stats_zero_miss_upper95(int64_t n)
{
	return n > 0 ? -expm1(log(ALPHA) / (double)n) : NAN;
}

double
stats_spearman_brown(double r, double k)
{
	return k * r / (1 + (k - 1) * r);
}
