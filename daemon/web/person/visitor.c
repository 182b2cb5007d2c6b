#include "web/person/visitor.h"

#include "base/count.h"
#include "web/page/markup.h"
#include "web/person/persons.h"

#include <stdio.h>
#include <string.h>

#define PAGE_SIZE ((size_t)64 * 1024)

void
visitor_put_script(struct buf *b)
{
	html_put(b, "<p id=\"state\" role=\"status\"></p>\n<noscript><p class=\"bad\">Passkeys "
		    "take a script of this page, and scripts are off.</p></noscript>\n"
		    "<script src=\"/person.js\" defer></script>\n");
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
		visitor_put_script(b);
	}
	html_end(b);
}

static void
show_welcome(const struct desk *d, struct asked *a, const char *fault)
{
	const int status = strcmp(asked_path(a), "/") == 0 ? 200 : 403;
	struct buf page;

	buf_init(&page, PAGE_SIZE);
	put_welcome(&page, d, fault);
	if (page.failed)
		answer_refuse(a, 503, 1, "", "out of memory: try again");
	else
		answer_give(a, &(struct answer){.status = status,
						.type = "text/html; charset=utf-8",
						.body = {(const char *)page.p, page.n}});
	buf_fini(&page);
}

const char *
visitor_way(const struct work *w)
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

bool
visitor_is_form(const struct work *w, const char *given)
{
	return w->form[0] != '\0' && strcmp(w->form, given) == 0;
}

/* Who shows a certificate each time, or has a proxy name him, has no sign-in that a secret could be
 * kept with: his is made of his name, and of a key that ends with the process. */
static void
set_form(struct work *w, const struct person *p)
{
	unsigned char digest[SHA256_SIZE];

	if (p->signin != NULL)
		snprintf(w->form, sizeof w->form, "%s", p->signin->form);
	else if (hmac_sha256(w->desk->persons->key, p->principal, strlen(p->principal), digest))
		hex_encode(digest, sizeof digest, w->form);
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
		w->known(w);
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
visitor_know(struct desk *d, struct asked *a, void (*known)(struct work *w), void *page,
	     void (*drop)(void *page))
{
	struct person p;
	struct work *w;

	person_look(d, a, &p);
	if (p.by == BY_NOBODY) {
		show_welcome(d, a, p.fault);
		drop(page);
		return;
	}
	w = work_new(d, a, known);
	if (w == NULL) {
		drop(page);
		return;
	}
	w->page = page;
	w->drop = drop;
	snprintf(w->principal, sizeof w->principal, "%s", p.principal);
	w->way = p.by;
	w->signin_no = p.signin == NULL ? 0 : p.signin->no;
	set_form(w, &p);
	if (p.by == BY_PASSKEY && p.signin != NULL &&
	    persons_now_ms() - p.signin->checked_ms >= PASSKEY_KNOWN_MS)
		ask_known(w, p.signin->passkey);
	else
		known(w);
}
