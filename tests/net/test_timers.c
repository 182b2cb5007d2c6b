#include "net/timers.h"

#include <criterion/criterion.h>
#include <event2/event.h>

#include <errno.h>
#include <stdlib.h>

static bool is_out;

static void *
get(size_t n)
{
	errno = ENOMEM;
	return is_out ? NULL : malloc(n);
}

static void *
get_again(void *p, size_t n)
{
	errno = ENOMEM;
	return is_out ? NULL : realloc(p, n);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	++*(unsigned *)arg;
}

Test(timers, run_without_memory_as_many_as_were_reserved)
{
	enum { MANY = 300 };
	struct timeval now = {0, 0};
	struct event *all[MANY];
	struct event_base *base;
	unsigned n = 0;

	event_set_mem_functions(get, get_again, free);
	base = event_base_new();
	cr_assert(timers_reserve(base, MANY));
	for (int i = 0; i < MANY; i++)
		all[i] = evtimer_new(base, on_timer, &n);
	is_out = true;
	for (int i = 0; i < MANY; i++)
		cr_assert_eq(evtimer_add(all[i], &now), 0, "%d", i);
	event_base_loop(base, EVLOOP_NONBLOCK);
	cr_expect_eq(n, MANY);
	is_out = false;
	for (int i = 0; i < MANY; i++)
		event_free(all[i]);
	event_base_free(base);
}

Test(timers, says_when_there_is_no_room)
{
	struct event_base *base;

	event_set_mem_functions(get, get_again, free);
	base = event_base_new();
	is_out = true;
	cr_expect_not(timers_reserve(base, 300));
	is_out = false;
	event_base_free(base);
}
