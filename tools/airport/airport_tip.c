/* TIP: sessions of screeners at X-ray machines, and what happened in them. */
#include "base/count.h"
#include "tools/airport/airport_model.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define SLOT_MIN      25 /* 20 minutes at the screen, then somebody else */
#define SESSION_MIN   20
#define TIME_LIMIT_MS 20000
#define TIP_RATIO     0.022
#define EVENTS_MAX    64 /* of a session */

struct shift {
	const char *name;
	int64_t from; /* local ms */
	int64_t to;
};

static const struct shift shifts[] = {
    {"EARLY", LOCAL_HM(4, 30), LOCAL_HM(12, 50)},
    {"LATE", LOCAL_HM(12, 55), LOCAL_HM(21, 15)},
};

/* Share of the posts that are open, by hour of the day: the morning wave is the strongest. */
static const double open_by_hour[24] = {
    [4] = 0.5,  [5] = 0.95, [6] = 1,     [7] = 0.95,  [8] = 0.8,  [9] = 0.7,
    [10] = 0.7, [11] = 0.7, [12] = 0.7,  [13] = 0.75, [14] = 0.8, [15] = 0.85,
    [16] = 0.9, [17] = 0.9, [18] = 0.75, [19] = 0.6,  [20] = 0.4, [21] = 0.3,
};

static const struct {
	const char *name;
	const char *measure;
	double images; /* a session, when busy */
	double ease;   /* on the logit of a hit */
} streams[] = {
    [STREAM_CABIN] = {"CABIN", "4.1", 110, 0},
    [STREAM_STAFF] = {"STAFF", "1.3", 70, 0.3},
    [STREAM_HOLD] = {"HOLD", "5.1", 130, -0.1},
};
COVERS(streams, STREAM_COUNT);

static const struct {
	const char *name;
	double weight;
	double ease;
} threats[] = {
    {"GUN", 0.2, 0.9},  {"BLADE", 0.25, 0.3},
    {"IED", 0.25, 0},   {"IED_COMPONENT", 0.12, -0.7},
    {"LAG", 0.08, 0.1}, {"OTHER_PROHIBITED", 0.1, -0.2},
};

#define IMAGES 60 /* of a threat and a type, in a version of the library */

/* The library is renewed within the quarter: newer images are harder until they are known. */
static const struct {
	const char *version;
	int from_day;
	double ease;
} libraries[] = {{"4.1", 0, 0.1}, {"4.2", 45, -0.15}};

static const struct {
	const char *reason;
	double weight;
} aborts[] = {
    {"LOGOFF", 0.35}, {"BELT_STOP", 0.35},     {"IMAGE_REJECTED", 0.2},
    {"FAULT", 0.06},  {"TRAINING_MODE", 0.04},
};

enum outcome { HIT, MISS_DECIDED, MISS_TIMEOUT, NON_TIP_ALARM, ABORTED, OUTCOME_COUNT };

static const char *const outcome_names[OUTCOME_COUNT] = {
    "HIT", "MISS_DECIDED", "MISS_TIMEOUT", "NON_TIP_ALARM", "ABORTED",
};

struct session {
	const struct site *site;
	struct device *device;
	const struct screener *screener;
	char id[64];
	const char *shift;
	int day;
	int64_t login; /* local ms */
	int64_t logout;
	double hours_in; /* of the shift, at login */
	bool silent;
	bool late;
	int64_t images;
	int64_t first_event_no;
	int64_t n[OUTCOME_COUNT];
};

static double
logistic(double x)
{
	return 1 / (1 + exp(-x));
}

static size_t
pick_threat(struct prng *g)
{
	double w[COUNT(threats)];

	for (size_t i = 0; i < COUNT(threats); i++)
		w[i] = threats[i].weight;
	return prng_pick(g, w, COUNT(w));
}

static const char *
pick_abort(struct prng *g)
{
	double w[COUNT(aborts)];

	for (size_t i = 0; i < COUNT(aborts); i++)
		w[i] = aborts[i].weight;
	return aborts[prng_pick(g, w, COUNT(w))].reason;
}

static size_t
library_of(int day)
{
	size_t i = COUNT(libraries) - 1;

	while (libraries[i].from_day > day)
		i--;
	return i;
}

