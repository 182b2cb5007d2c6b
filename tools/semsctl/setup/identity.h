/* semsctl person, what it says of the persons in records: who they are, and what is stored of one.
 */
#ifndef SEMS_TOOLS_IDENTITY_H
#define SEMS_TOOLS_IDENTITY_H

#include "tools/semsctl/command.h"

#include <stdbool.h>

struct identity_wish {
	const struct options *o;
	char *given;  /* what follows the word */
	char *reason; /* NULL: none was said */
	char *out;    /* a file; NULL: standard output */
	bool as_json;
};

/* The words that are of this sort; NULL: it is another. Each takes one argument. */
typedef int identity_run(const struct identity_wish *w);
identity_run *identity_word(const char *word);

#endif
