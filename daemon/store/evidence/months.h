/*
 * Which partitions are known to be there, as spans of instants. It grows with the months that are
 * written to, and the civil calendar bounds those (some 1,200 of a kind). It may lack one that is
 * there, for want of memory, and is cleared when a partition turns out to be gone: nobody may rely
 * on finding what he added. Private to the store.
 */
#ifndef SEMS_STORE_EVIDENCE_MONTHS_H
#define SEMS_STORE_EVIDENCE_MONTHS_H

#include "core/kind/kind.h"

struct months {
	struct {
		struct month_span {
			int64_t start;
			int64_t end; /* exclusive */
		} * span;            /* by start; they do not overlap */
		size_t n;
		size_t cap;
		size_t last; /* where the last one was found */
	} of[KIND_COUNT];
};

/* All zero is empty. */
bool months_has(struct months *m, enum kind_id kind, struct utc_ms t);
void months_add(struct months *m, enum kind_id kind, struct utc_ms start, struct utc_ms end);
void months_clear(struct months *m);
void months_fini(struct months *m);

#endif
