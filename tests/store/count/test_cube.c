/* The definitions; what the statements count is in test_counting.c. */
#include "store/count/cube.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

static struct arena *arena;
static struct cube_set set;
static struct err e;

static void
start(void)
{
	arena = arena_new(16u << 20);
	set = (struct cube_set){.arena = arena};
}

static void
stop(void)
{
	arena_free(arena);
}

TestSuite(cube, .init = start, .fini = stop);

static struct cube *
make(const char *fact)
{
	struct cube *c = cube_new(&set, "c", "tip_event", fact);

	cube_key(c, arena, "site_id", "v.\"site_id\"", false);
	cube_sum(c, "hits");
	return c;
}

Test(cube, has_another_digest_when_anything_that_is_counted_differs)
{
	struct cube *same[2] = {make("f"), make("f")};
	struct cube *others[5];

	others[0] = make("g");
	others[1] = make("f");
	cube_key(others[1], arena, "p0", "v.\"hits\" > 3", true);
	others[2] = make("f");
	cube_sum(others[2], "misses");
	others[3] = make("f");
	others[3]->is_weekly = true;
	others[4] = make("f");
	others[4]->where = " AND v.\"hits\" > 3";
	cr_assert_eq(cube_set_seal(&set, &e), OK, "%s", e.text);
	cr_expect_str_eq(same[0]->digest, same[1]->digest);
	for (size_t i = 0; i < 5; i++) {
		cr_expect_str_neq(others[i]->digest, same[0]->digest, "%zu", i);
		for (size_t j = 0; j < i; j++)
			cr_expect_str_neq(others[i]->digest, others[j]->digest, "%zu %zu", i, j);
	}
}

Test(cube, has_a_key_once_and_weekly_when_anybody_needs_it_so)
{
	struct cube *c = make("f");

	cube_key(c, arena, "site_id", "v.\"site_id\"", true);
	cube_key(c, arena, "site_id", "v.\"site_id\"", false);
	cube_sum(c, "hits");
	cr_expect_eq(c->n_keys, 1);
	cr_expect_eq(c->n_sums, 1);
	cr_expect(c->keys[0].weekly);
	cr_expect_str_eq(cube_key_of(c, "v.\"site_id\""), "site_id");
	cr_expect_null(cube_key_of(c, "v.\"device_id\""));
}

Test(cube, refuses_more_dimensions_than_there_is_room_for)
{
	struct cube *c = make("f");
	static char names[CUBE_KEYS_MAX + 1][8];

	for (size_t i = 0; i <= CUBE_KEYS_MAX; i++) {
		snprintf(names[i], sizeof names[i], "k%zu", i);
		cube_key(c, arena, names[i], names[i], false);
	}
	cr_expect_eq(cube_set_seal(&set, &e), FATAL_CONFIG);
}

Test(cube, reads_records_only_for_what_was_never_counted_and_counts_only_for_what_is_clean)
{
	static const struct cube_period p = {.quarter = "2026-Q2"};
	struct cube_state clean = {.id = 7};
	struct cube_state never = {.is_dirty = true, .ranges = "true"};
	struct cube_state both = {.id = 7, .is_dirty = true, .ranges = "true"};
	struct buf b;

	make("f");
	buf_init(&b, 1 << 16);
	cube_expand(&b,
		    "SELECT 1 FROM "
		    "\001"
		    "00 AS c",
		    &set, &clean, &p);
	cr_expect_not_null(strstr((char *)b.p, "cube_id = 7 AND quarter = '2026-Q2'"));
	cr_expect_null(strstr((char *)b.p, "cube_0"));
	buf_clear(&b);
	cube_expand(&b,
		    "\001"
		    "00",
		    &set, &never, &p);
	cr_expect_null(strstr((char *)b.p, "quarter_count"));
	cr_expect_not_null(strstr((char *)b.p, "cube_0"));
	buf_clear(&b);
	cube_expand(&b,
		    "\001"
		    "00",
		    &set, &both, &p);
	cr_expect_not_null(strstr((char *)b.p, "quarter_count"));
	cr_expect_not_null(strstr((char *)b.p, "cube_0"));
	buf_fini(&b);
}

/* Which cubes have a part in the reading of cube 0. */
static unsigned
n_together(const struct cube_state *states)
{
	unsigned n = 0;

	for (unsigned i = 0; i < set.n; i++)
		n += cube_scan(&set, states, i) == 0;
	return n;
}

Test(cube, shares_a_reading_when_the_relation_and_the_days_are_the_same)
{
	struct cube_state states[5];

	for (size_t i = 0; i < 5; i++) {
		states[i] = (struct cube_state){.is_dirty = true, .ranges = "r"};
		make("f");
	}
	cr_expect_eq(n_together(states), 5);
	states[1].ranges = "other days";
	cr_expect_eq(n_together(states), 4);
	states[2].is_dirty = false;
	cr_expect_eq(n_together(states), 3);
	set.cubes[3]->is_personal = true;
	cr_expect_eq(n_together(states), 2);
	set.cubes[4]->value = "v.\"ms\"";
	cr_expect_eq(n_together(states), 0, "alone there is nothing to share");
	cr_expect_eq(cube_scan(&set, states, 0), set.n);
}

/* What was never counted has a version, too: else whatever reads it were dear each time. */
Test(cube, a_version_is_of_all_that_a_statement_reads)
{
	static const char both[] = "SELECT \001"
				   "03 UNION ALL \001"
				   "04";
	struct cube_state states[CUBES_MAX] = {
	    [3] = {.id = 7, .version = "91 5 6"}, [4] = {.id = 9}};
	struct buf b;

	buf_init(&b, 1000);
	cr_expect(cube_version(&b, both, states));
	cr_expect_str_eq((const char *)b.p, "7 91 5 6\n9 none\n");
	buf_clear(&b);
	states[4].is_dirty = true;
	cr_expect_not(cube_version(&b, both, states), "it is counted from records");
	buf_clear(&b);
	cr_expect_not(cube_version(&b, "SELECT 1", states), "it reads none");
	buf_fini(&b);
}
