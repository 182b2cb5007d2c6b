/* Room store/proof: Leaves and roots of what a quarter rests on, kept and checked. */
/*
 * The proof of a freeze, made in its transaction: leaves of every record the quarter rests on, day
 * roots, the root that is chained to the freeze before, and the signature of the document.
 */
#ifndef SEMS_STORE_PROOF_PROOF_FREEZE_H
#define SEMS_STORE_PROOF_PROOF_FREEZE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/sign.h"
#include "core/proof/proof.h"
#include "store/pg/stages.h"
#include "store/proof/proof_piece.h"

struct keyring;

/* For the test of its table. */
extern const struct machine proving_machine;

struct proving {
	/* The caller's; borrowed until proof_freeze_fini(). */
	const struct keyring *keys;
	struct arena *arena;
	const char *quarter;  /* "2026-Q2" */
	const char *revision; /* that is frozen */
	/* Ours. */
	struct stages stages;
	struct proof proof;
	struct json_t *json; /* the answer, for the document; NULL: not yet, or why not was told */
	size_t at;           /* the kind, or the day */
	const struct buf *document; /* once it is kept */
	struct proof_piece piece;
	char number[24];
	char leaves[24];
	char root[PROOF_HEX_SIZE];
	char previous[PROOF_HEX_SIZE];
	char signature[2 * SIGN_SIZE + 1];
	char key_id[SIGN_ID_SIZE];
	char *columns; /* JSON */
};

/* At its beginning; what is borrowed is set already. */
void proof_freeze_start(struct proving *v);
/* The statements between the figures and the document; false: that was all, the proof is in
 * v->json, or *e says why there is none. */
bool proof_freeze_next(struct proving *v, struct statement *st, struct err *e);
/* What does not fit is told in *e. */
void proof_freeze_rows(struct proving *v, const struct rows *rows, struct err *e);
/* The statements after the revision was kept: the document's signature and what belongs to it. */
bool proof_freeze_keep(struct proving *v, const struct buf *document, struct statement *st,
		       struct err *e);
void proof_freeze_fini(struct proving *v);

#endif
