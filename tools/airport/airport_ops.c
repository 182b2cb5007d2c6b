/* The day's routine: equipment checks, heartbeats, counts; and the quarter's plans. */
#include "base/count.h"
#include "tools/airport/airport_model.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#define SERVICE_FROM LOCAL_HM(4, 30)
#define SERVICE_TO   LOCAL_HM(21, 15)

static struct prng
day_prng(const struct airport *ap, int what, const struct site *s, int day)
{
	return prng_for(ap->plan.seed, (uint64_t)what, (uint64_t)(s - ap->sites),
			(uint64_t)(ap->first_day + day));
}

/* --- equipment ------------------------------------------------------------------------------- */

struct check {
	const char *device;
	const char *location;
	const char *type;
	const char *result; /* NULL: not a test */
	int64_t local;      /* ms of the day */
	int64_t due;        /* 0: never due */
	int64_t attempt;    /* 0: not a test */
	const char *mode;   /* NULL: nothing said */
	int64_t mode_from;
	int64_t mode_to;
};

static void
put_check(struct airport *ap, const struct site *s, int day, const struct check *c)
{
	int64_t at = airport_at(ap, day, c->local);
	struct draft d =
	    draft_begin(ap, KIND_EQUIPMENT_CHECK, s->maintenance,
			draft_textf(ap, "%s:%d:%s:%" PRId64 ":%" PRId64, c->device, day, c->type,
				    c->attempt, c->local / MS_PER_MINUTE),
			at);
	int64_t to;

	draft_site(&d, s, c->location, "12");
	draft_text(&d, "provider_id", PROVIDER_OWN);
	draft_text(&d, "device_id", c->device);
	draft_enum(&d, "check_type", c->type);
	if (c->result != NULL)
		draft_enum(&d, "result", c->result);
	if (c->attempt > 0)
		draft_int(&d, "attempt", c->attempt);
	if (c->due > 0)
		draft_int(&d, "due_at", airport_at(ap, day, c->due));
	to = airport_at(ap, day, c->mode_to);
	if (c->mode != NULL && to <= ap->plan.now.v) {
		draft_enum(&d, "service_mode", c->mode);
		draft_int(&d, "mode_from", airport_at(ap, day, c->mode_from));
		draft_int(&d, "mode_to", to);
	}
	draft_emit(&d);
}

/* The test of the morning, repeated until it passes; returns how often it failed. */
static int
run_morning_test(struct airport *ap, const struct site *s, int day, struct check *c, struct prng *g)
{
	if (prng_chance(g, 0.008)) {
		struct check skipped = *c;

		skipped.local = c->due;
		skipped.result = "NOT_DONE";
		skipped.attempt = 0;
		put_check(ap, s, day, &skipped);
		return 0;
	}
	c->local = prng_chance(g, 0.02) ? c->due + prng_between(g, 2, 45) * MS_PER_MINUTE
					: c->due - prng_between(g, 3, 40) * MS_PER_MINUTE;
	for (c->attempt = 1; c->attempt <= 3; c->attempt++) {
		bool pass = prng_chance(g, c->attempt == 1 ? 0.975 : 0.85);
		struct check attempt = *c;

		attempt.result = pass ? "PASS" : "FAIL";
		if (!pass || c->attempt > 1)
			attempt.mode = NULL;
		put_check(ap, s, day, &attempt);
		if (pass)
			break;
		c->local += prng_between(g, 8, 25) * MS_PER_MINUTE;
	}
	return (int)c->attempt - 1;
}

/* A machine out of service: its day falls into before, the outage, and after. */
static void
run_outage(struct airport *ap, const struct site *s, int day, struct check *c, struct prng *g)
{
	int64_t from = SERVICE_FROM + prng_between(g, 0, 11 * 60) * MS_PER_MINUTE;
	int64_t to = from + prng_between(g, 25, 300) * MS_PER_MINUTE;
	bool degraded = prng_chance(g, 0.4);
	struct check fault = {.device = c->device,
			      .location = c->location,
			      .type = "FAULT",
			      .local = from,
			      .mode = degraded ? "DEGRADED" : "OUT",
			      .mode_from = from,
			      .mode_to = to};
	struct check back = {.device = c->device,
			     .location = c->location,
			     .type = "RETURN_TO_SERVICE",
			     .local = to,
			     .mode = "NORMAL",
			     .mode_from = to,
			     .mode_to = SERVICE_TO};

	put_check(ap, s, day, &fault);
	if (to < SERVICE_TO)
		put_check(ap, s, day, &back);
	c->mode_to = from;
}

