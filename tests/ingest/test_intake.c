#include "base/count.h"
#include "tests/ingest/fixture.h"
/* Looks inside: a key that is lost meanwhile, a group's room. */
#include "ingest/engine.h"

#include <criterion/criterion.h>

#include <stdlib.h>

/* Sends record 0, as the test changed it, and returns its item before the store sees it. */
static const struct item *
offer(struct ingest *in, const char *principal, Sems__V1__Record *r)
{
	struct session_ref s = fixture_session(in, principal);
	Sems__V1__ClientFrame f = SEMS__V1__CLIENT_FRAME__INIT;
	Sems__V1__Batch b = SEMS__V1__BATCH__INIT;
	struct group *g;

	b.n_records = 1;
	b.records = &r;
	f.body_case = SEMS__V1__CLIENT_FRAME__BODY_BATCH;
	f.batch = &b;
	fixture_feed(in, s, &f.base);
	g = ingest_take_group(in);
	cr_assert_not_null(g);
	cr_assert_eq(g->n, 1);
	return &g->items[0];
}

static void
expect_refused(const struct item *it, enum reason reason, const char *path)
{
	cr_assert_null(it->kind);
	cr_assert_not_null(it->why);
	cr_assert_eq(it->why->reason, reason, "%s at %s", reason_name(it->why->reason),
		     it->why->err.where);
	cr_assert_str_eq(it->why->err.where, path);
	cr_assert_neq(it->raw.n, 0, "the bytes are kept");
}

Test(intake, accepts_a_granted_record_and_hides_its_person)
{
	struct ingest *in = fixture_ingest(NULL);
	const struct item *it = offer(in, "unix:lane", fixture_record(0));

	cr_assert_eq(it->verdict, VERDICT_NONE);
	cr_assert_null(it->why);
	cr_assert_eq(it->kind->id, KIND_TIP_EVENT);
	cr_assert_eq(it->occurred_at.v, T0);
	cr_assert_eq(it->row.n, 17);
	cr_assert_eq(it->row.s[0], 16, "one person, 16 bytes");
	cr_assert_null(memmem(it->row.s, it->row.n, "s-17", 4));
	ingest_free(in);
}

Test(intake, refuses_what_the_store_cannot_hold)
{
	struct ingest *in = fixture_ingest(NULL);
	Sems__V1__Record *r = fixture_record(0);

	r->has_precision = 1;
	r->precision = (Sems__V1__Precision)FIXTURE_UNWRITABLE;
	expect_refused(offer(in, "unix:lane", r), REASON_STORE, "tip_event");
	ingest_free(in);
}

Test(intake, refuses_what_is_not_granted)
{
	struct ingest *in = fixture_ingest(NULL);
	Sems__V1__Record *r = fixture_record(0);
	const struct item *it;

	r->source = (char *)"xray-2";
	it = offer(in, "unix:lane", r);
	expect_refused(it, REASON_NOT_GRANTED, "source");
	cr_expect_not_null(strstr(it->why->err.text, "did you mean the source xray-1?"), "%s",
			   it->why->err.text);
	ingest_free(in);
}

Test(intake, refuses_an_unknown_site_by_name)
{
	struct ingest *in = fixture_ingest(NULL);
	Sems__V1__Record *r = fixture_record(0);

	const struct item *it;

	r->site_id = (char *)"T9";
	it = offer(in, "unix:anna", r);
	expect_refused(it, REASON_UNKNOWN_SITE, "site_id");
	cr_expect_eq(it->claimed, kinds[KIND_TIP_EVENT], "what it says it is goes with it");
	ingest_free(in);
}

Test(intake, names_a_missing_field)
{
	struct ingest *in = fixture_ingest(NULL);
	Sems__V1__Record *r = fixture_record(0);

	r->tip_event->device_id = NULL;
	expect_refused(offer(in, "unix:lane", r), REASON_MISSING, "tip_event.device_id");
	ingest_free(in);
}

/* P-401 */
Test(intake, expires_what_is_older_than_the_floor)
{
	struct ingest *in = fixture_ingest(NULL);
	struct registry *r = fixture_registry();

	registry_set_floor(r, KIND_TIP_EVENT, (struct utc_ms){T0 + 1});
	ingest_set_registry(in, r);
	cr_assert_eq(offer(in, "unix:lane", fixture_record(0))->verdict, VERDICT_EXPIRED);
	ingest_free(in);
}

