#include "core/life/lifecycle.h"

#include "base/count.h"

#include <stdio.h>
#include <string.h>

static const char *const state_names[SPD_STATES] = {
    [SPD_OPEN] = "OPEN",
    [SPD_COLLECTING] = "COLLECTING",
    [SPD_DRAFT] = "DRAFT",
    [SPD_IN_QA] = "IN_QA",
    [SPD_APPROVED] = "APPROVED",
    [SPD_SUBMITTED] = "SUBMITTED",
    [SPD_ACKNOWLEDGED] = "ACKNOWLEDGED",
    [SPD_REJECTED] = "REJECTED",
    [SPD_WITHDRAWN] = "WITHDRAWN",
    [SPD_SUPERSEDED] = "SUPERSEDED",
};

/* Whom an action may not be done by, and which policy asks for it; of two rows for a state and an
 * action the one for the reviewer comes first. */
enum people {
	ANYBODY = 0,
	NOT_PREPARER = 1,
	NOT_PREPARER_OF_THREE = 2,
	NOT_REVIEWER_OF_THREE = 4,
	BY_REVIEWER = 8,
};

/* What must be said with an action, or may: nothing else is kept with it. */
enum need { NOTHING = 0, TEXT = 1, METRIC = 2, REFERENCE = 4, CHANNEL = 8 };

static const struct {
	const char *name;
	const char *done; /* "... cannot be DONE" */
	unsigned need;
	unsigned may;
} actions[SPD_ACTIONS] = {
    [SPD_FREEZE] = {"FREEZE", "frozen", NOTHING, TEXT},
    [SPD_REVISE] = {"REVISE", "revised", TEXT, NOTHING},
    [SPD_COMMENT] = {"COMMENT", "commented on", TEXT | METRIC, NOTHING},
    [SPD_QA] = {"QA", "taken into quality assurance", NOTHING, TEXT},
    [SPD_APPROVE] = {"APPROVE", "approved", NOTHING, TEXT},
    [SPD_REJECT] = {"REJECT", "rejected", TEXT, NOTHING},
    [SPD_WITHDRAW] = {"WITHDRAW", "withdrawn", TEXT, NOTHING},
    [SPD_SUBMIT] = {"SUBMIT", "submitted", CHANNEL | REFERENCE, NOTHING},
    [SPD_ACKNOWLEDGE] = {"ACKNOWLEDGE", "acknowledged", REFERENCE, NOTHING},
    [SPD_SUPERSEDE] = {"SUPERSEDE", "superseded", NOTHING, NOTHING},
};

/* What another step does by itself. */
#define NOBODYS RIGHT_COUNT