static void
run_device_checks(struct airport *ap, const struct site *s, int day, const struct device *dev,
		  struct prng *g)
{
	struct check c = {.device = dev->id,
			  .location = dev->location,
			  .type = "DAILY_OTP",
			  .due = SERVICE_FROM,
			  .mode = "NORMAL",
			  .mode_from = SERVICE_FROM,
			  .mode_to = SERVICE_TO};

	if (prng_chance(g, 0.012))
		run_outage(ap, s, day, &c, g);
	if (c.mode_to <= c.mode_from)
		c.mode = NULL;
	run_morning_test(ap, s, day, &c, g);
}

/* Milliseconds its clock is ahead; one machine's drifts by a second a day. */
static int64_t
clock_offset(const struct airport *ap, const struct site *s, const struct device *dev, int day)
{
	struct prng g = day_prng(ap, 'K', s, day);
	bool drifts = s == ap->sites && dev == &s->devices[s->n_devices - 1];

	return (drifts ? day * MS_PER_SECOND : 0) + (int64_t)prng_normal(&g, 0, 400);
}

static void
put_heartbeat(struct airport *ap, const struct site *s, int day, struct device *dev, int p)
{
	int64_t length = MS_PER_DAY / HEARTBEAT_PERIODS;
	bool is_back = dev->lost_from > 0;
	int64_t from = is_back ? dev->lost_from : airport_at(ap, day, p * length);
	int64_t to = p + 1 < HEARTBEAT_PERIODS ? airport_at(ap, day, (p + 1) * length)
					       : airport_at(ap, day + 1, 0);
	struct draft d = draft_begin(ap, KIND_HEARTBEAT, s->tip_server,
				     draft_textf(ap, "%s:beat:%d:%d", dev->id, day, p), from);

	draft_int(&d, "occurred_end", to);
	draft_site(&d, s, dev->location, NULL);
	draft_int(&d, "clock_offset_ms", clock_offset(ap, s, dev, day));
	draft_text(&d, "device_id", dev->id);
	draft_items(&d, "events_made", 2);
	draft_item_text(&d, "events_made", 0, "kind", "tip_event");
	draft_item_int(&d, "events_made", 0, "count", dev->beat[p].events + dev->lost_events);
	draft_item_text(&d, "events_made", 1, "kind", "tip_session");
	draft_item_int(&d, "events_made", 1, "count", dev->beat[p].sessions + dev->lost_sessions);
	draft_int(&d, "last_event_no", dev->beat[p].last_event_no);
	d.late = airport_is_late(ap, s, dev, day);
	draft_emit(&d);
	dev->lost_from = 0;
	dev->lost_events = 0;
	dev->lost_sessions = 0;
}

/*
 * While the feed is broken nothing comes, and what was made then never does; the first heartbeat
 * behind it covers the time and says how much is missing.
 */
static void
lose_heartbeat(struct airport *ap, int day, struct device *dev, int p)
{
	if (dev->lost_from == 0)
		dev->lost_from = airport_at(ap, day, 0);
	dev->lost_events += dev->beat[p].events;
	dev->lost_sessions += dev->beat[p].sessions;
}

static void
put_heartbeats(struct airport *ap, const struct site *s, int day, struct device *dev)
{
	for (int p = 0; p < HEARTBEAT_PERIODS && !ap->stopped; p++)
		if (airport_is_silent(dev, day))
			lose_heartbeat(ap, day, dev, p);
		else
			put_heartbeat(ap, s, day, dev, p);
}

