/*
 * From a record up: what became of it, the frozen revisions it is among the leaves of or could have
 * been, the metrics that count it. Persons are not shown, and free text is not either.
 */
#include "base/count.h"
#include "base/file/embed.h"
#include "base/json/jsonin.h"
#include "core/metric/figure.h"
#include "core/proof/proof.h"
#include "office/call.h"
#include "office/change.h"
#include "store/count/explain_sql.h"
#include "store/count/layout.h"
#include "store/pg/stages.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

struct period {
	const char *quarter;
	const char *start;
	const char *end;
	const struct catalogue *catalogue;
};

struct trace {
	char record_id[UUID_TEXT_SIZE];
	const char *source; /* NULL: not said yet */
	bool may_see;
	struct stages stages;
	/* Which kinds have the id; LOOK shows the first that may be shown. */
	const struct kind *kind;
	json_t *record;  /* as record.sql has it */
	json_t *sources; /* of all that have the id */
	json_t *answer;
	const char *counted_source; /* of the record */
	struct period *periods;     /* that it counts in, that of its own time first */
	size_t n_periods;
	size_t period;
	size_t view; /* of the period */
	struct explain_trace plan;
	json_t *metrics;
	const char *purged_kind;
};

/* --- which record ----------------------------------------------------------------------------- */

static void
on_found(void *ctx, const struct rows *rows, struct err *e)
{
	struct call *c = ctx;
	struct trace *t = c->state;

	(void)e;
	for (int i = 0; i < rows_count(rows); i++) {
		const char *source = rows_text(rows, i, 1);

		json_array_append_new(t->sources, json_string(source));
		if (i == 0) {
			t->kind = kind_by_name(text_of(rows_text(rows, i, 0)));
			t->counted_source = rows_keep(rows, i, 1, c->arena);
		}
	}
}

/* --- the record ------------------------------------------------------------------------------- */

/* The envelope, and whatever of the kind is neither a person, nor free text, nor a list. */
static void
show_field(const struct field *f, json_t *from, json_t *to)
{
	json_t *v = json_object_get(from, f->name);
	bool shown = f->type != FIELD_PERSON && f->type != FIELD_PERSONS &&
		     (f->flags & FIELD_RESTRICTED) == 0;

	if (shown && v != NULL)
		json_object_set(to, f->name, v);
}

static void
on_looked(void *ctx, const struct rows *rows, struct err *e)
{
	struct call *c = ctx;
	struct trace *t = c->state;
	json_t *envelope = json_object();
	json_t *stored;
	const char *const added[] = {"received_at", "received_from"};
	const char *const kept[] = {"root", "effective", "corrections", "is_voided",
				    "is_effective"};

	(void)e;
	if (rows_count(rows) != 1 || rows_text(rows, 0, 0) == NULL) {
		json_decref(envelope);
		return;
	}
	t->record = json_loads(rows_text(rows, 0, 0), 0, NULL);
	stored = json_object_get(t->record, "record");
	change_show_all(json_object_get(t->record, "corrections"), ROLE_NONE);
	for (size_t i = 0; i < kind_n_fields(t->kind); i++)
		show_field(kind_field(t->kind, i), stored, envelope);
	for (size_t i = 0; i < 2; i++)
		json_object_set(envelope, added[i], json_object_get(stored, added[i]));
	json_object_set_new(t->answer, "record", envelope);
	for (size_t i = 0; i < COUNT(kept); i++)
		json_object_set(t->answer, kept[i], json_object_get(t->record, kept[i]));
}

static void
on_leaves(void *ctx, const struct rows *rows, struct err *e)
{
	struct call *c = ctx;
	struct trace *t = c->state;
	json_t *list = json_array();

	(void)e;
	for (int i = 0; i < rows_count(rows); i++) {
		const char *kind = rows_text(rows, i, 0);

		/* Another kind may have the same id; and what is not there may not be told. */
		if (t->kind != NULL && strcmp(kind, t->kind->name) != 0)
			continue;
		t->purged_kind = arena_dup(c->arena, kind, strlen(kind));
		json_array_append_new(
		    list,
		    json_pack("{s:s, s:I, s:s?, s:s?, s:s, s:s?}", "quarter", rows_text(rows, i, 1),
			      "revision", (json_int_t)rows_int(rows, i, 2), "state",
			      rows_text(rows, i, 3), "as_of", rows_text(rows, i, 5), "leaf",
			      rows_text(rows, i, 4), "source", rows_text(rows, i, 6)));
	}
	json_object_set_new(t->answer, "revisions", list);
}

