/*
 * Members of JSON that others made: a database, a bundle, a daemon. What is missing or of another
 * type is said in one way, and never by a pointer that nobody expected. These are the only readers
 * of JSON text in the project (tests/lint/banned.sh); numbers and lists are nought when missing by
 * jansson's own functions.
 */
#ifndef SEMS_BASE_JSON_JSONIN_H
#define SEMS_BASE_JSON_JSONIN_H

#include <jansson.h>

/* All texts live as long as the value does. "": no such member, or it is no text. */
const char *member_text(const json_t *o, const char *name);
/* The same for whom absence means something: NULL. */
const char *member_maybe(const json_t *o, const char *name);
/* The value itself; "": it is no text. */
const char *json_words(const json_t *j);

#endif