/* P-406 */
Test(intake, asks_to_retry_while_there_is_no_entity)
{
	struct ingest *in = fixture_ingest(NULL);
	struct registry *r = registry_new();

	cr_assert(registry_add_principal(r, text_of("unix:lane"), ROLE_DEVICE));
	ingest_set_registry(in, r);
	cr_assert_eq(offer(in, "unix:lane", fixture_record(0))->verdict, VERDICT_RETRY);
	ingest_free(in);
}

static void
set_instant(unsigned char *id, int64_t ms)
{
	for (int i = 0; i < 6; i++)
		id[i] = (unsigned char)(ms >> (40 - 8 * i));
}

/* What record 20 is refused for now; the group is done with. */
static void
expect_next(struct ingest *in, Sems__V1__Record *r, enum reason reason, const char *path)
{
	const struct item *it = offer(in, "unix:lane", r);
	struct group *g = &in->groups[it == &in->groups[0].g.items[0] ? 0 : 1].g;

	expect_refused(it, reason, path);
	g->items[0].verdict = VERDICT_QUARANTINED;
	ingest_group_done(in, g);
}

/* A record with a fault of each sort, mended one by one: P-409 says in which order they are found.
 */
Test(intake, looks_for_faults_in_the_order_that_is_told)
{
	struct ingest *in = fixture_ingest(NULL);
	Sems__V1__Record *r = fixture_record(20);
	char *device = r->tip_event->device_id;
	const struct item *it;

	r->shift_id = (char *)"bell\a";
	r->measure_code = (char *)"4 1";
	r->occurred_at = T0 + 3 * MS_PER_DAY + 1;
	r->has_precision = 1;
	r->precision = SEMS__V1__PRECISION__PRECISION_DAY;
	r->has_embargo = r->embargo = 1;
	r->tip_event->device_id = NULL;
	r->tip_event->has_abort_reason = 1;
	r->tip_event->abort_reason = SEMS__V1__ABORT_REASON__ABORT_REASON_FAULT;
	r->tip_event->screener_id = (char *)"~s-17";
	r->source = (char *)"nobody";
	r->site_id = (char *)"ATLANTIS";
	expect_next(in, r, REASON_TEXT, "shift_id");
	r->shift_id = NULL;
	expect_next(in, r, REASON_TEXT, "measure_code");
	r->measure_code = NULL;
	expect_next(in, r, REASON_IDENTITY, "record_id");
	set_instant(r->record_id.data, r->occurred_at);
	expect_next(in, r, REASON_CLOCK, "occurred_at");
	r->occurred_at = T0 + 1;
	set_instant(r->record_id.data, r->occurred_at);
	expect_next(in, r, REASON_PRECISION, "occurred_at");
	r->has_precision = 0;
	expect_next(in, r, REASON_RULE, "embargo");
	r->has_embargo = 0;
	expect_next(in, r, REASON_MISSING, "tip_event.device_id");
	r->tip_event->device_id = device;
	expect_next(in, r, REASON_RULE, "tip_event.abort_reason");
	r->tip_event->has_abort_reason = 0;
	expect_next(in, r, REASON_NOT_GRANTED, "source");
	r->source = (char *)"xray-1";
	cr_assert(registry_add_grant((struct registry *)ingest_registry(in), text_of("unix:lane"),
				     text_of("xray-1"), text_of("tip_event"), text_of("*")));
	expect_next(in, r, REASON_UNKNOWN_SITE, "site_id");
	r->site_id = (char *)"T1";
	expect_next(in, r, REASON_TEXT, "tip_event.screener_id");
	r->tip_event->screener_id = (char *)"s-17";
	it = offer(in, "unix:lane", r);
	cr_assert_null(it->why);
	cr_assert_eq(it->kind, kinds[KIND_TIP_EVENT]);
	ingest_free(in);
}

