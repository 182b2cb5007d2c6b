#include "tests/office/office.h"

#include <criterion/criterion.h>

#define CODE(name)    ANSWER_##name
#define VERDICT(name) SEMS__V1__VERDICT_CODE__VERDICT_CODE_##name

OFFICE_SUITE(quarantine, office_open_set_up);

static int
ask(enum quarantine_op operation, uint64_t id)
{
	struct quarantine_request r = {0};

	r.operation = operation;
	r.quarantine_id = id;
	return office_ask(&o, &(struct request){.kind = REQUEST_QUARANTINE, .quarantine = &r});
}

static int
ask_list(uint64_t after, uint32_t limit)
{
	struct quarantine_request r = {0};

	r.operation = QUARANTINE_OP_LIST;
	r.after_id = after;
	r.limit = limit;
	return office_ask(&o, &(struct request){.kind = REQUEST_QUARANTINE, .quarantine = &r});
}

#define LIST    QUARANTINE_OP_LIST
#define SHOW    QUARANTINE_OP_SHOW
#define REQUEUE QUARANTINE_OP_REQUEUE

/* P-922 */
Test(quarantine, lists_in_pages_and_without_content)
{
	office_send_refused(&o, 3);
	cr_assert_eq(ask_list(0, 2), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "open"), 3);
	cr_expect_str_eq(office_str(&o, "records.0.reason"), "UNKNOWN_SITE");
	cr_expect_str_eq(office_str(&o, "records.1.field"), "site_id");
	cr_expect_eq(office_int(&o, "records.2.quarantine_id"), -1);
	cr_expect_null(
	    json_object_get(json_array_get(json_object_get(o.json, "records"), 0), "raw_hex"));
	cr_assert_eq(ask_list((uint64_t)office_int(&o, "next_after_id"), 2), CODE(OK), "%s",
		     o.text);
	cr_expect_gt(office_int(&o, "records.0.quarantine_id"), 0);
	cr_expect_eq(office_int(&o, "records.1.quarantine_id"), -1);
	cr_expect_eq(office_int(&o, "next_after_id"), -1);
}

Test(quarantine, tells_when_the_same_bytes_came_first_and_last)
{
	char first[64];

	office_send_refused(&o, 1);
	cr_assert_eq(ask_list(0, 10), CODE(OK), "%s", o.text);
	snprintf(first, sizeof first, "%s", office_str(&o, "records.0.received_at"));
	cr_expect_str_eq(office_str(&o, "records.0.last_received_at"), first);
	o.now.v += INT64_C(86400000);
	office_send_refused(&o, 1);
	cr_assert_eq(ask_list(0, 10), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "open"), 1);
	cr_expect_str_eq(office_str(&o, "records.0.received_at"), first);
	cr_expect_str_neq(office_str(&o, "records.0.last_received_at"), first);
}

/* A record whose kind cannot be read may be a test, and a void that of one. Neither a number, nor a
 * count, nor what is tried again tells of them. */
Test(quarantine, tells_of_what_may_be_a_test_only_who_may_know_of_them)
{
	Sems__V1__Void void_body = SEMS__V1__VOID__INIT;
	Sems__V1__Record *r = office_activity(office_time("2026-05-10T09:00:00Z"), 7);
	long long first;

	office_send_refused(&o, 1);
	r->body_case = SEMS__V1__RECORD__BODY__NOT_SET;
	cr_assert_eq(office_send(&o, r), VERDICT(QUARANTINED), "%s", o.text);
	r->body_case = SEMS__V1__RECORD__BODY_VOID;
	r->void_ = &void_body;
	cr_assert_eq(office_send(&o, r), VERDICT(QUARANTINED), "%s", o.text);
	office_send_refused(&o, 2);
	cr_assert_eq(ask_list(0, 10), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "open"), 4);
	first = office_int(&o, "records.0.quarantine_id");
	cr_expect_eq(office_int(&o, "records.1.quarantine_id"), first + 1);
	office_be(&o, "unix:ida", "auditor");
	cr_assert_eq(ask_list(0, 10), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "open"), 2);
	cr_expect_eq(office_int(&o, "records.0.quarantine_id"), first);
	cr_expect_eq(office_int(&o, "records.1.quarantine_id"), first + 1, "no gap tells of them");
	cr_expect_eq(office_int(&o, "records.2.quarantine_id"), -1);
	cr_assert_eq(ask(REQUEUE, 0), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "still_open"), 2);
	cr_expect_eq(office_int(&o, "records.2.quarantine_id"), -1);
	cr_expect_eq(ask(REQUEUE, 1000000000001), CODE(NOT_FOUND));
}

