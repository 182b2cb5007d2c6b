#include "tests/office/office.h"

#include "base/civil.h"
#include "base/machine.h"
#include "base/uuid.h"
#include "wire/frame.h"

#include <criterion/criterion.h>
#include <event2/event.h>

#include <stdio.h>
#include <string.h>

/* Only a hang takes this long. */
#define TURN_MS 10
#define TURNS_MAX \
	15000 /* with nothing to do five minutes, or half of that: a busy machine is no fault */
#define LATE_MS     50
#define ARENA_BYTES ((size_t)64 << 20) /* as a session has for a request */

bool office_reads;

/* --- the composition root in small ------------------------------------------------------------ */

static void
on_turn(void *ctx)
{
	struct office *o = ctx;

	if (store_ready(o->store)) {
		struct group *g = ingest_take_group(o->ingest);

		if (g != NULL) {
			g->received_at = o->now;
			store_write(o->store, g);
		}
	}
}

static void
on_written(void *ctx, struct group *g)
{
	struct office *o = ctx;

	ingest_group_done(o->ingest, g);
	on_turn(o);
}

static void
on_ready(void *ctx, bool ready)
{
	(void)ctx;
	(void)ready;
}

static void
on_output(void *ctx)
{
	(void)ctx;
}

static json_t *
doors(void *ctx)
{
	(void)ctx;
	return json_pack("{s:s}", "loaded_at", "now");
}

static void
reload(void *ctx, void (*done)(void *done_ctx, const struct err *e), void *done_ctx)
{
	struct office *o = ctx;

	o->reloads++;
	done(done_ctx, &o->reload_fault);
}

static const unsigned char *
person_key(void *ctx, int year)
{
	struct office *o = ctx;

	if (keyring_person(o->keys, year) == NULL) {
		struct key_file file;
		struct err e;

		cr_assert(keyring_plan_file(o->keys, year, &file));
		keyring_load_file(&file);
		cr_assert_eq(keyring_take_file(o->keys, &file, &e), OK, "%s", e.text);
		cr_assert_eq(schema_check_keys(o->conninfo, o->keys, &e), OK, "%s", e.text);
	}
	return keyring_person(o->keys, year);
}

static enum code
load(struct office *o, struct err *e)
{
	struct registry *r = NULL;

	if (schema_load_registry(o->conninfo, &r, e) != OK)
		return e->code;
	ingest_set_registry(o->ingest, r);
	return OK;
}

static void
turn(struct office *o)
{
	struct timeval t = {0, TURN_MS * 1000};

	event_base_loopexit(o->base, &t);
	event_base_dispatch(o->base);
	on_turn(o);
}

/* --- the client ------------------------------------------------------------------------------- */

static void
say(struct office *o, struct session_ref s, const Sems__V1__ClientFrame *f)
{
	struct buf b;
	size_t used;

	buf_init(&b, FRAME_BYTES_MAX + 16);
	cr_assert(frame_put(&b, &f->base));
	used = ingest_feed(o->ingest, s, b.p, b.n, 10, (struct moment){o->now, {0}});
	cr_assert_eq(used, b.n, "%zu of %zu bytes were taken", used, b.n);
	buf_fini(&b);
	on_turn(o);
}

/* The next frame for a session; the caller frees it. */
static Sems__V1__ServerFrame *
hear(struct office *o, struct session_ref s)
{
	for (int i = 0; i < TURNS_MAX; i++) {
		struct buf *b = ingest_output(o->ingest, s);
		struct text body;
		size_t used;
		struct err e;

		if (b != NULL &&
		    frame_next(b->p, b->n, FRAME_BYTES_MAX, &body, &used, &e) == FRAME_READY) {
			Sems__V1__ServerFrame *f =
			    sems__v1__server_frame__unpack(NULL, body.n, (const uint8_t *)body.s);

			buf_consume(b, used);
			cr_assert_not_null(f);
			return f;
		}
		turn(o);
	}
	cr_assert_fail("no answer came");
	return NULL;
}

static struct session_ref
greet(struct office *o, const char *principal)
{
	Sems__V1__Hello hello = SEMS__V1__HELLO__INIT;
	Sems__V1__ClientFrame f = SEMS__V1__CLIENT_FRAME__INIT;
	Sems__V1__ServerFrame *answer;
	struct session_ref s = ingest_open(
	    o->ingest, &(struct caller){.principal = text_of(principal)}, (struct mono_ms){0});

	cr_assert_neq(s.id, 0);
	hello.has_protocol_min = hello.has_protocol_max = 1;
	hello.protocol_min = hello.protocol_max = 1;
	f.body_case = SEMS__V1__CLIENT_FRAME__BODY_HELLO;
	f.hello = &hello;
	say(o, s, &f);
	answer = hear(o, s);
	cr_assert_eq(answer->body_case, SEMS__V1__SERVER_FRAME__BODY_WELCOME);
	sems__v1__server_frame__free_unpacked(answer, NULL);
	return s;
}

/* --- the door ----------------------------------------------------------------------------------
 */

static bool
is_gone(const struct port *p)
{
	(void)p;
	return false;
}

