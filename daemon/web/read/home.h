/* Room web/read: What people read: home, quarters, evidence, cases, what is set up; each as it is
 * asked for and printed. */
/* Home: what is due and what is wrong, for who looks. */
#ifndef SEMS_WEB_READ_HOME_H
#define SEMS_WEB_READ_HOME_H

#include "web/view/view.h"

/* The questions of home, in the order that its printer takes them in. */
enum home_ask {
	HOME_STATUS,
	HOME_DUE, /* QUARTERS_DUE of them */
	HOME_DOCUMENT = HOME_DUE + 4,
	HOME_MINE,
	HOME_CLAIMED_ACTIONS,
	HOME_CLAIMED_FINDINGS,
	HOME_PENDING,
	HOME_QUARANTINE,
	HOME_ASKS
};

void home_print(struct showing *s, struct buf *b);

/* What somebody is to do next in the life of a quarter's document, and who may. */
struct due_step {
	const char *state;
	enum right right;
	const char *words; /* "review it" */
	const char *path;  /* of the form, behind the quarter's: "review" */
};
/* NULL: in this state nobody has anything to do. */
const struct due_step *due_step(const char *state);

#endif
