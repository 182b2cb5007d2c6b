#include "net/tls/seen.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

static struct seen *seen;

static void
set_up(void)
{
	seen = seen_new();
}

static void
tear_down(void)
{
	seen_free(seen);
}

TestSuite(seen, .init = set_up, .fini = tear_down);

static bool
came(const char *principal, const char *address, int64_t now)
{
	const struct seen_one *one;

	return seen_came(seen, principal, address, (struct utc_ms){1000}, (struct utc_ms){now},
			 &one);
}

static void
left(const char *principal, int64_t now)
{
	seen_left(seen, principal, (struct utc_ms){now});
}

Test(seen, tells_of_one_name_at_two_addresses_at_once)
{
	const struct seen_one *one;

	cr_expect_not(came("cert:a", "192.0.2.1", 1));
	cr_expect_not(came("cert:a", "192.0.2.1", 2), "a second connection of its own");
	cr_expect_not(came("cert:b", "192.0.2.2", 3), "somebody else");
	cr_expect(seen_came(seen, "cert:a", "192.0.2.9", (struct utc_ms){1000}, (struct utc_ms){4},
			    &one));
	cr_assert_not_null(one);
	cr_expect_str_eq(one->twice[0], "192.0.2.1");
	cr_expect_str_eq(one->twice[1], "192.0.2.9");
	cr_expect_eq(one->twice_at.v, 4);
}

Test(seen, lets_a_machine_move)
{
	cr_expect_not(came("cert:a", "192.0.2.1", 1));
	left("cert:a", 2);
	cr_expect_not(came("cert:a", "192.0.2.9", 3), "the first is gone");
	left("cert:b", 4);
}

static void
count(void *ctx, const struct seen_one *one)
{
	(*(unsigned *)ctx)++;
	cr_expect_eq(strncmp(one->principal, "cert:", 5), 0);
}

Test(seen, forgets_who_is_gone_for_longest_and_nobody_who_is_here)
{
	char name[32];
	unsigned n = 0;

	cr_expect_not(came("cert:here", "192.0.2.1", 0));
	for (unsigned i = 0; i < SEEN_MAX + 10; i++) {
		snprintf(name, sizeof name, "cert:%u", i);
		came(name, "192.0.2.2", i + 1);
		left(name, i + 1);
	}
	seen_each(seen, count, &n);
	cr_expect_eq(n, SEEN_MAX);
	cr_expect(came("cert:here", "192.0.2.3", 9000), "it is still known");
	cr_expect_not(came("cert:0", "192.0.2.3", 9001), "this one is not");
}

Test(seen, has_room_for_so_many_who_are_here)
{
	const struct seen_one *one;
	char name[32];

	for (unsigned i = 0; i < SEEN_MAX; i++) {
		snprintf(name, sizeof name, "cert:%u", i);
		came(name, "192.0.2.2", 1);
	}
	cr_expect_not(seen_came(seen, "cert:more", "192.0.2.3", (struct utc_ms){1000},
				(struct utc_ms){2}, &one));
	cr_expect_null(one);
	left("cert:more", 3);
}
