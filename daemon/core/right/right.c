#include "core/right/right.h"

#include "base/count.h"

#include <stdio.h>

#define ROLE_BIT(role) (1u << (role))
#define ADMIN          ROLE_BIT(ROLE_ADMIN)
#define COMPLIANCE     ROLE_BIT(ROLE_COMPLIANCE)
#define MANAGER        ROLE_BIT(ROLE_MANAGER)
#define AUDITOR        ROLE_BIT(ROLE_AUDITOR)
#define TESTER         ROLE_BIT(ROLE_TESTER)
#define SUPERVISOR     ROLE_BIT(ROLE_SUPERVISOR)
#define GATEWAY        ROLE_BIT(ROLE_GATEWAY)
#define ADMINISTERS    (ADMIN | COMPLIANCE)
#define READS          (ADMINISTERS | AUDITOR | MANAGER)
/* Who comes for himself. */
#define EVERYBODY  ((ROLE_BIT(ROLE_COUNT) - 1) & ~GATEWAY)
#define REGISTERED (EVERYBODY & ~ROLE_BIT(ROLE_NONE))

/* A role that stands in more than one has the furthest of them. */
static const struct {
	const char *name;
	const char *about; /* a sentence without its subject, who has it */
	unsigned all;
	unsigned granted;
	unsigned own;
} rights[] = {
    [RIGHT_KEEP_PLACE] = {"keep_place",
			  "keeps a place among the connections, besides those of strangers",
			  .all = REGISTERED | GATEWAY},
    [RIGHT_LAST_PLACE] = {"last_place", "comes in when all other places are taken", .all = ADMIN},
    [RIGHT_SPEAK_FOR] = {"speak_for",
			 "opens sessions for people and devices that it has recognised",
			 .all = GATEWAY},

    [RIGHT_SEND] = {"send", "sends records", .granted = EVERYBODY},
    [RIGHT_CORRECT] = {"correct", "corrects records", .all = ADMINISTERS, .granted = EVERYBODY},
    [RIGHT_VOID] = {"void", "takes records out of every count, once a second person confirms it",
		    .all = ADMINISTERS},
    [RIGHT_CONFIRM] = {"confirm", "confirms or declines corrections and voids of others",
		       .all = ADMINISTERS | MANAGER},
    [RIGHT_GIVE_PSEUDONYM] = {"give_pseudonym",
			      "corrects records whose persons it knows by pseudonym only",
			      .all = ADMINISTERS},

    [RIGHT_SET_UP] =
	{"set_up", "sets up the entity: sites, sources, people and their roles, targets, retention",
	 .all = ADMINISTERS},
    [RIGHT_SEE_STATUS] = {"see_status", "sees what semsd holds and how it is", .all = READS},
    [RIGHT_SEE_SPD] = {"see_spd", "sees the SPD of a quarter, and what became of it", .all = READS},
    [RIGHT_RUN_RETENTION] = {"run_retention", "sees what is to be removed when, and removes it",
			     .all = ADMINISTERS},
    [RIGHT_HOLD] = {"hold", "keeps records from removal by a legal hold, and lifts holds",
		    .all = ADMINISTERS},
    [RIGHT_KEEP_IDENTITIES] =
	{"keep_identities",
	 "keeps who the persons in records are, is told it for a reason, and erases it",
	 .all = ADMINISTERS},
    [RIGHT_SEE_QUARANTINE] = {"see_quarantine", "sees which records were refused, and why",
			      .all = ADMINISTERS | AUDITOR},
    [RIGHT_SEE_RECORDS] = {"see_records", "sees records", .all = READS | TESTER},
    [RIGHT_SEE_GAPS] = {"see_gaps", "sees what a restored database may lack", .all = READS},
    [RIGHT_VERIFY] = {"verify", "checks records against what was frozen", .all = READS},
    [RIGHT_SIGN] = {"sign", "has what it exports signed", .all = READS},
    [RIGHT_SEE_KEYS] = {"see_keys", "sees which keys sign", .all = READS},
    [RIGHT_EXPLAIN_FIGURE] = {"explain_figure", "goes from a figure to its records", .all = READS},
    [RIGHT_SEE_PENDING] = {"see_pending",
			   "sees which corrections and voids wait for a second person",
			   .all = READS},
    [RIGHT_SEE_DOUBLES] = {"see_doubles", "sees which records are stored twice", .all = READS},
    [RIGHT_SEE_NUMBERS] = {"see_numbers",
			   "asks which numbers of its sources are stored at another time",
			   .all = ADMINISTERS, .granted = EVERYBODY},
    [RIGHT_RUN_IMPORT] = {"run_import", "begins and ends runs of an import", .own = REGISTERED},
    [RIGHT_SEE_IMPORTS] = {"see_imports", "sees runs of imports", .all = READS},
    [RIGHT_SEE_CALENDAR] = {"see_calendar",
			    "sees how the calendar differs from the zone's rules of today",
			    .all = READS},
    [RIGHT_RELOAD] = {"reload", "has semsd read its certificates again", .all = ADMIN},
    [RIGHT_SEE_HEALTH] = {"see_health", "asks whether records are taken now, and how many were",
			  .all = ADMIN | GATEWAY},
    [RIGHT_SEE_RIGHTS] = {"see_rights", "sees what others may, and by which grants", .all = READS},
    [RIGHT_SEE_DEVICES] = {"see_devices", "sees which devices are enrolled", .all = READS},
    [RIGHT_SEE_LOG] = {"see_log", "reads the access log: who did what, and when",
		       .all = ADMINISTERS},
    [RIGHT_SEE_HISTORY] = {"see_history", "sees what is set up, and how it was", .all = READS},
    [RIGHT_SEE_CASES] = {"see_cases", "sees findings and actions", .all = READS | SUPERVISOR},
    [RIGHT_SEE_REGISTER] = {"see_register", "sees the register of risks, and the framework",
			    .all = READS},

    [RIGHT_DISCARD_QUARANTINE] = {"discard_quarantine",
				  "tries refused records again, or discards them",
				  .all = ADMINISTERS},
    [RIGHT_CHANGE_GAPS] = {"change_gaps", "says that a gap is closed, or that there is one",
			   .all = ADMINISTERS},
    [RIGHT_MAKE_KEYS] = {"make_keys", "makes the keys that sign", .all = ADMINISTERS},
    [RIGHT_UNDO_IMPORT] = {"undo_import", "takes an import back", .all = ADMINISTERS},
    [RIGHT_MEND_CALENDAR] = {"mend_calendar", "gives days to come the zone's rules of today",
			     .all = ADMIN},
    [RIGHT_INVITE_DEVICES] = {"invite_devices", "invites devices, and revokes them", .all = ADMIN},
    [RIGHT_RECOGNISE_DEVICES] = {"recognise_devices", "asks what a device is known by",
				 .all = ADMIN | GATEWAY},
    [RIGHT_INVITE_PERSONS] = {"invite_persons",
			      "invites people to sign in, and ends their passkeys", .all = ADMIN},
    /* Who speaks for people is none of them: an administrator is somebody. */
    [RIGHT_RECOGNISE_PERSONS] = {"recognise_persons", "asks whom a passkey signs in",
				 .all = GATEWAY},

    [RIGHT_KNOW_COVERT] = {"know_covert", "knows of covert tests before their debrief",
			   .all = ADMINISTERS | TESTER},
    [RIGHT_KNOW_PERSONS] =
	{"know_persons",
	 "sees what may name somebody: pseudonyms, free text, bytes as they were sent",
	 .all = ADMINISTERS},
    [RIGHT_KNOW_SMALL_CELLS] = {"know_small_cells",
				"asks for figures of fewer than five persons, with a reason",
				.all = ADMINISTERS},
    [RIGHT_KNOW_SESSIONS] = {"know_sessions", "sees who is connected, and what the doors are in",
			     .all = ADMIN},
    /* Who administers is no affair of whoever may not read what is kept. */
    [RIGHT_KNOW_ADMINS] = {"know_admins", "is told who administers", .all = READS},

    /* The system's administrator keeps the quarter's papers where nobody else does, as in a store
     * of one's own; reviewing and approving take a person whose task it is. */
    [RIGHT_COMMENT_SPD] = {"comment_spd", "comments on figures", .all = READS},
    [RIGHT_PREPARE_SPD] = {"prepare_spd", "freezes, revises, withdraws and submits an SPD",
			   .all = ADMINISTERS},
    [RIGHT_REVIEW_SPD] = {"review_spd", "reviews an SPD", .all = AUDITOR | COMPLIANCE | MANAGER},
    [RIGHT_APPROVE_SPD] = {"approve_spd", "approves an SPD", .all = MANAGER},
    [RIGHT_REJECT_SPD] = {"reject_spd", "rejects an SPD", .all = AUDITOR | COMPLIANCE | MANAGER},
    [RIGHT_EXCLUDE_EMBARGOED] = {"exclude_embargoed",
				 "freezes without tests that are not debriefed",
				 .all = ADMINISTERS},

    /* Who says that it is done is not asked whether it helped; the machines see to the persons. */
    [RIGHT_RAISE_CASES] = {"raise_cases", "raises findings, adds actions, notes on cases",
			   .all = READS | SUPERVISOR | TESTER},
    [RIGHT_WORK_ON_CASES] = {"work_on_cases",
			     "plans, starts and extends actions, and says that they are done",
			     .all = READS | SUPERVISOR},
    [RIGHT_VERIFY_CASES] = {"verify_cases", "verifies what others did, or opens it again",
			    .all = AUDITOR | COMPLIANCE | MANAGER},
    [RIGHT_CLOSE_CASES] = {"close_cases", "closes cases, or turns them down",
			   .all = ADMINISTERS | MANAGER},
    [RIGHT_KEEP_REGISTER] = {"keep_register",
			     "enters and scores risks, controls and what the framework has",
			     .all = ADMINISTERS | MANAGER},
    [RIGHT_ACCEPT_RISKS] = {"accept_risks", "accepts residual risks by name, until a day",
			    .all = MANAGER},
};
COVERS(rights, RIGHT_COUNT);
_Static_assert(RIGHT_COUNT < 64, "a set of rights, and none of them, are bits of a number");

