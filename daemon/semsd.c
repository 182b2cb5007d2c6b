/*
 * semsd: the composition root. The only file that knows every layer, owns the loop and exits.
 */
#include "base/count.h"
#include "base/file/lockfile.h"
#include "base/json/jsonmem.h"
#include "base/log.h"
#include "base/machine.h"
#include "config.h"
#include "door/session_door.h"
#include "host/embedded.h"
#include "host/keyring.h"
#include "host/supervisor.h"
#include "host/web_child.h"
#include "ingest/ingest.h"
#include "jobs/duties.h"
#include "jobs/highwater.h"
#include "jobs/key_watch.h"
#include "jobs/register_watch.h"
#include "net/listener.h"
#include "net/server.h"
#include "net/tls/trust.h"
#include "net/users.h"
#include "store/count/layout.h"
#include "store/schema/furnish.h"
#include "store/store.h"

#include <event2/event.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Exit codes of sysexits, as service managers know them. */
enum { EXIT_GOOD = 0, EXIT_BAD_USAGE = 64, EXIT_NO_SERVICE = 69, EXIT_BAD_CONFIG = 78 };

/* semsd.8 and the unit's TimeoutStopSec know it, with what embedded_stop() may take besides. */
#define STOP_DEADLINE_MS (20 * MS_PER_SECOND)
#define FAREWELL_MS      MS_PER_SECOND /* of these, to tell those who wait in vain */

/* Of the loop's events; 0 is the database's. */
#define PRIORITIES      2
#define PRIORITY_CLIENT 1
#define CLIENTS_TURN_US 1000

struct semsd {
	struct config config;
	struct embedded *cluster;
	struct web_child *web;
	const char *conninfo;
	struct keyring *keys;
	struct event_base *base;
	struct store *store;
	struct ingest *ingest;
	struct admin *admin;
	struct server *server;
	struct duties *duties;
	struct highwater *highwater;
	struct key_watch *key_watch;
	struct register_watch *register_watch;
	struct event *signals[3];
	struct event *stop_poll;
	struct event *tend;
	struct event *alive;    /* NULL: nobody wants to hear that the loop turns */
	char owners[3][128];    /* principals that administer it */
	struct mono_ms stop_by; /* 0: not asked to */
	int state_lock;         /* -1: none */
	struct rare behalf_refused;
	uid_t started_by;
};

/* --- what the layers call back ---------------------------------------------------------------- */

/* Groups to the store, requests to administration. */
static void
on_turn(void *ctx)
{
	struct semsd *d = ctx;
	struct ingest_request r;

	if (store_ready(d->store)) {
		struct group *g = ingest_take_group(d->ingest);

		if (g != NULL) {
			g->received_at = server_now();
			highwater_sent(d->highwater);
			store_write(d->store, g);
		}
	}
	while (ingest_take_request(d->ingest, &r))
		session_door_ask(d->admin, d->ingest, &r, server_now());
}

static void
on_written(void *ctx, struct group *g)
{
	struct semsd *d = ctx;

	highwater_answered(d->highwater, g->received_at);
	ingest_group_done(d->ingest, g);
	on_turn(d);
	server_pump(d->server);
}

static void
on_ready(void *ctx, bool ready)
{
	struct semsd *d = ctx;

	log_info("store.ready", KV("ready", ready ? "yes" : "no"));
	if (ready && d->highwater != NULL)
		highwater_look(d->highwater);
	if (ready && d->server != NULL)
		on_turn(d);
}

static void
on_output(void *ctx)
{
	struct semsd *d = ctx;

	server_pump(d->server);
}

static struct utc_ms
now(void *ctx)
{
	(void)ctx;
	return server_now();
}

static struct mono_ms
mono(void *ctx)
{
	(void)ctx;
	return server_mono();
}

static const unsigned char *
person_key(void *ctx, int year)
{
	struct semsd *d = ctx;
	const unsigned char *key = keyring_person(d->keys, year);

	if (key == NULL)
		key_watch_look(d->key_watch);
	return key;
}

static bool
owns(void *ctx, struct text principal)
{
	const struct semsd *d = ctx;

	for (size_t i = 0; i < COUNT(d->owners); i++)
		if (text_eq(principal, text_of(d->owners[i])))
			return true;
	return false;
}

