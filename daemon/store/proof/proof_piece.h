/*
 * The root of a day's leaves, read from the database in pieces: a day may have a million of them,
 * and the loop has others to serve. Private to the store.
 */
#ifndef SEMS_STORE_PROOF_PROOF_PIECE_H
#define SEMS_STORE_PROOF_PROOF_PIECE_H

#include "core/proof/merkle.h"
#include "store/pg/lanes.h"

struct proof_piece {
	struct merkle merkle;
	int64_t left; /* leaves to come */
	bool malformed;
	char from[24];
	char length[24];
};

void proof_piece_begin(struct proof_piece *p, int64_t leaves);
/* The next piece of the leaves of a kind and day; false: that was all. Texts are borrowed. */
bool proof_piece_next(struct proof_piece *p, const char *quarter, const char *revision,
		      const char *kind, const char *day, struct statement *st);
void proof_piece_rows(struct proof_piece *p, const struct rows *rows);
/* False: the leaves that came are not those that were announced. */
bool proof_piece_root(const struct proof_piece *p, unsigned char root[SHA256_SIZE]);

#endif
