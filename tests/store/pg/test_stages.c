#include "base/count.h"
#include "store/pg/stages.h"
#include "tests/lib/machine_walk.h"

#include <criterion/criterion.h>

/* A kitchen: two pots, then a table, which is cleared and laid again while guests come. */
enum { POTS, LAID, TABLE, EATEN, N_STATES };
enum { GUESTS = STAGE_OWN, ALL_LAID, N_EVENTS };

static const char *const states[] = {
    [POTS] = "pots", [LAID] = "laid", [TABLE] = "table", [EATEN] = "eaten"};
COVERS(states, N_STATES);
static const char *const events[] = {
    [STAGE_OVER] = STAGE_OVER_NAME,
    [STAGE_FAILED] = STAGE_FAILED_NAME,
    [GUESTS] = "guests",
    [ALL_LAID] = "all laid",
};
COVERS(events, N_EVENTS);
static const struct move moves[] = {
    {STAGE_OVER, MACHINE_AT(POTS), LAID, 0, NULL},
    {ALL_LAID, MACHINE_AT(LAID), TABLE, 0, NULL},
    {GUESTS, MACHINE_AT(TABLE), TABLE, 0, NULL},
    {STAGE_OVER, MACHINE_AT(TABLE), EATEN, 0, NULL},
    {STAGE_FAILED, MACHINE_AT(POTS) | MACHINE_AT(TABLE), EATEN, 0, NULL},
};
static const struct machine kitchen = MACHINE("kitchen", MACHINE_AT(POTS), states, events, moves);

struct cook {
	struct stages stages;
	int guests;
	bool burns;
	int answers;
};

static unsigned
ask_pots(void *ctx, struct statement *st, struct err *e)
{
	struct cook *c = ctx;

	if (c->burns && c->stages.asked == 1)
		err_set(e, TRY_LIMIT, "pot", "burnt");
	*st = (struct statement){"SELECT pot", 0, {NULL}};
	return c->stages.asked < 2 ? STAGE_ASKS : STAGE_OVER;
}

static void
on_pots(void *ctx, const struct rows *rows, struct err *e)
{
	struct cook *c = ctx;

	(void)rows;
	c->answers++;
	err_set(e, REJ_FIELD, "pot", "salt");
}

static unsigned
ask_table(void *ctx, struct statement *st, struct err *e)
{
	struct cook *c = ctx;

	(void)e;
	*st = (struct statement){"SELECT plate", 0, {NULL}};
	if (c->stages.asked == 0)
		return STAGE_ASKS;
	return c->guests-- > 0 ? GUESTS : STAGE_OVER;
}

static const struct stage list[] = {
    [POTS] = {ask_pots, on_pots},
    [LAID] = {NULL, NULL},
    [TABLE] = {ask_table, NULL},
    [EATEN] = {NULL, NULL},
};
COVERS(list, N_STATES);

static struct cook
cook(void)
{
	return (struct cook){.stages = {&kitchen, list, "test", POTS, 0}};
}

static int
asked(struct cook *c, struct err *e)
{
	struct statement st;
	int n = 0;

	while (n < 20 && stages_next(&c->stages, c, &st, e))
		n++;
	return n;
}

Test(stages, go_where_the_table_says)
{
	static const char *const edges[] = {
	    "pots: nothing more to ask > laid, it failed > eaten",
	    "laid: all laid > table",
	    "table: nothing more to ask > eaten, it failed > eaten, guests > table",
	    "eaten: ",
	};

	MACHINE_WALK(&kitchen, edges);
}

Test(stages, ask_until_they_are_over_and_wait_where_nothing_is_asked)
{
	struct cook c = cook();
	struct err e = {0};

	c.guests = 3;
	cr_expect_eq(asked(&c, &e), 2, "two pots");
	cr_expect_eq(c.stages.at, LAID);
	cr_expect_eq(asked(&c, &e), 0, "it waits");
	stages_step(&c.stages, ALL_LAID);
	cr_expect_eq(asked(&c, &e), 4, "once, and for each guest");
	cr_expect_eq(c.stages.at, EATEN);
	cr_expect_eq(asked(&c, &e), 0, "it has ended");
	cr_expect_eq(e.code, OK);
}

Test(stages, end_with_a_failure_and_ask_nothing_after_it)
{
	struct cook c = cook();
	struct err e = {0};

	c.burns = true;
	cr_expect_eq(asked(&c, &e), 1);
	cr_expect_eq(e.code, TRY_LIMIT);
	cr_expect_eq(c.stages.at, EATEN);
}

Test(stages, give_rows_to_the_stage_that_asked_if_it_has_use_for_them)
{
	struct cook c = cook();
	struct err e = {0};
	struct statement st;

	cr_assert(stages_next(&c.stages, &c, &st, &e));
	cr_expect_str_eq(st.sql, "SELECT pot");
	stages_rows(&c.stages, &c, NULL, &e);
	cr_expect_eq(c.answers, 1);
	cr_expect_eq(e.code, REJ_FIELD, "what it says of them is told");
	c.stages.at = TABLE;
	stages_rows(&c.stages, &c, NULL, &e);
	cr_expect_eq(c.answers, 1);
}

Test(stages, may_have_one_thing_to_ask)
{
	struct stages s = {.asked = 0};

	cr_expect_eq(stages_once(&s), STAGE_ASKS);
	s.asked = 1;
	cr_expect_eq(stages_once(&s), STAGE_OVER);
}
