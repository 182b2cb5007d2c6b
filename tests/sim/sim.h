/*
 * A world in one process: clients, a network, daemons, a database and a clock, all played from one
 * seed. What is real is the daemon's engine of ingest and everything below it; the rest is a model.
 * A schedule is one life of that world. The same seed is the same life, byte for byte: nothing asks
 * the time or looks at an address.
 */
#ifndef SEMS_TESTS_SIM_SIM_H
#define SEMS_TESTS_SIM_SIM_H

#include <stdbool.h>
#include <stdint.h>

/* What the model does wrong on purpose, to see that the checker notices. */
enum sim_lie {
	LIE_NONE,
	LIE_STORED_UNWRITTEN, /* the database says STORED and forgets */
	LIE_STORED_TWICE,     /* it says STORED of what was there already */
	LIE_OTHER_CONTENT,    /* it changes what it keeps */
	LIE_NO_QUARANTINE,    /* it says QUARANTINED and keeps nothing */
	LIE_LOST_ANSWER,      /* an answer never reaches the network */
	LIE_COUNT
};

struct sim_options {
	uint64_t seed;
	enum sim_lie lie;
	bool trace; /* every step on stdout */
};

/* What happened, to see that schedules do not go through the motions only. */
struct sim_stats {
	uint64_t verdicts[7];
	uint64_t crashes;
	uint64_t cuts;
	uint64_t unknown; /* committed, but nobody was told */
	uint64_t failed;  /* transactions that were rolled back */
	uint64_t refused; /* connections */
	uint64_t responses;
	uint64_t requeued;
	uint64_t late; /* connections closed for their deadlines */
	uint64_t set;  /* the wall clock was */
};

struct sim_result {
	bool failed;
	char why[256];
	uint64_t digest; /* of everything that happened */
	struct sim_stats stats;
};

void sim_run(const struct sim_options *o, struct sim_result *out);
/* Adds what happened in one schedule to what did in others. */
void sim_sum(struct sim_stats *sum, const struct sim_stats *one);

#endif
