/*
 * The keeper of the set that is shown and trusted (trust.h): looks every 20 seconds whether its
 * files changed, reads them beside the loop, and puts another set in place only when that is good.
 * One that is not leaves the last good one in force, and what is wrong with it is told to whoever
 * asks.
 */
#ifndef SEMS_NET_TLS_KEEPER_H
#define SEMS_NET_TLS_KEEPER_H

#include "base/civil.h"
#include "net/tls/trust.h"

struct beside;
struct keeper;

#define KEEPER_LOOK_MS (20 * MS_PER_SECOND)

struct keeper_config {
	const char *folder; /* borrowed */
	struct beside *beside;
	struct mono_ms (*mono)(void);
	struct utc_ms (*now)(void);
	/* Another set is in force; the one before is freed behind it. */
	void (*on_trust)(void *ctx, const struct trust *t);
	void *ctx;
};

/* Reads the first set, which is to be good; blocks on the disk. */
enum code keeper_open(const struct keeper_config *config, struct keeper **out,
		      struct err *e) MUST_CHECK;
/* Tells those who wait that semsd stops. Accepts NULL. */
void keeper_free(struct keeper *k);

const struct trust *keeper_trust(const struct keeper *k);
/* Since when that is in force. */
struct utc_ms keeper_since(const struct keeper *k);
/* What is wrong with the files as they are now; NULL: they are in force. */
const struct err *keeper_fault(const struct keeper *k);

/* Looks, when it is time. */
void keeper_tick(struct keeper *k);
/* Reads them again, changed or not. done() is called once, later; e: what is wrong, or its code is
 * OK. NULL: nobody waits. False: too many wait. */
bool keeper_reload(struct keeper *k, void (*done)(void *ctx, const struct err *e), void *ctx);

#endif
