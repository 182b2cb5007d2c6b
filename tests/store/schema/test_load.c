#include "ingest/registry.h"
#include "tests/store/fixture.h"

#include <criterion/criterion.h>

static int
count_grant(void)
{
	static int n;

	return ++n;
}

static bool
on_grant(void *ctx, struct text source, struct text kind, struct text site)
{
	(void)source;
	(void)kind;
	(void)site;
	*(int *)ctx = count_grant();
	return true;
}

Test(load, loads_an_empty_registry_before_there_is_an_entity)
{
	const char *name = cluster_database();
	struct registry *r = NULL;
	struct err e;

	cr_assert_eq(
	    schema_load_registry(cluster_conninfo(cluster_shared(), name, "semsd"), &r, &e), OK,
	    "%s", e.text);
	cr_expect_str_eq(registry_entity(r), "");
	cr_expect_null(registry_calendar(r));
	registry_free(r);
}

Test(load, loads_what_the_entity_has_told)
{
	struct fixture f;
	struct registry *r = NULL;
	struct civil_date d;
	struct err e;
	int grants = 0;

	fixture_database(&f);
	cluster_do(
	    f.pg,
	    "INSERT INTO sems.site VALUES ('north', 'North Pier'); "
	    "INSERT INTO sems.principal VALUES ('unix:lane', 'device'), ('unix:ann', "
	    "'compliance'); "
	    "INSERT INTO sems.source_grant VALUES ('unix:lane', 'lane-1', 'tip_event', 'north'), "
	    "('unix:lane', 'lane-1', 'heartbeat', '*'); "
	    "INSERT INTO sems.purge_floor VALUES ('test', '2026-01-01')");
	cr_assert_eq(schema_load_registry(f.conninfo, &r, &e), OK, "%s", e.text);
	cr_expect_str_eq(registry_entity(r), "Invented Airport");
	cr_expect_str_eq(registry_zone(r), "Europe/London");
	cr_expect(registry_has_site(r, TEXT_LIT("north")));
	cr_expect_not(registry_has_site(r, TEXT_LIT("south")));
	cr_expect_eq(registry_role(r, TEXT_LIT("unix:ann")), ROLE_COMPLIANCE);
	cr_expect(registry_may_send(r, TEXT_LIT("unix:lane"), TEXT_LIT("lane-1"), KIND_TIP_EVENT,
				    TEXT_LIT("north")));
	cr_expect_not(registry_may_send(r, TEXT_LIT("unix:lane"), TEXT_LIT("lane-2"),
					KIND_TIP_EVENT, TEXT_LIT("north")));
	registry_each_grant(r, TEXT_LIT("unix:lane"), on_grant, &grants);
	cr_expect_eq(grants, 2);
	cr_expect_eq(registry_floor(r, KIND_TEST).v, INT64_C(1767225600000));
	cr_assert_not_null(registry_calendar(r));
	/* 2026-03-31T23:30Z is 1 April in London. */
	cr_assert(calendar_date(registry_calendar(r), (struct utc_ms){INT64_C(1774999800000)}, &d));
	cr_expect(d.year == 2026 && d.month == 4 && d.day == 1);
	cr_expect_eq(registry_calendar(r)->n, 36890);
	registry_free(r);
	fixture_close(&f);
}

Test(load, says_that_the_database_is_away)
{
	struct registry *r = NULL;
	struct err e;

	cr_expect_eq(schema_load_registry("host=/nonexistent", &r, &e), TRY_STORE);
	cr_expect_null(r);
}
