/*
 * semsweb: HTTP for phones, browsers and programs, in front of semsd. It keeps no evidence, knows
 * no database and holds none of semsd's keys: what it takes it asks semsd for, in the name of whom
 * it has recognised.
 */
#include "base/count.h"
#include "base/json/jsonmem.h"
#include "base/log.h"
#include "web/http/httpd.h"
#include "web/person/origin.h"
#include "web/site.h"

#include <event2/event.h>

#include <argp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Exit codes of sysexits, as service managers know them. */
enum { EXIT_GOOD = 0, EXIT_BAD_USAGE = 64, EXIT_NO_SERVICE = 69, EXIT_BAD_CONFIG = 78 };

#define LISTEN_MAX   HTTPD_PLACES
#define STOP_MS      10000u /* in which those who are served get their answers */
#define JSON_BYTES   ((size_t)192 * 1024 * 1024)
#define MOST_VISITS  8192u
#define MOST_SECONDS 300u

struct semsweb {
	const char *socket;
	const char *listen[LISTEN_MAX];
	unsigned n_listen;
	const char *certificate, *key;
	const char *people, *revoked; /* issuers of people's certificates, and their lists */
	const char *origin;           /* as given */
	const char *header;           /* of a proxy's */
	struct origin own;
	const char *anyone; /* whom all are that come by loopback */
	bool shows_link;    /* to the owner */
	uint32_t connections;
	uint32_t request_s; /* 0: as usual */
	bool verbose;
	struct event_base *base;
	struct httpd httpd;
	struct site *site;
	struct event *signals[3];
	struct event *stop_poll;
	unsigned stop_left_ms;
	bool stops;
};

/* --- stopping --------------------------------------------------------------------------------- */

static bool
serves_somebody(const struct semsweb *w)
{
	const struct visit *v;

	TAILQ_FOREACH (v, &w->httpd.visits.all, link)
		if (v->state == VISIT_SERVED || v->state == VISIT_READS)
			return true;
	return false;
}

static void
on_stop_poll(evutil_socket_t fd, short what, void *arg)
{
	const struct timeval soon = {0, 20000};
	struct semsweb *w = arg;

	(void)fd;
	(void)what;
	w->stop_left_ms -= w->stop_left_ms < 20 ? w->stop_left_ms : 20;
	if (!serves_somebody(w) || w->stop_left_ms == 0 || event_add(w->stop_poll, &soon) != 0)
		event_base_loopbreak(w->base);
}

static void
on_stop(evutil_socket_t sig, short what, void *arg)
{
	struct semsweb *w = arg;

	(void)what;
	if (w->stops)
		return;
	log_info("semsweb.stopping", KVI("signal", sig));
	w->stops = true;
	w->stop_left_ms = STOP_MS;
	httpd_stop_listening(&w->httpd);
	on_stop_poll(-1, 0, w);
}

static void
on_hangup(evutil_socket_t sig, short what, void *arg)
{
	struct semsweb *w = arg;
	struct err e;

	(void)sig;
	(void)what;
	if (httpd_reload(&w->httpd, &e) == OK)
		log_info("certificate.reloaded", KV("file", w->certificate));
	else
		log_error("certificate.kept", KV("where", e.where), KV("text", e.text));
}

/* --- options ---------------------------------------------------------------------------------- */

static const struct argp_option options[] = {
    {"socket", 's', "PATH", 0, "semsd's socket (/run/semsd/semsd.sock)", 0},
    {"listen", 'l', "ADDRESS:PORT", 0,
     "where browsers and programs connect (127.0.0.1:8443), or unix:/PATH for a proxy; other "
     "addresses than loopback take a certificate; may be given again",
     0},
    {"certificate", 'c', "FILE", 0, "certificate and chain in PEM, for HTTPS", 0},
    {"key", 'k', "FILE", 0, "its key in PEM", 0},
    {"origin", 'O', "URL", 0,
     "where browsers find it, as https://sems.example:8443: people then sign in by passkeys", 0},
    {"people", 'p', "FILE", 0,
     "issuers of people's certificates, in PEM: browsers may show one, and need none", 0},
    {"revoked", 'R', "FILE", 0, "what each of those has revoked, in PEM", 0},
    {"person-header", 'H', "NAME", 0,
     "the header in which a proxy names the person; heeded over unix: alone", 0},
    {"loopback-as", 'a', "PRINCIPAL", 0,
     "whoever connects by loopback is this device:NAME or web:NAME; not with a certificate", 0},
    {"owner-link", 'o', NULL, 0, "print a link that signs in the owner of this semsweb, once", 0},
    {"connections", 'n', "NUMBER", 0, "at once, at most (512)", 0},
    {"request-seconds", 'r', "NUMBER", 0, "from a request's first byte to its last, at most (30)",
     0},
    {"verbose", 'v', NULL, 0, "log what happens, too", 0},
    {NULL, 0, NULL, 0, NULL, 0},
};