void
airport_device_day(struct airport *ap, struct site *s, int day)
{
	struct prng g = day_prng(ap, 'E', s, day);

	for (size_t i = 0; i < s->n_devices && !ap->stopped; i++) {
		run_device_checks(ap, s, day, &s->devices[i], &g);
		put_heartbeats(ap, s, day, &s->devices[i]);
	}
	/* Walk-through detectors: one a terminal. */
	for (size_t i = 0; i < s->n_terminals && !ap->stopped; i++) {
		char id[32];
		struct check c;

		snprintf(id, sizeof id, "%s-WTMD-%zu", s->id, i + 1);
		c = (struct check){.device = id, .type = "ROUTINE_TEST", .due = SERVICE_FROM};
		run_morning_test(ap, s, day, &c, &g);
	}
}

/* --- counts ---------------------------------------------------------------------------------- */

#define VEHICLES_SEARCHED_A_DAY 24

static const double weekday_traffic[7] = {1.02, 0.93, 0.95, 1.04, 1.14, 0.94, 1.08};

static void
put_count(struct airport *ap, const struct site *s, int day, const char *activity,
	  const char *measure, int64_t count)
{
	const char *means = NULL;
	char name[48];
	const char *colon = strchr(activity, ':');
	struct prng g;
	struct draft d;

	snprintf(name, sizeof name, "%.*s", colon == NULL ? 40 : (int)(colon - activity), activity);
	if (colon != NULL)
		means = colon + 1;
	g = day_prng(ap, (int)strlen(activity) << 8 | activity[0], s, day);
	d = draft_begin(ap, KIND_ACTIVITY, s->counts, draft_textf(ap, "%d:%s", day, activity),
			airport_at(ap, day, 0));
	draft_enum(&d, "precision", "DAY");
	draft_int(&d, "occurred_end", airport_at(ap, day + 1, 0));
	draft_site(&d, s, NULL, measure);
	draft_enum(&d, "activity", name);
	draft_int(&d, "count", count);
	draft_enum(&d, "method", prng_chance(&g, 0.01) ? "ESTIMATED" : "COUNTED");
	if (means != NULL)
		draft_enum(&d, "means", means);
	d.late = prng_chance(&g, ap->plan.late);
	draft_emit(&d);
}

void
airport_counts_day(struct airport *ap, struct site *s, int day)
{
	struct prng g = day_prng(ap, 'C', s, day);
	double traffic = ap->plan.scale * s->weight * weekday_traffic[airport_weekday(ap, day)] *
			 prng_log_normal(&g, 1, 0.04);
	int64_t passengers = prng_poisson(&g, 9000 * traffic);
	int64_t bags = prng_poisson(&g, 1.15 * (double)passengers);
	int64_t hold = prng_poisson(&g, 0.55 * (double)passengers);
	bool trouble = prng_chance(&g, 0.06);
	int64_t degraded = trouble ? prng_binomial(&g, bags, 0.05) : 0;
	int64_t hold_degraded = trouble ? prng_binomial(&g, hold, 0.08) : 0;
	int64_t staff = prng_poisson(&g, 1800 * traffic);
	int64_t vehicles = prng_poisson(&g, 260 * traffic);
	int64_t due = airport_planned(ap, s, VEHICLES_SEARCHED_A_DAY);
	int64_t patrols = airport_planned(ap, s, PATROLS_A_DAY);

	const struct {
		const char *activity;
		const char *measure;
		int64_t count;
	} counts[] = {
	    {"PASSENGERS_SCREENED", "4.1", passengers},
	    {"CABIN_BAGS:NORMAL", "4.1", bags - degraded},
	    {"CABIN_BAGS:DEGRADED", "4.1", degraded},
	    {"HOLD_BAGS:NORMAL", "5.1", hold - hold_degraded},
	    {"HOLD_BAGS:DEGRADED", "5.1", hold_degraded},
	    {"STAFF_SCREENED", "1.3", staff},
	    {"ACCESS_TRANSACTIONS", "1.2", staff + prng_poisson(&g, 2600 * traffic)},
	    {"VEHICLES_ENTERED", "1.4", vehicles < due ? due : vehicles},
	    {"VEHICLES_SEARCHED", "1.4", prng_binomial(&g, due + 2, 0.94)},
	    {"PATROLS_REQUIRED", "1.5", patrols},
	    {"PATROLS_DONE", "1.5", prng_binomial(&g, patrols, 0.985)},
	    {"SUPPLY_DELIVERIES", "9", prng_poisson(&g, 40 * traffic)},
	    {"SCREENER_HOURS", "4.1", (int64_t)s->crew_size * 16},
	    {"FLIGHTS", NULL, prng_poisson(&g, 75 * traffic)},
	};
	for (size_t i = 0; i < COUNT(counts); i++)
		put_count(ap, s, day, counts[i].activity, counts[i].measure, counts[i].count);
}

