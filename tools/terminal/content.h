/*
 * A record as it was sent, for who may see it: the fields of its bytes by their names in the
 * protocol, whatever may be wrong with them.
 */
#ifndef SEMS_TOOLS_TERMINAL_CONTENT_H
#define SEMS_TOOLS_TERMINAL_CONTENT_H

#include "base/text.h"

#include <jansson.h>

/* raw: the bytes of a Record. An object of its fields: times of day as RFC 3339, enumerations by
 * name, ids as UUIDs; what this version does not know is counted as "unknown_fields". NULL: it is
 * no message, or memory is out. The caller's to json_decref(). */
json_t *content_of_record(struct text raw);

#endif