/* Skill, the image, and how tired: over the shift, and over the minutes at the screen. */
static double
chance_of_hit(const struct session *s, size_t threat, int64_t into_session)
{
	double minutes = (double)into_session / (double)MS_PER_MINUTE;

	return logistic(2.05 + s->screener->skill + threats[threat].ease +
			streams[s->device->stream].ease + libraries[library_of(s->day)].ease -
			0.07 * s->hours_in - 0.012 * minutes);
}

static enum outcome
decide(const struct session *s, struct prng *g, size_t threat, int64_t into_session)
{
	if (prng_chance(g, 0.012))
		return ABORTED;
	if (prng_chance(g, chance_of_hit(s, threat, into_session)))
		return HIT;
	return prng_chance(g, 0.18) ? MISS_TIMEOUT : MISS_DECIDED;
}

static void
put_projection(struct draft *d, struct prng *g, const struct session *s, size_t threat)
{
	bool fictional = s->device->stream != STREAM_HOLD && prng_chance(g, 0.7);
	int64_t image = prng_between(g, 1, IMAGES);

	draft_text(d, "library_id", "NIMBUS");
	draft_text(d, "library_version", libraries[library_of(s->day)].version);
	draft_enum(d, "image_type", fictional ? "FTI" : "CTI");
	draft_text(d, "image_id",
		   draft_textf(d->ap, "%s-%s-%04" PRId64, fictional ? "F" : "C",
			       threats[threat].name, image));
	draft_enum(d, "threat_category", threats[threat].name);
	draft_int(d, "view_count", s->device->stream == STREAM_HOLD ? 4 : 2);
}

static void
put_decision(struct draft *d, struct prng *g, const struct session *s, enum outcome o)
{
	double median;
	double ms;
	int64_t response;

	draft_int(d, "time_limit_ms", TIME_LIMIT_MS);
	if (o == MISS_TIMEOUT || o == ABORTED)
		return;
	median = (o == HIT ? 4100 : 5600) * s->screener->quickness;
	ms = prng_log_normal(g, median, 0.42);
	response = ms > TIME_LIMIT_MS - 50 ? TIME_LIMIT_MS - 50 : (int64_t)ms;
	draft_int(d, "response_ms", response);
	draft_int(d, "decision_at", draft_at(d) + response);
}

static void
put_event(struct airport *ap, struct session *s, struct prng *g, int64_t into_session, bool alarm)
{
	size_t threat = pick_threat(g);
	enum outcome o = alarm ? NON_TIP_ALARM : decide(s, g, threat, into_session);
	int64_t local = s->login + into_session;
	int64_t at = airport_at(ap, s->day, local);
	struct device *dev = s->device;
	struct draft d;

	dev->event_no++;
	s->n[o]++;
	if (s->first_event_no == 0)
		s->first_event_no = dev->event_no;
	d = draft_begin(ap, KIND_TIP_EVENT, s->site->tip_server,
			draft_textf(ap, "%s:%" PRId64, dev->id, dev->event_no), at);
	draft_site(&d, s->site, dev->location, streams[dev->stream].measure);
	draft_local(&d, s->day, local);
	draft_text(&d, "shift_id", s->shift);
	draft_text(&d, "device_id", dev->id);
	draft_text(&d, "device_model", dev->model);
	draft_text(&d, "sw_version", "7.3.1");
	draft_enum(&d, "stream", streams[dev->stream].name);
	draft_text(&d, "screener_id", s->screener->id);
	draft_text(&d, "login_session_id", s->id);
	draft_int(&d, "event_no", dev->event_no);
	draft_enum(&d, "outcome", outcome_names[o]);
	if (o != NON_TIP_ALARM)
		put_projection(&d, g, s, threat);
	put_decision(&d, g, s, o);
	if (o == ABORTED)
		draft_enum(&d, "abort_reason", pick_abort(g));
	draft_text(&d, "bag_ref", draft_textf(ap, "%08" PRIx32, prng_u32(g)));
	d.late = s->late;
	d.lost = s->silent;
	draft_emit(&d);
}

