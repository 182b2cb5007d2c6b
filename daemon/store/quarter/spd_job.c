#include "store/quarter/spd_job.h"

#include "base/count.h"
#include "base/digest.h"
#include "base/file/embed.h"
#include "base/json/jsonmem.h"
#include "core/action/action.h"
#include "core/spd/small.h"
#include "store/quarter/spd_gather.h"

#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bounds of what a quarter may need: a site with every metric by every dimension takes some
 * hundred kilobytes. */
#define ARENA_MAX ((size_t)1024 * 1024 * 1024)
/* What a document of that size took, some fifteen times as much, is given back at once. */
#define LARGE ((size_t)1024 * 1024)

void
spd_fail(struct spd_run *r, enum code code, const char *where, const char *what)
{
	if (r->err.code == OK)
		err_set(&r->err, code, where, "%s", what);
}

static void
fail_memory(struct spd_run *r)
{
	spd_fail(r, TRY_LIMIT, "spd", "the quarter has too many figures for the memory allowed");
}

/* --- what each statement answers -------------------------------------------------------------- */

/* What is left would look like all there was. */
static void
refuse_purged(struct spd_run *r, const char *revisions)
{
	char newest[24];

	if (revisions == NULL) {
		spd_fail(r, REJ_STATE, "quarter",
			 "retention has removed evidence of it, so that it cannot be computed; no "
			 "revision of it was frozen before");
		return;
	}
	snprintf(newest, sizeof newest, "%" PRId64, r->newest);
	err_set(&r->err, REJ_STATE, "quarter",
		"retention has removed evidence of it, so that it cannot be computed anew; "
		"what was frozen stays: spd.show (there is %.80s)",
		revisions);
	action_offer(
	    &r->err,
	    &(struct todo){.action = ACTION_SPD_SHOW, .quarter = r->label, .revision = newest});
}

static void
on_quarter(struct spd_run *r, const struct rows *rows)
{
	struct spd *s = &r->spd;

	if (rows_count(rows) == 0) {
		spd_fail(r, REJ_NOT_FOUND, "quarter",
			 "the civil calendar has no such quarter; without an entity there is none: "
			 "setup");
		action_offer(&r->err, &(struct todo){.action = ACTION_SETUP});
		return;
	}
	s->entity = rows_keep(rows, 0, 0, r->arena);
	s->zone = rows_keep(rows, 0, 1, r->arena);
	s->first_day = rows_keep(rows, 0, 2, r->arena);
	s->last_day = rows_keep(rows, 0, 3, r->arena);
	s->start = rows_keep(rows, 0, 4, r->arena);
	s->end = rows_keep(rows, 0, 5, r->arena);
	s->as_of = rows_keep(rows, 0, 6, r->arena);
	s->marking = rows_keep(rows, 0, 12, r->arena);
	s->handling = rows_keep(rows, 0, 13, r->arena);
	s->corrections = rows_keep(rows, 0, 15, r->arena);
	s->names = rows_keep(rows, 0, 16, r->arena);
	r->newest = rows_int(rows, 0, 9);
	if (rows_int(rows, 0, 11) > 0)
		refuse_purged(r, rows_text(rows, 0, 14));
	if (r->task != SPD_TASK_FREEZE)
		return;
	s->revision = r->newest + 1;
	snprintf(r->revision, sizeof r->revision, "%" PRId64, s->revision);
}

/* The target that a metric's persons are measured against; NULL: none, or the metric that has it is
 * not in force in this quarter. */
static const struct spd_target *
standard_of(const struct spd_run *r, const struct metric *m)
{
	const struct catalogue *c = r->catalogue;
	const char *id = m->persons == NULL ? NULL : m->persons->standard;
	const struct metric *standard = id == NULL ? NULL : catalogue_metric(c, id);

	return standard == NULL ? NULL : r->targets[standard - c->metrics];
}

static bool
real_at(const struct rows *rows, int row, int column, double *out)
{
	const char *text = rows_text(rows, row, column);

	*out = text == NULL ? 0 : strtod(text, NULL);
	return text != NULL;
}

