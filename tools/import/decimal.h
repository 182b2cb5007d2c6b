/* Numbers as files write them: which sign stands before the decimals, and which between thousands.
 */
#ifndef SEMS_TOOLS_IMPORT_DECIMAL_H
#define SEMS_TOOLS_IMPORT_DECIMAL_H

#include "base/text.h"

#include <stdbool.h>

#define DECIMAL_BYTES 64

struct decimal_form {
	char decimal;
	const char *group; /* one character in UTF-8; "": none. " " is any blank, also one that does
			      not break */
};

/* The number as "-1234.5", or with an exponent. Signs between thousands may be left out, and where
 * they stand they stand between all. False: it is none of the form. */
bool decimal_plain(struct text t, const struct decimal_form *form, char out[DECIMAL_BYTES]);
/* "1.234": a number, and to somebody else a thousand times as much. */
bool decimal_is_doubtful(struct text t);

#endif
