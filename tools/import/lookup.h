/*
 * Looks before an import stores: which of its records' numbers are stored at another time. Records
 * are looked up in the order of the file, a thousand at a time; what is to be done with those that
 * are not simply sent is remembered, 150 bytes each.
 *
 *   lookup_record(l, r, line)...; lookup_end(l); then for each record again: lookup_apply(l, r).
 */
#ifndef SEMS_TOOLS_IMPORT_LOOKUP_H
#define SEMS_TOOLS_IMPORT_LOOKUP_H

#include "client/client.h"
#include "core/kind/kind.h"

#include <stdint.h>

#define LOOKUP_EXAMPLES 5

struct lookup;

struct lookup_example {
	uint64_t line;
	char number[64];
	struct utc_ms at;     /* in the file */
	struct utc_ms stored; /* in the store */
};

struct lookup_tally {
	uint64_t records;    /* that were looked up */
	uint64_t other_time; /* are stored at another time alone */
	struct lookup_example examples[LOOKUP_EXAMPLES];
};

/* client: borrowed. NULL: no memory. */
struct lookup *lookup_new(struct client *client);
void lookup_free(struct lookup *l); /* accepts NULL */

/* Copies what it needs of the record. */
enum code lookup_record(struct lookup *l, const struct record *r, uint64_t line,
			struct err *e) MUST_CHECK;
enum code lookup_end(struct lookup *l, struct err *e) MUST_CHECK;
const struct lookup_tally *lookup_tally(const struct lookup *l);

/*
 * As the record is to be sent: with the identity it is stored under, or as the correction it is
 * stored as. reason: not NULL: one that is stored at another time becomes a correction of that,
 * made at `now`. True: it does. reason is borrowed as long as the record is.
 */
bool lookup_apply(const struct lookup *l, struct record *r, const char *reason, struct utc_ms now);

#endif