/* Both ends, from this column on. */
static bool
band_at(const struct rows *rows, int row, int column, struct aim *out)
{
	bool has_low = real_at(rows, row, column, &out->low);

	return real_at(rows, row, column + 1, &out->high) && has_low;
}

static struct spd_target *
read_target(struct spd_run *r, const struct metric *m, const struct rows *rows, int i)
{
	struct spd_target *t = arena_zalloc(r->arena, 1, sizeof(*t));

	if (t == NULL)
		return NULL;
	if (real_at(rows, i, 1, &t->value))
		t->aim = aim_at(m->direction, t->value);
	else
		t->is_band = band_at(rows, i, 9, &t->aim);
	t->approved_by = rows_keep(rows, i, 2, r->arena);
	t->from_quarter = rows_keep(rows, i, 3, r->arena);
	t->set_at = rows_keep(rows, i, 4, r->arena);
	t->set_by = rows_keep(rows, i, 5, r->arena);
	t->is_late = rows_int(rows, i, 6) == 1;
	t->has_replaced = real_at(rows, i, 7, &t->replaced);
	t->of = rows_keep(rows, i, 8, r->arena);
	t->has_replaced_band = band_at(rows, i, 11, &t->replaced_band);
	return t;
}

static void
on_targets(struct spd_run *r, const struct rows *rows)
{
	const struct catalogue *c = r->catalogue;

	for (int i = 0; i < rows_count(rows); i++) {
		const struct metric *m = catalogue_metric(c, rows_text(rows, i, 0));
		struct spd_target *t = m == NULL ? NULL : read_target(r, m, rows, i);

		/* Of a metric that this catalogue no longer has, or does not count apart as when it
		 * was set, or that had no band then, or had one. */
		if (t == NULL || (m->apart == NULL) != (t->of == NULL) ||
		    (m->direction == DIRECTION_BAND) != t->is_band)
			continue;
		r->targets[m - c->metrics] = t;
	}
	for (unsigned i = 0; i < c->metrics_count; i++) {
		const struct spd_target *standard = standard_of(r, &c->metrics[i]);
		const double *value = standard == NULL ? NULL : &standard->value;
		const char *part = r->targets[i] == NULL ? NULL : r->targets[i]->of;

		r->folds[i] = fold_new(r->arena, &c->metrics[i], value);
		if (r->folds[i] == NULL || !spd_recheck_fold(r, i, value, part))
			fail_memory(r);
		else
			fold_head(r->folds[i], part);
	}
}

/* They come by metric, so that those of one lie together. */
static void
on_rebases(struct spd_run *r, const struct rows *rows)
{
	int n = rows_count(rows);
	struct spd_rebase *all = arena_zalloc(r->arena, (size_t)n, sizeof *all);

	for (int i = 0; all != NULL && i < n; i++) {
		const struct metric *m = catalogue_metric(r->catalogue, rows_text(rows, i, 0));
		struct spd_rebased *of;

		if (m == NULL)
			continue; /* of a metric that this catalogue no longer has */
		all[i] = (struct spd_rebase){
		    .first_day = rows_keep(rows, i, 1, r->arena),
		    .reason = rows_keep(rows, i, 2, r->arena),
		    .approved_by = rows_keep(rows, i, 3, r->arena),
		    .set_at = rows_keep(rows, i, 4, r->arena),
		    .set_by = rows_keep(rows, i, 5, r->arena),
		};
		of = &r->rebased[m - r->catalogue->metrics];
		of->list = of->n == 0 ? &all[i] : of->list;
		of->n++;
	}
}

static const char *
name_of_metric(const struct catalogue *c, const char *id)
{
	const struct metric *m = catalogue_metric(c, id);

	for (unsigned i = 0; i < c->unsupported_count; i++)
		if (strcmp(c->unsupported[i].id, id) == 0)
			return c->unsupported[i].name;
	return m == NULL ? NULL : m->name;
}

