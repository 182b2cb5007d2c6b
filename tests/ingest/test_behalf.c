#include "base/count.h"
#include "tests/ingest/fixture.h"
/* Looks inside: who is counted where cannot be seen from outside. */
#include "ingest/engine.h"

#include <criterion/criterion.h>

#include <stdio.h>

static const struct mono_ms at = {M0};

static struct {
	unsigned begun, refused;
	char gateway[64], principal[160], why[200];
} told;

static void
note(void *ctx, struct text gateway, struct text principal, const char *why)
{
	(void)ctx;
	told.begun += why == NULL;
	told.refused += why != NULL;
	snprintf(told.gateway, sizeof told.gateway, "%.*s", (int)gateway.n, gateway.s);
	snprintf(told.principal, sizeof told.principal, "%.*s", (int)principal.n, principal.s);
	snprintf(told.why, sizeof told.why, "%s", why == NULL ? "" : why);
}

/* The device has a grant, and so has its gateway, to which it is of no use. */
static struct registry *
registered(enum role gateway)
{
	struct registry *r = fixture_registry();

	cr_assert(registry_add_principal(r, text_of("unix:web"), gateway));
	cr_assert(registry_add_principal(r, text_of("device:ph-1"), ROLE_DEVICE));
	cr_assert(registry_add_principal(r, text_of("web:rita"), ROLE_AUDITOR));
	for (unsigned i = 0; i < 2; i++)
		cr_assert(registry_add_grant(r, text_of(i == 0 ? "device:ph-1" : "unix:web"),
					     text_of("xray-1"), text_of("*"), text_of("*")));
	return r;
}

static struct ingest *
open_house(void)
{
	struct ingest *in = fixture_ingest(NULL);

	memset(&told, 0, sizeof told);
	in->config.behalf = note;
	ingest_set_registry(in, registered(ROLE_GATEWAY));
	return in;
}

static struct session_ref
hello_for(struct ingest *in, const char *gateway, bool owner, const char *principal)
{
	Sems__V1__ClientFrame f = SEMS__V1__CLIENT_FRAME__INIT;
	Sems__V1__Hello h = SEMS__V1__HELLO__INIT;
	char name[256];
	struct session_ref s =
	    ingest_open(in, &(struct caller){.principal = text_of(gateway), .owner = owner}, at);

	snprintf(name, sizeof name, "%s", principal);
	h.has_protocol_min = h.has_protocol_max = 1;
	h.protocol_min = h.protocol_max = 1;
	h.on_behalf_of = name;
	f.body_case = SEMS__V1__CLIENT_FRAME__BODY_HELLO;
	f.hello = &h;
	fixture_feed(in, s, &f.base);
	return s;
}

static void
expect_welcome(struct ingest *in, struct session_ref s, const char *principal, const char *role,
	       size_t n_grants)
{
	Sems__V1__ServerFrame *f = fixture_answer(in, s);

	cr_assert_not_null(f);
	cr_assert_eq(f->body_case, SEMS__V1__SERVER_FRAME__BODY_WELCOME);
	cr_expect_str_eq(f->welcome->principal, principal);
	cr_expect_str_eq(f->welcome->role, role);
	cr_expect_eq(f->welcome->n_grants, n_grants);
	sems__v1__server_frame__free_unpacked(f, NULL);
}

static void
expect_refusal(struct ingest *in, struct session_ref s)
{
	Sems__V1__ServerFrame *f = fixture_answer(in, s);

	cr_assert_not_null(f);
	cr_assert_eq(f->body_case, SEMS__V1__SERVER_FRAME__BODY_REFUSE);
	cr_expect_eq(f->refuse->code, SEMS__V1__REFUSE_CODE__REFUSE_CODE_UNAUTHORISED);
	cr_expect_eq(f->refuse->retry_after_ms, 0);
	cr_expect_eq(strncmp(f->refuse->text, "on_behalf_of: ", 14), 0, "%s", f->refuse->text);
	cr_expect_not_null(ingest_closing(in, s));
	sems__v1__server_frame__free_unpacked(f, NULL);
}

/* P-316 */
Test(behalf, is_the_session_of_whom_the_gateway_speaks_for)
{
	struct ingest *in = open_house();
	struct session_ref device = hello_for(in, "unix:web", false, "device:ph-1");
	struct session_ref person = hello_for(in, "unix:web", false, "web:rita");
	struct session_ref stranger = hello_for(in, "unix:web", false, "device:nobody");

	expect_welcome(in, device, "device:ph-1", "device", 1);
	expect_welcome(in, person, "web:rita", "auditor", 0);
	expect_welcome(in, stranger, "device:nobody", "none", 0);
	cr_expect_eq(told.begun, 3);
	cr_expect_eq(told.refused, 0);
	cr_expect_str_eq(told.gateway, "unix:web");
	cr_expect_str_eq(told.principal, "device:nobody");
	ingest_free(in);
}

