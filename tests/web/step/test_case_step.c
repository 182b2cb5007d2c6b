#include "base/count.h"
#include "tests/web/shown.h"
#include "tests/web/signed.h"
#include "web/step/case_step.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#define BODY(name) SEMS__V1__REQUEST__BODY_##name

static const struct view one = {.path = "/case/*"};

static void
links(struct showing *s, struct buf *b)
{
	case_step_links(s, b);
}

/* By the machine of an action and the roles of its steps, written down once more. */
Test(case_step, offers_what_may_follow_to_whom_it_is_for)
{
	static const struct {
		enum role role;
		const char *state;
		const char *events;
	} rows[] = {
	    {ROLE_SUPERVISOR, "OPEN", "CHANGE NOTE PLAN START EXTEND CLAIM"},
	    {ROLE_MANAGER, "OPEN", "CHANGE NOTE PLAN START EXTEND CLAIM REJECT"},
	    {ROLE_SUPERVISOR, "DONE_CLAIMED", "NOTE"},
	    {ROLE_AUDITOR, "DONE_CLAIMED", "NOTE VERIFY REOPEN"},
	    {ROLE_COMPLIANCE, "VERIFIED_EFFECTIVE", "NOTE CLOSE REOPEN"},
	    {ROLE_DEVICE, "OPEN", ""},
	    {ROLE_MANAGER, "<none>", ""},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct showing *s = shown_begin(rows[i].role, "/case/A-2026-001", "");
		char status[64], found[256] = "";
		const char *said;

		s->view = &one;
		snprintf(status, sizeof status, "{\"state\":\"%s\"}", rows[i].state);
		shown_said(0, status);
		said = shown_print(links);
		for (const char *p = said; (p = strstr(p, "/tell/")) != NULL;) {
			p += strlen("/tell/");
			snprintf(found + strlen(found), sizeof found - strlen(found), "%s%.*s",
				 found[0] == '\0' ? "" : " ", (int)strcspn(p, "\""), p);
		}
		cr_expect_str_eq(found, rows[i].events, "row %zu", i);
		shown_end();
	}
}

static const struct view list = {.path = "/cases/scenario"};

static void
way_to_new(struct showing *s, struct buf *b)
{
	case_step_new(s, b);
}

Test(case_step, offers_to_make_one_to_whom_it_is_for)
{
	struct showing *s = shown_begin(ROLE_COMPLIANCE, "/cases/scenario", "");

	s->view = &list;
	cr_expect_not_null(
	    strstr(shown_print(way_to_new), "<a href=\"/cases/scenario/new\">Add one</a>"));
	shown_end();
	s = shown_begin(ROLE_SUPERVISOR, "/cases/scenario", "");
	s->view = &list;
	cr_expect_str_eq(shown_print(way_to_new), "");
	shown_end();
}

static struct signed_in o;

/* What must be said first, and an id of the event that is the form's own. */
Test(case_step, tells_what_was_filled_in_once)
{
	char form[80], id[64], body[512];
	Sems__V1__ClientFrame *f;
	const char *heard;

	signed_open(&o);
	signed_get(&o, "/cases/action/new?finding=F-2026-001");
	signed_answer(&o, BODY(RIGHTS), "{}");
	heard = signed_heard(&o);
	cr_expect_not_null(strstr(heard, "id=\"f-title\" name=\"title\""), "%s", heard);
	cr_expect_not_null(strstr(heard, "value=\"F-2026-001\""));
	cr_expect_not_null(strstr(heard, "name=\"event_id\" value=\""));
	snprintf(id, sizeof id, "%.36s", strstr(heard, "name=\"event_id\" value=\"") + 23);
	signed_form(&o, form);
	snprintf(
	    body, sizeof body,
	    "%s&event_id=%s&title=Mount+a+mirror&type=CORRECTIVE&owner=web%%3Aolga&original_due="
	    "2026-06-30&reason=is+not+said+here",
	    form, id);
	signed_post(&o, "/cases/action/new", body);
	f = signed_asked(&o, BODY(CASE));
	cr_expect_eq(f->request->case_->operation, SEMS__V1__CASE_OPERATION__CASE_OPERATION_TELL);
	cr_assert_eq(f->request->case_->n_events, 1);
	cr_expect_str_eq(f->request->case_->events[0]->kind, "action");
	cr_expect_str_eq(f->request->case_->events[0]->event, "ADD");
	cr_expect_null(f->request->case_->events[0]->number);
	cr_expect_eq(f->request->case_->events[0]->event_id.len, 16);
	cr_expect_eq(f->request->case_->events[0]->n_words, 4, "what is no word of it is not said");
	signed_say(&o, f, "{\"results\":[{\"number\":\"A-2026-001\",\"state\":\"OPEN\"}]}");
	signed_free(f);
	heard = signed_heard(&o);
	cr_expect_not_null(strstr(heard, "Location: /case/A-2026-001\r\n"), "%s", heard);
	signed_close(&o);
}

