#include "tools/lib/client.h"

#include "base/arena.h"
#include "base/civil.h"
#include "wire/frame.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MS      INT64_C(120000) /* without progress, before a delivery gives up */
#define REOPEN_MS        INT64_C(30000)  /* a daemon that restarts is back by then */
#define OPEN_MS          INT64_C(10000)
#define ASK_MS           INT64_C(900000) /* a quarter of many million records takes its time */
#define ANSWER_BYTES_MAX (16u * 1024u * 1024u)
#define WINDOW_MAX       64u
#define ELEMENT_EXTRA    6u  /* key and length of a record inside a batch */
#define BATCH_EXTRA      32u /* frame length, body key and length, batch number */

enum batch_state { BATCH_FREE, BATCH_FILLING, BATCH_SENT, BATCH_WAITING };

struct item {
	uint64_t tag;
	size_t offset; /* of the whole element in batch.bytes */
	size_t size;
};

struct batch {
	enum batch_state state;
	uint64_t no;
	int64_t due;      /* BATCH_WAITING: not before, on the monotonic clock */
	struct buf bytes; /* Batch.records as encoded elements */
	struct buf items; /* struct item each */
};

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
	int fd;
	struct buf in;
	struct buf out;
	size_t written; /* of out */
	Sems__V1__Welcome *welcome;
	bool greeted; /* on this connection */
	size_t frame_max;
	size_t records_max;
	size_t window;
	struct batch *batches; /* window + 1 */
	struct batch *filling;
	uint64_t batch_no;
	uint64_t request_no;
	struct question question;
	int64_t progress_at;
	client_verdict_fn on_verdict;
	void *ctx;
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

static size_t
batch_count(const struct batch *b)
{
	return b->items.n / sizeof(struct item);
}

static struct item *
batch_items(struct batch *b)
{
	return (struct item *)(void *)b->items.p;
}

static size_t
put_varint(unsigned char *p, uint64_t v)
{
	size_t n = 0;

	while (v >= 0x80) {
		p[n++] = (unsigned char)(v | 0x80);
		v >>= 7;
	}
	p[n++] = (unsigned char)v;
	return n;
}

/* ---- connecting ---- */

static enum code
unreachable(const char *address, int error, struct err *e)
{
	return err_set(
	    e, TRY_SYSTEM, "connect",
	    "no daemon at %s (%s): start one with `semsd --embedded DIR`, or name its socket with "
	    "--socket",
	    address, strerror(error));
}

static int
connect_socket(int family, const struct sockaddr *sa, socklen_t n, int *error)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, sa, n) != 0) {
		*error = errno;
		if (fd >= 0)
			close(fd);
		return -1;
	}
	if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0) {
		*error = errno;
		close(fd);
		return -1;
	}
	return fd;
}

static enum code
connect_unix(const char *address, const char *path, int *fd, struct err *e)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	int error = 0;

	if (strlen(path) >= sizeof sun.sun_path)
		return err_set(e, FATAL_CONFIG, "socket",
			       "the socket's path is longer than %zu bytes: %s",
			       sizeof sun.sun_path - 1, path);
	memcpy(sun.sun_path, path, strlen(path) + 1);
	*fd = connect_socket(AF_UNIX, (const struct sockaddr *)&sun, sizeof sun, &error);
	return *fd < 0 ? unreachable(address, error, e) : OK;
}

static enum code
connect_tcp(const char *address, const char *place, int *fd, struct err *e)
{
	const char *colon = strrchr(place, ':');
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
	struct addrinfo *list = NULL;
	char host[128];
	size_t n;
	int error = ECONNREFUSED;

	if (colon == NULL || colon == place)
		return err_set(e, FATAL_CONFIG, "socket", "%s is not tcp:HOST:PORT", address);
	n = (size_t)(colon - place);
	if (place[0] == '[' && place[n - 1] == ']') {
		place++;
		n -= 2;
	}
	snprintf(host, sizeof host, "%.*s", (int)n, place);
	if (getaddrinfo(host, colon + 1, &hints, &list) != 0)
		return err_set(e, FATAL_CONFIG, "socket", "%s names no address", address);
	*fd = -1;
	for (const struct addrinfo *i = list; i != NULL && *fd < 0; i = i->ai_next)
		*fd = connect_socket(i->ai_family, i->ai_addr, i->ai_addrlen, &error);
	freeaddrinfo(list);
	return *fd < 0 ? unreachable(address, error, e) : OK;
}

static enum code
connect_address(const char *address, int *fd, struct err *e)
{
	if (strncmp(address, "tcp:", 4) == 0)
		return connect_tcp(address, address + 4, fd, e);
	return connect_unix(address, strncmp(address, "unix:", 5) == 0 ? address + 5 : address, fd,
			    e);
}

