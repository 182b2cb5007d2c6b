#include "base/count.h"
#include "net/gate.h"

#include <criterion/criterion.h>
#include <event2/event.h>

#include <string.h>

static void
drop(void *ctx, evutil_socket_t fd, const struct gate *at)
{
	(void)at;
	(*(int *)ctx)++;
	evutil_closesocket(fd);
}

Test(gate_loopback, refuses_addresses_that_are_not_loopback)
{
	static const char *const bad[] = {"0.0.0.0:7400", "192.0.2.1:7400", "[::]:7400",
					  "nonsense"};
	struct event_base *base = event_base_new();
	struct listener *l = NULL;
	struct err e;
	int port;

	for (size_t i = 0; i < COUNT(bad); i++)
		cr_assert_eq(gate_loopback.listen(
				 &(struct acceptor){.base = base, .accept = drop, .ctx = NULL},
				 bad[i], &l, &port, &e),
			     FATAL_CONFIG, "%s", bad[i]);
	event_base_free(base);
}

Test(gate_loopback, takes_a_free_port_and_tells_it)
{
	struct event_base *base = event_base_new();
	struct listener *l = NULL;
	struct err e;
	int port = 0;

	cr_assert_eq(
	    gate_loopback.listen(&(struct acceptor){.base = base, .accept = drop, .ctx = NULL},
				 "127.0.0.1:0", &l, &port, &e),
	    OK, "%s", e.text);
	cr_assert_gt(port, 0);
	listener_free(l);
	event_base_free(base);
}

Test(gate_loopback, says_where_somebody_comes_from_but_not_who_it_is)
{
	struct visitor v = {.means = NULL};

	gate_loopback.see(&v, -1);
	cr_expect_str_eq(v.address, "?", "it is gone already");
	cr_expect_not(v.has_user);
	cr_expect_eq(gate_loopback.who(&v), USER_NAMED);
	cr_expect_str_eq(v.principal, "tcp:loopback");
}