static void
on_not_applicable(struct spd_run *r, const struct rows *rows)
{
	size_t n = (size_t)rows_count(rows);
	struct spd *s = &r->spd;

	s->not_applicable = arena_zalloc(r->arena, n + 1, sizeof *s->not_applicable);
	for (int i = 0; s->not_applicable != NULL && i < rows_count(rows); i++) {
		struct spd_not_applicable *to = &s->not_applicable[s->n_not_applicable];
		const char *id = rows_keep(rows, i, 0, r->arena);

		if (id == NULL || name_of_metric(r->catalogue, id) == NULL)
			continue; /* of a metric that this catalogue no longer has */
		*to = (struct spd_not_applicable){
		    .metric = id,
		    .name = name_of_metric(r->catalogue, id),
		    .reason = rows_keep(rows, i, 1, r->arena),
		    .declared_by = rows_keep(rows, i, 2, r->arena),
		    .from_quarter = rows_keep(rows, i, 3, r->arena),
		    .set_at = rows_keep(rows, i, 4, r->arena),
		    .set_by = rows_keep(rows, i, 5, r->arena),
		};
		s->n_not_applicable++;
	}
}

/* What it answers is not used. */
static void
on_held(struct spd_run *r, const struct rows *rows)
{
	(void)r;
	(void)rows;
}

/* --- the sequence of statements --------------------------------------------------------------- */

static const struct {
	const char *path;
	void (*rows)(struct spd_run *r, const struct rows *rows);
} openings[] = {
    {"sql/queries/quarter/spd_quarter.sql", on_quarter},
    {"sql/queries/quarter/spd_targets.sql", on_targets},
    {"sql/queries/quarter/spd_rebases.sql", on_rebases},
    {"sql/queries/quarter/spd_not_applicable.sql", on_not_applicable},
    {"sql/queries/quarter/spd_hold_feeds.sql", on_held},
};

/* What is frozen, and whatever leaves semsd otherwise, has no figures of few persons. */
static enum code
suppress(struct spd_run *r, struct err *e)
{
	struct spd *s = &r->spd;
	struct arena *scratch;
	bool done;

	s->shows_small_cells = r->shows_small && r->task != SPD_TASK_FREEZE;
	if (s->shows_small_cells)
		return OK;
	scratch = arena_new(SMALL_SCRATCH_MAX);
	done = scratch != NULL && small_suppress(s->metrics, s->n_metrics, scratch);
	arena_free(scratch);
	s->n_suppressed = small_count(s->metrics, s->n_metrics);
	return done ? OK : err_set(e, TRY_LIMIT, "spd", "out of memory; try again");
}

static enum code
make_document(struct spd_run *r, struct err *e)
{
	struct spd *s = &r->spd;
	unsigned char digest[SHA256_SIZE];
	bool again;
	enum code code;

	s->n_metrics = r->catalogue->metrics_count;
	s->metrics = arena_zalloc(r->arena, s->n_metrics, sizeof(*s->metrics));
	for (size_t i = 0; s->metrics != NULL && i < s->n_metrics; i++) {
		struct spd_metric *m = &s->metrics[i];

		m->m = &r->catalogue->metrics[i];
		m->target = r->targets[i];
		m->figures = fold_finish(r->folds[i], m->target == NULL ? NULL : &m->target->aim,
					 &m->n_figures);
		m->rebases = r->rebased[i].list;
		m->n_rebases = r->rebased[i].n;
		counting_weeks(&r->counting, (unsigned)i, m);
	}
	s->values_shown = r->counting.keep;
	s->records = r->counting.records;
	s->n_records = r->counting.n_records;
	if (arena_failed(r->arena)) {
		fail_memory(r);
		*e = r->err;
		return e->code;
	}
	again = false;
	code = spd_recheck_compare(r, e);
	if (code == OK)
		code = suppress(r, e);
	if (code == OK)
		code = spd_document(s, &r->document, e);
	if (code == OK)
		code = spd_freeze_amend(r, &again, e);
	if (code == OK && again) {
		buf_clear(&r->document);
		code = spd_document(s, &r->document, e);
	}
	if (code != OK)
		return code;
	if (!sha256(r->document.p, r->document.n, digest) || !buf_add(&r->document, "", 1))
		return err_set(e, TRY_LIMIT, "spd", "out of memory; try again");
	/* A NUL behind it, for the parameter; it is not part of the document. */
	r->document.n--;
	hex_encode(digest, sizeof digest, r->sha256);
	return OK;
}

