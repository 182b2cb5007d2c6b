#include "base/count.h"
#include "tests/web/signed.h"
#include "web/step/record_step.h"

#include <criterion/criterion.h>

#include <sems/v1/record.pb-c.h>
#include <stdio.h>
#include <string.h>

#define BODY(name) SEMS__V1__REQUEST__BODY_##name
#define ID         "019db0e4-7a80-7c4e-9d2b-0c6f5c1a7e11"

static const char pending[] =
    "{\"pending\":[{\"record_id\":\"" ID "\",\"source\":\"gate\",\"is_void\":true,\"made_by\":"
    "\"unix:<anna>\",\"root\":{\"kind\":\"test\",\"record_id\":\"u\",\"source\":\"gate\"},"
    "\"changes\":[]}]}";

static struct signed_in o;

static const char *
show(const char *answer)
{
	signed_get(&o, "/pending/" ID);
	signed_answer(&o, BODY(PENDING), answer);
	return signed_heard(&o);
}

Test(record_step, decides_by_what_is_typed)
{
	char form[80], body[256];
	Sems__V1__ClientFrame *f;
	const Sems__V1__Record *r;
	const char *heard;

	signed_open(&o);
	heard = show(pending);
	cr_expect_not_null(strstr(heard, "unix:&lt;anna&gt;"));
	cr_expect_not_null(strstr(heard, "takes the record out of every count"));
	cr_expect_not_null(strstr(heard, "id=\"h-confirm\">019db0e4</p>"), "%s", heard);
	signed_form(&o, form);
	snprintf(body, sizeof body, "%s&decision=CONFIRMED&confirm=yes", form);
	signed_post(&o, "/pending/" ID, body);
	signed_answer(&o, BODY(PENDING), pending);
	cr_expect_eq(strncmp(signed_heard(&o), "HTTP/1.1 403", 12), 0);
	snprintf(body, sizeof body, "%s&decision=DECLINED&confirm=019db0e4", form);
	signed_post(&o, "/pending/" ID, body);
	signed_answer(&o, BODY(PENDING), pending);
	o.asked++;
	o.line[1] = far_accept(&o.s.semsd);
	far_greeted(o.line[1], body);
	far_welcome(o.line[1], "unix:me", "admin");
	f = far_hear(o.line[1]);
	cr_assert_eq(f->body_case, SEMS__V1__CLIENT_FRAME__BODY_BATCH);
	cr_assert_eq(f->batch->n_records, 1);
	r = f->batch->records[0];
	cr_expect_str_eq(r->source, "gate");
	cr_assert_eq(r->body_case, SEMS__V1__RECORD__BODY_CONFIRMATION);
	cr_expect_eq(r->confirmation->decision, SEMS__V1__DECISION__DECISION_DECLINED);
	cr_expect_eq(r->confirmation->confirms_record_id.len, 16);
	far_stored(o.line[1], 0, 1);
	signed_free(f);
	heard = signed_heard(&o);
	cr_expect_not_null(strstr(heard, "Location: /pending\r\n"), "%s", heard);
	signed_close(&o);
}

/* Nobody decides about his own, and not about what is decided. */
Test(record_step, is_for_somebody_else)
{
	const char *heard;

	signed_open(&o);
	o.principal = "unix:<anna>";
	heard = show(pending);
	cr_expect_not_null(strstr(heard, "Somebody else decides about it."));
	cr_expect_null(strstr(heard, "Decline it"));
	heard = show("{\"pending\":[]}");
	cr_expect_eq(strncmp(heard, "HTTP/1.1 404", 12), 0, "%s", heard);
	signed_close(&o);
}

