/* A line: one session with semsd, of one principal, with at most one question at a time. */
#ifndef SEMS_WEB_UPSTREAM_LINE_H
#define SEMS_WEB_UPSTREAM_LINE_H

#include "base/buf.h"
#include "base/machine.h"
#include "web/upstream/upstream.h"

#include <sys/queue.h>

#define LINE_NAME_SIZE 128

struct bufferevent;
struct event;

enum line_state {
	LINE_GREETING, /* its Hello is sent, and its question waits for the Welcome */
	LINE_ASKED,
	LINE_IDLE,
	LINE_GONE,
	LINE_STATES
};

enum line_event { LINE_WELCOMED, LINE_REPLIED, LINE_TAKEN, LINE_LOST, LINE_EVENTS };

extern const struct machine line_machine;

struct line {
	struct upstream *of;
	enum line_state state;
	uint32_t no;
	struct bufferevent *bev;
	struct event *timer; /* its reply's, or its own when nobody asks */
	char principal[LINE_NAME_SIZE];
	char known_as[LINE_NAME_SIZE]; /* by semsd */
	char role[32];
	char entity[256];
	struct buf question; /* a frame, until it may be sent */
	struct buf document; /* of a Response, piece by piece */
	reply_fn *fn;        /* NULL: forgotten */
	void *ctx;
	TAILQ_ENTRY(line)
	link;
};

/* Connects and greets. NULL: it cannot, and nobody is told. */
struct line *line_open(struct upstream *u, const char *principal);
/* l->question holds the frame, and fn is told: sends it, or keeps it until semsd greets. False: fn
 * was told already, and the line is gone. */
bool line_put(struct line *l, reply_fn *fn, void *ctx);
/* Whoever asked is told, and the line freed. */
void line_end(struct line *l, const struct reply *why);

#endif