/* Nobody has said of a refused test that it is no secret. */
Test(quarantine, tells_of_refused_tests_only_who_may_know_of_them)
{
	static char site[] = "T9";
	Sems__V1__Test test = SEMS__V1__TEST__INIT;
	Sems__V1__Record *r = office_activity(office_time("2026-05-10T09:00:00Z"), 7);

	test.has_mode = test.has_outcome = 1;
	test.mode = SEMS__V1__TEST_MODE__TEST_MODE_COVERT;
	test.outcome = SEMS__V1__TEST_OUTCOME__TEST_OUTCOME_FAIL;
	r->site_id = site;
	r->body_case = SEMS__V1__RECORD__BODY_TEST;
	r->test = &test;
	cr_assert_eq(office_send(&o, r), VERDICT(QUARANTINED), "%s", o.text);
	office_send_refused(&o, 1);
	cr_assert_eq(ask_list(0, 10), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "open"), 2);
	cr_expect_str_eq(office_str(&o, "records.0.kind"), "activity");
	cr_expect_str_eq(office_str(&o, "records.1.kind"), "test", "by numbers of its own");
	office_be(&o, "unix:ida", "auditor");
	cr_assert_eq(ask_list(0, 10), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "open"), 1);
	cr_expect_str_eq(office_str(&o, "records.0.kind"), "activity");
	cr_expect_eq(office_int(&o, "records.1.quarantine_id"), -1);
}

Test(quarantine, shows_the_bytes_as_they_were_sent)
{
	static char site[] = "T9";
	Sems__V1__Record *r;
	unsigned char raw[512];
	char hex[1025];

	office_send_refused(&o, 1);
	r = office_activity(office_time("2026-05-10T09:00:00Z"), 0);
	r->site_id = site;
	hex_encode(raw, sems__v1__record__pack(r, raw), hex);
	cr_assert_eq(ask(LIST, 0), CODE(OK), "%s", o.text);
	cr_assert_eq(ask(SHOW, (uint64_t)office_int(&o, "records.0.quarantine_id")), CODE(OK), "%s",
		     o.text);
	cr_expect_str_eq(office_str(&o, "raw_hex"), hex);
	cr_expect_str_eq(office_str(&o, "state"), "OPEN");
}

/* P-907 */
Test(quarantine, shows_the_bytes_to_nobody_else)
{
	office_send_refused(&o, 1);
	cr_assert_eq(ask(LIST, 0), CODE(OK), "%s", o.text);
	office_be(&o, "unix:ida", "auditor");
	cr_expect_eq(ask(SHOW, 1), CODE(FORBIDDEN));
}

Test(quarantine, says_when_there_is_no_such_record)
{
	cr_expect_eq(ask(SHOW, 99), CODE(NOT_FOUND));
	cr_expect_eq(ask(SHOW, 0), CODE(INVALID));
	cr_expect_eq(ask(REQUEUE, 99), CODE(NOT_FOUND));
	cr_expect_eq(ask(0, 1), CODE(INVALID));
}

/* A record of more than 64 KiB, by what its sender calls it. */
static void
refuse_long(unsigned n)
{
	static char name[70001];
	Sems__V1__Record *r = office_activity(office_time("2026-05-10T09:00:00Z"), n);

	memset(name, 'n', sizeof name - 1);
	r->source_record_id = name;
	cr_assert_eq(office_send(&o, r), VERDICT(QUARANTINED), "%s", o.text);
}

/* P-922 */
Test(quarantine, says_of_what_it_kept_a_head_alone_that_it_cannot_be_requeued)
{
	long long id;

	refuse_long(0);
	cr_assert_eq(ask_list(0, 10), CODE(OK), "%s", o.text);
	id = office_int(&o, "records.0.quarantine_id");
	cr_expect_gt(office_int(&o, "records.0.head_of"), 70000);
	cr_assert_eq(ask(SHOW, (uint64_t)id), CODE(OK), "%s", o.text);
	cr_expect_eq(strlen(office_str(&o, "raw_hex")), 2 * 4096);
	cr_expect_eq(strlen(office_str(&o, "whole_sha256")), 64);
	cr_assert_eq(ask(REQUEUE, (uint64_t)id), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "still_open"), 1);
	cr_expect_not_null(strstr(office_str(&o, "records.0.message"), "only the head was kept"));
}

