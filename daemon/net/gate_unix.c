/* A Unix socket of this machine. Who is there the kernel says by number; the name may take time. */
#include "base/count.h"
#include "base/log.h"
#include "net/gate.h"

#include <event2/bufferevent.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* --- where it listens ------------------------------------------------------------------------- */

static enum code
unix_look(const char *where, struct err *e)
{
	const size_t size = sizeof((struct sockaddr_un *)NULL)->sun_path;
	struct stat st;

	if (strlen(where) >= size)
		return err_set(
		    e, FATAL_CONFIG, "listen",
		    "the socket's path is longer than the %zu bytes a Unix socket may have: use a "
		    "shorter folder",
		    size - 1);
	if (lstat(where, &st) == 0 && !S_ISSOCK(st.st_mode))
		return err_set(e, FATAL_CONFIG, "listen", "%s is there and is not a socket", where);
	return OK;
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

/* What to do about a socket that could not be made: the folder is what mostly is wrong. */
static enum code
cannot_listen(const char *where, int fault, struct err *e)
{
	const char *slash = strrchr(where, '/');
	int folder = slash == NULL ? 1 : slash == where ? 1 : (int)(slash - where);
	const char *name = slash == NULL ? "." : where;

	if (fault == ENOENT || fault == EACCES || fault == EPERM)
		return err_set(e, TRY_SYSTEM, "listen",
			       "cannot listen at %s (%s): make its folder, as root, and semsd's: "
			       "install -d -m 755 -o %u %.*s",
			       where,
			       strerror(fault), /* NOLINT(concurrency-mt-unsafe): one thread */
			       (unsigned)geteuid(), folder, name);
	return e->code;
}

static enum code
unix_listen(const struct acceptor *to, const char *where, struct listener **out, int *port,
	    struct err *e)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	struct place at = {&gate_unix, (const struct sockaddr *)&sa, sizeof sa, where, where};
	int fault = 0;
	bool is_held;

	*port = 0;
	if (unix_look(where, e) != OK)
		return e->code;
	memcpy(sa.sun_path, where, strlen(where));
	is_held = listener_is_held(to, at.sa);
	if (!is_held && clear_stale(&sa, e) != OK)
		return e->code;
	if (listener_open(to, &at, out, &fault, e) != OK)
		return cannot_listen(where, fault, e);
	/* Who may do what is decided by the peer's credentials and its grants, not by the file. */
	if (!is_held && chmod(where, 0666) != 0)
		log_warn("listener.mode", KV("path", where));
	log_info("listen.unix", KV("path", where));
	return OK;
}

/* --- who is there ----------------------------------------------------------------------------- */

static struct bufferevent *
unix_carry(const struct means *m, evutil_socket_t fd)
{
	return bufferevent_socket_new(m->base, fd, BEV_OPT_CLOSE_ON_FREE);
}

static void
unix_see(struct visitor *v, evutil_socket_t fd)
{
	struct ucred cred;
	socklen_t len = sizeof cred;

	v->has_user = getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == 0;
	if (v->has_user)
		v->uid = cred.uid;
}

static enum user_answer
unix_who(struct visitor *v)
{
	if (v->has_user)
		return users_name(v->means->users, v->uid, v->principal, sizeof v->principal);
	snprintf(v->principal, sizeof v->principal, "unix:unknown");
	return USER_NAMED;
}

static const char *
unix_refuse(struct visitor *v, enum user_answer why, char *text, size_t size)
{
	static const char *const words[] = {
	    [USER_NAMED] = "it is not wanted any more",
	    [USER_ASKED] = "the name service of this machine does not answer",
	    [USER_FAILED] = "the name service of this machine says that it cannot tell",
	    [USER_BUSY] = "too many others are being looked up",
	};
	COVERS(words, N_USER_ANSWERS);

	snprintf(v->principal, sizeof v->principal, "unix:%u", v->uid);
	snprintf(text, size, "the name of user %u is not to be had: %s; try again", v->uid,
		 words[why]);
	return words[why];
}

const struct gate gate_unix = {
    .name = "unix",
    .look = unix_look,
    .listen = unix_listen,
    .carry = unix_carry,
    .see = unix_see,
    .who = unix_who,
    .refuse = unix_refuse,
    .unknown_max = 512,
    .patience_ms = 5 * MS_PER_SECOND, /* a client gives up after ten */
};