const char *
role_name(enum role r)
{
	static const char *const names[] = {
	    [ROLE_NONE] = "none",
	    [ROLE_DEVICE] = "device",
	    [ROLE_SUPERVISOR] = "supervisor",
	    [ROLE_TESTER] = "tester",
	    [ROLE_AUDITOR] = "auditor",
	    [ROLE_COMPLIANCE] = "compliance",
	    [ROLE_MANAGER] = "manager",
	    [ROLE_ADMIN] = "admin",
	    [ROLE_GATEWAY] = "gateway",
	};
	COVERS(names, ROLE_COUNT);
	return names[r];
}

enum role
role_by_name(struct text name)
{
	for (unsigned r = ROLE_DEVICE; r < ROLE_COUNT; r++)
		if (text_is(name, role_name((enum role)r)))
			return (enum role)r;
	return ROLE_NONE;
}

enum role
role_as_device(enum role r)
{
	return r == ROLE_NONE ? ROLE_NONE : ROLE_DEVICE;
}

const char *
right_name(enum right r)
{
	return rights[r].name;
}

const char *
right_about(enum right r)
{
	return rights[r].about;
}

const char *
scope_name(enum scope s)
{
	static const char *const names[] = {
	    [SCOPE_NONE] = "none",
	    [SCOPE_OWN] = "own",
	    [SCOPE_GRANTED] = "granted",
	    [SCOPE_ALL] = "all",
	};
	COVERS(names, SCOPES);

	return names[s];
}