static const char doc[] =
    "Take records, enrolments and people by HTTP, and ask semsd in their name.\v"
    "Examples:\n"
    "  semsweb --socket ./data/semsd.sock --listen 127.0.0.1:8443\n"
    "  semsweb --listen 0.0.0.0:443 --certificate web.pem --key web.key\n\n"
    "Its account needs the role gateway: semsctl init --role unix:semsweb=gateway. Stop it with "
    "SIGTERM; SIGHUP reads certificate and key anew.";

static error_t
take_number(const char *arg, uint32_t most, uint32_t *out)
{
	char *end = NULL;
	unsigned long n = strtoul(arg, &end, 10);

	if (end == arg || *end != '\0' || n == 0 || n > most)
		return EINVAL;
	*out = (uint32_t)n;
	return 0;
}

static bool
listens_for_proxy(const struct semsweb *w)
{
	for (unsigned i = 0; i < w->n_listen; i++)
		if (strncmp(w->listen[i], "unix:", 5) == 0)
			return true;
	return false;
}

/* What goes with what. */
static void
check_options(struct semsweb *w, struct argp_state *state)
{
	const char *wrong = w->origin == NULL ? NULL : origin_parse(w->origin, &w->own);

	if (wrong != NULL)
		argp_error(state, "--origin %s: %s", w->origin, wrong);
	else if ((w->certificate == NULL) != (w->key == NULL))
		argp_error(state, "--certificate and --key go together");
	else if (w->certificate != NULL && w->anyone != NULL)
		argp_error(state, "--loopback-as is for plain HTTP on loopback: leave one out");
	else if (w->people != NULL && w->certificate == NULL)
		argp_error(state, "--people takes --certificate: plain HTTP has no certificates");
	else if (w->revoked != NULL && w->people == NULL)
		argp_error(state, "--revoked goes with --people");
	else if (w->header != NULL && !listens_for_proxy(w))
		argp_error(state, "--person-header takes --listen unix:/PATH: nobody else's word "
				  "is taken");
}

static error_t
parse_option(int key, char *arg, struct argp_state *state)
{
	struct semsweb *w = state->input;
	const struct {
		int key;
		const char **to;
	} texts[] = {{'s', &w->socket},  {'c', &w->certificate}, {'k', &w->key},
		     {'a', &w->anyone},  {'O', &w->origin},      {'p', &w->people},
		     {'R', &w->revoked}, {'H', &w->header}};

	for (size_t i = 0; i < COUNT(texts); i++) {
		if (texts[i].key != key)
			continue;
		*texts[i].to = arg;
		return 0;
	}
	if (key == 'l' && w->n_listen < LISTEN_MAX)
		w->listen[w->n_listen++] = arg;
	else if (key == 'l')
		argp_error(state, "--listen: at most %d places", LISTEN_MAX);
	else if (key == 'n' && take_number(arg, MOST_VISITS, &w->connections) != 0)
		argp_error(state, "--connections takes 1 to %u", MOST_VISITS);
	else if (key == 'r' && take_number(arg, MOST_SECONDS, &w->request_s) != 0)
		argp_error(state, "--request-seconds takes 1 to %u", MOST_SECONDS);
	else if (key == 'v')
		w->verbose = true;
	else if (key == 'o')
		w->shows_link = true;
	else if (key == ARGP_KEY_END)
		check_options(w, state);
	else if (key != 'n' && key != 'r')
		return ARGP_ERR_UNKNOWN;
	return 0;
}

/* --- life ------------------------------------------------------------------------------------- */

static void
on_libevent(int severity, const char *text)
{
	if (severity >= EVENT_LOG_WARN)
		log_warn("libevent", KV("text", text));
}