/* Who may not send audits of the source that a finding is of closes none of its findings. */
Test(intake, takes_findings_of_sources_that_one_may_send_for)
{
	static const struct {
		const char *who;
		const char *of;
		bool is_taken;
	} cases[] = {
	    {"unix:auditor", NULL, true},       {"unix:auditor", "audits", true},
	    {"unix:auditor", "supplier", true}, {"unix:auditor", "regulator", false},
	    {"unix:anna", "regulator", true},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ingest *in = fixture_ingest(NULL);
		Sems__V1__Record *r = fixture_record(0);
		Sems__V1__Audit audit = SEMS__V1__AUDIT__INIT;
		Sems__V1__Finding findings[2] = {SEMS__V1__FINDING__INIT, SEMS__V1__FINDING__INIT};
		Sems__V1__Finding *list[] = {&findings[0], &findings[1]};
		const struct item *it;

		r->source = (char *)"audits";
		r->body_case = SEMS__V1__RECORD__BODY_AUDIT;
		r->audit = &audit;
		audit.has_type = 1;
		audit.type = SEMS__V1__AUDIT_TYPE__AUDIT_TYPE_INSPECTION_FOLLOW_UP;
		audit.n_findings = 2;
		audit.findings = list;
		for (size_t k = 0; k < 2; k++) {
			findings[k].finding_id = (char *)(k == 0 ? "F1" : "F2");
			findings[k].has_severity = 1;
			findings[k].severity = SEMS__V1__SEVERITY__SEVERITY_SERIOUS;
		}
		findings[1].of_source = (char *)cases[i].of;
		it = offer(in, cases[i].who, r);
		if (cases[i].is_taken)
			cr_expect_null(it->why, "case %zu: %s", i, it->why->err.text);
		else
			expect_refused(it, REASON_NOT_GRANTED, "audit.findings[1].of_source");
		ingest_free(in);
	}
}

Test(intake, lets_only_compliance_correct_another_source)
{
	static unsigned char root[16];
	struct ingest *in = fixture_ingest(NULL);
	struct ingest *again = fixture_ingest(NULL);
	Sems__V1__Record *r = fixture_record(1);
	const unsigned char rest[10] = {99};

	memcpy(root, uuid_at((struct utc_ms){T0}, rest, false).b, 16);
	r->has_corrects_record_id = 1;
	r->corrects_record_id = (ProtobufCBinaryData){16, root};
	r->corrects_source = (char *)"xray-7";
	r->has_corrected_at = 1;
	r->corrected_at = T0;
	r->correction_reason = (char *)"wrong outcome";
	expect_refused(offer(in, "unix:lane", r), REASON_NOT_GRANTED, "corrects_source");
	cr_assert_null(offer(again, "unix:anna", r)->why);
	ingest_free(in);
	ingest_free(again);
}

static void
keep_verdict(void *ctx, const struct item *it)
{
	*(enum verdict *)ctx = it->verdict;
}

Test(intake, a_requeued_record_tells_its_verdict_to_the_caller)
{
	struct ingest *in = fixture_ingest(NULL);
	unsigned char raw[512];
	size_t n = sems__v1__record__pack(fixture_record(0), raw);
	enum verdict v = VERDICT_NONE;

	cr_assert(ingest_requeue(in, (struct text){(char *)raw, n}, text_of("unix:lane"),
				 (struct utc_ms){T0}, keep_verdict, &v));
	cr_assert_eq(fixture_commit(in), 1);
	cr_assert_eq(v, VERDICT_STORED);
	ingest_free(in);
}

static void
expect_taken(const struct item *it)
{
	cr_assert_null(it->why, "%s at %s: %s", reason_name(it->why->reason), it->why->err.where,
		       it->why->err.text);
	cr_assert_not_null(it->kind);
}

Test(intake, takes_a_record_without_a_site_from_who_may_send_everywhere)
{
	static Sems__V1__Heartbeat body = SEMS__V1__HEARTBEAT__INIT;
	struct ingest *in = fixture_ingest(NULL);
	Sems__V1__Record *r = fixture_record(0);

	r->site_id = NULL;
	r->has_occurred_end = 1;
	r->occurred_end = T0;
	r->body_case = SEMS__V1__RECORD__BODY_HEARTBEAT;
	r->heartbeat = &body;
	expect_taken(offer(in, "unix:anna", r));
	ingest_free(in);
}

static Sems__V1__Record *
correction(unsigned n, const char *source)
{
	static unsigned char root[16];
	Sems__V1__Record *r = fixture_record(n);
	const unsigned char rest[10] = {95};

	memcpy(root, uuid_at((struct utc_ms){T0}, rest, false).b, 16);
	r->has_corrects_record_id = 1;
	r->corrects_record_id = (ProtobufCBinaryData){16, root};
	r->corrects_source = (char *)source;
	r->has_corrected_at = 1;
	r->corrected_at = T0;
	r->correction_reason = (char *)"wrong outcome";
	r->recorded_by = (char *)"m-1";
	return r;
}

