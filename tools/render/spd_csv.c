#include "tools/render/spd_csv.h"

#include "tools/render/csv_out.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static void
put_header(struct csv_out *c, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		csv_out_text(c, names[i]);
}

static void
put_text(struct csv_out *c, const json_t *o, const char *key)
{
	csv_out_text(c, spd_text(o, key));
}

static void
put_integer(struct csv_out *c, const json_t *o, const char *key)
{
	char cell[SPD_CELL];

	spd_count(o, key, "", cell);
	csv_out_number(c, cell);
}

static void
put_real(struct csv_out *c, const json_t *o, const char *key)
{
	char cell[SPD_CELL] = "";
	double v;

	if (spd_number(o, key, &v))
		spd_digits(v, cell);
	csv_out_number(c, cell);
}

/* What every row begins with: a row that is copied elsewhere still says what it is of. */
static const char *const origin[] = {"marking",  "entity", "quarter",  "first_day",
				     "last_day", "state",  "revision", "as_of"};

static void
put_origin(struct csv_out *c, const json_t *doc)
{
	const json_t *q = json_object_get(doc, "quarter");

	put_text(c, doc, "marking");
	put_text(c, doc, "entity");
	put_text(c, q, "label");
	put_text(c, q, "first_day");
	put_text(c, q, "last_day");
	put_text(c, doc, "state");
	put_integer(c, doc, "revision");
	put_text(c, doc, "as_of");
}

static void
put_exclusions(struct csv_out *c, const json_t *figure)
{
	char cell[SPD_CELL * 4] = "";
	char total[SPD_CELL] = "";
	json_int_t sum = spd_excluded(figure);
	const json_t *item;
	size_t at = 0;
	size_t i;

	if (sum >= 0)
		snprintf(total, sizeof total, "%" JSON_INTEGER_FORMAT, sum);
	csv_out_number(c, total);
	json_array_foreach(json_object_get(figure, "excluded"), i, item)
	{
		json_int_t n = json_integer_value(json_object_get(item, "count"));

		if (at < sizeof cell)
			at += (size_t)snprintf(cell + at, sizeof cell - at,
					       "%s%s=%" JSON_INTEGER_FORMAT, i > 0 ? "; " : "",
					       spd_text(item, "reason"), n);
	}
	csv_out_text(c, cell);
}

static const char *const figure_columns[] = {
    "numerator", "denominator",  "excluded",      "excluded_by_reason",
    "value",     "interval_low", "interval_high", "shown",
    "target",    "status",       "no_data"};

static void
put_figure(struct csv_out *c, const json_t *metric, const json_t *figure)
{
	const json_t *interval = json_object_get(figure, "interval");
	char shown[SPD_CELL] = "";
	double v;

	put_integer(c, figure, "numerator");
	put_integer(c, figure, "denominator");
	put_exclusions(c, figure);
	put_real(c, figure, "value");
	put_real(c, interval, "lo");
	put_real(c, interval, "hi");
	if (spd_number(figure, "value", &v))
		spd_value(v, spd_text(metric, "unit"), shown);
	if (isdigit((unsigned char)shown[0]) || shown[0] == '-')
		csv_out_number(c, shown); /* "-0.52" is a number, no formula */
	else
		csv_out_text(c, shown);
	put_real(c, json_object_get(metric, "target"), "value");
	put_text(c, figure, "status");
	put_text(c, figure, "no_data");
}

static const char *const metric_columns[] = {"metric", "name", "form",
					     "basis",  "unit", "direction"};

static void
put_metric(struct csv_out *c, const json_t *metric)
{
	for (size_t i = 0; i < COUNT(metric_columns); i++)
		put_text(c, metric, i == 0 ? "id" : metric_columns[i]);
}