/* The machine's own figures, by its own (plain) arithmetic. */
static void
put_vendor(struct draft *d, const struct session *s)
{
	int64_t decided = s->n[HIT] + s->n[MISS_DECIDED] + s->n[MISS_TIMEOUT];
	int64_t others = s->images - decided - s->n[ABORTED];

	if (decided > 0)
		draft_real(d, "vendor_pd", (double)s->n[HIT] / (double)decided);
	if (others > 0)
		draft_real(d, "vendor_pfa", (double)s->n[NON_TIP_ALARM] / (double)others);
}

static void
put_session(struct airport *ap, struct session *s, struct prng *g)
{
	int64_t at = airport_at(ap, s->day, s->login);
	int64_t end = airport_at(ap, s->day, s->logout);
	int64_t misses = s->n[MISS_DECIDED] + s->n[MISS_TIMEOUT];
	int64_t seconds = (s->logout - s->login) / MS_PER_SECOND;
	struct device *dev = s->device;
	struct draft d = draft_begin(ap, KIND_TIP_SESSION, s->site->tip_server, s->id, at);

	draft_int(&d, "occurred_end", end);
	draft_site(&d, s->site, dev->location, streams[dev->stream].measure);
	draft_local(&d, s->day, s->login);
	draft_text(&d, "shift_id", s->shift);
	draft_text(&d, "device_id", dev->id);
	draft_enum(&d, "stream", streams[dev->stream].name);
	draft_text(&d, "screener_id", s->screener->id);
	draft_text(&d, "login_session_id", s->id);
	draft_int(&d, "images_viewed", s->images);
	draft_int(&d, "tip_shown", s->n[HIT] + misses + s->n[ABORTED]);
	draft_int(&d, "hits", s->n[HIT]);
	draft_int(&d, "misses", misses);
	draft_int(&d, "non_tip_alarms", s->n[NON_TIP_ALARM]);
	draft_int(&d, "non_tip_alarms_confirmed_threat",
		  prng_binomial(g, s->n[NON_TIP_ALARM], 0.02));
	draft_int(&d, "aborted", s->n[ABORTED]);
	draft_int(&d, "tip_enabled_seconds",
		  prng_chance(g, 0.02) ? seconds - prng_between(g, 60, 600) : seconds);
	if (s->first_event_no != 0) {
		draft_int(&d, "first_event_no", s->first_event_no);
		draft_int(&d, "last_event_no", dev->event_no);
	}
	put_vendor(&d, s);
	d.late = s->late;
	d.lost = s->silent;
	draft_emit(&d);
}

