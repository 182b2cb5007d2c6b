/* Status: one document, made by one statement. */
#include "admin/call.h"
#include "base/embed.h"

struct look {
	char now[UTC_TEXT_SIZE];
	bool asked;
	struct text document; /* in the call's arena */
};

static bool
status_next(struct job *j, struct statement *st, struct err *e)
{
	struct call *c = j->ctx;
	struct look *l = c->state;

	(void)e;
	if (l->asked)
		return false;
	l->asked = true;
	st->sql = embed_text("sql/queries/status.sql");
	st->n_params = 2;
	st->params[0] = l->now;
	st->params[1] = call_may_know_covert(c) ? "1" : "0";
	return true;
}

static void
status_rows(struct job *j, const struct rows *r)
{
	struct call *c = j->ctx;
	struct look *l = c->state;
	struct text t = text_of(rows_text(r, 0, 0));

	l->document = (struct text){arena_dup(c->arena, t.s, t.n), t.n};
}

static void
status_done(struct job *j, const struct err *e)
{
	struct call *c = j->ctx;
	const struct look *l = c->state;

	if (e->code != OK)
		call_fail_err(c, e);
	else if (l->document.s == NULL)
		call_fail_memory(c);
	else
		call_reply(c, l->document);
}

void
admin_status(struct call *c)
{
	struct look *l = arena_zalloc(c->arena, 1, sizeof *l);

	if (l == NULL) {
		call_fail_memory(c);
		return;
	}
	utc_format(c->now, l->now);
	c->state = l;
	c->job = (struct job){.role = DB_COMPUTE,
			      .next = status_next,
			      .rows = status_rows,
			      .done = status_done,
			      .ctx = c};
	store_run(call_store(c), &c->job);
}
