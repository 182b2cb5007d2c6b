/* Inside the simulator: the airport's parts and how a record is put together. */
#ifndef SEMS_TOOLS_AIRPORT_AIRPORT_MODEL_H
#define SEMS_TOOLS_AIRPORT_AIRPORT_MODEL_H

#include "tools/airport/airport.h"
#include "tools/airport/prng.h"

enum stream { STREAM_CABIN, STREAM_STAFF, STREAM_HOLD, STREAM_COUNT };

#define HEARTBEAT_PERIODS 4 /* a day */

struct device {
	const char *id;
	const char *location;
	const char *model;
	enum stream stream;
	int64_t event_no; /* of the last TIP event */
	int silent_from;  /* days of the quarter without a feed: from, until (exclusive) */
	int silent_until;
	int64_t lost_from; /* instant; 0: nothing is missing */
	int64_t lost_events;
	int64_t lost_sessions;
	struct {
		int64_t events;
		int64_t sessions;
		int64_t last_event_no;
	} beat[HEARTBEAT_PERIODS]; /* of the current day */
};

struct screener {
	const char *id;
	double skill;      /* on the logit of a hit; 0 is the average */
	double quickness;  /* factor on the time to decide */
	double alarm_rate; /* of images without a threat */
};

#define CREWS 4 /* two early days, two late, four off */

struct site {
	const char *id;
	const char *name;
	double weight; /* its share of the traffic */
	const struct airport_place *locations;
	size_t n_locations;
	struct device *devices;
	size_t n_devices;
	size_t n_lanes; /* cabin baggage */
	size_t n_terminals;
	struct screener *screeners; /* crew by crew */
	size_t n_screeners;
	size_t crew_size;
	/* Sources, one per kind of system. */
	const char *tip_server;
	const char *field_app;
	const char *counts;
	const char *maintenance;
};

struct airport {
	struct airport_plan plan;
	struct arena *arena;   /* the airport's own */
	struct arena *scratch; /* one record's */
	struct site *sites;
	size_t n_sites;
	struct airport_place *sources;
	size_t n_sources;
	int64_t first_day; /* days since 1970-01-01 */
	int n_days;
	int quarter_index; /* quarters since year 0: numbers differ from quarter to quarter */
	size_t steps_done;
	/* The run. */
	airport_emit_fn emit;
	void *ctx;
	bool stopped;
	uint64_t emitted;
	struct err fault; /* the first fault of the model itself */
};

/* Sources of the entity as a whole. */
#define SOURCE_COMPLIANCE "compliance"
#define SOURCE_TESTS      "covert-tests"
#define SOURCE_TRAINING   "training-records"
#define SOURCE_ROSTER     "rosters"
#define SOURCE_DESK       "security-desk"

#define PROVIDER_OWN      "in-house"
#define PROVIDER_GUARDING "kestrel-guarding"

/* --- time ------------------------------------------------------------------------------------ */

/* The instant of a local time of a day of the quarter (0 is its first): ms after local midnight. */
int64_t airport_at(const struct airport *ap, int day, int64_t local_ms);
/* 0 is Monday. */
int airport_weekday(const struct airport *ap, int day);

#define LOCAL_HM(h, m) ((h)*MS_PER_HOUR + (m)*MS_PER_MINUTE)

/* --- making a record --------------------------------------------------------------------------*/

/*
 * One record under construction, in the airport's scratch arena: begin, set fields by name, emit.
 * A name that the kind does not have is a fault of the model and fails the run.
 */
struct draft {
	struct airport *ap;
	struct record r;
	bool late;
	bool bad;
	bool lost; /* it happened, but the record never leaves the device */
};

struct draft draft_begin(struct airport *ap, enum kind_id kind, const char *source,
			 const char *source_record_id, int64_t at);
/* When it occurred, and its identity; 0 when it could not be begun. */
int64_t draft_at(const struct draft *d);
struct uuid draft_id(const struct draft *d);
void draft_site(struct draft *d, const struct site *s, const char *location, const char *measure);
/* When, by the device's own clock. */
void draft_local(struct draft *d, int day, int64_t local_ms);
void draft_int(struct draft *d, const char *field, int64_t v);
void draft_real(struct draft *d, const char *field, double v);
void draft_text(struct draft *d, const char *field, const char *v); /* NULL: leaves it unset */
void draft_enum(struct draft *d, const char *field, const char *name);
void draft_bool(struct draft *d, const char *field, bool v);
void draft_unset(struct draft *d, const char *field);
/* Lists: n texts, persons or enums; or n items of a list of items, whose fields are set one by one.
 */
void draft_texts(struct draft *d, const char *field, const char *const *v, size_t n);
void draft_enums(struct draft *d, const char *field, const char *const *names, size_t n);
void draft_items(struct draft *d, const char *field, size_t n);
void draft_item_int(struct draft *d, const char *field, size_t i, const char *name, int64_t v);
void draft_item_bool(struct draft *d, const char *field, size_t i, const char *name, bool v);
void draft_item_text(struct draft *d, const char *field, size_t i, const char *name, const char *v);
void draft_item_enum(struct draft *d, const char *field, size_t i, const char *name, const char *v);
/*
 * Makes the draft a correction of the record (source, source_record_id) that occurred at the same
 * instant: `suffix` tells several corrections apart.
 */
void draft_corrects(struct draft *d, const char *suffix, int64_t corrected_at, const char *reason);
/* Hands it over and forgets it, unless it had not happened by the plan's now. */
void draft_emit(struct draft *d);

/* printf into the scratch arena: valid until the draft is emitted. */
const char *draft_textf(struct airport *ap, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The device's feed is broken that day. */
bool airport_is_silent(const struct device *dev, int day);
/* The device's records of that day are delivered late. */
bool airport_is_late(const struct airport *ap, const struct site *s, const struct device *dev,
		     int day);

/* The identity that draft_begin() gives. */
struct uuid airport_record_id(const struct airport *ap, const char *source,
			      const char *source_record_id, int64_t at);

/* --- the parts of a quarter ------------------------------------------------------------------ */

void airport_tip_day(struct airport *ap, struct site *s, int day);
void airport_device_day(struct airport *ap, struct site *s, int day);
void airport_counts_day(struct airport *ap, struct site *s, int day);
void airport_patrols_day(struct airport *ap, struct site *s, int day);
void airport_plans(struct airport *ap, struct site *s);
void airport_people(struct airport *ap, struct site *s);
void airport_events(struct airport *ap, struct site *s);
void airport_observations(struct airport *ap, struct site *s);
void airport_tests(struct airport *ap, struct site *s);
void airport_audits(struct airport *ap, struct site *s);
void airport_oddities(struct airport *ap, struct site *s); /* corrections, a void, bad records */

#define PATROLS_A_DAY 12

/* How often assurance work is planned per quarter at a site: shared by plans and what was done. */
struct assurance {
	const char *measure;
	int observations;
	int tests;
	const char *provider;
};

extern const struct assurance assurances[];
extern const size_t n_assurances;
/* An observation that is not yet emitted; the same index always gives the same one. */
struct draft airport_observation(struct airport *ap, const struct site *s, size_t assurance,
				 int64_t index);

struct audit_slot {
	const char *measure;
	int first_day; /* of its month, in the quarter */
	int days;      /* of the month */
};

/* The audits planned at a site; returns how many. */
#define AUDITS_MAX 12
size_t airport_audit_slots(const struct airport *ap, const struct site *s,
			   struct audit_slot out[AUDITS_MAX]);

int64_t airport_planned(const struct airport *ap, const struct site *s, int base);

#endif
