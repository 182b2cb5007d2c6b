#include "net/listener.h"

#include "base/log.h"

#include <event2/event.h>
#include <event2/listener.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG         512
#define DESCRIPTORS_OWN 128u /* files, the database, callers that are sent away */

struct listener {
	struct evconnlistener *ev;
	struct event *resume;
	struct acceptor to;
	bool is_unix;
	int reserve; /* given up to accept and close when descriptors run out */
	char path[sizeof((struct sockaddr_un *)NULL)->sun_path];
};

static void
on_accept(struct evconnlistener *ev, evutil_socket_t fd, struct sockaddr *sa, int len, void *arg)
{
	struct listener *l = arg;

	(void)ev;
	(void)sa;
	(void)len;
	l->to.accept(l->to.ctx, fd, l->is_unix);
}

/* With the one descriptor in reserve, so that nobody hangs in the queue, nor takes a turn in it
 * once gone. */
static void
send_callers_away(struct listener *l)
{
	int fd;

	close(l->reserve);
	for (int i = 0; i < BACKLOG; i++) {
		fd = accept(evconnlistener_get_fd(l->ev), NULL, NULL);
		if (fd < 0)
			break;
		close(fd);
	}
	l->reserve = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* Out of descriptors the listener would spin: pause a second. */
static void
on_accept_error(struct evconnlistener *ev, void *arg)
{
	struct listener *l = arg;
	int fault = EVUTIL_SOCKET_ERROR();
	struct timeval pause = {1, 0};

	if ((fault == EMFILE || fault == ENFILE) && l->reserve >= 0)
		send_callers_away(l);
	log_warn("listener.pause",
		 KV("cause", strerror(fault))); /* NOLINT(concurrency-mt-unsafe): one thread */
	/* Better to spin than to be deaf. */
	if (event_add(l->resume, &pause) == 0)
		evconnlistener_disable(ev);
}

static void
on_resume(evutil_socket_t fd, short what, void *arg)
{
	struct listener *l = arg;
	struct timeval pause = {1, 0};

	(void)fd;
	(void)what;
	if (evconnlistener_enable(l->ev) != 0)
		event_add(l->resume, &pause);
}

/* What to do about a socket that could not be made: the folder is what mostly is wrong. */
static enum code
cannot_listen(const char *where, bool is_unix, int error, struct err *e)
{
	const char *slash = strrchr(where, '/');
	const char *why = strerror(error); /* NOLINT(concurrency-mt-unsafe): one thread */
	int folder = slash == NULL ? 1 : slash == where ? 1 : (int)(slash - where);
	const char *name = slash == NULL ? "." : where;

	if (is_unix && (error == ENOENT || error == EACCES || error == EPERM))
		return err_set(e, TRY_SYSTEM, "listen",
			       "cannot listen at %s (%s): make its folder, as root, and semsd's: "
			       "install -d -m 755 -o %u %.*s",
			       where, why, (unsigned)geteuid(), folder, name);
	return err_set(e, TRY_SYSTEM, "listen", "cannot listen at %s: %s", where, why);
}

/* where: as it was configured, for who reads what went wrong. */
static enum code
listen_on(struct listener *l, const struct sockaddr *sa, socklen_t len, const char *where,
	  struct err *e)
{
	unsigned flags = LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE;

	l->resume = evtimer_new(l->to.base, on_resume, l);
	l->reserve = open("/dev/null", O_RDONLY | O_CLOEXEC);
	l->ev = evconnlistener_new_bind(l->to.base, on_accept, l, flags, BACKLOG, sa, (int)len);
	/* It was enabled when it was made, but that does not tell when it failed. */
	if (l->ev == NULL || l->resume == NULL || evconnlistener_enable(l->ev) != 0)
		return cannot_listen(where, l->is_unix, errno, e);
	evconnlistener_set_error_cb(l->ev, on_accept_error);
	return OK;
}

static struct listener *
listener_new(const struct acceptor *to, bool is_unix)
{
	struct listener *l = calloc(1, sizeof *l);

	if (l == NULL)
		return NULL;
	l->to = *to;
	l->is_unix = is_unix;
	l->reserve = -1;
	return l;
}

/* A file left by a daemon that is gone may be removed; one that answers may not. */
static enum code
clear_stale(const struct sockaddr_un *sa, struct err *e)
{
	struct stat st;
	int fd;
	int rc;

	if (lstat(sa->sun_path, &st) != 0)
		return OK;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_set(e, TRY_SYSTEM, "listen", "no socket to be had");
	rc = connect(fd, (const struct sockaddr *)sa, sizeof *sa);
	close(fd);
	if (rc == 0)
		return err_set(e, FATAL_CONFIG, "listen",
			       "another semsd answers on %s: stop it, or use another folder",
			       sa->sun_path);
	unlink(sa->sun_path);
	return OK;
}

enum code
listener_look_unix(const char *path, struct err *e)
{
	const size_t size = sizeof((struct sockaddr_un *)NULL)->sun_path;
	struct stat st;

	if (strlen(path) >= size)
		return err_set(
		    e, FATAL_CONFIG, "listen",
		    "the socket's path is longer than the %zu bytes a Unix socket may have: use a "
		    "shorter folder",
		    size - 1);
	if (lstat(path, &st) == 0 && !S_ISSOCK(st.st_mode))
		return err_set(e, FATAL_CONFIG, "listen", "%s is there and is not a socket", path);
	return OK;
}

enum code
listener_unix(const struct acceptor *to, const char *path, struct listener **out, struct err *e)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	struct listener *l;

	if (listener_look_unix(path, e) != OK)
		return e->code;
	memcpy(sa.sun_path, path, strlen(path));
	if (clear_stale(&sa, e) != OK)
		return e->code;
	l = listener_new(to, true);
	if (l == NULL)
		return err_set(e, TRY_SYSTEM, "listen", "out of memory");
	if (listen_on(l, (const struct sockaddr *)&sa, sizeof sa, path, e) != OK) {
		listener_free(l);
		return e->code;
	}
	memcpy(l->path, sa.sun_path, sizeof l->path);
	/* Who may do what is decided by the peer's credentials and its grants, not by the file. */
	if (chmod(path, 0666) != 0)
		log_warn("listener.mode", KV("path", path));
	*out = l;
	return OK;
}

