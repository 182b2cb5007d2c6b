/* Room web/upstream: Sessions with semsd, each for whom semsweb has recognised; nothing blocks. */
/*
 * What is asked of semsd: a Batch or a Request in the name of a principal, over a session of that
 * principal's (Hello.on_behalf_of), and one reply. Sessions are kept for a while and used again,
 * for one question at a time.
 */
#ifndef SEMS_WEB_UPSTREAM_UPSTREAM_H
#define SEMS_WEB_UPSTREAM_UPSTREAM_H

#include "base/text.h"

#include <sems/v1/protocol.pb-c.h>
#include <stdbool.h>
#include <stdint.h>

struct event_base;
struct line;
struct upstream;

enum reply_kind {
	REPLY_RESULT,   /* of a Batch: bytes is the Result's message */
	REPLY_DOCUMENT, /* of a Request: bytes is JSON */
	REPLY_FAILED,   /* of a Request: code is a ResponseCode */
	REPLY_REFUSED,  /* the session was: code is a RefuseCode */
	REPLY_AWAY,     /* semsd does not answer, or its session broke */
	REPLY_LATE,     /* it took too long */
	REPLY_FULL,     /* as many are asked as may be at once */
	REPLY_CROWDED,  /* as many as one principal may */
	REPLY_KINDS
};

/* What is borrowed is valid during the call. */
struct reply {
	enum reply_kind kind;
	int code;
	struct text bytes;
	const char *text;        /* what to do; "": nothing is said */
	const char *field;       /* "": none */
	struct text next;        /* JSON: the actions that text names; n 0: none */
	uint32_t retry_after_ms; /* 0: coming again as it is is of no use */
	const char *role;        /* the principal's, once it was welcome; else "" */
	const char *entity;      /* the same */
	const char *principal;   /* as semsd knows it */
};

/* Called once for each question, which may be before the asking returns. */
typedef void reply_fn(void *ctx, const struct reply *r);

struct upstream_config {
	const char *socket;   /* path; borrowed */
	uint32_t most;        /* sessions; 0: 256 */
	uint32_t most_each;   /* of one principal; 0: 8 */
	uint32_t patience_ms; /* for a reply; 0: 30,000 */
	uint32_t idle_ms;     /* that a session is kept; 0: 20,000 */
};

/* NULL: out of memory. */
struct upstream *upstream_new(struct event_base *base, const struct upstream_config *config);
/* Nobody is told any more. Accepts NULL. */
void upstream_free(struct upstream *u);

/*
 * principal: "device:NAME", "web:NAME"; "" is semsweb's own. NULL: fn was called already. What is
 * returned is of use until fn is called: to forget the question, whose reply then nobody gets.
 */
struct line *upstream_batch(struct upstream *u, const char *principal, struct text batch,
			    reply_fn *fn, void *ctx);
/* Sets q's number. */
struct line *upstream_ask(struct upstream *u, const char *principal, Sems__V1__Request *q,
			  reply_fn *fn, void *ctx);
void upstream_forget(struct line *l);

#endif
