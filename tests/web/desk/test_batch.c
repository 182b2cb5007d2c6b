#include "base/count.h"
#include "tests/web/desk/stand.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#define JSON  "Content-Type: application/json; charset=utf-8\r\n"
#define PROTO "Content-Type: application/x-protobuf\r\n"

static struct stand s;

static struct far_line *
far_line(void)
{
	struct far_line *l = far_accept(&s.semsd);
	char whom[128];

	far_greeted(l, whom);
	cr_expect_str_eq(whom, "device:ph-1");
	far_welcome(l, whom, "device");
	return l;
}

static void
post_json(const char *json)
{
	stand_post(&s, "/v1/batch", JSON, json, strlen(json));
}

static void
expect_batch(struct far_line *l, uint64_t no, size_t n)
{
	Sems__V1__ClientFrame *f = far_hear(l);

	cr_assert_eq(f->body_case, SEMS__V1__CLIENT_FRAME__BODY_BATCH);
	cr_expect_eq(f->batch->batch_no, no);
	cr_expect_eq(f->batch->n_records, n);
	sems__v1__client_frame__free_unpacked(f, NULL);
}

static void
expect_status(const char *heard, const char *status, const char *says)
{
	cr_expect_eq(strncmp(heard + 9, status, 3), 0, "%s", heard);
	cr_expect_not_null(strstr(heard, says), "%s", heard);
}

Test(batch, is_answered_in_the_form_it_came_in)
{
	struct far_line *l;
	const char *heard;

	stand_open(&s, "device:ph-1");
	post_json("{\"batchNo\":5,\"records\":[{},{}]}");
	l = far_line();
	expect_batch(l, 5, 2);
	far_stored(l, 5, 2);
	heard = stand_answer(&s);
	expect_status(heard, "200", "Content-Type: application/json\r\n");
	expect_status(
	    heard, "200",
	    "{\"batchNo\":\"5\",\"verdicts\":[{\"code\":\"VERDICT_CODE_STORED\",\"count\":2}]}");
	stand_post(&s, "/v1/batch", PROTO, "\x08\x06\x12\x00", 4);
	expect_batch(l, 6, 1);
	far_stored(l, 6, 1);
	heard = stand_answer(&s);
	expect_status(heard, "200", "Content-Type: application/x-protobuf\r\n");
	cr_expect_eq(memcmp(strstr(heard, "\r\n\r\n") + 4, "\x08\x06\x12\x04\x08\x01\x10\x01", 8),
		     0);
	far_end_line(l);
	stand_close(&s);
}

static void
retry(struct far_line *l, uint32_t ms)
{
	Sems__V1__ServerFrame f = SEMS__V1__SERVER_FRAME__INIT;
	Sems__V1__Result r = SEMS__V1__RESULT__INIT;
	Sems__V1__VerdictRun run = SEMS__V1__VERDICT_RUN__INIT, *runs[] = {&run};

	run.has_code = run.has_count = run.has_retry_after_ms = 1;
	run.code = SEMS__V1__VERDICT_CODE__VERDICT_CODE_RETRY;
	run.count = 1;
	run.retry_after_ms = ms;
	r.n_verdicts = 1;
	r.verdicts = runs;
	f.body_case = SEMS__V1__SERVER_FRAME__BODY_RESULT;
	f.result = &r;
	far_say(l, &f);
}

/* 200 only when nothing of it is to be sent again. */
Test(batch, says_by_the_status_that_some_is_to_be_sent_again)
{
	static const struct {
		uint32_t ms;
		const char *after;
	} rows[] = {
	    {2500, "Retry-After: 3\r\n"}, {0, "Retry-After: 1\r\n"}, {1000, "Retry-After: 1\r\n"}};
	struct far_line *l = NULL;

	stand_open(&s, "device:ph-1");
	for (size_t i = 0; i < COUNT(rows); i++) {
		post_json("{\"records\":[{}]}");
		l = l == NULL ? far_line() : l;
		expect_batch(l, 0, 1);
		retry(l, rows[i].ms);
		expect_status(stand_answer(&s), "503", "VERDICT_CODE_RETRY");
		cr_expect_not_null(strstr(s.talk.heard, rows[i].after), "%s", s.talk.heard);
	}
	far_end_line(l);
	stand_close(&s);
}

