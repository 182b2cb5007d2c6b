#include "client/client.h"

#include "base/arena.h"
#include "base/civil.h"
#include "base/count.h"
#include "client/address.h"
#include "client/link.h"
#include "client/outbox.h"
#include "wire/frame.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MS      INT64_C(120000) /* without progress, before a delivery gives up */
#define REOPEN_MS        INT64_C(30000)  /* a daemon that restarts is back by then */
#define OPEN_MS          INT64_C(10000)
#define WORK_SHOWN_MS    INT64_C(2000)   /* from then on it is said */
#define ASK_MS           INT64_C(900000) /* a quarter of many million records takes its time */
#define ANSWER_BYTES_MAX (16u * 1024u * 1024u)

static int64_t wait_for_daemon_ms; /* client_wait_for_daemon() */
static struct client_watch watch;  /* client_watch() */

struct question {
	uint64_t no;
	struct buf *json;
	bool open;
	enum code code;
	struct err err;
};

struct client {
	struct arena *arena;
	const char *address;
	struct link link;
	struct buf in;
	struct buf out;
	size_t written; /* of out */
	Sems__V1__Welcome *welcome;
	bool greeted; /* on this connection */
	size_t frame_max;
	struct outbox outbox;
	uint64_t request_no;
	struct question question;
	int64_t progress_at;
};

static int64_t
clock_ms(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * MS_PER_SECOND + t.tv_nsec / 1000000;
}

static int64_t
now_ms(void)
{
	return clock_ms(CLOCK_MONOTONIC);
}

/* ---- connecting ---- */

static void
disconnect(struct client *c)
{
	link_close(&c->link);
	c->greeted = false;
	c->written = 0;
	buf_clear(&c->in);
	buf_clear(&c->out);
}

/* ---- what comes in ---- */

static enum code
on_refuse(const Sems__V1__Refuse *r, struct err *e)
{
	const char *text =
	    r->text != NULL && r->text[0] != '\0' ? r->text : "semsd refused, without saying why";

	static const struct {
		int refuse;
		enum code code;
	} codes[] = {
	    {SEMS__V1__REFUSE_CODE__REFUSE_CODE_VERSION, REJ_STATE},
	    {SEMS__V1__REFUSE_CODE__REFUSE_CODE_UNAUTHORISED, REJ_FORBIDDEN},
	    {SEMS__V1__REFUSE_CODE__REFUSE_CODE_BUSY, TRY_LIMIT},
	    {SEMS__V1__REFUSE_CODE__REFUSE_CODE_SHUTDOWN, TRY_SYSTEM},
	    {SEMS__V1__REFUSE_CODE__REFUSE_CODE_TIMEOUT, TRY_SYSTEM},
	};

	for (size_t i = 0; i < COUNT(codes); i++)
		if (r->has_code && (int)r->code == codes[i].refuse)
			return err_set(e, codes[i].code, "refuse", "%s", text);
	/* Of a code that is not known here semsd says itself whether to come again. */
	return err_set(e, r->has_retry_after_ms && r->retry_after_ms > 0 ? TRY_SYSTEM : FATAL_BUG,
		       "refuse", "%s", text);
}

static enum code
on_welcome(struct client *c, Sems__V1__ServerFrame *f, struct err *e)
{
	const Sems__V1__Welcome *w = f->welcome;
	size_t records_max;

	if (c->greeted)
		return err_set(e, FATAL_BUG, "welcome", "semsd sent a second Welcome");
	c->greeted = true;
	c->progress_at = now_ms();
	if (c->welcome != NULL)
		return OK;
	c->frame_max = w->has_max_frame_bytes && w->max_frame_bytes > 1024 ? w->max_frame_bytes
									   : FRAME_BYTES_MAX;
	records_max = w->has_max_batch_records && w->max_batch_records > 0 ? w->max_batch_records
									   : BATCH_RECORDS_MAX;
	if (!outbox_open(&c->outbox, c->arena, c->frame_max, records_max,
			 w->has_window_batches ? w->window_batches : 1))
		return err_set(e, TRY_LIMIT, "memory", "out of memory");
	c->welcome = f->welcome;
	if (watch.greeted != NULL)
		watch.greeted(c->welcome);
	f->welcome = NULL; /* kept */
	f->body_case = SEMS__V1__SERVER_FRAME__BODY__NOT_SET;
	return OK;
}

