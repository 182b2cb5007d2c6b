#include "base/count.h"
#include "tests/web/desk/stand.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

static struct stand s;
static char cookie[128]; /* as a browser would send it; "": none */

static const char *
get(const char *path)
{
	char request[512];

	snprintf(request, sizeof request, "GET %s HTTP/1.1\r\n%s%s\r\n", path, cookie,
		 cookie[0] == '\0' ? "" : "\r\n");
	return talk_ask(&s.talk, request);
}

static const char *
post_form(const char *path, const char *form)
{
	char headers[256];

	snprintf(headers, sizeof headers,
		 "Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: "
		 "same-origin\r\n%s%s",
		 cookie, cookie[0] == '\0' ? "" : "\r\n");
	stand_post(&s, path, headers, form, strlen(form));
	return stand_answer(&s);
}

static void
open_page(char key[80])
{
	char secret[SECRET_SIZE];

	cookie[0] = '\0';
	stand_open(&s, NULL);
	cr_assert(site_owner_link(s.site, secret));
	snprintf(key, 80, "key=%s", secret);
}

static void
sign_in(const char *key)
{
	const char *heard = post_form("/enter", key);
	const char *at = strstr(heard, "Set-Cookie: ");

	cr_assert_not_null(at, "%s", heard);
	snprintf(cookie, sizeof cookie, "Cookie: a=b; %.*s", (int)strcspn(at + 12, ";"), at + 12);
}

static void
status_is(const char *document)
{
	struct far_line *l = far_accept(&s.semsd);
	Sems__V1__ClientFrame *f;
	char whom[128];

	far_greeted(l, whom);
	cr_expect_str_eq(whom, "", "the owner is whoever semsweb is");
	far_welcome(l, "unix:<me>", "admin");
	f = far_hear(l);
	cr_assert_eq(f->request->body_case, SEMS__V1__REQUEST__BODY_STATUS);
	far_document(l, f->request->request_no, document, false);
	sems__v1__client_frame__free_unpacked(f, NULL);
	talk_settle(s.base);
	far_end_line(l);
}

static void
front(const char *document)
{
	char request[300];

	s.talk.n = 0;
	s.talk.heard[0] = '\0';
	snprintf(request, sizeof request, "GET / HTTP/1.1\r\n%s\r\n\r\n", cookie);
	talk_say(&s.talk, request, strlen(request));
	status_is(document);
	stand_answer(&s);
}

Test(page, tells_nothing_to_who_is_not_signed_in)
{
	char key[80];

	open_page(key);
	cr_expect_not_null(strstr(get("/"), "Nobody is signed in here."));
	snprintf(cookie, sizeof cookie, "Cookie: sems=%s", key + 4);
	cr_expect_not_null(strstr(get("/"), "Nobody is signed in here."), "a link is no cookie");
	cr_expect(far_is_quiet(&s.semsd));
	stand_close(&s);
}

/* A cookie that another host of the domain may set holds none of ours. */
Test(page, takes_no_secret_out_of_another_cookie)
{
	char key[80], secret[80];

	open_page(key);
	sign_in(key);
	snprintf(secret, sizeof secret, "%s", strstr(cookie, "sems="));
	snprintf(cookie, sizeof cookie, "Cookie: a=&%s", secret);
	cr_expect_not_null(strstr(get("/"), "Nobody is signed in here."));
	snprintf(cookie, sizeof cookie, "Cookie: a= %s", secret);
	cr_expect_not_null(strstr(get("/"), "Nobody is signed in here."));
	cr_expect(far_is_quiet(&s.semsd));
	stand_close(&s);
}

