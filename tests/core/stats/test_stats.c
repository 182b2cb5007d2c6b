/*
 * The vectors of expected values (40 digits, printed with 17) lie beside the project when it is
 * checked against them; a handful is repeated here for when they do not.
 */
#include "base/count.h"
#include "core/stats/stats.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VECTORS  "../shared/vectors/statistics.tsv"
#define MAX_ARGS 4

typedef double (*value_fn)(const double *a);

static struct interval
wilson(const double *a)
{
	return stats_wilson95((int64_t)a[0], (int64_t)a[1]);
}

static struct interval
clopper(const double *a)
{
	return stats_clopper_pearson95((int64_t)a[0], (int64_t)a[1]);
}

static struct interval
newcombe(const double *a)
{
	return stats_newcombe95((int64_t)a[0], (int64_t)a[1], (int64_t)a[2], (int64_t)a[3]);
}

static struct sdt
raw(const double *a)
{
	return stats_sdt_raw((int64_t)a[0], (int64_t)a[1], (int64_t)a[2], (int64_t)a[3]);
}

static struct sdt
loglinear(const double *a)
{
	return stats_sdt_loglinear((int64_t)a[0], (int64_t)a[1], (int64_t)a[2], (int64_t)a[3]);
}

#define VALUE(name, expression)             \
	static double name(const double *a) \
	{                                   \
		return expression;          \
	}
#define COUNTS (int64_t) a[0], (int64_t)a[1], (int64_t)a[2], (int64_t)a[3]
VALUE(norm_quantile, stats_norm_quantile(a[0]))
VALUE(wilson_lo, wilson(a).lo)
VALUE(wilson_hi, wilson(a).hi)
VALUE(clopper_lo, clopper(a).lo)
VALUE(clopper_hi, clopper(a).hi)
VALUE(newcombe_lo, newcombe(a).lo)
VALUE(newcombe_hi, newcombe(a).hi)
VALUE(raw_h, raw(a).h)
VALUE(raw_f, raw(a).f)
VALUE(raw_dprime, raw(a).dprime)
VALUE(raw_c, raw(a).c)
VALUE(raw_lnbeta, raw(a).lnbeta)
VALUE(raw_beta, exp(raw(a).lnbeta))
VALUE(raw_da, raw(a).da_half)
VALUE(log_h, loglinear(a).h)
VALUE(log_f, loglinear(a).f)
VALUE(log_dprime, loglinear(a).dprime)
VALUE(log_c, loglinear(a).c)
VALUE(log_lnbeta, loglinear(a).lnbeta)
VALUE(log_beta, exp(loglinear(a).lnbeta))
VALUE(log_da, loglinear(a).da_half)
VALUE(aprime, stats_aprime(COUNTS))
VALUE(bppd, stats_bppd(COUNTS))
VALUE(dprime_variance, stats_dprime_variance(COUNTS))
VALUE(binom_cdf, stats_binom_cdf((int64_t)a[0], (int64_t)a[1], a[2]))
VALUE(zero_miss, stats_zero_miss_upper95((int64_t)a[0]))
VALUE(spearman_brown, stats_spearman_brown(a[0], a[1]))
VALUE(beta_cdf, stats_beta_cdf(a[0], a[1], a[2]))
VALUE(beta_quantile, stats_beta_quantile(a[0], a[1], a[2]))

static const struct {
	const char *name;
	value_fn value;
	int n_args;
} functions[] = {
    {"norm_quantile", norm_quantile, 1},
    {"wilson95_lo", wilson_lo, 2},
    {"wilson95_hi", wilson_hi, 2},
    {"clopper_pearson95_lo", clopper_lo, 2},
    {"clopper_pearson95_hi", clopper_hi, 2},
    {"newcombe10_diff95_lo", newcombe_lo, 4},
    {"newcombe10_diff95_hi", newcombe_hi, 4},
    {"sdt_H_raw", raw_h, 4},
    {"sdt_F_raw", raw_f, 4},
    {"sdt_dprime_raw", raw_dprime, 4},
    {"sdt_c_raw", raw_c, 4},
    {"sdt_lnbeta_raw", raw_lnbeta, 4},
    {"sdt_beta_raw", raw_beta, 4},
    {"sdt_da_s0.5_raw", raw_da, 4},
    {"sdt_H_loglinear", log_h, 4},
    {"sdt_F_loglinear", log_f, 4},
    {"sdt_dprime_loglinear", log_dprime, 4},
    {"sdt_c_loglinear", log_c, 4},
    {"sdt_lnbeta_loglinear", log_lnbeta, 4},
    {"sdt_beta_loglinear", log_beta, 4},
    {"sdt_da_s0.5_loglinear", log_da, 4},
    {"sdt_Aprime_raw", aprime, 4},
    {"sdt_Bpp_D_raw", bppd, 4},
    {"var_dprime_loglinear", dprime_variance, 4},
    {"binom_cdf", binom_cdf, 3},
    {"zero_miss_upper95_onesided", zero_miss, 1},
    {"spearman_brown", spearman_brown, 2},
    {"beta_cdf", beta_cdf, 3},
    {"beta_quantile", beta_quantile, 3},
};

