#include "store/quarter/spd_past.h"

#include "base/file/embed.h"
#include "core/spd/past.h"
#include "store/quarter/spd_job.h"
#include "store/quarter/spd_stored.h"

#include <inttypes.h>
#include <string.h>

static void compute_next(struct spd_run *r);

/* What is not there, or cannot be had any more, leaves a place empty; the rest is newest first. */
static void
finish(struct spd_run *r)
{
	struct spd_past_search *s = &r->earlier;

	r->spd.n_past = 0;
	for (size_t i = 0; i < s->n; i++)
		if (s->found[i].metrics != NULL)
			r->spd.past[r->spd.n_past++] = s->found[i];
	s->go(r);
}

static void
take(struct spd_run *r, struct spd_past *p, json_t *document /* takes */, struct err *e)
{
	if (document != NULL)
		(void)!past_read(r->arena, r->catalogue, document, p, e);
	if (e->code != OK)
		spd_fail(r, e->code, e->where, e->text);
	json_decref(document);
}

/* One that was just made. */
static void
take_computed(struct spd_run *r, const struct spd_run *nested)
{
	json_t *document =
	    json_loadb((const char *)nested->document.p, nested->document.n, 0, NULL);
	struct err e = {0};

	if (document == NULL)
		err_set(&e, TRY_LIMIT, "spd", "out of memory; try again");
	take(r, &r->earlier.found[r->earlier.at], document, &e);
}

static void
take_stored(struct spd_run *r, struct spd_past *p, const char *document, const char *revision)
{
	struct err e = {0};

	take(r, p, spd_stored(document, p->quarter, revision, &e), &e);
}

static void
on_computed(struct spd_run *nested, const struct err *e)
{
	struct spd_run *r = nested->ctx;
	struct spd_past_search *s = &r->earlier;

	/* Refused: its evidence is not whole any more, so that it cannot be compared with. */
	if (e->code == OK)
		take_computed(r, nested);
	else if (e->code < REJ_FRAME || e->code >= TRY_STORE)
		r->err = *e;
	spd_fini(nested);
	s->at++;
	compute_next(r);
}

static void
compute_next(struct spd_run *r)
{
	struct spd_past_search *s = &r->earlier;

	while (s->at < s->n && !s->compute[s->at])
		s->at++;
	if (s->at >= s->n || r->err.code != OK) {
		finish(r);
		return;
	}
	*s->nested = (struct spd_run){
	    .lanes = r->lanes,
	    .ticket = r->ticket,
	    .catalogue = r->all,
	    .task = SPD_TASK_SHOW,
	    .source = r->source,
	    .is_past = true,
	    .shows_small = r->shows_small,
	    .done = on_computed,
	    .ctx = r,
	};
	quarter_parse(text_of(s->found[s->at].quarter), &s->nested->quarter);
	spd_start(s->nested);
}

static bool
on_next(struct job *j, struct statement *st, struct err *e)
{
	struct spd_run *r = j->ctx;

	(void)e;
	if (r->earlier.is_asked)
		return false;
	r->earlier.is_asked = true;
	*st = (struct statement){embed_text("sql/queries/quarter/spd_past.sql"), 1, {r->label}};
	return true;
}

static void
on_rows(struct job *j, const struct rows *rows)
{
	struct spd_run *r = j->ctx;
	struct spd_past_search *s = &r->earlier;

	for (int i = 0; i < rows_count(rows) && s->n < SPD_PAST_MAX; i++) {
		const char *quarter = rows_text(rows, i, 0);
		struct spd_past *p = &s->found[s->n];

		p->quarter = arena_dup(r->arena, quarter, strlen(quarter));
		p->basis = "RECOMPUTED";
		s->compute[s->n++] = rows_text(rows, i, 2) == NULL && rows_int(rows, i, 3) > 0;
		if (rows_text(rows, i, 2) != NULL) {
			p->basis =
			    arena_printf(r->arena, "REVISION %" PRId64, rows_int(rows, i, 1));
			take_stored(r, p, rows_text(rows, i, 2), rows_text(rows, i, 1));
		}
	}
}

static void
on_done(struct job *j, const struct err *e)
{
	struct spd_run *r = j->ctx;

	if (e->code != OK)
		r->err = *e;
	compute_next(r);
}

void
spd_past_find(struct spd_run *r, void (*go)(struct spd_run *r))
{
	struct spd_past_search *s = &r->earlier;

	*s = (struct spd_past_search){.go = go, .nested = arena_zalloc(r->arena, 1, sizeof *r)};
	if (s->nested == NULL) {
		finish(r);
		return;
	}
	s->job = (struct job){.ticket = r->ticket,
			      .role = DB_COMPUTE,
			      .next = on_next,
			      .rows = on_rows,
			      .done = on_done,
			      .ctx = r};
	lanes_run(r->lanes, &s->job);
}
