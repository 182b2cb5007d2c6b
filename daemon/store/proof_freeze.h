/*
 * The proof of a freeze, made in its transaction: leaves of every record the quarter rests on, day
 * roots, the root that is chained to the freeze before, and the signature of the document.
 */
#ifndef SEMS_STORE_PROOF_FREEZE_H
#define SEMS_STORE_PROOF_FREEZE_H

#include "base/sign.h"
#include "core/proof.h"
#include "store/proof_piece.h"
#include "store/store.h"

struct spd_run;

enum proving_stage {
	PROVING_PREVIOUS,
	PROVING_KINDS,
	PROVING_DAYS,
	PROVING_PIECES,
	PROVING_DONE,
	PROVING_ROW, /* then, when the revision was kept */
	PROVING_END
};

struct proving {
	enum proving_stage stage;
	struct proof proof;
	struct json_t *json; /* for the document */
	size_t at;           /* the kind, or the day */
	struct proof_piece piece;
	char number[24];
	char leaves[24];
	char root[PROOF_HEX_SIZE];
	char previous[PROOF_HEX_SIZE];
	char signature[2 * SIGN_SIZE + 1];
	char key_id[SIGN_ID_SIZE];
	char *columns; /* JSON */
};

/* The statements between the figures and the document; false: that was all, the proof is in
 * r->spd.proof, or *e says why there is none. Nothing when the run does not freeze. */
bool proof_freeze_next(struct spd_run *r, struct statement *st, struct err *e);
void proof_freeze_rows(struct spd_run *r, const struct rows *rows);
/* The statements after the revision was kept: the document's signature and what belongs to it. */
bool proof_freeze_keep(struct spd_run *r, struct statement *st, struct err *e);
void proof_freeze_fini(struct spd_run *r);

#endif