Test(record_step, discards_for_a_reason_and_one_at_a_time)
{
	static const char refused[] =
	    "{\"state\":\"OPEN\",\"reason\":\"RANGE\",\"message\":\"<m>\"}";
	char form[80], body[256];
	Sems__V1__ClientFrame *f;
	const char *heard;

	signed_open(&o);
	signed_get(&o, "/quarantine/17");
	signed_answer(&o, BODY(QUARANTINE), refused);
	heard = signed_heard(&o);
	cr_expect_not_null(strstr(heard, "&lt;m&gt;"));
	signed_form(&o, form);
	snprintf(body, sizeof body, "%s&do=discard", form);
	signed_post(&o, "/quarantine/17", body);
	signed_answer(&o, BODY(QUARANTINE), refused);
	cr_expect_not_null(strstr(signed_heard(&o), "Say why it is discarded."));
	snprintf(body, sizeof body, "%s&do=requeue", form);
	signed_post(&o, "/quarantine/0", body);
	signed_answer(&o, BODY(QUARANTINE), refused);
	cr_expect_eq(strncmp(signed_heard(&o), "HTTP/1.1 404", 12), 0, "nought would be all");
	snprintf(body, sizeof body, "%s&do=discard&reason=a+test+bench", form);
	signed_post(&o, "/quarantine/17", body);
	f = signed_asked(&o, BODY(QUARANTINE));
	cr_expect_eq(f->request->quarantine->operation,
		     SEMS__V1__QUARANTINE_OPERATION__QUARANTINE_OPERATION_DISCARD);
	cr_expect_eq(f->request->quarantine->quarantine_id, 17);
	cr_expect_str_eq(f->request->quarantine->reason, "a test bench");
	signed_say(&o, f, "{\"discarded\":1}");
	signed_free(f);
	cr_expect_not_null(strstr(signed_heard(&o), "Location: /quarantine\r\n"));
	signed_close(&o);
}

Test(record_step, says_that_it_was_refused_once_more)
{
	static const char refused[] = "{\"state\":\"OPEN\",\"reason\":\"RANGE\"}";
	char form[80], body[256];
	const char *heard;

	signed_open(&o);
	signed_get(&o, "/quarantine/17");
	signed_answer(&o, BODY(QUARANTINE), refused);
	signed_heard(&o);
	signed_form(&o, form);
	snprintf(body, sizeof body, "%s&do=requeue", form);
	signed_post(&o, "/quarantine/17", body);
	signed_answer(
	    &o, BODY(QUARANTINE),
	    "{\"requeued\":0,\"records\":[{\"field\":\"site_id\",\"message\":\"<is not>\"}]}");
	signed_answer(&o, BODY(QUARANTINE), refused);
	heard = signed_heard(&o);
	cr_expect_eq(strncmp(heard, "HTTP/1.1 409", 12), 0, "%s", heard);
	cr_expect_not_null(strstr(heard, "refused once more: site_id &lt;is not&gt;"));
	signed_close(&o);
}

/* Of the source that the list was of, or all. */
Test(record_step, tries_all_of_a_source_again)
{
	static const char list[] = "{\"open\":2,\"reasons\":[],\"records\":[]}";
	char form[80], body[256];
	Sems__V1__ClientFrame *f;

	signed_open(&o);
	signed_get(&o, "/quarantine?source=gate");
	signed_answer(&o, BODY(QUARANTINE), list);
	cr_expect_not_null(strstr(signed_heard(&o), "name=\"source\" value=\"gate\">"));
	signed_form(&o, form);
	snprintf(body, sizeof body, "%s&source=gate", form);
	signed_post(&o, "/quarantine", body);
	f = signed_asked(&o, BODY(QUARANTINE));
	cr_expect_eq(f->request->quarantine->operation,
		     SEMS__V1__QUARANTINE_OPERATION__QUARANTINE_OPERATION_REQUEUE);
	cr_expect_str_eq(f->request->quarantine->source, "gate");
	cr_expect_not(f->request->quarantine->has_quarantine_id);
	signed_say(&o, f, "{\"requeued\":1,\"still_open\":1,\"records\":[]}");
	signed_free(f);
	cr_expect_not_null(strstr(signed_heard(&o), "Location: /quarantine\r\n"));
	signed_close(&o);
}
