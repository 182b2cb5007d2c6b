#include "ingest/registry.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>

/* Four texts: a grant, or the first one or two of them for a site or a principal. */
struct row {
	struct text part[4];
	enum role role; /* of a principal */
};

enum part { PRINCIPAL, SOURCE, KIND, SITE };

struct registry {
	char *entity;
	char *zone;
	struct calendar calendar;
	int64_t *starts;
	void *sites; /* tsearch trees of struct row */
	void *principals;
	void *grants;
	struct utc_ms floors[KIND_COUNT];
};

static int
text_cmp(struct text a, struct text b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n == 0 ? 0 : memcmp(a.s, b.s, n);

	return c != 0 ? c : (a.n > b.n) - (a.n < b.n);
}

static int
entry_cmp(const void *a, const void *b)
{
	const struct row *x = a;
	const struct row *y = b;

	for (unsigned i = 0; i < 4; i++) {
		int c = text_cmp(x->part[i], y->part[i]);

		if (c != 0)
			return c;
	}
	return 0;
}

struct registry *
registry_new(void)
{
	struct registry *r = calloc(1, sizeof *r);

	for (unsigned k = 0; r != NULL && k < KIND_COUNT; k++)
		r->floors[k].v = INT64_MIN;
	return r;
}

void
registry_free(struct registry *r)
{
	if (r == NULL)
		return;
	tdestroy(r->sites, free);
	tdestroy(r->principals, free);
	tdestroy(r->grants, free);
	free(r->starts);
	free(r->entity);
	free(r->zone);
	free(r);
}

static char *
dup_text(struct text t)
{
	char *s = malloc(t.n + 1);

	if (s == NULL)
		return NULL;
	if (t.n != 0)
		memcpy(s, t.s, t.n);
	s[t.n] = '\0';
	return s;
}

bool
registry_set_entity(struct registry *r, struct text entity, struct text zone)
{
	char *e = dup_text(entity);
	char *z = dup_text(zone);

	if (e == NULL || z == NULL) {
		free(e);
		free(z);
		return false;
	}
	free(r->entity);
	free(r->zone);
	r->entity = e;
	r->zone = z;
	return true;
}

void
registry_set_calendar(struct registry *r, int64_t first_day, int64_t *starts, size_t n)
{
	free(r->starts);
	r->starts = starts;
	r->calendar = (struct calendar){first_day, starts, n};
}

/* Adds a copy of key, entry and texts in one block; an equal one that is there stays. */
static struct row *
add(void **tree, const struct row *key)
{
	size_t size = sizeof *key;
	struct row **node;
	struct row *e;
	char *at;

	for (unsigned i = 0; i < 4; i++)
		size += key->part[i].n;
	e = malloc(size);
	if (e == NULL)
		return NULL;
	*e = *key;
	at = (char *)(e + 1);
	for (unsigned i = 0; i < 4; i++) {
		if (key->part[i].n != 0)
			memcpy(at, key->part[i].s, key->part[i].n);
		e->part[i].s = at;
		at += key->part[i].n;
	}
	node = tsearch(e, tree, entry_cmp);
	if (node == NULL || *node != e)
		free(e);
	return node == NULL ? NULL : *node;
}

static const struct row *
find(void *const *tree, const struct row *key)
{
	struct row *const *node = tfind(key, tree, entry_cmp);

	return node == NULL ? NULL : *node;
}

bool
registry_add_site(struct registry *r, struct text site)
{
	return add(&r->sites, &(struct row){.part[SITE] = site}) != NULL;
}

bool
registry_add_principal(struct registry *r, struct text principal, enum role role)
{
	struct row *e = add(&r->principals, &(struct row){.part[PRINCIPAL] = principal});

	if (e != NULL)
		e->role = role;
	return e != NULL;
}

bool
registry_add_grant(struct registry *r, struct text principal, struct text source, struct text kind,
		   struct text site)
{
	return add(&r->grants, &(struct row){.part = {principal, source, kind, site}}) != NULL;
}

