#include "tools/render/spd_table.h"

#include "tools/lib/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_WIDTH 34
#define NONE       "–"

/* The column of what a row is for is there when there are rows beside the entity's own. */
static const char *const headers[] = {
    "Metric",    "Name",   "For",           "Form",    ">Count",
    ">Excluded", ">Value", "95 % interval", ">Target", "Status",
};

#define COLUMNS     10
#define COLUMN_NAME 1
#define COLUMN_FOR  2

static struct table *
new_table(bool with_for)
{
	const char *columns[COLUMNS];
	size_t n = 0;

	for (size_t i = 0; i < COLUMNS; i++) {
		if (i != COLUMN_FOR || with_for)
			columns[n++] = headers[i];
	}
	return table_new(n, columns);
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

	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		if (strcmp(form, forms[i].form) == 0)
			return forms[i].shown;
	}
	return form;
}

/* The status is the last column, so that a line's colour can be put in when the table is done. */
static const struct {
	const char *words;
	const char *color;
} colors[] = {
    {"  NOT MET\n", "\033[31m"},
    {"  MET\n", "\033[32m"},
    {"  NOT PROVEN\n", "\033[33m"},
};

static void
print_head(const json_t *doc, FILE *f)
{
	const json_t *q = json_object_get(doc, "quarter");
	char state[SPD_CELL];

	spd_state(doc, state);
	fprintf(f, "%s\n", spd_text(doc, "marking"));
	fprintf(f, "SeMS performance data of %s\n", spd_text(doc, "entity"));
	fprintf(f, "Quarter %s: %s to %s (%s)\n", spd_text(q, "label"), spd_text(q, "first_day"),
		spd_text(q, "last_day"), spd_text(doc, "zone"));
	fprintf(f, "%s, as of %s\n\n", state, spd_text(doc, "as_of"));
}

