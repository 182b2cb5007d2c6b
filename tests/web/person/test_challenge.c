#include "web/person/challenge.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

static struct challenges all;

static bool
make(const char *link, const char *address, int64_t now, char cookie[SECRET_SIZE])
{
	return challenge_make(&all, link, address, now, cookie) != NULL;
}

static bool
take(const char *link, const char *cookie, int64_t now)
{
	unsigned char bytes[CHALLENGE_SIZE];

	return challenge_take(&all, link, cookie, now, bytes);
}

Test(challenge, is_of_use_once_to_the_browser_that_asked)
{
	char one[SECRET_SIZE], two[SECRET_SIZE];
	unsigned char bytes[CHALLENGE_SIZE], kept[CHALLENGE_SIZE];
	const struct challenge *c = challenge_make(&all, NULL, "a", 1, one);

	cr_assert_not_null(c);
	memcpy(kept, c->bytes, sizeof kept);
	cr_assert(make(NULL, "a", 1, two));
	cr_expect_str_neq(one, two);
	cr_expect_not(take(NULL, "", 2));
	cr_assert(challenge_take(&all, NULL, one, 2, bytes));
	cr_expect_arr_eq(bytes, kept, sizeof bytes);
	cr_expect_not(take(NULL, one, 2), "once");
	cr_expect(take(NULL, two, 2));
	cr_expect_null(memmem(&all, sizeof all, two, sizeof two - 1), "its cookie is not kept");
}

Test(challenge, is_over_after_two_minutes)
{
	char cookie[SECRET_SIZE];

	cr_assert(make(NULL, "a", 1, cookie));
	cr_expect_not(take(NULL, cookie, 1 + CHALLENGE_MS));
	cr_assert(make(NULL, "a", 1, cookie));
	cr_expect(take(NULL, cookie, CHALLENGE_MS));
}

Test(challenge, is_for_one_link_or_for_a_sign_in)
{
	static const char *const links[] = {NULL, "rita's", "max's"};

	for (int made = 0; made < 3; made++)
		for (int taken = 0; taken < 3; taken++) {
			char cookie[SECRET_SIZE];

			cr_assert(make(links[made], "a", 1, cookie));
			cr_expect_eq(take(links[taken], cookie, 2), made == taken);
			cr_expect_not(take(links[made], cookie, 2), "used up, whatever it was for");
		}
}

Test(challenge, of_one_address_makes_way_for_its_own_alone)
{
	char first[SECRET_SIZE], other[SECRET_SIZE], cookie[SECRET_SIZE], address[16];

	cr_assert(make(NULL, "other", 1, other));
	cr_assert(make(NULL, "one", 1, first));
	for (int i = 0; i < CHALLENGES_OF_ONE; i++)
		cr_assert(make(NULL, "one", 2 + i, cookie));
	cr_expect_not(take(NULL, first, 100), "its oldest made way");
	cr_expect(take(NULL, cookie, 100));
	cr_expect(take(NULL, other, 100));
	for (int i = 0; i < CHALLENGES_MOST; i++) {
		snprintf(address, sizeof address, "a%d", i);
		make(NULL, address, 200, cookie);
	}
	cr_expect_not(make(NULL, "late", 200, cookie), "all are others'");
	cr_expect(make(NULL, "a1", 200, cookie), "whoever has one gets another for it");
	cr_expect(make(NULL, "late", 200 + CHALLENGE_MS, cookie));
}
