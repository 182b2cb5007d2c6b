/* Records that are stored twice: those that share a number, an event number or their content. */
#include "base/file/embed.h"
#include "core/time/calendar.h"
#include "office/call.h"
#include "office/change.h"
#include "store/count/feeds_keep.h"

#include <stdio.h>
#include <stdlib.h>

#define PAGE      100
#define PAGE_MAX  1000
#define PLACE_MAX 128

struct doubles {
	struct feeds_keep keep;
	const char *after[3]; /* kind, what they share, key of the last of the page before */
	const char *kind;
	const char *quarter;
	char limit[16];
	bool is_asked;
	json_t *answer;
};

static bool
doubles_next(struct job *j, struct statement *st, struct err *e)
{
	struct call *c = j->ctx;
	struct doubles *d = c->state;

	(void)e;
	if (d->is_asked)
		return false;
	d->is_asked = true;
	*st = (struct statement){embed_text("sql/queries/evidence/doubles.sql"),
				 8,
				 {d->kind, c->request.doubles->source, d->quarter, d->after[0],
				  d->after[1], d->after[2], d->limit,
				  call_may_know_covert(c) ? "1" : "0"}};
	return true;
}

static void
doubles_rows(struct job *j, const struct rows *r)
{
	struct call *c = j->ctx;
	struct doubles *d = c->state;

	if (rows_count(r) != 1 || rows_text(r, 0, 0) == NULL)
		return;
	d->answer = json_loads(rows_text(r, 0, 0), 0, NULL);
	change_show_all(json_object_get(d->answer, "doubles"), c->who.role);
}

static void
doubles_done(struct job *j, const struct err *e)
{
	struct call *c = j->ctx;
	struct doubles *d = c->state;

	if (e->code == OK) {
		call_reply_json(c, d->answer);
		return;
	}
	json_decref(d->answer);
	call_fail_err(c, e);
}

/* Whatever was stored until now has been looked through. */
static void
on_kept(struct feeds_keep *k, const struct err *e)
{
	struct call *c = k->ctx;

	if (e->code != OK) {
		call_fail_err(c, e);
		return;
	}
	c->job = (struct job){.role = DB_COMPUTE,
			      .next = doubles_next,
			      .rows = doubles_rows,
			      .done = doubles_done,
			      .ctx = c};
	call_run(c, LANE_LONG);
}

/* "kind/NUMBER/-123", as `next` gave it. */
static bool
read_after(struct call *c, struct doubles *d)
{
	const char *after = c->request.doubles->after;
	char *rest;

	if (after == NULL || after[0] == '\0')
		return true;
	rest = strlen(after) > PLACE_MAX ? NULL : arena_printf(c->arena, "%s", after);
	for (size_t i = 0; rest != NULL && i < 2; i++) {
		d->after[i] = rest;
		rest = strchr(rest, '/');
		if (rest != NULL)
			*rest++ = '\0';
	}
	d->after[2] = rest;
	return rest != NULL && kind_by_name(text_of(d->after[0])) != NULL &&
	       strspn(d->after[1], "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == strlen(d->after[1]) &&
	       strlen(rest) > 0 && strlen(rest) < 20 &&
	       strspn(rest + (rest[0] == '-'), "0123456789") == strlen(rest + (rest[0] == '-'));
}

/* What is wrong with the request, and NULL when nothing is. */
static const char *
read_wish(struct call *c, struct doubles *d)
{
	const struct doubles_request *q = c->request.doubles;
	struct quarter quarter;

	d->kind = text_if_given(q->kind);
	d->quarter = text_if_given(q->quarter);
	if (d->kind != NULL && kind_by_name(text_of(d->kind)) == NULL)
		return "kind";
	if (q->source != NULL && !text_is_clean_utf8(text_of(q->source)))
		return "source";
	if (d->quarter != NULL && !quarter_parse(text_of(d->quarter), &quarter))
		return "quarter";
	if (d->quarter != NULL) {
		char *name = arena_zalloc(c->arena, 1, QUARTER_TEXT_SIZE);

		if (name != NULL)
			quarter_format(quarter, name);
		d->quarter = name;
	}
	if (q->limit > PAGE_MAX)
		return "limit";
	return read_after(c, d) ? NULL : "after";
}

void
admin_doubles(struct call *c)
{
	struct doubles *d = arena_zalloc(c->arena, 1, sizeof *d);
	const char *wrong = d != NULL ? read_wish(c, d) : NULL;

	if (d == NULL) {
		call_fail_memory(c);
		return;
	}
	if (wrong != NULL) {
		call_fail(c, ANSWER_INVALID, wrong,
			  "a kind, a source, a quarter such as 2026-Q2, at most %d on a page, and "
			  "`after` as the last answer's `next`",
			  PAGE_MAX);
		return;
	}
	snprintf(d->limit, sizeof d->limit, "%u",
		 c->request.doubles->limit == 0 ? PAGE : c->request.doubles->limit);
	c->state = d;
	d->keep = (struct feeds_keep){.lanes = store_lanes(call_store(c)),
				      .ticket = call_ticket(c, LANE_LONG),
				      .done = on_kept,
				      .ctx = c};
	feeds_keep_start(&d->keep);
}