Test(intake, lets_a_source_correct_itself)
{
	struct ingest *in = fixture_ingest(NULL);
	struct ingest *unnamed = fixture_ingest(NULL);

	expect_taken(offer(in, "unix:lane", correction(1, "xray-1")));
	expect_taken(offer(unnamed, "unix:lane", correction(2, NULL)));
	ingest_free(in);
	ingest_free(unnamed);
}

/* P-706 */
Test(intake, lets_only_compliance_void)
{
	static Sems__V1__Void body = SEMS__V1__VOID__INIT;
	struct ingest *in = fixture_ingest(NULL);
	struct ingest *again = fixture_ingest(NULL);
	struct registry *registry = fixture_registry();
	Sems__V1__Record *r = correction(3, "xray-1");

	r->body_case = SEMS__V1__RECORD__BODY_VOID;
	r->void_ = &body;
	cr_assert(registry_add_grant(registry, text_of("unix:lane"), text_of("xray-1"),
				     text_of("*"), text_of("*")));
	cr_assert(registry_add_principal(registry, text_of("unix:root"), ROLE_ADMIN));
	cr_assert(registry_add_grant(registry, text_of("unix:root"), text_of("*"), text_of("*"),
				     text_of("*")));
	ingest_set_registry(in, registry);
	expect_refused(offer(in, "unix:lane", r), REASON_NOT_GRANTED, "void");
	ingest_group_done(in, &in->groups[0].g);
	expect_taken(offer(again, "unix:anna", r));
	expect_taken(offer(in, "unix:root", r));
	ingest_free(in);
	ingest_free(again);
}

/* What unix:sam of the role sends of any source, without a grant. */
static const struct item *
offer_of_office(struct ingest *in, enum role role, Sems__V1__Record *r)
{
	struct registry *registry = fixture_registry();

	cr_assert(registry_add_principal(registry, text_of("unix:sam"), role));
	ingest_set_registry(in, registry);
	return offer(in, "unix:sam", r);
}

/* P-706 */
Test(intake, lets_those_correct_and_confirm_without_a_grant_whose_office_it_is)
{
	static Sems__V1__Confirmation body = SEMS__V1__CONFIRMATION__INIT;
	static unsigned char what[16];

	static const struct {
		enum role role;
		bool may_correct, may_confirm;
	} rows[] = {
	    {ROLE_DEVICE, false, false},   {ROLE_SUPERVISOR, false, false},
	    {ROLE_TESTER, false, false},   {ROLE_AUDITOR, false, false},
	    {ROLE_COMPLIANCE, true, true}, {ROLE_MANAGER, false, true},
	    {ROLE_ADMIN, true, true},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ingest *in = fixture_ingest(NULL);
		Sems__V1__Record *r = correction(4, "xray-1");
		const struct item *it = offer_of_office(in, rows[i].role, r);

		cr_expect_eq(it->why == NULL, rows[i].may_correct, "%s", role_name(rows[i].role));
		ingest_free(in);
		in = fixture_ingest(NULL);
		r = fixture_record(5);
		memcpy(what, r->record_id.data, 16);
		body.has_confirms_record_id = body.has_decision = body.has_decided_at = 1;
		body.confirms_record_id = (ProtobufCBinaryData){16, what};
		body.decision = SEMS__V1__DECISION__DECISION_CONFIRMED;
		body.decided_at = T0;
		r->body_case = SEMS__V1__RECORD__BODY_CONFIRMATION;
		r->confirmation = &body;
		it = offer_of_office(in, rows[i].role, r);
		cr_expect_eq(it->why == NULL, rows[i].may_confirm, "%s", role_name(rows[i].role));
		cr_expect(it->why == NULL || it->why->reason == REASON_NOT_GRANTED);
		ingest_free(in);
	}
}

Test(intake, refuses_a_time_that_the_calendar_does_not_hold)
{
	struct ingest *in = fixture_ingest(NULL);
	struct registry *r = fixture_registry();
	int64_t *starts = malloc(2 * sizeof *starts);

	starts[0] = T0 + MS_PER_DAY;
	starts[1] = T0 + 2 * MS_PER_DAY;
	registry_set_calendar(r, starts[0] / MS_PER_DAY, starts, 1);
	ingest_set_registry(in, r);
	expect_refused(offer(in, "unix:lane", fixture_record(0)), REASON_CLOCK, "occurred_at");
	ingest_free(in);
}