/* The last statement, when there is something to keep. */
static bool
keep_document(struct spd_run *r, struct statement *st)
{
	const char *document = (const char *)r->document.p;

	if (r->task == SPD_TASK_FREEZE) {
		spd_freeze_keep(r, st);
		return true;
	}
	*st = (struct statement){embed_text("sql/queries/quarter/spd_keep_live.sql"),
				 3,
				 {r->label, r->spd.as_of, document}};
	return r->task == SPD_TASK_LIVE;
}

/* What is frozen is whole: the document may lack what jansson had no memory for. */
static bool
is_whole(const struct spd_run *r, struct err *e)
{
	if (jsonmem_failed() == r->json_failed)
		return true;
	err_set(e, TRY_LIMIT, "proof", "out of memory; try again");
	return false;
}

static void
begin_counting(struct spd_run *r)
{
	r->counting = (struct counting){
	    .arena = r->arena,
	    .catalogue = r->catalogue,
	    .plan = &r->plan,
	    .folds = r->folds,
	    .source = r->source,
	    .answers = lanes_answers(r->lanes),
	    .quarter = r->label,
	    .first_day = r->spd.first_day,
	    .start = r->spd.start,
	    .end = r->spd.end,
	};
	counting_start(&r->counting);
}

static unsigned
ask_opening(void *ctx, struct statement *st, struct err *e)
{
	struct spd_run *r = ctx;

	(void)e;
	if (r->stages.asked == COUNT(openings))
		return STAGE_OVER;
	*st = (struct statement){embed_text(openings[r->stages.asked].path), 1, {r->label}};
	return STAGE_ASKS;
}

static void
on_opening(void *ctx, const struct rows *rows, struct err *e)
{
	struct spd_run *r = ctx;

	(void)e;
	openings[r->stages.asked - 1].rows(r, rows);
}

static unsigned
ask_whether(void *ctx, struct statement *st, struct err *e)
{
	struct spd_run *r = ctx;

	(void)e;
	return spd_freeze_next(r, r->stages.asked, st) ? STAGE_ASKS : STAGE_OVER;
}

static void
on_whether(void *ctx, const struct rows *rows, struct err *e)
{
	struct spd_run *r = ctx;

	(void)e;
	spd_freeze_rows(r, r->stages.asked - 1, rows);
}

static unsigned
ask_counting(void *ctx, struct statement *st, struct err *e)
{
	struct spd_run *r = ctx;

	if (r->stages.asked == 0)
		begin_counting(r);
	if (!counting_next(&r->counting, st, e))
		return STAGE_OVER;
	r->job.is_ahead = r->counting.is_ahead;
	return STAGE_ASKS;
}

static void
on_counting(void *ctx, const struct rows *rows, struct err *e)
{
	struct spd_run *r = ctx;

	(void)e;
	counting_rows(&r->counting, rows);
}

static unsigned
ask_recheck(void *ctx, struct statement *st, struct err *e)
{
	struct spd_run *r = ctx;

	return spd_recheck_next(r, r->stages.asked, st, e) ? STAGE_ASKS : STAGE_OVER;
}

static void
on_recheck(void *ctx, const struct rows *rows, struct err *e)
{
	(void)e;
	spd_recheck_rows(ctx, rows);
}

static unsigned
ask_gathering(void *ctx, struct statement *st, struct err *e)
{
	struct spd_run *r = ctx;

	(void)e;
	return spd_gather_next(r, r->stages.asked, st) ? STAGE_ASKS : STAGE_OVER;
}

static void
on_gathering(void *ctx, const struct rows *rows, struct err *e)
{
	struct spd_run *r = ctx;

	(void)e;
	spd_gather_rows(r, r->stages.asked - 1, rows);
}

