/* semsctl simulate: an invented airport's quarter, registered and sent like any other. */
#include "base/arena.h"
#include "base/text.h"
#include "client/client.h"
#include "tools/airport/airport.h"
#include "tools/semsctl/command.h"
#include "tools/terminal/progress.h"
#include "tools/terminal/table.h"
#include "tools/time/zone_calendar.h"
#include "wire/encode.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define ZONE_DEFAULT  "Europe/London"
#define ARENA_MAX     ((size_t)256 << 20)
#define KEPT_MAX      ((size_t)1 << 30) /* bytes of records to be delivered late or again */
#define CALENDAR_DAYS 420
#define REFUSALS_MAX  8

enum { LATE_DEFAULT_PERMILLE = 20, DUPLICATES_DEFAULT_PERMILLE = 10 };

struct refusal_seen {
	char field[64];
	char text[256];
	uint64_t count;
};

struct simulation {
	const struct options *o;
	struct airport_plan plan;
	bool has_quarter;
	bool do_register;
	struct arena *arena;
	struct arena *scratch;
	struct calendar cal;
	struct airport *airport;
	struct client *client;
	struct buf packed;
	struct buf late; /* a length, a tag and the bytes each */
	struct buf again;
	struct progress bar;
	uint64_t made[KIND_COUNT];
	uint64_t n_late;
	uint64_t n_again;
	uint64_t n_bad;
	uint64_t verdicts[8];
	uint64_t unexpected; /* refused, although it was meant to be acceptable */
	struct refusal_seen refusals[REFUSALS_MAX];
	size_t n_refusals;
	uint64_t other_refusals; /* of further fields */
	struct err err;
};

/* --- the quarter and its calendar ------------------------------------------------------------- */

static enum code
plan_quarter(struct simulation *s, const Sems__V1__Welcome *w, struct err *e)
{
	const char *name = w->zone != NULL && w->zone[0] != '\0' ? w->zone : ZONE_DEFAULT;
	struct zone z;
	struct utc_ms now = {w->server_time};
	struct civil_date first;

	if (!zone_open(name, &z))
		return err_set(
		    e, FATAL_CONFIG, "zone",
		    "this system does not know the entity's time zone %s: install tzdata", name);
	if (!s->has_quarter)
		s->plan.quarter = quarter_prev(quarter_of(zone_to_local(&z, now, NULL).date));
	first = quarter_first(quarter_prev(s->plan.quarter));
	if (!zone_calendar(&z, first, CALENDAR_DAYS, s->arena, &s->cal))
		return err_set(e, TRY_LIMIT, "memory", "out of memory");
	s->plan.cal = &s->cal;
	s->plan.now = now;
	return OK;
}

/* --- registering ------------------------------------------------------------------------------ */

static char *
copy(struct arena *a, const char *s)
{
	return arena_dup(a, s, strlen(s));
}

#define NEW(a, type)      arena_zalloc((a), 1, sizeof(type))
#define ARRAY(a, n, type) arena_zalloc((a), (n), sizeof(type *))

static Sems__V1__Site *
make_site(struct arena *a, const struct airport *ap, size_t i)
{
	Sems__V1__Site *site = NEW(a, Sems__V1__Site);
	size_t n = airport_n_locations(ap, i);

	sems__v1__site__init(site);
	site->site_id = copy(a, airport_site(ap, i).id);
	site->name = copy(a, airport_site(ap, i).name);
	site->locations = ARRAY(a, n, Sems__V1__Location);
	site->n_locations = n;
	for (size_t k = 0; k < n; k++) {
		struct airport_place p = airport_location(ap, i, k);

		site->locations[k] = NEW(a, Sems__V1__Location);
		sems__v1__location__init(site->locations[k]);
		site->locations[k]->location_id = copy(a, p.id);
		site->locations[k]->name = copy(a, p.name);
	}
	return site;
}