static enum code
on_result(struct client *c, const Sems__V1__Result *r, struct err *e)
{
	bool any = false;
	enum code rc = outbox_answer(&c->outbox, r, now_ms(), &any, e);

	if (any)
		c->progress_at = now_ms();
	return rc;
}

static enum code
response_code(const Sems__V1__Response *r)
{
	static const struct {
		int response;
		enum code code;
	} codes[] = {
	    {SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_OK, OK},
	    {SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_INVALID, REJ_FIELD},
	    {SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_FORBIDDEN, REJ_FORBIDDEN},
	    {SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_NOT_FOUND, REJ_NOT_FOUND},
	    {SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_STATE, REJ_STATE},
	    {SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_UNAVAILABLE, TRY_STORE},
	};

	for (size_t i = 0; i < COUNT(codes); i++)
		if (r->has_code && (int)r->code == codes[i].response)
			return codes[i].code;
	return FATAL_BUG;
}

/* The failure, in this program's words. */
static void
take_failure(struct question *q, const Sems__V1__Response *r)
{
	const char *text =
	    r->text != NULL && r->text[0] != '\0' ? r->text : "semsd gave no reason; see its log";
	json_t *next = r->has_next && watch.words != NULL
			   ? json_loadb((const char *)r->next.data, r->next.len, 0, NULL)
			   : NULL;
	char said[ACTION_TEXT_SIZE];

	action_weave(text, next, watch.words, said, sizeof said);
	err_set(&q->err, q->code, r->field != NULL ? r->field : "", "%s", said);
	json_decref(next);
}

static enum code
on_response(struct client *c, const Sems__V1__Response *r, struct err *e)
{
	struct question *q = &c->question;

	if (!q->open || r->request_no != q->no)
		return OK; /* of a question given up on */
	q->code = response_code(r);
	if (q->code != OK) {
		take_failure(q, r);
		q->open = false;
		return OK;
	}
	if (!buf_add(q->json, r->document.data, r->document.len))
		return err_set(e, TRY_LIMIT, "answer",
			       "the answer is larger than %zu bytes: ask for less", q->json->max);
	q->open = r->has_more && r->more;
	c->progress_at = now_ms();
	return OK;
}

static enum code
on_frame(struct client *c, struct text body, struct err *e)
{
	Sems__V1__ServerFrame *f =
	    sems__v1__server_frame__unpack(NULL, body.n, (const uint8_t *)body.s);
	enum code rc = OK; /* also of a frame that a later version has: it is skipped */

	if (f == NULL)
		return err_set(e, REJ_FRAME, "frame",
			       "what answers at %s does not speak this protocol", c->address);
	if (f->body_case == SEMS__V1__SERVER_FRAME__BODY_WELCOME)
		rc = on_welcome(c, f, e);
	else if (f->body_case == SEMS__V1__SERVER_FRAME__BODY_REFUSE)
		rc = on_refuse(f->refuse, e);
	else if (f->body_case == SEMS__V1__SERVER_FRAME__BODY_RESULT)
		rc = on_result(c, f->result, e);
	else if (f->body_case == SEMS__V1__SERVER_FRAME__BODY_RESPONSE)
		rc = on_response(c, f->response, e);
	sems__v1__server_frame__free_unpacked(f, NULL);
	return rc;
}

static enum code
take_frames(struct client *c, struct err *e)
{
	size_t done = 0;
	enum code rc = OK;

	while (rc == OK) {
		struct text body = {NULL, 0};
		size_t used = 0;
		enum frame_status s =
		    frame_next(c->in.p + done, c->in.n - done, ANSWER_BYTES_MAX, &body, &used, e);

		if (s == FRAME_MORE)
			break;
		rc = s == FRAME_BROKEN ? REJ_FRAME : on_frame(c, body, e);
		done += used;
	}
	buf_consume(&c->in, done);
	return rc;
}

/* ---- the pump ---- */

static enum code
lost(struct client *c, const char *what, struct err *e)
{
	disconnect(c);
	return err_set(e, TRY_SYSTEM, "connection", "the connection to semsd at %s was lost (%s)",
		       c->address, what);
}

/* What TLS says of certificates is final. */
static enum code
broken(struct client *c, const struct err *why, struct err *e)
{
	struct err told = *why;

	if (code_is_retry(told.code))
		return lost(c, told.text, e);
	disconnect(c);
	*e = told;
	return e->code;
}

