/* A page printed of answers that a test makes. */
#ifndef TESTS_WEB_SHOWN_H
#define TESTS_WEB_SHOWN_H

#include "web/view/view.h"

/* One at a time: its showing, to be changed before it is printed. */
struct showing *shown_begin(enum role role, const char *path, const char *query);
/* What question i was answered; raw: not read. */
void shown_said(unsigned i, const char *json);
void shown_raw(unsigned i, const json_t *document);
/* The page without what is around it; until shown_end(). */
const char *shown_print(void (*print)(struct showing *s, struct buf *b));
void shown_end(void);

#endif
