#include "store/pg/hosts.h"

#include <libpq-fe.h>

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define HOSTS_MAX      16
#define NAME_SIZE      256
#define PORT_SIZE      8
#define ADDRESSES_MAX  8 /* of one name; more are not tried */
#define ADDRESS_SIZE   64
#define NO_MORE_CHECKS "-" /* a value that libpq refuses, when it has read everything else */

struct lookup {
	struct task task;
	struct hosts *hosts;
	size_t at; /* which host */
	char name[NAME_SIZE];
	char address[ADDRESSES_MAX][ADDRESS_SIZE];
	size_t n;
	char why[128];
};

struct host {
	char name[NAME_SIZE]; /* "": libpq's default, or known by its address alone */
	char port[PORT_SIZE];
	bool is_name;          /* to be looked up */
	bool is_known;         /* address[] is what was found, to be used once */
	struct lookup *lookup; /* runs */
	char address[ADDRESSES_MAX][ADDRESS_SIZE];
	size_t n;
};

struct hosts {
	struct beside *beside;
	void (*resolved)(void *ctx);
	void *ctx;
	struct host host[HOSTS_MAX];
	size_t n;
	size_t at;
	size_t address; /* the next of this host */
	bool is_waiting;
	char why[240];
};

/* --- the list --------------------------------------------------------------------------------- */

/* The member of a list with commas; the only one of a list of one is everybody's. */
static bool
member(const char *list, size_t at, char *out, size_t size)
{
	const char *end;

	out[0] = '\0';
	if (list == NULL)
		return true;
	if (at > 0 && strchr(list, ',') == NULL)
		at = 0;
	for (; at > 0; at--) {
		list = strchr(list, ',');
		if (list == NULL)
			return true;
		list++;
	}
	end = strchr(list, ',');
	return (size_t)snprintf(out, size, "%.*s",
				(int)(end == NULL ? strlen(list) : (size_t)(end - list)),
				list) < size;
}

static size_t
members(const char *list)
{
	size_t n = 1;

	for (; list != NULL && *list != '\0'; list++)
		n += *list == ',';
	return n;
}

static bool
is_numeric(const char *name)
{
	unsigned char bytes[sizeof(struct in6_addr)];

	/* An address with a scope, such as fe80::1%eth0, is none to inet_pton(). */
	return inet_pton(AF_INET, name, bytes) == 1 || strchr(name, ':') != NULL;
}

static enum code
read_lists(struct hosts *h, const char *host, const char *hostaddr, const char *port, struct err *e)
{
	h->n = members(host != NULL && host[0] != '\0' ? host : hostaddr);
	if (h->n > HOSTS_MAX)
		return err_set(e, FATAL_CONFIG, "database", "it names more than %d hosts",
			       HOSTS_MAX);
	for (size_t i = 0; i < h->n; i++) {
		struct host *one = &h->host[i];

		if (!member(host, i, one->name, sizeof one->name) ||
		    !member(hostaddr, i, one->address[0], sizeof one->address[0]) ||
		    !member(port, i, one->port, sizeof one->port))
			return err_set(e, FATAL_CONFIG, "database", "a host's name is too long");
		if (h->n > 1 && one->name[0] == '\0' && one->address[0][0] == '\0')
			return err_set(
			    e, FATAL_CONFIG, "database",
			    "a host of the list is empty: name the folder of its socket");
		one->n = one->address[0][0] != '\0';
		one->is_name = one->n == 0 && one->name[0] != '\0' && one->name[0] != '/' &&
			       one->name[0] != '@' && !is_numeric(one->name);
	}
	return OK;
}

static const char *
value_of(const PQconninfoOption *all, const char *keyword)
{
	for (; all->keyword != NULL; all++)
		if (strcmp(all->keyword, keyword) == 0)
			return all->val;
	return NULL;
}

/* Everything that libpq would take into account, without a connection. */
static enum code
read_conninfo(struct hosts *h, const char *conninfo, struct err *e)
{
	const char *const keys[] = {"dbname", "channel_binding", NULL};
	const char *const values[] = {conninfo, NO_MORE_CHECKS, NULL};
	PGconn *pg = PQconnectStartParams(keys, values, 1);
	PQconninfoOption *all = pg == NULL ? NULL : PQconninfo(pg);
	enum code code;

	if (all == NULL)
		code = err_set(e, TRY_SYSTEM, "database", "out of memory");
	else
		code = read_lists(h, value_of(all, "host"), value_of(all, "hostaddr"),
				  value_of(all, "port"), e);
	PQconninfoFree(all);
	PQfinish(pg);
	return code;
}

