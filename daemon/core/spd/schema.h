/*
 * Whether a JSON value has the shape that one of the published schemas says. What comes back from a
 * database, a file or a bundle is checked here once, so that whoever reads it afterwards meets the
 * members that he expects; a value that does not fit is refused by the member at fault.
 *
 * Of the vocabulary of JSON Schema: type, const, enum, minimum, properties, required,
 * additionalProperties, items, minItems, anyOf, $ref. Patterns, formats and lengths are for others.
 */
#ifndef SEMS_CORE_SPD_SCHEMA_H
#define SEMS_CORE_SPD_SCHEMA_H

#include "base/err.h"

#include <jansson.h>
#include <stddef.h>

#define SCHEMA_SPD         "proto/spd.schema.json"
#define SCHEMA_DECLARATION "proto/declaration.schema.json"

/* schema: a path of base/file/embed.h. REJ_MALFORMED: e->where is the member, "metrics[3].id". */
enum code schema_check(const char *schema, json_t *value, struct err *e) MUST_CHECK;

/* Parses and checks; the caller's to json_decref(), NULL: *e says why. */
json_t *schema_read(const char *schema, const char *bytes, size_t n, struct err *e) MUST_CHECK;

#endif
