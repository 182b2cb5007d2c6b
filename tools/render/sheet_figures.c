/* Sheets of figures: the scorecard, a sheet for each field, and all figures in one grid. */
#include "tools/render/sheets.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

/* Rows of a breakdown that a page shows at most; the workbook and the CSV files have all. */
#define PAGE_ROWS_MAX 400

struct figure_row {
	struct grid *g;
	const json_t *metric;
	const json_t *figure;
};

/* --- what is asked of a metric ---------------------------------------------------------------- */

bool
metric_is_on(const json_t *metric, const char *slug, const json_t *ids)
{
	const json_t *id;
	size_t i;

	if (!json_is_array(ids) || json_array_size(ids) == 0)
		return strcmp(spd_text(metric, "sheet"), slug) == 0;
	json_array_foreach(ids, i, id)
	{
		const char *s = json_string_value(id);

		if (s != NULL && strcmp(s, spd_text(metric, "id")) == 0)
			return true;
	}
	return false;
}

const json_t *
metric_entity_figure(const json_t *metric)
{
	const json_t *figure;
	size_t i;

	json_array_foreach(json_object_get(metric, "figures"), i, figure)
	{
		if (json_object_size(json_object_get(figure, "by")) == 0)
			return figure;
	}
	return NULL;
}

const json_t *
metric_of(const struct book *b, const char *id)
{
	const json_t *metric;
	size_t i;

	json_array_foreach(json_object_get(b->edition->doc, "metrics"), i, metric)
	{
		if (strcmp(spd_text(metric, "id"), id) == 0)
			return metric;
	}
	return NULL;
}

/* Never the colour alone: a sign and the word. */
static const struct {
	const char *status;
	const char *shown;
	enum tone tone;
} statuses[] = {
    {"MET", "✓ MET", TONE_GOOD},
    {"NOT_MET", "✗ NOT MET", TONE_BAD},
    {"NOT_PROVEN", "? NOT PROVEN", TONE_UNSURE},
    {"INSUFFICIENT", "… TOO FEW", TONE_UNSURE},
    {"NO_TARGET", "– NO TARGET", TONE_MUTED},
    {"NONE", "–", TONE_MUTED},
};

const char *
figure_status(struct book *b, const json_t *metric, const json_t *figure, enum tone *tone)
{
	const char *status = spd_text(figure, "status");
	const char *reason = spd_text(figure, "no_data");
	char words[SPD_CELL];

	*tone = TONE_MUTED;
	if (reason[0] != '\0' || strcmp(status, "NO_DATA") == 0) {
		spd_words(reason[0] == '\0' ? "no reason given" : reason, words);
		if (strcmp(reason, "NO_DATA") == 0)
			return "∅ NO DATA";
		return book_text(b, "∅ NO DATA (%.100s)", words);
	}
	for (size_t i = 0; i < COUNT(statuses); i++) {
		if (strcmp(status, statuses[i].status) != 0)
			continue;
		*tone = statuses[i].tone;
		if (strcmp(status, "INSUFFICIENT") == 0) {
			spd_count(metric, "minimum_n", "?", words);
			return book_text(b, "%s (n below %.30s)", statuses[i].shown, words);
		}
		return statuses[i].shown;
	}
	spd_words(status, words);
	return status[0] == '\0' ? "–" : book_text(b, "%s", words);
}

static bool
same_dimensions(const json_t *a, const json_t *b)
{
	return json_object_size(a) == json_object_size(b) &&
	       (json_object_size(a) == 0 || json_equal(a, b) != 0);
}

const char *
figure_comment(struct book *b, const char *id, const json_t *by)
{
	const char *all = "";
	const json_t *event;
	size_t i;

	json_array_foreach(json_object_get(b->edition->declaration, "events"), i, event)
	{
		if (strcmp(spd_text(event, "action"), "COMMENT") == 0 &&
		    strcmp(spd_text(event, "metric"), id) == 0 &&
		    same_dimensions(json_object_get(event, "by_dims"), by))
			all = book_text(b, "%s%s%s", all, all[0] == '\0' ? "" : " ",
					spd_text(event, "text"));
	}
	return all;
}