/* Those that it could have been among the leaves of, and is not. */
static void
on_without(void *ctx, const struct rows *rows, struct err *e)
{
	struct call *c = ctx;
	struct trace *t = c->state;
	json_t *list = json_array();

	(void)e;
	for (int i = 0; i < rows_count(rows); i++) {
		const char *what = rows_text(rows, i, 3);

		json_array_append_new(list,
				      json_pack("{s:s, s:I, s:s?, s:s, s:s?, s:s?}", "quarter",
						rows_text(rows, i, 0), "revision",
						(json_int_t)rows_int(rows, i, 1), "state",
						rows_text(rows, i, 2), "what", what, "text",
						proof_sentence(what, rows_int(rows, i, 4) != 0),
						"as_of", rows_text(rows, i, 5)));
	}
	json_object_set_new(t->answer, "without", list);
}

/* --- its metrics ------------------------------------------------------------------------------ */

static void
on_period(void *ctx, const struct rows *rows, struct err *e)
{
	struct call *c = ctx;
	struct trace *t = c->state;
	const struct catalogue *all = spd_catalogue(e);
	size_t n = (size_t)rows_count(rows);

	t->periods = arena_zalloc(c->arena, n + 1, sizeof *t->periods);
	if (n == 0 || all == NULL || t->periods == NULL)
		return;
	for (int i = 0; i < rows_count(rows); i++)
		t->periods[i] = (struct period){rows_keep(rows, i, 0, c->arena),
						rows_keep(rows, i, 1, c->arena),
						rows_keep(rows, i, 2, c->arena),
						catalogue_at(c->arena, all, rows_text(rows, i, 3))};
	t->n_periods = n;
	json_object_set_new(t->answer, "quarter", json_string(t->periods[0].quarter));
}

static void
on_metrics(void *ctx, const struct rows *rows, struct err *e)
{
	struct call *c = ctx;
	struct trace *t = c->state;
	int last = rows_columns(rows) - 1;

	(void)e;
	for (size_t i = 0; rows_count(rows) == 1 && i < t->plan.n_uses; i++) {
		const struct explain_use *u = &t->plan.uses[i];

		if (rows_text(rows, 0, (int)i) == NULL)
			continue;
		json_array_append_new(
		    t->metrics, json_pack("{s:s?, s:s, s:s, s:s, s:I, s:o?}", "quarter",
					  t->periods[t->period].quarter, "metric", u->m->id, "name",
					  u->m->name, "counts", explain_group_name(u->m, u->group),
					  "amount", (json_int_t)rows_int(rows, 0, (int)i), "by",
					  json_loads(rows_text(rows, 0, last), 0, NULL)));
	}
}

/* The next view of the period that any metric counts in, of the record's kind. */
static bool
next_view(struct call *c, const struct period *p, struct statement *st, struct err *e)
{
	struct trace *t = c->state;

	while (p->catalogue != NULL && p->end != NULL && t->view < view_count) {
		const struct view *v = &view_table[t->view++];
		bool may = v->base == t->kind->id || v->base == KIND_COUNT;

		if (!may || explain_sql_trace(p->catalogue, v, c->arena, &t->plan, e) != OK ||
		    t->plan.sql == NULL)
			continue;
		*st = (struct statement){
		    t->plan.sql, 4, {p->start, p->end, t->record_id, t->counted_source}};
		return true;
	}
	return false;
}

static bool
next_metrics(struct call *c, struct statement *st, struct err *e)
{
	struct trace *t = c->state;

	for (; t->period < t->n_periods; t->period++, t->view = 0)
		if (next_view(c, &t->periods[t->period], st, e))
			return true;
	return false;
}

/* When it counts by its time: a plan in the period it is for. */
static const char *
counted_at(const struct trace *t)
{
	const json_t *stored = json_object_get(t->record, "record");
	const char *at = member_maybe(stored, "period_start");

	return at != NULL && t->kind->id == KIND_PLAN ? at : member_text(stored, "occurred_at");
}

/* --- what each stage asks --------------------------------------------------------------------- */

enum { TRACE_UNKNOWN = STAGE_OWN, N_HAPPENINGS };

