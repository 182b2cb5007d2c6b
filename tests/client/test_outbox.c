#include "client/outbox.h"
#include "wire/frame.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#define NOW 1000

static struct arena *arena;
static struct outbox outbox;
static struct buf out;
static struct err err;
static int64_t next;
static char answered[64]; /* the tags, as letters */

static void
on_verdict(void *ctx, uint64_t tag, const Sems__V1__VerdictRun *v)
{
	size_t n = strlen(answered);

	cr_assert_eq(ctx, &outbox);
	cr_assert_neq(v->code, SEMS__V1__VERDICT_CODE__VERDICT_CODE_RETRY);
	cr_assert_lt(n, sizeof answered - 1);
	answered[n] = (char)tag;
}

/* Two batches at a time, of two records and at most a hundred bytes. */
static void
start(void)
{
	arena = arena_new(1u << 20);
	buf_init(&out, 1u << 20);
	cr_assert(outbox_open(&outbox, arena, 100, 2, 2));
	outbox.on_verdict = on_verdict;
	outbox.ctx = &outbox;
}

static void
stop(void)
{
	outbox_fini(&outbox);
	buf_fini(&out);
	arena_free(arena);
}

TestSuite(outbox, .init = start, .fini = stop);

/* A record for each letter, of which it is the tag. */
static void
fill(const char *tags)
{
	cr_assert(outbox_open_batch(&outbox));
	for (const char *t = tags; *t != '\0'; t++) {
		cr_assert(outbox_has_room(&outbox, 5));
		cr_assert(outbox_add(&outbox, text_of("\x12\3abc"), (uint64_t)*t));
	}
	outbox_close_batch(&outbox);
}

/* The frames that are due, "no:records no:records". */
static const char *
post(int64_t now)
{
	static char text[128];
	size_t at = 0;
	size_t used = 0;
	size_t length = 0;
	struct text body;

	buf_clear(&out);
	next = now + 1000;
	cr_assert(outbox_post(&outbox, now, &out, &next));
	text[0] = '\0';
	while (frame_next(out.p + at, out.n - at, 1000, &body, &used, &err) == FRAME_READY) {
		Sems__V1__ClientFrame *f =
		    sems__v1__client_frame__unpack(NULL, body.n, (const uint8_t *)body.s);

		cr_assert_not_null(f);
		cr_assert_eq(f->body_case, SEMS__V1__CLIENT_FRAME__BODY_BATCH);
		for (size_t i = 0; i < f->batch->n_records; i++)
			cr_assert_str_eq(f->batch->records[i]->source, "abc");
		length += (size_t)snprintf(text + length, sizeof text - length, "%s%d:%zu",
					   length == 0 ? "" : " ", (int)f->batch->batch_no,
					   f->batch->n_records);
		sems__v1__client_frame__free_unpacked(f, NULL);
		at += used;
	}
	cr_assert_eq(at, out.n);
	return text;
}

struct said {
	Sems__V1__VerdictCode code;
	uint32_t count;
	uint32_t after_ms;
};
#define STORED(n)                                                 \
	{                                                         \
		SEMS__V1__VERDICT_CODE__VERDICT_CODE_STORED, n, 0 \
	}
#define RETRY(n, after)                                              \
	{                                                            \
		SEMS__V1__VERDICT_CODE__VERDICT_CODE_RETRY, n, after \
	}

static enum code
answer(uint64_t no, const struct said *said, size_t n, bool *any)
{
	Sems__V1__VerdictRun runs[4];
	Sems__V1__VerdictRun *list[4];
	Sems__V1__Result r = SEMS__V1__RESULT__INIT;

	for (size_t i = 0; i < n; i++) {
		sems__v1__verdict_run__init(&runs[i]);
		runs[i].code = said[i].code;
		runs[i].count = said[i].count;
		runs[i].retry_after_ms = said[i].after_ms;
		list[i] = &runs[i];
	}
	r.batch_no = no;
	r.verdicts = list;
	r.n_verdicts = n;
	return outbox_answer(&outbox, &r, NOW, any, &err);
}

