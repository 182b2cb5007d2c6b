#include "core/life/lifecycle.h"

#include "base/count.h"

#include <stdio.h>
#include <string.h>

static const char *const state_names[] = {
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
COVERS(state_names, SPD_STATES);

static const char *const action_names[] = {
    [SPD_FREEZE] = "FREEZE",           [SPD_REVISE] = "REVISE",
    [SPD_COMMENT] = "COMMENT",         [SPD_QA] = "QA",
    [SPD_APPROVE] = "APPROVE",         [SPD_REJECT] = "REJECT",
    [SPD_WITHDRAW] = "WITHDRAW",       [SPD_SUBMIT] = "SUBMIT",
    [SPD_ACKNOWLEDGE] = "ACKNOWLEDGE", [SPD_SUPERSEDE] = "SUPERSEDE",
};
COVERS(action_names, SPD_ACTIONS);

/* What can be said with an action, in the order in which a fault of it is told. */
enum word { SAYS_METRIC, SAYS_TEXT, SAYS_CHANNEL, SAYS_REFERENCE, SPD_WORDS };

static const struct life_word words[] = {
    [SAYS_METRIC] = {.name = "metric", .type = WORD_LINE, .max = SPD_LINE_MAX},
    [SAYS_TEXT] = {.name = "text", .type = WORD_TEXT, .max = SPD_TEXT_MAX},
    [SAYS_CHANNEL] = {.name = "channel", .type = WORD_LINE, .max = SPD_LINE_MAX},
    [SAYS_REFERENCE] = {.name = "reference", .type = WORD_LINE, .max = SPD_LINE_MAX},
};
COVERS(words, SPD_WORDS);

#define NOTHING NO_WORDS
#define TEXT    WORDS(SAYS_TEXT)

/* What must be said with an action, or may: nothing else is kept with it. */
static const struct life_deed actions[] = {
    [SPD_FREEZE] = {"frozen", NOTHING, TEXT, NULL},
    [SPD_REVISE] = {"revised", TEXT, NOTHING, NULL},
    [SPD_COMMENT] = {"commented on", WORDS(SAYS_METRIC, SAYS_TEXT), NOTHING, NULL},
    [SPD_QA] = {"taken into quality assurance", NOTHING, TEXT, NULL},
    [SPD_APPROVE] = {"approved", NOTHING, TEXT, NULL},
    [SPD_REJECT] = {"rejected", TEXT, NOTHING, NULL},
    [SPD_WITHDRAW] = {"withdrawn", TEXT, NOTHING, NULL},
    [SPD_SUBMIT] = {"submitted", WORDS(SAYS_CHANNEL, SAYS_REFERENCE), NOTHING, NULL},
    [SPD_ACKNOWLEDGE] = {"acknowledged", WORDS(SAYS_REFERENCE), NOTHING, NULL},
    [SPD_SUPERSEDE] = {"superseded", NOTHING, NOTHING, NULL},
};
COVERS(actions, SPD_ACTIONS);

/* --- the machine ------------------------------------------------------------------------------ */

/* Whom a step may not be taken by, and which policy asks for it. */
enum people {
	ANYBODY = 0,
	NOT_PREPARER = 1,
	NOT_PREPARER_OF_THREE = 2,
	NOT_REVIEWER_OF_THREE = 4,
};
static const char *const people_names[] = {"preparer", "preparer_of_three", "reviewer_of_three"};
static const char *const given_names[] = {"by_reviewer"};

static const struct life_terms prepares = {RIGHT_PREPARE_SPD, ANYBODY};
static const struct life_terms comments = {RIGHT_COMMENT_SPD, ANYBODY};
static const struct life_terms reviews = {RIGHT_REVIEW_SPD, NOT_PREPARER_OF_THREE};
static const struct life_terms approves = {RIGHT_APPROVE_SPD, NOT_PREPARER | NOT_REVIEWER_OF_THREE};
static const struct life_terms rejects = {RIGHT_REJECT_SPD, ANYBODY};
static const struct life_terms nobody = {LIFE_NOBODYS, ANYBODY};

#define AT MACHINE_AT
/* What the regulator did not get yet. */
#define AT_HOME (AT(SPD_DRAFT) | AT(SPD_IN_QA) | AT(SPD_APPROVED))
#define ENDED   (AT(SPD_REJECTED) | AT(SPD_WITHDRAWN))
#define SENT    (AT(SPD_SUBMITTED) | AT(SPD_ACKNOWLEDGED))

static const struct move moves[] = {
    {SPD_FREEZE, AT(SPD_COLLECTING) | ENDED, SPD_DRAFT, 0, &prepares},
    {SPD_REVISE, SENT | ENDED, SPD_DRAFT, 0, &prepares},

    /* Not once it is approved: the approver has read what there was. */
    {SPD_COMMENT, AT(SPD_DRAFT), SPD_DRAFT, 0, &comments},
    /* What somebody else says after the review, the reviewer has not read. */
    {SPD_COMMENT, AT(SPD_IN_QA), SPD_IN_QA, LIFE_BY_REVIEWER, &comments},
    {SPD_COMMENT, AT(SPD_IN_QA), SPD_DRAFT, 0, &comments},

    {SPD_QA, AT(SPD_DRAFT), SPD_IN_QA, 0, &reviews},
    {SPD_APPROVE, AT(SPD_IN_QA), SPD_APPROVED, 0, &approves},
    {SPD_REJECT, AT_HOME, SPD_REJECTED, 0, &rejects},
    /* By the regulator; whoever submits writes it down. */
    {SPD_REJECT, AT(SPD_SUBMITTED), SPD_REJECTED, 0, &prepares},
    {SPD_WITHDRAW, AT_HOME | AT(SPD_SUBMITTED), SPD_WITHDRAWN, 0, &prepares},

    {SPD_SUBMIT, AT(SPD_APPROVED), SPD_SUBMITTED, 0, &prepares},
    {SPD_ACKNOWLEDGE, AT(SPD_SUBMITTED), SPD_ACKNOWLEDGED, 0, &prepares},
    {SPD_SUPERSEDE, SENT, SPD_SUPERSEDED, 0, &nobody},
};
const struct machine life_machine =
    MACHINE("spd", AT(SPD_OPEN) | AT(SPD_COLLECTING), state_names, action_names, moves);
const struct life_kind life_spd = {
    .machine = &life_machine,
    .deeds = actions,
    .words = words,
    .n_words = COUNT(words),
    .others = people_names,
    .n_others = COUNT(people_names),
    .given = given_names,
    .n_given = COUNT(given_names),
    .nobody = "nobody asks for it: submitting the next revision does it",
    .field = "operation",
};

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
	return action_names[a];
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

/* What is said of a state, and the actions of it in the order in which they are named. Each is done
 * to the quarter. */
struct next {
	const char *text;
	size_t n;
	struct todo todo[2];
};

#define DO(name, ...)                                                 \
	{                                                             \
		.action = ACTION_SPD_##name, .needs = { __VA_ARGS__ } \
	}

static const struct next nexts[] = {
    [SPD_OPEN] = {"the quarter runs; after its last day: spd.freeze", 1, {DO(FREEZE, NULL)}},
    [SPD_COLLECTING] = {"nothing is frozen yet: spd.freeze", 1, {DO(FREEZE, NULL)}},
    [SPD_DRAFT] = {"a quality reviewer takes it on: spd.qa", 1, {DO(QA, NULL)}},
    [SPD_IN_QA] = {"the approver decides: spd.approve", 1, {DO(APPROVE, NULL)}},
    [SPD_APPROVED] = {"send it, then: spd.submit", 1, {DO(SUBMIT, "channel", "reference")}},
    [SPD_SUBMITTED] = {"when its receipt is confirmed: spd.acknowledge; a change takes spd.revise",
		       2,
		       {DO(ACKNOWLEDGE, "reference"), DO(REVISE, "reason")}},
    [SPD_ACKNOWLEDGED] = {"nothing; a change takes spd.revise", 1, {DO(REVISE, "reason")}},
    [SPD_REJECTED] = {"another draft: spd.freeze", 1, {DO(FREEZE, NULL)}},
    [SPD_WITHDRAWN] = {"another draft: spd.freeze", 1, {DO(FREEZE, NULL)}},
    [SPD_SUPERSEDED] = {"a later revision stands: spd.status", 1, {DO(STATUS, NULL)}},
};
COVERS(nexts, SPD_STATES);

/* Of a quarter that was submitted once. */
static const struct next again = {"another draft: spd.revise", 1, {DO(REVISE, "reason")}};

void
life_next(const struct life *l, struct life_advice *out)
{
	bool is_over = l->state == SPD_REJECTED || l->state == SPD_WITHDRAWN;
	const struct next *next = is_over && l->was_submitted ? &again : &nexts[l->state];

	snprintf(out->text, sizeof out->text, "%s", next->text);
	out->next[0] = '\0';
	for (size_t i = 0; i < next->n; i++) {
		struct todo todo = next->todo[i];

		todo.quarter = l->quarter;
		action_add(out->next, &todo);
	}
}

/* --- one step --------------------------------------------------------------------------------- */

static bool
same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static enum code
refuse_state(const void *of, unsigned a, struct err *e)
{
	const struct life *l = of;
	struct life_advice advice;

	life_next(l, &advice);
	if (l->revision == 0)
		err_set(e, REJ_STATE, "operation", "%s is %s and cannot be %s; %s", l->quarter,
			spd_state_name(l->state), actions[a].done, advice.text);
	else
		err_set(e, REJ_STATE, "operation", "revision %lld of %s is %s and cannot be %s; %s",
			(long long)l->revision, l->quarter, spd_state_name(l->state),
			actions[a].done, advice.text);
	snprintf(e->next, sizeof e->next, "%s", advice.next);
	return e->code;
}

enum code
life_may(enum spd_action a, uint64_t rights, struct err *e)
{
	return life_kind_may(&life_spd, a, rights, e);
}

static enum code
check_people(const void *of, uint32_t others, struct err *e)
{
	const struct life *l = of;
	bool three = l->approval == SPD_THREE_PEOPLE;
	bool prepared =
	    (others & NOT_PREPARER) != 0 || ((others & NOT_PREPARER_OF_THREE) != 0 && three);
	bool reviewed = (others & NOT_REVIEWER_OF_THREE) != 0 && three;

	if (prepared && same(l->person, l->preparer)) {
		return err_set(e, REJ_FORBIDDEN, "operation",
			       "%s froze it, so somebody else has to do this (policy %s)",
			       l->person, spd_approval_name(l->approval));
	}
	if (reviewed && same(l->person, l->reviewer)) {
		err_set(e, REJ_FORBIDDEN, "operation",
			"%s reviewed it, so a third person has to approve; a small entity may "
			"declare the policy APPROVER_DIFFERS (setup)",
			l->person);
		return action_offer(e, &(struct todo){.action = ACTION_SETUP});
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

enum code
life_step(const struct life *l, enum spd_action a, enum spd_state *next, struct err *e)
{
	const char *const said[SPD_WORDS] = {
	    [SAYS_METRIC] = l->metric,
	    [SAYS_TEXT] = l->text,
	    [SAYS_CHANNEL] = l->channel,
	    [SAYS_REFERENCE] = l->reference,
	};
	const struct life_ask ask = {
	    .kind = &life_spd,
	    .state = l->state,
	    .holds = same(l->person, l->reviewer) ? LIFE_BY_REVIEWER : 0,
	    .rights = l->rights,
	    .said = said,
	    .refuse = refuse_state,
	    .check_people = check_people,
	    .of = l,
	};
	unsigned to = l->state;
	enum code code = life_ask(&ask, a, &to, e);

	COVERS(said, SPD_WORDS);
	*next = (enum spd_state)to;
	return code == OK && a == SPD_COMMENT ? check_comment(l->text, e) : code;
}

/* --- freezing --------------------------------------------------------------------------------- */

static enum code
check_reason(const char *name, const char *s, struct err *e)
{
	const struct life_word word = {.name = name, .type = WORD_TEXT, .max = SPD_TEXT_MAX};

	return life_is_blank(s) ? OK : life_check_word(&word, s, e);
}

static enum code
check_embargo(const struct life *l, const struct life_freeze *f, struct err *e)
{
	bool knows = (l->rights & RIGHT_BIT(RIGHT_EXCLUDE_EMBARGOED)) != 0;
	char who[RIGHT_WHO_SIZE];

	if (!life_is_blank(f->exclude) && !knows)
		return life_refuse_role(RIGHT_EXCLUDE_EMBARGOED, "exclude_embargoed", e);
	if (!f->has_embargoed || !life_is_blank(f->exclude))
		return OK;
	/* That there is such a test is itself under embargo, and how many there are for everybody.
	 */
	if (!knows) {
		right_who(RIGHT_EXCLUDE_EMBARGOED, " or ", who, sizeof who);
		return err_set(e, REJ_STATE, "quarter",
			       "%s cannot be frozen now; ask whoever has the role %s", l->quarter,
			       who);
	}
	err_set(e, REJ_STATE, "quarter",
		"it has tests under embargo; have them debriefed (record.correct), or leave "
		"them out for the next revision: spd.freeze");
	action_offer(e, &(struct todo){.action = ACTION_RECORD_CORRECT});
	return action_offer(e, &(struct todo){.action = ACTION_SPD_FREEZE,
					      .quarter = l->quarter,
					      .needs = {"exclude_embargoed"}});
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
		code = check_reason("early", f->early, e);
	if (code == OK)
		code = check_reason("exclude_embargoed", f->exclude, e);
	if (code != OK)
		return code;
	if (!f->grace_is_over && life_is_blank(f->early)) {
		err_set(e, REJ_STATE, "quarter",
			"late records of %s are waited for until %s; freeze it after that day, "
			"or say why not: spd.freeze",
			l->quarter, f->grace_end);
		return action_offer(e, &(struct todo){.action = ACTION_SPD_FREEZE,
						      .quarter = l->quarter,
						      .needs = {"early"}});
	}
	return check_embargo(l, f, e);
}
