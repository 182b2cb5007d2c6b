#include "client/address.h"
#include "tests/lib/temp.h"

#include <criterion/criterion.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct err err;
static int fd = -1;

static int
listen_at(const struct sockaddr *sa, socklen_t n)
{
	int s = socket(sa->sa_family, SOCK_STREAM, 0);

	cr_assert_geq(s, 0);
	cr_assert_eq(bind(s, sa, n), 0);
	cr_assert_eq(listen(s, 1), 0);
	return s;
}

static void
must_connect(const char *address)
{
	cr_assert_eq(address_connect(address, &fd, &err), OK, "%s: %s", address, err.text);
	cr_expect_neq(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	close(fd);
}

Test(address, finds_a_socket_by_its_path)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	char dir[TEMP_SIZE];
	char address[TEMP_SIZE + 32];
	int s;

	temp_dir(dir);
	snprintf(sun.sun_path, sizeof sun.sun_path, "%s/s", dir);
	s = listen_at((const struct sockaddr *)&sun, sizeof sun);
	must_connect(sun.sun_path);
	snprintf(address, sizeof address, "unix:%s", sun.sun_path);
	must_connect(address);
	close(s);
	cr_expect(temp_remove(dir));
}

Test(address, finds_a_port_by_name_and_by_number)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t n = sizeof in;
	char address[64];
	int s = listen_at((const struct sockaddr *)&in, sizeof in);

	cr_assert_eq(getsockname(s, (struct sockaddr *)&in, &n), 0);
	snprintf(address, sizeof address, "tcp:127.0.0.1:%d", ntohs(in.sin_port));
	must_connect(address);
	snprintf(address, sizeof address, "tcp:[127.0.0.1]:%d", ntohs(in.sin_port));
	must_connect(address);
	close(s);
}

Test(address, says_how_to_start_a_daemon_where_none_is)
{
	cr_assert_eq(address_connect("/nonexistent/semsd.sock", &fd, &err), TRY_SYSTEM);
	cr_expect_eq(fd, -1);
	cr_expect_not_null(strstr(err.text, "/nonexistent/semsd.sock"), "%s", err.text);
	cr_expect_not_null(strstr(err.text, "semsd --embedded"), "%s", err.text);
	cr_expect_not_null(strstr(err.text, strerror(ENOENT)), "%s", err.text);
}

Test(address, refuses_what_is_no_address)
{
	char path[256];

	memset(path, 'x', sizeof path - 1);
	path[sizeof path - 1] = '\0';
	cr_expect_eq(address_connect(path, &fd, &err), FATAL_CONFIG, "a path has an end");
	cr_expect_eq(address_connect("tcp:127.0.0.1", &fd, &err), FATAL_CONFIG);
	cr_expect_eq(address_connect("tcp::80", &fd, &err), FATAL_CONFIG);
	cr_expect_eq(address_connect("tcp:127.0.0.1:http", &fd, &err), FATAL_CONFIG);
}