static unsigned
ask_find(void *ctx, struct statement *st, struct err *e)
{
	struct call *c = ctx;
	struct trace *t = c->state;

	if (t->stages.asked == 0) {
		t->sources = json_array();
		*st = (struct statement){embed_text("sql/queries/evidence/record_find.sql"),
					 3,
					 {t->record_id, t->source, t->may_see ? "1" : "0"}};
		return STAGE_ASKS;
	}
	if (json_array_size(t->sources) > 1)
		err_set(e, REJ_FIELD, "source",
			"several sources have a record with this id: name one of them");
	return t->kind != NULL ? STAGE_OVER : TRACE_UNKNOWN;
}

static unsigned
ask_look(void *ctx, struct statement *st, struct err *e)
{
	const struct call *c = ctx;
	const struct trace *t = c->state;

	(void)e;
	*st = (struct statement){
	    embed_text("sql/queries/evidence/record.sql"),
	    4,
	    {t->kind->name, t->counted_source, t->record_id, t->may_see ? "1" : "0"}};
	return stages_once(&t->stages);
}

static unsigned
ask_leaves(void *ctx, struct statement *st, struct err *e)
{
	const struct call *c = ctx;
	const struct trace *t = c->state;
	/* What may not be known is not there. */
	bool known = t->may_see || t->kind != NULL;

	(void)e;
	*st = (struct statement){embed_text("sql/queries/proof/trace_leaves.sql"),
				 3,
				 {t->record_id, t->source, known ? "1" : "0"}};
	if (t->stages.asked == 0)
		return STAGE_ASKS;
	return t->record != NULL ? STAGE_OVER : TRACE_UNKNOWN;
}

static unsigned
ask_without(void *ctx, struct statement *st, struct err *e)
{
	const struct call *c = ctx;
	const struct trace *t = c->state;

	(void)e;
	*st = (struct statement){embed_text("sql/queries/proof/trace_without.sql"),
				 3,
				 {t->kind->name, t->counted_source, t->record_id}};
	return stages_once(&t->stages);
}

static unsigned
ask_period(void *ctx, struct statement *st, struct err *e)
{
	const struct call *c = ctx;
	const struct trace *t = c->state;

	(void)e;
	*st = (struct statement){embed_text("sql/queries/proof/trace_period.sql"),
				 4,
				 {counted_at(t), t->kind->name, t->counted_source, t->record_id}};
	return stages_once(&t->stages);
}

static unsigned
ask_metrics(void *ctx, struct statement *st, struct err *e)
{
	return next_metrics(ctx, st, e) ? STAGE_ASKS : STAGE_OVER;
}

/* --- the stages ------------------------------------------------------------------------------- */

enum stage_id {
	TRACE_FIND,
	TRACE_LOOK,
	TRACE_LEAVES,
	TRACE_WITHOUT,
	TRACE_PERIOD,
	TRACE_METRICS,
	TRACE_ENDED,
	N_TRACE
};

static const char *const stage_names[] = {
    [TRACE_FIND] = "which record",   [TRACE_LOOK] = "what it says",
    [TRACE_LEAVES] = "its leaves",   [TRACE_WITHOUT] = "freezes without it",
    [TRACE_PERIOD] = "its quarters", [TRACE_METRICS] = "its metrics",
    [TRACE_ENDED] = "ended",
};
COVERS(stage_names, N_TRACE);

static const char *const happening_names[] = {
    [STAGE_OVER] = STAGE_OVER_NAME,
    [STAGE_FAILED] = STAGE_FAILED_NAME,
    [TRACE_UNKNOWN] = "it is not stored",
};
COVERS(happening_names, N_HAPPENINGS);

#define AT MACHINE_AT

static const struct move moves[] = {
    {STAGE_OVER, AT(TRACE_FIND), TRACE_LOOK, 0, NULL},
    {TRACE_UNKNOWN, AT(TRACE_FIND), TRACE_LEAVES, 0, NULL},
    {STAGE_OVER, AT(TRACE_LOOK), TRACE_LEAVES, 0, NULL},
    {STAGE_OVER, AT(TRACE_LEAVES), TRACE_WITHOUT, 0, NULL},
    {TRACE_UNKNOWN, AT(TRACE_LEAVES), TRACE_ENDED, 0, NULL},
    {STAGE_OVER, AT(TRACE_WITHOUT), TRACE_PERIOD, 0, NULL},
    {STAGE_OVER, AT(TRACE_PERIOD), TRACE_METRICS, 0, NULL},
    {STAGE_OVER, AT(TRACE_METRICS), TRACE_ENDED, 0, NULL},
    {STAGE_FAILED, AT(TRACE_ENDED) - 1, TRACE_ENDED, 0, NULL},
};
const struct machine trace_machine =
    MACHINE("trace", AT(TRACE_FIND), stage_names, happening_names, moves);

