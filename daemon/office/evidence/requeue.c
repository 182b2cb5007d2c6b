#include "office/evidence/requeue.h"

#include "base/text.h"

#include <stdio.h>

static void feed(struct requeue_run *run);

static void
keep(struct requeue_item *it, const struct item *answer)
{
	it->verdict = answer->verdict;
	it->reason = REASON_NONE;
	if (answer->why == NULL)
		return;
	it->reason = answer->why->reason;
	text_print(it->field, sizeof it->field, "%s", answer->why->err.where);
	text_print(it->text, sizeof it->text, "%s", answer->why->err.text);
}

static void
on_verdict(void *ctx, const struct item *answer)
{
	struct requeue_item *it = ctx;
	struct requeue_run *run = it->run;

	keep(it, answer);
	run->answered++;
	if (run->answered == run->n)
		run->done(run->ctx);
	else if (run->answered == run->fed)
		feed(run);
}

static bool
pause_next(struct job *j, struct statement *st, struct err *e)
{
	(void)j;
	(void)st;
	(void)e;
	return false;
}

static void
pause_rows(struct job *j, const struct rows *r)
{
	(void)j;
	(void)r;
}

static void
pause_done(struct job *j, const struct err *e)
{
	(void)e;
	feed(j->ctx);
}

/* No group comes any more: the rest stays where it is. */
static void
give_back(struct requeue_run *run)
{
	for (; run->fed < run->n; run->fed++)
		run->items[run->fed].verdict = VERDICT_RETRY;
	run->answered = run->n;
	run->done(run->ctx);
}

/* Takes as much as the open group has room for; the verdicts of those bring us back. */
static void
feed(struct requeue_run *run)
{
	if (ingest_drains(call_ingest(run->call))) {
		give_back(run);
		return;
	}
	while (run->fed < run->n) {
		struct requeue_item *it = &run->items[run->fed];

		it->run = run;
		if (!ingest_requeue(call_ingest(run->call), it->raw, it->principal, run->call->now,
				    on_verdict, it))
			break;
		run->fed++;
	}
	if (run->fed > run->answered) {
		call_turn(run->call);
		return;
	}
	/* Others have filled the group: an empty job lets the loop turn until it is written. */
	run->pause = (struct job){.role = DB_ADMIN,
				  .next = pause_next,
				  .rows = pause_rows,
				  .done = pause_done,
				  .ctx = run};
	store_run(call_store(run->call), &run->pause);
}

void
requeue_start(struct requeue_run *run)
{
	run->fed = 0;
	run->answered = 0;
	feed(run);
}
