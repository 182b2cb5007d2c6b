/* Room web/http: HTTP as it comes in: connections within their bounds, routes, answers. */
/*
 * A visit: one connection of a browser, a phone or a program. evhttp, which reads it, has no bound
 * for how many there are and measures its time from byte to byte; so each is counted here, in all
 * and by address, and has one deadline that goes on whatever it sends.
 */
#ifndef SEMS_WEB_HTTP_VISIT_H
#define SEMS_WEB_HTTP_VISIT_H

#include "base/log.h"
#include "base/machine.h"

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

struct bufferevent;
struct event;
struct event_base;
struct evhttp_connection;

union inet_address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

#define VISIT_ADDRESS_SIZE 64
/* Beside the places that there are: for those who are only told that there is none. */
#define VISIT_TURNED_AWAY 32

enum visit_state {
	VISIT_CAME,   /* shakes hands, and sends its first request */
	VISIT_SENDS,  /* the bytes of a further request come */
	VISIT_SERVED, /* its request is being answered */
	VISIT_READS,  /* the answer is on its way */
	VISIT_IDLE,
	VISIT_GONE,
	VISIT_STATES
};

enum visit_event {
	VISIT_BYTES,    /* the first of a request */
	VISIT_ASKED,    /* the request is whole */
	VISIT_ANSWERED, /* the answer is given to be written */
	VISIT_WRITTEN,  /* and was */
	VISIT_LOST,
	VISIT_EVENTS
};

extern const struct machine visit_machine;

struct visit {
	struct visits *of;
	enum visit_state state;
	uint32_t no;
	struct bufferevent *bev;         /* evhttp's; our own reference until it was met */
	struct evhttp_connection *evcon; /* NULL: not met yet */
	struct event *timer;             /* its deadline */
	char address[VISIT_ADDRESS_SIZE];
	const char *refusal; /* it is only told this; NULL: it is served */
	bool is_doomed;      /* closed at the next turn */
	bool is_tls;
	bool is_local;  /* it came over a Unix socket */
	uint64_t taken; /* bytes of the request that comes */
	/* What works for it; told once when it goes first. NULL: nothing does. */
	void (*on_gone)(void *ctx);
	void *ctx;
	TAILQ_ENTRY(visit)
	link;
};

/* In milliseconds; the first is from its first byte, or from when it came, to its last. */
struct visit_patience {
	uint32_t request, served, answer, idle, refused;
};

struct visits {
	struct event_base *base;
	uint32_t most;         /* places */
	uint32_t most_address; /* of one address */
	uint64_t most_bytes;   /* of all requests that come and are not answered */
	SSL_CTX *people;       /* which vouches for people; borrowed; NULL: none does */
	struct visit_patience patience;
	uint32_t n;
	uint32_t turned_away; /* of them */
	uint32_t last_no;
	uint64_t taken; /* bytes */
	struct rare full;
	TAILQ_HEAD(, visit)
	all;
};

struct visit_patience visit_patience(void);
void visits_init(struct visits *vs, struct event_base *base, uint32_t most);
/* Ends all that there are. */
void visits_fini(struct visits *vs);

/* A connection that evhttp is about to make: it has no socket yet. Takes a reference of bev. NULL:
 * no memory. */
enum visit_way { VISIT_PLAIN, VISIT_TLS, VISIT_LOCAL };
struct visit *visit_new(struct visits *vs, struct bufferevent *bev, enum visit_way way);
/* The one of evhttp's connection; NULL: there is none, and it must not be served. */
struct visit *visit_find(const struct visits *vs, const struct evhttp_connection *evcon);
/* The only writer of its state, and of its deadline. */
void visit_happens(struct visit *v, enum visit_event what, const char *why);
/* Its answer is written; of the next request some may have come already. */
void visit_written(struct visit *v);

#endif
