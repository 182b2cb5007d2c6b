/* Room core/proof: Trees of digests: what shows that nothing was changed afterwards. */
/*
 * The proof of a freeze: the day roots of its records and the root over them, chained to the freeze
 * before it. proto/PROOF.md has the formats. Pure: the leaves are the store's.
 */
#ifndef SEMS_CORE_PROOF_PROOF_H
#define SEMS_CORE_PROOF_PROOF_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"
#include "core/proof/merkle.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_t; /* jansson's */

#define PROOF_ENCODING 1 /* of a record in its leaf */

/* A leaf as a day's leaves keep it: record_id (16), source (int32), hash (32). */
#define PROOF_LEAF_SIZE 52
#define PROOF_LEAF_HASH 20 /* where the hash is */

#define PROOF_HEX_SIZE (2 * SHA256_SIZE + 1)

struct proof_day {
	const char *kind;
	const char *day; /* "2026-04-01" */
	int64_t leaves;
	unsigned char root[SHA256_SIZE];
};

struct proof {
	int64_t number; /* of the freeze, from 1 */
	const char *quarter;
	int64_t revision;
	/* The freeze before this; NULL for the first. */
	const char *previous_quarter;
	int64_t previous_revision;
	unsigned char previous[SHA256_SIZE];
	/* The access log's newest entry then; NULL: it had none. */
	int64_t log_number;
	const char *log_sha256; /* in hexadecimal */
	/* What it read: what transactions below this number stored, but for those in flight. */
	int64_t read_until;
	int64_t *in_flight;
	size_t n_in_flight;
	struct proof_day *days; /* by kind, then day */
	size_t n_days;
	int64_t leaves;
	unsigned char root[SHA256_SIZE]; /* proof_finish() */
};

/* Adds the leaves of a piece of a day's leaves; n is a multiple of PROOF_LEAF_SIZE. */
void proof_add_leaves(struct merkle *m, const unsigned char *p, size_t n);

/* Computes `leaves` and `root` from the rest. */
enum code proof_finish(struct proof *p, struct err *e) MUST_CHECK;
/* The document's member `proof`; NULL: out of memory. */
struct json_t *proof_json(const struct proof *p);
/* Reads that member of a document; texts are borrowed from it, the days are in the arena. p->leaves
 * and p->root are what it says, not what follows from the rest. */
enum code proof_read(const struct json_t *document, struct arena *a, struct proof *p,
		     struct err *e) MUST_CHECK;

/* Reads `proof.read`, what the freeze read, into p; false: it is none, or the arena is full. */
bool proof_take_snapshot(const struct json_t *from, struct arena *a, struct proof *p);

/*
 * What is found of a record beside a freeze: "altered", "missing", "added", "late" or "purged". The
 * sentence for people, the same wherever the word is said; NULL: it is no such word. claims: the
 * record says that it was received before the freeze.
 */
const char *proof_sentence(const char *word, bool claims);

#endif