/* What a Refuse is by HTTP. */
Test(batch, tells_a_refusal_by_its_status)
{
	static const struct {
		int code;
		uint32_t ms;
		const char *status;
	} rows[] = {
	    {SEMS__V1__REFUSE_CODE__REFUSE_CODE_FRAME, 0, "400"},
	    {SEMS__V1__REFUSE_CODE__REFUSE_CODE_LIMIT, 0, "413"},
	    {SEMS__V1__REFUSE_CODE__REFUSE_CODE_UNAUTHORISED, 0, "403"},
	    {SEMS__V1__REFUSE_CODE__REFUSE_CODE_BUSY, 5000, "503"},
	    {SEMS__V1__REFUSE_CODE__REFUSE_CODE_SHUTDOWN, 1000, "503"},
	    {SEMS__V1__REFUSE_CODE__REFUSE_CODE_VERSION, 0, "500"},
	};

	stand_open(&s, "device:ph-1");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct far_line *l;

		stand_post(&s, "/v1/batch", PROTO, "\x08\x06", 2);
		l = far_line();
		expect_batch(l, 6, 0);
		far_refuse(l, rows[i].code, rows[i].ms, "because of this");
		expect_status(stand_answer(&s), rows[i].status, "because of this");
		cr_expect_eq(strstr(s.talk.heard, "Retry-After") != NULL, rows[i].ms != 0);
		far_end_line(l);
	}
	stand_close(&s);
}

Test(batch, refuses_what_is_no_batch_without_asking_semsd)
{
	static const struct {
		const char *headers, *body, *status, *says;
	} rows[] = {
	    {JSON, "{", "400", "nothing of it was taken"},
	    {JSON, "{\"records\":[{\"x\":1}]}", "400", "\"field\":\"records[0].x\""},
	    {"Content-Type: text/csv\r\n", "a", "415", "application/json"},
	    {"Content-Type: application/jsonp\r\n", "{}", "415", "\"Content-Type\""},
	    {"", "{}", "415", "send a Batch as"},
	};

	stand_open(&s, "device:ph-1");
	for (size_t i = 0; i < COUNT(rows); i++) {
		stand_post(&s, "/v1/batch", rows[i].headers, rows[i].body, strlen(rows[i].body));
		expect_status(stand_answer(&s), rows[i].status, rows[i].says);
	}
	cr_expect(far_is_quiet(&s.semsd));
	stand_close(&s);
}

Test(batch, is_nobodys_who_shows_nothing)
{
	stand_open(&s, NULL);
	post_json("{}");
	expect_status(stand_answer(&s), "401", "\"unauthorised\"");
	cr_expect(far_is_quiet(&s.semsd));
	stand_close(&s);
}

Test(batch, waits_for_a_semsd_that_is_away)
{
	stand_open(&s, "device:ph-1");
	far_close(&s.semsd);
	post_json("{\"records\":[{}]}");
	expect_status(stand_answer(&s), "503", "Retry-After: 1\r\n");
	far_open(&s.semsd, s.base);
	stand_close(&s);
}

/* Whoever is gone is not waited for, and what semsd answers then is nobody's. */
Test(batch, is_forgotten_with_whoever_sent_it)
{
	struct far_line *l;

	stand_open(&s, "device:ph-1");
	s.server.visits.patience.served = 50;
	post_json("{\"records\":[{}]}");
	l = far_line();
	expect_batch(l, 0, 1);
	talk_until(&s.talk, NULL);
	cr_expect(s.talk.ended);
	far_stored(l, 0, 1);
	talk_settle(s.base);
	far_end_line(l);
	stand_close(&s);
}
