#include "core/stats/cluster.h"

#include <math.h>

/* Less is what rounding leaves of clusters that are all alike. */
#define DEFF_MIN 1e-6

/* Of the rate p; see Korn and Graubard 1999, 2.3. */
static double
variance_of(double p, double n, const struct cluster_sums *s)
{
	double g = (double)s->clusters;
	double squares = s->xx - 2 * p * s->xn + p * p * s->nn;

	return squares <= 0 ? 0 : g / (g - 1) * squares / (n * n);
}

bool
stats_clustered95(int64_t x, int64_t n, const struct cluster_sums *s, struct clustered *out)
{
	double m = (double)n;
	double p = (double)x / m;
	double variance;
	double t_ratio;

	if (s->clusters < CLUSTERS_MIN || x <= 0 || x >= n)
		return false;
	variance = variance_of(p, m, s);
	out->deff = variance / (p * (1 - p) / m);
	if (out->deff < DEFF_MIN)
		return false;
	t_ratio = stats_t95(m - 1) / stats_t95((double)s->clusters - 1);
	out->n_effective = fmin(m, m / out->deff * t_ratio * t_ratio);
	out->interval = stats_beta_interval95(p, out->n_effective);
	return true;
}