static void
render_scorecard(const json_t *doc, struct buf *out)
{
	struct csv_out c;
	const json_t *metric;
	const json_t *figure;
	size_t i;
	size_t k;

	csv_out_begin(&c, out);
	put_header(&c, origin, COUNT(origin));
	put_header(&c, metric_columns, COUNT(metric_columns));
	put_header(&c, figure_columns, COUNT(figure_columns));
	csv_out_end_row(&c);
	json_array_foreach(json_object_get(doc, "metrics"), i, metric)
	{
		json_array_foreach(json_object_get(metric, "figures"), k, figure)
		{
			if (!spd_is_by(figure, ""))
				continue;
			put_origin(&c, doc);
			put_metric(&c, metric);
			put_figure(&c, metric, figure);
			csv_out_end_row(&c);
		}
	}
}

/* "stream=CABIN; threat_category=GUN": the dimensions that have no column of their own. */
static void
put_other_dimensions(struct csv_out *c, const json_t *figure)
{
	char cell[SPD_CELL] = "";
	const char *key;
	json_t *value;
	size_t at = 0;

	json_object_foreach(json_object_get(figure, "by"), key, value)
	{
		const char *v = json_string_value(value);

		if (strcmp(key, "site") == 0 || strcmp(key, "measure") == 0 || v == NULL)
			continue;
		if (at < sizeof cell)
			at += (size_t)snprintf(cell + at, sizeof cell - at, "%s%s=%s",
					       at > 0 ? "; " : "", key, v);
	}
	csv_out_text(c, cell);
}

/* "median=3890; p90=7102; parts.covert=12", numbers in the digits that give them back. */
static void
put_details(struct csv_out *c, const json_t *figure)
{
	json_t *details = json_object_get(figure, "details");
	json_t *parts = json_object_get(details, "parts");
	char cell[SPD_CELL * 8] = "";
	const char *key;
	json_t *value;
	size_t at = 0;
	char n[SPD_CELL];

	json_object_foreach(details, key, value)
	{
		if (!json_is_number(value) || at >= sizeof cell)
			continue;
		spd_count(details, key, "", n);
		at += (size_t)snprintf(cell + at, sizeof cell - at, "%s%s=%s", at > 0 ? "; " : "",
				       key, n);
	}
	json_object_foreach(parts, key, value)
	{
		if (at >= sizeof cell)
			break;
		spd_count(parts, key, "", n);
		at += (size_t)snprintf(cell + at, sizeof cell - at, "%s%s=%s", at > 0 ? "; " : "",
				       key, n);
	}
	csv_out_text(c, cell);
}

static void
render_figures(const json_t *doc, struct buf *out)
{
	static const char *const by[] = {"site", "measure", "other"};
	static const char *const more[] = {"details"};
	struct csv_out c;
	const json_t *metric;
	const json_t *figure;
	size_t i;
	size_t k;

	csv_out_begin(&c, out);
	put_header(&c, origin, COUNT(origin));
	put_header(&c, metric_columns, COUNT(metric_columns));
	put_header(&c, by, COUNT(by));
	put_header(&c, figure_columns, COUNT(figure_columns));
	put_header(&c, more, COUNT(more));
	csv_out_end_row(&c);
	json_array_foreach(json_object_get(doc, "metrics"), i, metric)
	{
		json_array_foreach(json_object_get(metric, "figures"), k, figure)
		{
			put_origin(&c, doc);
			put_metric(&c, metric);
			put_text(&c, json_object_get(figure, "by"), "site");
			put_text(&c, json_object_get(figure, "by"), "measure");
			put_other_dimensions(&c, figure);
			put_figure(&c, metric, figure);
			put_details(&c, figure);
			csv_out_end_row(&c);
		}
	}
}

static void
put_list(struct csv_out *c, const json_t *list)
{
	char cell[SPD_CELL * 4] = "";
	const json_t *item;
	size_t at = 0;
	size_t i;

	json_array_foreach(list, i, item)
	{
		const char *s = json_string_value(item);

		if (s != NULL && at < sizeof cell)
			at += (size_t)snprintf(cell + at, sizeof cell - at, "%s%s",
					       at > 0 ? "; " : "", s);
	}
	csv_out_text(c, cell);
}

