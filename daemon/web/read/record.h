/* Records: which there are, and one with its corrections, its revisions and its figures. */
#ifndef SEMS_WEB_READ_RECORD_H
#define SEMS_WEB_READ_RECORD_H

#include "web/view/view.h"

/* Of the path's id. */
bool record_ask(struct showing *s, struct question *q, unsigned i);
bool trace_ask(struct showing *s, struct question *q, unsigned i);
void record_print(struct showing *s, struct buf *b);

#endif