static Sems__V1__Source *
make_source(struct arena *a, struct airport_place p, const char *principal)
{
	Sems__V1__Source *source = NEW(a, Sems__V1__Source);
	Sems__V1__SenderGrant *grant = NEW(a, Sems__V1__SenderGrant);

	sems__v1__source__init(source);
	sems__v1__sender_grant__init(grant);
	grant->principal = copy(a, principal);
	grant->kinds = ARRAY(a, 1, char);
	grant->sites = ARRAY(a, 1, char);
	grant->kinds[0] = copy(a, "*");
	grant->sites[0] = copy(a, "*");
	grant->n_kinds = 1;
	grant->n_sites = 1;
	source->source = copy(a, p.id);
	source->description = copy(a, p.name);
	source->senders = ARRAY(a, 1, Sems__V1__SenderGrant);
	source->senders[0] = grant;
	source->n_senders = 1;
	return source;
}

static void
make_setup(struct arena *a, const struct airport *ap, const char *principal,
	   Sems__V1__SetupRequest *r)
{
	r->n_sites = airport_n_sites(ap);
	r->sites = ARRAY(a, r->n_sites, Sems__V1__Site);
	for (size_t i = 0; i < r->n_sites; i++)
		r->sites[i] = make_site(a, ap, i);
	r->n_sources = airport_n_sources(ap);
	r->sources = ARRAY(a, r->n_sources, Sems__V1__Source);
	for (size_t i = 0; i < r->n_sources; i++)
		r->sources[i] = make_source(a, airport_source(ap, i), principal);
	r->n_providers = airport_n_providers(ap);
	r->providers = ARRAY(a, r->n_providers, Sems__V1__Provider);
	for (size_t i = 0; i < r->n_providers; i++) {
		struct airport_place p = airport_provider(ap, i);

		r->providers[i] = NEW(a, Sems__V1__Provider);
		sems__v1__provider__init(r->providers[i]);
		r->providers[i]->provider_id = copy(a, p.id);
		r->providers[i]->name = copy(a, p.name);
	}
}

static bool
has_entity(const Sems__V1__Welcome *w)
{
	return w->entity != NULL && w->entity[0] != '\0';
}

/* Whoever may send must be registered: with the role that they have already. */
static void
add_caller(struct arena *a, const Sems__V1__Welcome *w, Sems__V1__SetupRequest *r)
{
	Sems__V1__Principal *p = NEW(a, Sems__V1__Principal);

	sems__v1__principal__init(p);
	p->principal = copy(a, w->principal == NULL ? "" : w->principal);
	p->role = copy(a, w->role == NULL ? "" : w->role);
	r->principals = ARRAY(a, 1, Sems__V1__Principal);
	r->principals[0] = p;
	r->n_principals = 1;
}

/* An entity that is there keeps its name and zone; it gets the invented sites and sources. */
static enum code
register_airport(struct simulation *s, struct err *e)
{
	const Sems__V1__Welcome *w = client_welcome(s->client);
	Sems__V1__Request request = SEMS__V1__REQUEST__INIT;
	Sems__V1__SetupRequest setup = SEMS__V1__SETUP_REQUEST__INIT;
	struct buf json;
	enum code code;

	make_setup(s->arena, s->airport, w->principal == NULL ? "" : w->principal, &setup);
	add_caller(s->arena, w, &setup);
	if (!has_entity(w)) {
		setup.entity = copy(s->arena, airport_entity(s->airport));
		setup.zone = copy(s->arena, ZONE_DEFAULT);
	}
	if (arena_failed(s->arena))
		return err_set(e, TRY_LIMIT, "memory", "out of memory");
	request.body_case = SEMS__V1__REQUEST__BODY_SETUP;
	request.setup = &setup;
	buf_init(&json, (size_t)1 << 20);
	code = client_ask(s->client, &request, &json, e);
	buf_fini(&json);
	return code;
}

static bool
is_granted(const Sems__V1__Welcome *w, const char *source)
{
	for (size_t i = 0; i < w->n_grants; i++) {
		const char *granted = w->grants[i]->source;

		if (granted != NULL && (strcmp(granted, "*") == 0 || strcmp(granted, source) == 0))
			return true;
	}
	return false;
}

