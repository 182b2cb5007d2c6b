#include "net/timers.h"

#include <event2/event.h>
#include <event2/event_struct.h>

#include <stdlib.h>

static void
on_never(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
}

/* libevent keeps what room it once had. */
bool
timers_reserve(struct event_base *base, size_t n)
{
	struct event *all = calloc(n, sizeof *all);
	struct timeval hour = {3600, 0};
	size_t added = 0;

	if (all == NULL)
		return false;
	while (added < n && evtimer_assign(&all[added], base, on_never, NULL) == 0 &&
	       evtimer_add(&all[added], &hour) == 0)
		added++;
	for (size_t i = 0; i < added; i++)
		evtimer_del(&all[i]);
	free(all);
	return added == n;
}
