#include "store/evidence/touched.h"

#include <criterion/criterion.h>

#include <string.h>

static struct touched t;
static struct buf sql;

static void
start(void)
{
	touched_clear(&t);
	buf_init(&sql, 1 << 20);
}

static void
stop(void)
{
	buf_fini(&sql);
	touched_fini(&t);
}

TestSuite(touched, .init = start, .fini = stop);

static void
add(enum kind_id kind, const char *at)
{
	struct utc_ms v;

	cr_assert(utc_parse(text_of(at), &v));
	cr_assert(touched_add(&t, kind, v));
}

static const char *
said(void)
{
	buf_clear(&sql);
	touched_sql(&t, &sql);
	buf_add(&sql, "", 1);
	return (const char *)sql.p;
}

Test(touched, logs_each_day_of_a_kind_once_with_its_first_and_last_instant)
{
	add(KIND_TIP_EVENT, "2026-05-12T09:00:00.250Z");
	add(KIND_TEST, "2026-05-12T10:00:00Z");
	add(KIND_TIP_EVENT, "2026-05-12T23:59:59.999Z");
	add(KIND_TIP_EVENT, "2026-05-13T00:00:00Z");
	add(KIND_TIP_EVENT, "2026-05-12T08:00:00Z");
	cr_expect_str_eq(said(),
			 "SET LOCAL sems.marked TO on;"
			 "INSERT INTO sems.touched_day (kind, since, until) VALUES "
			 "('test','2026-05-12T10:00:00.000Z','2026-05-12T10:00:00.000Z'),"
			 "('tip_event','2026-05-12T08:00:00.000Z','2026-05-12T23:59:59.999Z'),"
			 "('tip_event','2026-05-13T00:00:00.000Z','2026-05-13T00:00:00.000Z');");
}

/* Every day of some years, first even, then odd ones, so that none follows its neighbour; twice. */
Test(touched, logs_every_day_once_however_many_there_are_and_none_between)
{
	const int n = 5000;
	const char *p;
	int rows = 0;

	for (int i = 0; i < 2 * n; i++) {
		struct utc_ms at = {(int64_t)(2 * i % n + (i % n >= n / 2 ? 1 : 0)) * 2 *
					MS_PER_DAY +
				    (i < n ? 1000 : 5000)};

		cr_assert(touched_add(&t, KIND_TIP_EVENT, at));
	}
	for (p = strchr(said(), '('); (p = strstr(p, "('tip_event',")) != NULL; p++)
		rows++;
	cr_expect_eq(rows, n);
	cr_expect_not_null(strstr((const char *)sql.p, "('tip_event','1970-01-05T00:00:01.000Z',"
						       "'1970-01-05T00:00:05.000Z')"));
	cr_expect_null(strstr((const char *)sql.p, "'1970-01-04T"));
	cr_expect_leq(sql.n, (size_t)n * TOUCHED_ROW_BYTES);
}

Test(touched, says_nothing_of_a_group_without_records)
{
	cr_expect_str_eq(said(), "");
	add(KIND_TEST, "2026-05-12T10:00:00Z");
	touched_clear(&t);
	cr_expect_str_eq(said(), "");
}