static void
disconnect(struct client *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
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

	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
		if (r->has_code && (int)r->code == codes[i].refuse)
			return err_set(e, codes[i].code, "refuse", "%s", text);
	}
	return err_set(e, FATAL_BUG, "refuse", "%s", text);
}

static enum code
on_welcome(struct client *c, Sems__V1__ServerFrame *f, struct err *e)
{
	const Sems__V1__Welcome *w = f->welcome;

	if (c->greeted)
		return err_set(e, FATAL_BUG, "welcome", "semsd sent a second Welcome");
	c->greeted = true;
	c->progress_at = now_ms();
	if (c->welcome != NULL)
		return OK;
	c->frame_max = w->has_max_frame_bytes && w->max_frame_bytes > 1024 ? w->max_frame_bytes
									   : FRAME_BYTES_MAX;
	c->records_max = w->has_max_batch_records && w->max_batch_records > 0 ? w->max_batch_records
									      : BATCH_RECORDS_MAX;
	c->window = w->has_window_batches && w->window_batches > 0 ? w->window_batches : 1;
	if (c->window > WINDOW_MAX)
		c->window = WINDOW_MAX;
	c->batches = arena_zalloc(c->arena, c->window + 1, sizeof *c->batches);
	if (c->batches == NULL)
		return err_set(e, TRY_LIMIT, "memory", "out of memory");
	for (size_t i = 0; i <= c->window; i++) {
		buf_init(&c->batches[i].bytes, c->frame_max);
		buf_init(&c->batches[i].items, c->records_max * sizeof(struct item));
	}
	c->welcome = f->welcome;
	f->welcome = NULL; /* kept */
	f->body_case = SEMS__V1__SERVER_FRAME__BODY__NOT_SET;
	return OK;
}

/* What is to be sent again stays in its batch, moved to the front. */
static void
batch_keep(struct batch *b, size_t *kept, size_t *kept_bytes, const struct item *it)
{
	struct item *items = batch_items(b);

	memmove(b->bytes.p + *kept_bytes, b->bytes.p + it->offset, it->size);
	items[*kept] = (struct item){it->tag, *kept_bytes, it->size};
	*kept_bytes += it->size;
	(*kept)++;
}

static void
batch_done(struct batch *b, size_t kept, size_t kept_bytes, uint32_t after_ms)
{
	b->items.n = kept * sizeof(struct item);
	b->bytes.n = kept_bytes;
	b->state = kept == 0 ? BATCH_FREE : BATCH_WAITING;
	b->due = now_ms() + after_ms;
}

static enum code
on_result(struct client *c, const Sems__V1__Result *r, struct err *e)
{
	struct batch *b = NULL;
	size_t at = 0;
	size_t kept = 0;
	size_t kept_bytes = 0;
	uint32_t after = 0;

	for (size_t i = 0; i <= c->window; i++) {
		if (c->batches[i].state == BATCH_SENT && c->batches[i].no == r->batch_no)
			b = &c->batches[i];
	}
	if (b == NULL)
		return err_set(e, FATAL_BUG, "result", "semsd answered a batch it was not sent");
	for (size_t i = 0; i < r->n_verdicts; i++) {
		const Sems__V1__VerdictRun *v = r->verdicts[i];
		bool again = v->code == SEMS__V1__VERDICT_CODE__VERDICT_CODE_RETRY;

		if (v->count > batch_count(b) - at)
			return err_set(e, FATAL_BUG, "result",
				       "semsd answered more records than it was sent");
		for (uint32_t k = 0; k < v->count; k++, at++) {
			const struct item it = batch_items(b)[at];

			if (again)
				batch_keep(b, &kept, &kept_bytes, &it);
			else if (c->on_verdict != NULL)
				c->on_verdict(c->ctx, it.tag, v);
		}
		if (again && v->retry_after_ms > after)
			after = v->retry_after_ms;
	}
	if (at != batch_count(b))
		return err_set(e, FATAL_BUG, "result", "semsd left records of a batch unanswered");
	if (kept < at)
		c->progress_at = now_ms();
	batch_done(b, kept, kept_bytes, after);
	return OK;
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

	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
		if (r->has_code && (int)r->code == codes[i].response)
			return codes[i].code;
	}
	return FATAL_BUG;
}

