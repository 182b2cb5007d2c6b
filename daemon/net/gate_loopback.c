/* Plain TCP, which nobody outside of this machine may reach: it says neither who is there nor keeps
 * what is said to itself. */
#include "base/log.h"
#include "net/gate.h"

#include <event2/bufferevent.h>

#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* --- where it listens ------------------------------------------------------------------------- */

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

static enum code
read_address(const char *where, struct sockaddr_storage *ss, int *len, struct err *e)
{
	if (gate_read_address(where, "127.0.0.1:7400", ss, len, e) != OK)
		return e->code;
	if (!is_loopback((struct sockaddr *)ss))
		return err_set(e, FATAL_CONFIG, "listen",
			       "%s is not a loopback address: plain TCP is for this machine only",
			       where);
	return OK;
}

static enum code
loopback_look(const char *where, struct err *e)
{
	struct sockaddr_storage ss;
	int len = 0;

	return read_address(where, &ss, &len, e);
}

static enum code
loopback_listen(const struct acceptor *to, const char *where, struct listener **out, int *port,
		struct err *e)
{
	struct sockaddr_storage ss;
	int len = 0;
	int fault = 0;
	struct place at = {&gate_loopback, (const struct sockaddr *)&ss, 0, where, NULL};

	*port = 0;
	if (read_address(where, &ss, &len, e) != OK)
		return e->code;
	at.len = (socklen_t)len;
	if (listener_open(to, &at, out, &fault, e) != OK)
		return e->code;
	*port = listener_port(*out);
	log_info("listen.tcp", KV("address", where), KVI("port", *port));
	return OK;
}

/* --- who is there ----------------------------------------------------------------------------- */

static struct bufferevent *
loopback_carry(const struct means *m, evutil_socket_t fd)
{
	int one = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	return bufferevent_socket_new(m->base, fd, BEV_OPT_CLOSE_ON_FREE);
}

static enum user_answer
loopback_who(struct visitor *v)
{
	snprintf(v->principal, sizeof v->principal, "tcp:loopback");
	return USER_NAMED;
}

/* Whoever it is, it is known at once. */
static const char *
loopback_refuse(struct visitor *v, enum user_answer why, char *text, size_t size)
{
	(void)why;
	loopback_who(v);
	snprintf(text, size, "try again");
	return "";
}

const struct gate gate_loopback = {
    .name = "loopback",
    .look = loopback_look,
    .listen = loopback_listen,
    .carry = loopback_carry,
    .see = gate_see_address,
    .who = loopback_who,
    .refuse = loopback_refuse,
    .unknown_max = 0,
    .patience_ms = 0,
};