static const unsigned char *
no_key(void *ctx, int year)
{
	(void)ctx;
	(void)year;
	return NULL;
}

/* P-406 */
Test(intake, asks_to_retry_while_there_is_no_key_for_persons)
{
	struct ingest_config c = ingest_defaults();
	struct ingest *in = fixture_ingest(&c);
	const struct item *it;

	in->config.person_key = no_key;
	it = offer(in, "unix:lane", fixture_record(0));
	cr_assert_eq(it->verdict, VERDICT_RETRY);
	cr_assert_gt(it->retry_after_ms, 0);
	cr_assert_null(it->why);
	cr_assert_eq(it->row.n, 0, "nothing is stored with a person in clear");
	ingest_free(in);
}

Test(intake, refuses_a_pseudonym_from_who_may_not_know_it)
{
	struct ingest *in = fixture_ingest(NULL);
	Sems__V1__Record *r = fixture_record(0);

	r->tip_event->screener_id = (char *)"~00112233445566778899aabbccddeeff";
	cr_assert_not_null(offer(in, "unix:lane", r)->why);
	ingest_free(in);
}

Test(intake, grows_with_a_group_and_stops_at_its_bytes)
{
	struct ingest_config c = ingest_defaults();
	struct ingest *in;
	struct session_ref s;
	enum verdict v = VERDICT_NONE;
	size_t beside = 0;

	in = fixture_ingest(&c);
	s = fixture_session(in, "unix:lane");
	for (unsigned i = 0; i < 5; i++)
		fixture_send(in, s, i, 0, 50);
	cr_assert_eq(fixture_commit(in), 250);
	in->config.group_bytes = 1;
	fixture_send(in, s, 6, 0, 1);
	while (ingest_requeue(in, text_of("x"), text_of("unix:lane"), (struct utc_ms){T0},
			      keep_verdict, &v))
		beside++;
	cr_assert_eq(fixture_commit(in), 1 + beside);
	cr_assert(ingest_requeue(in, text_of("x"), text_of("unix:lane"), (struct utc_ms){T0},
				 keep_verdict, &v));
	ingest_free(in);
}

/* A record whose note alone is over the limit; its source and kind can still be read. */
static Sems__V1__Record *
long_record(char fill)
{
	static char id[100001];
	Sems__V1__Record *r = fixture_record(0);

	memset(id, fill, sizeof id - 1);
	r->source_record_id = id;
	return r;
}

Test(intake, keeps_the_head_of_what_is_over_the_limit_and_what_tells_the_whole)
{
	struct ingest *in = fixture_ingest(NULL);
	Sems__V1__Record *r = long_record('a');
	size_t n = sems__v1__record__get_packed_size(r);
	unsigned char *raw = malloc(n);
	unsigned char digest[SHA256_SIZE];
	const struct item *it = offer(in, "unix:lane", r);

	sems__v1__record__pack(r, raw);
	cr_assert(sha256(raw, n, digest));
	expect_refused(it, REASON_TOO_LONG, "");
	cr_expect_not_null(strstr(it->why->err.text, "65,536"), "%s", it->why->err.text);
	cr_expect_eq(it->raw.n, ITEM_HEAD_BYTES);
	cr_expect_arr_eq(it->raw.s, raw, ITEM_HEAD_BYTES);
	cr_assert_not_null(it->whole);
	cr_expect_eq(it->whole->bytes, n);
	cr_expect_arr_eq(it->whole->sha256, digest, SHA256_SIZE);
	cr_expect(text_eq(it->source, text_of("xray-1")), "%.*s", (int)it->source.n, it->source.s);
	cr_expect_eq(it->claimed->id, KIND_TIP_EVENT);
	free(raw);
	ingest_free(in);
}

/* A frame of noise takes the room of a head for each record. */
Test(intake, takes_little_room_for_much_noise)
{
	struct ingest *in = fixture_ingest(NULL);
	size_t before;

	offer(in, "unix:lane", fixture_record(0));
	before = arena_used(in->groups[0].g.arena);
	ingest_group_done(in, &in->groups[0].g);
	offer(in, "unix:lane", long_record('b'));
	cr_expect_leq(arena_used(in->filling == &in->groups[0] ? in->groups[1].g.arena
							       : in->groups[0].g.arena),
		      before + 2 * ITEM_HEAD_BYTES);
	ingest_free(in);
}
