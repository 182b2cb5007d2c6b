#include "store/quarter/spd_freeze.h"

#include "base/count.h"
#include "base/file/embed.h"
#include "store/quarter/spd_job.h"
#include "store/quarter/spd_stored.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- what the statements answer --------------------------------------------------------------- */

static void
on_life(struct spd_run *r, const struct rows *rows)
{
	struct spd_freezing *f = &r->freezing;
	struct life life = {.quarter = r->label, .who = r->by, .rights = r->will.rights};
	struct life_freeze freeze = {.early = r->will.early, .exclude = r->will.exclude};
	const char *state;
	enum spd_action action;
	struct err e;

	if (rows_count(rows) == 0)
		return; /* no such quarter: said by the statement that looks for it */
	state = rows_text(rows, 0, 0);
	freeze.runs = rows_int(rows, 0, 3) == 0;
	life.state = freeze.runs ? SPD_OPEN : SPD_COLLECTING;
	if (state != NULL && !spd_state_by_name(text_of(state), &life.state)) {
		spd_fail(r, FATAL_BUG, "spd_status", "the database has a state that is none");
		return;
	}
	life.revision = rows_int(rows, 0, 1);
	life.was_submitted = rows_int(rows, 0, 2) > 0;
	life.text = r->will.reason;
	freeze.grace_is_over = rows_int(rows, 0, 4) != 0;
	freeze.grace_end = rows_text(rows, 0, 5);
	f->embargoed = rows_int(rows, 0, 6);
	freeze.has_embargoed = f->embargoed > 0;
	r->spd.approval = spd_approval_name(spd_approval_by_name(rows_text(rows, 0, 7)));
	r->spd.declared_by = rows_keep(rows, 0, 8, r->arena);
	r->spd.declared_on = rows_keep(rows, 0, 9, r->arena);
	f->materiality_pp = strtod(rows_text(rows, 0, 10), NULL);
	action = r->will.revises ? SPD_REVISE : SPD_FREEZE;
	if (life_freeze(&life, action, &freeze, &e) != OK)
		r->err = e;
}

static void
on_standing(struct spd_run *r, const struct rows *rows)
{
	struct spd_freezing *f = &r->freezing;
	struct err e;

	if (rows_count(rows) == 0)
		return;
	e = (struct err){0};
	f->standing = spd_stored(rows_text(rows, 0, 1), r->label, rows_text(rows, 0, 0), &e);
	f->standing_revision = rows_keep(rows, 0, 0, r->arena);
	if (f->standing == NULL)
		spd_fail(r, e.code, e.where, e.text);
}

static void
on_changed(struct spd_run *r, const struct rows *rows)
{
	struct spd_freezing *f = &r->freezing;
	size_t n = (size_t)rows_count(rows);

	f->changed = arena_zalloc(r->arena, n + 1, sizeof(*f->changed));
	for (size_t i = 0; f->changed != NULL && i < n; i++) {
		int row = (int)i;

		f->changed[i] = (struct spd_changed){
		    rows_keep(rows, row, 0, r->arena), rows_keep(rows, row, 1, r->arena),
		    rows_keep(rows, row, 2, r->arena), rows_int(rows, row, 3)};
	}
	f->n_changed = f->changed == NULL ? 0 : n;
}

static void (*const on_rows[])(struct spd_run *, const struct rows *) = {on_life, on_standing,
									 on_changed};

bool
spd_freeze_next(struct spd_run *r, size_t step, struct statement *st)
{
	if (r->task != SPD_TASK_FREEZE || step > 2 || (step > 0 && !r->will.revises))
		return false;
	if (step == 0) {
		*st = (struct statement){
		    embed_text("sql/queries/quarter/spd_life.sql"), 1, {r->label}};
	} else if (step == 1) {
		*st = (struct statement){
		    embed_text("sql/queries/quarter/spd_standing.sql"), 1, {r->label}};
	} else {
		*st = (struct statement){
		    embed_text("sql/queries/quarter/spd_changed.sql"),
		    4,
		    {r->spd.start, r->spd.end, r->label, r->freezing.standing_revision}};
	}
	return true;
}

void
spd_freeze_rows(struct spd_run *r, size_t step, const struct rows *rows)
{
	on_rows[step](r, rows);
}

/* --- the document and the row ----------------------------------------------------------------- */

static bool
restate(struct spd_run *r)
{
	struct spd_freezing *f = &r->freezing;
	struct spd_diff_rules rules = {
	    .materiality_pp = f->materiality_pp,
	    .catalogue = r->catalogue,
	    .changed = f->changed,
	    .n_changed = f->n_changed,
	};
	json_t *made = json_loadb((const char *)r->document.p, r->document.n, 0, NULL);
	json_t *diff = made == NULL ? NULL : spd_diff(f->standing, made, &rules);

	f->restatements = diff == NULL ? NULL : spd_restatements(diff, r->will.reason);
	json_decref(made);
	json_decref(diff);
	r->spd.restatements = f->restatements;
	return f->restatements != NULL;
}

enum code
spd_freeze_amend(struct spd_run *r, bool *again, struct err *e)
{
	struct spd_freezing *f = &r->freezing;
	bool ok = true;

	*again = false;
	if (r->task != SPD_TASK_FREEZE)
		return OK;
	if (f->standing != NULL) {
		ok = restate(r);
		*again = true;
	}
	if (f->embargoed > 0) {
		f->embargo = json_pack("[{s:I, s:s, s:s}]", "count", (json_int_t)f->embargoed,
				       "reason", r->will.exclude, "by", r->by);
		ok = ok && f->embargo != NULL;
		r->spd.embargo = f->embargo;
		*again = true;
	}
	return ok ? OK : err_set(e, TRY_LIMIT, "spd", "out of memory; try again");
}

void
spd_freeze_keep(struct spd_run *r, struct statement *st)
{
	const struct spd_will *w = &r->will;

	const struct {
		const char *label;
		const char *text;
		bool counts;
	} parts[] = {
	    {"", w->reason, w->revises},
	    {"early: ", w->early, true},
	    {"without tests under embargo: ", w->exclude, r->freezing.embargoed > 0},
	};
	const char *all = NULL;
	for (size_t i = 0; i < COUNT(parts); i++) {
		if (parts[i].counts && text_is_given(parts[i].text)) {
			all = arena_printf(r->arena, "%s%s%s%s", all == NULL ? "" : all,
					   all == NULL ? "" : "; ", parts[i].label, parts[i].text);
		}
	}
	*st = (struct statement){embed_text("sql/queries/quarter/spd_keep_revision.sql"),
				 7,
				 {r->label, r->revision, (const char *)r->document.p, r->sha256,
				  r->spd.as_of, r->by, all}};
}

void
spd_freeze_fini(struct spd_run *r)
{
	json_decref(r->freezing.standing);
	json_decref(r->freezing.restatements);
	json_decref(r->freezing.embargo);
	r->freezing.standing = r->freezing.restatements = r->freezing.embargo = NULL;
}
