#include "base/count.h"
#include "base/json/jsonmem.h"
#include "office/call.h"
#include "tests/office/office.h"

#include <criterion/criterion.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static Sems__V1__StatusRequest status = SEMS__V1__STATUS_REQUEST__INIT;
static Sems__V1__SetupRequest setup = SEMS__V1__SETUP_REQUEST__INIT;
static Sems__V1__SpdRequest spd = SEMS__V1__SPD_REQUEST__INIT;
static Sems__V1__RetentionRequest retention = SEMS__V1__RETENTION_REQUEST__INIT;
static Sems__V1__QuarantineRequest quarantine = SEMS__V1__QUARANTINE_REQUEST__INIT;
static Sems__V1__RecordRequest record = SEMS__V1__RECORD_REQUEST__INIT;

#define N_BODIES  6
#define FORBIDDEN SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_FORBIDDEN

static Sems__V1__Request
request(unsigned body)
{
	Sems__V1__Request all[N_BODIES];

	for (unsigned i = 0; i < N_BODIES; i++)
		sems__v1__request__init(&all[i]);
	all[0].body_case = SEMS__V1__REQUEST__BODY_SETUP;
	all[0].setup = &setup;
	all[1].body_case = SEMS__V1__REQUEST__BODY_STATUS;
	all[1].status = &status;
	all[2].body_case = SEMS__V1__REQUEST__BODY_SPD;
	all[2].spd = &spd;
	all[3].body_case = SEMS__V1__REQUEST__BODY_RETENTION;
	all[3].retention = &retention;
	all[4].body_case = SEMS__V1__REQUEST__BODY_QUARANTINE;
	all[4].quarantine = &quarantine;
	all[5].body_case = SEMS__V1__REQUEST__BODY_RECORD;
	all[5].record = &record;
	return all[body];
}

/* Written once more from PROTOCOL.md, P-905: who may ask for a body at all, role by role in the
 * order of `roles`. `numbers` is for whoever has a grant and `import` by its operation: an empty
 * one is INVALID, whoever asks. */
static const char *const roles[] = {"none",    "device",  "supervisor", "tester",
				    "auditor", "manager", "compliance", "admin"};
static const struct {
	const char *body;
	const char *may;
} bodies[] = {
    {"setup", "------xx"},     {"status", "----xxxx"},  {"spd", "----xxxx"},
    {"retention", "------xx"}, {"gap", "----xxxx"},     {"quarantine", "----x-xx"},
    {"record", "---xxxxx"},    {"records", "---xxxxx"}, {"verify", "----xxxx"},
    {"sign", "----xxxx"},      {"key", "----xxxx"},     {"explain", "----xxxx"},
    {"pending", "----xxxx"},   {"doubles", "----xxxx"}, {"calendar", "----xxxx"},
    {"numbers", "xxxxxxxx"},   {"import", "xxxxxxxx"},  {"trace", "---xxxxx"},
};

/* The body of this field of Request, empty; its memory is the arena's. */
static Sems__V1__Request
request_of(const ProtobufCFieldDescriptor *f, struct arena *a)
{
	const ProtobufCMessageDescriptor *d = f->descriptor;
	ProtobufCMessage *body = arena_zalloc(a, 1, d->sizeof_message);
	Sems__V1__Request q = SEMS__V1__REQUEST__INIT;

	d->message_init(body);
	q.body_case = (Sems__V1__Request__BodyCase)f->id;
	memcpy((char *)&q + f->offset, &body, sizeof body);
	return q;
}

static const char *
who_may(const char *body)
{
	for (size_t i = 0; i < COUNT(bodies); i++)
		if (strcmp(bodies[i].body, body) == 0)
			return bodies[i].may;
	cr_assert_fail("the protocol says nobody may ask for %s", body);
	return NULL;
}

static void
ask_as(struct office *o, const char *role, const ProtobufCFieldDescriptor *f, bool may)
{
	struct arena *a = arena_new((size_t)16 * 1024);
	Sems__V1__Request q = request_of(f, a);
	bool refused = office_ask(o, &q) == FORBIDDEN;

	cr_expect_eq(!refused, may, "%s asks for %s: %s", role, f->name, o->text);
	arena_free(a);
	if (!refused)
		return;
	cr_expect_not_null(strstr(o->text, role), "the answer names the role");
	cr_expect_not_null(strstr(o->text, "gives: semsctl init --role unix:"),
			   "and what gives another: %s", o->text);
}

