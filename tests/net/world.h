/* A server on a Unix socket whose store commits everything at once, and clients of it. */
#ifndef TESTS_NET_WORLD_H
#define TESTS_NET_WORLD_H

#include "net/server.h"
#include "tests/ingest/fixture.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct world {
	const char *tls; /* the folder of what TLS shows and trusts; NULL: none */
	size_t document; /* requests are answered with one of so many bytes */
	struct event_base *base;
	struct beside *beside;
	struct event *beside_event;
	struct ingest *ingest;
	struct server *server;
	int port; /* of who opened the loopback gate */
	char dir[64];
	char path[80];
};

struct world world_new(void);
/* Users are looked up so, and waited for so long; 0: as long as their gate says. */
void world_start_with(struct world *w, bool (*look_up)(uid_t uid, char *name, size_t size),
		      int64_t patience_ms);
void world_start(struct world *w);
void world_open_loopback(struct world *w);
void world_open_tls(struct world *w);
void world_end(struct world *w);
/* Commits what there is, and answers requests. */
void world_commit(void *ctx);

/* Sockets that do not block. */
int dial(const struct world *w);
int dial_tcp(const struct world *w);
/* So many turns of the loop. */
void turn(const struct world *w, int times);

/* Frames; the caller frees their bytes. */
struct text hello_frame(void);
struct text batch_frame(uint64_t no);

/* Reads until a frame is whole, the peer closes (NULL) or nothing comes. */
Sems__V1__ServerFrame *receive(const struct world *w, int fd, struct buf *in);
/* The next frame is such a one. */
void expect(const struct world *w, int fd, struct buf *in, int body);
/* Says Hello, and is welcome: what it is told; the caller's. */
Sems__V1__ServerFrame *welcome(const struct world *w, int fd);
void greet(const struct world *w, int fd);
/* It is told BUSY, with this cause, and closed. */
void expect_busy(const struct world *w, int fd, const char *cause);

#endif