const char *
figure_name(struct book *b, const char *id, const json_t *by)
{
	const json_t *metric = metric_of(b, id);
	const char *name = metric == NULL ? id : spd_text(metric, "name");
	const char *out = book_text(b, "%s", name);
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)by, key, value)
	{
		char words[SPD_CELL];

		spd_words(key, words);
		out = book_text(b, "%s, %s %s", out, words,
				json_is_string(value) ? json_string_value(value) : "?");
	}
	return out;
}

/* --- columns ---------------------------------------------------------------------------------- */

static void
put_id(const struct figure_row *r)
{
	grid_text(r->g, spd_text(r->metric, "id"));
}

static void
put_name(const struct figure_row *r)
{
	grid_text(r->g, spd_text(r->metric, "name"));
}

static void
put_words(const struct figure_row *r, const char *key)
{
	char words[SPD_CELL];
	const char *code = spd_text(r->metric, key);

	spd_words(code, words);
	for (char *p = words; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	grid_code(r->g, book_text(r->g->book, "%s", words), code, TONE_PLAIN);
}

static void
put_form(const struct figure_row *r)
{
	put_words(r, "form");
}

static void
put_basis(const struct figure_row *r)
{
	put_words(r, "basis");
}

static void
put_direction(const struct figure_row *r)
{
	put_words(r, "direction");
}

static void
put_unit(const struct figure_row *r)
{
	grid_text(r->g, spd_text(r->metric, "unit"));
}

static void
put_numerator(const struct figure_row *r)
{
	grid_member(r->g, r->figure, "numerator", UNIT_INTEGER);
}

static void
put_denominator(const struct figure_row *r)
{
	grid_member(r->g, r->figure, "denominator", UNIT_INTEGER);
}

static void
put_excluded(const struct figure_row *r)
{
	json_int_t n = spd_excluded(r->figure);

	if (n < 0)
		grid_empty(r->g);
	else
		grid_number(r->g, (double)n, UNIT_INTEGER);
}

static void
put_reasons(const struct figure_row *r)
{
	const char *all = "";
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(r->figure, "excluded"), i, item)
	{
		json_int_t n = json_integer_value(json_object_get(item, "count"));

		if (n > 0)
			all = book_text(r->g->book, "%s%s%s=%" JSON_INTEGER_FORMAT, all,
					all[0] == '\0' ? "" : "; ", spd_text(item, "reason"), n);
	}
	grid_text(r->g, all);
}

/* The number, or in its place why there is none: never an empty cell that reads as nought. */
static void
put_value(const struct figure_row *r)
{
	enum tone tone;
	double v;

	if (spd_number(r->figure, "value", &v))
		grid_number(r->g, v, spd_text(r->metric, "unit"));
	else if (strcmp(spd_text(r->figure, "status"), "INSUFFICIENT") == 0)
		grid_code(r->g, "withheld", "", TONE_MUTED);
	else {
		const char *words = figure_status(r->g->book, r->metric, r->figure, &tone);
		const char *sign = "∅ ";

		if (strncmp(words, sign, strlen(sign)) == 0)
			words += strlen(sign);
		grid_code(r->g, strcmp(words, "–") == 0 ? "NO DATA" : words, "", TONE_MUTED);
	}
}

static void
put_low(const struct figure_row *r)
{
	grid_member(r->g, json_object_get(r->figure, "interval"), "lo",
		    spd_text(r->metric, "unit"));
}

static void
put_high(const struct figure_row *r)
{
	grid_member(r->g, json_object_get(r->figure, "interval"), "hi",
		    spd_text(r->metric, "unit"));
}

static void
put_exact_low(const struct figure_row *r)
{
	grid_member(r->g, json_object_get(r->figure, "exact"), "low", spd_text(r->metric, "unit"));
}

static void
put_exact_high(const struct figure_row *r)
{
	grid_member(r->g, json_object_get(r->figure, "exact"), "high", spd_text(r->metric, "unit"));
}

static void
put_target(const struct figure_row *r)
{
	const json_t *target = json_object_get(r->metric, "target");
	double v;

	if (spd_number(target, "value", &v))
		grid_number(r->g, v, spd_text(r->metric, "unit"));
	else
		grid_code(r->g, "not set", "", TONE_MUTED);
}

