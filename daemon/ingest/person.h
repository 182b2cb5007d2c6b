/*
 * Pseudonyms: whatever identifies a person is replaced here, before anything is stored or queued.
 * HMAC-SHA-256 under the key of the civil year the record occurred in, first 16 bytes: the same
 * person is the same pseudonym within a year, also when a record is sent again years later.
 */
#ifndef SEMS_INGEST_PERSON_H
#define SEMS_INGEST_PERSON_H

#include "base/arena.h"
#include "core/kind/kind.h"

#define PSEUDONYM_SIZE 16

/*
 * The pseudonyms made last: an HMAC takes longer than everything else that happens to a record, and
 * the same few hundred people are in all of them. Bounded; holds identifiers in memory only.
 */
struct person_cache;

struct person_cache *person_cache_new(void);    /* NULL: out of memory */
void person_cache_free(struct person_cache *c); /* accepts NULL; wipes it */

struct person_keeper {
	const unsigned char *key; /* of the year */
	int year;
	bool given_allowed;
	struct person_cache *cache; /* NULL: without */
	struct arena *arena;
};

/* The same of one identifier, under a year's key. False: out of memory. */
bool person_pseudonym(const unsigned char *key, struct text person,
		      unsigned char out[PSEUDONYM_SIZE]);

/*
 * Replaces every person of r (fields and lists) by its pseudonym, in the arena. A value "~" and 32
 * hexadecimal digits is a pseudonym already and is taken as it is when `given_allowed` (a
 * correction of a record whose persons the corrector does not know); else it is refused. False:
 * *why says what.
 */
bool person_replace(struct record *r, const struct person_keeper *k, struct refusal *why);

#endif