static const struct transition {
	enum spd_state from;
	enum spd_action action;
	enum spd_state to;
	enum right right;
	unsigned people;
} transitions[] = {
    {SPD_COLLECTING, SPD_FREEZE, SPD_DRAFT, RIGHT_PREPARE_SPD, ANYBODY},
    {SPD_REJECTED, SPD_FREEZE, SPD_DRAFT, RIGHT_PREPARE_SPD, ANYBODY},
    {SPD_WITHDRAWN, SPD_FREEZE, SPD_DRAFT, RIGHT_PREPARE_SPD, ANYBODY},

    {SPD_SUBMITTED, SPD_REVISE, SPD_DRAFT, RIGHT_PREPARE_SPD, ANYBODY},
    {SPD_ACKNOWLEDGED, SPD_REVISE, SPD_DRAFT, RIGHT_PREPARE_SPD, ANYBODY},
    {SPD_REJECTED, SPD_REVISE, SPD_DRAFT, RIGHT_PREPARE_SPD, ANYBODY},
    {SPD_WITHDRAWN, SPD_REVISE, SPD_DRAFT, RIGHT_PREPARE_SPD, ANYBODY},

    /* Not once it is approved: the approver has read what there was. */
    {SPD_DRAFT, SPD_COMMENT, SPD_DRAFT, RIGHT_COMMENT_SPD, ANYBODY},
    /* What somebody else says after the review, the reviewer has not read. */
    {SPD_IN_QA, SPD_COMMENT, SPD_IN_QA, RIGHT_COMMENT_SPD, BY_REVIEWER},
    {SPD_IN_QA, SPD_COMMENT, SPD_DRAFT, RIGHT_COMMENT_SPD, ANYBODY},

    {SPD_DRAFT, SPD_QA, SPD_IN_QA, RIGHT_REVIEW_SPD, NOT_PREPARER_OF_THREE},
    {SPD_IN_QA, SPD_APPROVE, SPD_APPROVED, RIGHT_APPROVE_SPD, NOT_PREPARER | NOT_REVIEWER_OF_THREE},

    {SPD_DRAFT, SPD_REJECT, SPD_REJECTED, RIGHT_REJECT_SPD, ANYBODY},
    {SPD_IN_QA, SPD_REJECT, SPD_REJECTED, RIGHT_REJECT_SPD, ANYBODY},
    {SPD_APPROVED, SPD_REJECT, SPD_REJECTED, RIGHT_REJECT_SPD, ANYBODY},
    /* By the regulator; whoever submits writes it down. */
    {SPD_SUBMITTED, SPD_REJECT, SPD_REJECTED, RIGHT_PREPARE_SPD, ANYBODY},

    {SPD_DRAFT, SPD_WITHDRAW, SPD_WITHDRAWN, RIGHT_PREPARE_SPD, ANYBODY},
    {SPD_IN_QA, SPD_WITHDRAW, SPD_WITHDRAWN, RIGHT_PREPARE_SPD, ANYBODY},
    {SPD_APPROVED, SPD_WITHDRAW, SPD_WITHDRAWN, RIGHT_PREPARE_SPD, ANYBODY},
    {SPD_SUBMITTED, SPD_WITHDRAW, SPD_WITHDRAWN, RIGHT_PREPARE_SPD, ANYBODY},

    {SPD_APPROVED, SPD_SUBMIT, SPD_SUBMITTED, RIGHT_PREPARE_SPD, ANYBODY},
    {SPD_SUBMITTED, SPD_ACKNOWLEDGE, SPD_ACKNOWLEDGED, RIGHT_PREPARE_SPD, ANYBODY},
    {SPD_SUBMITTED, SPD_SUPERSEDE, SPD_SUPERSEDED, NOBODYS, ANYBODY},
    {SPD_ACKNOWLEDGED, SPD_SUPERSEDE, SPD_SUPERSEDED, NOBODYS, ANYBODY},
};
#define N_TRANSITIONS COUNT(transitions)

/* --- names ------------------------------------------------------------------------------------ */

const char *
spd_state_name(enum spd_state s)
{
	return s < SPD_STATES ? state_names[s] : "UNKNOWN";
}

bool
spd_state_by_name(struct text name, enum spd_state *s)
{
	for (unsigned i = 0; i < SPD_STATES; i++) {
		if (text_is(name, state_names[i])) {
			*s = (enum spd_state)i;
			return true;
		}
	}
	return false;
}

const char *
spd_action_name(enum spd_action a)
{
	return actions[a].name;
}

const char *
spd_approval_name(enum spd_approval a)
{
	return a == SPD_APPROVER_DIFFERS ? "APPROVER_DIFFERS" : "THREE_PEOPLE";
}

enum spd_approval
spd_approval_by_name(const char *name)
{
	return name != NULL && strcmp(name, "APPROVER_DIFFERS") == 0 ? SPD_APPROVER_DIFFERS
								     : SPD_THREE_PEOPLE;
}

/* --- what to do next -------------------------------------------------------------------------- */

void
life_next(const struct life *l, char *out, size_t size)
{
	const char *q = l->quarter;
	const char *again = l->was_submitted ? "revise" : "freeze";
	const char *why = l->was_submitted ? " --reason TEXT" : "";

	switch (l->state) {
	case SPD_OPEN:
		snprintf(out, size, "the quarter runs; after its last day: semsctl spd freeze %s",
			 q);
		break;
	case SPD_COLLECTING:
		snprintf(out, size, "nothing is frozen yet: semsctl spd freeze %s", q);
		break;
	case SPD_DRAFT:
		snprintf(out, size, "a quality reviewer takes it on: semsctl spd qa %s", q);
		break;
	case SPD_IN_QA:
		snprintf(out, size, "the approver decides: semsctl spd approve %s", q);
		break;
	case SPD_APPROVED:
		snprintf(out, size,
			 "send it, then: semsctl spd submit %s --channel TEXT --reference TEXT", q);
		break;
	case SPD_SUBMITTED:
		snprintf(out, size,
			 "when its receipt is confirmed: semsctl spd acknowledge %s --reference "
			 "TEXT; a change takes semsctl spd revise %s --reason TEXT",
			 q, q);
		break;
	case SPD_ACKNOWLEDGED:
		snprintf(out, size, "nothing; a change takes semsctl spd revise %s --reason TEXT",
			 q);
		break;
	case SPD_REJECTED:
	case SPD_WITHDRAWN:
		snprintf(out, size, "another draft: semsctl spd %s %s%s", again, q, why);
		break;
	case SPD_SUPERSEDED:
	case SPD_STATES:
		snprintf(out, size, "a later revision stands: semsctl spd status %s", q);
		break;
	}
}

