#include "web/upstream/upstream.h"

#include "web/upstream/line.h"
#include "web/upstream/pool.h"
#include "wire/frame.h"

#include <stdlib.h>
#include <string.h>

struct upstream {
	struct event_base *base;
	struct upstream_config config;
	uint32_t n;
	uint32_t last_no;
	uint64_t last_request;
	TAILQ_HEAD(, line)
	lines; /* those that were used last come last */
};

const struct upstream_config *
pool_config(const struct line *l)
{
	return &l->of->config;
}

const char *
pool_socket(const struct upstream *u)
{
	return u->config.socket;
}

struct event_base *
pool_base(const struct upstream *u)
{
	return u->base;
}

void
pool_drop(struct line *l)
{
	TAILQ_REMOVE(&l->of->lines, l, link);
	l->of->n--;
}

struct upstream *
upstream_new(struct event_base *base, const struct upstream_config *config)
{
	struct upstream *u = calloc(1, sizeof *u);

	if (u == NULL)
		return NULL;
	u->base = base;
	u->config = *config;
	if (u->config.most == 0)
		u->config.most = 256;
	if (u->config.most_each == 0)
		u->config.most_each = 8;
	if (u->config.patience_ms == 0)
		u->config.patience_ms = 30000;
	if (u->config.idle_ms == 0)
		u->config.idle_ms = 20000;
	TAILQ_INIT(&u->lines);
	return u;
}

void
upstream_free(struct upstream *u)
{
	struct line *l;

	if (u == NULL)
		return;
	while ((l = TAILQ_FIRST(&u->lines)) != NULL) {
		upstream_forget(l);
		line_end(l, &(struct reply){.kind = REPLY_AWAY});
	}
	free(u);
}

void
upstream_forget(struct line *l)
{
	l->fn = NULL;
}

static struct line *
idle_line(struct upstream *u, const char *principal)
{
	struct line *l;

	TAILQ_FOREACH (l, &u->lines, link)
		if (l->state == LINE_IDLE &&
		    (principal == NULL || strcmp(l->principal, principal) == 0))
			return l;
	return NULL;
}

static uint32_t
n_of(const struct upstream *u, const char *principal)
{
	const struct line *l;
	uint32_t n = 0;

	TAILQ_FOREACH (l, &u->lines, link)
		n += strcmp(l->principal, principal) == 0;
	return n;
}

/* semsweb's own ask who all the others are. */
static uint32_t
most_of(const struct upstream *u, const char *principal)
{
	return principal[0] != '\0' ? u->config.most_each : 1 + u->config.most / 4;
}

/* One that waits, else a new one, in the place of somebody's who waits where there is no other.
 * NULL: *why says why. */
static struct line *
find_line(struct upstream *u, const char *principal, enum reply_kind *why)
{
	struct line *l = idle_line(u, principal);

	*why = REPLY_FULL;
	if (l != NULL)
		return l;
	if (n_of(u, principal) >= most_of(u, principal)) {
		*why = REPLY_CROWDED;
		return NULL;
	}
	if (u->n >= u->config.most) {
		l = idle_line(u, NULL);
		if (l == NULL)
			return NULL;
		line_end(l, &(struct reply){.kind = REPLY_AWAY, .text = "others need its place"});
	}
	*why = REPLY_AWAY;
	l = line_open(u, principal);
	if (l == NULL)
		return NULL;
	l->no = ++u->last_no;
	u->n++;
	TAILQ_INSERT_TAIL(&u->lines, l, link);
	return l;
}

static void
fail(reply_fn *fn, void *ctx, enum reply_kind kind)
{
	const char *text = kind != REPLY_AWAY ? "too many questions at once: ask again when some "
						"are answered"
					      : "semsd does not answer: ask again";

	fn(ctx, &(struct reply){.kind = kind,
				.text = text,
				.field = "",
				.role = "",
				.entity = "",
				.principal = "",
				.retry_after_ms = 1000});
}

/* A Batch is never unpacked here: its bytes go between those of a frame. */
static bool
put_batch(struct buf *out, struct text batch)
{
	unsigned char head[2][10];
	size_t n[2] = {0, 0};
	uint64_t lengths[2] = {batch.n, 0};

	head[0][n[0]++] = SEMS__V1__CLIENT_FRAME__BODY_BATCH << 3 | 2;
	for (unsigned i = 0; i < 2; i++) {
		uint64_t v = lengths[i];

		do {
			head[i][n[i]++] = (unsigned char)((v & 0x7f) | (v >> 7 != 0 ? 0x80 : 0));
			v >>= 7;
		} while (v != 0);
		lengths[1] = n[0] + batch.n;
	}
	return buf_add(out, head[1], n[1]) && buf_add(out, head[0], n[0]) &&
	       (batch.n == 0 || buf_add(out, batch.s, batch.n));
}

static struct line *
ask(struct upstream *u, const char *principal, struct buf *frame, reply_fn *fn, void *ctx)
{
	enum reply_kind why;
	struct line *l = frame->failed ? NULL : find_line(u, principal, &why);
	bool is_there;

	if (l == NULL || !buf_add(&l->question, frame->p, frame->n)) {
		fail(fn, ctx, frame->failed || l != NULL ? REPLY_AWAY : why);
		buf_fini(frame);
		return NULL;
	}
	buf_fini(frame);
	TAILQ_REMOVE(&u->lines, l, link);
	TAILQ_INSERT_TAIL(&u->lines, l, link);
	is_there = line_put(l, fn, ctx);
	return is_there ? l : NULL;
}

struct line *
upstream_batch(struct upstream *u, const char *principal, struct text batch, reply_fn *fn,
	       void *ctx)
{
	struct buf frame;

	buf_init(&frame, batch.n + 32);
	put_batch(&frame, batch);
	return ask(u, principal, &frame, fn, ctx);
}

struct line *
upstream_ask(struct upstream *u, const char *principal, Sems__V1__Request *q, reply_fn *fn,
	     void *ctx)
{
	Sems__V1__ClientFrame f = SEMS__V1__CLIENT_FRAME__INIT;
	struct buf frame;

	q->has_request_no = 1;
	q->request_no = ++u->last_request;
	f.body_case = SEMS__V1__CLIENT_FRAME__BODY_REQUEST;
	f.request = q;
	buf_init(&frame, FRAME_BYTES_MAX);
	frame_put(&frame, &f.base);
	return ask(u, principal, &frame, fn, ctx);
}
