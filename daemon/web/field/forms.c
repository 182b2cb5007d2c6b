#include "web/field/forms.h"

#include "base/count.h"
#include "base/digest.h"
#include "base/json/jsonin.h"
#include "base/json/jsonout.h"
#include "core/kind/kind.h"
#include "web/desk/caller.h"
#include "web/desk/work.h"

#include <stdio.h>
#include <string.h>

#define FORMS_SIZE   ((size_t)1024 * 1024)
#define MAIN_MOST    6
#define VERSION_SIZE 13 /* 12 hexadecimal digits */

/* What people fill in on their feet, and what of it is seen first; of kinds and fields that this
 * semsweb does not have nothing is shown. */
static const struct template
{
	const char *kind, *title;
	const char *first[MAIN_MOST];
}
templates[] = {
    {"observation",
     "Observation",
     {"mode", "activity_observed", "criteria", "immediate_action", "note"}},
    {"equipment_check", "Equipment check", {"device_id", "check_type", "result"}},
    {"patrol", "Patrol", {"route", "result"}},
    {"report", "Staff report", {"category", "channel", "note"}},
    {"incident", "Incident", {"category", "severity", "note"}},
};

/* Of the envelope; the rest of it the app fills in. */
static const enum envelope envelope_shown[] = {ENV_SITE_ID, ENV_LOCATION_ID, ENV_SHIFT_ID,
					       ENV_RECORDED_BY};

static const char *
type_name(const struct field *f)
{
	static const char *const names[] = {
	    [FIELD_TEXT] = "TEXT", [FIELD_ENUM] = "ENUM",     [FIELD_INT] = "INT",
	    [FIELD_REAL] = "REAL", [FIELD_BOOL] = "BOOL",     [FIELD_TIME] = "TIME",
	    [FIELD_UUID] = NULL,   [FIELD_PERSON] = "PERSON", [FIELD_TEXTS] = NULL,
	    [FIELD_ENUMS] = NULL,  [FIELD_PERSONS] = NULL,    [FIELD_LIST] = "LIST",
	};
	COVERS(names, N_FIELD_TYPES);

	return names[f->type];
}

/* The app says by which form it was; what is derived nobody types. */
static bool
is_shown(const struct field *f)
{
	return type_name(f) != NULL && (f->flags & FIELD_DERIVED) == 0 &&
	       strcmp(f->name, "template_id") != 0 && strcmp(f->name, "template_version") != 0;
}

static bool
is_first(const struct template *t, const struct field *f)
{
	for (size_t i = 0; i < MAIN_MOST && t->first[i] != NULL; i++)
		if (strcmp(t->first[i], f->name) == 0)
			return true;
	return false;
}

static void
put_names(struct made *o, const struct enum_table *names)
{
	struct made list = made_array();

	for (size_t i = 0; i < names->n; i++)
		made_append(&list, json_string(names->names[i].name));
	made_text(o, "prefix", names->prefix);
	made_put(o, "options", made_take(list));
}

static struct made
field_head(const struct field *f, bool required, bool is_main)
{
	struct made o = made_object();

	made_text(&o, "name", f->name);
	made_text(&o, "type", type_name(f));
	made_put(&o, "required", json_boolean(required));
	made_put(&o, "main", json_boolean(is_main));
	made_text(&o, "help", f->help);
	if (f->type == FIELD_INT && f->min > INT32_MIN)
		made_int(&o, "min", f->min);
	if (f->type != FIELD_ENUM && f->max > 0 && f->max < INT32_MAX)
		made_int(&o, "max", f->max);
	if ((f->flags & FIELD_RESTRICTED) != 0)
		made_put(&o, "restricted", json_true());
	if ((f->flags & FIELD_CODE) != 0)
		made_put(&o, "code", json_true());
	if (f->type == FIELD_ENUM)
		put_names(&o, f->names);
	return o;
}

/* Of an item of a list, whose fields are no lists themselves. */
static json_t *
item_fields(const struct field *f)
{
	struct made list = made_array();

	for (size_t i = 0; i < f->n_item; i++) {
		const struct field *in = &f->item[i];
		const bool required = (in->flags & FIELD_REQUIRED) != 0;

		if (is_shown(in) && in->type != FIELD_LIST)
			made_append(&list, made_take(field_head(in, required, true)));
	}
	return made_take(list);
}

static void
put_field(struct made *list, const struct field *f, bool required, bool is_main)
{
	struct made o = field_head(f, required, is_main);

	if (f->type == FIELD_LIST)
		made_put(&o, "item", item_fields(f));
	made_append(list, made_take(o));
}

