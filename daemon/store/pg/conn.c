#include "store/pg/conn.h"

#include "base/count.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/machine.h"
#include "store/pg/hosts.h"
#include "store/pg/pg.h"

#include <event2/event.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#define BACKOFF_MIN_MS 50
#define BACKOFF_MAX_MS 2000
#define CONNECT_MS     10000 /* for each address, and for a name to be looked up */
#define LOOK_AGAIN_MS  1000
/* What is handed to libpq at a time, so that its own buffer stays small. */
#define COPY_CHUNK (128 * 1024)

enum conn_state {
	CONN_WAITING,   /* for the next attempt */
	CONN_RESOLVING, /* a host's name */
	CONN_CONNECTING,
	CONN_CHECKING, /* whether the server is safe */
	CONN_UP,
	CONN_STOPPED,
	N_CONN_STATES
};

static const char *const state_names[] = {
    [CONN_WAITING] = "waiting",
    [CONN_RESOLVING] = "resolving",
    [CONN_CONNECTING] = "connecting",
    [CONN_CHECKING] = "checking",
    [CONN_UP] = "up",
    [CONN_STOPPED] = "stopped",
};
COVERS(state_names, N_CONN_STATES);

enum happening {
	ON_TIME,
	ON_ADDRESS,
	ON_NAME,
	ON_CONNECTED,
	ON_SAFE,
	ON_LOST,
	ON_STOP,
	N_HAPPENINGS
};

static const char *const happening_names[] = {
    [ON_TIME] = "time for an attempt", [ON_ADDRESS] = "an address", [ON_NAME] = "a name to look up",
    [ON_CONNECTED] = "connected",      [ON_SAFE] = "a safe server", [ON_LOST] = "lost",
    [ON_STOP] = "a fault of ours",
};
COVERS(happening_names, N_HAPPENINGS);

#define AT     MACHINE_AT
#define TRYING (AT(CONN_RESOLVING) | AT(CONN_CONNECTING) | AT(CONN_CHECKING))

static const struct move moves[] = {
    {ON_TIME, AT(CONN_WAITING), CONN_CONNECTING, 0, NULL},
    {ON_ADDRESS, TRYING, CONN_CONNECTING, 0, NULL},
    {ON_NAME, TRYING, CONN_RESOLVING, 0, NULL},
    {ON_CONNECTED, AT(CONN_CONNECTING), CONN_CHECKING, 0, NULL},
    {ON_SAFE, AT(CONN_CHECKING), CONN_UP, 0, NULL},
    {ON_LOST, TRYING | AT(CONN_UP), CONN_WAITING, 0, NULL},
    {ON_STOP, TRYING | AT(CONN_UP) | AT(CONN_WAITING), CONN_STOPPED, 0, NULL},
};
const struct machine conn_machine =
    MACHINE("connection", AT(CONN_WAITING), state_names, happening_names, moves);

struct conn {
	struct event_base *base;
	const char *name;
	const struct conn_ops *ops;
	void *ctx;
	struct pg_params params;
	struct hosts *hosts;
	PGconn *pg;
	enum conn_state state;
	bool busy; /* a query's results are not all there */
	bool warned;
	int silent_ms; /* since the server last took or gave anything of the query */
	bool copying;  /* bytes of a COPY are still to be sent */
	bool broken;   /* a send failed: report from the loop, not from the sender's stack */
	const unsigned char *copy;
	size_t copy_n;
	size_t copy_off;
	struct event *io;
	int io_fd;
	short io_what;
	struct event *timer;
	int backoff_ms;
	const char *unsafe; /* why the server was refused, logged once */
};

static void on_io(evutil_socket_t fd, short what, void *arg);
static void on_timer(evutil_socket_t fd, short what, void *arg);
static void step(struct conn *c);
static void connect_next(struct conn *c, const char *why);

static void
happens(struct conn *c, enum happening what, const char *why)
{
	c->state = (enum conn_state)machine_step(&conn_machine, c->name, c->state, what, why);
}

/* --- events ----------------------------------------------------------------------------------- */

static void
unwatch(struct conn *c)
{
	if (c->io != NULL)
		event_free(c->io);
	c->io = NULL;
}

