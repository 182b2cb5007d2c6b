#include "core/spd.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#define FORMAT  "sems-spd/1"
#define MARKING "OFFICIAL-SENSITIVE"

/* jansson keeps no record of a failed allocation: every helper gives NULL then, and a container
 * that was given NULL refuses it, which `ok` collects. */
struct made {
	json_t *json;
	bool ok;
};

static struct made
object(void)
{
	json_t *j = json_object();
	return (struct made){j, j != NULL};
}

static void
put(struct made *o, const char *key, json_t *value /* takes */)
{
	o->ok = json_object_set_new(o->json, key, value) == 0 && o->ok;
}

static void
put_text(struct made *o, const char *key, const char *text)
{
	put(o, key, text == NULL ? json_null() : json_string(text));
}

static void
put_int(struct made *o, const char *key, int64_t v)
{
	put(o, key, json_integer((json_int_t)v));
}

/* JSON has no infinity and no NaN: a number that does not exist is null. */
static void
put_real(struct made *o, const char *key, double v)
{
	put(o, key, isfinite(v) ? json_real(v) : json_null());
}

static json_t *
taken(struct made o)
{
	if (!o.ok) {
		json_decref(o.json);
		return NULL;
	}
	return o.json;
}

static void
append(struct made *list, json_t *value /* takes */)
{
	list->ok = json_array_append_new(list->json, value) == 0 && list->ok;
}

static struct made
array(void)
{
	json_t *j = json_array();
	return (struct made){j, j != NULL};
}

static json_t *
texts(char *const *list, unsigned n)
{
	struct made a = array();
	for (unsigned i = 0; i < n; i++) {
		append(&a, json_string(list[i]));
	}
	return taken(a);
}

static json_t *
by_of(const struct metric *m, const struct figure *g)
{
	const struct breakdown *b = &m->breakdown[g->breakdown];
	struct made o = object();
	for (unsigned i = 0; i < b->n; i++) {
		put_text(&o, m->dimension[b->dimension[i]],
			 g->by[i] == NULL ? FIGURE_NOT_GIVEN : g->by[i]);
	}
	return taken(o);
}

static void
add_exclusion(struct made *list, const char *reason, int64_t count)
{
	struct made o = object();
	put_text(&o, "reason", reason);
	put_int(&o, "count", count);
	append(list, taken(o));
}

/* The figure of the entity names every reason, also those with none; the others only what was left
 * out of them. */
static json_t *
excluded_of(const struct metric *m, const struct figure *g)
{
	struct made list = array();
	for (unsigned i = 0; i < m->excluded_count; i++) {
		int64_t n = g->count[GROUP_NAMED + i];
		if (n != 0 || g->breakdown == 0) {
			add_exclusion(&list, m->excluded[i].name, n);
		}
	}
	if (m->persons != NULL && m->persons->left_out != NULL &&
	    (g->persons_left_out != 0 || g->breakdown == 0)) {
		add_exclusion(&list, m->persons->left_out, g->persons_left_out);
	}
	return taken(list);
}

static json_t *
parts_of(const struct metric *m, const struct figure *g)
{
	struct made o = object();
	for (unsigned i = 0; i < m->parts_count; i++) {
		put_int(&o, m->parts[i].name, g->count[GROUP_NAMED + m->excluded_count + i]);
	}
	return taken(o);
}

static json_t *
details_of(const struct metric *m, const struct figure *g)
{
	struct made o = object();
	if (m->parts_count > 0) {
		put(&o, "parts", parts_of(m, g));
	}
	if (m->shape == SHAPE_SDT) {
		put_int(&o, "hits", g->numerator);
		put_int(&o, "misses", g->denominator - g->numerator);
		put_int(&o, "false_alarms", g->count[GROUP_FALSE_ALARMS]);
		put_int(&o, "correct_rejections",
			g->count[GROUP_NOISE] - g->count[GROUP_FALSE_ALARMS]);
	}
	if (m->shape == SHAPE_SDT && g->has_value) {
		put_real(&o, "dprime", g->sdt.dprime);
		put_real(&o, "c", g->sdt.c);
		put_real(&o, "da_half", g->sdt.da_half);
	}
	if (m->shape == SHAPE_QUANTILE && g->has_value) {
		put_real(&o, "median", g->value);
		put_real(&o, "p90", g->p90);
	}
	return taken(o);
}

static json_t *
interval_of(const struct figure *g)
{
	if (!g->has_interval) {
		return json_null();
	}
	struct made o = object();
	put_real(&o, "lo", g->interval.lo);
	put_real(&o, "hi", g->interval.hi);
	return taken(o);
}

