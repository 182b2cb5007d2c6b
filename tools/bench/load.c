/*
 * The senders: N connections in one libevent loop. Closed loop: each keeps its window full. Open
 * loop: frames fall due at fixed instants whatever the answers do, and a latency counts from the
 * instant a frame was due, so that a sender who had to wait is not left out.
 */
#include "base/count.h"
#include "client/address.h"
#include "client/link.h"
#include "client/packed.h"
#include "tools/bench/bench.h"
#include "tools/bench/rows.h"
#include "wire/frame.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>

#include <errno.h>
#include <sems/v1/protocol.pb-c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define WINDOW_MAX      128
#define SILENT_MAX      100   /* connections that have no Welcome yet */
#define IN_FLIGHT       40000 /* records of all connections together, as the window allows */
#define DRAIN_S         60
#define CONNECTIONS_MAX 60000
#define ANSWER_MAX      (4u * 1024u * 1024u)

struct flight {
	uint64_t batch_no; /* 0: free */
	int64_t due_us;
};

struct sender {
	struct load *load;
	struct bufferevent *bev;
	struct flight flights[WINDOW_MAX];
	unsigned in_flight;
	uint64_t batch_no;
	bool welcome;
};

struct load {
	const struct bench_options *o;
	struct tally *tally;
	struct err *e;
	struct event_base *base;
	struct event *timer;
	struct sender *senders;
	struct rows rows;
	unsigned window;
	unsigned next_sender;
	unsigned n_welcome;
	unsigned in_flight;
	uint64_t next;
	uint64_t end;
	int64_t start_us;
	int64_t stop_us;
	int64_t last_us;
	bool going;   /* false: no more frames, only answers */
	SSL_CTX *tls; /* NULL: the socket itself */
};

int64_t
bench_now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static void
fail(struct load *l, enum code code, const char *where, const char *text)
{
	if (l->e->code == OK)
		err_set(l->e, code, where, "%s", text);
	event_base_loopbreak(l->base);
}

/* --- out -------------------------------------------------------------------------------------- */

static unsigned
next_frame(const struct load *l)
{
	uint64_t n = ROWS_PERIOD - l->next % ROWS_PERIOD;

	if (n > l->o->frame)
		n = l->o->frame;
	return (unsigned)(n < l->end - l->next ? n : l->end - l->next);
}

static void
send_frame(struct load *l, struct sender *s, int64_t due_us)
{
	unsigned n = next_frame(l);
	size_t size = rows_size(&l->rows, l->next, n);
	struct evbuffer *out = bufferevent_get_output(s->bev);
	struct evbuffer_iovec room;
	unsigned char *p;
	size_t head;
	unsigned slot = 0;

	while (s->flights[slot].batch_no != 0)
		slot++;
	if (evbuffer_reserve_space(out, (ev_ssize_t)(size + PACKED_BATCH_HEAD_MAX), &room, 1) !=
	    1) {
		fail(l, TRY_SYSTEM, "load", "out of memory");
		return;
	}
	p = room.iov_base;
	head = packed_batch_head(p, ++s->batch_no, size);
	rows_put(&l->rows, l->next, n, p + head);
	room.iov_len = head + size;
	evbuffer_commit_space(out, &room, 1);
	s->flights[slot] = (struct flight){s->batch_no, due_us};
	s->in_flight++;
	l->in_flight++;
	l->next += n;
	l->tally->sent += n;
}

static bool
has_more(struct load *l, int64_t now)
{
	if (l->next >= l->end || (l->stop_us != 0 && now >= l->stop_us))
		l->going = false;
	return l->going;
}

static void
fill_window(struct load *l, struct sender *s)
{
	int64_t now = bench_now_us();

	while (s->in_flight < l->window && has_more(l, now))
		send_frame(l, s, now);
}

static int64_t
due_us(const struct load *l)
{
	return l->start_us + (int64_t)((double)(l->next - l->o->first) * 1e6 / l->o->rate);
}

static struct sender *
find_sender(struct load *l)
{
	for (unsigned i = 0; i < l->o->connections; i++) {
		struct sender *s = &l->senders[l->next_sender];

		l->next_sender = (l->next_sender + 1) % l->o->connections;
		if (s->in_flight < l->window)
			return s;
	}
	return NULL;
}

static void
send_due(struct load *l)
{
	int64_t now = bench_now_us();
	struct sender *s = NULL;

	while (has_more(l, now) && due_us(l) <= now && (s = find_sender(l)) != NULL)
		send_frame(l, s, due_us(l));
	if (l->going) {
		int64_t wait = due_us(l) - now;
		struct timeval tv = {0, 1000};

		/* Every window full: an answer comes first. */
		if (wait > 0 && wait < 1000)
			tv.tv_usec = (suseconds_t)wait;
		event_add(l->timer, &tv);
	} else if (l->in_flight == 0) {
		event_base_loopbreak(l->base);
	}
}

/* --- in --------------------------------------------------------------------------------------- */

