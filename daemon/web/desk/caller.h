/* Who asks: what a request shows for itself, and whom semsd knows by that. */
#ifndef SEMS_WEB_DESK_CALLER_H
#define SEMS_WEB_DESK_CALLER_H

#include "web/desk/work.h"

/* Sets w->principal and goes on with w->known, at once or later; or refuses. */
void caller_know(struct work *w);

#endif
