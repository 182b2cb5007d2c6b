#include "store/spd_job.h"

#include "base/digest.h"
#include "base/embed.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CATALOGUE_PATH "deploy/catalogue/metrics.yaml"

/* Bounds of what a quarter may need: a site with every metric by every dimension takes some
 * hundred kilobytes. */
#define ARENA_MAX    ((size_t)1024 * 1024 * 1024)
#define DOCUMENT_MAX ((size_t)256 * 1024 * 1024)

const struct catalogue *
spd_catalogue(struct err *e)
{
	static struct catalogue *catalogue;
	const char *text = embed_text(CATALOGUE_PATH);
	if (text == NULL) {
		(void)err_set(e, FATAL_BUG, CATALOGUE_PATH, "is not compiled in");
	} else if (catalogue == NULL && catalogue_read(CATALOGUE_PATH, text, &catalogue, e) != OK) {
		return NULL;
	}
	return catalogue;
}

static void
fail(struct spd_run *r, enum code code, const char *where, const char *what)
{
	if (r->err.code == OK) {
		(void)err_set(&r->err, code, where, "%s", what);
	}
}

static void
fail_memory(struct spd_run *r)
{
	fail(r, TRY_LIMIT, "spd", "the quarter has too many figures for the memory allowed");
}

static const char *
keep_text(struct spd_run *r, const struct rows *rows, int row, int col)
{
	const char *s = rows_text(rows, row, col);
	return s == NULL ? NULL : arena_dup(r->arena, s, strlen(s));
}

/* --- what each statement answers -------------------------------------------------------------- */

static void
on_quarter(struct spd_run *r, const struct rows *rows)
{
	struct spd *s = &r->spd;
	if (rows_count(rows) == 0) {
		fail(r, REJ_NOT_FOUND, "quarter",
		     "the civil calendar has no such quarter; without an entity there is none: "
		     "semsctl init");
		return;
	}
	s->entity = keep_text(r, rows, 0, 0);
	s->zone = keep_text(r, rows, 0, 1);
	s->first_day = keep_text(r, rows, 0, 2);
	s->last_day = keep_text(r, rows, 0, 3);
	s->start = keep_text(r, rows, 0, 4);
	s->end = keep_text(r, rows, 0, 5);
	s->as_of = keep_text(r, rows, 0, 6);
	r->newest = rows_int(rows, 0, 9);
	/* What is left would look like all there was. */
	if (rows_int(rows, 0, 11) > 0) {
		fail(r, REJ_STATE, "quarter",
		     "retention has removed evidence of it, so that it cannot be computed anew; "
		     "semsctl spd list names its revisions, which stay");
	}
	if (r->task != SPD_TASK_FREEZE) {
		return;
	}
	s->revision = r->newest + 1;
	(void)snprintf(r->revision, sizeof(r->revision), "%" PRId64, s->revision);
}

static void
on_targets(struct spd_run *r, const struct rows *rows)
{
	const struct catalogue *c = r->catalogue;
	for (int i = 0; i < rows_count(rows); i++) {
		const struct metric *m = catalogue_metric(c, rows_text(rows, i, 0));
		struct spd_target *t = arena_zalloc(r->arena, 1, sizeof(*t));
		if (m == NULL || t == NULL) {
			continue; /* a target of a metric that this catalogue no longer has */
		}
		t->value = strtod(rows_text(rows, i, 1), NULL);
		t->approved_by = keep_text(r, rows, i, 2);
		t->from_quarter = keep_text(r, rows, i, 3);
		r->targets[m - c->metrics] = t;
	}
	for (unsigned i = 0; i < c->metrics_count; i++) {
		const struct person_count *p = c->metrics[i].persons;
		const struct spd_target *standard = NULL;
		if (p != NULL && p->standard != NULL) {
			standard = r->targets[catalogue_metric(c, p->standard) - c->metrics];
		}
		r->folds[i] =
		    fold_new(r->arena, &c->metrics[i], standard == NULL ? NULL : &standard->value);
		if (r->folds[i] == NULL) {
			fail_memory(r);
		}
	}
}

static void
on_records(struct spd_run *r, const struct rows *rows)
{
	size_t n = (size_t)rows_count(rows);
	struct spd_records *list = arena_zalloc(r->arena, n, sizeof(*list));
	if (list == NULL) {
		fail_memory(r);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		int row = (int)i;
		list[i] = (struct spd_records){
		    .kind = keep_text(r, rows, row, 0),
		    .received = rows_int(rows, row, 1),
		    .effective = rows_int(rows, row, 2),
		    .corrected = rows_int(rows, row, 3),
		    .voided = rows_int(rows, row, 4),
		    .late = rows_int(rows, row, 5),
		};
	}
	r->spd.records = list;
	r->spd.n_records = n;
}

