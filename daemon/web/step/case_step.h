/* The steps in the lives of cases: what may follow is the kind's machine, what is said its deeds.
 */
#ifndef SEMS_WEB_STEP_CASE_STEP_H
#define SEMS_WEB_STEP_CASE_STEP_H

#include "web/view/view.h"

/* Of a path "/case/A-2026-001/tell/START", whose view asks for the case; of "/cases/action/new",
 * whose view asks nothing of it. */
void case_step_print(struct showing *s, struct buf *b);
void case_step_act(struct showing *s);
/* The way to the form that makes one, on a list; nothing for whom may not. */
void case_step_new(const struct showing *s, struct buf *b);
/* The steps that may follow for whom looks at the case, as links. */
void case_step_links(const struct showing *s, struct buf *b);

#endif
