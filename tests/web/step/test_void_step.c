#include "tests/web/signed.h"
#include "web/step/void_step.h"

#include <criterion/criterion.h>

#include <sems/v1/record.pb-c.h>
#include <stdio.h>
#include <string.h>

#define BODY(name) SEMS__V1__REQUEST__BODY_##name
#define ID         "019db0e4-7a80-7c4e-9d2b-0c6f5c1a7e11"
#define ROOT       "019db0e4-7a80-7c4e-9d2b-0c6f5c1a7e22"

static struct signed_in o;

/* The next line's Batch; answered by so many STORED, or refused. */
static Sems__V1__ClientFrame *
batch(bool takes)
{
	struct far_line **l = &o.line[o.asked++ % 2];
	Sems__V1__ServerFrame answer = SEMS__V1__SERVER_FRAME__INIT;
	Sems__V1__Result r = SEMS__V1__RESULT__INIT;
	Sems__V1__VerdictRun run = SEMS__V1__VERDICT_RUN__INIT, *runs[] = {&run};
	Sems__V1__ClientFrame *f;
	char whom[128];

	if (*l == NULL) {
		*l = far_accept(&o.s.semsd);
		far_greeted(*l, whom);
		far_welcome(*l, o.principal, o.role);
	}
	f = far_hear(*l);
	cr_assert_eq(f->body_case, SEMS__V1__CLIENT_FRAME__BODY_BATCH);
	run.has_code = run.has_count = 1;
	run.code = takes ? SEMS__V1__VERDICT_CODE__VERDICT_CODE_STORED
			 : SEMS__V1__VERDICT_CODE__VERDICT_CODE_QUARANTINED;
	run.count = (uint32_t)f->batch->n_records;
	run.text = (char *)"is <not> yours";
	r.n_verdicts = 1;
	r.verdicts = runs;
	answer.body_case = SEMS__V1__SERVER_FRAME__BODY_RESULT;
	answer.result = &r;
	far_say(*l, &answer);
	return f;
}

static const char record[] =
    "{\"is_voided\":false,\"root\":{\"record_id\":\"" ROOT "\",\"source\":\"gate\"},\"record\":{"
    "\"site_id\":\"NFD\",\"outcome\":\"<F>\"}}";

/* The root of what is named, at its site, for a reason, and signed. */
Test(void_step, takes_a_record_out_for_a_reason)
{
	char form[80], body[256];
	Sems__V1__ClientFrame *f;
	const Sems__V1__Record *r;
	const char *heard;

	signed_open(&o);
	signed_get(&o, "/record/" ID "/void?source=gate&kind=test");
	signed_answer(&o, BODY(RECORD), record);
	heard = signed_heard(&o);
	cr_expect_not_null(strstr(heard, "&lt;F&gt;"));
	cr_expect_not_null(strstr(heard, "name=\"source\" value=\"gate\">"), "%s", heard);
	cr_expect_not_null(strstr(heard, "id=\"h-confirm\">019db0e4</p>"));
	signed_form(&o, form);
	snprintf(body, sizeof body, "%s&confirm=019db0e4", form);
	signed_post(&o, "/record/" ID "/void", body);
	signed_answer(&o, BODY(RECORD), record);
	cr_expect_not_null(strstr(signed_heard(&o), "Say why it is taken out."));
	snprintf(body, sizeof body, "%s&reason=a+drill&confirm=yes", form);
	signed_post(&o, "/record/" ID "/void", body);
	signed_answer(&o, BODY(RECORD), record);
	cr_expect_eq(strncmp(signed_heard(&o), "HTTP/1.1 403", 12), 0);
	snprintf(body, sizeof body, "%s&reason=a+drill&confirm=019db0e4&source=gate", form);
	signed_post(&o, "/record/" ID "/void", body);
	f = signed_asked(&o, BODY(RECORD));
	cr_expect_str_eq(f->request->record->source, "gate");
	signed_say(&o, f, record);
	signed_free(f);
	f = batch(true);
	cr_assert_eq(f->batch->n_records, 1);
	r = f->batch->records[0];
	cr_expect_eq(r->body_case, SEMS__V1__RECORD__BODY_VOID);
	cr_expect_str_eq(r->source, "gate");
	cr_expect_str_eq(r->site_id, "NFD");
	cr_expect_str_eq(r->correction_reason, "a drill");
	cr_assert_eq(r->corrects_record_id.len, 16);
	cr_expect_eq(r->corrects_record_id.data[15], 0x22);
	signed_free(f);
	heard = signed_heard(&o);
	cr_expect_not_null(strstr(heard, "Location: /record/" ID "\r\n"), "%s", heard);
	signed_close(&o);
}

