/*
 * The gates: where somebody may come in, one row each. A gate listens somewhere, carries bytes, and
 * tells who is there; what those bytes say and what whoever is there may do is others' business.
 */
#ifndef SEMS_NET_GATE_H
#define SEMS_NET_GATE_H

#include "base/err.h"
#include "net/listener.h"
#include "net/tls/trust.h"
#include "net/users.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

struct bufferevent;

enum gate_id {
	GATE_UNIX,     /* a Unix socket; who is there the kernel says */
	GATE_LOOPBACK, /* plain TCP, of this machine only; nobody says who is there */
	GATE_TLS,      /* TCP with TLS; a certificate says who is there */
	N_GATES
};

/* What gates work with; the server's. */
struct means {
	struct event_base *base;
	struct users *users;
	const struct trust *trust; /* of now; NULL: there is no TLS */
};

/* Who stands at a gate, as far as that is known. */
struct visitor {
	const struct means *means;
	struct bufferevent *bytes; /* what carries them */
	bool has_user;             /* of this machine */
	uid_t uid;
	struct utc_ms ends; /* of its certificate; 0: it has none */
	char principal[USERS_NAME_SIZE];
	char address[INET6_ADDRSTRLEN]; /* of its machine; empty: a socket of this one */
};

struct gate {
	const char *name;
	/* Refuses the places that listen() would for what they are, whoever is there now. */
	enum code (*look)(const char *where, struct err *e);
	/* Listens, and says so in the log. *port: the one taken, also when any was asked for; 0: it
	 * has none. */
	enum code (*listen)(const struct acceptor *to, const char *where, struct listener **out,
			    int *port, struct err *e);
	/* What carries the bytes of a socket that was accepted, and closes it in the end. NULL: out
	 * of memory, and the socket is still the caller's. */
	struct bufferevent *(*carry)(const struct means *m, evutil_socket_t fd);
	/* What the socket itself tells of who is there. */
	void (*see)(struct visitor *v, evutil_socket_t fd);
	/* Fills in the principal, or says why it is not known now. USER_ASKED: asked again when
	 * something was heard, and once a second. */
	enum user_answer (*who)(struct visitor *v);
	/* For who is not to be known: a principal that is nobody's, and a sentence for them; ""
	 * when nothing can be said to them yet. why: USER_ASKED: in all its time; USER_BUSY: too
	 * many others wait. Returns the same in words, for the log. */
	const char *(*refuse)(struct visitor *v, enum user_answer why, char *text, size_t size);
	/* The connection of who is not known yet broke: why, when that is the gate's own affair,
	 * and what to do. Returns which of its faults it was, below GATE_FAULTS; 0: none. NULL:
	 * never. */
	unsigned (*fault)(const struct visitor *v, char *text, size_t size);
	/* Whether who is known may still be here; if not, a sentence for them. NULL: always. */
	bool (*still)(const struct visitor *v, struct utc_ms now, char *text, size_t size);
	/* Says farewell before the socket is closed. NULL: by closing it. */
	void (*part)(const struct visitor *v);
	unsigned unknown_max; /* who wait at once to be known; 0: who() always tells at once */
	unsigned unknown_of_address; /* of these, of one address; 0: as many as of all */
	int64_t patience_ms;         /* for it */
};

#define GATE_FAULTS     24
#define GATE_FAULT_SIZE 640

const struct gate *gate_of(enum gate_id id);
/* An address of the Internet and a port, "[::1]:7400", port 0 for any; e.g. is put into the
 * refusal. */
enum code gate_read_address(const char *where, const char *example, struct sockaddr_storage *ss,
			    int *len, struct err *e);
/* The address of whoever is at the other end of an Internet socket, into v; "?" when it is gone. */
void gate_see_address(struct visitor *v, evutil_socket_t fd);

/* The rows; each has a file of its own. */
extern const struct gate gate_unix;
extern const struct gate gate_loopback;
extern const struct gate gate_tls;

#endif
