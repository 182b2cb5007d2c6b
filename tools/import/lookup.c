#include "tools/import/lookup.h"

#include "base/arena.h"
#include "base/count.h"
#include "base/json/jsonin.h"
#include "base/text.h"
#include "tools/import/identity.h"

#include <jansson.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#define PAGE         1000
#define PAGE_BYTES   (4u * 1024u * 1024u)
#define PLANS_BYTES  (1024u * 1024u * 1024u)
#define ANSWER_BYTES (64u * 1024u * 1024u)

/* A record of the page, and what is known of its number. */
struct query {
	struct record record; /* in the page's arena, its envelope alone */
	uint64_t line;
	bool asked;
	unsigned stored_then; /* at its time, all of them voided or replaced */
	bool is_there;        /* at its time; as `there` */
	struct uuid there;
	const json_t *there_as; /* the correction that it is; NULL: none */
	bool is_elsewhere;
	struct uuid elsewhere; /* that counts */
	struct uuid root;      /* of it */
};

/* What is to be done with a record that is not sent as it is; found by its own identity. */
struct plan {
	struct uuid id;
	const struct kind *kind;
	struct uuid send_as;
	bool is_correction;
	bool is_other_time;
	struct uuid root;
	struct utc_ms corrected_at;
	const char *reason;
};

struct lookup {
	struct arena *plans; /* this struct, too */
	struct arena *page;
	struct client *client;
	void *root; /* of struct plan */
	struct query queries[PAGE];
	size_t n;
	bool is_fresh; /* the daemon has looked through what was stored */
	bool refused;  /* who may not send these is told so by their verdicts */
	struct lookup_tally tally;
};

static int
compare(const void *a, const void *b)
{
	const struct plan *x = a;
	const struct plan *y = b;
	int c = memcmp(&x->id, &y->id, sizeof x->id);

	return c != 0 ? c : (x->kind->id > y->kind->id) - (x->kind->id < y->kind->id);
}

static void
keep_node(void *node)
{
	(void)node; /* the arena's */
}

struct lookup *
lookup_new(struct client *client)
{
	struct arena *a = arena_new(PLANS_BYTES);
	struct lookup *l = a != NULL ? arena_zalloc(a, 1, sizeof *l) : NULL;

	if (l == NULL) {
		arena_free(a);
		return NULL;
	}
	l->plans = a;
	l->client = client;
	l->page = arena_new(PAGE_BYTES);
	if (l->page == NULL) {
		lookup_free(l);
		return NULL;
	}
	return l;
}

void
lookup_free(struct lookup *l)
{
	if (l == NULL)
		return;
	tdestroy(l->root, keep_node);
	arena_free(l->page);
	arena_free(l->plans);
}

static struct uuid
uuid_of(const json_t *o, const char *name)
{
	struct uuid id = {{0}};

	uuid_parse(text_of(member_text(o, name)), &id);
	return id;
}

/* One stored record with the number of the query. */
static void
take(struct query *q, const json_t *stored)
{
	const struct uuid id = uuid_of(stored, "record_id");
	const char *why = member_text(stored, "why");
	const char *corrects = member_maybe(stored, "corrects");
	const bool is_then = uuid_time(&id).v == record_occurred_at(&q->record).v;
	/* A correction that another one took the place of says what counts no more. */
	const bool is_past =
	    strcmp(why, "VOIDED") == 0 || (corrects != NULL && strcmp(why, "SUPERSEDED") == 0);

	if (is_then)
		q->stored_then++;
	if (is_then && !is_past && !(q->is_there && q->there_as == NULL)) {
		q->is_there = true;
		q->there = id;
		q->there_as = corrects != NULL ? stored : NULL;
	} else if (!is_then && why[0] == '\0') {
		q->is_elsewhere = true;
		q->elsewhere = id;
		q->root = corrects != NULL ? uuid_of(stored, "corrects") : id;
	}
}

