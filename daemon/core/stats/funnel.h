/*
 * Comparing units (sites, posts, never persons) without ranking them: which of them differ by more
 * than chance, and than units of this kind usually do; and which do once what they had to deal with
 * is allowed for.
 */
#ifndef SEMS_CORE_STATS_FUNNEL_H
#define SEMS_CORE_STATS_FUNNEL_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The tenth at either end is pulled in before the spread is estimated, so that one odd unit does
 * not widen the limits that are to show it. */
#define FUNNEL_WINSORISED 0.1
#define FUNNEL_UNITS_MIN  2
/* With fewer units one that is odd makes most of the spread, and hides itself: their limits allow
 * for sampling alone, and the test of the spread is printed beside. */
#define FUNNEL_SPREAD_MIN 12

struct funnel_unit { /* x of n, n > 0 */
	const char *unit;
	int64_t x;
	int64_t n;
	bool is_withheld; /* the caller's: its rate is not published; it weighs in all the same */
	double value;     /* what follows is set by funnel_of() */
	double z;         /* on the scale of the arcsine of the root */
	double adjusted_z;
	double low95;
	double high95;
	double low998;
	double high998;
	bool outside; /* beyond 99.8 % */
};

struct funnel {
	double centre;  /* as given */
	double phi;     /* spread over what chance gives; about 1 if there is nothing else */
	double tau2;    /* variance between the units, 0 without overdispersion */
	bool is_spread; /* the limits allow for tau2; else for sampling alone */
	/* The chance that units which differ by sampling alone spread at least so much: of the sum
	 * of their z squared, nothing pulled in, by chi square with one degree less than units. */
	double p_spread;
};

/*
 * Around the centre, the rate of all in (0, 1). From FUNNEL_SPREAD_MIN units on Spiegelhalter 2005,
 * with the additive model of overdispersion and `winsorise` the share pulled in at either end (0:
 * none). Of fewer, the quantiles of the binomial distribution as rates. False: fewer than two
 * units, no such centre, or the arena is full.
 */
bool funnel_of(struct arena *a, struct funnel_unit *units, size_t n, double centre,
	       double winsorise, struct funnel *out);
/* Limits on a rate of a unit with n around the arcsine target t, z standard deviations away. */
void funnel_limits(double t, double n, double tau2, double z, double *low, double *high);

struct case_mix { /* of one unit */
	int64_t observed;
	double expected; /* had it done in every stratum as all units together did */
	double variance;
	double z;
	double ratio;
	double standardised; /* ratio times the rate of all */
};

/* x of n of one unit in one stratum, of all_x of all_n of every unit in it, this one included. A
 * stratum in which the unit has nothing counts for nothing. */
void case_mix_add(struct case_mix *c, int64_t x, int64_t n, int64_t all_x, int64_t all_n);
/* z, ratio and standardised rate; NaN where there is none. */
void case_mix_finish(struct case_mix *c, double overall);

/* Of n ascending values, Hyndman and Fan's type 7. */
double quantile7_of(const double *sorted, size_t n, double p);

#endif