/* On standard output, which is the terminal's: the log may be read by others. */
static void
show_link(const struct semsweb *w, int port)
{
	char secret[SECRET_SIZE];

	if (!site_owner_link(w->site, secret))
		return;
	printf("semsweb: http%s://%.*s:%d/enter?key=%s signs in the owner, once, within an hour.\n",
	       w->certificate == NULL ? "" : "s", (int)(strrchr(w->listen[0], ':') - w->listen[0]),
	       w->listen[0], port, secret);
	fflush(stdout);
	wipe(secret, sizeof secret);
}

static enum code
open_signals(struct semsweb *w, struct err *e)
{
	static const struct {
		int sig;
		event_callback_fn fn;
	} rows[] = {{SIGTERM, on_stop}, {SIGINT, on_stop}, {SIGHUP, on_hangup}};

	w->stop_poll = evtimer_new(w->base, on_stop_poll, w);
	for (size_t i = 0; i < COUNT(rows); i++) {
		w->signals[i] = evsignal_new(w->base, rows[i].sig, rows[i].fn, w);
		if (w->signals[i] == NULL || event_add(w->signals[i], NULL) != 0)
			return err_set(e, TRY_SYSTEM, "signals", "out of memory");
	}
	return w->stop_poll == NULL ? err_set(e, TRY_SYSTEM, "signals", "out of memory") : OK;
}

static enum code
start(struct semsweb *w, struct err *e)
{
	const struct site_config sc = {.socket = w->socket,
				       .anyone = w->anyone,
				       .origin = w->origin == NULL ? NULL : &w->own,
				       .header = w->header};
	struct httpd_config hc = {.certificate = w->certificate,
				  .key = w->key,
				  .people = w->people,
				  .revoked = w->revoked,
				  .connections = w->connections};
	int port = 0;

	jsonmem_watch(malloc);
	jsonmem_bound(JSON_BYTES);
	event_set_log_callback(on_libevent);
	signal(SIGPIPE, SIG_IGN);
	w->base = event_base_new();
	if (w->base == NULL || (w->site = site_new(w->base, &sc)) == NULL)
		return err_set(e, TRY_SYSTEM, "semsweb", "out of memory");
	if (open_signals(w, e) != OK)
		return e->code;
	if (w->request_s != 0) {
		hc.patience = visit_patience();
		hc.patience.request = w->request_s * 1000;
	}
	hc.routes = site_routes(&hc.n_routes);
	hc.ctx = site_ctx(w->site);
	if (httpd_open(&w->httpd, w->base, &hc, e) != OK)
		return e->code;
	for (unsigned i = 0; i < w->n_listen; i++) {
		if (httpd_listen(&w->httpd, w->listen[i], &port, e) != OK)
			return e->code;
		if (i == 0 && w->shows_link)
			show_link(w, port);
	}
	return OK;
}

static void
stop(struct semsweb *w)
{
	httpd_close(&w->httpd);
	site_free(w->site);
	for (size_t i = 0; i < COUNT(w->signals); i++)
		if (w->signals[i] != NULL)
			event_free(w->signals[i]);
	if (w->stop_poll != NULL)
		event_free(w->stop_poll);
	if (w->base != NULL)
		event_base_free(w->base);
	libevent_global_shutdown();
}

int
main(int argc, char **argv)
{
	static const struct argp argp = {options, parse_option, NULL, doc, NULL, NULL, NULL};
	struct semsweb w = {.socket = "/run/semsd/semsd.sock"};
	struct err e = {.code = OK};
	int rc = EXIT_GOOD;

	argp_err_exit_status = EXIT_BAD_USAGE;
	argp_program_version = "semsweb " SEMS_VERSION;
	if (argp_parse(&argp, argc, argv, 0, NULL, &w) != 0)
		return EXIT_BAD_USAGE;
	if (w.n_listen == 0)
		w.listen[w.n_listen++] = "127.0.0.1:8443";
	log_setup(STDERR_FILENO, w.verbose ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO);
	if (start(&w, &e) == OK) {
		event_base_dispatch(w.base);
	} else {
		fprintf(stderr, "semsweb: %s: %s\n", e.where, e.text);
		rc = code_is_retry(e.code) ? EXIT_NO_SERVICE : EXIT_BAD_CONFIG;
	}
	stop(&w);
	return rc;
}