static enum code
on_response(struct client *c, const Sems__V1__Response *r, struct err *e)
{
	struct question *q = &c->question;

	if (!q->open || r->request_no != q->no)
		return OK; /* of a question given up on */
	q->code = response_code(r);
	if (q->code != OK) {
		err_set(&q->err, q->code, r->field != NULL ? r->field : "", "%s",
			r->text != NULL && r->text[0] != '\0'
			    ? r->text
			    : "semsd gave no reason; see its log");
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
	enum code rc;

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
	else
		rc = err_set(e, REJ_FRAME, "frame", "semsd sent a frame of an unknown kind");
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

static enum code
write_some(struct client *c, struct err *e)
{
	ssize_t n = send(c->fd, c->out.p + c->written, c->out.n - c->written, MSG_NOSIGNAL);

	if (n < 0 && errno != EAGAIN && errno != EINTR)
		return lost(c, strerror(errno), e);
	if (n > 0)
		c->written += (size_t)n;
	if (c->written == c->out.n) {
		c->written = 0;
		buf_clear(&c->out);
	}
	return OK;
}

static enum code
read_some(struct client *c, struct err *e)
{
	unsigned char chunk[65536];
	ssize_t n = recv(c->fd, chunk, sizeof chunk, 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return OK;
	if (n <= 0)
		return lost(c, n == 0 ? "closed" : strerror(errno), e);
	if (!buf_add(&c->in, chunk, (size_t)n))
		return err_set(e, REJ_FRAME, "frame", "semsd sent more than a frame may hold");
	return take_frames(c, e);
}

/* One wait of at most wait_ms, and whatever can be read and written then. */
static enum code
pump(struct client *c, int64_t wait_ms, struct err *e)
{
	struct pollfd p = {.fd = c->fd, .events = POLLIN};
	enum code rc = OK;

	if (c->fd < 0)
		return err_set(e, TRY_SYSTEM, "connection", "not connected to semsd at %s",
			       c->address);
	if (c->out.n > 0)
		p.events |= POLLOUT;
	if (poll(&p, 1, wait_ms < 0 ? 0 : (int)wait_ms) < 0 && errno != EINTR)
		return lost(c, strerror(errno), e);
	/* Read first: a Refuse explains why the connection is about to close. */
	if ((p.revents & (POLLIN | POLLHUP | POLLERR)) != 0)
		rc = read_some(c, e);
	if (rc == OK && c->fd >= 0 && (p.revents & POLLOUT) != 0)
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
	rc = connect_address(c->address, &c->fd, e);
	if (rc == OK)
		rc = say_hello(c, e);
	while (rc == OK && !c->greeted) {
		if (now_ms() >= until)
			rc = err_set(e, TRY_SYSTEM, "hello",
				     "semsd at %s does not answer: see its log", c->address);
		else
			rc = pump(c, until - now_ms(), e);
	}
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

/* Connects anew; what was unanswered is sent again, which is safe because records have identities.
 */
static enum code
reopen(struct client *c, struct err *e)
{
	int64_t until = now_ms() + REOPEN_MS;
	int64_t wait = 100;
	enum code rc;

	for (size_t i = 0; i <= c->window; i++) {
		if (c->batches[i].state == BATCH_SENT) {
			c->batches[i].state = BATCH_WAITING;
			c->batches[i].due = 0;
		}
	}
	rc = open_once(c, e);
	while (code_is_retry(rc) && now_ms() + wait < until) {
		nap(wait);
		wait = wait * 2 > 2000 ? 2000 : wait * 2;
		rc = open_once(c, e);
	}
	return rc;
}

/* ---- batches ---- */

static size_t
count_state(const struct client *c, enum batch_state state)
{
	size_t n = 0;

	for (size_t i = 0; i <= c->window; i++)
		n += c->batches[i].state == state;
	return n;
}

static enum code
put_batch(struct client *c, struct batch *b, struct err *e)
{
	unsigned char no[11] = {0x08};
	unsigned char head[11] = {0x12};
	unsigned char length[10];
	size_t n_no;
	size_t n_head;
	size_t n_length;

	b->no = ++c->batch_no;
	n_no = 1 + put_varint(no + 1, b->no);
	n_head = 1 + put_varint(head + 1, n_no + b->bytes.n);
	n_length = put_varint(length, n_head + n_no + b->bytes.n);
	buf_add(&c->out, length, n_length);
	buf_add(&c->out, head, n_head);
	buf_add(&c->out, no, n_no);
	if (!buf_add(&c->out, b->bytes.p, b->bytes.n))
		return err_set(e, TRY_LIMIT, "memory", "out of memory");
	b->state = BATCH_SENT;
	return OK;
}

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
	if (count_state(c, BATCH_SENT) > 0)
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
	enum code rc = OK;

	*next = now + 1000;
	for (size_t i = 0; rc == OK && i <= c->window; i++) {
		struct batch *b = &c->batches[i];

		if (b->state != BATCH_WAITING)
			continue;
		if (b->due > c->progress_at + PATIENCE_MS)
			return give_up(c, e);
		if (b->due <= now && count_state(c, BATCH_SENT) < c->window)
			rc = put_batch(c, b, e);
		else if (b->due < *next)
			*next = b->due;
	}
	if (rc == OK && now - c->progress_at > PATIENCE_MS)
		return give_up(c, e);
	return rc == OK ? drain(c, e) : rc;
}

/* Sends what is due, then waits once for an answer. */
static enum code
advance(struct client *c, struct err *e)
{
	int64_t next;
	enum code rc = post_due(c, &next, e);

	if (rc == OK && count_state(c, BATCH_SENT) + count_state(c, BATCH_WAITING) > 0)
		rc = pump(c, next > now_ms() ? next - now_ms() : 1, e);
	return rc == OK ? OK : recover(c, rc, e);
}

/* Gives the batch being filled to the queue. */
static void
close_filling(struct client *c)
{
	if (c->filling == NULL)
		return;
	if (count_state(c, BATCH_SENT) + count_state(c, BATCH_WAITING) == 0)
		c->progress_at =
		    now_ms(); /* patience counts from the first batch after a quiet time */
	c->filling->state = batch_count(c->filling) == 0 ? BATCH_FREE : BATCH_WAITING;
	c->filling->due = 0;
	c->filling = NULL;
}

static enum code
open_filling(struct client *c, struct err *e)
{
	enum code rc = OK;

	while (rc == OK && c->filling == NULL) {
		for (size_t i = 0; i <= c->window && c->filling == NULL; i++) {
			if (c->batches[i].state == BATCH_FREE)
				c->filling = &c->batches[i];
		}
		if (c->filling == NULL)
			rc = advance(c, e);
	}
	if (rc != OK)
		return rc;
	c->filling->state = BATCH_FILLING;
	buf_clear(&c->filling->bytes);
	buf_clear(&c->filling->items);
	return OK;
}

/* ---- the interface ---- */

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
	c->fd = -1;
	c->address = arena_dup(a, address, strlen(address));
	c->progress_at = now_ms();
	buf_init(&c->in, ANSWER_BYTES_MAX + FRAME_LENGTH_BYTES + 65536);
	buf_init(&c->out, ANSWER_BYTES_MAX * 4);
	rc = open_once(c, e);
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
	for (size_t i = 0; c->batches != NULL && i <= c->window; i++) {
		buf_fini(&c->batches[i].bytes);
		buf_fini(&c->batches[i].items);
	}
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
	c->on_verdict = fn;
	c->ctx = ctx;
}

enum code
client_send(struct client *c, struct text record, uint64_t tag, struct err *e)
{
	unsigned char head[11] = {0x12};
	size_t n_head = 1 + put_varint(head + 1, record.n);
	struct item it = {.tag = tag, .size = n_head + record.n};
	int64_t next;
	enum code rc;

	if (record.n + ELEMENT_EXTRA + BATCH_EXTRA > c->frame_max)
		return err_set(e, REJ_FIELD, "record",
			       "a record of %zu bytes is over semsd's limit", record.n);
	if (c->filling != NULL && (batch_count(c->filling) >= c->records_max ||
				   c->filling->bytes.n + it.size + BATCH_EXTRA > c->frame_max)) {
		close_filling(c);
		/* Does not wait: when the window is full, opening the next batch does. */
		rc = post_due(c, &next, e);
		if (rc != OK)
			rc = recover(c, rc, e);
		if (rc != OK)
			return rc;
	}
	if (c->filling == NULL) {
		rc = open_filling(c, e);
		if (rc != OK)
			return rc;
	}
	it.offset = c->filling->bytes.n;
	buf_add(&c->filling->bytes, head, n_head);
	if (!buf_add(&c->filling->bytes, record.s, record.n) ||
	    !buf_add(&c->filling->items, &it, sizeof it))
		return err_set(e, TRY_LIMIT, "memory", "out of memory");
	return OK;
}

enum code
client_flush(struct client *c, struct err *e)
{
	enum code rc = OK;

	close_filling(c);
	while (rc == OK && count_state(c, BATCH_SENT) + count_state(c, BATCH_WAITING) > 0)
		rc = advance(c, e);
	return rc;
}

enum code
client_ask(struct client *c, Sems__V1__Request *request, struct buf *json, struct err *e)
{
	Sems__V1__ClientFrame frame = SEMS__V1__CLIENT_FRAME__INIT;
	struct question *q = &c->question;
	int64_t until = now_ms() + ASK_MS;
	enum code rc = client_flush(c, e);

	if (rc == OK && c->fd < 0)
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
	while (rc == OK && q->open) {
		if (now_ms() >= until)
			rc = err_set(e, TRY_SYSTEM, "answer",
				     "semsd has not answered for %" PRId64 " s: see its log",
				     ASK_MS / 1000);
		else
			rc = pump(c, until - now_ms(), e);
	}
	q->open = false;
	if (rc == OK && q->code != OK) {
		*e = q->err;
		return q->code;
	}
	return rc;
}
