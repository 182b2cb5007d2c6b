/* Room core/stats: Numbers: intervals, control charts and funnels, from counts alone. */
/*
 * Statistics of screening performance. Doubles, checked to 1e-9 against tests/vectors. Integers in,
 * rates out: nothing here averages rates.
 */
#ifndef SEMS_CORE_STATS_STATS_H
#define SEMS_CORE_STATS_STATS_H

#include <stdint.h>

#define Z95  1.9599639845400542
#define Z998 3.0902323061678135 /* two-sided 99.8 % */

struct interval {
	double lo;
	double hi;
};

/* Standard normal quantile, Wichura AS 241 (PPND16); p in (0, 1). */
double stats_norm_quantile(double p);
double stats_norm_cdf(double z);
/* Wilson score 95 % interval of x of n; n > 0. Exactly 0 at x = 0 and 1 at x = n. */
struct interval stats_wilson95(int64_t x, int64_t n);
/* Clopper-Pearson 95 % interval of x of n; n > 0. */
struct interval stats_clopper_pearson95(int64_t x, int64_t n);
/* The same of a rate p in (0, 1) of n > 0 that need not be whole numbers. */
struct interval stats_beta_interval95(double p, double n);
/* Newcombe's method 10 for x1/n1 - x2/n2, 95 %. */
struct interval stats_newcombe95(int64_t x1, int64_t n1, int64_t x2, int64_t n2);
/* The same of rates with whichever 95 % intervals; where both are of the same units, it is wide. */
struct interval stats_difference95(double p1, struct interval a, double p2, struct interval b);

double stats_beta_cdf(double x, double a, double b);
double stats_beta_quantile(double p, double a, double b);
double stats_binom_cdf(int64_t x, int64_t n, double p);
/* The smallest x that at least a share q of all have no more than; q and p in (0, 1). */
int64_t stats_binom_quantile(double q, int64_t n, double p);
/* How far from 0, either way, Student's t lies with a chance of 95 %; degrees > 0. */
double stats_t95(double degrees);
/* The chance of at least x; x >= 0, degrees > 0. */
double stats_chi_square_upper(double x, double degrees);

/* Signal detection; counts of signal trials (hit, miss) and noise trials (fa, cr). */
struct sdt {
	double h;      /* hit rate */
	double f;      /* false alarm rate */
	double dprime; /* z(H) - z(F) */
	double c;      /* criterion */
	double lnbeta;
	double da_half; /* d_a with ROC slope 0.5 */
};

struct sdt stats_sdt_loglinear(int64_t hit, int64_t miss, int64_t fa, int64_t cr); /* Hautus 1995 */
struct sdt stats_sdt_raw(int64_t hit, int64_t miss, int64_t fa, int64_t cr);
double stats_aprime(int64_t hit, int64_t miss, int64_t fa, int64_t cr); /* raw rates */
double stats_bppd(int64_t hit, int64_t miss, int64_t fa, int64_t cr);   /* NaN when undefined */
double stats_dprime_variance(int64_t hit, int64_t miss, int64_t fa, int64_t cr); /* log-linear */
double stats_zero_miss_upper95(int64_t n); /* one-sided upper bound after no miss in n */
double stats_spearman_brown(double r, double k);

#endif