static json_t *
figure_json(const struct metric *m, const struct figure *g)
{
	struct made o = object();
	put(&o, "by", by_of(m, g));
	put(&o, "numerator", g->has_numerator ? json_integer(g->numerator) : json_null());
	put(&o, "denominator", g->has_denominator ? json_integer(g->denominator) : json_null());
	put(&o, "excluded", excluded_of(m, g));
	put(&o, "value", g->has_value ? json_real(g->value) : json_null());
	put(&o, "interval", interval_of(g));
	put_text(&o, "status", status_name(g->status));
	put_text(&o, "no_data", g->no_data);
	put(&o, "details", details_of(m, g));
	return taken(o);
}

static json_t *
target_json(const struct spd_target *t)
{
	if (t == NULL) {
		return json_null();
	}
	struct made o = object();
	put_real(&o, "value", t->value);
	put_text(&o, "approved_by", t->approved_by);
	put_text(&o, "from_quarter", t->from_quarter);
	return taken(o);
}

static json_t *
metric_json(const struct spd_metric *s)
{
	const struct metric *m = s->m;
	struct made figures = array();
	for (size_t i = 0; i < s->n_figures; i++) {
		append(&figures, figure_json(m, s->figures[i]));
	}
	struct made o = object();
	put_text(&o, "id", m->id);
	put_text(&o, "name", m->name);
	put_text(&o, "form", form_name(m->form));
	put_text(&o, "basis", basis_name(m->basis));
	put_text(&o, "shape", shape_name(m->shape));
	put_text(&o, "sheet", m->sheet);
	put_text(&o, "unit", m->unit);
	put_text(&o, "direction", direction_name(m->direction));
	put_text(&o, "definition", m->definition);
	put_int(&o, "minimum_n", m->minimum_n);
	put(&o, "readers", texts(m->readers, m->readers_count));
	put(&o, "requirements", texts(m->requirements, m->requirements_count));
	put(&o, "target", target_json(s->target));
	put(&o, "figures", taken(figures));
	return taken(o);
}

static json_t *
unsupported_json(const struct catalogue *c)
{
	struct made list = array();
	for (unsigned i = 0; i < c->unsupported_count; i++) {
		struct made o = object();
		put_text(&o, "id", c->unsupported[i].id);
		put_text(&o, "name", c->unsupported[i].name);
		put_text(&o, "needs", c->unsupported[i].needs);
		append(&list, taken(o));
	}
	return taken(list);
}

static json_t *
records_json(const struct spd *s)
{
	struct made list = array();
	for (size_t i = 0; i < s->n_records; i++) {
		const struct spd_records *r = &s->records[i];
		struct made o = object();
		put_text(&o, "kind", r->kind);
		put_int(&o, "received", r->received);
		put_int(&o, "effective", r->effective);
		put_int(&o, "corrected", r->corrected);
		put_int(&o, "voided", r->voided);
		put_int(&o, "late", r->late);
		append(&list, taken(o));
	}
	return taken(list);
}

static json_t *
quarter_json(const struct spd *s)
{
	struct made o = object();
	put_text(&o, "label", s->quarter);
	put_text(&o, "first_day", s->first_day);
	put_text(&o, "last_day", s->last_day);
	put_text(&o, "start", s->start);
	put_text(&o, "end", s->end);
	return taken(o);
}

static json_t *
catalogue_json(const struct catalogue *c)
{
	struct made o = object();
	put_text(&o, "version", c->version);
	put_text(&o, "sha256", c->sha256);
	return taken(o);
}

static json_t *
document_json(const struct spd *s)
{
	struct made metrics = array();
	for (size_t i = 0; i < s->n_metrics; i++) {
		append(&metrics, metric_json(&s->metrics[i]));
	}
	struct made o = object();
	put_text(&o, "format", FORMAT);
	put_text(&o, "marking", MARKING);
	put_text(&o, "entity", s->entity);
	put_text(&o, "zone", s->zone);
	put(&o, "quarter", quarter_json(s));
	put_text(&o, "state", s->state);
	put_int(&o, "revision", s->revision);
	put_text(&o, "as_of", s->as_of);
	put(&o, "catalogue", catalogue_json(s->catalogue));
	put(&o, "metrics", taken(metrics));
	put(&o, "unsupported", unsupported_json(s->catalogue));
	put(&o, "records", records_json(s));
	return taken(o);
}

static int
on_dump(const char *bytes, size_t n, void *ctx)
{
	return buf_add(ctx, bytes, n) ? 0 : -1;
}

enum code
spd_document(const struct spd *s, struct buf *out, struct err *e)
{
	json_t *doc = document_json(s);
	if (doc == NULL) {
		return err_set(e, TRY_LIMIT, "spd", "out of memory; try again");
	}
	int r = json_dump_callback(doc, on_dump, out, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(doc);
	if (r != 0) {
		return err_set(e, TRY_LIMIT, "spd", "the document has more than %zu bytes",
			       out->max);
	}
	return OK;
}
