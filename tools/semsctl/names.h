/* Names that were met: each once, however often it comes. */
#ifndef SEMS_TOOLS_SEMSCTL_NAMES_H
#define SEMS_TOOLS_SEMSCTL_NAMES_H

#include <stdbool.h>

struct names {
	void *root; /* NULL: none so far */
};

/* name: borrowed for as long as the set lasts. *is_new: it was not there. False: out of memory. */
bool names_add(struct names *s, const char *name, bool *is_new);
void names_fini(struct names *s);

#endif