static struct plan *
add_plan(struct lookup *l, const struct query *q)
{
	struct plan *p = arena_zalloc(l->plans, 1, sizeof *p);
	struct plan **found;

	if (p == NULL)
		return NULL;
	p->id = p->send_as = q->record.v[ENV_RECORD_ID].uuid;
	p->kind = q->record.kind;
	found = (struct plan **)tsearch(p, &l->root, compare);
	return found != NULL ? *found : NULL;
}

static void
note(struct lookup *l, const struct query *q)
{
	const struct text number = q->record.v[ENV_SOURCE_RECORD_ID].text;
	struct lookup_example *x;

	if (l->tally.other_time++ >= LOOKUP_EXAMPLES)
		return;
	x = &l->tally.examples[l->tally.other_time - 1];
	x->line = q->line;
	x->at = record_occurred_at(&q->record);
	x->stored = uuid_time(&q->elsewhere);
	text_print(x->number, sizeof x->number, "%.*s", (int)number.n, number.s);
}

/* False: no memory. */
static bool
decide(struct lookup *l, struct query *q)
{
	const struct uuid own = q->record.v[ENV_RECORD_ID].uuid;
	struct plan *p;

	if (q->is_there && q->there_as == NULL && memcmp(&q->there, &own, sizeof own) == 0)
		return true;
	if (!q->is_there && !q->is_elsewhere && q->stored_then == 0)
		return true;
	p = add_plan(l, q);
	if (p == NULL)
		return false;
	if (q->is_there) {
		p->send_as = q->there;
		p->is_correction = q->there_as != NULL;
		if (p->is_correction) {
			const char *reason = member_text(q->there_as, "reason");

			p->root = uuid_of(q->there_as, "corrects");
			p->corrected_at.v =
			    json_integer_value(json_object_get(q->there_as, "corrected_at"));
			p->reason = arena_dup(l->plans, reason, strlen(reason));
		}
		return !arena_failed(l->plans);
	}
	/* What was stored under this number and time counts no more: so this one is the next. */
	if (q->stored_then > 0 && identity_set_again(&q->record, q->stored_then))
		p->send_as = q->record.v[ENV_RECORD_ID].uuid;
	p->is_other_time = q->is_elsewhere;
	p->root = q->root;
	if (q->is_elsewhere)
		note(l, q);
	return true;
}

static bool
is_alike(const struct query *a, const struct query *b)
{
	return a->record.kind == b->record.kind &&
	       text_eq(a->record.v[ENV_SOURCE].text, b->record.v[ENV_SOURCE].text);
}

static enum code
read_answer(struct lookup *l, const struct buf *raw, const size_t *places, size_t n, struct err *e)
{
	json_t *answer = json_loadb((const char *)raw->p, raw->n, 0, NULL);
	const json_t *found = json_object_get(answer, "found");
	enum code rc = OK;

	if (!json_is_array(found))
		rc = err_set(e, FATAL_BUG, "numbers", "semsd's answer is not what it should be");
	for (size_t i = 0; rc == OK && i < json_array_size(found); i++) {
		const json_t *stored = json_array_get(found, i);
		const size_t at = (size_t)json_integer_value(json_object_get(stored, "n"));

		if (at < n)
			take(&l->queries[places[at]], stored);
	}
	for (size_t i = 0; rc == OK && i < n; i++)
		if (!decide(l, &l->queries[places[i]]))
			rc = err_set(e, TRY_LIMIT, "memory", "out of memory");
	json_decref(answer);
	return rc;
}

