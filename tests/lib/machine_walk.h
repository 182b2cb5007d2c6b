/* Every edge of a state machine, and everything that is none. */
#ifndef TESTS_LIB_MACHINE_WALK_H
#define TESTS_LIB_MACHINE_WALK_H

#include "base/machine.h"

/*
 * expected: what may happen, state by state in their order, written from what the machine is for
 * and not from its table: "waiting: tried > connecting, lost > waiting", events in their order.
 * What takes conditions comes once more for each set of them under which it leads elsewhere, with
 * their bits: "[1] commented > in review".
 *
 * Every listed edge is then taken and every other pair refused, with what is logged of it; every
 * name must be there, every row of use, every state to be reached from where it begins.
 */
void machine_walk(const struct machine *m, const char *const expected[], size_t n);
#define MACHINE_WALK(m, expected) machine_walk((m), (expected), COUNT(expected))

#endif
