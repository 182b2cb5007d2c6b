#include "base/count.h"
#include "core/life/lifecycle.h"
#include "tests/lib/machine_walk.h"

#include <criterion/criterion.h>

#include <string.h>

#define ALL (RIGHT_BIT(RIGHT_COUNT) - 1)

/* What goes with each action, in the order of enum spd_action: t text, m metric, r reference, c
 * channel. */
static const char *const said[SPD_ACTIONS] = {"t", "t", "tm", "t", "t", "t", "t", "rc", "r", "t"};

static const char *
if_said(enum spd_action a, char what, const char *word)
{
	return strchr(said[a], what) == NULL ? NULL : word;
}

static struct life
in(enum spd_state state, enum spd_action a)
{
	return (struct life){
	    .quarter = "2026-Q2",
	    .revision = state == SPD_OPEN || state == SPD_COLLECTING ? 0 : 3,
	    .state = state,
	    .preparer = "unix:anna",
	    .reviewer = "unix:bob",
	    .who = "unix:cy",
	    .person = "unix:cy",
	    .rights = ALL,
	    .text = if_said(a, 't', "why it is so"),
	    .metric = if_said(a, 'm', "OUT03"),
	    .reference = if_said(a, 'r', "letter 12"),
	    .channel = if_said(a, 'c', "portal"),
	};
}

/* Written once more, state by state, in the order of enum spd_action: FREEZE, REVISE, COMMENT, QA,
 * APPROVE, REJECT, WITHDRAW, SUBMIT, ACKNOWLEDGE, SUPERSEDE; SPD_STATES: refused. */
#define NO SPD_STATES
static const enum spd_state expected[SPD_STATES][SPD_ACTIONS] = {
    [SPD_OPEN] = {NO, NO, NO, NO, NO, NO, NO, NO, NO, NO},
    [SPD_COLLECTING] = {SPD_DRAFT, NO, NO, NO, NO, NO, NO, NO, NO, NO},
    [SPD_DRAFT] = {NO, NO, SPD_DRAFT, SPD_IN_QA, NO, SPD_REJECTED, SPD_WITHDRAWN, NO, NO, NO},
    [SPD_IN_QA] = {NO, NO, SPD_DRAFT, NO, SPD_APPROVED, SPD_REJECTED, SPD_WITHDRAWN, NO, NO, NO},
    [SPD_APPROVED] = {NO, NO, NO, NO, NO, SPD_REJECTED, SPD_WITHDRAWN, SPD_SUBMITTED, NO, NO},
    [SPD_SUBMITTED] = {NO, SPD_DRAFT, NO, NO, NO, SPD_REJECTED, SPD_WITHDRAWN, NO, SPD_ACKNOWLEDGED,
		       SPD_SUPERSEDED},
    [SPD_ACKNOWLEDGED] = {NO, SPD_DRAFT, NO, NO, NO, NO, NO, NO, NO, SPD_SUPERSEDED},
    [SPD_REJECTED] = {SPD_DRAFT, SPD_DRAFT, NO, NO, NO, NO, NO, NO, NO, NO},
    [SPD_WITHDRAWN] = {SPD_DRAFT, SPD_DRAFT, NO, NO, NO, NO, NO, NO, NO, NO},
    [SPD_SUPERSEDED] = {NO, NO, NO, NO, NO, NO, NO, NO, NO, NO},
};

Test(lifecycle, lets_every_state_be_followed_by_what_its_row_says)
{
	static const char *const edges[] = {
	    "OPEN: ",
	    "COLLECTING: FREEZE > DRAFT",
	    "DRAFT: COMMENT > DRAFT, QA > IN_QA, REJECT > REJECTED, WITHDRAW > WITHDRAWN",
	    ("IN_QA: COMMENT > DRAFT, [1] COMMENT > IN_QA, APPROVE > APPROVED, REJECT > REJECTED, "
	     "WITHDRAW > WITHDRAWN"),
	    "APPROVED: REJECT > REJECTED, WITHDRAW > WITHDRAWN, SUBMIT > SUBMITTED",
	    ("SUBMITTED: REVISE > DRAFT, REJECT > REJECTED, WITHDRAW > WITHDRAWN, "
	     "ACKNOWLEDGE > ACKNOWLEDGED, SUPERSEDE > SUPERSEDED"),
	    "ACKNOWLEDGED: REVISE > DRAFT, SUPERSEDE > SUPERSEDED",
	    "REJECTED: FREEZE > DRAFT, REVISE > DRAFT",
	    "WITHDRAWN: FREEZE > DRAFT, REVISE > DRAFT",
	    "SUPERSEDED: ",
	};

	MACHINE_WALK(&life_machine, edges);
}

