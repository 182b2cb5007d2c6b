#include "base/count.h"
#include "core/life/case.h"
#include "core/life/case_word.h"

#include <criterion/criterion.h>

#include <string.h>

#define ALL (RIGHT_BIT(RIGHT_COUNT) - 1)

static const char *others[CASE_OTHERS];
static const char *said[CASE_WORDS];

static struct case_standing
action(const char *state)
{
	const struct machine *m = life_action.machine;

	memset(others, 0, sizeof others);
	memset(said, 0, sizeof said);
	others[CASE_OWNER] = "olga";
	others[CASE_CLAIMED_BY] = "carl";
	others[CASE_RAISED_BY] = "rita";
	said[SAYS_TEXT] = "as it was agreed";
	return (struct case_standing){
	    .kind = CASE_ACTION,
	    .number = "A-2026-031",
	    .state = life_find_name(m->states, m->n_states, state),
	    .person = "vera",
	    .rights = ALL,
	    .others = others,
	    .said = said,
	};
}

static unsigned
event_of(const char *name)
{
	return life_find_name(life_action.machine->events, life_action.machine->n_events, name);
}

/* P-1343 */
Test(case, names_state_event_and_whose_it_is_when_it_refuses_a_step)
{
	struct case_standing s = action("OPEN");
	unsigned next;
	struct err e = {0};

	cr_expect_eq(case_tell(&s, event_of("VERIFY"), &next, &e), REJ_STATE);
	cr_expect_str_eq(e.text, "A-2026-031 is OPEN and cannot be verified: VERIFY follows "
				 "DONE_CLAIMED, by auditor, compliance or manager");
	s = action("NEW");
	s.number = NULL;
	cr_expect_eq(case_tell(&s, event_of("START"), &next, &e), REJ_STATE);
	cr_expect_str_eq(e.text,
			 "there is no such action yet: ADD makes one, and START comes after it");
}

/* No refusal is cut, whatever the kind, the state and the event. P-1343 */
Test(case, has_room_for_every_refusal)
{
	unsigned n = 0;

	for (unsigned kind = 0; kind < CASE_KINDS; kind++) {
		const struct machine *m = case_kinds[kind].life->machine;

		for (unsigned i = 0; i < m->n_states * m->n_events; i++) {
			struct case_standing s = action("OPEN");
			unsigned next;
			struct err e = {0};

			s.kind = (enum case_kind)kind;
			s.number = "XX-2026-1000000";
			s.state = (unsigned)(i / m->n_events);
			if (case_tell(&s, (unsigned)(i % m->n_events), &next, &e) != REJ_STATE)
				continue;
			n++;
			cr_expect_lt(strlen(e.text), sizeof e.text - 1, "cut: %s", e.text);
			cr_expect_not_null(strstr(e.text, ", by "), "%s", e.text);
		}
	}
	cr_expect_gt(n, 100);
}

/* P-1352 */
Test(case, is_verified_by_neither_its_owner_nor_whoever_claimed_it)
{
	static const struct {
		const char *person;
		enum code code;
	} rows[] = {{"olga", REJ_FORBIDDEN}, {"carl", REJ_FORBIDDEN}, {"rita", OK}, {"vera", OK}};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct case_standing s = action("DONE_CLAIMED");
		unsigned next = 0;
		struct err e = {0};

		s.person = rows[i].person;
		cr_expect_eq(case_tell(&s, event_of("VERIFY"), &next, &e), rows[i].code, "%s: %s",
			     rows[i].person, e.text);
		if (rows[i].code == OK)
			cr_expect_str_eq(life_action.machine->states[next], "VERIFIED_EFFECTIVE");
		else
			cr_expect_not_null(strstr(e.text, rows[i].person), "%s", e.text);
	}
}

/* P-1346 */
Test(case, takes_the_right_that_goes_with_the_event)
{
	static const struct {
		const char *state;
		const char *event;
		enum right right; /* alone it suffices, and no other does */
	} rows[] = {
	    {"OPEN", "START", RIGHT_WORK_ON_CASES},
	    {"IN_PROGRESS", "CLAIM", RIGHT_WORK_ON_CASES},
	    {"OPEN", "NOTE", RIGHT_RAISE_CASES},
	    {"DONE_CLAIMED", "VERIFY", RIGHT_VERIFY_CASES},
	    {"VERIFIED_EFFECTIVE", "CLOSE", RIGHT_CLOSE_CASES},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		for (unsigned right = 0; right < RIGHT_COUNT; right++) {
			struct case_standing s = action(rows[i].state);
			unsigned next;
			struct err e = {0};

			s.rights = RIGHT_BIT(right);
			cr_expect_eq(case_tell(&s, event_of(rows[i].event), &next, &e),
				     right == rows[i].right ? OK : REJ_ROLE, "%s with %s: %s",
				     rows[i].event, right_name((enum right)right), e.text);
		}
	}
}

/* P-1340 */
Test(case, is_of_the_kind_that_its_number_says)
{
	static const struct {
		const char *number;
		enum case_kind kind;
	} rows[] = {{"F-2026-014", CASE_FINDING},
		    {"A-2026-031", CASE_ACTION},
		    {"AC-2026-001", CASE_ACCEPTANCE},
		    {"AS-2026-001", CASE_ASSESSMENT},
		    {"", CASE_KINDS},
		    {"X-2026-001", CASE_KINDS},
		    {"FX-2026-001", CASE_KINDS}};

	for (size_t i = 0; i < COUNT(rows); i++)
		cr_expect_eq(case_kind_by_number(rows[i].number), rows[i].kind, "%s",
			     rows[i].number);
	for (unsigned i = 0; i < CASE_KINDS; i++) {
		cr_expect_eq(case_kind_by_name(case_kinds[i].name), i);
		cr_expect_eq(case_kind_by_number(case_kinds[i].letter), i);
	}
	cr_expect_eq(case_kind_by_name("findings"), CASE_KINDS);
}