static bool
reply(const struct port *p, struct text json)
{
	struct office *o = p->door;

	o->code = ANSWER_OK;
	o->text[0] = o->field[0] = o->next[0] = '\0';
	office_reads = true;
	o->json = json_loadb(json.s, json.n, 0, NULL);
	cr_assert_not_null(o->json, "%.*s", (int)json.n, json.s);
	office_reads = false;
	return true;
}

static void
fail(const struct port *p, const struct failure *f)
{
	struct office *o = p->door;

	o->code = f->code;
	snprintf(o->text, sizeof o->text, "%s", f->text);
	snprintf(o->field, sizeof o->field, "%s", f->field);
	snprintf(o->next, sizeof o->next, "%s", f->next);
}

static void
set_run(const struct port *p, int64_t run)
{
	struct office *o = p->door;

	o->run = run;
}

int
office_ask(struct office *o, const struct request *r)
{
	static const struct port_ops ops = {
	    .is_gone = is_gone, .reply = reply, .fail = fail, .set_run = set_run};
	const struct asking q = {
	    .arena = arena_new(ARENA_BYTES),
	    .request = *r,
	    .who = {.principal = text_of(o->principal),
		    .role = o->owner
				? ROLE_ADMIN
				: registry_role(ingest_registry(o->ingest), text_of(o->principal))},
	    .port = {.ops = &ops, .door = o},
	};
	json_t *before = o->json; /* of which the request may be made */

	o->json = NULL;
	o->code = ANSWER_NONE;
	cr_assert_not_null(q.arena);
	admin_handle(o->admin, &q, o->now);
	for (int i = 0; i < TURNS_MAX && o->code == ANSWER_NONE; i++)
		turn(o);
	cr_assert_neq(o->code, ANSWER_NONE, "no answer came");
	json_decref(before);
	return o->code;
}

struct spd_request
office_spd(enum spd_op operation, const char *quarter, unsigned revision)
{
	return (struct spd_request){
	    .operation = operation, .quarter = quarter, .revision = revision};
}

int
office_ask_spd(struct office *o, const struct spd_request *q)
{
	return office_ask(o, &(struct request){.kind = REQUEST_SPD, .spd = q});
}

/* --- the sender --------------------------------------------------------------------------------
 */

static struct session_ref
send_begin(struct office *o, const char *principal, const Sems__V1__Record *r)
{
	static uint64_t batch_no;
	Sems__V1__Record copy = *r;
	Sems__V1__Record *records[] = {&copy};
	Sems__V1__Batch batch = SEMS__V1__BATCH__INIT;
	Sems__V1__ClientFrame f = SEMS__V1__CLIENT_FRAME__INIT;
	struct session_ref s = greet(o, principal);

	batch.has_batch_no = 1;
	batch.batch_no = ++batch_no;
	batch.n_records = 1;
	batch.records = records;
	f.body_case = SEMS__V1__CLIENT_FRAME__BODY_BATCH;
	f.batch = &batch;
	say(o, s, &f);
	return s;
}

struct session_ref
office_send_begin(struct office *o, const Sems__V1__Record *r)
{
	return send_begin(o, "unix:anna", r);
}

int
office_send_end(struct office *o, struct session_ref s)
{
	Sems__V1__ServerFrame *answer = hear(o, s);
	int code;

	cr_assert_eq(answer->body_case, SEMS__V1__SERVER_FRAME__BODY_RESULT);
	code = answer->result->verdicts[0]->code;
	snprintf(o->text, sizeof o->text, "%s: %s", answer->result->verdicts[0]->field,
		 answer->result->verdicts[0]->text);
	sems__v1__server_frame__free_unpacked(answer, NULL);
	ingest_close(o->ingest, s);
	return code;
}

int
office_send(struct office *o, const Sems__V1__Record *r)
{
	return office_send_as(o, "unix:anna", r);
}

int
office_send_as(struct office *o, const char *principal, const Sems__V1__Record *r)
{
	return office_send_end(o, send_begin(o, principal, r));
}

void
office_be(struct office *o, const char *principal, const char *role)
{
	char sql[256];
	struct err e;

	snprintf(sql, sizeof sql,
		 "INSERT INTO sems.principal VALUES ('%s', '%s') "
		 "ON CONFLICT (principal) DO UPDATE SET role = excluded.role",
		 principal, role);
	cluster_do(o->pg, sql);
	cr_assert_eq(load(o, &e), OK, "%s", e.text);
	snprintf(o->principal, sizeof o->principal, "%s", principal);
	o->owner = false;
}

/* --- opening and closing ---------------------------------------------------------------------- */

struct utc_ms
office_time(const char *rfc3339)
{
	struct utc_ms t = {0};

	cr_assert(utc_parse(text_of(rfc3339), &t));
	return t;
}

