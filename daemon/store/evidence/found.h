/*
 * What a transaction found of a group's items: verdicts that hold once it commits, and why the
 * database takes one not.
 */
#ifndef SEMS_STORE_EVIDENCE_FOUND_H
#define SEMS_STORE_EVIDENCE_FOUND_H

#include "base/buf.h"
#include "ingest/group.h"
#include "store/evidence/batch.h"

#include <libpq-fe.h>

#include <stdbool.h>
#include <stddef.h>

struct found {
	const struct group *g;
	struct buf verdicts;     /* one byte an item */
	struct refusal conflict; /* another record has its identity */
	struct refusal refused;  /* when there is no memory for a particular one */
};

void found_init(struct found *f);
void found_fini(struct found *f);
/* For a group, borrowed. False: out of memory. */
bool found_begin(struct found *f, const struct group *g);
/* Nothing is found yet. */
void found_clear(struct found *f);
void found_set(struct found *f, size_t i, enum verdict v);
enum verdict found_get(const struct found *f, size_t i);
/* Rows of an item's number and its verdict. */
void found_take(struct found *f, const PGresult *res);
/* Whether each pending item of the range has one. */
bool found_all(const struct found *f, const struct range *of);

/* Why the database takes a record of the kind not. */
struct refusal *found_refusal(struct found *f, const struct kind *k, const char *sqlstate);

#endif
