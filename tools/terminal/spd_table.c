#include "tools/terminal/spd_table.h"

#include "base/count.h"
#include "core/spd/keys.h"
#include "render/doc/spd_reason.h"
#include "render/doc/spd_target.h"
#include "render/doc/spd_value.h"
#include "tools/terminal/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_WIDTH     34
#define DEFINITION_MAX 65536 /* bytes; a longer one is printed as it is */
#define NONE           "–"
#define GENERAL        " *" /* behind an interval for clusters in general */

/* The column of what a row is for is there when there are rows beside the entity's own. */
static const char *const headers[] = {
    "Metric",    "Name",   "For",           "Form",    ">Count",
    ">Excluded", ">Value", "95 % interval", ">Target", "Status",
};

#define COLUMNS     10
#define COLUMN_NAME 1
#define COLUMN_FOR  2

/* What a narrow terminal does without, the first one first: --metric shows it. */
static const char *const dispensable[] = {"Form", ">Excluded", "95 % interval"};

static struct table *
new_table(bool with_for)
{
	const char *columns[COLUMNS];
	struct table *t;
	size_t n = 0;

	for (size_t i = 0; i < COLUMNS; i++)
		if (i != COLUMN_FOR || with_for)
			columns[n++] = headers[i];
	t = table_new(n, columns);
	for (size_t i = 0; t != NULL && i < COUNT(dispensable); i++) {
		for (size_t c = 0; c < n; c++)
			if (strcmp(columns[c], dispensable[i]) == 0)
				table_optional(t, c);
	}
	return t;
}

static const char *
short_form(const char *form)
{
	static const struct {
		const char *form;
		const char *shown;
	} forms[] = {{"QUANTITATIVE", "quant."},
		     {"QUALITATIVE", "qual."},
		     {"OUTPUT", "output"},
		     {"INFORMATION", "info"}};

	for (size_t i = 0; i < COUNT(forms); i++)
		if (strcmp(form, forms[i].form) == 0)
			return forms[i].shown;
	return form;
}

/* Besides the words, never instead of them. */
static const struct {
	const char *words;
	const char *color;
} colors[] = {
    {"NOT MET", "\033[31m"},
    {"MET", "\033[32m"},
    {"NOT PROVEN", "\033[33m"},
};

static void
put_status(struct table *t, const char *status, bool color)
{
	table_cell(t, "%s", status);
	for (size_t i = 0; color && i < COUNT(colors); i++)
		if (strcmp(status, colors[i].words) == 0)
			table_style(t, colors[i].color);
}

static void
print_head(const json_t *doc, FILE *f)
{
	const json_t *q = json_object_get(doc, DOC_QUARTER);
	char state[SPD_CELL];

	spd_state(doc, state);
	fprintf(f, "%s\n", spd_text(doc, DOC_MARKING));
	fprintf(f, "SeMS performance data of %s\n", spd_text(doc, DOC_ENTITY));
	fprintf(f, "Quarter %s: %s to %s (%s)\n", spd_text(q, DOC_LABEL),
		spd_text(q, DOC_FIRST_DAY), spd_text(q, DOC_LAST_DAY), spd_text(doc, DOC_ZONE));
	fprintf(f, "%s, as of %s\n\n", state, spd_text(doc, DOC_AS_OF));
}

static void
put_counts(struct table *t, const json_t *figure)
{
	char n[SPD_CELL];
	char d[SPD_CELL];
	json_int_t excluded = spd_excluded(figure);

	spd_count(figure, DOC_NUMERATOR, NONE, n);
	spd_count(figure, DOC_DENOMINATOR, "", d);
	if (d[0] != '\0')
		table_cell(t, "%s / %s", n, d);
	else
		table_cell(t, "%s", n);
	if (excluded < 0)
		table_cell(t, NONE);
	else
		table_cell(t, "%" JSON_INTEGER_FORMAT, excluded);
}

static void
put_value(struct table *t, const json_t *o, const char *unit, const double *target)
{
	char cell[SPD_CELL] = NONE;
	double v;

	if (spd_number(o, DOC_VALUE, &v))
		spd_value(v, unit, target, cell);
	table_cell(t, "%s", cell);
}

static bool
is_general(const json_t *figure)
{
	return strcmp(spd_text(figure, DOC_INTERVAL_BY), "GENERAL") == 0;
}

