/* A quarter: its document, what became of it, its figures one by one, and the records behind them.
 */
#ifndef SEMS_WEB_READ_QUARTER_H
#define SEMS_WEB_READ_QUARTER_H

#include "web/view/view.h"

/* The questions of a quarter's page and of its metrics', in the order that the printers take. */
enum quarter_ask {
	QUARTER_STATUS,
	QUARTER_DOCUMENT,
	QUARTER_DECLARATION,
	QUARTER_LIST,
	QUARTER_ASKS
};

/* i: one of those. The revision is the query's, "now" for none, else the newest. */
bool quarter_ask(struct showing *s, struct question *q, unsigned i);
/* Of which nothing is frozen: what would be computed now. 0 for that. */
long long quarter_revision(const struct showing *s);

/* The newest of them, by the status, which is the view's first question. */
void quarters_put(const struct showing *s, struct buf *b, unsigned most);
void quarters_print(struct showing *s, struct buf *b);
void quarter_print(struct showing *s, struct buf *b);
void sheet_print(struct showing *s, struct buf *b);
void metric_print(struct showing *s, struct buf *b);

/* From a figure to its records: EXPLAIN is the view's one question. */
bool explain_ask(struct showing *s, struct question *q, unsigned i);
void explain_print(struct showing *s, struct buf *b);

/* A frozen revision beside the figures of now: DIFF is the view's one question. */
bool diff_ask(struct showing *s, struct question *q, unsigned i);
void diff_print(struct showing *s, struct buf *b);

#endif
