/* Room core/life: What has a life: its states and steps as tables. */
/*
 * The life of an SPD: what may follow what, who may do it, and who must not have done what came
 * before. One table; the database has the same one and refuses by itself, so that no other way in
 * goes round it. A refusal says what to do next.
 */
#ifndef SEMS_CORE_LIFE_LIFECYCLE_H
#define SEMS_CORE_LIFE_LIFECYCLE_H

#include "base/err.h"
#include "base/machine.h"
#include "base/text.h"
#include "core/action/action.h"
#include "core/life/step.h"
#include "core/right/right.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum spd_state {
	SPD_OPEN,       /* the quarter runs */
	SPD_COLLECTING, /* it has ended; nothing is frozen */
	SPD_DRAFT,      /* a revision, frozen */
	SPD_IN_QA,      /* its data were reviewed; it waits for the approver */
	SPD_APPROVED,
	SPD_SUBMITTED,
	SPD_ACKNOWLEDGED,
	SPD_REJECTED,
	SPD_WITHDRAWN,
	SPD_SUPERSEDED, /* a later revision was submitted */
	SPD_STATES
};

enum spd_action {
	SPD_FREEZE, /* the first revision, or one after a rejected or withdrawn one */
	SPD_REVISE, /* a revision of what was submitted before */
	SPD_COMMENT,
	SPD_QA,
	SPD_APPROVE,
	SPD_REJECT,
	SPD_WITHDRAW,
	SPD_SUBMIT,
	SPD_ACKNOWLEDGE,
	SPD_SUPERSEDE, /* by nobody: what a later submission does to this revision */
	SPD_ACTIONS
};

/* Who has to differ from whom, as the entity declares it. */
enum spd_approval { SPD_THREE_PEOPLE, SPD_APPROVER_DIFFERS };

#define SPD_TEXT_MIN 10   /* characters of a comment; a reviewer has to learn something from it */
#define SPD_TEXT_MAX 2000 /* bytes, of a comment or a reason */
#define SPD_LINE_MAX 200  /* bytes, of a reference or a channel */

const char *spd_state_name(enum spd_state s);
bool spd_state_by_name(struct text name, enum spd_state *s);
const char *spd_action_name(enum spd_action a);
const char *spd_approval_name(enum spd_approval a);
enum spd_approval spd_approval_by_name(const char *name); /* NULL or unknown: the stricter one */

/* Its states and what is done to it, roles and people aside. A condition: whoever does it is the
 * reviewer, and what they reviewed is all there is. */
extern const struct machine life_machine;
extern const struct life_kind life_spd;
#define LIFE_BY_REVIEWER UINT32_C(1)

/* A revision, or a quarter without one, and who wants to do what; all texts borrowed. */
struct life {
	const char *quarter;
	int64_t revision; /* 0: none yet */
	enum spd_state state;
	enum spd_approval approval;
	bool was_submitted; /* a revision of the quarter once was */
	/* Persons, each however they connect. */
	const char *preparer; /* NULL: nobody yet */
	const char *reviewer; /* NULL: nobody, or what they reviewed is not all there is now */
	const char *person;   /* that acts; NULL where nothing goes by it */
	/* Who acts, as they are signed in, and with what. */
	const char *who;
	uint64_t rights;  /* a set, RIGHT_BIT() */
	const char *text; /* NULL or "": none */
	const char *metric;
	const char *reference;
	const char *channel;
};

/* Whether these rights let anybody do it in some state: REJ_ROLE, with the roles that it takes,
 * when they never do. */
enum code life_may(enum spd_action a, uint64_t rights, struct err *e) MUST_CHECK;

/* Whether the action may follow and what it leads to. REJ_FORBIDDEN: not by this person; REJ_ROLE:
 * not with these rights; REJ_STATE: not now; REJ_FIELD: something to be said with it is missing or
 * too long. */
enum code life_step(const struct life *l, enum spd_action a, enum spd_state *next,
		    struct err *e) MUST_CHECK;

/* What stands in a freeze's way besides. */
struct life_freeze {
	const char *grace_end; /* the last day on which late records are waited for, "2026-07-14" */
	const char *early;     /* why before that; NULL or "": not said */
	bool
	    runs; /* the quarter: also when the clock was ahead and a revision was made too early */
	bool grace_is_over;
	bool has_embargoed;  /* tests that nobody has debriefed */
	const char *exclude; /* why without them; NULL or "": not said */
};

/* SPD_FREEZE or SPD_REVISE: as life_step(), and that neither the days nor an embargo forbid it. */
enum code life_freeze(const struct life *l, enum spd_action a, const struct life_freeze *f,
		      struct err *e) MUST_CHECK;

/* What is to be done next: a sentence, and the actions that it names (core/action). */
struct life_advice {
	char text[160];
	char next[ERR_NEXT_SIZE];
};

void life_next(const struct life *l, struct life_advice *out);

#endif