Test(page, signs_the_owner_in_by_a_button_once)
{
	char key[80], path[100];

	open_page(key);
	snprintf(path, sizeof path, "/enter?%s", key);
	for (int i = 0; i < 2; i++) {
		const char *heard = get(path);

		cr_expect_not_null(strstr(heard, "<form method=\"post\" action=\"/enter\">"));
		cr_expect_not_null(strstr(heard, key + 4), "to look changes nothing");
		cr_expect_null(strstr(heard, "Set-Cookie"));
	}
	cr_expect_eq(strncmp(post_form("/enter", "key=0"), "HTTP/1.1 403", 12), 0);
	cr_expect_eq(strncmp(post_form("/enter", ""), "HTTP/1.1 403", 12), 0);
	sign_in(key);
	cr_expect_eq(strncmp(s.talk.heard, "HTTP/1.1 303", 12), 0);
	cr_expect_not_null(strstr(s.talk.heard, "; Path=/; HttpOnly; SameSite=Strict\r\n"));
	cr_expect_not_null(strstr(s.talk.heard, "Location: /\r\n"));
	cr_expect_eq(strncmp(post_form("/enter", key), "HTTP/1.1 403", 12), 0, "once");
	stand_close(&s);
}

Test(page, shows_who_one_is_and_how_semsd_is)
{
	char key[80];

	open_page(key);
	sign_in(key);
	front("{\"entity\":\"E\",\"gaps\":[]}");
	cr_expect_not_null(strstr(s.talk.heard, "<h1>Northfield</h1>"), "%s", s.talk.heard);
	cr_expect_not_null(strstr(s.talk.heard, "<dd>unix:&lt;me&gt;</dd>"), "and is escaped");
	cr_expect_not_null(strstr(s.talk.heard, "<dd>admin</dd>"));
	cr_expect_not_null(strstr(s.talk.heard, "OK: nothing is wrong."));
	front("{\"entity\":\"E\",\"gaps\":[{}],\"silent_total\":1}");
	cr_expect_null(strstr(s.talk.heard, "OK: nothing"));
	cr_expect_not_null(strstr(s.talk.heard, "Records may be missing"));
	cr_expect_not_null(strstr(s.talk.heard, "Feeds are silent."));
	stand_close(&s);
}

Test(page, says_so_when_semsd_is_away)
{
	char key[80];

	open_page(key);
	sign_in(key);
	far_close(&s.semsd);
	cr_expect_not_null(strstr(get("/"), "semsd does not answer"), "%s", s.talk.heard);
	cr_expect_not_null(strstr(s.talk.heard, "<dd>not known now</dd>"));
	far_open(&s.semsd, s.base);
	stand_close(&s);
}

/* A cookie comes with what another page sends, too; the form's own secret does not. */
Test(page, signs_out_by_its_own_form_alone)
{
	char key[80], form[80];
	const char *at;

	open_page(key);
	sign_in(key);
	front("{\"entity\":\"E\"}");
	at = strstr(s.talk.heard, "name=\"form\" value=\"");
	cr_assert_not_null(at);
	snprintf(form, sizeof form, "form=%.64s", at + 19);
	cr_expect_eq(strncmp(post_form("/leave", ""), "HTTP/1.1 403", 12), 0);
	cr_expect_eq(strncmp(post_form("/leave", key), "HTTP/1.1 403", 12), 0);
	front("{\"entity\":\"E\"}");
	cr_expect_eq(strncmp(s.talk.heard, "HTTP/1.1 200", 12), 0);
	cr_expect_eq(strncmp(post_form("/leave", form), "HTTP/1.1 303", 12), 0, "%s", s.talk.heard);
	cr_expect_not_null(strstr(s.talk.heard,
				  "Set-Cookie: sems=; Path=/; HttpOnly; SameSite=Strict; "
				  "Max-Age=0\r\n"));
	cr_expect_not_null(strstr(get("/"), "Nobody is signed in here."));
	stand_close(&s);
}

Test(page, has_its_style_beside_it)
{
	char key[80];

	open_page(key);
	cr_expect_not_null(strstr(get("/style.css"), "Content-Type: text/css; charset=utf-8\r\n"));
	stand_close(&s);
}