/* The values of a metric's dimensions in a row whose dimensions begin at column `first`. */
static void
read_dims(const struct query *q, unsigned metric, const struct rows *rows, int row, int first,
	  const char *dims[DIMENSIONS_MAX])
{
	for (unsigned d = 0; d < DIMENSIONS_MAX; d++) {
		int column = q->dim_column[metric][d];
		dims[d] = column < 0 ? NULL : rows_text(rows, row, first + column);
	}
}

static void
fold_sums(struct spd_run *r, const struct query *q, const struct rows *rows)
{
	const char *dims[DIMENSIONS_MAX];
	for (int row = 0; row < rows_count(rows); row++) {
		unsigned last = UINT32_MAX;
		for (size_t i = 0; i < q->n_uses; i++) {
			const struct query_use *u = &q->uses[i];
			if (rows_text(rows, row, u->column) == NULL) {
				continue;
			}
			if (u->metric != last) {
				read_dims(q, u->metric, rows, row, 0, dims);
				last = u->metric;
			}
			fold_add(r->folds[u->metric], dims, u->group,
				 u->sign * rows_int(rows, row, u->column));
		}
	}
}

static void
fold_values(struct spd_run *r, const struct query *q, const struct rows *rows)
{
	const char *dims[DIMENSIONS_MAX];
	int n = (int)q->n_dims;
	for (int row = 0; row < rows_count(rows); row++) {
		read_dims(q, q->metric, rows, row, 0, dims);
		fold_add_value(r->folds[q->metric], dims, rows_int(rows, row, n),
			       rows_int(rows, row, n + 1));
	}
}

/* One row of persons for one metric, in the breakdown that the row is grouped by. */
static void
fold_row_of_persons(struct spd_run *r, const struct query *q, const struct query_persons *p,
		    const struct rows *rows, int row)
{
	const struct metric *m = &r->catalogue->metrics[p->metric];
	const char *dims[DIMENSIONS_MAX];
	unsigned b = 0;
	while (b < m->breakdown_count && p->grouping[b] != rows_int(rows, row, 0)) {
		b++;
	}
	if (b < m->breakdown_count) {
		read_dims(q, p->metric, rows, row, 1, dims);
		fold_add_persons(r->folds[p->metric], b, dims, rows_int(rows, row, p->n_column),
				 rows_int(rows, row, p->n_column + 1),
				 rows_int(rows, row, q->persons_column));
	}
}

static void
fold_persons(struct spd_run *r, const struct query *q, const struct rows *rows)
{
	for (size_t i = 0; i < q->n_persons; i++) {
		for (int row = 0; row < rows_count(rows); row++) {
			fold_row_of_persons(r, q, &q->persons[i], rows, row);
		}
	}
}

/* --- the sequence of statements --------------------------------------------------------------- */

static const struct {
	const char *path;
	int n_params; /* 1: the quarter; 2: its start and end */
	void (*rows)(struct spd_run *r, const struct rows *rows);
} openings[] = {
    {"sql/queries/spd_quarter.sql", 1, on_quarter},
    {"sql/queries/spd_targets.sql", 1, on_targets},
    {"sql/queries/spd_records.sql", 2, on_records},
};
#define N_OPENINGS (sizeof(openings) / sizeof(openings[0]))

static const char live_sql[] =
    "INSERT INTO sems.spd_live (quarter, as_of, document) VALUES ($1, $2::timestamptz, $3)"
    " ON CONFLICT (quarter) DO UPDATE SET as_of = excluded.as_of, document = excluded.document";

