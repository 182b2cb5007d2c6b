/* What is done without changing a row is noted in the access log before whoever asked is told. */
#include "base/file/embed.h"
#include "office/call.h"

#include <stdlib.h>

static bool
note_next(struct job *j, struct statement *st, struct err *e)
{
	struct call *c = j->ctx;
	struct noting *n = &c->noting;

	(void)e;
	if (n->asked)
		return false;
	n->asked = true;
	*st = (struct statement){
	    embed_text("sql/queries/setup/log_note.sql"), 3, {n->what, n->subject, n->more}};
	return true;
}

static void
note_rows(struct job *j, const struct rows *r)
{
	(void)j;
	(void)r;
}

static void
note_done(struct job *j, const struct err *e)
{
	struct call *c = j->ctx;

	free(c->noting.more);
	c->noting.more = NULL;
	if (e->code != OK)
		call_fail_err(c, e);
	else
		c->noting.then(c);
}

void
call_note(struct call *c, const char *what, const char *subject, json_t *more,
	  void (*then)(struct call *c))
{
	char *text = more == NULL ? NULL : json_dumps(more, JSON_COMPACT);

	json_decref(more);
	if (text == NULL || call_lacks_memory(c)) {
		free(text);
		call_fail_memory(c);
		return;
	}
	c->noting = (struct noting){.what = what, .subject = subject, .more = text, .then = then};
	c->job = (struct job){.role = DB_ADMIN,
			      .writes = true,
			      .next = note_next,
			      .rows = note_rows,
			      .done = note_done,
			      .ctx = c};
	call_run(c, LANE_SHORT);
}
