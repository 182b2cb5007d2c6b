#include "base/count.h"
#include "core/life/case.h"
#include "core/life/case_word.h"
#include "core/life/lifecycle.h"

#include <criterion/criterion.h>

#include <string.h>

static const struct life_kind *
life(size_t i)
{
	return i < CASE_KINDS ? case_kinds[i].life : &life_spd;
}

/* An event that says what its moves do not take, or a move without terms, could never be asked for.
 */
Test(step, finds_terms_deeds_and_words_for_all_that_happens)
{
	for (size_t i = 0; i <= CASE_KINDS; i++) {
		const struct life_kind *k = life(i);

		for (size_t m = 0; m < k->machine->n_moves; m++) {
			const struct life_terms *t = k->machine->moves[m].terms;

			cr_assert_not_null(t, "%s", k->machine->name);
			cr_expect_leq(t->right, LIFE_NOBODYS);
			cr_expect_eq(t->others >> k->n_others, 0);
		}
		for (size_t v = 0; v < k->machine->n_events; v++) {
			const struct life_deed *d = &k->deeds[v];

			cr_expect_not_null(d->done, "%s", k->machine->events[v]);
			for (size_t w = 0; w < LIFE_NO_WORD; w++) {
				bool needs = life_has_word(d->need, w);
				bool may = life_has_word(d->may, w);

				cr_expect(!(needs && may), "%s %s: %zu", k->machine->name,
					  k->machine->events[v], w);
				cr_expect(w < k->n_words || (!needs && !may), "%s",
					  k->machine->events[v]);
			}
		}
	}
}

static const char *said[CASE_WORDS];

/* P-1345 */
Test(step, wants_what_is_needed_and_nothing_that_does_not_go_with_it)
{
	unsigned extend =
	    life_find_name(life_action.machine->events, life_action.machine->n_events, "EXTEND");
	struct err e = {0};

	cr_expect_eq(life_check_words(&life_action, extend, said, &e), REJ_FIELD);
	cr_expect_str_eq(e.where, "due");
	said[SAYS_DUE] = "2026-07-01";
	said[SAYS_REASON] = "   ";
	cr_expect_eq(life_check_words(&life_action, extend, said, &e), REJ_FIELD);
	cr_expect_str_eq(e.where, "reason");
	said[SAYS_REASON] = "parts are late";
	cr_expect_eq(life_check_words(&life_action, extend, said, &e), OK, "%s", e.text);
	said[SAYS_ORIGINAL_DUE] = "2026-07-01";
	cr_expect_eq(life_check_words(&life_action, extend, said, &e), REJ_FIELD);
	cr_expect_str_eq(e.where, "original_due");
	cr_expect_str_eq(e.text, "does not go with EXTEND; leave it out");
}

Test(step, tells_the_values_that_a_word_may_have)
{
	struct err e = {0};

	cr_expect_eq(life_check_word(&case_words[SAYS_PRIORITY], "URGENT", &e), REJ_FIELD);
	cr_expect_str_eq(e.text, "is none of HIGH, MEDIUM, LOW");
}

Test(step, finds_names_and_words_or_says_that_there_are_none)
{
	cr_expect_eq(life_find_word(&life_action, "owner"), (size_t)SAYS_OWNER);
	cr_expect_eq(life_find_word(&life_action, "ownership"), life_action.n_words);
	cr_expect_eq(life_find_name(case_others, CASE_OTHERS, "raised_by"), CASE_RAISED_BY);
	cr_expect_eq(life_find_name(case_others, CASE_OTHERS, ""), CASE_OTHERS);
}
