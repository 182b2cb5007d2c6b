/*
 * Control charts of rates by period: which weeks differ from the others by more than the weeks
 * differ among themselves. Laney's p' (2002): where samples are large, a plain p-chart calls nearly
 * every week a signal, because rates vary between weeks by more than sampling.
 */
#ifndef SEMS_CORE_STATS_CHART_H
#define SEMS_CORE_STATS_CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The mean distance of two neighbours in standard deviations, 2 / sqrt(pi). Tables print it as
 * 1.128, which moves limits by 3.4e-4 of their width. */
#define CHART_D2 1.1283791670955126
/* With fewer periods the mean distance of neighbours says nothing yet. */
#define CHART_PERIODS_MIN 6

/* Fewer expected than this, of what is the rarer: three standard deviations are no limit that
 * chance passes seldom. */
#define CHART_RARER_MIN 2
/* A change that lasts has so many points on either side. */
#define CHART_LASTS 2
/* At so much likelihood a change is named; where nothing changed, less than one quarter of thirteen
 * weeks in twenty has it (measured: tests/core/stats/chart_false_alarms.c). */
#define CHART_CHANGE_MIN 9.5

struct chart_point { /* x of n; points come in order of time, each with n > 0 */
	int64_t x;
	int64_t n;
	size_t periods; /* how many the point has, itself and those merged with it; 0 is as 1 */
	double value;   /* what follows is set by chart_laney() */
	double z;       /* distance from the centre in binomial standard deviations */
	double lower;   /* of the limits; not clipped, so it may lie below 0 or above 1 */
	double upper;
	bool signal;    /* outside the limits */
	unsigned alert; /* set by chart_alert(): CHART_ALERTS to 1, the line it calls at; 0: none */
};

/* ICAO Doc 9859 draws so many lines, one, two and three standard deviations from the mean. */
#define CHART_ALERTS 3

struct chart {
	double centre;  /* all x over all n */
	double sigma_z; /* how much wider than binomial; at least 1 */
};

/* The points from `at` on have another rate than those before. */
struct chart_change {
	size_t at;
	double before;
	double after;
	double likelihood; /* twice the logarithm of its ratio, over sigma_z squared */
};

/*
 * Neighbours become one point until each has a denominator of at least `minimum` and expects
 * CHART_RARER_MIN of what is the rarer; a rest that has not goes to the point before it. What there
 * are then, which is 0 where all together have too little.
 */
size_t chart_merge(struct chart_point *points, size_t n, int64_t minimum);

/* False: there is nothing to chart, because there are fewer than two points or all are 0 or 1. */
bool chart_laney(struct chart_point *points, size_t n, double d2, struct chart *out);
/* The same with limits for sampling alone (a plain p-chart). */
bool chart_plain(struct chart_point *points, size_t n, struct chart *out);

/* The likeliest change of a level of charted points; false: there is none to be named. */
bool chart_changed(const struct chart_point *points, size_t n, const struct chart *chart,
		   struct chart_change *out);

/* What the rates of the period before were, each of the same weight. */
struct chart_before {
	double mean;
	double sd; /* of the population; above 0 */
};

/* False: fewer than CHART_PERIODS_MIN rates, or all are the same. */
bool chart_before(const double *rates, size_t n, struct chart_before *out);
/* The k-th line of alert on the worse side; it may lie below 0 or above 1, where no rate is. k from
 * 1 to CHART_ALERTS. */
double chart_alert_line(const struct chart_before *before, unsigned k, bool up_is_good);
/*
 * Sets each point's alert as ICAO Doc 9859 has it: one beyond the third line, the second of two in
 * a row beyond the second, the third of three in a row beyond the first. How often points are
 * beyond where nothing changed is in daemon/DESIGN.md: oftener than outside the limits.
 */
void chart_alert(struct chart_point *points, size_t n, const struct chart_before *before,
		 bool up_is_good);

/* Bernoulli CUSUM of misses: k-th event is a miss; p0 the usual rate, ratio the odds ratio to
 * detect, h the limit at which it signals and begins anew. */
struct cusum {
	double when_miss;
	double when_hit;
	double h;
	double s;
};

struct cusum cusum_start(double p0, double ratio, double h);
/* True: this event makes it signal. s is the sum after it, 0 after a signal has been seen and the
 * next event comes. */
bool cusum_add(struct cusum *c, bool miss);

#endif
