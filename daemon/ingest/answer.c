/* Answers: a written group becomes one Result per batch, equal verdicts in a row as one run. */
#include "ingest/engine.h"

/* Two refusals that a client would read as the same. */
static bool
same_refusal(const struct refusal *a, const struct refusal *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return a->reason == b->reason && strcmp(a->err.where, b->err.where) == 0 &&
	       strcmp(a->err.text, b->err.text) == 0;
}

static bool
same_run(const struct item *a, const struct item *b)
{
	return a->verdict == b->verdict && a->retry_after_ms == b->retry_after_ms &&
	       (a->verdict != VERDICT_QUARANTINED || same_refusal(a->why, b->why));
}

static void
fill_run(Sems__V1__VerdictRun *run, const struct item *it, uint32_t count)
{
	sems__v1__verdict_run__init(run);
	run->has_code = 1;
	run->code = (Sems__V1__VerdictCode)it->verdict;
	run->has_count = 1;
	run->count = count;
	if (it->verdict == VERDICT_QUARANTINED && it->why != NULL) {
		run->has_reason = 1;
		run->reason = (Sems__V1__Reason)it->why->reason;
		run->field = it->why->err.where;
		run->text = it->why->err.text;
	}
	if (it->verdict == VERDICT_RETRY) {
		run->has_retry_after_ms = 1;
		run->retry_after_ms = it->retry_after_ms;
	}
}

/* The runs of n items; made in the arena. */
static size_t
make_runs(const struct item *items, size_t n, struct arena *a, Sems__V1__VerdictRun ***out)
{
	size_t runs = 0;
	size_t at = 0;

	for (size_t i = 0; i < n; i++)
		runs += i == 0 || !same_run(&items[i - 1], &items[i]);
	*out = arena_zalloc(a, runs, sizeof **out);
	for (size_t i = 0; i < n && *out != NULL;) {
		size_t end = i + 1;
		Sems__V1__VerdictRun *run = arena_alloc(a, sizeof *run);

		if (run == NULL)
			return 0;
		while (end < n && same_run(&items[i], &items[end]))
			end++;
		fill_run(run, &items[i], (uint32_t)(end - i));
		(*out)[at++] = run;
		i = end;
	}
	return at;
}

static void
send_result(struct ingest *in, struct session *s, Sems__V1__Result *result)
{
	Sems__V1__ServerFrame frame = SEMS__V1__SERVER_FRAME__INIT;

	frame.body_case = SEMS__V1__SERVER_FRAME__BODY_RESULT;
	frame.result = result;
	session_send(in, s, &frame.base);
}

/* A batch without records has nothing to wait for. */
void
answer_empty(struct ingest *in, struct session *s, uint64_t batch_no)
{
	Sems__V1__Result result = SEMS__V1__RESULT__INIT;

	result.has_batch_no = 1;
	result.batch_no = batch_no;
	send_result(in, s, &result);
}

static void
answer_batch(struct ingest *in, const struct batch_ref *b, const struct item *items)
{
	struct session *s = session_find(in, b->session);
	Sems__V1__Result result = SEMS__V1__RESULT__INIT;

	if (s == NULL)
		return;
	arena_reset(in->scratch);
	result.has_batch_no = 1;
	result.batch_no = b->batch_no;
	result.n_verdicts = make_runs(items, b->n, in->scratch, &result.verdicts);
	s->batches--;
	if (arena_failed(in->scratch))
		session_refuse(in, s, SEMS__V1__REFUSE_CODE__REFUSE_CODE_BUSY, RETRY_AFTER_MS,
			       "out of memory for the answer; connect again and resend");
	else
		send_result(in, s, &result);
	session_dismiss(in, s);
}

void
answer_group(struct ingest *in, struct open_group *og)
{
	for (size_t i = 0; i < og->g.n; i++)
		if (og->g.items[i].verdict <= VERDICT_RETRY)
			in->counters.verdicts[og->g.items[i].verdict]++;
	for (size_t i = 0; i < og->n_batches; i++) {
		const struct batch_ref *b = &og->batches[i];

		if (b->requeue != NULL)
			b->requeue(b->requeue_ctx, &og->g.items[b->first]);
		else
			answer_batch(in, b, &og->g.items[b->first]);
	}
}

void
answer_give_back(struct ingest *in, struct open_group *og)
{
	for (size_t i = 0; i < og->n_batches; i++) {
		const struct batch_ref *b = &og->batches[i];
		struct session *s = session_find(in, b->session);

		og->g.items[b->first].verdict = VERDICT_RETRY;
		if (b->requeue != NULL)
			b->requeue(b->requeue_ctx, &og->g.items[b->first]);
		else if (s != NULL)
			s->batches--;
	}
}
