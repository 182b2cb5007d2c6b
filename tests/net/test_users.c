#include "base/beside.h"
#include "net/users.h"

#include <criterion/criterion.h>

#include <poll.h>
#include <pwd.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A name service: names have a suffix that changes, or cannot be told; it waits for the gate when
 * it is shut. */
static int gate[2];
static atomic_bool is_shut;
static atomic_bool is_away;
static atomic_int suffix;
static atomic_int n_looks;

static struct mono_ms clock_now;
static unsigned n_answers;
static struct beside *beside;
static struct users *users;
static char name[USERS_NAME_SIZE];

static bool
look_up(uid_t uid, char *to, size_t size)
{
	struct pollfd p = {gate[0], POLLIN, 0};

	atomic_fetch_add(&n_looks, 1);
	if (is_shut)
		poll(&p, 1, 60000);
	snprintf(to, size, "unix:u%u-%d", uid, suffix);
	return !is_away;
}

static struct mono_ms
mono(void)
{
	return clock_now;
}

static void
on_answer(void *ctx)
{
	(void)ctx;
	n_answers++;
}

static void
set_up(void)
{
	struct users_config c = {.look_up = look_up, .mono = mono, .on_answer = on_answer};

	cr_assert_eq(pipe(gate), 0);
	clock_now.v = 5000;
	c.beside = beside = beside_new();
	users = users_new(&c);
	cr_assert_not_null(users);
}

static void
tear_down(void)
{
	users_free(users);
	beside_free(beside);
}

TestSuite(users, .init = set_up, .fini = tear_down);

static enum user_answer
ask(uid_t uid)
{
	return users_name(users, uid, name, sizeof name);
}

/* Until so many looks in all have been answered. */
static void
await(unsigned n)
{
	struct pollfd p = {beside_fd(beside), POLLIN, 0};

	while (n_answers < n) {
		cr_assert_eq(poll(&p, 1, 10000), 1);
		beside_collect(beside);
	}
}

static void
later(int64_t ms)
{
	clock_now.v += ms;
}

Test(users, looks_once_for_many_who_wait_and_remembers)
{
	cr_expect_eq(ask(7), USER_ASKED);
	cr_expect_eq(ask(7), USER_ASKED);
	await(1);
	later(USERS_FRESH_MS - 1);
	cr_expect_eq(ask(7), USER_NAMED);
	cr_expect_str_eq(name, "unix:u7-0");
	cr_expect_eq(n_looks, 1);
}

Test(users, sees_that_a_user_was_renamed)
{
	ask(7);
	await(1);
	suffix = 1;
	later(USERS_FRESH_MS);
	cr_expect_eq(ask(7), USER_ASKED);
	await(2);
	cr_expect_eq(ask(7), USER_NAMED);
	cr_expect_str_eq(name, "unix:u7-1");
}

Test(users, keeps_a_name_while_no_other_one_comes)
{
	ask(7);
	await(1);
	is_shut = true;
	later(USERS_FRESH_MS);
	cr_expect_eq(ask(7), USER_ASKED);
	later(USERS_STALE_MS);
	cr_expect_eq(ask(7), USER_NAMED);
	cr_expect_str_eq(name, "unix:u7-0");
	is_away = true;
	cr_assert_eq(write(gate[1], "", 1), 1);
	await(2);
	cr_expect_eq(ask(7), USER_NAMED);
	cr_expect_eq(ask(8), USER_ASKED, "the other one has none");
	await(3);
	cr_expect_eq(ask(8), USER_FAILED);
}

Test(users, asks_again_after_a_failure_but_not_at_once)
{
	is_away = true;
	ask(7);
	await(1);
	cr_expect_eq(ask(7), USER_FAILED);
	cr_expect_eq(n_looks, 1);
	is_away = false;
	later(USERS_FAILED_MS);
	cr_expect_eq(ask(7), USER_ASKED);
	await(2);
	cr_expect_eq(ask(7), USER_NAMED);
}

Test(users, bounds_the_looks_that_hang_and_serves_the_known_meanwhile)
{
	ask(7);
	await(1);
	is_shut = true;
	for (unsigned i = 0; i < USERS_LOOKS_MAX; i++)
		cr_expect_eq(ask(100 + i), USER_ASKED);
	cr_expect_eq(ask(99), USER_BUSY);
	cr_expect_eq(ask(100), USER_ASKED);
	cr_expect_eq(ask(7), USER_NAMED);
	later(USERS_FRESH_MS);
	cr_expect_eq(ask(7), USER_NAMED, "nobody can be asked for another name");
	cr_assert_eq(write(gate[1], "", 1), 1);
	await(1 + USERS_LOOKS_MAX);
	cr_expect_eq(ask(99), USER_ASKED);
	await(2 + USERS_LOOKS_MAX);
}

Test(users, forgets_who_was_asked_for_longest_ago)
{
	for (unsigned i = 0; i < USERS_MAX; i++) {
		ask(1000 + i);
		await(i + 1);
		later(1);
	}
	cr_expect_eq(ask(1000), USER_NAMED);
	later(1);
	ask(9);
	await(USERS_MAX + 1);
	cr_expect_eq(ask(1000), USER_NAMED);
	cr_expect_eq(ask(1001), USER_ASKED, "it made way");
	await(USERS_MAX + 2);
}

Test(users, may_go_while_a_look_hangs)
{
	is_shut = true;
	cr_expect_eq(ask(7), USER_ASKED);
	users_free(users);
	users = NULL;
	cr_assert_eq(write(gate[1], "", 1), 1);
	cr_assert_eq(poll(&(struct pollfd){beside_fd(beside), POLLIN, 0}, 1, 10000), 1);
	beside_collect(beside);
	cr_expect_eq(n_answers, 0);
}

Test(users, calls_who_has_no_name_by_the_number)
{
	const struct passwd *root = getpwuid(0);
	char expected[USERS_NAME_SIZE];

	cr_expect(users_look_up(3999999999, name, sizeof name));
	cr_expect_str_eq(name, "unix:3999999999");
	snprintf(expected, sizeof expected, "unix:%s", root == NULL ? "0" : root->pw_name);
	cr_expect(users_look_up(0, name, sizeof name));
	cr_expect_str_eq(name, expected);
}

/* Else two whose names begin alike had the same rights. */
Test(users, calls_a_user_by_its_number_whose_name_is_too_long)
{
	char login[USERS_NAME_SIZE];

	memset(login, 'a', sizeof login - 1);
	login[sizeof login - 1] = '\0';
	users_principal(77, login, name, sizeof name);
	cr_expect_str_eq(name, "unix:77");
	login[USERS_NAME_SIZE - sizeof "unix:"] = '\0';
	users_principal(77, login, name, sizeof name);
	cr_expect_eq(strlen(name), USERS_NAME_SIZE - 1);
	cr_expect_str_eq(name + strlen("unix:"), login);
	users_principal(77, NULL, name, sizeof name);
	cr_expect_str_eq(name, "unix:77");
}