/* Whom a gateway speaks for is who did it; that it did stands here. */
static void
behalf(void *ctx, struct text gateway, struct text principal, const char *why)
{
	struct semsd *d = ctx;
	char whom[128];

	text_print(whom, sizeof whom, "%.*s", (int)principal.n, principal.s);
	if (why == NULL)
		log_info("session.behalf", KV("gateway", gateway.s), KV("principal", whom));
	else if (rare_may(&d->behalf_refused, server_mono().v))
		log_warn("session.behalf", KV("gateway", gateway.s), KV("principal", whom),
			 KVI("others_before", d->behalf_refused.unsaid), KV("why", why));
}

static void
on_registry(void *ctx, struct registry *r, const struct err *e)
{
	struct semsd *d = ctx;

	if (r == NULL) {
		log_error("registry.kept", KV("where", e->where), KV("text", e->text));
		return;
	}
	ingest_set_registry(d->ingest, r);
	log_info("registry.reloaded", KV("entity", registry_entity(r)));
}

static json_t *
doors(void *ctx)
{
	const struct semsd *d = ctx;

	return d->server == NULL ? json_object() : server_state(d->server);
}

static void
reload_files(void *ctx, void (*done)(void *done_ctx, const struct err *e), void *done_ctx)
{
	struct semsd *d = ctx;

	server_reload(d->server, done, done_ctx);
}

/* Also for new purge floors: what is older must be answered EXPIRED from now on. */
static void
reload_registry(void *ctx)
{
	struct semsd *d = ctx;

	store_reload_registry(d->store, on_registry, d);
}

/* --- stopping --------------------------------------------------------------------------------- */

static void
on_stop_poll(evutil_socket_t fd, short what, void *arg)
{
	struct semsd *d = arg;
	struct timeval soon = {0, 20000};
	int64_t left_ms;
	bool is_done;

	(void)fd;
	(void)what;
	left_ms = d->stop_by.v - server_mono().v;
	is_done =
	    ingest_is_empty(d->ingest) && highwater_finish(d->highwater) && store_idle(d->store);

	/* What the database still has nobody waits for any longer; the peers are told. */
	if (!is_done && left_ms <= FAREWELL_MS) {
		ingest_part(d->ingest);
		server_pump(d->server);
		is_done = true;
	}
	if ((is_done && server_is_flushed(d->server)) || left_ms <= 0)
		event_base_loopbreak(d->base);
	else
		event_add(d->stop_poll, &soon);
}

/* What is being committed is finished and answered; the rest is told to come again. */
static void
on_stop(evutil_socket_t sig, short what, void *arg)
{
	struct semsd *d = arg;

	(void)what;
	if (d->stop_by.v != 0)
		return;
	log_info("semsd.stopping", KVI("signal", sig));
	supervisor_stopping();
	d->stop_by.v = server_mono().v + STOP_DEADLINE_MS;
	duties_stop(d->duties);
	register_watch_stop(d->register_watch);
	ingest_drain(d->ingest);
	server_stop_listening(d->server);
	store_drain(d->store);
	on_turn(d);
	server_pump(d->server);
	on_stop_poll(-1, 0, d);
}

/* What is wrong was logged where it was found. */
static void
on_files_read(void *ctx, const struct err *e)
{
	(void)ctx;
	if (e->code == OK)
		log_info("reload.done", KV("by", "SIGHUP"));
	else
		log_error("reload.failed", KV("by", "SIGHUP"), KV("text", e->text));
}

static void
on_hangup(evutil_socket_t sig, short what, void *arg)
{
	struct semsd *d = arg;

	(void)sig;
	(void)what;
	store_reload_registry(d->store, on_registry, d);
	if (d->server != NULL)
		server_reload(d->server, on_files_read, d);
}

/* --- starting --------------------------------------------------------------------------------- */

/* Two that note in one folder how far the database came would not notice when it goes back. A
 * folder that nothing can be noted in is nobody's; the mark says so. */
static enum code
take_state(struct semsd *d, struct err *e)
{
	enum code code = lockfile_take(d->config.state, "state.lock",
				       "stop it, or give this one a folder of its own with --state",
				       &d->state_lock, e);

	return code == REJ_STATE ? code : OK;
}