static void
put_interval(struct table *t, const json_t *figure, const char *unit, const double *target)
{
	char lo[SPD_CELL];
	char hi[SPD_CELL];
	double a;
	double b;

	if (!spd_interval(figure, &a, &b)) {
		table_cell(t, "%s", "");
		return;
	}
	spd_value(a, unit, target, lo);
	spd_value(b, unit, target, hi);
	table_cell(t, "%s to %s%s", lo, hi, is_general(figure) ? GENERAL : "");
}

static void
put_figure(struct table *t, const json_t *doc, const json_t *metric, const json_t *figure,
	   const struct spd_view *view)
{
	bool with_for = view->by != SPD_BY_NOTHING;
	const char *unit = spd_text(metric, DOC_UNIT);
	char by[SPD_CELL];
	char status[SPD_CELL];
	char target[SPD_CELL];
	double value;
	double wanted;
	const double *beside =
	    spd_number(figure, DOC_VALUE, &value) ? spd_target_near(metric, value, &wanted) : NULL;

	spd_by_values(doc, figure, by);
	spd_status(metric, figure, status);
	table_cell(t, "%s", spd_text(metric, DOC_ID));
	table_cell(t, "%s", spd_text(metric, DOC_NAME));
	if (with_for)
		table_cell(t, "%s", by[0] == '\0' ? "all" : by);
	table_cell(t, "%s", short_form(spd_text(metric, DOC_FORM)));
	put_counts(t, figure);
	put_value(t, figure, unit, beside);
	put_interval(t, figure, unit, beside);
	table_cell(t, "%s", spd_target_words(metric, target) ? target : "not set");
	put_status(t, status, view->color);
}

/* The lower, the sooner somebody has to do something; from RANK_REST nobody has. */
enum rank { RANK_NOT_MET, RANK_NOT_PROVEN, RANK_UNKNOWN, RANK_REST, RANK_COUNT };

static enum rank
rank_of(const json_t *metric, const json_t *figure)
{
	const char *status = spd_text(figure, DOC_STATUS);
	bool unknown =
	    spd_text(figure, DOC_NO_DATA)[0] != '\0' || strcmp(status, "INSUFFICIENT") == 0;

	if (strcmp(status, "NOT_MET") == 0)
		return RANK_NOT_MET;
	if (strcmp(status, "NOT_PROVEN") == 0)
		return RANK_NOT_PROVEN;
	return unknown && json_is_object(json_object_get(metric, DOC_TARGET)) ? RANK_UNKNOWN
									      : RANK_REST;
}

static bool
is_wanted(const json_t *figure, enum spd_by by)
{
	return by == SPD_BY_ALL || spd_is_by(figure, "") ||
	       (by == SPD_BY_SITE && spd_is_by(figure, "site")) ||
	       (by == SPD_BY_MEASURE && spd_is_by(figure, "measure"));
}

/* Its figures of this rank; RANK_COUNT: all. How many those are. */
static size_t
put_metric(struct table *t, const json_t *doc, const json_t *metric, const struct spd_view *view,
	   enum rank rank)
{
	const json_t *figure;
	size_t put = 0;
	size_t i;

	json_array_foreach(json_object_get(metric, DOC_FIGURES), i, figure)
	{
		if (!is_wanted(figure, view->by) ||
		    (rank != RANK_COUNT && rank_of(metric, figure) != rank))
			continue;
		if (t != NULL)
			put_figure(t, doc, metric, figure, view);
		put++;
	}
	return put;
}

/* Those of the metrics that are asked for; NULL: counts them alone. */
static size_t
put_metrics(struct table *t, const json_t *doc, const struct spd_view *view, enum rank rank)
{
	const json_t *metric;
	size_t put = 0;
	size_t i;

	json_array_foreach(json_object_get(doc, DOC_METRICS), i, metric)
	{
		if (view->metric == NULL || strcmp(spd_text(metric, DOC_ID), view->metric) == 0)
			put += put_metric(t, doc, metric, view, rank);
	}
	return put;
}

/* What is not shown, so that nobody takes what failed for all there is. */
static void
print_rest(const json_t *doc, const struct spd_view *view, size_t n[RANK_COUNT], FILE *f)
{
	size_t failed = n[RANK_NOT_MET] + n[RANK_NOT_PROVEN] + n[RANK_UNKNOWN];

	n[RANK_REST] = put_metrics(NULL, doc, view, RANK_REST);
	fprintf(f,
		"%sOf those that have a target %zu are not met, %zu not proven, %zu not known.\n",
		failed > 0 ? "\n" : "", n[RANK_NOT_MET], n[RANK_NOT_PROVEN], n[RANK_UNKNOWN]);
	fprintf(f, "%zu more figures: --all\n", n[RANK_REST]);
}

