/*
 * Which sources lately sent what was there already: a resend after a cut, or an import run twice.
 * An optimistic COPY of their records would fail and leave dead rows, so their groups take the slow
 * path until some came without a repetition. Bounded: forgetting one only costs a failed COPY.
 * Private to the store.
 */
#ifndef SEMS_STORE_EVIDENCE_REPEAT_H
#define SEMS_STORE_EVIDENCE_REPEAT_H

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

#define REPEAT_SOURCES      64
#define REPEAT_CLEAN_GROUPS 3

struct repeat_source {
	uint64_t hash; /* 0: free */
	unsigned left; /* clean groups still wanted */
	bool seen;     /* in this group */
	bool repeated; /* in this group */
};

struct repeat {
	struct repeat_source source[REPEAT_SOURCES];
	unsigned n;
	unsigned next; /* to be forgotten when there is no room */
};

bool repeat_expects(const struct repeat *r, struct text source);
/* One item of a written group, then the end of the group. */
void repeat_note(struct repeat *r, struct text source, bool repeated);
void repeat_group_done(struct repeat *r);

#endif
