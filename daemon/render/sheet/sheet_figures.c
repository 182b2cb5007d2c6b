/* Sheets of figures: the scorecard, a sheet for each field, and all figures in one grid. */
#include "base/count.h"
#include "base/json/jsonin.h"
#include "core/spd/keys.h"
#include "render/doc/spd_chart.h"
#include "render/sheet/figure_row.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Rows of a breakdown that a page shows at most, by one dimension and by several: it is for
 * reading. The workbook and the CSV files have all. */
#define PAGE_ROWS_MAX  120
#define PAGE_ROWS_FINE 40

/* --- dimensions ------------------------------------------------------------------------------- */

#define DIMENSIONS_MAX 8

/* What figures are broken down by, the site and the measure first. */
struct dimensions {
	const char *key[DIMENSIONS_MAX];
	size_t n;
};

static int
compare_dimensions(const void *a, const void *b)
{
	const char *const *x = a;
	const char *const *y = b;
	/* What people look for first comes first. */
	static const char *const first[] = {DOC_SITE, DOC_MEASURE};

	for (size_t i = 0; i < COUNT(first); i++) {
		int is_x = strcmp(*x, first[i]) == 0;
		int is_y = strcmp(*y, first[i]) == 0;

		if (is_x || is_y)
			return is_y - is_x;
	}
	return strcmp(*x, *y);
}

static struct dimensions
dimensions_of(const json_t *figure)
{
	struct dimensions d = {.n = 0};
	const char *key;
	json_t *value;

	json_object_foreach(json_object_get(figure, DOC_BY), key, value)
	{
		if (d.n < DIMENSIONS_MAX && value != NULL)
			d.key[d.n++] = key;
	}
	qsort(d.key, d.n, sizeof d.key[0], compare_dimensions);
	return d;
}

static bool
same_keys(const struct dimensions *a, const struct dimensions *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->key[i], b->key[i]) != 0)
			return false;
	return true;
}

static const char *
dimension_words(struct book *b, const char *key)
{
	char words[SPD_CELL];

	spd_words(key, words);
	if (words[0] != '\0')
		words[0] = (char)toupper((unsigned char)words[0]);
	return book_text(b, "%s", words);
}

static bool
has_names(const struct book *b, const char *key)
{
	const json_t *names = json_object_get(b->edition->doc, DOC_NAMES);

	return json_object_size(json_object_get(names, key)) > 0;
}

static void
dimension_columns(struct grid *g, const struct dimensions *d)
{
	for (size_t i = 0; i < d->n; i++)
		grid_column(g,
			    &(struct column){d->key[i], dimension_words(g->book, d->key[i]), IN_ALL,
					     has_names(g->book, d->key[i]) ? 28 : 13, false});
}

/* --- the grids -------------------------------------------------------------------------------- */

/* Nothing, or a word in the place of a number or a target that nobody set. */
static bool
says_nothing(const struct cell *c)
{
	return c->kind == CELL_EMPTY || (c->tone == TONE_MUTED && c->raw != NULL &&
					 (c->raw[0] == '\0' || strcmp(c->raw, "NONE") == 0 ||
					  strcmp(c->raw, "NO_TARGET") == 0));
}

/* Left out where there is nothing in them: what is only counted is not judged. */
static const char *const optional[] = {"denominator", "interval_low", "interval_high",
				       "interval_by", "target",       "status",
				       "coverage",    "change",       "comment"};

static void
drop_when_empty(struct grid *g, const char *key)
{
	for (size_t i = 0; g != NULL && i < g->n_columns; i++) {
		bool empty = strcmp(g->columns[i].key, key) == 0;

		for (size_t r = 0; empty && r < grid_rows(g); r++)
			empty = says_nothing(grid_cell(g, r, i));
		if (empty)
			g->columns[i].where &= IN_CSV;
	}
}

static struct grid *
figure_grid(struct sheet *s, const char *slug, const char *title, const struct dimensions *d,
	    const json_t *words)
{
	struct grid *g = sheet_grid(s, slug, title);

	if (g == NULL)
		return NULL;
	figure_columns(g, FIGURE_BEFORE, OF_SHEET, words);
	dimension_columns(g, d);
	figure_columns(g, FIGURE_AFTER, OF_SHEET, words);
	figure_columns(g, FIGURE_LAST, OF_SHEET, words);
	return g;
}

static void
put_row(struct grid *g, const json_t *metric, const json_t *figure, const struct dimensions *d,
	const json_t *words)
{
	struct figure_row r = {g, metric, figure};

	figure_cells(&r, FIGURE_BEFORE, OF_SHEET, words);
	for (size_t i = 0; i < d->n; i++)
		grid_value(g, d->key[i], spd_text(json_object_get(figure, DOC_BY), d->key[i]));
	figure_cells(&r, FIGURE_AFTER, OF_SHEET, words);
	figure_cells(&r, FIGURE_LAST, OF_SHEET, words);
}