/* P-505 */
Test(outbox, sends_no_more_than_the_window)
{
	struct said both = STORED(2);
	bool any;

	fill("ab");
	fill("c");
	fill("de");
	cr_expect_str_eq(post(NOW), "1:2 2:1");
	cr_expect_not(outbox_open_batch(&outbox), "all are on their way");
	cr_expect_eq(outbox_sent(&outbox), 2);
	cr_expect_eq(outbox_unanswered(&outbox), 3);
	cr_assert_eq(answer(1, &both, 1, &any), OK, "%s", err.text);
	cr_expect(any);
	cr_expect_str_eq(answered, "ab");
	cr_expect_str_eq(post(NOW), "3:2");
}

/* P-502 */
Test(outbox, sends_what_is_to_be_tried_again_when_it_is_due)
{
	struct said said[] = {RETRY(1, 300), STORED(1)};
	struct said stored = STORED(1);
	bool any;

	fill("ab");
	cr_expect_str_eq(post(NOW), "1:2");
	cr_assert_eq(answer(1, said, 2, &any), OK, "%s", err.text);
	cr_expect(any);
	cr_expect_str_eq(answered, "b");
	cr_expect_eq(outbox_last_due(&outbox), NOW + 300);
	cr_expect_str_eq(post(NOW + 299), "");
	cr_expect_eq(next, NOW + 300);
	cr_expect_str_eq(post(NOW + 300), "2:1");
	cr_assert_eq(answer(2, &stored, 1, &any), OK, "%s", err.text);
	cr_expect_str_eq(answered, "ba");
	cr_expect_eq(outbox_unanswered(&outbox), 0);
}

Test(outbox, tells_when_nothing_was_answered_for_good)
{
	struct said said = RETRY(2, 0);
	bool any = true;

	fill("ab");
	post(NOW);
	cr_assert_eq(answer(1, &said, 1, &any), OK, "%s", err.text);
	cr_expect_not(any);
}

/* P-503 */
Test(outbox, sends_all_again_that_was_unanswered)
{
	fill("ab");
	fill("c");
	post(NOW);
	cr_expect_str_eq(post(NOW), "");
	outbox_send_again(&outbox);
	cr_expect_str_eq(post(NOW), "3:2 4:1");
}

Test(outbox, keeps_to_the_limits_of_a_batch)
{
	cr_expect(outbox_takes(&outbox, 62));
	cr_expect_not(outbox_takes(&outbox, 63));
	cr_assert(outbox_open_batch(&outbox));
	cr_assert(outbox_add(&outbox, text_of("\x12\3abc"), 'a'));
	cr_expect(outbox_has_room(&outbox, 59));
	cr_expect_not(outbox_has_room(&outbox, 60), "of bytes");
	cr_assert(outbox_add(&outbox, text_of("\x12\3abc"), 'b'));
	cr_expect_not(outbox_has_room(&outbox, 5), "of records");
}

Test(outbox, has_nothing_to_send_of_a_batch_without_records)
{
	fill("");
	cr_expect_str_eq(post(NOW), "");
	cr_expect_eq(outbox_unanswered(&outbox), 0);
	outbox_close_batch(&outbox);
}

Test(outbox, refuses_answers_to_what_was_not_sent)
{
	struct said three = STORED(3);
	struct said one = STORED(1);
	struct outbox unopened = {0};
	Sems__V1__Result r = SEMS__V1__RESULT__INIT;
	bool any;

	fill("ab");
	cr_expect_eq(answer(1, &one, 1, &any), FATAL_BUG, "it is not sent yet");
	post(NOW);
	cr_expect_eq(answer(7, &one, 1, &any), FATAL_BUG);
	cr_expect_eq(answer(1, &three, 1, &any), FATAL_BUG, "there are two");
	cr_expect_eq(answer(1, &one, 1, &any), FATAL_BUG, "there are two");
	cr_expect_eq(outbox_answer(&unopened, &r, NOW, &any, &err), FATAL_BUG);
	outbox_fini(&unopened);
}