static void
watch(struct conn *c, short what)
{
	int fd = PQsocket(c->pg);

	if (c->io != NULL && c->io_fd == fd && c->io_what == what)
		return;
	unwatch(c);
	c->io = event_new(c->base, fd, (short)(what | EV_PERSIST), on_io, c);
	c->io_fd = fd;
	c->io_what = what;
	if (c->io != NULL && c->ops->is_first)
		event_priority_set(c->io, 0);
	if (c->io == NULL || event_add(c->io, NULL) != 0)
		c->broken = true;
}

static void
set_timer(struct conn *c, int ms)
{
	struct timeval t = {ms / 1000, (ms % 1000) * 1000};

	event_add(c->timer, &t);
}

/* --- losing and making the connection --------------------------------------------------------- */

static void
drop(struct conn *c)
{
	unwatch(c);
	event_del(c->timer);
	PQfinish(c->pg);
	c->pg = NULL;
	c->busy = false;
	c->copying = false;
	c->broken = false;
}

/* Half to one and a half of the backoff, so that many daemons do not come back as one. */
static int
jittered(const struct conn *c)
{
	unsigned char r = 128;

	if (!random_bytes(&r, 1))
		r = 128;
	return c->backoff_ms / 2 + c->backoff_ms * r / 255;
}

void
conn_reset(struct conn *c, const char *why)
{
	if (c->state == CONN_WAITING || c->state == CONN_STOPPED)
		return;
	if (c->state == CONN_UP || c->backoff_ms == BACKOFF_MIN_MS)
		log_warn("store.connection.lost", KV("connection", c->name), KV("why", why));
	drop(c);
	happens(c, ON_LOST, why);
	set_timer(c, jittered(c));
	c->backoff_ms = c->backoff_ms * 2 > BACKOFF_MAX_MS ? BACKOFF_MAX_MS : c->backoff_ms * 2;
	c->ops->down(c->ctx);
}

void
conn_stop(struct conn *c)
{
	if (c->state == CONN_STOPPED)
		return;
	drop(c);
	happens(c, ON_STOP, NULL);
	c->ops->down(c->ctx);
}

/* The server's own message says nothing about records while no query runs. */
static void
reset_with_message(struct conn *c)
{
	char why[200];
	size_t n;

	n = (size_t)snprintf(why, sizeof why, "%s", PQerrorMessage(c->pg));
	n = n < sizeof why ? n : sizeof why - 1;
	while (n > 0 && why[n - 1] == '\n')
		why[--n] = '\0';
	if (c->state == CONN_CONNECTING || c->state == CONN_CHECKING)
		connect_next(c, why);
	else
		conn_reset(c, c->busy ? "while a query ran" : why);
}

static void
on_notice(void *arg, const PGresult *res)
{
	struct conn *c = arg;
	const char *severity = PQresultErrorField(res, PG_DIAG_SEVERITY_NONLOCALIZED);
	const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);

	if (severity == NULL || strcmp(severity, "WARNING") != 0)
		return;
	if (state != NULL && (strncmp(state, "01", 2) == 0 || strncmp(state, "57", 2) == 0))
		c->warned = true;
	log_warn("store.warning", KV("connection", c->name),
		 KV("sqlstate", state == NULL ? "" : state));
}

