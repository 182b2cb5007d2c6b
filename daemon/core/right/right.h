/* Room core/right: Who may what, and of whose: one table. */
/*
 * A right is something that is asked for at one door: a request, an operation of one, a step of an
 * SPD's life, a kind of record, a part of an answer. The table says which roles have it and how far
 * it goes; nothing else compares roles.
 */
#ifndef SEMS_CORE_RIGHT_RIGHT_H
#define SEMS_CORE_RIGHT_RIGHT_H

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a principal is to the entity. */
enum role {
	ROLE_NONE, /* unknown principal: may connect, may do nothing */
	ROLE_DEVICE,
	ROLE_SUPERVISOR,
	ROLE_TESTER,
	ROLE_AUDITOR,
	ROLE_COMPLIANCE,
	ROLE_MANAGER,
	ROLE_ADMIN,   /* everything in embedded mode */
	ROLE_GATEWAY, /* speaks for others, and does nothing of its own */
	ROLE_COUNT
};

const char *role_name(enum role r);
enum role role_by_name(struct text name); /* ROLE_NONE: unknown */
/* What is left of a role to whom another might be: a device's; of none, none. */
enum role role_as_device(enum role r);

enum right {
	/* At the door of connections. */
	RIGHT_KEEP_PLACE, /* not among the few places of strangers */
	RIGHT_LAST_PLACE, /* when all other places are taken */
	RIGHT_SPEAK_FOR,  /* a session of somebody else's, whom one has recognised */
	/* To send records. */
	RIGHT_SEND,
	RIGHT_CORRECT,
	RIGHT_VOID,
	RIGHT_CONFIRM,        /* a correction of somebody else's */
	RIGHT_GIVE_PSEUDONYM, /* in place of a person, in a correction */
	/* To ask. */
	RIGHT_SET_UP,
	RIGHT_SEE_STATUS,
	RIGHT_SEE_SPD,
	RIGHT_RUN_RETENTION,
	RIGHT_HOLD,
	RIGHT_KEEP_IDENTITIES,
	RIGHT_SEE_QUARANTINE,
	RIGHT_SEE_RECORDS,
	RIGHT_SEE_GAPS,
	RIGHT_VERIFY,
	RIGHT_SIGN,
	RIGHT_SEE_KEYS,
	RIGHT_EXPLAIN_FIGURE,
	RIGHT_SEE_PENDING,
	RIGHT_SEE_DOUBLES,
	RIGHT_SEE_NUMBERS,
	RIGHT_RUN_IMPORT,
	RIGHT_SEE_IMPORTS,
	RIGHT_SEE_CALENDAR,
	RIGHT_RELOAD,     /* what semsd has in files */
	RIGHT_SEE_HEALTH, /* whether records are taken now, and how many */
	RIGHT_SEE_RIGHTS, /* others'; one's own everybody sees */
	RIGHT_SEE_DEVICES,
	RIGHT_SEE_LOG,
	RIGHT_SEE_HISTORY, /* as it is, and was */
	RIGHT_SEE_CASES,
	RIGHT_SEE_REGISTER,
	/* To do what is decided with a request. */
	RIGHT_DISCARD_QUARANTINE,
	RIGHT_CHANGE_GAPS,
	RIGHT_MAKE_KEYS,
	RIGHT_UNDO_IMPORT,
	RIGHT_MEND_CALENDAR,
	RIGHT_INVITE_DEVICES,    /* and revoke them */
	RIGHT_RECOGNISE_DEVICES, /* by what they show */
	RIGHT_INVITE_PERSONS,    /* and see and revoke their passkeys */
	RIGHT_RECOGNISE_PERSONS, /* by what they show */
	/* To know: parts of answers. */
	RIGHT_KNOW_COVERT,      /* of tests before their debrief, and of what may be one */
	RIGHT_KNOW_PERSONS,     /* what may name somebody: pseudonyms, free text, bytes as sent */
	RIGHT_KNOW_SMALL_CELLS, /* figures of few persons, asked for explicitly */
	RIGHT_KNOW_SESSIONS,
	RIGHT_KNOW_ADMINS, /* by their names */
	/* The steps of an SPD's life. */
	RIGHT_COMMENT_SPD,
	RIGHT_PREPARE_SPD, /* freeze, revise, withdraw, submit; write down what the regulator said
			    */
	RIGHT_REVIEW_SPD,
	RIGHT_APPROVE_SPD,
	RIGHT_REJECT_SPD,
	RIGHT_EXCLUDE_EMBARGOED, /* from a freeze, and so to be told that there are such tests */
	/* The steps of cases. */
	RIGHT_RAISE_CASES,
	RIGHT_WORK_ON_CASES,
	RIGHT_VERIFY_CASES,  /* and open again what did not help */
	RIGHT_CLOSE_CASES,   /* or turn down */
	RIGHT_KEEP_REGISTER, /* of risks, and the framework */
	RIGHT_ACCEPT_RISKS,  /* and end what was accepted */
	RIGHT_COUNT
};

/* How far a right goes, each further than the one before. */
enum scope {
	SCOPE_NONE,    /* not had */
	SCOPE_OWN,     /* what one began oneself */
	SCOPE_GRANTED, /* the sources, kinds and sites that one has a grant for */
	SCOPE_ALL,
	SCOPES
};

/* "see_status"; of a right below RIGHT_COUNT. */
const char *right_name(enum right r);
/* What whoever has it does: "sees what semsd holds and how it is". */
const char *right_about(enum right r);
/* "granted" */
const char *scope_name(enum scope s);
/* SCOPE_NONE for RIGHT_COUNT, which is nobody's. */
enum scope right_scope(enum role role, enum right r);
/* Whether anything of it is allowed: how far it goes is asked with right_scope(). */
bool right_has(enum role role, enum right r);

/* Several rights: a set of the bits of each. */
#define RIGHT_BIT(r) (UINT64_C(1) << (r))
uint64_t right_set(enum role role);

#define RIGHT_WHO_SIZE 96 /* that the names of all roles fit into */

/* Who has it, in the order of enum role: "auditor, compliance or manager" with ", " between; " or "
 * stands before the last. "" when nobody has. What does not fit is cut off. */
void right_who(enum right r, const char *between, char *out, size_t size);

#endif