/* What nobody else has read leads back to who has to read it. */
Test(lifecycle, has_what_is_said_after_the_review_reviewed_unless_the_reviewer_said_it)
{
	static const struct {
		const char *who;
		enum spd_state to;
	} rows[] = {{"unix:anna", SPD_DRAFT}, {"unix:bob", SPD_IN_QA}, {"unix:cy", SPD_DRAFT}};
	struct life l = in(SPD_IN_QA, SPD_COMMENT);
	enum spd_state to;
	struct err e = {0};

	for (size_t i = 0; i < COUNT(rows); i++) {
		l.person = rows[i].who;
		cr_assert_eq(life_step(&l, SPD_COMMENT, &to, &e), OK, "%s", e.text);
		cr_expect_eq(to, rows[i].to, "%s", l.person);
	}
	/* Nobody's review holds: nobody is the reviewer. */
	l.reviewer = NULL;
	l.person = "unix:bob";
	cr_assert_eq(life_step(&l, SPD_COMMENT, &to, &e), OK, "%s", e.text);
	cr_expect_eq(to, SPD_DRAFT);
}

Test(lifecycle, answers_every_step_as_its_table_says)
{
	for (int s = 0; s < SPD_STATES; s++) {
		for (int a = 0; a < SPD_SUPERSEDE; a++) {
			struct life l = in((enum spd_state)s, (enum spd_action)a);
			enum spd_state to = NO;
			struct err e = {0};
			enum code code = life_step(&l, (enum spd_action)a, &to, &e);

			cr_expect_eq(code, expected[s][a] == NO ? REJ_STATE : OK, "%s %s: %s",
				     spd_state_name(l.state), spd_action_name((enum spd_action)a),
				     e.text);
			if (code == OK)
				cr_expect_eq(to, expected[s][a]);
		}
	}
}

/* P-909 */
Test(lifecycle, says_in_every_refusal_what_to_do_next)
{
	for (int s = 0; s < SPD_STATES; s++) {
		for (int a = 0; a < SPD_SUPERSEDE; a++) {
			struct life l = in((enum spd_state)s, (enum spd_action)a);
			enum spd_state to;
			struct err e = {0};

			if (life_step(&l, (enum spd_action)a, &to, &e) == OK)
				continue;
			cr_expect_not_null(strstr(e.text, spd_state_name(l.state)), "%s", e.text);
			cr_expect_not_null(strstr(e.next, "{\"action\":\"spd."), "%s", e.next);
			cr_expect_lt(strlen(e.text), sizeof e.text - 1, "cut: %s", e.text);
		}
	}
}

Test(lifecycle, is_superseded_by_nobody)
{
	struct life l = in(SPD_SUBMITTED, SPD_SUPERSEDE);
	enum spd_state to;
	struct err e = {0};

	cr_expect_eq(life_step(&l, SPD_SUPERSEDE, &to, &e), REJ_FORBIDDEN);
}

struct four_eyes {
	enum spd_state state;
	enum spd_action action;
	const char *who;
	enum spd_approval approval;
	enum code code;
};

Test(lifecycle, asks_for_different_people_as_the_policy_says)
{
	static const struct four_eyes rows[] = {
	    {SPD_DRAFT, SPD_QA, "unix:anna", SPD_THREE_PEOPLE, REJ_FORBIDDEN},
	    {SPD_DRAFT, SPD_QA, "unix:cy", SPD_THREE_PEOPLE, OK},
	    {SPD_IN_QA, SPD_APPROVE, "unix:anna", SPD_THREE_PEOPLE, REJ_FORBIDDEN},
	    {SPD_IN_QA, SPD_APPROVE, "unix:bob", SPD_THREE_PEOPLE, REJ_FORBIDDEN},
	    {SPD_IN_QA, SPD_APPROVE, "unix:cy", SPD_THREE_PEOPLE, OK},
	    {SPD_DRAFT, SPD_QA, "unix:anna", SPD_APPROVER_DIFFERS, OK},
	    {SPD_IN_QA, SPD_APPROVE, "unix:anna", SPD_APPROVER_DIFFERS, REJ_FORBIDDEN},
	    {SPD_IN_QA, SPD_APPROVE, "unix:bob", SPD_APPROVER_DIFFERS, OK},
	    /* Whoever froze it may say that the regulator did not take it. */
	    {SPD_SUBMITTED, SPD_REJECT, "unix:anna", SPD_THREE_PEOPLE, OK},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct life l = in(rows[i].state, rows[i].action);
		enum spd_state to;
		struct err e = {0};

		l.person = rows[i].who;
		l.approval = rows[i].approval;
		cr_expect_eq(life_step(&l, rows[i].action, &to, &e), rows[i].code, "row %zu: %s", i,
			     e.text);
	}
}