/* What proves a freeze, before its document, which prints it. */
static unsigned
ask_proof(void *ctx, struct statement *st, struct err *e)
{
	struct spd_run *r = ctx;

	if (r->task != SPD_TASK_FREEZE)
		return STAGE_OVER;
	if (proof_freeze_next(&r->proving, st, e))
		return STAGE_ASKS;
	r->spd.proof = r->proving.json;
	return STAGE_OVER;
}

static void
on_proof(void *ctx, const struct rows *rows, struct err *e)
{
	struct spd_run *r = ctx;

	proof_freeze_rows(&r->proving, rows, e);
}

static unsigned
ask_document(void *ctx, struct statement *st, struct err *e)
{
	struct spd_run *r = ctx;

	if (r->stages.asked > 0 || make_document(r, e) != OK || !keep_document(r, st))
		return STAGE_OVER;
	return STAGE_ASKS;
}

static unsigned
ask_signature(void *ctx, struct statement *st, struct err *e)
{
	struct spd_run *r = ctx;

	if (r->task != SPD_TASK_FREEZE || !proof_freeze_keep(&r->proving, &r->document, st, e) ||
	    !is_whole(r, e))
		return STAGE_OVER;
	return STAGE_ASKS;
}

/* --- the stages ------------------------------------------------------------------------------- */

/* What a task has no use for is over at once. */
enum stage_id {
	STAGE_OPENING,
	STAGE_WHETHER,
	STAGE_COUNTING,
	STAGE_RECHECK,
	STAGE_GATHERING,
	STAGE_PROOF,
	STAGE_DOCUMENT,
	STAGE_SIGNATURE,
	STAGE_ENDED,
	N_STAGES
};

static const char *const stage_names[] = {
    [STAGE_OPENING] = "opening",     [STAGE_WHETHER] = "whether it may be frozen",
    [STAGE_COUNTING] = "counting",   [STAGE_RECHECK] = "counting from records",
    [STAGE_GATHERING] = "gathering", [STAGE_PROOF] = "proof",
    [STAGE_DOCUMENT] = "document",   [STAGE_SIGNATURE] = "signature",
    [STAGE_ENDED] = "ended",
};
COVERS(stage_names, N_STAGES);

#define AT MACHINE_AT

static const struct move moves[] = {
    {STAGE_OVER, AT(STAGE_OPENING), STAGE_WHETHER, 0, NULL},
    {STAGE_OVER, AT(STAGE_WHETHER), STAGE_COUNTING, 0, NULL},
    {STAGE_OVER, AT(STAGE_COUNTING), STAGE_RECHECK, 0, NULL},
    {STAGE_OVER, AT(STAGE_RECHECK), STAGE_GATHERING, 0, NULL},
    {STAGE_OVER, AT(STAGE_GATHERING), STAGE_PROOF, 0, NULL},
    {STAGE_OVER, AT(STAGE_PROOF), STAGE_DOCUMENT, 0, NULL},
    {STAGE_OVER, AT(STAGE_DOCUMENT), STAGE_SIGNATURE, 0, NULL},
    {STAGE_OVER, AT(STAGE_SIGNATURE), STAGE_ENDED, 0, NULL},
    {STAGE_FAILED, AT(STAGE_ENDED) - 1, STAGE_ENDED, 0, NULL},
};
const struct machine spd_machine =
    MACHINE("spd run", AT(STAGE_OPENING), stage_names, stage_events, moves);

static const struct stage stages[] = {
    [STAGE_OPENING] = {ask_opening, on_opening},
    [STAGE_WHETHER] = {ask_whether, on_whether},
    [STAGE_COUNTING] = {ask_counting, on_counting},
    [STAGE_RECHECK] = {ask_recheck, on_recheck},
    [STAGE_GATHERING] = {ask_gathering, on_gathering},
    [STAGE_PROOF] = {ask_proof, on_proof},
    [STAGE_DOCUMENT] = {ask_document, NULL},
    [STAGE_SIGNATURE] = {ask_signature, NULL},
    [STAGE_ENDED] = {NULL, NULL},
};
COVERS(stages, N_STAGES);

static bool
on_next(struct job *j, struct statement *st, struct err *e)
{
	struct spd_run *r = j->ctx;

	if (r->err.code != OK) {
		*e = r->err;
		return false;
	}
	return stages_next(&r->stages, r, st, e);
}

