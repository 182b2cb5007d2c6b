#include "tests/web/signed.h"
#include "web/view/view.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

static struct signed_in o;

#define BODY(name) SEMS__V1__REQUEST__BODY_##name

/* What else an administrator's home asks, where there is no quarter. */
static void
answer_rest(void)
{
	signed_answer(&o, BODY(CASE), "{\"cases\":[]}");
	signed_answer(&o, BODY(PENDING), "{\"pending\":[]}");
	signed_answer(&o, BODY(QUARANTINE), "{\"reasons\":[]}");
}

static const char *
home(const char *status)
{
	signed_get(&o, "/");
	signed_answer(&o, BODY(STATUS), status);
	answer_rest();
	return signed_heard(&o);
}

Test(view, shows_who_one_is_and_how_semsd_is)
{
	const char *heard;

	signed_open(&o);
	o.principal = "unix:<me>";
	heard = home("{\"entity\":\"E\",\"gaps\":[]}");
	cr_expect_not_null(strstr(heard, "<h1>Northfield</h1>"), "%s", heard);
	cr_expect_not_null(strstr(heard, "<dt>You are</dt><dd>unix:&lt;me&gt;</dd>"));
	cr_expect_not_null(strstr(heard, "<dd>admin</dd>"));
	cr_expect_not_null(strstr(heard, "OK: nothing is wrong."));
	cr_expect_null(strstr(heard, " style="));
	heard = home("{\"entity\":\"E\",\"gaps\":[{}],\"silent_total\":1}");
	cr_expect_null(strstr(heard, "OK: nothing"));
	cr_expect_not_null(strstr(heard, "Records may be missing"));
	cr_expect_not_null(strstr(heard, "<a href=\"/feeds\">Feeds are silent.</a>"));
	signed_close(&o);
}

/* P-1414: what a role has no right for is not asked, and what is refused leaves its part out. */
Test(view, leaves_out_what_is_not_for_the_role)
{
	const char *heard;

	signed_open(&o);
	o.role = "supervisor";
	signed_get(&o, "/");
	signed_answer(&o, BODY(STATUS), "!status is for others");
	signed_answer(&o, BODY(CASE),
		      "{\"cases\":[{\"number\":\"A-2026-001\",\"title\":\"<x>\"}]}");
	heard = signed_heard(&o);
	cr_expect_eq(strncmp(heard, "HTTP/1.1 200", 12), 0, "%s", heard);
	cr_expect_null(strstr(heard, "status is for others"));
	cr_expect_null(strstr(heard, "<h2>Quarters</h2>"));
	cr_expect_null(strstr(heard, "quarantine"));
	cr_expect_not_null(strstr(heard, "A-2026-001</a>"));
	cr_expect_not_null(strstr(heard, "&lt;x&gt;"));
	signed_close(&o);
}

Test(view, says_so_when_semsd_is_away)
{
	const char *heard;

	signed_open(&o);
	far_close(&o.s.semsd);
	signed_get(&o, "/");
	heard = signed_heard(&o);
	cr_expect_not_null(strstr(heard, "semsd does not answer"), "%s", heard);
	cr_expect_not_null(strstr(heard, "<dd>not known now</dd>"));
	far_open(&o.s.semsd, o.s.base);
	signed_close(&o);
}

/* A cookie comes with what another page sends, too; the form's own secret does not. */
Test(view, signs_out_by_its_own_form_alone)
{
	const char *heard;
	char form[80];

	signed_open(&o);
	home("{\"entity\":\"E\"}");
	signed_form(&o, form);
	signed_post(&o, "/leave", "");
	cr_expect_eq(strncmp(signed_heard(&o), "HTTP/1.1 403", 12), 0);
	signed_post(&o, "/leave",
		    "form=0000000000000000000000000000000000000000000000000000000000000000");
	cr_expect_eq(strncmp(signed_heard(&o), "HTTP/1.1 403", 12), 0);
	cr_expect_eq(strncmp(home("{\"entity\":\"E\"}"), "HTTP/1.1 200", 12), 0);
	signed_post(&o, "/leave", form);
	heard = signed_heard(&o);
	cr_expect_eq(strncmp(heard, "HTTP/1.1 303", 12), 0, "%s", heard);
	cr_expect_not_null(strstr(heard, "Set-Cookie: sems=; Path=/; HttpOnly; SameSite=Strict; "
					 "Max-Age=0\r\n"));
	signed_get(&o, "/");
	cr_expect_not_null(strstr(signed_heard(&o), "Nobody is signed in here."));
	signed_close(&o);
}

/* Whoever asked may go at any question; nothing is left of it. */
Test(view, ends_with_whoever_asked)
{
	Sems__V1__ClientFrame *f;

	signed_open(&o);
	signed_get(&o, "/");
	signed_answer(&o, BODY(STATUS), "{\"entity\":\"E\"}");
	f = signed_asked(&o, BODY(CASE));
	talk_close(&o.s.talk);
	signed_say(&o, f, "{\"cases\":[]}");
	signed_free(f);
	talk_open(&o.s.talk, o.s.base, "127.0.0.1", o.s.port);
	signed_close(&o);
}

Test(view, refuses_a_query_that_is_no_text)
{
	signed_open(&o);
	signed_get(&o, "/?a=%ff");
	cr_expect_eq(strncmp(signed_heard(&o), "HTTP/1.1 400", 12), 0);
	cr_expect(far_is_quiet(&o.s.semsd));
	signed_close(&o);
}
