/* Charts of a metric, each with the grid it is drawn from and a sentence that says what it shows.
 */
#include "base/count.h"
#include "core/spd/keys.h"
#include "render/doc/spd_chart.h"
#include "render/doc/spd_since.h"
#include "render/doc/spd_target.h"
#include "render/sheet/sheets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct column week_columns[] = {
    {"period", "Weeks from", IN_SHOWN, 16, false},
    {"first_day", "First day", IN_ALL, 12, false},
    {"numerator", "Count", IN_ALL, 11, true},
    {"denominator", "Of (n)", IN_ALL, 11, true},
    {"value", "Value", IN_ALL, 11, true},
    {"lower", "Lower limit", IN_ALL, 11, true},
    {"centre", "Centre", IN_ALL, 11, true},
    {"upper", "Upper limit", IN_ALL, 11, true},
    {"target", "Target", IN_ALL, 11, true},
    {"weeks", "Weeks", IN_ALL, 9, true},
    {"alert_line_1", "ICAO 1 SD", IN_BOOK | IN_CSV, 11, true},
    {"alert_line_2", "ICAO 2 SD", IN_BOOK | IN_CSV, 11, true},
    {"alert_line_3", "ICAO 3 SD", IN_BOOK | IN_CSV, 11, true},
    {"alert", "ICAO alert", IN_ALL, 26, false},
    {"signal", "Signal", IN_ALL, 26, false},
};

#define ALERT_LINES      3
#define FIRST_ALERT_LINE 10 /* its column */

static const char *const limits_key[] = {DOC_VALUE, DOC_LOWER, DOC_CENTRE, DOC_UPPER};
/* By the line that was called at. */
static const char *const alert_words[] = {"", "3 in a row beyond line 1",
					  "2 in a row beyond line 2", "beyond line 3"};

static bool
is_true(const json_t *o, const char *key)
{
	return json_is_true(json_object_get(o, key));
}

static size_t
count_true(const json_t *list, const char *key)
{
	const json_t *item;
	size_t n = 0;
	size_t i;

	json_array_foreach(list, i, item) n += is_true(item, key);
	return n;
}

/* "OUT03: TIP hit rate (Pd), week by week" */
static const char *
title_of(struct book *b, const json_t *metric, const char *what)
{
	return book_text(b, "%s %s, %s", spd_text(metric, DOC_ID), spd_text(metric, DOC_NAME),
			 what);
}

/* Above or below: which side of the limits the week fell. */
static const char *
signal_words(const json_t *week)
{
	double value;
	double upper;

	if (!is_true(week, DOC_SIGNAL))
		return "";
	if (spd_number(week, DOC_VALUE, &value) && spd_number(week, DOC_UPPER, &upper) &&
	    value > upper)
		return "▲ above the limits";
	return "▼ below the limits";
}

static const char *
assurance_sentence(struct book *b, const json_t *chart)
{
	const char *text = spd_chart_assurance(chart);

	return text[0] == '\0' ? "" : book_text(b, " %s", text);
}

/* "6 Jul", or "6 Jul – 26 Jul" of several weeks; until: the first day after them. */
static const char *
period_words(struct book *b, const json_t *week, const json_t *next)
{
	const char *last = spd_text(json_object_get(b->edition->doc, DOC_QUARTER), DOC_LAST_DAY);
	const char *first = spd_text(week, DOC_FIRST_DAY);
	double weeks = 1;

	spd_number(week, DOC_WEEKS, &weeks);
	if (weeks <= 1)
		return book_day(b, first, 0);
	return book_text(b, "%s – %s", book_day(b, first, 0),
			 next == NULL ? book_day(b, last, 0)
				      : book_day(b, spd_text(next, DOC_FIRST_DAY), -1));
}

static void
put_target(struct grid *g, const json_t *metric)
{
	double target;

	if (metric_target(metric, &target) != NULL)
		grid_beside(g, target, spd_text(metric, DOC_UNIT), &target);
	else
		grid_empty(g);
}

