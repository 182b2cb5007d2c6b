/* Room web/page: Parts of pages: HTML as it is put together, forms as they come, tables of what
 * semsd answered. */
/*
 * HTML as it is put together. What comes from elsewhere goes through html_text() (render/page),
 * the one function that escapes, or is a part of an address, through html_query().
 */
#ifndef SEMS_WEB_PAGE_MARKUP_H
#define SEMS_WEB_PAGE_MARKUP_H

#include "base/buf.h"
#include "render/page/html.h"

#include <jansson.h>

/* Markup, as it is. */
void html_put(struct buf *b, const char *markup);
/* An element with a text: <h2>text</h2>; element: "h2" or "p class=\"note\"". */
void html_line(struct buf *b, const char *element, const char *text);
/* A part of a path, or a value of a query: what is no letter or digit of ASCII as its number. */
void html_query(struct buf *b, const char *text);
/*
 * An address of a pattern as "/record/{record_id}?source={source}": what stands in braces is a
 * member of o, "root.source" one of a member's. False, and nothing is put: one of them is not
 * there.
 */
bool html_address(struct buf *b, const char *pattern, const json_t *o);
/* From the doctype to where the body begins; what ends it. */
void html_head(struct buf *b, const char *title);
void html_foot(struct buf *b);
/* A page with nothing around it: html_head(), and its title once more; what ends it. */
void html_begin(struct buf *b, const char *title);
void html_end(struct buf *b);

/* The member of a path with dots, "revision.sha256"; NULL: there is none. */
json_t *html_member(const json_t *o, const char *path);

#endif
