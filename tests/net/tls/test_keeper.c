#include "base/beside.h"
#include "net/tls/keeper.h"
#include "tests/net/tls/issuer.h"

#include <criterion/criterion.h>

#include <poll.h>
#include <string.h>

static struct set set;
static struct beside *beside;
static struct keeper *keeper;
static const struct trust *in_force;
static struct mono_ms now;
static struct err told;
static int n_told;

static struct mono_ms
mono(void)
{
	return now;
}

static struct utc_ms
utc(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (struct utc_ms){(int64_t)t.tv_sec * MS_PER_SECOND};
}

static void
on_trust(void *ctx, const struct trust *t)
{
	(void)ctx;
	in_force = t;
}

static void
on_done(void *ctx, const struct err *e)
{
	(void)ctx;
	told = *e;
	n_told++;
}

static void
set_up(void)
{
	struct keeper_config c = {.mono = mono, .now = utc, .on_trust = on_trust};
	struct err e = {0};

	set = set_new();
	beside = beside_new();
	c.folder = set.dir;
	c.beside = beside;
	cr_assert_eq(keeper_open(&c, &keeper, &e), OK, "%s", e.text);
	in_force = keeper_trust(keeper);
}

static void
tear_down(void)
{
	keeper_free(keeper);
	beside_free(beside);
	set_fini(&set);
}

TestSuite(keeper, .init = set_up, .fini = tear_down);

/* Waits for one reading. */
static void
collect(void)
{
	struct pollfd p = {.fd = beside_fd(beside), .events = POLLIN};

	cr_assert_eq(poll(&p, 1, 10000), 1);
	beside_collect(beside);
}

static void
reload(void)
{
	cr_assert(keeper_reload(keeper, on_done, NULL));
	collect();
}

static void
look(void)
{
	now.v += KEEPER_LOOK_MS;
	keeper_tick(keeper);
	collect();
}

Test(keeper, puts_a_good_set_in_place_and_tells_who_asked)
{
	const struct trust *before = in_force;

	reload();
	cr_expect_eq(n_told, 1);
	cr_expect_eq(told.code, OK, "%s", told.text);
	cr_expect_neq(in_force, before);
	cr_expect_eq(keeper_trust(keeper), in_force);
}

Test(keeper, keeps_the_last_good_set_while_the_files_are_not)
{
	const struct trust *before = in_force;

	set_put(&set, "ca.pem", "nonsense", 8);
	reload();
	cr_expect_eq(told.code, FATAL_CONFIG);
	cr_expect_not_null(strstr(told.text, "ca.pem"));
	cr_expect_eq(in_force, before);
	cr_assert_not_null(keeper_fault(keeper));
	set_put_certificate(&set, "ca.pem", set.root.cert);
	look();
	cr_expect_neq(in_force, before, "mended, and seen by itself");
	cr_expect_null(keeper_fault(keeper));
}

Test(keeper, sees_that_a_file_changed)
{
	struct issued one = issue(&set.root, &(struct wish){.san = MACHINE_SAN});
	const struct trust *before = in_force;

	look();
	cr_expect_eq(in_force, before, "nothing changed");
	set_put_list(&set, issue_list(&set.root, one.cert, 86400));
	look();
	cr_expect_neq(in_force, before);
	cr_expect_eq(trust_judge(in_force, one.cert, NULL), CERTIFICATE_REVOKED);
	issued_fini(&one);
}

Test(keeper, looks_no_more_often_than_it_says)
{
	struct pollfd p = {.fd = beside_fd(beside), .events = POLLIN};

	now.v += KEEPER_LOOK_MS - 1;
	keeper_tick(keeper);
	cr_expect_eq(poll(&p, 1, 50), 0);
}

Test(keeper, does_not_forget_the_revoked_with_their_list)
{
	const struct trust *before = in_force;

	set_remove(&set, "crl.pem");
	look();
	cr_expect_eq(in_force, before);
	cr_expect_not_null(strstr(keeper_fault(keeper)->text, "crl.pem is gone"));
}

Test(keeper, takes_no_expired_certificate_for_a_good_one)
{
	struct issued old =
	    issue(&set.root,
		  &(struct wish){
		      .san = "IP:127.0.0.1", .eku = "serverAuth", .from_s = -7200, .until_s = -60});
	const struct trust *before = in_force;

	set_put_certificate(&set, "server.pem", old.cert);
	set_put_key(&set, "server.key", old.key);
	reload();
	cr_expect_eq(told.code, FATAL_CONFIG);
	cr_expect_not_null(strstr(told.text, "has expired"));
	cr_expect_eq(in_force, before);
	issued_fini(&old);
}

Test(keeper, tells_each_of_many_once)
{
	int taken = 0;

	while (keeper_reload(keeper, on_done, NULL))
		taken++;
	cr_expect_gt(taken, 1);
	/* Those who came while one was read wait for the next. */
	collect();
	cr_expect_eq(n_told, 1);
	collect();
	cr_expect_eq(n_told, taken);
}

Test(keeper, tells_those_who_wait_that_it_ends)
{
	cr_assert(keeper_reload(keeper, on_done, NULL));
	keeper_free(keeper);
	keeper = NULL;
	cr_expect_eq(n_told, 1);
	cr_expect_eq(told.code, TRY_SYSTEM);
	collect();
}
