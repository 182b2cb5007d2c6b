/* Pages for who is signed in: their paths, who sees them, what they ask. */
#ifndef SEMS_WEB_PAGES_H
#define SEMS_WEB_PAGES_H

struct asked;

/* ctx: struct desk *. Any of them, by the request's path. */
void pages_take(void *ctx, struct asked *a);

#endif