static bool
is_loopback(const struct sockaddr *sa)
{
	if (sa->sa_family == AF_INET) {
		struct sockaddr_in in;

		memcpy(&in, sa, sizeof in);
		return (ntohl(in.sin_addr.s_addr) >> 24) == 127;
	}
	if (sa->sa_family == AF_INET6) {
		struct sockaddr_in6 in6;

		memcpy(&in6, sa, sizeof in6);
		return IN6_IS_ADDR_LOOPBACK(&in6.sin6_addr);
	}
	return false;
}

static int
bound_port(evutil_socket_t fd)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof ss;
	struct sockaddr_in in;

	if (getsockname(fd, (struct sockaddr *)&ss, &len) != 0)
		return 0;
	memcpy(&in, &ss, sizeof in); /* the port has the same place in both families */
	return ntohs(in.sin_port);
}

/* libevent does not take port 0 as text: without a port it means the same. */
static bool
parse_address(const char *address, struct sockaddr_storage *ss, int *len)
{
	char text[64];
	size_t n = strlen(address);

	if (n >= sizeof text)
		return false;
	memcpy(text, address, n + 1);
	if (n > 2 && strcmp(text + n - 2, ":0") == 0)
		text[n - 2] = '\0';
	memset(ss, 0, sizeof *ss);
	*len = sizeof *ss;
	return evutil_parse_sockaddr_port(text, (struct sockaddr *)ss, len) == 0;
}

static enum code
read_address(const char *address, struct sockaddr_storage *ss, int *len, struct err *e)
{
	if (!parse_address(address, ss, len))
		return err_set(e, FATAL_CONFIG, "listen",
			       "'%s' is not ADDRESS:PORT, e.g. 127.0.0.1:7400", address);
	if (!is_loopback((struct sockaddr *)ss))
		return err_set(e, FATAL_CONFIG, "listen",
			       "%s is not a loopback address: plain TCP is for this machine only",
			       address);
	return OK;
}

enum code
listener_look_tcp(const char *address, struct err *e)
{
	struct sockaddr_storage ss;
	int len = 0;

	return read_address(address, &ss, &len, e);
}

enum code
listener_tcp(const struct acceptor *to, const char *address, struct listener **out, int *port,
	     struct err *e)
{
	struct sockaddr_storage ss;
	int len = 0;
	struct listener *l;

	if (read_address(address, &ss, &len, e) != OK)
		return e->code;
	l = listener_new(to, false);
	if (l == NULL)
		return err_set(e, TRY_SYSTEM, "listen", "out of memory");
	if (listen_on(l, (struct sockaddr *)&ss, (socklen_t)len, address, e) != OK) {
		listener_free(l);
		return e->code;
	}
	*port = bound_port(evconnlistener_get_fd(l->ev));
	*out = l;
	return OK;
}

uint32_t
listener_room(uint32_t wanted)
{
	rlim_t need = (rlim_t)wanted + DESCRIPTORS_OWN;
	struct rlimit now;
	struct rlimit more;

	if (getrlimit(RLIMIT_NOFILE, &now) != 0)
		return wanted;
	more = now;
	more.rlim_cur = now.rlim_max < need ? now.rlim_max : need;
	if (now.rlim_cur < more.rlim_cur && setrlimit(RLIMIT_NOFILE, &more) == 0)
		now = more;
	if (now.rlim_cur >= need)
		return wanted;
	return (uint32_t)(now.rlim_cur > 2u * DESCRIPTORS_OWN ? now.rlim_cur - DESCRIPTORS_OWN
							      : now.rlim_cur / 2);
}

void
listener_free(struct listener *l)
{
	if (l == NULL)
		return;
	if (l->ev != NULL)
		evconnlistener_free(l->ev);
	if (l->resume != NULL)
		event_free(l->resume);
	if (l->reserve >= 0)
		close(l->reserve);
	if (l->path[0] != '\0')
		unlink(l->path);
	free(l);
}
