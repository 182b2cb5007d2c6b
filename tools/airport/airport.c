#include "tools/airport/airport.h"

#include "base/count.h"
#include "tools/airport/airport_model.h"

#include <math.h>

#define LANES_BY_DEFAULT 8
#define SCREENERS_PER_POST \
	2.2 /* in one crew: one at the screen, the others at other posts or off */
#define LANES_PER_TERMINAL   4
#define LANES_PER_HOLD_POST  3
#define EVENT_NO_PER_QUARTER 1000000

static const struct airport_place site_names[AIRPORT_SITES_MAX] = {
    {"NMR", "Northmoor"}, {"EBY", "Eastby"},    {"SKH", "Skerry Haven"},
    {"LWD", "Langwold"},  {"CTN", "Cape Tarn"}, {"FNS", "Fenstow"},
};

static const struct airport_place providers[] = {
    {PROVIDER_OWN, "The airport's own security"},
    {PROVIDER_GUARDING, "Kestrel Guarding (invented contractor)"},
};

/* Of the entity as a whole. */
static const struct airport_place own_sources[] = {
    {SOURCE_COMPLIANCE, "Compliance team (simulated)"},
    {SOURCE_TESTS, "Covert test team (simulated)"},
    {SOURCE_TRAINING, "Training records (simulated)"},
    {SOURCE_ROSTER, "Rosters (simulated)"},
    {SOURCE_DESK, "Security desk (simulated)"},
};

/* Posts that every site has besides its lanes. */
static const struct airport_place posts[] = {
    {"GATE-A", "Vehicle gate A"},
    {"GATE-B", "Pass-controlled door B"},
    {"PERIMETER", "Perimeter fence"},
    {"APRON", "Apron and stands"},
};

const char *
airport_entity(const struct airport *ap)
{
	(void)ap;
	return "Northmoor Airports (simulated)";
}

size_t
airport_n_sites(const struct airport *ap)
{
	return ap->n_sites;
}

struct airport_place
airport_site(const struct airport *ap, size_t site)
{
	return (struct airport_place){ap->sites[site].id, ap->sites[site].name};
}

size_t
airport_n_locations(const struct airport *ap, size_t site)
{
	return ap->sites[site].n_locations;
}

struct airport_place
airport_location(const struct airport *ap, size_t site, size_t location)
{
	return ap->sites[site].locations[location];
}

size_t
airport_n_sources(const struct airport *ap)
{
	return ap->n_sources;
}

struct airport_place
airport_source(const struct airport *ap, size_t source)
{
	return ap->sources[source];
}

size_t
airport_n_providers(const struct airport *ap)
{
	(void)ap;
	return COUNT(providers);
}

struct airport_place
airport_provider(const struct airport *ap, size_t provider)
{
	(void)ap;
	return providers[provider];
}

static enum code
check_plan(const struct airport_plan *p, struct err *e)
{
	int64_t first;
	int64_t last;

	const struct {
		const char *name;
		double value;
		double min;
		double max;
	} limits[] = {
	    {"--sites", p->sites, 1, AIRPORT_SITES_MAX},
	    {"--lanes", p->lanes, 0, AIRPORT_LANES_MAX},
	    {"--screeners", p->screeners, 0, AIRPORT_SCREENERS_MAX},
	    {"--scale", p->scale, 0.01, AIRPORT_SCALE_MAX},
	    {"--late", p->late, 0, 1},
	    {"--duplicates", p->duplicates, 0, 1},
	};
	for (size_t i = 0; i < COUNT(limits); i++)
		if (!(limits[i].value >= limits[i].min && limits[i].value <= limits[i].max))
			return err_set(e, REJ_FIELD, limits[i].name, "%s must be from %g to %g",
				       limits[i].name, limits[i].min, limits[i].max);
	first = civil_to_days(quarter_first(p->quarter));
	last = civil_to_days(quarter_first(quarter_next(p->quarter)));
	if (first <= p->cal->first_day || last + 1 >= p->cal->first_day + (int64_t)p->cal->n)
		return err_set(e, REJ_FIELD, "--quarter", "--quarter is outside the calendar");
	if (p->cal->starts[first - p->cal->first_day] > p->now.v)
		return err_set(e, REJ_FIELD, "--quarter",
			       "--quarter has not begun: choose one that has, for example the last "
			       "finished one");
	return OK;
}

static double
weight_of(size_t site)
{
	return 1.0 / (double)(site + 1);
}

static double
weight_sum(size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += weight_of(i);
	return sum;
}