static void
put_status(const struct figure_row *r)
{
	enum tone tone;
	const char *words = figure_status(r->g->book, r->metric, r->figure, &tone);

	grid_code(r->g, words, spd_text(r->figure, "status"), tone);
}

static void
put_no_data(const struct figure_row *r)
{
	grid_text(r->g, spd_text(r->figure, "no_data"));
}

static void
put_coverage(const struct figure_row *r)
{
	const json_t *coverage = json_object_get(r->figure, "coverage");
	double expected;
	double received;

	if (spd_number(coverage, "expected", &expected) &&
	    spd_number(coverage, "received", &received) && expected > 0)
		grid_number(r->g, received / expected, "%");
	else
		grid_code(r->g, "not known", "", TONE_MUTED);
}

static void
put_previous(const struct figure_row *r)
{
	grid_member(r->g, json_object_get(r->figure, "previous"), "value",
		    spd_text(r->metric, "unit"));
}

static const char *
change_unit(const struct figure_row *r)
{
	const char *unit = spd_text(r->metric, "unit");

	return strcmp(unit, "%") == 0 ? UNIT_CHANGE : unit;
}

static void
put_change(const struct figure_row *r)
{
	grid_member(r->g, json_object_get(r->figure, "change"), "difference", change_unit(r));
}

static void
put_change_low(const struct figure_row *r)
{
	grid_member(r->g, json_object_get(r->figure, "change"), "low", change_unit(r));
}

static void
put_change_high(const struct figure_row *r)
{
	grid_member(r->g, json_object_get(r->figure, "change"), "high", change_unit(r));
}

static void
put_comment(const struct figure_row *r)
{
	grid_text(r->g, figure_comment(r->g->book, spd_text(r->metric, "id"),
				       json_object_get(r->figure, "by")));
}

/* "median=3890; p90=7102; timeouts=12", numbers in the digits that give them back. */
static void
put_details(const struct figure_row *r)
{
	json_t *details = json_object_get(r->figure, "details");
	json_t *lists[] = {details, json_object_get(details, "parts")};
	const char *all = "";
	const char *key;
	json_t *value;
	char n[SPD_CELL];

	for (size_t i = 0; i < COUNT(lists); i++) {
		json_object_foreach(lists[i], key, value)
		{
			if (!json_is_number(value))
				continue;
			spd_count(lists[i], key, "", n);
			all = book_text(r->g->book, "%s%s%s=%s", all, all[0] == '\0' ? "" : "; ",
					key, n);
		}
	}
	grid_text(r->g, all);
}

/* Which grids a column is in. */
#define OF_SCORECARD 1u
#define OF_SHEET     2u
#define OF_ALL       4u /* all figures in one grid */
#define OF_ANY       7u

static const struct figure_column {
	struct column c;
	unsigned of;
	void (*put)(const struct figure_row *r);
} before[] = {
    {{"metric", "Metric", IN_ALL, 9, false}, OF_ANY, put_id},
    {{"name", "Name", IN_ALL, 38, false}, OF_ANY, put_name},
    {{"form", "Form", IN_BOOK | IN_CSV, 13, false}, OF_SCORECARD | OF_ALL, put_form},
    {{"basis", "Basis", IN_CSV, 9, false}, OF_ANY, put_basis},
    {{"unit", "Unit", IN_CSV, 7, false}, OF_ANY, put_unit},
    {{"direction", "Better", IN_CSV, 9, false}, OF_ANY, put_direction},
};

