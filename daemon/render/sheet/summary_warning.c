/* The summary's early warnings, each with its direction, its size and its n. */
#include "core/spd/keys.h"
#include "render/doc/spd_chart.h"
#include "render/sheet/summary.h"

#include <math.h>
#include <string.h>

#define SITES_TOLD 10 /* of a metric; the others are counted */

static const char *
worth_words(struct book *b, const json_t *metric, double difference)
{
	const char *worth = summary_worth(metric, difference);

	return worth[0] == '\0' ? "" : book_text(b, ", %s", worth);
}

/* --- a level that changed --------------------------------------------------------------------- */

/* The weeks' n before the day, or from it on. */
static double
n_of_weeks(const json_t *weeks, const char *day, bool before)
{
	const json_t *week;
	double sum = 0;
	size_t i;

	json_array_foreach(weeks, i, week)
	{
		double n;

		if ((strcmp(spd_text(week, DOC_FIRST_DAY), day) < 0) == before &&
		    spd_number(week, DOC_DENOMINATOR, &n))
			sum += n;
	}
	return sum;
}

static void
say_level(struct grid *g, const json_t *metric)
{
	const json_t *chart = json_object_get(metric, DOC_CHART);
	const json_t *change = json_object_get(chart, DOC_CHANGE);
	const json_t *weeks = json_object_get(chart, DOC_WEEKS);
	const char *day = spd_text(change, DOC_FIRST_DAY);
	struct book *b = g->book;
	char words[SPD_CELL];
	double difference = 0;

	if (!spd_chart_change(metric, words))
		return;
	spd_number(change, DOC_DIFFERENCE, &difference);
	summary_say_of(g, metric,
		       book_text(b, "%s %s (n %s before, %s since)%s.", spd_text(metric, DOC_NAME),
				 words, book_count(b, n_of_weeks(weeks, day, true)),
				 book_count(b, n_of_weeks(weeks, day, false)),
				 worth_words(b, metric, difference)));
}

/* --- weeks ------------------------------------------------------------------------------------ */

/* How far beyond its limits a value is: above them positive, 0 within. */
static double
beyond(const json_t *o, const char *low_key, const char *high_key)
{
	double value;
	double low;
	double high;

	if (!spd_number(o, DOC_VALUE, &value))
		return 0;
	if (spd_number(o, high_key, &high) && value > high)
		return value - high;
	if (spd_number(o, low_key, &low) && value < low)
		return value - low;
	return 0;
}

/* Of two numbers the one that takes more digits to be told from v. */
static const double *
closer(double v, const char *unit, const double *a, const double *b)
{
	return spd_decimals(v, unit, a) >= spd_decimals(v, unit, b) ? a : b;
}

/* "84.0 % (n 6,145; limits 85.0 % to 88.0 %)", each with the digits that tell it from the others.
 */
static const char *
against_limits(struct book *b, const json_t *metric, const json_t *o, const char *low_key,
	       const char *high_key)
{
	const char *unit = spd_text(metric, DOC_UNIT);
	char words[3][SPD_CELL] = {"", "none", "none"};
	double low = 0;
	double high = 0;
	double value = 0;
	double middle;
	double n = 0;
	bool has_low;
	bool has_high;

	spd_number(o, DOC_VALUE, &value);
	has_low = spd_number(o, low_key, &low);
	has_high = spd_number(o, high_key, &high);
	middle = has_low && has_high ? (low + high) / 2 : value;
	if (has_low)
		spd_value(low, unit, closer(low, unit, &value, &middle), words[1]);
	if (has_high)
		spd_value(high, unit, closer(high, unit, &value, &middle), words[2]);
	spd_value(value, unit, value > high ? &high : &low, words[0]);
	spd_number(o, DOC_DENOMINATOR, &n);
	return book_text(b, "%s (n %s; limits %s to %s)", words[0], book_count(b, n), words[1],
			 words[2]);
}

struct signals {
	size_t above;
	size_t below;
	const json_t *furthest;
	double distance; /* of the furthest from its limits */
};

static struct signals
signals_of(const json_t *weeks)
{
	struct signals s = {0};
	const json_t *week;
	size_t i;

	json_array_foreach(weeks, i, week)
	{
		double distance = beyond(week, DOC_LOWER, DOC_UPPER);

		if (!json_is_true(json_object_get(week, DOC_SIGNAL)))
			continue;
		s.above += distance > 0;
		s.below += distance <= 0;
		if (s.furthest == NULL || fabs(distance) > fabs(s.distance)) {
			s.furthest = week;
			s.distance = distance;
		}
	}
	return s;
}

static void
say_weeks(struct grid *g, const json_t *metric)
{
	const json_t *weeks = json_object_get(json_object_get(metric, DOC_CHART), DOC_WEEKS);
	struct signals s = signals_of(weeks);
	struct book *b = g->book;
	char day[SPD_DAY];

	if (s.furthest == NULL)
		return;
	spd_day_words(spd_text(s.furthest, DOC_FIRST_DAY), day);
	summary_say_of(
	    g, metric,
	    book_text(b,
		      "%s: of %zu points by week %zu above and %zu below the control limits; "
		      "furthest out is that from %s with %s%s.",
		      spd_text(metric, DOC_NAME), json_array_size(weeks), s.above, s.below, day,
		      against_limits(b, metric, s.furthest, DOC_LOWER, DOC_UPPER),
		      worth_words(b, metric, s.distance)));
}

/* --- sites ------------------------------------------------------------------------------------ */

static void
say_site(struct grid *g, const json_t *metric, const json_t *unit)
{
	double distance = beyond(unit, DOC_LOW998, DOC_HIGH998);
	struct book *b = g->book;

	summary_say_of(g, metric,
		       book_text(b, "%s: site %s is %s the 99.8 %% limits with %s%s.",
				 spd_text(metric, DOC_NAME),
				 book_value(b, DOC_SITE, spd_text(unit, DOC_UNIT)),
				 distance > 0   ? "above"
				 : distance < 0 ? "below"
						: "outside",
				 against_limits(b, metric, unit, DOC_LOW998, DOC_HIGH998),
				 worth_words(b, metric, distance)));
}

static void
say_sites(struct grid *g, const json_t *metric)
{
	const json_t *unit;
	size_t n = 0;
	size_t i;

	json_array_foreach(json_object_get(json_object_get(metric, DOC_FUNNEL), DOC_UNITS), i, unit)
	{
		if (json_is_true(json_object_get(unit, DOC_OUTSIDE)) && n++ < SITES_TOLD)
			say_site(g, metric, unit);
	}
	if (n > SITES_TOLD)
		summary_say_of(g, metric,
			       book_text(g->book, "%s: %zu more sites are outside the limits.",
					 spd_text(metric, DOC_NAME), n - SITES_TOLD));
}

void
summary_warnings(struct sheet *s)
{
	struct grid *g =
	    summary_list(s, "warnings", "Early warnings",
			 "No level changed; no week and no site is outside its limits.");
	const json_t *metric;
	size_t i;

	json_array_foreach(json_object_get(s->book->edition->doc, DOC_METRICS), i, metric)
	{
		if (g == NULL || !summary_is_judged(metric))
			continue;
		say_level(g, metric);
		say_weeks(g, metric);
		say_sites(g, metric);
	}
}