/* Its part of a total, at least `least`. */
static size_t
share_of(const struct airport *ap, const struct site *s, double total, size_t least)
{
	double part = floor(total * s->weight / weight_sum(ap->n_sites) + 0.5);

	return part < (double)least ? least : (size_t)part;
}

static const char *
stream_model(enum stream stream)
{
	static const char *const models[STREAM_COUNT] = {"RX-60 cabin", "RX-60 staff", "HB-9 hold"};

	return models[stream];
}

static void
plan_device(struct airport *ap, struct device *d, const char *site, const char *location,
	    enum stream stream)
{
	*d = (struct device){
	    .id = arena_printf(ap->arena, "%s-%s", site, location),
	    .location = location,
	    .model = stream_model(stream),
	    .stream = stream,
	    .event_no = (int64_t)(ap->quarter_index % 100) * EVENT_NO_PER_QUARTER,
	};
}

/* Lanes, one staff post and the hold baggage posts; each is a location and an X-ray machine. */
static bool
plan_devices(struct airport *ap, struct site *s)
{
	size_t hold = (s->n_lanes + LANES_PER_HOLD_POST - 1) / LANES_PER_HOLD_POST;
	struct airport_place *places;

	s->n_devices = s->n_lanes + 1 + hold;
	s->n_locations = s->n_devices + COUNT(posts);
	s->devices = arena_zalloc(ap->arena, s->n_devices, sizeof(*s->devices));
	places = arena_zalloc(ap->arena, s->n_locations, sizeof(*places));
	if (s->devices == NULL || places == NULL)
		return false;
	s->locations = places;
	for (size_t i = 0; i < s->n_devices; i++) {
		enum stream stream = i < s->n_lanes    ? STREAM_CABIN
				     : i == s->n_lanes ? STREAM_STAFF
						       : STREAM_HOLD;
		struct airport_place *p = &places[i];

		if (stream == STREAM_CABIN) {
			p->id = arena_printf(ap->arena, "T%zu-L%02zu", i / LANES_PER_TERMINAL + 1,
					     i % LANES_PER_TERMINAL + 1);
			p->name =
			    arena_printf(ap->arena, "Terminal %zu, lane %zu",
					 i / LANES_PER_TERMINAL + 1, i % LANES_PER_TERMINAL + 1);
		} else if (stream == STREAM_STAFF) {
			*p = (struct airport_place){"STAFF-1", "Staff screening post"};
		} else {
			p->id = arena_printf(ap->arena, "HBS-%zu", i - s->n_lanes);
			p->name =
			    arena_printf(ap->arena, "Hold baggage screening %zu", i - s->n_lanes);
		}
		if (p->id == NULL || p->name == NULL)
			return false;
		plan_device(ap, &s->devices[i], s->id, p->id, stream);
	}
	for (size_t i = 0; i < COUNT(posts); i++)
		places[s->n_devices + i] = posts[i];
	return true;
}

static bool
plan_screeners(struct airport *ap, struct site *s, size_t site)
{
	double wanted = ap->plan.screeners > 0
			    ? (double)share_of(ap, s, ap->plan.screeners, CREWS)
			    : ceil(SCREENERS_PER_POST * (double)s->n_devices) * CREWS;

	s->crew_size = (size_t)(wanted / CREWS);
	s->n_screeners = s->crew_size * CREWS;
	s->screeners = arena_zalloc(ap->arena, s->n_screeners, sizeof(*s->screeners));
	if (s->screeners == NULL)
		return false;
	for (size_t i = 0; i < s->n_screeners; i++) {
		struct prng g = prng_for(ap->plan.seed, 'S', site, i);

		s->screeners[i] = (struct screener){
		    .id = arena_printf(ap->arena, "%s-S%04zu", s->id, i + 1),
		    .skill = prng_normal(&g, 0, 0.5),
		    .quickness = prng_log_normal(&g, 1, 0.15),
		    .alarm_rate = prng_log_normal(&g, 0.009, 0.4),
		};
	}
	return true;
}

static void
plan_silence(struct airport *ap)
{
	struct device *d = &ap->sites[0].devices[ap->sites[0].n_lanes > 1 ? 1 : 0];
	struct prng g;

	if (!ap->plan.silent_lane)
		return;
	g = prng_for(ap->plan.seed, 'Q', 0, 0);
	d->silent_from = (int)prng_between(&g, 20, ap->n_days - 20);
	d->silent_until = d->silent_from + (int)prng_between(&g, 3, 6);
}

