/*
 * Verifying a frozen revision: the document, its signature, the chain of freezes, the leaves that
 * were kept, and every record of the quarter against its leaf. One snapshot, nothing is written.
 */
#ifndef SEMS_STORE_PROOF_PROOF_CHECK_H
#define SEMS_STORE_PROOF_PROOF_CHECK_H

#include "base/arena.h"
#include "core/proof/proof.h"
#include "store/pg/lanes.h"
#include "store/pg/stages.h"
#include "store/proof/proof_piece.h"

struct json_t;
struct keyring;

/* For the test of its table. */
extern const struct machine checking_machine;

struct proof_check {
	/* The caller's; borrowed until `done`. */
	struct lanes *lanes;
	const struct keyring *keys;
	struct ticket ticket;
	const char *quarter;  /* "2026-Q2" */
	const char *revision; /* "0": the newest */
	const char *limit;    /* most findings of one sort and kind */
	bool may_see;         /* tests under embargo */
	/* Once, from the loop. *e is OK, or says why there is no report. */
	void (*done)(struct proof_check *c, const struct err *e);
	void *ctx;
	/* The answer, until proof_check_fini(): what was checked, what was found, `sound`. */
	struct json_t *report;
	/* Ours. */
	struct arena *arena;
	struct job job;
	struct stages stages;
	struct json_t *document;
	struct json_t *columns;
	struct json_t *checks;
	struct json_t *findings;
	struct proof proof; /* as the document prints it */
	bool has_proof;
	bool leaves_bad;
	size_t at; /* the day, or the kind */
	struct proof_piece piece;
	const char *as_of;
	char found[24];      /* the revision */
	char log_number[24]; /* of the head that the document prints */
	int64_t altered, missing, added, late, purged;
	bool sound;
	struct err err;
};

void proof_check_start(struct proof_check *c);
void proof_check_fini(struct proof_check *c);

#endif
