/* HTML as it is put together: what comes from elsewhere is escaped. */
#ifndef SEMS_WEB_PERSON_HTML_H
#define SEMS_WEB_PERSON_HTML_H

#include "base/buf.h"

/* Markup, as it is. */
void html_put(struct buf *b, const char *markup);
/* A text, in an element or in an attribute within double quotes. */
void html_text(struct buf *b, const char *text);
/* From the doctype to where the page's own begins; what follows it. */
void html_begin(struct buf *b, const char *title);
void html_end(struct buf *b);

#endif