/* What is only counted, and judged by nobody. */
static bool
is_volume(const json_t *metric)
{
	return strcmp(spd_text(metric, DOC_FORM), "INFORMATION") == 0;
}

/* The rows of the metric that are broken down by these. */
static void
put_rows_of(struct grid *g, const json_t *metric, const struct dimensions *d, const json_t *words)
{
	const json_t *figure;
	size_t k;

	json_array_foreach(json_object_get(metric, DOC_FIGURES), k, figure)
	{
		struct dimensions of = dimensions_of(figure);

		if (same_keys(&of, d))
			put_row(g, metric, figure, d, words);
	}
}

/* The rows of one breakdown, of all the metrics of the sheet: results before volumes. */
static void
breakdown_grid(struct sheet *s, const struct plan *p, const struct dimensions *d)
{
	struct book *b = s->book;
	const char *title = "The entity";
	const char *slug = d->n == 0 ? book_text(b, "%s-entity", p->slug) : p->slug;
	struct grid *g;

	for (size_t n = 0; n < d->n; n++) {
		char words[SPD_CELL];

		spd_words(d->key[n], words);
		title = n == 0
			    ? book_text(b, "By %s", words)
			    : book_text(b, "%s%s %s", title, n + 1 == d->n ? " and" : ",", words);
		slug = book_text(b, "%s-%s%s", slug, n == 0 ? "by-" : "", d->key[n]);
	}
	g = figure_grid(s, slug, title, d, p->words);
	if (g == NULL)
		return;
	g->where = IN_SHOWN;
	g->folded = d->n > 0;
	g->cards = d->n == 0;
	g->places = d->n == 0;
	if (p->empty[0] != '\0')
		g->empty = p->empty;
	for (int volumes = 0; volumes < 2; volumes++)
		for (const json_t *const *m = p->metrics; *m != NULL; m++)
			if (is_volume(*m) == (volumes != 0))
				put_rows_of(g, *m, d, p->words);
	for (size_t i = 0; i < COUNT(optional); i++)
		drop_when_empty(g, optional[i]);
	if (grid_rows(g) > (d->n > 1 ? PAGE_ROWS_FINE : PAGE_ROWS_MAX)) {
		g->where = IN_BOOK;
		sheet_note(s, book_text(b,
					"%s: %zu rows, in the workbook and in the CSV file of this "
					"sheet.",
					title, grid_rows(g)));
	}
}

/* Does the template ask for this breakdown? */
static bool
is_asked_for(const struct plan *p, const struct dimensions *d)
{
	const json_t *item;
	size_t i;

	if (json_array_size(p->by) == 0)
		return true;
	json_array_foreach(p->by, i, item)
	{
		char asked[SPD_CELL];
		struct dimensions wanted = {.n = 0};
		char *rest = NULL;

		snprintf(asked, sizeof asked, "%s", json_words(item));
		for (char *word = strtok_r(asked, " ", &rest);
		     word != NULL && wanted.n < DIMENSIONS_MAX; word = strtok_r(NULL, " ", &rest))
			wanted.key[wanted.n++] = word;
		qsort(wanted.key, wanted.n, sizeof wanted.key[0], compare_dimensions);
		if (same_keys(&wanted, d))
			return true;
	}
	return false;
}

/* "stream=CABIN; threat_category=GUN": the dimensions that have no column of their own. */
static const char *
other_dimensions(struct book *b, const json_t *figure)
{
	struct dimensions d = dimensions_of(figure);
	const char *all = "";

	for (size_t i = 0; i < d.n; i++) {
		if (strcmp(d.key[i], "site") == 0 || strcmp(d.key[i], "measure") == 0)
			continue;
		all = book_join(b, all, "; ",
				book_text(b, "%s=%s", d.key[i],
					  spd_text(json_object_get(figure, DOC_BY), d.key[i])));
	}
	return all;
}

static void
put_flat_row(struct grid *g, const json_t *metric, const json_t *figure)
{
	struct figure_row r = {g, metric, figure};
	const json_t *by = json_object_get(figure, DOC_BY);

	figure_cells(&r, FIGURE_BEFORE, OF_ALL, NULL);
	grid_text(g, spd_text(by, DOC_SITE));
	grid_text(g, spd_text(by, DOC_MEASURE));
	grid_text(g, other_dimensions(g->book, figure));
	figure_cells(&r, FIGURE_AFTER, OF_ALL, NULL);
	figure_cells(&r, FIGURE_LAST, OF_ALL, NULL);
}

