/*
 * The gates: where somebody may come in, one row each. A gate listens somewhere, carries bytes, and
 * tells who is there; what those bytes say and what whoever is there may do is others' business.
 */
#ifndef SEMS_NET_GATE_H
#define SEMS_NET_GATE_H

#include "base/err.h"
#include "net/listener.h"
#include "net/users.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

struct bufferevent;

enum gate_id {
	GATE_UNIX,     /* a Unix socket; who is there the kernel says */
	GATE_LOOPBACK, /* plain TCP, of this machine only; nobody says who is there */
	N_GATES
};

/* Who stands at a gate, as far as that is known. */
struct visitor {
	struct users *users;
	struct bufferevent *bytes; /* what carries them */
	bool has_user;             /* of this machine */
	uid_t uid;
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
	struct bufferevent *(*carry)(struct event_base *base, evutil_socket_t fd);
	/* What the socket itself tells of who is there. */
	void (*see)(struct visitor *v, evutil_socket_t fd);
	/* Fills in the principal, or says why it is not known now. USER_ASKED: asked again when
	 * something was heard, and once a second. */
	enum user_answer (*who)(struct visitor *v);
	/* For who is not to be known: a principal that is nobody's, and a sentence for them. why:
	 * USER_ASKED: in all its time; USER_BUSY: too many others wait. Returns the same in words,
	 * for the log. */
	const char *(*refuse)(struct visitor *v, enum user_answer why, char *text, size_t size);
	unsigned unknown_max; /* who wait at once to be known; 0: who() always tells at once */
	int64_t patience_ms;  /* for it */
};

const struct gate *gate_of(enum gate_id id);

/* The rows; each has a file of its own. */
extern const struct gate gate_unix;
extern const struct gate gate_loopback;

#endif