static const char *
good_words(struct book *b, const json_t *metric)
{
	const char *direction = spd_text(metric, DOC_DIRECTION);
	char band[SPD_CELL];

	if (strcmp(direction, "BAND") == 0)
		return spd_target_words(metric, band) ? book_text(b, "↕ good from %s", band) : "";
	return strcmp(direction, "UP") == 0     ? "↑ higher is better"
	       : strcmp(direction, "DOWN") == 0 ? "↓ lower is better"
						: "";
}

static void
add_target(struct chart_view *c, const json_t *metric, unsigned column)
{
	double target;

	c->good = good_words(c->data->book, metric);
	if (metric_target(metric, &target) != NULL)
		chart_series_add(c, column, LOOK_TARGET);
}

/* The newest weeks may be too few since a level began anew. */
static const char *
week_limits_sentence(struct book *b, const json_t *chart)
{
	const json_t *rebases = json_object_get(chart, DOC_REBASES);
	double sigma_z;

	if (!spd_number(chart, DOC_SIGMA_Z, &sigma_z))
		return "The last weeks are too few for limits of their own.";
	return book_text(b,
			 "The limits%s (Laney p′) are three standard deviations from the centre, "
			 "times %.2f for what weeks differ by beyond chance: they go by no "
			 "interval of a figure.",
			 json_array_size(rebases) == 0 ? "" : " of the newest level", sigma_z);
}

/* 0 to CHART_ALERTS; the schema keeps it there. */
static size_t
alert_of(const json_t *week)
{
	json_int_t line = json_integer_value(json_object_get(week, DOC_ALERT));

	return line > 0 && line < (json_int_t)COUNT(alert_words) ? (size_t)line : 0;
}

/* The same in each week, as what is drawn across all of them. */
static void
put_alert_lines(struct grid *g, const json_t *metric, const json_t *chart)
{
	const json_t *lines = json_object_get(json_object_get(chart, DOC_ALERTS), DOC_LINES);

	for (size_t i = 0; i < ALERT_LINES; i++) {
		const json_t *line = json_array_get(lines, i);

		if (json_is_number(line))
			grid_number(g, json_number_value(line), spd_text(metric, DOC_UNIT));
		else
			grid_empty(g);
	}
}

/* Without a quarter before there are none, and no columns for them. */
static void
add_alert_lines(struct chart_view *c, struct grid *g, const json_t *chart)
{
	bool are_drawn = json_is_object(json_object_get(chart, DOC_ALERTS));

	for (unsigned i = FIRST_ALERT_LINE; i < FIRST_ALERT_LINE + ALERT_LINES; i++)
		if (are_drawn)
			chart_series_add(c, i, LOOK_ALERT);
		else
			g->columns[i].where = IN_CSV;
}

/* ICAO's lines and how often they were called at; "" where there are none. */
static const char *
alert_sentence(struct book *b, const json_t *metric, const json_t *chart)
{
	const json_t *alerts = json_object_get(chart, DOC_ALERTS);
	const json_t *lines = json_object_get(alerts, DOC_LINES);
	const json_t *weeks = json_object_get(chart, DOC_WEEKS);
	const json_t *week;
	char words[4][SPD_CELL];
	const char *unit = spd_text(metric, DOC_UNIT);
	size_t called = 0;
	double mean;
	size_t i;

	if (!spd_number(alerts, DOC_MEAN, &mean))
		return "";
	spd_value(mean, unit, NULL, words[0]);
	for (i = 0; i < 3; i++)
		spd_value(json_number_value(json_array_get(lines, i)), unit, NULL, words[i + 1]);
	json_array_foreach(weeks, i, week) called += alert_of(week) > 0;
	return book_text(
	    b,
	    " ICAO's alert lines, one, two and three standard deviations on the worse side of "
	    "the mean of the quarter before (%s), are at %s, %s and %s. Points that call at "
	    "them: %zu. No status goes by them: chance calls at them oftener than at the limits.",
	    words[0], words[1], words[2], words[3], called);
}