struct by_right {
	enum spd_state state;
	enum spd_action action;
	enum right right; /* alone it suffices, and no other does */
};

Test(lifecycle, asks_for_the_right_that_goes_with_the_action)
{
	static const struct by_right rows[] = {
	    {SPD_COLLECTING, SPD_FREEZE, RIGHT_PREPARE_SPD},
	    {SPD_SUBMITTED, SPD_REVISE, RIGHT_PREPARE_SPD},
	    {SPD_DRAFT, SPD_COMMENT, RIGHT_COMMENT_SPD},
	    {SPD_DRAFT, SPD_QA, RIGHT_REVIEW_SPD},
	    {SPD_IN_QA, SPD_APPROVE, RIGHT_APPROVE_SPD},
	    {SPD_DRAFT, SPD_REJECT, RIGHT_REJECT_SPD},
	    {SPD_SUBMITTED, SPD_REJECT, RIGHT_PREPARE_SPD},
	    {SPD_IN_QA, SPD_WITHDRAW, RIGHT_PREPARE_SPD},
	    {SPD_APPROVED, SPD_SUBMIT, RIGHT_PREPARE_SPD},
	    {SPD_SUBMITTED, SPD_ACKNOWLEDGE, RIGHT_PREPARE_SPD},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		for (unsigned right = 0; right < RIGHT_COUNT; right++) {
			struct life l = in(rows[i].state, rows[i].action);
			enum spd_state to;
			struct err e = {0};

			l.rights = RIGHT_BIT(right);
			cr_expect_eq(life_step(&l, rows[i].action, &to, &e),
				     right == rows[i].right ? OK : REJ_ROLE, "row %zu, %s: %s", i,
				     right_name((enum right)right), e.text);
		}
	}
}

/* Who is told to whoever may not; an administrator may reject what was submitted and nothing else.
 */
