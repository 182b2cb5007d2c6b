#include "web/upstream/line.h"

#include "base/count.h"
#include "base/log.h"
#include "web/upstream/pool.h"
#include "wire/frame.h"
#include "wire/scan.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define DOCUMENT_MAX ((size_t)16 * 1024 * 1024)
#define QUESTION_MAX ((size_t)FRAME_BYTES_MAX + 64 * 1024)
/* A ServerFrame: a Result of 5,000 verdicts with their texts, or a piece of a document. */
#define REPLY_FRAME_MAX ((size_t)16 * 1024 * 1024)

/* --- the machine ------------------------------------------------------------------------------ */

static const char *const state_names[] = {
    [LINE_GREETING] = "greeting",
    [LINE_ASKED] = "asked",
    [LINE_IDLE] = "idle",
    [LINE_GONE] = "gone",
};
COVERS(state_names, LINE_STATES);

static const char *const event_names[] = {
    [LINE_WELCOMED] = "a Welcome",
    [LINE_REPLIED] = "a reply",
    [LINE_TAKEN] = "a question",
    [LINE_LOST] = "closed",
};
COVERS(event_names, LINE_EVENTS);

#define AT MACHINE_AT

static const struct move moves[] = {
    {LINE_WELCOMED, AT(LINE_GREETING), LINE_ASKED, 0, NULL},
    {LINE_REPLIED, AT(LINE_ASKED), LINE_IDLE, 0, NULL},
    {LINE_TAKEN, AT(LINE_IDLE), LINE_ASKED, 0, NULL},
    {LINE_LOST, AT(LINE_GONE) - 1, LINE_GONE, 0, NULL},
};
const struct machine line_machine =
    MACHINE("line", AT(LINE_GREETING), state_names, event_names, moves);

static void
happens(struct line *l, enum line_event what, const char *why)
{
	char of[16];

	snprintf(of, sizeof of, "%u", l->no);
	l->state = (enum line_state)machine_step(&line_machine, of, l->state, what, why);
}

static bool
arm(struct line *l, uint32_t ms)
{
	const struct timeval after = {ms / 1000, (ms % 1000) * 1000L};

	return event_add(l->timer, &after) == 0;
}

/* --- telling ---------------------------------------------------------------------------------- */

/* Whoever asked is told once. */
static void
tell(struct line *l, const struct reply *r)
{
	struct reply whole = *r;
	reply_fn *fn = l->fn;
	void *ctx = l->ctx;

	l->fn = NULL;
	if (fn == NULL)
		return;
	whole.text = r->text == NULL ? "" : r->text;
	whole.field = r->field == NULL ? "" : r->field;
	whole.role = l->role;
	whole.entity = l->entity;
	whole.principal = l->known_as[0] != '\0' ? l->known_as : l->principal;
	fn(ctx, &whole);
}

void
line_end(struct line *l, const struct reply *why)
{
	happens(l, LINE_LOST, why->text);
	pool_drop(l);
	tell(l, why);
	bufferevent_free(l->bev);
	event_free(l->timer);
	buf_fini(&l->question);
	buf_fini(&l->document);
	free(l);
}

static void
end_broken(struct line *l, const char *why)
{
	line_end(l, &(struct reply){.kind = REPLY_AWAY, .text = why, .retry_after_ms = 1000});
}

/* Free again only when whoever asked was told: what that one asks meanwhile takes another line.
 * False: the line is gone. */
static bool
replied(struct line *l, const struct reply *r)
{
	tell(l, r);
	buf_clear(&l->document);
	happens(l, LINE_REPLIED, NULL);
	if (arm(l, pool_config(l)->idle_ms))
		return true;
	end_broken(l, "out of memory");
	return false;
}

/* --- what comes in ---------------------------------------------------------------------------- */

static bool
send_question(struct line *l)
{
	bool sent = bufferevent_write(l->bev, l->question.p, l->question.n) == 0;

	buf_clear(&l->question);
	return sent && arm(l, pool_config(l)->patience_ms);
}

