#include "net/gate.h"

#include "base/count.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static const struct gate *const gates[] = {
    [GATE_UNIX] = &gate_unix,
    [GATE_LOOPBACK] = &gate_loopback,
    [GATE_TLS] = &gate_tls,
};
COVERS(gates, N_GATES);

const struct gate *
gate_of(enum gate_id id)
{
	return gates[id];
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

enum code
gate_read_address(const char *where, const char *example, struct sockaddr_storage *ss, int *len,
		  struct err *e)
{
	if (parse_address(where, ss, len))
		return OK;
	return err_set(e, FATAL_CONFIG, "listen", "'%s' is not ADDRESS:PORT, e.g. %s", where,
		       example);
}

void
gate_see_address(struct visitor *v, evutil_socket_t fd)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof ss;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	const char *text = NULL;

	memset(&ss, 0, sizeof ss);
	if (getpeername(fd, (struct sockaddr *)&ss, &len) == 0 && ss.ss_family == AF_INET6) {
		memcpy(&in6, &ss, sizeof in6);
		text = evutil_inet_ntop(AF_INET6, &in6.sin6_addr, v->address, sizeof v->address);
	} else if (ss.ss_family == AF_INET) {
		memcpy(&in, &ss, sizeof in);
		text = evutil_inet_ntop(AF_INET, &in.sin_addr, v->address, sizeof v->address);
	}
	if (text == NULL)
		snprintf(v->address, sizeof v->address, "?");
}