Test(lifecycle, says_whose_a_step_is_to_those_who_may_not_take_it)
{
	static const struct {
		enum spd_state state;
		enum spd_action action;
		enum role who;
		const char *roles;
	} rows[] = {
	    {SPD_COLLECTING, SPD_FREEZE, ROLE_AUDITOR, "compliance or admin"},
	    {SPD_SUBMITTED, SPD_REVISE, ROLE_MANAGER, "compliance or admin"},
	    {SPD_DRAFT, SPD_COMMENT, ROLE_TESTER, "auditor, compliance, manager or admin"},
	    {SPD_DRAFT, SPD_QA, ROLE_ADMIN, "auditor, compliance or manager"},
	    {SPD_IN_QA, SPD_APPROVE, ROLE_COMPLIANCE, "manager"},
	    {SPD_DRAFT, SPD_REJECT, ROLE_TESTER, "auditor, compliance or manager"},
	    {SPD_DRAFT, SPD_REJECT, ROLE_ADMIN, "auditor, compliance or manager"},
	    {SPD_SUBMITTED, SPD_REJECT, ROLE_AUDITOR, "compliance or admin"},
	    {SPD_IN_QA, SPD_WITHDRAW, ROLE_AUDITOR, "compliance or admin"},
	    {SPD_APPROVED, SPD_SUBMIT, ROLE_MANAGER, "compliance or admin"},
	    {SPD_SUBMITTED, SPD_ACKNOWLEDGE, ROLE_AUDITOR, "compliance or admin"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct life l = in(rows[i].state, rows[i].action);
		enum spd_state to;
		struct err e = {0};

		l.rights = right_set(rows[i].who);
		cr_expect_eq(life_step(&l, rows[i].action, &to, &e), REJ_ROLE, "row %zu", i);
		cr_expect_str_eq(e.text, rows[i].roles, "row %zu: %s", i, e.text);
	}
}

static enum code
step_with(enum spd_state state, enum spd_action a, void (*change)(struct life *l), struct err *e)
{
	struct life l = in(state, a);
	enum spd_state to;

	change(&l);
	return life_step(&l, a, &to, e);
}

static void
no_text(struct life *l)
{
	l->text = "  ";
}

static void
no_metric(struct life *l)
{
	l->metric = NULL;
}

static void
no_reference(struct life *l)
{
	l->reference = "";
}

static void
no_channel(struct life *l)
{
	l->channel = NULL;
}

static void
bell(struct life *l)
{
	l->text = "a\ab is said";
}

static void
two_lines(struct life *l)
{
	l->reference = "a\nb";
}

static void
a_text(struct life *l)
{
	l->text = "and I say";
}

static void
a_metric(struct life *l)
{
	l->metric = "OUT03";
}

static void
a_channel(struct life *l)
{
	l->channel = "portal";
}

static void
a_reference(struct life *l)
{
	l->reference = "letter 13";
}

static void
long_text(struct life *l)
{
	static char text[SPD_TEXT_MAX + 2];

	memset(text, 'x', SPD_TEXT_MAX + 1);
	l->text = text;
}

Test(lifecycle, asks_for_what_has_to_be_said)
{
	static const struct {
		enum spd_state state;
		enum spd_action action;
		void (*change)(struct life *l);
		const char *where;
	} rows[] = {
	    {SPD_DRAFT, SPD_REJECT, no_text, "text"},
	    {SPD_DRAFT, SPD_WITHDRAW, no_text, "text"},
	    {SPD_DRAFT, SPD_COMMENT, no_text, "text"},
	    {SPD_SUBMITTED, SPD_REVISE, no_text, "text"},
	    {SPD_DRAFT, SPD_COMMENT, no_metric, "metric"},
	    {SPD_APPROVED, SPD_SUBMIT, no_reference, "reference"},
	    {SPD_APPROVED, SPD_SUBMIT, no_channel, "channel"},
	    {SPD_SUBMITTED, SPD_ACKNOWLEDGE, no_reference, "reference"},
	    {SPD_DRAFT, SPD_COMMENT, bell, "text"},
	    {SPD_DRAFT, SPD_COMMENT, long_text, "text"},
	    {SPD_APPROVED, SPD_SUBMIT, two_lines, "reference"},
	    /* Nothing gets into the declaration beside it. */
	    {SPD_APPROVED, SPD_SUBMIT, a_text, "text"},
	    {SPD_SUBMITTED, SPD_ACKNOWLEDGE, a_text, "text"},
	    {SPD_APPROVED, SPD_SUBMIT, a_metric, "metric"},
	    {SPD_IN_QA, SPD_APPROVE, a_metric, "metric"},
	    {SPD_DRAFT, SPD_QA, a_channel, "channel"},
	    {SPD_DRAFT, SPD_COMMENT, a_reference, "reference"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct err e = {0};

		cr_expect_eq(step_with(rows[i].state, rows[i].action, rows[i].change, &e),
			     REJ_FIELD, "row %zu", i);
		cr_expect_str_eq(e.where, rows[i].where, "row %zu: %s", i, e.text);
	}
}

/* --- freezing --------------------------------------------------------------------------------- */

static enum code
freeze(struct life l, enum spd_action a, struct life_freeze f, struct err *e)
{
	f.grace_end = "2026-07-14";
	return life_freeze(&l, a, &f, e);
}

Test(lifecycle, freezes_no_quarter_that_runs)
{
	struct err e = {0};
	struct life_freeze f = {.grace_is_over = true};

	cr_expect_eq(freeze(in(SPD_OPEN, SPD_FREEZE), SPD_FREEZE, f, &e), REJ_STATE);
	/* A clock was ahead when the first revision was made, and was set back. */
	f.runs = true;
	cr_expect_eq(freeze(in(SPD_WITHDRAWN, SPD_FREEZE), SPD_FREEZE, f, &e), REJ_STATE);
	cr_expect_not_null(strstr(e.text, "the quarter runs"), "%s", e.text);
	f.runs = false;
	cr_expect_not_null(strstr(e.text, "after its last day"), "%s", e.text);
}

Test(lifecycle, waits_for_late_records_unless_somebody_says_why_not)
{
	struct err e = {0};

	cr_expect_eq(
	    freeze(in(SPD_COLLECTING, SPD_FREEZE), SPD_FREEZE, (struct life_freeze){0}, &e),
	    REJ_STATE);
	cr_expect_not_null(strstr(e.text, "2026-07-14"), "%s", e.text);
	cr_expect_eq(freeze(in(SPD_COLLECTING, SPD_FREEZE), SPD_FREEZE,
			    (struct life_freeze){.early = " "}, &e),
		     REJ_STATE);
	cr_expect_eq(freeze(in(SPD_COLLECTING, SPD_FREEZE), SPD_FREEZE,
			    (struct life_freeze){.early = "asked for"}, &e),
		     OK);
	cr_expect_eq(freeze(in(SPD_COLLECTING, SPD_FREEZE), SPD_FREEZE,
			    (struct life_freeze){.grace_is_over = true}, &e),
		     OK);
}

Test(lifecycle, tells_of_an_embargo_only_who_may_know)
{
	struct life_freeze f = {.grace_is_over = true, .has_embargoed = true};
	struct life l = in(SPD_COLLECTING, SPD_FREEZE);
	struct err e = {0};

	cr_expect_eq(freeze(l, SPD_FREEZE, f, &e), REJ_STATE);
	cr_expect_not_null(strstr(e.text, "embargo"), "%s", e.text);
	l.rights = RIGHT_BIT(RIGHT_PREPARE_SPD);
	cr_expect_eq(freeze(l, SPD_FREEZE, f, &e), REJ_STATE);
	cr_expect_null(strstr(e.text, "embargo"), "%s", e.text);
	cr_expect_null(strstr(e.text, "test"), "%s", e.text);
	/* Nor may they try it out. */
	f.exclude = "why";
	cr_expect_eq(freeze(l, SPD_FREEZE, f, &e), REJ_ROLE);
	f.has_embargoed = false;
	cr_expect_eq(freeze(l, SPD_FREEZE, f, &e), REJ_ROLE);
	l.rights |= RIGHT_BIT(RIGHT_EXCLUDE_EMBARGOED);
	f.has_embargoed = true;
	cr_expect_eq(freeze(l, SPD_FREEZE, f, &e), OK);
}

Test(lifecycle, revises_what_was_submitted_and_freezes_what_was_not)
{
	static const enum spd_state ended[] = {SPD_REJECTED, SPD_WITHDRAWN};
	struct life_freeze f = {.grace_is_over = true};

	for (size_t i = 0; i < 2; i++) {
		struct life l = in(ended[i], SPD_REVISE);
		struct err e = {0};

		cr_expect_eq(freeze(l, SPD_FREEZE, f, &e), OK);
		cr_expect_eq(freeze(l, SPD_REVISE, f, &e), REJ_STATE);
		cr_expect_not_null(strstr(e.text, "spd.freeze"), "%s", e.text);
		l.was_submitted = true;
		cr_expect_eq(freeze(l, SPD_REVISE, f, &e), OK);
		cr_expect_eq(freeze(l, SPD_FREEZE, f, &e), REJ_STATE);
		cr_expect_not_null(strstr(e.text, "spd.revise"), "%s", e.text);
	}
}

Test(lifecycle, takes_a_policy_that_it_does_not_know_for_the_stricter_one)
{
	cr_expect_eq(spd_approval_by_name(NULL), SPD_THREE_PEOPLE);
	cr_expect_eq(spd_approval_by_name("NOBODY"), SPD_THREE_PEOPLE);
	cr_expect_eq(spd_approval_by_name("APPROVER_DIFFERS"), SPD_APPROVER_DIFFERS);
}

Test(lifecycle, knows_its_states_by_name)
{
	for (int i = 0; i < SPD_STATES; i++) {
		enum spd_state s = SPD_STATES;

		cr_expect(spd_state_by_name(text_of(spd_state_name((enum spd_state)i)), &s));
		cr_expect_eq((int)s, i);
	}
	cr_expect_not(spd_state_by_name(text_of("FINAL"), &(enum spd_state){0}));
}
