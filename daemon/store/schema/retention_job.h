/*
 * Retention, as the duty and the administrator's call both do it: read the facts, decide month by
 * month with core/time/retention.h, and for those that may go: close each to new records, count
 * what they hold, because counts outlive the records, and drop each. Each in a transaction of its
 * own, so that one that is in use holds up no other; it has a few more turns. What comes for a
 * closed month is answered RETRY, through any daemon, so that no stream of records keeps it from
 * going; one that could not be dropped is opened again.
 */
#ifndef SEMS_STORE_SCHEMA_RETENTION_JOB_H
#define SEMS_STORE_SCHEMA_RETENTION_JOB_H

#include "base/civil.h"
#include "base/machine.h"
#include "core/time/retention.h"
#include "host/keyring.h"
#include "store/count/recount.h"
#include "store/pg/lanes.h"

struct retention_month {
	const char *kind;
	char month[16]; /* its first day, "2026-04-01" */
	char quarter[16];
	int64_t records; /* tests under embargo are not among them */
	bool is_exact;   /* else records is an estimate */
	enum retention decision;
	char why[RETENTION_TEXT_SIZE];
	bool is_dropped;
	bool is_closed; /* ours, as what follows: it takes no records meanwhile */
	char failure[RETENTION_TEXT_SIZE];
};

/* For the test of its table. */
extern const struct machine retention_machine;

enum retention_state {
	RETENTION_PLANS,
	RETENTION_CLOSES,
	RETENTION_COUNTS,
	RETENTION_WAITS, /* while another one counts */
	RETENTION_REMOVES,
	RETENTION_REOPENS,
	RETENTION_ENDED,
	N_RETENTION_STATES
};

struct retention_run {
	/* The caller's. */
	struct lanes *lanes;
	struct ticket ticket;
	struct utc_ms now;
	const char *by;             /* goes into the certificates */
	const struct keyring *keys; /* the newest of them signs these */
	bool drop;                  /* false: plan only */
	/* Once, from the loop. *e is OK or says why there is no plan; a month that could not be
	 * dropped says so itself. */
	void (*done)(struct retention_run *r, const struct err *e);
	void *ctx;
	/* The answer, until retention_fini(). */
	struct retention_month *months;
	size_t n;
	int window_days;
	size_t n_dropped;
	/* Ours. */
	struct arena *arena;
	struct job job;
	struct recount_run recount;
	enum retention_state state;
	size_t at;
	bool asked;
	/* Of the month that is being dropped: its certificate, and the signature of its statement.
	 */
	char certificate_no[24];
	char key_id[SIGN_ID_SIZE];
	char signature[2 * SIGN_SIZE + 1];
	struct err unsigned_why;
	bool signature_asked;
	bool again; /* something of this round may go in another one */
	unsigned rounds;
	unsigned waits;
	struct err err;
	char now_text[UTC_TEXT_SIZE];
};

void retention_start(struct retention_run *r);
void retention_fini(struct retention_run *r);

#endif