/* Without this everything would be refused, record by record. */
static enum code
check_registered(const struct simulation *s, struct err *e)
{
	const Sems__V1__Welcome *w = client_welcome(s->client);

	if (!has_entity(w))
		return err_set(e, REJ_STATE, "entity",
			       "no entity is registered: add --register to register the invented "
			       "one with its sites and sources");
	for (size_t i = 0; i < airport_n_sources(s->airport); i++) {
		const char *source = airport_source(s->airport, i).id;

		if (!is_granted(w, source))
			return err_set(e, REJ_FORBIDDEN, "grants",
				       "you may not send for the simulated source %s: add "
				       "--register to register it, with the invented sites, at %s",
				       source, w->entity);
	}
	return OK;
}

/* --- delivering ------------------------------------------------------------------------------- */

struct parcel {
	uint32_t size;
	uint32_t is_bad;
};

static bool
keep(struct buf *b, struct text record, bool is_bad)
{
	struct parcel p = {(uint32_t)record.n, is_bad};

	return buf_add(b, &p, sizeof p) && buf_add(b, record.s, record.n);
}

static bool
deliver(struct simulation *s, struct text record, bool is_bad)
{
	return client_send(s->client, record, is_bad, &s->err) == OK;
}

static bool
on_record(void *ctx, const struct airport_item *item)
{
	struct simulation *s = ctx;
	struct text record;

	buf_clear(&s->packed);
	arena_reset(s->scratch);
	if (!wire_put_record(item->record, s->scratch, &s->packed)) {
		err_set(&s->err, FATAL_BUG, item->record->kind->name,
			"a record does not fit the protocol");
		return false;
	}
	record = (struct text){(const char *)s->packed.p, s->packed.n};
	s->made[item->record->kind->id]++;
	s->n_late += item->late;
	s->n_again += item->duplicate;
	s->n_bad += item->bad;
	progress_show(&s->bar, airport_steps_done(s->airport), airport_steps(s->airport));
	if ((item->duplicate && !keep(&s->again, record, item->bad)) ||
	    (item->late && !keep(&s->late, record, item->bad))) {
		err_set(&s->err, TRY_LIMIT, "memory",
			"too much is late or delivered twice: use a smaller --scale");
		return false;
	}
	return item->late || deliver(s, record, item->bad);
}

static bool
deliver_kept(struct simulation *s, const struct buf *b)
{
	for (size_t at = 0; at < b->n;) {
		struct parcel p;
		struct text record;

		memcpy(&p, b->p + at, sizeof p);
		record = (struct text){(const char *)b->p + at + sizeof p, p.size};
		if (!deliver(s, record, p.is_bad != 0))
			return false;
		at += sizeof p + p.size;
	}
	return true;
}

static void
note_refusal(struct simulation *s, const Sems__V1__VerdictRun *v)
{
	const char *field = v->field == NULL ? "" : v->field;
	const char *text = v->text == NULL ? "" : v->text;
	size_t i = 0;

	while (i < s->n_refusals &&
	       strncmp(s->refusals[i].field, field, sizeof s->refusals[i].field - 1) != 0)
		i++;
	if (i == REFUSALS_MAX) {
		s->other_refusals++;
		return;
	}
	if (i == s->n_refusals) {
		snprintf(s->refusals[i].field, sizeof s->refusals[i].field, "%s", field);
		text_print(s->refusals[i].text, sizeof s->refusals[i].text, "%s", text);
		s->n_refusals++;
	}
	s->refusals[i].count++;
}

static void
on_verdict(void *ctx, uint64_t tag, const Sems__V1__VerdictRun *v)
{
	struct simulation *s = ctx;
	bool is_taken = v->code == SEMS__V1__VERDICT_CODE__VERDICT_CODE_STORED ||
			v->code == SEMS__V1__VERDICT_CODE__VERDICT_CODE_DUPLICATE;

	if ((unsigned)v->code < 8)
		s->verdicts[v->code]++;
	if (!is_taken)
		note_refusal(s, v);
	s->unexpected += !is_taken && tag == 0;
}

static enum code
run_airport(struct simulation *s, struct err *e)
{
	enum code code;

	client_on_verdict(s->client, on_verdict, s);
	progress_begin(&s->bar, "Simulating", s->o->quiet);
	code = airport_run(s->airport, on_record, s, e);
	if (code == OK && (!deliver_kept(s, &s->late) || !deliver_kept(s, &s->again)))
		code = s->err.code;
	if (code == OK)
		code = client_flush(s->client, &s->err);
	progress_end(&s->bar);
	if (s->err.code != OK)
		*e = s->err;
	return s->err.code != OK ? s->err.code : code;
}

