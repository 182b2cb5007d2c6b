/* Corrections and voids that wait for a second person: what each would change, who sent it, why. */
#include "base/file/embed.h"
#include "office/call.h"
#include "office/change.h"

#include <stdio.h>

#define PAGE      100
#define PAGE_MAX  1000
#define PLACE_MAX 512

struct pending {
	const char
	    *after[3]; /* received_at, record_id, source of the last one of the page before */
	char limit[16];
	bool is_asked;
	json_t *answer;
};

static bool
pending_next(struct job *j, struct statement *st, struct err *e)
{
	struct call *c = j->ctx;
	struct pending *p = c->state;
	const struct pending_request *q = c->request.pending;

	(void)e;
	if (p->is_asked)
		return false;
	p->is_asked = true;
	*st = (struct statement){embed_text("sql/queries/evidence/pending.sql"),
				 7,
				 {q->source, q->made_by, p->after[0], p->after[1], p->after[2],
				  p->limit, call_may_know_covert(c) ? "1" : "0"}};
	return true;
}

static void
pending_rows(struct job *j, const struct rows *r)
{
	struct call *c = j->ctx;
	struct pending *p = c->state;

	if (rows_count(r) != 1 || rows_text(r, 0, 0) == NULL)
		return;
	p->answer = json_loads(rows_text(r, 0, 0), 0, NULL);
	change_show_all(json_object_get(p->answer, "pending"), c->who.role);
}

static void
pending_done(struct job *j, const struct err *e)
{
	struct call *c = j->ctx;
	struct pending *p = c->state;

	if (e->code == OK) {
		call_reply_json(c, p->answer);
		return;
	}
	json_decref(p->answer);
	call_fail_err(c, e);
}

/* "2026-05-12T09:30:00.000000Z/UUID/source", as `next` gave it. */
static bool
read_after(struct call *c, struct pending *p)
{
	const char *after = c->request.pending->after;
	struct uuid id;
	char *rest;

	if (after == NULL || after[0] == '\0')
		return true;
	rest = strlen(after) > PLACE_MAX ? NULL : arena_printf(c->arena, "%s", after);
	for (size_t i = 0; rest != NULL && i < 2; i++) {
		p->after[i] = rest;
		rest = strchr(rest, '/');
		if (rest != NULL)
			*rest++ = '\0';
	}
	p->after[2] = rest;
	return rest != NULL && text_is_clean_utf8(text_of(rest)) &&
	       strspn(p->after[0], "0123456789-:.TZ") == strlen(p->after[0]) &&
	       uuid_parse(text_of(p->after[1]), &id);
}

static bool
is_clean(const char *s)
{
	return s == NULL || text_is_clean_utf8(text_of(s));
}

void
admin_pending(struct call *c)
{
	const struct pending_request *q = c->request.pending;
	struct pending *p = arena_zalloc(c->arena, 1, sizeof *p);

	if (p == NULL) {
		call_fail_memory(c);
		return;
	}
	if (!is_clean(q->source) || !is_clean(q->made_by)) {
		call_fail(c, ANSWER_INVALID, "source", "is not clean UTF-8");
		return;
	}
	if (q->limit > PAGE_MAX || !read_after(c, p)) {
		call_fail(c, ANSWER_INVALID, q->limit > PAGE_MAX ? "limit" : "after",
			  "at most %d on a page, and `after` as the last answer's `next`",
			  PAGE_MAX);
		return;
	}
	snprintf(p->limit, sizeof p->limit, "%u", q->limit == 0 ? PAGE : q->limit);
	c->state = p;
	c->job = (struct job){.role = DB_COMPUTE,
			      .next = pending_next,
			      .rows = pending_rows,
			      .done = pending_done,
			      .ctx = c};
	call_run(c, LANE_SHORT);
}
