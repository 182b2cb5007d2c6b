#include "core/stats/multiple.h"

#include "core/stats/stats.h"

#include <math.h>

double
stats_score_p(int64_t x, int64_t n, double target)
{
	double p = (double)x / (double)n;
	double s = sqrt(target * (1 - target) / (double)n);

	if (!(s > 0))
		return p == target ? 1 : 0;
	return erfc(fabs(p - target) / s / sqrt(2));
}

double
stats_beta_p(double p, double n, double target)
{
	double below = stats_beta_cdf(target, n * p, n * (1 - p) + 1);
	double above = 1 - stats_beta_cdf(target, n * p + 1, n * (1 - p));

	return fmin(1, 2 * fmin(below, above));
}

/* Down to where no p below it is larger: order[0] has the largest. */
static void
sift(const double *p, size_t *order, size_t n, size_t at)
{
	for (size_t child = 2 * at + 1; child < n; child = 2 * at + 1) {
		size_t kept = order[at];

		child += child + 1 < n && p[order[child + 1]] > p[order[child]];
		if (p[order[child]] <= p[kept])
			return;
		order[at] = order[child];
		order[child] = kept;
		at = child;
	}
}

void
stats_bh(const double *p, size_t n, size_t *order, double *q)
{
	double least = 1;

	for (size_t i = 0; i < n; i++)
		order[i] = i;
	for (size_t i = n / 2; i-- > 0;)
		sift(p, order, n, i);
	for (size_t left = n; left > 0; left--) {
		size_t largest = order[0];

		least = fmin(least, p[largest] * (double)n / (double)left);
		q[largest] = least;
		order[0] = order[left - 1];
		sift(p, order, left - 1, 0);
	}
}
