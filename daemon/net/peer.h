/*
 * Peers: one a connection. Its bytes go to its session and the session's back, and its state says
 * how far it is; nothing here decides about what the bytes say.
 */
#ifndef SEMS_NET_PEER_H
#define SEMS_NET_PEER_H

#include "base/civil.h"
#include "base/log.h"
#include "base/machine.h"
#include "ingest/ingest.h"
#include "net/gate.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

struct event;
struct event_base;
struct server;

enum peer_state {
	PEER_CAME,
	PEER_UNKNOWN,  /* who it is takes time: not read, it has no session */
	PEER_OPEN,     /* it has one */
	PEER_DRAINING, /* its session is over: what is owed to it is written, nothing is read */
	PEER_GONE,     /* freed after the loop's turn */
	N_PEER_STATES
};

enum peer_event { PEER_ASKED, PEER_ADMITTED, PEER_ENDED, PEER_LOST, N_PEER_EVENTS };

extern const struct machine peer_machine;

struct peer {
	struct peers *of;
	const struct gate *gate;
	struct bufferevent *bev;
	enum peer_state state;
	bool reading;
	struct session_ref session;
	struct mono_ms came_at;
	struct visitor who;
	unsigned looked; /* the round in which it was last asked whether it may still be here */
	TAILQ_ENTRY(peer)
	link; /* in the list of its state */
};

TAILQ_HEAD(peer_list, peer);

/* All of them. */
struct peers {
	/* The owner's. */
	const struct means *means;
	struct ingest *ingest;
	struct mono_ms (*mono)(void);
	struct utc_ms (*now)(void);
	void (*on_turn)(void *ctx);       /* sessions may have filled a group or left a request */
	void (*on_heard)(struct peer *p); /* of one that is not known: there is something new */
	void (*on_came)(struct peer *p);  /* it has a session; may be NULL */
	void (*on_gone)(struct peer *p);  /* the same one has none any more */
	void *ctx;
	/* Ours. */
	struct peer_list lists[N_PEER_STATES];
	size_t n[N_PEER_STATES];
	struct peer **by_session; /* by session id */
	size_t n_by_session;
	struct event *reap;              /* frees those that are gone after the loop's turn */
	struct rare unread;              /* lines about clients that do not read */
	struct rare poor;                /* lines about connections that memory ran out for */
	struct rare faults[GATE_FAULTS]; /* lines about who could not become known */
	uint64_t n_faults[GATE_FAULTS];  /* of the gates, since the start */
};

/* False: out of memory; peers_fini() all the same. */
bool peers_init(struct peers *ps);
/* Closes every connection at once. */
void peers_fini(struct peers *ps);

/* Takes the socket. NULL: out of memory, and it is closed. */
struct peer *peer_new(struct peers *ps, const struct gate *at, evutil_socket_t fd);
/* The only writer of its state. why: NULL, or what else there is to say. */
void peer_happens(struct peer *p, enum peer_event what, const char *why);
/* It has its session: its bytes flow. */
void peer_admit(struct peer *p, struct session_ref session);
/* Closes it, whatever was to be written. */
void peer_close(struct peer *p, const char *why);
/* Writes out what ingest has for the sessions, and closes those that are over. */
void peers_pump(struct peers *ps);
/* Asks of so many that were not asked in this round whether they may still be here, and dismisses
 * those that may not. False: all were asked. */
bool peers_look(struct peers *ps, unsigned round, unsigned so_many);
/* True when no answer waits to be written. */
bool peers_are_flushed(const struct peers *ps);

#endif
