#include "net/arrival.h"
#include "net/listener.h"
#include "net/server.h"
#include "net/users.h"
#include "tests/net/world.h"

#include <criterion/criterion.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A name service that answers once something can be read from the pipe. */
static int names[2];
static uid_t slow_uid;

static bool
look_up_slowly(uid_t uid, char *name, size_t size)
{
	struct pollfd p = {names[0], POLLIN, 0};

	if (uid == slow_uid)
		poll(&p, 1, 60000);
	return users_look_up(uid, name, size);
}

static bool
look_up_in_vain(uid_t uid, char *name, size_t size)
{
	snprintf(name, size, "unix:%u", uid);
	return false;
}

/* P-101, P-102 */
Test(arrival, tells_a_unix_peer_from_a_tcp_one)
{
	struct world w = world_new();
	Sems__V1__ServerFrame *f;
	int fd;

	world_start(&w);
	world_open_loopback(&w);
	f = welcome(&w, fd = dial(&w));
	cr_assert_eq(strncmp(f->welcome->principal, "unix:", 5), 0);
	cr_assert_str_eq(f->welcome->role, "admin", "the daemon's own user administers it");
	sems__v1__server_frame__free_unpacked(f, NULL);
	close(fd);
	f = welcome(&w, fd = dial_tcp(&w));
	cr_assert_str_eq(f->welcome->principal, "tcp:loopback");
	cr_assert_str_eq(f->welcome->role, "none", "whoever it is");
	sems__v1__server_frame__free_unpacked(f, NULL);
	close(fd);
	turn(&w, 4);
	world_end(&w);
}

/* Whoever is known, or is no user, is served while another one's name is looked up; what that one
 * said meanwhile is answered afterwards. */
Test(arrival, serves_others_while_a_user_is_looked_up)
{
	struct world w = world_new();
	struct text hello = hello_frame();
	struct buf in;
	int waiting;
	int other;
	int fd;

	cr_assert_eq(pipe(names), 0);
	slow_uid = geteuid();
	world_start_with(&w, look_up_slowly, 0);
	world_open_loopback(&w);
	if (geteuid() == 0) {
		/* As two users: the socket's folder is open to both. */
		slow_uid = 4242;
		chmod(w.dir, 0755);
		greet(&w, fd = dial(&w));
		close(fd);
		cr_assert_eq(seteuid(slow_uid), 0);
	}
	waiting = dial(&w);
	cr_assert_eq(seteuid(getuid()), 0);
	cr_assert_eq(write(waiting, hello.s, hello.n), (ssize_t)hello.n);
	for (int i = 0; i < 3; i++) {
		greet(&w, fd = dial_tcp(&w));
		close(fd);
	}
	if (getuid() == 0) {
		greet(&w, other = dial(&w));
		close(other);
	}
	cr_assert_eq(read(waiting, &(char){0}, 1), -1);
	cr_assert_eq(errno, EAGAIN, "the user that is looked up waits");
	cr_assert_eq(write(names[1], "", 1), 1);
	buf_init(&in, 1 << 20);
	expect(&w, waiting, &in, SEMS__V1__SERVER_FRAME__BODY_WELCOME);
	close(waiting);
	turn(&w, 4);
	buf_fini(&in);
	free((void *)hello.s);
	world_end(&w);
}

/* P-313 */
Test(arrival, refuses_a_user_whose_name_does_not_come_in_time)
{
	struct world w = world_new();

	cr_assert_eq(pipe(names), 0);
	slow_uid = geteuid();
	world_start_with(&w, look_up_slowly, 1);
	expect_busy(&w, dial(&w), "does not answer");
	cr_assert_eq(write(names[1], "", 1), 1);
	turn(&w, 4);
	world_end(&w);
}

Test(arrival, refuses_a_user_whose_name_cannot_be_told)
{
	struct world w = world_new();

	world_start_with(&w, look_up_in_vain, 0);
	expect_busy(&w, dial(&w), "cannot tell");
	world_end(&w);
}

/* Also when semsd is about to stop. */
Test(arrival, tells_who_waits_for_a_name_that_it_stops_listening)
{
	struct world w = world_new();
	int fd;

	cr_assert_eq(pipe(names), 0);
	slow_uid = geteuid();
	world_start_with(&w, look_up_slowly, 0);
	fd = dial(&w);
	turn(&w, 4);
	server_stop_listening(w.server);
	expect_busy(&w, fd, "nobody any more");
	cr_assert_eq(write(names[1], "", 1), 1);
	world_end(&w);
}

Test(arrival, bounds_how_many_wait_for_a_name)
{
	enum { MOST = 512 };
	struct world w = world_new();
	int fd[MOST];

	cr_assert_eq(listener_room(2 * MOST), 2 * MOST, "descriptors for both ends");
	cr_assert_eq(pipe(names), 0);
	slow_uid = geteuid();
	world_start_with(&w, look_up_slowly, 60 * MS_PER_SECOND);
	for (int i = 0; i < MOST; i++) {
		fd[i] = dial(&w);
		turn(&w, 1);
	}
	expect_busy(&w, dial(&w), "too many");
	for (int i = 0; i < MOST; i++)
		close(fd[i]);
	cr_assert_eq(write(names[1], "", 1), 1);
	turn(&w, 4);
	world_end(&w);
}
