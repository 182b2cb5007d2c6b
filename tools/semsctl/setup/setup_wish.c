#include "tools/semsctl/setup/setup_wish.h"

#include "base/count.h"
#include "tools/import/expr.h"
#include "tools/semsctl/names.h"
#include "tools/sheet/sheet.h"

#include <string.h>

#define ARENA_BYTES (64u * 1024u * 1024u)

bool
setup_wish_init(struct setup_wish *w)
{
	struct buf *all[] = {&w->sites,          &w->providers, &w->sources,
			     &w->principals,     &w->retention, &w->targets,
			     &w->not_applicable, &w->feeds,     &w->rebases};

	*w = (struct setup_wish){.arena = arena_new(ARENA_BYTES)};
	for (size_t i = 0; i < COUNT(all); i++)
		buf_init(all[i], ARENA_BYTES);
	return w->arena != NULL;
}

void
setup_wish_fini(struct setup_wish *w)
{
	struct buf *all[] = {&w->sites,          &w->providers, &w->sources,
			     &w->principals,     &w->retention, &w->targets,
			     &w->not_applicable, &w->feeds,     &w->rebases};

	for (size_t i = 0; i < COUNT(all); i++)
		buf_fini(all[i]);
	arena_free(w->arena);
}

size_t
setup_wish_count(const struct buf *list)
{
	return list->n / sizeof(void *);
}

/* A new message at the end of a list; NULL when memory is out. */
static void *
add_message(struct setup_wish *w, struct buf *list, const ProtobufCMessageDescriptor *d)
{
	void *m = arena_alloc(w->arena, d->sizeof_message);

	if (m == NULL || !buf_add(list, &m, sizeof m)) {
		err_set(&w->e, TRY_LIMIT, "memory", "out of memory");
		return NULL;
	}
	protobuf_c_message_init(d, m);
	return m;
}

char *
setup_wish_text(struct setup_wish *w, const char *s)
{
	return s != NULL ? arena_dup(w->arena, s, strlen(s)) : NULL;
}

void
setup_wish_site(struct setup_wish *w, const struct setup_site *s)
{
	Sems__V1__Site *to = add_message(w, &w->sites, &sems__v1__site__descriptor);
	Sems__V1__Location *made = arena_zalloc(w->arena, s->locations_count + 1, sizeof *made);
	Sems__V1__Location **list = arena_zalloc(w->arena, s->locations_count + 1, sizeof *list);

	if (to == NULL || made == NULL || list == NULL)
		return;
	to->site_id = setup_wish_text(w, s->id);
	to->name = setup_wish_text(w, s->name);
	for (unsigned i = 0; i < s->locations_count; i++) {
		sems__v1__location__init(&made[i]);
		made[i].location_id = setup_wish_text(w, s->locations[i].id);
		made[i].name = setup_wish_text(w, s->locations[i].name);
		list[i] = &made[i];
	}
	to->locations = list;
	to->n_locations = s->locations_count;
}

void
setup_wish_provider(struct setup_wish *w, const struct setup_named *p)
{
	Sems__V1__Provider *to = add_message(w, &w->providers, &sems__v1__provider__descriptor);

	if (to == NULL)
		return;
	to->provider_id = setup_wish_text(w, p->id);
	to->name = setup_wish_text(w, p->name);
}

void
setup_wish_principal(struct setup_wish *w, const struct setup_principal *p)
{
	Sems__V1__Principal *to = add_message(w, &w->principals, &sems__v1__principal__descriptor);

	if (to == NULL)
		return;
	to->principal = setup_wish_text(w, p->principal);
	to->role = setup_wish_text(w, p->role);
	to->name = setup_wish_text(w, p->name);
	to->post = setup_wish_text(w, p->post);
	to->person = setup_wish_text(w, p->person);
}

static char **
copy_list(struct setup_wish *w, char *const *list, unsigned n, size_t *out)
{
	static char star[] = "*";
	static char *any[] = {star};
	char **to = arena_zalloc(w->arena, n + 1, sizeof *to);

	if (n == 0 || to == NULL) {
		*out = 1;
		return any;
	}
	for (unsigned i = 0; i < n; i++)
		to[i] = setup_wish_text(w, list[i]);
	*out = n;
	return to;
}

