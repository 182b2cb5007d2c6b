/* What stands around a page: who looks, where else he may go, what was wrong with his form. */
#ifndef SEMS_WEB_VIEW_AROUND_H
#define SEMS_WEB_VIEW_AROUND_H

#include "web/view/view.h"

/* body: what the view prints, between its title and the end. */
void around_put(const struct showing *s, const struct buf *body, struct buf *page);
/* Its title with the path's parts in it, for a heading. */
void around_title(const struct showing *s, struct buf *b);

#endif
