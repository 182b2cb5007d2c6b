#include "base/count.h"
#include "tests/render/document_fixture.h"
#include "tests/web/shown.h"
#include "tests/web/signed.h"
#include "web/step/spd_step.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BODY(name) SEMS__V1__REQUEST__BODY_##name
#define PAPERS     "abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789"

static void
links(struct showing *s, struct buf *b)
{
	spd_step_links(s, b);
}

/* By the machine of PROTOCOL.md and the roles of its rights, written down once more. */
Test(spd_step, offers_what_may_follow_to_whom_it_is_for)
{
	static const struct {
		enum role role;
		const char *state;
		const char *paths; /* in the order of the page */
	} rows[] = {
	    {ROLE_COMPLIANCE, "COLLECTING", "freeze"},
	    {ROLE_AUDITOR, "COLLECTING", ""},
	    {ROLE_AUDITOR, "DRAFT", "comment review reject check"},
	    {ROLE_COMPLIANCE, "DRAFT", "comment review reject withdraw check"},
	    {ROLE_ADMIN, "DRAFT", "comment withdraw check"},
	    {ROLE_MANAGER, "IN_QA", "comment approve reject"},
	    {ROLE_AUDITOR, "IN_QA", "comment reject"},
	    {ROLE_COMPLIANCE, "APPROVED", "submit reject withdraw"},
	    {ROLE_MANAGER, "APPROVED", "reject"},
	    {ROLE_COMPLIANCE, "SUBMITTED", "acknowledge reject withdraw revise"},
	    {ROLE_COMPLIANCE, "ACKNOWLEDGED", "revise"},
	    {ROLE_COMPLIANCE, "REJECTED", "freeze revise"},
	    {ROLE_SUPERVISOR, "DRAFT", ""},
	    {ROLE_COMPLIANCE, "OPEN", ""},
	    {ROLE_COMPLIANCE, "<nothing>", ""},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char status[64], found[256] = "";
		const char *said;

		shown_begin(rows[i].role, "/quarter/2026-Q2", "");
		snprintf(status, sizeof status, "{\"state\":\"%s\"}", rows[i].state);
		shown_said(0, status);
		said = shown_print(links);
		for (const char *p = said; (p = strstr(p, "/quarter/2026-Q2/")) != NULL;) {
			p += strlen("/quarter/2026-Q2/");
			snprintf(found + strlen(found), sizeof found - strlen(found), "%s%.*s",
				 found[0] == '\0' ? "" : " ", (int)strcspn(p, "\""), p);
		}
		cr_expect_str_eq(found, rows[i].paths, "row %zu", i);
		shown_end();
	}
}

/* --- by the owner, who types what he signs ---------------------------------------------------- */

static struct signed_in o;

static void
answer_page(const char *state)
{
	char status[512];
	json_t *doc = spd_fixture();
	char *text = json_dumps(doc, JSON_COMPACT);

	snprintf(status, sizeof status,
		 "{\"quarter\":\"2026-Q2\",\"state\":\"%s\",\"papers\":\"" PAPERS
		 "\",\"revision\":{\"revision\":2,\"sha256\":\"ab\"},\"events\":[]}",
		 state);
	signed_answer(&o, BODY(SPD), status);
	signed_answer(&o, BODY(SPD), text);
	signed_answer(&o, BODY(SPD), "!no declaration");
	signed_answer(&o, BODY(SPD), "{\"revisions\":[]}");
	free(text);
	json_decref(doc);
}

static const char *
show(const char *path, const char *state)
{
	signed_get(&o, path);
	answer_page(state);
	return signed_heard(&o);
}

Test(spd_step, shows_what_is_signed_and_asks_for_it)
{
	const char *heard;

	signed_open(&o);
	o.role = "manager";
	heard = show("/quarter/2026-Q2/approve", "IN_QA");
	cr_expect_eq(strncmp(heard, "HTTP/1.1 200", 12), 0);
	cr_expect_not_null(strstr(heard, "<dd>" PAPERS "</dd>"), "%s", heard);
	cr_expect_not_null(strstr(heard, "<h2>Summary</h2>"));
	cr_expect_not_null(strstr(heard, "<h2>Declaration</h2>"));
	cr_expect_not_null(strstr(heard, "id=\"h-confirm\">2 abcdef01</p>"));
	cr_expect_not_null(strstr(heard, "name=\"seen\" value=\"" PAPERS "\">"));
	cr_expect_not_null(strstr(heard, "<p class=\"marking\">OFFICIAL-SENSITIVE</p>"));
	signed_close(&o);
}