Test(case_step, refuses_a_form_without_an_event)
{
	static const char *const bad[] = {"", "&event_id=x"};
	char form[80], body[256];

	signed_open(&o);
	signed_get(&o, "/cases/finding/new");
	signed_answer(&o, BODY(RIGHTS), "{}");
	signed_heard(&o);
	signed_form(&o, form);
	for (size_t i = 0; i < COUNT(bad); i++) {
		snprintf(body, sizeof body, "%s%s", form, bad[i]);
		signed_post(&o, "/cases/finding/new", body);
		signed_answer(&o, BODY(RIGHTS), "{}");
		cr_expect_eq(strncmp(signed_heard(&o), "HTTP/1.1 400", 12), 0);
	}
	signed_close(&o);
}

/* What semsd refuses is told at its field. */
Test(case_step, tells_what_semsd_refuses)
{
	static const char shown[] =
	    "{\"number\":\"A-2026-001\",\"kind\":\"action\",\"state\":\"OPEN\"}";
	char form[80], id[64], body[512];
	Sems__V1__ClientFrame *f;
	const char *heard;

	signed_open(&o);
	signed_get(&o, "/case/A-2026-001/tell/CLAIM");
	signed_answer(&o, BODY(CASE), shown);
	heard = signed_heard(&o);
	signed_form(&o, form);
	snprintf(id, sizeof id, "%.36s", strstr(heard, "name=\"event_id\" value=\"") + 23);
	snprintf(body, sizeof body, "%s&event_id=%s&text=%%3Cdone%%3E", form, id);
	signed_post(&o, "/case/A-2026-001/tell/CLAIM", body);
	f = signed_asked(&o, BODY(CASE));
	cr_expect_str_eq(f->request->case_->events[0]->number, "A-2026-001");
	cr_expect_str_eq(f->request->case_->events[0]->event, "CLAIM");
	far_fail(o.line[0], f->request->request_no, SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_INVALID,
		 "text", "says too little");
	signed_free(f);
	signed_answer(&o, BODY(CASE), shown);
	heard = signed_heard(&o);
	cr_expect_eq(strncmp(heard, "HTTP/1.1 400", 12), 0, "%s", heard);
	cr_expect_not_null(strstr(heard, "<p class=\"error\">says too little</p>"));
	cr_expect_not_null(strstr(heard, "&lt;done&gt;</textarea>"));
	cr_expect_not_null(strstr(heard, id), "it is the same event");
	signed_close(&o);
}

/* P-1415: who accepts a risk answers for it, and a "yes" accepts nothing. */
Test(case_step, has_an_acceptance_signed)
{
	static const char shown[] =
	    "{\"number\":\"AC-2026-001\",\"kind\":\"acceptance\",\"state\":\"PROPOSED\"}";
	char form[80], id[64], body[512];
	Sems__V1__ClientFrame *f;
	const char *heard;

	signed_open(&o);
	o.role = "manager";
	signed_get(&o, "/case/AC-2026-001/tell/ACCEPT");
	signed_answer(&o, BODY(CASE), shown);
	heard = signed_heard(&o);
	cr_expect_not_null(strstr(heard, "id=\"h-confirm\">AC-2026-001</p>"), "%s", heard);
	signed_form(&o, form);
	snprintf(id, sizeof id, "%.36s", strstr(heard, "name=\"event_id\" value=\"") + 23);
	snprintf(body, sizeof body, "%s&event_id=%s&digest=ab&confirm=yes", form, id);
	signed_post(&o, "/case/AC-2026-001/tell/ACCEPT", body);
	signed_answer(&o, BODY(CASE), shown);
	cr_expect_eq(strncmp(signed_heard(&o), "HTTP/1.1 403", 12), 0);
	snprintf(body, sizeof body, "%s&event_id=%s&digest=ab&confirm=AC-2026-001", form, id);
	signed_post(&o, "/case/AC-2026-001/tell/ACCEPT", body);
	f = signed_asked(&o, BODY(CASE));
	cr_expect_str_eq(f->request->case_->events[0]->event, "ACCEPT");
	cr_assert_eq(f->request->case_->events[0]->n_words, 1);
	cr_expect_str_eq(f->request->case_->events[0]->words[0]->name, "digest");
	signed_say(&o, f, "{\"results\":[{\"number\":\"AC-2026-001\"}]}");
	signed_free(f);
	cr_expect_not_null(strstr(signed_heard(&o), "Location: /case/AC-2026-001\r\n"));
	signed_close(&o);
}