static enum code
open_store(struct semsd *d, struct err *e)
{
	struct store_config sc = {
	    .writer = {.on_written = on_written, .on_ready = on_ready, .ctx = d}};

	d->conninfo = d->config.database;
	if (d->config.embedded != NULL) {
		if (embedded_start(d->config.embedded, &furnish_cluster, &d->cluster, e) != OK)
			return e->code;
		d->conninfo = embedded_conninfo(d->cluster);
	}
	sc.writer.is_replicated = strcmp(d->config.durability, DURABILITY_REPLICATED) == 0;
	if (take_state(d, e) != OK || schema_prepare(d->conninfo, e) != OK ||
	    keyring_open(d->config.keys, &d->keys, e) != OK ||
	    schema_check_keys(d->conninfo, d->keys, e) != OK)
		return e->code;
	sc.writer.conninfo = d->conninfo;
	sc.writer.keys = d->keys;
	d->store = store_new(d->base, &sc);
	return d->store == NULL ? err_set(e, TRY_SYSTEM, "store", "out of memory") : OK;
}

/* Where descriptors are few there are fewer sessions, so that they can be shared out. */
static uint32_t
count_sessions(uint32_t wanted)
{
	uint32_t n = listener_room(wanted);

	if (n < wanted)
		log_warn("sessions.few", KVI("sessions", n), KVI("wanted", wanted),
			 KV("text", "the limit of open files (nofile) allows no more"));
	return n;
}

static enum code
open_ingest(struct semsd *d, struct err *e)
{
	const uid_t owners[] = {0, d->started_by, geteuid()};
	struct registry *r = NULL;
	struct ingest_config ic = ingest_defaults();
	struct admin_config ac = {.store = d->store,
				  .keys = d->keys,
				  .on_turn = on_turn,
				  .doors = doors,
				  .reload = reload_files,
				  .on_output = on_output,
				  .ctx = d};

	ic.max_sessions = count_sessions(ic.max_sessions);
	ic.durability = d->config.durability;
	ic.person_key = person_key;
	ic.write_row = store_write_row;
	ic.owns = owns;
	ic.behalf = behalf;
	ic.step = machine_step;
	for (size_t i = 0; i < COUNT(owners); i++)
		users_look_up(owners[i], d->owners[i], sizeof d->owners[i]);
	ic.ctx = d;
	d->ingest = ingest_new(&ic);
	if (d->ingest == NULL)
		return err_set(e, TRY_SYSTEM, "ingest", "out of memory");
	ac.ingest = d->ingest;
	d->admin = admin_new(&ac);
	if (d->admin == NULL)
		return err_set(e, TRY_SYSTEM, "admin", "out of memory");
	if (schema_load_registry(d->conninfo, &r, e) != OK)
		return e->code;
	ingest_set_registry(d->ingest, r);
	return OK;
}

static enum code
open_server(struct semsd *d, struct err *e)
{
	struct server_config vc = {.ingest = d->ingest,
				   .owner = d->started_by,
				   .beside = store_beside(d->store),
				   .look_up = users_look_up,
				   .tls = d->config.tls.n == 0 ? NULL : d->config.tls_folder,
				   .held = supervisor_socket,
				   .on_turn = on_turn,
				   .ctx = d};
	int port = 0;

	if (server_new(d->base, &vc, &d->server, e) != OK ||
	    server_listen(d->server, GATE_UNIX, d->config.socket, &port, e) != OK)
		return e->code;
	for (unsigned i = 0; i < d->config.listen.n; i++)
		if (server_listen(d->server, GATE_LOOPBACK, d->config.listen.of[i], &port, e) != OK)
			return e->code;
	for (unsigned i = 0; i < d->config.tls.n; i++)
		if (server_listen(d->server, GATE_TLS, d->config.tls.of[i], &port, e) != OK)
			return e->code;
	return OK;
}

static enum code
open_highwater(struct semsd *d, struct err *e)
{
	struct highwater_config hc = highwater_defaults();

	hc.folder = d->config.state;
	hc.now = now;
	hc.ctx = d;
	d->highwater = highwater_new(d->base, d->store, &hc);
	return d->highwater == NULL ? err_set(e, TRY_SYSTEM, "highwater", "out of memory") : OK;
}

static enum code
open_key_watch(struct semsd *d, struct err *e)
{
	struct key_watch_config kc = key_watch_defaults();

	kc.now = now;
	kc.ctx = d;
	d->key_watch = key_watch_new(d->base, d->store, d->keys, &kc);
	return d->key_watch == NULL ? err_set(e, TRY_SYSTEM, "keys", "out of memory") : OK;
}

static enum code
open_register_watch(struct semsd *d, struct err *e)
{
	struct register_watch_config wc = register_watch_defaults();

	wc.on_changed = reload_registry;
	wc.ctx = d;
	d->register_watch = register_watch_new(d->base, d->store, &wc);
	return d->register_watch == NULL ? err_set(e, TRY_SYSTEM, "register", "out of memory") : OK;
}

