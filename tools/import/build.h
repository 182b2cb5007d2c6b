/*
 * Records from text: a field is named by its path ("outcome", "auditors.1", "criteria.2.result";
 * numbers count from 1) and given as people write it. What is made lives in the builder's arena.
 */
#ifndef SEMS_TOOLS_IMPORT_BUILD_H
#define SEMS_TOOLS_IMPORT_BUILD_H

#include "base/arena.h"
#include "core/kind/kind.h"
#include "tools/time/when.h"

#include <jansson.h>

struct builder {
	struct arena *arena;
	struct when_zones zones; /* for times without an offset */
};

/* A path that has been looked up. */
struct target {
	const struct field *field; /* of the record */
	const struct field *leaf;  /* what the text is: the field, or the item's field */
	size_t index;
	size_t item; /* from 1; 0: the field as a whole */
	size_t sub;  /* FIELD_LIST: the item's field */
};

/* An empty record of kind k. False: the arena is spent. */
bool build_start(struct builder *b, const struct kind *k, struct record *r);

/* Looks a path up; REJ_FIELD names what is wrong and what the fields are. */
enum code build_target(const struct kind *k, struct text path, struct target *t,
		       struct err *e) MUST_CHECK;

/*
 * Sets a field from text, which must not be empty. A list given as a whole is split at ';'. A time
 * that is only a date also sets the record's precision when it is occurred_at and none is set.
 */
enum code build_put(struct builder *b, struct record *r, const struct target *t, struct text s,
		    struct err *e) MUST_CHECK;
/* The value a target names, made when it is not there yet; NULL when the arena is spent. */
struct value *build_value(struct builder *b, struct record *r, const struct target *t);

/* Sets every field that an object names; lists are arrays. Times may be Unix milliseconds. */
enum code build_json(struct builder *b, struct record *r, json_t *object, struct err *e) MUST_CHECK;

/* Closes gaps in lists whose items were given by number. */
void build_finish(struct record *r);

#endif