static int
compare_int64(const void *a, const void *b)
{
	const int64_t *x = a;
	const int64_t *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void
count_for_heartbeat(struct session *s)
{
	int64_t period = s->login / (MS_PER_DAY / HEARTBEAT_PERIODS);

	for (size_t i = 0; i < OUTCOME_COUNT; i++)
		s->device->beat[period].events += s->n[i];
	s->device->beat[period].sessions++;
	for (int64_t p = period; p < HEARTBEAT_PERIODS; p++)
		s->device->beat[p].last_event_no = s->device->event_no;
}

static void
run_session(struct airport *ap, struct session *s, struct prng *g)
{
	double busy = open_by_hour[s->login / MS_PER_HOUR];
	double mean = streams[s->device->stream].images * (0.6 + 0.4 * busy);
	int64_t into[EVENTS_MAX] = {0};
	int64_t tips;
	int64_t alarms;
	int64_t n;

	s->images = prng_poisson(g, mean) + 1;
	tips = prng_binomial(g, s->images, TIP_RATIO);
	alarms = prng_binomial(g, s->images - tips, s->screener->alarm_rate);
	n = tips + alarms;
	if (n > EVENTS_MAX)
		n = EVENTS_MAX;
	for (int64_t i = 0; i < n; i++)
		into[i] =
		    prng_between(g, 15 * MS_PER_SECOND, s->logout - s->login - 30 * MS_PER_SECOND);
	qsort(into, (size_t)n, sizeof(*into), compare_int64);
	for (int64_t i = 0; i < n; i++) {
		/* Draws without replacement: so many projections, so many alarms. */
		bool alarm = prng_chance(g, (double)alarms / (double)(alarms + tips));

		if (alarm)
			alarms--;
		else
			tips--;
		put_event(ap, s, g, into[i], alarm);
	}
	put_session(ap, s, g);
	count_for_heartbeat(s);
}

/* The crew of a shift: two days early, two days late, four days off. */
static const struct screener *
crew_of(const struct airport *ap, const struct site *s, int day, size_t shift)
{
	for (size_t c = 0; c < CREWS; c++) {
		size_t phase = (size_t)((ap->first_day + day + 2 * (int64_t)c) % (2 * CREWS));

		if (phase / 2 == shift)
			return &s->screeners[c * s->crew_size];
	}
	return s->screeners;
}

bool
airport_is_silent(const struct device *dev, int day)
{
	return day >= dev->silent_from && day < dev->silent_until;
}

/* A machine whose feed was cut for a day delivers the whole day late. */
bool
airport_is_late(const struct airport *ap, const struct site *s, const struct device *dev, int day)
{
	struct prng g = prng_for(ap->plan.seed, 'L',
				 (uint64_t)(s - ap->sites) << 16 | (uint64_t)(dev - s->devices),
				 (uint64_t)(ap->first_day + day));

	return prng_chance(&g, ap->plan.late);
}

static void
open_post(struct airport *ap, struct session *s, struct prng *g, int64_t from)
{
	const struct device *dev = s->device;
	char date[UTC_TEXT_SIZE];
	int64_t minutes;

	utc_format((struct utc_ms){(ap->first_day + s->day) * MS_PER_DAY}, date);
	date[10] = '\0';
	s->login = from + prng_between(g, 0, 120 * MS_PER_SECOND);
	s->logout = s->login + SESSION_MIN * MS_PER_MINUTE + prng_between(g, 0, 60 * MS_PER_SECOND);
	s->silent = airport_is_silent(dev, s->day);
	s->late = airport_is_late(ap, s->site, dev, s->day);
	minutes = from / MS_PER_MINUTE;
	snprintf(s->id, sizeof s->id, "%s-%s-%02" PRId64 "%02" PRId64, dev->id, date, minutes / 60,
		 minutes % 60);
	run_session(ap, s, g);
}

static void
run_slot(struct airport *ap, struct site *s, int day, size_t shift, int64_t slot)
{
	const struct screener *crew = crew_of(ap, s, day, shift);
	int64_t from = shifts[shift].from + slot * SLOT_MIN * MS_PER_MINUTE;
	/* Everybody moves on by the number of posts each slot, so that those left over have a
	 * break; with fewer people than posts some posts stay shut, other ones each time. */
	bool enough = s->crew_size > s->n_devices;
	size_t places = enough ? s->crew_size : s->n_devices;
	size_t stride = enough ? s->n_devices : 1;

	for (size_t i = 0; i < s->n_devices && !ap->stopped; i++) {
		struct prng g = prng_for(ap->plan.seed, (uint64_t)(s - ap->sites) << 16 | i,
					 (uint64_t)(ap->first_day + day), (uint64_t)from);
		size_t place = (i + (size_t)slot * stride) % places;
		struct session session;

		if (place >= s->crew_size || !prng_chance(&g, open_by_hour[from / MS_PER_HOUR]))
			continue;
		session = (struct session){
		    .site = s,
		    .device = &s->devices[i],
		    .screener = &crew[place],
		    .shift = shifts[shift].name,
		    .day = day,
		    .hours_in = (double)(from - shifts[shift].from) / (double)MS_PER_HOUR,
		};
		open_post(ap, &session, &g, from);
	}
}

void
airport_tip_day(struct airport *ap, struct site *s, int day)
{
	for (size_t i = 0; i < s->n_devices; i++) {
		struct device *dev = &s->devices[i];

		memset(dev->beat, 0, sizeof dev->beat);
		for (size_t p = 0; p < HEARTBEAT_PERIODS; p++)
			dev->beat[p].last_event_no = dev->event_no;
	}
	for (size_t k = 0; k < COUNT(shifts); k++) {
		int64_t slots = (shifts[k].to - shifts[k].from) / (SLOT_MIN * MS_PER_MINUTE);

		for (int64_t slot = 0; slot < slots && !ap->stopped; slot++)
			run_slot(ap, s, day, k, slot);
	}
}