static enum code
open_duties(struct semsd *d, struct err *e)
{
	struct duties_config dc = duties_defaults();

	dc.now = now;
	dc.mono = mono;
	dc.keys = d->keys;
	dc.on_purged = reload_registry;
	dc.ctx = d;
	d->duties = duties_new(d->base, d->store, &dc);
	return d->duties == NULL ? err_set(e, TRY_SYSTEM, "duties", "out of memory") : OK;
}

/* Nothing is owed to anybody yet: what the database was asked for is taken back, and a cluster of
 * our own ends when we do. */
static void
on_early_stop(int sig)
{
	static const char line[] = "semsd: stopped while starting\n";
	ssize_t n = write(STDERR_FILENO, line, sizeof line - 1);

	(void)sig;
	(void)n;
	_exit(EXIT_GOOD);
}

static enum code
open_signal(struct semsd *d, unsigned i, int sig, event_callback_fn fn, struct err *e)
{
	d->signals[i] = evsignal_new(d->base, sig, fn, d);
	if (d->signals[i] == NULL || event_add(d->signals[i], NULL) != 0)
		return err_set(e, TRY_SYSTEM, "signals", "out of memory");
	return OK;
}

/* In place of on_early_stop(). */
static enum code
open_stop(struct semsd *d, struct err *e)
{
	d->stop_poll = evtimer_new(d->base, on_stop_poll, d);
	if (d->stop_poll == NULL)
		return err_set(e, TRY_SYSTEM, "signals", "out of memory");
	if (open_signal(d, 0, SIGTERM, on_stop, e) != OK)
		return e->code;
	return open_signal(d, 1, SIGINT, on_stop, e);
}

static void
on_tend(evutil_socket_t fd, short what, void *arg)
{
	struct semsd *d = arg;

	(void)fd;
	(void)what;
	embedded_tend(d->cluster);
	web_child_tend(d->web);
}

static enum code
open_tend(struct semsd *d, struct err *e)
{
	struct timeval second = {1, 0};

	if (d->cluster == NULL)
		return OK;
	d->tend = event_new(d->base, -1, EV_PERSIST, on_tend, d);
	if (d->tend == NULL || event_add(d->tend, &second) != 0)
		return err_set(e, TRY_SYSTEM, "embedded", "out of memory");
	return OK;
}

static void
on_alive(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	supervisor_alive();
}

static enum code
open_alive(struct semsd *d, struct err *e)
{
	int64_t ms = supervisor_every_ms();
	struct timeval every = {(time_t)(ms / MS_PER_SECOND),
				(suseconds_t)(ms % MS_PER_SECOND * 1000)};

	if (ms == 0)
		return OK;
	d->alive = event_new(d->base, -1, EV_PERSIST, on_alive, d);
	if (d->alive == NULL || event_add(d->alive, &every) != 0)
		return err_set(e, TRY_SYSTEM, "watchdog", "out of memory");
	return OK;
}

static void
on_libevent(int severity, const char *text)
{
	if (severity >= EVENT_LOG_WARN)
		log_warn("libevent", KV("text", text));
}

/*
 * The database goes first: while it waits for its next group, nobody is served. So its events are
 * looked for again when everybody else has had a turn's time.
 */
static struct event_base *
new_loop(void)
{
	struct timeval turn = {0, CLIENTS_TURN_US};
	struct event_config *c = event_config_new();
	struct event_base *base = NULL;

	if (c != NULL && event_config_set_max_dispatch_interval(c, &turn, -1, PRIORITY_CLIENT) == 0)
		base = event_base_new_with_config(c);
	if (base != NULL && event_base_priority_init(base, PRIORITIES) != 0) {
		event_base_free(base);
		base = NULL;
	}
	if (c != NULL)
		event_config_free(c);
	return base;
}

static enum code
start(struct semsd *d, struct err *e)
{
	jsonmem_watch(malloc);
	event_set_log_callback(on_libevent);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGTERM, on_early_stop);
	signal(SIGINT, on_early_stop);
	d->base = new_loop();
	if (d->base == NULL)
		return err_set(e, TRY_SYSTEM, "loop", "no event loop");
	if (open_signal(d, 2, SIGHUP, on_hangup, e) != OK || open_store(d, e) != OK ||
	    open_ingest(d, e) != OK)
		return e->code;
	if (open_key_watch(d, e) != OK || open_highwater(d, e) != OK ||
	    open_register_watch(d, e) != OK || open_tend(d, e) != OK || open_server(d, e) != OK)
		return e->code;
	if (open_duties(d, e) != OK || open_alive(d, e) != OK || open_stop(d, e) != OK)
		return e->code;
	return d->config.web == NULL ? OK
				     : web_child_start(d->config.socket, d->config.web, &d->web, e);
}