/* Numbers apart by ',' or ';', each perhaps after a "name=". */
static int
read_args(const char *s, double a[MAX_ARGS])
{
	int n = 0;

	while (*s != '\0' && n < MAX_ARGS) {
		size_t length = strcspn(s, ",;");
		const char *equals = memchr(s, '=', length);

		a[n++] = strtod(equals == NULL ? s : equals + 1, NULL);
		s += length;
		s += *s != '\0';
	}
	return n;
}

static bool
is_near(double is, double expected)
{
	return fabs(is - expected) <= 1e-9 * (expected == 0 ? 1 : fabs(expected));
}

static void
check_row(const char *name, const char *args, const char *expected)
{
	double want = strtod(expected, NULL);
	double a[MAX_ARGS] = {0};
	int n = read_args(args, a);

	for (size_t i = 0; i < COUNT(functions); i++) {
		if (strcmp(functions[i].name, name) != 0)
			continue;
		cr_expect_eq(n, functions[i].n_args, "%s %s: %d arguments", name, args, n);
		cr_expect(is_near(functions[i].value(a), want), "%s %s: %.17g is not %.17g", name,
			  args, functions[i].value(a), want);
		return;
	}
	cr_expect_fail("no function for %s", name);
}

Test(stats, agrees_with_every_vector)
{
	FILE *f = fopen(VECTORS, "r");
	char line[256];
	int rows = 0;

	if (f == NULL)
		cr_skip_test("skipped: no ../shared/vectors");
	while (fgets(line, sizeof line, f) != NULL) {
		char name[64];
		char args[64];
		char value[64];

		if (line[0] == '#' || line[0] == '\n')
			continue;
		cr_assert_eq(sscanf(line, "%63[^\t]\t%63[^\t]\t%63s", name, args, value), 3, "%s",
			     line);
		check_row(name, args, value);
		rows++;
	}
	fclose(f);
	cr_expect_gt(rows, 100);
}

