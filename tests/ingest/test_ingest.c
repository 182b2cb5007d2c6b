#include "tests/ingest/fixture.h"
#include "tests/ingest/memory.h"

#include <criterion/criterion.h>

static const struct mono_ms now = {M0};

Test(ingest, gives_out_one_group_at_a_time)
{
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref s = fixture_session(in, "unix:lane");
	struct group *g;

	cr_assert(ingest_is_empty(in));
	cr_assert_null(ingest_take_group(in));
	fixture_send(in, s, 1, 0, 2);
	cr_assert_not(ingest_is_empty(in));
	g = ingest_take_group(in);
	cr_assert_eq(g->n, 2);
	fixture_send(in, s, 2, 2, 3);
	cr_assert_null(ingest_take_group(in), "the first one is still being written");
	for (size_t i = 0; i < g->n; i++)
		g->items[i].verdict = VERDICT_STORED;
	ingest_group_done(in, g);
	cr_assert_eq(fixture_commit(in), 3, "what came meanwhile is the next group");
	cr_assert(ingest_is_empty(in));
	ingest_free(in);
}

/* P-304 */
Test(ingest, joins_the_records_of_many_sessions_and_answers_each)
{
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref s[8];

	for (unsigned i = 0; i < 8; i++) {
		s[i] = fixture_session(in, "unix:lane");
		fixture_send(in, s[i], 100 + i, i, 1);
	}
	cr_assert_eq(fixture_commit(in), 8);
	for (unsigned i = 0; i < 8; i++) {
		Sems__V1__ServerFrame *f = fixture_answer(in, s[i]);

		cr_assert_not_null(f);
		cr_assert_eq(f->result->batch_no, 100 + i);
		cr_assert_null(fixture_answer(in, s[i]), "one answer each");
		sems__v1__server_frame__free_unpacked(f, NULL);
	}
	ingest_free(in);
}

Test(ingest, names_each_changed_session_once)
{
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref s = fixture_session(in, "unix:lane");

	while (ingest_next_dirty(in).id != 0)
		;
	fixture_send(in, s, 1, 0, 1);
	fixture_send(in, s, 2, 1, 1);
	cr_assert_eq(ingest_next_dirty(in).id, 0, "nothing to tell yet");
	fixture_commit(in);
	cr_assert_eq(ingest_next_dirty(in).id, s.id);
	cr_assert_eq(ingest_next_dirty(in).id, 0);
	ingest_free(in);
}

Test(ingest, forgets_a_changed_session_that_is_gone)
{
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref s = fixture_session(in, "unix:lane");

	fixture_send(in, s, 1, 0, 1);
	fixture_commit(in);
	ingest_close(in, s);
	cr_assert_eq(ingest_next_dirty(in).id, 0);
	ingest_free(in);
}

Test(ingest, drops_a_response_for_a_session_that_is_gone)
{
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref s = fixture_session(in, "unix:anna");
	Sems__V1__Response r = SEMS__V1__RESPONSE__INIT;

	ingest_close(in, s);
	ingest_respond(in, s, &r);
	cr_assert_null(ingest_output(in, s));
	ingest_free(in);
}

Test(ingest, counts_what_it_answered)
{
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref s = fixture_session(in, "unix:lane");

	fixture_send(in, s, 1, 0, 5);
	fixture_commit(in);
	cr_assert_eq(ingest_counters(in)->records, 5);
	cr_assert_eq(ingest_counters(in)->verdicts[VERDICT_STORED], 5);
	cr_assert_eq(ingest_counters(in)->sessions_opened, 1);
	ingest_free(in);
}

/* P-105 */
Test(ingest, an_owner_administers_whatever_the_registry_says)
{
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref s = ingest_open(
	    in, &(struct caller){.principal = text_of("unix:lane"), .owner = true}, now);
	Sems__V1__ClientFrame f = SEMS__V1__CLIENT_FRAME__INIT;
	Sems__V1__Hello hello = SEMS__V1__HELLO__INIT;
	Sems__V1__ServerFrame *w;

	hello.has_protocol_min = hello.has_protocol_max = 1;
	hello.protocol_min = hello.protocol_max = 1;
	f.body_case = SEMS__V1__CLIENT_FRAME__BODY_HELLO;
	f.hello = &hello;
	fixture_feed(in, s, &f.base);
	w = fixture_answer(in, s);
	cr_assert_str_eq(w->welcome->role, "admin");
	sems__v1__server_frame__free_unpacked(w, NULL);
	ingest_free(in);
}