/* What the kernel does not give is done without. */
static void
widen(const struct conn *c)
{
	int bytes = c->ops->send_bytes;

	if (bytes > 0)
		setsockopt(PQsocket(c->pg), SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
}

static void
connect_poll(struct conn *c, short what)
{
	PostgresPollingStatusType want;

	(void)what;
	/* libpq may close and open sockets in there, under the same number. */
	unwatch(c);
	want = PQconnectPoll(c->pg);
	if (want == PGRES_POLLING_READING) {
		watch(c, EV_READ);
	} else if (want == PGRES_POLLING_WRITING) {
		watch(c, EV_WRITE);
	} else if (want == PGRES_POLLING_OK) {
		event_del(c->timer);
		widen(c);
		happens(c, ON_CONNECTED, NULL);
		if (PQsetnonblocking(c->pg, 1) != 0)
			c->broken = true;
		conn_send(c, pg_safety_sql);
	} else {
		reset_with_message(c);
	}
}

/* False: not even begun. */
static bool
connect_to(struct conn *c, const struct endpoint *p)
{
	happens(c, ON_ADDRESS, NULL);
	pg_params_place(&c->params, p->host, p->hostaddr, p->port);
	c->pg = PQconnectStartParams(c->params.keys, c->params.values, 1);
	if (c->pg == NULL || PQstatus(c->pg) == CONNECTION_BAD)
		return false;
	PQsetNoticeReceiver(c->pg, on_notice, c);
	set_timer(c, CONNECT_MS);
	watch(c, EV_WRITE);
	return !c->broken;
}

/* The next address of the next host; with none left the attempt is over, and this is why. */
static void
connect_next(struct conn *c, const char *why)
{
	struct endpoint p;
	enum hosts_next next;
	char kept[200];

	snprintf(kept, sizeof kept, "%s", why);
	drop(c);
	while ((next = hosts_next(c->hosts, &p)) == HOSTS_READY && !connect_to(c, &p)) {
		snprintf(kept, sizeof kept, "%s", PQerrorMessage(c->pg));
		drop(c);
	}
	if (next == HOSTS_WAIT) {
		happens(c, ON_NAME, NULL);
		set_timer(c, CONNECT_MS);
	} else if (next == HOSTS_END) {
		kept[strcspn(kept, "\n")] = '\0';
		conn_reset(c, kept[0] != '\0' ? kept : hosts_why(c->hosts));
	}
}

static void
connect_start(struct conn *c)
{
	happens(c, ON_TIME, NULL);
	hosts_rewind(c->hosts);
	connect_next(c, "");
}

static void
on_resolved(void *ctx)
{
	struct conn *c = ctx;

	if (c->state == CONN_RESOLVING)
		connect_next(c, "");
}

/*
 * Without memory for the beginning of a COPY, libpq keeps the server's bytes, says that it waits
 * for more, and none will come: asked again it finds them.
 */
static void
look_again(struct conn *c)
{
	if (!c->busy)
		return;
	c->silent_ms += LOOK_AGAIN_MS;
	if (c->ops->silence_ms != 0 && c->silent_ms >= c->ops->silence_ms) {
		conn_reset(c, "no answer for too long");
		return;
	}
	set_timer(c, LOOK_AGAIN_MS);
	step(c);
}

/* --- a query ---------------------------------------------------------------------------------- */

/* Sends what waits. False: the connection is lost. */
static bool
push(struct conn *c)
{
	int flushed = PQflush(c->pg);

	while (flushed == 0 && c->copying) {
		size_t n = c->copy_n - c->copy_off;
		int put;

		if (n > COPY_CHUNK)
			n = COPY_CHUNK;
		if (n == 0)
			put = PQputCopyEnd(c->pg, NULL);
		else
			put = PQputCopyData(c->pg, (const char *)c->copy + c->copy_off, (int)n);
		if (put < 0)
			return false;
		if (put == 0) {
			flushed = 1; /* no room: when it is writable again */
			break;
		}
		c->copy_off += n;
		c->copying = n != 0;
		flushed = PQflush(c->pg);
	}
	if (flushed < 0)
		return false;
	watch(c, flushed == 0 ? EV_READ : EV_READ | EV_WRITE);
	return !c->broken;
}

static void
begin_copy(struct conn *c)
{
	c->copy = NULL;
	c->copy_n = 0;
	c->copy_off = 0;
	c->ops->copy(c->ctx, &c->copy, &c->copy_n);
	c->copying = true;
}

static void
on_checked(struct conn *c)
{
	if (c->unsafe != NULL) {
		connect_next(c, c->unsafe);
		return;
	}
	happens(c, ON_SAFE, NULL);
	log_info("store.connection.up", KV("connection", c->name));
	c->ops->up(c->ctx);
}

static void
take_result(struct conn *c, PGresult *res)
{
	bool kept = false;

	if (c->state == CONN_CHECKING)
		c->unsafe = pg_unsafe(res);
	else
		kept = c->ops->result(c->ctx, res);
	if (!kept)
		PQclear(res);
}

/* Takes what is there of the running query's results. */
static void
take_results(struct conn *c)
{
	const PGconn *pg = c->pg;

	/* The callbacks may reset the connection: then c->pg is another, or none. */
	while (c->pg == pg && c->busy && !c->copying && !c->broken && !PQisBusy(c->pg)) {
		PGresult *res = PQgetResult(c->pg);

		if (res == NULL) {
			c->busy = false;
			if (c->state == CONN_CHECKING)
				on_checked(c);
			else
				c->ops->finished(c->ctx);
		} else if (PQstatus(c->pg) == CONNECTION_BAD) {
			c->broken = true;
		} else if (PQresultStatus(res) == PGRES_COPY_IN) {
			begin_copy(c);
			if (!push(c))
				c->broken = true;
		} else {
			take_result(c, res);
			continue;
		}
		PQclear(res);
	}
}

static void
step(struct conn *c)
{
	take_results(c);
	if (c->pg != NULL && c->state != CONN_CONNECTING && (c->broken || !push(c)))
		reset_with_message(c);
}

static void
exchange(struct conn *c, short what)
{
	c->silent_ms = 0;
	if (c->broken || ((what & EV_READ) != 0 && PQconsumeInput(c->pg) == 0) || !push(c)) {
		reset_with_message(c);
		return;
	}
	step(c);
}

static void
connect_late(struct conn *c)
{
	connect_next(c, "no answer to the connection attempt");
}

static void
resolve_late(struct conn *c)
{
	hosts_skip(c->hosts);
	connect_next(c, hosts_why(c->hosts));
}

/* What each state does when its time is over, and when there is something on its socket. NULL: it
 * has neither. */
static const struct {
	void (*time)(struct conn *c);
	void (*io)(struct conn *c, short what);
} states[] = {
    [CONN_WAITING] = {connect_start, NULL},
    [CONN_RESOLVING] = {resolve_late, NULL},
    [CONN_CONNECTING] = {connect_late, connect_poll},
    [CONN_CHECKING] = {look_again, exchange},
    [CONN_UP] = {look_again, exchange},
    [CONN_STOPPED] = {NULL, NULL},
};
COVERS(states, N_CONN_STATES);

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;

	(void)fd;
	(void)what;
	if (c->broken)
		reset_with_message(c);
	else if (states[c->state].time != NULL)
		states[c->state].time(c);
}