/* P-905 */
Test(call, answers_each_role_what_it_may_ask_and_nothing_else)
{
	const ProtobufCMessageDescriptor *d = &sems__v1__request__descriptor;
	struct office o;
	unsigned asked = 0;

	office_open_set_up(&o);
	for (size_t r = 0; r < COUNT(roles); r++) {
		char name[32];

		snprintf(name, sizeof name, "unix:%s", roles[r]);
		office_be(&o, name, roles[r]);
		for (unsigned i = 0; i < d->n_fields; i++) {
			const ProtobufCFieldDescriptor *f = &d->fields[i];

			if ((f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) == 0)
				continue;
			ask_as(&o, roles[r], f, who_may(f->name)[r] == 'x');
			asked++;
		}
	}
	cr_expect_eq(asked, COUNT(roles) * COUNT(bodies));
	office_close(&o);
}

/* P-905 */
Test(call, names_those_who_give_a_role_to_those_who_read_what_is_kept)
{
	Sems__V1__Request q = request(0);
	struct office o;

	office_open_set_up(&o);
	office_be(&o, "unix:adam", "admin");
	office_be(&o, "unix:anna", "auditor");
	cr_assert_eq(office_ask(&o, &q), FORBIDDEN);
	cr_expect_not_null(strstr(o.text, "you are unix:anna with the role auditor; this takes the "
					  "role compliance or admin, which an admin ("),
			   "%s", o.text);
	cr_expect_not_null(strstr(o.text, "unix:adam"), "%s", o.text);
	cr_expect_not_null(strstr(o.text, ") gives: semsctl init --role unix:anna=compliance"),
			   "%s", o.text);
	office_be(&o, "unix:sue", "supervisor");
	cr_assert_eq(office_ask(&o, &q), FORBIDDEN);
	cr_expect_null(strstr(o.text, "unix:adam"), "%s", o.text);
	office_close(&o);
}

/* P-902, P-925 */
Test(call, says_that_it_does_not_know_a_request_without_a_body)
{
	Sems__V1__Request q = SEMS__V1__REQUEST__INIT;
	struct office o;

	office_open_set_up(&o);
	cr_assert_eq(office_ask(&o, &q), CODE(INVALID));
	cr_assert_str_eq(o.field, "body");
	office_close(&o);
}

/* --- memory ----------------------------------------------------------------------------------- */

static struct {
	unsigned long taken;
	unsigned long fail_at; /* 0: none does */
	bool from_then_on;
} memory;

static void *
take(size_t n)
{
	bool fails;

	if (office_reads || memory.fail_at == 0)
		return malloc(n);
	memory.taken++;
	fails =
	    memory.from_then_on ? memory.taken >= memory.fail_at : memory.taken == memory.fail_at;
	return fails ? NULL : malloc(n);
}

/* Each of the first, then fewer and fewer. */
static void
fail_next(bool from_then_on)
{
	memory.from_then_on = from_then_on;
	memory.fail_at += 1 + memory.fail_at / 4;
	memory.taken = 0;
}

/* All values of an answer: times differ, but none may be missing. */
static size_t
count_values(const json_t *j)
{
	json_t *value;
	const char *key;
	size_t n = 1;
	size_t i;

	json_object_foreach((json_t *)j, key, value) n += count_values(value);
	json_array_foreach((json_t *)j, i, value) n += count_values(value);
	return n;
}

/* Once whole, then without one allocation, or without any from then on. */
static void
ask_without_memory(struct office *o, const Sems__V1__Request *q, const char *what)
{
	size_t whole;

	memory.fail_at = 0;
	cr_assert_eq(office_ask(o, q), CODE(OK), "%s: %s", what, o->text);
	whole = count_values(o->json);
	for (int on = 0; on < 2; on++) {
		memory.fail_at = 0;
		do {
			fail_next(on != 0);
			office_ask(o, q);
			if (o->code == CODE(OK))
				cr_expect_eq(count_values(o->json), whole,
					     "%s without allocation %lu", what, memory.fail_at);
			else
				cr_expect(o->code == CODE(UNAVAILABLE) &&
					      strstr(o->text, "out of memory") != NULL,
					  "%s without allocation %lu: %d %s: %s", what,
					  memory.fail_at, o->code, o->field, o->text);
		} while (memory.taken >= memory.fail_at);
	}
	memory.fail_at = 0;
}

static void
open_with_records(struct office *o)
{
	static char nowhere[] = "T9";
	Sems__V1__Record *r;

	office_open_set_up(o);
	for (unsigned n = 1; n < 4; n++)
		office_send(o, office_activity(office_time("2026-02-14T09:00:00Z"), n));
	r = office_activity(office_time("2026-05-14T09:00:00Z"), 4);
	r->site_id = nowhere;
	office_send(o, r);
	jsonmem_watch(take);
}

