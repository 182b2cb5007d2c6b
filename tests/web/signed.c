#include "tests/web/signed.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

void
signed_post(struct signed_in *o, const char *path, const char *form)
{
	char headers[512];

	snprintf(headers, sizeof headers,
		 "Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: "
		 "same-origin\r\n%s",
		 o->cookie);
	stand_post(&o->s, path, headers, form, strlen(form));
}

void
signed_open(struct signed_in *o)
{
	char secret[SECRET_SIZE], form[80];
	const char *heard;
	const char *at;

	*o = (struct signed_in){.role = "admin", .principal = "unix:me"};
	stand_open(&o->s, NULL);
	cr_assert(site_owner_link(o->s.site, secret));
	snprintf(form, sizeof form, "key=%s", secret);
	signed_post(o, "/enter", form);
	heard = stand_answer(&o->s);
	at = strstr(heard, "Set-Cookie: ");
	cr_assert_not_null(at, "%s", heard);
	snprintf(o->cookie, sizeof o->cookie, "Cookie: a=b; %.*s\r\n", (int)strcspn(at + 12, ";"),
		 at + 12);
}

static void
end_lines(struct signed_in *o)
{
	for (int i = 0; i < 2; i++)
		if (o->line[i] != NULL)
			far_end_line(o->line[i]);
	o->line[0] = o->line[1] = NULL;
	o->asked = 0;
}

void
signed_close(struct signed_in *o)
{
	end_lines(o);
	stand_close(&o->s);
}

void
signed_get(struct signed_in *o, const char *path)
{
	char request[1024];

	o->s.talk.n = 0;
	o->s.talk.heard[0] = '\0';
	snprintf(request, sizeof request, "GET %s HTTP/1.1\r\n%s\r\n", path, o->cookie);
	talk_say(&o->s.talk, request, strlen(request));
}

Sems__V1__ClientFrame *
signed_asked(struct signed_in *o, int body)
{
	struct far_line **l = &o->line[o->asked++ % 2];
	Sems__V1__ClientFrame *f;
	char whom[128];

	if (*l == NULL) {
		*l = far_accept(&o->s.semsd);
		far_greeted(*l, whom);
		cr_expect_str_eq(whom, "", "the owner is whoever semsweb is");
		far_welcome(*l, o->principal, o->role);
	}
	f = far_hear(*l);
	cr_assert_not_null(f);
	cr_assert_eq(f->body_case, SEMS__V1__CLIENT_FRAME__BODY_REQUEST);
	cr_assert_eq((int)f->request->body_case, body, "asked %d for %d",
		     (int)f->request->body_case, body);
	return f;
}

void
signed_free(Sems__V1__ClientFrame *f)
{
	sems__v1__client_frame__free_unpacked(f, NULL);
}

void
signed_say(struct signed_in *o, const Sems__V1__ClientFrame *f, const char *document)
{
	struct far_line *l = o->line[(o->asked + 1) % 2];

	if (document[0] == '!')
		far_fail(l, f->request->request_no,
			 SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_FORBIDDEN, "", document + 1);
	else
		far_document(l, f->request->request_no, document, false);
	talk_settle(o->s.base);
}

void
signed_answer(struct signed_in *o, int body, const char *document)
{
	Sems__V1__ClientFrame *f = signed_asked(o, body);

	signed_say(o, f, document);
	signed_free(f);
}

const char *
signed_heard(struct signed_in *o)
{
	const char *heard = stand_answer(&o->s);

	end_lines(o);
	return heard;
}

void
signed_form(const struct signed_in *o, char form[80])
{
	const char *at = strstr(o->s.talk.heard, "name=\"form\" value=\"");

	cr_assert_not_null(at, "%s", o->s.talk.heard);
	snprintf(form, 80, "form=%.64s", at + 19);
}