/* Every figure of the metrics in one grid. */
static struct grid *
flat_grid(struct sheet *s, const char *slug, const char *title, const struct plan *p)
{
	struct grid *g = sheet_grid(s, slug, title);
	const json_t *figure;
	size_t k;

	if (g == NULL)
		return NULL;
	figure_columns(g, FIGURE_BEFORE, OF_ALL, NULL);
	grid_column(g, &(struct column){"site", "Site", IN_ALL, 10, false});
	grid_column(g, &(struct column){"measure", "Measure", IN_ALL, 10, false});
	grid_column(g, &(struct column){"other", "Other dimensions", IN_ALL, 34, false});
	figure_columns(g, FIGURE_AFTER, OF_ALL, NULL);
	figure_columns(g, FIGURE_LAST, OF_ALL, NULL);
	for (const json_t *const *m = p->metrics; *m != NULL; m++) {
		json_array_foreach(json_object_get(*m, DOC_FIGURES), k, figure)
		{
			put_flat_row(g, *m, figure);
		}
	}
	return g;
}

void
sheet_figures(struct book *b, const struct plan *p)
{
	struct sheet *s = sheet_begin(b, p);
	struct grid *g = flat_grid(s, p->slug, "Every figure of this SPD", p);

	if (g != NULL)
		g->where = IN_BOOK | IN_CSV;
}

#define BREAKDOWNS_MAX 32

void
figures_grids(struct sheet *s, const struct plan *p)
{
	struct dimensions seen[BREAKDOWNS_MAX] = {{.n = 0}};
	size_t n = 1; /* the entity itself is always there */
	const json_t *figure;
	struct grid *g;
	size_t k;

	for (const json_t *const *m = p->metrics; *m != NULL; m++) {
		json_array_foreach(json_object_get(*m, DOC_FIGURES), k, figure)
		{
			struct dimensions d = dimensions_of(figure);
			size_t at = 0;

			while (at < n && !same_keys(&seen[at], &d))
				at++;
			if (at == n && n < BREAKDOWNS_MAX)
				seen[n++] = d;
		}
	}
	for (size_t i = 0; i < n; i++)
		if (is_asked_for(p, &seen[i]))
			breakdown_grid(s, p, &seen[i]);
	g = flat_grid(s, p->slug, "All figures of this sheet", p);
	if (g != NULL)
		g->where = IN_CSV;
}

/* What the template wants on this sheet, and nobody can compute yet. */
static void
missing_here(struct sheet *s, const struct plan *p)
{
	static const struct column columns[] = {
	    {"metric", "Metric", IN_ALL, 8, false},
	    {"name", "Name", IN_ALL, 36, false},
	    {"needs", "What it would take", IN_ALL, 13, false}, /* what is beside it is empty */
	};
	struct grid *g;
	const json_t *item;
	size_t i;

	if (json_array_size(p->unsupported) == 0)
		return;
	g = sheet_grid(s, book_text(s->book, "%s-missing", p->slug),
		       "Not computed, for want of the records they need");
	if (g == NULL)
		return;
	g->where = IN_SHOWN;
	for (i = 0; i < COUNT(columns); i++)
		grid_column(g, &columns[i]);
	json_array_foreach(p->unsupported, i, item)
	{
		for (size_t k = 0; k < COUNT(columns); k++)
			grid_text(g, spd_text(item, k == 0 ? DOC_ID : columns[k].key));
	}
}

static void
fill_metrics(struct sheet *s, const struct plan *p)
{
	if (p->metrics[0] != NULL || json_array_size(p->unsupported) == 0)
		figures_grids(s, p);
	for (const json_t *const *m = p->metrics; *m != NULL; m++)
		charts_of_metric(s, p->slug, *m);
	history_of_sheet(s, p);
	missing_here(s, p);
}

void
sheet_metrics(struct book *b, const struct plan *p)
{
	struct sheet *s = sheet_begin(b, p);

	if (s != NULL)
		fill_metrics(s, p);
}

void
sheet_balances(struct book *b, const struct plan *p)
{
	struct sheet *s = sheet_begin(b, p);

	if (s == NULL)
		return;
	balances_grid(s);
	fill_metrics(s, p);
}

/* --- the scorecard ---------------------------------------------------------------------------- */

static const json_t *
past_figure(const json_t *figure, const char *quarter)
{
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(figure, DOC_HISTORY), i, item)
	{
		if (strcmp(spd_text(item, DOC_QUARTER), quarter) == 0)
			return item;
	}
	return NULL;
}

