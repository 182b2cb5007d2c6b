/* Room tools/airport: A simulated airport: records of a quarter from a seed. */
/*
 * An invented airport, simulated for one quarter: sites with terminals, lanes and screeners in
 * shifts, and every kind of record they leave behind. Pure: a plan with a seed goes in, records
 * come out; no clock, no socket, no zone arithmetic.
 *
 * The same plan gives the same records with the same identities, in the same order, so that a
 * simulation may be repeated against a daemon that has it already and changes nothing there.
 */
#ifndef SEMS_TOOLS_AIRPORT_AIRPORT_H
#define SEMS_TOOLS_AIRPORT_AIRPORT_H

#include "base/arena.h"
#include "base/err.h"
#include "core/kind/kind.h"
#include "core/time/calendar.h"

#define AIRPORT_SITES_MAX     6
#define AIRPORT_LANES_MAX     200
#define AIRPORT_SCREENERS_MAX 5000
#define AIRPORT_SCALE_MAX     50

struct airport_plan {
	uint64_t seed;
	struct quarter quarter;
	const struct calendar
	    *cal;          /* of the entity's zone; holds the quarter and a day on each side */
	struct utc_ms now; /* what had not happened by then is left out */
	int sites;         /* 1 to AIRPORT_SITES_MAX */
	int lanes;         /* cabin baggage lanes of all sites; 0: by scale */
	int screeners;     /* of all sites; 0: by lanes */
	double scale;      /* of everything that is not given: traffic, lanes, assurance work */
	double late;       /* share of what is delivered last, 0 to 1 */
	double duplicates; /* share of what is delivered twice, 0 to 1 */
	bool silent_lane;  /* one lane's feed breaks off for some days */
};

struct airport_item {
	const struct record *record; /* valid during the call */
	bool late;                   /* to be delivered after everything else */
	bool duplicate;              /* to be delivered twice */
	bool bad;                    /* not acceptable, on purpose */
};

/* False stops the run. */
typedef bool (*airport_emit_fn)(void *ctx, const struct airport_item *item);

struct airport;

/* Checks the plan, plans the sites and their people. Everything lives in the arena. */
enum code airport_new(const struct airport_plan *plan, struct arena *a, struct airport **out,
		      struct err *e) MUST_CHECK;

/* What must be registered before the records are acceptable. Indexes from 0. */
struct airport_place {
	const char *id;
	const char *name;
};

const char *airport_entity(const struct airport *ap);
size_t airport_n_sites(const struct airport *ap);
struct airport_place airport_site(const struct airport *ap, size_t site);
size_t airport_n_locations(const struct airport *ap, size_t site);
struct airport_place airport_location(const struct airport *ap, size_t site, size_t location);
size_t airport_n_sources(const struct airport *ap);
struct airport_place airport_source(const struct airport *ap, size_t source);
size_t airport_n_providers(const struct airport *ap);
struct airport_place airport_provider(const struct airport *ap, size_t provider);

/* Steps of the run, for a progress bar: done() of total() while it goes on. */
size_t airport_steps(const struct airport *ap);
size_t airport_steps_done(const struct airport *ap);

/*
 * Makes every record, once per airport. FATAL_BUG when the model does not fit the kinds' tables;
 * REJ_STATE when the caller stopped it.
 */
enum code airport_run(struct airport *ap, airport_emit_fn emit, void *ctx,
		      struct err *e) MUST_CHECK;

#endif
