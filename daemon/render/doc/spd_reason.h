/* Codes of a document in words: why there is no figure, what was left out, what makes a figure up.
 */
#ifndef SEMS_RENDER_DOC_SPD_REASON_H
#define SEMS_RENDER_DOC_SPD_REASON_H

#include "base/buf.h"

/* "nobody told a plan" of "NO_PLAN"; NULL: a code that this program has no words for. */
const char *spd_reason(const char *code);
/* The text with the words, in quotes, in place of each code that stands by itself in it. */
void spd_reason_prose(struct buf *out, const char *text);

#endif
