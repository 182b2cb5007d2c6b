#include "store/touched.h"

#include <criterion/criterion.h>

#include <string.h>

static struct touched t;
static struct buf sql;

static void
start(void)
{
	touched_clear(&t);
	buf_init(&sql, 1 << 16);
}

static void
stop(void)
{
	buf_fini(&sql);
}

TestSuite(touched, .init = start, .fini = stop);

static void
add(enum kind_id kind, const char *at)
{
	struct utc_ms v;

	cr_assert(utc_parse(text_of(at), &v));
	touched_add(&t, kind, v);
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

Test(touched, widens_the_last_day_when_there_are_too_many)
{
	struct utc_ms at = {0};

	for (int i = 0; i < TOUCHED_MAX + 5; i++) {
		at.v = i * MS_PER_DAY;
		touched_add(&t, KIND_TIP_EVENT, at);
	}
	cr_expect_eq(t.n[KIND_TIP_EVENT], TOUCHED_MAX);
	cr_expect_eq(t.days[KIND_TIP_EVENT][TOUCHED_MAX - 1].until.v, at.v);
	at.v = 0;
	touched_add(&t, KIND_TIP_EVENT, at);
	cr_expect_eq(t.n[KIND_TIP_EVENT], TOUCHED_MAX);
}

Test(touched, says_nothing_of_a_group_without_records)
{
	cr_expect_str_eq(said(), "");
	add(KIND_TEST, "2026-05-12T10:00:00Z");
	touched_clear(&t);
	cr_expect_str_eq(said(), "");
}