static void
count_verdicts(struct tally *t, const Sems__V1__Result *r)
{
	static const struct {
		Sems__V1__VerdictCode code;
		size_t offset;
	} where[] = {
	    {SEMS__V1__VERDICT_CODE__VERDICT_CODE_STORED, offsetof(struct tally, stored)},
	    {SEMS__V1__VERDICT_CODE__VERDICT_CODE_DUPLICATE, offsetof(struct tally, duplicate)},
	    {SEMS__V1__VERDICT_CODE__VERDICT_CODE_QUARANTINED, offsetof(struct tally, quarantined)},
	    {SEMS__V1__VERDICT_CODE__VERDICT_CODE_RETRY, offsetof(struct tally, retry)},
	};

	for (size_t i = 0; i < r->n_verdicts; i++) {
		uint64_t *to = &t->other;

		for (size_t k = 0; k < COUNT(where); k++)
			if (r->verdicts[i]->code == where[k].code)
				to = (uint64_t *)(void *)((char *)t + where[k].offset);
		*to += r->verdicts[i]->count;
	}
}

static void
take_result(struct load *l, struct sender *s, const Sems__V1__Result *r)
{
	int64_t now = bench_now_us();

	for (unsigned i = 0; i < WINDOW_MAX; i++) {
		struct flight *f = &s->flights[i];
		uint32_t took;

		if (f->batch_no != r->batch_no)
			continue;
		took = (uint32_t)(now - f->due_us);
		buf_add(&l->tally->latency_us, &took, sizeof took);
		f->batch_no = 0;
		s->in_flight--;
		l->in_flight--;
		l->last_us = now;
		count_verdicts(l->tally, r);
		return;
	}
	fail(l, REJ_STATE, "load", "semsd answered a batch that was not sent");
}

static void
begin(struct load *l)
{
	l->start_us = bench_now_us();
	l->last_us = l->start_us;
	l->stop_us = l->o->seconds > 0 ? l->start_us + (int64_t)(l->o->seconds * 1e6) : 0;
	l->going = true;
	if (l->o->rate > 0) {
		send_due(l);
		return;
	}
	/* Turn by turn: the window of one must not be filled before another has sent at all. */
	for (unsigned turn = 0; turn < l->window; turn++)
		for (unsigned i = 0; i < l->o->connections && has_more(l, l->start_us); i++)
			send_frame(l, &l->senders[i], bench_now_us());
}

static void
take_frame(struct load *l, struct sender *s, const Sems__V1__ServerFrame *f)
{
	if (f->body_case == SEMS__V1__SERVER_FRAME__BODY_RESULT) {
		take_result(l, s, f->result);
	} else if (f->body_case == SEMS__V1__SERVER_FRAME__BODY_WELCOME && !s->welcome) {
		s->welcome = true;
		if (f->welcome->window_batches < l->window)
			l->window = f->welcome->window_batches;
		if (++l->n_welcome == l->o->connections)
			begin(l);
		return;
	} else if (f->body_case == SEMS__V1__SERVER_FRAME__BODY_REFUSE) {
		fail(l, REJ_FORBIDDEN, "semsd refused", f->refuse->text ? f->refuse->text : "");
		return;
	}
	if (l->going && l->o->rate <= 0)
		fill_window(l, s);
	if (!has_more(l, l->last_us) && l->in_flight == 0)
		event_base_loopbreak(l->base);
}

static void
on_read(struct bufferevent *bev, void *arg)
{
	struct sender *s = arg;
	struct evbuffer *in = bufferevent_get_input(bev);

	for (;;) {
		size_t n = evbuffer_get_length(in);
		struct text body;
		size_t used = 0;
		Sems__V1__ServerFrame *f;

		if (n == 0 || frame_next(evbuffer_pullup(in, -1), n, ANSWER_MAX, &body, &used,
					 s->load->e) != FRAME_READY)
			break;
		f = sems__v1__server_frame__unpack(NULL, body.n, (const uint8_t *)body.s);
		evbuffer_drain(in, used);
		if (f == NULL) {
			fail(s->load, REJ_MALFORMED, "load", "an answer is no ServerFrame");
			break;
		}
		take_frame(s->load, s, f);
		sems__v1__server_frame__free_unpacked(f, NULL);
	}
	if (s->load->e->code != OK)
		event_base_loopbreak(s->load->base);
}

static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	struct sender *s = arg;

	(void)bev;
	if ((what & (BEV_EVENT_EOF | BEV_EVENT_ERROR)) != 0)
		fail(s->load, TRY_SYSTEM, "load", "semsd closed a connection: see its log");
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	send_due(arg);
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	fail(arg, TRY_LIMIT, "load", "not every batch was answered within a minute of the end");
}

/* --- life ------------------------------------------------------------------------------------- */