/* TLS may hold more than the socket tells: until there is none. */
static enum code
read_some(struct client *c, struct err *e)
{
	unsigned char chunk[65536];
	enum link_result result;
	struct err why;
	enum code rc = OK;
	size_t n;

	do {
		result = link_read(&c->link, chunk, sizeof chunk, &n, &why);
		if (result == LINK_BROKEN)
			return broken(c, &why, e);
		if (result == LINK_ENDED)
			return lost(c, "closed", e);
		if (n != 0 && !buf_add(&c->in, chunk, n))
			return err_set(e, REJ_FRAME, "frame",
				       "semsd sent more than a frame may hold");
		rc = take_frames(c, e);
	} while (rc == OK && result == LINK_OK && c->link.ssl != NULL &&
		 SSL_pending(c->link.ssl) > 0);
	return rc;
}

/* What cannot be written any more was refused, most likely: what was said about it came before. */
static enum code
write_some(struct client *c, struct err *e)
{
	struct err why;
	size_t n = 0;

	if (link_write(&c->link, c->out.p + c->written, c->out.n - c->written, &n, &why) ==
	    LINK_BROKEN)
		return read_some(c, e) != OK ? e->code : broken(c, &why, e);
	c->written += n;
	if (c->written == c->out.n) {
		c->written = 0;
		buf_clear(&c->out);
	}
	return OK;
}

/* One wait of at most wait_ms, and whatever can be read and written then. */
static enum code
pump(struct client *c, int64_t wait_ms, struct err *e)
{
	struct pollfd p = {.fd = c->link.fd, .events = link_events(&c->link, c->out.n > 0)};
	enum code rc = OK;

	if (watch.interrupted != NULL && watch.interrupted())
		return err_set(e, TRY_STORE, "interrupt", "interrupted");
	if (c->link.fd < 0)
		return err_set(e, TRY_SYSTEM, "connection", "not connected to semsd at %s",
			       c->address);
	if (poll(&p, 1, wait_ms < 0 ? 0 : (int)wait_ms) < 0 && errno != EINTR)
		return lost(c, strerror(errno), e);
	/* Read first: a Refuse explains why the connection is about to close. */
	if ((p.revents & (POLLIN | POLLHUP | POLLERR)) != 0)
		rc = read_some(c, e);
	if (rc == OK && c->link.fd >= 0 && (p.revents & POLLOUT) != 0)
		rc = write_some(c, e);
	return rc;
}

static enum code
say_hello(struct client *c, struct err *e)
{
	Sems__V1__ClientFrame frame = SEMS__V1__CLIENT_FRAME__INIT;
	Sems__V1__Hello hello = SEMS__V1__HELLO__INIT;
	char software[] = "semsctl " SEMS_VERSION;

	hello.has_protocol_min = 1;
	hello.protocol_min = 1;
	hello.has_protocol_max = 1;
	hello.protocol_max = 1;
	hello.software = software;
	hello.has_clock = 1;
	hello.clock = clock_ms(CLOCK_REALTIME);
	frame.body_case = SEMS__V1__CLIENT_FRAME__BODY_HELLO;
	frame.hello = &hello;
	if (!frame_put(&c->out, &frame.base))
		return err_set(e, TRY_LIMIT, "memory", "out of memory");
	return OK;
}

static enum code
open_once(struct client *c, struct err *e)
{
	int64_t until = now_ms() + OPEN_MS;
	enum code rc;

	disconnect(c);
	rc = link_open(c->address, &c->link, e);
	if (rc == OK)
		rc = say_hello(c, e);
	while (rc == OK && !c->greeted)
		if (now_ms() >= until)
			rc = err_set(e, TRY_SYSTEM, "hello",
				     "semsd at %s does not answer: see its log", c->address);
		else
			rc = pump(c, until - now_ms(), e);
	if (rc != OK)
		disconnect(c);
	return rc;
}

static void
nap(int64_t ms)
{
	const struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000};

	nanosleep(&t, NULL);
}

/* Waits for a daemon that is starting: its socket is not there yet, or nobody listens at it. */
static enum code
open_patiently(struct client *c, struct err *e)
{
	int64_t until = now_ms() + wait_for_daemon_ms;
	enum code rc = open_once(c, e);
	bool told = false;

	while (rc == TRY_SYSTEM && strcmp(e->where, ADDRESS_NOBODY) == 0 && now_ms() < until) {
		if (!told)
			fprintf(stderr,
				"semsctl: nobody listens at %s: waiting up to %" PRId64
				" s for a semsd that starts\n",
				c->address, wait_for_daemon_ms / 1000);
		told = true;
		nap(100);
		rc = open_once(c, e);
	}
	return rc;
}

