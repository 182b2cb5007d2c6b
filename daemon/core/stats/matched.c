#include "core/stats/matched.h"

#include <math.h>

static double
square(double v)
{
	return v * v;
}

bool
matched_difference95(const struct matched_stratum *s, size_t n, const struct matched_wider *now,
		     const struct matched_wider *then, struct matched *out)
{
	double down = 0;
	double up = 0;

	*out = (struct matched){0};
	for (size_t i = 0; i < n; i++) {
		bool is_there = s[i].n1 > 0 && s[i].n2 > 0;

		out->n1 += is_there ? s[i].n1 : 0;
		out->n2 += is_there ? s[i].n2 : 0;
	}
	for (size_t i = 0; i < n; i++) {
		struct interval i1;
		struct interval i2;
		double weight;
		double p1;
		double p2;

		if (s[i].n1 <= 0 || s[i].n2 <= 0)
			continue;
		i1 = stats_wilson95(s[i].x1, s[i].n1);
		i2 = stats_wilson95(s[i].x2, s[i].n2);
		weight = (double)s[i].n1 / (double)out->n1;
		p1 = (double)s[i].x1 / (double)s[i].n1;
		p2 = (double)s[i].x2 / (double)s[i].n2;
		out->difference += weight * (p1 - p2);
		down += square(weight) *
			(square(now->below * (p1 - i1.lo)) + square(then->above * (i2.hi - p2)));
		up += square(weight) *
		      (square(now->above * (i1.hi - p1)) + square(then->below * (p2 - i2.lo)));
	}
	out->interval = (struct interval){out->difference - sqrt(down), out->difference + sqrt(up)};
	return out->n1 > 0;
}