static bool
say_hello(struct sender *s)
{
	static char software[] = "semsbench";
	Sems__V1__Hello hello = SEMS__V1__HELLO__INIT;
	Sems__V1__ClientFrame frame = SEMS__V1__CLIENT_FRAME__INIT;
	struct buf b;
	bool good;

	hello.has_protocol_min = hello.has_protocol_max = hello.has_clock = true;
	hello.protocol_min = hello.protocol_max = 1;
	hello.software = software;
	hello.clock = (int64_t)time(NULL) * 1000;
	frame.body_case = SEMS__V1__CLIENT_FRAME__BODY_HELLO;
	frame.hello = &hello;
	buf_init(&b, ANSWER_MAX);
	good = frame_put(&b, &frame.base) && bufferevent_write(s->bev, b.p, b.n) == 0;
	buf_fini(&b);
	return good;
}

static struct bufferevent *
carry(struct load *l, int fd)
{
	const int options = BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS;
	SSL *ssl;

	if (!address_is_tls(l->o->socket))
		return bufferevent_socket_new(l->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (l->tls == NULL)
		l->tls = link_ctx(l->e);
	ssl = l->tls == NULL ? NULL : SSL_new(l->tls);
	return ssl == NULL ? NULL
			   : bufferevent_openssl_socket_new(l->base, fd, ssl,
							    BUFFEREVENT_SSL_CONNECTING, options);
}

/* Connecting blocks: with a thousand at once the queue of who waits to be accepted is full at
 * times. */
static enum code
open_sender(struct load *l, struct sender *s)
{
	int fd;

	s->load = l;
	if (address_connect(l->o->socket, &fd, l->e) != OK)
		return l->e->code;
	s->bev = carry(l, fd);
	if (s->bev == NULL) {
		close(fd);
		return l->e->code != OK ? l->e->code
					: err_set(l->e, TRY_SYSTEM, "load", "out of memory");
	}
	bufferevent_setcb(s->bev, on_read, NULL, on_event, s);
	bufferevent_enable(s->bev, EV_READ | EV_WRITE);
	return say_hello(s) ? OK : err_set(l->e, TRY_SYSTEM, "load", "out of memory");
}

static unsigned
default_window(const struct bench_options *o)
{
	unsigned n = IN_FLIGHT / (o->connections * o->frame);

	if (o->window != 0)
		n = o->window;
	else if (o->rate > 0)
		n = WINDOW_MAX;
	if (n > WINDOW_MAX)
		n = WINDOW_MAX;
	return n == 0 ? 1 : n;
}

static void
close_all(struct load *l)
{
	for (unsigned i = 0; l->senders != NULL && i < l->o->connections; i++)
		if (l->senders[i].bev != NULL)
			bufferevent_free(l->senders[i].bev);
	if (l->timer != NULL)
		event_free(l->timer);
	if (l->base != NULL)
		event_base_free(l->base);
	SSL_CTX_free(l->tls);
	free(l->senders);
	rows_fini(&l->rows);
}

static enum code
open_base(struct load *l)
{
	struct event_config *config = event_config_new();
	struct timeval until = {(time_t)l->o->seconds + DRAIN_S, 0};

	/* Otherwise a timer is a whole millisecond at least, and that much latency the client's. */
	if (config != NULL) {
		event_config_set_flag(config, EVENT_BASE_FLAG_PRECISE_TIMER);
		l->base = event_base_new_with_config(config);
		event_config_free(config);
	}
	l->senders = calloc(l->o->connections, sizeof *l->senders);
	l->timer = l->base == NULL ? NULL : evtimer_new(l->base, on_timer, l);
	if (l->timer == NULL || l->senders == NULL ||
	    event_base_once(l->base, -1, EV_TIMEOUT, on_deadline, l, &until) != 0)
		return err_set(l->e, TRY_SYSTEM, "load", "out of memory");
	return OK;
}

enum code
bench_load(const struct bench_options *o, struct tally *t, struct err *e)
{
	struct load l = {.o = o, .tally = t, .e = e, .next = o->first};
	enum code code = OK;

	if (o->connections == 0 || o->connections > CONNECTIONS_MAX || o->frame == 0 ||
	    o->frame > ROWS_PERIOD || (o->seconds <= 0 && o->records == 0))
		return err_set(e, FATAL_CONFIG, "load",
			       "needs --connections, --frame, and --seconds or --records");
	l.end = o->records == 0 ? UINT64_MAX : o->first + o->records;
	l.window = default_window(o);
	code = rows_init(&l.rows, ROWS_WIRE, o->salt, o->poison, e);
	if (code == OK)
		code = open_base(&l);
	for (unsigned i = 0; i < o->connections && code == OK; i++) {
		/* semsd takes many silent connections of one account for a flood. */
		while (e->code == OK && i >= l.n_welcome + SILENT_MAX)
			event_base_loop(l.base, EVLOOP_ONCE);
		code = e->code == OK ? open_sender(&l, &l.senders[i]) : e->code;
	}
	if (code == OK) {
		event_base_dispatch(l.base);
		code = e->code;
		t->elapsed_s = (double)(l.last_us - l.start_us) / 1e6;
	}
	close_all(&l);
	return code;
}