/* Who decided that the level begins anew, from when on and why; "" where nobody did. */
static const char *
rebase_sentence(struct book *b, const json_t *chart)
{
	const json_t *list = json_object_get(chart, DOC_REBASES);
	const json_t *r;
	const char *all = "";
	size_t i;

	json_array_foreach(list, i, r)
	{
		char day[SPD_DAY];

		spd_day_words(spd_text(r, DOC_FIRST_DAY), day);
		all = book_text(
		    b, "%s From the week of %s on the limits are of their own: %s (%s).", all, day,
		    spd_text(r, DOC_REASON), book_decided(b, r, DOC_APPROVED_BY));
	}
	return all;
}

static void
week_chart(struct sheet *s, const char *slug, const json_t *metric, const json_t *chart)
{
	struct book *b = s->book;
	const json_t *weeks = json_object_get(chart, DOC_WEEKS);
	const json_t *week;
	size_t signals = count_true(weeks, DOC_SIGNAL);
	const char *title = title_of(b, metric, "week by week");
	const char *unit = spd_text(metric, DOC_UNIT);
	struct chart_view *c;
	struct grid *g;
	char change[SPD_CELL];
	bool changed = spd_chart_change(metric, change);
	size_t i;

	if (json_array_size(weeks) == 0)
		return;
	g = sheet_grid(s, book_text(b, "%s-weeks-%s", slug, spd_text(metric, DOC_ID)), title);
	if (g == NULL)
		return;
	g->folded = true;
	for (i = 0; i < COUNT(week_columns); i++)
		grid_column(g, &week_columns[i]);
	json_array_foreach(weeks, i, week)
	{
		grid_text(g, period_words(b, week, json_array_get(weeks, i + 1)));
		grid_day(g, spd_text(week, DOC_FIRST_DAY));
		grid_member(g, week, "numerator", UNIT_INTEGER);
		grid_member(g, week, "denominator", UNIT_INTEGER);
		for (size_t k = 0; k < 4; k++)
			grid_member(g, week, limits_key[k], unit);
		put_target(g, metric);
		grid_member(g, week, "weeks", UNIT_INTEGER);
		put_alert_lines(g, metric, chart);
		grid_text(g, alert_words[alert_of(week)]);
		grid_code(g, signal_words(week), is_true(week, DOC_SIGNAL) ? "true" : "false",
			  TONE_BAD);
	}
	c = sheet_chart(s, g, title);
	if (c == NULL)
		return;
	c->y_unit = unit;
	c->marks = true;
	c->text =
	    book_text(b,
		      "%zu points, each of as many weeks as make a rate; %zu outside the control "
		      "limits. %s %s%s%s%s%s%s%s",
		      json_array_size(weeks), signals, week_limits_sentence(b, chart),
		      changed ? "The level " : "", changed ? change : "", changed ? ". " : "",
		      spd_chart_variation(chart), assurance_sentence(b, chart),
		      rebase_sentence(b, chart), alert_sentence(b, metric, chart));
	chart_series_add(c, 5, LOOK_LIMIT);
	chart_series_add(c, 7, LOOK_LIMIT);
	chart_series_add(c, 6, LOOK_WARNING);
	add_alert_lines(c, g, chart);
	add_target(c, metric, 8);
	chart_series_add(c, 4, LOOK_LINE);
}

static const struct column funnel_columns[] = {
    {"unit", "Site", IN_ALL, 16, false},          {"denominator", "Of (n)", IN_ALL, 11, true},
    {"numerator", "Count", IN_ALL, 11, true},     {"value", "Value", IN_ALL, 11, true},
    {"low998", "99.8 % low", IN_ALL, 11, true},   {"low95", "95 % low", IN_ALL, 11, true},
    {"centre", "All sites", IN_ALL, 11, true},    {"high95", "95 % high", IN_ALL, 11, true},
    {"high998", "99.8 % high", IN_ALL, 12, true}, {"target", "Target", IN_ALL, 11, true},
    {"z", "z", IN_BOOK | IN_CSV, 8, true},        {"adjusted_z", "z, adjusted", IN_ALL, 11, true},
    {"outside", "Outside", IN_ALL, 26, false},
};