static void
on_rows(struct job *j, const struct rows *rows)
{
	struct spd_run *r = j->ctx;

	stages_rows(&r->stages, r, rows, &r->err);
	if (arena_failed(r->arena))
		fail_memory(r);
}

static void
on_done(struct job *j, const struct err *e)
{
	struct spd_run *r = j->ctx;

	r->done(r, e);
}

/* A quarter counts by the definitions in force on its first day, whenever it is computed. */
static void
take_definitions(struct spd_run *r)
{
	struct civil_date d = quarter_first(r->quarter);
	const char *day = arena_printf(r->arena, "%04d-%02d-%02d", d.year, d.month, d.day);
	const struct catalogue *c = day == NULL ? NULL : catalogue_at(r->arena, r->catalogue, day);

	if (c == NULL)
		return;
	r->all = r->catalogue;
	r->catalogue = c;
	r->spd.catalogue = c;
	r->folds = arena_zalloc(r->arena, c->metrics_count, sizeof(struct fold *));
	r->targets = arena_zalloc(r->arena, c->metrics_count, sizeof(struct spd_target *));
	r->rebased = arena_zalloc(r->arena, c->metrics_count, sizeof *r->rebased);
}

static void
begin(struct spd_run *r)
{
	if (r->err.code != OK) {
		struct err e = r->err;

		r->done(r, &e);
		return;
	}
	lanes_run(r->lanes, &r->job);
}

/* What could not be kept is counted with the rest. */
static void
on_feeds_kept(struct feeds_keep *k, const struct err *e)
{
	(void)e;
	begin(k->ctx);
}

static void
keep_feeds(struct spd_run *r)
{
	r->keep = (struct feeds_keep){.lanes = r->lanes,
				      .ticket = r->ticket,
				      .quarter = r->label,
				      .done = on_feeds_kept,
				      .ctx = r};
	feeds_keep_start(&r->keep);
}

void
spd_start(struct spd_run *r)
{
	quarter_format(r->quarter, r->label);
	buf_init(&r->document, SPD_DOCUMENT_MAX);
	r->err = (struct err){0};
	r->stages = (struct stages){&spd_machine, stages, r->label, STAGE_OPENING, 0};
	r->json_failed = jsonmem_failed();
	r->recheck = (struct spd_rechecking){0};
	r->freezing = (struct spd_freezing){0};
	r->spd = (struct spd){.quarter = r->label,
			      .state = r->task == SPD_TASK_FREEZE ? "DRAFT" : "PROVISIONAL"};
	r->spd.template = layout_template(&r->err);
	r->arena = arena_new(ARENA_MAX);
	if (r->arena != NULL)
		take_definitions(r);
	r->proving = (struct proving){
	    .keys = r->keys, .arena = r->arena, .quarter = r->label, .revision = r->revision};
	proof_freeze_start(&r->proving);
	r->job = (struct job){
	    .ticket = r->ticket,
	    .role = DB_COMPUTE,
	    .writes = true, /* temporary tables, at least */
	    .discards = r->task == SPD_TASK_SHOW,
	    .next = on_next,
	    .rows = on_rows,
	    .done = on_done,
	    .ctx = r,
	};
	if (r->arena == NULL || arena_failed(r->arena))
		fail_memory(r);
	else if (metric_sql_plan(r->catalogue, r->arena, &r->plan, &r->err) != OK)
		r->plan.n = 0;
	if (r->err.code != OK) {
		struct err e = r->err;

		r->done(r, &e);
		return;
	}
	if (r->is_past)
		keep_feeds(r);
	else
		spd_past_find(r, keep_feeds);
}

void
spd_fini(struct spd_run *r)
{
	bool was_large = r->document.n >= LARGE;

	buf_fini(&r->document);
	counting_fini(&r->counting);
	spd_recheck_fini(r);
	spd_freeze_fini(r);
	proof_freeze_fini(&r->proving);
	arena_free(r->arena);
	r->arena = NULL;
	if (was_large)
		malloc_trim(0);
}