enum code
hosts_new(const char *conninfo, struct beside *beside, void (*resolved)(void *ctx), void *ctx,
	  struct hosts **out, struct err *e)
{
	struct hosts *h = calloc(1, sizeof *h);

	if (h == NULL)
		return err_set(e, TRY_SYSTEM, "database", "out of memory");
	h->beside = beside;
	h->resolved = resolved;
	h->ctx = ctx;
	if (read_conninfo(h, conninfo, e) != OK) {
		free(h);
		return e->code;
	}
	*out = h;
	return OK;
}

void
hosts_free(struct hosts *h)
{
	if (h == NULL)
		return;
	for (size_t i = 0; i < h->n; i++)
		if (h->host[i].lookup != NULL)
			h->host[i].lookup->task.done = NULL;
	free(h);
}

/* --- looking up ------------------------------------------------------------------------------- */

static void
run_lookup(struct task *t)
{
	struct lookup *l = (struct lookup *)t;
	const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	struct addrinfo *all = NULL;
	int failed = getaddrinfo(l->name, NULL, &hints, &all);

	if (failed != 0) {
		snprintf(l->why, sizeof l->why, "%s", gai_strerror(failed));
		return;
	}
	for (const struct addrinfo *a = all; a != NULL && l->n < ADDRESSES_MAX; a = a->ai_next)
		l->n += getnameinfo(a->ai_addr, a->ai_addrlen, l->address[l->n], ADDRESS_SIZE, NULL,
				    0, NI_NUMERICHOST) == 0;
	freeaddrinfo(all);
	if (l->n == 0)
		snprintf(l->why, sizeof l->why, "it has no address");
}

static void
lookup_done(struct task *t)
{
	struct lookup *l = (struct lookup *)t;
	struct hosts *h = l->hosts;
	struct host *one = &h->host[l->at];
	bool is_awaited = h->is_waiting && h->at == l->at;

	one->lookup = NULL;
	one->is_known = true;
	one->n = l->n;
	memcpy(one->address, l->address, sizeof one->address);
	snprintf(h->why, sizeof h->why, "%s%.80s%s%.70s", l->why[0] == '\0' ? "" : "the host ",
		 l->why[0] == '\0' ? "" : l->name, l->why[0] == '\0' ? "" : ": ", l->why);
	free(t);
	if (!is_awaited)
		return;
	h->is_waiting = false;
	h->resolved(h->ctx);
}

/* False: it cannot be begun, or is at it since before. */
static bool
begin_lookup(struct hosts *h)
{
	struct host *one = &h->host[h->at];
	struct lookup *l = one->lookup != NULL ? NULL : task_new(sizeof *l);

	if (l == NULL)
		return false;
	l->task.run = run_lookup;
	l->task.done = lookup_done;
	l->hosts = h;
	l->at = h->at;
	snprintf(l->name, sizeof l->name, "%s", one->name);
	if (!beside_run(h->beside, &l->task)) {
		free(l);
		return false;
	}
	one->lookup = l;
	return true;
}

/* --- one after the other ---------------------------------------------------------------------- */

void
hosts_rewind(struct hosts *h)
{
	h->at = h->address = 0;
	h->is_waiting = false;
}

static void
next_host(struct hosts *h)
{
	/* The next round looks it up anew. */
	h->host[h->at].is_known = false;
	h->at++;
	h->address = 0;
}

static const char *
or_null(const char *s)
{
	return s[0] == '\0' ? NULL : s;
}

/* The next address of this host, or the host as it is. */
static bool
take(struct hosts *h, struct endpoint *out)
{
	const struct host *one = &h->host[h->at];

	if (h->address >= (one->n == 0 && !one->is_name ? 1 : one->n))
		return false;
	*out = (struct endpoint){or_null(one->name), one->n == 0 ? NULL : one->address[h->address],
				 or_null(one->port)};
	h->address++;
	return true;
}

enum hosts_next
hosts_next(struct hosts *h, struct endpoint *out)
{
	for (; h->at < h->n; next_host(h)) {
		struct host *one = &h->host[h->at];

		if (one->is_name && !one->is_known) {
			if (begin_lookup(h)) {
				h->is_waiting = true;
				return HOSTS_WAIT;
			}
			continue;
		}
		if (take(h, out))
			return HOSTS_READY;
	}
	return HOSTS_END;
}

void
hosts_skip(struct hosts *h)
{
	h->is_waiting = false;
	snprintf(h->why, sizeof h->why, "the host %.80s: no name server answers",
		 h->host[h->at].name);
	next_host(h);
}

const char *
hosts_why(const struct hosts *h)
{
	return h->why;
}