/* Limits are drawn from small to large. */
static int
compare_size(const void *a, const void *b)
{
	json_int_t x = json_integer_value(json_object_get(*(json_t *const *)a, DOC_DENOMINATOR));
	json_int_t y = json_integer_value(json_object_get(*(json_t *const *)b, DOC_DENOMINATOR));

	if (x != y)
		return x < y ? -1 : 1;
	return strcmp(spd_text(*(json_t *const *)a, DOC_UNIT),
		      spd_text(*(json_t *const *)b, DOC_UNIT));
}

static json_t **
sorted_units(struct book *b, const json_t *units)
{
	size_t n = json_array_size(units);
	json_t **list = arena_zalloc(b->arena, n, sizeof *list);

	if (list == NULL)
		return NULL;
	for (size_t i = 0; i < n; i++)
		list[i] = json_array_get(units, i);
	qsort(list, n, sizeof *list, compare_size);
	return list;
}

static void
put_unit_row(struct grid *g, const json_t *metric, const json_t *unit)
{
	const json_t *funnel = json_object_get(metric, DOC_FUNNEL);
	const char *shown = spd_text(metric, DOC_UNIT);
	static const char *const values[] = {DOC_VALUE, DOC_LOW998, DOC_LOW95,
					     NULL,      DOC_HIGH95, DOC_HIGH998};

	grid_text(g, spd_text(unit, DOC_UNIT));
	grid_member(g, unit, "denominator", UNIT_INTEGER);
	grid_member(g, unit, "numerator", UNIT_INTEGER);
	for (size_t k = 0; k < COUNT(values); k++)
		grid_member(g, values[k] == NULL ? funnel : unit,
			    values[k] == NULL ? "centre" : values[k], shown);
	put_target(g, metric);
	grid_member(g, unit, "z", UNIT_REAL);
	grid_member(g, unit, "adjusted_z", UNIT_REAL);
	grid_code(g, is_true(unit, DOC_OUTSIDE) ? "◆ outside 99.8 %" : "",
		  is_true(unit, DOC_OUTSIDE) ? "true" : "false", TONE_UNSURE);
}

static bool
is_overdispersed(const json_t *funnel)
{
	return strcmp(spd_text(funnel, DOC_METHOD), "OVERDISPERSED") == 0;
}

/* What the limits allow for, and whether sites differ by more than chance taken together. */
static const char *
limits_sentence(struct book *b, const json_t *funnel)
{
	double p;

	if (is_overdispersed(funnel))
		return "The limits allow for what these sites differ by beyond chance; they go by "
		       "no interval of a figure.";
	if (!spd_number(funnel, DOC_P_SPREAD, &p))
		return "";
	return book_text(
	    b,
	    "The limits allow for sampling alone, trial by trial whatever clusters they "
	    "come in, as there are few sites; were there "
	    "nothing else, sites would spread as much with a chance of %s.",
	    p < 0.0001 ? "less than 0.0001" : book_text(b, "%.4f", p));
}

