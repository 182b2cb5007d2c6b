/*
 * Grids, charts and sentences of a document's book (render/sheet) as parts of a page: the same
 * cells as in the workbook and on the document's own page, with links into the pages here.
 */
#ifndef SEMS_WEB_PAGE_GRID_H
#define SEMS_WEB_PAGE_GRID_H

#include "render/sheet/book.h"

#include <stdbool.h>

/* Where a metric's page is: before + its id + behind. */
struct grid_links {
	const char *before; /* "/quarter/2026-Q3/metric/" */
	const char *behind; /* "?revision=2" */
};

/* What else a row has: columns of the caller's, before the grid's and behind them. NULL: none. */
struct grid_more {
	void (*headers)(struct buf *b, const void *of, bool behind);
	void (*cells)(struct buf *b, const void *of, size_t row, bool behind);
	const void *of;
};

/* id: of its caption, one of its kind on the page. */
void grid_put(struct buf *b, const struct grid *g, const char *id, const struct grid_links *to,
	      const struct grid_more *more);
/* A list of sentences, or of numbers, by the grid's look. */
void grid_put_said(struct buf *b, const struct grid *g, const struct grid_links *to);
/* All of a sheet, its charts with their data behind them. */
void grid_put_sheet(struct buf *b, const struct sheet *s, const struct grid_links *to);

#endif
