#include "base/count.h"
#include "tests/ingest/fixture.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include <stdio.h>

/* P-103 */
Test(registry, grants_by_name_and_by_star)
{
	struct registry *r = fixture_registry();
	struct text lane = text_of("unix:lane");
	struct text xray = text_of("xray-1");
	struct text t1 = text_of("T1");

	cr_assert(registry_may_send(r, lane, xray, KIND_TIP_EVENT, t1));
	cr_assert_not(registry_may_send(r, lane, xray, KIND_AUDIT, t1));
	cr_assert_not(registry_may_send(r, lane, xray, KIND_TIP_EVENT, text_of("T2")));
	cr_assert_not(registry_may_send(r, lane, text_of("xray-2"), KIND_TIP_EVENT, t1));
	cr_assert_not(registry_may_send(r, text_of("unix:bob"), xray, KIND_TIP_EVENT, t1));
	cr_assert(
	    registry_may_send(r, text_of("unix:anna"), text_of("any"), KIND_AUDIT, text_of("")));
	registry_free(r);
}

/* P-104 */
Test(registry, tells_roles_and_sites)
{
	struct registry *r = fixture_registry();

	cr_assert_eq(registry_role(r, text_of("unix:anna")), ROLE_COMPLIANCE);
	cr_assert_eq(registry_role(r, text_of("unix:nobody")), ROLE_NONE);
	cr_assert(registry_has_site(r, text_of("T1")));
	cr_assert_not(registry_has_site(r, text_of("T")));
	cr_assert_not(registry_has_site(r, text_of("T11")));
	registry_free(r);
}

Test(registry, names_who_has_a_role_as_far_as_there_is_room)
{
	struct registry *r = fixture_registry();
	char who[64];
	char few[16];

	cr_assert_not(registry_who_has(r, ROLE_ADMIN, who, sizeof who));
	cr_assert_str_empty(who);
	registry_add_principal(r, text_of("unix:eva"), ROLE_ADMIN);
	registry_add_principal(r, text_of("unix:adam"), ROLE_ADMIN);
	cr_assert(registry_who_has(r, ROLE_ADMIN, who, sizeof who));
	cr_assert_str_eq(who, "unix:adam, unix:eva");
	cr_assert(registry_who_has(r, ROLE_ADMIN, few, sizeof few));
	cr_assert_str_eq(few, "unix:adam");
	registry_free(r);
}

Test(registry, a_grant_may_be_added_twice)
{
	struct registry *r = fixture_registry();

	for (int i = 0; i < 3; i++)
		cr_assert(
		    registry_add_grant(r, text_of("p"), text_of("s"), text_of("*"), text_of("*")));
	cr_assert(registry_may_send(r, text_of("p"), text_of("s"), KIND_PLAN, text_of("x")));
	registry_free(r);
}

Test(registry, floor_is_open_until_set)
{
	struct registry *r = fixture_registry();

	cr_assert_eq(registry_floor(r, KIND_AUDIT).v, INT64_MIN);
	registry_set_floor(r, KIND_AUDIT, (struct utc_ms){T0});
	cr_assert_eq(registry_floor(r, KIND_AUDIT).v, T0);
	cr_assert_eq(registry_floor(r, KIND_PLAN).v, INT64_MIN);
	registry_free(r);
}

static bool
count_two(void *ctx, struct text source, struct text kind, struct text site)
{
	(void)source;
	(void)kind;
	(void)site;
	return ++*(int *)ctx < 2;
}

Test(registry, walks_the_grants_of_one_principal_until_told_to_stop)
{
	struct registry *r = fixture_registry();
	int n = 0;

	for (int i = 0; i < 5; i++) {
		char source[8];

		snprintf(source, sizeof source, "s%d", i);
		cr_assert(registry_add_grant(r, text_of("p"), text_of(source), text_of("*"),
					     text_of("*")));
	}
	registry_each_grant(r, text_of("p"), count_two, &n);
	cr_assert_eq(n, 2);
	n = -100;
	registry_each_grant(r, text_of("p"), count_two, &n);
	cr_assert_eq(n, -95);
	registry_free(r);
}

/* A name is told to who may send under it, and to nobody else. */
Test(registry, a_misspelt_source_is_like_one_of_the_principal_s_own)
{
	struct registry *r = fixture_registry();
	struct text lane = text_of("unix:lane");

	const struct {
		const char *source;
		const char *nearest;
	} rows[] = {
	    {"xray1", "xray-1"},
	    {"Xray-1", "xray-1"},
	    {"xray-12", "xray-1"},
	    {"xray-2", "xray-1"},
	    {"xray-1", ""}, /* it is not misspelt */
	    {"gate-7", ""},
	    {"", ""},
	    {"xray-1xray-1xray-1xray-1xray-1xray-1xray-1xray-1xray-1xray-1xray-1xray-1", ""},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct text near = registry_nearest_source(r, lane, text_of(rows[i].source));

		cr_expect(text_is(near, rows[i].nearest), "%s: %.*s", rows[i].source, (int)near.n,
			  near.s);
	}
	cr_expect_eq(registry_nearest_source(r, text_of("unix:bob"), text_of("xray1")).n, 0);
	cr_expect_eq(registry_nearest_source(r, text_of("unix:anna"), text_of("*a")).n, 0);
	registry_free(r);
}
