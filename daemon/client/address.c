#include "client/address.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static enum code
unreachable(const char *address, int error, struct err *e)
{
	if (error == ENOENT || error == ECONNREFUSED)
		return err_set(
		    e, TRY_SYSTEM, ADDRESS_NOBODY,
		    "no daemon at %s (%s): start one with `semsd --embedded DIR`, or name its "
		    "socket with --socket or $SEMSD_SOCKET",
		    address, strerror(error));
	if (error == EACCES)
		return err_set(
		    e, TRY_SYSTEM, "connect",
		    "this account may not reach %s (%s): a folder of semsd's is its owner's "
		    "alone; for others start semsd with --socket in a folder that all may enter",
		    address, strerror(error));
	return err_set(
	    e, TRY_SYSTEM, "connect",
	    "cannot reach a daemon at %s (%s): is it semsd's socket? Name it with --socket "
	    "or $SEMSD_SOCKET",
	    address, strerror(error));
}

static int
connect_socket(int family, const struct sockaddr *sa, socklen_t n, int *error)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int one = 1;

	if (fd < 0 || connect(fd, sa, n) != 0) {
		*error = errno;
		if (fd >= 0)
			close(fd);
		return -1;
	}
	/* Small frames wait for nothing. */
	if (family != AF_UNIX)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0) {
		*error = errno;
		close(fd);
		return -1;
	}
	return fd;
}

static enum code
connect_unix(const char *address, const char *path, int *fd, struct err *e)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	int error = 0;

	if (strlen(path) >= sizeof sun.sun_path)
		return err_set(e, FATAL_CONFIG, "socket",
			       "the socket's path is longer than %zu bytes: %s",
			       sizeof sun.sun_path - 1, path);
	memcpy(sun.sun_path, path, strlen(path) + 1);
	*fd = connect_socket(AF_UNIX, (const struct sockaddr *)&sun, sizeof sun, &error);
	return *fd < 0 ? unreachable(address, error, e) : OK;
}

bool
address_is_tls(const char *address)
{
	return strncmp(address, "tls:", 4) == 0;
}

/* *port: what follows it. */
static bool
split(const char *address, char host[ADDRESS_HOST_SIZE], const char **port)
{
	const char *place = address + 4; /* "tcp:", "tls:" */
	const char *colon = strrchr(place, ':');
	size_t n;

	if (colon == NULL || colon == place)
		return false;
	*port = colon + 1;
	n = (size_t)(colon - place);
	if (place[0] == '[' && place[n - 1] == ']') {
		place++;
		n -= 2;
	}
	return snprintf(host, ADDRESS_HOST_SIZE, "%.*s", (int)n, place) < ADDRESS_HOST_SIZE;
}

static bool
is_tcp(const char *address)
{
	return strncmp(address, "tcp:", 4) == 0 || address_is_tls(address);
}

bool
address_host(const char *address, char host[ADDRESS_HOST_SIZE])
{
	const char *port;

	return is_tcp(address) && split(address, host, &port);
}

static enum code
connect_tcp(const char *address, int *fd, struct err *e)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
	struct addrinfo *list = NULL;
	char host[ADDRESS_HOST_SIZE];
	const char *port;
	int error = ECONNREFUSED;

	if (!split(address, host, &port))
		return err_set(e, FATAL_CONFIG, "socket", "%s is not %.4sHOST:PORT", address,
			       address);
	if (getaddrinfo(host, port, &hints, &list) != 0)
		return err_set(e, FATAL_CONFIG, "socket", "%s names no address", address);
	*fd = -1;
	for (const struct addrinfo *i = list; i != NULL && *fd < 0; i = i->ai_next)
		*fd = connect_socket(i->ai_family, i->ai_addr, i->ai_addrlen, &error);
	freeaddrinfo(list);
	return *fd < 0 ? unreachable(address, error, e) : OK;
}

enum code
address_connect(const char *address, int *fd, struct err *e)
{
	if (is_tcp(address))
		return connect_tcp(address, fd, e);
	return connect_unix(address, strncmp(address, "unix:", 5) == 0 ? address + 5 : address, fd,
			    e);
}
