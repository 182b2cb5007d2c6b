#include "core/stats/spread.h"

#include <math.h>

static void
end_group(struct spread *s)
{
	double n = (double)s->in_group;

	if (s->in_group > 0) {
		s->had += n * log(n);
		s->most += n * log((double)s->places);
	}
	s->in_group = 0;
}

void
spread_group(struct spread *s, int64_t places)
{
	end_group(s);
	s->places = places;
}

void
spread_place(struct spread *s, int64_t n)
{
	s->in_group += n;
	s->had -= (double)n * log((double)n);
}

bool
spread_value(struct spread *s, double *out)
{
	end_group(s);
	if (s->most <= 0)
		return false;
	/* Logarithms of many add up to a little beside what they are. */
	*out = fmin(1, fmax(0, s->had / s->most));
	return true;
}