enum scope
right_scope(enum role role, enum right r)
{
	unsigned bit = ROLE_BIT(role);

	if (r >= RIGHT_COUNT)
		return SCOPE_NONE;
	if ((rights[r].all & bit) != 0)
		return SCOPE_ALL;
	if ((rights[r].granted & bit) != 0)
		return SCOPE_GRANTED;
	return (rights[r].own & bit) != 0 ? SCOPE_OWN : SCOPE_NONE;
}

bool
right_has(enum role role, enum right r)
{
	return right_scope(role, r) != SCOPE_NONE;
}

uint64_t
right_set(enum role role)
{
	uint64_t set = 0;

	for (unsigned r = 0; r < RIGHT_COUNT; r++)
		if (right_has(role, (enum right)r))
			set |= RIGHT_BIT(r);
	return set;
}

/* The next role after this one that has it; ROLE_COUNT: none. */
static unsigned
next_holder(enum right r, unsigned after)
{
	unsigned role = after + 1;

	while (role < ROLE_COUNT && !right_has((enum role)role, r))
		role++;
	return role;
}

void
right_who(enum right r, const char *between, char *out, size_t size)
{
	unsigned next;
	size_t n = 0;

	out[0] = '\0';
	for (unsigned role = next_holder(r, ROLE_NONE); role < ROLE_COUNT && n < size;
	     role = next) {
		const char *last;

		next = next_holder(r, role);
		last = next == ROLE_COUNT ? " or " : between;
		n += (size_t)snprintf(out + n, size - n, "%s%s", n == 0 ? "" : last,
				      role_name((enum role)role));
	}
}