static void
keep(char *to, size_t size, const char *text)
{
	snprintf(to, size, "%s", text == NULL ? "" : text);
}

static bool
on_welcome(struct line *l, const Sems__V1__ServerFrame *f)
{
	keep(l->known_as, sizeof l->known_as, f->welcome->principal);
	keep(l->role, sizeof l->role, f->welcome->role);
	keep(l->entity, sizeof l->entity, f->welcome->entity);
	if (l->state != LINE_GREETING ||
	    (l->principal[0] != '\0' && strcmp(l->known_as, l->principal) != 0)) {
		end_broken(l, "semsd does not know for whom it is asked");
		return false;
	}
	happens(l, LINE_WELCOMED, NULL);
	if (send_question(l))
		return true;
	end_broken(l, "out of memory");
	return false;
}

static bool
on_refuse(struct line *l, const Sems__V1__ServerFrame *f)
{
	const Sems__V1__Refuse *r = f->refuse;

	line_end(l, &(struct reply){.kind = REPLY_REFUSED,
				    .code = (int)r->code,
				    .text = r->text,
				    .retry_after_ms = r->retry_after_ms});
	return false;
}

static bool
on_response(struct line *l, const Sems__V1__ServerFrame *f)
{
	const Sems__V1__Response *r = f->response;
	struct reply reply = {.kind = REPLY_FAILED, .code = (int)r->code, .text = r->text};

	if (r->has_document && !buf_add(&l->document, r->document.data, r->document.len)) {
		end_broken(l, "the answer is too long");
		return false;
	}
	if (r->more)
		return true;
	reply.field = r->field;
	if (r->has_next)
		reply.next = (struct text){(const char *)r->next.data, r->next.len};
	reply.retry_after_ms = r->retry_after_ms;
	reply.bytes = (struct text){(const char *)l->document.p, l->document.n};
	if (r->code == SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_OK)
		reply.kind = REPLY_DOCUMENT;
	return replied(l, &reply);
}

/* The Result stays as it came: who speaks protobuf gets its bytes. */
static bool
on_result(struct line *l, struct text frame)
{
	struct scan s = scan_of(frame);
	struct scan_field f;
	struct reply r = {.kind = REPLY_RESULT};

	while (!scan_done(&s) && scan_next(&s, &f))
		if (f.number == SEMS__V1__SERVER_FRAME__BODY_RESULT && f.wire == SCAN_BYTES)
			r.bytes = f.bytes;
	return replied(l, &r);
}

static bool
not_asked(struct line *l)
{
	end_broken(l, "semsd says what nobody asked");
	return false;
}

/* False: the line is gone. */
static bool
take(struct line *l, struct text body)
{
	Sems__V1__ServerFrame *f =
	    sems__v1__server_frame__unpack(NULL, body.n, (const uint8_t *)body.s);
	bool stays = true;
	int what;

	if (f == NULL) {
		end_broken(l, "out of memory, or what came is no frame");
		return false;
	}
	what = (int)f->body_case;
	if (what == SEMS__V1__SERVER_FRAME__BODY_WELCOME)
		stays = on_welcome(l, f);
	else if (what == SEMS__V1__SERVER_FRAME__BODY_REFUSE)
		stays = on_refuse(l, f);
	else if (what != 0 && l->state != LINE_ASKED)
		stays = not_asked(l);
	else if (what == SEMS__V1__SERVER_FRAME__BODY_RESPONSE)
		stays = on_response(l, f);
	else if (what == SEMS__V1__SERVER_FRAME__BODY_RESULT)
		stays = on_result(l, body);
	sems__v1__server_frame__free_unpacked(f, NULL);
	return stays;
}

