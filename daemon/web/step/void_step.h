/* To take out of every count: a record, or all that a run of an import stored. */
#ifndef SEMS_WEB_STEP_VOID_STEP_H
#define SEMS_WEB_STEP_VOID_STEP_H

#include "web/view/view.h"

/* "/record/ID/void", whose view asks for the record; signed. */
void void_print(struct showing *s, struct buf *b);
void void_act(struct showing *s);
/* "/imports/RUN/undo", whose view asks for the run and its first records; signed. A run that
 * corrected records, or has more than a page, is for semsctl. */
void undo_print(struct showing *s, struct buf *b);
void undo_act(struct showing *s);

#endif
