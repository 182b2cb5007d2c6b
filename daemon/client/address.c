#include "client/address.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
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

	if (fd < 0 || connect(fd, sa, n) != 0) {
		*error = errno;
		if (fd >= 0)
			close(fd);
		return -1;
	}
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

static enum code
connect_tcp(const char *address, const char *place, int *fd, struct err *e)
{
	const char *colon = strrchr(place, ':');
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
	struct addrinfo *list = NULL;
	char host[128];
	size_t n;
	int error = ECONNREFUSED;

	if (colon == NULL || colon == place)
		return err_set(e, FATAL_CONFIG, "socket", "%s is not tcp:HOST:PORT", address);
	n = (size_t)(colon - place);
	if (place[0] == '[' && place[n - 1] == ']') {
		place++;
		n -= 2;
	}
	snprintf(host, sizeof host, "%.*s", (int)n, place);
	if (getaddrinfo(host, colon + 1, &hints, &list) != 0)
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
	if (strncmp(address, "tcp:", 4) == 0)
		return connect_tcp(address, address + 4, fd, e);
	return connect_unix(address, strncmp(address, "unix:", 5) == 0 ? address + 5 : address, fd,
			    e);
}