/* What is stored names the device, and goes by its grant. */
Test(behalf, stores_and_asks_in_the_name_of_whom_it_is_spoken_for)
{
	struct ingest *in = open_house();
	struct session_ref s = hello_for(in, "unix:web", false, "device:ph-1");
	struct session_ref own = fixture_session(in, "unix:web");
	struct ingest_request q;
	struct group *g;

	fixture_send(in, s, 1, 0, 1);
	fixture_send(in, own, 1, 1, 1);
	g = ingest_take_group(in);
	cr_assert_not_null(g);
	cr_assert_eq(g->n, 2);
	cr_expect(text_is(g->items[0].principal, "device:ph-1"));
	cr_expect_null(g->items[0].why);
	cr_expect(text_is(g->items[1].principal, "unix:web"));
	cr_assert_not_null(g->items[1].why);
	cr_expect_eq(g->items[1].why->reason, REASON_NOT_GRANTED, "a gateway sends nothing");
	fixture_feed(in, s, fixture_request(7));
	cr_assert(ingest_take_request(in, &q));
	cr_expect(text_is(q.principal, "device:ph-1"));
	cr_expect_eq(q.role, ROLE_DEVICE);
	cr_expect(text_is(q.gateway, "unix:web"));
	arena_free(q.arena);
	fixture_feed(in, own, fixture_request(8));
	cr_assert(ingest_take_request(in, &q));
	cr_expect_eq(q.gateway.n, 0);
	arena_free(q.arena);
	ingest_free(in);
}

/* P-316: whom else one might be is nobody's to say. */
Test(behalf, is_refused_to_all_others_and_for_all_others)
{
	static const struct {
		const char *gateway, *principal;
	} rows[] = {
	    {"unix:lane", "device:ph-1"}, {"unix:nobody", "web:rita"},
	    {"unix:web", "unix:root"},    {"unix:web", "cert:sems:device/x"},
	    {"unix:web", "tcp:loopback"}, {"unix:web", "web:"},
	    {"unix:web", "device:"},      {"unix:web", ""},
	    {"unix:web", "web: rita"},    {"unix:web", "device:a\nb"},
	    {"unix:web", "Web:rita"},
	};
	struct ingest *in = open_house();

	for (size_t i = 0; i < COUNT(rows); i++)
		expect_refusal(in, hello_for(in, rows[i].gateway, false, rows[i].principal));
	cr_expect_eq(told.begun, 0);
	cr_expect_eq(told.refused, COUNT(rows));
	ingest_free(in);
}

Test(behalf, takes_a_name_that_has_room)
{
	struct ingest *in = open_house();
	char name[PARTY_NAME_SIZE + 1];

	memset(name, 'a', sizeof name);
	memcpy(name, "web:", 4);
	name[PARTY_NAME_SIZE - 1] = '\0';
	expect_welcome(in, hello_for(in, "unix:web", false, name), name, "none", 0);
	name[PARTY_NAME_SIZE - 1] = 'a';
	name[PARTY_NAME_SIZE] = '\0';
	expect_refusal(in, hello_for(in, "unix:web", false, name));
	ingest_free(in);
}

/* P-960: an owner may for devices, and is then no owner in that session. */
Test(behalf, is_an_owners_too_who_hands_on_nothing)
{
	struct ingest *in = open_house();
	struct session_ref s = hello_for(in, "unix:me", true, "device:ph-1");

	expect_welcome(in, s, "device:ph-1", "device", 1);
	ingest_set_registry(in, registered(ROLE_DEVICE));
	fixture_send(in, s, 1, 0, 1);
	cr_expect_null(fixture_answer(in, s), "an owner needs no role");
	expect_refusal(in, hello_for(in, "unix:web", false, "device:ph-1"));
	ingest_free(in);
}

/* P-960: else who has reviewed as himself could approve as somebody else. */
Test(behalf, of_an_owner_is_for_no_person_whatever_his_role)
{
	struct ingest *in = open_house();

	expect_refusal(in, hello_for(in, "unix:me", true, "web:rita"));
	expect_refusal(in, hello_for(in, "unix:web", true, "web:rita"));
	cr_expect_str_eq(told.principal, "web:rita");
	expect_welcome(in, hello_for(in, "unix:web", false, "web:rita"), "web:rita", "auditor", 0);
	ingest_free(in);
}

