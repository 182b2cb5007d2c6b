#include "base/count.h"
#include "base/file/embed.h"
#include "store/count/view_sql.h"

#include <criterion/criterion.h>

#include <string.h>

static struct buf b;

static void
start(void)
{
	buf_init(&b, 1 << 20);
}

static void
stop(void)
{
	buf_fini(&b);
}

TestSuite(view_sql, .init = start, .fini = stop);

static const char *
made(const char *text)
{
	buf_clear(&b);
	cr_assert(view_sql_add(&b, text), "%s", text);
	cr_assert(buf_add(&b, "", 1));
	return (const char *)b.p;
}

Test(view_sql, leaves_a_text_that_names_no_view)
{
	cr_expect_str_eq(made("SELECT 5 % 3 -- VIEW: none"), "SELECT 5 % 3 -- VIEW: none");
}

Test(view_sql, puts_in_the_statement_of_each_view_that_is_named)
{
	const char *plan = embed_text("sql/queries/quarter/spd_plan.sql");
	const char *audit = embed_text("sql/queries/quarter/spd_audit.sql");
	const char *at = made("A (%VIEW:plan%) B (%VIEW:audit%) C");

	cr_expect_eq(strncmp(at, "A (", 3), 0);
	cr_expect_eq(strncmp(at + 3, plan, strlen(plan)), 0);
	at += 3 + strlen(plan);
	cr_expect_eq(strncmp(at, ") B (", 5), 0);
	cr_expect_eq(strncmp(at + 5, audit, strlen(audit)), 0);
	cr_expect_str_eq(at + 5 + strlen(audit), ") C");
}

/* Each of the three readings of activities. */
Test(view_sql, puts_a_condition_in_the_place_of_each_only)
{
	const char *at = made("(%VIEW:activity AND a.activity = 'x'%)");
	unsigned n = 0;

	cr_expect_null(strstr(at, "/* ONLY */"));
	for (; (at = strstr(at, " AND a.activity = 'x'\n")) != NULL; at++)
		n++;
	cr_expect_eq(n, 3);
	cr_expect_null(strstr(made("(%VIEW:activity%)"), "/* ONLY */"));
}

Test(view_sql, refuses_what_is_not_there)
{
	static const char *const faults[] = {
	    "%VIEW:nobody%",
	    "%VIEW:observation%", /* a relation */
	    "%VIEW:plan",
	    "%VIEW:a_name_that_is_longer_than_any_view_has_and_than_what_there_is_room_for_here%",
	};

	for (size_t i = 0; i < COUNT(faults); i++) {
		buf_clear(&b);
		cr_expect_not(view_sql_add(&b, faults[i]), "%s", faults[i]);
	}
}
