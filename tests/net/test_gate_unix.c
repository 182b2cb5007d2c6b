#include "base/log.h"
#include "net/gate.h"

#include <criterion/criterion.h>
#include <event2/event.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void
drop(void *ctx, evutil_socket_t fd, const struct gate *at)
{
	(void)at;
	(*(int *)ctx)++;
	evutil_closesocket(fd);
}

Test(gate_unix, replaces_a_stale_socket_but_not_a_live_one)
{
	struct event_base *base = event_base_new();
	char dir[] = "/tmp/semsd-listener-XXXXXX";
	char path[64];
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	struct listener *first = NULL;
	struct listener *second = NULL;
	struct err e;
	int port;
	int n = 0;
	int fd;

	cr_assert_not_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/s", dir);
	snprintf(sa.sun_path, sizeof sa.sun_path, "%s", path);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	cr_assert_eq(bind(fd, (struct sockaddr *)&sa, sizeof sa), 0);
	close(fd); /* nobody answers on the file any more */
	cr_assert_eq(gate_unix.listen(&(struct acceptor){.base = base, .accept = drop, .ctx = &n},
				      path, &first, &port, &e),
		     OK, "%s", e.text);
	cr_assert_eq(gate_unix.listen(&(struct acceptor){.base = base, .accept = drop, .ctx = &n},
				      path, &second, &port, &e),
		     FATAL_CONFIG);
	cr_assert_null(second);
	listener_free(first);
	cr_assert_neq(access(path, F_OK), 0);
	rmdir(dir);
	event_base_free(base);
}

Test(gate_unix, never_removes_a_file_that_is_no_socket)
{
	struct event_base *base = event_base_new();
	char path[] = "/tmp/semsd-file-XXXXXX";
	int fd = mkstemp(path);
	struct listener *l = NULL;
	struct err e;
	int port;

	cr_assert_eq(gate_unix.listen(&(struct acceptor){.base = base, .accept = drop, .ctx = NULL},
				      path, &l, &port, &e),
		     FATAL_CONFIG);
	cr_assert_eq(access(path, F_OK), 0);
	close(fd);
	unlink(path);
	event_base_free(base);
}

Test(gate_unix, names_the_path_and_the_folder_that_is_missing)
{
	struct event_base *base = event_base_new();
	const char *path = "/tmp/no-such-folder-of-semsd/semsd.sock";
	struct listener *l = NULL;
	struct err e;
	int port;

	cr_assert_eq(gate_unix.listen(&(struct acceptor){.base = base, .accept = drop, .ctx = NULL},
				      path, &l, &port, &e),
		     TRY_SYSTEM);
	cr_expect_not_null(
	    strstr(e.text, "cannot listen at /tmp/no-such-folder-of-semsd/semsd.sock"), "%s",
	    e.text);
	cr_expect_not_null(strstr(e.text, "install -d -m 755 -o "), "%s", e.text);
	cr_expect_str_eq(strrchr(e.text, ' '), " /tmp/no-such-folder-of-semsd");
	event_base_free(base);
}

Test(gate_unix, says_when_a_path_is_too_long)
{
	struct event_base *base = event_base_new();
	char path[200];
	struct listener *l = NULL;
	struct err e;
	int port;

	memset(path, 'x', sizeof path);
	path[sizeof path - 1] = '\0';
	cr_assert_eq(gate_unix.listen(&(struct acceptor){.base = base, .accept = drop, .ctx = NULL},
				      path, &l, &port, &e),
		     FATAL_CONFIG);
	cr_assert_not_null(strstr(e.text, "shorter"));
	event_base_free(base);
}

Test(gate_unix, sees_who_is_there_by_the_kernels_word)
{
	struct visitor v = {.means = NULL};
	char text[128];
	int fds[2];

	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	gate_unix.see(&v, fds[0]);
	cr_expect(v.has_user);
	cr_expect_eq(v.uid, geteuid());
	cr_expect_str_eq(v.address, "", "it is of this machine");
	v.uid = 4242;
	cr_expect_not_null(strstr(gate_unix.refuse(&v, USER_BUSY, text, sizeof text), "too many"));
	cr_expect_str_eq(v.principal, "unix:4242", "nobody's name");
	cr_expect_not_null(strstr(text, "user 4242"), "%s", text);
	close(fds[0]);
	close(fds[1]);
}

Test(gate_unix, has_a_name_for_whom_the_kernel_does_not_tell)
{
	struct visitor v = {.means = NULL};

	gate_unix.see(&v, -1);
	cr_expect_not(v.has_user);
	cr_expect_eq(gate_unix.who(&v), USER_NAMED);
	cr_expect_str_eq(v.principal, "unix:unknown");
}
