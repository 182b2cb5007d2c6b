/*
 * Setup: registers the entity, or adds to it, in one transaction. Each list of the request goes to
 * the database as one JSON parameter, so that a thousand sites cost what one costs.
 */
#include "base/count.h"
#include "base/file/embed.h"
#include "base/log.h"
#include "office/call.h"
#include "office/setup/setup_check.h"
#include "store/quarter/spd_job.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct setup_count {
	int64_t added;
	int64_t changed;
};

struct setup;

/*
 * The steps, in the order in which one may refer to another. A step that counts answers with one
 * row: what it added, what it changed.
 */
struct setup_step {
	const char *word; /* in the answer; NULL: it does not count */
	const char *sql;
	json_t *(*make)(const struct setup_request *r); /* the parameter; NULL: entity and zone */
	bool (*before)(const struct setup *s, const struct setup_request *r, struct err *e);
	void (*read)(struct setup *s, const struct rows *r); /* NULL: the counts */
	bool names_setter;                                   /* the second parameter is who asks */
};

static json_t *make_sites(const struct setup_request *r);
static json_t *make_locations(const struct setup_request *r);
static json_t *make_providers(const struct setup_request *r);
static json_t *make_sources(const struct setup_request *r);
static json_t *make_principals(const struct setup_request *r);
static json_t *make_grants(const struct setup_request *r);
static json_t *make_retention(const struct setup_request *r);
static json_t *make_targets(const struct setup_request *r);
static json_t *make_rebases(const struct setup_request *r);
static json_t *make_not_applicable(const struct setup_request *r);
static json_t *make_feeds(const struct setup_request *r);
static json_t *make_policy(const struct setup_request *r);
static json_t *make_settings(const struct setup_request *r);
static bool before_entity(const struct setup *s, const struct setup_request *r, struct err *e);
static bool before_grants(const struct setup *s, const struct setup_request *r, struct err *e);
static void read_look(struct setup *s, const struct rows *r);
static void read_stray(struct setup *s, const struct rows *r);
static void read_gateways(struct setup *s, const struct rows *r);
static bool before_principals(const struct setup *s, const struct setup_request *r, struct err *e);

static const struct setup_step steps[] = {
    {NULL, "sql/queries/setup/setup_look.sql", NULL, NULL, read_look, false},
    {"entities", "sql/queries/setup/setup_entity.sql", NULL, before_entity, NULL, false},
    {"sites", "sql/queries/setup/setup_sites.sql", make_sites, NULL, NULL, false},
    {"locations", "sql/queries/setup/setup_locations.sql", make_locations, NULL, NULL, false},
    {"providers", "sql/queries/setup/setup_providers.sql", make_providers, NULL, NULL, false},
    {NULL, "sql/queries/setup/setup_gateways.sql", make_principals, NULL, read_gateways, false},
    {"principals", "sql/queries/setup/setup_principals.sql", make_principals, before_principals,
     NULL, false},
    {"sources", "sql/queries/setup/setup_sources.sql", make_sources, NULL, NULL, false},
    {NULL, "sql/queries/setup/setup_stray.sql", make_grants, NULL, read_stray, false},
    {"grants", "sql/queries/setup/setup_grants.sql", make_grants, before_grants, NULL, false},
    {"retention", "sql/queries/setup/setup_retention.sql", make_retention, NULL, NULL, false},
    {"targets", "sql/queries/setup/setup_targets.sql", make_targets, NULL, NULL, true},
    {"rebases", "sql/queries/setup/setup_rebases.sql", make_rebases, NULL, NULL, true},
    {"not_applicable", "sql/queries/setup/setup_not_applicable.sql", make_not_applicable, NULL,
     NULL, true},
    {"feeds", "sql/queries/setup/setup_feeds.sql", make_feeds, NULL, NULL, false},
    {"policies", "sql/queries/setup/setup_policy.sql", make_policy, NULL, NULL, false},
    {"settings", "sql/queries/setup/setup_settings.sql", make_settings, NULL, NULL, false},
};

#define N_STEPS COUNT(steps)

struct setup {
	size_t step; /* the next of steps */
	char *json;  /* the parameter of the statement that runs; jansson's */
	bool has_entity;
	bool zone_known;
	char stray[64]; /* path of what a grant names and nobody registered, or of a gateway that
			   is a person; "" none */
	bool stray_is_site;
	struct setup_count count[N_STEPS];
};

/* jansson takes NULL for absent; an empty string is absent too. */
static json_t *
text_or_null(const char *s)
{
	return s == NULL || s[0] == '\0' ? json_null() : json_string(s);
}