Test(stats, agrees_with_known_values)
{
	static const char *const rows[][3] = {
	    {"norm_quantile", "1e-20", "-9.2623400897984076"},
	    {"norm_quantile", "0.001", "-3.0902323061678135"},
	    {"norm_quantile", "0.975", "1.9599639845400542"},
	    {"wilson95_lo", "29,29", "0.88303020150025923"},
	    {"wilson95_hi", "0,20", "0.16112515805281939"},
	    {"wilson95_lo", "999999,1000000", "0.99999433508819569"},
	    {"clopper_pearson95_lo", "15,148", "0.057844010083448559"},
	    {"clopper_pearson95_hi", "15,148", "0.16165049034947901"},
	    {"clopper_pearson95_hi", "0,1", "0.975"},
	    {"newcombe10_diff95_lo", "7,34,1,34", "0.018921443885772981"},
	    {"newcombe10_diff95_hi", "10,10,0,10", "1"},
	    {"sdt_dprime_loglinear", "99,1,0,3000", "5.7620304171259034"},
	    {"sdt_da_s0.5_raw", "20,5,10,15", "1.2248067870033349"},
	    {"sdt_Aprime_raw", "411,69,27,453", "0.94549717213709093"},
	    {"sdt_Bpp_D_raw", "9,1,2,7", "-0.44"},
	    {"var_dprime_loglinear", "80,20,150,4850", "0.021532895180068226"},
	    {"binom_cdf", "70;100;0.8", "0.011248978720991634"},
	    {"zero_miss_upper95_onesided", "100", "0.029513049607039935"},
	    {"beta_cdf", "x=0.3;a=2.5;b=7", "0.6412224629717212"},
	    {"beta_quantile", "p=0.05;a=2;b=3", "0.09761146288641434"},
	    {"beta_cdf", "x=0.4998046875;a=5000000;b=5000001", "0.108424824362244994"},
	    {"beta_cdf", "x=0.24997;a=100000000;b=300000001", "0.0829300346489831327"},
	    {"beta_quantile", "1e-300,2,3", "4.0824829046386302e-151"},
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		check_row(rows[i][0], rows[i][1], rows[i][2]);
}

/* The ends of the interval are defined by these probabilities, whatever the method. */
Test(stats, clopper_pearson_ends_have_their_probabilities)
{
	static const int64_t cases[][2] = {{1, 2},
					   {14, 29},
					   {1, 1000000},
					   {999999, 1000000},
					   {500000, 1000000},
					   {3, 1000000000},
					   {500000000, 1000000000}};

	for (size_t i = 0; i < COUNT(cases); i++) {
		int64_t x = cases[i][0];
		int64_t n = cases[i][1];
		struct interval c = stats_clopper_pearson95(x, n);
		double below = stats_binom_cdf(x, n, c.hi);
		double above = stats_beta_cdf(c.lo, (double)x, (double)(n - x + 1));

		/* 1e-7: the probability of an end near 1 can be no better than the end's last bit.
		 */
		cr_expect(fabs(below - 0.025) < 1e-7, "%ld of %ld: %.17g", (long)x, (long)n, below);
		cr_expect(fabs(above - 0.025) < 1e-7, "%ld of %ld: %.17g", (long)x, (long)n, above);
	}
}

Test(stats, ends_are_exact_at_none_and_all)
{
	for (int64_t n = 1; n < 3000; n += 7) {
		cr_expect(stats_wilson95(0, n).lo == 0);
		cr_expect(stats_wilson95(n, n).hi == 1);
		cr_expect(stats_clopper_pearson95(0, n).lo == 0);
		cr_expect(stats_clopper_pearson95(n, n).hi == 1);
		cr_expect(stats_wilson95(n, n).lo < 1 && stats_wilson95(0, n).hi > 0);
	}
}

Test(stats, no_data_has_no_value)
{
	cr_expect(isnan(stats_wilson95(0, 0).lo) && isnan(stats_wilson95(0, 0).hi));
	cr_expect(isnan(stats_wilson95(3, 2).lo) && isnan(stats_wilson95(-1, 2).lo));
	cr_expect(isnan(stats_clopper_pearson95(0, 0).lo));
	cr_expect(isnan(stats_newcombe95(0, 0, 1, 2).lo));
	cr_expect(isnan(stats_zero_miss_upper95(0)));
	cr_expect(isnan(stats_bppd(10, 0, 0, 10)), "both sides of B''D are zero");
	cr_expect(isnan(stats_aprime(0, 0, 1, 1)));
	cr_expect(isnan(stats_dprime_variance(0, 0, 1, 1)));
	cr_expect(isnan(stats_norm_quantile(-0.1)) && isnan(stats_norm_quantile(1.1)));
}

Test(stats, normal_distribution_and_quantile_are_inverse)
{
	for (int i = -37 * 4; i < 8 * 4; i++) {
		double z = i / 4.0;

		cr_expect(fabs(stats_norm_quantile(stats_norm_cdf(z)) - z) < (z > 4 ? 0.2 : 1e-9),
			  "at %g", z);
	}
	cr_expect(isinf(stats_norm_quantile(0)) && isinf(stats_norm_quantile(1)));
}

Test(stats, beta_distribution_rises_from_0_to_1)
{
	static const double shapes[] = {0.5, 1, 2.5, 40, 3000};

	for (size_t i = 0; i < 25; i++) {
		double a = shapes[i / 5];
		double b = shapes[i % 5];
		double last = 0;

		cr_expect(stats_beta_cdf(0, a, b) == 0 && stats_beta_cdf(1, a, b) == 1);
		for (int j = 1; j < 100; j++) {
			double x = j / 100.0;
			double p = stats_beta_cdf(x, a, b);

			cr_expect(p >= last - 1e-12 && p <= 1, "%g %g %g", x, a, b);
			cr_expect(fabs(p + stats_beta_cdf(1 - x, b, a) - 1) < 1e-10, "%g %g %g", x,
				  a, b);
			last = p;
		}
	}
}
