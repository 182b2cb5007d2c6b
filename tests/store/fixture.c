#include "tests/store/fixture.h"

#include <criterion/criterion.h>
#include <event2/event.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

/* Only a hang takes this long. */
#define TURN_MS 20
#define TURNS_MAX \
	15000 /* with nothing to do five minutes, or half of that: a busy machine is no fault */

#define ITEMS 4096

static void
on_written(void *ctx, struct group *g)
{
	struct fixture *f = ctx;

	f->written = g;
	f->n_written++;
}

static void
on_ready(void *ctx, bool ready)
{
	struct fixture *f = ctx;

	f->ready = ready;
	f->n_unready += ready ? 0 : 1;
}

void
fixture_turn(struct fixture *f)
{
	struct timeval t = {0, TURN_MS * 1000};

	event_base_loopexit(f->base, &t);
	event_base_dispatch(f->base);
}

void
fixture_wait_ready(struct fixture *f)
{
	for (int i = 0; i < TURNS_MAX && !store_ready(f->store); i++)
		fixture_turn(f);
	cr_assert(store_ready(f->store), "the store never became ready");
}

void
fixture_wait_written(struct fixture *f, int n)
{
	for (int i = 0; i < TURNS_MAX && f->n_written < n; i++)
		fixture_turn(f);
	cr_assert_eq(f->n_written, n, "%d groups came back", f->n_written);
}

static void
open_database(struct fixture *f, const struct cluster *c, const char *database)
{
	struct err e;

	*f = (struct fixture){.database = database};
	f->pg = PQconnectdb(cluster_conninfo(c, database, "postgres"));
	snprintf(f->conninfo, sizeof f->conninfo, "%s", cluster_conninfo(c, database, "semsd"));
	temp_dir(f->keys_dir);
	cr_assert_eq(keyring_open(f->keys_dir, &f->keys, &e), OK, "%s", e.text);
	cr_assert_eq(schema_check_keys(f->conninfo, f->keys, &e), OK, "%s", e.text);
}

void
fixture_database(struct fixture *f)
{
	open_database(f, cluster_shared(), cluster_entity_database());
}

static void
open_store(struct fixture *f)
{
	struct store_config config = {.writer = {.conninfo = f->conninfo,
						 .keys = f->keys,
						 .on_written = on_written,
						 .on_ready = on_ready,
						 .ctx = f,
						 .late_ms = f->late_ms,
						 .is_replicated = f->is_replicated},
				      .waits_ms = f->waits_ms};

	f->store = store_new(f->base, &config);
	cr_assert_not_null(f->store);
	fixture_wait_ready(f);
}

void
fixture_open(struct fixture *f)
{
	fixture_database(f);
	f->base = event_base_new();
	open_store(f);
}

void
fixture_open_late(struct fixture *f, int late_ms)
{
	fixture_database(f);
	f->late_ms = late_ms;
	f->base = event_base_new();
	open_store(f);
}

void
fixture_open_waiting(struct fixture *f, int waits_ms)
{
	fixture_database(f);
	f->waits_ms = waits_ms;
	f->base = event_base_new();
	open_store(f);
}

void
fixture_open_on(struct fixture *f, const struct cluster *c, const char *database)
{
	open_database(f, c, database);
	cluster_do(f->pg, "SELECT sems.setup_entity('Invented Airport', 'Europe/London')");
	f->base = event_base_new();
	open_store(f);
}

void
fixture_open_replicated(struct fixture *f, const struct cluster *c, const char *database)
{
	open_database(f, c, database);
	f->is_replicated = true;
	cluster_do(f->pg, "SELECT sems.setup_entity('Invented Airport', 'Europe/London')");
	f->base = event_base_new();
	open_store(f);
}

void
fixture_second(struct fixture *second, const struct fixture *first)
{
	*second = (struct fixture){
	    .database = first->database, .keys = first->keys, .base = first->base, .second = true};
	memcpy(second->conninfo, first->conninfo, sizeof second->conninfo);
	open_store(second);
}

void
fixture_close(struct fixture *f)
{
	store_free(f->store);
	if (f->second)
		return;
	if (f->base != NULL)
		event_base_free(f->base);
	keyring_free(f->keys);
	temp_remove(f->keys_dir);
	PQfinish(f->pg);
}

struct group *
fixture_group(void)
{
	struct group *g = calloc(1, sizeof *g);

	g->arena = arena_new(64u << 20);
	g->items = calloc(ITEMS, sizeof *g->items);
	g->cap = ITEMS;
	g->received_at = SAMPLE_NOW;
	return g;
}

void
fixture_free(struct group *g)
{
	arena_free(g->arena);
	free(g->items);
	free(g);
}

/* The length of a row that is not one yet: it points to the record. */
#define UNSEALED SIZE_MAX

static struct text
keep(struct group *g, const char *s)
{
	return (struct text){arena_dup(g->arena, s, strlen(s)), strlen(s)};
}

static struct item *
add(struct group *g, const char *source, const char *raw)
{
	struct item *it = &g->items[g->n++];

	cr_assert_leq(g->n, g->cap);
	it->source = keep(g, source);
	it->principal = keep(g, "unix:gateway");
	it->raw = keep(g, raw);
	return it;
}