static json_t *
make_sites(const struct setup_request *r)
{
	json_t *all = json_array();

	for (size_t i = 0; i < r->n_sites; i++)
		json_array_append_new(all, json_pack("{s:s, s:o}", "site_id", r->sites[i].site_id,
						     "name", text_or_null(r->sites[i].name)));
	return all;
}

static json_t *
make_locations(const struct setup_request *r)
{
	json_t *all = json_array();

	for (size_t i = 0; i < r->n_sites; i++) {
		const struct setup_site *s = &r->sites[i];

		for (size_t l = 0; l < s->n_locations; l++)
			json_array_append_new(all, json_pack("{s:s, s:s, s:o}", "site_id",
							     s->site_id, "location_id",
							     s->locations[l].location_id, "name",
							     text_or_null(s->locations[l].name)));
	}
	return all;
}

static json_t *
make_providers(const struct setup_request *r)
{
	json_t *all = json_array();

	for (size_t i = 0; i < r->n_providers; i++)
		json_array_append_new(all, json_pack("{s:s, s:o}", "provider_id",
						     r->providers[i].provider_id, "name",
						     text_or_null(r->providers[i].name)));
	return all;
}

static json_t *
make_sources(const struct setup_request *r)
{
	json_t *all = json_array();

	for (size_t i = 0; i < r->n_sources; i++)
		json_array_append_new(all, json_pack("{s:s, s:o}", "source", r->sources[i].source,
						     "description",
						     text_or_null(r->sources[i].description)));
	return all;
}

static json_t *
make_principals(const struct setup_request *r)
{
	json_t *all = json_array();

	for (size_t i = 0; i < r->n_principals; i++)
		json_array_append_new(all, json_pack("{s:s, s:o, s:o, s:o, s:o}", "principal",
						     r->principals[i].principal, "role",
						     text_or_null(r->principals[i].role), "person",
						     text_or_null(r->principals[i].person), "name",
						     text_or_null(r->principals[i].name), "post",
						     text_or_null(r->principals[i].post)));
	return all;
}

static json_t *
make_words(const char *const *words, size_t n)
{
	json_t *all = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(all, json_string(words[i]));
	return all;
}

/* The place of each grant goes along, so that a stray name can be answered with its path. */
static json_t *
make_grants(const struct setup_request *r)
{
	json_t *all = json_array();

	for (size_t i = 0; i < r->n_sources; i++) {
		const struct setup_source *s = &r->sources[i];

		for (size_t j = 0; j < s->n_senders; j++) {
			const struct setup_grant *g = &s->senders[j];

			json_array_append_new(
			    all, json_pack("{s:I, s:I, s:s, s:s, s:o, s:o}", "i", (json_int_t)i,
					   "j", (json_int_t)j, "source", s->source, "principal",
					   g->principal, "kinds", make_words(g->kinds, g->n_kinds),
					   "sites", make_words(g->sites, g->n_sites)));
		}
	}
	return all;
}

static json_t *
make_retention(const struct setup_request *r)
{
	json_t *all = json_array();

	for (size_t i = 0; i < r->n_retention; i++) {
		const struct setup_retention *p = &r->retention[i];

		json_array_append_new(all, json_pack("{s:s, s:I, s:I, s:s}", "kind", p->kind,
						     "min_months", (json_int_t)p->min_months,
						     "max_months", (json_int_t)p->max_months,
						     "legal_basis", p->legal_basis));
	}
	return all;
}

/* As it is stored; setup_check() has read it before. */
static void
stored_quarter(const char *given, char out[QUARTER_TEXT_SIZE])
{
	struct quarter q = {0, 0};

	quarter_parse(text_of(given), &q);
	quarter_format(q, out);
}

static json_t *
make_not_applicable(const struct setup_request *r)
{
	json_t *all = json_array();

	for (size_t i = 0; i < r->n_not_applicable; i++) {
		const struct setup_not_applicable *n = &r->not_applicable[i];
		char from[QUARTER_TEXT_SIZE];

		stored_quarter(n->from_quarter, from);
		json_array_append_new(all, json_pack("{s:s, s:b, s:s, s:s, s:s}", "metric",
						     n->metric, "applies", n->applies, "reason",
						     n->reason, "declared_by", n->declared_by,
						     "from_quarter", from));
	}
	return all;
}

static void
put_real(json_t *o, const char *key, bool known, double v)
{
	if (known)
		json_object_set_new(o, key, json_real(v));
}

