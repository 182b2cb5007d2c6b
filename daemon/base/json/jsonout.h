/*
 * JSON that is put together without asking after every member: jansson keeps no record of a failed
 * allocation, every helper gives NULL then, and a container that was given NULL refuses it. `ok`
 * collects that.
 */
#ifndef SEMS_BASE_JSON_JSONOUT_H
#define SEMS_BASE_JSON_JSONOUT_H

#include "base/buf.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct made {
	json_t *json;
	bool ok;
};

struct made made_object(void);
struct made made_array(void);
void made_put(struct made *o, const char *key, json_t *value /* takes */);
void made_text(struct made *o, const char *key, const char *text); /* NULL: null */
void made_int(struct made *o, const char *key, int64_t v);
/* JSON has no infinity and no NaN: a number that does not exist is null. */
void made_real(struct made *o, const char *key, double v);
void made_append(struct made *list, json_t *value /* takes */);
/* An array of n texts; NULL: one is no UTF-8, or there is no memory. */
json_t *made_texts(char *const *list, size_t n);
/* The finished value, the caller's; NULL when anything failed. */
json_t *made_take(struct made o);
/* Sorted keys, no white space; false: it does not fit. */
bool made_canonical(const json_t *value, struct buf *out);

#endif