/* --- one step --------------------------------------------------------------------------------- */

static bool
same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static const struct transition *
find(enum spd_state from, enum spd_action a, bool by_reviewer)
{
	for (size_t i = 0; i < N_TRANSITIONS; i++) {
		const struct transition *t = &transitions[i];
		bool fits = by_reviewer || (t->people & BY_REVIEWER) == 0;

		if (t->from == from && t->action == a && fits)
			return t;
	}
	return NULL;
}

bool
life_leads_to(enum spd_state from, enum spd_action a, bool by_reviewer, enum spd_state *next)
{
	const struct transition *t = find(from, a, by_reviewer);

	if (t == NULL)
		return false;
	*next = t->to;
	return true;
}

static enum code
refuse_state(const struct life *l, enum spd_action a, struct err *e)
{
	char next[160] = "";

	life_next(l, next, sizeof next);
	if (l->revision == 0) {
		return err_set(e, REJ_STATE, "operation", "%s is %s and cannot be %s; %s",
			       l->quarter, spd_state_name(l->state), actions[a].done, next);
	}
	return err_set(e, REJ_STATE, "operation", "revision %lld of %s is %s and cannot be %s; %s",
		       (long long)l->revision, l->quarter, spd_state_name(l->state),
		       actions[a].done, next);
}

static enum code
refuse_role(enum right right, const char *where, struct err *e)
{
	char who[RIGHT_WHO_SIZE];

	right_who(right, ", ", who, sizeof who);
	return err_set(e, REJ_ROLE, where, "%s", who);
}

enum code
life_may(enum spd_action a, uint64_t rights, struct err *e)
{
	enum right first = NOBODYS;

	for (size_t i = 0; i < N_TRANSITIONS; i++) {
		const struct transition *t = &transitions[i];

		if (t->action == a && (RIGHT_BIT(t->right) & rights) != 0)
			return OK;
		if (t->action == a && first == NOBODYS)
			first = t->right;
	}
	if (first == NOBODYS) {
		return err_set(e, REJ_FORBIDDEN, "operation",
			       "nobody asks for it: submitting the next revision does it");
	}
	return refuse_role(first, "operation", e);
}

static enum code
check_people(const struct life *l, const struct transition *t, struct err *e)
{
	bool three = l->approval == SPD_THREE_PEOPLE;
	bool prepared =
	    (t->people & NOT_PREPARER) != 0 || ((t->people & NOT_PREPARER_OF_THREE) != 0 && three);
	bool reviewed = (t->people & NOT_REVIEWER_OF_THREE) != 0 && three;

	if (prepared && same(l->who, l->preparer)) {
		return err_set(e, REJ_FORBIDDEN, "operation",
			       "%s froze it, so somebody else has to do this (policy %s)", l->who,
			       spd_approval_name(l->approval));
	}
	if (reviewed && same(l->who, l->reviewer)) {
		return err_set(
		    e, REJ_FORBIDDEN, "operation",
		    "%s reviewed it, so a third person has to approve; a small entity may "
		    "declare the policy APPROVER_DIFFERS (semsctl init)",
		    l->who);
	}
	return OK;
}

static bool
is_blank(const char *s)
{
	return s == NULL || s[strspn(s, " ")] == '\0';
}

/* `lines`: line feeds are text, too. */
static enum code
check_said(const char *s, bool needed, size_t max, bool lines, const char *where, struct err *e)
{
	struct text t;

	if (is_blank(s))
		return needed ? err_set(e, REJ_FIELD, where, "is missing; give one") : OK;
	t = text_of(s);
	if (t.n > max)
		return err_set(e, REJ_FIELD, where, "is %zu bytes long; at most %zu", t.n, max);
	if (!text_is_clean_utf8(t) || strchr(s, '\t') != NULL ||
	    (!lines && strchr(s, '\n') != NULL)) {
		return err_set(e, REJ_FIELD, where,
			       "holds invalid UTF-8 or a control character; use plain text");
	}
	return OK;
}