static bool
plan_site(struct airport *ap, size_t i)
{
	struct site *s = &ap->sites[i];

	const struct {
		const char **source;
		const char *suffix;
		const char *what;
	} sources[] = {
	    {&s->tip_server, "tip", "TIP server"},
	    {&s->field_app, "field", "supervisors' field app"},
	    {&s->counts, "counts", "daily counts"},
	    {&s->maintenance, "maintenance", "equipment log"},
	};
	double lanes;

	*s = (struct site){
	    .id = site_names[i].id, .name = site_names[i].name, .weight = weight_of(i)};
	lanes = ap->plan.lanes > 0 ? ap->plan.lanes : LANES_BY_DEFAULT * ap->plan.scale;
	s->n_lanes = share_of(ap, s, lanes, 1);
	s->n_terminals = (s->n_lanes + LANES_PER_TERMINAL - 1) / LANES_PER_TERMINAL;
	for (size_t k = 0; k < COUNT(sources); k++) {
		*sources[k].source = arena_printf(ap->arena, "%s-%s", s->id, sources[k].suffix);
		ap->sources[ap->n_sources++] = (struct airport_place){
		    *sources[k].source,
		    arena_printf(ap->arena, "%s: %s (simulated)", s->name, sources[k].what),
		};
	}
	return plan_devices(ap, s) && plan_screeners(ap, s, i) && !arena_failed(ap->arena);
}

enum code
airport_new(const struct airport_plan *plan, struct arena *a, struct airport **out, struct err *e)
{
	enum code code = check_plan(plan, e);
	struct airport *ap;
	size_t n;

	if (code != OK)
		return code;
	ap = arena_zalloc(a, 1, sizeof(*ap));
	n = (size_t)plan->sites;
	if (ap == NULL)
		return err_set(e, TRY_LIMIT, "", "out of memory");
	ap->plan = *plan;
	ap->arena = a;
	ap->first_day = civil_to_days(quarter_first(plan->quarter));
	ap->n_days =
	    (int)(civil_to_days(quarter_first(quarter_next(plan->quarter))) - ap->first_day);
	ap->quarter_index = plan->quarter.year * 4 + plan->quarter.q - 1;
	ap->sites = arena_zalloc(a, n, sizeof(*ap->sites));
	ap->sources = arena_zalloc(a, n * 4 + COUNT(own_sources), sizeof(*ap->sources));
	if (ap->sites == NULL || ap->sources == NULL)
		return err_set(e, TRY_LIMIT, "", "out of memory");
	for (size_t i = 0; i < COUNT(own_sources); i++)
		ap->sources[ap->n_sources++] = own_sources[i];
	ap->n_sites = n;
	for (size_t i = 0; i < n; i++)
		if (!plan_site(ap, i))
			return err_set(e, TRY_LIMIT, "", "out of memory: use a smaller --scale");
	plan_silence(ap);
	*out = ap;
	return OK;
}

/* What happens once at a site, in the order of delivery. */
static void (*const once[])(struct airport *, struct site *) = {
    airport_plans,  airport_observations, airport_tests,    airport_audits,
    airport_people, airport_events,       airport_oddities,
};

size_t
airport_steps(const struct airport *ap)
{
	return ap->n_sites * ((size_t)ap->n_days + COUNT(once));
}

size_t
airport_steps_done(const struct airport *ap)
{
	return ap->steps_done;
}

static void
run_days(struct airport *ap)
{
	for (int day = 0; day < ap->n_days && !ap->stopped; day++) {
		if (airport_at(ap, day, 0) > ap->plan.now.v)
			return;
		for (size_t i = 0; i < ap->n_sites && !ap->stopped; i++) {
			airport_tip_day(ap, &ap->sites[i], day);
			airport_device_day(ap, &ap->sites[i], day);
			airport_counts_day(ap, &ap->sites[i], day);
			airport_patrols_day(ap, &ap->sites[i], day);
			ap->steps_done++;
		}
	}
}

enum code
airport_run(struct airport *ap, airport_emit_fn emit, void *ctx, struct err *e)
{
	ap->emit = emit;
	ap->ctx = ctx;
	ap->scratch = arena_new((size_t)1 << 20);
	if (ap->scratch == NULL)
		return err_set(e, TRY_LIMIT, "", "out of memory");
	run_days(ap);
	for (size_t k = 0; k < COUNT(once); k++) {
		for (size_t i = 0; i < ap->n_sites && !ap->stopped; i++) {
			once[k](ap, &ap->sites[i]);
			ap->steps_done++;
		}
	}
	arena_free(ap->scratch);
	ap->scratch = NULL;
	if (ap->fault.code != OK) {
		*e = ap->fault;
		return e->code;
	}
	if (ap->stopped)
		return err_set(e, REJ_STATE, "", "stopped");
	return OK;
}