static void
fill_sender(struct setup_wish *w, const struct setup_sender *s, Sems__V1__SenderGrant *to)
{
	sems__v1__sender_grant__init(to);
	to->principal = setup_wish_text(w, s->principal);
	to->kinds = copy_list(w, s->kinds, s->kinds_count, &to->n_kinds);
	to->sites = copy_list(w, s->sites, s->sites_count, &to->n_sites);
}

/* Without a sender, the caller may send: whoever sets a source up will want to try it. */
void
setup_wish_source(struct setup_wish *w, const struct setup_source *s)
{
	struct setup_sender self = {.principal = w->principal};
	const struct setup_sender *senders = s->senders_count > 0 ? s->senders : &self;
	unsigned n = s->senders_count > 0 ? s->senders_count : 1;
	Sems__V1__Source *to = add_message(w, &w->sources, &sems__v1__source__descriptor);
	Sems__V1__SenderGrant *made = arena_zalloc(w->arena, n, sizeof *made);
	Sems__V1__SenderGrant **list = arena_zalloc(w->arena, n, sizeof *list);

	if (to == NULL || made == NULL || list == NULL)
		return;
	to->source = setup_wish_text(w, s->id);
	to->description = setup_wish_text(w, s->description);
	for (unsigned i = 0; i < n; i++) {
		fill_sender(w, &senders[i], &made[i]);
		list[i] = &made[i];
	}
	to->senders = list;
	to->n_senders = n;
}

static void
add_retention(struct setup_wish *w, const struct setup_retention *p)
{
	Sems__V1__RetentionPolicy *to =
	    add_message(w, &w->retention, &sems__v1__retention_policy__descriptor);

	if (to == NULL)
		return;
	to->kind = setup_wish_text(w, p->kind);
	to->has_min_months = 1;
	to->min_months = p->min_months;
	to->has_max_months = 1;
	to->max_months = p->max_months;
	to->legal_basis = setup_wish_text(w, p->legal_basis);
}

static void
add_target(struct setup_wish *w, const struct setup_target *t)
{
	Sems__V1__Target *to = add_message(w, &w->targets, &sems__v1__target__descriptor);

	if (to == NULL)
		return;
	to->metric = setup_wish_text(w, t->metric);
	to->has_value = t->value != NULL;
	to->value = t->value == NULL ? 0 : *t->value;
	to->has_low = t->low != NULL;
	to->low = t->low == NULL ? 0 : *t->low;
	to->has_high = t->high != NULL;
	to->high = t->high == NULL ? 0 : *t->high;
	to->approved_by = setup_wish_text(w, t->approved_by);
	to->from_quarter = setup_wish_text(w, t->from_quarter);
	if (t->of != NULL)
		to->of = setup_wish_text(w, t->of);
}

static void
add_not_applicable(struct setup_wish *w, const struct setup_not_applicable *n)
{
	Sems__V1__NotApplicable *to =
	    add_message(w, &w->not_applicable, &sems__v1__not_applicable__descriptor);

	if (to == NULL)
		return;
	to->metric = setup_wish_text(w, n->metric);
	to->reason = setup_wish_text(w, n->reason);
	to->declared_by = setup_wish_text(w, n->declared_by);
	to->from_quarter = setup_wish_text(w, n->from_quarter);
	to->has_applies = 1;
	to->applies = n->applies;
}

static void
add_feed(struct setup_wish *w, const struct setup_feed *f)
{
	Sems__V1__ExpectedFeed *to =
	    add_message(w, &w->feeds, &sems__v1__expected_feed__descriptor);

	if (to == NULL)
		return;
	to->source = setup_wish_text(w, f->source);
	to->kind = setup_wish_text(w, f->kind);
	to->site = setup_wish_text(w, f->site);
	to->has_every_hours = 1;
	to->every_hours = f->every_hours;
	to->from_day = setup_wish_text(w, f->from_day);
	to->until_day = setup_wish_text(w, f->until_day);
}

