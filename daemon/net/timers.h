/* Room for timers, so that none is refused later: an answer whose timer is refused is never
 * written, and a connection to the database never made anew. */
#ifndef SEMS_NET_TIMERS_H
#define SEMS_NET_TIMERS_H

#include <stdbool.h>
#include <stddef.h>

struct event_base;

/* From now on so many may run at once without any further memory. False: out of memory. */
bool timers_reserve(struct event_base *base, size_t n);

#endif