/* Connects anew; what was unanswered is sent again, which is safe because records have identities.
 */
static enum code
reopen(struct client *c, struct err *e)
{
	int64_t until = now_ms() + REOPEN_MS;
	int64_t wait = 100;
	enum code rc;

	outbox_send_again(&c->outbox);
	rc = open_once(c, e);
	while (code_is_retry(rc) && now_ms() + wait < until) {
		nap(wait);
		wait = wait * 2 > 2000 ? 2000 : wait * 2;
		rc = open_once(c, e);
	}
	return rc;
}

/* ---- batches ---- */

static enum code
drain(struct client *c, struct err *e)
{
	enum code rc = OK;

	while (rc == OK && c->out.n > 0) {
		if (now_ms() - c->progress_at > PATIENCE_MS)
			return err_set(
			    e, TRY_STORE, "send",
			    "semsd has taken nothing for %" PRId64 " s: see its log, "
			    "then repeat the command; what is stored already is recognised",
			    PATIENCE_MS / 1000);
		rc = pump(c, 1000, e);
	}
	return rc;
}

/* After a failure of the connection: once more, when that may help. */
static enum code
recover(struct client *c, enum code rc, struct err *e)
{
	if (rc == TRY_SYSTEM || rc == TRY_LIMIT) {
		disconnect(c);
		return reopen(c, e);
	}
	return rc;
}

static enum code
give_up(const struct client *c, struct err *e)
{
	if (outbox_sent(&c->outbox) > 0)
		return err_set(e, TRY_STORE, "answer",
			       "semsd has not answered for %" PRId64 " s: see its log, then "
			       "repeat the command; what is stored already is recognised",
			       PATIENCE_MS / 1000);
	return err_set(e, TRY_STORE, "retry",
		       "semsd cannot take records now and asked to try later: see `semsctl "
		       "status`, then repeat the command; what is stored already is recognised");
}

/* Sends what is due and the window has room for; *next is when more will be due. */
static enum code
post_due(struct client *c, int64_t *next, struct err *e)
{
	int64_t now = now_ms();

	*next = now + 1000;
	if (outbox_last_due(&c->outbox) > c->progress_at + PATIENCE_MS)
		return give_up(c, e);
	if (!outbox_post(&c->outbox, now, &c->out, next))
		return err_set(e, TRY_LIMIT, "memory", "out of memory");
	if (now - c->progress_at > PATIENCE_MS)
		return give_up(c, e);
	return drain(c, e);
}

/* Sends what is due, then waits once for an answer. */
static enum code
advance(struct client *c, struct err *e)
{
	int64_t next;
	enum code rc = post_due(c, &next, e);

	if (rc == OK && outbox_unanswered(&c->outbox) > 0)
		rc = pump(c, next > now_ms() ? next - now_ms() : 1, e);
	return rc == OK ? OK : recover(c, rc, e);
}

/* Gives the batch being filled to the queue. */
static void
close_filling(struct client *c)
{
	/* Patience counts from the first batch after a quiet time. */
	if (outbox_is_filling(&c->outbox) && outbox_unanswered(&c->outbox) == 0)
		c->progress_at = now_ms();
	outbox_close_batch(&c->outbox);
}

static enum code
open_filling(struct client *c, struct err *e)
{
	enum code rc = OK;

	while (rc == OK && !outbox_open_batch(&c->outbox))
		rc = advance(c, e);
	return rc;
}

/* ---- the interface ---- */

void
client_wait_for_daemon(int seconds)
{
	wait_for_daemon_ms = (int64_t)seconds * MS_PER_SECOND;
}

enum code
client_open(const char *address, struct client **out, struct err *e)
{
	struct arena *a = arena_new(1024 * 1024);
	struct client *c = a != NULL ? arena_zalloc(a, 1, sizeof *c) : NULL;
	enum code rc;

	*out = NULL;
	if (c == NULL) {
		arena_free(a);
		return err_set(e, TRY_LIMIT, "memory", "out of memory");
	}
	c->arena = a;
	c->link = LINK_NONE;
	c->address = arena_dup(a, address, strlen(address));
	c->progress_at = now_ms();
	buf_init(&c->in, ANSWER_BYTES_MAX + FRAME_LENGTH_BYTES + 65536);
	buf_init(&c->out, ANSWER_BYTES_MAX * 4);
	rc = open_patiently(c, e);
	if (rc != OK) {
		client_close(c);
		return rc;
	}
	*out = c;
	return OK;
}

