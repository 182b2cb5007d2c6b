/* What the pages of this room share: their frame, their style, and lists of sentences. */
#ifndef SEMS_RENDER_REGISTER_FOLIO_H
#define SEMS_RENDER_REGISTER_FOLIO_H

#include "render/page/html.h"
#include "render/register/register_read.h"

/* From the document type to the end of the heading. kicker: what it is, note: under its facts. */
void folio_begin(struct book *b, const json_t *doc, const char *kicker, struct buf *out);
void folio_end(const struct book *b, struct buf *out);

/* A section with a heading, which folio_close() ends. */
void folio_open(struct buf *out, const char *id, const char *title);
void folio_close(struct buf *out);
void folio_say(struct buf *out, const char *class, const char *sentence);

/* A list of sentences, the first FOLIO_SHOWN of them; the others are counted. */
#define FOLIO_SHOWN 12
struct folio_list {
	struct buf *out;
	size_t n;
};
void folio_list_begin(struct folio_list *l, struct buf *out, const char *title);
/* to: the number of what the sentence is about, which it leads to; "": it leads nowhere. */
void folio_list_say(struct folio_list *l, const char *to, const char *sentence);
/* empty: what is said where there was none. */
void folio_list_end(struct folio_list *l, const char *empty);

/* Every grid of the sheet, as tables below their titles. */
void folio_sheet(struct book *b, const struct sheet *s, const char *id, struct buf *out);

extern const char folio_style[];

#endif