/* P-904 */
Test(ingest, gives_out_a_request_while_batches_before_it_wait)
{
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref s = fixture_session(in, "unix:lane");
	Sems__V1__ClientFrame f = SEMS__V1__CLIENT_FRAME__INIT;
	Sems__V1__Request q = SEMS__V1__REQUEST__INIT;
	Sems__V1__StatusRequest status = SEMS__V1__STATUS_REQUEST__INIT;
	struct ingest_request r;

	fixture_send(in, s, 1, 0, 1);
	q.body_case = SEMS__V1__REQUEST__BODY_STATUS;
	q.status = &status;
	f.body_case = SEMS__V1__CLIENT_FRAME__BODY_REQUEST;
	f.request = &q;
	fixture_feed(in, s, &f.base);
	cr_assert(ingest_take_request(in, &r));
	cr_assert_null(fixture_answer(in, s), "the batch is not answered yet");
	arena_free(r.arena);
	ingest_free(in);
}

Test(ingest, frees_what_nobody_took)
{
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref s = fixture_session(in, "unix:anna");
	Sems__V1__ClientFrame f = SEMS__V1__CLIENT_FRAME__INIT;
	Sems__V1__Request q = SEMS__V1__REQUEST__INIT;
	Sems__V1__StatusRequest st = SEMS__V1__STATUS_REQUEST__INIT;

	q.body_case = SEMS__V1__REQUEST__BODY_STATUS;
	q.status = &st;
	f.body_case = SEMS__V1__CLIENT_FRAME__BODY_REQUEST;
	f.request = &q;
	fixture_feed(in, s, &f.base);
	fixture_send(in, s, 1, 0, 3);
	ingest_free(in); /* the leak checker is the judge */
	ingest_free(NULL);
}

Test(ingest, is_made_whole_or_not_at_all)
{
	struct ingest_config c = ingest_defaults();
	struct ingest *in = NULL;
	unsigned n = 0;

	c.max_sessions = 2;
	while (in == NULL) {
		memory_fail(++n);
		in = ingest_new(&c);
		cr_assert_neq(in == NULL, !memory_failed(), "allocation %u", n);
	}
	memory_fail(0);
	cr_assert_gt(n, 5);
	ingest_free(in);
}

Test(ingest, refuses_a_principal_that_it_cannot_keep)
{
	struct ingest *in = fixture_ingest(NULL);
	char name[200];

	memset(name, 'n', sizeof name);
	cr_assert_eq(
	    ingest_open(in, &(struct caller){.principal = (struct text){name, sizeof name}}, now)
		.id,
	    0);
	cr_assert_neq(
	    ingest_open(in, &(struct caller){.principal = (struct text){name, 100}}, now).id, 0);
	cr_assert_eq(ingest_counters(in)->sessions_refused, 1);
	ingest_free(in);
}

static void
count_call(void *ctx, const struct item *it)
{
	(void)it;
	++*(unsigned *)ctx;
}

Test(ingest, requeues_only_what_it_can_take)
{
	struct ingest_config c = ingest_defaults();
	struct ingest *in;
	unsigned called = 0;
	unsigned n = 0;
	bool taken = false;

	c.group_records = 1;
	in = fixture_ingest(&c);
	/* The arena remembers that it failed; a new engine does not. */
	while (!taken) {
		ingest_free(in);
		in = fixture_ingest(&c);
		memory_fail(++n);
		taken = ingest_requeue(in, text_of("x"), text_of("unix:lane"), (struct utc_ms){T0},
				       count_call, &called);
	}
	memory_fail(0);
	cr_assert_gt(n, 2);
	cr_assert_eq(called, 0);
	cr_assert_eq(fixture_commit(in), 1);
	cr_assert_eq(called, 1);
	ingest_free(in);
}

