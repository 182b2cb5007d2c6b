/* Room jobs: What semsd does by itself from time to time. */
/*
 * The periodic duties: partitions ahead, day counts, the figures of a quarter that has ended,
 * retention, and the end of what is quarantined. A timer looks often; the database says what is
 * due, and to one daemon only, however many share it. A duty that fails gives its claim back and is
 * tried at the next look; one that ended badly twice, semsd's own death among that, is set aside
 * for a while. After the wall clock was set by more than an hour, nothing is removed for
 * a day: a clock that runs years ahead by mistake must not take the evidence with it.
 */
#ifndef SEMS_JOBS_DUTIES_H
#define SEMS_JOBS_DUTIES_H

#include "base/civil.h"
#include "store/store.h"

#include <stdbool.h>

struct event_base;
struct keyring;
struct duties;

struct duties_config {
	struct utc_ms (*now)(void *ctx); /* the clock that decides what is due */
	/* The clock that tells when the other one was set; NULL: it never is. */
	struct mono_ms (*mono)(void *ctx);
	unsigned first_look_ms;     /* after the start */
	unsigned look_ms;           /* between looks */
	unsigned grace_hours;       /* late records have after a quarter's end */
	const struct keyring *keys; /* what retention removes is certified with them */
	/* Something was purged: ingest must know the new floors. */
	void (*on_purged)(void *ctx);
	void *ctx;
};

/* A minute between looks, five seconds to the first, three days of grace; no clocks, no callbacks.
 */
struct duties_config duties_defaults(void);

/* NULL: out of memory. base, store and what ctx points to outlive it. */
struct duties *duties_new(struct event_base *base, struct store *store,
			  const struct duties_config *config);
/* Only while no duty runs, or once the store has been freed. Accepts NULL. */
void duties_free(struct duties *d);
/* Stops looking; what runs goes on to its end. */
void duties_stop(struct duties *d);
/* Looks now, unless it is at it. */
void duties_look(struct duties *d);
bool duties_is_idle(const struct duties *d);

#endif