static enum code
make_document(struct spd_run *r, struct err *e)
{
	struct spd *s = &r->spd;
	unsigned char digest[SHA256_SIZE];
	s->n_metrics = r->catalogue->metrics_count;
	s->metrics = arena_zalloc(r->arena, s->n_metrics, sizeof(*s->metrics));
	for (size_t i = 0; s->metrics != NULL && i < s->n_metrics; i++) {
		struct spd_metric *m = &s->metrics[i];
		m->m = &r->catalogue->metrics[i];
		m->target = r->targets[i];
		m->figures = fold_finish(r->folds[i], m->target == NULL ? NULL : &m->target->value,
					 &m->n_figures);
	}
	if (arena_failed(r->arena)) {
		fail_memory(r);
		*e = r->err;
		return e->code;
	}
	bool again = false;
	enum code code = spd_document(s, &r->document, e);
	if (code == OK) {
		code = spd_freeze_amend(r, &again, e);
	}
	if (code == OK && again) {
		buf_clear(&r->document);
		code = spd_document(s, &r->document, e);
	}
	if (code != OK) {
		return code;
	}
	if (!sha256(r->document.p, r->document.n, digest) || !buf_add(&r->document, "", 1)) {
		return err_set(e, TRY_LIMIT, "spd", "out of memory; try again");
	}
	/* A NUL behind it, for the parameter; it is not part of the document. */
	r->document.n--;
	hex_encode(digest, sizeof(digest), r->sha256);
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
	*st = (struct statement){live_sql, 3, {r->label, r->spd.as_of, document}};
	return r->task == SPD_TASK_LIVE;
}

static bool
on_next(struct job *j, struct statement *st, struct err *e)
{
	struct spd_run *r = j->ctx;
	size_t step = r->step++;
	if (r->err.code != OK) {
		*e = r->err;
		return false;
	}
	if (step < N_OPENINGS) {
		bool dated = openings[step].n_params == 2;
		*st = (struct statement){embed_text(openings[step].path),
					 openings[step].n_params,
					 {dated ? r->spd.start : r->label, r->spd.end}};
		return true;
	}
	if (r->before == 0 && spd_freeze_next(r, step - N_OPENINGS, st)) {
		return true;
	}
	r->before = r->before == 0 ? step : r->before;
	if (step < r->before + r->plan.n) {
		*st = (struct statement){
		    r->plan.queries[step - r->before].sql, 2, {r->spd.start, r->spd.end}};
		return true;
	}
	if (step > r->before + r->plan.n) {
		return false;
	}
	return make_document(r, e) == OK && keep_document(r, st);
}

static void
on_rows(struct job *j, const struct rows *rows)
{
	static void (*const by_shape[])(struct spd_run *, const struct query *,
					const struct rows *) = {
	    [QUERY_SUMS] = fold_sums,
	    [QUERY_VALUES] = fold_values,
	    [QUERY_PERSONS] = fold_persons,
	};
	struct spd_run *r = j->ctx;
	size_t step = r->step - 1;
	if (step < N_OPENINGS) {
		openings[step].rows(r, rows);
	} else if (r->before == 0) {
		spd_freeze_rows(r, step - N_OPENINGS, rows);
	} else if (step < r->before + r->plan.n) {
		const struct query *q = &r->plan.queries[step - r->before];
		by_shape[q->shape](r, q, rows);
	}
	if (arena_failed(r->arena)) {
		fail_memory(r);
	}
}

static void
on_done(struct job *j, const struct err *e)
{
	struct spd_run *r = j->ctx;
	r->done(r, e);
}

void
spd_start(struct spd_run *r)
{
	size_t n = r->catalogue->metrics_count;
	quarter_format(r->quarter, r->label);
	buf_init(&r->document, DOCUMENT_MAX);
	r->err = (struct err){0};
	r->step = 0;
	r->before = 0;
	r->freezing = (struct spd_freezing){0};
	r->spd = (struct spd){.quarter = r->label,
			      .catalogue = r->catalogue,
			      .state = r->task == SPD_TASK_FREEZE ? "DRAFT" : "PROVISIONAL"};
	r->arena = arena_new(ARENA_MAX);
	if (r->arena != NULL) {
		r->folds = arena_zalloc(r->arena, n, sizeof(struct fold *));
		r->targets = arena_zalloc(r->arena, n, sizeof(struct spd_target *));
	}
	r->job = (struct job){
	    .role = DB_COMPUTE,
	    .writes = r->task != SPD_TASK_SHOW,
	    .next = on_next,
	    .rows = on_rows,
	    .done = on_done,
	    .ctx = r,
	};
	if (r->arena == NULL || arena_failed(r->arena)) {
		fail_memory(r);
	} else if (metric_sql_plan(r->catalogue, r->arena, &r->plan, &r->err) != OK) {
		r->plan.n = 0;
	}
	if (r->err.code != OK) {
		struct err e = r->err;
		r->done(r, &e);
		return;
	}
	store_run(r->store, &r->job);
}

void
spd_fini(struct spd_run *r)
{
	buf_fini(&r->document);
	spd_freeze_fini(r);
	arena_free(r->arena);
	r->arena = NULL;
}