/* --- plans ----------------------------------------------------------------------------------- */

struct plan_line {
	const char *what;
	const char *measure;
	int64_t count;
	int first_day;
	int days;
	int window_from; /* minutes; both 0: any time */
	int window_to;
};

static void
put_plan(struct airport *ap, const struct site *s, const struct plan_line *p)
{
	char label[QUARTER_TEXT_SIZE];
	int64_t start;
	const char *id;
	struct draft d;

	quarter_format(ap->plan.quarter, label);
	start = airport_at(ap, p->first_day, 0);
	id = draft_textf(ap, "%s-%s-%s-%s-%d", label, s->id, p->what, p->measure, p->first_day);
	d = draft_begin(ap, KIND_PLAN, SOURCE_COMPLIANCE, id, start);
	draft_enum(&d, "precision", "DAY");
	draft_site(&d, s, NULL, p->measure);
	draft_text(&d, "recorded_by", "COMPLIANCE-1");
	draft_text(&d, "plan_id", id);
	draft_enum(&d, "what", p->what);
	draft_int(&d, "period_start", start);
	draft_int(&d, "period_end", airport_at(ap, p->first_day + p->days, 0));
	draft_int(&d, "planned_count", p->count);
	if (p->window_from != p->window_to) {
		draft_int(&d, "window_start_min", p->window_from);
		draft_int(&d, "window_end_min", p->window_to);
	}
	draft_emit(&d);
}

/* Small sites are watched more than their traffic alone would ask for. */
int64_t
airport_planned(const struct airport *ap, const struct site *s, int base)
{
	double scale = ap->plan.scale < 1 ? 1 : ap->plan.scale;
	int64_t n = (int64_t)floor(base * sqrt(s->weight) * scale + 0.5);

	return n < 1 ? 1 : n;
}

void
airport_plans(struct airport *ap, struct site *s)
{
	const struct plan_line routine[] = {
	    {.what = "VEHICLE_CHECKS",
	     .measure = "1.4",
	     .days = ap->n_days,
	     .count = airport_planned(ap, s, VEHICLES_SEARCHED_A_DAY) * ap->n_days},
	    {.what = "PATROLS",
	     .measure = "1.5",
	     .days = ap->n_days,
	     .window_from = 21 * 60,
	     .window_to = 6 * 60,
	     .count = airport_planned(ap, s, PATROLS_A_DAY) * ap->n_days},
	    {.what = "EQUIPMENT_TESTS",
	     .measure = "12",
	     .days = ap->n_days,
	     .count = (int64_t)(s->n_devices + s->n_terminals) * ap->n_days},
	};
	struct audit_slot audits[AUDITS_MAX];
	size_t n;

	for (size_t i = 0; i < n_assurances && !ap->stopped; i++) {
		const struct assurance *a = &assurances[i];
		struct plan_line p = {.measure = a->measure, .days = ap->n_days};

		p.what = "OBSERVATIONS";
		p.count = airport_planned(ap, s, a->observations);
		put_plan(ap, s, &p);
		p.what = "TESTS";
		p.count = airport_planned(ap, s, a->tests);
		if (a->tests > 0)
			put_plan(ap, s, &p);
	}
	for (size_t i = 0; i < COUNT(routine); i++)
		put_plan(ap, s, &routine[i]);
	n = airport_audit_slots(ap, s, audits);
	for (size_t i = 0; i < n; i++) {
		struct plan_line p = {.what = "AUDITS",
				      .measure = audits[i].measure,
				      .count = 1,
				      .first_day = audits[i].first_day,
				      .days = audits[i].days};

		put_plan(ap, s, &p);
	}
}
