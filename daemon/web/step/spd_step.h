/* The steps in the life of a quarter's document. */
#ifndef SEMS_WEB_STEP_SPD_STEP_H
#define SEMS_WEB_STEP_SPD_STEP_H

#include "web/view/view.h"

/* Of a path "/quarter/2026-Q3/review"; its view asks what a quarter's page does. */
void spd_step_print(struct showing *s, struct buf *b);
void spd_step_act(struct showing *s);

/* What is right and what is wrong before it is reviewed: CHECK is the view's question. */
bool check_ask(struct showing *s, struct question *q, unsigned i);
void check_print(struct showing *s, struct buf *b);

/* The steps that may follow now, for whoever looks, as links; nothing where there are none. */
void spd_step_links(const struct showing *s, struct buf *b);

#endif
