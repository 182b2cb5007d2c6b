/* How semsd is, in short: what its status says is wrong, or that nothing is. */
#ifndef SEMS_WEB_READ_HEADLINE_H
#define SEMS_WEB_READ_HEADLINE_H

#include <jansson.h>
#include <stddef.h>

struct headline {
	const char *words;
	const char *place; /* the page that says more of it; NULL: none does */
};

/* The next thing that is wrong with a status, from *at = 0 on; NULL: nothing further. */
const struct headline *headline_next(const json_t *status, size_t *at);

#endif
