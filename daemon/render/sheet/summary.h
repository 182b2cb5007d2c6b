/*
 * The summary, first in every format: what failed and since when, what changed, what warns, what is
 * not known and what all of it rests on. Lists of sentences, each with one message, and the metric
 * or sheet that tells more. Each sentence holds for every document, or is not said.
 */
#ifndef SEMS_RENDER_SHEET_SUMMARY_H
#define SEMS_RENDER_SHEET_SUMMARY_H

#include "render/sheet/sheets.h"

/* A list of sentences; empty: what is said where there are none. NULL: memory is out. */
struct grid *summary_list(struct sheet *s, const char *slug, const char *title, const char *empty);
/* about: a metric's id or a sheet's slug, by which the reader goes on; "": neither. */
void summary_say(struct grid *g, const char *about, const char *sentence);
/* A sentence about a metric, which it leads to. */
void summary_say_of(struct grid *g, const json_t *metric, const char *sentence);

/* Judged, or would be if there were data: not what is only told. */
bool summary_is_judged(const json_t *metric);
/* "worse" or "better" of a difference; "" where neither is. */
const char *summary_worth(const json_t *metric, double difference);
/* "88.2 % (396 of 449)"; the number beside which it is read, or NULL. */
const char *summary_value(struct book *b, const json_t *metric, const json_t *figure,
			  const double *beside);

/* Lists, in the order in which they are read. */
void summary_serious(struct sheet *s);
void summary_changed(struct sheet *s);
void summary_status_changed(struct sheet *s);
void summary_warnings(struct sheet *s);
void summary_unknown(struct sheet *s);
void summary_ground(struct sheet *s);

#endif
