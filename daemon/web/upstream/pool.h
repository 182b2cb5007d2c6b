/* What a line knows of all of them. */
#ifndef SEMS_WEB_UPSTREAM_POOL_H
#define SEMS_WEB_UPSTREAM_POOL_H

#include "web/upstream/upstream.h"

const struct upstream_config *pool_config(const struct line *l);
const char *pool_socket(const struct upstream *u);
struct event_base *pool_base(const struct upstream *u);
/* It is none of them any more. */
void pool_drop(struct line *l);

#endif