static void
funnel_chart(struct sheet *s, const char *slug, const json_t *metric, const json_t *funnel)
{
	struct book *b = s->book;
	const json_t *units = json_object_get(funnel, DOC_UNITS);
	size_t n = json_array_size(units);
	json_t **list = n == 0 ? NULL : sorted_units(b, units);
	const char *title = title_of(b, metric, "sites against their size");
	struct chart_view *c;
	struct grid *g;

	if (list == NULL)
		return;
	g = sheet_grid(s, book_text(b, "%s-sites-%s", slug, spd_text(metric, DOC_ID)), title);
	if (g == NULL)
		return;
	g->folded = true;
	for (size_t i = 0; i < COUNT(funnel_columns); i++)
		grid_column(g, &funnel_columns[i]);
	for (size_t i = 0; i < n; i++)
		put_unit_row(g, metric, list[i]);
	c = sheet_chart(s, g, title);
	if (c == NULL)
		return;
	c->y_unit = spd_text(metric, DOC_UNIT);
	c->x = 1;
	c->x_numeric = true;
	c->marks = true;
	c->text =
	    book_text(b,
		      "%zu sites; %zu outside the 99.8 %% limits. %s This is no ranking: a "
		      "site outside the limits differs by more than %s explain.",
		      n, count_true(units, DOC_OUTSIDE), limits_sentence(b, funnel),
		      is_overdispersed(funnel) ? "chance, size and what sites usually differ by"
					       : "chance and size");
	chart_series_add(c, 4, LOOK_LIMIT);
	chart_series_add(c, 8, LOOK_LIMIT);
	chart_series_add(c, 5, LOOK_WARNING);
	chart_series_add(c, 7, LOOK_WARNING);
	chart_series_add(c, 6, LOOK_WARNING);
	add_target(c, metric, 9);
	chart_series_add(c, 3, LOOK_POINTS);
}

static const struct column mix_columns[] = {
    {"unit", "Site", IN_ALL, 16, false},
    {"observed", "Observed", IN_ALL, 11, true},
    {"expected", "Expected", IN_ALL, 11, true},
    {"ratio", "Observed / expected", IN_ALL, 20, true},
    {"z", "z", IN_ALL, 9, true},
    {"standardised", "Standardised", IN_ALL, 14, true},
};

static void
mix_grid(struct sheet *s, const char *slug, const json_t *metric, const json_t *mix)
{
	struct book *b = s->book;
	const json_t *units = json_object_get(mix, DOC_UNITS);
	const json_t *unit;
	char stratum[SPD_CELL];
	struct grid *g;
	size_t i;

	if (json_array_size(units) == 0)
		return;
	spd_words(spd_text(mix, DOC_STRATUM), stratum);
	g = sheet_grid(s, book_text(b, "%s-mix-%s", slug, spd_text(metric, DOC_ID)),
		       title_of(b, metric, "allowing for the mix"));
	if (g == NULL)
		return;
	g->note =
	    book_text(b,
		      "Expected: what the site would have had, had it done in every %s as all "
		      "sites together did.",
		      stratum);
	g->folded = true;
	for (i = 0; i < COUNT(mix_columns); i++)
		grid_column(g, &mix_columns[i]);
	json_array_foreach(units, i, unit)
	{
		grid_text(g, spd_text(unit, DOC_UNIT));
		grid_member(g, unit, "observed", UNIT_INTEGER);
		grid_member(g, unit, "expected", UNIT_REAL);
		grid_member(g, unit, "ratio", UNIT_REAL);
		grid_member(g, unit, "z", UNIT_REAL);
		grid_member(g, unit, "standardised", spd_text(metric, DOC_UNIT));
	}
}

void
charts_of_metric(struct sheet *s, const char *slug, const json_t *metric)
{
	week_chart(s, slug, metric, json_object_get(metric, DOC_CHART));
	funnel_chart(s, slug, metric, json_object_get(metric, DOC_FUNNEL));
	mix_grid(s, slug, metric, json_object_get(metric, DOC_CASE_MIX));
}

/* --- quarter by quarter ----------------------------------------------------------------------- */

static bool
has_history(const json_t *metric)
{
	const json_t *figure = metric_entity_figure(metric);

	return strcmp(spd_text(metric, DOC_UNIT), "%") == 0 &&
	       json_array_size(json_object_get(figure, DOC_HISTORY)) > 0;
}

/* The value in the quarter, an empty cell when there is none: a gap in the line, never 0. */
static void
put_quarter(struct grid *g, const json_t *metric, const char *quarter)
{
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(metric_entity_figure(metric), DOC_HISTORY), i, item)
	{
		if (strcmp(spd_text(item, DOC_QUARTER), quarter) == 0) {
			grid_member(g, item, "value", spd_text(metric, DOC_UNIT));
			return;
		}
	}
	grid_empty(g);
}