/* P-1415: a "yes" signs nothing, nor do the digits of other papers. */
Test(spd_step, signs_by_what_is_typed_alone)
{
	static const char *const wrong[] = {"yes", "", "2 abcdef0", "1 abcdef01", "2 ABCDEF01"};
	char form[80], body[512];
	Sems__V1__ClientFrame *f;
	const char *heard;

	signed_open(&o);
	o.role = "manager";
	show("/quarter/2026-Q2/approve", "IN_QA");
	signed_form(&o, form);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		snprintf(body, sizeof body, "%s&revision=2&seen=" PAPERS "&confirm=%s", form,
			 wrong[i]);
		for (char *p = strchr(body, ' '); p != NULL; p = strchr(p, ' '))
			*p = '+';
		signed_post(&o, "/quarter/2026-Q2/approve", body);
		answer_page("IN_QA");
		heard = signed_heard(&o);
		cr_expect_eq(strncmp(heard, "HTTP/1.1 403", 12), 0, "%s: %s", wrong[i], heard);
		cr_expect_not_null(strstr(heard, "There is a problem"));
		cr_expect_not_null(strstr(heard, "href=\"#f-confirm\""));
	}
	snprintf(body, sizeof body, "%s&revision=2&seen=" PAPERS "&confirm=2+abcdef01&text=well",
		 form);
	signed_post(&o, "/quarter/2026-Q2/approve", body);
	f = signed_asked(&o, BODY(SPD));
	cr_expect_eq(f->request->spd->operation, SEMS__V1__SPD_OPERATION__SPD_OPERATION_APPROVE);
	cr_expect_str_eq(f->request->spd->quarter, "2026-Q2");
	cr_expect_eq(f->request->spd->revision, 2);
	cr_expect_str_eq(f->request->spd->seen, PAPERS);
	cr_expect_str_eq(f->request->spd->text, "well");
	signed_say(&o, f, "{\"state\":\"APPROVED\"}");
	signed_free(f);
	heard = signed_heard(&o);
	cr_expect_eq(strncmp(heard, "HTTP/1.1 303", 12), 0, "%s", heard);
	cr_expect_not_null(strstr(heard, "Location: /quarter/2026-Q2\r\n"));
	signed_close(&o);
}

/* Another page's form lacks the secret, and semsd is asked for the page alone. */
Test(spd_step, takes_its_own_form_alone)
{
	const char *heard;

	signed_open(&o);
	o.role = "manager";
	signed_post(&o, "/quarter/2026-Q2/approve",
		    "revision=2&seen=" PAPERS "&confirm=2+abcdef01");
	answer_page("IN_QA");
	heard = signed_heard(&o);
	cr_expect_eq(strncmp(heard, "HTTP/1.1 403", 12), 0, "%s", heard);
	cr_expect_not_null(strstr(heard, "of no use any more"));
	signed_close(&o);
}

/* A comment signs nothing; what semsd refuses stands at its field, and nothing typed is lost. */
Test(spd_step, tells_what_semsd_refuses)
{
	char form[80], body[512];
	Sems__V1__ClientFrame *f;
	const char *heard;

	signed_open(&o);
	show("/quarter/2026-Q2/comment?metric=OUT03&site=T1", "DRAFT");
	cr_expect_not_null(strstr(o.s.talk.heard, "name=\"by.site\" value=\"T1\">"));
	signed_form(&o, form);
	snprintf(body, sizeof body, "%s&revision=2&metric=OUT03&text=%%3Cwhy%%3E&by.site=T1", form);
	signed_post(&o, "/quarter/2026-Q2/comment", body);
	f = signed_asked(&o, BODY(SPD));
	cr_expect_eq(f->request->spd->operation, SEMS__V1__SPD_OPERATION__SPD_OPERATION_COMMENT);
	cr_expect_str_eq(f->request->spd->metric, "OUT03");
	cr_assert_eq(f->request->spd->n_by, 1);
	cr_expect_str_eq(f->request->spd->by[0]->name, "site");
	cr_expect_str_eq(f->request->spd->by[0]->value, "T1");
	far_fail(o.line[0], f->request->request_no, SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_INVALID,
		 "text", "says too little");
	signed_free(f);
	answer_page("DRAFT");
	heard = signed_heard(&o);
	cr_expect_eq(strncmp(heard, "HTTP/1.1 400", 12), 0, "%s", heard);
	cr_expect_not_null(strstr(heard, "<p><a href=\"#f-text\">says too little</a></p>"));
	cr_expect_not_null(strstr(heard, ">&lt;why&gt;</textarea>"));
	cr_expect_not_null(strstr(heard, "name=\"by.site\" value=\"T1\">"));
	signed_close(&o);
}

Test(spd_step, shows_what_the_check_finds)
{
	const char *said;

	shown_begin(ROLE_AUDITOR, "/quarter/2026-Q2/check", "");
	shown_said(0,
		   "{\"ok\":false,\"checks\":[{\"about\":\"all <is> well\",\"ok\":true},"
		   "{\"about\":\"b\",\"ok\":false,\"count\":2,\"todo\":\"say why: spd.comment\","
		   "\"actions\":[{\"action\":\"spd.comment\"}],\"found\":[\"OUT03\",\"<x>\"]}]}");
	said = shown_print(check_print);
	cr_expect_not_null(strstr(said, "put right before it is reviewed"));
	cr_expect_not_null(strstr(said, "all &lt;is&gt; well</span> <span class=\"state\">right"));
	cr_expect_not_null(strstr(said, "2 wrong"));
	cr_expect_not_null(strstr(said, "say why: &quot;Comment on a figure&quot;"), "%s", said);
	cr_expect_not_null(strstr(said, "OUT03, &lt;x&gt;"));
	shown_end();
}