static void
put_past(struct grid *g, const json_t *metric, const json_t *figure, const char *quarter)
{
	const json_t *past = past_figure(figure, quarter);
	double v;

	if (past == NULL)
		grid_empty(g);
	else if (spd_number(past, DOC_VALUE, &v))
		grid_number(g, v, spd_text(metric, DOC_UNIT));
	else
		grid_code(g,
			  strcmp(spd_text(past, DOC_STATUS), "INSUFFICIENT") == 0 ? "withheld"
										  : "no data",
			  "", TONE_MUTED);
}

/* The value of the quarter, NAN where there is none, and the same in words. */
static double
put_point(struct book *b, const char *quarter, const json_t *figure, const char *unit,
	  const char **words)
{
	char shown[SPD_CELL];
	double v;

	if (spd_number(figure, DOC_VALUE, &v))
		spd_value(v, unit, NULL, shown);
	else
		snprintf(shown, sizeof shown, "no value");
	*words = book_join(b, *words, ", ", book_text(b, "%s %s", quarter, shown));
	return spd_number(figure, DOC_VALUE, &v) ? v : NAN;
}

/* The quarters of the scorecard and this one; empty where no earlier one has a figure. */
static void
put_trend(const struct figure_row *r, const char *const label[QUARTERS_MAX], size_t n)
{
	struct book *b = r->g->book;
	const json_t *now = json_object_get(b->edition->doc, DOC_QUARTER);
	const char *unit = spd_text(r->metric, DOC_UNIT);
	double *points = arena_zalloc(b->arena, n + 1, sizeof *points);
	const char *words = "";
	size_t known = 0;

	for (size_t i = 0; points != NULL && i < n; i++) {
		points[i] = put_point(b, label[i], past_figure(r->figure, label[i]), unit, &words);
		if (!isnan(points[i]))
			known++;
	}
	if (points == NULL || known == 0) {
		grid_empty(r->g);
		return;
	}
	points[n] = put_point(b, spd_text(now, DOC_LABEL), r->figure, unit, &words);
	grid_add(r->g, (struct cell){
			   .kind = CELL_TEXT, .text = words, .points = points, .n_points = n + 1});
}

/* What the last weeks say, and what weeks say of the target: a sign and words for each. */
static void
put_weeks(const struct figure_row *r)
{
	const json_t *chart = json_object_get(r->metric, DOC_CHART);
	const char *variation = spd_chart_variation_mark(chart);
	const char *assurance = spd_chart_assurance_mark(chart);

	grid_text(r->g, assurance[0] == '\0' ? variation
					     : book_join(r->g->book, variation, "; ", assurance));
}

static void
put_scorecard_row(const struct figure_row *r, const char *const label[QUARTERS_MAX], size_t n,
		  const json_t *words)
{
	figure_cells(r, FIGURE_BEFORE, OF_SCORECARD, words);
	figure_cells(r, FIGURE_AFTER, OF_SCORECARD, words);
	for (size_t k = 0; k < n; k++)
		put_past(r->g, r->metric, r->figure, label[k]);
	put_trend(r, label, n);
	put_weeks(r);
	figure_cells(r, FIGURE_LAST, OF_SCORECARD, words);
}

void
sheet_scorecard(struct book *b, const struct plan *p)
{
	static const struct column trend[] = {
	    {"trend", "By quarter", IN_PAGE, 12, false},
	    {"weeks", "By week", IN_PAGE, 12, false},
	};
	struct sheet *s = sheet_begin(b, p);
	struct grid *g = sheet_grid(s, p->slug, "The entity's figures");
	const char *label[QUARTERS_MAX] = {NULL};
	size_t n = quarters_before(b, p, label);

	if (g == NULL)
		return;
	s->on_paper = true;
	g->cards = true;
	g->note = "A sample has a 95 % interval, and its status is that of the interval: met when "
		  "all of it meets the target, not met when none of it does. Where trials come in "
		  "clusters, such as those of one screener, the column says for whom it holds: for "
		  "these alone, or for such clusters in general.";
	figure_columns(g, FIGURE_BEFORE, OF_SCORECARD, p->words);
	figure_columns(g, FIGURE_AFTER, OF_SCORECARD, p->words);
	for (size_t i = 0; i < n; i++)
		grid_column(g, &(struct column){book_text(b, "q_%s", label[i]), label[i],
						IN_BOOK | IN_CSV, 9, true});
	for (size_t i = 0; i < COUNT(trend); i++)
		grid_column(g, &trend[i]);
	figure_columns(g, FIGURE_LAST, OF_SCORECARD, p->words);
	for (const json_t *const *m = p->metrics; *m != NULL; m++) {
		struct figure_row r = {g, *m, metric_entity_figure(*m)};

		if (r.figure != NULL)
			put_scorecard_row(&r, label, n, p->words);
	}
	drop_when_empty(g, "interval_by");
	drop_when_empty(g, DOC_CHANGE);
	drop_when_empty(g, "comment");
	missing_here(s, p);
}