static void
put_definition(struct csv_out *c, const json_t *metric)
{
	const json_t *target = json_object_get(metric, "target");

	put_metric(c, metric);
	put_text(c, metric, "shape");
	put_integer(c, metric, "minimum_n");
	put_text(c, metric, "definition");
	put_real(c, target, "value");
	put_text(c, target, "approved_by");
	put_list(c, json_object_get(metric, "readers"));
	put_list(c, json_object_get(metric, "requirements"));
}

#define DEFINITION_CELLS 13 /* those of put_definition() */

static void
render_definitions(const json_t *doc, struct buf *out)
{
	static const char *const more[] = {
	    "shape",       "minimum_n",       "definition",   "target",
	    "approved_by", "readers",         "requirements", "not_computed_for_want_of",
	    "catalogue",   "catalogue_sha256"};
	const json_t *catalogue = json_object_get(doc, "catalogue");
	struct csv_out c;
	const json_t *item;
	size_t i;

	csv_out_begin(&c, out);
	put_header(&c, origin, COUNT(origin));
	put_header(&c, metric_columns, COUNT(metric_columns));
	put_header(&c, more, COUNT(more));
	csv_out_end_row(&c);
	json_array_foreach(json_object_get(doc, "metrics"), i, item)
	{
		put_origin(&c, doc);
		put_definition(&c, item);
		csv_out_text(&c, "");
		put_text(&c, catalogue, "version");
		put_text(&c, catalogue, "sha256");
		csv_out_end_row(&c);
	}
	json_array_foreach(json_object_get(doc, "unsupported"), i, item)
	{
		put_origin(&c, doc);
		put_text(&c, item, "id");
		put_text(&c, item, "name");
		for (size_t k = 2; k < DEFINITION_CELLS; k++)
			csv_out_text(&c, "");
		put_text(&c, item, "needs");
		put_text(&c, catalogue, "version");
		put_text(&c, catalogue, "sha256");
		csv_out_end_row(&c);
	}
}

static void
render_records(const json_t *doc, struct buf *out)
{
	static const char *const columns[] = {"kind",      "received", "effective",
					      "corrected", "voided",   "late"};
	struct csv_out c;
	const json_t *item;
	size_t i;

	csv_out_begin(&c, out);
	put_header(&c, origin, COUNT(origin));
	put_header(&c, columns, COUNT(columns));
	csv_out_end_row(&c);
	json_array_foreach(json_object_get(doc, "records"), i, item)
	{
		put_origin(&c, doc);
		put_text(&c, item, "kind");
		for (size_t k = 1; k < COUNT(columns); k++)
			put_integer(&c, item, columns[k]);
		csv_out_end_row(&c);
	}
}

const struct spd_sheet spd_sheets[] = {
    {"scorecard", render_scorecard},
    {"figures", render_figures},
    {"definitions", render_definitions},
    {"records", render_records},
};
const size_t n_spd_sheets = COUNT(spd_sheets);

/* Appends what of s may be part of a file name. */
static void
add_safe(char out[SPD_CELL], const char *s)
{
	size_t at = strlen(out);

	for (; *s != '\0' && at + 1 < SPD_CELL; s++) {
		bool safe = isalnum((unsigned char)*s) != 0 || *s == '-' || *s == '_';

		if (safe)
			out[at++] = *s;
		else
			out[at++] = '-';
	}
	out[at] = '\0';
}

void
spd_file_name(const json_t *doc, const char *sheet, const char *extension, char out[SPD_CELL])
{
	json_int_t revision = json_integer_value(json_object_get(doc, "revision"));
	char number[32] = "provisional";

	if (revision > 0)
		snprintf(number, sizeof number, "r%" JSON_INTEGER_FORMAT, revision);
	out[0] = '\0';
	add_safe(out, spd_text(json_object_get(doc, "quarter"), "label"));
	add_safe(out, "_");
	add_safe(out, number);
	add_safe(out, "_");
	add_safe(out, spd_text(doc, "marking"));
	add_safe(out, "_");
	add_safe(out, sheet);
	snprintf(out + strlen(out), SPD_CELL - strlen(out), ".%s", extension);
}
