/*
 * How far two who looked at the same agree beyond what chance makes two agree: Cohen's kappa of
 * answers of two kinds.
 */
#ifndef SEMS_CORE_STATS_AGREEMENT_H
#define SEMS_CORE_STATS_AGREEMENT_H

#include "core/stats/stats.h"

#include <stdbool.h>
#include <stdint.h>

/* Answers that both gave, by what each said. */
struct agreement {
	int64_t n;      /* of both */
	int64_t agreed; /* of them alike */
	int64_t first;  /* "met" by the one */
	int64_t second; /* and by the other */
};

struct kappa {
	double value; /* -1 to 1; 0 is what chance makes */
	/* 95 %: Wilson's of the share that agrees, with the share that chance makes as it was; so
	 * also of full agreement it is no point. For these pairs. */
	struct interval interval;
};

/* Whether such counts can be: each is from 0 to n, and both margins go with what agrees. */
bool agreement_is_sound(const struct agreement *a);
/* False: no answers, or all of both are the same, so that chance alone would make them agree. */
bool stats_kappa95(const struct agreement *a, struct kappa *out);

#endif
