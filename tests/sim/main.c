/* Plays schedules: sim [SCHEDULES] [SEED] [trace]. A schedule that fails is named by its seed. */
#include "tests/sim/sim.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
main(int argc, char **argv)
{
	uint64_t schedules = argc > 1 ? strtoull(argv[1], NULL, 10) : 10000;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	bool trace = argc > 3 && strcmp(argv[3], "trace") == 0;
	struct sim_stats sum = {.crashes = 0};

	for (uint64_t i = 0; i < schedules; i++) {
		struct sim_options o = {.seed = seed + i, .trace = trace};
		struct sim_result r;

		sim_run(&o, &r);
		if (r.failed) {
			printf("seed %" PRIu64 " failed: %s\nplay it again with: "
			       "make sim SCHEDULES=1 SEED=%" PRIu64 " TRACE=trace\n",
			       o.seed, r.why, o.seed);
			return 1;
		}
		sim_sum(&sum, &r.stats);
		if ((i + 1) % 5000 == 0 || i + 1 == schedules) {
			printf("%" PRIu64 " schedules, seeds %" PRIu64 " to %" PRIu64 "\n", i + 1,
			       seed, o.seed);
			fflush(stdout);
		}
	}
	printf("nothing found: %" PRIu64 " stored, %" PRIu64 " duplicates, %" PRIu64
	       " conflicts, %" PRIu64 " quarantined, %" PRIu64 " expired, %" PRIu64
	       " to be sent again; %" PRIu64 " daemons died, %" PRIu64
	       " connections were cut, %" PRIu64 " commits went unheard, %" PRIu64
	       " were rolled back\n",
	       sum.verdicts[1], sum.verdicts[2], sum.verdicts[3], sum.verdicts[4], sum.verdicts[5],
	       sum.verdicts[6], sum.crashes, sum.cuts, sum.unknown, sum.failed);
	return 0;
}
