/* The sheets of the SPD, one function each: what is on them and in which order. */
#ifndef SEMS_RENDER_SHEET_SHEETS_H
#define SEMS_RENDER_SHEET_SHEETS_H

#include "render/sheet/book.h"

#define SHEET_OF_BALANCES "findings"
#define SHEET_OF_SUMMARY  "summary"

/* What a sheet is to hold: from the template where the document has one, else from the metrics. */
struct plan {
	const char *slug;
	const char *title;
	const char *note;    /* "": none */
	const char *empty;   /* what to say when there is nothing; "": the usual */
	const json_t *words; /* the columns asked for; NULL: all */
	const json_t *by;    /* the breakdowns asked for, "site measure"; NULL: all there are */
	const json_t *const *metrics; /* up to NULL */
	const json_t *unsupported;    /* ids and names of those that cannot be computed; NULL */
};

/* All of them, in order. */
void sheets_make(struct book *b);

void sheet_summary(struct book *b);
void sheet_cover(struct book *b, const struct plan *p);
void sheet_scorecard(struct book *b, const struct plan *p);
void sheet_metrics(struct book *b, const struct plan *p);
void sheet_balances(struct book *b, const struct plan *p);    /* then the metrics */
void sheet_quality(struct book *b, const struct plan *p);     /* completeness, then the metrics */
void sheet_corrections(struct book *b, const struct plan *p); /* and voids */
void sheet_restatements(struct book *b, const struct plan *p);
void sheet_definitions(struct book *b, const struct plan *p);
void sheet_figures(struct book *b, const struct plan *p);

/* A sheet with its note. */
struct sheet *sheet_begin(struct book *b, const struct plan *p);
/* Added to a sheet: the entity's and the broken down figures of metrics, with their charts. */
void figures_grids(struct sheet *s, const struct plan *p);
void charts_of_metric(struct sheet *s, const char *slug, const json_t *metric);
void history_of_sheet(struct sheet *s, const struct plan *p);
void balances_grid(struct sheet *s);
#define QUARTERS_MAX 8
/* The quarters from the oldest that any metric of the plan has a figure of up to the one before the
 * document's, those of which there is none among them: a gap is seen as one. How many. */
size_t quarters_before(struct book *b, const struct plan *p, const char *label[QUARTERS_MAX]);

/* The figure of the entity, NULL when there is none. */
const json_t *metric_entity_figure(const json_t *metric);
/* out, when the metric has a target that is one value; else NULL. */
const double *metric_target(const json_t *metric, double *out);
/* A cell with the target, whatever it is; false, and none: it is not set. */
bool metric_put_target(struct grid *g, const json_t *metric);
/* Behind a target that was set when the quarter had ended. */
#define SIGN_LATE "◆"
/* The status in words with its sign, for people; its tone. */
const char *figure_status(struct book *b, const json_t *metric, const json_t *figure,
			  enum tone *tone);
/* "TIP hit rate (Pd), site NMR" of a metric's id and dimensions; the name when it is known. */
const char *figure_name(struct book *b, const char *id, json_t *by);
/* What people said of this figure, one after the other; "" when they did not. */
const char *figure_comment(struct book *b, const char *id, const json_t *by);
const json_t *metric_of(const struct book *b, const char *id); /* NULL: none of that id */

#endif