/* P-960: whatever the device is to others. */
Test(behalf, of_an_owner_asks_with_the_role_of_a_device)
{
	struct ingest *in = open_house();
	struct registry *r = registered(ROLE_GATEWAY);
	struct session_ref s;
	struct ingest_request q;

	cr_assert(registry_add_principal(r, text_of("device:desk"), ROLE_MANAGER));
	ingest_set_registry(in, r);
	s = hello_for(in, "unix:me", true, "device:desk");
	expect_welcome(in, s, "device:desk", "device", 0);
	fixture_feed(in, s, fixture_request(7));
	cr_assert(ingest_take_request(in, &q));
	cr_expect_eq(q.role, ROLE_DEVICE);
	arena_free(q.arena);
	expect_welcome(in, hello_for(in, "unix:web", false, "device:desk"), "device:desk",
		       "manager", 0);
	expect_welcome(in, hello_for(in, "unix:me", true, "device:x"), "device:x", "none", 0);
	ingest_free(in);
}

/* What the device's session offers as a correction; valid until the ingest's next group. */
static const struct item *
offered_by(struct ingest *in, const char *gateway, bool owner, unsigned n, bool corrects)
{
	static unsigned char root[16];
	const unsigned char rest[10] = {95};
	struct session_ref s = hello_for(in, gateway, owner, "device:ph-1");
	Sems__V1__Record *r = fixture_record(n);
	Sems__V1__ClientFrame f = SEMS__V1__CLIENT_FRAME__INIT;
	Sems__V1__Batch b = SEMS__V1__BATCH__INIT;
	struct group *g;

	memcpy(root, uuid_at((struct utc_ms){T0}, rest, false).b, 16);
	r->has_corrects_record_id = r->has_corrected_at = corrects;
	r->corrects_record_id = (ProtobufCBinaryData){16, root};
	r->corrected_at = T0;
	r->correction_reason = corrects ? (char *)"wrong outcome" : NULL;
	r->recorded_by = corrects ? (char *)"m-1" : r->recorded_by;
	b.records = &r;
	b.n_records = 1;
	f.batch = &b;
	f.body_case = SEMS__V1__CLIENT_FRAME__BODY_BATCH;
	fixture_feed(in, s, &f.base);
	g = ingest_take_group(in);
	cr_assert(g != NULL && g->n == 1);
	return g->items;
}

/* P-960: he could confirm it by his own account; in the quarantine it is his, too. */
Test(behalf, of_an_owner_changes_nothing_and_is_refused_as_his)
{
	static const struct {
		const char *gateway;
		bool owner, corrects, taken;
		const char *principal;
	} rows[] = {
	    {"unix:me", true, false, true, "device:ph-1"},
	    {"unix:me", true, true, false, "unix:me"},
	    {"unix:web", false, true, true, "device:ph-1"},
	};

	for (unsigned i = 0; i < COUNT(rows); i++) {
		struct ingest *in = open_house();
		const struct item *it =
		    offered_by(in, rows[i].gateway, rows[i].owner, i + 1, rows[i].corrects);

		cr_expect(text_is(it->principal, rows[i].principal), "row %u", i);
		cr_expect_eq(it->why == NULL, rows[i].taken, "row %u", i);
		if (it->why != NULL)
			cr_expect_eq(it->why->reason, REASON_NOT_GRANTED);
		ingest_free(in);
	}
}

/* P-316: what a role may counts at once. */
Test(behalf, ends_with_the_gateways_role)
{
	struct ingest *in = open_house();
	struct session_ref s = hello_for(in, "unix:web", false, "device:ph-1");

	expect_welcome(in, s, "device:ph-1", "device", 1);
	fixture_send(in, s, 1, 0, 1);
	cr_assert_null(ingest_closing(in, s));
	ingest_set_registry(in, registered(ROLE_DEVICE));
	fixture_send(in, s, 2, 1, 1);
	expect_refusal(in, s);
	cr_expect_str_eq(told.principal, "device:ph-1");
	ingest_free(in);
}

/* The gateway holds the connections, and one used again is nobody's any more. */
Test(behalf, counts_for_the_gateway_and_leaves_nothing)
{
	struct ingest *in = open_house();
	struct session_ref s = hello_for(in, "unix:web", false, "device:ph-1");
	struct session_ref again;

	cr_expect_eq(party_find(in->parties, text_of("unix:web"))->open, 1);
	cr_expect_null(party_find(in->parties, text_of("device:ph-1")));
	ingest_close(in, s);
	cr_expect_null(party_find(in->parties, text_of("unix:web")));
	again = fixture_session(in, "unix:lane");
	cr_expect_eq(again.id, s.id);
	fixture_send(in, again, 1, 0, 1);
	cr_expect_null(ingest_closing(in, again));
	ingest_free(in);
}

Test(behalf, need_not_be_told)
{
	struct ingest *in = open_house();

	in->config.behalf = NULL;
	expect_welcome(in, hello_for(in, "unix:web", false, "web:rita"), "web:rita", "auditor", 0);
	expect_refusal(in, hello_for(in, "unix:lane", false, "web:rita"));
	cr_expect_eq(told.begun + told.refused, 0);
	ingest_free(in);
}
