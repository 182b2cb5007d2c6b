#include "web/view/view.h"

#include "web/person/visitor.h"
#include "web/view/around.h"
#include "web/view/words.h"

#include <stdarg.h>
#include <stdlib.h>

#define ARENA_MOST ((size_t)1024 * 1024)
#define PAGE_MOST  ((size_t)8 * 1024 * 1024)
/* Of an answer that is read: what jansson makes of it is some ten times as much, of several at
 * once.
 */
#define READ_MOST ((size_t)6 * 1024 * 1024)

/* --- which ------------------------------------------------------------------------------------ */

/* Takes what a path begins with, up to the next slash. */
static struct text
take_segment(const char **path)
{
	struct text t = {*path, strcspn(*path, "/")};

	*path += t.n;
	*path += **path == '/';
	return t;
}

/* Whether the path is the pattern's; then the parts are what its stars stand for. */
static bool
is_at(struct showing *s, const char *pattern, const char *path)
{
	unsigned n = 0;

	while (*pattern != '\0' && *path != '\0') {
		struct text want = take_segment(&pattern);
		struct text got = take_segment(&path);
		struct form decoded;

		if (!text_is(want, "*")) {
			if (!text_eq(want, got))
				return false;
			continue;
		}
		if (got.n == 0 || n == VIEW_PARTS || memchr(got.s, '&', got.n) != NULL ||
		    !form_read(&decoded, got, s->arena) || decoded.n != 1)
			return false;
		s->part[n++] = decoded.field[0].name;
	}
	return *pattern == '\0' && *path == '\0';
}

static const struct view *
find(struct showing *s)
{
	for (size_t i = 0; i < s->all->n; i++)
		if (is_at(s, s->all->list[i].path, s->path))
			return &s->all->list[i];
	return NULL;
}

bool
view_may(const struct showing *s, enum right r)
{
	return r == RIGHT_COUNT || right_has(s->role, r);
}

/* --- the answer ------------------------------------------------------------------------------- */

static void
drop(void *page)
{
	struct showing *s = page;

	for (size_t i = 0; i < VIEW_ASKS; i++) {
		json_decref(s->said[i].json);
		buf_fini(&s->said[i].bytes);
	}
	arena_free(s->arena);
	free(s);
}

static void
answer(struct showing *s)
{
	struct buf body, page;

	buf_init(&body, PAGE_MOST);
	buf_init(&page, PAGE_MOST);
	if (s->view->print != NULL)
		s->view->print(s, &body);
	around_put(s, &body, &page);
	if (body.failed || page.failed || arena_failed(s->arena))
		work_refuse(s->work, 503, 1, "", "the page is too long, or memory is out");
	else
		work_answer(s->work, &(struct answer){.status = s->status,
						      .type = "text/html; charset=utf-8",
						      .body = {(const char *)page.p, page.n}});
	buf_fini(&body);
	buf_fini(&page);
}

/* A page that is nothing without what was refused. */
static void
answer_failure(struct showing *s, const struct said *said)
{
	struct buf body, page;

	s->status = said->status;
	buf_init(&body, PAGE_MOST);
	buf_init(&page, PAGE_MOST);
	html_line(&body, "p class=\"bad\"", said->text);
	around_put(s, &body, &page);
	work_answer(s->work, &(struct answer){.status = page.failed ? 503 : s->status,
					      .type = "text/html; charset=utf-8",
					      .body = {(const char *)page.p, page.n}});
	buf_fini(&body);
	buf_fini(&page);
}

/* --- asking ----------------------------------------------------------------------------------- */

void
view_ask(struct showing *s, struct question *q, reply_fn *fn)
{
	struct work *w = s->work;
	struct line *l = upstream_ask(w->desk->upstream, w->principal, &q->q, fn, s);

	/* NULL: it was answered, and there may be no showing any more. */
	if (l != NULL)
		w->line = l;
}

static void
note_who(struct showing *s, const struct reply *r)
{
	s->work->line = NULL;
	if (r->role[0] == '\0')
		return;
	snprintf(s->principal, sizeof s->principal, "%s", r->principal);
	snprintf(s->role_name, sizeof s->role_name, "%s", r->role);
	snprintf(s->entity, sizeof s->entity, "%s", r->entity);
	s->role = role_by_name(text_of(r->role));
}

/* What semsd says of a refusal, in a page's words. */
static const char *
text_in(const struct showing *s, const struct reply *r)
{
	json_t *next = r->next.n == 0 ? NULL : json_loadb(r->next.s, r->next.n, 0, NULL);
	const char *text = words_of_text(s->arena, r->text, next);

	json_decref(next);
	return text;
}