/* --- the summary ------------------------------------------------------------------------------ */

static void
print_summary(const struct simulation *s)
{
	static const char *const words[8] = {NULL,          "stored",      "there already",
					     "in conflict", "quarantined", "expired"};
	struct table *t = table_new(2, (const char *const[]){"Made", ">Records"});
	char quarter[QUARTER_TEXT_SIZE];
	uint64_t total = 0;

	quarter_format(s->plan.quarter, quarter);
	printf("%s at %s, seed %" PRIu64 "\n\n", quarter, airport_entity(s->airport), s->plan.seed);
	for (size_t k = 0; t != NULL && k < KIND_COUNT; k++) {
		table_cell(t, "%s", kinds[k]->title);
		table_cell(t, "%" PRIu64, s->made[k]);
		total += s->made[k];
	}
	if (t != NULL) {
		table_rule(t);
		table_cell(t, "all");
		table_cell(t, "%" PRIu64, total);
		table_print(t, stdout, s->o->color);
	}
	table_free(t);
	printf("\n%" PRIu64 " of them delivered late, %" PRIu64 " twice, %" PRIu64
	       " bad on purpose.\nAnswers:",
	       s->n_late, s->n_again, s->n_bad);
	for (size_t i = 1; i < 6; i++)
		if (s->verdicts[i] > 0)
			printf(" %" PRIu64 " %s;", s->verdicts[i], words[i]);
	puts("\nAll were received just now: timeliness (DQ02) leaves out what is older than the "
	     "entity,\nand takes the rest of past days as late.");
	for (size_t i = 0; i < s->n_refusals; i++)
		printf("  refused %" PRIu64 ": %s: %s\n", s->refusals[i].count,
		       s->refusals[i].field, s->refusals[i].text);
	if (s->other_refusals > 0)
		printf("  refused %" PRIu64 " for other fields\n", s->other_refusals);
	printf("\n%s spd show %s\n", program_invocation_name, quarter);
}

/* --- the command line ------------------------------------------------------------------------- */

static int
read_real(const char *text, double *v)
{
	char *end;

	errno = 0;
	*v = strtod(text, &end);
	return end != text && *end == '\0' && errno == 0 && isfinite(*v);
}

static int
read_whole(const char *text, int *v)
{
	double d;

	if (!read_real(text, &d) || d != floor(d) || fabs(d) > 1e6)
		return 0;
	*v = (int)d;
	return 1;
}

static int
read_seed(const char *text, uint64_t *v)
{
	char *end;

	errno = 0;
	*v = strtoull(text, &end, 10);
	return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0;
}

/* False: the value does not fit. Bounds are the model's to check. */
static int
take_option(struct simulation *s, int opt, const char *value)
{
	struct airport_plan *p = &s->plan;

	if (opt == 'q') {
		s->has_quarter = true;
		return quarter_parse(text_of(value), &p->quarter);
	}
	if (opt == 's')
		return read_seed(value, &p->seed);
	if (opt == 'S')
		return read_whole(value, &p->sites);
	if (opt == 'l')
		return read_whole(value, &p->lanes);
	if (opt == 'p')
		return read_whole(value, &p->screeners);
	if (opt == 'c')
		return read_real(value, &p->scale);
	if (opt == 'L')
		return read_real(value, &p->late);
	if (opt == 'D')
		return read_real(value, &p->duplicates);
	if (opt == 'i')
		p->silent_lane = true;
	else
		s->do_register = true;
	return 1;
}

static const struct option longs[] = {
    {"quarter", required_argument, NULL, 'q'},
    {"seed", required_argument, NULL, 's'},
    {"sites", required_argument, NULL, 'S'},
    {"lanes", required_argument, NULL, 'l'},
    {"screeners", required_argument, NULL, 'p'},
    {"scale", required_argument, NULL, 'c'},
    {"late", required_argument, NULL, 'L'},
    {"duplicates", required_argument, NULL, 'D'},
    {"silent-lane", no_argument, NULL, 'i'},
    {"register", no_argument, NULL, 'r'},
    {NULL, 0, NULL, 0},
};

