#include "render/register/matrix.h"
#include "tests/render/register/register_fixture.h"

#include <criterion/criterion.h>

#include <string.h>

struct made {
	json_t *doc;
	struct arena *arena;
	struct reg r;
	struct book b;
};

static void
begin(struct made *m, json_t *doc)
{
	m->doc = doc;
	m->arena = arena_new((size_t)64 << 20);
	cr_assert_not_null(m->arena);
	cr_assert(reg_init(&m->r, doc));
	reg_book(&m->b, m->arena, doc, "risk register");
}

static void
end(struct made *m)
{
	reg_fini(&m->r);
	arena_free(m->arena);
	json_decref(m->doc);
}

Test(matrix, a_scenario_is_in_one_cell_or_counted_as_in_none)
{
	struct made m;
	struct matrix *x;

	begin(&m, register_fixture());
	json_object_set_new(json_object_get(register_at(m.doc, "scenarios", 1), "assessment"),
			    "threat", json_integer(9));
	x = matrix_make(&m.b, &m.r, true);
	cr_expect_eq(x->n, 2);
	cr_expect_eq(x->outside, 1);
	cr_expect_eq(x->unassessed, 1);
	/* Threat 3 and impact 4 are the second and the first of their lists. */
	cr_expect_eq(matrix_at(x, 1, 0)->n, 1);
	cr_expect_eq(matrix_at(x, 1, 0)->part[0].n, 1);
	cr_expect_eq(matrix_at(x, 1, 0)->worst, CONTROL_FAILING);
	cr_expect_eq(x->in_band[0], 1);
	cr_expect_eq(x->in_band[1], 0);
	cr_expect_eq(x->in_band[2], 1);
	end(&m);
}

/* Of 64 triples 11 are HIGH, 34 MEDIUM and 19 LOW. */
Test(matrix, each_triple_has_its_band)
{
	struct made m;
	struct matrix *x;

	begin(&m, register_of(64));
	x = matrix_make(&m.b, &m.r, true);
	cr_expect_eq(x->n, 64);
	cr_expect_eq(x->in_band[0], 11);
	cr_expect_eq(x->in_band[1], 34);
	cr_expect_eq(x->in_band[2], 19);
	end(&m);
}

Test(matrix, a_cell_names_so_many_and_counts_the_others)
{
	struct made m;
	struct matrix *x;

	begin(&m, register_of(64 * (MATRIX_SHOWN + 2)));
	x = matrix_make(&m.b, &m.r, true);
	/* Threat and impact 4: of vulnerability 2 to 4 HIGH. */
	cr_assert_eq(matrix_at(x, 0, 0)->part[0].n, 3 * (MATRIX_SHOWN + 2));
	cr_expect(strstr(matrix_numbers(&m.b, &matrix_at(x, 0, 0)->part[0]), " and 30 more") !=
		  NULL);
	end(&m);
}

/* A control that is not in force is none; a scenario without one has none. */
Test(matrix, what_is_not_known_is_never_good)
{
	struct made m;
	json_t *scenario;

	begin(&m, register_fixture());
	scenario = register_at(m.doc, "scenarios", 3);
	cr_expect_eq(reg_worst(&m.r, scenario), CONTROL_SILENT);
	cr_expect_eq(reg_worst(&m.r, register_at(m.doc, "scenarios", 2)), CONTROL_NONE);
	json_object_set_new(scenario, "controls", json_pack("[s, s]", "C-2026-006", "C-2026-999"));
	cr_expect_eq(reg_worst(&m.r, scenario), CONTROL_PROVEN);
	json_object_set_new(scenario, "controls", json_pack("[s]", "C-2026-999"));
	cr_expect_eq(reg_worst(&m.r, scenario), CONTROL_NONE);
	json_object_set_new(scenario, "controls", json_pack("[s]", "C-2026-006"));
	cr_expect_eq(reg_worst(&m.r, scenario), CONTROL_PROVEN);
	json_object_set_new(register_at(m.doc, "controls", 5), "state", json_string("SPLENDID"));
	cr_expect_eq(reg_worst(&m.r, scenario), CONTROL_NOT_PROVEN);
	/* Who made the document knows better. */
	json_object_set_new(scenario, "worst", json_string("FAILING"));
	cr_expect_eq(reg_worst(&m.r, scenario), CONTROL_FAILING);
	end(&m);
}
