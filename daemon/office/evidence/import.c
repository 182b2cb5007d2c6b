/*
 * Runs of imports. A run belongs to the session that began it: what that sends from then on is
 * noted as the run's when it is stored, whatever else its principal sends meanwhile.
 */
#include "base/count.h"
#include "base/file/embed.h"
#include "office/call.h"

#include <stdio.h>
#include <stdlib.h>

#define PAGE           100
#define PAGE_MAX       1000
#define NAME_MAX_BYTES 1000

struct import {
	const struct import_step *step;
	char now[UTC_TEXT_SIZE];
	const char *after[2]; /* kind and record_id of the last of the page before */
	char limit[16];
	bool is_asked;
	json_t *answer; /* NULL: no such run */
};

struct import_step {
	uint32_t operation;
	enum right right;
	bool writes;
	const char *sql;
	void (*fill)(struct call *c, struct statement *st);
	void (*take)(struct call *c, const struct rows *r);
};

static const char *
given(const char *s)
{
	return s == NULL ? "" : s;
}

static void
fill_begin(struct call *c, struct statement *st)
{
	const struct import_request *q = c->request.import;
	struct import *i = c->state;

	st->n_params = 6;
	st->params[0] = c->who.principal.s;
	st->params[1] = given(q->file);
	st->params[2] = given(q->file_sha256);
	st->params[3] = given(q->map);
	st->params[4] = given(q->map_sha256);
	st->params[5] = i->now;
}

static void
take_begin(struct call *c, const struct rows *r)
{
	struct import *i = c->state;

	c->port.ops->set_run(&c->port, rows_int(r, 0, 0));
	i->answer = json_pack("{s:s}", "run", rows_text(r, 0, 1));
}

static void
fill_end(struct call *c, struct statement *st)
{
	struct import *i = c->state;

	st->n_params = 3;
	st->params[0] = given(c->request.import->run);
	st->params[1] = c->who.principal.s;
	st->params[2] = i->now;
}

static void
take_end(struct call *c, const struct rows *r)
{
	struct import *i = c->state;

	(void)r;
	c->port.ops->set_run(&c->port, 0);
	i->answer = json_pack("{s:s}", "run", given(c->request.import->run));
}

static void
fill_undone(struct call *c, struct statement *st)
{
	struct import *i = c->state;

	st->n_params = 4;
	st->params[0] = given(c->request.import->run);
	st->params[1] = c->who.principal.s;
	st->params[2] = given(c->request.import->reason);
	st->params[3] = i->now;
}

static void
take_undone(struct call *c, const struct rows *r)
{
	struct import *i = c->state;

	(void)r;
	i->answer = json_pack("{s:s}", "run", given(c->request.import->run));
}

static void
fill_list(struct call *c, struct statement *st)
{
	st->n_params = 2;
	st->params[1] = call_may_know_covert(c) ? "1" : "0";
}

static void
fill_show(struct call *c, struct statement *st)
{
	struct import *i = c->state;

	st->n_params = 5;
	st->params[0] = given(c->request.import->run);
	st->params[1] = i->after[0];
	st->params[2] = i->after[1];
	st->params[3] = i->limit;
	st->params[4] = call_may_know_covert(c) ? "1" : "0";
}

static void
take_document(struct call *c, const struct rows *r)
{
	struct import *i = c->state;

	i->answer = json_loads(given(rows_text(r, 0, 0)), 0, NULL);
	if (i->step->operation == IMPORT_OP_SHOW &&
	    json_array_size(json_object_get(i->answer, "runs")) == 0) {
		json_decref(i->answer);
		i->answer = NULL;
	}
}

static const struct import_step steps[] = {
    {IMPORT_OP_BEGIN, RIGHT_RUN_IMPORT, true, "sql/queries/evidence/run_begin.sql", fill_begin,
     take_begin},
    {IMPORT_OP_END, RIGHT_RUN_IMPORT, true, "sql/queries/evidence/run_end.sql", fill_end, take_end},
    {IMPORT_OP_LIST, RIGHT_SEE_IMPORTS, false, "sql/queries/evidence/run_list.sql", fill_list,
     take_document},
    {IMPORT_OP_SHOW, RIGHT_SEE_IMPORTS, false, "sql/queries/evidence/run_show.sql", fill_show,
     take_document},
    {IMPORT_OP_UNDONE, RIGHT_UNDO_IMPORT, true, "sql/queries/evidence/run_undone.sql", fill_undone,
     take_undone},
};

