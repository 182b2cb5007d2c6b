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

Test(page, has_its_style_beside_it)
{
	char key[80];

	open_page(key);
	cr_expect_not_null(strstr(get("/style.css"), "Content-Type: text/css; charset=utf-8\r\n"));
	cr_expect_not_null(strstr(s.talk.heard, "prefers-color-scheme: dark"));
	stand_close(&s);
}
