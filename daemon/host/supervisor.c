#include "host/supervisor.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>

#define USEC_PER_MSEC 1000

static void
tell(const char *line)
{
	sd_notify(0, line);
}

void
supervisor_ready(void)
{
	tell("READY=1\nSTATUS=Taking records");
}

void
supervisor_stopping(void)
{
	tell("STOPPING=1\nSTATUS=Finishing what is being committed");
}

void
supervisor_alive(void)
{
	tell("WATCHDOG=1");
}

/* Twice in the time that it gives. */
int64_t
supervisor_every_ms(void)
{
	uint64_t usec = 0;

	if (sd_watchdog_enabled(0, &usec) <= 0)
		return 0;
	usec /= 2u * USEC_PER_MSEC;
	return usec == 0 ? 1 : (int64_t)usec;
}

static bool
is_same(const struct sockaddr *a, const struct sockaddr *b)
{
	if (a->sa_family != b->sa_family)
		return false;
	if (a->sa_family == AF_UNIX)
		return strcmp(((const struct sockaddr_un *)(const void *)a)->sun_path,
			      ((const struct sockaddr_un *)(const void *)b)->sun_path) == 0;
	if (a->sa_family == AF_INET) {
		const struct sockaddr_in *x = (const void *)a;
		const struct sockaddr_in *y = (const void *)b;

		return x->sin_port == y->sin_port && x->sin_addr.s_addr == y->sin_addr.s_addr;
	}
	if (a->sa_family == AF_INET6) {
		const struct sockaddr_in6 *x = (const void *)a;
		const struct sockaddr_in6 *y = (const void *)b;

		return x->sin6_port == y->sin6_port &&
		       memcmp(&x->sin6_addr, &y->sin6_addr, sizeof x->sin6_addr) == 0;
	}
	return false;
}

int
supervisor_socket(const struct sockaddr *sa)
{
	int n = sd_listen_fds(0);

	for (int fd = SD_LISTEN_FDS_START; fd < SD_LISTEN_FDS_START + n; fd++) {
		struct sockaddr_storage ss;
		socklen_t size = sizeof ss;

		memset(&ss, 0, sizeof ss);
		if (getsockname(fd, (struct sockaddr *)&ss, &size) == 0 &&
		    is_same((const struct sockaddr *)&ss, sa))
			return fd;
	}
	return -1;
}
