/*
 * Whoever looks at a page: recognised by what the browser shows, and semsd asked again about his
 * passkey where that was not done for a while. Who is nobody is shown how to sign in.
 */
#ifndef SEMS_WEB_PERSON_VISITOR_H
#define SEMS_WEB_PERSON_VISITOR_H

#include "web/desk/work.h"

struct buf;

/* Goes on with known() once it is known who it is, which may be at once; principal, form, way and
 * signin_no of the work are his. drop(page) comes once, in every case. */
void visitor_know(struct desk *d, struct asked *a, void (*known)(struct work *w), void *page,
		  void (*drop)(void *page));
/* By what he is known, in words. */
const char *visitor_way(const struct work *w);
/* Whether what was posted has the secret of his own pages' forms; given "": it has none. */
bool visitor_is_form(const struct work *w, const char *given);
/* Where a script of passkeys tells how it went, and the script. */
void visitor_put_script(struct buf *b);

#endif
