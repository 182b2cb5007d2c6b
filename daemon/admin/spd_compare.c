/* DIFF: a revision beside what would be computed now. First what has come since and what the
 * revision says, then the figures of now, then both beside each other. */
#include "admin/spd.h"
#include "base/embed.h"

#include <stdlib.h>
#include <string.h>

#define LOADS 2 /* of SPD_LOADS: the quarter before is not asked */

static const char *
keep(struct call *c, const char *s)
{
	return s == NULL ? NULL : arena_dup(c->arena, s, strlen(s));
}

static json_t *
text_or_null(const char *s)
{
	return s == NULL ? json_null() : json_string(s);
}

/* --- what has come since ---------------------------------------------------------------------- */

static void
on_changed(struct call *c, const struct rows *rows)
{
	struct spd_ask *a = c->state;
	size_t n = (size_t)rows_count(rows);

	n = n < SPD_CHANGED_MAX ? n : SPD_CHANGED_MAX;
	a->changed = arena_zalloc(c->arena, n + 1, sizeof *a->changed);
	for (size_t i = 0; a->changed != NULL && i < n; i++) {
		int row = (int)i;

		a->changed[i] = (struct spd_changed){
		    keep(c, rows_text(rows, row, 0)), keep(c, rows_text(rows, row, 1)),
		    keep(c, rows_text(rows, row, 2)), rows_int(rows, row, 3)};
	}
	a->n_changed = a->changed == NULL ? 0 : n;
}

static void
on_list(struct call *c, const struct rows *rows)
{
	static const char *const names[] = {"kind",    "how",         "record_id",     "source",
					    "site_id", "received_at", "root_record_id"};
	struct spd_ask *a = c->state;
	json_t *list = json_array();

	for (int row = 0; row < rows_count(rows); row++) {
		json_t *o = json_object();

		for (int i = 0; i < (int)(sizeof names / sizeof names[0]); i++)
			(void)json_object_set_new(o, names[i],
						  text_or_null(rows_text(rows, row, i)));
		(void)json_array_append_new(list, o);
	}
	a->answer =
	    json_pack("{s:I, s:o}", "count",
		      (json_int_t)(rows_count(rows) == 0 ? 0 : rows_int(rows, 0, 7)), "list", list);
}

static void
on_serious(struct call *c, const struct rows *rows)
{
	struct spd_ask *a = c->state;

	a->serious = rows_int(rows, 0, 0);
	a->materiality_pp = strtod(rows_text(rows, 0, 1), NULL);
}

static const struct {
	const char *path;
	void (*rows)(struct call *c, const struct rows *rows);
} looks[] = {
    {"sql/queries/spd_changed.sql", on_changed},
    {"sql/queries/spd_changed_list.sql", on_list},
    {"sql/queries/spd_serious.sql", on_serious},
};
#define N_LOOKS ((int)(sizeof looks / sizeof looks[0]))

static bool
next_look(struct job *j, struct statement *st, struct err *e)
{
	struct spd_ask *a = ((struct call *)j->ctx)->state;
	int step = a->step++;
	const json_t *quarter;

	if (step < LOADS)
		return spd_load_next(a, step, st, e);
	if (step == LOADS + N_LOOKS)
		return false;
	quarter = json_object_get(a->document, "quarter");
	*st = (struct statement){embed_text(looks[step - LOADS].path),
				 5,
				 {json_string_value(json_object_get(quarter, "start")),
				  json_string_value(json_object_get(quarter, "end")), a->since,
				  a->label, a->revision}};
	return true;
}

static void
rows_look(struct job *j, const struct rows *rows)
{
	struct call *c = j->ctx;
	const struct spd_ask *a = c->state;
	int step = a->step - 1;

	if (step < LOADS)
		spd_load_rows(c, step, rows);
	else
		looks[step - LOADS].rows(c, rows);
}

/* --- beside each other ------------------------------------------------------------------------ */

static json_t *
make_answer(struct spd_ask *a, const json_t *now, const char *as_of)
{
	struct spd_diff_rules rules = {.materiality_pp = a->materiality_pp,
				       .serious = a->serious,
				       .catalogue = a->run.catalogue,
				       .changed = a->changed,
				       .n_changed = a->n_changed};
	json_t *diff = spd_diff(a->document, now, &rules);
	char next[256];

	if (diff == NULL)
		return NULL;
	life_next(&a->life, next, sizeof next);
	(void)json_object_set_new(diff, "quarter", json_string(a->label));
	(void)json_object_set_new(diff, "revision", json_integer(a->life.revision));
	(void)json_object_set_new(diff, "state", json_string(spd_state_name(a->life.state)));
	(void)json_object_set_new(diff, "frozen_as_of", text_or_null(a->since));
	(void)json_object_set_new(diff, "as_of", json_string(as_of));
	(void)json_object_set_new(diff, "materiality_pp", json_real(a->materiality_pp));
	(void)json_object_set(diff, "records", a->answer);
	(void)json_object_set_new(diff, "next", json_string(next));
	return diff;
}

static void
on_now(struct spd_run *r, const struct err *e)
{
	struct call *c = r->ctx;
	struct spd_ask *a = c->state;
	struct err why = *e;
	json_t *now = NULL;
	json_t *answer = NULL;

	if (why.code == OK)
		now = json_loadb((const char *)r->document.p, r->document.n, 0, NULL);
	if (now != NULL)
		answer = make_answer(a, now, r->spd.as_of);
	json_decref(now);
	spd_fini(r);
	spd_ask_fini(a);
	if (why.code != OK)
		call_fail_err(c, &why);
	else
		spd_reply_json(c, answer);
}

static void
on_looked(struct job *j, const struct err *e)
{
	struct call *c = j->ctx;
	struct spd_ask *a = c->state;
	struct err why = {0};

	if (spd_failed(c, e))
		return;
	a->run = (struct spd_run){
	    .store = call_store(c),
	    .catalogue = spd_catalogue(&why),
	    .quarter = a->quarter,
	    .task = SPD_TASK_SHOW,
	    .by = c->principal.s,
	    .done = on_now,
	    .ctx = c,
	};
	if (a->run.catalogue == NULL) {
		spd_ask_fini(a);
		call_fail_err(c, &why);
	} else {
		spd_start(&a->run);
	}
}

void
spd_compare(struct call *c)
{
	spd_job(c, false, next_look, rows_look, on_looked);
}
