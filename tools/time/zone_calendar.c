#include "tools/time/zone_calendar.h"

bool
zone_calendar(const struct zone *z, struct civil_date first, size_t n_days, struct arena *a,
	      struct calendar *out)
{
	int64_t *starts = arena_zalloc(a, n_days + 1, sizeof *starts);
	int64_t day = civil_to_days(first);

	if (starts == NULL)
		return false;
	for (size_t i = 0; i <= n_days; i++)
		starts[i] = zone_day_start(z, civil_from_days(day + (int64_t)i)).v;
	*out = (struct calendar){.first_day = day, .starts = starts, .n = n_days};
	return true;
}
