#include "core/spd/spd.h"

#include "base/count.h"
#include "base/json/jsonin.h"
#include "base/json/jsonout.h"
#include "core/metric/template.h"
#include "core/spd/forms.h"
#include "core/spd/keys.h"
#include "core/spd/marking.h"
#include "core/spd/small.h"
#include "core/spd/spd_metric.h"

#include <string.h>

#define SCRATCH_MAX ((size_t)256 * 1024 * 1024)

static bool
is_not_applicable(const struct spd *s, const char *metric)
{
	for (size_t i = 0; i < s->n_not_applicable; i++)
		if (strcmp(s->not_applicable[i].metric, metric) == 0)
			return true;
	return false;
}

static bool
has_exclusions(const struct metric *m, const struct figure *g)
{
	for (unsigned i = 0; i < m->excluded_count && !g->is_suppressed; i++)
		if (g->count[GROUP_NAMED + i] != 0)
			return true;
	return g->persons_left_out != 0 || g->is_suppressed;
}

/* What was declared as none of the entity's business is told all the same where there is anything
 * of it, left out as it may be, and where a target is set: a declaration hides nothing. */
static bool
is_left_out(const struct spd *s, const struct spd_metric *m)
{
	const struct figure *whole = m->n_figures == 0 ? NULL : m->figures[0];

	if (m->target != NULL || !is_not_applicable(s, m->m->id))
		return false;
	return whole == NULL || (!has_exclusions(m->m, whole) && !whole->has_value &&
				 (!whole->has_numerator || whole->numerator == 0) &&
				 (!whole->has_denominator || whole->denominator == 0));
}

static json_t *
not_applicable_json(const struct spd *s)
{
	struct made list = made_array();

	for (size_t i = 0; i < s->n_not_applicable; i++) {
		const struct spd_not_applicable *n = &s->not_applicable[i];
		struct made o = made_object();

		made_text(&o, DOC_ID, n->metric);
		made_text(&o, DOC_NAME, n->name);
		made_text(&o, DOC_REASON, n->reason);
		made_text(&o, DOC_DECLARED_BY, n->declared_by);
		made_text(&o, DOC_FROM_QUARTER, n->from_quarter);
		made_text(&o, DOC_SET_AT, n->set_at);
		made_text(&o, DOC_SET_BY, n->set_by);
		made_append(&list, made_take(o));
	}
	return made_take(list);
}

static json_t *
unsupported_json(const struct spd *s)
{
	const struct catalogue *c = s->catalogue;
	struct made list = made_array();

	for (unsigned i = 0; i < c->unsupported_count; i++) {
		struct made o;

		if (is_not_applicable(s, c->unsupported[i].id))
			continue;
		o = made_object();

		made_text(&o, DOC_ID, c->unsupported[i].id);
		made_text(&o, DOC_NAME, c->unsupported[i].name);
		made_text(&o, DOC_NEEDS, c->unsupported[i].needs);
		made_append(&list, made_take(o));
	}
	return made_take(list);
}

static json_t *
records_json(const struct spd *s)
{
	struct made list = made_array();

	for (size_t i = 0; i < s->n_records; i++) {
		const struct spd_records *r = &s->records[i];
		struct made o = made_object();

		made_text(&o, DOC_KIND, r->kind);
		made_int(&o, DOC_RECEIVED, r->received);
		made_int(&o, DOC_EFFECTIVE, r->effective);
		made_int(&o, DOC_CORRECTED, r->corrected);
		made_int(&o, DOC_VOIDED, r->voided);
		made_int(&o, DOC_LATE, r->late);
		made_append(&list, made_take(o));
	}
	return made_take(list);
}

static json_t *
balances_json(const struct spd *s)
{
	struct made list = made_array();

	for (size_t i = 0; i < s->n_balances; i++) {
		const struct spd_balance *b = &s->balances[i];
		struct made o = made_object();

		made_text(&o, DOC_WHAT, b->what);
		made_int(&o, DOC_OPENING, b->opening);
		made_int(&o, DOC_RAISED, b->raised);
		made_int(&o, DOC_CLOSED, b->closed);
		made_int(&o, DOC_CLOSING, b->closing);
		made_append(&list, made_take(o));
	}
	return made_take(list);
}

