#include "fixture.h"

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

Test(ingest, an_owner_administers_whatever_the_registry_says)
{
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref s = ingest_open(in, text_of("unix:lane"), true, now);
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
