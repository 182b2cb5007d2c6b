/*
 * Which partitions are known to be there, as spans of instants. A cache: it may forget, and it is
 * cleared when a partition turns out to be gone. Private to the store.
 */
#ifndef SEMS_STORE_MONTHS_H
#define SEMS_STORE_MONTHS_H

#include "core/kind.h"

#define MONTHS_KNOWN 64 /* of each kind */

struct months {
	struct {
		struct {
			int64_t start;
			int64_t end; /* exclusive */
		} span[MONTHS_KNOWN];
		unsigned n;
		unsigned last; /* where the last one was found */
		unsigned next; /* to be overwritten when full */
	} of[KIND_COUNT];
};

bool months_has(struct months *m, enum kind_id kind, struct utc_ms t);
void months_add(struct months *m, enum kind_id kind, struct utc_ms start, struct utc_ms end);
void months_clear(struct months *m);

#endif