/* --- completeness ------------------------------------------------------------------------- */

static json_t *
missing_json(const struct spd_feed *f)
{
	if (!f->has_expected)
		return json_null();
	return json_integer(f->expected > f->received ? f->expected - f->received : 0);
}

static json_t *
gaps_json(const struct spd_feed *f)
{
	json_t *gaps = f->gaps == NULL ? NULL : json_loads(f->gaps, 0, NULL);

	return gaps == NULL ? json_array() : gaps;
}

static json_t *
feed_json(const struct spd_feed *f)
{
	struct made o = made_object();

	made_text(&o, DOC_SOURCE, f->source);
	made_text(&o, DOC_KIND, f->kind);
	made_text(&o, DOC_SITE, f->site);
	made_put(&o, DOC_EXPECTED, f->has_expected ? json_integer(f->expected) : json_null());
	made_int(&o, DOC_RECEIVED, f->received);
	made_put(&o, DOC_MISSING, missing_json(f));
	made_text(&o, DOC_BASIS, f->basis);
	made_text(&o, DOC_LAST_AT, f->last_at);
	made_put(&o, DOC_GAPS, gaps_json(f));
	return made_take(o);
}

/* Members that the gatherer had nothing to say about are still there. */
static void
fill_completeness(struct made *o)
{
	static const char *const lists[] = {DOC_PLANS, DOC_SILENT, DOC_QUARANTINE, DOC_CLOCK,
					    DOC_RESTORES};
	static const char *const objects[] = {DOC_SESSIONS, DOC_LATE};

	for (size_t i = 0; i < COUNT(lists); i++)
		if (json_object_get(o->json, lists[i]) == NULL)
			made_put(o, lists[i], json_array());
	for (size_t i = 0; i < COUNT(objects); i++)
		if (json_object_get(o->json, objects[i]) == NULL)
			made_put(o, objects[i], json_null());
}

static json_t *
corrections_json(const struct spd *s)
{
	return s->corrected == NULL ? json_pack("{s:i, s:i, s:i, s:[]}", DOC_TOTAL, 0, DOC_INDIRECT,
						0, DOC_DATED_AHEAD, 0, DOC_ROWS)
				    : json_loads(s->corrected, 0, NULL);
}

static json_t *
completeness_json(const struct spd *s)
{
	json_t *given = s->completeness == NULL ? NULL : json_loads(s->completeness, 0, NULL);
	struct made o = given == NULL ? made_object() : (struct made){given, true};
	struct made feeds = made_array();

	for (size_t i = 0; i < s->n_feeds; i++)
		made_append(&feeds, feed_json(&s->feeds[i]));
	made_put(&o, DOC_FEEDS, made_take(feeds));
	fill_completeness(&o);
	return made_take(o);
}

/* --- the head ----------------------------------------------------------------------------- */

static json_t *
quarter_json(const struct spd *s)
{
	struct made o = made_object();

	made_text(&o, DOC_LABEL, s->quarter);
	made_text(&o, DOC_FIRST_DAY, s->first_day);
	made_text(&o, DOC_LAST_DAY, s->last_day);
	made_text(&o, DOC_START, s->start);
	made_text(&o, DOC_END, s->end);
	return made_take(o);
}

static json_t *
catalogue_json(const struct catalogue *c)
{
	struct made o = made_object();

	made_text(&o, DOC_VERSION, c->version);
	made_text(&o, DOC_SHA256, c->sha256);
	return made_take(o);
}