static void
put_counts(struct table *t, const json_t *figure)
{
	char n[SPD_CELL];
	char d[SPD_CELL];
	json_int_t excluded = spd_excluded(figure);

	spd_count(figure, "numerator", NONE, n);
	spd_count(figure, "denominator", "", d);
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
put_value(struct table *t, const json_t *o, const char *key, const char *unit)
{
	char cell[SPD_CELL] = NONE;
	double v;

	if (spd_number(o, key, &v))
		spd_value(v, unit, cell);
	table_cell(t, "%s", cell);
}

static void
put_interval(struct table *t, const json_t *figure, const char *unit)
{
	const json_t *interval = json_object_get(figure, "interval");
	char lo[SPD_CELL];
	char hi[SPD_CELL];
	double a;
	double b;

	if (!spd_number(interval, "lo", &a) || !spd_number(interval, "hi", &b)) {
		table_cell(t, "%s", "");
		return;
	}
	spd_value(a, unit, lo);
	spd_value(b, unit, hi);
	table_cell(t, "%s to %s", lo, hi);
}

static void
put_figure(struct table *t, const json_t *metric, const json_t *figure, bool with_for)
{
	const char *unit = spd_text(metric, "unit");
	const json_t *target = json_object_get(metric, "target");
	char by[SPD_CELL];
	char status[SPD_CELL];

	spd_by_values(figure, by);
	spd_status(metric, figure, status);
	table_cell(t, "%s", spd_text(metric, "id"));
	table_cell(t, "%s", spd_text(metric, "name"));
	if (with_for)
		table_cell(t, "%s", by[0] == '\0' ? "all" : by);
	table_cell(t, "%s", short_form(spd_text(metric, "form")));
	put_counts(t, figure);
	put_value(t, figure, "value", unit);
	put_interval(t, figure, unit);
	if (json_is_object(target))
		put_value(t, target, "value", unit);
	else
		table_cell(t, "not set");
	table_cell(t, "%s", status);
}

static bool
is_wanted(const json_t *figure, enum spd_by by)
{
	return by == SPD_BY_ALL || spd_is_by(figure, "") ||
	       (by == SPD_BY_SITE && spd_is_by(figure, "site")) ||
	       (by == SPD_BY_MEASURE && spd_is_by(figure, "measure"));
}

static void
put_metric(struct table *t, const json_t *metric, enum spd_by by)
{
	const json_t *figure;
	size_t i;

	json_array_foreach(json_object_get(metric, "figures"), i, figure)
	{
		if (is_wanted(figure, by))
			put_figure(t, metric, figure, by != SPD_BY_NOTHING);
	}
}

/* What stands behind one metric: its definition, what was left out and why. */
static void
print_details(const json_t *metric, FILE *f)
{
	const json_t *figures = json_object_get(metric, "figures");
	const json_t *figure = json_array_get(figures, 0);
	const json_t *item;
	const char *key;
	json_t *value;
	size_t i;
	char n[SPD_CELL];

	fprintf(f, "\nDefinition: %s\n", spd_text(metric, "definition"));
	fprintf(f, "Basis: %s; unit: %s; better: %s; minimum n: ", spd_text(metric, "basis"),
		spd_text(metric, "unit"), spd_text(metric, "direction"));
	spd_count(metric, "minimum_n", "none", n);
	fprintf(f, "%s\n", n);
	json_array_foreach(json_object_get(figure, "excluded"), i, item)
	{
		spd_count(item, "count", NONE, n);
		fprintf(f, "Left out: %s: %s\n", spd_text(item, "reason"), n);
	}
	json_object_foreach(json_object_get(json_object_get(figure, "details"), "parts"), key,
			    value)
	{
		fprintf(f, "Of these: %s: %" JSON_INTEGER_FORMAT "\n", key,
			json_integer_value(value));
	}
	json_object_foreach(json_object_get(figure, "details"), key, value)
	{
		if (json_is_number(value))
			fprintf(f, "%s: %.6g\n", key, json_number_value(value));
	}
}

static void
print_records(const json_t *doc, FILE *f)
{
	static const char *const keys[] = {"received", "effective", "corrected", "voided", "late"};
	struct table *t = table_new(6, (const char *const[]){"Records", ">Received", ">Effective",
							     ">Corrected", ">Voided", ">Late"});
	const json_t *list = json_object_get(doc, "records");
	const json_t *item;
	size_t i;
	char n[SPD_CELL];

	if (t == NULL || json_array_size(list) == 0) {
		table_free(t);
		return;
	}
	json_array_foreach(list, i, item)
	{
		table_cell(t, "%s", spd_text(item, "kind"));
		for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
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
	const json_t *list = json_object_get(doc, "unsupported");
	const json_t *item;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	fprintf(f, "\nNot computed, for want of the records they need:");
	json_array_foreach(list, i, item)
	{
		fprintf(f, "%s %s", i > 0 ? "," : "", spd_text(item, "id"));
	}
	fputc('\n', f);
}

/* Lines that end in a status get its colour. */
static void
add_painted(const char *text, struct buf *out)
{
	while (*text != '\0') {
		const char *nl = strchr(text, '\n');
		size_t n = nl == NULL ? strlen(text) : (size_t)(nl - text) + 1;
		size_t i = 0;
		size_t k = sizeof colors / sizeof colors[0];

		while (i < k) {
			size_t w = strlen(colors[i].words);

			if (n > w && memcmp(text + n - w, colors[i].words, w) == 0)
				break;
			i++;
		}
		if (i == k) {
			buf_add(out, text, n);
		} else {
			size_t w = strlen(colors[i].words);
			size_t at = n - w + 2; /* after the blanks */

			buf_add(out, text, at);
			buf_addf(out, "%s%.*s\033[0m\n", colors[i].color, (int)(w - 3), text + at);
		}
		text += n;
	}
}

static enum code
print_document(const json_t *doc, const struct spd_view *view, FILE *f, struct err *e)
{
	const json_t *metric;
	const json_t *chosen = NULL;
	struct table *t = new_table(view->by != SPD_BY_NOTHING);
	size_t i;

	if (t == NULL)
		return err_set(e, TRY_LIMIT, "spd", "out of memory; try again");
	table_limit(t, COLUMN_NAME, NAME_WIDTH);
	print_head(doc, f);
	json_array_foreach(json_object_get(doc, "metrics"), i, metric)
	{
		if (view->metric != NULL && strcmp(spd_text(metric, "id"), view->metric) != 0)
			continue;
		chosen = metric;
		put_metric(t, metric, view->by);
	}
	table_print(t, f, view->color);
	table_free(t);
	if (view->metric != NULL && chosen == NULL)
		return err_set(e, REJ_NOT_FOUND, "spd",
			       "there is no metric %s in this SPD; "
			       "leave out --metric to see which there are",
			       view->metric);
	if (view->metric != NULL) {
		print_details(chosen, f);
		return OK;
	}
	print_records(doc, f);
	print_unsupported(doc, f);
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
	if (code == OK && view->color)
		add_painted(text, out);
	else if (code == OK)
		buf_add(out, text, n);
	free(text);
	if (code == OK && out->failed)
		code = err_set(e, TRY_LIMIT, "spd", "the document is too large for a terminal");
	return code;
}
