/* DIFF: a revision beside what would be computed now. First what has come since and what the
 * revision says, then the figures of now, then both beside each other. */
#include "base/count.h"
#include "base/file/embed.h"
#include "base/json/jsonin.h"
#include "core/proof/proof.h"
#include "core/spd/keys.h"
#include "office/quarter/spd.h"

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

/* The columns of sql/queries/quarter/spd_late.sql. */
enum late_column {
	LATE_PART,
	LATE_KIND,
	LATE_SITE,
	LATE_MEASURE,
	LATE_HOW,
	LATE_RECORD,
	LATE_SOURCE,
	LATE_RECEIVED,
	LATE_ROOT,
	LATE_COUNT,
	LATE_MATERIALITY,
	LATE_WHAT,
	LATE_CLAIMS,
	LATE_NUMBER,
};

static void
on_count(struct call *c, const struct rows *rows, int row)
{
	struct spd_ask *a = c->state;

	if (a->changed != NULL)
		a->changed[a->n_changed++] = (struct spd_changed){
		    keep(c, rows_text(rows, row, LATE_KIND)),
		    keep(c, rows_text(rows, row, LATE_SITE)),
		    keep(c, rows_text(rows, row, LATE_MEASURE)), rows_int(rows, row, LATE_COUNT)};
}

static void
on_record(struct call *c, const struct rows *rows, int row)
{
	static const struct {
		const char *name;
		enum late_column column;
	} members[] = {
	    {"kind", LATE_KIND},
	    {"how", LATE_HOW},
	    {"record_id", LATE_RECORD},
	    {"source", LATE_SOURCE},
	    {"site_id", LATE_SITE},
	    {"received_at", LATE_RECEIVED},
	    {"root_record_id", LATE_ROOT},
	    {"what", LATE_WHAT},
	    {"source_record_id", LATE_NUMBER},
	};
	const struct spd_ask *a = c->state;
	json_t *o = json_object();

	for (size_t i = 0; i < COUNT(members); i++)
		json_object_set_new(o, members[i].name,
				    text_or_null(rows_text(rows, row, (int)members[i].column)));
	json_object_set_new(o, "text",
			    text_or_null(proof_sentence(rows_text(rows, row, LATE_WHAT),
							rows_int(rows, row, LATE_CLAIMS) != 0)));
	json_array_append_new(json_object_get(a->answer, "list"), o);
}

static void
on_sum(struct call *c, const struct rows *rows, int row)
{
	struct spd_ask *a = c->state;
	const char *serious = rows_text(rows, row, LATE_HOW);

	a->serious = serious == NULL ? 0 : strtoll(serious, NULL, 10);
	a->materiality_pp = strtod(rows_text(rows, row, LATE_MATERIALITY), NULL);
	json_object_set_new(a->answer, "count", json_integer(rows_int(rows, row, LATE_COUNT)));
}

static void
on_late(struct call *c, const struct rows *rows)
{
	static void (*const by_part[])(struct call *, const struct rows *,
				       int) = {[1] = on_count, [2] = on_record, [3] = on_sum};
	struct spd_ask *a = c->state;

	a->changed = arena_zalloc(c->arena, (size_t)rows_count(rows) + 1, sizeof *a->changed);
	a->answer = json_pack("{s:i, s:[]}", "count", 0, "list");
	for (int row = 0; row < rows_count(rows); row++)
		by_part[rows_int(rows, row, LATE_PART)](c, rows, row);
}

static bool
next_look(struct job *j, struct statement *st, struct err *e)
{
	struct spd_ask *a = ((struct call *)j->ctx)->state;
	int step = a->step++;
	const json_t *quarter;

	if (step < LOADS)
		return spd_load_next(a, step, st, e);
	if (a->fault.code != OK) {
		*e = a->fault;
		return false;
	}
	quarter = json_object_get(a->document, DOC_QUARTER);
	*st = (struct statement){embed_text("sql/queries/quarter/spd_late.sql"),
				 4,
				 {member_text(quarter, DOC_START), member_text(quarter, DOC_END),
				  a->label, a->revision}};
	return step == LOADS;
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
		on_late(c, rows);
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
	struct life_advice next;

	if (diff == NULL)
		return NULL;
	life_next(&a->life, &next);
	json_object_set_new(diff, "quarter", json_string(a->label));
	json_object_set_new(diff, "revision", json_integer(a->life.revision));
	json_object_set_new(diff, "state", json_string(spd_state_name(a->life.state)));
	json_object_set_new(diff, "frozen_as_of", text_or_null(a->since));
	json_object_set_new(diff, "as_of", json_string(as_of));
	json_object_set_new(diff, "materiality_pp", json_real(a->materiality_pp));
	json_object_set(diff, "records", a->answer);
	spd_add_advice(diff, &next);
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
		call_reply_json(c, answer);
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
	    .lanes = store_lanes(call_store(c)),
	    .ticket = call_ticket(c, LANE_LONG),
	    .catalogue = spd_catalogue(&why),
	    .quarter = a->quarter,
	    .task = SPD_TASK_SHOW,
	    .by = c->who.principal.s,
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
	spd_job(c, LANE_LONG, false, next_look, rows_look, on_looked);
}
