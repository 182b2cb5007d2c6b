#include "core/spd/past.h"

#include "base/json/jsonin.h"
#include "base/json/jsonout.h"
#include "core/spd/keys.h"

#include <stdlib.h>
#include <string.h>

static const char *
keep(struct arena *a, const json_t *text)
{
	const char *s = json_string_value(text);

	return s == NULL ? NULL : arena_dup(a, s, strlen(s));
}

static bool
whole(const json_t *o, const char *key, int64_t *v)
{
	const json_t *j = json_object_get(o, key);

	*v = json_is_integer(j) ? (int64_t)json_integer_value(j) : 0;
	return json_is_integer(j);
}

/* The metric's breakdown with exactly the dimensions of `by`, their values in g->by; false: none.
 */
static bool
set_breakdown(struct arena *a, const struct metric *m, const json_t *by, struct figure *g)
{
	for (g->breakdown = 0; g->breakdown < m->breakdown_count; g->breakdown++) {
		const struct breakdown *b = &m->breakdown[g->breakdown];
		unsigned found = 0;

		for (unsigned i = 0; i < b->n; i++) {
			const char *name = m->dimension[b->dimension[i]];
			const char *text = member_maybe(by, name);

			found += text != NULL;
			g->by[i] = text == NULL || strcmp(text, FIGURE_NOT_GIVEN) == 0
				       ? NULL
				       : arena_dup(a, text, strlen(text));
		}
		if (found == b->n && json_object_size(by) == b->n)
			return true;
	}
	return false;
}

static struct figure *
read_figure(struct arena *a, const struct metric *m, const json_t *j)
{
	struct figure *g = arena_zalloc(a, 1, sizeof *g);
	const json_t *value = json_object_get(j, DOC_VALUE);
	const json_t *interval = json_object_get(j, DOC_INTERVAL);
	const json_t *clusters = json_object_get(j, DOC_CLUSTERS);

	if (g == NULL || !set_breakdown(a, m, json_object_get(j, DOC_BY), g))
		return NULL;
	g->has_numerator = whole(j, DOC_NUMERATOR, &g->numerator);
	g->has_denominator = whole(j, DOC_DENOMINATOR, &g->denominator);
	g->has_value = json_is_number(value);
	g->value = json_number_value(value);
	g->has_interval = json_is_object(interval);
	g->interval.lo = json_number_value(json_object_get(interval, DOC_LO));
	g->interval.hi = json_number_value(json_object_get(interval, DOC_HI));
	g->is_by_general = strcmp(member_text(j, DOC_INTERVAL_BY), "GENERAL") == 0;
	g->general.interval.lo = json_number_value(json_object_get(clusters, DOC_LOW));
	g->general.interval.hi = json_number_value(json_object_get(clusters, DOC_HIGH));
	g->no_data = keep(a, json_object_get(j, DOC_NO_DATA));
	return status_parse(member_text(j, DOC_STATUS), &g->status) ? g : NULL;
}

static int
compare(const void *a, const void *b)
{
	return figure_compare(*(struct figure *const *)a, *(struct figure *const *)b);
}

static void
read_points(struct arena *a, const json_t *chart, struct spd_past_metric *out)
{
	const json_t *weeks = json_object_get(chart, DOC_WEEKS);
	size_t n = json_array_size(weeks);

	out->points = arena_zalloc(a, n, sizeof *out->points);
	for (size_t i = 0; out->points != NULL && i < n; i++) {
		const json_t *week = json_array_get(weeks, i);
		struct spd_past_point *p = &out->points[out->n_points];

		p->first_day = keep(a, json_object_get(week, DOC_FIRST_DAY));
		p->value = json_number_value(json_object_get(week, DOC_VALUE));
		out->n_points += p->first_day != NULL;
	}
}

static void
read_metric(struct arena *a, const struct metric *m, const json_t *j, struct spd_past_metric *out)
{
	const json_t *figures = json_object_get(j, DOC_FIGURES);
	size_t n = json_array_size(figures);

	out->version = keep(a, json_object_get(j, DOC_VERSION));
	read_points(a, json_object_get(j, DOC_CHART), out);
	out->of = keep(a, json_object_get(json_object_get(j, DOC_TARGET), DOC_OF));
	out->figures = arena_zalloc(a, n, sizeof(struct figure *));
	for (size_t i = 0; out->figures != NULL && i < n; i++) {
		struct figure *g = read_figure(a, m, json_array_get(figures, i));

		if (g != NULL)
			out->figures[out->n_figures++] = g;
	}
	if (out->figures != NULL && out->n_figures > 0)
		qsort(out->figures, out->n_figures, sizeof(struct figure *), compare);
}

static const struct metric *
metric_named(const struct catalogue *c, const json_t *id)
{
	return json_is_string(id) ? catalogue_metric(c, json_words(id)) : NULL;
}

enum code
past_read(struct arena *a, const struct catalogue *c, const json_t *document, struct spd_past *out,
	  struct err *e)
{
	const json_t *metrics = json_object_get(document, DOC_METRICS);

	out->metrics = arena_zalloc(a, c->metrics_count, sizeof *out->metrics);
	for (size_t i = 0; out->metrics != NULL && i < json_array_size(metrics); i++) {
		const json_t *j = json_array_get(metrics, i);
		const struct metric *m = metric_named(c, json_object_get(j, DOC_ID));

		if (m != NULL)
			read_metric(a, m, j, &out->metrics[m - c->metrics]);
	}
	return arena_failed(a)
		   ? err_set(e, TRY_LIMIT, "spd", "an earlier quarter has too many figures")
		   : OK;
}

const struct figure *
past_figure(const struct spd_past_metric *p, const struct figure *now)
{
	struct figure *const *found = NULL;

	if (p->n_figures > 0)
		found = bsearch(&now, p->figures, p->n_figures, sizeof(struct figure *), compare);
	return found == NULL ? NULL : *found;
}
