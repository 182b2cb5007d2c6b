/* Findings and actions: lists, and one with all that was told of it. */
#ifndef SEMS_WEB_READ_CASES_H
#define SEMS_WEB_READ_CASES_H

#include "web/view/view.h"

/* Of the kind that the path ends in: "/cases/action". */
bool cases_ask(struct showing *s, struct question *q, unsigned i);
void cases_print(struct showing *s, struct buf *b);
/* "/case/A-2026-001" */
bool case_ask(struct showing *s, struct question *q, unsigned i);
void case_print(struct showing *s, struct buf *b);

#endif
