/* What is decided about records: corrections and voids of others, and what was refused. */
#ifndef SEMS_WEB_STEP_RECORD_STEP_H
#define SEMS_WEB_STEP_RECORD_STEP_H

#include "web/view/view.h"

/* "/pending/ID": confirm it or decline it; signed. */
void decide_print(struct showing *s, struct buf *b);
void decide_act(struct showing *s);
/* "/quarantine": all of them, or of the source that is filtered by, are tried again. */
void requeue_print(struct showing *s, struct buf *b);
void requeue_act(struct showing *s);
/* "/quarantine/17": try it again, or discard it. */
void refused_step_print(struct showing *s, struct buf *b);
void refused_step_act(struct showing *s);

#endif