/* A comment that says nothing would be signed as if it did. Blanks around it do not count. */
static enum code
check_comment(const char *s, struct err *e)
{
	size_t n = 0;
	size_t blanks = 0; /* since the last character that is none */

	for (s += strspn(s, " \n"); *s != '\0'; s++) {
		bool begins = ((unsigned char)*s & 0xC0u) != 0x80; /* a character of UTF-8 */
		bool blank = *s == ' ' || *s == '\n';

		n += blank ? 0 : begins + blanks;
		blanks = blank ? blanks + 1 : 0;
	}
	return n >= SPD_TEXT_MIN
		   ? OK
		   : err_set(
			 e, REJ_FIELD, "text",
			 "says too little: say in at least %d characters why the figure is what "
			 "it is, and what is done",
			 SPD_TEXT_MIN);
}

static enum code
check_words(const struct life *l, enum spd_action a, struct err *e)
{
	const struct {
		enum need need;
		const char *where;
		const char *said;
		size_t max;
	} words[] = {
	    {METRIC, "metric", l->metric, SPD_LINE_MAX},
	    {TEXT, "text", l->text, SPD_TEXT_MAX},
	    {CHANNEL, "channel", l->channel, SPD_LINE_MAX},
	    {REFERENCE, "reference", l->reference, SPD_LINE_MAX},
	};
	enum code code = OK;
	for (size_t i = 0; i < COUNT(words) && code == OK; i++) {
		unsigned bit = words[i].need;

		if (((actions[a].need | actions[a].may) & bit) == 0 && !is_blank(words[i].said)) {
			return err_set(e, REJ_FIELD, words[i].where,
				       "does not go with %s; leave it out", actions[a].name);
		}
		code = check_said(words[i].said, (actions[a].need & bit) != 0, words[i].max,
				  bit == TEXT, words[i].where, e);
	}
	return code == OK && a == SPD_COMMENT ? check_comment(l->text, e) : code;
}

enum code
life_step(const struct life *l, enum spd_action a, enum spd_state *next, struct err *e)
{
	const struct transition *t = find(l->state, a, same(l->who, l->reviewer));
	enum code code;

	if (life_may(a, l->rights, e) != OK)
		return e->code;
	if (t != NULL && (RIGHT_BIT(t->right) & l->rights) == 0)
		return refuse_role(t->right, "operation", e);
	if (t == NULL)
		return refuse_state(l, a, e);
	code = check_people(l, t, e);
	if (code == OK)
		code = check_words(l, a, e);
	*next = t->to;
	return code;
}

/* --- freezing --------------------------------------------------------------------------------- */

static enum code
check_embargo(const struct life *l, const struct life_freeze *f, struct err *e)
{
	bool knows = (l->rights & RIGHT_BIT(RIGHT_EXCLUDE_EMBARGOED)) != 0;

	if (!is_blank(f->exclude) && !knows)
		return refuse_role(RIGHT_EXCLUDE_EMBARGOED, "exclude_embargoed", e);
	if (!f->has_embargoed || !is_blank(f->exclude))
		return OK;
	/* That there is such a test is itself under embargo, and how many there are for everybody.
	 */
	if (!knows) {
		return err_set(e, REJ_STATE, "quarter",
			       "%s cannot be frozen now; ask whoever has the role compliance",
			       l->quarter);
	}
	return err_set(
	    e, REJ_STATE, "quarter",
	    "it has tests under embargo; have them debriefed (semsctl correct), or leave "
	    "them out for the next revision: semsctl spd freeze %s --exclude-embargoed "
	    "REASON",
	    l->quarter);
}

enum code
life_freeze(const struct life *l, enum spd_action a, const struct life_freeze *f, struct err *e)
{
	enum spd_state next;
	struct life running = *l;
	bool done_again;
	enum code code;

	running.state = SPD_OPEN;
	running.revision = 0;
	if (f->runs)
		return refuse_state(&running, a, e);
	/* Which of the two it is must be said, for a revision restates what was submitted. */
	done_again = l->state == SPD_REJECTED || l->state == SPD_WITHDRAWN;
	if (done_again && l->was_submitted != (a == SPD_REVISE))
		return refuse_state(l, a, e);
	code = life_step(l, a, &next, e);
	if (code == OK)
		code = check_said(f->early, false, SPD_TEXT_MAX, true, "early", e);
	if (code == OK)
		code = check_said(f->exclude, false, SPD_TEXT_MAX, true, "exclude_embargoed", e);
	if (code != OK)
		return code;
	if (!f->grace_is_over && is_blank(f->early)) {
		return err_set(
		    e, REJ_STATE, "quarter",
		    "late records of %s are waited for until %s; freeze it after that day, "
		    "or say why not: semsctl spd freeze %s --early REASON",
		    l->quarter, f->grace_end, l->quarter);
	}
	return check_embargo(l, f, e);
}