static json_t *
fields_of(const struct template *t, const struct kind *k)
{
	struct made list = made_array();

	for (size_t i = 0; i < COUNT(envelope_shown); i++) {
		const enum envelope e = envelope_shown[i];

		put_field(&list, &envelope_fields[e], kind_requires(k, e),
			  e == ENV_SITE_ID || e == ENV_LOCATION_ID);
	}
	for (size_t i = 0; i < k->n_own; i++)
		if (is_shown(&k->own[i]))
			put_field(&list, &k->own[i], (k->own[i].flags & FIELD_REQUIRED) != 0,
				  is_first(t, &k->own[i]));
	return made_take(list);
}

static bool
has_template_id(const struct kind *k)
{
	return kind_field_index(k, TEXT_LIT("template_id")) < kind_n_fields(k);
}

/* NULL: no memory. */
static json_t *
version_of(const json_t *fields)
{
	unsigned char digest[SHA256_SIZE];
	char version[VERSION_SIZE];
	struct buf text;
	bool good;

	buf_init(&text, FORMS_SIZE);
	good = fields != NULL && made_canonical(fields, &text) && sha256(text.p, text.n, digest);
	buf_fini(&text);
	if (!good)
		return NULL;
	hex_encode(digest, (VERSION_SIZE - 1) / 2, version);
	return json_string(version);
}

static json_t *
form_of(const struct template *t, const struct kind *k)
{
	struct made o = made_object();
	json_t *fields = fields_of(t, k);

	made_text(&o, "kind", k->name);
	made_text(&o, "title", t->title);
	made_text(&o, "help", k->help);
	made_put(&o, "templated", json_boolean(has_template_id(k)));
	made_put(&o, "version", version_of(fields));
	made_put(&o, "fields", fields);
	return made_take(o);
}

static bool
is_granted(const json_t *grants, const char *kind)
{
	for (size_t i = 0; i < json_array_size(grants); i++) {
		const char *of = member_text(json_array_get(grants, i), "kind");

		if (strcmp(of, "*") == 0 || strcmp(of, kind) == 0)
			return true;
	}
	return false;
}

json_t *
forms_for(const json_t *grants)
{
	struct made list = made_array();

	for (size_t i = 0; i < COUNT(templates); i++) {
		const struct kind *k = kind_by_name(text_of(templates[i].kind));

		if (k != NULL && is_granted(grants, k->name))
			made_append(&list, form_of(&templates[i], k));
	}
	return made_take(list);
}

/* --- asked for -------------------------------------------------------------------------------- */

static void
on_rights(void *ctx, const struct reply *r)
{
	struct work *w = ctx;
	struct made o = made_object();
	json_t *said = NULL;
	json_t *all;
	struct buf body;

	w->line = NULL;
	if (r->kind == REPLY_DOCUMENT)
		said = json_loadb(r->bytes.s, r->bytes.n, 0, NULL);
	made_text(&o, "principal", member_text(said, "principal"));
	made_put(&o, "grants", json_incref(json_object_get(said, "grants")));
	made_put(&o, "forms", forms_for(json_object_get(said, "grants")));
	all = made_take(o);
	buf_init(&body, FORMS_SIZE);
	if (r->kind != REPLY_DOCUMENT)
		work_refuse_reply(w, r);
	else if (all != NULL && made_canonical(all, &body) && buf_add(&body, "\n", 1))
		work_answer(w, &(struct answer){.status = 200,
						.type = "application/json",
						.body = {(const char *)body.p, body.n}});
	else
		work_refuse(w, 503, 1, "", "out of memory for the forms: try again");
	buf_fini(&body);
	json_decref(all);
	json_decref(said);
}

static void
ask_rights(struct work *w)
{
	Sems__V1__Request q = SEMS__V1__REQUEST__INIT;
	Sems__V1__RightsRequest rights = SEMS__V1__RIGHTS_REQUEST__INIT;
	struct line *l;

	q.body_case = SEMS__V1__REQUEST__BODY_RIGHTS;
	q.rights = &rights;
	l = upstream_ask(w->desk->upstream, w->principal, &q, on_rights, w);
	if (l != NULL)
		w->line = l;
}

void
forms_take(void *ctx, struct asked *a)
{
	struct work *w = work_new(ctx, a, ask_rights);

	if (w != NULL)
		caller_know(w);
}