/* Without any nothing can fail. */
static bool
has_target(const json_t *doc)
{
	const json_t *metric;
	size_t i;

	json_array_foreach(json_object_get(doc, DOC_METRICS), i, metric)
	{
		if (json_is_object(json_object_get(metric, DOC_TARGET)))
			return true;
	}
	return false;
}

/* Is there a mark behind an interval among the metric's rows? */
static bool
is_marked(const json_t *metric, const struct spd_view *view, bool failed_only)
{
	const json_t *figure;
	size_t i;

	json_array_foreach(json_object_get(metric, DOC_FIGURES), i, figure)
	{
		if (is_wanted(figure, view->by) && is_general(figure) &&
		    (!failed_only || rank_of(metric, figure) != RANK_REST))
			return true;
	}
	return false;
}

static void
print_marks(const json_t *doc, const struct spd_view *view, bool failed_only, FILE *f)
{
	const json_t *metric;
	bool any = false;
	size_t i;

	json_array_foreach(json_object_get(doc, DOC_METRICS), i, metric)
	{
		any = any || ((view->metric == NULL ||
			       strcmp(spd_text(metric, DOC_ID), view->metric) == 0) &&
			      is_marked(metric, view, failed_only));
	}
	if (any)
		fprintf(f, "\n* behind an interval: it holds for such screeners, or whatever the "
			   "metric is\n  clustered by, in general (--metric says so); the others "
			   "for what was drawn.\n");
}

static void
print_figures(const json_t *doc, const struct spd_view *view, struct table *t, FILE *f)
{
	bool some = view->rows == SPD_ROWS_FAILED && has_target(doc);
	size_t n[RANK_COUNT] = {0};
	size_t all = 0;

	if (view->rows == SPD_ROWS_ALL)
		all = put_metrics(t, doc, view, RANK_COUNT);
	for (int r = 0; view->rows != SPD_ROWS_ALL && r < (some ? RANK_REST : RANK_COUNT); r++)
		all += n[r] = put_metrics(t, doc, view, (enum rank)r);
	if (all > 0 || !some)
		table_print(t, f, view->color);
	if (all > 0)
		print_marks(doc, view, some, f);
	if (some)
		print_rest(doc, view, n, f);
}

static const json_t *
metric_named(const json_t *doc, const char *id)
{
	const json_t *metric;
	size_t i;

	json_array_foreach(json_object_get(doc, DOC_METRICS), i, metric)
	{
		if (id != NULL && strcmp(spd_text(metric, DOC_ID), id) == 0)
			return metric;
	}
	return NULL;
}

/* What a metric counts, and how it is read; codes in words. */
static void
print_definition(const json_t *metric, FILE *f)
{
	static const struct {
		const char *key;
		const char *code;
		const char *words;
	} known[] = {
	    {DOC_BASIS, "CENSUS", "everything was counted"},
	    {DOC_BASIS, "SAMPLE", "a sample was looked at"},
	    {DOC_BASIS, "RATIO", "one count by another, which may be more than 100 %"},
	    {DOC_DIRECTION, "UP", "better: more"},
	    {DOC_DIRECTION, "DOWN", "better: less"},
	    {DOC_DIRECTION, "BAND", "better: within its target, from low to high"},
	    {DOC_DIRECTION, "TREND", "neither more nor less is better"},
	};
	struct buf prose;

	buf_init(&prose, DEFINITION_MAX);
	spd_reason_prose(&prose, spd_text(metric, DOC_DEFINITION));
	if (prose.failed)
		fprintf(f, "\nDefinition: %s\n", spd_text(metric, DOC_DEFINITION));
	else
		fprintf(f, "\nDefinition: %.*s\n", (int)prose.n, (const char *)prose.p);
	buf_fini(&prose);
	for (size_t i = 0; i < COUNT(known); i++)
		if (strcmp(spd_text(metric, known[i].key), known[i].code) == 0)
			fprintf(f, "%s; ", known[i].words);
	fprintf(f, "unit: %s\n", spd_text(metric, DOC_UNIT));
}