static void
stop(struct semsd *d)
{
	web_child_stop(d->web);
	server_free(d->server);
	store_free(d->store);
	highwater_free(d->highwater);
	key_watch_free(d->key_watch);
	register_watch_free(d->register_watch);
	duties_free(d->duties);
	admin_free(d->admin);
	ingest_free(d->ingest);
	keyring_free(d->keys);
	for (unsigned i = 0; i < 3; i++)
		if (d->signals[i] != NULL)
			event_free(d->signals[i]);
	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	if (d->stop_poll != NULL)
		event_free(d->stop_poll);
	if (d->tend != NULL)
		event_free(d->tend);
	if (d->alive != NULL)
		event_free(d->alive);
	if (d->base != NULL)
		event_base_free(d->base);
	embedded_stop(d->cluster);
	if (d->state_lock >= 0)
		close(d->state_lock);
	config_fini(&d->config);
	libevent_global_shutdown();
}

/* Where and what; a text that begins with its place names it itself. */
static void
say(const struct err *e)
{
	bool told = strncmp(e->text, e->where, strlen(e->where)) == 0;

	fprintf(stderr, "semsd: %s%s%s\n", told ? "" : e->where, told ? "" : ": ", e->text);
}

static int
fail(struct semsd *d, const struct err *e)
{
	say(e);
	stop(d);
	return code_is_retry(e->code) ? EXIT_NO_SERVICE : EXIT_BAD_CONFIG;
}

static enum code
look_at_trust(const struct config *c, struct err *e)
{
	struct trust *t;

	if (trust_load(c->tls_folder, &t, e) == OK)
		trust_free(t);
	return e->code;
}

/* What a start would refuse, as far as it can be seen without a database and without making
 * anything. */
static enum code
look(const struct config *c, struct err *e)
{
	if (c->embedded != NULL && embedded_look(c->embedded, c->user, e) != OK)
		return e->code;
	if (c->embedded == NULL && schema_look(c->database, e) != OK)
		return e->code;
	/* The keys of a folder that is not there yet go into it. */
	if ((c->embedded == NULL || access(c->embedded, F_OK) == 0) &&
	    keyring_look(c->keys, e) != OK)
		return e->code;
	if (gate_of(GATE_UNIX)->look(c->socket, e) != OK)
		return e->code;
	for (unsigned i = 0; i < c->listen.n; i++)
		if (gate_of(GATE_LOOPBACK)->look(c->listen.of[i], e) != OK)
			return e->code;
	for (unsigned i = 0; i < c->tls.n; i++)
		if (gate_of(GATE_TLS)->look(c->tls.of[i], e) != OK)
			return e->code;
	return c->tls.n == 0 ? OK : look_at_trust(c, e);
}

int
main(int argc, char **argv)
{
	struct semsd d = {.started_by = getuid(), .state_lock = -1};
	struct err e = {0};
	enum code code = config_load(&d.config, argc, argv, &e);

	if (code == REJ_STATE) {
		config_fini(&d.config);
		return EXIT_GOOD;
	}
	if (code != OK) {
		say(&e);
		config_fini(&d.config);
		return strcmp(e.where, "options") == 0 ? EXIT_BAD_USAGE : EXIT_BAD_CONFIG;
	}
	log_setup(STDERR_FILENO, d.config.verbose ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO);
	if (d.config.layout != NULL && layout_use(d.config.layout, &e) != OK)
		return fail(&d, &e);
	if (d.config.check) {
		if (look(&d.config, &e) != OK)
			return fail(&d, &e);
		printf("semsd: the configuration is good\n");
		config_fini(&d.config);
		return EXIT_GOOD;
	}
	if (d.config.embedded != NULL &&
	    embedded_step_down(d.config.embedded, d.config.user, &e) != OK)
		return fail(&d, &e);
	if (start(&d, &e) != OK)
		return fail(&d, &e);
	log_info("semsd.started", KV("version", SEMS_VERSION));
	supervisor_ready();
	event_base_dispatch(d.base);
	stop(&d);
	log_info("semsd.stopped", KV("version", SEMS_VERSION));
	return EXIT_GOOD;
}
