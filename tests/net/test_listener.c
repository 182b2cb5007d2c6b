#include "base/count.h"
#include "net/listener.h"

#include <criterion/criterion.h>
#include <event2/event.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static void
drop(void *ctx, evutil_socket_t fd, bool is_unix)
{
	(void)is_unix;
	(*(int *)ctx)++;
	evutil_closesocket(fd);
}

Test(listener, refuses_addresses_that_are_not_loopback)
{
	static const char *const bad[] = {"0.0.0.0:7400", "192.0.2.1:7400", "[::]:7400",
					  "nonsense"};
	struct event_base *base = event_base_new();
	struct listener *l = NULL;
	struct err e;
	int port;

	for (size_t i = 0; i < COUNT(bad); i++)
		cr_assert_eq(
		    listener_tcp(&(struct acceptor){base, drop, NULL}, bad[i], &l, &port, &e),
		    FATAL_CONFIG, "%s", bad[i]);
	event_base_free(base);
}

Test(listener, takes_a_free_port_and_tells_it)
{
	struct event_base *base = event_base_new();
	struct listener *l = NULL;
	struct err e;
	int port = 0;

	cr_assert_eq(
	    listener_tcp(&(struct acceptor){base, drop, NULL}, "127.0.0.1:0", &l, &port, &e), OK,
	    "%s", e.text);
	cr_assert_gt(port, 0);
	listener_free(l);
	event_base_free(base);
}

Test(listener, replaces_a_stale_socket_but_not_a_live_one)
{
	struct event_base *base = event_base_new();
	char dir[] = "/tmp/semsd-listener-XXXXXX";
	char path[64];
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	struct listener *first = NULL;
	struct listener *second = NULL;
	struct err e;
	int n = 0;
	int fd;

	cr_assert_not_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/s", dir);
	snprintf(sa.sun_path, sizeof sa.sun_path, "%s", path);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	cr_assert_eq(bind(fd, (struct sockaddr *)&sa, sizeof sa), 0);
	close(fd); /* nobody answers on the file any more */
	cr_assert_eq(listener_unix(&(struct acceptor){base, drop, &n}, path, &first, &e), OK, "%s",
		     e.text);
	cr_assert_eq(listener_unix(&(struct acceptor){base, drop, &n}, path, &second, &e),
		     FATAL_CONFIG);
	cr_assert_null(second);
	listener_free(first);
	cr_assert_neq(access(path, F_OK), 0);
	rmdir(dir);
	event_base_free(base);
}

Test(listener, never_removes_a_file_that_is_no_socket)
{
	struct event_base *base = event_base_new();
	char path[] = "/tmp/semsd-file-XXXXXX";
	int fd = mkstemp(path);
	struct listener *l = NULL;
	struct err e;

	cr_assert_eq(listener_unix(&(struct acceptor){base, drop, NULL}, path, &l, &e),
		     FATAL_CONFIG);
	cr_assert_eq(access(path, F_OK), 0);
	close(fd);
	unlink(path);
	event_base_free(base);
}

Test(listener, names_the_path_and_the_folder_that_is_missing)
{
	struct event_base *base = event_base_new();
	const char *path = "/tmp/no-such-folder-of-semsd/semsd.sock";
	struct listener *l = NULL;
	struct err e;

	cr_assert_eq(listener_unix(&(struct acceptor){base, drop, NULL}, path, &l, &e), TRY_SYSTEM);
	cr_expect_not_null(
	    strstr(e.text, "cannot listen at /tmp/no-such-folder-of-semsd/semsd.sock"), "%s",
	    e.text);
	cr_expect_not_null(strstr(e.text, "install -d -m 755 -o "), "%s", e.text);
	cr_expect_str_eq(strrchr(e.text, ' '), " /tmp/no-such-folder-of-semsd");
	event_base_free(base);
}

Test(listener, says_when_a_path_is_too_long)
{
	struct event_base *base = event_base_new();
	char path[200];
	struct listener *l = NULL;
	struct err e;

	memset(path, 'x', sizeof path);
	path[sizeof path - 1] = '\0';
	cr_assert_eq(listener_unix(&(struct acceptor){base, drop, NULL}, path, &l, &e),
		     FATAL_CONFIG);
	cr_assert_not_null(strstr(e.text, "shorter"));
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
