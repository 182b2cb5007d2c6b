/* Room render/page: The document as a page. */
/*
 * An edition as one page: no script, nothing fetched, for the screen, for paper and for those who
 * listen to it. The summary comes first; every plot has a sentence and its data beside it.
 */
#ifndef SEMS_RENDER_PAGE_HTML_H
#define SEMS_RENDER_PAGE_HTML_H

#include "render/sheet/book.h"

/* Appends; out->failed tells when there was no room. */
void html_render(struct book *b, struct buf *out);

/* From the document type to the end of the head, with its own style and then these, up to NULL;
 * styles NULL: none. */
void html_document_head(const struct book *b, const char *const *styles, struct buf *out);
/* The parts of the page, one file each. */
void html_text(struct buf *out, const char *s);       /* escaped */
void html_css_string(struct buf *out, const char *s); /* in quotes */
/* chart: drawn from the grid, NULL: none; sheet and id: of the page's elements */
void html_grid(struct buf *out, const struct grid *g, const struct chart_view *chart,
	       const char *sheet, const char *id);
void html_chart(struct buf *out, const struct chart_view *c, const char *id);
/* The points of a cell as a line that its text tells too. */
void html_spark(struct buf *out, const struct cell *c);
/* A cell that leads on, where there is such a place. */
void html_link(struct book *b, struct buf *out, const struct cell *c);
void html_summary(const struct sheet *s, struct buf *out);

extern const char *const html_style[]; /* up to NULL */

#endif
