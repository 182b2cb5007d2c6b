#include "web/person/signin.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

static struct signins all;

static bool
enter(int64_t now, char cookie[SECRET_SIZE])
{
	char link[SECRET_SIZE];

	cr_assert(signin_make_link(&all, now, link));
	return signin_enter(&all, link, now, cookie);
}

Test(signin, is_by_a_link_once_within_its_hour)
{
	char link[SECRET_SIZE], other[SECRET_SIZE], cookie[SECRET_SIZE];

	cr_expect_not(signin_enter(&all, "", 0, cookie), "there is no link");
	cr_assert(signin_make_link(&all, 1000, link));
	memcpy(other, link, sizeof other);
	other[0] = other[0] == 'a' ? 'b' : 'a';
	cr_expect_not(signin_enter(&all, other, 1000, cookie));
	cr_expect_not(signin_enter(&all, link, 1000 + LINK_MS, cookie), "its hour is over");
	cr_expect(signin_enter(&all, link, 999 + LINK_MS, cookie));
	cr_expect_not(signin_enter(&all, link, 999 + LINK_MS, other), "it was used");
	cr_expect_not_null(signin_find(&all, cookie, 1000 + LINK_MS));
	cr_expect_null(signin_find(&all, link, 1000 + LINK_MS), "the link is no cookie");
	cr_expect_null(signin_find(&all, "", 1000 + LINK_MS));
}

Test(signin, ends_when_it_is_idle_or_old)
{
	char cookie[SECRET_SIZE];
	int64_t now = 5000;

	cr_assert(enter(now, cookie));
	cr_expect_null(signin_find(&all, cookie, now + SIGNIN_IDLE_MS));
	cr_assert(enter(now, cookie));
	for (; now < 5000 + SIGNIN_MS; now += SIGNIN_IDLE_MS / 2)
		cr_assert_not_null(signin_find(&all, cookie, now));
	cr_expect_null(signin_find(&all, cookie, now), "seen or not");
}

Test(signin, ends_when_one_leaves_and_has_a_secret_of_its_own)
{
	char one[SECRET_SIZE], two[SECRET_SIZE];

	cr_assert(enter(1, one));
	cr_assert(enter(1, two));
	cr_expect_str_neq(signin_find(&all, one, 2)->form, signin_find(&all, two, 2)->form);
	cr_expect_eq(strlen(signin_find(&all, one, 2)->form), SECRET_SIZE - 1);
	cr_expect_null(memmem(&all, sizeof all, one, sizeof one - 1), "a cookie is not kept");
	signin_leave(signin_find(&all, one, 2));
	cr_expect_null(signin_find(&all, one, 3));
	cr_expect_not_null(signin_find(&all, two, 3));
}

static void
begin(const char *principal, int64_t now, char cookie[SECRET_SIZE])
{
	cr_assert(signin_begin(&all, principal, 7, now, cookie));
}

Test(signin, makes_way_where_it_was_not_seen_for_longest)
{
	static char cookies[SIGNINS_MOST + 1][SECRET_SIZE];
	char name[32];

	for (int i = 0; i <= SIGNINS_MOST; i++) {
		snprintf(name, sizeof name, "web:p%d", i);
		if (i == SIGNINS_MOST)
			cr_expect_not_null(signin_find(&all, cookies[0], 500));
		begin(name, i == SIGNINS_MOST ? 600 : 100 + i, cookies[i]);
	}
	cr_expect_not_null(signin_find(&all, cookies[0], 700));
	cr_expect_null(signin_find(&all, cookies[1], 700));
	cr_expect_not_null(signin_find(&all, cookies[SIGNINS_MOST], 700));
}

/* P-1405 */
Test(signin, of_one_person_is_bounded_and_shuts_out_nobody_else)
{
	char first[SECRET_SIZE], other[SECRET_SIZE], cookie[SECRET_SIZE];

	begin("web:max", 1, other);
	begin("web:rita", 2, first);
	for (int i = 0; i < SIGNINS_OF_ONE; i++) {
		cr_expect_not_null(signin_find(&all, first, 3));
		begin("web:rita", 10 + i, cookie);
		all.list[1].seen_ms = 3;
	}
	cr_expect_null(signin_find(&all, first, 100));
	cr_expect_not_null(signin_find(&all, cookie, 100));
	cr_expect_str_eq(signin_find(&all, other, 100)->principal, "web:max");
}

Test(signin, is_found_by_its_number_until_it_ends)
{
	char one[SECRET_SIZE], two[SECRET_SIZE];
	uint64_t no;

	begin("web:rita", 1, one);
	begin("web:max", 1, two);
	no = signin_find(&all, one, 2)->no;
	cr_expect_neq(no, signin_find(&all, two, 2)->no);
	cr_expect_str_eq(signin_by_no(&all, no)->principal, "web:rita");
	signin_leave(signin_find(&all, one, 2));
	cr_expect_null(signin_by_no(&all, no));
	cr_expect_null(signin_by_no(&all, 0));
}