Test(quarantine, requeues_the_others_past_those_it_cannot)
{
	refuse_long(0);
	office_send_refused(&o, 2);
	refuse_long(9);
	cluster_do(o.pg, "INSERT INTO sems.site VALUES ('T9', 'Terminal 9')");
	office_be(&o, "unix:carl", "compliance");
	cr_assert_eq(ask(REQUEUE, 0), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "requeued"), 2);
	cr_expect_eq(office_int(&o, "still_open"), 2);
	cr_assert_eq(ask(SHOW, 1), CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "state"), "OPEN");
}

/* What has to be mended comes before the single records. */
Test(quarantine, counts_the_reasons_and_tells_numbers_to_who_may_see_them)
{
	static char site[] = "T9";
	static char number[] = "form 17";
	Sems__V1__Record *r = office_activity(office_time("2026-05-10T09:00:00Z"), 9);

	office_send_refused(&o, 2);
	r->site_id = site;
	r->source_record_id = number;
	cr_assert_eq(office_send(&o, r), VERDICT(QUARANTINED), "%s", o.text);
	r->site_id = NULL;
	r->activity->count = -1;
	cr_assert_eq(office_send(&o, r), VERDICT(QUARANTINED), "%s", o.text);
	cr_assert_eq(ask_list(0, 10), CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "reasons.0.reason"), "UNKNOWN_SITE");
	cr_expect_str_eq(office_str(&o, "reasons.0.source"), "lane");
	cr_expect_eq(office_int(&o, "reasons.0.records"), 3);
	cr_expect_eq(office_int(&o, "reasons.1.records"), 1);
	cr_expect_eq(office_int(&o, "reasons_total"), 2);
	cr_expect_str_eq(office_str(&o, "records.0.source_record_id"), "");
	cr_expect_str_eq(office_str(&o, "records.2.source_record_id"), "form 17");
	cr_expect_eq(strlen(office_str(&o, "records.2.record_id")), 36);
	cr_expect_eq(
	    strncmp(office_str(&o, "records.2.occurred_at"), "2026-05-10T09:00:00.000Z", 25), 0);
	office_be(&o, "unix:rita", "auditor");
	cr_assert_eq(ask_list(0, 10), CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "records.2.source_record_id"), "");
	cr_expect_null(
	    json_object_get(json_array_get(json_object_get(o.json, "records"), 2), "sealed"));
}

static int
discard(uint64_t id, const char *reason)
{
	static char why[64];
	struct quarantine_request q = {0};

	snprintf(why, sizeof why, "%s", reason);
	q.operation = QUARANTINE_OP_DISCARD;
	q.quarantine_id = id;
	q.reason = why;
	return office_ask(&o, &(struct request){.kind = REQUEST_QUARANTINE, .quarantine = &q});
}

Test(quarantine, discards_for_good_and_says_who_and_why)
{
	uint64_t first;

	office_send_refused(&o, 3);
	cr_assert_eq(ask_list(0, 10), CODE(OK));
	first = (uint64_t)office_int(&o, "records.0.quarantine_id");
	cr_expect_eq(discard(first, ""), CODE(INVALID));
	cr_expect_str_eq(o.field, "reason");
	cr_assert_eq(discard(first, "a test of the gateway"), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "discarded"), 1);
	cr_expect_eq(discard(first, "again"), CODE(NOT_FOUND));
	cr_expect_str_eq(cluster_text(o.pg,
				      "SELECT state || ' ' || decided_by || ' ' || decided_why "
				      "FROM sems.quarantine WHERE state <> 'OPEN'"),
			 "DISCARDED unix:owner a test of the gateway");
	/* The same bytes again stay where they are. */
	office_send_refused(&o, 1);
	cr_assert_eq(ask_list(0, 10), CODE(OK));
	cr_expect_eq(office_int(&o, "open"), 2);
	cr_assert_eq(discard(0, "all of them"), CODE(OK));
	cr_expect_eq(office_int(&o, "discarded"), 2);
	office_be(&o, "unix:rita", "auditor");
	cr_expect_eq(discard(0, "not hers to say"), CODE(FORBIDDEN));
}