static struct value *
keep_values(struct group *g, const struct list *l)
{
	struct value *v = arena_zalloc(g->arena, l->n * l->width, sizeof *v);

	memcpy(v, l->v, l->n * l->width * sizeof *v);
	return v;
}

struct item *
fixture_add(struct group *g, const struct sample *s, const char *raw)
{
	size_t n = kind_n_fields(s->r.kind);
	struct item *it;
	struct record *r;
	char source[128];

	snprintf(source, sizeof source, "%.*s", (int)s->r.v[ENV_SOURCE].text.n,
		 s->r.v[ENV_SOURCE].text.s);
	it = add(g, source, raw);
	r = arena_zalloc(g->arena, 1, sizeof *r);
	r->kind = s->r.kind;
	r->v = arena_zalloc(g->arena, n, sizeof *r->v);
	memcpy(r->v, s->r.v, n * sizeof *r->v);
	it->kind = r->kind;
	it->row = (struct text){(const char *)r, UNSEALED};
	for (size_t i = 0; i < n; i++) {
		struct value *v = &r->v[i];
		enum field_type type = kind_field(s->r.kind, i)->type;

		/* As ingest leaves them: 16 bytes. */
		if (v->set && type == FIELD_LIST)
			v->list.v = keep_values(g, &v->list);
		if (v->set && type == FIELD_PERSON)
			v->text = keep(g, "pseudonym 16byte");
		else if (v->set && type == FIELD_TEXT)
			v->text.s = arena_dup(g->arena, v->text.s, v->text.n);
	}
	return it;
}

struct record *
fixture_record(struct item *it)
{
	cr_assert_eq(it->row.n, UNSEALED);
	return (struct record *)it->row.s;
}

struct value *
fixture_value(struct item *it, const char *name)
{
	size_t i = kind_field_index(it->kind, text_of(name));

	cr_assert_lt(i, kind_n_fields(it->kind), "%s", name);
	return &fixture_record(it)->v[i];
}

void
fixture_seal(struct group *g)
{
	struct buf row;

	buf_init(&row, 1 << 20);
	for (size_t i = 0; i < g->n; i++) {
		struct item *it = &g->items[i];
		const struct record *r;

		if (it->kind == NULL || it->row.n != UNSEALED)
			continue;
		r = fixture_record(it);
		it->occurred_at = record_occurred_at(r);
		it->record_id = r->v[ENV_RECORD_ID].uuid;
		buf_clear(&row);
		cr_assert(store_write_row(
		    r, &(struct receipt){g->received_at, it->principal, TEXT_LIT("admin")}, &row));
		it->row = (struct text){arena_dup(g->arena, row.p, row.n), row.n};
	}
	buf_fini(&row);
}

struct item *
fixture_event(struct group *g, const char *source, unsigned n)
{
	static struct sample s;
	unsigned char rest[10] = {0};
	char raw[64];
	struct item *it;

	if (s.r.kind == NULL)
		sample_make(&s, KIND_TIP_EVENT);
	snprintf(raw, sizeof raw, "%s %u", source, n);
	it = fixture_add(g, &s, raw);
	it->source = keep(g, source);
	fixture_record(it)->v[ENV_SOURCE].text = it->source;
	rest[8] = (unsigned char)(n >> 8);
	rest[9] = (unsigned char)n;
	fixture_record(it)->v[ENV_RECORD_ID].uuid =
	    uuid_at(record_occurred_at(fixture_record(it)), rest, false);
	fixture_value(it, "event_no")->set = true;
	fixture_value(it, "event_no")->i = n;
	return it;
}

struct item *
fixture_refused(struct group *g, const char *source, const char *raw)
{
	struct item *it = add(g, source, raw);

	it->why = arena_zalloc(g->arena, 1, sizeof *it->why);
	it->why->reason = REASON_RULE;
	err_set(&it->why->err, REJ_FIELD, "tip_event.outcome", "not one of those");
	return it;
}

void
fixture_write(struct fixture *f, struct group *g)
{
	int before = f->n_written;

	fixture_wait_ready(f);
	fixture_seal(g);
	store_write(f->store, g);
	fixture_wait_written(f, before + 1);
	cr_assert_eq(f->written, g);
}

const char *
fixture_verdicts(const struct group *g)
{
	static const char *const names[] = {"NONE",        "STORED",  "DUPLICATE", "CONFLICT",
					    "QUARANTINED", "EXPIRED", "RETRY"};
	static char text[1024];
	size_t n = 0;

	text[0] = '\0';
	for (size_t i = 0; i < g->n && n < sizeof text; i++) {
		size_t run = 1;

		while (i + 1 < g->n && g->items[i + 1].verdict == g->items[i].verdict) {
			run++;
			i++;
		}
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", n == 0 ? "" : " ",
				      names[g->items[i].verdict]);
		if (run > 1 && n < sizeof text)
			n += (size_t)snprintf(text + n, sizeof text - n, "*%zu", run);
	}
	return text;
}