Test(call, answers_whole_or_says_that_memory_ran_out)
{
	static char quarter[] = "2026-Q1";
	static char entity[] = "Example Airport";
	static char zone[] = "Europe/London";
	static char site[] = "T3";
	Sems__V1__Site site3 = SEMS__V1__SITE__INIT;
	Sems__V1__Site *sites[] = {&site3};
	Sems__V1__SpdRequest show = office_spd(OP(SHOW), quarter, 0);
	Sems__V1__SpdRequest list = office_spd(OP(STATUS), quarter, 0);
	struct office o;
	Sems__V1__Request q[6];

	open_with_records(&o);
	setup.entity = entity;
	setup.zone = zone;
	site3.site_id = site;
	setup.sites = sites;
	setup.n_sites = 1;
	quarantine.has_operation = 1;
	quarantine.operation = SEMS__V1__QUARANTINE_OPERATION__QUARANTINE_OPERATION_LIST;
	for (unsigned i = 0; i < 5; i++)
		q[i] = request(i);
	q[2].spd = &show;
	q[5] = q[2];
	q[5].spd = &list;
	for (unsigned i = 0; i < 6; i++) {
		char what[16];

		snprintf(what, sizeof what, "request %u", i);
		ask_without_memory(&o, &q[i], what);
	}
	jsonmem_watch(malloc);
	office_close(&o);
}

static const char *
asked_with_conflicts(struct office *o, const Sems__V1__Request *q, const char *table, int times)
{
	static char said[600];

	cluster_conflict(o->pg, table, times, times % 2 == 0);
	office_ask(o, q);
	snprintf(said, sizeof said, "%d %s: %s", o->code, o->field, o->text);
	cluster_do(o->pg, "DROP FUNCTION public.conflict() CASCADE");
	return said;
}

Test(call, does_anew_what_others_changed_meanwhile_and_tells_nobody_a_code)
{
	static char quarter[] = "2026-Q1";
	static char metric[] = "QN01";
	static char text[] = "The belt stood still.";
	static char marking[] = "OFFICIAL";
	Sems__V1__SpdRequest freeze = office_spd(OP(FREEZE), quarter, 0);
	Sems__V1__SpdRequest comment = office_spd(OP(COMMENT), quarter, 1);
	Sems__V1__SetupRequest marks = SEMS__V1__SETUP_REQUEST__INIT;

	struct {
		const char *table;
		Sems__V1__Request q;
	} rows[] = {{"sems.setting", request(0)},
		    {"sems.spd_revision", request(2)},
		    {"sems.spd_event", request(2)}};
	struct office o;

	open_with_records(&o);
	marks.marking = marking;
	comment.metric = metric;
	comment.text = text;
	rows[0].q.setup = &marks;
	rows[1].q.spd = &freeze;
	rows[2].q.spd = &comment;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *said = asked_with_conflicts(&o, &rows[i].q, rows[i].table, 1000);

		cr_expect_eq(o.code, CODE(UNAVAILABLE), "%s: %s", rows[i].table, said);
		cr_expect_str_eq(o.field, "");
		cr_expect_str_eq(o.text, "others changed the same at the same time: try again");
		said = asked_with_conflicts(&o, &rows[i].q, rows[i].table, 3);
		cr_expect_eq(o.code, CODE(OK), "%s: %s", rows[i].table, said);
	}
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.spd_revision"), 1);
	cr_expect_eq(
	    cluster_int(o.pg, "SELECT count(*) FROM sems.spd_event WHERE text IS NOT NULL"), 1);
	office_close(&o);
}

Test(call, freezes_whole_or_not_at_all_when_memory_runs_out)
{
	static char quarter[] = "2026-Q1";
	Sems__V1__SpdRequest freeze = office_spd(OP(FREEZE), quarter, 0);
	Sems__V1__VerifyRequest verify = SEMS__V1__VERIFY_REQUEST__INIT;
	Sems__V1__Request q = SEMS__V1__REQUEST__INIT;
	struct office o;
	Sems__V1__SpdRequest show = office_spd(OP(SHOW), quarter, 0);
	unsigned failed = 0;

	open_with_records(&o);
	/* What the document takes is tried above: here what comes with it and after it. */
	memory.fail_at = ULONG_MAX;
	memory.taken = 0;
	cr_assert_eq(office_ask_spd(&o, &show), CODE(OK), "%s", o.text);
	memory.fail_at = memory.taken;
	do {
		memory.fail_at += 23;
		memory.taken = 0;
		failed++;
		office_ask_spd(&o, &freeze);
		cr_expect(o.code == CODE(OK) || o.code == CODE(UNAVAILABLE), "%lu: %s",
			  memory.fail_at, o.text);
	} while (o.code != CODE(OK) &&
		 cluster_int(o.pg, "SELECT count(*) FROM sems.spd_revision") == 0);
	cr_expect_gt(failed, 10);
	memory.fail_at = 0;
	verify.quarter = quarter;
	q.body_case = SEMS__V1__REQUEST__BODY_VERIFY;
	q.verify = &verify;
	cr_assert_eq(office_ask(&o, &q), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "leaves"), 3);
	cr_expect_eq(json_array_size(json_object_get(o.json, "findings")), 0);
	jsonmem_watch(malloc);
	office_close(&o);
}
