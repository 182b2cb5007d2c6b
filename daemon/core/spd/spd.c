#include "core/spd/spd.h"

#include "base/count.h"
#include "base/json/jsonout.h"
#include "core/metric/template.h"
#include "core/spd/marking.h"
#include "core/spd/spd_metric.h"

#include <string.h>

#define SCRATCH_MAX ((size_t)256 * 1024 * 1024)

static json_t *
unsupported_json(const struct catalogue *c)
{
	struct made list = made_array();

	for (unsigned i = 0; i < c->unsupported_count; i++) {
		struct made o = made_object();

		made_text(&o, "id", c->unsupported[i].id);
		made_text(&o, "name", c->unsupported[i].name);
		made_text(&o, "needs", c->unsupported[i].needs);
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

		made_text(&o, "kind", r->kind);
		made_int(&o, "received", r->received);
		made_int(&o, "effective", r->effective);
		made_int(&o, "corrected", r->corrected);
		made_int(&o, "voided", r->voided);
		made_int(&o, "late", r->late);
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

		made_text(&o, "what", b->what);
		made_int(&o, "opening", b->opening);
		made_int(&o, "raised", b->raised);
		made_int(&o, "closed", b->closed);
		made_int(&o, "closing", b->closing);
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

	made_text(&o, "source", f->source);
	made_text(&o, "kind", f->kind);
	made_text(&o, "site", f->site);
	made_put(&o, "expected", f->has_expected ? json_integer(f->expected) : json_null());
	made_int(&o, "received", f->received);
	made_put(&o, "missing", missing_json(f));
	made_text(&o, "basis", f->basis);
	made_text(&o, "last_at", f->last_at);
	made_put(&o, "gaps", gaps_json(f));
	return made_take(o);
}

/* Members that the gatherer had nothing to say about are still there. */
static void
fill_completeness(struct made *o)
{
	static const char *const lists[] = {"plans", "silent", "quarantine", "clock", "restores"};
	static const char *const objects[] = {"sessions", "late"};

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
	return s->corrected == NULL ? json_pack("{s:i, s:[]}", "total", 0, "rows")
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
	made_put(&o, "feeds", made_take(feeds));
	fill_completeness(&o);
	return made_take(o);
}

/* --- the head ----------------------------------------------------------------------------- */

static json_t *
quarter_json(const struct spd *s)
{
	struct made o = made_object();

	made_text(&o, "label", s->quarter);
	made_text(&o, "first_day", s->first_day);
	made_text(&o, "last_day", s->last_day);
	made_text(&o, "start", s->start);
	made_text(&o, "end", s->end);
	return made_take(o);
}

static json_t *
catalogue_json(const struct catalogue *c)
{
	struct made o = made_object();

	made_text(&o, "version", c->version);
	made_text(&o, "sha256", c->sha256);
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

		made_text(&j, "id", s->id);
		made_text(&j, "title", s->title);
		made_text(&j, "content", sheet_content_name(s->content));
		made_put(&j, "metrics", made_texts(s->metrics, s->metrics_count));
		made_put(&j, "by", s->by_count == 0 ? json_null() : made_texts(s->by, s->by_count));
		made_put(&j, "columns",
			 s->columns_count == 0 ? json_null()
					       : made_texts(s->columns, s->columns_count));
		made_text(&j, "note", s->note);
		made_text(&j, "empty", s->empty);
		made_append(&sheets, made_take(j));
	}
	made_text(&o, "version", t->version);
	made_text(&o, "sha256", t->sha256);
	made_text(&o, "title", t->title);
	made_text(&o, "declaration", t->declaration);
	made_put(&o, "sheets", made_take(sheets));
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

	made_text(&o, "approval", s->approval == NULL ? "THREE_PEOPLE" : s->approval);
	made_text(&o, "corrections", s->corrections == NULL ? "TWO_PEOPLE" : s->corrections);
	made_text(&o, "declared_by", s->declared_by);
	made_text(&o, "declared_on", s->declared_on);
	made_text(&o, "marking", marking_of(s));
	made_text(&o, "handling", s->handling);
	return made_take(o);
}

/* A section that was made elsewhere, or an empty list. */
static json_t *
given_list(json_t *list)
{
	return list == NULL ? json_array() : json_incref(list);
}

static void
put_head(struct made *o, const struct spd *s)
{
	const struct spd_template *t = s->template;

	made_text(o, "format", SPD_FORMAT);
	made_text(o, "marking", marking_of(s));
	made_text(o, "entity", s->entity);
	made_text(o, "zone", s->zone);
	made_put(o, "quarter", quarter_json(s));
	made_text(o, "state", s->state);
	made_int(o, "revision", s->revision);
	made_text(o, "as_of", s->as_of);
	made_put(o, "catalogue", catalogue_json(s->catalogue));
	made_put(o, "template", t == NULL ? json_null() : template_json(t));
	made_put(o, "policy", policy_json(s));
}

static json_t *
embargo_json(const struct spd *s)
{
	struct made o = made_object();

	made_put(&o, "excluded", given_list(s->embargo));
	return made_take(o);
}

static json_t *
document_json(const struct spd *s, struct arena *scratch)
{
	struct made metrics = made_array();
	struct made o = made_object();

	for (size_t i = 0; i < s->n_metrics; i++) {
		made_append(&metrics, spd_metric_json(s, i, scratch));
		arena_reset(scratch);
	}
	put_head(&o, s);
	made_put(&o, "metrics", made_take(metrics));
	if (s->values_shown == 0)
		made_put(&o, "values_shown", json_null());
	else
		made_int(&o, "values_shown", s->values_shown);
	made_put(&o, "unsupported", unsupported_json(s->catalogue));
	made_put(&o, "records", records_json(s));
	made_put(&o, "completeness", completeness_json(s));
	made_put(&o, "balances", balances_json(s));
	made_put(&o, "corrections", corrections_json(s));
	made_put(&o, "restatements", given_list(s->restatements));
	made_put(&o, "embargo", embargo_json(s));
	made_put(&o, "proof", s->proof == NULL ? json_null() : json_incref(s->proof));
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
