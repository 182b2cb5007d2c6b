#include "client/client.h"
#include "tests/client/fake_daemon.h"

#include <criterion/criterion.h>

#include <stdio.h>

#define RECORDS 1000

static struct fake_daemon fake;
static struct client *client;
static struct err err;
static int answers[RECORDS];
static int quarantined;

static void
on_verdict(void *ctx, uint64_t tag, const Sems__V1__VerdictRun *v)
{
	cr_assert_eq(ctx, answers);
	cr_assert_lt(tag, RECORDS);
	answers[tag]++;
	quarantined += v->code == SEMS__V1__VERDICT_CODE__VERDICT_CODE_QUARANTINED;
}

static void
teardown(void)
{
	client_close(client);
	if (fake.pid > 0)
		fake_daemon_stop(&fake);
}

TestSuite(client, .fini = teardown);

static void
start(const enum fake_step *script, uint32_t batch_max, uint32_t window)
{
	fake_daemon_start(&fake, script, batch_max, window);
	cr_assert_eq(client_open(fake.address, &client, &err), OK, "%s", err.text);
	client_on_verdict(client, on_verdict, answers);
}

static enum code
send_all(void)
{
	enum code rc = OK;

	for (uint64_t i = 0; rc == OK && i < RECORDS; i++) {
		char record[64];

		snprintf(record, sizeof record, "\x12%cs%05d", 6, (int)i);
		rc = client_send(client, text_of(record), i, &err);
	}
	return rc == OK ? client_flush(client, &err) : rc;
}

/* Each record has one final answer, whatever happened on the way. */
static void
must_answer_each_once(const enum fake_step *script, uint32_t batch_max, uint32_t window)
{
	start(script, batch_max, window);
	cr_assert_eq(send_all(), OK, "%s", err.text);
	for (size_t i = 0; i < RECORDS; i++)
		cr_assert_eq(answers[i], 1, "record %zu was answered %d times", i, answers[i]);
}

Test(client, answers_every_record_once)
{
	must_answer_each_once((const enum fake_step[]){0}, 7, 3);
	cr_assert_eq(quarantined, 0);
}

Test(client, works_with_a_window_of_one_and_batches_of_one)
{
	must_answer_each_once((const enum fake_step[]){0}, 1, 1);
}

Test(client, sends_again_what_is_to_be_tried_again)
{
	must_answer_each_once(
	    (const enum fake_step[]){FAKE_RETRY, FAKE_STORE, FAKE_RETRY, FAKE_RETRY, FAKE_RETRY, 0},
	    100, 2);
}

Test(client, sends_again_over_a_new_connection_what_was_unanswered)
{
	must_answer_each_once((const enum fake_step[]){FAKE_STORE, FAKE_CUT, FAKE_STORE, FAKE_DROP,
						       FAKE_RETRY, FAKE_CUT, 0},
			      50, 4);
}

Test(client, comes_back_after_a_shutdown)
{
	must_answer_each_once((const enum fake_step[]){FAKE_REFUSE, 0}, 100, 4);
}

/* P-312 */
Test(client, does_what_a_refusal_says_that_it_does_not_know)
{
	must_answer_each_once((const enum fake_step[]){FAKE_REFUSE_LATER, 0}, 100, 4);
}

/* P-312 */
Test(client, does_not_come_again_where_a_refusal_says_so)
{
	start((const enum fake_step[]){FAKE_REFUSE_ENDS, 0}, 100, 1);
	cr_assert_eq(send_all(), FATAL_BUG);
}

Test(client, passes_verdicts_on)
{
	must_answer_each_once((const enum fake_step[]){FAKE_QUARANTINE, 0}, 100, 1);
	cr_assert_eq(quarantined, 100);
}

/* P-1003 */
Test(client, skips_frames_of_a_later_version)
{
	must_answer_each_once((const enum fake_step[]){FAKE_LATER, FAKE_LATER, 0}, 40, 2);
}

Test(client, stops_when_the_daemon_breaks_the_protocol)
{
	start((const enum fake_step[]){FAKE_FEWER, 0}, 100, 1);
	cr_assert_eq(send_all(), FATAL_BUG);
}

Test(client, stops_at_bytes_that_are_no_frame)
{
	start((const enum fake_step[]){FAKE_NONSENSE, 0}, 100, 1);
	cr_assert_eq(send_all(), REJ_FRAME);
}

Test(client, joins_the_pieces_of_an_answer)
{
	Sems__V1__Request q = SEMS__V1__REQUEST__INIT;
	Sems__V1__StatusRequest status = SEMS__V1__STATUS_REQUEST__INIT;
	struct buf json;

	start((const enum fake_step[]){0}, 100, 1);
	buf_init(&json, 1024);
	q.body_case = SEMS__V1__REQUEST__BODY_STATUS;
	q.status = &status;
	cr_assert_eq(client_ask(client, &q, &json, &err), OK, "%s", err.text);
	cr_assert_eq(client_ask(client, &q, &json, &err), OK, "%s", err.text);
	buf_add(&json, "", 1);
	cr_assert_str_eq((char *)json.p, "{\"a\":[1,2]}");
	buf_fini(&json);
}

Test(client, passes_a_refusal_on_with_its_text)
{
	Sems__V1__Request q = SEMS__V1__REQUEST__INIT;
	Sems__V1__RetentionRequest retention = SEMS__V1__RETENTION_REQUEST__INIT;
	struct buf json;

	start((const enum fake_step[]){0}, 100, 1);
	buf_init(&json, 1024);
	q.body_case = SEMS__V1__REQUEST__BODY_RETENTION;
	q.retention = &retention;
	cr_assert_eq(client_ask(client, &q, &json, &err), REJ_FORBIDDEN);
	cr_assert_str_eq(err.text, "your role is device");
	buf_fini(&json);
}

Test(client, says_how_to_start_a_daemon_that_is_not_there)
{
	cr_assert_eq(client_open("/nonexistent/semsd.sock", &client, &err), TRY_SYSTEM);
	cr_assert_not_null(strstr(err.text, "/nonexistent/semsd.sock"));
	cr_assert_not_null(strstr(err.text, "semsd --embedded"));
	cr_assert_eq(client_open("tcp:127.0.0.1", &client, &err), FATAL_CONFIG);
	cr_assert_eq(client_open("tcp:127.0.0.1:1", &client, &err), TRY_SYSTEM);
}
