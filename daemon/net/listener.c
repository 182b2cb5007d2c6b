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
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG         512
#define DESCRIPTORS_OWN 128u /* files, the database, callers that are sent away */

struct listener {
	struct evconnlistener *ev;
	struct event *resume;
	struct acceptor to;
	const struct gate *gate;
	int reserve; /* given up to accept and close when descriptors run out */
	char file[sizeof((struct sockaddr_un *)NULL)->sun_path]; /* empty: none */
};

static void
on_accept(struct evconnlistener *ev, evutil_socket_t fd, struct sockaddr *sa, int len, void *arg)
{
	struct listener *l = arg;

	(void)ev;
	(void)sa;
	(void)len;
	evutil_make_socket_nonblocking(fd);
	l->to.accept(l->to.ctx, fd, l->gate);
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

static struct listener *
listener_new(const struct acceptor *to, const struct place *at)
{
	struct listener *l = calloc(1, sizeof *l);

	if (l == NULL)
		return NULL;
	l->to = *to;
	l->gate = at->gate;
	l->resume = evtimer_new(to->base, on_resume, l);
	l->reserve = open("/dev/null", O_RDONLY | O_CLOEXEC);
	return l;
}

static int
held_for(const struct acceptor *to, const struct sockaddr *sa)
{
	return to->held == NULL ? -1 : to->held(sa);
}

bool
listener_is_held(const struct acceptor *to, const struct sockaddr *sa)
{
	return held_for(to, sa) >= 0;
}

/* Of one that is held only our copy is closed in the end. */
static struct evconnlistener *
new_listener(struct listener *l, const struct place *at)
{
	unsigned flags = LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE;
	int fd = held_for(&l->to, at->sa);

	if (fd < 0)
		return evconnlistener_new_bind(l->to.base, on_accept, l, flags, BACKLOG, at->sa,
					       (int)at->len);
	evutil_make_socket_nonblocking(fd);
	evutil_make_socket_closeonexec(fd);
	return evconnlistener_new(l->to.base, on_accept, l, flags, 0, fd);
}

enum code
listener_open(const struct acceptor *to, const struct place *at, struct listener **out, int *fault,
	      struct err *e)
{
	struct listener *l = listener_new(to, at);

	*fault = 0;
	if (l == NULL)
		return err_set(e, TRY_SYSTEM, "listen", "out of memory");
	l->ev = new_listener(l, at);
	/* It was enabled when it was made, but that does not tell when it failed. */
	if (l->ev == NULL || l->resume == NULL || evconnlistener_enable(l->ev) != 0) {
		*fault = errno;
		listener_free(l);
		return err_set(e, TRY_SYSTEM, "listen", "cannot listen at %s: %s", at->where,
			       strerror(*fault)); /* NOLINT(concurrency-mt-unsafe): one thread */
	}
	evconnlistener_set_error_cb(l->ev, on_accept_error);
	if (at->file != NULL && !listener_is_held(to, at->sa))
		snprintf(l->file, sizeof l->file, "%s", at->file);
	*out = l;
	return OK;
}

int
listener_port(const struct listener *l)
{
	struct sockaddr_storage ss = {.ss_family = AF_UNSPEC};
	socklen_t len = sizeof ss;
	struct sockaddr_in in;

	if (getsockname(evconnlistener_get_fd(l->ev), (struct sockaddr *)&ss, &len) != 0 ||
	    (ss.ss_family != AF_INET && ss.ss_family != AF_INET6))
		return 0;
	memcpy(&in, &ss, sizeof in); /* the port has the same place in both families */
	return ntohs(in.sin_port);
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
	if (l->file[0] != '\0')
		unlink(l->file);
	free(l);
}
