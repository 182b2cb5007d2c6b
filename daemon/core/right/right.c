#include "core/right/right.h"

#include "base/count.h"

#include <stdio.h>

#define ROLE_BIT(role) (1u << (role))
#define ADMIN          ROLE_BIT(ROLE_ADMIN)
#define COMPLIANCE     ROLE_BIT(ROLE_COMPLIANCE)
#define MANAGER        ROLE_BIT(ROLE_MANAGER)
#define AUDITOR        ROLE_BIT(ROLE_AUDITOR)
#define TESTER         ROLE_BIT(ROLE_TESTER)
#define GATEWAY        ROLE_BIT(ROLE_GATEWAY)
#define ADMINISTERS    (ADMIN | COMPLIANCE)
#define READS          (ADMINISTERS | AUDITOR | MANAGER)
/* Who comes for himself. */
#define EVERYBODY  ((ROLE_BIT(ROLE_COUNT) - 1) & ~GATEWAY)
#define REGISTERED (EVERYBODY & ~ROLE_BIT(ROLE_NONE))

/* A role that stands in more than one has the furthest of them. */
static const struct {
	const char *name;
	unsigned all;
	unsigned granted;
	unsigned own;
} rights[] = {
    [RIGHT_KEEP_PLACE] = {"keep_place", .all = REGISTERED | GATEWAY},
    [RIGHT_LAST_PLACE] = {"last_place", .all = ADMIN},
    [RIGHT_SPEAK_FOR] = {"speak_for", .all = GATEWAY},

    [RIGHT_SEND] = {"send", .granted = EVERYBODY},
    [RIGHT_CORRECT] = {"correct", .all = ADMINISTERS, .granted = EVERYBODY},
    [RIGHT_VOID] = {"void", .all = ADMINISTERS},
    [RIGHT_CONFIRM] = {"confirm", .all = ADMINISTERS | MANAGER},
    [RIGHT_GIVE_PSEUDONYM] = {"give_pseudonym", .all = ADMINISTERS},

    [RIGHT_SET_UP] = {"set_up", .all = ADMINISTERS},
    [RIGHT_SEE_STATUS] = {"see_status", .all = READS},
    [RIGHT_SEE_SPD] = {"see_spd", .all = READS},
    [RIGHT_RUN_RETENTION] = {"run_retention", .all = ADMINISTERS},
    [RIGHT_SEE_QUARANTINE] = {"see_quarantine", .all = ADMINISTERS | AUDITOR},
    [RIGHT_SEE_RECORDS] = {"see_records", .all = READS | TESTER},
    [RIGHT_SEE_GAPS] = {"see_gaps", .all = READS},
    [RIGHT_VERIFY] = {"verify", .all = READS},
    [RIGHT_SIGN] = {"sign", .all = READS},
    [RIGHT_SEE_KEYS] = {"see_keys", .all = READS},
    [RIGHT_EXPLAIN_FIGURE] = {"explain_figure", .all = READS},
    [RIGHT_SEE_PENDING] = {"see_pending", .all = READS},
    [RIGHT_SEE_DOUBLES] = {"see_doubles", .all = READS},
    [RIGHT_SEE_NUMBERS] = {"see_numbers", .all = ADMINISTERS, .granted = EVERYBODY},
    [RIGHT_RUN_IMPORT] = {"run_import", .own = REGISTERED},
    [RIGHT_SEE_IMPORTS] = {"see_imports", .all = READS},
    [RIGHT_SEE_CALENDAR] = {"see_calendar", .all = READS},
    [RIGHT_RELOAD] = {"reload", .all = ADMIN},
    [RIGHT_SEE_DEVICES] = {"see_devices", .all = READS},

    [RIGHT_DISCARD_QUARANTINE] = {"discard_quarantine", .all = ADMINISTERS},
    [RIGHT_CHANGE_GAPS] = {"change_gaps", .all = ADMINISTERS},
    [RIGHT_MAKE_KEYS] = {"make_keys", .all = ADMINISTERS},
    [RIGHT_UNDO_IMPORT] = {"undo_import", .all = ADMINISTERS},
    [RIGHT_MEND_CALENDAR] = {"mend_calendar", .all = ADMIN},
    [RIGHT_INVITE_DEVICES] = {"invite_devices", .all = ADMIN},
    [RIGHT_RECOGNISE_DEVICES] = {"recognise_devices", .all = ADMIN | GATEWAY},

    [RIGHT_KNOW_COVERT] = {"know_covert", .all = ADMINISTERS | TESTER},
    [RIGHT_KNOW_PERSONS] = {"know_persons", .all = ADMINISTERS},
    [RIGHT_KNOW_SMALL_CELLS] = {"know_small_cells", .all = ADMINISTERS},
    [RIGHT_KNOW_SESSIONS] = {"know_sessions", .all = ADMIN},
    /* Who administers is no affair of whoever may not read what is kept. */
    [RIGHT_KNOW_ADMINS] = {"know_admins", .all = READS},

    /* The system's administrator keeps the quarter's papers where nobody else does, as in a store
     * of one's own; reviewing and approving take a person whose task it is. */
    [RIGHT_COMMENT_SPD] = {"comment_spd", .all = READS},
    [RIGHT_PREPARE_SPD] = {"prepare_spd", .all = ADMINISTERS},
    [RIGHT_REVIEW_SPD] = {"review_spd", .all = AUDITOR | COMPLIANCE | MANAGER},
    [RIGHT_APPROVE_SPD] = {"approve_spd", .all = MANAGER},
    [RIGHT_REJECT_SPD] = {"reject_spd", .all = AUDITOR | COMPLIANCE | MANAGER},
    [RIGHT_EXCLUDE_EMBARGOED] = {"exclude_embargoed", .all = ADMINISTERS},
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

const char *
right_name(enum right r)
{
	return rights[r].name;
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
