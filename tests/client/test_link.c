#include "client/link.h"
#include "tests/lib/temp.h"

#include <criterion/criterion.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What TLS does with semsd is tried by the suite tls of tests/system. */

static struct err err;

static int
listen_on_loopback(char address[64], const char *scheme)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t n = sizeof in;
	int s = socket(AF_INET, SOCK_STREAM, 0);

	cr_assert_eq(bind(s, (struct sockaddr *)&in, n), 0);
	cr_assert_eq(listen(s, 1), 0);
	getsockname(s, (struct sockaddr *)&in, &n);
	snprintf(address, 64, "%s:127.0.0.1:%d", scheme, ntohs(in.sin_port));
	return s;
}

Test(link, moves_bytes_over_a_socket)
{
	struct link l;
	char address[64];
	int s = listen_on_loopback(address, "tcp");
	char bytes[8] = "";
	size_t n;
	int fd;

	cr_assert_eq(link_open(address, &l, &err), OK, "%s", err.text);
	fd = accept(s, NULL, NULL);
	cr_expect_eq(link_read(&l, bytes, sizeof bytes, &n, &err), LINK_AGAIN);
	cr_assert_eq(link_write(&l, "hello", 5, &n, &err), LINK_OK);
	cr_assert_eq(n, 5);
	cr_assert_eq(recv(fd, bytes, 5, MSG_WAITALL), 5);
	cr_expect_eq(memcmp(bytes, "hello", 5), 0);
	cr_assert_eq(send(fd, "world", 5, 0), 5);
	while (link_read(&l, bytes, sizeof bytes, &n, &err) == LINK_AGAIN)
		;
	cr_expect_eq(n, 5);
	close(fd);
	while (link_read(&l, bytes, sizeof bytes, &n, &err) == LINK_AGAIN)
		;
	cr_expect_eq(link_read(&l, bytes, sizeof bytes, &n, &err), LINK_ENDED);
	link_close(&l);
	cr_expect_eq(l.fd, -1);
	close(s);
}

Test(link, takes_no_tls_without_an_identity)
{
	struct link l;

	link_identity(NULL);
	cr_expect_eq(link_open("tls:127.0.0.1:1", &l, &err), FATAL_CONFIG);
	cr_expect_not_null(strstr(err.text, "SEMSD_IDENTITY"));
	cr_expect_eq(l.fd, -1);
}

Test(link, names_the_file_of_the_identity_that_is_not_good)
{
	struct link l;
	char address[64];
	char dir[TEMP_SIZE];
	int s = listen_on_loopback(address, "tls");

	temp_dir(dir);
	link_identity(dir);
	cr_expect_eq(link_open(address, &l, &err), FATAL_CONFIG);
	cr_expect_not_null(strstr(err.text, "client.pem"), "%s", err.text);
	cr_expect_eq(l.fd, -1);
	close(s);
	cr_expect(temp_remove(dir));
}