static void
on_read(struct bufferevent *bev, void *arg)
{
	struct line *l = arg;
	struct evbuffer *in = bufferevent_get_input(bev);
	bool stays = true;

	while (stays && evbuffer_get_length(in) != 0) {
		size_t n = evbuffer_get_length(in);
		const unsigned char *p = evbuffer_pullup(in, -1);
		struct text body;
		size_t used = 0;
		struct err e;
		enum frame_status st =
		    p == NULL ? FRAME_BROKEN : frame_next(p, n, REPLY_FRAME_MAX, &body, &used, &e);

		if (st == FRAME_MORE)
			return;
		if (st == FRAME_BROKEN) {
			end_broken(l, "what semsd sent is no frame");
			return;
		}
		stays = take(l, body);
		if (stays)
			evbuffer_drain(in, used);
	}
}

static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	(void)bev;
	if ((what & (BEV_EVENT_EOF | BEV_EVENT_ERROR)) != 0)
		end_broken(arg, "semsd closed the session: send it again");
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct line *l = arg;

	(void)fd;
	(void)what;
	line_end(l, &(struct reply){.kind = REPLY_LATE,
				    .text = "semsd took too long: send it again",
				    .retry_after_ms = 1000});
}

/* --- opening ---------------------------------------------------------------------------------- */

static bool
greet(struct line *l)
{
	Sems__V1__ClientFrame f = SEMS__V1__CLIENT_FRAME__INIT;
	Sems__V1__Hello h = SEMS__V1__HELLO__INIT;
	char software[] = "semsweb " SEMS_VERSION;
	struct buf out;
	bool sent;

	h.has_protocol_min = h.has_protocol_max = 1;
	h.protocol_min = h.protocol_max = 1;
	h.software = software;
	h.on_behalf_of = l->principal[0] == '\0' ? NULL : l->principal;
	f.body_case = SEMS__V1__CLIENT_FRAME__BODY_HELLO;
	f.hello = &h;
	buf_init(&out, 1024);
	sent = frame_put(&out, &f.base) && bufferevent_write(l->bev, out.p, out.n) == 0;
	buf_fini(&out);
	return sent;
}

/* A Unix socket says at once whether somebody listens. */
static int
connect_to(const char *path)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd;

	if (strlen(path) >= sizeof at.sun_path)
		return -1;
	memcpy(at.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (const struct sockaddr *)&at, sizeof at) == 0)
		return fd;
	close(fd);
	return -1;
}

struct line *
line_open(struct upstream *u, const char *principal)
{
	struct line *l = calloc(1, sizeof *l);
	int fd = l == NULL ? -1 : connect_to(pool_socket(u));

	if (fd < 0) {
		free(l);
		return NULL;
	}
	l->of = u;
	keep(l->principal, sizeof l->principal, principal);
	buf_init(&l->question, QUESTION_MAX);
	buf_init(&l->document, DOCUMENT_MAX);
	l->bev = bufferevent_socket_new(pool_base(u), fd, BEV_OPT_CLOSE_ON_FREE);
	l->timer = evtimer_new(pool_base(u), on_timer, l);
	if (l->bev == NULL)
		close(fd);
	if (l->bev != NULL)
		bufferevent_setcb(l->bev, on_read, NULL, on_event, l);
	if (l->bev != NULL && l->timer != NULL && bufferevent_enable(l->bev, EV_READ) == 0 &&
	    greet(l))
		return l;
	if (l->bev != NULL)
		bufferevent_free(l->bev);
	if (l->timer != NULL)
		event_free(l->timer);
	free(l);
	return NULL;
}

bool
line_put(struct line *l, reply_fn *fn, void *ctx)
{
	bool may_go = l->state == LINE_IDLE;

	l->fn = fn;
	l->ctx = ctx;
	if (may_go)
		happens(l, LINE_TAKEN, NULL);
	if (may_go ? send_question(l) : arm(l, pool_config(l)->patience_ms))
		return true;
	end_broken(l, "out of memory");
	return false;
}