/* A batch that there is no room for. */
static void
feed_in_vain(struct ingest *in, struct session_ref s, unsigned n)
{
	Sems__V1__ClientFrame f = SEMS__V1__CLIENT_FRAME__INIT;
	Sems__V1__Batch b = SEMS__V1__BATCH__INIT;
	Sems__V1__Record *list[FIXTURE_RECORDS];
	struct text frame;

	for (unsigned i = 0; i < n; i++)
		list[i] = fixture_record(i);
	b.has_batch_no = 1;
	b.n_records = n;
	b.records = list;
	f.body_case = SEMS__V1__CLIENT_FRAME__BODY_BATCH;
	f.batch = &b;
	frame = fixture_frame(&f.base);
	cr_assert_eq(ingest_feed(in, s, frame.s, frame.n, 1, (struct moment){{T0}, {M0}}), 0);
	free((void *)frame.s);
}

static unsigned
requeue_all(struct ingest *in, unsigned *called)
{
	unsigned n = 0;

	while (ingest_requeue(in, text_of("x"), text_of("unix:lane"), (struct utc_ms){T0},
			      count_call, called))
		n++;
	return n;
}

Test(ingest, has_room_for_some_requeued_records_in_each_group_that_senders_fill)
{
	struct ingest_config c = ingest_defaults();
	struct ingest *in;
	struct session_ref s;
	struct session_ref waiting;
	unsigned called = 0;
	unsigned some;

	c.group_records = 100;
	in = fixture_ingest(&c);
	cr_expect_eq(requeue_all(in, &called), 100, "alone they have it all");
	cr_assert_eq(fixture_commit(in), 100);
	s = fixture_session(in, "unix:lane");
	waiting = fixture_session(in, "unix:lane");
	fixture_send(in, s, 1, 0, 60);
	feed_in_vain(in, waiting, 60);
	cr_expect_not(ingest_wants_input(in, waiting));
	some = requeue_all(in, &called);
	cr_expect_eq(some, 64, "%u", some);
	cr_assert_eq(fixture_commit(in), 60 + some);
	cr_expect_eq(called, 100 + some);
	cr_expect_gt(requeue_all(in, &called), 0);
	ingest_free(in);
}

static void
keep_verdict(void *ctx, const struct item *it)
{
	*(enum verdict *)ctx = it->verdict;
}

Test(ingest, gives_back_requeued_records_while_draining_and_takes_no_more)
{
	struct ingest *in = fixture_ingest(NULL);
	enum verdict verdict = VERDICT_NONE;
	unsigned called = 0;

	cr_assert(ingest_requeue(in, text_of("x"), text_of("unix:lane"), (struct utc_ms){T0},
				 keep_verdict, &verdict));
	ingest_drain(in);
	cr_expect_eq(verdict, VERDICT_RETRY);
	cr_expect(ingest_is_empty(in));
	cr_expect_eq(requeue_all(in, &called), 0);
	ingest_free(in);
}

static bool
owns(void *ctx, struct text principal)
{
	(void)ctx;
	return text_eq(principal, text_of("unix:owner"));
}

static void
keep_reason(void *ctx, const struct item *it)
{
	*(enum reason *)ctx = it->why == NULL ? REASON_NONE : it->why->reason;
}

Test(ingest, judges_a_requeued_record_by_what_its_principal_may_now)
{
	static Sems__V1__Void body = SEMS__V1__VOID__INIT;
	static char reason[] = "twice";
	static char by[] = "m-1";
	struct ingest_config c = ingest_defaults();
	struct ingest *in;
	Sems__V1__Record *r = fixture_record(0);
	enum reason anna;
	enum reason lane;
	enum reason owner;
	unsigned char raw[512];
	struct text bytes = {(const char *)raw, 0};

	c.owns = owns;
	in = fixture_ingest(&c);
	r->body_case = SEMS__V1__RECORD__BODY_VOID;
	r->void_ = &body;
	r->has_corrects_record_id = r->has_corrected_at = 1;
	r->corrects_record_id = fixture_record(1)->record_id;
	r->corrected_at = T0;
	r->correction_reason = reason;
	r->recorded_by = by;
	bytes.n = sems__v1__record__pack(r, raw);
	cr_assert(ingest_requeue(in, bytes, text_of("unix:anna"), (struct utc_ms){T0}, keep_reason,
				 &anna));
	cr_assert(ingest_requeue(in, bytes, text_of("unix:lane"), (struct utc_ms){T0}, keep_reason,
				 &lane));
	cr_assert(ingest_requeue(in, bytes, text_of("unix:owner"), (struct utc_ms){T0}, keep_reason,
				 &owner));
	cr_assert_eq(fixture_commit(in), 3);
	cr_expect_eq(anna, REASON_NONE, "%s", reason_name(anna));
	cr_expect_eq(lane, REASON_NOT_GRANTED);
	cr_expect_eq(owner, REASON_NONE, "%s", reason_name(owner));
	ingest_free(in);
}

