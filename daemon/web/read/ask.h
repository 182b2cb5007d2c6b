/* What views ask semsd: each fills in a question of what the address says. */
#ifndef SEMS_WEB_READ_ASK_H
#define SEMS_WEB_READ_ASK_H

#include "web/view/view.h"

/* ask_fn of each; i is of no use where nothing is said of it. */
bool ask_status(struct showing *s, struct question *q, unsigned i);

/* Only who it is, by what he may. */
bool ask_who(struct showing *s, struct question *q, unsigned i);

/* What is due of the i-th newest quarter of the status, which is the view's first question. */
bool ask_due(struct showing *s, struct question *q, unsigned i);
/* The newest document of all that are frozen, by the same status. */
bool ask_newest_document(struct showing *s, struct question *q, unsigned i);
/* Open actions of who looks; what waits to be verified, by kind: "action", "finding". */
bool ask_my_actions(struct showing *s, struct question *q, unsigned i);
bool ask_claimed(struct showing *s, struct question *q, unsigned i);
bool ask_pending(struct showing *s, struct question *q, unsigned i);
bool ask_quarantine(struct showing *s, struct question *q, unsigned i);

/* How many quarters back ask_due() is of use; the quarter that it is about, NULL: none. */
#define QUARTERS_DUE 4
json_t *due_quarter(const struct showing *s, unsigned i);
/* The newest quarter with a revision, of the status; NULL: none. */
const json_t *newest_frozen(const struct showing *s);
/* A member as a text of the arena, for a question; NULL: it is none. */
char *ask_text(const struct showing *s, const json_t *o, const char *member);

#endif
