/*
 * Pseudonyms: whatever identifies a person is replaced here, before anything is stored or queued.
 * HMAC-SHA-256 under the key of the civil year the record occurred in, first 16 bytes: the same
 * person is the same pseudonym within a year, also when a record is sent again years later.
 */
#ifndef SEMS_INGEST_PERSON_H
#define SEMS_INGEST_PERSON_H

#include "base/arena.h"
#include "core/kind.h"

#define PSEUDONYM_SIZE 16

/*
 * Replaces every person of r (fields and lists) by its pseudonym, in the arena. A value "~" and 32
 * hexadecimal digits is a pseudonym already and is taken as it is when `given_allowed` (a
 * correction of a record whose persons the corrector does not know); else it is refused. False:
 * *why says what.
 */
bool person_replace(struct record *r, const unsigned char *key, bool given_allowed, struct arena *a,
		    struct refusal *why);

#endif