/* P-901 */
Test(ingest, answers_a_request_in_pieces_and_counts_it_at_its_end)
{
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref s = fixture_session(in, "unix:anna");
	Sems__V1__ClientFrame f = SEMS__V1__CLIENT_FRAME__INIT;
	Sems__V1__Request q = SEMS__V1__REQUEST__INIT;
	Sems__V1__StatusRequest st = SEMS__V1__STATUS_REQUEST__INIT;
	Sems__V1__Response r = SEMS__V1__RESPONSE__INIT;
	struct ingest_request taken;

	q.body_case = SEMS__V1__REQUEST__BODY_STATUS;
	q.status = &st;
	f.body_case = SEMS__V1__CLIENT_FRAME__BODY_REQUEST;
	f.request = &q;
	r.has_more = 1;
	for (unsigned i = 0; i < 2 * REQUESTS_IN_FLIGHT; i++) {
		fixture_feed(in, s, &f.base);
		cr_assert(ingest_take_request(in, &taken));
		for (r.more = 1; r.more; r.more = 0)
			ingest_respond(in, s, &r);
		ingest_respond(in, s, &r);
		arena_free(taken.arena);
	}
	cr_assert_null(ingest_closing(in, s));
	ingest_free(in);
}

/* P-908 */
Test(ingest, answers_a_request_with_a_value_that_it_does_not_know)
{
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref s = fixture_session(in, "unix:anna");
	Sems__V1__ClientFrame f = SEMS__V1__CLIENT_FRAME__INIT;
	Sems__V1__Request q = SEMS__V1__REQUEST__INIT;
	Sems__V1__GapRequest gap = SEMS__V1__GAP_REQUEST__INIT;
	static char text[] = "\xff";
	struct ingest_request taken;

	q.has_request_no = 1;
	q.request_no = 7;
	q.body_case = SEMS__V1__REQUEST__BODY_GAP;
	q.gap = &gap;
	gap.has_operation = 1;
	f.body_case = SEMS__V1__CLIENT_FRAME__BODY_REQUEST;
	f.request = &q;
	for (unsigned i = 0; i < 2 * REQUESTS_IN_FLIGHT; i++) {
		Sems__V1__ServerFrame *w;

		gap.operation = i % 2 == 0 ? (Sems__V1__GapOperation)99
					   : SEMS__V1__GAP_OPERATION__GAP_OPERATION_LIST;
		gap.reason = i % 2 == 0 ? NULL : text;
		fixture_feed(in, s, &f.base);
		w = fixture_answer(in, s);
		cr_assert_not_null(w);
		cr_assert_eq(w->body_case, SEMS__V1__SERVER_FRAME__BODY_RESPONSE);
		cr_expect_eq(w->response->request_no, 7);
		cr_expect_eq(w->response->code, SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_INVALID);
		cr_expect_str_eq(w->response->field, i % 2 == 0 ? "operation" : "reason");
		sems__v1__server_frame__free_unpacked(w, NULL);
	}
	cr_assert_null(ingest_closing(in, s));
	gap.reason = NULL;
	fixture_feed(in, s, &f.base);
	cr_assert(ingest_take_request(in, &taken), "the next one is taken");
	arena_free(taken.arena);
	ingest_free(in);
}

Test(ingest, is_not_empty_while_a_group_is_out)
{
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref s = fixture_session(in, "unix:lane");

	fixture_send(in, s, 1, 0, 1);
	cr_assert_not_null(ingest_take_group(in));
	cr_assert_not(ingest_is_empty(in));
	ingest_free(in);
}
