#include "tests/ingest/fixture.h"

#include "base/machine.h"
#include "wire/frame.h"

#include <criterion/criterion.h>

#include <stdlib.h>

static const unsigned char *
year_key(void *ctx, int year)
{
	static unsigned char key[32];

	(void)ctx;
	key[0] = (unsigned char)(year & 0xff);
	return key;
}

/* Persons only, each behind its length: enough to see what intake made of them. */
static bool
write_row(const struct record *r, const struct receipt *receipt, struct buf *out)
{
	(void)receipt;
	for (size_t i = 0; i < kind_n_fields(r->kind); i++) {
		if (kind_field(r->kind, i)->type != FIELD_PERSON || !r->v[i].set)
			continue;
		buf_add(out, &(unsigned char){(unsigned char)r->v[i].text.n}, 1);
		buf_add(out, r->v[i].text.s, r->v[i].text.n);
	}
	return !out->failed && r->v[ENV_PRECISION].i != FIXTURE_UNWRITABLE;
}

struct registry *
fixture_registry(void)
{
	struct registry *r = registry_new();
	size_t n = 366 * 60;
	int64_t *starts = malloc((n + 1) * sizeof *starts);
	int64_t first = civil_to_days((struct civil_date){2000, 1, 1});

	for (size_t i = 0; i <= n; i++)
		starts[i] = (first + (int64_t)i) * MS_PER_DAY;
	cr_assert(registry_set_entity(r, text_of("Example Airport"), text_of("UTC")));
	registry_set_calendar(r, first, starts, n);
	cr_assert(registry_add_site(r, text_of("T1")));
	cr_assert(registry_add_principal(r, text_of("unix:lane"), ROLE_DEVICE));
	cr_assert(registry_add_principal(r, text_of("unix:anna"), ROLE_COMPLIANCE));
	cr_assert(registry_add_principal(r, text_of("unix:auditor"), ROLE_DEVICE));
	for (size_t i = 0; i < 2; i++)
		cr_assert(registry_add_grant(r, text_of("unix:auditor"),
					     text_of(i == 0 ? "audits" : "supplier"),
					     text_of("audit"), text_of("T1")));
	cr_assert(registry_add_grant(r, text_of("unix:lane"), text_of("xray-1"),
				     text_of("tip_event"), text_of("T1")));
	cr_assert(
	    registry_add_grant(r, text_of("unix:anna"), text_of("*"), text_of("*"), text_of("*")));
	return r;
}

struct ingest *
fixture_ingest(const struct ingest_config *config)
{
	struct ingest_config c = config == NULL ? ingest_defaults() : *config;
	struct ingest *in;

	c.person_key = year_key;
	c.write_row = write_row;
	c.step = machine_step;
	in = ingest_new(&c);
	cr_assert_not_null(in);
	ingest_set_registry(in, fixture_registry());
	return in;
}

struct text
fixture_frame(const ProtobufCMessage *m)
{
	struct buf b;

	buf_init(&b, 2u * FRAME_BYTES_MAX);
	cr_assert(frame_put(&b, m));
	return (struct text){(char *)b.p, b.n};
}

void
fixture_feed(struct ingest *in, struct session_ref s, const ProtobufCMessage *m)
{
	struct text f = fixture_frame(m);

	cr_assert_eq(ingest_feed(in, s, f.s, f.n, 1, (struct moment){{T0}, {M0}}), f.n);
	free((void *)f.s);
}

struct session_ref
fixture_open(struct ingest *in, const char *principal, struct mono_ms now)
{
	return ingest_open(in, &(struct caller){.principal = text_of(principal)}, now);
}

const ProtobufCMessage *
fixture_hello(void)
{
	static Sems__V1__ClientFrame f;
	static Sems__V1__Hello hello;

	sems__v1__client_frame__init(&f);
	sems__v1__hello__init(&hello);
	hello.has_protocol_min = hello.has_protocol_max = 1;
	hello.protocol_min = hello.protocol_max = 1;
	f.body_case = SEMS__V1__CLIENT_FRAME__BODY_HELLO;
	f.hello = &hello;
	return &f.base;
}