/* What stands behind one metric: its definition, what was left out and why. */
static void
print_details(const json_t *metric, FILE *f)
{
	const json_t *figures = json_object_get(metric, DOC_FIGURES);
	const json_t *figure = json_array_get(figures, 0);
	const json_t *item;
	const char *key;
	json_t *value;
	size_t i;
	char n[SPD_CELL];
	char of[SPD_CELL];
	char words[SPD_CELL];

	print_definition(metric, f);
	fprintf(f, "Minimum n: ");
	spd_count(metric, DOC_MINIMUM_N, "none", n);
	fprintf(f, "%s\n", n);
	spd_interval_for(metric, figure, of);
	if (of[0] != '\0')
		fprintf(f, "The interval is for %s\n", of);
	json_array_foreach(json_object_get(figure, DOC_EXCLUDED), i, item)
	{
		spd_count(item, DOC_COUNT, NONE, n);
		spd_reason_words(spd_text(item, DOC_REASON), words);
		fprintf(f, "Left out: %s: %s\n", words, n);
	}
	json_object_foreach(json_object_get(json_object_get(figure, DOC_DETAILS), "parts"), key,
			    value)
	{
		spd_reason_words(key, words);
		fprintf(f, "Of these: %s: %" JSON_INTEGER_FORMAT "\n", words,
			json_integer_value(value));
	}
	json_object_foreach(json_object_get(figure, DOC_DETAILS), key, value)
	{
		spd_words(key, words);
		if (json_is_number(value))
			fprintf(f, "%s: %.6g\n", words, json_number_value(value));
	}
}

static void
print_records(const json_t *doc, FILE *f)
{
	static const char *const keys[] = {DOC_RECEIVED, DOC_EFFECTIVE, DOC_CORRECTED, DOC_VOIDED,
					   DOC_LATE};
	struct table *t = table_new(6, (const char *const[]){"Records", ">Received", ">Effective",
							     ">Corrected", ">Voided", ">Late"});
	const json_t *list = json_object_get(doc, DOC_RECORDS);
	const json_t *item;
	size_t i;
	char n[SPD_CELL];

	if (t == NULL || json_array_size(list) == 0) {
		table_free(t);
		return;
	}
	json_array_foreach(list, i, item)
	{
		table_cell(t, "%s", spd_text(item, DOC_KIND));
		for (size_t k = 0; k < COUNT(keys); k++) {
			spd_count(item, keys[k], NONE, n);
			table_cell(t, "%s", n);
		}
	}
	fputc('\n', f);
	table_print(t, f, 0);
	table_free(t);
}

static void
print_unsupported(const json_t *doc, FILE *f)
{
	const json_t *list = json_object_get(doc, DOC_UNSUPPORTED);
	const json_t *item;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	fprintf(f, "\nNot computed, for want of the records they need:");
	json_array_foreach(list, i, item)
	{
		fprintf(f, "%s %s", i > 0 ? "," : "", spd_text(item, DOC_ID));
	}
	fputc('\n', f);
}

static enum code
print_document(const json_t *doc, const struct spd_view *view, FILE *f, struct err *e)
{
	const json_t *chosen = metric_named(doc, view->metric);
	struct table *t = new_table(view->by != SPD_BY_NOTHING);

	if (t == NULL)
		return err_set(e, TRY_LIMIT, "spd", "out of memory; try again");
	table_limit(t, COLUMN_NAME, NAME_WIDTH);
	print_head(doc, f);
	print_figures(doc, view, t, f);
	table_free(t);
	if (view->metric != NULL && chosen == NULL)
		return err_set(e, REJ_NOT_FOUND, "spd",
			       "there is no metric %s in this SPD; "
			       "leave out --metric to see which there are",
			       view->metric);
	if (view->metric != NULL) {
		print_details(chosen, f);
	} else if (view->rows != SPD_ROWS_FAILED) {
		print_records(doc, f);
		print_unsupported(doc, f);
	}
	return OK;
}

enum code
spd_table(const json_t *doc, const struct spd_view *view, struct buf *out, struct err *e)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);
	enum code code;

	if (f == NULL)
		return err_set(e, TRY_LIMIT, "spd", "out of memory; try again");
	code = print_document(doc, view, f, e);
	if (fclose(f) != 0 && code == OK)
		code = err_set(e, TRY_LIMIT, "spd", "out of memory; try again");
	if (code == OK)
		buf_add(out, text, n);
	free(text);
	if (code == OK && out->failed)
		code = err_set(e, TRY_LIMIT, "spd", "the document is too large for a terminal");
	return code;
}