size_t
quarters_before(struct book *b, const struct plan *p, const char *label[QUARTERS_MAX])
{
	const char *oldest = NULL;
	const json_t *item;
	char words[SPD_CELL];
	size_t n = 0;
	size_t k;

	for (const json_t *const *m = p->metrics; *m != NULL; m++) {
		json_array_foreach(json_object_get(metric_entity_figure(*m), DOC_HISTORY), k, item)
		{
			const char *q = spd_text(item, DOC_QUARTER);

			if (oldest == NULL || strcmp(q, oldest) < 0)
				oldest = q;
		}
	}
	snprintf(words, sizeof words, "%s",
		 spd_text(json_object_get(b->edition->doc, DOC_QUARTER), DOC_LABEL));
	while (oldest != NULL && n < QUARTERS_MAX && strcmp(words, oldest) > 0) {
		char before[SPD_CELL];

		spd_quarter_before(words, before);
		memmove(&label[1], &label[0], n * sizeof label[0]);
		label[0] = book_text(b, "%s", before);
		memcpy(words, before, sizeof words);
		n++;
	}
	return n;
}

/* The first of them, and how many there are: more lines nobody could tell apart. */
static size_t
metrics_with_history(const struct plan *p, const json_t *shown[SERIES_MAX], size_t *all)
{
	*all = 0;
	for (const json_t *const *m = p->metrics; *m != NULL; m++) {
		if (!has_history(*m))
			continue;
		if (*all < SERIES_MAX)
			shown[*all] = *m;
		(*all)++;
	}
	return *all < SERIES_MAX ? *all : SERIES_MAX;
}

static void
put_quarter_row(struct grid *g, const char *label, const json_t *const *shown, size_t n, bool now)
{
	grid_text(g, label);
	for (size_t i = 0; i < n; i++)
		if (now)
			grid_member(g, metric_entity_figure(shown[i]), "value",
				    spd_text(shown[i], DOC_UNIT));
		else
			put_quarter(g, shown[i], label);
}

void
history_of_sheet(struct sheet *s, const struct plan *p)
{
	struct book *b = s->book;
	const char *now = spd_text(json_object_get(b->edition->doc, DOC_QUARTER), DOC_LABEL);
	const char *label[QUARTERS_MAX] = {NULL};
	size_t n = quarters_before(b, p, label);
	const json_t *shown[SERIES_MAX];
	size_t all;
	size_t n_shown = metrics_with_history(p, shown, &all);
	struct chart_view *c;
	struct grid *g;

	if (n == 0 || n_shown == 0)
		return;
	g = sheet_grid(s, book_text(b, "%s-history", p->slug), "Quarter by quarter");
	if (g == NULL)
		return;
	g->where = IN_SHOWN; /* the scorecard has these too */
	g->folded = true;
	grid_column(g, &(struct column){"quarter", "Quarter", IN_ALL, 10, false});
	for (size_t i = 0; i < n_shown; i++)
		grid_column(g, &(struct column){spd_text(shown[i], DOC_ID),
						book_text(b, "%s %s", spd_text(shown[i], DOC_ID),
							  spd_text(shown[i], DOC_NAME)),
						IN_ALL, 9, true});
	for (size_t q = 0; q <= n; q++)
		put_quarter_row(g, q < n ? label[q] : now, shown, n_shown, q == n);
	c = sheet_chart(s, g, "Quarter by quarter");
	if (c == NULL)
		return;
	c->text =
	    book_text(b, "%s metrics from %s to %s. Where a line has a gap there was no figure.",
		      n_shown == all ? book_text(b, "%zu", all)
				     : book_text(b, "The first %zu of %zu", n_shown, all),
		      label[0], now);
	for (size_t i = 0; i < n_shown; i++)
		chart_series_add(c, (unsigned)i + 1, LOOK_LINE);
}
