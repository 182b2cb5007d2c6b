/*
 * The one engine of state machines: a table of what may happen in which state and where it leads,
 * and names for all of it. Looking a move up is pure; whoever keeps the state has one setter, which
 * takes the step and has it logged.
 */
#ifndef SEMS_BASE_MACHINE_H
#define SEMS_BASE_MACHINE_H

#include "base/count.h"

#include <stddef.h>
#include <stdint.h>

#define MACHINE_STATES_MAX 32

/* A set of states. */
#define MACHINE_AT(state) (UINT32_C(1) << (state))

/* A row: when this happens in one of these states, that one follows. */
struct move {
	unsigned event;
	uint32_t from; /* MACHINE_AT() of each */
	unsigned to;
	uint32_t given;    /* what must hold besides, bits of its owner's; 0: nothing */
	const void *terms; /* its owner's: what goes with it; NULL: nothing */
};

struct machine {
	const char *name;
	uint32_t begins;           /* a set of states */
	const char *const *states; /* their names */
	size_t n_states;
	const char *const *events; /* what happens, in words */
	size_t n_events;
	const struct move *moves;
	size_t n_moves;
};

#define MACHINE(called, first, state_names, event_names, table)                           \
	{                                                                                 \
		.name = (called), .begins = (first), .states = (state_names),             \
		.n_states = COUNT(state_names), .events = (event_names),                  \
		.n_events = COUNT(event_names), .moves = (table), .n_moves = COUNT(table) \
	}

/* The first row of the event that has this state and asks for nothing but what holds; NULL: it may
 * not happen there. */
const struct move *machine_find(const struct machine *m, unsigned from, unsigned event,
				uint32_t holds);

/*
 * The state that follows, logged at debug with its cause when it is another one. of: which machine
 * of its kind; why: NULL, or what else there is to say of the event; both of no record and no
 * figure. What may not happen is a fault of ours: it is logged as that, and the event leads where
 * it leads from elsewhere, since whoever waits must not wait for ever; the tests fail when they see
 * it.
 */
unsigned machine_step(const struct machine *m, const char *of, unsigned from, unsigned event,
		      const char *why);

#endif
