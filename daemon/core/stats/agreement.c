#include "core/stats/agreement.h"

bool
agreement_is_sound(const struct agreement *a)
{
	int64_t apart = a->n - a->agreed;
	int64_t more = a->first - a->second; /* met by the first alone, less by the second alone */

	if (a->agreed < 0 || a->agreed > a->n || a->first < 0 || a->first > a->n || a->second < 0 ||
	    a->second > a->n)
		return false;
	/* Those who differ are met by one of the two: as many as there are, and no half ones. */
	if (more > apart || more < -apart || (apart - more) % 2 != 0)
		return false;
	return a->first >= (apart + more) / 2 && a->first - (apart + more) / 2 <= a->agreed;
}

static double
beyond(double agreed, double chance)
{
	return (agreed - chance) / (1 - chance);
}

bool
stats_kappa95(const struct agreement *a, struct kappa *out)
{
	double n = (double)a->n;
	double f = (double)a->first;
	double s = (double)a->second;
	double chance;
	struct interval agreed;

	if (a->n == 0 || (a->first == 0 && a->second == 0) ||
	    (a->first == a->n && a->second == a->n))
		return false;
	chance = (f * s + (n - f) * (n - s)) / (n * n);
	agreed = stats_wilson95(a->agreed, a->n);
	out->value = beyond((double)a->agreed / n, chance);
	out->interval = (struct interval){beyond(agreed.lo, chance), beyond(agreed.hi, chance)};
	return true;
}