static int
read_options(struct simulation *s, int argc, char **argv)
{
	int opt;

	while ((opt = command_option(&command_simulate, argc, argv)) != -1) {
		if (opt == '?')
			return EXIT_USAGE;
		if (!take_option(s, opt, optarg))
			return command_usage(&command_simulate, "'%s' does not fit the option",
					     optarg);
	}
	if (optind < argc)
		return command_usage(&command_simulate, "takes no argument '%s'", argv[optind]);
	return EXIT_DONE;
}

static enum code
simulate(struct simulation *s, struct err *e)
{
	enum code code = client_open(s->o->address, &s->client, e);

	if (code == OK)
		code = plan_quarter(s, client_welcome(s->client), e);
	if (code == OK)
		code = airport_new(&s->plan, s->arena, &s->airport, e);
	if (code == REJ_FIELD) /* an option out of its bounds: nothing was sent */
		code = e->code = FATAL_CONFIG;
	if (code == OK)
		code = s->do_register ? register_airport(s, e) : check_registered(s, e);
	return code == OK ? run_airport(s, e) : code;
}

static int
run(const struct options *o, int argc, char **argv)
{
	struct simulation s = {
	    .o = o,
	    .plan = {.seed = 1,
		     .sites = 2,
		     .scale = 1,
		     .late = LATE_DEFAULT_PERMILLE / 1000.0,
		     .duplicates = DUPLICATES_DEFAULT_PERMILLE / 1000.0},
	};
	struct err e = {.code = OK};
	int status = read_options(&s, argc, argv);

	if (status != EXIT_DONE)
		return status;
	s.arena = arena_new(ARENA_MAX);
	s.scratch = arena_new((size_t)1 << 20);
	buf_init(&s.packed, (size_t)1 << 20);
	buf_init(&s.late, KEPT_MAX);
	buf_init(&s.again, KEPT_MAX);
	if (s.arena == NULL || s.scratch == NULL)
		status = EXIT_FAULT;
	else if (simulate(&s, &e) != OK)
		status = command_fail(&e);
	else {
		if (!o->quiet)
			print_summary(&s);
		status = s.unexpected > 0 ? EXIT_REJECTED : EXIT_DONE;
	}
	client_close(s.client);
	buf_fini(&s.packed);
	buf_fini(&s.late);
	buf_fini(&s.again);
	arena_free(s.scratch);
	arena_free(s.arena);
	return status;
}

const struct command command_simulate = {
    .options = longs,
    .letters = "",
    .name = "simulate",
    .summary = "sends an invented airport's quarter, for demonstrations and tests",
    .help =
	"Usage: semsctl simulate [OPTION...]\n"
	"Invents a quarter at an airport: sites, lanes, screeners in shifts, TIP sessions and\n"
	"events, observations, covert tests, audits, counts, plans, equipment checks,\n"
	"heartbeats, training, deployments, incidents, reports, patrols, exercises,\n"
	"corrections and a void; late and duplicate deliveries; three bad records\n"
	"for the quarantine. The same options give the same records, so that repeating it\n"
	"changes nothing. Not for a daemon that holds evidence: invented records would count.\n"
	"\n"
	"  --quarter QUARTER  e.g. 2026-Q2; it must have begun (default: the last finished one)\n"
	"  --register         first registers the sites and sources, and, when there is none,\n"
	"                     the entity (zone " ZONE_DEFAULT "), and grants you to send for them\n"
	"  --seed N           another N, another quarter (default 1)\n"
	"  --sites N          1 to 6 (default 2)\n"
	"  --lanes N          cabin baggage lanes of all sites (default 8 times the scale)\n"
	"  --screeners N      of all sites (default: enough for the lanes)\n"
	"  --scale X          of traffic and lanes; above 1 of assurance work too (default 1:\n"
	"                     some 160,000 records)\n"
	"  --late X           share of feeds delivered last, 0 to 1 (default 0.02)\n"
	"  --duplicates X     share of records delivered twice, 0 to 1 (default 0.01)\n"
	"  --silent-lane      one lane's feed breaks off for some days\n"
	"\n"
	"Example:\n"
	"  semsctl simulate --register --quarter 2026-Q2 --scale 0.1\n",
    .run = run,
};
