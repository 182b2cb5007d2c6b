/* Against R: clustered.tsv is what clustered.R printed. */
#include "base/count.h"
#include "core/stats/cluster.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TABLE    "tests/core/stats/clustered.tsv"
#define ARGS_MAX 1024

static double args[ARGS_MAX];

static size_t
numbers_of(const char *text, double *out, size_t room)
{
	size_t n = 0;
	char *end;

	for (const char *p = text; n < room; p = end + 1) {
		out[n++] = strtod(p, &end);
		if (*end != ',')
			break;
	}
	return n;
}

#define NEAR(is, want) cr_expect_float_eq(is, want, 1e-9 * fabs(want), "line %u: %.17g", line, is)

static void
expect_clustered(unsigned line, size_t n, const double *want)
{
	struct cluster_sums s = {.clusters = (int64_t)n / 2};
	struct clustered c;
	int64_t all_x = 0;
	int64_t all_n = 0;

	for (size_t i = 0; i < n; i += 2) {
		all_x += (int64_t)args[i];
		all_n += (int64_t)args[i + 1];
		s.xx += args[i] * args[i];
		s.xn += args[i] * args[i + 1];
		s.nn += args[i + 1] * args[i + 1];
	}
	cr_assert(stats_clustered95(all_x, all_n, &s, &c));
	NEAR(c.deff, want[0]);
	NEAR(c.interval.lo, want[1]);
	NEAR(c.interval.hi, want[2]);
	cr_expect_gt(c.deff, 1);
	cr_expect_lt(c.n_effective, (double)all_n);
}

static void
expect_row(unsigned line, const char *what, size_t n, const double *want)
{
	if (strcmp(what, "clustered") == 0)
		expect_clustered(line, n, want);
	else if (strcmp(what, "t95") == 0)
		NEAR(stats_t95(args[0]), want[0]);
	else if (strcmp(what, "chi_square_upper") == 0)
		NEAR(stats_chi_square_upper(args[0], args[1]), want[0]);
	else if (strcmp(what, "binom_quantile") == 0)
		NEAR((double)stats_binom_quantile(args[0], (int64_t)args[1], args[2]), want[0]);
	else
		cr_assert_fail("line %u: %s", line, what);
}

Test(cluster, gives_what_r_gives)
{
	static char text[32768];
	FILE *f = fopen(TABLE, "r");
	unsigned line = 0;

	cr_assert_not_null(f, "%s", TABLE);
	while (fgets(text, sizeof text, f) != NULL) {
		char *save;
		double want[4] = {0};
		const char *what = strtok_r(text, "\t", &save);
		const char *given = strtok_r(NULL, "\t", &save);
		const char *gives = strtok_r(NULL, "\t", &save);
		size_t n;

		line++;
		if (what[0] == '#')
			continue;
		cr_assert(given != NULL && gives != NULL);
		n = numbers_of(given, args, ARGS_MAX);
		numbers_of(gives, want, COUNT(want));
		expect_row(line, what, n, want);
	}
	fclose(f);
	cr_expect_gt(line, 90u);
}

/* Ten clusters of ten with five each: less spread than chance alone would make. */
Test(cluster, never_narrows_an_interval)
{
	const struct cluster_sums even = {.clusters = 10, .xx = 250, .xn = 500, .nn = 1000};
	const struct cluster_sums nearly = {.clusters = 10, .xx = 252, .xn = 500, .nn = 1000};
	struct interval exact = stats_clopper_pearson95(50, 100);
	struct clustered c;

	cr_expect_not(stats_clustered95(50, 100, &even, &c), "there is nothing to tell it by");
	cr_assert(stats_clustered95(50, 100, &nearly, &c));
	cr_expect_lt(c.deff, 1);
	cr_expect_eq(c.n_effective, 100);
	cr_expect_float_eq(c.interval.lo, exact.lo, 1e-12);
	cr_expect_float_eq(c.interval.hi, exact.hi, 1e-12);
}

Test(cluster, says_nothing_of_few_clusters_or_of_all_alike)
{
	const struct cluster_sums few = {.clusters = 9, .xx = 300, .xn = 450, .nn = 900};
	const struct cluster_sums all = {.clusters = 10, .xx = 1000, .xn = 1000, .nn = 1000};
	const struct cluster_sums none = {.clusters = 10, .nn = 1000};
	struct clustered c;

	cr_expect_not(stats_clustered95(45, 90, &few, &c));
	cr_expect_not(stats_clustered95(100, 100, &all, &c));
	cr_expect_not(stats_clustered95(0, 100, &none, &c));
}