static const struct figure_column after[] = {
    {{"numerator", "Count", IN_ALL, 11, true}, OF_ANY, put_numerator},
    {{"denominator", "Of (n)", IN_ALL, 11, true}, OF_ANY, put_denominator},
    {{"excluded", "Left out", IN_ALL, 10, true}, OF_ANY, put_excluded},
    {{"excluded_by_reason", "Left out, by reason", IN_BOOK | IN_CSV, 34, false},
     OF_ALL,
     put_reasons},
    {{"value", "Value", IN_ALL, 13, true}, OF_ANY, put_value},
    {{"interval_low", "95 % from", IN_ALL, 10, true}, OF_ANY, put_low},
    {{"interval_high", "95 % to", IN_ALL, 10, true}, OF_ANY, put_high},
    {{"exact_low", "Exact from", IN_BOOK | IN_CSV, 11, true}, OF_ALL, put_exact_low},
    {{"exact_high", "Exact to", IN_BOOK | IN_CSV, 10, true}, OF_ALL, put_exact_high},
    {{"target", "Target", IN_ALL, 10, true}, OF_ANY, put_target},
    {{"status", "Status", IN_ALL, 26, false}, OF_ANY, put_status},
    {{"no_data", "No data because", IN_CSV, 16, false}, OF_ANY, put_no_data},
    {{"coverage", "Coverage", IN_ALL, 10, true}, OF_ANY, put_coverage},
    {{"previous_value", "Previous quarter", IN_BOOK | IN_CSV, 17, true},
     OF_SHEET | OF_ALL,
     put_previous},
    {{"change", "Change", IN_ALL, 10, true}, OF_ANY, put_change},
    {{"change_low", "Change from", IN_BOOK | IN_CSV, 12, true}, OF_ANY, put_change_low},
    {{"change_high", "Change to", IN_BOOK | IN_CSV, 11, true}, OF_ANY, put_change_high},
};

static const struct figure_column last[] = {
    {{"details", "Details", IN_CSV, 30, false}, OF_ALL, put_details},
    {{"comment", "Comment", IN_ALL, 50, false}, OF_ANY, put_comment},
};

static void
add_columns(struct grid *g, const struct figure_column *columns, size_t n, unsigned of)
{
	for (size_t i = 0; i < n; i++) {
		if (columns[i].of & of)
			grid_column(g, &columns[i].c);
	}
}

static void
put_columns(const struct figure_row *r, const struct figure_column *columns, size_t n, unsigned of)
{
	for (size_t i = 0; i < n; i++) {
		if (columns[i].of & of)
			columns[i].put(r);
	}
}

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
	static const char *const first[] = {"site", "measure"};

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

	json_object_foreach(json_object_get(figure, "by"), key, value)
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
	for (size_t i = 0; i < a->n; i++) {
		if (strcmp(a->key[i], b->key[i]) != 0)
			return false;
	}
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

static void
dimension_columns(struct grid *g, const struct dimensions *d)
{
	for (size_t i = 0; i < d->n; i++)
		grid_column(g, &(struct column){d->key[i], dimension_words(g->book, d->key[i]),
						IN_ALL, 16, false});
}

/* --- the grids -------------------------------------------------------------------------------- */

static void
put_row(struct grid *g, const json_t *metric, const json_t *figure, const struct dimensions *d,
	unsigned of)
{
	struct figure_row r = {g, metric, figure};

	put_columns(&r, before, COUNT(before), of);
	for (size_t i = 0; i < d->n; i++)
		grid_text(g, spd_text(json_object_get(figure, "by"), d->key[i]));
	put_columns(&r, after, COUNT(after), of);
	put_columns(&r, last, COUNT(last), of);
}

static struct grid *
figure_grid(struct sheet *s, const char *slug, const char *title, const struct dimensions *d)
{
	struct grid *g = sheet_grid(s, slug, title);

	if (g == NULL)
		return NULL;
	add_columns(g, before, COUNT(before), OF_SHEET);
	dimension_columns(g, d);
	add_columns(g, after, COUNT(after), OF_SHEET);
	add_columns(g, last, COUNT(last), OF_SHEET);
	return g;
}

/* --- all figures ------------------------------------------------------------------------------ */

/* "stream=CABIN; threat_category=GUN": the dimensions that have no column of their own. */
static const char *
other_dimensions(struct book *b, const json_t *figure)
{
	struct dimensions d = dimensions_of(figure);
	const char *all = "";

	for (size_t i = 0; i < d.n; i++) {
		if (strcmp(d.key[i], "site") == 0 || strcmp(d.key[i], "measure") == 0)
			continue;
		all = book_text(b, "%s%s%s=%s", all, all[0] == '\0' ? "" : "; ", d.key[i],
				spd_text(json_object_get(figure, "by"), d.key[i]));
	}
	return all;
}