static const struct stage stages[] = {
    [TRACE_FIND] = {ask_find, on_found},
    [TRACE_LOOK] = {ask_look, on_looked},
    [TRACE_LEAVES] = {ask_leaves, on_leaves},
    [TRACE_WITHOUT] = {ask_without, on_without},
    [TRACE_PERIOD] = {ask_period, on_period},
    [TRACE_METRICS] = {ask_metrics, on_metrics},
    [TRACE_ENDED] = {NULL, NULL},
};
COVERS(stages, N_TRACE);

/* --- the job ---------------------------------------------------------------------------------- */

static bool
trace_next(struct job *j, struct statement *st, struct err *e)
{
	struct call *c = j->ctx;
	struct trace *t = c->state;

	return stages_next(&t->stages, c, st, e);
}

static void
trace_rows(struct job *j, const struct rows *rows)
{
	struct call *c = j->ctx;
	const struct trace *t = c->state;
	struct err e = {0};

	stages_rows(&t->stages, c, rows, &e);
}

static const char *
note_for(const struct trace *t)
{
	if (t->record == NULL)
		return "The record is not stored any more. Its leaf is: a copy kept elsewhere can "
		       "be "
		       "proved to have been among the records of these revisions.";
	if (json_is_true(json_object_get(t->record, "is_voided")))
		return "It was voided: no figure computed now counts it.";
	if (json_is_false(json_object_get(t->record, "is_effective")))
		return "A correction of it counts in its place.";
	return NULL;
}

static void
trace_done(struct job *j, const struct err *e)
{
	struct call *c = j->ctx;
	struct trace *t = c->state;
	const json_t *revisions = json_object_get(t->answer, "revisions");
	struct err why = *e;
	const char *note;

	if (why.code == OK && t->record == NULL && json_array_size(revisions) == 0)
		err_set(&why, REJ_NOT_FOUND, "record_id",
			"no such record is stored, and none was frozen; see the quarantine, or "
			"resend it");
	if (why.code == OK) {
		note = note_for(t);
		json_object_set_new(t->answer, "record_id", json_string(t->record_id));
		json_object_set_new(t->answer, "kind",
				    json_string(t->kind != NULL ? t->kind->name : t->purged_kind));
		json_object_set(t->answer, "metrics", t->metrics);
		json_object_set_new(t->answer, "note",
				    note == NULL ? json_null() : json_string(note));
	}
	json_decref(t->metrics);
	json_decref(t->sources);
	json_decref(t->record);
	if (why.code == OK) {
		call_reply_json(c, t->answer);
		return;
	}
	json_decref(t->answer);
	call_fail_err(c, &why);
}

void
admin_trace(struct call *c)
{
	const struct trace_request *r = c->request.trace;
	struct trace *t = arena_zalloc(c->arena, 1, sizeof *t);
	struct uuid id;

	if (t == NULL) {
		call_fail_memory(c);
		return;
	}
	c->state = t;
	t->stages = (struct stages){&trace_machine, stages, "record", TRACE_FIND, 0};
	if (r->record_id.n != sizeof id.b) {
		call_fail(c, ANSWER_INVALID, "record_id", "is not 16 bytes");
		return;
	}
	if (r->source != NULL && !text_is_clean_utf8(text_of(r->source))) {
		call_fail(c, ANSWER_INVALID, "source", "is no clean UTF-8 text");
		return;
	}
	memcpy(id.b, r->record_id.s, sizeof id.b);
	uuid_format(&id, t->record_id);
	t->source = r->source == NULL || r->source[0] == '\0' ? NULL : r->source;
	t->may_see = call_may_know_covert(c);
	t->answer = json_object();
	t->metrics = json_array();
	c->job = (struct job){.role = DB_COMPUTE,
			      .next = trace_next,
			      .rows = trace_rows,
			      .done = trace_done,
			      .ctx = c};
	call_run(c, LANE_LONG);
}