Test(void_step, is_not_for_everybody)
{
	signed_open(&o);
	o.role = "auditor";
	signed_get(&o, "/record/" ID "/void");
	signed_answer(&o, BODY(RECORD), record);
	cr_expect_not_null(strstr(signed_heard(&o), "This is no step for you"));
	signed_close(&o);
}

#define RUN(records, next) \
	"{\"runs\":[{\"run\":\"r1\",\"file\":\"f\"}],\"records\":[" records "],\"next\":" next "}"
#define ONE  "{\"record_id\":\"" ID "\",\"source\":\"gate\",\"kind\":\"test\",\"site\":\"NFD\"}"
#define DONE "{\"record_id\":\"" ROOT "\",\"source\":\"gate\",\"kind\":\"test\",\"is_done\":true}"

/* What was taken back already is left, and then the run is noted. */
Test(void_step, takes_a_run_of_an_import_back)
{
	char form[80], body[256];
	Sems__V1__ClientFrame *f;
	const char *heard;

	signed_open(&o);
	signed_get(&o, "/imports/r1/undo");
	signed_answer(&o, BODY(IMPORT), RUN(ONE "," DONE, "null"));
	cr_expect_not_null(strstr(signed_heard(&o), "id=\"h-confirm\">r1</p>"));
	signed_form(&o, form);
	snprintf(body, sizeof body, "%s&reason=wrong+map&confirm=r1", form);
	signed_post(&o, "/imports/r1/undo", body);
	signed_answer(&o, BODY(IMPORT), RUN(ONE "," DONE, "null"));
	f = batch(true);
	cr_expect_eq(f->batch->n_records, 1);
	signed_free(f);
	f = signed_asked(&o, BODY(IMPORT));
	cr_expect_eq(f->request->import->operation,
		     SEMS__V1__IMPORT_OPERATION__IMPORT_OPERATION_UNDONE);
	cr_expect_str_eq(f->request->import->run, "r1");
	cr_expect_str_eq(f->request->import->reason, "wrong map");
	signed_say(&o, f, "{}");
	signed_free(f);
	heard = signed_heard(&o);
	cr_expect_not_null(strstr(heard, "Location: /imports\r\n"), "%s", heard);
	signed_close(&o);
}

/* Where a void is refused nothing is noted. */
Test(void_step, says_what_was_refused)
{
	char form[80], body[256];
	Sems__V1__ClientFrame *f;
	const char *heard;

	signed_open(&o);
	signed_get(&o, "/imports/r1/undo");
	signed_answer(&o, BODY(IMPORT), RUN(ONE, "null"));
	signed_heard(&o);
	signed_form(&o, form);
	snprintf(body, sizeof body, "%s&reason=wrong+map&confirm=r1", form);
	signed_post(&o, "/imports/r1/undo", body);
	signed_answer(&o, BODY(IMPORT), RUN(ONE, "null"));
	f = batch(false);
	signed_free(f);
	signed_answer(&o, BODY(IMPORT), RUN(ONE, "null"));
	heard = signed_heard(&o);
	cr_expect_eq(strncmp(heard, "HTTP/1.1 409", 12), 0, "%s", heard);
	cr_expect_not_null(strstr(heard, "It was not taken:  is &lt;not&gt; yours"));
	signed_close(&o);
}

/* What a page cannot do whole it does not begin. */
Test(void_step, leaves_to_semsctl_what_is_more_than_a_page)
{
	static const char *const runs[] = {
	    RUN(ONE, "\"test/x\""),
	    RUN("{\"record_id\":\"" ID "\",\"source\":\"gate\",\"before\":{\"kind\":\"test\"}}",
		"null"),
	    "{\"runs\":[{\"run\":\"r1\",\"undone_at\":\"2026-05-04T00:00:00Z\"}],\"records\":[]}"};

	for (size_t i = 0; i < 3; i++) {
		const char *heard;

		signed_open(&o);
		signed_get(&o, "/imports/r1/undo");
		signed_answer(&o, BODY(IMPORT), runs[i]);
		heard = signed_heard(&o);
		cr_expect_null(strstr(heard, "Take it back</button>"), "%s", heard);
		cr_expect_not_null(strstr(heard, "class=\"unsure\">It "));
		signed_close(&o);
	}
}
