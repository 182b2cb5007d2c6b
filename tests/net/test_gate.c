#include "net/gate.h"

#include <criterion/criterion.h>

#include <string.h>

/* Whoever adds a row finds here what it must have. */
Test(gate, has_all_that_a_gate_needs_in_each_row)
{
	for (unsigned i = 0; i < N_GATES; i++) {
		const struct gate *g = gate_of((enum gate_id)i);
		struct visitor v = {.means = NULL};
		char text[128];
		struct err e;

		cr_assert(g->name != NULL && g->look != NULL && g->listen != NULL &&
			      g->carry != NULL && g->see != NULL && g->who != NULL &&
			      g->refuse != NULL,
			  "gate %u", i);
		cr_expect_eq(g->unknown_max == 0, g->patience_ms == 0, "%s", g->name);
		cr_expect_leq(g->unknown_of_address, g->unknown_max, "%s", g->name);
		cr_expect_eq(g->look("/\x01/no:place", &e) == OK, i == GATE_UNIX, "%s", g->name);
		for (unsigned why = 0; why < N_USER_ANSWERS; why++) {
			cr_expect_not_null(g->refuse(&v, (enum user_answer)why, text, sizeof text),
					   "%s", g->name);
			cr_expect(text[0] == '\0' || strstr(text, "try again") != NULL, "%s: %s",
				  g->name, text);
			cr_expect_neq(v.principal[0], '\0', "%s", g->name);
		}
		for (unsigned j = 0; j < i; j++)
			cr_expect_str_neq(gate_of((enum gate_id)j)->name, g->name);
	}
}
