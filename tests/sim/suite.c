#include "tests/sim/sim.h"

#include <criterion/criterion.h>

#include <inttypes.h>

#define SCHEDULES 10000u
#define SHARE     (SCHEDULES / 4)

static void
play(uint64_t from, uint64_t n)
{
	struct sim_stats sum = {.crashes = 0};

	for (uint64_t seed = from; seed < from + n; seed++) {
		struct sim_options o = {.seed = seed};
		struct sim_result r;

		sim_run(&o, &r);
		cr_assert_not(r.failed, "seed %" PRIu64 ": %s", seed, r.why);
		sim_sum(&sum, &r.stats);
	}
	/* Schedules in which nothing goes wrong would prove nothing. */
	for (unsigned v = 1; v < 7; v++)
		cr_assert_gt(sum.verdicts[v], n, "verdict %u", v);
	cr_assert_gt(sum.crashes, n);
	cr_assert_gt(sum.cuts, n);
	cr_assert_gt(sum.unknown, n);
	cr_assert_gt(sum.failed, n);
	cr_assert_gt(sum.refused, n);
	cr_assert_gt(sum.responses, n);
	cr_assert_gt(sum.requeued, n / 4);
	cr_assert_gt(sum.late, n / 4);
	cr_assert_gt(sum.set, n / 4);
}

/* Four, so that they may run side by side. */
Test(sim, keeps_every_promise_in_the_first_quarter_of_the_schedules)
{
	play(1, SHARE);
}

Test(sim, keeps_every_promise_in_the_second_quarter_of_the_schedules)
{
	play(1 + SHARE, SHARE);
}

Test(sim, keeps_every_promise_in_the_third_quarter_of_the_schedules)
{
	play(1 + 2 * SHARE, SHARE);
}

Test(sim, keeps_every_promise_in_the_fourth_quarter_of_the_schedules)
{
	play(1 + 3 * SHARE, SHARE);
}

Test(sim, plays_the_same_seed_the_same_way)
{
	for (uint64_t seed = 1; seed <= 50; seed++) {
		struct sim_options o = {.seed = seed};
		struct sim_result a;
		struct sim_result b;

		sim_run(&o, &a);
		sim_run(&o, &b);
		cr_assert_eq(a.digest, b.digest, "seed %" PRIu64, seed);
		o.seed = seed + 50;
		sim_run(&o, &b);
		cr_assert_neq(a.digest, b.digest, "seed %" PRIu64, seed);
	}
}

Test(sim, notices_a_database_that_lies_and_an_answer_that_is_lost)
{
	for (int lie = LIE_NONE + 1; lie < LIE_COUNT; lie++) {
		unsigned noticed = 0;

		for (uint64_t seed = 1; seed <= 20; seed++) {
			struct sim_options o = {.seed = seed, .lie = (enum sim_lie)lie};
			struct sim_result r;

			sim_run(&o, &r);
			noticed += r.failed;
		}
		cr_assert_geq(noticed, 18, "lie %d was noticed in %u of 20 schedules", lie,
			      noticed);
	}
}
