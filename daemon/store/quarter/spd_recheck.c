#include "store/quarter/spd_recheck.h"

#include "store/quarter/spd_job.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool
spd_recheck_fold(struct spd_run *r, unsigned metric, const double *standard, const char *part)
{
	struct spd_rechecking *x = &r->recheck;

	if (r->task != SPD_TASK_FREEZE || r->source == SPD_FROM_RAW)
		return true;
	if (x->folds == NULL)
		x->folds = arena_zalloc(r->arena, r->catalogue->metrics_count, sizeof *x->folds);
	if (x->folds == NULL)
		return false;
	x->folds[metric] = fold_new(r->arena, &r->catalogue->metrics[metric], standard);
	if (x->folds[metric] != NULL)
		fold_head(x->folds[metric], part);
	return x->folds[metric] != NULL;
}

static void
begin(struct spd_run *r)
{
	r->recheck.counting = (struct counting){
	    .arena = r->arena,
	    .catalogue = r->catalogue,
	    .plan = &r->plan,
	    .folds = r->recheck.folds,
	    .source = SPD_FROM_RAW,
	    .keep = r->counting.keep,
	    .quarter = r->label,
	    .first_day = r->spd.first_day,
	    .start = r->spd.start,
	    .end = r->spd.end,
	};
	counting_start(&r->recheck.counting);
	buf_init(&r->recheck.sql, 1 << 16);
	r->recheck.begun = true;
}

/* What the first counting left in its transaction has the names that this one needs. */
static bool
drop_tables(struct spd_run *r, struct statement *st)
{
	struct spd_rechecking *x = &r->recheck;

	buf_addf(&x->sql, "DROP TABLE IF EXISTS ");
	for (unsigned i = 0; i < r->plan.cubes.n; i++)
		buf_addf(&x->sql, "%spg_temp.cube_%u, pg_temp.scan_%u", i == 0 ? "" : ", ", i, i);
	if (r->plan.cubes.n == 0 || !buf_add(&x->sql, "", 1))
		return false;
	*st = (struct statement){(const char *)x->sql.p, 0, {NULL}};
	return true;
}

bool
spd_recheck_next(struct spd_run *r, size_t step, struct statement *st, struct err *e)
{
	if (r->recheck.folds == NULL)
		return false;
	if (step == 0) {
		begin(r);
		if (drop_tables(r, st))
			return true;
	}
	return counting_next(&r->recheck.counting, st, e);
}

void
spd_recheck_rows(struct spd_run *r, const struct rows *rows)
{
	counting_rows(&r->recheck.counting, rows);
}

/* --- comparing -------------------------------------------------------------------------------- */

static bool
is_same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool
is_same_place(const struct figure *a, const struct figure *b)
{
	bool same = a->breakdown == b->breakdown;

	for (unsigned i = 0; i < BREAKDOWN_MAX; i++)
		same = same && is_same_text(a->by[i], b->by[i]);
	return same;
}

static bool
is_same_bins(const struct figure *a, const struct figure *b)
{
	bool same = a->n_bins == b->n_bins;

	for (size_t i = 0; same && i < a->n_bins; i++)
		same = a->bins[i].value == b->bins[i].value && a->bins[i].n == b->bins[i].n;
	return same;
}

static bool
is_same_clusters(const struct cluster_counts *a, const struct cluster_counts *b)
{
	return a->x == b->x && a->n == b->n && a->sums.clusters == b->sums.clusters &&
	       a->sums.xx == b->sums.xx && a->sums.xn == b->sums.xn && a->sums.nn == b->sums.nn;
}

/* All that a figure is made of: numerator, denominator, what was left out, the parts. */
static bool
is_same_figure(const struct metric *m, const struct figure *a, const struct figure *b)
{
	bool same = a->numerator == b->numerator && a->denominator == b->denominator &&
		    a->has_numerator == b->has_numerator &&
		    a->has_denominator == b->has_denominator &&
		    a->persons_left_out == b->persons_left_out && a->set_apart == b->set_apart &&
		    a->status == b->status && is_same_text(a->no_data, b->no_data);

	for (unsigned g = 0; same && g < metric_groups(m); g++)
		same = a->count[g] == b->count[g] && a->known[g] == b->known[g];
	return same && is_same_bins(a, b) && is_same_clusters(&a->told, &b->told);
}

