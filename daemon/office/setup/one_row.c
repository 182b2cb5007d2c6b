#include "office/setup/one_row.h"

/* c->state begins with it. */
static struct one_row *
row_of(const struct job *j)
{
	const struct call *c = j->ctx;

	return c->state;
}

static bool
row_next(struct job *j, struct statement *st, struct err *e)
{
	struct one_row *row = row_of(j);

	(void)e;
	if (row->is_asked)
		return false;
	row->is_asked = true;
	*st = row->st;
	return true;
}

static void
row_rows(struct job *j, const struct rows *r)
{
	if (rows_count(r) == 1 && rows_text(r, 0, 0) != NULL)
		row_of(j)->answer = json_loads(rows_text(r, 0, 0), 0, NULL);
}

static void
row_done(struct job *j, const struct err *e)
{
	struct one_row *row = row_of(j);
	json_t *answer = row->answer;

	row->answer = NULL;
	if (e->code != OK) {
		json_decref(answer);
		answer = NULL;
	}
	row->done(j->ctx, answer, e);
}

void
one_row_run(struct call *c, struct one_row *row, bool writes, struct statement st,
	    void (*done)(struct call *c, json_t *answer, const struct err *e))
{
	*row = (struct one_row){.st = st, .done = done};
	c->job = (struct job){.role = DB_ADMIN,
			      .writes = writes,
			      .next = row_next,
			      .rows = row_rows,
			      .done = row_done,
			      .ctx = c};
	call_run(c, LANE_SHORT);
}