static void
put_flat_row(struct grid *g, const json_t *metric, const json_t *figure)
{
	struct figure_row r = {g, metric, figure};
	const json_t *by = json_object_get(figure, "by");

	put_columns(&r, before, COUNT(before), OF_ALL);
	grid_text(g, spd_text(by, "site"));
	grid_text(g, spd_text(by, "measure"));
	grid_text(g, other_dimensions(g->book, figure));
	put_columns(&r, after, COUNT(after), OF_ALL);
	put_columns(&r, last, COUNT(last), OF_ALL);
}

/* Every figure of the metrics on a sheet in one grid; sheet NULL: of all metrics. */
static struct grid *
flat_grid(struct sheet *s, const char *slug, const char *title, const char *sheet,
	  const json_t *ids)
{
	struct grid *g = sheet_grid(s, slug, title);
	const json_t *metric;
	const json_t *figure;
	size_t i;
	size_t k;

	if (g == NULL)
		return NULL;
	add_columns(g, before, COUNT(before), OF_ALL);
	grid_column(g, &(struct column){"site", "Site", IN_ALL, 10, false});
	grid_column(g, &(struct column){"measure", "Measure", IN_ALL, 10, false});
	grid_column(g, &(struct column){"other", "Other dimensions", IN_ALL, 34, false});
	add_columns(g, after, COUNT(after), OF_ALL);
	add_columns(g, last, COUNT(last), OF_ALL);
	json_array_foreach(json_object_get(s->book->edition->doc, "metrics"), i, metric)
	{
		if (sheet != NULL && !metric_is_on(metric, sheet, ids))
			continue;
		json_array_foreach(json_object_get(metric, "figures"), k, figure)
		    put_flat_row(g, metric, figure);
	}
	return g;
}

void
sheet_figures(struct book *b, const char *title)
{
	struct sheet *s = book_sheet(b, "figures", title);
	struct grid *g = flat_grid(s, "figures", "Every figure of this SPD", NULL, NULL);

	if (g != NULL)
		g->where = IN_BOOK | IN_CSV;
}

/* The rows of one breakdown, of all the metrics of the sheet. */
static void
breakdown_grid(struct sheet *s, const char *slug, const json_t *ids, const struct dimensions *d)
{
	struct book *b = s->book;
	const char *title = "The entity";
	const char *grid_slug = slug;
	const json_t *metric;
	const json_t *figure;
	struct grid *g;
	size_t i;
	size_t k;

	for (size_t n = 0; n < d->n; n++) {
		char words[SPD_CELL];

		spd_words(d->key[n], words);
		title = n == 0
			    ? book_text(b, "By %s", words)
			    : book_text(b, "%s%s %s", title, n + 1 == d->n ? " and" : ",", words);
		grid_slug = book_text(b, "%s-%s%s", grid_slug, n == 0 ? "by-" : "", d->key[n]);
	}
	g = figure_grid(s, grid_slug, title, d);
	if (g == NULL)
		return;
	json_array_foreach(json_object_get(b->edition->doc, "metrics"), i, metric)
	{
		if (!metric_is_on(metric, slug, ids))
			continue;
		json_array_foreach(json_object_get(metric, "figures"), k, figure)
		{
			struct dimensions of = dimensions_of(figure);

			if (same_keys(&of, d))
				put_row(g, metric, figure, d, OF_SHEET);
		}
	}
	g->where = IN_SHOWN;
	if (grid_rows(g) > PAGE_ROWS_MAX) {
		g->where = IN_BOOK;
		sheet_note(s, book_text(b,
					"%s: %zu rows, in the workbook and in the CSV file "
					"of this sheet.",
					title, grid_rows(g)));
	}
}

#define BREAKDOWNS_MAX 32

void
figures_grids(struct sheet *s, const char *slug, const json_t *ids)
{
	struct dimensions seen[BREAKDOWNS_MAX] = {{.n = 0}};
	size_t n = 1; /* the entity itself is always there */
	struct grid *g;
	const json_t *metric;
	const json_t *figure;
	size_t i;
	size_t k;

	json_array_foreach(json_object_get(s->book->edition->doc, "metrics"), i, metric)
	{
		if (!metric_is_on(metric, slug, ids))
			continue;
		json_array_foreach(json_object_get(metric, "figures"), k, figure)
		{
			struct dimensions d = dimensions_of(figure);
			size_t at = 0;

			while (at < n && !same_keys(&seen[at], &d))
				at++;
			if (at == n && n < BREAKDOWNS_MAX)
				seen[n++] = d;
		}
	}
	for (i = 0; i < n; i++)
		breakdown_grid(s, slug, ids, &seen[i]);
	g = flat_grid(s, slug, "All figures of this sheet", slug, ids);
	if (g != NULL)
		g->where = IN_CSV;
}

