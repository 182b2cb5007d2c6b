/*
 * The one engine of state machines: a table of names and of which state may follow which, and the
 * one setter, which logs at debug what changed and why. A change that the table does not have is a
 * fault of ours: it is logged as that, and made, since whoever waits must not wait for ever; the
 * tests fail when they see it.
 */
#ifndef SEMS_BASE_MACHINE_H
#define SEMS_BASE_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#define MACHINE_STATES_MAX 32

struct machine {
	const char *name;
	const char *const *states; /* their names */
	const uint32_t *next;      /* of each: a bit for each that may follow */
};

#define MACHINE_TO(state) (UINT32_C(1) << (state))

/* of: which one of its kind, for the log. cause: what happened, in a word or a few; of no record
 * and no figure. False: the table has no such change. */
bool machine_go(const struct machine *m, const char *of, unsigned from, unsigned to,
		const char *cause);

#endif
