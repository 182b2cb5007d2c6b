#include "web/person/page.h"

#include "base/file/embed.h"
#include "web/page/markup.h"
#include "web/person/persons.h"
#include "web/person/visitor.h"

#include <stdio.h>
#include <string.h>

#define PAGE_SIZE ((size_t)64 * 1024)
#define COOKIE    "sems"

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
	visitor_put_script(&page);
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
					.body = text_of(embed_text("daemon/web/page/style.css"))});
}