/* The whole layout, so that the document can be shown without any other file. */
static json_t *
template_json(const struct spd_template *t)
{
	struct made sheets = made_array();
	struct made o = made_object();

	for (unsigned i = 0; i < t->sheets_count; i++) {
		const struct sheet *s = &t->sheets[i];
		struct made j = made_object();

		made_text(&j, DOC_ID, s->id);
		made_text(&j, DOC_TITLE, s->title);
		made_text(&j, DOC_CONTENT, sheet_content_name(s->content));
		made_put(&j, DOC_METRICS, made_texts(s->metrics, s->metrics_count));
		made_put(&j, DOC_BY,
			 s->by_count == 0 ? json_null() : made_texts(s->by, s->by_count));
		made_put(&j, DOC_COLUMNS,
			 s->columns_count == 0 ? json_null()
					       : made_texts(s->columns, s->columns_count));
		made_text(&j, DOC_NOTE, s->note);
		made_text(&j, DOC_EMPTY, s->empty);
		made_append(&sheets, made_take(j));
	}
	made_text(&o, DOC_VERSION, t->version);
	made_text(&o, DOC_SHA256, t->sha256);
	made_text(&o, DOC_TITLE, t->title);
	made_text(&o, DOC_DECLARATION, t->declaration);
	made_put(&o, DOC_SHEETS, made_take(sheets));
	return made_take(o);
}

static const char *
marking_of(const struct spd *s)
{
	return s->marking == NULL ? MARKING_DEFAULT : s->marking;
}

static json_t *
policy_json(const struct spd *s)
{
	struct made o = made_object();

	made_text(&o, DOC_APPROVAL, s->approval == NULL ? "THREE_PEOPLE" : s->approval);
	made_text(&o, DOC_CORRECTIONS, s->corrections == NULL ? "TWO_PEOPLE" : s->corrections);
	made_text(&o, DOC_DECLARED_BY, s->declared_by);
	made_text(&o, DOC_DECLARED_ON, s->declared_on);
	made_text(&o, DOC_MARKING, marking_of(s));
	made_text(&o, DOC_HANDLING, s->handling);
	return made_take(o);
}

/* A section that was made elsewhere, or an empty list. */
static json_t *
given_list(json_t *list)
{
	return list == NULL ? json_array() : json_incref(list);
}

/* Nobody looked: an empty list. */
static json_t *
clocks_json(const struct spd *s)
{
	json_t *runs = s->clocks == NULL ? NULL : json_loads(s->clocks, 0, NULL);

	return runs == NULL ? json_array() : runs;
}

static void
put_head(struct made *o, const struct spd *s)
{
	const struct spd_template *t = s->template;

	made_text(o, DOC_FORMAT, SPD_FORMAT);
	made_text(o, DOC_MARKING, marking_of(s));
	made_text(o, DOC_ENTITY, s->entity);
	made_text(o, DOC_ZONE, s->zone);
	made_put(o, DOC_CLOCKS, clocks_json(s));
	made_put(o, DOC_QUARTER, quarter_json(s));
	made_text(o, DOC_STATE, s->state);
	made_int(o, DOC_REVISION, s->revision);
	made_text(o, DOC_AS_OF, s->as_of);
	made_put(o, DOC_CATALOGUE, catalogue_json(s->catalogue));
	made_put(o, DOC_TEMPLATE, t == NULL ? json_null() : template_json(t));
	made_put(o, DOC_POLICY, policy_json(s));
}

static json_t *
embargo_json(const struct spd *s)
{
	struct made o = made_object();

	made_put(&o, DOC_EXCLUDED, given_list(s->embargo));
	return made_take(o);
}

static json_t *
small_cells_json(const struct spd *s)
{
	struct made o = made_object();

	made_int(&o, DOC_BELOW, SMALL_PERSONS);
	made_int(&o, DOC_SUPPRESSED, (int64_t)s->n_suppressed);
	made_put(&o, DOC_SHOWN, json_boolean(s->shows_small_cells));
	return made_take(o);
}

static const char *
measure_name(const struct catalogue *c, const char *code)
{
	for (unsigned i = 0; i < c->measures_count; i++)
		if (strcmp(c->measures[i].code, code) == 0)
			return c->measures[i].name;
	return NULL;
}

