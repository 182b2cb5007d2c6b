/* What pages call an action that a text of semsd's names (core/action). */
#ifndef SEMS_WEB_VIEW_WORDS_H
#define SEMS_WEB_VIEW_WORDS_H

#include <jansson.h>

struct arena;

/* The text with a page's words where it names an action; actions: the list that came with it, or
 * NULL. "": memory is out. */
const char *words_of_text(struct arena *a, const char *text, const json_t *actions);

#endif
