/* A civil calendar made from the system's zone files, for tools that have no daemon's at hand. */
#ifndef SEMS_TOOLS_TIME_ZONE_CALENDAR_H
#define SEMS_TOOLS_TIME_ZONE_CALENDAR_H

#include "base/arena.h"
#include "core/time/calendar.h"
#include "tools/time/zone.h"

/* n_days civil days from `first` on, in the arena. False: out of memory. */
bool zone_calendar(const struct zone *z, struct civil_date first, size_t n_days, struct arena *a,
		   struct calendar *out);

#endif
