#include "net/gate.h"
#include "net/listener.h"

#include <criterion/criterion.h>
#include <event2/event.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void
take(void *ctx, evutil_socket_t fd, const struct gate *at)
{
	const struct gate **seen = ctx;

	*seen = at;
	evutil_closesocket(fd);
}

Test(listener, hands_over_with_the_gate_and_says_why_it_cannot)
{
	struct event_base *base = event_base_new();
	struct sockaddr_in sa = {.sin_family = AF_INET};
	struct place at = {&gate_loopback, (struct sockaddr *)&sa, sizeof sa, "here", NULL};
	const struct gate *seen = NULL;
	struct acceptor to = {.base = base, .accept = take, .ctx = &seen};
	struct listener *l = NULL;
	struct listener *other = NULL;
	struct err e;
	int fault;
	int fd;

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	cr_assert_eq(listener_open(&to, &at, &l, &fault, &e), OK, "%s", e.text);
	sa.sin_port = htons((uint16_t)listener_port(l));
	fd = socket(AF_INET, SOCK_STREAM, 0);
	cr_assert_eq(connect(fd, (struct sockaddr *)&sa, sizeof sa), 0);
	event_base_loop(base, EVLOOP_ONCE);
	cr_expect_eq(seen, &gate_loopback);
	cr_expect_eq(listener_open(&to, &at, &other, &fault, &e), TRY_SYSTEM);
	cr_expect_eq(fault, EADDRINUSE);
	cr_expect_not_null(strstr(e.text, "cannot listen at here: "), "%s", e.text);
	cr_expect_null(other);
	close(fd);
	listener_free(l);
	event_base_free(base);
}

static int held_fd = -1;

static int
held(const struct sockaddr *sa)
{
	(void)sa;
	return held_fd;
}

Test(listener, takes_the_socket_that_is_held_for_it_and_leaves_its_file)
{
	struct event_base *base = event_base_new();
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	char dir[] = "/tmp/semsd-listener-XXXXXX";
	struct place at = {&gate_unix, (struct sockaddr *)&sa, sizeof sa, "here", sa.sun_path};
	const struct gate *seen = NULL;
	struct acceptor to = {.base = base, .accept = take, .held = held, .ctx = &seen};
	struct listener *l = NULL;
	struct err e;
	int fault;
	int fd;

	cr_assert_not_null(mkdtemp(dir));
	snprintf(sa.sun_path, sizeof sa.sun_path, "%s/s", dir);
	held_fd = socket(AF_UNIX, SOCK_STREAM, 0);
	cr_assert_eq(bind(held_fd, (struct sockaddr *)&sa, sizeof sa), 0);
	cr_assert_eq(listen(held_fd, 4), 0);
	/* Who came before is served. */
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	cr_assert_eq(connect(fd, (struct sockaddr *)&sa, sizeof sa), 0);
	cr_assert_eq(listener_open(&to, &at, &l, &fault, &e), OK, "%s", e.text);
	event_base_loop(base, EVLOOP_ONCE);
	cr_expect_eq(seen, &gate_unix);
	listener_free(l);
	cr_expect_eq(access(sa.sun_path, F_OK), 0, "it is not ours to remove");
	unlink(sa.sun_path);
	rmdir(dir);
	close(fd);
	event_base_free(base);
}

Test(listener, tells_how_many_connections_there_are_descriptors_for)
{
	struct rlimit l = {200, 1000};

	cr_assert_eq(setrlimit(RLIMIT_NOFILE, &l), 0);
	cr_expect_eq(listener_room(100), 100);
	cr_expect_eq(getrlimit(RLIMIT_NOFILE, &l), 0);
	cr_expect_eq(l.rlim_cur, 228, "no more than are needed");
	cr_expect_eq(listener_room(5000), 872);
	l.rlim_cur = l.rlim_max = 64;
	cr_assert_eq(setrlimit(RLIMIT_NOFILE, &l), 0);
	cr_expect_eq(listener_room(5000), 32);
}