void
registry_set_floor(struct registry *r, enum kind_id kind, struct utc_ms floor)
{
	r->floors[kind] = floor;
}

const char *
registry_entity(const struct registry *r)
{
	return r->entity == NULL ? "" : r->entity;
}

const char *
registry_zone(const struct registry *r)
{
	return r->zone == NULL ? "" : r->zone;
}

const struct calendar *
registry_calendar(const struct registry *r)
{
	return r->starts == NULL ? NULL : &r->calendar;
}

bool
registry_has_site(const struct registry *r, struct text site)
{
	return find(&r->sites, &(struct row){.part[SITE] = site}) != NULL;
}

enum role
registry_role(const struct registry *r, struct text principal)
{
	const struct row *e = find(&r->principals, &(struct row){.part[PRINCIPAL] = principal});

	return e == NULL ? ROLE_NONE : e->role;
}

bool
registry_may_send(const struct registry *r, struct text principal, struct text source,
		  enum kind_id kind, struct text site)
{
	const struct text any = TEXT_LIT("*");
	struct row key = {.part[PRINCIPAL] = principal};

	/* Eight keys: each of source, kind and site by name or by "*". */
	for (unsigned i = 0; i < 8; i++) {
		key.part[SOURCE] = (i & 1) != 0 ? any : source;
		key.part[KIND] = (i & 2) != 0 ? any : text_of(kinds[kind]->name);
		key.part[SITE] = (i & 4) != 0 ? any : site;
		if (find(&r->grants, &key) != NULL)
			return true;
	}
	return false;
}

struct utc_ms
registry_floor(const struct registry *r, enum kind_id kind)
{
	return r->floors[kind];
}

struct walk {
	struct text principal;
	registry_grant_fn fn;
	void *ctx;
	bool stopped;
};

static void
visit_grant(const void *node, VISIT which, void *closure)
{
	const struct row *e = *(struct row *const *)node;
	struct walk *w = closure;

	if ((which != postorder && which != leaf) || w->stopped ||
	    !text_eq(e->part[PRINCIPAL], w->principal))
		return;
	w->stopped = !w->fn(w->ctx, e->part[SOURCE], e->part[KIND], e->part[SITE]);
}

void
registry_each_grant(const struct registry *r, struct text principal, registry_grant_fn fn,
		    void *ctx)
{
	struct walk w = {principal, fn, ctx, false};

	twalk_r(r->grants, visit_grant, &w);
}

struct holders {
	enum role role;
	char *out;
	size_t size;
	size_t used;
};

static void
visit_principal(const void *node, VISIT which, void *closure)
{
	const struct row *e = *(struct row *const *)node;
	struct holders *h = closure;
	const char *before = h->used == 0 ? "" : ", ";
	size_t n = strlen(before) + e->part[0].n;

	if ((which != postorder && which != leaf) || e->role != h->role || h->used + n >= h->size)
		return;
	h->used += (size_t)snprintf(h->out + h->used, h->size - h->used, "%s%.*s", before,
				    (int)e->part[0].n, e->part[0].s);
}

bool
registry_who_has(const struct registry *r, enum role role, char *out, size_t size)
{
	struct holders h = {role, out, size, 0};

	out[0] = '\0';
	twalk_r(r->principals, visit_principal, &h);
	return h.used > 0;
}

struct nearest {
	struct text to;
	struct text best;
	size_t distance;
};

static bool
look_nearer(void *ctx, struct text source, struct text kind, struct text site)
{
	struct nearest *n = ctx;
	size_t distance = text_distance(source, n->to);

	(void)kind;
	(void)site;
	if (distance < n->distance && !text_is(source, "*")) {
		n->distance = distance;
		n->best = source;
	}
	return true;
}

struct text
registry_nearest_source(const struct registry *r, struct text principal, struct text source)
{
	/* A third of it may be wrong: more is another name. */
	struct nearest n = {.to = source, .distance = 1 + (source.n + 2) / 3};

	registry_each_grant(r, principal, look_nearer, &n);
	return n.distance == 0 ? (struct text){"", 0} : n.best;
}