static void
on_io(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;

	(void)fd;
	if (states[c->state].io != NULL)
		states[c->state].io(c, what);
}

static void
sent(struct conn *c, int good)
{
	c->busy = true;
	c->warned = false;
	c->silent_ms = 0;
	set_timer(c, LOOK_AGAIN_MS);
	if (good != 1 || !push(c)) {
		c->broken = true;
		set_timer(c, 0);
	}
}

void
conn_send(struct conn *c, const char *sql)
{
	sent(c, PQsendQuery(c->pg, sql));
}

void
conn_send_params(struct conn *c, const char *sql, int n, const char *const values[])
{
	sent(c, PQsendQueryParams(c->pg, sql, n, NULL, values, NULL, NULL, 0));
}

void
conn_prepare(struct conn *c, const char *name, const char *sql)
{
	sent(c, PQsendPrepare(c->pg, name, sql, 0, NULL));
}

void
conn_send_prepared(struct conn *c, const char *name, int n, const char *const values[])
{
	sent(c, PQsendQueryPrepared(c->pg, name, n, values, NULL, NULL, 0));
}

/* --- life ------------------------------------------------------------------------------------- */

struct conn *
conn_new(struct event_base *base, struct beside *beside, const char *name, const char *conninfo,
	 const struct conn_ops *ops, void *ctx)
{
	struct conn *c = calloc(1, sizeof *c);
	struct err e;

	if (c == NULL)
		return NULL;
	*c = (struct conn){
	    .base = base, .name = name, .ops = ops, .ctx = ctx, .backoff_ms = BACKOFF_MIN_MS};
	c->timer = event_new(base, -1, 0, on_timer, c);
	if (c->timer == NULL || pg_params_fill(&c->params, conninfo, ops->role, &e) != OK ||
	    hosts_new(conninfo, beside, on_resolved, c, &c->hosts, &e) != OK) {
		log_error("store.connection", KV("connection", name), KV("text", e.text));
		conn_free(c);
		return NULL;
	}
	set_timer(c, 0);
	return c;
}

void
conn_free(struct conn *c)
{
	if (c == NULL)
		return;
	if (c->timer != NULL) {
		drop(c);
		event_free(c->timer);
	}
	hosts_free(c->hosts);
	free(c);
}

bool
conn_is_up(const struct conn *c)
{
	return c->state == CONN_UP && !c->broken;
}

bool
conn_warned(const struct conn *c)
{
	return c->warned;
}

bool
conn_in_transaction(const struct conn *c)
{
	return PQtransactionStatus(c->pg) != PQTRANS_IDLE;
}

int
conn_backend(const struct conn *c)
{
	return PQbackendPID(c->pg);
}

void
conn_succeeded(struct conn *c)
{
	c->backoff_ms = BACKOFF_MIN_MS;
}
