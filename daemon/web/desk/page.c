#include "web/desk/page.h"

#include "base/json/jsonin.h"
#include "web/desk/headline.h"
#include "web/desk/html.h"
#include "web/desk/work.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define PAGE_SIZE   ((size_t)256 * 1024)
#define COOKIE_SIZE 256

static const char style[] =
    "body{font:1rem/1.5 system-ui,Arial,sans-serif;margin:0;color:#111;background:#fff}\n"
    "main{max-width:44rem;margin:0 auto;padding:1rem}\n"
    "h1{font-size:1.5rem}\n"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem}\n"
    "dt{font-weight:bold}\ndd{margin:0}\n"
    ".good{border-left:.5rem solid #00703c;padding:.5rem 1rem}\n"
    ".bad{border-left:.5rem solid #b10e1e;padding:.5rem 1rem}\n"
    "button{font:inherit;padding:.5rem 1rem}\n"
    "button:focus,a:focus{outline:.2rem solid #ffbf47;outline-offset:.1rem}\n";

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* --- what a browser shows --------------------------------------------------------------------- */

/* A name of its own in TLS, which no page in plain can have set. */
static const char *
cookie_name(const struct asked *a)
{
	return asked_is_tls(a) ? "__Host-sems" : "sems";
}

/* So many digits follow; what is taken has no end of its own. */
static bool
is_secret(const char *p)
{
	for (size_t i = 0; i < SECRET_SIZE - 1; i++)
		if (p[i] == '\0' || strchr("0123456789abcdef", p[i]) == NULL)
			return false;
	return true;
}

/* The hexadecimal value behind name= in a query, a form or a header; out is "" else. */
static void
take_secret(struct text t, const char *name, char out[SECRET_SIZE])
{
	const size_t length = strlen(name);

	out[0] = '\0';
	for (size_t i = 0; i + length + SECRET_SIZE - 1 <= t.n; i++) {
		bool begins = i == 0 || strchr("&; ", t.s[i - 1]) != NULL;

		if (!begins || memcmp(t.s + i, name, length) != 0 || !is_secret(t.s + i + length))
			continue;
		memcpy(out, t.s + i + length, SECRET_SIZE - 1);
		out[SECRET_SIZE - 1] = '\0';
		return;
	}
}

static struct signin *
signed_in(struct desk *d, const struct asked *a)
{
	char name[32], secret[SECRET_SIZE];

	snprintf(name, sizeof name, "%s=", cookie_name(a));
	take_secret(text_of(asked_header(a, "Cookie")), name, secret);
	return signin_find(&d->signins, secret, now_ms());
}

/* Empty where it is over: then the browser forgets it. */
static void
write_cookie(const struct asked *a, const char *secret, char out[COOKIE_SIZE])
{
	snprintf(out, COOKIE_SIZE, "%s=%s; Path=/; HttpOnly; SameSite=Strict%s%s", cookie_name(a),
		 secret, asked_is_tls(a) ? "; Secure" : "", secret[0] == '\0' ? "; Max-Age=0" : "");
}

/* --- answers ---------------------------------------------------------------------------------- */

static void
show(struct asked *a, int status, const struct buf *page)
{
	if (page->failed)
		answer_refuse(a, 503, 1, "", "out of memory: try again");
	else
		answer_give(a, &(struct answer){.status = status,
						.type = "text/html; charset=utf-8",
						.body = {(const char *)page->p, page->n}});
}

static void
go_to_front(struct asked *a, const char *secret)
{
	char cookie[COOKIE_SIZE];

	write_cookie(a, secret, cookie);
	answer_give(a, &(struct answer){.status = 303, .location = "/", .cookie = cookie});
}

static void
put_form(struct buf *b, const char *action, const char *name, const char *secret,
	 const char *button)
{
	html_put(b, "<form method=\"post\" action=\"");
	html_text(b, action);
	html_put(b, "\"><input type=\"hidden\" name=\"");
	html_text(b, name);
	html_put(b, "\" value=\"");
	html_text(b, secret);
	html_put(b, "\"><button>");
	html_text(b, button);
	html_put(b, "</button></form>\n");
}

static void
show_nobody(struct asked *a, int status, const char *why)
{
	struct buf page;

	buf_init(&page, PAGE_SIZE);
	html_begin(&page, "semsd");
	html_put(&page, "<p>");
	html_text(&page, why);
	html_put(&page, "</p>\n");
	html_end(&page);
	show(a, status, &page);
	buf_fini(&page);
}

/* --- the front page --------------------------------------------------------------------------- */

