/* What waits for a second person, as `pending` lists it and `confirm` decides on it. */
#ifndef SEMS_TOOLS_SEMSCTL_RECORD_PENDING_H
#define SEMS_TOOLS_SEMSCTL_RECORD_PENDING_H

#include "base/err.h"
#include "client/client.h"

#include <jansson.h>

struct pending_filter {
	char *source;  /* NULL: any */
	char *made_by; /* NULL: anybody */
};

/* All that waits, page by page, the oldest first: an array, the caller's. */
enum code pending_fetch(struct client *c, const struct pending_filter *f, json_t **out,
			struct err *e) MUST_CHECK;
/* Each with what it would change. */
void pending_print(const json_t *pending, int color);
/* The `changes` of one correction, field by field; nothing where there are none. */
void pending_print_changes(const json_t *one, int color);

#endif
