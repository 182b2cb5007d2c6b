/* What semsctl calls the actions that answers name: its command lines. */
#ifndef SEMS_TOOLS_SEMSCTL_WORDS_H
#define SEMS_TOOLS_SEMSCTL_WORDS_H

#include "core/action/action.h"

#include <jansson.h>

/* "semsctl spd freeze 2026-Q2": action_words_fn. */
bool words_of(const json_t *todo, char *out, size_t size);
/* A member that is a text, with the commands where the actions of `actions` beside it are named. */
void words_put(json_t *object, const char *member);

#endif
