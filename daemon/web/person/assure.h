/*
 * A fresh assertion: whoever signs shows anew that it is he, for just what he signs. By his
 * passkey, whose challenge is for that alone; who is signed in otherwise types what stands beside
 * it, since a "yes" is typed at anything.
 */
#ifndef SEMS_WEB_PERSON_ASSURE_H
#define SEMS_WEB_PERSON_ASSURE_H

#include "base/buf.h"
#include "web/desk/work.h"
#include "web/page/form.h"

#define ASSURE_TYPED 96

/* What is signed, in full: a path, a revision, a digest; and what is typed for it. */
struct assured {
	const char *about;
	const char *typed;
};

/* The fields of a form, before its button. */
void assure_put(const struct work *w, struct buf *b, const struct assured *what);
/* Behind the form: the script, where it takes one. */
void assure_put_script(const struct work *w, struct buf *b);

/* Looks at what was posted, and asks semsd about the passkey. wrong NULL: it is he. Which field was
 * wrong, and why, else. Comes once, which may be at once. */
typedef void assure_fn(void *ctx, const char *field, const char *wrong);
void assure_check(struct work *w, const struct form *given, const struct assured *what,
		  struct arena *a, assure_fn *then, void *ctx);

#endif