static void
keep(const struct showing *s, struct said *said, const struct reply *r, enum ask_kind kind)
{
	const bool is_long = r->bytes.n > READ_MOST;
	bool kept = r->kind == REPLY_DOCUMENT && !is_long;

	json_decref(said->json);
	said->json = NULL;
	buf_clear(&said->bytes);
	if (kept && kind == ASK_RAW)
		kept = buf_add(&said->bytes, r->bytes.s, r->bytes.n);
	else if (kept)
		kept = (said->json = json_loadb(r->bytes.s, r->bytes.n, 0, NULL)) != NULL;
	said->failed = !kept;
	said->status = r->kind == REPLY_DOCUMENT ? 503 : work_status(r);
	text_print(said->text, sizeof said->text, "%s",
		   is_long              ? "the answer is too long for a page: semsctl has all of it"
		   : r->text[0] != '\0' ? text_in(s, r)
					: "semsd's answer makes no sense here: try again");
}

static void ask_next(struct showing *s);

static void
on_reply(void *ctx, const struct reply *r)
{
	struct showing *s = ctx;
	const struct view_ask *asked = &s->view->asks[s->at];
	struct said *said = &s->said[s->at];

	note_who(s, r);
	keep(s, said, r, asked->kind);
	if (said->failed && asked->kind == ASK_NEEDED) {
		answer_failure(s, said);
		return;
	}
	s->at++;
	ask_next(s);
}

static void
ask_next(struct showing *s)
{
	for (; s->at < VIEW_ASKS && s->view->asks[s->at].make != NULL; s->at++) {
		const struct view_ask *a = &s->view->asks[s->at];
		struct question *q = arena_zalloc(s->arena, 1, sizeof *q);

		if (q == NULL)
			break;
		sems__v1__request__init(&q->q);
		if (!a->make(s, q, a->i))
			continue;
		view_ask(s, q, on_reply);
		return;
	}
	answer(s);
}

/* --- acts ------------------------------------------------------------------------------------- */

void
view_done(struct showing *s, const char *location)
{
	work_answer(s->work, &(struct answer){.status = 303, .location = location});
}

static void
again(struct showing *s, int status, const char *field, const char *text)
{
	s->status = status;
	s->error_field = arena_printf(s->arena, "%s", field);
	s->error = arena_printf(s->arena, "%s", text);
	ask_next(s);
}

void
view_again(struct showing *s, int status, const char *field, const char *fmt, ...)
{
	char text[VIEW_TEXT];
	va_list ap;

	va_start(ap, fmt);
	text_vprint(text, sizeof text, fmt, ap);
	va_end(ap);
	again(s, status, field, text);
}

void
view_refused(struct showing *s, const struct reply *r)
{
	note_who(s, r);
	again(s, work_status(r), r->field,
	      r->text[0] != '\0' ? text_in(s, r) : "semsd does not say why: try again");
}

/* --- a request -------------------------------------------------------------------------------- */

static void
on_visitor(struct work *w)
{
	struct showing *s = w->page;

	s->work = w;
	if (strcmp(asked_method(w->asked), "POST") != 0)
		ask_next(s);
	else if (!visitor_is_form(w, form_value(&s->given, "form")))
		view_again(s, 403, "",
			   "This form is of no use any more: look at what it says, and send it "
			   "again.");
	else
		s->view->act(s);
}

/* NULL: it was answered. */
static struct showing *
begin(const struct views *all, struct asked *a)
{
	struct showing *s = calloc(1, sizeof *s);

	if (s != NULL)
		s->arena = arena_new(ARENA_MOST);
	if (s == NULL || s->arena == NULL) {
		free(s);
		answer_refuse(a, 503, 1, "", "out of memory: try again");
		return NULL;
	}
	for (size_t i = 0; i < VIEW_ASKS; i++)
		buf_init(&s->said[i].bytes, READ_MOST);
	s->all = all;
	s->status = 200;
	s->path = arena_printf(s->arena, "%s", asked_path(a));
	if (s->path != NULL)
		s->view = find(s);
	return s;
}

/* To a browser, before it is known who looks. */
static void
refuse(struct asked *a, int status, const char *text)
{
	struct buf page;

	buf_init(&page, PAGE_MOST);
	html_begin(&page, "semsd");
	html_line(&page, "p class=\"bad\"", text);
	html_put(&page, "<p><a href=\"/\">Home</a></p>\n");
	html_end(&page);
	answer_give(a, &(struct answer){.status = page.failed ? 503 : status,
					.type = "text/html; charset=utf-8",
					.body = {(const char *)page.p, page.n}});
	buf_fini(&page);
}

void
view_take(const struct views *all, struct desk *d, struct asked *a)
{
	struct showing *s = begin(all, a);
	const bool posts = strcmp(asked_method(a), "POST") == 0;

	if (s == NULL)
		return;
	if (s->view == NULL) {
		drop(s);
		refuse(a, 404, "There is nothing at this path.");
	} else if (posts && s->view->act == NULL) {
		drop(s);
		refuse(a, 405, "Nothing is sent to this path: it is a page to read.");
	} else if (!form_read(&s->query, text_of(asked_query(a)), s->arena) ||
		   (posts && !form_read(&s->given, a->body, s->arena))) {
		drop(s);
		refuse(a, 400, "What was filled in is no clean text, or too much.");
	} else {
		visitor_know(d, a, on_visitor, s, drop);
	}
}
