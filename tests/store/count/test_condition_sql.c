#include "store/count/condition_sql.h"

#include <criterion/criterion.h>

static struct buf b;
static char scope[] = "scope";
static char part[] = "PART";
static char quoted[] = "o'x";

static void
start(void)
{
	buf_init(&b, 4096);
}

static void
stop(void)
{
	buf_fini(&b);
}

TestSuite(condition_sql, .init = start, .fini = stop);

/* Of a field of the view audit. */
static const char *
condition(struct condition w)
{
	buf_clear(&b);
	condition_sql_add(&b, view_by_name("audit"), &w);
	return (const char *)b.p;
}

Test(condition_sql, quotes_every_literal)
{
	condition_sql_literal(&b, "o'x'); DROP TABLE t; --");
	cr_expect_str_eq((const char *)b.p, "'o''x''); DROP TABLE t; --'");
}

Test(condition_sql, quotes_the_values_of_lists)
{
	char *list[] = {part, quoted};

	cr_expect_str_eq(condition((struct condition){.field = scope, .in = list, .in_count = 2}),
			 "v.\"scope\" IN ('PART', 'o''x')");
}

Test(condition_sql, takes_an_absent_field_for_not_in)
{
	char *list[] = {part};

	cr_expect_str_eq(
	    condition((struct condition){.field = scope, .not_in = list, .not_in_count = 1}),
	    "(v.\"scope\" IS NULL OR v.\"scope\" NOT IN ('PART'))");
}

Test(condition_sql, asks_whether_a_field_is_there)
{
	bool yes = true, no = false;

	cr_expect_str_eq(condition((struct condition){.field = scope, .present = &yes}),
			 "v.\"scope\" IS NOT NULL");
	cr_expect_str_eq(condition((struct condition){.field = scope, .present = &no}),
			 "v.\"scope\" IS NULL");
}

Test(condition_sql, compares_numbers)
{
	int64_t n = -7;

	cr_expect_str_eq(condition((struct condition){.field = scope, .at_least = &n}),
			 "v.\"scope\" >= -7");
	cr_expect_str_eq(condition((struct condition){.field = scope, .at_most = &n}),
			 "v.\"scope\" <= -7");
}

Test(condition_sql, names_a_dimension_by_its_column)
{
	cr_expect_str_eq(condition_sql_column(view_by_name("activity"), "site"), "site_id");
}

Test(condition_sql, lets_no_name_through_that_the_core_does_not_know)
{
	cr_expect_str_eq(condition_sql_column(view_by_name("activity"), "x\"; DROP TABLE t"), "");
}