/* Asks for those of the page that have the kind and source of this one. */
static enum code
ask_alike(struct lookup *l, size_t first, struct err *e)
{
	Sems__V1__Request request = SEMS__V1__REQUEST__INIT;
	Sems__V1__NumbersRequest about = SEMS__V1__NUMBERS_REQUEST__INIT;
	size_t places[PAGE];
	char *numbers[PAGE];
	struct buf raw;
	size_t n = 0;
	enum code rc;

	for (size_t i = first; i < l->n; i++) {
		struct query *q = &l->queries[i];
		const struct text number = q->record.v[ENV_SOURCE_RECORD_ID].text;

		if (q->asked || !is_alike(q, &l->queries[first]))
			continue;
		q->asked = true;
		places[n] = i;
		numbers[n++] = arena_dup(l->page, number.s, number.n);
	}
	about.kind = arena_printf(l->page, "%s", l->queries[first].record.kind->name);
	about.source = arena_dup(l->page, l->queries[first].record.v[ENV_SOURCE].text.s,
				 l->queries[first].record.v[ENV_SOURCE].text.n);
	about.numbers = numbers;
	about.n_numbers = n;
	about.has_fresh = 1;
	about.fresh = !l->is_fresh;
	if (arena_failed(l->page))
		return err_set(e, TRY_LIMIT, "memory", "out of memory");
	request.body_case = SEMS__V1__REQUEST__BODY_NUMBERS;
	request.numbers = &about;
	buf_init(&raw, ANSWER_BYTES);
	rc = client_ask(l->client, &request, &raw, e);
	if (rc == OK)
		rc = read_answer(l, &raw, places, n, e);
	l->is_fresh = l->is_fresh || rc == OK;
	buf_fini(&raw);
	return rc == REJ_FORBIDDEN ? OK : rc;
}

static enum code
ask_page(struct lookup *l, struct err *e)
{
	enum code rc = OK;

	for (size_t i = 0; rc == OK && i < l->n; i++)
		if (!l->queries[i].asked)
			rc = ask_alike(l, i, e);
	l->n = 0;
	arena_reset(l->page);
	return rc;
}

enum code
lookup_record(struct lookup *l, const struct record *r, uint64_t line, struct err *e)
{
	static const unsigned fields[] = {ENV_SOURCE, ENV_SOURCE_RECORD_ID};
	struct query *q = &l->queries[l->n];

	if (!r->v[ENV_SOURCE_RECORD_ID].set || !r->v[ENV_SOURCE].set || !r->v[ENV_RECORD_ID].set ||
	    r->v[ENV_CORRECTS_RECORD_ID].set)
		return OK;
	l->tally.records++;
	*q = (struct query){.line = line};
	q->record.kind = r->kind;
	q->record.v = arena_zalloc(l->page, ENV_COUNT, sizeof *q->record.v);
	for (size_t i = 0; q->record.v != NULL && i < COUNT(fields); i++) {
		const struct text t = r->v[fields[i]].text;

		q->record.v[fields[i]] =
		    (struct value){.set = true, .text = {arena_dup(l->page, t.s, t.n), t.n}};
	}
	if (q->record.v == NULL || arena_failed(l->page))
		return err_set(e, TRY_LIMIT, "memory", "out of memory");
	q->record.v[ENV_RECORD_ID] = r->v[ENV_RECORD_ID];
	q->record.v[ENV_OCCURRED_AT] = r->v[ENV_OCCURRED_AT];
	return ++l->n == PAGE ? ask_page(l, e) : OK;
}

enum code
lookup_end(struct lookup *l, struct err *e)
{
	return ask_page(l, e);
}

const struct lookup_tally *
lookup_tally(const struct lookup *l)
{
	return &l->tally;
}

static void
correct(struct record *r, struct uuid root, struct utc_ms at, const char *reason)
{
	r->v[ENV_CORRECTS_RECORD_ID] = (struct value){.set = true, .uuid = root};
	r->v[ENV_CORRECTED_AT] = (struct value){.set = true, .i = at.v};
	r->v[ENV_CORRECTION_REASON] = (struct value){.set = true, .text = text_of(reason)};
}

bool
lookup_apply(const struct lookup *l, struct record *r, const char *reason, struct utc_ms now)
{
	const struct plan wanted = {.id = r->v[ENV_RECORD_ID].uuid, .kind = r->kind};

	struct plan *const *found = tfind(&wanted, &l->root, compare);
	const struct plan *p = found != NULL ? *found : NULL;

	if (p == NULL || r->v[ENV_CORRECTS_RECORD_ID].set)
		return false;
	r->v[ENV_RECORD_ID].uuid = p->send_as;
	if (p->is_correction)
		correct(r, p->root, p->corrected_at, p->reason);
	else if (p->is_other_time && reason != NULL)
		correct(r, p->root, now, reason);
	return p->is_other_time && reason != NULL;
}