static bool
import_next(struct job *j, struct statement *st, struct err *e)
{
	struct call *c = j->ctx;
	struct import *i = c->state;

	(void)e;
	if (i->is_asked)
		return false;
	i->is_asked = true;
	*st = (struct statement){embed_text(i->step->sql), 0, {NULL}};
	i->step->fill(c, st);
	return true;
}

static void
import_rows(struct job *j, const struct rows *r)
{
	struct call *c = j->ctx;
	struct import *i = c->state;

	if (rows_count(r) == 1)
		i->step->take(c, r);
}

static void
import_done(struct job *j, const struct err *e)
{
	struct call *c = j->ctx;
	struct import *i = c->state;
	struct err why;

	if (e->code == OK && i->answer != NULL) {
		call_reply_json(c, i->answer);
		return;
	}
	json_decref(i->answer);
	if (e->code != OK) {
		call_fail_err(c, e);
		return;
	}
	err_set(&why, REJ_NOT_FOUND, "run", "there is no such run; imports.list has them");
	action_offer(&why, &(struct todo){.action = ACTION_IMPORTS_LIST});
	call_fail_err(c, &why);
}

/* "kind/record_id", as `next` gave it. */
static bool
read_after(struct call *c, struct import *i)
{
	const char *after = c->request.import->after;
	struct uuid id;
	char *rest;

	if (after == NULL || after[0] == '\0')
		return true;
	rest = arena_printf(c->arena, "%.80s", after);
	i->after[0] = rest;
	rest = rest != NULL ? strchr(rest, '/') : NULL;
	if (rest == NULL)
		return false;
	*rest++ = '\0';
	i->after[1] = rest;
	return kind_by_name(text_of(i->after[0])) != NULL && uuid_parse(text_of(rest), &id);
}

static bool
is_short(const char *s)
{
	return s == NULL || (strlen(s) <= NAME_MAX_BYTES && text_is_clean_utf8(text_of(s)));
}

static const char *
look_over(struct call *c, struct import *i)
{
	const struct import_request *q = c->request.import;

	for (size_t k = 0; k < COUNT(steps); k++)
		if (steps[k].operation == q->operation)
			i->step = &steps[k];
	if (i->step == NULL)
		return "operation";
	if (!is_short(q->file) || !is_short(q->map) || !is_short(q->reason) || !is_short(q->run) ||
	    !is_short(q->file_sha256) || !is_short(q->map_sha256))
		return "file";
	if (q->limit > PAGE_MAX)
		return "limit";
	return read_after(c, i) ? NULL : "after";
}

void
admin_import(struct call *c)
{
	struct import *i = arena_zalloc(c->arena, 1, sizeof *i);
	const char *wrong = i != NULL ? look_over(c, i) : NULL;

	if (i == NULL) {
		call_fail_memory(c);
		return;
	}
	if (wrong != NULL) {
		call_fail(
		    c, ANSWER_INVALID, wrong,
		    "an operation, clean texts of at most %d bytes, at most %d on a page, and "
		    "`after` as the last answer's `next`",
		    NAME_MAX_BYTES, PAGE_MAX);
		return;
	}
	if (!right_has(c->who.role, i->step->right)) {
		call_forbid(c, "operation", i->step->right);
		return;
	}
	utc_format(c->now, i->now);
	snprintf(i->limit, sizeof i->limit, "%u",
		 c->request.import->limit == 0 ? PAGE : c->request.import->limit);
	c->state = i;
	c->job = (struct job){.role = DB_COMPUTE,
			      .writes = i->step->writes,
			      .next = import_next,
			      .rows = import_rows,
			      .done = import_done,
			      .ctx = c};
	call_run(c, i->step->writes ? LANE_SHORT : LANE_LONG);
}
