#include "fixture.h"

#include <criterion/criterion.h>

Test(answer, says_all_stored_in_one_run)
{
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref s = fixture_session(in, "unix:lane");
	Sems__V1__ServerFrame *f;

	fixture_send(in, s, 42, 0, 50);
	cr_assert_eq(fixture_commit(in), 50);
	f = fixture_answer(in, s);
	cr_assert_not_null(f);
	cr_assert_eq(f->result->batch_no, 42);
	cr_assert_eq(f->result->n_verdicts, 1);
	cr_assert_eq(f->result->verdicts[0]->count, 50);
	cr_assert_eq(f->result->verdicts[0]->code, SEMS__V1__VERDICT_CODE__VERDICT_CODE_STORED);
	sems__v1__server_frame__free_unpacked(f, NULL);
	ingest_free(in);
}

Test(answer, keeps_batch_order_between_different_verdicts)
{
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref s = fixture_session(in, "unix:lane");
	Sems__V1__ServerFrame *f;
	struct group *g;

	fixture_send(in, s, 1, 0, 5);
	g = ingest_take_group(in);
	for (size_t i = 0; i < 5; i++)
		g->items[i].verdict = i == 2 ? VERDICT_DUPLICATE : VERDICT_STORED;
	ingest_group_done(in, g);
	f = fixture_answer(in, s);
	cr_assert_eq(f->result->n_verdicts, 3);
	cr_assert_eq(f->result->verdicts[0]->count, 2);
	cr_assert_eq(f->result->verdicts[1]->code, SEMS__V1__VERDICT_CODE__VERDICT_CODE_DUPLICATE);
	cr_assert_eq(f->result->verdicts[1]->count, 1);
	cr_assert_eq(f->result->verdicts[2]->count, 2);
	sems__v1__server_frame__free_unpacked(f, NULL);
	ingest_free(in);
}

Test(answer, names_the_field_of_a_refused_record)
{
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref s = fixture_session(in, "unix:lane");
	Sems__V1__Record *list[] = {fixture_record(0), fixture_record(1), fixture_record(2)};
	Sems__V1__ClientFrame cf = SEMS__V1__CLIENT_FRAME__INIT;
	Sems__V1__Batch b = SEMS__V1__BATCH__INIT;
	Sems__V1__ServerFrame *f;

	list[1]->tip_event->has_response_ms = 1;
	list[1]->tip_event->response_ms = -1;
	b.n_records = 3;
	b.records = list;
	cf.body_case = SEMS__V1__CLIENT_FRAME__BODY_BATCH;
	cf.batch = &b;
	fixture_feed(in, s, &cf.base);
	cr_assert_eq(fixture_commit(in), 3);
	f = fixture_answer(in, s);
	cr_assert_eq(f->result->n_verdicts, 3);
	cr_assert_eq(f->result->verdicts[1]->code,
		     SEMS__V1__VERDICT_CODE__VERDICT_CODE_QUARANTINED);
	cr_assert_eq(f->result->verdicts[1]->reason, SEMS__V1__REASON__REASON_RANGE);
	cr_assert_str_eq(f->result->verdicts[1]->field, "tip_event.response_ms");
	cr_assert_eq(f->result->verdicts[2]->code, SEMS__V1__VERDICT_CODE__VERDICT_CODE_STORED);
	sems__v1__server_frame__free_unpacked(f, NULL);
	ingest_free(in);
}

Test(answer, drops_answers_for_a_client_that_is_gone)
{
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref s = fixture_session(in, "unix:lane");
	struct session_ref again;

	fixture_send(in, s, 1, 0, 2);
	ingest_close(in, s);
	again = fixture_session(in, "unix:lane");
	cr_assert_eq(again.id, s.id);
	cr_assert_eq(fixture_commit(in), 2, "the records are stored all the same");
	cr_assert_null(fixture_answer(in, again), "a new client does not get the old one's answer");
	ingest_free(in);
}

Test(answer, answers_an_empty_batch)
{
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref s = fixture_session(in, "unix:lane");
	Sems__V1__ServerFrame *f;

	fixture_send(in, s, 7, 0, 0);
	fixture_commit(in);
	f = fixture_answer(in, s);
	cr_assert_not_null(f);
	cr_assert_eq(f->result->batch_no, 7);
	cr_assert_eq(f->result->n_verdicts, 0);
	sems__v1__server_frame__free_unpacked(f, NULL);
	ingest_free(in);
}
