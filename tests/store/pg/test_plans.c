#include "store/pg/plans.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

static enum plan_step
step(struct plans *p, const char *sql, char name[PLAN_NAME_SIZE])
{
	bool forget;

	return plans_step(p, sql, name, &forget);
}

Test(plans, prepares_a_statement_when_it_comes_again_and_then_runs_it)
{
	struct plans p = {0};
	char name[PLAN_NAME_SIZE] = "";
	char other[PLAN_NAME_SIZE] = "";

	cr_expect_eq(step(&p, "SELECT 1", name), PLAN_NONE);
	cr_expect_eq(step(&p, "SELECT 2", other), PLAN_NONE);
	cr_expect_eq(step(&p, "SELECT 1", name), PLAN_PREPARE);
	cr_expect_eq(step(&p, "SELECT 1", name), PLAN_PREPARE, "it was not prepared");
	plans_prepared(&p, name);
	cr_expect_eq(step(&p, "SELECT 1", name), PLAN_RUN);
	cr_expect_eq(step(&p, "SELECT 2", other), PLAN_PREPARE);
	cr_expect_str_neq(name, other);
}

Test(plans, never_keeps_statements_of_temporary_tables_or_very_long_ones)
{
	static char longest[PLAN_TEXT_MAX + 2];
	struct plans p = {0};
	char name[PLAN_NAME_SIZE];

	memset(longest, 'x', sizeof longest - 1);
	for (int i = 0; i < 3; i++) {
		cr_expect_eq(step(&p, "SELECT * FROM pg_temp.cube_1", name), PLAN_NONE);
		cr_expect_eq(step(&p, "CREATE TEMPORARY TABLE t AS SELECT 1", name), PLAN_NONE);
		cr_expect_eq(step(&p, longest, name), PLAN_NONE);
	}
	longest[PLAN_TEXT_MAX] = '\0';
	cr_expect_eq(step(&p, longest, name), PLAN_NONE);
	cr_expect_eq(step(&p, longest, name), PLAN_PREPARE);
}

Test(plans, gives_the_place_of_the_least_recently_used_and_says_so)
{
	struct plans p = {0};
	char sql[32];
	char first[PLAN_NAME_SIZE];
	char second[PLAN_NAME_SIZE];
	char name[PLAN_NAME_SIZE];
	bool forget;

	for (int i = 0; i < PLANS_MAX; i++) {
		snprintf(sql, sizeof sql, "SELECT %d", i);
		step(&p, sql, name);
		cr_expect_eq(step(&p, sql, i == 0 ? first : i == 1 ? second : name), PLAN_PREPARE);
		plans_prepared(&p, i == 0 ? first : i == 1 ? second : name);
	}
	cr_expect_eq(step(&p, "SELECT 0", name), PLAN_RUN); /* now 1 is the oldest */
	cr_expect_eq(step(&p, "SELECT 'new'", name), PLAN_NONE);
	cr_expect_eq(plans_step(&p, "SELECT 'new'", name, &forget), PLAN_PREPARE);
	cr_expect(forget, "the name is still that of the statement before");
	cr_expect_str_eq(name, second);
	plans_prepared(&p, name);
	cr_expect_eq(plans_step(&p, "SELECT 'new'", name, &forget), PLAN_RUN);
	cr_expect_not(forget);
	cr_expect_eq(step(&p, "SELECT 0", name), PLAN_RUN);
	cr_expect_str_eq(name, first);
	cr_expect_eq(step(&p, "SELECT 1", name), PLAN_NONE, "it lost its place");
}

Test(plans, knows_nothing_of_another_connection)
{
	struct plans p = {0};
	char name[PLAN_NAME_SIZE];
	bool forget;

	step(&p, "SELECT 1", name);
	step(&p, "SELECT 1", name);
	plans_prepared(&p, name);
	plans_clear(&p);
	cr_expect_eq(step(&p, "SELECT 1", name), PLAN_NONE);
	cr_expect_eq(plans_step(&p, "SELECT 1", name, &forget), PLAN_PREPARE);
	cr_expect_not(forget);
}
