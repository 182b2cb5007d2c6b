#include "base/count.h"
#include "tests/ingest/fixture.h"
/* Looks inside: memory for answers alone cannot be short from outside. */
#include "ingest/engine.h"

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

/* P-304 */
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

/* Takes the group of n items, which the test decides. */
static struct group *
take(struct ingest *in, size_t n)
{
	struct group *g = ingest_take_group(in);

	cr_assert_not_null(g);
	cr_assert_eq(g->n, n);
	return g;
}

/* P-305 */
Test(answer, says_what_reads_the_same_once)
{
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref s = fixture_session(in, "unix:lane");
	/* reason, where, text: of each item; what differs from the one before begins a run */
	struct refusal whys[] = {
	    {REASON_RANGE, {.code = REJ_FIELD, .where = "a", .text = "x"}},
	    {REASON_RANGE, {.code = REJ_FIELD, .where = "a", .text = "x"}},
	    {REASON_RANGE, {.code = REJ_FIELD, .where = "a", .text = "y"}},
	    {REASON_RANGE, {.code = REJ_FIELD, .where = "b", .text = "y"}},
	    {REASON_ENUM, {.code = REJ_FIELD, .where = "b", .text = "y"}},
	};
	const uint32_t counts[] = {2, 1, 1, 1, 2, 1, 2, 1};
	struct group *g;
	Sems__V1__ServerFrame *f;

	fixture_send(in, s, 1, 0, 11);
	g = take(in, 11);
	for (size_t i = 0; i < 11; i++)
		g->items[i].verdict = i < 7 ? VERDICT_QUARANTINED : VERDICT_RETRY;
	for (size_t i = 0; i < 5; i++)
		g->items[i].why = &whys[i];
	g->items[7].retry_after_ms = 10;
	g->items[8].retry_after_ms = g->items[9].retry_after_ms = 20;
	g->items[10].retry_after_ms = 30;
	ingest_group_done(in, g);
	f = fixture_answer(in, s);
	cr_assert_eq(f->result->n_verdicts, COUNT(counts));
	for (size_t i = 0; i < f->result->n_verdicts; i++)
		cr_assert_eq(f->result->verdicts[i]->count, counts[i], "run %zu", i);
	cr_assert_eq(f->result->verdicts[4]->reason, 0, "none was given");
	cr_assert_eq(f->result->verdicts[6]->retry_after_ms, 20);
	sems__v1__server_frame__free_unpacked(f, NULL);
	ingest_free(in);
}

Test(answer, counts_only_verdicts_that_there_are)
{
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref s = fixture_session(in, "unix:lane");
	struct group *g;
	uint64_t sum = 0;

	fixture_send(in, s, 1, 0, 1);
	g = take(in, 1);
	g->items[0].verdict = (enum verdict)(VERDICT_RETRY + 1);
	ingest_group_done(in, g);
	for (size_t i = 0; i <= VERDICT_RETRY; i++)
		sum += ingest_counters(in)->verdicts[i];
	cr_assert_eq(sum, 0);
	ingest_free(in);
}

Test(answer, refuses_when_there_is_no_memory_for_it)
{
	unsigned answered = 0;
	unsigned refused = 0;

	for (size_t limit = 0; limit < 600; limit += 8) {
		struct ingest_config c = ingest_defaults();
		struct ingest *in;
		struct session_ref s;
		struct group *g;
		Sems__V1__ServerFrame *f;

		c.max_sessions = 1;
		in = fixture_ingest(&c);
		s = fixture_session(in, "unix:lane");
		fixture_send(in, s, 1, 0, 3);
		g = take(in, 3);
		for (size_t i = 0; i < 3; i++)
			g->items[i].verdict = i == 1 ? VERDICT_DUPLICATE : VERDICT_STORED;
		arena_free(in->scratch);
		in->scratch = arena_new(limit);
		ingest_group_done(in, g);
		f = fixture_answer(in, s);
		cr_assert_not_null(f);
		if (f->body_case == SEMS__V1__SERVER_FRAME__BODY_RESULT) {
			cr_assert_eq(f->result->n_verdicts, 3, "whole or not at all");
			answered++;
		} else {
			cr_assert_eq(f->refuse->code, SEMS__V1__REFUSE_CODE__REFUSE_CODE_BUSY);
			refused++;
		}
		sems__v1__server_frame__free_unpacked(f, NULL);
		ingest_free(in);
	}
	cr_assert(answered > 0 && refused > 0);
}