/* NULL: it has none that is not the code itself. */
static const char *
name_of(const struct spd *s, const json_t *given, const char *field, const char *code)
{
	const char *name = strcmp(field, DOC_MEASURE) == 0
			       ? measure_name(s->catalogue, code)
			       : member_maybe(json_object_get(given, field), code);

	return name == NULL || name[0] == '\0' || strcmp(name, code) == 0 ? NULL : name;
}

/* Those of one metric's figures. */
static void
add_names(const struct spd *s, const json_t *given, const json_t *metric, const char *field,
	  struct made *out)
{
	const json_t *figure;
	size_t i;

	json_array_foreach(json_object_get(metric, DOC_FIGURES), i, figure)
	{
		const char *code = member_maybe(json_object_get(figure, DOC_BY), field);
		const char *name = code == NULL ? NULL : name_of(s, given, field, code);

		if (name != NULL)
			made_text(out, code, name);
	}
}

/* What the house calls the sites and providers that figures name, and the catalogue the measures:
 * of the codes in `metrics`, the document's, and no others. */
static json_t *
names_json(const struct spd *s, const json_t *metrics)
{
	static const char *const fields[] = {DOC_MEASURE, DOC_PROVIDER, DOC_SITE};
	json_t *given = s->names == NULL ? NULL : json_loads(s->names, 0, NULL);
	struct made all = made_object();
	const json_t *metric;
	size_t i;

	for (size_t f = 0; f < COUNT(fields); f++) {
		struct made of = made_object();

		json_array_foreach(metrics, i, metric)
		{
			add_names(s, given, metric, fields[f], &of);
		}
		made_put(&all, fields[f], made_take(of));
	}
	json_decref(given);
	return made_take(all);
}

static json_t *
document_json(const struct spd *s, struct arena *scratch)
{
	struct made metrics = made_array();
	struct made o = made_object();
	json_t *list;

	for (size_t i = 0; i < s->n_metrics; i++) {
		if (is_left_out(s, &s->metrics[i]))
			continue;
		made_append(&metrics, spd_metric_json(s, i, scratch));
		arena_reset(scratch);
	}
	put_head(&o, s);
	list = made_take(metrics);
	made_put(&o, DOC_NAMES, names_json(s, list));
	made_put(&o, DOC_METRICS, list);
	if (s->values_shown == 0)
		made_put(&o, DOC_VALUES_SHOWN, json_null());
	else
		made_int(&o, DOC_VALUES_SHOWN, s->values_shown);
	made_put(&o, DOC_FORMS, forms_json(s, scratch));
	made_put(&o, DOC_SMALL_CELLS, small_cells_json(s));
	made_put(&o, DOC_NOT_APPLICABLE, not_applicable_json(s));
	made_put(&o, DOC_UNSUPPORTED, unsupported_json(s));
	made_put(&o, DOC_RECORDS, records_json(s));
	made_put(&o, DOC_COMPLETENESS, completeness_json(s));
	made_put(&o, DOC_BALANCES, balances_json(s));
	made_put(&o, DOC_CORRECTIONS, corrections_json(s));
	made_put(&o, DOC_RESTATEMENTS, given_list(s->restatements));
	made_put(&o, DOC_EMBARGO, embargo_json(s));
	made_put(&o, DOC_PROOF, s->proof == NULL ? json_null() : json_incref(s->proof));
	return made_take(o);
}

enum code
spd_document(const struct spd *s, struct buf *out, struct err *e)
{
	struct arena *scratch = arena_new(SCRATCH_MAX);
	json_t *doc = scratch == NULL ? NULL : document_json(s, scratch);
	bool fits;

	arena_free(scratch);
	if (doc == NULL)
		return err_set(e, TRY_LIMIT, "spd", "out of memory; try again");
	fits = made_canonical(doc, out);
	json_decref(doc);
	if (!fits)
		return err_set(
		    e, TRY_LIMIT, "spd",
		    "the document would have more than %zu MiB, which nobody could be "
		    "given: register fewer measures, or read metrics by fewer dimensions",
		    out->max >> 20);
	return OK;
}