void
sheet_metrics(struct book *b, const char *slug, const char *title, const json_t *ids)
{
	struct sheet *s = book_sheet(b, slug, title);
	const json_t *metric;
	size_t i;

	if (s == NULL)
		return;
	if (strcmp(slug, SHEET_OF_BALANCES) == 0)
		balances_grid(s);
	json_array_foreach(json_object_get(b->edition->doc, "metrics"), i, metric)
	{
		if (metric_is_on(metric, slug, ids))
			charts_of_metric(s, slug, metric);
	}
	history_of_sheet(s, slug, ids);
	figures_grids(s, slug, ids);
}

/* --- the scorecard ---------------------------------------------------------------------------- */

#define QUARTERS_MAX 8

/* The quarters before this one that any metric has, oldest first. */
static size_t
past_quarters(const struct book *b, const char *label[QUARTERS_MAX])
{
	const json_t *metric;
	const json_t *item;
	size_t n = 0;
	size_t i;
	size_t k;

	json_array_foreach(json_object_get(b->edition->doc, "metrics"), i, metric)
	{
		json_array_foreach(json_object_get(metric_entity_figure(metric), "history"), k,
				   item)
		{
			const char *q = spd_text(item, "quarter");
			size_t at = 0;

			while (at < n && strcmp(label[at], q) < 0)
				at++;
			if ((at < n && strcmp(label[at], q) == 0) || n == QUARTERS_MAX)
				continue;
			memmove(&label[at + 1], &label[at], (n - at) * sizeof label[0]);
			label[at] = q;
			n++;
		}
	}
	return n;
}

static void
put_past(struct grid *g, const json_t *metric, const json_t *figure, const char *quarter)
{
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(figure, "history"), i, item)
	{
		double v;

		if (strcmp(spd_text(item, "quarter"), quarter) != 0)
			continue;
		if (spd_number(item, "value", &v))
			grid_number(g, v, spd_text(metric, "unit"));
		else
			grid_code(g,
				  strcmp(spd_text(item, "status"), "INSUFFICIENT") == 0 ? "withheld"
											: "no data",
				  "", TONE_MUTED);
		return;
	}
	grid_empty(g);
}

void
sheet_scorecard(struct book *b, const char *title)
{
	struct sheet *s = book_sheet(b, "scorecard", title);
	struct grid *g = sheet_grid(s, "scorecard", "The entity's figures");
	const char *label[QUARTERS_MAX];
	size_t n = past_quarters(b, label);
	const json_t *metric;
	size_t i;

	if (g == NULL)
		return;
	g->note = "A sample has a 95 % interval (Wilson), and its status is that of the interval: "
		  "met when all of it meets the target, not met when none of it does.";
	add_columns(g, before, COUNT(before), OF_SCORECARD);
	add_columns(g, after, COUNT(after), OF_SCORECARD);
	for (i = 0; i < n; i++)
		grid_column(g, &(struct column){book_text(b, "q_%s", label[i]), label[i], IN_ALL,
						11, true});
	add_columns(g, last, COUNT(last), OF_SCORECARD);
	json_array_foreach(json_object_get(b->edition->doc, "metrics"), i, metric)
	{
		struct figure_row r = {g, metric, metric_entity_figure(metric)};

		if (r.figure == NULL || strcmp(spd_text(metric, "form"), "INFORMATION") == 0)
			continue;
		put_columns(&r, before, COUNT(before), OF_SCORECARD);
		put_columns(&r, after, COUNT(after), OF_SCORECARD);
		for (size_t k = 0; k < n; k++)
			put_past(g, metric, r.figure, label[k]);
		put_columns(&r, last, COUNT(last), OF_SCORECARD);
	}
}
