#include "base/count.h"
#include "tests/web/desk/stand.h"
#include "web/person/challenge.h"
#include "web/person/origin.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

static struct stand s;
static struct origin site;

static void
open_site(void)
{
	cr_assert_null(origin_parse("https://sems.example", &site));
	stand_open_site(&s, (struct site_config){.origin = &site});
}

static const char *
post(const char *path, const char *headers, const char *body)
{
	char all[512];

	snprintf(all, sizeof all, "Content-Type: application/json\r\n%s", headers);
	stand_post(&s, path, all, body, strlen(body));
	return stand_answer(&s);
}

static bool
has_status(const char *heard, int status)
{
	char line[32];

	snprintf(line, sizeof line, "HTTP/1.1 %d", status);
	return strncmp(heard, line, strlen(line)) == 0;
}

static const char *const paths[] = {"/passkey/invited", "/passkey/register", "/passkey/begin",
				    "/passkey/sign-in"};

Test(passkey, is_nothing_without_an_origin)
{
	stand_open(&s, NULL);
	for (size_t i = 0; i < COUNT(paths); i++)
		cr_expect(has_status(post(paths[i], "", "{}"), 404), "%s", paths[i]);
	cr_expect(far_is_quiet(&s.semsd));
	stand_close(&s);
}

/* P-1402: JSON, which no form of another site's sends. */
Test(passkey, takes_json_of_this_sites_own)
{
	open_site();
	for (size_t i = 0; i < COUNT(paths); i++) {
		stand_post(&s, paths[i], "Content-Type: text/plain\r\n", "{}", 2);
		cr_expect(has_status(stand_answer(&s), 415), "%s", paths[i]);
		cr_expect(has_status(post(paths[i], "Sec-Fetch-Site: cross-site\r\n", "{}"), 403),
			  "%s", paths[i]);
	}
	cr_expect(has_status(post("/passkey/sign-in", "", "[]"), 400));
	cr_expect(has_status(post("/passkey/register", "", "[]"), 400));
	cr_expect(has_status(post("/passkey/invited", "", "[]"), 400));
	cr_expect(far_is_quiet(&s.semsd));
	stand_close(&s);
}

/* P-1403 */
Test(passkey, is_asked_to_sign_something_of_this_browsers_own)
{
	char cookie[200];
	const char *heard;

	open_site();
	heard = post("/passkey/begin", "", "{}");
	cr_expect(has_status(heard, 200), "%s", heard);
	cr_expect_not_null(strstr(heard, "\"rpId\":\"sems.example\""));
	cr_expect_not_null(strstr(heard, "Set-Cookie: sems-try="));
	cr_expect_not_null(strstr(heard, "; Path=/; HttpOnly; SameSite=Strict; Max-Age=120\r\n"));
	snprintf(cookie, sizeof cookie, "Cookie: %.*s\r\n", 9 + 64,
		 strstr(heard, "Set-Cookie: ") + 12);
	heard = post("/passkey/sign-in", "", "{}");
	cr_expect(has_status(heard, 403) && strstr(heard, "nothing was asked") != NULL, "%s",
		  heard);
	heard = post("/passkey/sign-in", cookie, "{}");
	cr_expect(has_status(heard, 403) && strstr(heard, "clientDataJSON") != NULL, "%s", heard);
	heard = post("/passkey/sign-in", cookie, "{}");
	cr_expect(strstr(heard, "nothing was asked") != NULL, "once: %s", heard);
	cr_expect(far_is_quiet(&s.semsd), "semsd is asked about nothing of it");
	stand_close(&s);
}

/* P-1402: of a link semsd is asked, and says whom it is for. */
Test(passkey, of_a_link_semsd_says_whose_it_is)
{
	static const char link[] = "{\"link\":\"ab\"}";
	Sems__V1__ClientFrame *f;
	struct far_line *l;
	char whom[128];
	const char *heard;

	open_site();
	stand_post(&s, "/passkey/invited", "Content-Type: application/json\r\n", link,
		   sizeof link - 1);
	l = far_accept(&s.semsd);
	far_greeted(l, whom);
	cr_expect_str_eq(whom, "", "semsweb asks for itself");
	far_welcome(l, "unix:web", "gateway");
	f = far_hear(l);
	cr_assert_eq(f->request->body_case, SEMS__V1__REQUEST__BODY_PASSKEY);
	cr_expect_eq(f->request->passkey->operation,
		     SEMS__V1__PASSKEY_OPERATION__PASSKEY_OPERATION_LOOK);
	cr_expect_str_eq(f->request->passkey->link, "ab");
	far_document(l, f->request->request_no,
		     "{\"principal\":\"web:rita\",\"name\":\"Rita\",\"known\":[]}", false);
	sems__v1__client_frame__free_unpacked(f, NULL);
	heard = stand_answer(&s);
	cr_expect(has_status(heard, 200), "%s", heard);
	cr_expect_not_null(strstr(heard, "\"principal\":\"web:rita\""));
	cr_expect_not_null(strstr(heard, "\"challenge\":\""));
	stand_post(&s, "/passkey/invited", "Content-Type: application/json\r\n", link,
		   sizeof link - 1);
	f = far_hear(l);
	far_fail(l, f->request->request_no, SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_NOT_FOUND, "",
		 "the link was used");
	sems__v1__client_frame__free_unpacked(f, NULL);
	heard = stand_answer(&s);
	cr_expect(has_status(heard, 403) && strstr(heard, "the link was used") != NULL, "%s",
		  heard);
	far_end_line(l);
	stand_close(&s);
}

/* P-1403 */
Test(passkey, gives_an_address_another_challenge_for_its_oldest)
{
	open_site();
	for (int i = 0; i < CHALLENGES_MOST + 1; i++)
		cr_expect(has_status(post("/passkey/begin", "", "{}"), 200), "%d", i);
	stand_close(&s);
}