const ProtobufCMessage *
fixture_request(uint64_t no)
{
	static Sems__V1__ClientFrame f;
	static Sems__V1__Request q;
	static Sems__V1__VerifyRequest verify;

	sems__v1__client_frame__init(&f);
	sems__v1__request__init(&q);
	sems__v1__verify_request__init(&verify);
	q.has_request_no = 1;
	q.request_no = no;
	q.body_case = SEMS__V1__REQUEST__BODY_VERIFY;
	q.verify = &verify;
	f.body_case = SEMS__V1__CLIENT_FRAME__BODY_REQUEST;
	f.request = &q;
	return &f.base;
}

struct session_ref
fixture_session(struct ingest *in, const char *principal)
{
	struct session_ref s = fixture_open(in, principal, (struct mono_ms){M0});

	cr_assert_neq(s.id, 0);
	fixture_feed(in, s, fixture_hello());
	buf_clear(ingest_output(in, s));
	return s;
}

Sems__V1__ServerFrame *
fixture_answer(struct ingest *in, struct session_ref s)
{
	struct buf *out = ingest_output(in, s);
	struct text body;
	size_t used;
	struct err e;
	Sems__V1__ServerFrame *f;

	if (out == NULL ||
	    frame_next(out->p, out->n, SIZE_MAX / 2, &body, &used, &e) != FRAME_READY)
		return NULL;
	f = sems__v1__server_frame__unpack(NULL, body.n, (const uint8_t *)body.s);
	cr_assert_not_null(f);
	buf_consume(out, used);
	return f;
}

Sems__V1__Record *
fixture_record(unsigned n)
{
	static Sems__V1__Record records[FIXTURE_RECORDS];
	static Sems__V1__TipEvent events[FIXTURE_RECORDS];
	static unsigned char ids[FIXTURE_RECORDS][16];
	Sems__V1__Record *r = &records[n];
	Sems__V1__TipEvent *t = &events[n];
	struct uuid id;
	unsigned char rest[10] = {(unsigned char)n};

	cr_assert_lt(n, FIXTURE_RECORDS);
	sems__v1__record__init(r);
	sems__v1__tip_event__init(t);
	id = uuid_at((struct utc_ms){T0}, rest, false);
	memcpy(ids[n], id.b, 16);
	r->has_record_id = 1;
	r->record_id = (ProtobufCBinaryData){16, ids[n]};
	r->source = (char *)"xray-1";
	r->site_id = (char *)"T1";
	r->has_occurred_at = 1;
	r->occurred_at = T0;
	r->body_case = SEMS__V1__RECORD__BODY_TIP_EVENT;
	r->tip_event = t;
	t->device_id = (char *)"lane-1";
	t->screener_id = (char *)"s-17";
	t->has_outcome = 1;
	t->outcome = SEMS__V1__TIP_OUTCOME__TIP_OUTCOME_HIT;
	return r;
}

void
fixture_send(struct ingest *in, struct session_ref s, uint64_t batch_no, unsigned first, unsigned n)
{
	Sems__V1__Record *list[FIXTURE_RECORDS];
	Sems__V1__ClientFrame f = SEMS__V1__CLIENT_FRAME__INIT;
	Sems__V1__Batch b = SEMS__V1__BATCH__INIT;

	for (unsigned i = 0; i < n; i++)
		list[i] = fixture_record(first + i);
	b.has_batch_no = 1;
	b.batch_no = batch_no;
	b.n_records = n;
	b.records = list;
	f.body_case = SEMS__V1__CLIENT_FRAME__BODY_BATCH;
	f.batch = &b;
	fixture_feed(in, s, &f.base);
}

size_t
fixture_commit(struct ingest *in)
{
	struct group *g = ingest_take_group(in);
	size_t n = g == NULL ? 0 : g->n;

	for (size_t i = 0; i < n; i++) {
		if (g->items[i].verdict == VERDICT_NONE)
			g->items[i].verdict =
			    g->items[i].why != NULL ? VERDICT_QUARANTINED : VERDICT_STORED;
	}
	if (g != NULL)
		ingest_group_done(in, g);
	return n;
}