/* any: the one that is there; a or b may be NULL. */
static enum code
differs(const struct metric *m, const struct figure *any, const struct figure *a,
	const struct figure *b, struct err *e)
{
	const struct breakdown *by = &m->breakdown[any->breakdown];
	char where[120] = "";
	size_t n = 0;

	for (unsigned i = 0; i < by->n && n < sizeof where; i++)
		n += (size_t)snprintf(where + n, sizeof where - n, "%s%s=%s", i == 0 ? " " : ",",
				      m->dimension[by->dimension[i]],
				      any->by[i] == NULL ? FIGURE_NOT_GIVEN : any->by[i]);
	return err_set(e, FATAL_BUG, "spd",
		       "%s%s: %" PRId64 "/%" PRId64 " by the counts, %" PRId64 "/%" PRId64
		       " by the records. Nothing was frozen; SCHEMA.md (Day counts) says how to "
		       "count anew",
		       m->id, where, a == NULL ? 0 : a->numerator, a == NULL ? 0 : a->denominator,
		       b == NULL ? 0 : b->numerator, b == NULL ? 0 : b->denominator);
}

/* Both lists are by breakdown and value. */
static enum code
compare_metric(const struct spd_metric *counts, struct figure *const *records, size_t n,
	       struct err *e)
{
	size_t least = counts->n_figures < n ? counts->n_figures : n;

	for (size_t i = 0; i < least; i++)
		if (!is_same_place(counts->figures[i], records[i]) ||
		    !is_same_figure(counts->m, counts->figures[i], records[i]))
			return differs(counts->m, records[i], counts->figures[i], records[i], e);
	if (counts->n_figures > least)
		return differs(counts->m, counts->figures[least], counts->figures[least], NULL, e);
	return n > least ? differs(counts->m, records[least], NULL, records[least], e) : OK;
}

static enum code
compare_weeks(const struct spd_run *r, unsigned metric, struct err *e)
{
	const struct spd_metric *a = &r->spd.metrics[metric];
	struct spd_metric b = {0};
	bool same;

	counting_weeks(&r->recheck.counting, metric, &b);
	same = a->n_weeks == b.n_weeks;
	for (size_t i = 0; same && i < b.n_weeks; i++)
		same = a->weeks[i].numerator == b.weeks[i].numerator &&
		       a->weeks[i].denominator == b.weeks[i].denominator &&
		       strcmp(a->weeks[i].first_day, b.weeks[i].first_day) == 0;
	return same ? OK
		    : err_set(
			  e, FATAL_BUG, "spd",
			  "%s: its weeks by the counts are not those by the records. Nothing was "
			  "frozen; SCHEMA.md (Day counts) says how to count anew",
			  a->m->id);
}

static enum code
compare_records(const struct spd_run *r, struct err *e)
{
	const struct counting *a = &r->counting;
	const struct counting *b = &r->recheck.counting;

	for (size_t i = 0; i < a->n_records || i < b->n_records; i++) {
		const struct spd_records *x = i < a->n_records ? &a->records[i] : NULL;
		const struct spd_records *y = i < b->n_records ? &b->records[i] : NULL;

		const char *kind = x != NULL ? x->kind : "a kind";

		if (x == NULL || y == NULL || strcmp(x->kind, y->kind) != 0 ||
		    x->received != y->received || x->effective != y->effective ||
		    x->corrected != y->corrected || x->voided != y->voided || x->late != y->late)
			return err_set(
			    e, FATAL_BUG, "spd",
			    "the number of records of %s by the counts is not that of the "
			    "records. Nothing was frozen; SCHEMA.md (Day counts) says how to "
			    "count anew",
			    kind);
	}
	return OK;
}

enum code
spd_recheck_compare(struct spd_run *r, struct err *e)
{
	enum code code = OK;

	if (r->recheck.folds == NULL)
		return OK;
	for (size_t i = 0; code == OK && i < r->spd.n_metrics; i++) {
		const struct spd_metric *m = &r->spd.metrics[i];
		size_t n = 0;
		struct figure **records = fold_finish(
		    r->recheck.folds[i], m->target == NULL ? NULL : &m->target->aim, &n);

		if (records == NULL)
			return err_set(e, TRY_LIMIT, "spd", "out of memory; try again");
		code = compare_metric(m, records, n, e);
		if (code == OK)
			code = compare_weeks(r, (unsigned)i, e);
	}
	return code == OK ? compare_records(r, e) : code;
}

void
spd_recheck_fini(struct spd_run *r)
{
	if (!r->recheck.begun)
		return;
	counting_fini(&r->recheck.counting);
	buf_fini(&r->recheck.sql);
	r->recheck.begun = false;
}