void
client_close(struct client *c)
{
	if (c == NULL)
		return;
	disconnect(c);
	outbox_fini(&c->outbox);
	if (c->welcome != NULL)
		sems__v1__welcome__free_unpacked(c->welcome, NULL);
	buf_fini(&c->in);
	buf_fini(&c->out);
	arena_free(c->arena);
}

const Sems__V1__Welcome *
client_welcome(const struct client *c)
{
	return c->welcome;
}

void
client_on_verdict(struct client *c, client_verdict_fn fn, void *ctx)
{
	c->outbox.on_verdict = fn;
	c->outbox.ctx = ctx;
}

enum code
client_send(struct client *c, struct text record, uint64_t tag, struct err *e)
{
	int64_t next;
	enum code rc;

	if (!outbox_takes(&c->outbox, record.n))
		return err_set(e, REJ_FIELD, "record",
			       "a record of %zu bytes is over semsd's limit", record.n);
	if (outbox_is_filling(&c->outbox) && !outbox_has_room(&c->outbox, record.n)) {
		close_filling(c);
		/* Does not wait: when the window is full, opening the next batch does. */
		rc = post_due(c, &next, e);
		if (rc != OK)
			rc = recover(c, rc, e);
		if (rc != OK)
			return rc;
	}
	if (!outbox_is_filling(&c->outbox)) {
		rc = open_filling(c, e);
		if (rc != OK)
			return rc;
	}
	if (!outbox_add(&c->outbox, record, tag))
		return err_set(e, TRY_LIMIT, "memory", "out of memory");
	return OK;
}

enum code
client_flush(struct client *c, struct err *e)
{
	enum code rc = OK;

	close_filling(c);
	while (rc == OK && outbox_unanswered(&c->outbox) > 0)
		rc = advance(c, e);
	return rc;
}

static void
tell_waiting(enum client_wait state, int64_t ms)
{
	if (watch.waiting != NULL)
		watch.waiting(state, ms / 1000);
}

/* Counting a quarter for the first time, or proving it, takes minutes. */
static enum code
await(struct client *c, const struct question *q, struct err *e)
{
	int64_t began = now_ms();
	enum code rc = OK;

	tell_waiting(CLIENT_WAIT_BEGINS, 0);
	while (rc == OK && q->open) {
		int64_t spent = now_ms() - began;

		if (spent >= WORK_SHOWN_MS)
			tell_waiting(CLIENT_WAIT_GOES_ON, spent);
		if (spent >= ASK_MS)
			rc = err_set(e, TRY_SYSTEM, "answer",
				     "semsd has not answered for %" PRId64 " s: see its log",
				     ASK_MS / 1000);
		else
			rc = pump(c, WORK_SHOWN_MS / 2, e);
	}
	tell_waiting(CLIENT_WAIT_ENDS, now_ms() - began);
	return rc;
}

void
client_watch(const struct client_watch *w)
{
	watch = *w;
}

enum code
client_ask(struct client *c, Sems__V1__Request *request, struct buf *json, struct err *e)
{
	Sems__V1__ClientFrame frame = SEMS__V1__CLIENT_FRAME__INIT;
	struct question *q = &c->question;
	enum code rc = client_flush(c, e);

	if (rc == OK && c->link.fd < 0)
		rc = reopen(c, e);
	if (rc != OK)
		return rc;
	buf_clear(json);
	*q = (struct question){.no = ++c->request_no, .json = json, .open = true};
	request->has_request_no = 1;
	request->request_no = q->no;
	frame.body_case = SEMS__V1__CLIENT_FRAME__BODY_REQUEST;
	frame.request = request;
	if (protobuf_c_message_get_packed_size(&frame.base) > c->frame_max)
		return err_set(e, REJ_FIELD, "request",
			       "the request is over semsd's limit of %zu bytes: ask for less "
			       "at a time",
			       c->frame_max);
	if (!frame_put(&c->out, &frame.base))
		return err_set(e, TRY_LIMIT, "memory", "out of memory");
	rc = await(c, q, e);
	q->open = false;
	if (rc == OK && q->code != OK) {
		*e = q->err;
		return q->code;
	}
	return rc;
}
