#include "web/person/page.h"

#include "base/count.h"
#include "base/file/embed.h"
#include "base/json/jsonin.h"
#include "web/person/headline.h"
#include "web/person/html.h"
#include "web/person/persons.h"

#include <stdio.h>
#include <string.h>

#define PAGE_SIZE ((size_t)256 * 1024)
#define COOKIE    "sems"

static const char style[] =
    "body{font:1rem/1.5 system-ui,Arial,sans-serif;margin:0;color:#111;background:#fff}\n"
    "main{max-width:44rem;margin:0 auto;padding:1rem}\n"
    "h1{font-size:1.5rem}\n"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem}\n"
    "dt{font-weight:bold}\ndd{margin:0}\n"
    ".good{border-left:.5rem solid #00703c;padding:.5rem 1rem}\n"
    ".bad{border-left:.5rem solid #b10e1e;padding:.5rem 1rem}\n"
    "button{font:inherit;padding:.5rem 1rem}\n"
    "label{display:block}\ninput{font:inherit;padding:.5rem;max-width:100%}\n"
    "button:focus,a:focus,input:focus{outline:.2rem solid #ffbf47;outline-offset:.1rem}\n";

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

	cookie_write(a, COOKIE, secret, 0, cookie);
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

/* Where a script tells how it went, and the script. */
static void
put_script(struct buf *b)
{
	html_put(b, "<p id=\"state\" role=\"status\"></p>\n<noscript><p class=\"bad\">Passkeys "
		    "take a script of this page, and scripts are off.</p></noscript>\n"
		    "<script src=\"/person.js\" defer></script>\n");
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

static void
put_welcome(struct buf *b, const struct desk *d, const char *fault)
{
	html_begin(b, "semsd");
	if (fault != NULL) {
		html_put(b, "<p class=\"bad\">Your browser came with something that does not sign "
			    "you in: ");
		html_text(b, fault);
		html_put(b, ".</p>\n");
	}
	html_put(b, "<p>Nobody is signed in here.</p>\n");
	if (d->persons->origin.text[0] == '\0') {
		html_put(b, "<p>The owner is, by the link that the terminal shows when semsd is "
			    "started with --web.</p>\n");
	} else {
		html_put(b, "<p><button id=\"sign-in\">Sign in with a passkey</button></p>\n");
		put_script(b);
	}
	html_end(b);
}

static void
show_welcome(const struct desk *d, struct asked *a, const char *fault)
{
	struct buf page;

	buf_init(&page, PAGE_SIZE);
	put_welcome(&page, d, fault);
	show(a, 200, &page);
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

/* What it is that the role does not see is no fault of semsd's. */
static bool
is_not_for(const struct reply *r)
{
	return r->kind == REPLY_FAILED &&
	       r->code == SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_FORBIDDEN;
}

static const char *
by_what(const struct work *w)
{
	static const char *const words[] = {
	    [BY_NOBODY] = "nothing",
	    [BY_CERTIFICATE] = "your browser's certificate",
	    [BY_LINK] = "the owner's link",
	    [BY_PASSKEY] = "a passkey",
	    [BY_PROXY] = "the proxy in front of semsweb",
	};
	COVERS(words, BY_WAYS);

	return words[w->way];
}

static void
on_status(void *ctx, const struct reply *r)
{
	struct work *w = ctx;
	struct buf page;
	struct answer answer = {.status = 200, .type = "text/html; charset=utf-8"};

	buf_init(&page, PAGE_SIZE);
	html_begin(&page, r->entity[0] == '\0' ? "semsd" : r->entity);
	if (!is_not_for(r))
		put_state(&page, r);
	html_put(&page, "<dl>\n");
	put_row(&page, "You are",
		r->principal[0] != '\0'   ? r->principal
		: w->principal[0] != '\0' ? w->principal
					  : "the owner");
	put_row(&page, "Role", r->role[0] == '\0' ? "not known now" : r->role);
	put_row(&page, "Signed in by", by_what(w));
	html_put(&page, "</dl>\n<p>What there is to be done is said by <code>semsctl "
			"status</code>.</p>\n");
	/* What the browser shows each time it cannot be asked to forget. */
	if (w->form[0] != '\0')
		put_form(&page, "/leave", "form", w->form, "Sign out");
	html_end(&page);
	answer.body = (struct text){(const char *)page.p, page.n};
	if (page.failed)
		work_refuse(w, 503, 1, "", "out of memory: try again");
	else
		work_answer(w, &answer);
	buf_fini(&page);
}

/* The owner, "", is whoever semsweb is, since the terminal that shows the link is his. */
static void
ask_status(struct work *w)
{
	Sems__V1__Request q = SEMS__V1__REQUEST__INIT;
	Sems__V1__StatusRequest status = SEMS__V1__STATUS_REQUEST__INIT;
	struct line *l;

	q.body_case = SEMS__V1__REQUEST__BODY_STATUS;
	q.status = &status;
	l = upstream_ask(w->desk->upstream, w->principal, &q, on_status, w);
	if (l != NULL)
		w->line = l;
}

/* Who is not known any more is signed out here and now. */
static void
on_known(void *ctx, const struct reply *r)
{
	struct work *w = ctx;
	struct signin *i = signin_by_no(&w->desk->persons->signins, w->signin_no);
	struct buf page;

	w->line = NULL;
	if (r->kind == REPLY_DOCUMENT && i != NULL) {
		i->checked_ms = persons_now_ms();
		ask_status(w);
		return;
	}
	if (r->kind != REPLY_DOCUMENT &&
	    (r->kind != REPLY_FAILED ||
	     r->code != SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_NOT_FOUND)) {
		work_refuse_reply(w, r);
		return;
	}
	if (i != NULL)
		signin_leave(i);
	buf_init(&page, PAGE_SIZE);
	put_welcome(&page, w->desk, "its passkey is revoked");
	work_answer(w, &(struct answer){.status = page.failed ? 503 : 200,
					.type = "text/html; charset=utf-8",
					.body = {(const char *)page.p, page.n}});
	buf_fini(&page);
}

static void
ask_known(struct work *w, uint64_t passkey)
{
	Sems__V1__Request q = SEMS__V1__REQUEST__INIT;
	Sems__V1__PasskeyRequest k = SEMS__V1__PASSKEY_REQUEST__INIT;
	struct line *l;

	k.has_operation = k.has_passkey = 1;
	k.operation = SEMS__V1__PASSKEY_OPERATION__PASSKEY_OPERATION_KNOW;
	k.passkey = passkey;
	q.body_case = SEMS__V1__REQUEST__BODY_PASSKEY;
	q.passkey = &k;
	l = upstream_ask(w->desk->upstream, "", &q, on_known, w);
	if (l != NULL)
		w->line = l;
}

void
page_front(void *ctx, struct asked *a)
{
	struct desk *d = ctx;
	struct person p;
	struct work *w;

	person_look(d, a, &p);
	if (p.by == BY_NOBODY) {
		show_welcome(d, a, p.fault);
		return;
	}
	w = work_new(d, a, NULL);
	if (w == NULL)
		return;
	snprintf(w->principal, sizeof w->principal, "%s", p.principal);
	w->way = p.by;
	if (p.signin != NULL) {
		snprintf(w->form, sizeof w->form, "%s", p.signin->form);
		w->signin_no = p.signin->no;
	}
	if (p.by == BY_PASSKEY && p.signin != NULL &&
	    persons_now_ms() - p.signin->checked_ms >= PASSKEY_KNOWN_MS)
		ask_known(w, p.signin->passkey);
	else
		ask_status(w);
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
	secret_take(text_of(asked_query(a)), "key=", secret);
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

	secret_take(a->body, "key=", secret);
	if (signin_enter(&d->persons->signins, secret, persons_now_ms(), cookie))
		go_to_front(a, cookie);
	else
		show_nobody(a, 403, no_link);
}

/* The form's own secret, too: a cookie alone may come with what another page sends. */
void
page_sign_out(void *ctx, struct asked *a)
{
	struct person p;
	char secret[SECRET_SIZE];

	person_look(ctx, a, &p);
	secret_take(a->body, "form=", secret);
	if (p.signin == NULL || strcmp(secret, p.signin->form) != 0) {
		show_nobody(a, 403, "This form is of no use any more: go back to the front page.");
		return;
	}
	signin_leave(p.signin);
	go_to_front(a, "");
}

/* The same for everybody: what a link is for is behind its #, and its script asks. */
void
page_invite(void *ctx, struct asked *a)
{
	const struct desk *d = ctx;
	struct buf page;

	if (d->persons->origin.text[0] == '\0') {
		show_nobody(a, 404,
			    "There are no passkeys here: semsweb is to be told its own address by "
			    "--origin.");
		return;
	}
	buf_init(&page, PAGE_SIZE);
	html_begin(&page, "Register a passkey");
	html_put(
	    &page,
	    "<p>You were invited to sign in here by a passkey: your phone, this computer or a "
	    "security key keeps it, and asks for a PIN, a finger or a face.</p>\n"
	    "<form id=\"register\"><label for=\"name\">What you call the device</label>\n"
	    "<p><input id=\"name\" name=\"name\" maxlength=\"64\" required autocomplete=\"off\" "
	    "value=\"My device\"></p>\n<button>Register a passkey</button></form>\n");
	put_script(&page);
	html_put(&page, "<p id=\"front\" hidden><a href=\"/\">Sign in</a></p>\n");
	html_end(&page);
	show(a, 200, &page);
	buf_fini(&page);
}

void
page_script(void *ctx, struct asked *a)
{
	(void)ctx;
	answer_give(a,
		    &(struct answer){.status = 200,
				     .type = "text/javascript; charset=utf-8",
				     .body = text_of(embed_text("daemon/web/person/person.js"))});
}

void
page_style(void *ctx, struct asked *a)
{
	(void)ctx;
	answer_give(a, &(struct answer){.status = 200,
					.type = "text/css; charset=utf-8",
					.body = TEXT_LIT(style)});
}