static json_t *
make_targets(const struct setup_request *r)
{
	json_t *all = json_array();

	for (size_t i = 0; i < r->n_targets; i++) {
		const struct setup_target *t = &r->targets[i];
		char from[QUARTER_TEXT_SIZE];
		json_t *one;

		stored_quarter(t->from_quarter, from);
		one = json_pack("{s:s, s:s, s:s, s:s?}", "metric", t->metric, "approved_by",
				t->approved_by, "from_quarter", from, "of", t->of);
		put_real(one, "value", t->has_value, t->value);
		put_real(one, "low", t->has_low, t->low);
		put_real(one, "high", t->has_high, t->high);
		json_array_append_new(all, one);
	}
	return all;
}

static json_t *
make_rebases(const struct setup_request *r)
{
	json_t *all = json_array();

	for (size_t i = 0; i < r->n_rebases; i++) {
		const struct setup_rebase *b = &r->rebases[i];

		json_array_append_new(all, json_pack("{s:s, s:s, s:s, s:s, s:b}", "metric",
						     b->metric, "first_day", b->first_day, "reason",
						     b->reason, "approved_by", b->approved_by,
						     "withdrawn", b->withdrawn));
	}
	return all;
}

static json_t *
make_feeds(const struct setup_request *r)
{
	json_t *all = json_array();

	for (size_t i = 0; i < r->n_feeds; i++) {
		const struct setup_feed *f = &r->feeds[i];

		json_array_append_new(
		    all, json_pack("{s:s, s:s, s:o, s:I, s:s, s:o}", "source", f->source, "kind",
				   f->kind, "site_id", text_or_null(f->site), "every_hours",
				   (json_int_t)f->every_hours, "from_day", f->from_day, "until_day",
				   text_or_null(f->until_day)));
	}
	return all;
}

static json_t *
make_policy(const struct setup_request *r)
{
	const struct setup_policy *p = r->spd_policy;

	return p == NULL
		   ? json_array()
		   : json_pack("[{s:s, s:s, s:s, s:s}]", "approval", p->approval, "declared_by",
			       p->declared_by, "declared_on", p->declared_on, "corrections",
			       p->corrections == NULL ? "TWO_PEOPLE" : p->corrections);
}

static void
add_setting(json_t *all, const char *name, json_t *value /* takes */)
{
	json_array_append_new(all, json_pack("{s:s, s:o}", "name", name, "value", value));
}

static json_t *
make_settings(const struct setup_request *r)
{
	json_t *all = json_array();

	if (r->has_revision_window_days)
		add_setting(all, "revision_window_days",
			    json_sprintf("%" PRIu32, r->revision_window_days));
	if (r->has_correction_alone_hours)
		add_setting(all, "correction_alone_hours",
			    json_sprintf("%" PRIu32, r->correction_alone_hours));
	if (r->has_grace_working_days)
		add_setting(all, "spd_grace_working_days",
			    json_sprintf("%" PRIu32, r->grace_working_days));
	if (r->has_materiality_pp)
		add_setting(all, "spd_materiality_pp", json_sprintf("%g", r->materiality_pp));
	if (r->marking != NULL && r->marking[0] != '\0')
		add_setting(all, "spd_marking", json_string(r->marking));
	if (r->handling != NULL)
		add_setting(all, "spd_handling", json_string(r->handling));
	return all;
}

static bool
before_entity(const struct setup *s, const struct setup_request *r, struct err *e)
{
	bool given = r->entity != NULL && r->entity[0] != '\0';

	if (!given && !s->has_entity) {
		err_set(e, REJ_STATE, "entity",
			"there is no entity yet; give its name and its time zone first");
		return false;
	}
	if (given && !s->zone_known) {
		err_set(
		    e, REJ_FIELD, "zone",
		    "is not a time zone the database knows; use an IANA name, as in Europe/London");
		return false;
	}
	return true;
}

/* One who speaks for persons and is one of them would be two pairs of eyes. */
static bool
before_principals(const struct setup *s, const struct setup_request *r, struct err *e)
{
	(void)r;
	if (s->stray[0] == '\0')
		return true;
	err_set(e, REJ_FIELD, s->stray,
		"would be a gateway and a person: who speaks for people is none of them; give "
		"semsweb an account of its own");
	return false;
}

static bool
before_grants(const struct setup *s, const struct setup_request *r, struct err *e)
{
	(void)r;
	if (s->stray[0] == '\0')
		return true;
	err_set(e, REJ_FIELD, s->stray,
		s->stray_is_site
		    ? "is not a registered site; add it to the sites, or use \"*\" for any"
		    : "is not registered; add it to the principals, with its role");
	return false;
}