void
office_open(struct office *o)
{
	struct store_config sc = {
	    .writer = {
		.on_written = on_written, .on_ready = on_ready, .ctx = o, .late_ms = LATE_MS}};
	struct ingest_config ic = ingest_defaults();
	struct admin_config ac = {
	    .on_turn = on_turn, .doors = doors, .reload = reload, .on_output = on_output, .ctx = o};
	const char *database = cluster_database();
	struct err e;

	*o = (struct office){.now = office_time("2026-05-15T10:00:00Z")};
	o->pg = cluster_connect(database);
	snprintf(o->conninfo, sizeof o->conninfo, "%s",
		 cluster_conninfo(cluster_shared(), database, "semsd"));
	temp_dir(o->keys_dir);
	cr_assert_eq(keyring_open(o->keys_dir, &o->keys, &e), OK, "%s", e.text);
	cr_assert_eq(schema_check_keys(o->conninfo, o->keys, &e), OK, "%s", e.text);
	o->base = event_base_new();
	sc.writer.conninfo = o->conninfo;
	sc.writer.keys = o->keys;
	o->store = store_new(o->base, &sc);
	ic.person_key = person_key;
	ic.write_row = store_write_row;
	ic.ctx = o;
	ic.step = machine_step;
	o->ingest = ingest_new(&ic);
	ac.ingest = o->ingest;
	ac.store = o->store;
	ac.keys = o->keys;
	o->admin = admin_new(&ac);
	cr_assert_eq(load(o, &e), OK, "%s", e.text);
	for (int i = 0; i < TURNS_MAX && !store_ready(o->store); i++)
		turn(o);
	cr_assert(store_ready(o->store));
	snprintf(o->principal, sizeof o->principal, "unix:owner");
	o->owner = true;
}

void
office_open_set_up(struct office *o)
{
	struct err e;

	office_open(o);
	cluster_do(o->pg, "SELECT sems.setup_entity('Harbour View Airport', 'Europe/London')");
	cluster_do(o->pg,
		   "INSERT INTO sems.site VALUES ('T1', 'Terminal 1'), ('T2', 'Terminal 2')");
	cluster_do(o->pg, "INSERT INTO sems.source VALUES ('lane', 'lane 1')");
	cluster_do(o->pg, "INSERT INTO sems.principal VALUES ('unix:anna', 'device')");
	cluster_do(o->pg, "INSERT INTO sems.source_grant VALUES ('unix:anna', 'lane', '*', '*')");
	cr_assert_eq(load(o, &e), OK, "%s", e.text);
}

void
office_close(struct office *o)
{
	json_decref(o->json);
	store_free(o->store);
	admin_free(o->admin);
	ingest_free(o->ingest);
	keyring_free(o->keys);
	event_base_free(o->base);
	PQfinish(o->pg);
	cr_expect(temp_remove(o->keys_dir));
}

Sems__V1__Record *
office_activity(struct utc_ms at, unsigned n)
{
	static char source[] = "lane";
	static char site[] = "T1";
	static char person[] = "N. Okoro";
	static Sems__V1__Record r;
	static Sems__V1__Activity a;
	static struct uuid id;
	unsigned char rest[10] = {0, (unsigned char)n};

	id = uuid_at(at, rest, false);
	sems__v1__record__init(&r);
	sems__v1__activity__init(&a);
	r.has_record_id = 1;
	r.record_id.data = id.b;
	r.record_id.len = sizeof id.b;
	r.source = source;
	r.site_id = site;
	r.recorded_by = person;
	r.has_occurred_at = r.has_occurred_end = 1;
	r.occurred_at = at.v;
	r.occurred_end = at.v + MS_PER_HOUR;
	r.body_case = SEMS__V1__RECORD__BODY_ACTIVITY;
	r.activity = &a;
	a.has_activity = a.has_count = a.has_method = 1;
	a.activity = SEMS__V1__ACTIVITY_TYPE__ACTIVITY_TYPE_CABIN_BAGS;
	a.count = 100 + n;
	a.method = SEMS__V1__COUNT_METHOD__COUNT_METHOD_COUNTED;
	return &r;
}

/* --- looking ---------------------------------------------------------------------------------- */

static json_t *
at_path(const struct office *o, const char *path)
{
	json_t *at = o->json;
	char copy[128];
	char *save = NULL;

	snprintf(copy, sizeof copy, "%s", path);
	for (char *w = strtok_r(copy, ".", &save); w != NULL; w = strtok_r(NULL, ".", &save))
		at = json_is_array(at) ? json_array_get(at, strtoul(w, NULL, 10))
				       : json_object_get(at, w);
	return at;
}

long long
office_int(const struct office *o, const char *path)
{
	const json_t *v = at_path(o, path);

	if (json_is_boolean(v))
		return json_is_true(v);
	return json_is_integer(v) ? json_integer_value(v) : -1;
}

const char *
office_str(const struct office *o, const char *path)
{
	const char *s = json_string_value(at_path(o, path));

	return s == NULL ? "" : s;
}

void
office_send_refused(struct office *o, unsigned n)
{
	static char site[] = "T9";

	for (unsigned i = 0; i < n; i++) {
		Sems__V1__Record *r = office_activity(office_time("2026-05-10T09:00:00Z"), i);

		r->site_id = site;
		cr_assert_eq(office_send(o, r), SEMS__V1__VERDICT_CODE__VERDICT_CODE_QUARANTINED,
			     "%s", o->text);
	}
}