static void
put_state(struct buf *b, const struct reply *r)
{
	json_t *said = NULL;
	const char *wrong;
	size_t at = 0;

	if (r->kind == REPLY_DOCUMENT)
		said = json_loadb(r->bytes.s, r->bytes.n, 0, NULL);
	wrong = said == NULL ? r->text : headline_next(said, &at);
	if (wrong == NULL)
		html_put(b, "<p class=\"good\">OK: nothing is wrong.</p>\n");
	for (; wrong != NULL; wrong = said == NULL ? NULL : headline_next(said, &at)) {
		html_put(b, "<p class=\"bad\">");
		html_text(b, wrong[0] == '\0' ? "semsd's answer makes no sense here." : wrong);
		html_put(b, "</p>\n");
	}
	json_decref(said);
}

static void
put_row(struct buf *b, const char *name, const char *value)
{
	html_put(b, "<dt>");
	html_text(b, name);
	html_put(b, "</dt><dd>");
	html_text(b, value);
	html_put(b, "</dd>\n");
}

static void
on_status(void *ctx, const struct reply *r)
{
	struct work *w = ctx;
	struct buf page;
	struct answer answer = {.status = 200, .type = "text/html; charset=utf-8"};

	buf_init(&page, PAGE_SIZE);
	html_begin(&page, r->entity[0] == '\0' ? "semsd" : r->entity);
	put_state(&page, r);
	html_put(&page, "<dl>\n");
	put_row(&page, "You are", r->principal[0] == '\0' ? "the owner" : r->principal);
	put_row(&page, "Role", r->role[0] == '\0' ? "not known now" : r->role);
	html_put(
	    &page,
	    "</dl>\n<p>What there is to be done is said by <code>semsctl status</code>.</p>\n");
	put_form(&page, "/leave", "form", w->form, "Sign out");
	html_end(&page);
	answer.body = (struct text){(const char *)page.p, page.n};
	if (page.failed)
		work_refuse(w, 503, 1, "", "out of memory: try again");
	else
		work_answer(w, &answer);
	buf_fini(&page);
}

void
page_front(void *ctx, struct asked *a)
{
	Sems__V1__Request q = SEMS__V1__REQUEST__INIT;
	Sems__V1__StatusRequest status = SEMS__V1__STATUS_REQUEST__INIT;
	struct desk *d = ctx;
	const struct signin *i = signed_in(d, a);
	struct work *w;
	struct line *l;

	if (i == NULL) {
		show_nobody(a, 200,
			    "Nobody is signed in here. The owner is, by the link that the terminal "
			    "shows when semsd is started with --web.");
		return;
	}
	w = work_new(d, a, NULL);
	if (w == NULL)
		return;
	snprintf(w->form, sizeof w->form, "%s", i->form);
	q.body_case = SEMS__V1__REQUEST__BODY_STATUS;
	q.status = &status;
	/* The owner is whoever semsweb is, since the terminal that shows the link is his. */
	l = upstream_ask(d->upstream, "", &q, on_status, w);
	if (l != NULL)
		w->line = l;
}

/* --- signing in and out ----------------------------------------------------------------------- */

static const char no_link[] = "This link is of no use any more: it is for once, and for an hour. "
			      "Start semsd again for another one.";

/* To follow a link changes nothing, whoever follows it: a button does. */
void
page_enter(void *ctx, struct asked *a)
{
	char secret[SECRET_SIZE];
	struct buf page;

	(void)ctx;
	take_secret(text_of(asked_query(a)), "key=", secret);
	if (secret[0] == '\0') {
		show_nobody(a, 403, no_link);
		return;
	}
	buf_init(&page, PAGE_SIZE);
	html_begin(&page, "semsd");
	html_put(&page, "<p>This link signs in the owner of this semsd, once.</p>\n");
	put_form(&page, "/enter", "key", secret, "Sign in");
	html_end(&page);
	show(a, 200, &page);
	buf_fini(&page);
}

void
page_sign_in(void *ctx, struct asked *a)
{
	struct desk *d = ctx;
	char secret[SECRET_SIZE], cookie[SECRET_SIZE];

	take_secret(a->body, "key=", secret);
	if (signin_enter(&d->signins, secret, now_ms(), cookie))
		go_to_front(a, cookie);
	else
		show_nobody(a, 403, no_link);
}

/* The form's own secret, too: a cookie alone may come with what another page sends. */
void
page_sign_out(void *ctx, struct asked *a)
{
	struct signin *i = signed_in(ctx, a);
	char secret[SECRET_SIZE];

	take_secret(a->body, "form=", secret);
	if (i == NULL || strcmp(secret, i->form) != 0) {
		show_nobody(a, 403, "This form is of no use any more: go back to the front page.");
		return;
	}
	signin_leave(i);
	go_to_front(a, "");
}

void
page_style(void *ctx, struct asked *a)
{
	(void)ctx;
	answer_give(a, &(struct answer){.status = 200,
					.type = "text/css; charset=utf-8",
					.body = TEXT_LIT(style)});
}
