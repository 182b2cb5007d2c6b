/*
 * What somebody may have meant: the name nearest to a misspelt word, by letters put in, left out,
 * changed or swapped. Upper and lower case are one. Nothing is nearest when too little is alike.
 */
#ifndef SEMS_BASE_NEAR_H
#define SEMS_BASE_NEAR_H

#include <stddef.h>

struct near {
	const char *word; /* borrowed */
	const char *best; /* of the offered ones, borrowed; NULL: none is near */
	size_t distance;
};

/* word is kept, not copied. */
struct near near_to(const char *word);
void near_offer(struct near *n, const char *name);

#endif