static void
add_rebase(struct setup_wish *w, const struct setup_rebase *r)
{
	Sems__V1__Rebase *to = add_message(w, &w->rebases, &sems__v1__rebase__descriptor);

	if (to == NULL)
		return;
	to->metric = setup_wish_text(w, r->metric);
	to->first_day = setup_wish_text(w, r->first_day);
	to->reason = setup_wish_text(w, r->reason);
	to->approved_by = setup_wish_text(w, r->approved_by);
	to->has_withdrawn = 1;
	to->withdrawn = r->withdrawn;
}

static void
add_policy(struct setup_wish *w, const struct setup_policy *p)
{
	Sems__V1__SpdPolicy *to = arena_zalloc(w->arena, 1, sizeof *to);

	if (p == NULL || to == NULL)
		return;
	sems__v1__spd_policy__init(to);
	to->approval = setup_wish_text(w, p->approval);
	to->declared_by = setup_wish_text(w, p->declared_by);
	to->declared_on = setup_wish_text(w, p->declared_on);
	if (p->corrections != NULL)
		to->corrections = setup_wish_text(w, p->corrections);
	w->spd_policy = to;
}

void
setup_wish_file(struct setup_wish *w, const struct setup *s)
{
	w->entity = setup_wish_text(w, s->entity);
	w->zone = setup_wish_text(w, s->zone);
	w->revision_window_days = s->revision_window_days;
	w->grace_working_days = s->grace_working_days;
	w->correction_alone_hours = s->correction_alone_hours;
	w->materiality_pp = s->materiality_pp;
	w->marking = setup_wish_text(w, s->marking);
	w->handling = setup_wish_text(w, s->handling);
	add_policy(w, s->spd_policy);
	for (unsigned i = 0; i < s->sites_count; i++)
		setup_wish_site(w, &s->sites[i]);
	for (unsigned i = 0; i < s->providers_count; i++)
		setup_wish_provider(w, &s->providers[i]);
	for (unsigned i = 0; i < s->sources_count; i++)
		setup_wish_source(w, &s->sources[i]);
	for (unsigned i = 0; i < s->principals_count; i++)
		setup_wish_principal(w, &s->principals[i]);
	for (unsigned i = 0; i < s->retention_count; i++)
		add_retention(w, &s->retention[i]);
	for (unsigned i = 0; i < s->targets_count; i++)
		add_target(w, &s->targets[i]);
	for (unsigned i = 0; i < s->not_applicable_count; i++)
		add_not_applicable(w, &s->not_applicable[i]);
	for (unsigned i = 0; i < s->feeds_count; i++)
		add_feed(w, &s->feeds[i]);
	for (unsigned i = 0; i < s->rebases_count; i++)
		add_rebase(w, &s->rebases[i]);
}

static enum code
add_rows(struct setup_wish *w, struct sheet *sheet, const char *path, const char *name,
	 struct err *e)
{
	struct sheet_row row;
	struct expr_file file;
	size_t column;
	struct names seen = {NULL};
	enum sheet_status status = sheet_next(sheet, &row, e);

	file = (struct expr_file){.names = row.cells, .n = row.n};
	if (status != SHEET_ROW)
		return err_set(e, REJ_FIELD, "column", "%s has no column '%s'", path, name);
	if (expr_find_column(&file, text_of(name), &column, e) != OK)
		return e->code;
	while ((status = sheet_next(sheet, &row, e)) != SHEET_END) {
		char *id = NULL;
		bool is_new;

		if (status == SHEET_ROW && column < row.n && row.cells[column].n > 0)
			id = arena_dup(w->arena, row.cells[column].s, row.cells[column].n);
		if (id != NULL && names_add(&seen, id, &is_new) && is_new && strcmp(id, name) != 0)
			setup_wish_site(w, &(struct setup_site){.id = id});
	}
	names_fini(&seen);
	return OK;
}

enum code
setup_wish_sites_from(struct setup_wish *w, const char *path, const char *column, struct err *e)
{
	struct sheet *sheet = NULL;
	enum code rc = sheet_open(&(struct sheet_file){.path = path}, &sheet, e);

	if (rc == OK)
		rc = add_rows(w, sheet, path, column, e);
	sheet_close(sheet);
	return rc;
}