static void
read_look(struct setup *s, const struct rows *r)
{
	s->has_entity = rows_int(r, 0, 0) != 0;
	s->zone_known = rows_int(r, 0, 1) != 0;
}

static void
read_gateways(struct setup *s, const struct rows *r)
{
	if (rows_count(r) != 0)
		snprintf(s->stray, sizeof s->stray, "principals[%" PRId64 "].role",
			 rows_int(r, 0, 0));
}

static void
read_stray(struct setup *s, const struct rows *r)
{
	if (rows_count(r) == 0)
		return;
	s->stray_is_site = rows_text(r, 0, 2) != NULL;
	if (s->stray_is_site)
		snprintf(s->stray, sizeof s->stray,
			 "sources[%" PRId64 "].senders[%" PRId64 "].sites[%" PRId64 "]",
			 rows_int(r, 0, 0), rows_int(r, 0, 1), rows_int(r, 0, 2));
	else
		snprintf(s->stray, sizeof s->stray,
			 "sources[%" PRId64 "].senders[%" PRId64 "].principal", rows_int(r, 0, 0),
			 rows_int(r, 0, 1));
}

static bool
setup_next(struct job *j, struct statement *st, struct err *e)
{
	struct call *c = j->ctx;
	struct setup *s = c->state;
	const struct setup_request *r = c->request.setup;
	const struct setup_step *step = &steps[s->step];
	json_t *all;

	if (s->step == N_STEPS || (step->before != NULL && !step->before(s, r, e)))
		return false;
	st->sql = embed_text(step->sql);
	s->step++;
	if (step->make == NULL) {
		st->n_params = 2;
		st->params[0] = r->entity;
		st->params[1] = r->zone;
		return true;
	}
	all = step->make(r);
	free(s->json);
	s->json = json_dumps(all, JSON_COMPACT);
	json_decref(all);
	if (s->json == NULL || call_lacks_memory(j->ctx)) {
		err_set(e, TRY_LIMIT, "setup", "out of memory; send it in parts");
		return false;
	}
	st->n_params = step->names_setter ? 2 : 1;
	st->params[0] = s->json;
	st->params[1] = c->who.principal.s;
	return true;
}

static void
setup_rows(struct job *j, const struct rows *r)
{
	struct call *c = j->ctx;
	struct setup *s = c->state;
	size_t i = s->step - 1;

	if (steps[i].read != NULL) {
		steps[i].read(s, r);
	} else if (rows_count(r) == 1) {
		s->count[i].added = rows_int(r, 0, 0);
		s->count[i].changed = rows_int(r, 0, 1);
	}
}

/* {"added":{"sites":3,...},"changed":{...}} */
static void
setup_answer(struct call *c, const struct setup *s)
{
	json_t *added = json_object();
	json_t *changed = json_object();
	json_t *all = json_pack("{s:o, s:o}", "added", added, "changed", changed);

	for (size_t i = 0; i < N_STEPS; i++) {
		if (steps[i].word == NULL)
			continue;
		json_object_set_new(added, steps[i].word, json_integer(s->count[i].added));
		json_object_set_new(changed, steps[i].word, json_integer(s->count[i].changed));
	}
	call_reply_reload(c, all);
}

static void
setup_done(struct job *j, const struct err *e)
{
	struct call *c = j->ctx;
	struct setup *s = c->state;

	free(s->json);
	if (e->code != OK) {
		call_fail_err(c, e);
		return;
	}
	log_info("setup.done", KV("by", c->who.principal.s));
	setup_answer(c, s);
}

void
admin_setup(struct call *c)
{
	struct err e = {.code = OK};
	const struct catalogue *cat = spd_catalogue(&e);
	struct setup *s;

	if (cat == NULL || setup_check(c->request.setup, cat, &e) != OK) {
		call_fail_err(c, &e);
		return;
	}
	s = arena_zalloc(c->arena, 1, sizeof *s);
	if (s == NULL) {
		err_set(&e, TRY_LIMIT, "setup", "out of memory; send it in parts");
		call_fail_err(c, &e);
		return;
	}
	c->state = s;
	c->job = (struct job){
	    .role = DB_ADMIN,
	    .writes = true,
	    .next = setup_next,
	    .rows = setup_rows,
	    .done = setup_done,
	    .ctx = c,
	};
	call_run(c, LANE_SHORT);
}
